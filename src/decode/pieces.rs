//! The cut of a run of bytes into pieces, their relations, and each of them explained.

use std::ops::Range;

use crate::frame::{At, Dissection};
use crate::protocol::secrets::{self, REACH, Surroundings};
use crate::protocol::{
    Context, Decoder, Integrity, LineSettings, MeterKey, Piece, PieceKind, Relation, Seen, Source, Tracker,
    message,
};

/// A run of bytes, explained.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Frame {
    /// Which bytes of the input.
    pub range: Range<usize>,
    /// Frame or noise, and the judgement of its checksum.
    pub kind: PieceKind,
    /// How it goes with those before it; numbers are places in the list that [`super::decode`] gives.
    pub relation: Relation,
    /// Every byte with its meaning, values and problems; of noise one field without a meaning, secrets in it hidden.
    pub dissection: Dissection,
}

impl Frame {
    /// Whether it is bytes that belong to no frame.
    #[must_use]
    pub const fn is_noise(&self) -> bool {
        matches!(self.kind, PieceKind::Noise)
    }
}

/// Explains bytes of a known family and dialect, with keys for what is encrypted.
#[must_use]
pub fn decode_with(decoder: Decoder, bytes: &[u8], keys: &[MeterKey]) -> Vec<Frame> {
    let pieces = cut(decoder, bytes);
    (0..pieces.len()).filter_map(|index| explain((decoder, keys), bytes, &pieces, index)).collect()
}

/// A piece of the input, not explained yet.
pub(super) struct Cut {
    range: Range<usize>,
    kind: PieceKind,
    relation: Relation,
}

/// Cuts bytes by grammar, length and checksum, and finds what answers what.
pub(super) fn cut(decoder: Decoder, bytes: &[u8]) -> Vec<Cut> {
    let Decoder { family, dialect } = decoder;
    let mut tracker = family.tracker(dialect);
    let mut cuts = Vec::new();
    let mut out = |piece: Piece<'_>| {
        let cut = place(piece, &cuts, tracker.as_mut());
        cuts.push(cut);
    };
    let mut framer = family.framer(Source::Both, LineSettings::default());
    framer.push(bytes, At::ZERO, &mut out);
    framer.finish(&mut out);
    cuts
}

fn place(piece: Piece<'_>, before: &[Cut], tracker: &mut dyn Tracker) -> Cut {
    let start = before.last().map_or(0, |last| last.range.end);
    let number = u32::try_from(before.len()).unwrap_or(u32::MAX);
    let Piece { bytes, first, last, kind } = piece;
    let relation = match kind {
        PieceKind::Frame(_) => tracker.track(Seen { number, bytes, source: Source::Both, first, last }),
        PieceKind::Noise => Relation::default(),
    };
    Cut { range: start..start + bytes.len(), kind, relation }
}

/// Explains one piece with those that it answers or continues.
pub(super) fn explain(
    (decoder, keys): (Decoder, &[MeterKey]),
    bytes: &[u8],
    cuts: &[Cut],
    index: usize,
) -> Option<Frame> {
    let Cut { range, kind, relation } = cuts.get(index)?;
    if *kind == PieceKind::Noise {
        return Some(noise(bytes, range.clone()));
    }
    let of = |cut: &Cut| bytes.get(cut.range.clone());
    let request = relation.answers.and_then(|number| cuts.get(number as usize)).and_then(of);
    let number = u32::try_from(index).ok()?;
    let noted = |number: u32| cuts.get(number as usize).map(|cut| cut.relation);
    let all = |numbers: Vec<u32>| -> Vec<&[u8]> {
        numbers.into_iter().filter_map(|number| cuts.get(number as usize)).filter_map(of).collect()
    };
    let parts = if relation.part == 0 { Vec::new() } else { all(message::until(number, noted)) };
    let is_broken_off = decoder.family.is_broken_off(relation.step);
    let dropped = if is_broken_off { all(message::before(number, noted)) } else { Vec::new() };
    let context = Context {
        direction: relation.direction,
        request,
        parts: &parts,
        dropped: &dropped,
        dialect: relation.dialect,
        step: relation.step,
        keys,
        around: if *kind == PieceKind::Frame(Integrity::Good) {
            Surroundings::default()
        } else {
            around(bytes, range)
        },
    };
    let dissection = decoder.family.dissect(bytes.get(range.clone())?, &context);
    Some(Frame { range: range.clone(), kind: *kind, relation: *relation, dissection })
}

/// Bytes of no frame.
pub(super) fn noise(bytes: &[u8], range: Range<usize>) -> Frame {
    let own = bytes.get(range.clone()).unwrap_or_default();
    let mask = secrets::mask(own, around(bytes, &range));
    let dissection = secrets::unexplained(own, "Noise", &mask);
    Frame { range, kind: PieceKind::Noise, relation: Relation::default(), dissection }
}

/// What stands before and behind a range, as far as a password could reach.
fn around<'a>(bytes: &'a [u8], range: &Range<usize>) -> Surroundings<'a> {
    let before = bytes.get(range.start.saturating_sub(REACH)..range.start).unwrap_or_default();
    let after = bytes.get(range.end..bytes.len().min(range.end + REACH)).unwrap_or_default();
    Surroundings { before, after, sent: &[] }
}
