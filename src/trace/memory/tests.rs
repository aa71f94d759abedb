//! The trace in memory.

use proptest::prelude::*;

use super::super::stored::tests::entries;
use super::super::{Digest, Split};
use super::*;
use crate::frame::{Secret, hex};
use crate::protocol::{Decoder, LineSettings, registry};
use crate::reading::Decimal;

fn trace(budget: usize) -> Trace {
    let folder = std::env::temp_dir();
    Trace::with_paging(Timestamp::UNIX_EPOCH, Paging { budget, folder })
}

fn claim(way: Dir, len: u32, answers: Option<u32>) -> Claim {
    let relation = Relation { answers, ..Relation::default() };
    Claim { way, len, kind: EntryKind::Noise, first: At::ZERO, last: At::ZERO, family: None, relation }
}

#[test]
fn claims_take_what_is_pending_and_no_more() {
    let mut trace = trace(0);
    trace.record(Dir::Rx, b"abcdef", At::ZERO);
    assert_eq!(&*trace.pending_bytes(Dir::Rx, 4), b"abcd");
    trace.claim(claim(Dir::Rx, 2, None));
    assert_eq!((trace.pending(Dir::Rx), trace.pending(Dir::Tx)), (4, 0));
    let number = trace.claim(claim(Dir::Rx, 100, None));
    let entry = trace.entry(number).unwrap();
    assert_eq!((entry.len, &*trace.bytes_of(&entry)), (4, &b"cdef"[..]));
    assert_eq!(trace.pending(Dir::Rx), 0);
}

#[test]
fn a_request_finds_its_first_reply() {
    let mut trace = trace(0);
    let request = trace.claim(claim(Dir::Tx, 0, None));
    let reply = trace.claim(claim(Dir::Rx, 0, Some(request)));
    trace.claim(claim(Dir::Rx, 0, Some(request)));
    assert_eq!((trace.answered_by(request), trace.answered_by(reply)), (Some(reply), None));
}

#[test]
fn what_left_the_wire_later_than_it_was_handed_over_has_its_latency_from_then() {
    let mut trace = trace(0);
    trace.record(Dir::Tx, b"ask", At::ZERO);
    let request = trace.claim(claim(Dir::Tx, 3, None));
    trace.left_the_wire(request, At::from_millis(7));
    assert_eq!(trace.entry(request).unwrap().last, At::from_millis(7));
    let reply = trace.mark(Mark::Note(String::new()), At::from_millis(9));
    trace.left_the_wire(reply, At::from_millis(20));
    assert_eq!(trace.entry(reply).unwrap().last, At::from_millis(9), "only what was sent leaves");
}

#[test]
fn the_chunks_of_an_entry_are_those_its_bytes_came_in() {
    let mut trace = trace(0);
    for (bytes, at) in [(&b"ab"[..], 1), (b"cde", 2), (b"f", 3), (b"gh", 4)] {
        trace.record(Dir::Rx, bytes, At::from_millis(at));
    }
    trace.claim(claim(Dir::Rx, 3, None));
    let number = trace.claim(claim(Dir::Rx, 3, None));
    let entry = trace.entry(number).unwrap();
    let chunks: Vec<_> = trace.chunks_of(&entry).iter().map(|c| (c.at.nanos(), c.start, c.len)).collect();
    assert_eq!(chunks, [(2_000_000, 2, 3), (3_000_000, 5, 1)]);
}

/// A trace of a line that pushes DLMS, explained with keys.
fn pushes(bytes: &[u8], keys: Vec<MeterKey>) -> Trace {
    let line = LineSettings::e81(2400);
    let mut trace = trace(0);
    let decoder = registry::family("dlms-mbus").map(Decoder::of);
    let mut digest = Digest::new(decoder, Split::Listening, line);
    trace.set_keys(keys);
    trace.record(Dir::Rx, bytes, At::ZERO);
    digest.push(Dir::Rx, bytes, At::ZERO, &mut trace, &mut |_| {});
    digest.finish(&mut trace, &mut |_| {});
    trace
}

