//! What goes wrong in the field, each by the name it is told under: errors, and the habits of meters and adapters.

use rstest::rstest;

use super::super::OverMbus;
use super::super::over_mbus::segments;
use super::{Expected, listen, problems, readings, vector};
use crate::frame::{Secret, hex};
use crate::protocol::{Dialect, Family, Fault, LineSettings, MeterKey, MissingKey, PieceKind, sealed};

/// What a published or made-up telegram tells with its own keys.
fn told(id: &str) -> Vec<Expected> {
    let vector = vector(id);
    listen(vector.family(), &[&vector.bytes()], &vector.keys())
}

#[rstest]
#[case::stop_byte("neg-stop-byte", "stop-byte")]
#[case::checksum("neg-checksum-seg0", "checksum")]
#[case::checksum_of_the_last_segment("neg-checksum-seg1", "checksum")]
#[case::bytes_lost_on_the_way("sagemcom-corrupt-gh301", "framing")]
#[case::only_second_segments_arrive("kaifa-second-segment-only-gh539", "orphan-segment")]
#[case::orphan("neg-orphan-seg1", "orphan-segment")]
#[case::gap("neg-sequence-gap", "segment-sequence")]
#[case::restart("neg-sequence-restart", "segment-restart")]
#[case::lengths_that_differ("neg-length-mismatch", "length-mismatch")]
#[case::declared_longer_than_it_is("neg-declared-length-short", "apdu-incomplete")]
#[case::no_system_title("neg-system-title-length-0", "system-title-missing")]
#[case::compressed("neg-compressed-bit", "unsupported-compression")]
#[case::tag("neg-tag-mismatch", "tag")]
#[case::another_authentication_key("neg-wrong-auth-key", "tag")]
#[case::frame_check_of_hand_edited_bytes("dp-landis_gyr_zmf100-badfcs", "fcs")]
fn a_fault_is_told_by_its_name(#[case] id: &str, #[case] code: &str) {
    let told = told(id);
    assert!(problems(&told).contains(&code), "{id}: {:?}", problems(&told));
}

#[rstest]
#[case::a_forged_tag("neg-tag-mismatch", Some(MissingKey::WrongKey))]
#[case::another_authentication_key("neg-wrong-auth-key", Some(MissingKey::WrongKey))]
#[case::no_system_title("neg-system-title-length-0", Some(MissingKey::NoKey))]
#[case::damage("neg-checksum-seg1", None)]
fn what_keeps_a_message_from_being_read_is_no_key_or_a_wrong_one(
    #[case] id: &str,
    #[case] expected: Option<MissingKey>,
) {
    let mut locks = told(id).into_iter().filter_map(|told| match sealed::fault(&told.dissection?) {
        Some(Fault::Sealed { lock, .. }) => Some(lock),
        _ => None,
    });
    assert_eq!(locks.next_back(), expected, "{id}");
}

#[test]
fn a_wrong_key_is_told_from_damage_by_the_checksums() {
    let bytes = vector("syn-kaifa-250").bytes();
    let wrong = MeterKey { system_title: None, encryption: Secret::new(vec![9; 16]), authentication: None };
    let with = |bytes: &[u8]| problems(&listen(&OverMbus, &[bytes], std::slice::from_ref(&wrong)));
    assert_eq!(with(&bytes), ["plaintext-check"]);
    let mut damaged = bytes;
    damaged[100] ^= 1;
    assert!(!with(&damaged).contains(&"plaintext-check"));
}

#[test]
fn a_key_of_16_bytes_for_suite_2_is_said_to_be_too_short() {
    let title = [b'K', b'F', b'M', 0, 0, 0, 0, 1];
    let apdu = [&[0xDB, 8][..], &title, &[25, 0x22, 0, 0, 0, 1], &[0xAA; 20]].concat();
    let key = MeterKey { system_title: None, encryption: Secret::new(vec![1; 16]), authentication: None };
    let told = listen(&OverMbus, &[&segments(&apdu, 245).concat()], &[key]);
    assert_eq!(problems(&told), ["key-length"]);
}

/// The problems of an APDU that is sent in segments, with no key.
fn of_apdu(parts: &[&[u8]]) -> Vec<&'static str> {
    problems(&listen(&OverMbus, &[&segments(&parts.concat(), 245).concat()], &[]))
}

/// Tag and system title, length, security control and counter of a ciphered APDU whose text has 20 bytes.
const CIPHERED: &[u8] = b"\xDB\x08KFM\0\0\0\0\x01\x19\x20\0\0\0\x01";

#[test]
fn an_apdu_whose_length_is_not_that_of_what_came_is_said_to_be_short_or_followed_by_more() {
    assert_eq!(of_apdu(&[CIPHERED, &[0xAA; 20]]), ["no-key"]);
    assert_eq!(of_apdu(&[CIPHERED, &[0xAA; 19]]), ["apdu-incomplete"]);
    assert_eq!(of_apdu(&[CIPHERED, &[0xAA; 23]]), ["trailing-bytes", "no-key", "unsupported-apdu"]);
}

