//! Every command, in the order of the maker's list (M206 "command system of the meters M206", tables 2 and
//! 4): what a person asks for. What its bytes are stands in [`super::layout`].

use super::choices;
use crate::protocol::{Access, Choice, Command, Group, Kind, Parameter};
use crate::reading::Unit;

/// Models that answer commands of the first generation only are named by this remark on all others.
const NEWER: &str = "206 and 203 only; a 200 stays silent";

/// Like [`NEWER`] for commands that act on the relay.
const WITH_RELAY: &str = "206 and 203 with a relay only; a 200 stays silent";

/// A command without parameters.
const fn read(code: &'static str, id: &'static str, title: &'static str, group: Group) -> Command {
    Command { id, code, title, group, access: Access::Read, parameters: &[], note: "" }
}

/// A command that changes settings.
const fn write(
    code: &'static str,
    id: &'static str,
    title: &'static str,
    group: Group,
    parameters: &'static [Parameter],
) -> Command {
    Command { access: Access::Write, parameters, ..read(code, id, title, group) }
}

/// A command that acts, or sets by what the meter acts: a limit that switches the load, the speed it is heard at.
const fn control(
    code: &'static str,
    id: &'static str,
    title: &'static str,
    group: Group,
    parameters: &'static [Parameter],
) -> Command {
    Command { access: Access::Control, ..write(code, id, title, group, parameters) }
}

/// With parameters.
#[expect(clippy::needless_pass_by_value, reason = "rows of a table read best without references")]
const fn with(parameters: &'static [Parameter], command: Command) -> Command {
    Command { parameters, ..command }
}

/// With a remark.
#[expect(clippy::needless_pass_by_value, reason = "rows of a table read best without references")]
const fn noted(note: &'static str, command: Command) -> Command {
    Command { note, ..command }
}

/// A number that must be given.
const fn number(name: &'static str, title: &'static str, max: i64, unit: Unit) -> Parameter {
    Parameter { name, title, kind: Kind::Integer { min: 0, max }, default: None, unit }
}

/// A number of a narrower range.
const fn ranged(name: &'static str, title: &'static str, (min, max): (i64, i64)) -> Parameter {
    Parameter { name, title, kind: Kind::Integer { min, max }, default: None, unit: Unit::None }
}

/// One of a few; the first of the table is the default of reads.
const fn one_of(
    name: &'static str,
    title: &'static str,
    choices: &'static [Choice],
    default: Option<&'static str>,
) -> Parameter {
    Parameter { name, title, kind: Kind::Choice(choices), default, unit: Unit::None }
}

/// A run of bytes of fixed length.
const fn bytes(name: &'static str, title: &'static str, count: usize) -> Parameter {
    Parameter { name, title, kind: Kind::Bytes { min: count, max: count }, default: None, unit: Unit::None }
}

/// A parameter that is used as it stands when left out.
const fn or(default: &'static str, parameter: Parameter) -> Parameter {
    Parameter { default: Some(default), ..parameter }
}

const RECORD: &[Parameter] = &[or("0", ranged("record", "Record, 0 being the newest", (0, 0x3F)))];

const MONTH: &[Parameter] = &[one_of("month", "Month", &choices::MONTH_OR_CURRENT, Some("current"))];

const DAY: Parameter = one_of("day", "Kind of day", &choices::WEEKDAY, Some("sunday"));

const SCHEDULE_MONTH: Parameter = one_of("month", "Month", choices::MONTH, Some("january"));

const HALF: Parameter = or("0", ranged("half", "Half of the table, 0 or 1", (0, 1)));

const LARGEST_ADDRESS: i64 = 0xFFFF_FFFF;

