//! What becomes of recorded traffic.

use jiff::Timestamp;
use proptest::prelude::*;

use super::super::toy::{self, Toy};
use super::*;

const LINE: LineSettings = LineSettings::n81(9600);

/// What a digest has told of: way, kind and bytes of each entry.
type Entries = Vec<(Dir, EntryKind, Vec<u8>)>;

struct Bench {
    digest: Digest,
    trace: Trace,
    told: Entries,
}

impl Bench {
    fn new(split: Split) -> Self {
        Self::with(Some(Decoder::of(&Toy)), split)
    }

    fn with(decoder: Option<Decoder>, split: Split) -> Self {
        let digest = Digest::new(decoder, split, LINE);
        Self { digest, trace: Trace::new(Timestamp::UNIX_EPOCH), told: Vec::new() }
    }

    fn run(&mut self, act: impl FnOnce(&mut Digest, &mut Trace, &mut dyn FnMut(Claimed<'_>))) {
        let told = &mut self.told;
        let mut keep = |c: Claimed<'_>| told.push((c.way, c.kind, c.bytes.to_vec()));
        act(&mut self.digest, &mut self.trace, &mut keep);
    }

    fn push(&mut self, way: Dir, bytes: &[u8], millis: u64) {
        let at = At::from_millis(millis);
        self.trace.record(way, bytes, at);
        self.run(|digest, trace, out| digest.push(way, bytes, at, trace, out));
    }

    fn expire(&mut self, millis: u64) {
        self.run(|digest, trace, out| digest.expire(At::from_millis(millis), trace, out));
    }

    fn finish(&mut self) {
        self.run(Digest::finish);
    }

    fn received(&self) -> Vec<(EntryKind, Vec<u8>)> {
        let mine = self.told.iter().filter(|(way, ..)| *way == Dir::Rx);
        mine.map(|(_, kind, bytes)| (*kind, bytes.clone())).collect()
    }
}

const GOOD: EntryKind = EntryKind::Frame(Integrity::Good);

fn ask() -> Vec<u8> {
    toy::frame(b"?energy")
}

fn answer() -> Vec<u8> {
    toy::frame(b"2979.64")
}

#[test]
fn a_request_and_its_reply_become_two_entries_that_know_each_other() {
    let mut bench = Bench::new(Split::TwoWay);
    bench.push(Dir::Tx, &ask(), 0);
    bench.push(Dir::Rx, &answer(), 50);
    assert_eq!(bench.told, [(Dir::Tx, GOOD, ask()), (Dir::Rx, GOOD, answer())]);
    assert_eq!(bench.trace.entry(1).unwrap().relation.answers, Some(0));
}

#[test]
fn an_echo_knows_what_it_repeats() {
    let mut bench = Bench::new(Split::TwoWay);
    bench.push(Dir::Tx, &toy::frame(b"?one"), 0);
    bench.push(Dir::Rx, &answer(), 50);
    bench.push(Dir::Tx, &ask(), 100);
    bench.push(Dir::Rx, &ask(), 110);
    let echo = bench.trace.entry(3).unwrap();
    assert_eq!((echo.kind, echo.relation.message), (EntryKind::Echo, Some(2)));
}

#[test]
fn part_of_an_echo_is_named_though_it_passes_for_a_frame() {
    let inner = toy::frame(b"?inner");
    let sent = toy::frame(&[b"outer", &*inner].concat());
    let part = &sent[sent.len() - inner.len() - 1..sent.len() - 1];
    assert_eq!(part, inner, "a frame within a frame");
    let mut bench = Bench::new(Split::TwoWay);
    bench.push(Dir::Tx, &sent, 0);
    bench.push(Dir::Rx, part, 10);
    assert_eq!(bench.received(), [(EntryKind::Echo, inner)]);
}

#[test]
fn an_echo_is_named_however_it_is_cut() {
    let whole: Vec<u8> = [ask(), answer()].concat();
    for cut in 1..whole.len() {
        let mut bench = Bench::new(Split::TwoWay);
        bench.push(Dir::Tx, &ask(), 0);
        bench.push(Dir::Rx, &whole[..cut], 10);
        bench.push(Dir::Rx, &whole[cut..], 12);
        assert_eq!(bench.received(), [(EntryKind::Echo, ask()), (GOOD, answer())], "cut at {cut}");
    }
}

#[test]
fn an_echo_behind_a_glitch_is_named_too() {
    let mut bench = Bench::new(Split::TwoWay);
    bench.push(Dir::Tx, &ask(), 0);
    bench.push(Dir::Rx, &[&[0xFF], &*ask(), &*answer()].concat(), 10);
    let expected = [(EntryKind::Noise, vec![0xFF]), (EntryKind::Echo, ask()), (GOOD, answer())];
    assert_eq!(bench.received(), expected);
}

#[test]
fn the_second_of_two_equal_frames_is_an_answer() {
    let mut bench = Bench::new(Split::TwoWay);
    bench.push(Dir::Tx, &ask(), 0);
    bench.push(Dir::Rx, &[ask(), ask()].concat(), 10);
    assert_eq!(bench.received(), [(EntryKind::Echo, ask()), (GOOD, ask())]);
}

#[test]
fn after_an_answer_nothing_is_an_echo() {
    let mut bench = Bench::new(Split::TwoWay);
    bench.push(Dir::Tx, &ask(), 0);
    bench.push(Dir::Rx, &answer(), 50);
    bench.push(Dir::Rx, &ask(), 60);
    assert_eq!(bench.received(), [(GOOD, answer()), (GOOD, ask())]);
}

#[test]
fn an_answer_equal_to_its_request_is_taken_where_no_echo_is_expected() {
    let mut bench = Bench::new(Split::TwoWay);
    bench.digest.name_echoes(false);
    bench.push(Dir::Tx, &ask(), 0);
    bench.push(Dir::Rx, &ask(), 50);
    assert_eq!(bench.received(), [(GOOD, ask())]);
}

#[test]
fn part_of_an_echo_is_named_once_the_line_is_silent() {
    let sent = ask();
    for part in [&sent[..sent.len() - 1], &sent[3..], &sent[..3]] {
        let mut bench = Bench::new(Split::TwoWay);
        bench.push(Dir::Tx, &sent, 0);
        bench.push(Dir::Rx, part, 10);
        while let Some(deadline) = bench.digest.deadline() {
            bench.expire(deadline.nanos().div_ceil(1_000_000));
        }
        assert_eq!(bench.received(), [(EntryKind::Echo, part.to_vec())], "{part:02X?}");
    }
}

#[test]
fn a_reply_that_begins_like_its_request_is_not_held_back() {
    let reply = toy::frame(b"?energy and more");
    let like = toy::frame(b"?energy and less");
    let mut bench = Bench::new(Split::TwoWay);
    bench.push(Dir::Tx, &like, 0);
    bench.push(Dir::Rx, &reply[..6], 10);
    bench.push(Dir::Rx, &reply[6..], 20);
    assert_eq!(bench.received(), [(GOOD, reply)]);
    let entry = bench.trace.entry(1).unwrap();
    assert_eq!((entry.first, entry.last), (At::from_millis(10), At::from_millis(20)));
}

#[test]
fn a_listener_names_no_echo() {
    let mut bench = Bench::new(Split::Listening);
    bench.push(Dir::Rx, &ask(), 0);
    bench.push(Dir::Rx, &answer(), 50);
    assert_eq!(bench.received(), [(GOOD, ask()), (GOOD, answer())]);
    assert_eq!(bench.trace.entry(1).unwrap().relation.answers, Some(0));
}

#[test]
fn what_the_family_does_not_recognise_is_sent_as_one_unchecked_frame() {
    let mut bench = Bench::new(Split::TwoWay);
    let odd = [b"/?!\r\n", &*ask()].concat();
    bench.push(Dir::Tx, &odd, 0);
    assert_eq!(bench.told, [(Dir::Tx, EntryKind::Frame(Integrity::Unchecked), odd)]);
}

#[test]
fn without_a_family_everything_received_is_noise() {
    let mut bench = Bench::with(None, Split::TwoWay);
    bench.push(Dir::Tx, b"hello", 0);
    bench.push(Dir::Rx, b"wor", 50);
    bench.push(Dir::Rx, b"ld", 55);
    bench.expire(100);
    assert_eq!(bench.received(), [(EntryKind::Noise, b"world".to_vec())]);
    assert_eq!(bench.trace.pending(Dir::Rx), 0);
}

proptest! {
    #[test]
    fn every_byte_gets_one_entry_of_its_way_in_order(
        chunks in proptest::collection::vec((any::<bool>(), toy::traffic(), 0..40_u64), 0..30),
    ) {
        for split in [Split::TwoWay, Split::Listening] {
            let mut bench = Bench::new(split);
            let mut at = 0;
            for (out, bytes, gap) in &chunks {
                at += gap;
                bench.expire(at);
                bench.push(if *out { Dir::Tx } else { Dir::Rx }, bytes, at);
            }
            bench.finish();
            for way in [Dir::Tx, Dir::Rx] {
                let given = chunks.iter().filter(|(out, ..)| *out == (way == Dir::Tx));
                let given: Vec<u8> = given.flat_map(|(_, bytes, _)| bytes.clone()).collect();
                let told = bench.told.iter().filter(|(told, ..)| *told == way);
                let told: Vec<u8> = told.flat_map(|(_, _, bytes)| bytes.clone()).collect();
                prop_assert_eq!(&told, &given);
                prop_assert_eq!(bench.trace.pending(way), 0);
            }
            for (number, (_, _, bytes)) in bench.told.iter().enumerate() {
                let entry = bench.trace.entry(number as u32).unwrap();
                prop_assert_eq!(&*bench.trace.bytes_of(&entry), bytes);
            }
        }
    }
}
