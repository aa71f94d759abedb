//! Energomera's two ASCII generations (protocol of CE208 and CE308; field software for CE102M and `CE30x`).

use super::Ask::{
    Archive, ByDate, ByMonth, Fast, Group as GroupRead, MoveClock, Numbered, ParameterByHand, Parameters,
    Profile, Quick, SetClock, SetPassword, WriteParameterByHand,
};
use super::parts::{VALUE, catalogue, choice, command, integer, noted, of_kind, read, text, word};
use crate::protocol::Access::{Control, Read, Write};
use crate::protocol::Group::{Clock, Energy, Events, Identity, Instantaneous, Settings, Tariffs};
use crate::protocol::{Choice, Command, Kind, Parameter};
use crate::reading::Unit;

const MONTH: &[Parameter] =
    &[integer("month", "Month", 1, 12, None), integer("year", "Year", 2000, 2099, None)];
const DATE: &[Parameter] = &[of_kind("date", "Date", Kind::Date)];
const NAME: Parameter = of_kind("code", "Name of the parameter, five characters", Kind::Code { max: 5 });
const ARGUMENT: Parameter = text("argument", "What stands in the brackets", 64, Some(""));
const NUMBER: &[Parameter] = &[integer("number", "Number", 0, 99, Some("1"))];
const ENERGIES: &[Choice] = &[word(1, "A+"), word(2, "A-"), word(3, "R+"), word(4, "R-"), word(0, "all")];
const KIND: Parameter = choice("energy", "Which energy", ENERGIES, Some("A+"));
const ARCHIVE: &[Parameter] = &[
    KIND,
    integer("back", "Fixations back, 0 for the running period", 0, 127, Some("0")),
    choice(
        "value",
        "Register at the end, or energy of the period",
        &[word(0, "register"), word(1, "during")],
        Some("register"),
    ),
    text("mask", "Registers as a hex mask, bits 0 to 7 for T1 to T8; empty for all", 4, Some("")),
];
const BY_DATE: &[Parameter] = &[of_kind("date", "Date", Kind::Date)];
const PROFILE: &[Parameter] = &[
    KIND,
    integer("day", "Days back", 0, 127, Some("0")),
    integer("from", "First interval", 1, 1440, Some("1")),
    integer("count", "Count of intervals", 1, 1440, Some("48")),
];
const NAMES: &[Parameter] = &[text("names", "Parameters with their brackets: VOLTA()CURRE()", 100, None)];
const GROUPS: &[Parameter] = &[text("names", "Numbers with their masks: 400B(7)400D(1)", 100, None)];
const SECONDS: &[Parameter] = &[Parameter {
    name: "seconds",
    title: "How far the clock is moved",
    kind: Kind::Integer { min: -29, max: 29 },
    default: None,
    unit: Unit::Second,
}];
const TIME: &[Parameter] = &[of_kind("time", "Date and time", Kind::DateTime)];
const PASSWORD: &[Parameter] = &[
    integer("number", "Which password", 1, 2, Some("1")),
    of_kind("password", "New password", Kind::Password { max: 9 }),
];

