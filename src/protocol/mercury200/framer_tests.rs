use super::*;
use crate::frame::{At, hex};
use crate::protocol::mercury200::wire;
use crate::protocol::{Framer, Piece};
use proptest::prelude::*;

const REQUEST_63: &str = "00 06 47 5E 63 EC D4";
const REPLY_63: &str = "00 06 47 5E 63 23 58 02 64 00 05 88 45 C6";
const REQUEST_27: &str = "00 06 47 5E 27 EC E7";
const REPLY_27: &str = "00 06 47 5E 27 00 06 21 42 00 02 08 34 00 00 00 00 00 00 00 00 59 F5";
const REQUEST_87: &str = "00 06 47 5E 87 EC 9F";

const SOURCES: [Source; 3] = [Source::Requests, Source::Replies, Source::Both];

fn bytes(text: &str) -> Vec<u8> {
    hex::parse(text).unwrap()
}

/// What came out: a letter and a length, `G` for good frames, `B` for bad ones, `N` for noise.
struct Heard {
    framer: Mercury200Framer,
    cuts: Vec<String>,
    all: Vec<u8>,
    now: At,
}

impl Heard {
    fn new(source: Source) -> Self {
        let framer = Mercury200Framer::new(source, LineSettings::default());
        Self { framer, cuts: Vec::new(), all: Vec::new(), now: At::ZERO }
    }

    fn note<'a>(cuts: &'a mut Vec<String>, all: &'a mut Vec<u8>) -> impl FnMut(Piece<'_>) + use<'a> {
        |piece| {
            let letter = match piece.kind {
                PieceKind::Frame(Integrity::Good) => 'G',
                PieceKind::Frame(_) => 'B',
                PieceKind::Noise => 'N',
            };
            cuts.push(format!("{letter}{}", piece.bytes.len()));
            all.extend_from_slice(piece.bytes);
        }
    }

    fn push(mut self, bytes: &[u8]) -> Self {
        self.framer.push(bytes, self.now, &mut Self::note(&mut self.cuts, &mut self.all));
        self
    }

    fn hear(self, text: &str) -> Self {
        self.push(&bytes(text))
    }

    /// Lets time pass, calling at every deadline as the link does.
    fn pass(mut self, millis: u64) -> Self {
        let end = self.now + Duration::from_millis(millis);
        while let Some(due) = self.framer.deadline().filter(|due| *due <= end) {
            self.framer.expire(due, &mut Self::note(&mut self.cuts, &mut self.all));
        }
        self.now = end;
        self
    }

    fn finish(mut self) -> Self {
        self.framer.finish(&mut Self::note(&mut self.cuts, &mut self.all));
        self
    }

    #[track_caller]
    fn cut(self, expected: &[&str]) -> Self {
        assert_eq!(self.cuts, expected);
        self
    }
}

#[test]
fn a_reply_is_handed_over_with_its_last_byte() {
    Heard::new(Source::Replies).hear(REPLY_27).cut(&["G23"]).hear(REPLY_63).cut(&["G23", "G14"]);
    Heard::new(Source::Requests).hear(REQUEST_27).cut(&["G7"]);
    assert_eq!(Heard::new(Source::Replies).hear(REPLY_27).framer.deadline(), None);
}

#[test]
fn a_request_and_its_reply_are_told_apart_without_any_silence() {
    Heard::new(Source::Both).hear(REQUEST_27).hear(REPLY_27).cut(&["G7", "G23"]);
    Heard::new(Source::Both)
        .hear(REQUEST_63)
        .hear(REPLY_63)
        .hear(REQUEST_27)
        .hear(REPLY_27)
        .cut(&["G7", "G14", "G7", "G23"]);
}

#[test]
fn an_echo_glued_to_the_reply_comes_out_as_a_frame_of_its_own() {
    Heard::new(Source::Replies).hear(REQUEST_63).hear(REPLY_63).cut(&["G7", "G14"]);
    Heard::new(Source::Replies).hear(REQUEST_63).cut(&[]).pass(20).cut(&["G7"]);
}

#[test]
fn a_request_is_certain_after_a_pause_at_the_latest() {
    Heard::new(Source::Both).hear(REQUEST_27).cut(&[]).pass(19).cut(&[]).pass(1).cut(&["G7"]);
    Heard::new(Source::Both).hear(REQUEST_27).hear(REQUEST_63).pass(20).cut(&["G7", "G7"]);
}