/// Every command there is.
#[rustfmt::skip]
pub(super) static COMMANDS: &[Command] = &[
    // Table 2: writing.
    control("00", "set-address", "Set the network address", Group::Settings,
        &[number("to", "New address", LARGEST_ADDRESS, Unit::None)]),
    control("01", "set-group-address", "Set the group address", Group::Settings,
        &[number("to", "New group address, 0 for none", LARGEST_ADDRESS, Unit::None)]),
    write("02", "set-clock", "Set the clock", Group::Clock,
        &[Parameter { name: "time", title: "Date and time", kind: Kind::DateTime, default: None, unit: Unit::None }]),
    control("03", "set-power-limit", "Set the power limit", Group::Limits,
        &[number("limit", "Limit in steps of 10 W", 9999, Unit::None)]),
    control("04", "set-energy-limit", "Set the monthly energy limit", Group::Limits,
        &[number("limit", "Limit", 9999, Unit::KilowattHour)]),
    write("05", "set-season-flag", "Switch daylight saving", Group::Clock,
        &[one_of("state", "Daylight saving", &choices::ON_OFF, None)]),
    noted("the maker's list gives 5 bits; a third-party tool allows up to 89",
        write("06", "set-button-correction", "Set the span of clock correction by button", Group::Clock,
            &[number("span", "Span, 0 for not allowed", 0x1F, Unit::None)])),
    control("07", "set-pulse-output", "Set the function of the pulse output", Group::Settings,
        &[one_of("function", "Function", &choices::PULSE_OUTPUT, None)]),
    noted("the meter is heard at the new speed only from then on",
        control("08", "set-speed", "Set the speed of the interface", Group::Settings,
            &[one_of("speed", "Speed", &choices::SPEED, None)])),
    write("09", "set-display-mode", "Set what the display shows", Group::Settings,
        &[number("mask", "Bits: T1, T2, T3, T4, sum, power, time, date; 0 for the tariff in force", 0xFF, Unit::None)]),
    write("0A", "set-tariff-count", "Set the number of tariffs", Group::Tariffs,
        &[ranged("tariffs", "Tariffs", (1, 4))]),
    noted("the range of the number is not stated; 60 counts from 1",
        control("0B", "force-tariff", "Force a tariff", Group::Tariffs, &[ranged("tariff", "Tariff", (1, 4))])),
    control("0C", "clear-battery-flag", "Clear the mark of the low battery", Group::Settings, &[]),
    write("0D", "set-display-times", "Set the display times", Group::Settings,
        &[number("others", "Other tariffs and sum", 0xFF, Unit::Second),
          number("current", "Tariff in force", 0xFF, Unit::Second),
          number("values", "Power, time, date", 0xFF, Unit::Second),
          number("button", "After the button", 0xFF, Unit::Second)]),
    noted(NEWER, control("0F", "set-power-limit-mode", "Set how the power limit works", Group::Limits,
        &[number("threshold", "Time over the limit", 0xFF, Unit::Second),
          number("mode", "Low 4 bits OFF display time, bit 7 subtract or reset", 0xFF, Unit::None)])),
    write("10", "set-holidays", "Set holidays", Group::Tariffs,
        &[bytes("days", "8 x (day, month) in BCD, FF FF for an empty slot", 16), HALF]),
    noted("the count of 8 points follows from the longest request; no capture confirms it",
        write("11", "set-schedule", "Set the tariff table of a day", Group::Tariffs,
            &[bytes("points", "8 x (tariff and hour, minute): top 2 bits tariff less 1, the rest BCD", 16),
              DAY, SCHEDULE_MONTH])),
    noted(NEWER, control("12", "reset-maxima", "Reset the resettable maximum", Group::Events,
        &[one_of("of", "Of what", &choices::MAXIMUM, None)])),
    noted("needs the jumper inside the meter; 206 and 203 only",
        control("13", "reset-lasting-maxima", "Reset the lasting maximum", Group::Events,
            &[one_of("of", "Of what", &choices::MAXIMUM, None)])),
    noted(NEWER, control("14", "reset-battery-hours", "Reset the hours on battery", Group::Settings, &[])),
    // Table 4: reading.
    read("20", "group-address", "Group address", Group::Identity),
    read("21", "clock", "Date and time", Group::Clock),
    read("22", "power-limit", "Power limit", Group::Limits),
    noted("whole kWh by the maker's list and the front plates; one library divides by 100",
        read("23", "energy-limit", "Monthly energy limit", Group::Limits)),
    read("24", "season-flag", "Daylight saving", Group::Clock),
    read("25", "button-correction", "Span of clock correction by button", Group::Clock),
    read("26", "power", "Active power", Group::Instantaneous),
    read("27", "energy", "Active energy by tariff", Group::Energy),
    read("28", "version", "Version", Group::Identity),
    read("29", "battery", "Battery voltage", Group::Identity),
    read("2A", "display-mode", "What the display shows", Group::Settings),
    read("2B", "last-off", "Last loss of mains", Group::Events),
    read("2C", "last-on", "Last return of mains", Group::Events),
    read("2D", "pulse-output", "Function of the pulse output", Group::Settings),
    read("2E", "tariff-count", "Number of tariffs", Group::Tariffs),
    read("2F", "serial", "Serial number", Group::Identity),
    with(&[HALF], read("30", "holidays", "Holidays", Group::Tariffs)),
    noted("the count of 8 points follows from the longest request; no capture confirms it",
        with(&[DAY, SCHEDULE_MONTH], read("31", "schedule", "Tariff table of a day", Group::Tariffs))),
    noted("the reply does not say which month",
        with(MONTH, read("32", "month-energy", "Active energy at the start of a month", Group::Energy))),
    noted("206 and 203 only; the reply does not say which; the scale is taken from 63 and 26",
        with(&[one_of("of", "Of what", &choices::MAXIMUM, Some("voltage"))],
            read("33", "maxima", "Maxima", Group::Events))),
    noted(NEWER, with(RECORD, read("34", "power-events", "Mains event", Group::Events))),
    noted(NEWER, with(RECORD, read("35", "cover-events", "Cover event", Group::Events))),
    noted(NEWER, with(RECORD, read("36", "programming-events", "Programming event", Group::Events))),
    noted("206 and 203 only; the reply does not say what was asked for",
        with(&[one_of("kind", "What", &choices::PROFILE, Some("day")),
               Parameter { name: "date", title: "Date", kind: Kind::Date, default: None, unit: Unit::None }],
            read("37", "profile", "Snapshots and half-hours", Group::Energy))),
    noted("206 only; the reply does not say which month",
        with(MONTH, read("38", "month-reactive", "Reactive energy at the start of a month", Group::Energy))),
    noted("206 and 203 only; the maker's list does not define the two numbers",
        with(&[or("0", number("kind", "First number", 0xFF, Unit::None)),
               or("0", number("record", "Second number", 0xFF, Unit::None))],
            read("39", "quality-events", "Power quality event", Group::Events))),
    noted(WITH_RELAY, with(RECORD, read("3A", "relay-events", "Relay event", Group::Events))),
    noted(NEWER, read("60", "tariff", "Tariff in force", Group::Tariffs)),
    read("61", "cover-opened", "Last opening of the cover", Group::Events),
    read("62", "cover-closed", "Last closing of the cover", Group::Events),
    noted("some firmware may send whole volts",
        read("63", "instant", "Voltage, current, power", Group::Instantaneous)),
    read("64", "clock-trim", "Clock trim", Group::Clock),
    noted("00 03, which real 200s answer, is not explained by any source",
        read("65", "build", "Build word", Group::Identity)),
    read("66", "production-date", "Date of production", Group::Identity),
    read("67", "display-times", "Display times", Group::Settings),
    noted(NEWER, read("68", "power-limit-mode", "How the power limit works", Group::Limits)),
    noted(NEWER, read("69", "running-hours", "Running hours", Group::Identity)),
    noted(NEWER, read("6A", "extra-display", "What the display shows besides", Group::Settings)),
    noted(NEWER, read("6B", "last-programming", "Last programming", Group::Events)),
    noted("203 and 206 with PLC modem only", read("6C", "plc", "PLC modem numbers", Group::Settings)),
    noted(WITH_RELAY, read("6D", "relay-mode", "What decides over the relay", Group::Limits)),
    noted("206 and 203 only; the scale is not stated",
        read("6E", "energy-limits", "Energy left to the limit by tariff", Group::Limits)),
    noted(NEWER, read("6F", "battery-display", "Display on battery", Group::Settings)),
    // Table 2, continued: writing.
    noted(NEWER, write("70", "set-extra-display", "Set what the display shows besides", Group::Settings,
        &[number("mask", "Bits: schedule, U I F, reactive, maxima, run time, battery time, power limit, energy limit", 0xFF, Unit::None),
          number("freeze", "Freeze", 0x0F, Unit::Second)])),
    noted(WITH_RELAY, control("71", "relay", "Switch the relay", Group::Limits,
        &[one_of("mode", "What decides", &choices::RELAY_MODE, None)])),
    noted("206 and 203 only; the scale is not stated",
        control("72", "set-energy-limits", "Set energy limits by tariff", Group::Limits,
            &[bytes("limits", "4 x (3 bytes BCD, flag 55 stop watching, 5A write, A5 add)", 16)])),
    noted(NEWER, write("73", "set-battery-display", "Allow the display on battery", Group::Settings,
        &[one_of("state", "Allowed", &choices::YES_NO, None)])),
    noted("203 and 206 with PLC modem only",
        control("74", "set-plc2", "Enable the PLC2 modem", Group::Settings,
            &[one_of("state", "Enabled", &choices::YES_NO, None)])),
    noted("206 and 203 only; the meter then waits that much longer for the end of a request",
        control("75", "set-timeout", "Set the time-out multiplier", Group::Settings,
            &[number("multiplier", "Multiplier less 1", 0xFF, Unit::None)])),
    noted("203 and 206 with PLC modem only",
        control("78", "plc-schedule", "Send the packed tariff schedule of PLC1", Group::Tariffs,
            &[bytes("schedule", "As in PLC1 command 10", 19)])),
    noted("203 and 206 with PLC modem only",
        control("79", "plc-exchange", "Exchange with the PLC1 modem", Group::Settings,
            &[bytes("data", "For the modem", 8)])),
    noted(WITH_RELAY, control("7A", "set-reclose", "Set how the relay closes again", Group::Limits,
        &[ranged("tries", "Tries", (1, 60)),
          ranged("pause", "Pause, minutes", (1, 60)),
          ranged("success", "Time to success, minutes", (1, 60))])),
    // Table 4, continued: reading.
    noted("203 and 206 with PLC modem only", read("80", "plc2", "PLC2 modem enabled", Group::Settings)),
    noted("206 and 203 only; tariffs count from 0 here, from 1 in 60",
        read("81", "frequency", "Mains frequency", Group::Instantaneous)),
    noted(NEWER, read("82", "timeout", "Time-out multiplier", Group::Settings)),
    noted("206 only", read("85", "reactive-energy", "Reactive energy by tariff", Group::Energy)),
    noted("206 and 203 only; the reply repeats the number, which the maker's list leaves out",
        with(&[one_of("number", "Parameter", &choices::PARAMETER, Some("power-factor"))],
            read("86", "parameter", "Power factor, reactive power, relay, model", Group::Instantaneous))),
    noted("sent by a published script; in no list of the maker's, shown raw",
        read("87", "unknown-87", "Unknown command 87", Group::Identity)),
];

