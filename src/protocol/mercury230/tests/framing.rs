//! Cutting frames out of the stream.

use std::time::Duration;

use super::super::{Mercury230, wire};
use super::published::vectors;
use crate::frame::At;
use crate::protocol::{Family, Framer, Integrity, LineSettings, Piece, PieceKind, Source};

type Kept = Vec<(PieceKind, Vec<u8>)>;

const GOOD: PieceKind = PieceKind::Frame(Integrity::Good);
const BAD: PieceKind = PieceKind::Frame(Integrity::Bad);

struct Ear {
    framer: Box<dyn Framer>,
    kept: Kept,
}

impl Ear {
    fn new(source: Source) -> Self {
        Self { framer: Mercury230.framer(source, LineSettings::default()), kept: Vec::new() }
    }

    fn hear(&mut self, bytes: &[u8], millis: u64) -> &mut Self {
        let kept = &mut self.kept;
        let mut keep = |piece: Piece<'_>| kept.push((piece.kind, piece.bytes.to_vec()));
        self.framer.push(bytes, At::from_millis(millis), &mut keep);
        self
    }

    fn wait(&mut self, millis: u64) -> &mut Self {
        let kept = &mut self.kept;
        self.framer
            .expire(At::from_millis(millis), &mut |p: Piece<'_>| kept.push((p.kind, p.bytes.to_vec())));
        self
    }

    fn finish(mut self) -> Kept {
        let kept = &mut self.kept;
        self.framer.finish(&mut |piece| kept.push((piece.kind, piece.bytes.to_vec())));
        self.kept
    }
}

fn at_once(source: Source, bytes: &[u8]) -> Kept {
    let mut ear = Ear::new(source);
    ear.hear(bytes, 0);
    ear.finish()
}

/// A body of `count` bytes after which the CRC of the first four bytes of the frame fits by chance.
fn treacherous(address: u8, count: usize) -> Vec<u8> {
    let start = wire::frame(address, &[5]);
    let mut body = start[1..].to_vec();
    body.resize(count, 0x11);
    wire::frame(address, &body)
}

#[test]
fn every_published_frame_is_cut_out_of_its_stream() {
    for vector in vectors() {
        for source in [if vector.is_request { Source::Requests } else { Source::Replies }, Source::Both] {
            assert_eq!(
                at_once(source, &vector.bytes),
                [(GOOD, vector.bytes.clone())],
                "{} {source:?}",
                vector.id
            );
        }
    }
}

#[test]
fn a_bus_without_times_is_cut_by_the_lengths_that_requests_foretell() {
    let mut stream = Vec::new();
    let mut expected = Vec::new();
    for vector in
        vectors().iter().filter(|vector| vector.request.is_some() && vector.id != "m230-b19-echo-freq")
    {
        for frame in [vector.request.clone().unwrap(), vector.bytes.clone()] {
            stream.extend_from_slice(&frame);
            expected.push((GOOD, frame));
        }
    }
    assert!(expected.len() > 140);
    assert_eq!(at_once(Source::Both, &stream), expected);
}

#[test]
fn an_answer_of_the_foretold_length_is_handed_over_at_once() {
    let request = wire::frame(5, &[5, 0, 0]);
    let answer = wire::frame(5, &[0x22; 16]);
    let mut ear = Ear::new(Source::Both);
    ear.hear(&request, 0).hear(&answer, 20);
    assert_eq!(ear.kept, [(GOOD, request), (GOOD, answer)]);
}

#[test]
fn a_status_is_handed_over_when_silence_follows_it() {
    let request = wire::frame(5, &[5, 0, 0]);
    let status = wire::frame(5, &[5]);
    let mut ear = Ear::new(Source::Both);
    ear.hear(&request, 0).hear(&status, 20).wait(24);
    assert_eq!(ear.kept.len(), 1);
    assert_eq!(ear.framer.deadline(), Some(At::from_millis(25)));
    ear.wait(25);
    assert_eq!(ear.kept.last(), Some(&(GOOD, status)));
}

#[test]
fn a_beginning_whose_crc_fits_by_chance_does_not_cut_an_answer() {
    let answer = treacherous(5, 16);
    for source in [Source::Replies, Source::Both] {
        // All at once, byte by byte, and after the request that foretells it.
        assert_eq!(at_once(source, &answer), [(GOOD, answer.clone())]);
        let mut ear = Ear::new(source);
        for (index, byte) in answer.iter().enumerate() {
            ear.hear(&[*byte], index as u64);
        }
        assert_eq!(ear.finish(), [(GOOD, answer.clone())]);
    }
    let request = wire::frame(5, &[5, 0, 0]);
    let stream = [request.clone(), answer.clone(), request.clone()].concat();
    assert_eq!(at_once(Source::Both, &stream), [(GOOD, request.clone()), (GOOD, answer), (GOOD, request)]);
}

#[test]
fn a_gap_that_an_adapter_makes_inside_an_answer_does_not_cut_it() {
    let answer = wire::frame(5, &[0x22; 16]);
    for cut in 1..answer.len() {
        let mut ear = Ear::new(Source::Replies);
        ear.hear(&answer[..cut], 0).wait(16).hear(&answer[cut..], 16).wait(21);
        assert_eq!(ear.kept, [(GOOD, answer.clone())], "{cut}");
    }
}

#[test]
fn an_echo_and_the_answer_behind_it_are_two_frames() {
    for vector in vectors().iter().filter(|vector| vector.request.is_some()) {
        let request = vector.request.clone().unwrap();
        let both = [request.clone(), vector.bytes.clone()].concat();
        let expected = [(GOOD, request), (GOOD, vector.bytes.clone())];
        assert_eq!(at_once(Source::Replies, &both), expected, "{}", vector.id);
    }
}

#[test]
fn idle_bytes_are_noise_around_a_frame() {
    let answer = wire::frame(5, &[0x22; 16]);
    let stream = [&[0xFF][..], &answer, &[0x00]].concat();
    let noise = |byte| (PieceKind::Noise, vec![byte]);
    assert_eq!(at_once(Source::Replies, &stream), [noise(0xFF), (GOOD, answer), noise(0x00)]);
}

#[test]
fn a_damaged_frame_is_bad_and_those_around_it_stay_good() {
    let request = wire::frame(5, &[5, 0, 0]);
    let answer = wire::frame(5, &[0x22; 16]);
    let mut damaged = answer.clone();
    damaged[7] ^= 0x10;
    let stream = [&request[..], &damaged, &request, &answer].concat();
    let expected =
        [(GOOD, request.clone()), (BAD, damaged.clone()), (GOOD, request.clone()), (GOOD, answer.clone())];
    assert_eq!(at_once(Source::Both, &stream), expected);
    let mut ear = Ear::new(Source::Replies);
    ear.hear(&damaged, 0).wait(99);
    assert!(ear.kept.is_empty(), "the rest may still come");
    ear.wait(100).hear(&answer, 200).wait(205);
    assert_eq!(ear.kept, [(BAD, damaged), (GOOD, answer)]);
}

#[test]
fn garbage_without_end_is_let_go_and_memory_stays_bounded() {
    let mut ear = Ear::new(Source::Both);
    let garbage: Vec<u8> = (0..20_000u32).map(|n| (n * 7 + n / 256) as u8).collect();
    ear.hear(&garbage, 0);
    let out: usize = ear.kept.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(garbage.len() - out <= 2 * wire::LONGEST, "{out}");
    assert!(ear.kept.iter().all(|(kind, _)| *kind != GOOD));
}

#[test]
fn silence_follows_the_speed() {
    let line = LineSettings::n81(300);
    let mut framer = Mercury230.framer(Source::Replies, line);
    framer.push(&wire::frame(5, &[5]), At::ZERO, &mut |_| panic!("too early"));
    assert_eq!(framer.deadline(), Some(At::ZERO + Duration::from_millis(160)));
}
