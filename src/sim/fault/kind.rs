//! The table of faults: how each is called, what argument it takes, what it does.

use std::time::Duration;

/// Which part of a request an adapter hears of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EchoPart {
    /// All of it.
    All,
    /// All but the last byte.
    DropLast,
    /// The first half.
    Partial,
}

/// A fault with its argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Characters follow each other no faster than at this baud rate (8N1).
    Pace(u32),
    /// Everything comes later by a time between the two, in order.
    Latency(Duration, Duration),
    /// Bytes are handed over only at multiples of this time.
    Quantise(Duration),
    /// Handed over in pieces of these sizes, the last size repeating, with this much time between them.
    Split(Vec<usize>, Duration),
    /// So many messages come together, or those there are after a second.
    Coalesce(usize),
    /// A byte is lost.
    Drop,
    /// So many different bits of a byte change, 1 to 8.
    Flip(u8),
    /// Bytes come in between; none given means one random byte.
    Insert(Vec<u8>),
    /// Bytes come before the message.
    Prefix(Vec<u8>),
    /// Bytes come after the message.
    Suffix(Vec<u8>),
    /// The message comes twice.
    Dup,
    /// The message ends after so many bytes; none given means anywhere.
    Truncate(Option<usize>),
    /// The request comes back.
    Echo(EchoPart),
    /// The message is lost.
    Swallow,
    /// The message comes later by a time between the two and may be overtaken.
    Late(Duration, Duration),
    /// The reply before comes instead.
    Stale,
    /// These bytes come instead of the message.
    Replace(Vec<u8>),
    /// A meter changes its line settings later than it should, by this.
    LateLine(Duration),
    /// Another meter's address stands in the message, with a checksum that fits.
    Misaddress(u8),
    /// The reply before (the same one at first) is on the wire at the same time, later by this.
    Merge(Duration),
    /// A 7E1 line read as 8N1.
    Map7e1,
    /// An inverted line.
    MapInverted,
    /// FF is doubled.
    FfDouble,
    /// So many old bytes wait when the link opens.
    Preload(usize),
    /// Bytes come while nobody asked, rolled for once in this time; none given means 00 or FF.
    Idle(Vec<u8>, Duration),
    /// Nothing passes for this long, and nobody says so.
    Freeze(Duration),
    /// The connection is closed, and is back after this long.
    Fin(Duration),
    /// The connection is reset, and is back after this long.
    Rst(Duration),
    /// The connection is refused for this long.
    Refuse(Duration),
    /// The adapter is pulled out, and is back after this long or never.
    Unplug(Option<Duration>),
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name in a specification.
    pub name: &'static str,
    /// The form of its argument with what is taken when it is left out; empty for none.
    pub argument: &'static str,
    /// What it does.
    pub what: &'static str,
    pub(super) read: fn(Option<&str>) -> Option<Fault>,
}

impl Kind {
    /// Whether it takes the line away for a while, so that nothing would get through if it always struck.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        matches!(self.name, "freeze" | "fin" | "rst" | "refuse" | "unplug")
    }
}

