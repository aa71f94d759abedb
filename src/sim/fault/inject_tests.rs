//! What each fault does, held against its name.

use std::sync::Arc;

use super::*;
use crate::protocol::LineSettings;

const PACE: Pace = Pace::Wire(LineSettings::n81(10_000));
const REPLY: [u8; 6] = [0xFF, 0x10, 0x20, 0x30, 0x40, 0x50];

fn injector(specs: &[&str]) -> (Injector, Faults) {
    let faults = Faults::parse(specs, 42).unwrap().with_readdress(Arc::new(|frame, offset| {
        let (first, rest) = frame.split_first()?;
        Some([&[first.wrapping_add(offset)], rest].concat())
    }));
    (Injector::new(faults.clone()), faults)
}

/// The reply on its way at one millisecond a character from time zero.
fn reply(injector: &mut Injector) -> Passed {
    injector.reply(PACE.pieces(&REPLY, At::ZERO), PACE)
}

fn bytes(passed: &Passed) -> Vec<u8> {
    Burst::new(passed.through.clone()).bytes()
}

fn times_ms(passed: &Passed) -> Vec<u64> {
    passed.through.iter().map(|piece| piece.at.nanos() / 1_000_000).collect()
}

#[test]
fn without_faults_everything_passes_as_it_was() {
    let (mut injector, faults) = injector(&[]);
    assert_eq!(reply(&mut injector).through, PACE.pieces(&REPLY, At::ZERO));
    assert!(faults.log().is_empty());
}

#[test]
fn every_fault_of_a_message_does_what_its_name_says_and_logs_it() {
    let cases: [(&str, &[u8]); 16] = [
        ("drop=1@2", &[0xFF, 0x10, 0x30, 0x40, 0x50]),
        ("insert=1:AABB@1", &[0xFF, 0xAA, 0xBB, 0x10, 0x20, 0x30, 0x40, 0x50]),
        ("flip=1:8@5", &[0xFF, 0x10, 0x20, 0x30, 0x40, 0xAF]),
        ("drop=1", &[]),
        ("prefix=1:00", &[0, 0xFF, 0x10, 0x20, 0x30, 0x40, 0x50]),
        ("suffix=1:0000", &[0xFF, 0x10, 0x20, 0x30, 0x40, 0x50, 0, 0]),
        ("dup", &[0xFF, 0x10, 0x20, 0x30, 0x40, 0x50, 0xFF, 0x10, 0x20, 0x30, 0x40, 0x50]),
        ("truncate=1:3", &[0xFF, 0x10, 0x20]),
        ("swallow", &[]),
        ("misaddress", &[0x01, 0x10, 0x20, 0x30, 0x40, 0x50]),
        ("map7e1", &[0xFF, 0x90, 0xA0, 0x30, 0xC0, 0x50]),
        ("map_inverted", &[0x01, 0xDF, 0xBF, 0x9F, 0x7F, 0x5F]),
        ("ffdouble", &[0xFF, 0xFF, 0x10, 0x20, 0x30, 0x40, 0x50]),
        ("merge=1:1ms", &[0xFF, 0x10, 0x00, 0x20, 0x00, 0x40, 0x50]),
        ("stale", &[]),
        ("coalesce", &[]),
    ];
    for (spec, expected) in cases {
        let (mut injector, faults) = injector(&[spec]);
        assert_eq!(bytes(&reply(&mut injector)), expected, "{spec}");
        let log = faults.log();
        assert!(!log.is_empty(), "{spec} is not in the log");
        assert!(log.iter().all(|deed| deed.before != deed.after), "{spec}: {log:?}");
    }
}