/// The push of the utility's leaflet: Netz Niederösterreich, Kaifa MA309.
fn leaflet() -> (Vec<u8>, Vec<MeterKey>) {
    let line = include_str!("../../../tests/vectors/dlms_mbus.jsonl").lines().next().unwrap();
    let json: serde_json::Value = serde_json::from_str(line).unwrap();
    let bytes = |name: &str| hex::parse(json[name].as_str().unwrap()).unwrap();
    let encryption = Secret::new(bytes("key"));
    (bytes("hex"), vec![MeterKey { system_title: None, encryption, authentication: None }])
}

#[test]
fn the_last_frame_of_a_message_is_explained_with_those_before_it() {
    let (bytes, keys) = leaflet();
    let noise_between = [&bytes[..256], &[0xE5], &bytes[256..]].concat();
    for (stream, last) in [(bytes.clone(), 1), (noise_between, 2)] {
        let trace = pushes(&stream, keys.clone());
        let whole = trace.dissect(last).unwrap();
        let names: Vec<_> = whole.layers.iter().map(|layer| layer.kind.name()).collect();
        assert_eq!(names, ["wire", "reassembled", "decrypted"]);
        assert!(whole.readings.iter().any(|r| r.number() == Some(Decimal::new(12937, 0))));
        let first = trace.dissect(0).unwrap();
        assert!(first.readings.is_empty() && first.problems.is_empty());
    }
}

#[test]
fn without_a_key_a_message_is_put_together_all_the_same() {
    let (bytes, _) = leaflet();
    let told = pushes(&bytes, Vec::new()).dissect(1).unwrap();
    assert_eq!((told.layers.len(), told.problems[0].code.as_str()), (2, "no-key"));
}

#[test]
fn what_is_forgotten_is_gone_and_what_came_last_is_kept() {
    let mut trace = trace(usize::MAX);
    for _ in 0..100 {
        trace.record(Dir::Rx, &[7; 8192], At::ZERO);
        trace.claim(claim(Dir::Rx, 8192, None));
    }
    let before = trace.resident_bytes();
    trace.forget(100 * 1024);
    assert!(before > 700_000 && trace.resident_bytes() <= 100 * 1024, "{before}");
    let first = trace.entry(0).unwrap();
    assert!(trace.bytes_of(&first).is_empty());
    let last = trace.entry(99).unwrap();
    assert_eq!((&*trace.bytes_of(&last), trace.len()), (&[7; 8192][..], 100));
    trace.left_the_wire(0, At::ZERO);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn paged_out_or_not_a_trace_is_the_same(
        steps in proptest::collection::vec((entries(), proptest::collection::vec(any::<u8>(), 0..9)), 1..60),
        repeat in 1..120_usize,
    ) {
        let (mut held, mut paged) = (trace(usize::MAX), trace(0));
        for _ in 0..repeat {
            for (entry, bytes) in &steps {
                for trace in [&mut held, &mut paged] {
                    trace.record(entry.way, bytes, entry.first);
                    let answers = Some(entry.len % (trace.len() + 1));
                    let relation = Relation { answers, ..entry.relation };
                    let kind = if let EntryKind::Mark(_) = entry.kind { EntryKind::Noise } else { entry.kind };
                    let Entry { way, first, last, family, .. } = *entry;
                    let len = bytes.len() as u32;
                    let number = trace.claim(Claim { way, len, kind, first, last, family, relation });
                    trace.left_the_wire(number / 2, entry.last);
                }
            }
        }
        prop_assert_eq!(paged.resident_bytes(), 0);
        prop_assert_eq!(held.len(), paged.len());
        for number in (0..held.len()).rev().step_by(7) {
            let entry = held.entry(number).unwrap();
            prop_assert_eq!(Some(entry), paged.entry(number));
            prop_assert_eq!(held.bytes_of(&entry), paged.bytes_of(&entry));
            prop_assert_eq!(held.chunks_of(&entry), paged.chunks_of(&entry));
            prop_assert_eq!(held.answered_by(number), paged.answered_by(number));
        }
    }
}
