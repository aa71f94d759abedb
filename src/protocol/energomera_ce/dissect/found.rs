//! Which command a frame is about, and in which dialect its data is to be read.

use super::super::commands;
use super::super::frame::{Kind, Packet};
use super::super::layout::Spec;
use super::super::{CLASSIC, KERNEL10};
use super::sheet::Sheet;
use crate::frame::{ProblemCode, Value};
use crate::protocol::Dialect;

/// How sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// The dialect is known, or it makes no difference.
    Certain,
    /// The dialect is not known; only one has data of this length.
    ByLength,
    /// Data as the other dialect has it.
    OtherDialect,
    /// The dialect is not known and both have data of this length.
    Ambiguous,
    /// The command is known, but not with data of this length.
    Misfit,
    /// No dialect has such a command.
    Unknown,
}

/// The command of a frame.
pub(super) struct Found {
    /// Its entry; of an ambiguous one the kernel-10 entry.
    pub spec: Option<&'static Spec>,
    /// How its data is read.
    pub dialect: Dialect,
    /// How sure that is.
    pub how: How,
    /// What the frame is about.
    pub title: &'static str,
    code: u16,
}

impl Found {
    /// Looks the command up.
    pub(super) fn of(packet: &Packet, dialect: Dialect, request: Option<&Packet>) -> Self {
        let (code, data) = (packet.command, packet.data.as_slice());
        let asked = request.map(|packet| packet.data.as_slice());
        let look = |dialect| match packet.kind {
            Kind::Request { .. } => commands::asked(dialect, code, data),
            Kind::Reply => commands::answered(dialect, code, data.len(), asked),
            Kind::Refusal => match asked {
                Some(asked) => commands::asked(dialect, code, asked),
                None => commands::named(dialect, code),
            },
        };
        let (spec, dialect, how) = match dialect {
            CLASSIC | KERNEL10 => in_dialect(dialect, code, look),
            _ => in_any(code, look),
        };
        Self { spec, dialect, how, title: title(spec, how, code), code }
    }

    /// Whether the data can be taken apart.
    pub(super) const fn is_readable(&self) -> bool {
        matches!(self.how, How::Certain | How::ByLength | How::OtherDialect)
    }

    /// What is to be said beside the data.
    pub(super) fn note(&self) -> &'static str {
        match (self.how, self.dialect) {
            (How::ByLength, CLASSIC) => "read as classic: only there is the data so long",
            (How::ByLength, _) => "read as kernel-10: only there is the data so long",
            (How::OtherDialect, CLASSIC) => "as a classic meter has it",
            (How::OtherDialect, _) => "as a kernel-10 meter has it",
            (How::Ambiguous, _) => "classic and kernel-10 meters mean different things by these bytes",
            (How::Misfit, _) => "not as long as the manual has it",
            (How::Certain | How::Unknown, _) => "",
        }
    }

    /// Says what is odd about it.
    pub(super) fn problem(&self, sheet: &mut Sheet<'_>) {
        match (self.how, self.dialect) {
            (How::OtherDialect, CLASSIC) => {
                sheet.problem(ProblemCode::Dialect, "a command or length of classic meters");
            }
            (How::OtherDialect, _) => {
                sheet.problem(ProblemCode::Dialect, "a command or length of kernel-10 meters");
            }
            (How::Misfit, _) => {
                sheet.problem(ProblemCode::DataLength, "not the count of data bytes that this command has");
            }
            (How::Unknown, _) => sheet.problem(ProblemCode::Command, "no manual has this command"),
            (How::Certain | How::ByLength | How::Ambiguous, _) => {}
        }
    }
}

fn in_dialect(
    dialect: Dialect,
    code: u16,
    look: impl Fn(Dialect) -> Option<&'static Spec>,
) -> (Option<&'static Spec>, Dialect, How) {
    let other = if dialect == CLASSIC { KERNEL10 } else { CLASSIC };
    if let Some(spec) = look(dialect) {
        (Some(spec), dialect, How::Certain)
    } else if let Some(spec) = look(other) {
        (Some(spec), other, How::OtherDialect)
    } else {
        misfit(code, dialect, other)
    }
}

fn in_any(
    code: u16,
    look: impl Fn(Dialect) -> Option<&'static Spec>,
) -> (Option<&'static Spec>, Dialect, How) {
    match (look(CLASSIC), look(KERNEL10)) {
        (Some(spec), Some(_)) if spec.is_shared => (Some(spec), KERNEL10, How::Certain),
        (Some(_), Some(spec)) => (Some(spec), Dialect(0), How::Ambiguous),
        (Some(spec), None) => (Some(spec), CLASSIC, How::ByLength),
        (None, Some(spec)) => (Some(spec), KERNEL10, How::ByLength),
        (None, None) => misfit(code, KERNEL10, CLASSIC),
    }
}

fn misfit(code: u16, first: Dialect, second: Dialect) -> (Option<&'static Spec>, Dialect, How) {
    match commands::named(first, code).or_else(|| commands::named(second, code)) {
        Some(spec) => (Some(spec), first, How::Misfit),
        None => (None, first, How::Unknown),
    }
}

/// Titles that cover both dialects, where theirs differ and the data does not tell them apart.
const BOTH: &[(u16, &str)] = &[
    (0x0003, "Synchronise clocks"),
    (0x012B, "Relay on, or switch the relay"),
    (0x012C, "Relay off, or confirm its return"),
    (0x0117, "Set a password"),
    (0x013C, "Relay on total limit, or state of the relay"),
    (0x013E, "Set a relay"),
    (0x0141, "Set tariff programme or season"),
    (0x0145, "Set energy limit or day schedule"),
    (0x0147, "Set the power limit"),
    (0x015B, "Set daylight saving"),
];

fn title(spec: Option<&'static Spec>, how: How, code: u16) -> &'static str {
    let both = BOTH.iter().find(|(known, _)| *known == code).map(|(_, title)| *title);
    match (spec, how) {
        (Some(spec), How::Ambiguous | How::Misfit) => both.unwrap_or(spec.title),
        (Some(spec), _) => spec.title,
        (None, _) => "unknown command",
    }
}

/// The data of a request that both dialects have: what each makes of it is in the remarks.
pub(super) fn ambiguous_request(sheet: &mut Sheet<'_>, found: &Found, data: &[u8]) {
    let notes: [&'static str; 2] = match found.code {
        0x0130 => [
            "classic: tariff less 1; kernel-10: months back, 80 added for the energy of the month",
            "classic: months back; kernel-10: tariff, 0 for the total",
        ],
        0x0138 => ["journal; the dialects number them differently", "record"],
        _ => {
            sheet.leaf(0, "data", data.len(), Value::Bytes).note = found.note();
            return;
        }
    };
    sheet.parent(0, "data", data.len(), Value::Bytes).note = found.note();
    for (label, note) in ["first", "second"].into_iter().zip(notes) {
        let byte = sheet.next(1).first().copied().unwrap_or_default();
        sheet.leaf(1, label, 1, Value::count(byte.into())).note = note;
    }
}
