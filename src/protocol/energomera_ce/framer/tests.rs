use super::*;
use crate::frame::hex;
use proptest::prelude::*;

const REQUEST: &str = "C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 00 40 C0";
const REPLY: &str = "C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B C0";
const CLOCK: &str = "C0 48 FD 00 66 B7 57 01 20 19 21 23 02 19 07 22 1A C0";

fn bytes(text: &str) -> Vec<u8> {
    hex::parse(text).unwrap()
}

#[derive(Debug, Clone, PartialEq)]
struct Cut {
    kind: PieceKind,
    hex: String,
    first: At,
    last: At,
}

fn keep(cuts: &mut Vec<Cut>) -> impl FnMut(Piece<'_>) {
    |piece| {
        let hex = hex::spaced(piece.bytes);
        cuts.push(Cut { kind: piece.kind, hex, first: piece.first, last: piece.last });
    }
}

/// Pushes chunks that arrive at given moments, then lets time pass.
fn frame_at(chunks: &[(At, Vec<u8>)]) -> Vec<Cut> {
    let mut framer = CeFramer::new(LineSettings::default());
    let mut cuts = Vec::new();
    for (at, chunk) in chunks {
        framer.push(chunk, *at, &mut keep(&mut cuts));
    }
    if let Some(due) = framer.deadline() {
        framer.expire(due, &mut keep(&mut cuts));
    }
    assert_eq!(framer.deadline(), None, "nothing is held back after the deadline");
    cuts
}

fn frame(text: &str) -> Vec<(PieceKind, String)> {
    let cuts = frame_at(&[(At::ZERO, bytes(text))]);
    cuts.into_iter().map(|cut| (cut.kind, cut.hex)).collect()
}

fn good(text: &str) -> (PieceKind, String) {
    (PieceKind::Frame(Integrity::Good), hex::spaced(&bytes(text)))
}

fn bad(text: &str) -> (PieceKind, String) {
    (PieceKind::Frame(Integrity::Bad), hex::spaced(&bytes(text)))
}

fn noise(text: &str) -> (PieceKind, String) {
    (PieceKind::Noise, hex::spaced(&bytes(text)))
}

#[test]
fn glued_frames_come_apart() {
    let stream = format!("{REQUEST} {REPLY} {CLOCK}");
    assert_eq!(frame(&stream), [good(REQUEST), good(REPLY), good(CLOCK)]);
}

#[test]
fn two_frames_may_share_one_end() {
    let shared = CLOCK.strip_prefix("C0 ").unwrap();
    assert_eq!(frame(&format!("{REPLY} {shared} {REQUEST}")), [good(REPLY), good(shared), good(REQUEST)]);
}

#[test]
fn spare_ends_between_frames_are_noise() {
    assert_eq!(
        frame(&format!("C0 C0 {REPLY} C0 {CLOCK}")),
        [noise("C0 C0"), good(REPLY), noise("C0"), good(CLOCK)]
    );
}

#[test]
fn noise_before_between_and_after_costs_no_frame() {
    assert_eq!(
        frame(&format!("00 FF {REPLY} 00 00 00 {CLOCK} FF")),
        [noise("00 FF"), good(REPLY), noise("00 00 00"), good(CLOCK), noise("FF")]
    );
}

#[test]
fn a_stray_end_and_a_few_bytes_are_noise() {
    assert_eq!(frame(&format!("C0 00 FF {REPLY}")), [noise("C0 00 FF"), good(REPLY)]);
}

#[test]
fn a_lost_closing_end_swallows_nothing() {
    let open = REPLY.strip_suffix(" C0").unwrap();
    let next = CLOCK.strip_prefix("C0 ").unwrap();
    assert_eq!(frame(&format!("{open} {CLOCK} {REQUEST}")), [good(REPLY), good(next), good(REQUEST)]);
    assert_eq!(frame(open), [bad(open)], "alone it is a damaged frame once its time is up");
}

#[test]
fn a_lost_opening_end_loses_not_even_its_frame() {
    let lost = REPLY.strip_prefix("C0 ").unwrap();
    assert_eq!(frame(&format!("{lost} {CLOCK}")), [good(lost), good(CLOCK)]);
}

