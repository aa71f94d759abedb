//! The three commands that no manual has (0180 to 0182).
//!
//! Two programs in the field disagree on the byte order (latonita/esphome-energomera-ce least significant
//! first, wirenboard/wb-mqtt-serial most significant first) and on the scale of currents. No captured reply is
//! known. So the order is taken that gives what a mains can have; where both or neither do, the bytes are
//! shown and no value is given.

use super::sheet::{big, little};
use crate::reading::Decimal;

/// Remark on a value whose byte order was chosen.
pub(super) const BY_PLAUSIBILITY: &str = "undocumented; byte order chosen so that the value is plausible";
/// Remark on a value whose byte order cannot be chosen.
pub(super) const UNDECIDED: &str = "undocumented; the byte order cannot be told from the value";
/// Remark on currents.
pub(super) const AMPERES: &str = "undocumented; byte order and scale (0.001 A or 0.01 A) are not settled";

/// Whether a phase can have so many hundredths of a volt: 90 to 300 V, or none.
const fn is_mains(hundredths: u64) -> bool {
    matches!(hundredths, 0 | 9_000..=30_000)
}

/// The nominal voltage in hundredths of a volt.
const NOMINAL: u64 = 23_000;
/// Milliwatts that one phase of the largest meter can carry: 100 A at 300 V.
const LARGEST_POWER: u64 = 30_000_000;

/// A voltage, 0.01 V; `all` are the voltages of every phase, which have one byte order.
pub(super) fn volts(raw: &[u8], all: &[u8]) -> Option<Decimal> {
    let order = choose(all, 2, is_mains).or_else(|| nearer(all))?;
    Some(Decimal::new(order(raw), 2))
}

/// A power, 0.001 W.
pub(super) fn watts(raw: &[u8], all: &[u8]) -> Option<Decimal> {
    let order = choose(all, 4, |value| value <= LARGEST_POWER)?;
    Some(Decimal::new(order(raw), 3))
}

type Order = fn(&[u8]) -> u64;

/// The one order in which every value is plausible.
fn choose(all: &[u8], width: usize, is_plausible: impl Fn(u64) -> bool) -> Option<Order> {
    let fits = |order: Order| all.chunks(width).all(|value| is_plausible(order(value)));
    let is_same = all.chunks(width).all(|value| little(value) == big(value));
    match (fits(little), fits(big)) {
        (true, false) => Some(little),
        (false, true) => Some(big),
        (true, true) if is_same => Some(little),
        _ => None,
    }
}

/// Of two plausible orders the one whose voltages are nearer to the nominal one.
fn nearer(all: &[u8]) -> Option<Order> {
    let distance = |order: Order| all.chunks(2).map(|value| order(value).abs_diff(NOMINAL)).sum::<u64>();
    let fits = |order: Order| all.chunks(2).all(|value| is_mains(order(value)));
    let (small, large) = (distance(little), distance(big));
    match (fits(little) && fits(big), small.cmp(&large)) {
        (true, std::cmp::Ordering::Less) => Some(little),
        (true, std::cmp::Ordering::Greater) => Some(big),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_taken_that_gives_mains_voltage() {
        let shown = |bytes: &[u8]| volts(bytes, bytes).map(|v| v.to_string());
        assert_eq!(shown(&[0xD8, 0x59]), Some("230.00".into()));
        assert_eq!(shown(&[0x59, 0xD8]), Some("230.00".into()));
        assert_eq!(shown(&[0x01, 0x02]), None, "neither order is a mains voltage");
        assert_eq!(shown(&[0, 0]), Some("0.00".into()));
        assert_eq!(shown(&[0x59, 0x59]), Some("228.73".into()), "both orders are the same");
    }

    #[test]
    fn one_phase_decides_for_all() {
        let all = [0x59, 0x59, 0x59, 0xD8, 0x59, 0x59];
        assert_eq!(volts(&all[2..4], &all).map(|v| v.to_string()), Some("230.00".into()));
        let one_dead = [0x59, 0xD8, 0, 0, 0x59, 0xD8];
        assert_eq!(volts(&one_dead[..2], &one_dead).map(|v| v.to_string()), Some("230.00".into()));
    }

    #[test]
    fn a_power_is_given_only_when_one_order_is_possible() {
        let shown = |bytes: &[u8]| watts(bytes, bytes).map(|v| v.to_string());
        assert_eq!(shown(&[0x40, 0x42, 0x0F, 0x00]), Some("1000.000".into()));
        assert_eq!(shown(&[0x00, 0x0F, 0x42, 0x40]), Some("1000.000".into()));
        assert_eq!(shown(&[0x00, 0x01, 0x00, 0x00]), None, "0.256 W or 65.536 W");
        assert_eq!(shown(&[0, 0, 0, 0]), Some("0.000".into()));
    }
}
