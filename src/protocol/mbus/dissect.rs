//! A link frame explained, with the records it carries.

use super::link::{self, Frame, Long};
use super::{amis, header, names, record};
use crate::frame::checksum::CheckKind;
use crate::frame::{Checksum, Direction, Dissection, ProblemCode, Reason, Role, Span, Value, Verdict};
use crate::protocol::Context;
use crate::protocol::dissection_builder::{DissectionBuilder, Head};
use crate::reading::{Check, Octets};

/// The sum of a frame: one damaged frame in 256 fits it, and bytes that change places do.
pub(crate) const CHECK: Check = Check::Sum;

/// Protocol id.
pub(crate) const ID: &str = "mbus";

/// Explains one frame. Never fails, whatever the bytes.
pub(crate) fn dissect(bytes: &[u8], context: &Context<'_>) -> Dissection {
    match Frame::parse(bytes) {
        Frame::Ack => ack(bytes, context),
        Frame::Short { c, a, sum, stop } => short(bytes, context, [c, a, sum, stop]),
        Frame::Long(long) => body(bytes, context, &long),
        Frame::Broken => broken(bytes, context),
    }
}

fn ack(bytes: &[u8], context: &Context<'_>) -> Dissection {
    let mut builder = DissectionBuilder::default();
    builder.field(0, "single character", (0, 1), Value::Word("acknowledged"));
    let reason = Verdict::Unchecked(Reason::NoChecksum);
    builder.finish(bytes, Head { verdict: reason, ..Head::new(ID, "Acknowledgement", context) })
}

fn short(bytes: &[u8], context: &Context<'_>, [c, a, sum, stop]: [u8; 4]) -> Dissection {
    let mut builder = DissectionBuilder::default();
    builder.field(0, "start", (0, 1), Value::Hex(link::SHORT.into(), 2)).role(Role::Frame);
    control(&mut builder, 1, c, a);
    let expected = c.wrapping_add(a);
    let verdict = tail(&mut builder, bytes.len(), [sum, expected, stop]);
    let head = Head {
        direction: direction(c, context),
        address: Some(a.into()),
        verdict,
        checksum: Some(checksum(sum, expected)),
        ..Head::new(ID, title_of_short(c), context)
    };
    builder.finish(bytes, head)
}

const fn title_of_short(c: u8) -> &'static str {
    match c {
        0x40 => "Reset link",
        0x5A | 0x7A => "Request for alarm data",
        0x5B | 0x7B => "Request for data",
        _ => "Short frame",
    }
}

/// C and A.
fn control(builder: &mut DissectionBuilder, at: usize, c: u8, a: u8) {
    let name = names::control(c).unwrap_or("not a C field of the standard");
    builder.field(0, "C", (at, at + 1), Value::Hex(c.into(), 2)).note(name);
    builder.field(0, "A", (at + 1, at + 2), Value::count(a.into())).note(names::address(a));
}

/// Bit 6 of the C field is set in what the master sends.
fn direction(c: u8, context: &Context<'_>) -> Direction {
    match context.direction {
        Direction::Unknown if c & 0x40 != 0 => Direction::Request,
        Direction::Unknown => Direction::Reply,
        known => known,
    }
}

const fn checksum(found: u8, expected: u8) -> Checksum {
    Checksum::new(CheckKind::Sum8, found as u32, expected as u32, 2)
}

