//! The payload of every command, request and reply, in the order of the maker's list (M206 "command system
//! of the meters M206", tables 2 and 4), corrected where captures of real meters say otherwise.

use super::choices;
use super::form::{Form, Item, item};
use crate::protocol::incotex::items::size;
use crate::reading::{Quantity, Unit};

/// What a reply carries between command and CRC.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reply {
    /// Always this.
    Plain(&'static [Item]),
    /// One of these, by its own first byte.
    Numbered(&'static [(u8, &'static [Item])]),
    /// One of these, by the first argument of the request, which it does not repeat; all are of one length.
    ByArgument(&'static [(u8, &'static [Item])]),
    /// Nobody says.
    Unknown,
}

/// The bytes of a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Its code.
    pub code: u8,
    /// What the request carries between command and CRC.
    pub request: &'static [Item],
    /// What the reply carries there.
    pub reply: Reply,
}

impl Layout {
    /// The items of a reply, as far as they are known: by its own bytes and the first argument asked for.
    pub(super) fn reply_items(&self, payload: &[u8], argument: Option<u8>) -> Option<&'static [Item]> {
        let by = |table: &'static [(u8, &'static [Item])], key: u8| {
            table.iter().find(|(number, _)| *number == key).map(|(_, items)| *items)
        };
        match self.reply {
            Reply::Plain(items) => Some(items),
            Reply::Numbered(table) => by(table, *payload.first()?),
            Reply::ByArgument(table) => by(table, argument?),
            Reply::Unknown => None,
        }
    }

    /// How many bytes the request carries.
    pub(super) const fn request_size(&self) -> usize {
        size(self.request)
    }

    /// How many bytes the reply carries, where that is known; `first` is its first byte.
    pub(super) fn reply_size(&self, first: Option<u8>) -> Option<usize> {
        match self.reply {
            Reply::Plain(items) => Some(size(items)),
            Reply::Numbered(table) => {
                let first = first?;
                table.iter().find(|(number, _)| *number == first).map(|(_, items)| size(items))
            }
            Reply::ByArgument(table) => table.first().map(|(_, items)| size(items)),
            Reply::Unknown => None,
        }
    }

    /// How many bytes the longest reply carries.
    pub(super) fn longest_reply(&self) -> usize {
        match self.reply {
            Reply::Plain(items) => size(items),
            Reply::Numbered(table) | Reply::ByArgument(table) => {
                table.iter().map(|(_, items)| size(items)).max().unwrap_or(0)
            }
            Reply::Unknown => MAX_PAYLOAD,
        }
    }
}

/// The longest payload: 24 bytes (M206, replies to 37), a little more allowed for.
pub(super) const MAX_PAYLOAD: usize = 26;

const fn bcd(bytes: u8, decimals: u8) -> Form {
    Form::Bcd { bytes, decimals }
}

/// One of four tariff registers of active energy.
const fn active(tariff: u8) -> Item {
    item("tariff", bcd(4, 2)).nth(tariff as u16).unit(Unit::KilowattHour)
}

/// One of four tariff registers of reactive energy.
const fn reactive(tariff: u8) -> Item {
    item("tariff", bcd(4, 2)).nth(tariff as u16).unit(Unit::KilovarHour)
}

/// One of four registers in a dated snapshot.
const fn snapshot(tariff: u8) -> Item {
    item("active energy, dated snapshot", bcd(4, 2)).unit(Unit::KilowattHour).of_tariff(tariff)
}

const fn holiday(slot: u16) -> Item {
    item("holiday", Form::DayMonth).nth(slot)
}

const fn point(slot: u16) -> Item {
    item("switching point", Form::Switching).nth(slot)
}

const fn limit(tariff: u8) -> Item {
    item("limit", bcd(3, 0)).nth(tariff as u16).note("scale not stated")
}

const fn limit_flag(tariff: u8) -> Item {
    item("limit flag", Form::Choice(&choices::LIMIT_FLAG)).nth(tariff as u16)
}