#[test]
fn a_pause_inside_a_frame_does_not_split_it() {
    let reply = bytes(REPLY_27);
    for at in 1..reply.len() {
        for pause in [1, 6, 21, 90] {
            let heard = Heard::new(Source::Replies).push(&reply[..at]).pass(pause).push(&reply[at..]);
            assert_eq!(heard.cuts, ["G23"], "{at} bytes, then {pause} ms");
        }
    }
}

#[test]
fn a_reply_whose_beginning_carries_a_fitting_crc_is_not_cut_there() {
    let mut body = wire::with_checksum(&bytes("00 06 47 5E 27"));
    body.extend(bytes("12 34 00 00 00 00 00 00 00 00 00 00 00 00"));
    let reply = wire::with_checksum(&body);
    assert_eq!(reply.len(), 23);
    Heard::new(Source::Replies).push(&reply).cut(&["G23"]);
    Heard::new(Source::Both).push(&reply[..12]).pass(5).push(&reply[12..]).cut(&["G23"]);
}

#[test]
fn a_sound_run_inside_a_reply_does_not_cut_it() {
    // From its second byte on this looks like a request 26 with a fitting CRC; the reply is longer.
    let mut body = bytes("00 06 47 5E 27");
    body.splice(4..5, [0x27, 0x26]);
    let inside = wire::with_checksum(&body[1..6]);
    let reply = wire::with_checksum(&[&body[..1], inside.as_slice(), &[0; 13]].concat());
    assert_eq!(reply.len(), 23);
    Heard::new(Source::Replies).push(&reply).cut(&["G23"]);
    Heard::new(Source::Both).push(&reply).cut(&["G23"]);
}

#[test]
fn idle_bytes_around_frames_cost_no_time() {
    for noise in ["00", "FF", "00 00", "FF FF", "FF 00"] {
        let count = bytes(noise).len();
        let heard = Heard::new(Source::Replies).hear(noise).hear(REPLY_27);
        assert_eq!(heard.cuts, [format!("N{count}"), "G23".into()], "{noise} before");
        let heard = Heard::new(Source::Replies).hear(REPLY_27).hear(noise).hear(REPLY_63);
        assert_eq!(heard.cuts, ["G23".to_owned(), format!("N{count}"), "G14".into()], "{noise} between");
    }
    Heard::new(Source::Both).hear(REQUEST_27).hear("00 00 00").pass(100).cut(&["G7", "N3"]);
}

#[test]
fn other_noise_before_a_frame_costs_a_pause() {
    Heard::new(Source::Replies).hear("7F 3A").hear(REPLY_27).pass(20).cut(&["N2", "G23"]);
    Heard::new(Source::Replies).hear("7F").pass(30).hear(REPLY_27).cut(&["N1", "G23"]);
}

#[test]
fn a_damaged_frame_is_bad_when_silence_or_a_good_frame_bounds_it() {
    let mut damaged = bytes(REPLY_27);
    damaged[7] ^= 0x10;
    Heard::new(Source::Replies).push(&damaged).pass(20).cut(&["B23"]);
    Heard::new(Source::Replies).push(&damaged).hear(REPLY_63).cut(&["B23", "G14"]);
    Heard::new(Source::Replies).push(&damaged).push(&damaged).pass(100).cut(&["B23", "B23"]);
    Heard::new(Source::Replies).push(&damaged).hear("00").pass(100).cut(&["B23", "N1"]);
}

#[test]
fn a_truncated_reply_is_bad_once_its_rest_has_not_come() {
    let reply = bytes(REPLY_27);
    for length in 8..23 {
        let heard = Heard::new(Source::Replies).push(&reply[..length]).pass(99);
        assert!(heard.cuts.is_empty(), "{length}");
        assert_eq!(heard.pass(1).cuts, [format!("B{length}")]);
    }
    Heard::new(Source::Replies).push(&reply[..4]).pass(100).cut(&["N4"]);
    Heard::new(Source::Replies).push(&reply[..15]).pass(200).hear(REPLY_63).cut(&["B15", "G14"]);
    Heard::new(Source::Replies).push(&reply[..15]).pass(30).hear(REPLY_63).cut(&["B15", "G14"]);
}