/// Checksum and stop byte, the last two of `end` bytes.
fn tail(builder: &mut DissectionBuilder, end: usize, [found, expected, stop]: [u8; 3]) -> Verdict {
    let verdict = checksum(found, expected).verdict();
    let at = Span::new(end.saturating_sub(2), end.saturating_sub(1));
    builder.field(0, "checksum", (end - 2, end - 1), Value::Checksum(found.into(), 2)).verdict(verdict);
    if verdict.is_bad() {
        builder.problem(
            ProblemCode::Checksum,
            format!("checksum {found:02X}, expected {expected:02X}"),
            Some(at),
        );
    }
    let last = Verdict::compare(stop.into(), link::STOP.into(), 2);
    builder.field(0, "stop", (end - 1, end), Value::Hex(stop.into(), 2)).role(Role::Frame).verdict(last);
    if last.is_bad() {
        let (code, text) = if verdict.is_bad() {
            (ProblemCode::Framing, "neither checksum nor stop byte is right: bytes were lost or added")
        } else {
            (ProblemCode::StopByte, "the frame does not end with 16")
        };
        builder.problem(code, text, Some(Span::new(end - 1, end)));
        return if verdict.is_bad() { verdict } else { Verdict::Malformed("stop byte") };
    }
    verdict
}

/// The fields before the data of a long frame and behind it; the data is the caller's.
pub(crate) struct Envelope {
    /// The judgement on lengths, checksum and stop byte.
    pub verdict: Verdict,
    /// The checksum.
    pub checksum: Checksum,
}

/// Explains start, lengths, C, A and CI.
pub(crate) fn head(builder: &mut DissectionBuilder, long: &Long<'_>) -> Verdict {
    let [first, second] = long.declared;
    builder.field(0, "start", (0, 1), Value::Hex(link::LONG.into(), 2)).role(Role::Frame);
    let count = long.body.len();
    let note = if long.is_wrapped() && long.fits_length() {
        "256 was lost from the length: not standard, known of Sagemcom meters"
    } else {
        ""
    };
    let verdict = if first != second {
        builder.problem(ProblemCode::LengthMismatch, "the two length bytes differ", Some(Span::new(1, 3)));
        Verdict::Malformed("length bytes differ")
    } else if long.fits_length() {
        Verdict::Good
    } else {
        let text = format!("the length byte says {first}, {count} bytes are there");
        builder.problem(ProblemCode::Framing, text, Some(Span::new(1, 3)));
        Verdict::Malformed("length")
    };
    builder
        .field(0, "length", (1, 3), Value::count(count as u64))
        .role(Role::Frame)
        .verdict(verdict)
        .note(note);
    builder.field(1, "L", (1, 2), Value::count(first.into())).role(Role::Frame);
    builder.field(1, "L, repeated", (2, 3), Value::count(second.into())).role(Role::Frame);
    builder.field(0, "start", (3, 4), Value::Hex(link::LONG.into(), 2)).role(Role::Frame);
    if let Some([c, a, ci]) = long.head() {
        control(builder, link::HEAD, c, a);
        let kind = names::kind(ci).unwrap_or("reserved");
        builder.field(0, "CI", (6, 7), Value::Hex(ci.into(), 2)).note(kind);
    }
    verdict
}

/// Explains checksum and stop byte and judges the whole.
pub(crate) fn foot(builder: &mut DissectionBuilder, long: &Long<'_>, lengths: Verdict) -> Envelope {
    let expected = long.expected();
    let end = long.body.len() + link::HEAD + link::TAIL;
    let sums = tail(builder, end, [long.sum, expected, long.stop]);
    let verdict = if lengths.is_bad() { lengths } else { sums };
    Envelope { verdict, checksum: checksum(long.sum, expected) }
}

fn body(bytes: &[u8], context: &Context<'_>, long: &Long<'_>) -> Dissection {
    let mut builder = DissectionBuilder::with_room(96);
    let lengths = head(&mut builder, long);
    let data = (link::HEAD + 3, link::HEAD + long.body.len());
    let [c, a, ci] = long.head().unwrap_or_default();
    let deciphered = content(&mut builder, bytes, data, (ci, long.is_sound()), context);
    let Envelope { verdict, checksum } = foot(&mut builder, long, lengths);
    if verdict.is_bad() {
        builder.readings.clear();
    }
    let direction = if is_push(c, ci) { Direction::Push } else { direction(c, context) };
    let (layer, verdict) = match deciphered {
        Some(amis::Deciphered { layer, verdict: inner }) => {
            (layer, if verdict.is_bad() || inner == Verdict::Good { verdict } else { inner })
        }
        None => (None, verdict),
    };
    let (address, checksum) = (Some(a.into()), Some(checksum));
    let head = Head { direction, address, verdict, checksum, ..Head::new(ID, title(c, ci), context) };
    let mut dissection = builder.finish(bytes, head);
    dissection.layers.extend(layer);
    dissection.carried_under(CHECK)
}

