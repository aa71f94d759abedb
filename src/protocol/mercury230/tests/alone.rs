//! The simulated meter alone: what it answers, and when.

use std::time::Duration;

use super::super::{Mercury230, wire};
use super::line::{ADDRESS, OPEN, setup};
use crate::frame::{At, Secret};
use crate::protocol::{Family, LineSettings, Now, Output, Responder, Setup};

fn now(millis: u64) -> Now {
    Now {
        at: At::from_millis(millis),
        wall: "2024-05-31T12:00:00".parse().unwrap(),
        ahead_minutes: 0,
        is_summer: false,
    }
}

fn meter() -> Box<dyn Responder> {
    Mercury230.responder(&setup("mercury-236", &[])).unwrap()
}

/// What the meter answers to a body that ends at a moment, as a body.
fn say(meter: &mut dyn Responder, address: u8, body: &[u8], at: u64) -> Option<Vec<u8>> {
    meter.receive(&wire::frame(address, body), now(at));
    match meter.poll(now(at + 50))? {
        Output::Send { bytes, .. } => Some(bytes[1..bytes.len() - 2].to_vec()),
        Output::SetLine(_) => None,
    }
}

#[test]
fn a_meter_waits_for_silence_before_it_answers() {
    let mut meter = meter();
    meter.receive(&wire::frame(ADDRESS, &[8, 0]), now(0));
    assert_eq!(meter.poll(now(4)), None);
    let end = meter.deadline().unwrap();
    assert_eq!(end - At::ZERO, Duration::from_millis(5));
    let Some(Output::Send { bytes, due }) = meter.poll(Now { at: end, ..now(0) }) else { panic!("silent") };
    assert_eq!(due, end + Duration::from_millis(10));
    assert_eq!(bytes, wire::frame(ADDRESS, &[41, 90, 64, 49, 0x16, 6, 0x14]));
    assert_eq!((meter.poll(now(100)), meter.deadline()), (None, None));
}

#[test]
fn what_is_not_for_it_or_damaged_or_of_the_wrong_length_it_drops_without_a_word() {
    let sound = wire::frame(ADDRESS, &[8, 0]);
    let mut damaged = sound.clone();
    damaged[3] ^= 1;
    for bytes in [
        damaged,
        wire::frame(ADDRESS + 1, &[8, 0]),
        wire::frame(ADDRESS, &[5, 0]),
        wire::frame(ADDRESS, &[1, 1, 1]),
        wire::frame(0, &[3, 0x32, 5]),
        wire::frame(0xFE, &[8, 0]),
        vec![0x55; 500],
        [sound.clone(), sound].concat(),
    ] {
        let mut meter = meter();
        meter.receive(&bytes, now(0));
        assert_eq!(meter.poll(now(50)), None, "{bytes:02X?}");
    }
    let mut split = meter();
    let request = wire::frame(ADDRESS, &[8, 0]);
    split.receive(&request[..3], now(0));
    split.receive(&request[3..], now(6));
    assert_eq!(split.poll(now(50)), None, "a gap of 6 ms ends a packet");
}

#[test]
fn the_channel_has_levels_and_a_timer() {
    let mut meter = meter();
    let mut say = |body: &[u8], at| say(meter.as_mut(), ADDRESS, body, at);
    assert_eq!(say(&[5, 0, 0], 0), Some(vec![5]), "not open");
    assert_eq!(say(&[1, 1, 9, 9, 9, 9, 9, 9], 100), Some(vec![3]));
    assert_eq!(say(&[1, 3, 1, 1, 1, 1, 1, 1], 150), Some(vec![3]), "there is no level 3");
    assert_eq!(say(&OPEN, 200), Some(vec![0]));
    assert_eq!(say(&[5, 0, 0], 300).map(|body| body.len()), Some(16));
    assert_eq!(say(&[8, 0x2D], 400), Some(vec![3]), "needs the owner");
    assert_eq!(say(&[1, 2, 2, 2, 2, 2, 2, 2], 500), Some(vec![0]));
    assert_eq!(say(&[8, 0x2D], 600).map(|body| body.len()), Some(2));
    assert_eq!(say(&[5, 0, 0], 240_500).map(|body| body.len()), Some(16), "still open");
    assert_eq!(say(&[5, 0, 0], 480_600), Some(vec![5]), "closed by its timer");
    assert_eq!(say(&OPEN, 480_700), Some(vec![0]));
    assert_eq!(say(&[2], 480_800), Some(vec![0]));
    assert_eq!(say(&[5, 0, 0], 480_900), Some(vec![5]), "closed");
    assert_eq!(say(&[0], 481_000), Some(vec![0]), "a link test needs no channel");
    assert_eq!(say(&[0xEE], 481_100), Some(vec![1]), "unknown");
}

#[test]
fn anybody_answers_address_zero_and_nobody_a_broadcast_that_all_obey() {
    let mut meter = meter();
    assert_eq!(say(meter.as_mut(), 0, &OPEN, 0), Some(vec![0]));
    assert_eq!(say(meter.as_mut(), 0, &[8, 5], 100), Some(vec![0, ADDRESS]));
    assert_eq!(say(meter.as_mut(), ADDRESS, &[1, 2, 2, 2, 2, 2, 2, 2], 200), Some(vec![0]));
    assert_eq!(say(meter.as_mut(), 0xFE, &[3, 0x22, b'R', b'O', b'O', b'F'], 300), None);
    assert_eq!(say(meter.as_mut(), ADDRESS, &[8, 0x0B], 400), Some(b"ROOF".to_vec()));
}

#[test]
fn a_new_speed_follows_the_confirmation() {
    let mut meter = meter();
    assert_eq!(say(meter.as_mut(), ADDRESS, &OPEN, 0), Some(vec![0]));
    assert_eq!(say(meter.as_mut(), ADDRESS, &[3, 0x15, 0x22], 100), Some(vec![0]));
    let line = LineSettings { parity: crate::protocol::Parity::Even, ..LineSettings::n81(2400) };
    assert_eq!(meter.poll(now(200)), Some(Output::SetLine(line)));
}

#[test]
fn a_setup_that_no_meter_can_have_is_refused_with_what_would_do() {
    let refused = |setup: Setup| Mercury230.responder(&setup).err().unwrap().to_string();
    assert_eq!(
        refused(setup("mercury-236", &[("32.7.0", "twelve")])),
        "32.7.0=twelve: expected a number up to 41943.03"
    );
    assert!(refused(setup("mercury-236", &[("9.9.9", "1")])).contains("a value this meter has"));
    assert!(refused(Setup { serial: "AB-1".into(), ..setup("mercury-236", &[]) }).contains("serial=AB-1"));
    let password = Some(Secret::new(b"1".to_vec()));
    assert!(refused(Setup { password, ..setup("mercury-236", &[]) }).contains("6 digits"));
}
