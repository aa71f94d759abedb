//! A master and the two simulated meters.

use std::time::Duration;

use super::super::link::{self, Frame};
use super::super::{AMIS, Mbus, PLAIN};
use crate::frame::{At, Secret, hex};
use crate::protocol::drive::{Outcome, run, run_with};
use crate::protocol::{
    Access, Action, Address, Context, Dialect, Event, Family, Fault, LineSettings, MeterKey, Now, Options,
    Output, Plan, Profile, Request, Setup, Unfit,
};
use crate::reading::Decimal;

fn setup(dialect: Dialect, keys: Vec<MeterKey>) -> Setup {
    Setup {
        model: "mbus",
        dialect,
        address: Address::numeric("5", 5),
        serial: "12345678".to_owned(),
        password: None,
        keys,
        line: LineSettings::e81(2400),
        values: vec![("1.8.0".to_owned(), "4711".to_owned())],
    }
}

fn now(millis: u64) -> Now {
    Now {
        at: At::from_millis(millis),
        wall: jiff::civil::date(2026, 11, 20).at(16, 10, 30, 0),
        ahead_minutes: 60,
        is_summer: false,
    }
}

fn sent(told: Option<Output>) -> Vec<u8> {
    if let Some(Output::Send { bytes, .. }) = told { bytes } else { panic!("{told:?}") }
}

#[test]
fn a_slave_answers_its_own_address_only() {
    let mut meter = Mbus.responder(&setup(PLAIN, vec![])).unwrap();
    let mut ask = |text: &str, at: u64| {
        meter.receive(&hex::parse(text).unwrap(), now(at));
        meter.poll(now(at))
    };
    assert_eq!(sent(ask("1040054516", 0)), [0xE5]);
    assert_eq!(ask("1040064616", 1000), None);
    assert_eq!(ask("1040054616", 2000), None);
    let answer = sent(ask("105B056016", 3000));
    let dissection = (&Mbus as &dyn Family).dissect(&answer, &Context::default());
    assert_eq!(dissection.readings[0].code, Some("1.8.0".parse().unwrap()));
    assert_eq!(dissection.readings[0].number(), Some(Decimal::new(4711, 0)));
}

#[test]
fn the_interface_calls_until_it_is_answered_and_falls_silent_without() {
    let keys =
        vec![MeterKey { system_title: None, encryption: Secret::new(vec![5; 16]), authentication: None }];
    let mut meter = Mbus.responder(&setup(AMIS, keys.clone())).unwrap();
    let call = hex::parse("1040F03016").unwrap();
    assert_eq!(sent(meter.poll(now(0))), call);
    assert_eq!(meter.deadline(), Some(At::from_millis(60_000)));
    meter.receive(&[0xE5], now(100));
    for second in 0..10 {
        let data = sent(meter.poll(now(1100 + 1000 * second)));
        let context = Context { keys: &keys, ..Context::default() };
        assert_eq!(
            (&Mbus as &dyn Family).dissect(&data, &context).readings[0].number(),
            Some(Decimal::new(4711, 0))
        );
    }
    assert_eq!(sent(meter.poll(now(11_100))), call, "ten were not acknowledged");
}