const fn seconds(name: &'static str) -> Item {
    item(name, Form::Count(1)).unit(Unit::Second)
}

const DISPLAY: Item = item("display", Form::Hex(1))
    .note("bits from 0: T1, T2, T3, T4, sum, power, time, date; 0 = tariff in force only");

const EXTRA_DISPLAY: Item = item("extra display", Form::Hex(1)).note(
    "bits from 0: schedule, U I F, reactive, maxima, run time, battery time, power limit, energy limit",
);

const LIMIT_MODE: Item =
    item("mode", Form::Hex(1)).note("low 4 bits: OFF display time; bit 7: subtract or reset");

const RECORD: Item = item("record", Form::Count(1)).from("record");

const MONTH: Item = item("month", Form::Choice(&choices::MONTH_OR_CURRENT)).from("month");

const HALF: Item = item("half", Form::Count(1)).from("half");

const SCHEDULE_OF: Item = item("month and day", Form::Hex(1))
    .halves("month", "day")
    .note("high half: month, 0 = January; low half: day, 0 = Sunday, 7 = holiday");

const MAXIMUM_OF: Item = item("of", Form::Choice(&choices::MAXIMUM)).from("of");

const PARAMETER: Item = item("parameter", Form::Choice(&choices::PARAMETER));

const RECLOSE_TRIES: Item = item("tries", Form::Count(1));
const RECLOSE_PAUSE: Item = item("pause", Form::Count(1)).unit(Unit::Minute);
const RECLOSE_SUCCESS: Item = item("time to success", Form::Count(1)).unit(Unit::Minute);

/// A maximum that can be reset, its time, one that cannot, its time.
const fn maxima(decimals: u8, unit: Unit) -> [Item; 4] {
    [
        item("resettable maximum", bcd(2, decimals)).unit(unit).read(),
        item("time of resettable maximum", Form::Stamp).time_of(1),
        item("lasting maximum", bcd(2, decimals)).unit(unit).read(),
        item("time of lasting maximum", Form::Stamp).time_of(1),
    ]
}

const VOLTAGE_MAXIMA: [Item; 4] = maxima(1, Unit::Volt);
const CURRENT_MAXIMA: [Item; 4] = maxima(2, Unit::Ampere);
const POWER_MAXIMA: [Item; 4] = maxima(2, Unit::Kilowatt);

const DATED_SNAPSHOT: [Item; 7] = [
    snapshot(1),
    snapshot(2),
    snapshot(3),
    snapshot(4),
    item("date of snapshot", Form::Date).time_of(4),
    item("CRC of snapshot", Form::Hex(2)),
    item("filler", Form::Bytes(3)),
];

const HALF_HOURS: [Item; 1] = [item("half-hours", Form::Bytes(24))
    .note("8 records of 0.2 Wh steps; the sources disagree on their form")
    .read()];

/// A command without request payload.
const fn read(code: u8, reply: &'static [Item]) -> Layout {
    Layout { code, request: &[], reply: Reply::Plain(reply) }
}

/// A command whose reply carries nothing.
const fn write(code: u8, request: &'static [Item]) -> Layout {
    Layout { code, request, reply: Reply::Plain(&[]) }
}

/// A command with both.
const fn ask(code: u8, request: &'static [Item], reply: Reply) -> Layout {
    Layout { code, request, reply }
}

