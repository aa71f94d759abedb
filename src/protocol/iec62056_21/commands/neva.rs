//! NEVA `MT1xx` and `MT3xx` (NEVA MT1 programmer's manual, appendix Б; for `MT3xx` the sources named in `codes`).

use super::Ask::{
    Chosen, CodeByHand, Codes, Counted, Days, Password, Relay, WriteClock, WriteCode, WriteCodeByHand,
    WriteSchedule,
};
use super::parts::{TABLE, VALUE, catalogue, choice, command, integer, noted, of_kind, read, text, word};
use crate::protocol::Access::{Control, Read, Write};
use crate::protocol::Group::{Clock, Energy, Events, Identity, Instantaneous, Limits, Settings, Tariffs};
use crate::protocol::{Choice, Command, Kind, Parameter};

const MONTHS: &[Parameter] = &[integer("months", "Ends of months back, 0 for now", 0, 12, Some("0"))];
const DEMAND_MONTHS: &[Parameter] = &[integer("months", "Months back, 0 for this one", 0, 12, Some("0"))];
const DAYS: &[Parameter] = &[integer("days", "Days back, 0 for today", 0, 127, Some("0"))];
const ARCHIVE: &[Parameter] = &[
    integer("days", "Last day read, in days back; 0 for today alone", 0, 127, Some("0")),
    integer("from", "First day read, in days back", 0, 127, Some("0")),
];
const NUMBER: Parameter = integer("number", "Number of the day schedule", 1, 36, Some("1"));
const CODE: Parameter = of_kind("code", "OBIS code, 60.01.04*FF or 600104FF", Kind::Code { max: 11 });
const LOGS: &[Choice] = &[
    word(0, "voltage-1"),
    word(1, "voltage-2"),
    word(2, "parameters-1"),
    word(3, "parameters-2"),
    word(4, "clock-1"),
    word(5, "clock-2"),
    word(6, "restart"),
    word(7, "profile-cleared"),
    word(8, "demand-reset"),
];
const LOG_CODES: &[u32] = &[
    0x6361_0101,
    0x6361_0102,
    0x6362_0101,
    0x6362_0102,
    0x6362_0201,
    0x6362_0202,
    0x6362_0401,
    0x6362_0501,
    0x6362_0601,
];

const ENERGY: Command =
    command("energy", "0F.08.80", "Active energy, total and tariffs", Energy, Read, MONTHS);
const DAY_ENERGY: Command =
    command("day-energy", "0F.80.80", "Active energy at the start of a day", Energy, Read, DAYS);
const DEMAND: Command = command("max-demand", "0F.06.80", "Maximum demand", Energy, Read, DEMAND_MONTHS);
const LOAD: Command = command("load-profile", "63.01.00", "Load profile of a day", Energy, Read, DAYS);
const PROFILE: Command = noted(
    command("profile", "63.01.00+", "Half-hour archive, split over the tariffs", Energy, Read, ARCHIVE),
    "reads date, special days, seasons and schedules too",
);
const CLOCK: Command = read("clock", "00.09.02", "Date and time", Clock);
const SEASONS: Command = read("seasons", "0D.00.00", "Seasons", Tariffs);
const SPECIAL: Command = read("special-days", "0B.00.00", "Special days", Tariffs);
const SCHEDULE: Command = command("schedule", "0A.01.64", "Day schedule", Tariffs, Read, &[NUMBER]);
const SERIAL: Command = read("serial", "60.01.00", "Serial number", Identity);
const ADDRESS: Command = read("address", "60.01.01", "Network address", Identity);
const FIRMWARE: Command = read("firmware", "60.01.04", "Firmware", Identity);
const NAME: Command = read("name", "60.01.0A", "Name of the metering point", Identity);
const TEMPERATURE: Command = read("temperature", "60.09.00", "Temperature", Instantaneous);
const STATUS: Command = noted(
    read("status", "60.05.00", "Status word", Events),
    "MT114 and MT324; the order of its bits is told differently by two sources",
);
const FREQUENCY: Command = read("frequency", "0E.07.01", "Frequency", Instantaneous);
const BY_HAND: Command = command(
    "obis",
    "R1",
    "Any code",
    Settings,
    Read,
    &[CODE, text("argument", "What stands in the brackets", 32, Some(""))],
);
const WRITE_BY_HAND: Command = noted(
    command("write-obis", "W1", "Write any code", Settings, Write, &[CODE, VALUE]),
    "the password and the relay have commands of their own",
);
const SET_CLOCK: Command = command(
    "set-clock",
    "00.09.02w",
    "Set date and time",
    Clock,
    Write,
    &[of_kind("time", "Date and time", Kind::DateTime)],
);
const SET_SCHEDULE: Command = command(
    "set-schedule",
    "0A.01.64w",
    "Set a day schedule",
    Tariffs,
    Write,
    &[NUMBER, text("value", "Up to 8 switch points HHMMTT with commas between", 64, None)],
);
const SET_SEASONS: Command = command("set-seasons", "0D.00.00w", "Set the seasons", Tariffs, Write, &[TABLE]);
const SET_SPECIAL: Command =
    command("set-special-days", "0B.00.00w", "Set the special days", Tariffs, Write, &[TABLE]);