#[test]
fn commands_outside_the_list_are_framed_by_silence_and_crc() {
    let strange = wire::frame(411_486, 0xEE, &[1, 2, 3, 4, 5]);
    Heard::new(Source::Both).push(&strange).pass(20).cut(&["G12"]);
    Heard::new(Source::Both).push(&strange).hear(REPLY_27).pass(20).cut(&["G12", "G23"]);
    Heard::new(Source::Both).push(&strange).push(&strange).finish().cut(&["G12", "G12"]);
    let reply = wire::frame(411_486, 0x87, &[7; 9]);
    Heard::new(Source::Replies).hear(REQUEST_87).push(&reply).pass(20).cut(&["G7", "G16"]);
}

#[test]
fn a_listed_command_with_a_length_of_its_own_is_still_a_frame() {
    let short = wire::frame(411_486, 0x31, &[0x40; 6]);
    Heard::new(Source::Replies).push(&short).pass(20).cut(&["G13"]);
    let long = wire::frame(411_486, 0x63, &[0x40; 9]);
    Heard::new(Source::Replies).push(&long).pass(20).cut(&["G16"]);
}

#[test]
fn a_frame_after_a_damaged_request_is_believed_at_once_where_the_same_meter_speaks() {
    let mut damaged = bytes(REQUEST_27);
    damaged[5] ^= 0x10;
    let mut other = wire::frame(411_487, 0x63, &[0x40; 7]);
    Heard::new(Source::Both).push(&damaged).hear(REPLY_63).cut(&["B7", "G14"]);
    let heard = Heard::new(Source::Both).push(&damaged).push(&other).cut(&[]);
    heard.pass(100).cut(&["B7", "G14"]);
    // Nothing longer is possible after the longest answer: then it may be another meter's.
    damaged = bytes(REPLY_27);
    damaged[7] ^= 0x10;
    Heard::new(Source::Both).push(&damaged).push(&other).cut(&["B23", "G14"]);
    other[9] ^= 1;
    Heard::new(Source::Both).push(&damaged).push(&other).cut(&[]);
}

#[test]
fn an_unlisted_command_is_a_frame_only_when_what_follows_confirms_it() {
    let strange = wire::frame(411_486, 0xEE, &[1, 2, 3, 4, 5]);
    let followed = |rest: &[u8]| Heard::new(Source::Both).push(&strange).push(rest);
    followed(&[0x5A, 0x3C]).pass(200).cut(&["B14"]);
    followed(&[0, 0]).cut(&[]).pass(20).cut(&["G12"]).pass(200).cut(&["G12", "N2"]);
    // Idle bytes confirm it by the silence after them, not by their number.
    let crowded = followed(&[0; 2 * LONGEST]);
    assert!(!crowded.cuts.contains(&"G12".to_owned()), "{:?}", crowded.cuts);
}

#[test]
fn without_times_a_dump_of_many_frames_comes_apart() {
    let mut dump = Vec::new();
    for _ in 0..50 {
        for text in [REQUEST_27, REPLY_27, REQUEST_63, REPLY_63, REQUEST_87] {
            dump.extend(bytes(text));
        }
    }
    let heard = Heard::new(Source::Both).push(&dump).finish();
    assert_eq!(heard.cuts.len(), 250);
    assert!(heard.cuts.iter().all(|cut| cut.starts_with('G')), "{:?}", heard.cuts);
}

#[test]
fn a_good_frame_is_found_in_the_middle_of_rubbish() {
    let rubbish = [0x5A; 50];
    let heard = Heard::new(Source::Both).push(&rubbish).hear(REPLY_27).push(&rubbish).finish();
    assert!(heard.cuts.contains(&"G23".to_owned()), "{:?}", heard.cuts);
}

#[test]
fn the_pause_grows_with_slow_lines() {
    let slow = silence(LineSettings::n81(600));
    assert_eq!((slow.pause, slow.patience), (Duration::from_millis(100), Duration::from_millis(200)));
    let fast = silence(LineSettings::n81(9600));
    assert_eq!((fast.pause, fast.patience), (ADAPTER, CONVERTER));
}

