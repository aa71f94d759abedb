//! Cutting streams: any chunks, noise, telegrams that break off, ends that are not where they should be.

use std::time::Duration;

use proptest::prelude::*;

use super::super::P1;
use super::super::wire;
use super::published::{find, vectors};
use crate::frame::{At, FieldTree, Verdict};
use crate::protocol::{
    Context, Dialect, Family, Framer, Integrity, LineSettings, Piece, PieceKind, Source, laws,
};

type Kept = (PieceKind, Vec<u8>);

const GOOD: PieceKind = PieceKind::Frame(Integrity::Good);
const BAD: PieceKind = PieceKind::Frame(Integrity::Bad);
const UNCHECKED: PieceKind = PieceKind::Frame(Integrity::Unchecked);

fn framer() -> Box<dyn Framer> {
    P1.framer(Source::Replies, LineSettings::n81(115_200))
}

fn pieces(bytes: &[u8]) -> Vec<Kept> {
    laws::pieces(&P1, Source::Replies, bytes, &[])
}

/// The pieces of chunks that come at times in milliseconds, with every deadline kept.
fn timed(chunks: &[(u64, &[u8])]) -> Vec<Kept> {
    let mut framer = framer();
    let mut kept: Vec<Kept> = Vec::new();
    let mut keep = |piece: Piece<'_>| kept.push((piece.kind, piece.bytes.to_vec()));
    for (millis, bytes) in chunks {
        let at = At::from_millis(*millis);
        while let Some(deadline) = framer.deadline().filter(|deadline| *deadline <= at) {
            framer.expire(deadline, &mut keep);
        }
        framer.push(bytes, at, &mut keep);
    }
    while let Some(deadline) = framer.deadline() {
        framer.expire(deadline, &mut keep);
    }
    kept
}

fn small() -> Vec<u8> {
    wire::seal_up(b"/KAM5\r\n\r\n1-0:1.8.0(00000003.997*kWh)\r\n!")
}

fn bare() -> Vec<u8> {
    b"/ISk5\\2MT382-1003\r\n\r\n1-0:1.8.1(16719.940*kWh)\r\n!\r\n".to_vec()
}

#[test]
fn an_exclamation_mark_in_mid_line_ends_nothing() {
    // As on a Landis+Gyr E360 with a weak cable: 1 and ) lose a bit.
    let text = b"/LGF5E360\r\n\r\n1-0:!.8.1(000095.052*kWh!\r\n!-0:2.8.1(000095.052*kWh)\r\n!1234\r\n";
    assert_eq!(pieces(text), [(BAD, text.to_vec())]);
}

#[test]
fn a_mark_behind_a_bracket_ends_a_telegram_when_a_crc_follows() {
    let text = wire::seal_up(b"/ADN9 6534\r\n\r\n1-0:1.8.0(1*kWh)!");
    assert_eq!(pieces(&text), [(GOOD, text.clone())]);
    let stray = b"/ADN9 6534\r\n\r\n1-0:0.2.0((A)!\r\n1-0:1.8.0(1*kWh)\r\n!\r\n";
    assert_eq!(pieces(stray), [(UNCHECKED, stray.to_vec())]);
}

#[test]
fn a_telegram_that_breaks_off_is_given_up_when_the_next_begins() {
    let whole = small();
    for cut in 0..whole.len() {
        let stream = [&whole[..cut], &whole, &bare()].concat();
        let found = pieces(&stream);
        assert_eq!(found[found.len() - 2..], [(GOOD, whole.clone()), (UNCHECKED, bare())], "cut at {cut}");
    }
}

#[test]
fn a_telegram_that_begins_in_the_middle_is_noise() {
    let whole = small();
    for cut in 1..whole.len() {
        let stream = [&whole[cut..], &whole].concat();
        assert_eq!(
            pieces(&stream),
            [(PieceKind::Noise, whole[cut..].to_vec()), (GOOD, whole.clone())],
            "{cut}"
        );
    }
}