const SET_NAME: Command = command(
    "set-name",
    "60.01.0Aw",
    "Set the name of the metering point",
    Identity,
    Write,
    &[text("value", "Name, 16 characters", 16, None)],
);
const SET_ADDRESS: Command = command(
    "set-address",
    "60.01.01w",
    "Set the network address",
    Identity,
    Control,
    &[text("value", "Address, 8 digits", 8, None)],
);

catalogue! { ONE, ONE_ASKS,
    ENERGY => Counted(0x0F08_80FF, "months"),
    DAY_ENERGY => Counted(0x0F80_8000, "days"),
    DEMAND => Counted(0x0F06_80FF, "months"),
    LOAD => Counted(0x6301_0000, "days"),
    PROFILE => Days,
    read("voltage", "0C.07.00", "Voltage", Instantaneous) => Codes(&[0x0C07_00FF]),
    read("current", "0B.07.00", "Current", Instantaneous) => Codes(&[0x0B07_00FF]),
    read("power", "10.07.00", "Active power", Instantaneous) => Codes(&[0x1007_00FF]),
    read("power-factor", "0D.07.FF", "Power factor", Instantaneous) => Codes(&[0x0D07_FFFF]),
    FREQUENCY => Codes(&[0x0E07_01FF]),
    TEMPERATURE => Codes(&[0x6009_00FF]),
    CLOCK => Codes(&[0x0009_02FF, 0x0009_01FF]),
    read("weekday", "00.09.05", "Day of week", Clock) => Codes(&[0x0009_05FF]),
    read("clock-trim", "00.0A.98", "Clock trim", Clock) => Codes(&[0x000A_98FF]),
    read("season", "00.08.02", "Season in force", Tariffs) => Codes(&[0x0008_02FF]),
    SEASONS => Codes(&[0x0D00_00FF]),
    SPECIAL => Codes(&[0x0B00_00FF]),
    SCHEDULE => Counted(0x0A01_64FF, "number"),
    SERIAL => Codes(&[0x6001_00FF]),
    ADDRESS => Codes(&[0x6001_01FF]),
    FIRMWARE => Codes(&[0x6001_04FF]),
    NAME => Codes(&[0x6001_0AFF]),
    STATUS => Codes(&[0x6005_00FF]),
    read("event-flags", "60.05.01", "New entries in the event logs", Events) => Codes(&[0x6005_01FF]),
    command("log", "63.61.01", "Event log", Events, Read, &[choice("which", "Which log", LOGS, Some("voltage-1"))]) => Chosen(LOG_CODES),
    read("configuration", "15.00.04", "Configuration", Settings) => Codes(&[0x1500_04FF]),
    read("display", "15.00.02", "Display cycle", Settings) => Codes(&[0x1500_02FF]),
    read("demand-interval", "00.08.00", "Demand interval", Settings) => Codes(&[0x0008_00FF]),
    read("fixation", "00.08.06", "Moment of the monthly fixation", Settings) => Codes(&[0x0008_06FF]),
    read("verification", "63.63.FF", "Date of verification", Identity) => Codes(&[0x6363_FFFF]),
    read("relay-state", "0A.00.67", "State of the load relay", Limits) => Codes(&[0x0A00_67FF]),
    BY_HAND => CodeByHand,
    SET_CLOCK => WriteClock,
    command("set-clock-trim", "00.0A.98w", "Set the clock trim", Clock, Write, &[VALUE]) => WriteCode(0x000A_98FF),
    SET_SCHEDULE => WriteSchedule,
    SET_SEASONS => WriteCode(0x0D00_00FF),
    SET_SPECIAL => WriteCode(0x0B00_00FF),
    SET_NAME => WriteCode(0x6001_0AFF),
    SET_ADDRESS => WriteCode(0x6001_01FF),
    command("set-demand-interval", "00.08.00w", "Set the demand interval", Settings, Control, &[VALUE]) => WriteCode(0x0008_00FF),
    command("set-fixation", "00.08.06w", "Set the moment of the monthly fixation", Settings, Write, &[VALUE]) => WriteCode(0x0008_06FF),
    command("set-verification", "63.63.FFw", "Set the date of verification", Identity, Write, &[VALUE]) => WriteCode(0x6363_FFFF),
    command("set-display", "15.00.02w", "Set the display cycle", Settings, Write, &[TABLE]) => WriteCode(0x1500_02FF),
    command("set-configuration", "15.00.04w", "Set the configuration", Settings, Control, &[VALUE]) => WriteCode(0x1500_04FF),
    WRITE_BY_HAND => WriteCodeByHand,
    command("relay", "0A.00.67w", "Switch the load", Limits, Control, &[choice("state", "Load", &[word(0, "off"), word(1, "on")], None)]) => Relay,
    command("set-password", "60.01.02w", "Set the password", Settings, Control, &[of_kind("password", "New password", Kind::Password { max: 8 })]) => Password,
}