#[test]
fn no_input_makes_it_hold_much() {
    let mut heard = Heard::new(Source::Both);
    for round in 0..200u32 {
        let chunk: Vec<u8> =
            (0..997u32).map(|i| (i.wrapping_mul(2_654_435_761) >> (round % 24)) as u8).collect();
        heard = heard.push(&chunk);
        assert!(heard.framer.capacity() <= 8 * LONGEST);
    }
}

/// Streams made of frames, damaged frames and rubbish.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        4 => prop::sample::select(vec![REQUEST_27, REPLY_27, REQUEST_63, REPLY_63, REQUEST_87]).prop_map(bytes),
        1 => (any::<u32>(), any::<u8>(), prop::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(address, code, payload)| wire::frame(address, code, &payload)),
        1 => (prop::sample::select(vec![REPLY_27, REPLY_63]), any::<prop::sample::Index>(), 0..8u8).prop_map(
            |(text, index, bit)| {
                let mut damaged = bytes(text);
                let at = index.index(damaged.len());
                damaged[at] ^= 1 << bit;
                damaged
            }
        ),
        1 => (prop::sample::select(vec![REPLY_27, REPLY_63]), 1..23usize)
            .prop_map(|(text, count)| bytes(text).into_iter().take(count).collect()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => prop::collection::vec(Just(0u8), 0..40),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

fn cuts(source: Source, chunks: &[(u64, &[u8])], calls_expire: bool) -> (Vec<String>, Vec<u8>) {
    let mut heard = Heard::new(source);
    for (pause, chunk) in chunks {
        heard = if calls_expire {
            heard.pass(*pause)
        } else {
            Heard { now: heard.now + Duration::from_millis(*pause), ..heard }
        };
        heard = heard.push(chunk);
    }
    let heard = heard.finish();
    (heard.cuts, heard.all)
}

proptest! {
    #[test]
    fn the_pieces_are_the_input_and_the_same_for_any_chunking(
        stream in streams(),
        sizes in prop::collection::vec(1..40usize, 1..20),
        source in prop::sample::select(SOURCES.to_vec()),
    ) {
        let whole = cuts(source, &[(0, &stream)], true);
        prop_assert_eq!(&whole.1, &stream);
        let mut chunks = Vec::new();
        let mut rest = stream.as_slice();
        for size in sizes.iter().cycle() {
            let (chunk, others) = rest.split_at((*size).min(rest.len()));
            chunks.push((0, chunk));
            rest = others;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(cuts(source, &chunks, true), whole);
    }

    #[test]
    fn the_pieces_depend_on_byte_times_and_not_on_who_watches_the_clock(
        parts in prop::collection::vec((0..150u64, streams()), 0..6),
        source in prop::sample::select(SOURCES.to_vec()),
    ) {
        let chunks: Vec<(u64, &[u8])> = parts.iter().map(|(pause, bytes)| (*pause, bytes.as_slice())).collect();
        let bytewise: Vec<(u64, &[u8])> = parts
            .iter()
            .flat_map(|(pause, bytes)| {
                bytes.chunks(1).enumerate().map(|(index, byte)| (if index == 0 { *pause } else { 0 }, byte))
            })
            .collect();
        let whole = cuts(source, &chunks, true);
        prop_assert_eq!(&whole.1, &parts.iter().flat_map(|part| part.1.clone()).collect::<Vec<u8>>());
        prop_assert_eq!(&cuts(source, &chunks, false), &whole);
        if parts.iter().all(|part| !part.1.is_empty()) {
            prop_assert_eq!(&cuts(source, &bytewise, true), &whole);
        }
    }

    #[test]
    fn every_piece_knows_when_it_began_and_ended(stream in streams(), step in 0..30u64) {
        let mut framer = Mercury200Framer::new(Source::Both, LineSettings::default());
        let mut next = 0;
        let mut check = |piece: Piece<'_>| {
            assert_eq!(piece.first, At::from_millis(next * step));
            next += piece.bytes.len() as u64;
            assert_eq!(piece.last, At::from_millis((next - 1) * step));
        };
        for (index, byte) in stream.iter().enumerate() {
            framer.push(&[*byte], At::from_millis(index as u64 * step), &mut check);
        }
        framer.finish(&mut check);
        prop_assert_eq!(next, stream.len() as u64);
    }
}
