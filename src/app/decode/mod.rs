//! Explaining bytes that were captured elsewhere: what form they have, whose they are, and the cut into frames.

#[cfg(test)]
mod families;
mod input;

pub use input::{Input, InputError, hex_text, recognise};

use std::io::Cursor;

use jiff::Timestamp;

use crate::bus::Decoder;
use crate::frame::At;
use crate::protocol::{
    Dialect, Family, Judged, LineSettings, MeterKey, PieceKind, Source, dsmr_p1, registry,
};
use crate::trace::pcapng::{CaptureError, Torn};
use crate::trace::replay::Replay;
use crate::trace::{Digest, EntryKind, Paging, Split, Trace, Way};

/// So many bytes of the beginning decide which protocol it is.
const LOOKED_AT: usize = 1 << 20;

/// So many frames are explained where several protocols cut alike.
const MOST_EXPLAINED: u32 = 32;

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
pub fn play(content: &[u8], decoder: Option<Decoder>, keys: &[MeterKey]) -> Result<Played, CaptureError> {
    if decoder.is_some() {
        return play_by(content, decoder);
    }
    let as_noise = play_by(content, None)?;
    match detect(&all_bytes(&as_noise.trace), keys) {
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

/// The protocol that finds the most good frames in these bytes; `None` when there is no good one. A telegram of those
/// P1 versions that have no checksum is good enough: it is whole, from its slash to its exclamation mark.
#[must_use]
pub fn recognise_good(bytes: &[u8], keys: &[MeterKey]) -> Option<Decoder> {
    let is_good = |decoder: &Decoder| score(bytes, *decoder).good > 0 || is_telegram(bytes, decoder.family);
    detect(bytes, keys).filter(is_good)
}

/// Whether there is a whole telegram of P1 in these bytes.
fn is_telegram(bytes: &[u8], family: &'static dyn Family) -> bool {
    if family.id() != dsmr_p1::P1.id() {
        return false;
    }
    let mut is_whole = false;
    let mut look = |piece: crate::protocol::Piece<'_>| {
        is_whole |= piece.kind == PieceKind::Frame(Judged::Unchecked) && piece.bytes.starts_with(b"/");
    };
    let mut framer = family.framer(Source::Both, LineSettings::default());
    framer.push(bytes, At::ZERO, &mut look);
    framer.finish(&mut look);
    is_whole
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
        let id = |text: &str| detect(&hex::parse(text).unwrap(), &[]).map(|decoder| decoder.family.id());
        assert_eq!(id(TALK), Some("energomera-ce"));
        assert_eq!(id("0006475E63ECD4"), Some("mercury200"));
        assert_eq!(id("010203"), None);
    }

    #[test]
    fn a_bad_frame_is_recognised_but_does_not_count_as_good() {
        let bytes = hex::parse("C048FD009634570130000922EC8B04001CC0").unwrap();
        assert!(detect(&bytes, &[]).is_some() && recognise_good(&bytes, &[]).is_none());
    }

    #[test]
    fn a_telegram_without_a_checksum_is_recognised_and_half_of_one_is_not() {
        let text = b"/ISk5\\2MT382-1003\r\n\r\n1-0:1.8.1(000001.718*kWh)\r\n!\r\n";
        let id = |bytes: &[u8]| recognise_good(bytes, &[]).map(|decoder| decoder.family.id());
        assert_eq!(id(text), Some("dsmr-p1"));
        assert_eq!(id(&text[..40]), None);
    }

    #[test]
    fn an_answer_knows_its_request() {
        let bytes = hex::parse(TALK).unwrap();
        let trace = digest(&bytes, detect(&bytes, &[]));
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
