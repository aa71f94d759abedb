//! Whose bytes these are.

use super::pieces::decode_with;
use crate::frame::At;
use crate::protocol::{Decoder, Family, Integrity, LineSettings, MeterKey, PieceKind, Source, registry};

/// So many bytes of the beginning decide which protocol it is.
pub const LOOKED_AT: usize = 256 << 10;

/// So many frames are explained where several protocols cut alike.
const MOST_EXPLAINED: usize = 32;

/// The protocol that was found out, and which others fit as well.
#[derive(Debug)]
pub struct Found {
    /// What the bytes are taken for.
    pub taken: Decoder,
    /// Whether any frame's checksum fits.
    pub is_good: bool,
    /// The other protocols for which as much speaks: some frames are told apart by nothing but what is asked and
    /// answered.
    pub rivals: Vec<&'static str>,
}

/// The protocol that finds the most in these bytes: most good frames, then most requests of its list, then the
/// longest frame; `None` when no family finds a frame. Of those that cut them alike, as the carriers of encrypted
/// telegrams do, the one that reads most of them with the keys.
#[must_use]
pub fn find(bytes: &[u8], keys: &[MeterKey]) -> Option<Found> {
    let looked_at = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let decoders = registry::FAMILIES.iter().map(|&family| Decoder::of(family));
    let scored: Vec<_> = decoders.map(|decoder| (score(looked_at, decoder), decoder)).collect();
    let best = scored.iter().map(|(score, _)| *score).max().filter(|best| best.in_frames > 0)?;
    let alike = scored.iter().filter(|(score, _)| *score == best).map(|(_, decoder)| *decoder);
    let read =
        alike.map(|decoder| (if keys.is_empty() { 0 } else { readings(looked_at, decoder, keys) }, decoder));
    // The first one wins a tie.
    let (_, taken) = read.reduce(|most, next| if next.0 > most.0 { next } else { most })?;
    let others = scored.iter().filter(|(_, other)| other.family.id() != taken.family.id());
    let rivals = others.filter(|(score, _)| score.rivals(best)).map(|(_, other)| other.family.id()).collect();
    Some(Found { taken, is_good: best.good > 0, rivals })
}

/// What bytes are taken for by [`find`].
#[must_use]
pub fn detect(bytes: &[u8], keys: &[MeterKey]) -> Option<Decoder> {
    find(bytes, keys).map(|found| found.taken)
}

/// How many readings the first frames give.
fn readings(bytes: &[u8], decoder: Decoder, keys: &[MeterKey]) -> usize {
    let frames = decode_with(decoder, bytes, keys);
    frames.iter().take(MOST_EXPLAINED).map(|frame| frame.dissection.readings.len()).sum()
}

/// The protocol that finds the most good frames in these bytes; `None` when there is no good one. A message without a
/// checksum is good enough where its family says so.
#[must_use]
pub fn recognise_good(bytes: &[u8], keys: &[MeterKey]) -> Option<Decoder> {
    let is_sound = |found: &Found| found.is_good || holds_unmistakable(bytes, found.taken.family);
    find(bytes, keys).filter(is_sound).map(|found| found.taken)
}

/// Whether there is a message without a checksum in these bytes that can be of no other family.
fn holds_unmistakable(bytes: &[u8], family: &'static dyn Family) -> bool {
    let mut is_found = false;
    let mut look = |piece: crate::protocol::Piece<'_>| {
        let is_unchecked = piece.kind == PieceKind::Frame(Integrity::Unchecked);
        is_found |= is_unchecked && family.is_unmistakable(piece.bytes);
    };
    let mut framer = family.framer(Source::Both, LineSettings::default());
    framer.push(bytes, At::ZERO, &mut look);
    framer.finish(&mut look);
    is_found
}

/// What speaks for a family in some bytes; better ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Score {
    /// Frames whose checksum fits.
    good: usize,
    /// Good frames that have marks, or are requests of the family's list.
    requests: usize,
    /// Bytes in the longest frame: a telegram is its head and its lines, not one of either.
    longest: usize,
    /// Bytes in all frames.
    in_frames: usize,
}

impl Score {
    /// Whether as much speaks for this as for the best.
    const fn rivals(self, best: Self) -> bool {
        // One frame may look like a request of another list by chance.
        best.good > 0 && self.good == best.good && best.requests <= self.requests + 1
    }
}

fn score(bytes: &[u8], decoder: Decoder) -> Score {
    let Decoder { family, dialect } = decoder;
    let mut score = Score::default();
    let mut count = |piece: crate::protocol::Piece<'_>| {
        let PieceKind::Frame(judged) = piece.kind else { return };
        score.in_frames += piece.bytes.len();
        if judged == Integrity::Good {
            score.good += 1;
            // Marks say as much for a frame as a list of requests does where there are none.
            let is_listed = family.profile().has_marks || family.access(piece.bytes, dialect).is_some();
            score.requests += usize::from(is_listed);
        }
        if judged != Integrity::Bad || family.profile().has_marks {
            score.longest = score.longest.max(piece.bytes.len());
        }
    };
    let mut framer = family.framer(Source::Both, LineSettings::default());
    framer.push(bytes, At::ZERO, &mut count);
    framer.finish(&mut count);
    score
}
