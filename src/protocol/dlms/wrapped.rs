//! A ciphered APDU where a P1 telegram has its lines: identification, empty line, APDU, `!` and four hex digits
//! (Elgama Gama 350 of Stoen, Poland; `UtilitechAS/amsreader-firmware`, frames/EGM5G35.txt). Its checksum is not that
//! of P1 but the CRC-16/X-25 from `/` to `!`: so it fits in the one telegram that was published.

use super::bare::PLAUSIBLE;
use super::ciphering;
use crate::frame::checksum::{CheckKind, X_25};
use crate::frame::{Checksum, ProblemCode, Role, Span, Value};
use crate::protocol::delimited::Shape;
use crate::protocol::dissection_builder::DissectionBuilder;

/// The first byte.
pub(super) const START: u8 = b'/';
/// Behind the APDU.
const END: u8 = b'!';
/// Behind the identification.
const GAP: &[u8] = b"\r\n\r\n";
/// Hex digits of the checksum.
const DIGITS: usize = 4;
/// Bytes behind the APDU: end mark, checksum, line end.
const TAIL: usize = 1 + DIGITS + 2;
/// The longest identification.
const LONGEST: usize = 40;

/// Where its parts lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrapped {
    /// The APDU.
    pub apdu: (usize, usize),
}

/// What bytes are as the beginning of one.
pub(super) fn examine(bytes: &[u8]) -> Shape {
    let head = bytes.get(..bytes.len().min(LONGEST)).unwrap_or_default();
    let Some(gap) = head.windows(GAP.len()).position(|window| window == GAP) else {
        let is_line = head.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n'));
        return if is_line && head.len() < LONGEST { Shape::Start } else { Shape::Nothing };
    };
    let at = gap + GAP.len();
    let header = match ciphering::header(bytes, at) {
        Ok(header) if PLAUSIBLE.contains(&header.length) && header.control.is_plausible() => header,
        Err(bad) if bad.code == ProblemCode::ApduIncomplete && bytes.len() < at + LONGEST => {
            return Shape::Start;
        }
        _ => return Shape::Nothing,
    };
    let whole = header.end() + TAIL;
    match (bytes.get(header.end()), bytes.get(..whole)) {
        (Some(byte), _) if *byte != END => Shape::Nothing,
        (_, None) => Shape::Start,
        (_, Some(frame)) => match Wrapped::parse(frame).and_then(|wrapped| wrapped.checksum(frame)) {
            Some(checksum) if !checksum.verdict().is_bad() => Shape::Sound(whole),
            _ => Shape::Damaged(whole),
        },
    }
}

impl Wrapped {
    /// The parts of a whole one.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let gap = bytes.windows(GAP.len()).position(|window| window == GAP)?;
        let end = bytes.len().checked_sub(TAIL)?;
        let apdu = (gap + GAP.len(), end);
        let is_one = bytes.first() == Some(&START) && bytes.get(end) == Some(&END) && apdu.0 < end;
        is_one.then_some(Self { apdu })
    }

    /// The checksum, as found and as it should be; `None` where no hex digits stand.
    fn checksum(self, bytes: &[u8]) -> Option<Checksum> {
        let end = self.apdu.1 + 1;
        let digits = std::str::from_utf8(bytes.get(end..end + DIGITS)?).ok()?;
        let found = u16::from_str_radix(digits, 16).ok()?.swap_bytes();
        let expected = X_25.checksum(bytes.get(..end)?);
        let (found, expected) = (found.into(), expected.into());
        Some(Checksum::new(CheckKind::X25, found, expected, 4))
    }

    /// The fields of the wire, and its checksum.
    pub(super) fn explain(self, builder: &mut DissectionBuilder, bytes: &[u8]) -> Checksum {
        let (start, end) = self.apdu;
        let unread = Checksum::new(CheckKind::X25, 0, 1, 4);
        let checksum = self.checksum(bytes).unwrap_or(unread);
        let verdict = checksum.verdict();
        let gap = start - GAP.len();
        builder.field(0, "identification", (0, gap), Value::Text);
        builder.field(0, "line ends", (gap, start), Value::Bytes);
        builder.field(0, "APDU", self.apdu, Value::Bytes).note("where a P1 telegram has its lines");
        builder.field(0, "end mark", (end, end + 1), Value::Text);
        let at = (end + 1, end + 1 + DIGITS);
        builder
            .field(0, "checksum", at, Value::Hex(checksum.found.into(), 4))
            .verdict(verdict)
            .note("low byte first");
        builder.rest_as(Role::Frame, 0, "line end", (at.1, bytes.len()));
        if verdict.is_bad() {
            let text = format!("checksum {:04X}, expected {:04X}", checksum.found, checksum.expected);
            builder.problem(ProblemCode::Checksum, text, Some(Span::new(at.0, at.1)));
        }
        checksum
    }
}
