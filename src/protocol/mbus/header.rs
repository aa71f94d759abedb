//! The headers in front of records, the fixed data structure and the selection of a slave ("The M-Bus: a
//! documentation", 4.8, 6.2, 6.3, 7.1).

use super::names;
use crate::frame::{ProblemCode, Value};
use crate::protocol::dissection_builder::DissectionBuilder;
use crate::reading::Decimal;

/// What of a header matters later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Identification, manufacturer, version and medium as transmitted, of a long header.
    pub identity: Option<[u8; 8]>,
    /// The access number.
    pub access: u8,
    /// The configuration word.
    pub word: u16,
    /// Where the records begin.
    pub end: usize,
}

/// Bytes of identification, manufacturer, version and medium.
pub(super) const IDENTITY: usize = 8;
/// Bytes of access number, status and configuration word.
const STATE: usize = 4;

impl Header {
    /// The encryption mode, 0 for none.
    pub(super) const fn encryption(&self) -> u8 {
        (self.word >> 8) as u8 & 0x1F
    }

    /// Whether the device counts electricity, or is a bus or system (as a customer interface calls itself).
    pub(super) const fn is_electricity(&self) -> bool {
        matches!(self.identity, Some([.., 0x02 | 0x0E]))
    }
}

/// The header of variable data, long or short; `None` when it is cut short.
pub(super) fn variable(
    builder: &mut DissectionBuilder,
    bytes: &[u8],
    start: usize,
    is_long: bool,
) -> Option<Header> {
    let identity = if is_long { Some(*bytes.get(start..)?.first_chunk::<IDENTITY>()?) } else { None };
    let state_at = if is_long { start + IDENTITY } else { start };
    let [access, status, low, high] = *bytes.get(state_at..)?.first_chunk::<STATE>()?;
    if let Some(identity) = identity {
        explain_identity(builder, identity, start);
    }
    let word = u16::from_le_bytes([low, high]);
    builder.field(0, "access number", (state_at, state_at + 1), Value::count(access.into()));
    builder
        .field(0, "status", (state_at + 1, state_at + 2), Value::Hex(status.into(), 2))
        .note(names::status(status));
    let head = Header { identity, access, word, end: state_at + STATE };
    let note = match head.encryption() {
        0 => "not encrypted",
        5 => "encryption mode 5: AES-128-CBC",
        _ => "encryption mode that is not supported",
    };
    builder.field(0, "configuration", (state_at + 2, head.end), Value::Hex(word.into(), 4)).note(note);
    Some(head)
}

fn explain_identity(builder: &mut DissectionBuilder, identity: [u8; IDENTITY], at: usize) {
    let [number @ .., maker_low, maker_high, version, medium] = identity;
    builder.field(0, "identification", (at, at + 4), serial(number)).note("least significant byte first");
    let maker = u16::from_le_bytes([maker_low, maker_high]);
    builder.field(0, "manufacturer", (at + 4, at + 6), Value::Hex(maker.into(), 4)).note(maker_name(maker));
    builder.field(0, "version", (at + 6, at + 7), Value::count(version.into()));
    let value = Value::Meaning(medium.into(), names::medium(medium));
    builder.field(0, "medium", (at + 7, at + 8), value);
}

/// Eight decimal digits; as hex where they are none (wildcards of a selection are F).
fn serial(number: [u8; 4]) -> Value {
    Value::Hex(u32::from_le_bytes(number).into(), 8)
}

/// Makers met on electricity meters, by the letters in their word (list of the DLMS User Association).
#[rustfmt::skip]
const MAKERS: &[(&[u8; 3], &str)] = &[
    (b"ABB", "ABB"), (b"BER", "BER"), (b"ELS", "ELS: Elster"), (b"EMH", "EMH"), (b"EMU", "EMU"),
    (b"FIN", "FIN: Finder"), (b"GMC", "GMC: Gossen Metrawatt"), (b"INM", "INM"),
    (b"ISK", "ISK: Iskraemeco"), (b"KAM", "KAM: Kamstrup"), (b"KFM", "KFM: Kaifa"), (b"LGZ", "LGZ: Landis+Gyr"),
    (b"NZR", "NZR"), (b"PAD", "PAD: PadMess"), (b"REL", "REL: Relay"), (b"SAG", "SAG: Sagemcom"),
    (b"SAM", "SAM: Siemens"), (b"SBC", "SBC: Saia-Burgess"), (b"SCH", "SCH: Schneider"), (b"SMS", "SMS: Siemens"),
];

fn maker_name(word: u16) -> &'static str {
    let letters = names::manufacturer(word);
    MAKERS.iter().find(|(known, _)| **known == letters).map_or("", |(_, name)| *name)
}

/// The fixed data structure: two counters.
pub(super) fn fixed(builder: &mut DissectionBuilder, bytes: &[u8], start: usize) {
    let Some(&[n0, n1, n2, n3, access, status, _, _, ref counters @ ..]) =
        bytes.get(start..).and_then(|rest| rest.first_chunk::<16>())
    else {
        builder.problem(ProblemCode::Length, "fixed data has 16 bytes", None);
        return builder.rest(0, "data", (start, bytes.len()));
    };
    builder.field(0, "identification", (start, start + 4), serial([n0, n1, n2, n3]));
    builder.field(0, "access number", (start + 4, start + 5), Value::count(access.into()));
    let is_binary = status & 0x80 != 0;
    let note = if is_binary { "counters are binary" } else { "counters are BCD" };
    builder.field(0, "status", (start + 5, start + 6), Value::Hex(status.into(), 2)).note(note);
    builder.field(0, "medium and units", (start + 6, start + 8), Value::Bytes);
    for (index, counter) in counters.chunks_exact(4).enumerate() {
        let at = start + 8 + 4 * index;
        let value = counter.first_chunk().map_or(Value::Bytes, |bytes| count(*bytes, is_binary));
        let label = if index == 0 { "counter 1" } else { "counter 2" };
        builder.field(0, label, (at, at + 4), value).note("in the unit that its code gives");
    }
    builder.rest(0, "unexplained", (start + 16, bytes.len()));
}

fn count(bytes: [u8; 4], is_binary: bool) -> Value {
    let number = u32::from_le_bytes(bytes);
    if is_binary {
        return Value::count(number.into());
    }
    Decimal::parse(&format!("{number:X}")).map_or(Value::Hex(number.into(), 8), Value::Number)
}

/// The secondary address that selects a slave; F and FF are wildcards.
pub(super) fn selection(builder: &mut DissectionBuilder, bytes: &[u8], start: usize) {
    let Some(identity) = bytes.get(start..).and_then(|rest| rest.first_chunk::<IDENTITY>()) else {
        return builder.rest(0, "data", (start, bytes.len()));
    };
    explain_identity(builder, *identity, start);
    builder.rest(0, "data", (start + IDENTITY, bytes.len()));
}
