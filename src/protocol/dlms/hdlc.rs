//! HDLC frames of type 3 as meters push them (IEC 62056-46; Green Book, ed. 8, ch. 8). No byte is stuffed: the
//! length rules, and the flag may occur inside.

use crate::frame::checksum::X_25;
use crate::protocol::delimited::{Before, Grammar, Shape};

/// Start and end of a frame.
pub(super) const FLAG: u8 = 0x7E;
/// Bytes of the frame format field.
const FORMAT: usize = 2;
/// Bytes of either check sequence.
pub(super) const CHECK: usize = 2;
/// The type in the upper half of the first byte.
const TYPE_3: u8 = 0xA0;
/// Another segment of the information follows.
const SEGMENTED: u8 = 0x08;
/// The control bytes, with the poll bit, that connect and disconnect: only a client sends them.
const SNRM: u8 = 0x93;
/// See [`SNRM`].
const DISC: u8 = 0x53;
/// The LLC header of what a client sends; a server's is `E6 E7 00`.
const COMMAND: [u8; 3] = [0xE6, 0xE6, 0x00];
/// The longest address.
const LONGEST_ADDRESS: usize = 4;

/// A frame's parts; all places are indices into its bytes, opening flag included where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// Index of the format field: 1 behind an opening flag, 0 where the flag of the frame before serves.
    pub format_at: usize,
    /// Length by the format field.
    pub length: usize,
    /// Whether more segments follow.
    pub is_segmented: bool,
    /// Index of the source address.
    pub source_at: usize,
    /// Index of the control byte.
    pub control_at: usize,
    /// Where the information lies; empty if there is none.
    pub information: (usize, usize),
    /// Whether there is a header check sequence: if there is information.
    pub has_header_check: bool,
    /// All bytes.
    pub bytes: &'a [u8],
}

/// A check sequence found and what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Check {
    /// Where it lies.
    pub at: usize,
    /// What is there.
    pub found: u16,
    /// What the rule gives.
    pub expected: u16,
}

impl Check {
    /// Whether it fits.
    pub(super) const fn fits(self) -> bool {
        self.found == self.expected
    }
}

impl<'a> Frame<'a> {
    /// Takes bytes as one frame that begins here and ends with its closing flag or before.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let format_at = usize::from(bytes.first() == Some(&FLAG));
        let head = Head::parse(bytes.get(format_at..)?)?;
        let end = (format_at + head.length).checked_sub(CHECK)?;
        let control_at = format_at + head.control_at;
        let has_header_check = end > control_at + 1;
        let start = if has_header_check { control_at + 1 + CHECK } else { end };
        (control_at < end && start <= end && end + CHECK <= bytes.len()).then_some(Self {
            format_at,
            length: head.length,
            is_segmented: head.is_segmented,
            source_at: format_at + head.source_at,
            control_at,
            information: (start, end),
            has_header_check,
            bytes,
        })
    }

    /// The header check sequence, where there is one.
    pub(super) fn header_check(&self) -> Option<Check> {
        self.has_header_check.then(|| self.check(self.control_at + 1))
    }

    /// The frame check sequence.
    pub(super) fn frame_check(&self) -> Check {
        self.check(self.information.1)
    }

    /// Whether the closing flag is where it must be, and nothing behind it.
    pub(super) fn is_closed(&self) -> bool {
        let end = self.information.1 + CHECK;
        self.bytes.get(end..) == Some(&[FLAG])
    }

    /// Whether everything that can be checked is right.
    pub(super) fn is_sound(&self) -> bool {
        // The cheapest first: among bytes without sense most that begins like a frame is not closed like one.
        self.is_closed() && self.header_check().is_none_or(Check::fits) && self.frame_check().fits()
    }

    /// The information.
    pub(super) fn payload(&self) -> &'a [u8] {
        self.bytes.get(self.information.0..self.information.1).unwrap_or_default()
    }

    fn check(&self, at: usize) -> Check {
        let covered = self.bytes.get(self.format_at..at).unwrap_or_default();
        let found = self.bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        Check { at, found: u16::from_le_bytes(found), expected: X_25.checksum(covered) }
    }
}

/// The header without its check sequence; places count from the format field.
struct Head {
    length: usize,
    is_segmented: bool,
    source_at: usize,
    control_at: usize,
}

impl Head {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let &[high, low] = bytes.first_chunk()?;
        if high & 0xF0 != TYPE_3 {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([high & 0x07, low]));
        let source_at = FORMAT + address_length(bytes.get(FORMAT..)?)?;
        let control_at = source_at + address_length(bytes.get(source_at..)?)?;
        (control_at < bytes.len()).then_some(Self {
            length,
            is_segmented: high & SEGMENTED != 0,
            source_at,
            control_at,
        })
    }
}