catalogue! { THREE, THREE_ASKS,
    ENERGY => Counted(0x0F08_80FF, "months"),
    command("reactive-import", "03.08.80", "Reactive energy +", Energy, Read, MONTHS) => Counted(0x0308_80FF, "months"),
    command("reactive-export", "04.08.80", "Reactive energy -", Energy, Read, MONTHS) => Counted(0x0408_80FF, "months"),
    DAY_ENERGY => Counted(0x0F80_8000, "days"),
    DEMAND => Counted(0x0F06_80FF, "months"),
    LOAD => Counted(0x6301_0000, "days"),
    PROFILE => Days,
    read("voltages", "20.07.00", "Voltages of the phases", Instantaneous) => Codes(&[0x2007_00FF, 0x3407_00FF, 0x4807_00FF]),
    read("currents", "1F.07.00", "Currents of the phases", Instantaneous) => Codes(&[0x1F07_00FF, 0x3307_00FF, 0x4707_00FF]),
    read("power", "10.07.00", "Active power, sum", Instantaneous) => Codes(&[0x1007_00FF]),
    read("powers", "24.07.00", "Active power of the phases", Instantaneous) => Codes(&[0x2407_00FF, 0x3807_00FF, 0x4C07_00FF]),
    read("reactive-powers", "17.07.01", "Reactive power + of the phases and sum", Instantaneous) => Codes(&[0x1707_01FF, 0x2B07_01FF, 0x3F07_01FF, 0x0307_01FF]),
    read("reactive-powers-export", "18.07.01", "Reactive power - of the phases and sum", Instantaneous) => Codes(&[0x1807_01FF, 0x2C07_01FF, 0x4007_01FF, 0x0407_01FF]),
    read("power-factor", "0D.07.FF", "Power factor, sum", Instantaneous) => Codes(&[0x0D07_FFFF]),
    read("power-factors", "21.07.FF", "Power factors of the phases", Instantaneous) => Codes(&[0x2107_FFFF, 0x3507_FFFF, 0x4907_FFFF]),
    FREQUENCY => Codes(&[0x0E07_01FF]),
    read("angles", "51.07.0A", "Angles between the voltages", Instantaneous) => Codes(&[0x5107_0AFF, 0x5107_14FF, 0x5107_15FF]),
    TEMPERATURE => Codes(&[0x6009_00FF]),
    CLOCK => Codes(&[0x0009_02FF, 0x0009_01FF]),
    read("date-time", "00.09.80", "Date and time in one", Clock) => Codes(&[0x0009_80FF]),
    SEASONS => Codes(&[0x0D00_00FF]),
    SPECIAL => Codes(&[0x0B00_00FF]),
    SCHEDULE => Counted(0x0A01_64FF, "number"),
    SERIAL => Codes(&[0x6001_00FF]),
    ADDRESS => Codes(&[0x6001_01FF]),
    FIRMWARE => Codes(&[0x6001_04FF]),
    NAME => Codes(&[0x6001_0AFF]),
    STATUS => Codes(&[0x6005_00FF]),
    BY_HAND => CodeByHand,
    SET_CLOCK => WriteClock,
    SET_SCHEDULE => WriteSchedule,
    SET_SEASONS => WriteCode(0x0D00_00FF),
    SET_SPECIAL => WriteCode(0x0B00_00FF),
    SET_NAME => WriteCode(0x6001_0AFF),
    SET_ADDRESS => WriteCode(0x6001_01FF),
    WRITE_BY_HAND => WriteCodeByHand,
    command("relay", "0A.00.67w", "Switch the load", Limits, Control, &[choice("state", "Load", &[word(0, "off"), word(1, "on")], None)]) => Relay,
    command("set-password", "60.01.02w", "Set the password", Settings, Control, &[of_kind("password", "New password", Kind::Password { max: 8 })]) => Password,
}
