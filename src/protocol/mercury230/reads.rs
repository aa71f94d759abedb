//! Every read, in the order of the maker's manual (M236 "command system of the meters 203.2TD, 204, 208, 230,
//! 231, 234, 236, 238", version 05.2023, chapter 4).

use super::choices::{self, TARIFF, TARIFF_ONLY};
use super::form::{Form, Item, Sign, item};
use super::journals;
use super::rows::{Reply, Row, bytes, number, one_of, or, read};
use crate::protocol::{Group, Kind, Parameter};
use crate::reading::{Quantity, Unit};

use Group::{Clock, Energy, Events, Identity, Instantaneous, Limits, Settings, Tariffs};
use Reply::Items;

/// A remark on what the owner's password is needed for.
const OWNER: &str = "needs level 2: the owner's password";
/// A remark on long answers.
const LONG: &str = "a long answer: the meter's time-out multiplier must be 5 or more at 9600 baud";

const MONTH: Parameter =
    one_of("month", "Month, for the arrays that have one", &choices::MONTH, Some("none"));
const SINCE: Parameter = one_of("of", "Which energy", &choices::ARRAY, Some("since-reset"));

const OF_ARRAY: [Parameter; 3] = [SINCE, MONTH, one_of("tariff", "Tariff", &TARIFF, Some("sum"))];
const ARRAY: [Item; 2] = [
    item("array and month", Form::Hex(1)).halves("of", "month").note("high half: array; low half: month"),
    item("tariff", Form::Choice(&TARIFF)).from("tariff"),
];

const DATE: Parameter = Parameter {
    name: "date",
    title: "Day, or any day of the month",
    kind: Kind::Date,
    default: None,
    unit: Unit::None,
};

const RECORD: Parameter =
    or("255", number("record", "Record; 255 the newest, 254 all ten", (0, 255), Unit::None));

const SERIAL_NUMBER: Item = item("serial number", Form::Serial).code(96, 1, 0);
const PRODUCED: Item = item("production date", Form::BuildDate).read();
const FIRMWARE: Item = item("firmware version", Form::Version).is(Quantity::VERSION);
const VARIANT: Item = item("build variant", Form::Variant).is(Quantity::BUILD_VARIANT);
const FIRMWARE_CRC: Item = item("firmware CRC", Form::Hex(2)).read();

const CODE: Item = item("variant code", Form::Bytes(2)).read().note("two binary numbers, shown with a point");
const BYTE_7: Item =
    item("variant byte 7", Form::Hex(1)).read().note("bits 7-4 constant, 3 dips, 2 R1 to R4 by tariff");
const BYTE_8: Item = item("variant byte 8", Form::Hex(1)).read().note("bit 0: control of the relay's state");
const RESERVE: Item = item("reserve", Form::Bytes(2));

const LAST_RECORD: [Item; 4] = [
    item("address of last record", Form::Count(2)).read().note("x 10 hex = address in memory"),
    item("state", Form::Hex(1)),
    item("time of last record", Form::ProfileTime).read(),
    item("averaging period", Form::Count(1)).unit(Unit::Minute).read(),
];

/// Four limits of a quantity.
const fn limit(name: &'static str, unit: Unit) -> Item {
    item(name, Form::Word(2)).unit(unit).read()
}

const QUALITY: [Item; 8] = [
    limit("lowest voltage allowed", Unit::Volt),
    limit("lowest voltage, normal", Unit::Volt),
    limit("highest voltage, normal", Unit::Volt),
    limit("highest voltage allowed", Unit::Volt),
    limit("lowest frequency allowed", Unit::Hertz),
    limit("lowest frequency, normal", Unit::Hertz),
    limit("highest frequency, normal", Unit::Hertz),
    limit("highest frequency allowed", Unit::Hertz),
];

/// A byte that an answer pads to two.
const fn padded(name: &'static str) -> Item {
    item(name, Form::Padded).read()
}

