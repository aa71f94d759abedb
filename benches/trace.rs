//! What recording, claiming, looking up, paging, capturing and searching cost.
#![cfg(test)]
#![allow(missing_docs, reason = "a bench is read by its names")]

use std::hint::black_box;

use divan::counter::{BytesCount, ItemsCount};
use divan::{AllocProfiler, Bencher};
use jiff::Timestamp;
use meterscope::frame::At;
use meterscope::protocol::{Integrity, Relation};
use meterscope::trace::search::{Found, Query, STEP, Search, Towards};
use meterscope::trace::{Capture, Claim, Dir, EntryKind, Paging, SharedTrace, Trace};
use meterscope::tui::still::Still;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// Bytes of a frame: those of an Energomera CE reply.
const FRAME: [u8; 18] = [0xC0, 0x48, 0, 0, 0, 0xFD, 0, 0x58, 1, 0x30, 0, 0xEC, 0x8B, 4, 0, 0, 0x1B, 0xC0];
const MILLION: u32 = 1_000_000;
/// Room for a million frames without a file.
const AMPLE: usize = 256 << 20;

fn main() {
    divan::main();
}

fn trace(budget: usize) -> Trace {
    Trace::with_paging(Timestamp::UNIX_EPOCH, Paging { budget, folder: std::env::temp_dir() })
}

fn add(trace: &mut Trace, number: u32) {
    let at = At::from_millis(u64::from(number));
    let way = if number.is_multiple_of(2) { Dir::Tx } else { Dir::Rx };
    trace.record(way, &FRAME, at);
    let answers = number.checked_sub(1).filter(|_| way == Dir::Rx);
    let relation = Relation { answers, ..Relation::default() };
    let (len, kind, family) = (FRAME.len() as u32, EntryKind::Frame(Integrity::Good), Some(0));
    trace.claim(Claim { way, len, kind, first: at, last: at, family, relation });
}

fn filled(budget: usize) -> Trace {
    let mut trace = trace(budget);
    (0..MILLION).for_each(|number| add(&mut trace, number));
    trace
}

/// Recording and claiming a million frames, all in memory or all but a MiB in a file.
#[divan::bench(args = [AMPLE, 1 << 20], sample_count = 5)]
fn record_a_million(bencher: Bencher, budget: usize) {
    bencher.counter(ItemsCount::new(MILLION)).bench(|| filled(budget));
}

/// Drawing the trace screen at 200 x 60 with a million frames held, in memory or all but a MiB in a file.
#[divan::bench(args = [AMPLE, 1 << 20])]
fn draw_the_trace_of_a_million(bencher: Bencher, budget: usize) {
    let mut still = Still::of(SharedTrace::new(filled(budget)), (200, 60));
    bencher.bench_local(|| {
        black_box(still.draw());
    });
}

/// Looking up a screen's worth of neighbours.
#[divan::bench(args = [AMPLE, 1 << 20])]
fn sixty_entries_with_their_bytes(bencher: Bencher, budget: usize) {
    let trace = filled(budget);
    let mut from = 0;
    bencher.counter(ItemsCount::new(60_u32)).bench_local(|| {
        from = (from + 104_729) % (MILLION - 60);
        for number in from..from + 60 {
            let entry = trace.entry(number).unwrap();
            black_box(trace.bytes_of(&entry));
        }
    });
}

#[divan::bench(sample_count = 10)]
fn search_a_million(bencher: Bencher) {
    let trace = filled(AMPLE);
    bencher.counter(BytesCount::new(FRAME.len() * MILLION as usize)).bench_local(|| {
        let mut search = Search::new(Query::parse("EC 8B 05"), 0, Towards::Later, MILLION);
        while search.step(&trace, STEP) == Found::NotYet {}
    });
}

/// A chunk into a capture file: one call of the system.
#[divan::bench]
fn capture_a_chunk(bencher: Bencher) {
    let folder = tempfile::tempdir().unwrap();
    let mut trace = trace(AMPLE);
    trace.capture_to(Capture::to_file(&folder.path().join("bench.pcapng"), "sim:", None).unwrap());
    bencher.bench_local(|| trace.record(Dir::Rx, &FRAME, At::ZERO));
}
