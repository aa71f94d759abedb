//! What every object of a telegram means, sorted by the groups C, D and E so that each is found at once.
//!
//! P1 Companion Standards 2.2 to 5.0.2 (chapter "representation of P1 telegram"), Luxembourg Smarty P1
//! specification 1.1.3, Swedish H1 port 2.0, the ESO tables of Lithuania, and real telegrams where those differ.

use std::ops::RangeInclusive;

use super::object::Object;
use crate::reading::{Quantity, Unit};

/// Which groups A and B an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// 0-0: the meter itself.
    Meter,
    /// 0-1 to 0-4: meters on M-Bus, in the order of their installation.
    Channel,
    /// 1-0, and 1-1 in Switzerland: electricity.
    Mains,
    /// 1-0 only.
    Core,
    /// 1-1 only.
    Module,
    /// 0-0 or 1-0: the Luxembourg specification has both for the same object.
    Any,
    /// 1-3: the port.
    P1,
    /// 7-0: gas before version 3.
    OldGas,
    /// 5-0: heat before version 3.
    OldHeat,
    /// 6-0: cold before version 3.
    OldCold,
    /// 8-0: water before version 3.
    OldWater,
}

use Place::{Any, Channel, Core, Mains, Meter, Module, OldCold, OldGas, OldHeat, OldWater, P1};

/// Every place.
const PLACE: [Place; 11] = [Meter, Channel, Mains, Core, Module, Any, P1, OldGas, OldHeat, OldCold, OldWater];

impl Place {
    const fn bit(self) -> u16 {
        1 << self as u16
    }

    const fn holds(self, a: u8, b: u8) -> bool {
        match self {
            Meter => a == 0 && b == 0,
            Channel => a == 0 && matches!(b, 1..=4),
            Mains => a == 1 && b <= 1,
            Core => a == 1 && b == 0,
            Module => a == 1 && b == 1,
            Any => a <= 1 && b == 0,
            P1 => a == 1 && b == 3,
            OldGas => a == 7,
            OldHeat => a == 5,
            OldCold => a == 6,
            OldWater => a == 8,
        }
    }
}

/// What stands in the brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A number.
    Number,
    /// A number; as many nines as fit mean that there is none.
    Limit,
    /// Characters.
    Text,
    /// Characters, each as two hex digits.
    Hex,
    /// The time of the telegram.
    Clock,
    /// hhmmss.
    Time,
    /// YYMMDD.
    Date,
    /// The version of the port.
    Version,
    /// The version of the Belgian specification.
    Emucs,
    /// The number of a tariff.
    Tariff,
    /// 0 off, 1 on, 2 released.
    Switch,
    /// 0 closed, 1 open, 2 released.
    Valve,
    /// The medium of a meter on M-Bus.
    Device,
    /// A time and a number.
    Stamped,
    /// A time and a number of a meter on M-Bus.
    Submeter,
    /// Time, status, period, count, object, unit; the number in the next line.
    Hourly,
    /// A number and a time with dashes.
    Dated,
    /// A count, an object, then a time and a duration each.
    Failures,
    /// Belgium: a count, two objects, then two times and a number each. Hungary: a time and registers.
    History,
    /// A count, objects, then times, status and numbers.
    Profile,
}

use Form::{
    Clock, Date, Dated, Device, Emucs, Failures, Hex, History, Hourly, Limit, Number, Profile, Stamped,
    Submeter, Switch, Tariff, Text, Time, Valve, Version,
};

/// What an object means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Groups A and B.
    pub place: Place,
    /// Groups C and D.
    code: (u8, u8),
    /// The first and the last of group E.
    tariffs: (u8, u8),
    /// Its name.
    pub title: &'static str,
    /// What stands in its brackets.
    pub form: Form,
    /// The quantity it measures; none for what is no reading.
    pub quantity: Option<Quantity>,
}

impl Entry {
    const fn has_tariff(&self, e: u8) -> bool {
        self.tariffs.0 <= e && e <= self.tariffs.1
    }

    /// Whether the name is to be followed by group E.
    pub(super) fn is_numbered(&self) -> bool {
        self.tariffs.0 != self.tariffs.1
    }
}

const fn one(
    place: Place,
    (c, d, e): (u8, u8, u8),
    title: &'static str,
    form: Form,
    quantity: Option<Quantity>,
) -> Entry {
    Entry { place, code: (c, d), tariffs: (e, e), title, form, quantity }
}

