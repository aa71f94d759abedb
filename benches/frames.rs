//! What framing and explaining cost.
//!
//! `cargo bench --bench frames`. For instructions a byte, a run of a bare loop under callgrind, see README.md.
#![cfg(test)]
#![allow(missing_docs, reason = "a bench is read by its names")]

use std::hint::black_box;

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};
use meterscope::frame::{At, Direction, hex};
use meterscope::protocol::energomera_ce::{KERNEL10, PROTOCOL};
use meterscope::protocol::{
    Context, Dialect, Family, Integrity, LineSettings, Piece, PieceKind, Source, registry,
};
use serde_json::Value as Json;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// The families measured.
const FAMILIES: [&str; 8] =
    [PROTOCOL, "mercury200", "mercury230", "iec62056-21", "dsmr-p1", "dlms-mbus", "dlms-hdlc", "mbus"];

/// Frames as they were published.
const VECTORS: [&str; 5] = [
    include_str!("../tests/vectors/mercury230.jsonl"),
    include_str!("../tests/vectors/iec62056_21.jsonl"),
    include_str!("../tests/vectors/energomera_ascii.jsonl"),
    include_str!("../tests/vectors/dsmr_p1.jsonl"),
    include_str!("../tests/vectors/dlms_mbus.jsonl"),
];

/// About so many bytes are cut in one go.
const STREAM: usize = 1 << 18;

/// What one read hands over.
const CHUNK: usize = 4096;

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--instructions").skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(family), Some(rounds)) => bare_loop(&family, rounds.parse().expect("a number of rounds")),
        _ => divan::main(),
    }
}

fn family(id: &str) -> &'static dyn Family {
    registry::family(id).unwrap()
}

/// Real frames of a family, over and over, about a quarter of a megabyte.
fn stream_of(id: &str) -> Vec<u8> {
    let frames: Vec<Vec<u8>> = match id {
        PROTOCOL => [
            "C0 48 FD 00 96 34 57 01 30 00 11 26 EC 8B 04 00 1B C0",
            "C0 48 FD 00 96 34 57 01 30 00 11 26 5C 7E 02 00 1E C0",
            "C0 48 FD 00 96 34 58 01 1A 32 36 34 33 31 30 30 30 3F C0",
        ]
        .map(|text| reseal(&hex::parse(text).unwrap()))
        .into(),
        "mercury200" => [
            "00 06 47 5E 27 00 12 01 07 00 04 33 13 00 00 00 01 00 00 00 00",
            "00 06 47 5E 63 22 39 00 67 00 01 42",
            "00 06 47 5E 2F 00 06 47 5E",
        ]
        .map(|text| family(id).with_checksum(&hex::parse(text).unwrap()))
        .into(),
        _ => published(id),
    };
    let frames = frames.concat();
    frames.repeat((STREAM / frames.len()).max(1))
}

/// The published frames that a family finds whole and sound (or without anything to check them by).
fn published(id: &str) -> Vec<Vec<u8>> {
    let is_own = |vector: &Json| match vector["protocol"].as_str() {
        Some("mbus") => id == "mbus",
        Some("mbus-dlms") => id == "dlms-mbus",
        Some("hdlc-dlms") => id == "dlms-hdlc",
        _ => true,
    };
    let all =
        VECTORS.iter().flat_map(|file| file.lines()).map(|line| serde_json::from_str::<Json>(line).unwrap());
    let bytes = all.filter(is_own).filter_map(|vector| {
        let text = vector["text"].as_str().map(|text| text.as_bytes().to_vec());
        text.or_else(|| hex::parse(vector["hex"].as_str()?).ok())
    });
    let is_whole = |bytes: &Vec<u8>| {
        let mut framer = family(id).framer(Source::Replies, LineSettings::default());
        let (mut pieces, mut sound) = (0, 0);
        let mut count = |piece: Piece<'_>| {
            pieces += 1;
            sound +=
                usize::from(matches!(piece.kind, PieceKind::Frame(Integrity::Good)) && piece.bytes.len() > 8);
        };
        framer.push(bytes, At::ZERO, &mut count);
        framer.finish(&mut count);
        pieces > 0 && pieces == sound
    };
    let frames: Vec<Vec<u8>> = bytes.filter(is_whole).collect();
    assert!(frames.len() > 3, "{id}");
    frames
}

