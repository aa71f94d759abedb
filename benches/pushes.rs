//! What the frames of meters that speak by themselves cost, beside what other crates take for the same ones.
//!
//! `cargo bench --bench pushes`. The P1 telegram is the 884 bytes of an Iskra AM550 with 35 data lines
//! (athombv/node-dsmr-parser, tests/telegrams/dsmr/dsmr-5.0-isk-1.txt); the DLMS pushes are those of a Kaifa MA309
//! and of a Sagemcom T210-D in two M-Bus frames each; the wired M-Bus frames are those of libmbus that both sides
//! can read. For instructions of a bare loop under callgrind, see README.md.
#![cfg(test)]
#![allow(missing_docs, reason = "a bench is read by its names")]

use std::hint::black_box;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use meterscope::frame::{At, Dissection, Secret, Values, Verdict, hex};
use meterscope::protocol::dlms::OverMbus;
use meterscope::protocol::dsmr_p1::P1;
use meterscope::protocol::mbus::Mbus;
use meterscope::protocol::{Context, Family, Framer, LineSettings, MeterKey, PieceKind, Source};
use serde_json::Value as Json;

const P1_VECTORS: &str = include_str!("../tests/vectors/dsmr_p1.jsonl");
const DLMS_VECTORS: &str = include_str!("../tests/vectors/dlms_mbus.jsonl");

/// The pushes measured: the Kaifa's and the Sagemcom's.
const PUSHES: [&str; 2] = ["kaifa-ma309-3ph-rekeyed-mbus", "syn-sagemcom-257"];

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--instructions").skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(what), Some(rounds)) => bare_loop(&what, rounds.parse().expect("a number of rounds")),
        _ => divan::main(),
    }
}

fn vectors(text: &str) -> impl Iterator<Item = Json> + '_ {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

fn telegram() -> Vec<u8> {
    let found = vectors(P1_VECTORS).find(|vector| vector["id"] == "v50-iskra-am550").unwrap();
    let bytes = found["text"].as_str().unwrap().as_bytes().to_vec();
    assert_eq!(bytes.len(), 884);
    bytes
}

/// A P1 telegram explained: every byte a field, every value exact, every reading.
#[divan::bench]
fn p1_dissect(bencher: Bencher) {
    let bytes = telegram();
    let found = (&P1 as &dyn Family).dissect(&bytes, &Context::default());
    assert_eq!(found.verdict, Verdict::Good);
    assert!(found.readings.len() > 30);
    bencher
        .counter(BytesCount::new(bytes.len()))
        .counter(ItemsCount::new(1u32))
        .bench_local(|| (&P1 as &dyn Family).dissect(black_box(&bytes), &Context::default()));
}

/// The values of the same telegram alone, CRC judged.
#[divan::bench]
fn p1_values(bencher: Bencher) {
    let bytes = telegram();
    assert_eq!(
        (&P1 as &dyn Family).values(&bytes, &Context::default()),
        Values::from((&P1 as &dyn Family).dissect(&bytes, &Context::default()))
    );
    bencher
        .counter(BytesCount::new(bytes.len()))
        .counter(ItemsCount::new(1u32))
        .bench_local(|| (&P1 as &dyn Family).values(black_box(&bytes), &Context::default()));
}

/// The stream cut and its CRC judged.
#[divan::bench]
fn p1_frame(bencher: Bencher) {
    let bytes = telegram();
    let mut framer = P1.framer(Source::Replies, LineSettings::n81(115_200));
    assert_eq!(frames(framer.as_mut(), &bytes), 1);
    bencher
        .counter(BytesCount::new(bytes.len()))
        .counter(ItemsCount::new(1u32))
        .bench_local(|| frames(framer.as_mut(), black_box(&bytes)));
}

fn frames(framer: &mut dyn Framer, bytes: &[u8]) -> u32 {
    let mut count = 0;
    framer.push(bytes, At::ZERO, &mut |piece| count += u32::from(matches!(piece.kind, PieceKind::Frame(_))));
    count
}

/// Crate `dsmr5`: CRC checked and the values of its fixed set of objects.
#[divan::bench]
fn p1_by_dsmr5(bencher: Bencher) {
    let bytes = telegram();
    let mut buffer = [0; 2048];
    buffer[..bytes.len()].copy_from_slice(&bytes);
    let readout = dsmr5::Readout { buffer };
    bencher.counter(BytesCount::new(bytes.len())).counter(ItemsCount::new(1u32)).bench_local(|| {
        let telegram = black_box(&readout).to_telegram().unwrap();
        dsmr5::state::State::try_from(&telegram).unwrap()
    });
}

/// A push as it comes off the wire, with its key.
struct Push {
    frames: Vec<Vec<u8>>,
    keys: Vec<MeterKey>,
}

