//! What cutting a stream costs in memory: nothing, once the buffers have grown, whatever the bytes.

#![cfg(test)]

use meterscope::frame::{At, hex};
use meterscope::protocol::{Family, Framer, Integrity, LineSettings, Piece, PieceKind, Source, registry};
use serde_json::Value as Json;

/// Frames of every family as they were published.
const VECTORS: [&str; 7] = [
    include_str!("vectors/energomera_ce.jsonl"),
    include_str!("vectors/mercury200.jsonl"),
    include_str!("vectors/mercury230.jsonl"),
    include_str!("vectors/iec62056_21.jsonl"),
    include_str!("vectors/energomera_ascii.jsonl"),
    include_str!("vectors/dsmr_p1.jsonl"),
    include_str!("vectors/dlms_mbus.jsonl"),
];

/// What one read of a link hands over.
const CHUNK: usize = 61;

fn bytes_of(line: &str) -> Vec<u8> {
    let vector: Json = serde_json::from_str(line).unwrap();
    let bytes = vector.get("hex").and_then(|text| text.as_str()).and_then(|text| hex::parse(text).ok());
    bytes.or_else(|| Some(vector.get("text")?.as_str()?.as_bytes().to_vec())).unwrap_or_default()
}

/// Frames of all families one after the other: to each family most of them are noise.
fn published() -> Vec<u8> {
    VECTORS.iter().flat_map(|file| file.lines()).flat_map(bytes_of).collect()
}

/// Bytes without sense, the same in every run.
fn noise() -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..20_000).map(|_| next()).collect()
}

/// Starts of frames that never end.
fn starts() -> Vec<u8> {
    [&[0xC0, 0x48][..], &[0x68, 0xFA, 0xFA, 0x68], &[0x7E, 0xA7, 0xFF], b"/KFM5", &[2], &[0xDB, 8], &[0]]
        .iter()
        .flat_map(|start| start.repeat(6000 / start.len()))
        .collect()
}

/// Cuts a stream; how many sound frames there were.
fn cut(framer: &mut dyn Framer, stream: &[u8]) -> u64 {
    let mut found = 0;
    let mut count = |piece: Piece<'_>| found += u64::from(piece.kind == PieceKind::Frame(Integrity::Good));
    for chunk in stream.chunks(CHUNK) {
        framer.push(chunk, At::ZERO, &mut count);
    }
    framer.finish(&mut count);
    found
}

/// Holds a framer to its allocations over a stream that it has seen before: none. On a bus of Mercury 230 that is
/// listened to, a request foretells its answer, whose parts are listed once a request.
fn check(name: &str, family: &dyn Family, source: Source, stream: &[u8]) {
    let mut framer = family.framer(source, LineSettings::default());
    let sound = cut(framer.as_mut(), stream);
    let again = allocation_counter::measure(|| {
        cut(framer.as_mut(), stream);
    });
    let foretells = family.id() == "mercury230" && source == Source::Both;
    let allowed = if foretells { 8 * sound } else { 0 };
    assert!(again.count_total <= allowed, "{} {source:?}, {name}: {}", family.id(), again.count_total);
}

#[test]
fn a_framer_allocates_nothing_once_its_buffers_have_grown() {
    for (name, stream) in [("frames", published()), ("noise", noise()), ("starts", starts())] {
        for &family in registry::FAMILIES {
            for source in [Source::Requests, Source::Replies, Source::Both] {
                check(name, family, source, &stream);
            }
        }
    }
}