/// The same frame with the checksum that fits.
fn reseal(wire: &[u8]) -> Vec<u8> {
    family(PROTOCOL).with_checksum(&wire[1..wire.len() - 2])
}

/// Cuts a stream and gives how many sound frames there were.
fn cut(framer: &mut dyn meterscope::protocol::Framer, stream: &[u8]) -> usize {
    let mut good = 0;
    for chunk in stream.chunks(CHUNK) {
        framer.push(chunk, At::ZERO, &mut |piece| {
            good += usize::from(piece.kind == PieceKind::Frame(Integrity::Good));
        });
    }
    good
}

/// Framing with the checksum of every frame; allocations are counted and must be none.
#[divan::bench(args = FAMILIES)]
fn framing(bencher: Bencher, id: &str) {
    let stream = stream_of(id);
    let mut framer = family(id).framer(Source::Replies, LineSettings::default());
    assert!(cut(framer.as_mut(), &stream) > 100, "the stream is of sound frames");
    bencher.counter(BytesCount::of_slice(&stream)).bench_local(|| cut(framer.as_mut(), black_box(&stream)));
}

/// Bytes without sense: what it costs to find out that nothing is there.
#[divan::bench(args = FAMILIES)]
fn garbage(bencher: Bencher, id: &str) {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let stream: Vec<u8> = (0..STREAM).map(|_| next()).collect();
    let mut framer = family(id).framer(Source::Both, LineSettings::default());
    bencher.counter(BytesCount::of_slice(&stream)).bench_local(|| cut(framer.as_mut(), black_box(&stream)));
}

/// The answer of a NEVA about its total and tariffs, explained in full with its request.
#[divan::bench]
fn dissecting_an_iec_answer(bencher: Bencher) {
    let iec = family("iec62056-21");
    let request = iec.with_checksum(b"\x01R1\x020F0880FF()\x03");
    let answer = iec.with_checksum(b"\x020F0880FF(001234.56,000700.10,000534.46,000000.00,000000.00)\x03");
    explain(bencher, iec, meterscope::protocol::iec62056_21::NEVA_3, &answer, &request);
}

/// The answer of a NEVA about one voltage.
#[divan::bench]
fn dissecting_a_short_iec_answer(bencher: Bencher) {
    let iec = family("iec62056-21");
    let request = iec.with_checksum(b"\x01R1\x02200700FF()\x03");
    let answer = iec.with_checksum(b"\x02200700FF(230.12)\x03");
    explain(bencher, iec, meterscope::protocol::iec62056_21::NEVA_3, &answer, &request);
}

/// A reply of a CE307 about T1, explained in full.
#[divan::bench]
fn dissecting_a_ce_reply(bencher: Bencher) {
    let ce = family(PROTOCOL);
    let reply = reseal(&hex::parse("C0 48 FD 00 96 34 57 01 30 00 11 26 EC 8B 04 00 1B C0").unwrap());
    let request = hex::parse("C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 01 F5 C0").unwrap();
    explain(bencher, ce, KERNEL10, &reply, &request);
}

/// A reply of a Mercury with four tariffs, explained in full.
#[divan::bench]
fn dissecting_a_mercury_reply(bencher: Bencher) {
    let mercury = family("mercury200");
    let body = hex::parse("00 06 47 5E 27 00 12 01 07 00 04 33 13 00 00 00 01 00 00 00 00").unwrap();
    let request = mercury.with_checksum(&hex::parse("00 06 47 5E 27").unwrap());
    explain(bencher, mercury, Dialect::default(), &mercury.with_checksum(&body), &request);
}

fn explain(bencher: Bencher, family: &'static dyn Family, dialect: Dialect, reply: &[u8], request: &[u8]) {
    let context =
        Context { direction: Direction::Reply, request: Some(request), dialect, ..Context::default() };
    let explained = family.dissect(reply, &context);
    assert!(!explained.verdict.is_bad() && !explained.readings.is_empty());
    bencher.bench_local(|| family.dissect(black_box(reply), &context));
}

/// Framing and nothing else, for counting instructions: two runs of different length, the difference divided by
/// the bytes it is about.
fn bare_loop(id: &str, rounds: usize) {
    let stream = stream_of(id);
    let mut framer = family(id).framer(Source::Replies, LineSettings::default());
    let sound: usize = (0..rounds).map(|_| cut(framer.as_mut(), black_box(&stream))).sum();
    println!("{} bytes a round, {sound} frames", stream.len());
}