#[test]
fn what_stands_between_telegrams_is_noise() {
    let stream = [b"\0\0".as_slice(), &small(), b"\0", &bare(), b"garbage /x"].concat();
    let expected = [
        (PieceKind::Noise, b"\0\0".to_vec()),
        (GOOD, small()),
        (PieceKind::Noise, b"\0".to_vec()),
        (UNCHECKED, bare()),
        (PieceKind::Noise, b"garbage /x".to_vec()),
    ];
    assert_eq!(pieces(&stream), expected);
}

#[test]
fn a_nul_before_the_line_end_belongs_to_the_telegram() {
    let mut text = small();
    text.insert(text.len() - 2, 0);
    assert_eq!(pieces(&text), [(GOOD, text.clone())]);
}

#[test]
fn a_damaged_line_end_does_not_take_the_next_telegram_along() {
    let whole = small();
    let (body, _) = whole.split_at(whole.len() - 2);
    for end in [b"".as_slice(), b"\r", b"\r\x8A", b"\x8D\n", b"\x8D\x8A"] {
        let stream = [body, end, &whole].concat();
        let found = pieces(&stream);
        let kinds: Vec<PieceKind> =
            found.iter().map(|piece| piece.0).filter(|k| *k != PieceKind::Noise).collect();
        assert_eq!(kinds, [GOOD, GOOD], "{end:02X?}");
        assert_eq!(found.last(), Some(&(GOOD, whole.clone())), "{end:02X?}");
    }
}

#[test]
fn the_crc_is_waited_for_across_a_short_pause() {
    let whole = small();
    let cut = whole.len() - 4;
    assert_eq!(timed(&[(0, &whole[..cut]), (200, &whole[cut..])]), [(GOOD, whole.clone())]);
}

#[test]
fn silence_ends_what_has_broken_off() {
    let whole = small();
    let cut = 30;
    assert_eq!(timed(&[(0, &whole[..cut]), (1500, &whole[cut..])]), [(GOOD, whole.clone())]);
    let parted = timed(&[(0, &whole[..cut]), (2500, &whole[cut..])]);
    assert_eq!(parted, [(BAD, whole[..cut].to_vec()), (PieceKind::Noise, whole[cut..].to_vec())]);
    let unended = bare().strip_suffix(b"\r\n").unwrap().to_vec();
    assert_eq!(timed(&[(0, &unended)]), [(UNCHECKED, unended.clone())]);
}

#[test]
fn a_piece_has_the_times_of_its_first_and_last_byte() {
    let whole = small();
    let mut framer = framer();
    let mut times = Vec::new();
    let mut keep = |piece: Piece<'_>| times.push((piece.bytes.len(), piece.first, piece.last));
    framer.push(&[0, 0], At::from_millis(5), &mut keep);
    framer.push(&whole[..9], At::from_millis(10), &mut keep);
    framer.push(&[&whole[9..], &whole[..4]].concat(), At::from_millis(20), &mut keep);
    framer.finish(&mut keep);
    let at = At::from_millis;
    assert_eq!(times, [(2, at(5), at(5)), (whole.len(), at(10), at(20)), (4, at(20), at(20))]);
}

#[test]
fn an_encrypted_telegram_is_cut_by_its_length_and_given_up_when_the_next_begins() {
    let frame = find("lu-smarty-encrypted").frame().unwrap();
    for cut in [frame.len(), 17, 18, 19, 100, 400, 600] {
        let stream = [&frame[..cut], &frame].concat();
        let found = pieces(&stream);
        assert_eq!(found.last(), Some(&(UNCHECKED, frame.clone())), "cut at {cut}");
    }
    let parted = timed(&[(0, &frame[..frame.len() - 3]), (10_000, &frame)]);
    assert_eq!(parted, [(BAD, frame[..frame.len() - 3].to_vec()), (UNCHECKED, frame.clone())]);
}

#[test]
fn a_readout_of_another_protocol_is_no_telegram() {
    let sign_on = b"/?!\r\n/EKT5CE301v11.8s4\r\n";
    assert!(pieces(sign_on).iter().all(|piece| piece.0 != UNCHECKED && piece.0 != GOOD));
    let readout = b"/EKT5CE301v11.8s4\r\n\x02ET0PE(1.5)\r\n!\r\n\x03\x2A";
    assert!(pieces(readout).iter().all(|piece| piece.0 == PieceKind::Noise));
}