#[test]
fn a_damaged_frame_is_a_bad_frame_and_the_next_one_is_found() {
    let damaged = REPLY.replace("8B", "8A");
    assert_eq!(frame(&format!("{damaged} {CLOCK}")), [bad(&damaged), good(CLOCK)]);
    let shared = CLOCK.strip_prefix("C0 ").unwrap();
    assert_eq!(frame(&format!("{damaged} {shared}")), [bad(&damaged), good(shared)]);
}

#[test]
fn a_damaged_opt_is_still_a_frame() {
    let damaged = REPLY.replacen("48", "58", 1);
    assert_eq!(frame(&damaged), [bad(&damaged)]);
}

#[test]
fn an_end_inside_a_frame_costs_that_frame_only() {
    let broken = REPLY.replacen("96", "C0", 1);
    let found = frame(&format!("{broken} {CLOCK}"));
    assert_eq!(found.first(), Some(&bad("C0 48 FD 00 C0")));
    assert_eq!(found.last(), Some(&good(CLOCK)));
    assert_eq!(found.len(), 3);
}

#[test]
fn wrong_stuffing_is_a_bad_frame() {
    let wrong = "C0 48 2E 00 FD 00 00 00 00 00 D0 01 20 DB 00 C0";
    assert_eq!(frame(wrong), [bad(wrong)]);
}

#[test]
fn stuffed_bytes_do_not_end_a_frame() {
    for stuffed in [
        "C0 48 DB DC 00 FD 00 00 00 00 00 D0 01 20 30 C0",
        "C0 48 DB DC DB DD FD 00 31 DE 0B 00 D0 01 20 FF C0",
        "C0 48 24 00 FD 00 00 00 00 00 D0 01 20 DB DD C0",
    ] {
        assert_eq!(frame(&format!("{stuffed} {REPLY}")), [good(stuffed), good(REPLY)]);
    }
}

#[test]
fn the_longest_frame_fits_and_a_longer_run_is_noise() {
    let packet = super::super::frame::Packet {
        kind: super::super::frame::Kind::Request { password: 0xDBC0_DBC0 },
        to: 0xC0C0,
        from: 0xDBDB,
        command: 0xC0DB,
        data: super::super::frame::Data::new(&[0xC0; 15]).unwrap(),
    };
    let wire = packet.to_wire();
    assert!(wire.len() > WIRE_MAX - 4, "nearly every byte is stuffed");
    assert_eq!(frame(&hex::spaced(&wire)), [good(&hex::spaced(&wire))]);
    let mut long = vec![END, OPT];
    long.extend([0x11; 70]);
    let long = hex::spaced(&long);
    assert_eq!(frame(&format!("{long} {REPLY}")), [noise(&long), good(REPLY)]);
}

#[test]
fn a_cut_off_frame_is_given_up_after_its_patience_and_not_before() {
    let begun = bytes("C0 48 FD 00 96");
    let mut framer = CeFramer::new(LineSettings::default());
    let mut cuts = Vec::new();
    framer.push(&begun, At::from_millis(10), &mut keep(&mut cuts));
    assert_eq!(framer.deadline(), Some(At::from_millis(510)));
    framer.expire(At::from_millis(509), &mut keep(&mut cuts));
    assert!(cuts.is_empty());
    framer.expire(At::from_millis(510), &mut keep(&mut cuts));
    assert_eq!(cuts.len(), 1);
    assert_eq!((cuts[0].kind, cuts[0].hex.as_str()), (PieceKind::Frame(Integrity::Bad), "C0 48 FD 00 96"));
}

#[test]
fn a_pause_within_a_frame_means_nothing() {
    let reply = bytes(REPLY);
    let (head, tail) = reply.split_at(7);
    let cuts = frame_at(&[(At::from_millis(5), head.to_vec()), (At::from_millis(405), tail.to_vec())]);
    assert_eq!(cuts.len(), 1);
    assert_eq!((cuts[0].first, cuts[0].last), (At::from_millis(5), At::from_millis(405)));
}