/// Bytes of an address: all but the last have their lowest bit clear.
fn address_length(bytes: &[u8]) -> Option<usize> {
    let last = bytes.iter().take(LONGEST_ADDRESS).position(|byte| byte & 1 == 1)?;
    Some(last + 1)
}

/// The frame of a client at the beginning of bytes, and the server that it asks: it connects, disconnects, or carries a
/// command behind the LLC header that no server sends (Green Book, ed. 8, 8.3.2 and 8.4).
pub(super) fn command(bytes: &[u8]) -> Option<(usize, u64)> {
    let head = Head::parse(bytes.strip_prefix(&[FLAG])?)?;
    let len = head.length + 2;
    let frame = Frame::parse(bytes.get(..len)?).filter(Frame::is_sound)?;
    let control = frame.bytes.get(frame.control_at)?;
    let is_clients = matches!(control, &(SNRM | DISC)) || frame.payload().starts_with(&COMMAND);
    let server = frame.bytes.get(frame.format_at + FORMAT..frame.source_at)?;
    is_clients.then(|| (len, address(server)))
}

/// An address without the end marks.
pub(super) fn address(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 7 | u64::from(byte >> 1))
}

/// A frame around information: the meter's side.
pub(super) fn seal(
    destination: &[u8],
    source: &[u8],
    (control, more): (u8, bool),
    information: &[u8],
) -> Vec<u8> {
    let header = FORMAT + destination.len() + source.len() + 1;
    let checks = if information.is_empty() { CHECK } else { 2 * CHECK };
    let length = header + checks + information.len();
    let segmented = if more { SEGMENTED } else { 0 };
    let format = [TYPE_3 | segmented | (length >> 8) as u8 & 0x07, length as u8];
    let mut frame = [&format, destination, source, &[control]].concat();
    frame.extend(X_25.checksum(&frame).to_le_bytes());
    if !information.is_empty() {
        frame.extend_from_slice(information);
        frame.extend(X_25.checksum(&frame).to_le_bytes());
    }
    [&[FLAG][..], &frame, &[FLAG]].concat()
}

/// Flags and check sequence around a frame typed by hand, format field first.
pub(super) fn close(body: &[u8]) -> Vec<u8> {
    let check = X_25.checksum(body).to_le_bytes();
    [&[FLAG], body, &check, &[FLAG]].concat()
}

/// Frames of type 3 as they stand in a stream.
#[derive(Debug, Clone, Copy)]
pub struct Type3;

impl Grammar for Type3 {
    fn examine(&self, bytes: &[u8], before: Before) -> Shape {
        match *bytes {
            [] | [FLAG] => Shape::Start,
            [FLAG, first, ..] if first & 0xF0 == TYPE_3 => framed(bytes, 1),
            // The flag that closed the frame before opens this one, too.
            [first, ..] if first & 0xF0 == TYPE_3 && before == Before::Frame => match framed(bytes, 0) {
                Shape::Damaged(_) | Shape::Doomed => Shape::Nothing,
                other => other,
            },
            _ => Shape::Nothing,
        }
    }
}

fn framed(bytes: &[u8], format_at: usize) -> Shape {
    let body = bytes.get(format_at..).unwrap_or_default();
    let Some(head) = Head::parse(body) else {
        let longest = FORMAT + 2 * LONGEST_ADDRESS + 1;
        return if body.len() < longest { Shape::Start } else { Shape::Nothing };
    };
    let shortest = head.control_at + 1 + CHECK;
    if head.length < shortest || (shortest + 1..shortest + CHECK).contains(&head.length) {
        return Shape::Nothing;
    }
    let whole = format_at + head.length + 1;
    let Some(frame) = bytes.get(..whole) else { return open(body, &head, whole) };
    match Frame::parse(frame) {
        Some(frame) if frame.is_sound() => Shape::Sound(whole),
        Some(frame) if frame.is_closed() => Shape::Damaged(whole),
        Some(frame) if frame.header_check().is_some_and(Check::fits) => Shape::Damaged(whole),
        _ => Shape::Nothing,
    }
}

/// What a frame of `whole` bytes is whose end has not come: its header may already tell that it is not sound.
fn open(body: &[u8], head: &Head, whole: usize) -> Shape {
    let checked = head.control_at + 1;
    if head.length == checked + CHECK {
        return Shape::Headed(whole);
    }
    let (Some(covered), Some(found)) =
        (body.get(..checked), body.get(checked..).and_then(|rest| rest.first_chunk()))
    else {
        return Shape::Start;
    };
    if X_25.checksum(covered) == u16::from_le_bytes(*found) { Shape::Headed(whole) } else { Shape::Doomed }
}