const VOLTAGES: Command = read("voltages", "VOLTA", "Voltages", Instantaneous);
const CURRENTS: Command = read("currents", "CURRE", "Currents", Instantaneous);
const POWER: Command = read("power", "POWEP", "Active power", Instantaneous);
const REACTIVE: Command = read("reactive-power", "POWEQ", "Reactive power", Instantaneous);
const FACTOR: Command = read("power-factor", "COS_f", "Power factor", Instantaneous);
const FREQUENCY: Command = read("frequency", "FREQU", "Frequency", Instantaneous);
const ANGLES: Command = read("angles", "CORUU", "Angles between the voltages", Instantaneous);
const CURRENT_ANGLES: Command = read("current-angles", "CORIU", "Angles of the currents", Instantaneous);
const CLOCK: Command = read("clock", "DATE_", "Date and time", Clock);
const WATCH: Command = read("watch", "WATCH", "Time, date and season in one", Clock);
const SERIAL: Command = read("serial", "SNUMB", "Serial number", Identity);
const IDENTIFIER: Command = read("identifier", "IDPAS", "Identifier and address", Identity);
const MODEL: Command = read("model", "MODEL", "Model", Identity);
const STATUS: Command = read("status", "STAT_", "Status word", Events);
const SCHEDULE: Command = command("schedule", "GRF", "Day schedule", Tariffs, Read, NUMBER);
const BY_HAND: Command = command("parameter", "R1", "Any parameter", Settings, Read, &[NAME, ARGUMENT]);
const MOVE_CLOCK: Command = noted(
    command("move-clock", "CTIME", "Move the clock by some seconds", Clock, Write, SECONDS),
    "once a day; the meter does not take less than 2 s",
);
const SET_CLOCK: Command = command("set-clock", "TIME_w", "Set date and time", Clock, Write, TIME);
const WRITE_BY_HAND: Command = noted(
    command("write-parameter", "W1", "Write any parameter", Settings, Write, &[NAME, VALUE]),
    "passwords and relays are not written so",
);
const SET_PASSWORD: Command = command("set-password", "PSW", "Set a password", Settings, Control, PASSWORD);

catalogue! { EKT_COMMANDS, EKT_ASKS,
    read("energy", "ET0PE", "Active energy import, sum and tariffs", Energy) => Parameters(&["ET0PE"]),
    read("energy-export", "ET0PI", "Active energy export, sum and tariffs", Energy) => Parameters(&["ET0PI"]),
    read("reactive-import", "ET0QE", "Reactive energy import, sum and tariffs", Energy) => Parameters(&["ET0QE"]),
    read("reactive-export", "ET0QI", "Reactive energy export, sum and tariffs", Energy) => Parameters(&["ET0QI"]),
    read("this-month", "ECMPE", "Active energy of this month", Energy) => Parameters(&["ECMPE"]),
    read("this-day", "ECDPE", "Active energy of this day", Energy) => Parameters(&["ECDPE"]),
    command("month-end", "ENMPE", "Active energy at the end of a month", Energy, Read, MONTH) => ByMonth("ENMPE"),
    command("month", "EAMPE", "Active energy of a month", Energy, Read, MONTH) => ByMonth("EAMPE"),
    command("day-end", "ENDPE", "Active energy at the end of a day", Energy, Read, DATE) => ByDate("ENDPE"),
    command("day", "EADPE", "Active energy of a day", Energy, Read, DATE) => ByDate("EADPE"),
    command("load-profile", "GRAPE", "Load profile of a day", Energy, Read, DATE) => ByDate("GRAPE"),
    VOLTAGES => Parameters(&["VOLTA"]),
    CURRENTS => Parameters(&["CURRE"]),
    POWER => Parameters(&["POWEP"]),
    read("powers", "POWPP", "Active power of the phases", Instantaneous) => Parameters(&["POWPP"]),
    REACTIVE => Parameters(&["POWEQ"]),
    FACTOR => Parameters(&["COS_f"]),
    FREQUENCY => Parameters(&["FREQU"]),
    ANGLES => Parameters(&["CORUU"]),
    CURRENT_ANGLES => Parameters(&["CORIU"]),
    read("neutral-voltage", "VNULL", "Neutral voltage", Instantaneous) => Parameters(&["VNULL"]),
    read("temperature", "TEMPR", "Temperature", Instantaneous) => Parameters(&["TEMPR"]),
    CLOCK => Parameters(&["DATE_", "TIME_"]),
    WATCH => Parameters(&["WATCH"]),
    SERIAL => Parameters(&["SNUMB"]),
    IDENTIFIER => Parameters(&["IDPAS"]),
    MODEL => Parameters(&["MODEL"]),
    read("firmware", "IDENT", "Firmware", Identity) => Parameters(&["IDENT"]),
    read("hello", "HELLO", "Model, version and serial number", Identity) => Parameters(&["HELLO"]),
    STATUS => Parameters(&["STAT_"]),
    SCHEDULE => Numbered("GRF"),
    noted(read("quick", "056", "Quick read of a fixed set", Energy), "CE102M; option 6, without password and commands") => Quick,
    noted(command("fast", "GROUP", "Group read without a session", Instantaneous, Read, GROUPS), "CE301 and CE303; about 11 numbers at most") => Fast("GROUP"),
    BY_HAND => ParameterByHand,
    MOVE_CLOCK => MoveClock,
    SET_CLOCK => SetClock,
    WRITE_BY_HAND => WriteParameterByHand,
    SET_PASSWORD => SetPassword,
}