/// The command with a code.
pub(super) fn by_code(code: u8) -> Option<&'static Command> {
    let index = usize::from(*super::layout::INDEX.get(usize::from(code))?);
    COMMANDS.get(index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_and_codes_are_unique_and_codes_are_upper_case_hex() {
        let ids: HashSet<_> = COMMANDS.iter().map(|c| c.id).collect();
        let codes: HashSet<_> = COMMANDS.iter().map(|c| c.code).collect();
        assert_eq!((ids.len(), codes.len()), (COMMANDS.len(), COMMANDS.len()));
        for command in COMMANDS {
            assert!(command.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            assert_eq!(format!("{:02X}", u8::from_str_radix(command.code, 16).unwrap()), command.code);
        }
    }

    #[test]
    fn every_code_finds_its_own_command_and_no_other_code_finds_any() {
        for code in 0..=255u8 {
            let text = format!("{code:02X}");
            let expected = COMMANDS.iter().find(|c| c.code == text).map(|c| c.id);
            assert_eq!(by_code(code).map(|c| c.id), expected, "{text}");
        }
    }

    #[test]
    fn reads_have_defaults_so_that_they_can_be_asked_without_arguments() {
        for command in COMMANDS.iter().filter(|c| c.access == Access::Read && c.id != "profile") {
            assert!(command.arguments([]).is_ok(), "{}", command.id);
        }
    }

    #[test]
    fn everything_that_acts_is_control_and_nothing_below_20_is_a_read() {
        let access = |id| COMMANDS.iter().find(|c| c.id == id).map(|c| c.access);
        for id in
            ["set-address", "relay", "reset-maxima", "force-tariff", "plc-exchange", "set-group-address"]
        {
            assert_eq!(access(id), Some(Access::Control), "{id}");
        }
        for command in COMMANDS {
            let code = u8::from_str_radix(command.code, 16).unwrap();
            let writes = code < 0x20 || (0x70..0x80).contains(&code);
            assert_eq!(command.access == Access::Read, !writes, "{}", command.id);
        }
    }

    #[test]
    fn every_command_of_the_published_200_script_is_there() {
        // The list of mrkrasser/MercuryStats readme.md.
        for code in [
            "63", "21", "24", "25", "27", "2F", "65", "2C", "2B", "87", "29", "66", "2A", "67", "28", "31",
            "23", "22", "26", "2D",
        ] {
            assert!(COMMANDS.iter().any(|c| c.code == code && c.access == Access::Read), "{code}");
        }
    }
}