#[test]
fn acknowledging_is_a_command_of_its_own_and_a_write() {
    let command =
        Mbus.profile().dialect(AMIS).commands.iter().find(|command| command.id == "acknowledge").unwrap();
    assert_eq!(command.access, crate::protocol::Access::Write);
    assert!(
        Mbus.profile()
            .dialect(PLAIN)
            .commands
            .iter()
            .all(|command| command.access == crate::protocol::Access::Read)
    );
    let profile = Profile {
        model: "siemens-td3511",
        dialect: AMIS,
        address: Address::none(),
        password: None,
        line: LineSettings::e81(9600),
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        is_line_chosen: false,
        keys: vec![],
    };
    let run = |command: &'static crate::protocol::Command| {
        let arguments = command.arguments([]).unwrap();
        let requests = vec![Request { command, arguments }];
        let mut exchange =
            Mbus.exchange(Plan { profile: profile.clone(), requests, options: Options::default() }).unwrap();
        exchange.handle(Event::Start, At::ZERO);
        exchange.handle(Event::Frame(&[0x10, 0x40, 0xF0, 0x30, 0x16]), At::ZERO);
        std::iter::from_fn(move || exchange.next_action())
            .filter(|a| matches!(a, Action::Send(_)))
            .collect::<Vec<_>>()
    };
    assert_eq!(run(command), [Action::Send(vec![0xE5])]);
    assert_eq!(run(&Mbus.profile().dialect(AMIS).commands[0]), []);
}

fn plan(address: &str, commands: &[&str]) -> Plan {
    let request = |id: &&str| {
        let command =
            Mbus.profile().dialect(PLAIN).commands.iter().find(|command| command.id == *id).unwrap();
        Request { command, arguments: command.arguments([]).unwrap() }
    };
    let profile = Profile {
        model: "mbus",
        dialect: PLAIN,
        address: Address::textual(address),
        password: None,
        line: LineSettings::e81(2400),
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        is_line_chosen: false,
        keys: vec![],
    };
    Plan { profile, requests: commands.iter().map(request).collect(), options: Options::default() }
}

fn slave(address: &str) -> Setup {
    Setup { address: Address::textual(address), ..setup(PLAIN, vec![]) }
}

fn sent_hex(outcome: &Outcome) -> Vec<String> {
    outcome.sent.iter().map(|bytes| hex::spaced(bytes)).collect()
}

fn import(outcome: &Outcome) -> Option<Decimal> {
    outcome
        .readings
        .iter()
        .find(|r| r.code == Some("1.8.0".parse().unwrap()))
        .and_then(crate::reading::Reading::number)
}

#[test]
fn a_master_resets_the_link_and_asks_for_data() {
    let outcome = run(&Mbus, plan("5", &["data"]), &slave("5"));
    assert_eq!(outcome.answers, [Ok(())]);
    assert_eq!(sent_hex(&outcome), ["10 40 05 45 16", "10 7B 05 80 16"]);
    assert_eq!(import(&outcome), Some(Decimal::new(4711, 0)));
    let unaddressed = run(&Mbus, plan("", &["data"]), &slave("5"));
    assert_eq!(
        (unaddressed.answers.as_slice(), import(&unaddressed)),
        ([Ok(())].as_slice(), import(&outcome))
    );
}

#[test]
fn a_slave_is_selected_by_its_identification_number_or_a_part_of_it() {
    for wanted in ["00004711", "FFFF4711"] {
        let outcome = run(&Mbus, plan(wanted, &["data"]), &slave("00004711"));
        assert_eq!(outcome.answers, [Ok(())], "{wanted}");
        assert_eq!(sent_hex(&outcome)[1], "10 7B FD 78 16");
        assert_eq!(import(&outcome), Some(Decimal::new(4711, 0)));
    }
    let other = run(&Mbus, plan("00004712", &["data"]), &slave("00004711"));
    let Some(failure) = other.failure() else { panic!("{other:?}") };
    assert!(matches!(failure.fault, Fault::NoAnswer { sent: 3, .. }), "{failure:?}");
}

#[test]
fn alarm_data_may_be_none_and_both_can_be_asked_in_one_plan() {
    let outcome = run(&Mbus, plan("5", &["alarm", "data"]), &slave("5"));
    assert_eq!(outcome.answers, [Ok(()), Ok(())]);
    assert_eq!(sent_hex(&outcome)[1], "10 7A 05 7F 16");
}

/// Runs the data command with replies changed on the way.
fn tampered(change: &mut dyn FnMut(Vec<u8>, usize) -> Vec<u8>) -> Outcome {
    let mut meter = Mbus.responder(&slave("5")).unwrap();
    run_with(&Mbus, plan("5", &["data"]), meter.as_mut(), change)
}