/// Every command's bytes, in the order of [`super::commands::COMMANDS`].
#[rustfmt::skip]
pub(super) static LAYOUTS: &[Layout] = &[
    // Writing.
    write(0x00, &[item("new address", Form::Count(4)).from("to")]),
    write(0x01, &[item("new group address", Form::Count(4)).from("to")]),
    write(0x02, &[item("clock", Form::Clock).from("time")]),
    write(0x03, &[item("power limit", bcd(2, 2)).unit(Unit::Kilowatt).from("limit")]),
    write(0x04, &[item("energy limit", bcd(2, 0)).unit(Unit::KilowattHour).from("limit")]),
    write(0x05, &[item("daylight saving", Form::ChoiceOr(&choices::ON_OFF, "on")).from("state")]),
    write(0x06, &[item("correction span", Form::LowBits).from("span")]),
    write(0x07, &[item("pulse output", Form::Choice(&choices::PULSE_OUTPUT)).from("function")]),
    write(0x08, &[item("speed", Form::Choice(&choices::SPEED)).from("speed")]),
    write(0x09, &[DISPLAY.from("mask")]),
    write(0x0A, &[item("tariffs", Form::Count(1)).from("tariffs")]),
    write(0x0B, &[item("tariff", Form::Count(1)).from("tariff")]),
    write(0x0C, &[item("battery flag", Form::Fixed(&[0x04, 0x00]))]),
    write(0x0D, &[seconds("other tariffs").from("others"), seconds("tariff in force").from("current"),
                  seconds("power, time, date").from("values"), seconds("after button").from("button")]),
    write(0x0F, &[seconds("time over limit").from("threshold"), LIMIT_MODE.from("mode")]),
    write(0x10, &[holiday(1).slice("days", 0), holiday(2).slice("days", 2), holiday(3).slice("days", 4),
                  holiday(4).slice("days", 6), holiday(5).slice("days", 8), holiday(6).slice("days", 10),
                  holiday(7).slice("days", 12), holiday(8).slice("days", 14), HALF]),
    write(0x11, &[point(1).slice("points", 0), point(2).slice("points", 2), point(3).slice("points", 4),
                  point(4).slice("points", 6), point(5).slice("points", 8), point(6).slice("points", 10),
                  point(7).slice("points", 12), point(8).slice("points", 14), SCHEDULE_OF]),
    write(0x12, &[item("filler", Form::Fixed(&[0; 8])), MAXIMUM_OF]),
    write(0x13, &[item("filler", Form::Fixed(&[0; 8])), MAXIMUM_OF]),
    write(0x14, &[item("filler", Form::Fixed(&[0; 4]))]),
    // Reading.
    read(0x20, &[item("group address", Form::Count(4)).read()]),
    read(0x21, &[item("clock", Form::Clock).read()]),
    read(0x22, &[item("power limit", bcd(2, 2)).unit(Unit::Kilowatt).read()]),
    read(0x23, &[item("energy limit", bcd(2, 0)).unit(Unit::KilowattHour).read()]),
    read(0x24, &[item("daylight saving", Form::ChoiceOr(&choices::ON_OFF, "on")).read()]),
    read(0x25, &[item("correction span", Form::LowBits).note("0 = not allowed").read()]),
    read(0x26, &[item("active power", bcd(2, 2)).unit(Unit::Kilowatt).code(1, 7, 0)]),
    read(0x27, &[active(1).code(1, 8, 1), active(2).code(1, 8, 2), active(3).code(1, 8, 3), active(4).code(1, 8, 4)]),
    read(0x28, &[item("version", Form::Version).is(Quantity::VERSION), item("filler", Form::Bytes(1)),
                 item("firmware date", Form::Date).read()]),
    read(0x29, &[item("battery voltage", bcd(2, 2)).unit(Unit::Volt).is(Quantity::BATTERY)
                 .note("the second byte is hundredths, as captures show; descriptions that call it tenths are wrong")]),
    read(0x2A, &[DISPLAY.read()]),
    read(0x2B, &[item("last mains off", Form::Clock).read()]),
    read(0x2C, &[item("last mains on", Form::Clock).read()]),
    read(0x2D, &[item("pulse output", Form::Choice(&choices::PULSE_OUTPUT)).read()]),
    read(0x2E, &[item("number of tariffs", Form::Count(1)).read()]),
    read(0x2F, &[item("serial number", Form::Count(4)).code(96, 1, 0)]),
    ask(0x30, &[HALF], Reply::Plain(&[holiday(1).read(), holiday(2).read(), holiday(3).read(), holiday(4).read(),
                 holiday(5).read(), holiday(6).read(), holiday(7).read(), holiday(8).read()])),
    ask(0x31, &[SCHEDULE_OF], Reply::Plain(&[point(1).read(), point(2).read(), point(3).read(), point(4).read(),
                 point(5).read(), point(6).read(), point(7).read(), point(8).read()])),
    ask(0x32, &[MONTH], Reply::Plain(&[active(1).of_month(1, 8, 1), active(2).of_month(1, 8, 2),
                 active(3).of_month(1, 8, 3), active(4).of_month(1, 8, 4)])),
    ask(0x33, &[MAXIMUM_OF], Reply::ByArgument(&[(0, &VOLTAGE_MAXIMA), (1, &CURRENT_MAXIMA), (2, &POWER_MAXIMA)])),
    ask(0x34, &[RECORD], Reply::Plain(&[item("mains event", Form::Choice(&choices::POWER_EVENT)).read(),
                 item("time", Form::Stamp).time_of(1)])),
    ask(0x35, &[RECORD], Reply::Plain(&[item("cover event", Form::Choice(&choices::COVER_EVENT)).read(),
                 item("time", Form::Stamp).time_of(1)])),
    ask(0x36, &[RECORD], Reply::Plain(&[
                 item("commands 70 to 7F", Form::Hex(2)).note("a bit for each command used").read(),
                 item("commands 10 to 17", Form::Hex(1)).note("a bit for each command used").read(),
                 item("commands 00 to 0F", Form::Hex(2)).note("a bit for each command used").read(),
                 item("date", Form::Date).time_of(3)])),
    ask(0x37, &[item("what", Form::Choice(&choices::PROFILE)).from("kind"), item("date", Form::Date).from("date")],
        Reply::ByArgument(&[(0x00, &DATED_SNAPSHOT), (0x01, &DATED_SNAPSHOT), (0x10, &HALF_HOURS),
                 (0x11, &HALF_HOURS), (0x12, &HALF_HOURS), (0x13, &HALF_HOURS), (0x14, &HALF_HOURS),
                 (0x15, &HALF_HOURS), (0xF0, &HALF_HOURS)])),
    ask(0x38, &[MONTH], Reply::Plain(&[reactive(1).of_month(3, 8, 1), reactive(2).of_month(3, 8, 2),
                 reactive(3).of_month(3, 8, 3), reactive(4).of_month(3, 8, 4)])),
    ask(0x39, &[item("first number", Form::Count(1)).from("kind"), RECORD],
        Reply::Plain(&[item("crossing of a quality limit", Form::Crossing).read()])),
    ask(0x3A, &[RECORD], Reply::Plain(&[item("relay event", Form::Choice(&choices::RELAY_EVENT)).read(),
                 item("time", Form::Stamp).time_of(1)])),
    read(0x60, &[item("tariff in force", Form::Count(1)).is(Quantity::TARIFF)]),
    read(0x61, &[item("cover opened", Form::ClockOrNever).read()]),
    read(0x62, &[item("cover closed", Form::ClockOrNever).read()]),
    read(0x63, &[item("voltage", bcd(2, 1)).unit(Unit::Volt).code(32, 7, 0),
                 item("current", bcd(2, 2)).unit(Unit::Ampere).code(31, 7, 0),
                 item("active power", bcd(3, 0)).unit(Unit::Watt).code(1, 7, 0)]),
    read(0x64, &[item("clock trim", Form::Signed(3)).unit(Unit::Second)
                 .note("seconds until one is put in or left out; 0 = none").read()]),
    read(0x65, &[item("build", Form::Hex(2)).note("55 low: two current sensors; 55 high: relay").read()]),
    read(0x66, &[item("production date", Form::Date).read()]),
    read(0x67, &[seconds("display time, other tariffs").read(), seconds("display time, tariff in force").read(),
                 seconds("display time, power, time, date").read(), seconds("display time, after button").read()]),
    read(0x68, &[seconds("time over limit").read(), LIMIT_MODE.read()]),
    read(0x69, &[item("hours with mains", bcd(3, 0)).unit(Unit::Hour).read(),
                 item("hours on battery", bcd(3, 0)).unit(Unit::Hour).read()]),
    read(0x6A, &[EXTRA_DISPLAY.read(), seconds("freeze").read()]),
    read(0x6B, &[item("last programming", Form::Clock).read()]),
    read(0x6C, &[item("modem number", Form::Count(2)).read(), item("system number and level", Form::Hex(1)).read()]),
    read(0x6D, &[item("relay mode", Form::ChoiceOr(&choices::RELAY_MODE, "on")).read()]),
    read(0x6E, &[limit(1).of_tariff(1), limit_flag(1).of_tariff(1), limit(2).of_tariff(2), limit_flag(2).of_tariff(2),
                 limit(3).of_tariff(3), limit_flag(3).of_tariff(3), limit(4).of_tariff(4), limit_flag(4).of_tariff(4)]),
    read(0x6F, &[item("display on battery", Form::ChoiceOr(&choices::YES_NO, "no")).read()]),
    // Writing, continued.
    write(0x70, &[EXTRA_DISPLAY.from("mask"), seconds("freeze").from("freeze")]),
    write(0x71, &[item("relay mode", Form::ChoiceOr(&choices::RELAY_MODE, "on")).from("mode")]),
    write(0x72, &[limit(1).slice("limits", 0), limit_flag(1).slice("limits", 3), limit(2).slice("limits", 4),
                  limit_flag(2).slice("limits", 7), limit(3).slice("limits", 8), limit_flag(3).slice("limits", 11),
                  limit(4).slice("limits", 12), limit_flag(4).slice("limits", 15)]),
    write(0x73, &[item("display on battery", Form::ChoiceOr(&choices::YES_NO, "no")).from("state")]),
    write(0x74, &[item("PLC2 modem", Form::ChoiceOr(&choices::YES_NO, "no")).from("state")]),
    write(0x75, &[item("multiplier less 1", Form::Count(1)).from("multiplier")]),
    write(0x78, &[item("packed schedule", Form::Bytes(19)).slice("schedule", 0)]),
    write(0x79, &[item("for the modem", Form::Bytes(8)).slice("data", 0)]),
    write(0x7A, &[item("parameter", Form::Fixed(&[0])), RECLOSE_TRIES.from("tries"), RECLOSE_PAUSE.from("pause"),
                  RECLOSE_SUCCESS.from("success")]),
    // Reading, continued.
    read(0x80, &[item("PLC2 modem", Form::ChoiceOr(&choices::YES_NO, "no")).read()]),
    read(0x81, &[item("frequency", bcd(2, 2)).unit(Unit::Hertz).code(14, 7, 0),
                 item("tariff in force", Form::Count(1)).note("0 = T1 here"),
                 item("flags", Form::Hex(1)).note("bit 0: currents differ; bit 1: energy runs back"),
                 item("reserve", Form::Bytes(6))]),
    read(0x82, &[item("time-out multiplier less 1", Form::Count(1)).read()]),
    read(0x85, &[reactive(1).code(3, 8, 1), reactive(2).code(3, 8, 2), reactive(3).code(3, 8, 3),
                 reactive(4).code(3, 8, 4)]),
    ask(0x86, &[PARAMETER.from("number")], Reply::Numbered(&[
        (0x00, &[PARAMETER, item("reactive power", bcd(3, 0)).unit(Unit::Var).code(3, 7, 0)]),
        (0x01, &[PARAMETER, item("relay", Form::Choice(&choices::RELAY_STATE)).read()]),
        (0x02, &[PARAMETER,
            item("power factor", Form::SignedBcd { bytes: 2, decimals: 3 }).code(13, 7, 0),
            item("apparent power", bcd(3, 0)).unit(Unit::VoltAmpere).code(9, 7, 0)]),
        (0x03, &[PARAMETER, RECLOSE_TRIES.read(), RECLOSE_PAUSE.read(), RECLOSE_SUCCESS.read()]),
        (0xFF, &[PARAMETER, item("model", Form::Choice(&choices::MODEL)).is(Quantity::MODEL),
            item("options", Form::Count(1)).note("206: 1, 2, 4 RS485; 3, 5 PLC; 2 to 5 relay; 4, 5 closes again").read()]),
    ])),
    ask(0x87, &[], Reply::Unknown),
];