impl Push {
    fn find(id: &str) -> Self {
        let vector = vectors(DLMS_VECTORS).find(|vector| vector["id"] == id).unwrap();
        let stream = hex::parse(vector["hex"].as_str().unwrap()).unwrap();
        let encryption = Secret::new(hex::parse(vector["key"].as_str().unwrap()).unwrap());
        let mut frames = Vec::new();
        let mut cutter = OverMbus.framer(Source::Replies, LineSettings::e81(2400));
        cutter.push(&stream, At::ZERO, &mut |piece| frames.push(piece.bytes.to_vec()));
        assert_eq!(frames.len(), 2, "{id}");
        Self { frames, keys: vec![MeterKey { system_title: None, encryption, authentication: None }] }
    }

    fn with<T>(&self, work: impl FnOnce(&[u8], &Context<'_>) -> T) -> T {
        let parts: [&[u8]; 2] = [&self.frames[0], &self.frames[1]];
        work(parts[1], &Context { parts: &parts, keys: &self.keys, ..Context::default() })
    }

    fn dissect(&self) -> Dissection {
        self.with(|frame, context| (&OverMbus as &dyn Family).dissect(frame, context))
    }

    fn values(&self) -> Values {
        self.with(|frame, context| (&OverMbus as &dyn Family).values(frame, context))
    }

    fn len(&self) -> usize {
        self.frames.iter().map(Vec::len).sum()
    }
}

/// A push put together, deciphered and explained: every byte of three layers a field.
#[divan::bench(args = PUSHES)]
fn dlms_dissect(bencher: Bencher, id: &str) {
    let push = Push::find(id);
    assert!(push.dissect().readings.len() > 10);
    bencher
        .counter(BytesCount::new(push.len()))
        .counter(ItemsCount::new(1u32))
        .bench_local(|| black_box(&push).dissect());
}

/// The same, put together, deciphered and read, values alone.
#[divan::bench(args = PUSHES)]
fn dlms_values(bencher: Bencher, id: &str) {
    let push = Push::find(id);
    assert_eq!(push.values(), Values::from(push.dissect()));
    bencher
        .counter(BytesCount::new(push.len()))
        .counter(ItemsCount::new(1u32))
        .bench_local(|| black_box(&push).values());
}

/// The wired M-Bus frames with variable data that `m-bus-parser` annotates, too.
fn mbus_frames() -> Vec<Vec<u8>> {
    let all = vectors(DLMS_VECTORS).filter(|vector| vector["protocol"] == "mbus");
    let bytes = all.filter_map(|vector| hex::parse(vector["hex"].as_str()?).ok());
    let is_both = |frame: &Vec<u8>| {
        m_bus_parser::annotate::annotate_frame(frame).is_ok()
            && frame.len() > 40
            && !(&Mbus as &dyn Family).dissect(frame, &Context::default()).verdict.is_bad()
    };
    bytes.filter(is_both).collect()
}

fn sizes(frames: &[Vec<u8>]) -> (BytesCount, ItemsCount) {
    (BytesCount::new(frames.iter().map(Vec::len).sum::<usize>()), ItemsCount::new(frames.len()))
}

/// Wired M-Bus frames explained.
#[divan::bench]
fn mbus_dissect(bencher: Bencher) {
    let frames = mbus_frames();
    let (bytes, items) = sizes(&frames);
    bencher.counter(bytes).counter(items).bench_local(|| {
        for frame in &frames {
            black_box((&Mbus as &dyn Family).dissect(black_box(frame), &Context::default()));
        }
    });
}

/// The same by crate `m-bus-parser`: byte ranges with their texts.
#[divan::bench]
fn mbus_by_m_bus_parser(bencher: Bencher) {
    let frames = mbus_frames();
    let (bytes, items) = sizes(&frames);
    bencher.counter(bytes).counter(items).bench_local(|| {
        for frame in &frames {
            black_box(m_bus_parser::annotate::annotate_frame(black_box(frame)).unwrap());
        }
    });
}

/// One thing and nothing else, for counting instructions: two runs of different length, the difference divided by
/// the rounds between.
fn bare_loop(what: &str, rounds: usize) {
    let (telegram, push, frames) = (telegram(), Push::find(PUSHES[0]), mbus_frames());
    println!("{} M-Bus frames of {} bytes", frames.len(), frames.iter().map(Vec::len).sum::<usize>());
    for _ in 0..rounds {
        match what {
            "p1-dissect" => {
                drop(black_box((&P1 as &dyn Family).dissect(black_box(&telegram), &Context::default())));
            }
            "p1-values" => {
                drop(black_box((&P1 as &dyn Family).values(black_box(&telegram), &Context::default())));
            }
            "dlms-dissect" => drop(black_box(push.dissect())),
            "dlms-values" => drop(black_box(push.values())),
            "mbus-dissect" => frames.iter().for_each(|frame| {
                drop(black_box((&Mbus as &dyn Family).dissect(black_box(frame), &Context::default())));
            }),
            _ => panic!("p1-dissect, p1-values, dlms-dissect, dlms-values or mbus-dissect"),
        }
    }
}
