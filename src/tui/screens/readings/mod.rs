//! ```text
//! ┌ Energy  read 14:02:11, 12 s ago ───────┐┌ Values ───────────────────────────────┐
//! │ T1    2 979.64 kWh  ██████████  61.2 % ││ voltage L1   230.1 V   ▁▂▂▃▂ 228 … 231 │
//! │ sum   4 866.77 kWh  total ... ✓ equal  ││ serial number   011791165813462        │
//! └─────────────────────────────────────────┘└───────────────────────────────────────┘
//! ┌ Power, last 15 minutes ───────────┐┌ Everything read ────────────────────────────┐
//! │ and voltage, where they are read   ││ or, when a request fails, its diagnosis     │
//! └────────────────────────────────────┘└─────────────────────────────────────────────┘
//!  Meter clock 14:01:37, 34 s behind this computer
//! ```

mod chart;
mod list;

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;

use super::Look;
use crate::app::target::Target;
use crate::bus::LinkState;
use crate::reading::{Decimal, MeterTime, Reading, Unit};
use crate::tui::keymap::Action;
use crate::tui::state::readings::{Flow, Known};
use crate::tui::state::{Pane, State};
use crate::tui::theme::Role;
use crate::tui::update::FILE;
use crate::tui::widgets::{TariffRow, Tariffs, figure};

/// Draws the screen of values.
pub(crate) fn draw(look: &mut Look<'_>) {
    tariffs(look);
    list::values(look);
    facts(look);
    chart::draw(look);
    let lower = look.areas.extra(1);
    if look.state.readings.failed.is_empty() {
        list::everything(look, lower);
    } else {
        list::failures(look, lower);
    }
}

fn tariffs(look: &mut Look<'_>) {
    let state = look.state;
    let polling = polling(state);
    let inner = look.pane(Pane::Tariffs, &tariff_title(state), &polling, "");
    let first = way(look, inner, Flow::Import);
    if first == 0 {
        let none = if state.listens() {
            "no telegram with a register has come yet".to_owned()
        } else if state.is_played() {
            FILE.to_owned()
        } else {
            let (once, poll) = (look.key(Action::Activate), look.key(Action::Poll));
            format!("{once} reads the pinned requests once, {poll} polls them")
        };
        look.pen(inner).fit(1, 0, inner.width, &none, Role::Text);
    }
    let below = Rect { y: inner.y + first, height: inner.height.saturating_sub(first), ..inner };
    if state.readings.has_export() && below.height > 1 {
        look.pen(below).fit(1, 0, below.width, "export", Role::Title);
        way(look, Rect { y: below.y + 1, height: below.height - 1, ..below }, Flow::Export);
    }
}

/// The registers of one way with their sum, or the total alone; gives how many rows they took.
fn way(look: &mut Look<'_>, inner: Rect, way: Flow) -> u16 {
    let state = look.state;
    let known = state.readings.tariffs(way);
    if known.is_empty() {
        let Some(total) = state.readings.total(way) else { return 0 };
        let text = format!("total  {}", in_kilowatt_hours(look, &total.reading));
        look.pen(inner).fit(1, 0, inner.width, &text, Role::Text);
        return 1;
    }
    let labels: Vec<String> =
        known.iter().map(|k| format!("T{}", k.reading.tariff.unwrap_or_default())).collect();
    let rows: Vec<TariffRow<'_>> = known
        .iter()
        .zip(&labels)
        .map(|(known, label)| TariffRow { label, name: "", register: register(known).ok_or("absent") })
        .collect();
    let total = state.readings.total(way).and_then(register);
    let after = if way == Flow::Import && state.readings.has_export() {
        u16::try_from(state.readings.tariffs(Flow::Export).len()).unwrap_or(u16::MAX).saturating_add(2)
    } else {
        0
    };
    let least = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(1);
    let height = inner.height.saturating_sub(after).max(least).min(least + 2).min(inner.height);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), height, ..inner };
    Tariffs { rows: &rows, total }.render(inner, look.buf, look.theme);
    if total.is_some() { height } else { least.min(height) }
}

/// A register as the meter sent it.
fn register(known: &Known) -> Option<(Decimal, Unit)> {
    Some((known.reading.number()?, known.reading.unit))
}

/// An energy in kWh, and as the meter sent it where that is another unit.
fn in_kilowatt_hours(look: &Look<'_>, reading: &Reading) -> String {
    let sent = list::value_text(look, reading);
    let number = reading.number().filter(|_| reading.unit != Unit::KilowattHour);
    match number.and_then(|number| reading.unit.convert(number, Unit::KilowattHour)) {
        Some(number) => format!("{}  ({sent})", figure::with_unit(number, Unit::KilowattHour, look.theme)),
        None => sent,
    }
}

fn polling(state: &State) -> String {
    if state.listens() {
        return format!("from {} telegrams", state.telegrams.count);
    }
    let poller = &state.polling.poller;
    let period = poller.period().as_secs();
    match (poller.repeats(), poller.is_held()) {
        (true, true) => "poll paused while armed".to_owned(),
        (true, false) => format!("polled every {period} s"),
        (false, _) if state.polling.is_paused => "poll paused: other master".to_owned(),
        (false, _) => "not polled".to_owned(),
    }
}

