//! Whose bytes these are.

use super::digest;
use crate::bus::Decoder;
use crate::frame::At;
use crate::protocol::{Dialect, Family, Judged, LineSettings, MeterKey, PieceKind, Source, registry};

/// So many bytes of the beginning decide which protocol it is.
pub const LOOKED_AT: usize = 1 << 20;

/// So many frames are explained where several protocols cut alike.
const MOST_EXPLAINED: u32 = 32;

/// The protocol that finds the most in these bytes: most good frames, then most requests of its list, then the
/// longest frame; `None` when no family finds a frame. Of those that cut them alike, as the carriers of encrypted
/// telegrams do, the one that reads most of them with the keys.
#[must_use]
pub fn detect(bytes: &[u8], keys: &[MeterKey]) -> Option<Decoder> {
    let looked_at = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let decoders = registry::FAMILIES.iter().map(|&family| Decoder { family, dialect: Dialect::default() });
    let scored: Vec<_> = decoders.map(|decoder| (score(looked_at, decoder), decoder)).collect();
    let best = scored.iter().map(|(score, _)| *score).max().filter(|best| best.in_frames > 0)?;
    let alike = scored.into_iter().filter(|(score, _)| *score == best).map(|(_, decoder)| decoder);
    let read =
        alike.map(|decoder| (if keys.is_empty() { 0 } else { readings(looked_at, decoder, keys) }, decoder));
    // The first one wins a tie.
    read.reduce(|most, next| if next.0 > most.0 { next } else { most }).map(|(_, decoder)| decoder)
}

/// How many readings the first frames give.
fn readings(bytes: &[u8], decoder: Decoder, keys: &[MeterKey]) -> usize {
    let mut trace = digest(bytes, Some(decoder));
    trace.set_keys(keys.to_vec());
    let first = 0..trace.len().min(MOST_EXPLAINED);
    first.filter_map(|number| trace.dissect(number)).map(|dissection| dissection.readings.len()).sum()
}

/// The protocol that finds the most good frames in these bytes; `None` when there is no good one.
#[must_use]
pub fn recognise_good(bytes: &[u8], keys: &[MeterKey]) -> Option<Decoder> {
    detect(bytes, keys).filter(|decoder| score(bytes, *decoder).good > 0)
}

/// What speaks for a family in some bytes; better ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Score {
    /// Frames whose checksum fits.
    good: usize,
    /// Good frames that are requests of the family's list.
    requests: usize,
    /// Bytes in the longest frame: a telegram is its head and its lines, not one of either.
    longest: usize,
    /// Bytes in all frames.
    in_frames: usize,
}

fn score(bytes: &[u8], decoder: Decoder) -> Score {
    let Decoder { family, dialect } = decoder;
    let mut score = Score::default();
    let mut count = |piece: crate::protocol::Piece<'_>| {
        let PieceKind::Frame(judged) = piece.kind else { return };
        score.in_frames += piece.bytes.len();
        if judged == Judged::Good {
            score.good += 1;
            score.requests += usize::from(family.access_of(piece.bytes, dialect).is_some());
        }
        if judged != Judged::Bad || family.has_marks() {
            score.longest = score.longest.max(piece.bytes.len());
        }
    };
    let mut framer = family.framer(Source::Both, LineSettings::default());
    framer.push(bytes, At::ZERO, &mut count);
    framer.finish(&mut count);
    score
}

/// The other families for which as much speaks in these bytes as for this one. Some frames are told apart by
/// nothing but what is asked and answered.
#[must_use]
pub fn rivals(bytes: &[u8], decoder: Decoder) -> Vec<&'static dyn Family> {
    let looked_at = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let mine = score(looked_at, decoder);
    let fits = |family| {
        let other = score(looked_at, Decoder { family, dialect: Dialect::default() });
        // One frame may look like a request of another list by chance.
        mine.good > 0 && other.good == mine.good && mine.requests <= other.requests + 1
    };
    let others = registry::FAMILIES.iter().copied().filter(|family| family.id() != decoder.family.id());
    others.filter(|family| fits(*family)).collect()
}
