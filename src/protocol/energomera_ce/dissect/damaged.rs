//! Frames that are not sound.

use super::super::frame::Defect;
use super::super::{repair, variants};
use super::sheet::{Sheet, little};
use super::view::View;
use super::{What, header};
use crate::frame::{Direction, Span, Value};

/// OPT and the two addresses; what is shorter has no byte that could be a checksum.
const BEFORE_SERVICE: usize = 5;

/// A frame of which only the beginning can be told.
pub fn partly(sheet: &mut Sheet<'_>, content: &[u8], defect: Defect) -> What {
    let at = |index: usize| content.get(index..index + 2).unwrap_or_default();
    let from = u16::try_from(little(at(3))).unwrap_or_default();
    let opt = content.first().copied().unwrap_or_default();
    sheet.limit(Some(content.len()));
    let has_crc = content.len() > BEFORE_SERVICE
        && !matches!(defect, Defect::Variant(_) | Defect::Unfinished | Defect::Stuffing);
    if !content.is_empty() {
        sheet.leaf(0, "OPT", 1, Value::Hex(opt.into(), 2));
    }
    if content.len() >= BEFORE_SERVICE && opt != variants::OPT_SMP {
        sheet.leaf(0, "to", 2, Value::count(little(at(1))));
        sheet.leaf(0, "from", 2, Value::count(from.into()));
    }
    let rest = sheet.left().saturating_sub(usize::from(has_crc));
    if rest > 0 {
        sheet.leaf(0, "unexplained", rest, Value::Bytes);
    }
    let checksum = has_crc.then(|| header::crc(sheet, content));
    let title = match defect {
        Defect::Opt(opt) | Defect::Variant(opt) => variants::title(opt, from),
        _ => "damaged frame",
    };
    What { title, direction: Direction::Unknown, address: None, checksum }
}

/// Says what is wrong with a frame.
pub fn problem(sheet: &mut Sheet<'_>, view: &View<'_>, defect: Defect) {
    match defect {
        Defect::Checksum { found, expected } => {
            sheet.problem("checksum", repair::explain(view.content(), found, expected));
        }
        Defect::Length { declared, found } => sheet
            .problem("length", format!("the service byte tells {declared} data bytes, there are {found}")),
        Defect::Opt(opt) | Defect::Variant(opt) => {
            sheet.problem("opt", format!("OPT {opt:02X}: a related protocol, not explained further"));
        }
        Defect::Service(byte) => sheet.problem("service", format!("service byte {byte:02X} is not known")),
        Defect::Stuffing => sheet.problem("stuffing", "DB stands before a byte other than DC and DD"),
        Defect::Unfinished => sheet.problem("delimiter", "no END closes the frame"),
        Defect::TooShort | Defect::TooLong => sheet.problem("length", defect.text()),
    }
    if let (Some(problem), Some(at)) = (sheet.problems.last_mut(), view.fault) {
        problem.span = (defect == Defect::Stuffing).then(|| Span::new(at, at + 1));
    }
}