catalogue! { EMR_COMMANDS, EMR_ASKS,
    noted(command("energy", "EMD", "Energy, daily archive and now", Energy, Read, ARCHIVE), "fixations are counted by their place in the archive") => Archive("EMD"),
    command("month-archive", "EMM", "Energy, monthly archive", Energy, Read, ARCHIVE) => Archive("EMM"),
    command("year-archive", "EMY", "Energy, yearly archive", Energy, Read, ARCHIVE) => Archive("EMY"),
    command("event-archive", "EME", "Energy, event archive", Energy, Read, ARCHIVE) => Archive("EME"),
    noted(command("energy-by-date", "EMI01", "Energy import by date", Energy, Read, BY_DATE), "falls back to the nearest older record: look at the date of the answer") => ByDate("EMI01"),
    noted(read("energy-old", "ET0PE", "Active energy import, sum and tariffs", Energy), "older CE208 only") => Parameters(&["ET0PE"]),
    noted(command("load-profile", "VPR", "Load profile of a day", Energy, Read, PROFILE), "times are those of half-hours; the parameter TAVER tells the meter's own interval") => Profile,
    command("dates", "LST", "Dates of an archive: 1 days, 2 months, 3 years, 4 profile, 5 maxima, 6 events", Energy, Read, NUMBER) => Numbered("LST"),
    VOLTAGES => Parameters(&["VOLTA"]),
    read("line-voltages", "VOLTL", "Line voltages", Instantaneous) => Parameters(&["VOLTL"]),
    CURRENTS => Parameters(&["CURRE"]),
    POWER => Parameters(&["POWEP"]),
    REACTIVE => Parameters(&["POWEQ"]),
    read("apparent-power", "POWES", "Apparent power", Instantaneous) => Parameters(&["POWES"]),
    FACTOR => Parameters(&["COS_f"]),
    FREQUENCY => Parameters(&["FREQU"]),
    ANGLES => Parameters(&["CORUU"]),
    CURRENT_ANGLES => Parameters(&["CORIU"]),
    read("temperature", "TERMO", "Temperature in hundredths of a degree", Instantaneous) => Parameters(&["TERMO"]),
    CLOCK => Parameters(&["DATE_", "TIME_"]),
    WATCH => Parameters(&["WATCH"]),
    SERIAL => Parameters(&["SNUMB"]),
    IDENTIFIER => Parameters(&["IDPAS"]),
    MODEL => Parameters(&["MODEL"]),
    STATUS => Parameters(&["STAT_"]),
    read("battery", "V_BAT", "Battery voltage", Instantaneous) => Parameters(&["V_BAT"]),
    SCHEDULE => Numbered("GRF"),
    command("events", "LOE", "Event journal", Events, Read, NUMBER) => Numbered("LOE"),
    command("programming", "LOP", "Programming journal", Events, Read, NUMBER) => Numbered("LOP"),
    command("group", "GRPNM", "Group read", Instantaneous, Read, NAMES) => GroupRead("GRPNM"),
    command("fast", "GRPNM+", "Group read without a session", Instantaneous, Read, NAMES) => Fast("GRPNM"),
    BY_HAND => ParameterByHand,
    MOVE_CLOCK => MoveClock,
    SET_CLOCK => SetClock,
    WRITE_BY_HAND => WriteParameterByHand,
    SET_PASSWORD => SetPassword,
}
