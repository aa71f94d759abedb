//! The laws of the protocol traits, as functions that panic when one is broken. Property tests and fuzz
//! targets run them over bytes of their own making.

use std::time::Duration;

use super::context::Context;
use super::dialect::Dialect;
use super::family::Family;
use super::framer::{Framer, Piece, PieceKind, Source};
use super::line::LineSettings;
use crate::frame::{At, FieldTree, Values};

/// A piece that a framer handed out, kept.
type Kept = (PieceKind, Vec<u8>);

/// The pieces a framer makes of bytes that come in chunks which end at `cuts`, all at one moment.
#[must_use]
pub fn pieces(family: &dyn Family, source: Source, bytes: &[u8], cuts: &[usize]) -> Vec<Kept> {
    let mut framer = family.framer(source, LineSettings::default());
    let mut kept = Vec::new();
    let mut keep = |piece: Piece<'_>| kept.push((piece.kind, piece.bytes.to_vec()));
    feed(framer.as_mut(), bytes, cuts, &mut keep);
    framer.finish(&mut keep);
    kept
}

fn feed(framer: &mut dyn Framer, bytes: &[u8], cuts: &[usize], keep: &mut dyn FnMut(Piece<'_>)) {
    let mut from = 0;
    for end in ends(bytes.len(), cuts) {
        framer.push(bytes.get(from..end).unwrap_or_default(), At::ZERO, keep);
        from = end;
    }
}

/// Where chunks end, in order, the last one at the end of the bytes.
fn ends(length: usize, cuts: &[usize]) -> Vec<usize> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| (*cut).min(length)).collect();
    ends.push(length);
    ends.sort_unstable();
    ends
}

/// Framing loses nothing and does not depend on how the bytes were chunked.
///
/// # Panics
/// When the pieces do not partition the input, or differ from those of the whole input in one chunk.
pub fn framing(family: &dyn Family, source: Source, bytes: &[u8], cuts: &[usize]) {
    let whole = pieces(family, source, bytes, &[]);
    let joined: Vec<u8> = whole.iter().flat_map(|(_, piece)| piece.iter().copied()).collect();
    assert!(joined == bytes, "{}: the pieces do not partition the input: {whole:02X?}", family.id());
    let chunked = pieces(family, source, bytes, cuts);
    assert!(
        chunked == whole,
        "{}: chunking at {cuts:?} changed the pieces:\n{whole:02X?}\n{chunked:02X?}",
        family.id()
    );
}

/// Framing loses nothing whatever the silences, and ends: bytes come in chunks that end at `cuts`, with the
/// silence of the same index before each, and deadlines are kept.
///
/// # Panics
/// When the pieces do not partition the input, or a deadline does not move although it was kept.
pub fn timed(family: &dyn Family, source: Source, bytes: &[u8], cuts: &[usize], silences: &[Duration]) {
    let mut framer = family.framer(source, LineSettings::default());
    let mut joined = Vec::new();
    let mut keep = |piece: Piece<'_>| joined.extend_from_slice(piece.bytes);
    let (mut now, mut from) = (At::ZERO, 0);
    for (index, end) in ends(bytes.len(), cuts).into_iter().enumerate() {
        now = now + silences.get(index).copied().unwrap_or_default();
        expire(family, framer.as_mut(), now, &mut keep);
        framer.push(bytes.get(from..end).unwrap_or_default(), now, &mut keep);
        from = end;
    }
    framer.finish(&mut keep);
    assert!(joined == bytes, "{}: the pieces do not partition the input: {joined:02X?}", family.id());
}

/// Keeps every deadline up to a moment, each at its time.
fn expire(family: &dyn Family, framer: &mut dyn Framer, now: At, keep: &mut dyn FnMut(Piece<'_>)) {
    let mut before = None;
    while let Some(due) = framer.deadline().filter(|due| *due <= now) {
        assert!(before != Some(due), "{}: the deadline {due} was kept and stands", family.id());
        framer.expire(due, keep);
        before = Some(due);
    }
}

/// Explaining any bytes gives layers whose fields tile them, and readings only from frames that are not bad; their
/// values alone are the same.
///
/// # Panics
/// When a layer is not tiled, the wire layer is not the bytes, a bad frame gives a reading, or the values alone
/// differ.
pub fn dissection(family: &dyn Family, bytes: &[u8], request: Option<&[u8]>, dialect: Dialect) {
    let context = Context { request, dialect, ..Context::default() };
    let explained = family.dissect(bytes, &context);
    assert!(
        explained.wire().map(|wire| wire.bytes.as_ref()) == Some(bytes),
        "{}: the wire layer is not the frame",
        family.id()
    );
    for layer in &explained.layers {
        assert!(
            layer.fields.tiles(layer.bytes.len()),
            "{}: fields do not tile {} of {:02X?}: {:?}",
            family.id(),
            layer.kind,
            layer.bytes,
            layer.fields
        );
    }
    assert!(
        !explained.verdict.is_bad() || explained.readings.is_empty(),
        "{}: a bad frame gives readings: {:?}",
        family.id(),
        explained.readings
    );
    let _ = explained.summary();
    let values = family.values(bytes, &context);
    assert!(values == Values::from(explained), "{}: the values alone differ: {values:?}", family.id());
}

/// A framer's memory and work stay in bounds, and every frame it makes of any bytes can be explained.
///
/// # Panics
/// When [`framing`] or [`dissection`] of a piece is broken.
pub fn stream(family: &dyn Family, source: Source, bytes: &[u8], cuts: &[usize]) {
    framing(family, source, bytes, cuts);
    for (kind, piece) in pieces(family, source, bytes, cuts) {
        if matches!(kind, PieceKind::Frame(_)) {
            dissection(family, &piece, None, Dialect::default());
        }
    }
}