#[test]
fn a_damaged_answer_is_asked_for_again_with_the_same_frame_count_bit() {
    let outcome = tampered(&mut |mut bytes, reply| {
        if reply == 1 {
            bytes[20] ^= 1;
        }
        bytes
    });
    assert_eq!(outcome.answers, [Ok(())]);
    assert_eq!(sent_hex(&outcome)[1..], ["10 7B 05 80 16", "10 7B 05 80 16"]);
}

#[test]
fn a_readout_goes_on_while_a_frame_says_that_more_follows() {
    let mut frames = 0;
    let outcome = tampered(&mut |bytes, reply| match Frame::parse(&bytes) {
        Frame::Long(long) if reply < 3 => {
            frames += 1;
            link::seal(&[long.body, &[0x1F, 0xAA]].concat())
        }
        _ => bytes,
    });
    assert_eq!((outcome.answers.as_slice(), frames), ([Ok(())].as_slice(), 2));
    assert_eq!(sent_hex(&outcome)[1..], ["10 7B 05 80 16", "10 5B 05 60 16", "10 7B 05 80 16"]);
    assert_eq!(outcome.readings.len() % 3, 0);
}

#[test]
fn every_answer_that_is_none_is_named() {
    let fault = |body: &[u8]| {
        let frame = link::seal(body);
        let outcome = tampered(&mut |bytes, _| if bytes.len() > 1 { frame.clone() } else { bytes });
        assert!(outcome.readings.is_empty());
        outcome.failure().unwrap().fault.clone()
    };
    assert_eq!(fault(&[0x08, 5, 0x70, 8]), Fault::Refused { code: Some(8), meaning: "application too busy" });
    assert_eq!(fault(&[0x08, 5, 0x70]), Fault::Refused { code: Some(0), meaning: "unspecified error" });
    assert_eq!(fault(&[0x08, 6, 0x72]), Fault::Unexpected(Unfit::Address { expected: 5, found: 6 }));
    let sealed = [&[0x08, 5, 0x72, 1, 0, 0, 0, 0x2D, 0x2C, 1, 2, 1, 0, 0x10, 5][..], &[0x55; 16]].concat();
    assert!(matches!(fault(&sealed), Fault::Unexpected(Unfit::Content(what)) if what.contains("encrypted")));
    let acknowledged = tampered(&mut |_, _| vec![link::ACK]);
    assert!(
        matches!(&acknowledged.failure().unwrap().fault, Fault::Unexpected(Unfit::Content(what)) if what.contains("no data"))
    );
}

#[test]
fn only_what_asks_is_a_read() {
    let access = |text: &str| Mbus.access(&hex::parse(text).unwrap(), PLAIN);
    for asks in ["1040054516", "105B056016", "107A057F16", "680B0B6853FD5278563412FFFFFFFFB216"] {
        assert_eq!(access(asks), Some(Access::Read), "{asks}");
    }
    assert_eq!(access("E5"), Some(Access::Write), "a meter that waits for it goes on");
    assert_eq!(
        access("68030368530 5BD1516".replace(' ', "").as_str()),
        Some(Access::Control),
        "it sets the baud rate"
    );
    let plan = plan("5", &["data"]);
    let frames = Mbus.compose(&plan.profile, &plan.requests[0]).unwrap();
    assert!(frames.iter().all(|frame| Mbus.access(frame, PLAIN) == Some(Access::Read)));
}

#[test]
fn the_silence_of_a_slave_ends_within_its_time() {
    let outcome = run(&Mbus, plan("6", &["data"]), &slave("5"));
    assert!(matches!(outcome.failure().unwrap().fault, Fault::NoAnswer { sent: 3, .. }));
    assert!(outcome.end < At::from_millis(6_000), "{:?}", outcome.end);
}