const fn each(
    place: Place,
    (c, d, range): (u8, u8, RangeInclusive<u8>),
    title: &'static str,
    form: Form,
    quantity: Option<Quantity>,
) -> Entry {
    Entry { place, code: (c, d), tariffs: (*range.start(), *range.end()), title, form, quantity }
}

#[expect(clippy::unnecessary_wraps, reason = "stands beside None in the table")]
const fn named(name: &'static str) -> Option<Quantity> {
    Some(Quantity::named(name))
}

/// Every object that is known.
#[rustfmt::skip]
static ENTRIES: &[Entry] = &[
    one(Meter, (0, 0, 0), "identification number", Text, None),
    one(Mains, (0, 0, 0), "meter number", Text, Some(Quantity::SERIAL)),
    one(OldGas, (0, 0, 0), "gas meter identifier", Hex, None),
    one(OldHeat, (0, 0, 0), "heat meter identifier", Hex, None),
    one(OldCold, (0, 0, 0), "cold meter identifier", Hex, None),
    one(OldWater, (0, 0, 0), "water meter identifier", Hex, None),
    one(Core, (0, 2, 0), "firmware version, core", Text, None),
    one(Module, (0, 2, 0), "firmware version, module", Text, None),
    one(P1, (0, 2, 8), "P1 version", Version, Some(Quantity::VERSION)),
    one(Core, (0, 2, 8), "firmware signature, core", Text, None),
    one(Module, (0, 2, 8), "firmware signature, module", Text, None),
    one(Core, (0, 4, 2), "current transformer ratio", Number, None),
    one(Core, (0, 4, 3), "voltage transformer ratio", Number, None),
    one(Core, (0, 8, 2), "measurement period", Number, None),
    one(Core, (0, 9, 1), "time of day", Time, Some(Quantity::CLOCK)),
    one(Core, (0, 9, 2), "date", Date, Some(Quantity::CLOCK)),
    one(Meter, (1, 0, 0), "time of the telegram", Clock, Some(Quantity::CLOCK)),
    one(OldHeat, (1, 0, 0), "heat", Number, named("heat")),
    one(OldCold, (1, 0, 0), "cold", Number, named("cold")),
    one(OldWater, (1, 0, 0), "water", Number, named("water volume")),
    one(Mains, (1, 4, 0), "running average demand, import", Number, named("running average demand, import")),
    one(Core, (1, 4, 2), "current transformer ratio", Number, None),
    one(Core, (1, 4, 3), "voltage transformer ratio", Number, None),
    one(Mains, (1, 5, 0), "last average demand, import", Number, named("last average demand, import")),
    one(Mains, (1, 6, 0), "maximum demand of the month", Stamped, named("maximum demand")),
    one(Mains, (1, 7, 0), "power import", Number, Some(Quantity::POWER)),
    one(Mains, (1, 8, 0), "import, total", Number, Some(Quantity::ACTIVE_IMPORT)),
    each(Mains, (1, 8, 1..=4), "import, tariff", Number, Some(Quantity::ACTIVE_IMPORT)),
    one(Mains, (1, 8, 11), "import, tariff 1", Number, Some(Quantity::ACTIVE_IMPORT)),
    one(Mains, (1, 8, 12), "import, tariff 2", Number, Some(Quantity::ACTIVE_IMPORT)),
    one(Mains, (1, 8, 13), "import, tariff 3", Number, Some(Quantity::ACTIVE_IMPORT)),
    one(Mains, (1, 24, 0), "average import", Number, named("average power import")),
    one(Mains, (2, 4, 0), "running average demand, export", Number, named("running average demand, export")),
    one(Mains, (2, 5, 0), "last average demand, export", Number, named("last average demand, export")),
    one(Mains, (2, 7, 0), "power export", Number, Some(Quantity::POWER_EXPORT)),
    one(Mains, (2, 8, 0), "export, total", Number, Some(Quantity::ACTIVE_EXPORT)),
    each(Mains, (2, 8, 1..=4), "export, tariff", Number, Some(Quantity::ACTIVE_EXPORT)),
    one(Mains, (2, 8, 11), "export, tariff 1", Number, Some(Quantity::ACTIVE_EXPORT)),
    one(Mains, (2, 8, 12), "export, tariff 2", Number, Some(Quantity::ACTIVE_EXPORT)),
    one(Mains, (2, 8, 13), "export, tariff 3", Number, Some(Quantity::ACTIVE_EXPORT)),
    one(Mains, (3, 4, 0), "running average demand, reactive import", Number, named("running average demand, reactive import")),
    one(Mains, (3, 5, 0), "last average demand, reactive import", Number, named("last average demand, reactive import")),
    one(Mains, (3, 7, 0), "reactive power import", Number, named("reactive power import")),
    one(Mains, (3, 8, 0), "reactive import, total", Number, Some(Quantity::REACTIVE_IMPORT)),
    each(Mains, (3, 8, 1..=4), "reactive import, tariff", Number, Some(Quantity::REACTIVE_IMPORT)),
    one(Mains, (4, 4, 0), "running average demand, reactive export", Number, named("running average demand, reactive export")),
    one(Mains, (4, 5, 0), "last average demand, reactive export", Number, named("last average demand, reactive export")),
    one(Mains, (4, 7, 0), "reactive power export", Number, named("reactive power export")),
    one(Mains, (4, 8, 0), "reactive export, total", Number, Some(Quantity::REACTIVE_EXPORT)),
    each(Mains, (4, 8, 1..=4), "reactive export, tariff", Number, Some(Quantity::REACTIVE_EXPORT)),
    one(Mains, (5, 7, 0), "reactive power Q1", Number, named("reactive power Q1")),
    one(Mains, (5, 8, 0), "reactive energy Q1", Number, named("reactive energy Q1")),
    one(Mains, (6, 7, 0), "reactive power Q2", Number, named("reactive power Q2")),
    one(Mains, (6, 8, 0), "reactive energy Q2", Number, named("reactive energy Q2")),
    one(Mains, (7, 7, 0), "reactive power Q3", Number, named("reactive power Q3")),
    one(Mains, (7, 8, 0), "reactive energy Q3", Number, named("reactive energy Q3")),
    one(Mains, (8, 7, 0), "reactive power Q4", Number, named("reactive power Q4")),
    one(Mains, (8, 8, 0), "reactive energy Q4", Number, named("reactive energy Q4")),
    one(Mains, (9, 4, 0), "running average demand, apparent import", Number, named("running average demand, apparent import")),
    one(Mains, (9, 5, 0), "last average demand, apparent import", Number, named("last average demand, apparent import")),
    one(Mains, (9, 7, 0), "apparent power import", Number, named("apparent power import")),
    one(Mains, (10, 4, 0), "running average demand, apparent export", Number, named("running average demand, apparent export")),
    one(Mains, (10, 5, 0), "last average demand, apparent export", Number, named("last average demand, apparent export")),
    one(Mains, (10, 7, 0), "apparent power export", Number, named("apparent power export")),
    one(Mains, (11, 7, 0), "current, largest phase", Number, Some(Quantity::CURRENT)),
    one(Mains, (12, 7, 0), "voltage", Number, Some(Quantity::VOLTAGE)),
    one(Mains, (13, 3, 0), "power factor, minimum", Number, named("minimum power factor")),
    one(Mains, (13, 7, 0), "power factor", Number, Some(Quantity::POWER_FACTOR)),
    one(Mains, (14, 7, 0), "frequency", Number, Some(Quantity::FREQUENCY)),
    one(Mains, (15, 7, 0), "power, absolute sum", Number, named("active power, absolute sum")),
    each(Mains, (15, 8, 0..=2), "energy, absolute sum", Number, named("active energy, absolute sum")),
    one(Mains, (15, 24, 0), "average, absolute sum", Number, named("average power, absolute sum")),
    one(Mains, (16, 7, 0), "power, net", Number, named("active power, net")),
    one(Mains, (16, 24, 0), "average, net", Number, named("average power, net")),
    one(Meter, (17, 0, 0), "power limit", Limit, named("power limit")),
    one(Mains, (17, 0, 0), "current limit", Limit, named("current limit")),
    one(Mains, (21, 7, 0), "power import L1", Number, Some(Quantity::POWER)),
    one(Mains, (22, 7, 0), "power export L1", Number, Some(Quantity::POWER_EXPORT)),
    one(OldGas, (23, 1, 0), "gas, hourly", Dated, named("gas volume")),
    one(OldGas, (23, 2, 0), "gas, hourly, compensated", Dated, named("gas volume, compensated")),
    one(Mains, (23, 7, 0), "reactive power import L1", Number, named("reactive power import")),
    one(Channel, (24, 1, 0), "kind of meter on channel", Device, None),
    one(Channel, (24, 2, 1), "reading of channel", Submeter, None),
    one(Channel, (24, 2, 3), "uncorrected reading of channel", Submeter, None),
    one(Channel, (24, 3, 0), "reading of channel", Hourly, None),
    one(Channel, (24, 3, 1), "reading of channel", Hourly, None),
    one(Meter, (24, 4, 0), "breaker", Switch, named("breaker")),
    one(Channel, (24, 4, 0), "valve of channel", Valve, None),
    one(OldGas, (24, 4, 0), "gas valve", Valve, None),
    one(Mains, (24, 7, 0), "reactive power export L1", Number, named("reactive power export")),
    one(Mains, (29, 7, 0), "apparent power import L1", Number, named("apparent power import")),
    one(Mains, (30, 7, 0), "apparent power export L1", Number, named("apparent power export")),
    one(Core, (31, 4, 0), "fuse limit L1", Limit, named("fuse limit")),
    one(Module, (31, 4, 0), "limits of import and export", Limit, None),
    one(Mains, (31, 7, 0), "current L1", Number, Some(Quantity::CURRENT)),
    one(Mains, (32, 7, 0), "voltage L1", Number, Some(Quantity::VOLTAGE)),
    one(Mains, (32, 24, 0), "average voltage L1", Number, named("average voltage")),
    one(Any, (32, 32, 0), "voltage sags L1", Number, named("voltage sags")),
    one(Mains, (32, 33, 0), "last sag L1, duration", Number, None),
    one(Mains, (32, 34, 0), "last sag L1, voltage", Number, None),
    one(Any, (32, 36, 0), "voltage swells L1", Number, named("voltage swells")),
    one(Mains, (32, 37, 0), "last swell L1, duration", Number, None),
    one(Mains, (32, 38, 0), "last swell L1, voltage", Number, None),
    one(Mains, (33, 7, 0), "power factor L1", Number, Some(Quantity::POWER_FACTOR)),
    one(Module, (34, 4, 0), "limits of import and export", Limit, None),
    one(Mains, (41, 7, 0), "power import L2", Number, Some(Quantity::POWER)),
    one(Meter, (42, 0, 0), "logical device name", Hex, named("logical device name")),
    one(Mains, (42, 7, 0), "power export L2", Number, Some(Quantity::POWER_EXPORT)),
    one(Mains, (43, 7, 0), "reactive power import L2", Number, named("reactive power import")),
    one(Mains, (44, 7, 0), "reactive power export L2", Number, named("reactive power export")),
    one(Mains, (49, 7, 0), "apparent power import L2", Number, named("apparent power import")),
    one(Mains, (50, 7, 0), "apparent power export L2", Number, named("apparent power export")),
    one(Mains, (51, 4, 0), "fuse limit L2", Limit, named("fuse limit")),
    one(Mains, (51, 7, 0), "current L2", Number, Some(Quantity::CURRENT)),
    one(Mains, (52, 7, 0), "voltage L2", Number, Some(Quantity::VOLTAGE)),
    one(Mains, (52, 24, 0), "average voltage L2", Number, named("average voltage")),
    one(Any, (52, 32, 0), "voltage sags L2", Number, named("voltage sags")),
    one(Mains, (52, 33, 0), "last sag L2, duration", Number, None),
    one(Mains, (52, 34, 0), "last sag L2, voltage", Number, None),
    one(Any, (52, 36, 0), "voltage swells L2", Number, named("voltage swells")),
    one(Mains, (52, 37, 0), "last swell L2, duration", Number, None),
    one(Mains, (52, 38, 0), "last swell L2, voltage", Number, None),
    one(Mains, (53, 7, 0), "power factor L2", Number, Some(Quantity::POWER_FACTOR)),
    one(Mains, (61, 7, 0), "power import L3", Number, Some(Quantity::POWER)),
    one(Mains, (62, 7, 0), "power export L3", Number, Some(Quantity::POWER_EXPORT)),
    one(Mains, (63, 7, 0), "reactive power import L3", Number, named("reactive power import")),
    one(Mains, (64, 7, 0), "reactive power export L3", Number, named("reactive power export")),
    one(Mains, (69, 7, 0), "apparent power import L3", Number, named("apparent power import")),
    one(Mains, (70, 7, 0), "apparent power export L3", Number, named("apparent power export")),
    one(Mains, (71, 4, 0), "fuse limit L3", Limit, named("fuse limit")),
    one(Mains, (71, 7, 0), "current L3", Number, Some(Quantity::CURRENT)),
    one(Mains, (72, 7, 0), "voltage L3", Number, Some(Quantity::VOLTAGE)),
    one(Mains, (72, 24, 0), "average voltage L3", Number, named("average voltage")),
    one(Any, (72, 32, 0), "voltage sags L3", Number, named("voltage sags")),
    one(Mains, (72, 33, 0), "last sag L3, duration", Number, None),
    one(Mains, (72, 34, 0), "last sag L3, voltage", Number, None),
    one(Any, (72, 36, 0), "voltage swells L3", Number, named("voltage swells")),
    one(Mains, (72, 37, 0), "last swell L3, duration", Number, None),
    one(Mains, (72, 38, 0), "last swell L3, voltage", Number, None),
    one(Mains, (73, 7, 0), "power factor L3", Number, Some(Quantity::POWER_FACTOR)),
    one(Mains, (90, 7, 0), "current, sum", Number, named("sum of currents")),
    one(Mains, (91, 7, 0), "current, neutral", Number, named("neutral current")),
    one(Mains, (94, 32, 1), "grid voltage class", Number, None),
    each(Meter, (94, 98, 31..=33), "counter of the maker's own,", Number, None),
    one(Meter, (96, 1, 0), "serial number", Hex, Some(Quantity::SERIAL)),
    one(Channel, (96, 1, 0), "identifier of channel", Hex, None),
    one(Meter, (96, 1, 1), "equipment identifier", Hex, Some(Quantity::SERIAL)),
    one(Channel, (96, 1, 1), "identifier of channel", Hex, None),
    one(Meter, (96, 1, 2), "EAN of the connection", Hex, None),
    one(Channel, (96, 1, 2), "EAN of channel", Hex, None),
    one(Meter, (96, 1, 4), "e-MUCS version", Emucs, Some(Quantity::VERSION)),
    one(Meter, (96, 1, 255), "serial number", Text, Some(Quantity::SERIAL)),
    one(Meter, (96, 3, 10), "breaker", Switch, named("breaker")),
    one(Mains, (96, 3, 10), "breaker", Switch, named("breaker")),
    one(Channel, (96, 3, 10), "load switch", Switch, None),
    one(OldGas, (96, 3, 10), "gas valve", Valve, None),
    one(Mains, (96, 5, 5), "status byte", Text, None),
    one(Meter, (96, 7, 9), "long power failures", Number, named("long power failures")),
    one(Meter, (96, 7, 21), "power failures", Number, named("power failures")),
    one(Meter, (96, 13, 0), "text message", Hex, named("text message")),
    one(Meter, (96, 13, 1), "message code", Hex, named("message code")),
    each(Meter, (96, 13, 2..=5), "text message, channel", Hex, named("text message")),
    one(Meter, (96, 14, 0), "tariff in force", Tariff, Some(Quantity::TARIFF)),
    one(Meter, (96, 14, 1), "tariff in force", Tariff, Some(Quantity::TARIFF)),
    one(Meter, (96, 50, 68), "breaker", Switch, named("breaker")),
    one(Meter, (97, 97, 0), "error register", Text, None),
    one(Meter, (98, 1, 0), "history of months", History, None),
    one(Mains, (99, 1, 0), "load profile", Profile, None),
    one(Mains, (99, 97, 0), "long power failures, log", Failures, None),
];