#[test]
fn faults_of_time_move_the_bytes_and_change_none() {
    let cases: [(&str, &[u64]); 6] = [
        ("late=1:800ms", &[801, 802, 803, 804, 805, 806]),
        ("latency=1:50ms", &[51, 52, 53, 54, 55, 56]),
        ("quantise=1:4ms", &[4, 8]),
        ("split=1:4/10ms", &[4, 16]),
        ("split=1:1+2", &[1, 3, 5, 6]),
        ("pace=1:1000", &[11, 21, 31, 41, 51, 61]),
    ];
    for (spec, expected) in cases {
        let (mut injector, faults) = injector(&[spec]);
        let passed = reply(&mut injector);
        assert_eq!(times_ms(&passed), expected, "{spec}");
        assert_eq!(bytes(&passed), REPLY, "{spec}");
        assert_eq!(faults.log().len(), 1, "{spec}");
    }
}

#[test]
fn flipping_changes_exactly_as_many_bits_as_asked() {
    for count in 1..=8_u32 {
        let (mut injector, faults) = injector(&[&format!("flip=1:{count}")]);
        reply(&mut injector);
        for deed in faults.log() {
            assert_eq!((deed.before[0] ^ deed.after[0]).count_ones(), count);
        }
    }
}

#[test]
fn a_rate_is_kept_in_the_long_run_and_rolled_for_every_byte() {
    let (mut injector, faults) = injector(&["drop=0.1"]);
    injector.reply(vec![Piece { at: At::ZERO, bytes: vec![7; 10_000] }], Pace::Instant);
    let dropped = faults.log().len();
    assert!((850..1150).contains(&dropped), "{dropped}");
}

#[test]
fn a_single_occasion_is_hit_and_no_other() {
    let (mut injector, faults) = injector(&["swallow=#2"]);
    let seen: Vec<usize> = (0..4).map(|_| bytes(&reply(&mut injector)).len()).collect();
    assert_eq!(seen, [6, 0, 6, 6]);
    assert_eq!(faults.log().len(), 1);
}

#[test]
fn stale_brings_the_reply_before_as_it_was_sent() {
    let (mut injector, _) = injector(&["stale=#2"]);
    reply(&mut injector);
    let second = injector.reply(PACE.pieces(&[1, 2], At::ZERO), PACE);
    assert_eq!(bytes(&second), REPLY);
}

#[test]
fn coalesced_messages_come_in_one_piece_or_after_a_second() {
    let (mut injector, _) = injector(&["coalesce=1:2"]);
    assert!(reply(&mut injector).through.is_empty());
    let both = reply(&mut injector).through;
    assert_eq!(both, [Piece { at: At::from_millis(6), bytes: REPLY.repeat(2) }]);
    assert!(reply(&mut injector).through.is_empty());
    assert_eq!(injector.deadline(), Some(At::from_millis(1006)));
    let late = injector.expire(At::from_millis(1006));
    assert_eq!(late, [Piece { at: At::from_millis(1006), bytes: REPLY.to_vec() }]);
    assert_eq!(injector.deadline(), None);
}

#[test]
fn latency_that_varies_keeps_the_order() {
    let (mut injector, _) = injector(&["latency=1:0ms..90ms"]);
    let mut last = At::ZERO;
    for _ in 0..50 {
        for piece in reply(&mut injector).through {
            assert!(piece.at >= last);
            last = piece.at;
        }
    }
}

#[test]
fn echoes_come_whole_or_in_part() {
    for (spec, expected) in [("echo", 6), ("echo=1:drop_last", 5), ("echo=1:partial", 3)] {
        let (mut injector, faults) = injector(&[spec]);
        let passed = injector.request(PACE.pieces(&REPLY, At::ZERO), PACE);
        assert_eq!(Burst::new(passed.back).bytes(), REPLY[..expected], "{spec}");
        assert_eq!(Burst::new(passed.through).bytes(), REPLY);
        assert_eq!(faults.log()[0].after, REPLY[..expected]);
    }
}

#[test]
fn faults_of_requests_leave_replies_alone() {
    let (mut injector, faults) = injector(&["tx-swallow"]);
    assert_eq!(bytes(&reply(&mut injector)), REPLY);
    assert!(injector.request(PACE.pieces(&REPLY, At::ZERO), PACE).through.is_empty());
    assert_eq!(faults.log()[0].toward, Toward::Meter);
    assert_eq!(faults.log()[0].to_string(), "0.001 tx-swallow at byte 0: FF 10 20 30 40 50 -> ");
}

