//! Frames that are not sound.

use super::super::frame::{Defect, OPT};
use super::super::{repair, variants};
use super::sheet::{Sheet, little};
use super::view::View;
use super::{What, header};
use crate::frame::{Direction, ProblemCode, Span, Value};

/// OPT and the two addresses; what is shorter has no byte that could be a checksum.
const BEFORE_SERVICE: usize = 5;

/// A frame of which only the beginning can be told.
pub(super) fn partly(sheet: &mut Sheet<'_>, content: &[u8], defect: Defect, direction: Direction) -> What {
    sheet.limit(Some(content.len()));
    let has_crc = content.len() > BEFORE_SERVICE
        && !matches!(defect, Defect::Variant(_) | Defect::Unfinished | Defect::Stuffing);
    beginning(sheet, content);
    if may_hold_password(content, direction) {
        password(sheet, usize::from(has_crc));
    }
    let rest = sheet.left().saturating_sub(usize::from(has_crc));
    if rest > 0 {
        sheet.leaf(0, "unexplained", rest, Value::Bytes);
    }
    let checksum = has_crc.then(|| header::crc(sheet, content));
    let title = match defect {
        Defect::Opt(opt) | Defect::Variant(opt) => variants::title(opt, sender(content)),
        _ => "damaged frame",
    };
    What { title, direction, address: None, checksum }
}

/// OPT and the addresses, as far as they are there.
fn beginning(sheet: &mut Sheet<'_>, content: &[u8]) {
    let Some(&opt) = content.first() else { return };
    sheet.leaf(0, "OPT", 1, Value::Hex(opt.into(), 2));
    if content.len() >= BEFORE_SERVICE && opt != variants::OPT_SMP {
        let to = little(sheet.next(2));
        sheet.leaf(0, "to", 2, Value::count(to));
        sheet.leaf(0, "from", 2, Value::count(sender(content).into()));
    }
}

fn sender(content: &[u8]) -> u16 {
    match content {
        [_, _, _, low, high, ..] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    }
}

/// Whether a password may stand behind the addresses: in all that is not a reply beyond doubt.
pub(super) fn may_hold_password(content: &[u8], direction: Direction) -> bool {
    let is_request = direction == Direction::Request || content.get(9).is_some_and(|byte| byte >> 4 == 0xD);
    let is_reply = content.get(5).is_some_and(|byte| matches!(byte >> 4, 5 | 7));
    content.first() == Some(&OPT) && content.len() > BEFORE_SERVICE && (is_request || !is_reply)
}

fn password(sheet: &mut Sheet<'_>, behind: usize) {
    let bytes = sheet.next(sheet.left().saturating_sub(behind).min(4));
    if bytes.is_empty() {
        return;
    }
    let value = if bytes.iter().all(|byte| *byte == 0) { Value::Bytes } else { Value::Secret };
    sheet.leaf(0, "password", bytes.len(), value).note = "where a request has its password";
}

/// Says what is wrong with a frame.
pub(super) fn problem(sheet: &mut Sheet<'_>, view: &View<'_>, defect: Defect) {
    match defect {
        Defect::Checksum { found, expected } => {
            sheet.problem(ProblemCode::Checksum, repair::explain(view.content(), found, expected));
        }
        Defect::Length { declared, found } => sheet.problem(
            ProblemCode::Length,
            format!("the service byte tells {declared} data bytes, there are {found}"),
        ),
        Defect::Opt(opt) | Defect::Variant(opt) => {
            sheet.problem(
                ProblemCode::Opt,
                format!("OPT {opt:02X}: a related protocol, not explained further"),
            );
        }
        Defect::Service(byte) => {
            sheet.problem(ProblemCode::Service, format!("service byte {byte:02X} is not known"));
        }
        Defect::Stuffing => {
            sheet.problem(ProblemCode::Stuffing, "DB stands before a byte other than DC and DD");
        }
        Defect::Unfinished => sheet.problem(ProblemCode::Delimiter, "no END closes the frame"),
        Defect::TooShort | Defect::TooLong => sheet.problem(ProblemCode::Length, defect.text()),
    }
    if let (Some(problem), Some(at)) = (sheet.problems.last_mut(), view.fault) {
        problem.span = (defect == Defect::Stuffing).then(|| Span::new(at, at + 1));
    }
}
