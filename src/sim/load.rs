//! The household behind a demo meter: power that follows the day, and the energy that comes of it.

use jiff::civil::DateTime;

use super::fault::Rng;
use crate::protocol::Load;

/// Watts at each full hour of an invented household: asleep at night, up at seven, home from six on.
const HOURS: [u32; 24] = [
    220, 190, 180, 175, 175, 190, 320, 780, 640, 420, 380, 400, 520, 460, 380, 360, 420, 760, 1240, 1680,
    1720, 1310, 760, 380,
];

/// Appliances come and go in this many seconds.
const SLOT: u64 = 20;

/// How far they move the power up or down, in percent.
const SWING: u64 = 15;

/// Energy is counted over at most this many seconds at once, a day.
const LONGEST: u64 = 86_400;

/// One household; the same seed lives the same life.
#[derive(Debug, Clone)]
pub(super) struct Household {
    seed: u64,
    since: Option<DateTime>,
}

impl Household {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed, since: None }
    }

    /// What it draws now and has drawn since it was asked before; `None` when that was in the same second.
    pub(super) fn draw(&mut self, wall: DateTime) -> Option<Load> {
        let since = self.since.unwrap_or(wall);
        let seconds = u64::try_from(wall.duration_since(since).as_secs()).unwrap_or(0);
        if self.since.is_some_and(|since| since <= wall) && seconds == 0 {
            return None;
        }
        self.since = Some(wall);
        let (before, now) = (self.watts(since), self.watts(wall));
        let watt_seconds = u64::from(before + now) * seconds.min(LONGEST) / 2;
        Some(Load { watts: now, watt_seconds })
    }

    /// The power at a moment.
    fn watts(&self, wall: DateTime) -> u32 {
        let part = |number: i8| u64::try_from(number).unwrap_or(0);
        let second = part(wall.minute()) * 60 + part(wall.second());
        let at = |hour: u64| HOURS.iter().cycle().nth(hour as usize).copied().map_or(0, u64::from);
        let usual = between(at(part(wall.hour())), at(part(wall.hour()) + 1), second, 3600);
        let slot = second / SLOT;
        let first_slot = (part(wall.day()) * 24 + part(wall.hour())) * (3600 / SLOT);
        let percent = between(
            self.percent(first_slot + slot),
            self.percent(first_slot + slot + 1),
            second % SLOT,
            SLOT,
        );
        u32::try_from(usual * percent / 100).unwrap_or(u32::MAX)
    }

    /// How much of the usual power is drawn at the beginning of a slot.
    fn percent(&self, slot: u64) -> u64 {
        let mut rng = Rng::new(self.seed ^ slot.wrapping_mul(0x2545_F491_4F6C_DD1D));
        100 - SWING + rng.below(2 * SWING + 1)
    }
}

/// The value `step` of `steps` on the way from one to another.
const fn between(from: u64, to: u64, step: u64, steps: u64) -> u64 {
    (from * (steps - step) + to * step) / steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    #[test]
    fn evenings_draw_more_than_nights() {
        let home = Household::new(1);
        assert!(home.watts(at("2026-03-01T20:00:00")) > 4 * home.watts(at("2026-03-01T03:00:00")));
    }

    #[test]
    fn the_power_moves_but_does_not_jump() {
        let home = Household::new(1);
        let mut wall = at("2026-03-01T17:30:00");
        let mut seen = std::collections::BTreeSet::new();
        let mut before = home.watts(wall);
        for _ in 0..3600 {
            wall = wall.checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
            let now = home.watts(wall);
            assert!(now.abs_diff(before) <= 40, "{before} W then {now} W at {wall}");
            seen.insert(now);
            before = now;
        }
        assert!(seen.len() > 100);
    }

    #[test]
    fn the_energy_is_the_power_over_time() {
        let mut home = Household::new(1);
        assert_eq!(home.draw(at("2026-03-01T03:00:00")).map(|load| load.watt_seconds), Some(0));
        assert_eq!(home.draw(at("2026-03-01T03:00:00")), None);
        let load = home.draw(at("2026-03-01T04:00:00")).unwrap();
        assert!((150 * 3600..210 * 3600).contains(&load.watt_seconds), "{load:?}");
    }

    #[test]
    fn the_same_seed_lives_the_same_life_and_another_one_does_not() {
        let day = |seed| {
            let home = Household::new(seed);
            (0..24).map(|hour| home.watts(at(&format!("2026-03-01T{hour:02}:10:07")))).collect::<Vec<_>>()
        };
        assert_eq!(day(1), day(1));
        assert_ne!(day(1), day(2));
    }
}
