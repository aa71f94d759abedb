//! Damage: single bits turned over, and bytes of any kind.

use proptest::prelude::*;

use super::vectors::lines;
use crate::frame::{Direction, Verdict};
use crate::protocol::iec62056_21::{GENERIC, Iec};
use crate::protocol::{Context, Family, Source, laws};

#[test]
fn a_single_turned_bit_under_one_rule_is_always_found() {
    for line in lines().iter().filter(|line| line.dialect != GENERIC) {
        let context = Context { direction: line.direction, dialect: line.dialect, ..Context::default() };
        if (&Iec as &dyn Family).dissect(&line.bytes, &context).verdict != Verdict::Good {
            continue;
        }
        let is_auto = line.dialect == crate::protocol::iec62056_21::EMR;
        // What stands before a block, the address of a read without a session, is under no check character.
        let block = line.bytes.iter().position(|byte| matches!(byte & 0x7F, 1 | 2)).unwrap_or(0);
        for at in block..line.bytes.len() {
            for bit in 0..7 {
                let mut damaged = line.bytes.clone();
                damaged[at] ^= 1 << bit;
                let explained = (&Iec as &dyn Family).dissect(&damaged, &context);
                if !is_auto {
                    assert_ne!(explained.verdict, Verdict::Good, "{} byte {at} bit {bit}", line.id);
                }
                if explained.verdict != Verdict::Good {
                    assert!(explained.readings.is_empty() || !explained.verdict.is_bad());
                }
            }
        }
    }
}

/// Bytes that look like traffic of this family, and bytes that do not.
fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let frames: Vec<Vec<u8>> = lines().into_iter().map(|line| line.bytes).filter(|b| b.len() < 120).collect();
    let controls = prop::sample::select(vec![
        1u8, 2, 3, 4, 6, 0x15, b'/', b'?', b'!', b'(', b')', b'\r', b'\n', 0, 0x7F,
    ]);
    let part = prop_oneof![
        4 => prop::sample::select(frames),
        2 => prop::collection::vec(controls, 1..12),
        1 => prop::collection::vec(any::<u8>(), 1..20),
        1 => "[ -~]{1,30}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

#[test]
fn a_block_that_begins_with_a_closing_bracket_is_explained() {
    for dialect in 0..7 {
        laws::dissection(&Iec, b"\x02)", Some(b""), crate::protocol::Dialect(dialect));
        for rule in [super::super::bcc::Rule::Xor7, super::super::bcc::Rule::Add7] {
            let frame = [&b"\x02)\x03"[..], &[rule.of(b")\x03")]].concat();
            laws::dissection(&Iec, &frame, None, crate::protocol::Dialect(dialect));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_stream_keeps_the_laws(bytes in traffic(), cuts in prop::collection::vec(0..400usize, 0..8)) {
        for source in [Source::Requests, Source::Replies, Source::Both] {
            laws::stream(&Iec, source, &bytes, &cuts);
        }
    }

    #[test]
    fn any_bytes_are_explained(bytes in traffic(), request in traffic(), dialect in 0..7u8) {
        laws::dissection(&Iec, &bytes, Some(&request), crate::protocol::Dialect(dialect));
        let context = Context { direction: Direction::Reply, ..Context::default() };
        let _ = (&Iec as &dyn Family).dissect(&bytes, &context);
    }

    #[test]
    fn a_block_of_any_content_is_explained(content in "[ -~\r\n]{0,60}", dialect in 0..7u8) {
        for rule in [super::super::bcc::Rule::Xor7, super::super::bcc::Rule::Add7] {
            let mut frame = vec![2];
            frame.extend(content.as_bytes());
            frame.push(3);
            let sum = rule.of(&frame[1..]);
            frame.push(sum);
            laws::dissection(&Iec, &frame, None, crate::protocol::Dialect(dialect));
        }
    }
}