/// Every kind of fault.
#[rustfmt::skip]
pub static KINDS: &[Kind] = &[
    Kind { name: "pace", argument: "BAUD, 300 and up (9600)", what: "characters follow each other no faster than this", read: |a| baud(a).map(Fault::Pace) },
    Kind { name: "latency", argument: "TIME or TIME..TIME (50ms)", what: "everything comes later, in order", read: |a| span(a, 50).map(|(from, to)| Fault::Latency(from, to)) },
    Kind { name: "quantise", argument: "TIME (16ms)", what: "bytes are handed over only at multiples of this time", read: |a| time(a, 16).filter(|t| !t.is_zero()).map(Fault::Quantise) },
    Kind { name: "split", argument: "SIZE[+SIZE...][/TIME] (1/0ms)", what: "handed over in pieces of these sizes, the last one repeating, with time between", read: split },
    Kind { name: "coalesce", argument: "COUNT, 2 and up (2)", what: "so many messages come together", read: |a| count(a, 2).filter(|n| *n >= 2).map(Fault::Coalesce) },
    Kind { name: "drop", argument: "", what: "a byte is lost", read: |a| none(a, Fault::Drop) },
    Kind { name: "flip", argument: "BITS, 1 to 8 (1)", what: "bits of a byte change", read: |a| count(a, 1).filter(|n| (1..=8).contains(n)).map(|n| Fault::Flip(n as u8)) },
    Kind { name: "insert", argument: "HEX (one random byte)", what: "bytes come in between; also called noise", read: |a| hex(a, &[]).map(Fault::Insert) },
    Kind { name: "prefix", argument: "HEX (00)", what: "bytes come before the message", read: |a| hex(a, &[0]).map(Fault::Prefix) },
    Kind { name: "suffix", argument: "HEX (000000)", what: "bytes come after the message", read: |a| hex(a, &[0; 3]).map(Fault::Suffix) },
    Kind { name: "dup", argument: "", what: "the message comes twice", read: |a| none(a, Fault::Dup) },
    Kind { name: "truncate", argument: "BYTES (anywhere)", what: "the message ends after so many bytes", read: truncate },
    Kind { name: "echo", argument: "all, drop_last or partial (all)", what: "the adapter hears its own request", read: echo },
    Kind { name: "swallow", argument: "", what: "the message is lost", read: |a| none(a, Fault::Swallow) },
    Kind { name: "late", argument: "TIME or TIME..TIME (800ms)", what: "the message comes later and may be overtaken", read: |a| span(a, 800).map(|(from, to)| Fault::Late(from, to)) },
    Kind { name: "stale", argument: "", what: "the reply before comes instead", read: |a| none(a, Fault::Stale) },
    Kind { name: "replace", argument: "HEX (15)", what: "other bytes come instead; in IEC 62056-21, 15 is a NAK and 0142300371 a sign-off", read: |a| hex(a, &[0x15]).map(Fault::Replace) },
    Kind { name: "late_line", argument: "TIME (2s)", what: "a meter changes its line settings later than it should", read: |a| time(a, 2000).map(Fault::LateLine) },
    Kind { name: "misaddress", argument: "OFFSET, 1 to 255 (2)", what: "another meter's address with a checksum that fits", read: |a| count(a, 2).and_then(|n| u8::try_from(n).ok()).filter(|n| *n > 0).map(Fault::Misaddress) },
    Kind { name: "merge", argument: "TIME (0ms)", what: "the reply before is on the wire at the same time: 0 wins", read: |a| time(a, 0).map(Fault::Merge) },
    Kind { name: "map7e1", argument: "", what: "a 7E1 line read as 8N1", read: |a| none(a, Fault::Map7e1) },
    Kind { name: "map_inverted", argument: "", what: "an inverted line", read: |a| none(a, Fault::MapInverted) },
    Kind { name: "ffdouble", argument: "", what: "FF is doubled, as on a telnet port", read: |a| none(a, Fault::FfDouble) },
    Kind { name: "preload", argument: "BYTES, up to 4096 (32)", what: "old bytes wait when the link opens", read: |a| count(a, 32).filter(|n| (1..=4096).contains(n)).map(Fault::Preload) },
    Kind { name: "idle", argument: "[HEX][/TIME] (00 or FF, /100ms)", what: "bytes come while nobody asked, rolled for once in this time", read: idle },
    Kind { name: "freeze", argument: "TIME (10s)", what: "nothing passes, and nobody says so", read: |a| time(a, 10_000).map(Fault::Freeze) },
    Kind { name: "fin", argument: "TIME (1s)", what: "the connection is closed, and back after this long", read: |a| time(a, 1000).map(Fault::Fin) },
    Kind { name: "rst", argument: "TIME (1s)", what: "the connection is reset, and back after this long", read: |a| time(a, 1000).map(Fault::Rst) },
    Kind { name: "refuse", argument: "TIME (5s)", what: "the connection is refused for this long", read: |a| time(a, 5000).map(Fault::Refuse) },
    Kind { name: "unplug", argument: "TIME or never (2s)", what: "the adapter is pulled out, and plugged in again after this long", read: unplug },
];

