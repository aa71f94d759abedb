//! What framing and explaining cost.
//!
//! `cargo bench --bench frames`. For instructions a byte, a run of a bare loop under callgrind, see README.md.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a bench may fail by panicking"
)]

use std::hint::black_box;

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};
use meterscope::frame::{At, Direction, hex};
use meterscope::protocol::energomera_ce::{KERNEL10, PROTOCOL};
use meterscope::protocol::{Context, Dialect, Family, Judged, LineSettings, PieceKind, Source, registry};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// The families measured.
const FAMILIES: [&str; 2] = [PROTOCOL, "mercury200"];

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

/// Real replies of a family, over and over, about a quarter of a megabyte.
fn replies(id: &str) -> Vec<u8> {
    let frames: &[&str] = match id {
        PROTOCOL => &[
            "C0 48 FD 00 96 34 57 01 30 00 11 26 EC 8B 04 00 1B C0",
            "C0 48 FD 00 96 34 57 01 30 00 11 26 5C 7E 02 00 1E C0",
            "C0 48 FD 00 96 34 58 01 1A 32 36 34 33 31 30 30 30 3F C0",
        ],
        _ => &[
            "00 06 47 5E 27 00 12 01 07 00 04 33 13 00 00 00 01 00 00 00 00",
            "00 06 47 5E 63 22 39 00 67 00 01 42",
            "00 06 47 5E 2F 00 06 47 5E",
        ],
    };
    let seal = |text: &&str| {
        let bytes = hex::parse(text).unwrap();
        if id == PROTOCOL { reseal(&bytes) } else { family(id).with_checksum(&bytes) }
    };
    frames.iter().map(seal).collect::<Vec<_>>().concat().repeat(4000)
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
            good += usize::from(piece.kind == PieceKind::Frame(Judged::Good));
        });
    }
    good
}

/// Framing with the checksum of every frame; allocations are counted and must be none.
#[divan::bench(args = FAMILIES)]
fn framing(bencher: Bencher, id: &str) {
    let stream = replies(id);
    let mut framer = family(id).framer(Source::Replies, LineSettings::default());
    assert!(cut(framer.as_mut(), &stream) >= 11_990, "the stream is of sound frames");
    bencher.counter(BytesCount::of_slice(&stream)).bench_local(|| cut(framer.as_mut(), black_box(&stream)));
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
    let stream = replies(id);
    let mut framer = family(id).framer(Source::Replies, LineSettings::default());
    let sound: usize = (0..rounds).map(|_| cut(framer.as_mut(), black_box(&stream))).sum();
    println!("{} bytes a round, {sound} frames", stream.len());
}
