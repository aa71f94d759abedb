//! Whose bytes are whose, and that all of them are found again.

use proptest::prelude::*;

use super::*;
use crate::decode::{detect, recognise_good};
use crate::frame::hex;
use crate::protocol::registry;
use crate::trace::EntryKind;

/// A request and its answer of a CE307 (`Bagunda/energomera_ce307`).
const TALK: &str = "C0489634FD0000000000D201300001F5C0 C048FD009634570130000922EC8B04001BC0";

#[test]
fn the_protocol_with_the_most_good_frames_is_taken() {
    let id = |text: &str| detect(&hex::parse(text).unwrap(), &[]).map(|decoder| decoder.family.id());
    assert_eq!(id(TALK), Some("energomera-ce"));
    assert_eq!(id("0006475E63ECD4"), Some("mercury200"));
    assert_eq!(id("010203"), None);
}

#[test]
fn a_bad_frame_is_recognised_but_does_not_count_as_good() {
    let bytes = hex::parse("C048FD009634570130000922EC8B04001CC0").unwrap();
    assert!(detect(&bytes, &[]).is_some() && recognise_good(&bytes, &[]).is_none());
}

#[test]
fn a_telegram_without_a_checksum_is_recognised_and_half_of_one_is_not() {
    let text = b"/ISk5\\2MT382-1003\r\n\r\n1-0:1.8.1(000001.718*kWh)\r\n!\r\n";
    let id = |bytes: &[u8]| recognise_good(bytes, &[]).map(|decoder| decoder.family.id());
    assert_eq!(id(text), Some("dsmr-p1"));
    assert_eq!(id(&text[..40]), None);
}

#[test]
fn an_answer_knows_its_request() {
    let bytes = hex::parse(TALK).unwrap();
    let trace = digest(&bytes, detect(&bytes, &[]));
    assert_eq!(trace.entry(1).and_then(|entry| entry.relation.answers), Some(0));
}

proptest! {
    #[test]
    fn every_byte_is_found_again_in_order(bytes in proptest::collection::vec(any::<u8>(), 1..400)) {
        for &family in registry::FAMILIES {
            let trace = digest(&bytes, Some(Decoder::of(family)));
            let entries = (0..trace.len()).map(|number| trace.entry(number).unwrap());
            let found: Vec<u8> = entries.flat_map(|entry| trace.bytes_of(&entry).into_owned()).collect();
            prop_assert_eq!(&found, &bytes);
        }
    }
}

/// Something that is neither hex nor a capture.
fn input(bytes: Vec<u8>) -> Input {
    Input::open(Origin::Stream(Box::new(std::io::Cursor::new([vec![0], bytes].concat())))).unwrap()
}

/// Which way, what and how long: all entries of a trace.
fn entries(trace: &Trace) -> Vec<(EntryKind, u32, Vec<u8>)> {
    let entries = (0..trace.len()).map(|number| trace.entry(number).unwrap());
    entries.map(|entry| (entry.kind, entry.len, trace.bytes_of(&entry).into_owned())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn cut_piece_by_piece_the_entries_are_the_same(
        bytes in proptest::collection::vec(any::<u8>(), 1..400),
        times in 1..200_usize,
    ) {
        for &family in registry::FAMILIES {
            let decoder = Some(Decoder::of(family));
            let mut explained = Explained::new(input(bytes.repeat(times)), decoder, Vec::new()).unwrap();
            while explained.step().unwrap() {}
            let whole = digest(&[vec![0], bytes.repeat(times)].concat(), decoder);
            prop_assert_eq!(entries(explained.trace()), entries(&whole));
        }
    }
}

#[test]
fn a_long_input_is_not_held() {
    let decoder = registry::family("mbus").map(Decoder::of);
    let mut explained = Explained::new(input(vec![0x55; 24 << 20]), decoder, Vec::new()).unwrap();
    let mut most = 0;
    while explained.step().unwrap() {
        most = most.max(explained.trace().resident_bytes());
    }
    assert!(most < 10 << 20, "{most}");
}
