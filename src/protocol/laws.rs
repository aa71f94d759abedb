//! The laws of the protocol traits, as functions that panic when one is broken. Property tests and fuzz
//! targets run them over bytes of their own making.

#![expect(clippy::panic, reason = "a broken law is a bug, and this is how the harness is told of it")]

use super::family::{Context, Dialect, Family};
use super::framer::{Framer, Piece, PieceKind, Source};
use super::line::LineSettings;
use crate::frame::{At, FieldTree};

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
    let mut ends: Vec<usize> = cuts.iter().map(|cut| (*cut).min(bytes.len())).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let mut from = 0;
    for end in ends {
        framer.push(bytes.get(from..end).unwrap_or_default(), At::ZERO, keep);
        from = end;
    }
}

/// Framing loses nothing and does not depend on how the bytes were chunked.
///
/// # Panics
/// When the pieces do not partition the input, or differ from those of the whole input in one chunk.
pub fn framing(family: &dyn Family, source: Source, bytes: &[u8], cuts: &[usize]) {
    let whole = pieces(family, source, bytes, &[]);
    let joined: Vec<u8> = whole.iter().flat_map(|(_, piece)| piece.iter().copied()).collect();
    if joined != bytes {
        panic!("{}: the pieces do not partition the input: {whole:02X?}", family.id());
    }
    let chunked = pieces(family, source, bytes, cuts);
    if chunked != whole {
        panic!("{}: chunking at {cuts:?} changed the pieces:\n{whole:02X?}\n{chunked:02X?}", family.id());
    }
}

/// Explaining any bytes gives layers whose fields tile them, and readings only from frames that are not bad.
///
/// # Panics
/// When a layer is not tiled, the wire layer is not the bytes, or a bad frame gives a reading.
pub fn dissection(family: &dyn Family, bytes: &[u8], request: Option<&[u8]>, dialect: Dialect) {
    let context = Context { request, dialect, ..Context::default() };
    let explained = family.dissect(bytes, &context);
    if explained.wire().map(|wire| wire.bytes.as_ref()) != Some(bytes) {
        panic!("{}: the wire layer is not the frame", family.id());
    }
    for layer in &explained.layers {
        if !layer.fields.tiles(layer.bytes.len()) {
            panic!("{}: fields do not tile {}: {:#?}", family.id(), layer.name, layer.fields);
        }
    }
    if explained.verdict.is_bad() && !explained.readings.is_empty() {
        panic!("{}: a bad frame gives readings: {:?}", family.id(), explained.readings);
    }
    let _ = explained.summary();
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