/// Groups C and D are below this in every entry.
const GROUPS: usize = 100;

/// For every pair of groups C and D the place of its first entry; that of the next pair where it has none.
static INDEX: [[u8; GROUPS]; GROUPS] = index();

#[expect(clippy::indexing_slicing, reason = "the loops are bounded by the lengths; runs at compile time")]
const fn index() -> [[u8; GROUPS]; GROUPS] {
    let mut index = [[0; GROUPS]; GROUPS];
    let (mut c, mut at) = (0, 0);
    while c < GROUPS {
        let mut d = 0;
        while d < GROUPS {
            while at < ENTRIES.len() && is_before(ENTRIES[at].code, (c, d)) {
                at += 1;
            }
            index[c][d] = at as u8;
            d += 1;
        }
        c += 1;
    }
    index
}

const fn is_before((c, d): (u8, u8), pair: (usize, usize)) -> bool {
    (c as usize) < pair.0 || (c as usize == pair.0 && (d as usize) < pair.1)
}

/// For every pair of groups A and B the places that hold it, a bit each. Channels from [`CHANNELS`] on are alike.
static PLACES: [[u16; CHANNELS + 1]; MEDIA] = places();

/// Group A is below this in every place.
const MEDIA: usize = 9;

/// Group B from which on the channels are alike.
const CHANNELS: usize = 5;

