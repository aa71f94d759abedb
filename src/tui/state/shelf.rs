//! The values besides the tariff tables, in the order in which people look for them.

use super::readings::{Known, Readings};
use crate::reading::{Period, Phase, Quantity};

/// A row of the list of values.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    /// What the rows under it have in common.
    Heading(&'static str),
    /// A quantity of the three phases side by side.
    Phases(&'static str, [Option<&'a Known>; 3]),
    /// A value.
    Value(&'a Known),
}

/// What stands in the table of phases, in words that fit its first column.
const BY_PHASE: [(&str, Quantity); 4] = [
    ("voltage", Quantity::VOLTAGE),
    ("current", Quantity::CURRENT),
    ("power", Quantity::POWER),
    ("export", Quantity::POWER_EXPORT),
];

impl Readings {
    /// The rows of the list: the phases, what is measured now, the sub-meters, what is from the archive and logs.
    #[must_use]
    pub(crate) fn items(&self) -> Vec<Item<'_>> {
        let others = self.others();
        let has_phases = others.iter().any(|known| is_of_phase(known, Phase::L2));
        let mut items = Vec::with_capacity(others.len() + 8);
        if has_phases {
            items.push(Item::Heading("phases"));
            items.extend(self.phases());
        }
        let left = others.iter().copied().filter(|known| !has_phases || !is_by_phase(known));
        let (own, subs): (Vec<&Known>, Vec<&Known>) = left.partition(|known| known.reading.channel == 0);
        let (now, then): (Vec<&Known>, Vec<&Known>) =
            own.into_iter().partition(|known| known.reading.period == Period::Now);
        let only_now = subs.is_empty() && then.is_empty() && !has_phases;
        for (heading, group) in [("now", now), ("sub-meters", subs), ("before", then)] {
            if !group.is_empty() && !only_now {
                items.push(Item::Heading(heading));
            }
            items.extend(group.into_iter().map(Item::Value));
        }
        items
    }

    fn phases(&self) -> impl Iterator<Item = Item<'_>> {
        BY_PHASE.iter().filter_map(|(name, quantity)| {
            let of = |phase| self.now(*quantity).find(|known| known.reading.phase == Some(phase));
            let cells = Phase::ALL.map(of);
            cells.iter().any(Option::is_some).then_some(Item::Phases(name, cells))
        })
    }
}

fn is_of_phase(known: &Known, phase: Phase) -> bool {
    known.reading.phase == Some(phase) && is_by_phase(known)
}

fn is_by_phase(known: &Known) -> bool {
    let reading = &known.reading;
    let is_listed = BY_PHASE.iter().any(|(_, quantity)| *quantity == reading.quantity);
    is_listed && reading.phase.is_some() && reading.period == Period::Now && reading.number().is_some()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::reading::{Code, Decimal, Measured, Reading, Unit};

    fn reading(c: u8, units: u64) -> Reading {
        Reading::of(Code::new(c, 7, 0), Measured::Number(Decimal::new(units, 1)), Unit::Volt, &[])
    }

    fn kinds(readings: &Readings) -> Vec<String> {
        let kind = |item: &Item<'_>| match item {
            Item::Heading(text) => format!("# {text}"),
            Item::Phases(name, cells) => format!("{name} {}", cells.iter().flatten().count()),
            Item::Value(known) => known.reading.quantity.name().to_owned(),
        };
        readings.items().iter().map(kind).collect()
    }

    fn with(all: impl IntoIterator<Item = Reading>) -> Readings {
        let mut readings = Readings::default();
        all.into_iter().for_each(|reading| readings.take(reading, Timestamp::UNIX_EPOCH));
        readings
    }

    #[test]
    fn phases_stand_side_by_side_where_there_is_more_than_one() {
        let three = [32, 52, 72].map(|c| reading(c, 2301));
        assert_eq!(kinds(&with(three.clone())), ["# phases", "voltage 3"]);
        assert_eq!(kinds(&with([reading(32, 2301)])), ["voltage"]);
        let all = three.into_iter().chain([reading(31, 5), reading(14, 500)]);
        assert_eq!(kinds(&with(all)), ["# phases", "voltage 3", "current 1", "# now", "frequency"]);
    }

    #[test]
    fn sub_meters_stand_apart_each_channel_by_itself() {
        let gas = |channel, units| Reading {
            channel,
            ..Reading::unnamed(
                Quantity::named("gas volume"),
                Measured::Number(Decimal::new(units, 3)),
                Unit::CubicMetre,
                &[],
            )
        };
        let readings = with([reading(14, 500), gas(1, 10), gas(2, 20), gas(1, 11)]);
        assert_eq!(kinds(&readings), ["# now", "frequency", "# sub-meters", "gas volume", "gas volume"]);
    }
}