/// When the tariffs were read, and how long ago.
fn tariff_title(state: &State) -> String {
    let newest = state.readings.tariffs(Flow::Import).iter().map(|known| known.when).max();
    let newest = newest.or_else(|| state.readings.total(Flow::Import).map(|known| known.when));
    match newest {
        Some(when) => {
            format!("Energy  read {}, {} ago{}", clock(state, when), span(state.age(when)), sent_in(state))
        }
        None => "Energy".to_owned(),
    }
}

/// The unit in which the registers of the table were sent, where the table has them in another one.
fn sent_in(state: &State) -> String {
    let shown = state.readings.tariffs(Flow::Import).into_iter().map(|known| known.reading.unit);
    let mut others = shown.filter(|unit| {
        *unit != Unit::KilowattHour && unit.convert(Decimal::ZERO, Unit::KilowattHour).is_some()
    });
    others.next().map(|unit| format!(", sent in {unit}")).unwrap_or_default()
}

fn clock(state: &State, when: Timestamp) -> String {
    when.to_zoned(state.zone.clone()).strftime("%H:%M:%S").to_string()
}

/// A time passed in the largest unit that fits: `12 s`, `3 min`.
pub(crate) fn span(passed: SignedDuration) -> String {
    match passed.as_secs().unsigned_abs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// The meter's clock against this computer's, and how well it answers.
fn facts(look: &mut Look<'_>) {
    let state = look.state;
    let area = look.areas.extra(0);
    let counters = state.status.counters;
    let lost = if state.listens() {
        let count = state.telegrams.count;
        let word = if count == 1 { "telegram" } else { "telegrams" };
        format!("{count} {word}, {} of them damaged", state.telegrams.damaged)
    } else {
        format!(
            "{} good answers, {} damaged, {} missing on this link",
            counters.good, counters.bad, counters.missing
        )
    };
    let second = link_lost(state).map_or((lost, Role::Dim), |lost| (lost, Role::Warn));
    let lines = [(clock_line(state), Role::Text), second];
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    look.lines(inner, &lines);
}

/// That the link is gone, in a sentence; what is on screen is old from then on.
fn link_lost(state: &State) -> Option<String> {
    match &state.status.link {
        LinkState::Lost(why) => Some(format!("Link lost, being opened again; nothing is read: {why}")),
        LinkState::Closed(why) if !state.is_played() => Some(format!("Link closed; nothing is read: {why}")),
        _ => None,
    }
}

/// The zone that a meter's clock is in: as it says itself, as it is set, or that of its country; else this
/// computer's.
fn zone_of(time: MeterTime, state: &State) -> TimeZone {
    let seconds = time.offset_minutes().map(|minutes| i32::from(minutes) * 60);
    let offset = seconds.and_then(|seconds| Offset::from_seconds(seconds).ok());
    let set = || state.trace.lock().zone().cloned();
    let own = || state.target.as_ref().and_then(Target::zone);
    offset.map(TimeZone::fixed).or_else(set).or_else(own).unwrap_or_else(|| state.zone.clone())
}

fn clock_line(state: &State) -> String {
    let Some((time, when)) = state.readings.clock() else { return "Meter clock: not read".to_owned() };
    let here = when.to_zoned(zone_of(time, state)).datetime();
    let Some(there) = time.civil() else { return format!("Meter clock {time}: not a possible date") };
    let off = there.duration_since(here);
    let now = there.checked_add(state.age(when)).unwrap_or(there);
    let words = match off.as_secs() {
        -1..=1 => "as this computer".to_owned(),
        seconds if seconds < 0 => format!("{} behind this computer", span(off)),
        _ => format!("{} ahead of this computer", span(off)),
    };
    format!("Meter clock {}, {words}", now.strftime("%Y-%m-%d %H:%M:%S"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Code, Measured, Quantity};
    use crate::tui::fixture;
    use crate::tui::update::start;

    /// What is said, on a computer nine hours ahead of UTC, of a clock that tells 12:34:56 at 10:34:56 UTC and no
    /// offset.
    fn told(model: &str, set: Option<&str>) -> String {
        let mut state = fixture::fresh((80, 24));
        start(&mut state, "sim:".parse().ok(), Some((model.to_owned(), String::new())));
        state.zone = TimeZone::fixed(jiff::tz::offset(9));
        state.trace.lock().set_zone(set.map(|rule| TimeZone::posix(rule).unwrap()));
        let time = Measured::Time(MeterTime::date(2026, 7, 1).at(12, 34, 56));
        let reading = Reading::of(Code::TIME, time, Unit::None, &[]);
        state
            .readings
            .take(Reading { quantity: Quantity::CLOCK, ..reading }, "2026-07-01T10:34:56Z".parse().unwrap());
        clock_line(&state).split_once(", ").unwrap().1.to_owned()
    }

    #[test]
    fn a_clock_without_offset_is_compared_in_the_zone_that_is_set_or_its_countrys_or_else_this_computers() {
        assert_eq!(told("slovenia-p1", None), "as this computer");
        assert_eq!(told("slovenia-p1", Some("MSK-3")), "60 min behind this computer");
        assert_eq!(told("neva-mt324", None), "7 h behind this computer");
    }
}
