//! What a P1 telegram costs: framed, explained down to its last byte, and beside it the values of crate `dsmr5`.
//!
//! The telegram is the 884 bytes of an Iskra AM550 with 35 data lines (athombv/node-dsmr-parser,
//! tests/telegrams/dsmr/dsmr-5.0-isk-1.txt).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench may fail by panicking"
)]
#![allow(missing_docs, clippy::similar_names, reason = "a bench is read by its names")]

use std::hint::black_box;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use meterscope::frame::{At, Verdict};
use meterscope::protocol::{Context, Family, Framer, LineSettings, PieceKind, Source, dsmr_p1::P1};

const VECTORS: &str = include_str!("../tests/vectors/dsmr_p1.jsonl");

fn main() {
    divan::main();
}

fn telegram() -> Vec<u8> {
    let vectors = VECTORS.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let found = vectors.into_iter().find(|vector| vector["id"] == "v50-iskra-am550").unwrap();
    let bytes = found["text"].as_str().unwrap().as_bytes().to_vec();
    assert_eq!(bytes.len(), 884);
    bytes
}

/// The telegram explained: every byte a field, every value exact, every reading.
#[divan::bench]
fn dissect(bencher: Bencher<'_, '_>) {
    let bytes = telegram();
    let found = P1.dissect(&bytes, &Context::default());
    assert_eq!(found.verdict, Verdict::Good);
    assert!(found.readings.len() > 30);
    bencher
        .counter(BytesCount::new(bytes.len()))
        .counter(ItemsCount::new(1u32))
        .bench_local(|| P1.dissect(black_box(&bytes), &Context::default()));
}

/// The stream cut and its CRC judged.
#[divan::bench]
fn frame(bencher: Bencher<'_, '_>) {
    let bytes = telegram();
    let mut framer = P1.framer(Source::Replies, LineSettings::n81(115_200));
    let count = |framer: &mut dyn Framer| {
        let mut frames = 0;
        framer.push(black_box(&bytes), At::ZERO, &mut |piece| {
            frames += u32::from(matches!(piece.kind, PieceKind::Frame(_)));
        });
        frames
    };
    assert_eq!(count(framer.as_mut()), 1);
    bencher
        .counter(BytesCount::new(bytes.len()))
        .counter(ItemsCount::new(1u32))
        .bench_local(|| count(framer.as_mut()));
}

/// Crate `dsmr5`: CRC checked and the values of its fixed set of objects.
#[divan::bench]
fn dsmr5_values(bencher: Bencher<'_, '_>) {
    let bytes = telegram();
    let mut buffer = [0; 2048];
    buffer[..bytes.len()].copy_from_slice(&bytes);
    let readout = dsmr5::Readout { buffer };
    bencher.counter(BytesCount::new(bytes.len())).counter(ItemsCount::new(1u32)).bench_local(|| {
        let telegram = black_box(&readout).to_telegram().unwrap();
        dsmr5::state::State::try_from(&telegram).unwrap()
    });
}