#[expect(clippy::indexing_slicing, reason = "the loops are bounded by the lengths; runs at compile time")]
const fn places() -> [[u16; CHANNELS + 1]; MEDIA] {
    let mut places = [[0; CHANNELS + 1]; MEDIA];
    let mut a = 0;
    while a < MEDIA {
        let mut b = 0;
        while b <= CHANNELS {
            let mut place = 0;
            while place < PLACE.len() {
                if PLACE[place].holds(a as u8, b as u8) {
                    places[a][b] |= PLACE[place].bit();
                }
                place += 1;
            }
            b += 1;
        }
        a += 1;
    }
    places
}

/// The places that hold a pair of groups A and B, a bit each.
fn places_of(a: u8, b: u8) -> u16 {
    let channels = PLACES.get(usize::from(a));
    channels.and_then(|channels| channels.get(usize::from(b).min(CHANNELS))).copied().unwrap_or_default()
}

/// What an object means.
pub(super) fn of(object: Object) -> Option<&'static Entry> {
    let places = places_of(object.a, object.b);
    let from = *INDEX.get(usize::from(object.c))?.get(usize::from(object.d))?;
    let entries = ENTRIES.get(usize::from(from)..)?.iter();
    let mut same = entries.take_while(|entry| entry.code == (object.c, object.d));
    same.find(|entry| entry.place.bit() & places != 0 && entry.has_tariff(object.e))
}