/// Marks a code that no command has in [`INDEX`].
const NONE: u8 = u8::MAX;

/// Where the layout of each code stands in [`LAYOUTS`], [`NONE`] where there is none.
pub(super) static INDEX: [u8; 256] = index();

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time, where a wrong index is an error")]
const fn index() -> [u8; 256] {
    let mut index = [NONE; 256];
    let mut row = 0;
    while row < LAYOUTS.len() {
        index[LAYOUTS[row].code as usize] = row as u8;
        row += 1;
    }
    index
}

/// The layout of a code, `None` for codes no list knows.
pub(super) fn of(code: u8) -> Option<&'static Layout> {
    LAYOUTS.get(usize::from(*INDEX.get(usize::from(code))?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::incotex::items::Origin;
    use crate::protocol::mercury200::commands::COMMANDS;

    #[test]
    fn layouts_and_commands_stand_in_the_same_order() {
        let codes: Vec<String> = LAYOUTS.iter().map(|l| format!("{:02X}", l.code)).collect();
        let expected: Vec<&str> = COMMANDS.iter().map(|c| c.code).collect();
        assert_eq!(codes, expected);
    }

    #[test]
    fn every_parameter_of_a_command_goes_into_its_request_and_nothing_else_does() {
        for (layout, command) in LAYOUTS.iter().zip(COMMANDS) {
            let mut used: Vec<&str> = Vec::new();
            for item in layout.request {
                match item.origin {
                    Origin::Argument(name) | Origin::Slice(name, _) => used.push(name),
                    Origin::Halves(high, low) => used.extend([high, low]),
                    Origin::Nowhere => assert!(matches!(item.form, Form::Fixed(_)), "{}", command.id),
                }
            }
            used.sort_unstable();
            used.dedup();
            let mut names: Vec<&str> = command.parameters.iter().map(|p| p.name).collect();
            names.sort_unstable();
            assert_eq!(used, names, "{}", command.id);
        }
    }

    #[test]
    fn payloads_keep_to_the_limits_of_the_frame() {
        for layout in LAYOUTS {
            assert!(
                layout.request_size() <= 19 && layout.longest_reply() <= MAX_PAYLOAD,
                "{:02X}",
                layout.code
            );
            if let Reply::ByArgument(table) = layout.reply {
                assert!(
                    table.iter().all(|(_, items)| size(items) == size(table[0].1)),
                    "{:02X}",
                    layout.code
                );
            }
        }
    }

    #[test]
    fn lengths_are_those_of_the_makers_list() {
        let reply = |code: u8, first: u8| of(code).and_then(|layout| layout.reply_size(Some(first)));
        for (code, size) in [
            (0x20, 4),
            (0x21, 7),
            (0x22, 2),
            (0x24, 1),
            (0x27, 16),
            (0x28, 6),
            (0x29, 2),
            (0x2F, 4),
            (0x30, 16),
            (0x33, 16),
            (0x34, 7),
            (0x36, 8),
            (0x37, 24),
            (0x39, 6),
            (0x61, 7),
            (0x63, 7),
            (0x64, 3),
            (0x66, 3),
            (0x67, 4),
            (0x69, 6),
            (0x6C, 3),
            (0x6E, 16),
            (0x81, 10),
            (0x85, 16),
            (0x00, 0),
            (0x78, 0),
        ] {
            assert_eq!(reply(code, 0), Some(size), "{code:02X}");
        }
        assert_eq!((reply(0x86, 0), reply(0x86, 1), reply(0x86, 2)), (Some(4), Some(2), Some(6)));
        assert_eq!((reply(0x86, 9), reply(0x87, 0)), (None, None));
    }
}