#[test]
fn memory_is_bounded_whatever_comes() {
    let endless = [b"/KAM5\r\n".as_slice(), &vec![b'x'; 100_000]].concat();
    let mut longest = 0;
    for bytes in [endless, vec![b'/'; 100_000], vec![0; 100_000], b"/AAA5".repeat(20_000)] {
        for (_, piece) in pieces(&bytes) {
            longest = longest.max(piece.len());
        }
    }
    assert!(longest <= wire::LONGEST, "{longest}");
}

#[test]
fn a_pause_of_one_interval_separates_nothing_that_is_whole() {
    let (one, two) = (small(), bare());
    let second = u64::try_from(Duration::from_secs(1).as_millis()).unwrap();
    assert_eq!(timed(&[(0, &one), (second, &two)]), [(GOOD, one.clone()), (UNCHECKED, two.clone())]);
}

/// Streams of telegrams, parts of telegrams and noise.
fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let texts: Vec<Vec<u8>> =
        vectors().into_iter().map(|vector| vector.frame().unwrap_or(vector.text)).collect();
    let count = texts.len();
    let part =
        (0..count, any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(move |(n, a, b)| {
            let text = &texts[n];
            let (a, b) = (a.index(text.len() + 1), b.index(text.len() + 1));
            text[a.min(b)..a.max(b)].to_vec()
        });
    let noise = proptest::collection::vec(
        prop_oneof![any::<u8>(), Just(b'/'), Just(b'!'), Just(b'\n'), Just(0xDB), Just(8), b'A'..=b'F'],
        0..40,
    );
    let whole = prop_oneof![Just(small()), Just(bare())];
    proptest::collection::vec(prop_oneof![part, noise, whole], 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_stream_keeps_the_laws(
        bytes in traffic(),
        cuts in proptest::collection::vec(0..4000usize, 0..12),
        dialect in 0..16u8,
    ) {
        laws::stream(&P1, Source::Both, &bytes, &cuts);
        laws::dissection(&P1, &bytes, None, Dialect(dialect));
    }

    #[test]
    fn after_any_noise_without_a_head_a_whole_telegram_is_found(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
        let noise: Vec<u8> = noise.into_iter().filter(|byte| *byte != b'/' && *byte != 0xDB).collect();
        let found = pieces(&[noise.as_slice(), &small()].concat());
        prop_assert_eq!(found.last(), Some(&(GOOD, small())));
    }
}

/// The characters with even parity in bit 7, as a line of 8N1 hands over what was sent as 7E1.
fn with_parity(text: &[u8]) -> Vec<u8> {
    text.iter().map(|byte| byte | if byte.count_ones() % 2 == 1 { 0x80 } else { 0 }).collect()
}

#[test]
fn characters_with_parity_are_read_without_it_and_that_is_told() {
    let stream = with_parity(&[small(), bare()].concat());
    let found = pieces(&stream);
    assert_eq!(found.iter().map(|piece| piece.0).collect::<Vec<_>>(), [GOOD, UNCHECKED]);
    let told = (&P1 as &dyn Family).dissect(&found[0].1, &Context::default());
    let plain = (&P1 as &dyn Family).dissect(&small(), &Context::default());
    assert_eq!((told.verdict, &told.readings), (Verdict::Good, &plain.readings));
    assert_eq!(told.problems[0].code.as_str(), "parity");
    for layer in &told.layers {
        assert!(layer.fields.tiles(layer.bytes.len()), "{}", layer.kind);
    }
}

#[test]
fn a_wrong_parity_bit_is_damage_and_gives_no_reading_even_without_a_crc() {
    // Without the line feed the telegram is whole all the same.
    let text = with_parity(&bare()[..bare().len() - 1]);
    let start = wire::HEAD;
    for at in start..text.len() {
        for bit in 0..8 {
            let mut damaged = text.clone();
            damaged[at] ^= 1 << bit;
            for (kind, bytes) in pieces(&damaged) {
                let told = (&P1 as &dyn Family).dissect(&bytes, &Context::default());
                assert!(kind != GOOD && kind != UNCHECKED, "byte {at} bit {bit}");
                assert!(
                    told.readings.is_empty() && (told.verdict.is_bad() || kind == PieceKind::Noise),
                    "{at} {bit}"
                );
            }
        }
    }
}
