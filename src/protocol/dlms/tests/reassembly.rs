//! What becomes of a push whose segments do not follow each other as they should, and of what comes in between.

use rstest::rstest;

use super::super::{OverHdlc, OverMbus};
use super::{Expected, listen, problems, readings, vector};
use crate::protocol::Family;

/// The two segments of a push of 260 bytes: 245 and 15.
fn segments() -> (Vec<u8>, Vec<u8>) {
    let bytes = vector("syn-kaifa-250").bytes();
    let (first, last) = bytes.split_at(256);
    (first.to_vec(), last.to_vec())
}

fn told(bursts: &[&[u8]]) -> Vec<Expected> {
    listen(&OverMbus, bursts, &vector("syn-kaifa-250").keys())
}

fn texts(told: &[Expected]) -> Vec<String> {
    let all = told.iter().filter_map(Expected::frame).flat_map(|frame| &frame.problems);
    all.map(|problem| format!("{}: {}", problem.code.as_str(), problem.text)).collect()
}

#[test]
fn a_push_that_begins_anew_says_how_much_of_the_one_before_is_dropped() {
    let (first, last) = segments();
    let told = told(&[&[&first[..], &first, &last].concat()]);
    let expected = "segment-restart: begins anew: the push before was not whole and is dropped after 1 segment: \
                    245 bytes, last segment 0";
    assert!(texts(&told).iter().any(|text| text == expected), "{:?}", texts(&told));
    assert!(!readings(&told[1..]).is_empty(), "the second is whole");
}

#[test]
fn a_push_that_stays_incomplete_says_how_far_it_came() {
    let three = vector("syn-three-segments").bytes();
    let second = 6 + usize::from(three[1]);
    let end = second + 6 + usize::from(three[second + 1]);
    let next = vector("netznoe-kaifa-ma309-live").bytes();
    let told = told(&[&three[..end], &next]);
    let bytes = end - 2 * (4 + 5 + 2);
    let expected = format!(
        "timeout-incomplete: the push before was not whole when nothing more came: dropped after 2 segments: \
         {bytes} bytes, last segment 1"
    );
    assert!(texts(&told).contains(&expected), "{:?}", texts(&told));
}

#[test]
fn a_push_in_hdlc_frames_says_how_much_of_it_is_dropped_too() {
    let vector = vector("syn-hdlc-segmented-encrypted");
    let bytes = vector.bytes();
    let length = usize::from(u16::from_be_bytes([bytes[1] & 7, bytes[2]])) + 2;
    let stream = [&bytes[..length], &bytes].concat();
    let found = texts(&listen(&OverHdlc, &[&stream], &vector.keys()));
    let expected = "segment-restart: begins anew: the push before was not whole and is dropped after 1 frame: \
                    151 bytes";
    assert!(found.iter().any(|text| text == expected), "{found:?}");
}

#[rstest]
#[case::long_frame_of_another_kind("68 04 04 68 53 FE 50 10 B1 16")]
#[case::short_frame("10 5B 05 60 16")]
#[case::reset_of_the_link("10 40 F0 30 16")]
#[case::acknowledgement("E5")]
#[case::all_of_them("10 5B 05 60 16 E5 68 04 04 68 53 FE 50 10 B1 16")]
fn traffic_of_others_between_two_segments_keeps_the_push_open(#[case] between: &str) {
    let (first, last) = segments();
    let between = crate::frame::hex::parse(between).unwrap();
    let told = told(&[&[&first[..], &between, &last].concat()]);
    assert_eq!(readings(&told), readings(&self::told(&[&[first, last].concat()])));
    assert!(readings(&told).len() > 5 && problems(&told).is_empty(), "{:?}", texts(&told));
}

#[test]
fn a_segment_without_those_before_it_is_said_to_lack_them() {
    let (_, last) = segments();
    assert_eq!(problems(&told(&[&last])), ["orphan-segment"]);
}

#[test]
fn a_segment_that_is_not_the_next_one_ends_the_push_and_says_which_should_have_come() {
    let three = vector("syn-three-segments");
    let bytes = three.bytes();
    let second = 6 + usize::from(bytes[1]);
    let third = second + 6 + usize::from(bytes[second + 1]);
    let told = listen(&OverMbus, &[&[&bytes[..second], &bytes[third..]].concat()], &three.keys());
    assert_eq!(
        texts(&told),
        ["segment-sequence: segment 1 should have come, this is 2: the push is dropped"]
    );
    assert!(readings(&told).is_empty());
}

#[test]
fn only_a_frame_that_begins_anew_ends_another_push() {
    for family in [&OverMbus as &dyn Family, &OverHdlc] {
        let ends: Vec<u8> = (0..=u8::MAX).filter(|step| family.is_broken_off(*step)).collect();
        assert_eq!(ends, (32..96).collect::<Vec<u8>>());
    }
}
