//! Explaining bytes that were captured elsewhere: what form they have, whose they are, and the cut into frames.

#[cfg(test)]
mod families;
mod input;

pub use input::{Input, InputError, hex_text, recognise};

use std::io::Cursor;

use jiff::Timestamp;

use crate::bus::Decoder;
use crate::frame::At;
use crate::protocol::{Dialect, Family, Judged, LineSettings, PieceKind, Source, registry};
use crate::trace::pcapng::{CaptureError, Torn};
use crate::trace::replay::Replay;
use crate::trace::{Digest, EntryKind, Paging, Split, Trace, Way};

/// So many bytes of the beginning decide which protocol it is.
const LOOKED_AT: usize = 1 << 20;

/// Bytes of a link as a trace with frames, their relations found. There are no times: it is cut by grammar,
/// length and checksum alone. Without a protocol all of them are noise.
#[must_use]
pub fn digest(bytes: &[u8], decoder: Option<Decoder>) -> Trace {
    let mut trace = Trace::new(Timestamp::UNIX_EPOCH);
    let mut digest = Digest::new(known(decoder), Split::Listening, LineSettings::default());
    trace.record(Way::In, bytes, At::ZERO);
    digest.push(Way::In, bytes, At::ZERO, &mut trace, &mut |_| {});
    digest.finish(&mut trace, &mut |_| {});
    trace
}

/// A capture played back.
#[derive(Debug)]
pub struct Played {
    /// What it holds.
    pub trace: Trace,
    /// What of its end could not be read.
    pub torn: Option<Torn>,
}

/// A capture as a trace, by a protocol or by the one that finds the most in it; what no family finds a frame
/// in is noise.
///
/// # Errors
/// [`CaptureError`] when it cannot be read.
pub fn play(content: &[u8], decoder: Option<Decoder>) -> Result<Played, CaptureError> {
    if decoder.is_some() {
        return play_by(content, decoder);
    }
    let as_noise = play_by(content, None)?;
    match detect(&all_bytes(&as_noise.trace)) {
        None => Ok(as_noise),
        found => play_by(content, found),
    }
}

fn known(decoder: Option<Decoder>) -> Option<(&'static dyn Family, Dialect)> {
    decoder.map(|decoder| (decoder.family, decoder.dialect))
}

fn play_by(content: &[u8], decoder: Option<Decoder>) -> Result<Played, CaptureError> {
    let mut replay = Replay::new(Cursor::new(content), known(decoder))?;
    let mut trace = replay.trace(Paging::default());
    replay.step(&mut trace, usize::MAX)?;
    Ok(Played { trace, torn: replay.torn() })
}

/// The bytes of a trace in the order in which they went.
fn all_bytes(trace: &Trace) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in 0..trace.len() {
        match trace.entry(number) {
            Some(entry) if entry.kind != EntryKind::Echo => bytes.extend_from_slice(&trace.bytes_of(&entry)),
            _ => {}
        }
        if bytes.len() > LOOKED_AT {
            break;
        }
    }
    bytes
}

/// The protocol that finds the most in these bytes: most good frames, then most requests of its list, then the
/// longest frame; `None` when no family finds a frame.
#[must_use]
pub fn detect(bytes: &[u8]) -> Option<Decoder> {
    let looked_at = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let scored = registry::FAMILIES.iter().map(|&family| {
        let decoder = Decoder { family, dialect: Dialect::default() };
        (score(looked_at, decoder), decoder)
    });
    // The first one wins a tie.
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.filter(|(score, _)| score.in_frames > 0).map(|(_, decoder)| decoder)
}

/// The protocol that finds the most good frames in these bytes; `None` when there is no good one.
#[must_use]
pub fn recognise_good(bytes: &[u8]) -> Option<Decoder> {
    detect(bytes).filter(|decoder| score(bytes, *decoder).good > 0)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::hex;

    /// A request and its answer of a CE307 (`Bagunda/energomera_ce307`).
    const TALK: &str = "C0489634FD0000000000D201300001F5C0 C048FD009634570130000922EC8B04001BC0";

    #[test]
    fn the_protocol_with_the_most_good_frames_is_taken() {
        let id = |text: &str| detect(&hex::parse(text).unwrap()).map(|decoder| decoder.family.id());
        assert_eq!(id(TALK), Some("energomera-ce"));
        assert_eq!(id("0006475E63ECD4"), Some("mercury200"));
        assert_eq!(id("010203"), None);
    }

    #[test]
    fn a_bad_frame_is_recognised_but_does_not_count_as_good() {
        let bytes = hex::parse("C048FD009634570130000922EC8B04001CC0").unwrap();
        assert!(detect(&bytes).is_some() && recognise_good(&bytes).is_none());
    }

    #[test]
    fn an_answer_knows_its_request() {
        let bytes = hex::parse(TALK).unwrap();
        let trace = digest(&bytes, detect(&bytes));
        assert_eq!(trace.entry(1).and_then(|entry| entry.relation.answers), Some(0));
    }

    proptest! {
        #[test]
        fn every_byte_is_found_again_in_order(bytes in proptest::collection::vec(any::<u8>(), 1..400)) {
            for &family in registry::FAMILIES {
                let trace = digest(&bytes, Some(Decoder { family, dialect: Dialect::default() }));
                let entries = (0..trace.len()).map(|number| trace.entry(number).unwrap());
                let found: Vec<u8> = entries.flat_map(|entry| trace.bytes_of(&entry).into_owned()).collect();
                prop_assert_eq!(&found, &bytes);
            }
        }

        #[test]
        fn hex_that_was_printed_is_read_back(bytes in proptest::collection::vec(any::<u8>(), 1..100)) {
            let text = hex::spaced(&bytes);
            prop_assert_eq!(recognise(text.into_bytes()), Ok(Input::Bytes(bytes)));
        }
    }
}