/// A customer interface pushes although it calls itself master.
pub(crate) const fn is_push(c: u8, ci: u8) -> bool {
    matches!(c, 0x53 | 0x73) && matches!(ci, 0..=0x1F | 0x5B)
}

/// Identification, manufacturer, version and medium that a frame with the long header states.
pub(crate) fn identity(frame: &Dissection) -> Option<Octets> {
    let Frame::Long(long) = Frame::parse(&frame.wire()?.bytes) else { return None };
    let [_, _, 0x72 | 0x5B, identity @ ..] = long.body else { return None };
    identity.get(..header::IDENTITY).map(Octets::from)
}

fn title(c: u8, ci: u8) -> &'static str {
    match ci {
        0x5B if is_push(c, ci) => "Customer interface push",
        0x72 | 0x76 | 0x78 | 0x7A => "Meter data",
        _ => names::kind(ci).unwrap_or("Unknown CI field"),
    }
}

/// Explains the data of a body by its CI.
fn content(
    builder: &mut DissectionBuilder,
    bytes: &[u8],
    (start, end): (usize, usize),
    (ci, is_sound): (u8, bool),
    context: &Context<'_>,
) -> Option<amis::Deciphered> {
    let within = bytes.get(..end).unwrap_or_default();
    match ci {
        0x70 => {
            if let Some(code) = within.get(start) {
                let value = Value::Meaning((*code).into(), names::error(*code));
                builder.field(0, "error", (start, start + 1), value);
                builder.problem(
                    ProblemCode::ApplicationError,
                    names::error(*code),
                    Some(Span::new(start, start + 1)),
                );
            } else {
                builder.problem(ProblemCode::ApplicationError, "unspecified error", None);
            }
            builder.rest(0, "data", ((start + 1).min(end), end));
        }
        0x71 => builder.rest(0, "alarm status", (start, end)),
        0x72 | 0x5B | 0x7A | 0x5A => return variable(builder, within, start, (ci, is_sound), context),
        0x73 => header::fixed(builder, within, start),
        0x78 => record::records(builder, within, start, false),
        0x51 => {
            // Only asks: what it says is no measurement.
            record::records(builder, within, start, false);
            builder.readings.clear();
        }
        0x52 => header::selection(builder, within, start),
        _ => builder.rest(0, "data", (start, end)),
    }
    None
}

fn variable(
    builder: &mut DissectionBuilder,
    bytes: &[u8],
    start: usize,
    (ci, is_sound): (u8, bool),
    context: &Context<'_>,
) -> Option<amis::Deciphered> {
    let is_long = matches!(ci, 0x72 | 0x5B);
    let Some(head) = header::variable(builder, bytes, start, is_long) else {
        builder.problem(ProblemCode::Length, "the data header is cut short", None);
        builder.rest(0, "data", (start, bytes.len()));
        return None;
    };
    if head.encryption() != 0 {
        return Some(amis::explain(builder, bytes, &head, is_sound, context));
    }
    record::records(builder, bytes, head.end, head.is_electricity());
    None
}

/// What begins like a frame and is none.
fn broken(bytes: &[u8], context: &Context<'_>) -> Dissection {
    let mut builder = DissectionBuilder::default();
    builder.field(0, "cut short", (0, bytes.len()), Value::Bytes);
    builder.problem(ProblemCode::Framing, "not a whole frame: bytes were lost", None);
    let verdict = Verdict::Malformed("cut short");
    builder.finish(bytes, Head { verdict, ..Head::new(ID, "Broken frame", context) })
}