#[rstest]
#[case::a_key_of_one_association(&[0xDC, 8, b'K', b'F', b'M', 0, 0, 0, 0, 1, 25, 0x20, 0, 0, 0, 1], "unsupported-key")]
#[case::a_suite_of_none(&[0xDB, 8, b'K', b'F', b'M', 0, 0, 0, 0, 1, 25, 0x27, 0, 0, 0, 1], "unsupported-suite")]
#[case::compression(&[0xDB, 8, b'K', b'F', b'M', 0, 0, 0, 0, 1, 25, 0xA0, 0, 0, 0, 1], "unsupported-compression")]
fn what_cannot_be_deciphered_with_any_key_is_said_to_be_so(#[case] head: &[u8], #[case] code: &str) {
    let apdu = [head, &[0xAA; 20]].concat();
    let key = MeterKey { system_title: None, encryption: Secret::new(vec![1; 16]), authentication: None };
    assert_eq!(problems(&listen(&OverMbus, &[&segments(&apdu, 245).concat()], &[key])), [code]);
}

#[rstest]
#[case::unknown_type(&[0x02, 0x01, 0x7E], "axdr")]
#[case::more_announced_than_there_is(&[0x02, 0x05, 0x11, 0x01], "axdr")]
#[case::bytes_left_over(&[0x02, 0x01, 0x11, 0x01, 0x55], "unsupported-apdu")]
fn data_of_unknown_layout_is_shown_up_to_where_it_is_not_understood(#[case] data: &[u8], #[case] code: &str) {
    let found = of_apdu(&[&[0x0F, 0, 0, 0, 1, 0], data]);
    assert!(found.contains(&code), "{found:?}");
}

#[rstest]
#[case::the_same_again(7, 7, true)]
#[case::back(7, 3, true)]
#[case::ahead(7, 8, false)]
fn a_counter_that_does_not_grow_is_a_replay(#[case] first: u8, #[case] next: u8, #[case] is_replay: bool) {
    let push = |counter: u8| {
        let mut head = CIPHERED.to_vec();
        *head.last_mut().unwrap() = counter;
        segments(&[head, vec![0xAA; 20]].concat(), 245).concat()
    };
    let found = problems(&listen(&OverMbus, &[&push(first), &push(next)], &[]));
    assert_eq!(found.contains(&"replay"), is_replay, "{found:?}");
}

#[rstest]
#[case::length_of_257_written_as_1("syn-sagemcom-257")]
#[case::negative_power_factor_at_noon("syn-sagemcom-noon-negative-pf")]
#[case::delimiters_within_the_system_title("syn-system-title-7e-content")]
#[case::a_date_and_time_behind_a_type_of_its_own("dp-kaifa_ma304h3e")]
fn a_habit_of_a_meter_is_no_fault(#[case] id: &str) {
    let told = told(id);
    let faults = told.iter().filter_map(Expected::frame).filter(|frame| frame.verdict.is_bad()).count();
    assert!(faults == 0 && !readings(&told).is_empty(), "{id}: {:?}", problems(&told));
}

#[test]
fn bytes_of_an_idle_line_before_the_first_frame_are_noise_and_no_fault() {
    let vector = vector("syn-kaifa-250");
    for before in ["FF", "00", "00 FF FF 00", "FF FF FF FF FF FF FF FF"] {
        let stream = [hex::parse(before).unwrap(), vector.bytes()].concat();
        let told = listen(&OverMbus, &[&stream], &vector.keys());
        assert_eq!(told[0].kind, PieceKind::Noise);
        assert!(problems(&told).is_empty() && readings(&told).len() > 5, "{before}");
    }
}

#[test]
fn an_adapter_that_garbles_all_but_the_beginning_shows_the_header_and_a_wrong_checksum_each_time() {
    let vector = vector("syn-kaifa-250");
    let mut bytes = vector.bytes();
    bytes[40..250].fill(0xFF);
    let told = listen(&OverMbus, &[&[bytes.clone(), bytes].concat()], &vector.keys());
    assert_eq!(problems(&told).iter().filter(|code| **code == "checksum").count(), 2);
    let frame = told[0].frame().unwrap();
    assert!(frame.verdict.is_bad() && frame.readings.is_empty());
    assert!(frame.layers[0].fields.iter().any(|field| field.label.to_string().starts_with("CI")));
}

#[test]
fn bytes_that_a_slow_reader_loses_cost_one_push_and_not_the_next() {
    let vector = vector("syn-kaifa-250");
    let whole = vector.bytes();
    let expected = readings(&listen(&OverMbus, &[&whole], &vector.keys()));
    for lost in [1, 7, 37] {
        let mut short = whole.clone();
        short.drain(120..120 + lost);
        let found = readings(&listen(&OverMbus, &[&[short, whole.clone()].concat()], &vector.keys()));
        assert_eq!(found, expected, "{lost} bytes lost");
    }
}

#[test]
fn without_an_authentication_key_what_is_authenticated_is_read_and_said_not_to_be_checked() {
    let vector = vector("syn-auth-0x30");
    let key = MeterKey { authentication: None, ..vector.keys().remove(0) };
    let told = listen(&OverMbus, &[&vector.bytes()], &[key]);
    assert_eq!(problems(&told), ["not-authenticated"]);
    assert!(!readings(&told).is_empty());
}

#[test]
fn even_parity_is_tried_before_none_as_the_standard_has_it() {
    let usual = OverMbus.profile().usual_lines(Dialect::default()).unwrap();
    assert_eq!(usual.lines[..2], [LineSettings::e81(2400), LineSettings::n81(2400)]);
}
