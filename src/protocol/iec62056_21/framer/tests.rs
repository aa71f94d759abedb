use std::time::Duration;

use super::*;
use crate::protocol::Integrity;

/// What a framer made of chunks that came at these milliseconds.
fn cut(source: Source, chunks: &[(u64, &[u8])]) -> Vec<(PieceKind, Vec<u8>, u64, u64)> {
    let mut framer = IecFramer::new(source);
    let mut pieces = Vec::new();
    let millis = |at: At| at.nanos() / 1_000_000;
    let mut keep = |p: Piece<'_>| pieces.push((p.kind, p.bytes.to_vec(), millis(p.first), millis(p.last)));
    for (at, bytes) in chunks {
        framer.push(bytes, At::from_millis(*at), &mut keep);
    }
    framer.finish(&mut keep);
    pieces
}

fn kinds(source: Source, bytes: &[u8]) -> Vec<(PieceKind, Vec<u8>)> {
    cut(source, &[(0, bytes)]).into_iter().map(|(kind, bytes, ..)| (kind, bytes)).collect()
}

const GOOD: PieceKind = PieceKind::Frame(Integrity::Good);
const BAD: PieceKind = PieceKind::Frame(Integrity::Bad);
const PLAIN: PieceKind = PieceKind::Frame(Integrity::Unchecked);
const NOISE: PieceKind = PieceKind::Noise;

#[test]
fn the_check_character_ends_a_message_whatever_it_is() {
    for message in
        [&b"\x02(01)\x03\x03"[..], b"\x01R1\x020F0880FF()\x03\x15", b"\x02000902FF(020528)\x03\x04"]
    {
        let twice = [message, message].concat();
        assert_eq!(kinds(Source::Both, &twice), [(GOOD, message.to_vec()), (GOOD, message.to_vec())]);
    }
}

#[test]
fn an_ack_of_a_meter_stands_alone_and_on_a_bus_may_begin_a_selection() {
    assert_eq!(kinds(Source::Replies, b"\x06"), [(PLAIN, vec![6])]);
    assert_eq!(kinds(Source::Both, b"\x06051\r\n"), [(PLAIN, b"\x06051\r\n".to_vec())]);
    assert_eq!(kinds(Source::Both, b"\x06\x01B0\x03q"), [(PLAIN, vec![6]), (GOOD, b"\x01B0\x03q".to_vec())]);
    assert_eq!(kinds(Source::Both, b"\x06\x15"), [(PLAIN, vec![6]), (PLAIN, vec![0x15])]);
}

#[test]
fn wake_up_bytes_greetings_and_glitches_are_noise_before_the_message() {
    let ident = b"/TPC5NEVAMT324.2303\r\n";
    for before in [&[0; 84][..], &[0x7F; 5], b"imei:080255635\n", b"version:1.0\n", &[0xFF]] {
        let bytes = [before, ident].concat();
        assert_eq!(kinds(Source::Replies, &bytes), [(NOISE, before.to_vec()), (PLAIN, ident.to_vec())]);
    }
}

#[test]
fn an_identification_is_handed_on_at_once_and_its_telegram_after_it() {
    let ident = b"/ESY5Q3DA1024 V3.03\r\n";
    let lines = b"\r\n1-0:1.8.0*255(1.0*kWh)\r\n!\r\n";
    let pieces = cut(Source::Replies, &[(0, ident), (5, lines)]);
    assert_eq!(pieces, [(PLAIN, ident.to_vec(), 0, 0), (PLAIN, lines.to_vec(), 5, 5)]);
}

#[test]
fn a_block_whose_end_was_lost_does_not_swallow_the_next() {
    let good = b"\x02100700FF(00005.3)\x03,";
    let bytes = [b"\x020F0880FF(0000", &good[..]].concat();
    assert_eq!(kinds(Source::Replies, &bytes), [(BAD, b"\x020F0880FF(0000".to_vec()), (GOOD, good.to_vec())]);
}

#[test]
fn what_is_not_finished_is_given_up_after_the_longest_gap() {
    let mut framer = IecFramer::new(Source::Replies);
    let mut pieces = Vec::new();
    framer.push(b"\x02000902FF(02", At::ZERO, &mut |p: Piece<'_>| pieces.push(p.kind));
    let due = framer.deadline().expect("it waits");
    assert_eq!(due, At::ZERO + Duration::from_millis(1500));
    framer.expire(due, &mut |p: Piece<'_>| pieces.push(p.kind));
    assert_eq!((pieces, framer.deadline()), (vec![BAD], None));
}

#[test]
fn a_gap_within_a_message_means_nothing() {
    let pieces = cut(Source::Replies, &[(0, b"\x02100700FF(000"), (1400, b"05.3)\x03"), (2800, b",")]);
    assert_eq!(pieces, [(GOOD, b"\x02100700FF(00005.3)\x03,".to_vec(), 0, 2800)]);
}

#[test]
fn a_message_without_end_is_cut_and_memory_stays_bounded() {
    let mut framer = IecFramer::new(Source::Replies);
    let mut longest = 0;
    for _ in 0..100 {
        framer.push(&[b"\x02(", &[b'1'; 998][..]].concat(), At::ZERO, &mut |p: Piece<'_>| {
            longest = longest.max(p.bytes.len());
        });
        assert!(framer.held.len() <= 2 * LONGEST);
    }
    assert_eq!(longest, LONGEST);
}

#[test]
fn parity_bits_do_not_hide_a_message_and_stay_in_it() {
    let bytes = [0xAF, 0x3F, 0x21, 0x8D, 0x0A];
    assert_eq!(kinds(Source::Both, &bytes), [(PLAIN, bytes.to_vec())]);
}
