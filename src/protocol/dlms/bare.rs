//! APDUs without any carrier, as they are pasted from logs: ciphered or plain, with nothing to check them by.

use super::assembled::Assembled;
use super::axdr::walk;
use super::ciphering::{self, Control, DATA_NOTIFICATION, GLO_CIPHERING, NO_TITLE};
use super::loose;
use super::push::Push;
use super::standing::Standing;
use super::wrapped::{self, Wrapped};
use crate::frame::{Checksum, Direction, Dissection, ProblemCode, Reason, Value, Verdict};
use crate::protocol::Context;
use crate::protocol::delimited::{Before, Grammar, Shape};
use crate::protocol::dissection_builder::{DissectionBuilder, Head};
use crate::reading::Check;

/// The shortest and longest ciphered APDU that is believed to be one, by its length field.
pub(super) const PLAUSIBLE: std::ops::RangeInclusive<usize> = 17..=2000;

/// Bytes of tag, length of the title and title.
const TITLE_END: usize = 10;
/// Bytes of a length of two bytes and the mark before it.
const LONG_FORM: usize = 3;

/// A carrier's grammar, and APDUs without a carrier after silence or a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct OrBare<G>(pub G);

impl<G: Grammar> Grammar for OrBare<G> {
    fn examine(&self, bytes: &[u8], before: Before) -> Shape {
        match self.0.examine(bytes, before) {
            Shape::Nothing if before != Before::Noise => apdu(bytes),
            shape => shape,
        }
    }
}

/// What bytes are as the beginning of an APDU.
fn apdu(bytes: &[u8]) -> Shape {
    match bytes {
        [GLO_CIPHERING | NO_TITLE] => Shape::Start,
        [GLO_CIPHERING, 8, ..] | [NO_TITLE, 0x81 | 0x82, ..] => ciphered(bytes),
        [DATA_NOTIFICATION, ..] => plain(bytes),
        [wrapped::START, ..] => wrapped::examine(bytes),
        _ => Shape::Nothing,
    }
}

fn ciphered(bytes: &[u8]) -> Shape {
    match ciphering::header(bytes, 0) {
        Ok(header) if !PLAUSIBLE.contains(&header.length) => Shape::Nothing,
        Ok(header) if header.tag.is_none() && !header.control.is_plausible() => Shape::Nothing,
        Ok(header) if header.end() <= bytes.len() => Shape::Unchecked(header.end()),
        Ok(_) => Shape::Start,
        Err(bad) if bad.code == ProblemCode::ApduIncomplete => Shape::Start,
        Err(_) if bytes.first() == Some(&GLO_CIPHERING) => {
            misstated(bytes.get(TITLE_END..).unwrap_or_default(), bytes.len())
        }
        Err(_) => Shape::Nothing,
    }
}

/// An envelope of `count` bytes so far whose length has no form that BER knows. It is claimed where 00 stands for
/// the 82 that belongs there and the rest makes sense: a meter, or who copied its bytes, sends it so each time.
fn misstated(length: &[u8], count: usize) -> Shape {
    match *length {
        [0] | [0, _] | [0, _, _] => Shape::Start,
        [0, high, low, control, ..] if Control(control).is_plausible() => {
            let length = usize::from(u16::from_be_bytes([high, low]));
            let end = TITLE_END + LONG_FORM + length;
            match PLAUSIBLE.contains(&length) {
                true if end <= count => Shape::Damaged(end),
                true => Shape::Start,
                false => Shape::Nothing,
            }
        }
        _ => Shape::Nothing,
    }
}

fn plain(bytes: &[u8]) -> Shape {
    let body = match bytes.get(5..).unwrap_or_default() {
        [] | [9] => return Shape::Start,
        [0, ..] => 6,
        [12, ..] => 18,
        [9, 12, ..] => 19,
        _ => return Shape::Nothing,
    };
    if body >= bytes.len() {
        return Shape::Start;
    }
    if bytes.len() > *PLAUSIBLE.end() {
        return Shape::Nothing;
    }
    // What is a list without tags may look like a shorter one with tags.
    let end = match loose::walk(bytes, body, &mut |_| {}) {
        Err(halt) if !halt.is_short => walk(bytes, body, &mut |_| {}),
        read => read,
    };
    match end {
        Ok(end) => Shape::Unchecked(end),
        Err(halt) if halt.is_short => Shape::Start,
        Err(_) => Shape::Nothing,
    }
}

/// Whether a frame is an APDU without a carrier.
pub(super) fn is_apdu(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(&(GLO_CIPHERING | DATA_NOTIFICATION | NO_TITLE | wrapped::START)))
}

/// Explains one.
pub(super) fn dissect(protocol: &'static str, bytes: &[u8], context: &Context<'_>) -> Dissection {
    let mut builder = DissectionBuilder::default();
    let (apdu, seal) = if let Some(wrapped) = Wrapped::parse(bytes) {
        (wrapped.apdu, Some(wrapped.explain(&mut builder, bytes)))
    } else {
        let all = (0, bytes.len());
        builder.field(0, "APDU", all, Value::Bytes).note("without a carrier: nothing checks it");
        (all, None)
    };
    let mut assembled = Assembled::default();
    assembled.add(0, bytes, apdu);
    let standing = Standing::default();
    let is_checked = seal.is_some();
    let push = Push { assembled: &assembled, is_whole: true, is_checked, standing, context };
    let explained = push.explain(&mut builder);
    let verdict = match (seal.map(Checksum::verdict), explained.verdict) {
        (Some(seal), _) if seal.is_bad() => seal,
        (None, Verdict::Good) if !explained.is_authentic => Verdict::Unchecked(Reason::NoChecksum),
        (_, inner) => inner,
    };
    let head = Head {
        direction: Direction::Push,
        verdict,
        checksum: seal,
        ..Head::new(protocol, explained.title, context)
    };
    let mut dissection = builder.finish(bytes, head);
    dissection.layers.extend(explained.layers);
    let is_checked = seal.is_some() || explained.is_authentic;
    if is_checked { dissection } else { dissection.carried_under(Check::None) }
}