#[test]
fn a_frozen_link_passes_nothing_either_way_until_it_thaws() {
    let (mut injector, _) = injector(&["freeze=once:10s"]);
    assert!(injector.request(PACE.pieces(&[1], At::ZERO), PACE).through.is_empty());
    assert!(reply(&mut injector).through.is_empty());
    let later = At::from_millis(10_001);
    assert_eq!(bytes(&injector.reply(PACE.pieces(&REPLY, later), PACE)), REPLY);
}

#[test]
fn a_connection_ends_after_the_request_or_within_the_reply() {
    let ms = Duration::from_millis;
    let cases = [
        ("fin", CLOSED, Some(ms(1000))),
        ("rst=1:3s", RESET, Some(ms(3000))),
        ("unplug=1:never", UNPLUGGED, None),
    ];
    for (spec, why, back_in) in cases {
        let (mut injector, _) = injector(&[spec]);
        let cut = injector.request(PACE.pieces(&[1, 2], At::ZERO), PACE).cut;
        assert_eq!(cut, Some(Cut { at: At::from_millis(2), why, back_in }), "{spec}");
    }
    let (mut injector, _) = injector(&["fin=1@2"]);
    assert_eq!(injector.request(PACE.pieces(&[1, 2], At::ZERO), PACE).cut, None);
    let passed = reply(&mut injector);
    assert_eq!((bytes(&passed).len(), passed.cut.map(|cut| cut.at)), (2, Some(At::from_millis(3))));
}

#[test]
fn an_idle_line_babbles_at_its_rate() {
    let (mut injector, faults) = injector(&["idle=0.5"]);
    assert_eq!(injector.open(At::ZERO), Opening::Opens(Vec::new()));
    assert_eq!(injector.deadline(), Some(At::from_millis(100)));
    let pieces = injector.expire(At::from_millis(100_000));
    assert!((400..600).contains(&pieces.len()), "{}", pieces.len());
    assert!(pieces.iter().all(|piece| matches!(piece.bytes[..], [0x00 | 0xFF])));
    assert_eq!(faults.log().len(), pieces.len());
}

#[test]
fn opening_is_refused_or_brings_old_bytes() {
    let (mut injector, _) = injector(&["refuse=once:5s", "preload=1:8"]);
    assert_eq!(injector.open(At::ZERO), Opening::Refused(Duration::from_secs(5)));
    assert!(matches!(injector.open(At::from_millis(5000)), Opening::Opens(old) if old.len() == 8));
}

#[test]
fn faults_are_done_in_the_order_in_which_they_were_given() {
    let (mut first, _) = injector(&["prefix=1:00", "truncate=1:2"]);
    assert_eq!(bytes(&reply(&mut first)), [0x00, 0xFF]);
    let (mut second, _) = injector(&["truncate=1:2", "prefix=1:00"]);
    assert_eq!(bytes(&reply(&mut second)), [0x00, 0xFF, 0x10]);
}

mod laws {
    use proptest::prelude::*;

    use super::*;
    use crate::sim::fault::KINDS;

    proptest! {
        #[test]
        fn no_mix_of_faults_loses_the_order_of_time_or_fails(
            kinds in proptest::collection::vec((0..KINDS.len(), 0_u32..=100), 0..6),
            messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..8),
            seed in any::<u64>(),
        ) {
            let texts: Vec<String> =
                kinds.iter().map(|(kind, rate)| format!("{}={rate}%", KINDS[*kind].name)).collect();
            let mut injector = Injector::new(Faults::parse(&texts, seed).unwrap());
            let mut at = At::ZERO;
            for message in messages {
                injector.request(PACE.pieces(&message, at), PACE);
                let passed = injector.reply(PACE.pieces(&message, at), PACE);
                prop_assert!(passed.through.iter().map(|piece| piece.at).is_sorted());
                at = at + Duration::from_millis(50);
                injector.expire(at);
            }
        }
    }
}