const fn bits(name: &'static str, count: u8) -> Item {
    item(name, Form::Hex(count)).read()
}

const fn low_bits(name: &'static str) -> Item {
    item(name, Form::HexLow(2)).read()
}

const fn opaque(name: &'static str, count: u8) -> Item {
    item(name, Form::Bytes(count)).read()
}

const fn seconds(name: &'static str) -> Item {
    item(name, Form::Word(0)).unit(Unit::Second).read()
}

const TARIFF_STATE: Item = item("tariff state", Form::PaddedHex)
    .read()
    .note("bit 0: single tariff; bits 3-1: tariff in force less 1");

const LOAD: Item = low_bits("load control").note(
    "bits 0 pulse output switches, 1 power limit, 2 energy limit, 3 off by interface, 4-7 off by energy of T1-T4, \
     9 load is off, 14 switching on forbidden",
);

const LONG_OPERATIONS: Item = low_bits("long operations").note(
    "bits 0 defaults, 1 energy reset, 2 profile init, 3 second profile, 4 losses, 5 quality, 8 schedule, 9 clock",
);

const MAXIMA: [Item; 8] = [
    item("maximum A+, morning", Form::Pulses).read(),
    item("maximum A+, evening", Form::Pulses).read(),
    item("maximum A-, morning", Form::Pulses).read(),
    item("maximum A-, evening", Form::Pulses).read(),
    item("maximum R+, morning", Form::Pulses).read(),
    item("maximum R+, evening", Form::Pulses).read(),
    item("maximum R-, morning", Form::Pulses).read(),
    item("maximum R-, evening", Form::Pulses).read(),
];

const NTH_MONTH: [Parameter; 1] = [number("month", "Month", (1, 12), Unit::None)];
const MONTH_BYTE: [Item; 1] = [item("month", Form::Count(1)).from("month")];
const TARIFF_PARAMETER: [Parameter; 1] = [number("tariff", "Tariff", (1, 4), Unit::None)];
const TARIFF_BYTE: [Item; 1] = [item("tariff", Form::Count(1)).from("tariff")];

/// A counter of dips and swells: a word, as everything of the dip journals (M236, 4.2). What tells the eight of a range
/// apart nobody describes.
const fn dip_counter(name: &'static str) -> Item {
    item(name, Form::Word(0)).read()
}

const DIPS: [Item; 8] = [
    dip_counter("dips and swells, counter 1"),
    dip_counter("dips and swells, counter 2"),
    dip_counter("dips and swells, counter 3"),
    dip_counter("dips and swells, counter 4"),
    dip_counter("dips and swells, counter 5"),
    dip_counter("dips and swells, counter 6"),
    dip_counter("dips and swells, counter 7"),
    dip_counter("dips and swells, counter 8"),
];

/// The dip counters of a phase, by the code of its journal.
const fn dips(code: (&'static str, &'static [u8]), id: &'static str, title: &'static str) -> Row {
    const RANGE: [Parameter; 1] = [number("range", "Range of the counters", (0, 7), Unit::None)];
    const BYTE: [Item; 1] = [item("range", Form::Count(1)).from("range")];
    read(code, id, title, Events, Items(&DIPS))
        .with(&RANGE, &BYTE)
        .noted("for meters that log dips: bit 3 of variant byte 7")
}