#[test]
fn related_protocols_are_framed_and_not_judged() {
    for variant in
        ["C0 54 FD 00 06 00 50 31 02 00 4C 00 0C 09 60 00 C0", "C0 06 01 02 03 04 00 06 11 22 33 44 C0"]
    {
        assert_eq!(frame(variant), [(PieceKind::Frame(Integrity::Unchecked), hex::spaced(&bytes(variant)))]);
    }
}

fn streams() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(bytes(REQUEST)),
        Just(bytes(REPLY)),
        Just(bytes(CLOCK)),
        Just(bytes(CLOCK)[1..].to_vec()),
        (0..18usize).prop_map(|cut| bytes(REPLY)[..cut].to_vec()),
        (0..18usize, 0..8u32).prop_map(|(at, bit)| {
            let mut frame = bytes(REPLY);
            frame[at] ^= 1 << bit;
            frame
        }),
        prop::collection::vec(prop_oneof![Just(END), Just(0xDB), Just(OPT), Just(0x54), any::<u8>()], 0..80),
        prop::collection::vec(any::<u8>(), 0..700),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn pieces_partition_the_stream_and_do_not_depend_on_the_chunks(
        stream in streams(),
        cuts in prop::collection::vec(1..20usize, 1..60),
    ) {
        let mut chunks = Vec::new();
        let mut rest = stream.as_slice();
        for cut in cuts {
            let (chunk, later) = rest.split_at(cut.min(rest.len()));
            chunks.push((At::ZERO, chunk.to_vec()));
            rest = later;
        }
        chunks.push((At::ZERO, rest.to_vec()));
        let whole = frame_at(&[(At::ZERO, stream.clone())]);
        prop_assert_eq!(&frame_at(&chunks), &whole);
        let bytes: Vec<String> = stream.iter().map(|byte| vec![format!("{byte:02X}")]).collect::<Vec<_>>().concat();
        let pieces: Vec<String> = whole.iter().flat_map(|cut| cut.hex.split(' ').map(str::to_owned)).collect();
        prop_assert_eq!(pieces, bytes);
    }

    #[test]
    fn pieces_depend_on_byte_times_alone(stream in streams(), gaps in prop::collection::vec(0..700u64, 1..40)) {
        let times = stream.iter().scan((0, gaps.iter().cycle()), |(at, gaps), _| {
            // Most bytes follow each other closely.
            *at += gaps.next().filter(|gap| **gap % 7 == 0).unwrap_or(&1);
            Some(At::from_millis(*at))
        });
        let timed: Vec<(At, u8)> = times.zip(stream.iter().copied()).collect();
        let single: Vec<(At, Vec<u8>)> = timed.iter().map(|(at, byte)| (*at, vec![*byte])).collect();
        let told = {
            // The same, with the owner waking it at every deadline.
            let mut framer = CeFramer::new(LineSettings::default());
            let mut cuts = Vec::new();
            for (at, chunk) in &single {
                if let Some(due) = framer.deadline().filter(|due| due <= at) {
                    framer.expire(due, &mut keep(&mut cuts));
                }
                framer.push(chunk, *at, &mut keep(&mut cuts));
            }
            framer.finish(&mut keep(&mut cuts));
            cuts
        };
        prop_assert_eq!(frame_at(&single), told);
    }

    #[test]
    fn the_judgement_is_the_dissectors(stream in streams()) {
        use crate::protocol::{Context, Family};
        for cut in frame_at(&[(At::ZERO, stream.clone())]) {
            let PieceKind::Frame(judged) = cut.kind else { continue };
            let explained = (&super::super::Ce as &dyn Family).dissect(&bytes(&cut.hex), &Context::default());
            let word = match judged {
                Integrity::Good => "good",
                Integrity::Bad => "bad",
                Integrity::Unchecked => "unchecked",
            };
            prop_assert_eq!(explained.verdict.word(), word, "{}", cut.hex);
        }
    }

    #[test]
    fn memory_is_bounded(stream in prop::collection::vec(any::<u8>(), 0..20_000)) {
        let mut framer = CeFramer::new(LineSettings::default());
        let before = framer.held.capacity();
        framer.push(&stream, At::ZERO, &mut |_| {});
        prop_assert_eq!(framer.held.capacity(), before);
    }
}