/// What the limit 17.0.0 is by the unit that it comes in: version 3 sends amperes under 0-0 as well.
pub(super) fn of_limit(entry: &'static Entry, unit: Unit) -> &'static Entry {
    let a = match unit {
        _ if entry.code != (17, 0) => return entry,
        Unit::None => return entry,
        Unit::Ampere => 1,
        _ => 0,
    };
    of(Object { a, b: 0, c: 17, d: 0, e: 0 }).unwrap_or(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Object {
        Object::read(text.as_bytes()).unwrap().0
    }

    #[test]
    fn the_table_is_sorted_and_the_index_finds_every_entry() {
        assert!(ENTRIES.is_sorted_by_key(|entry| (entry.code, entry.tariffs.0)));
        assert!(ENTRIES.len() < 256);
        assert!(ENTRIES.iter().all(|entry| usize::from(entry.code.0.max(entry.code.1)) < GROUPS));
        for entry in ENTRIES {
            let (a, b) = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 3), (5, 0), (6, 0), (7, 0), (8, 0)]
                .into_iter()
                .find(|(a, b)| entry.place.holds(*a, *b))
                .unwrap();
            let found = of(Object { a, b, c: entry.code.0, d: entry.code.1, e: entry.tariffs.0 });
            assert_eq!(found.map(|found| found.title), Some(entry.title));
        }
    }

    #[test]
    fn the_places_of_a_medium_and_channel_are_those_that_hold_them() {
        for (a, b) in (0..=u8::MAX).flat_map(|a| (0..=u8::MAX).map(move |b| (a, b))) {
            for place in PLACE {
                let found = places_of(a, b) & place.bit() != 0;
                assert_eq!(found, place.holds(a, b), "{place:?} {a}-{b}");
            }
        }
    }

    #[test]
    fn all_five_groups_count() {
        let title = |text| of(object(text)).map(|entry| entry.title);
        assert_eq!(title("1-3:0.2.8"), Some("P1 version"));
        assert_eq!(title("1-0:0.2.8"), Some("firmware signature, core"), "a hash in Lithuania, no version");
        assert_eq!(title("1-1:0.2.8"), Some("firmware signature, module"));
        assert_eq!(title("0-0:96.1.0"), Some("serial number"));
        assert_eq!(title("0-3:96.1.0"), Some("identifier of channel"));
        assert_eq!(title("0-5:96.1.0"), None);
        assert_eq!(title("1-1:1.8.2"), Some("import, tariff"), "Switzerland counts on channel 1");
        assert_eq!(title("1-0:42.1.0"), None);
    }

    #[test]
    fn no_place_of_an_object_is_claimed_twice() {
        for (index, entry) in ENTRIES.iter().enumerate() {
            for other in ENTRIES.iter().skip(index + 1) {
                let same = entry.code == other.code
                    && (entry.has_tariff(other.tariffs.0) || other.has_tariff(entry.tariffs.0));
                let holds = |a, b| entry.place.holds(a, b) && other.place.holds(a, b);
                let shared = (0..9).any(|a| (0..6).any(|b| holds(a, b)));
                assert!(!(same && shared), "{} and {}", entry.title, other.title);
            }
        }
    }
}