/// Every read there is.
#[rustfmt::skip]
pub(super) const READS: &[Row] = &[
    read(("00", &[0x00]), "link-test", "Link test", Settings, Reply::Status).level(0)
        .noted("the answer and the echo of the question are the same bytes"),
    // 04: clock and journals.
    read(("0400", &[0x04, 0x00]), "clock", "Date and time", Clock, Items(&[item("clock", Form::Clock).code(0, 9, 1)])),
    read(("04", &[0x04]), "journal", "Journal", Events, Reply::Journal)
        .with(&[one_of("journal", "Which", &journals::WORDS, Some("mains")), RECORD],
              &[item("journal", Form::Choice(&journals::WORDS)).from("journal"),
                item("record", Form::Count(1)).from("record").note("FF: the newest; FE: a block of all")]),
    dips(("0430F9", &[0x04, 0x30, 0xF9]), "dip-counters-1", "Counts of dips and swells, phase 1"),
    dips(("0431F9", &[0x04, 0x31, 0xF9]), "dip-counters-2", "Counts of dips and swells, phase 2"),
    dips(("0432F9", &[0x04, 0x32, 0xF9]), "dip-counters-3", "Counts of dips and swells, phase 3"),
    // 05, 15, 17, 18: energy.
    read(("05", &[0x05]), "energy", "Energy", Energy, Reply::Energy).with(&OF_ARRAY, &ARRAY),
    read(("050006", &[0x05, 0x00, 0x06]), "energy-all", "Energy of all tariffs", Energy, Reply::Energy).noted(LONG),
    read(("0560", &[0x05, 0x60]), "energy-by-phase", "Active energy by phase", Energy, Reply::Energy)
        .with(&[one_of("tariff", "Tariff", &TARIFF_ONLY, Some("sum"))],
              &[item("tariff", Form::Choice(&TARIFF_ONLY)).from("tariff")]),
    read(("15", &[0x15]), "reactive-by-quadrant", "Reactive energy by quadrant", Energy, Reply::Quadrants)
        .with(&OF_ARRAY, &ARRAY).noted("newer models; older ones answer status 1"),
    read(("17", &[0x17]), "power-maxima", "Maxima of power", Energy, Reply::Maxima)
        .with(&OF_ARRAY, &ARRAY).level(2).noted(OWNER),
    read(("18", &[0x18]), "energy-at", "Energy at the start of a day or month", Energy, Reply::Dated)
        .with(&[one_of("which", "Which", &choices::DATED, Some("start-of-day")), DATE,
                one_of("tariff", "Tariff", &TARIFF, Some("sum"))],
              &[item("which", Form::Choice(&choices::DATED)).from("which"), item("date", Form::Date).from("date").times(),
                item("tariff", Form::Choice(&TARIFF)).from("tariff")])
        .noted("123 days, 36 months; 234 and 236 from a certain build on; meters that are older stay silent"),
    // 08 16: values of now, all phases.
    read(("081600", &[0x08, 0x16, 0x00]), "power", "Active power", Instantaneous, Reply::Instant),
    read(("081604", &[0x08, 0x16, 0x04]), "reactive-power", "Reactive power", Instantaneous, Reply::Instant),
    read(("081608", &[0x08, 0x16, 0x08]), "apparent-power", "Apparent power", Instantaneous, Reply::Instant),
    read(("081611", &[0x08, 0x16, 0x11]), "voltage", "Voltages", Instantaneous, Reply::Instant),
    read(("081621", &[0x08, 0x16, 0x21]), "current", "Currents", Instantaneous, Reply::Instant),
    read(("081630", &[0x08, 0x16, 0x30]), "power-factor", "Power factors", Instantaneous, Reply::Instant),
    read(("081640", &[0x08, 0x16, 0x40]), "frequency", "Frequency", Instantaneous, Reply::Instant),
    read(("081651", &[0x08, 0x16, 0x51]), "angles", "Angles between voltages", Instantaneous, Reply::Instant),
    read(("081661", &[0x08, 0x16, 0x61]), "distortion", "Distortion of voltages", Instantaneous, Reply::Instant),
    read(("081670", &[0x08, 0x16, 0x70]), "temperature", "Temperature", Instantaneous, Reply::Instant),
    read(("081681", &[0x08, 0x16, 0x81]), "line-voltage", "Voltages between phases", Instantaneous, Reply::Instant),
    read(("0816A0", &[0x08, 0x16, 0xA0]), "instant", "All values of now", Instantaneous, Reply::Instant).noted(LONG),
    read(("0811", &[0x08, 0x11]), "value", "One value of now", Instantaneous, Reply::Instant)
        .with(&[one_of("of", "What", &choices::ONE, Some("power"))],
              &[item("selector", Form::Choice(&choices::ONE)).from("of")])
        .noted("current-imbalance: single-phase meters, phase against neutral"),
    read(("0814", &[0x08, 0x14]), "fixed", "Values as last fixed", Instantaneous, Reply::Instant)
        .with(&[one_of("of", "What", &choices::FIXED, Some("time"))],
              &[item("selector", Form::Choice(&choices::FIXED)).from("of")])
        .noted("see fix; all is a long answer"),
    // 08: parameters.
    read(("0800", &[0x08, 0x00]), "serial", "Serial number", Identity, Items(&[SERIAL_NUMBER, PRODUCED])).level(0),
    read(("0801", &[0x08, 0x01]), "passport", "Serial number, version, variant", Identity,
        Items(&[SERIAL_NUMBER, PRODUCED, FIRMWARE, VARIANT])),
    read(("080100", &[0x08, 0x01, 0x00]), "long-passport", "Serial number, version, variant, more", Identity,
        Items(&[SERIAL_NUMBER, PRODUCED, FIRMWARE, VARIANT, FIRMWARE_CRC, CODE, BYTE_7, BYTE_8, RESERVE])).noted(LONG),
    read(("0802", &[0x08, 0x02]), "ratios", "Transformer ratios", Identity,
        Items(&[item("voltage ratio", Form::Count(2)).read(), item("current ratio", Form::Count(2)).read()]))
        .noted("for information; readings are not multiplied by them"),
    read(("0803", &[0x08, 0x03]), "version", "Firmware version", Identity, Items(&[FIRMWARE])),
    read(("0804", &[0x08, 0x04]), "extra-timeout", "Time-out multiplier of the extra port", Settings,
        Items(&[padded("time-out multiplier, extra port")])),
    read(("0805", &[0x08, 0x05]), "address", "Network address", Identity, Items(&[padded("network address")])),
    read(("0806", &[0x08, 0x06]), "display", "Display masks", Settings, Items(&[opaque("display masks", 16)]))
        .with(&[or("2", number("mode", "Mode, 2 being automatic", (0, 255), Unit::None))],
              &[item("mode", Form::Count(1)).from("mode")]),
    read(("0807", &[0x08, 0x07]), "season-times", "Change of season", Clock,
        Items(&[bits("change to summer", 3).note("hour, weekday of the last week (1 = Monday), month, BCD"),
                bits("change to winter", 3).note("hour, weekday of the last week (1 = Monday), month, BCD")])),
    read(("0808", &[0x08, 0x08]), "over-limit-time", "Time over the limit before switching off", Limits,
        Items(&[seconds("time over limit")])),
    read(("080800", &[0x08, 0x08, 0x00]), "reclose", "Closing again after a limit", Limits,
        Items(&[seconds("pause before closing again"), item("tries to close", Form::Count(1)).read(),
                seconds("timer of closing")])),
    read(("0809", &[0x08, 0x09]), "flags", "Program flags", Settings, Items(&[low_bits("program flags")])),
    read(("080A", &[0x08, 0x0A]), "state", "State word", Events, Items(&[item("state word", Form::State).read()])),
    read(("080B", &[0x08, 0x0B]), "location", "Location", Identity, Items(&[item("location", Form::Text(4)).read()])),
    read(("080C", &[0x08, 0x0C]), "maxima-times", "Morning and evening of the maxima", Settings,
        Items(&[bits("times of maxima", 8).note("pairs of minute and hour, BCD")])).with(&NTH_MONTH, &MONTH_BYTE),
    read(("080D", &[0x08, 0x0D]), "maxima", "Morning and evening maxima", Energy, Items(&MAXIMA))
        .with(&NTH_MONTH, &MONTH_BYTE),
    read(("0812", &[0x08, 0x12]), "variant", "Build variant", Identity, Items(&[VARIANT])),
    read(("081200", &[0x08, 0x12, 0x00]), "long-variant", "Build variant, more", Identity,
        Items(&[VARIANT, CODE, BYTE_7, BYTE_8, RESERVE])),
    read(("0813", &[0x08, 0x13]), "last-record", "Last record of the load profile", Energy, Items(&LAST_RECORD)),
    read(("0815", &[0x08, 0x15]), "last-second-record", "Last record of the second profile", Energy, Items(&LAST_RECORD)),
    read(("0817", &[0x08, 0x17]), "tariff-state", "Tariff in force", Tariffs, Items(&[TARIFF_STATE])),
    read(("081700", &[0x08, 0x17, 0x00]), "schedule-kind", "Kind of tariff schedule", Tariffs,
        Items(&[item("kind of schedule", Form::PaddedChoice(&choices::SCHEDULE_KIND)).read()])),
    read(("0818", &[0x08, 0x18]), "load-control", "Load control", Limits, Items(&[LOAD])),
    read(("0819", &[0x08, 0x19]), "power-limit", "Power limit", Limits,
        Items(&[item("power limit", Form::Value(2, Sign::None)).unit(Unit::Watt).read()])),
    read(("081A", &[0x08, 0x1A]), "energy-limit", "Energy limit of a tariff", Limits,
        Items(&[item("energy limit", Form::Energy).unit(Unit::WattHour).read()])).with(&TARIFF_PARAMETER, &TARIFF_BYTE),
    read(("081B", &[0x08, 0x1B]), "display-times", "Display settings", Settings, Items(&[opaque("display settings", 8)])),
    read(("081C", &[0x08, 0x1C]), "display-more", "Display settings, more", Settings,
        Items(&[opaque("more display settings", 4)])),
    read(("081D", &[0x08, 0x1D]), "timeout", "Time-out multiplier of the main port", Settings,
        Items(&[padded("time-out multiplier")])),
    read(("081E", &[0x08, 0x1E]), "losses-mode", "How losses are counted", Settings, Items(&[bits("losses mode", 2)])),
    read(("081F", &[0x08, 0x1F]), "losses", "Power of losses", Settings, Items(&[opaque("power of losses", 12)])),
    read(("0820", &[0x08, 0x20]), "quality-limits", "Limits of power quality", Limits, Items(&QUALITY)),
    read(("082003", &[0x08, 0x20, 0x03]), "imbalance-limit", "Limit of current imbalance", Limits,
        Items(&[item("limit of current imbalance", Form::Long(2)).unit(Unit::Percent).read()])),
    read(("0821", &[0x08, 0x21]), "averaging", "Averaging times", Settings, Items(&[bits("averaging times", 2)])),
    read(("082103", &[0x08, 0x21, 0x03]), "imbalance-time", "Time of current imbalance", Settings,
        Items(&[seconds("time of current imbalance")])),
    read(("0822", &[0x08, 0x22]), "schedule", "Half a day of the tariff schedule", Tariffs,
        Items(&[opaque("switching points", 16).note("8 times minute, then tariff less 1 in bits 7-5 and hour")]))
        .with(&[bytes("selector", "Month mask (2 bytes) and day", (3, 3))],
              &[item("month mask and day", Form::Bytes(3)).from("selector")]),
    read(("0823", &[0x08, 0x23]), "holidays", "Holidays of a month", Tariffs,
        Items(&[item("holidays", Form::HexLow(4)).read().note("bit 0 is the first day")])).with(&NTH_MONTH, &MONTH_BYTE),
    read(("0824", &[0x08, 0x24]), "long-operations", "Long operations under way", Events, Items(&[LONG_OPERATIONS])),
    read(("0826", &[0x08, 0x26]), "firmware-crc", "CRC of the firmware", Identity, Items(&[FIRMWARE_CRC])),
    read(("0827", &[0x08, 0x27]), "plc", "PLC modem", Settings, Items(&[opaque("PLC buffer", 8)])),
    read(("0828", &[0x08, 0x28]), "right-channel", "Settings of the right channel", Settings,
        Items(&[bits("right channel", 2)])).level(2).noted(OWNER),
    read(("082B", &[0x08, 0x2B]), "functions", "Program functions", Settings,
        Items(&[item("program functions", Form::PaddedHex).read()])).level(2).noted(OWNER),
    read(("082D", &[0x08, 0x2D]), "billing-day", "Billing day", Settings, Items(&[padded("billing day")]))
        .level(2).noted(OWNER),
    read(("082E00", &[0x08, 0x2E, 0x00]), "disconnector-mode", "Mode of the disconnector", Limits,
        Items(&[item("disconnector mode", Form::PaddedHex).read()])),
    read(("082E01", &[0x08, 0x2E, 0x01]), "limiter-modes", "Modes of the limiter", Limits,
        Items(&[item("limiter modes", Form::PaddedHex).read()])),
    read(("082E02", &[0x08, 0x2E, 0x02]), "disconnector-temperature", "Temperature of the disconnector", Limits,
        Items(&[item("disconnector temperature", Form::Temperature).unit(Unit::Celsius).read()])),
    read(("082E03", &[0x08, 0x2E, 0x03]), "disconnector-times", "Durations of the disconnector", Limits,
        Items(&[opaque("disconnector durations", 8)])),
    read(("082E04", &[0x08, 0x2E, 0x04]), "disconnector-cycles", "Count of switching off", Limits,
        Items(&[opaque("off cycles", 4)])),
    read(("082E05", &[0x08, 0x2E, 0x05]), "disconnector-lock", "MissingKey of the disconnector", Limits,
        Items(&[item("disconnector lock", Form::PaddedHex).read()])),
    read(("082E06", &[0x08, 0x2E, 0x06]), "relay-state", "State of the relays", Limits,
        Items(&[item("relay state", Form::PaddedHex).read()
            .note("bits 0-2: relay of phase 1 to 3 closed; bits 3-5: its voltage under 160 V")])),
    read(("082F00", &[0x08, 0x2F, 0x00]), "event-flags", "Event flags, latched", Events,
        Items(&[bits("event flags", 8), bits("more event flags", 8)])),
    read(("082F01", &[0x08, 0x2F, 0x01]), "event-filter", "Event flags, filter", Events,
        Items(&[bits("event filter", 8), bits("more event filter", 8)])),
    read(("082F02", &[0x08, 0x2F, 0x02]), "event-flags-reset", "Event flags, reset", Events,
        Items(&[bits("event flags, reset", 8), bits("more event flags, reset", 8)])),
    // 06, 16: memory.
    read(("06", &[0x06]), "memory", "Memory by address", Energy, Reply::Memory)
        .with(&[one_of("memory", "Memory", &choices::MEMORY, Some("profile")),
                number("at", "Address of the first byte", (0, 0xFFFF), Unit::None),
                or("15", number("count", "Bytes; 15 a record, 255 seventeen records", (1, 255), Unit::None))],
              &[item("memory", Form::Choice(&choices::MEMORY)).from("memory"),
                item("address in memory", Form::Count(2)).from("at"),
                item("count", Form::Count(1)).from("count")])
        .noted("a wrong count is answered by status 2 and leaves a fault in the state word"),
    read(("16", &[0x16]), "profile", "Load profile, newest first", Energy, Reply::Relative)
        .with(&[one_of("memory", "Memory", &choices::MEMORY, Some("profile")),
                or("0", number("back", "Records back from the newest", (0, 0xFFFF), Unit::None)),
                or("1", number("count", "Records", (1, 17), Unit::None))],
              &[item("memory", Form::Choice(&choices::MEMORY)).from("memory"),
                item("records back", Form::Count(2)).from("back"),
                item("records", Form::Count(1)).from("count")])
        .noted("more than one record make a long answer"),
];