/// Other names that a person may know a kind by.
const ALIASES: &[(&str, &str)] =
    &[("noise", "insert"), ("quantize", "quantise"), ("invert", "map_inverted"), ("loss", "drop")];

/// The kind with a name; `-` counts as `_`.
pub(super) fn kind(name: &str) -> Option<&'static Kind> {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, real)| real);
    KINDS.iter().find(|kind| kind.name == name)
}

/// The longest time an argument may name: a day.
const LONGEST: Duration = Duration::from_secs(86_400);

fn duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let time = match unit.trim() {
        "us" => Duration::from_micros(number),
        "ms" | "" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        _ => return None,
    };
    Some(time).filter(|time| *time <= LONGEST)
}

fn time(text: Option<&str>, default_ms: u64) -> Option<Duration> {
    text.map_or(Some(Duration::from_millis(default_ms)), duration)
}

fn span(text: Option<&str>, default_ms: u64) -> Option<(Duration, Duration)> {
    let Some((from, to)) = text.and_then(|text| text.split_once("..")) else {
        return time(text, default_ms).map(|time| (time, time));
    };
    let (from, to) = (duration(from)?, duration(to)?);
    (from <= to).then_some((from, to))
}

fn count(text: Option<&str>, default: usize) -> Option<usize> {
    text.map_or(Some(default), |text| text.parse().ok())
}

fn baud(text: Option<&str>) -> Option<u32> {
    let baud = text.map_or(Some(9600), |text| text.parse().ok());
    baud.filter(|baud| (300..=4_000_000).contains(baud))
}

fn none(text: Option<&str>, fault: Fault) -> Option<Fault> {
    text.is_none().then_some(fault)
}

/// The most bytes an argument may name.
const LONGEST_HEX: usize = 1024;

fn hex(text: Option<&str>, default: &[u8]) -> Option<Vec<u8>> {
    let Some(text) = text else { return Some(default.to_vec()) };
    crate::frame::hex::parse(text).ok().filter(|bytes| (1..=LONGEST_HEX).contains(&bytes.len()))
}

fn split(text: Option<&str>) -> Option<Fault> {
    let text = text.unwrap_or("1");
    let (sizes, gap) = text.split_once('/').unwrap_or((text, "0ms"));
    let sizes: Option<Vec<usize>> = sizes.split('+').map(|s| s.parse().ok().filter(|n| *n > 0)).collect();
    Some(Fault::Split(sizes?, duration(gap)?))
}

fn truncate(text: Option<&str>) -> Option<Fault> {
    match text {
        None => Some(Fault::Truncate(None)),
        Some(text) => text.parse().ok().map(|n| Fault::Truncate(Some(n))),
    }
}

fn echo(text: Option<&str>) -> Option<Fault> {
    let part = match text {
        None | Some("all") => EchoPart::All,
        Some("drop_last" | "drop-last") => EchoPart::DropLast,
        Some("partial") => EchoPart::Partial,
        Some(_) => return None,
    };
    Some(Fault::Echo(part))
}

fn idle(text: Option<&str>) -> Option<Fault> {
    let (bytes, period) = text.unwrap_or("").split_once('/').unwrap_or((text.unwrap_or(""), "100ms"));
    let bytes = hex(Some(bytes).filter(|text| !text.is_empty()), &[])?;
    let period = duration(period).filter(|period| *period >= Duration::from_millis(1))?;
    Some(Fault::Idle(bytes, period))
}

fn unplug(text: Option<&str>) -> Option<Fault> {
    match text {
        Some("never") => Some(Fault::Unplug(None)),
        text => time(text, 2000).map(|time| Fault::Unplug(Some(time))),
    }
}
