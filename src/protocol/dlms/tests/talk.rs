//! Waiting for a push, against simulated meters.

use std::time::Duration;

use super::super::{OverHdlc, OverMbus};
use crate::frame::{At, Secret};
use crate::protocol::{
    Action, Address, BETWEEN_BYTES, Dialect, Event, Exchange, Family, Fault, LineSettings, Load, MeterKey,
    MissingKey, Now, Options, Output, Patience, PieceKind, Plan, Profile, Request, Responder, Setup, Source,
};
use crate::reading::{Code, Reading};

const MODELS: &[(&str, u8)] = &[
    ("kaifa-ma309", 0),
    ("kaifa-ma110", 0),
    ("sagemcom-t210d", 0),
    ("sagemcom-s210", 0),
    ("dlms-push", 0),
    ("iskra-am550", 5),
    ("siemens-im350", 0),
    ("landisgyr-e450", 2),
    ("kamstrup-omnipower", 1),
    ("aidon", 0),
    ("dlms-hdlc", 0),
];

fn family(model: &str) -> &'static dyn Family {
    if matches!(model, "kaifa-ma309" | "kaifa-ma110" | "sagemcom-t210d" | "sagemcom-s210" | "dlms-push") {
        &OverMbus
    } else {
        &OverHdlc
    }
}

fn key(authentication: Option<u8>) -> MeterKey {
    let secret = |byte: u8| Secret::new(vec![byte; 16]);
    MeterKey { system_title: None, encryption: secret(7), authentication: authentication.map(secret) }
}

fn meter(model: &'static str, keys: Vec<MeterKey>, values: &[(&str, &str)]) -> Box<dyn Responder> {
    let setup = Setup {
        model,
        dialect: Dialect(0),
        address: Address::none(),
        serial: "181220000009".to_owned(),
        password: None,
        keys,
        line: LineSettings::e81(2400),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    family(model).responder(&setup).unwrap()
}

fn now(at: At) -> Now {
    Now { at, wall: jiff::civil::date(2026, 11, 20).at(16, 10, 30, 0), ahead_minutes: 60, is_summer: false }
}

/// The next push and when it was due.
fn push(meter: &mut dyn Responder) -> (Vec<u8>, At) {
    for _ in 0..2 {
        let at = meter.deadline().unwrap();
        if let Some(Output::Send { bytes, due }) = meter.poll(now(at)) {
            return (bytes, due);
        }
    }
    panic!("silent")
}

fn exchange(model: &'static str, keys: Vec<MeterKey>, dialect: u8) -> Box<dyn Exchange> {
    let command = &family(model).profile().dialect(Dialect(dialect)).commands[0];
    let arguments = command.arguments([]).unwrap();
    let profile = Profile {
        model,
        dialect: Dialect(dialect),
        address: Address::none(),
        password: None,
        line: LineSettings::e81(2400),
        is_line_chosen: false,
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        keys,
    };
    let requests = vec![Request { command, arguments }];
    family(model).exchange(Plan { profile, requests, options: Options::default() }).unwrap()
}

fn actions(exchange: &mut dyn Exchange) -> Vec<Action> {
    std::iter::from_fn(|| exchange.next_action()).collect()
}

/// Starts it and lets it hear bytes.
fn hear(exchange: &mut dyn Exchange, family: &dyn Family, bytes: &[u8]) -> Vec<Action> {
    exchange.handle(Event::Start, At::ZERO);
    let mut all = actions(exchange);
    let mut framer = family.framer(Source::Replies, LineSettings::e81(2400));
    let mut pieces = Vec::new();
    framer.push(bytes, At::ZERO, &mut |piece| pieces.push((piece.kind, piece.bytes.to_vec())));
    framer.finish(&mut |piece| pieces.push((piece.kind, piece.bytes.to_vec())));
    for (kind, bytes) in pieces {
        let event = if kind == PieceKind::Noise { Event::Noise(&bytes) } else { Event::Frame(&bytes) };
        exchange.handle(event, At::from_millis(10));
        all.extend(actions(exchange));
    }
    all
}

fn readings(actions: &[Action]) -> Vec<Reading> {
    let reading =
        |action: &Action| if let Action::Reading(reading) = action { Some(reading.clone()) } else { None };
    actions.iter().filter_map(reading).collect()
}

fn value(readings: &[Reading], code: &str) -> String {
    let code: Code = code.parse().unwrap();
    let found = readings.iter().find(|reading| reading.code == Some(code));
    crate::frame::visible::reading(found.unwrap_or_else(|| panic!("no {code} in {readings:?}")))
}

#[test]
fn every_model_is_read_in_clear_encrypted_and_authenticated() {
    for (model, dialect) in MODELS {
        for keys in [vec![], vec![key(None)], vec![key(Some(9))]] {
            let (bytes, _) =
                push(meter(model, keys.clone(), &[("1.7.0", "1234"), ("1.8.0", "5678900")]).as_mut());
            let mut exchange = exchange(model, keys, *dialect);
            let actions = hear(exchange.as_mut(), family(model), &bytes);
            let found = readings(&actions);
            assert_eq!(value(&found, "1.7.0"), "1234 W", "{model}");
            assert_eq!(value(&found, "1.8.0"), "5678900 Wh", "{model}");
            if *model != "siemens-im350" {
                assert_eq!(
                    value(&found, "32.7.0"),
                    if matches!(*model, "landisgyr-e450" | "kamstrup-omnipower") {
                        "L1 233 V"
                    } else {
                        "L1 233.8 V"
                    }
                );
            }
            assert!(found.iter().all(|r| r.number().is_none() || r.at.is_some()), "{model}");
            assert!(actions.contains(&Action::Answered { index: 0, result: Ok(()) }));
            assert_eq!(actions.last(), Some(&Action::Finished));
        }
    }
}

#[test]
fn nothing_is_ever_sent() {
    for (model, dialect) in MODELS {
        let (bytes, _) = push(meter(model, vec![], &[]).as_mut());
        let mut exchange = exchange(model, vec![], *dialect);
        let actions = hear(exchange.as_mut(), family(model), &bytes);
        assert!(!actions.iter().any(|action| matches!(action, Action::Send(_))));
    }
}

#[test]
fn the_first_length_of_a_sagemcom_wraps() {
    let (bytes, _) = push(meter("sagemcom-t210d", vec![key(None)], &[]).as_mut());
    assert_eq!((&bytes[..4], bytes.len()), (&[0x68, 0x01, 0x01, 0x68][..], 282));
    let (bytes, _) = push(meter("kaifa-ma309", vec![key(None)], &[]).as_mut());
    assert_eq!((&bytes[..4], bytes.len()), (&[0x68, 0xFA, 0xFA, 0x68][..], 282));
}

#[test]
fn a_meter_pushes_at_its_interval_with_a_counter_that_grows() {
    let mut meter = meter("kaifa-ma309", vec![key(None)], &[("interval", "3"), ("counter", "77")]);
    let (first, at) = push(meter.as_mut());
    let (second, later) = push(meter.as_mut());
    assert_eq!(later.since(at), Duration::from_secs(3));
    let counter = |bytes: &[u8]| u32::from_be_bytes(bytes[22..26].try_into().unwrap());
    assert_eq!((counter(&first), counter(&second)), (77, 78));
    assert_eq!(meter.poll(now(later)), None);
}

#[test]
fn what_is_drawn_is_counted() {
    let mut meter = meter("kaifa-ma309", vec![], &[("1.8.0", "1000")]);
    meter.draw(Load { watts: 2300, watt_seconds: 7300 });
    meter.draw(Load { watts: 2338, watt_seconds: 3500 });
    let (bytes, _) = push(meter.as_mut());
    let found = readings(&hear(exchange("kaifa-ma309", vec![], 0).as_mut(), &OverMbus, &bytes));
    assert_eq!((value(&found, "1.8.0"), value(&found, "1.7.0")), ("1003 Wh".into(), "2338 W".into()));
    assert_eq!(value(&found, "31.7.0"), "L1 10.00 A");
}

#[test]
fn what_a_meter_cannot_have_is_refused() {
    let refused = |name: &str, value: &str| {
        let setup = Setup {
            model: "kaifa-ma309",
            dialect: Dialect(0),
            address: Address::none(),
            serial: String::new(),
            password: None,
            keys: vec![],
            line: LineSettings::default(),
            values: vec![(name.to_owned(), value.to_owned())],
        };
        OverMbus.responder(&setup).err().map(|error| error.name)
    };
    for (name, value) in
        [("1.7.0", "-1"), ("1.7.0", "1.5"), ("99.9.9", "1"), ("interval", "0"), ("32.7.0", "230.55")]
    {
        assert_eq!(refused(name, value).as_deref(), Some(name), "{name}={value}");
    }
    assert_eq!(refused("32.7.0", "230.5"), None);
}

fn fault(actions: &[Action]) -> Fault {
    let failed = actions.iter().find_map(|action| match action {
        Action::Answered { result: Err(failure), .. } => Some(failure.fault.clone()),
        _ => None,
    });
    failed.unwrap_or_else(|| panic!("{actions:?}"))
}

#[test]
fn without_a_key_the_wait_ends_at_once_and_with_a_wrong_one_when_it_is_over() {
    let (bytes, _) = push(meter("kaifa-ma309", vec![key(None)], &[]).as_mut());
    let mut missing = exchange("kaifa-ma309", vec![], 0);
    let Fault::Sealed { lock: MissingKey::NoKey, what } = fault(&hear(missing.as_mut(), &OverMbus, &bytes))
    else {
        panic!()
    };
    assert!(what.contains("no key"));
    assert!(what.ends_with("security control 20)") && what.contains("(system title 4B464D"), "{what}");
    let wrong = MeterKey { encryption: Secret::new(vec![8; 16]), ..key(None) };
    let mut wrong = exchange("kaifa-ma309", vec![wrong], 0);
    let heard = hear(wrong.as_mut(), &OverMbus, &bytes);
    assert!(!heard.iter().any(|action| matches!(action, Action::Answered { .. })), "{heard:?}");
    wrong.handle(Event::Deadline, At::from_millis(20_000));
    let Fault::Sealed { lock: MissingKey::WrongKey, what } = fault(&actions(wrong.as_mut())) else {
        panic!()
    };
    assert!(what.contains("another meter's"));
}

#[test]
fn silence_and_damage_end_the_wait_each_in_its_own_words() {
    let mut silent = exchange("kaifa-ma309", vec![], 0);
    silent.handle(Event::Start, At::ZERO);
    let length = LineSettings::e81(2400).wire_time(600);
    let patience = Patience { begin: Duration::from_secs(10), gap: BETWEEN_BYTES, length };
    assert_eq!(
        actions(silent.as_mut()),
        [Action::Step("Next push"), Action::Wait(patience.from(At::ZERO))],
        "two intervals, and a push that has begun to its end"
    );
    silent.handle(Event::Deadline, At::from_millis(20_000));
    assert_eq!(fault(&actions(silent.as_mut())), Fault::NoAnswer { sent: 0, echo: false, noise_bytes: 0 });
    let (mut bytes, _) = push(meter("kaifa-ma309", vec![], &[]).as_mut());
    bytes[100] ^= 1;
    let mut damaged = exchange("kaifa-ma309", vec![], 0);
    hear(damaged.as_mut(), &OverMbus, &bytes);
    damaged.handle(Event::Deadline, At::from_millis(20_000));
    assert!(matches!(fault(&actions(damaged.as_mut())), Fault::Damaged { .. }));
}

#[test]
fn a_cancelled_wait_ends_at_once() {
    let mut exchange = exchange("aidon", vec![], 0);
    exchange.handle(Event::Start, At::ZERO);
    actions(exchange.as_mut());
    exchange.handle(Event::Cancelled, At::ZERO);
    let all = actions(exchange.as_mut());
    assert_eq!((fault(&all), all.last()), (Fault::Cancelled, Some(&Action::Finished)));
}

#[test]
fn a_push_is_waited_for_two_intervals_of_the_model_unless_told_otherwise() {
    let waited = |model: &'static str| {
        let mut exchange = exchange(model, vec![], 0);
        exchange.handle(Event::Start, At::ZERO);
        let due = actions(exchange.as_mut()).into_iter().find_map(|action| match action {
            Action::Wait(wait) => Some(wait.until.since(At::ZERO).as_secs()),
            _ => None,
        });
        due.unwrap()
    };
    assert_eq!([waited("kaifa-ma309"), waited("kamstrup-omnipower")], [10, 20]);
    assert_eq!([waited("dlms-push"), waited("dlms-hdlc")], [30, 30], "how often they speak is not known");
}

#[test]
fn the_clock_states_the_offset_of_the_zone_it_is_in() {
    let mut meter = meter("kaifa-ma309", vec![], &[]);
    let at = meter.deadline().unwrap();
    assert_eq!(meter.poll(now(at)), None, "it begins with its interval");
    let later = Now { ahead_minutes: 330, ..now(meter.deadline().unwrap()) };
    let Some(Output::Send { bytes, .. }) = meter.poll(later) else { panic!("silent") };
    let found = readings(&hear(exchange("kaifa-ma309", vec![], 0).as_mut(), &OverMbus, &bytes));
    assert!(found.iter().any(|r| r.at.is_some_and(|at| at.to_string() == "2026-11-20 16:10:30+05:30")));
}

#[test]
fn noise_has_the_usual_lines_tried_by_turns_where_the_model_has_not_fixed_it() {
    let junk: Vec<u8> = (0..60u8).map(|n| n.wrapping_mul(37) ^ 0x9D).collect();
    let (n, e) = (LineSettings::n81, LineSettings::e81);
    for (dialect, expected) in [(0, vec![n(2400), n(9600), n(115_200), e(2400)]), (5, vec![])] {
        let mut exchange = exchange("kaifa-ma309", vec![], dialect);
        exchange.handle(Event::Start, At::ZERO);
        let mut done = actions(exchange.as_mut());
        for second in 1..9 {
            exchange.handle(Event::Noise(&junk), At::from_millis(second * 20_000));
            exchange.handle(Event::Deadline, At::from_millis(second * 20_000 + 19_000));
            done.extend(actions(exchange.as_mut()));
        }
        let asked = done.iter().filter_map(|action| match action {
            Action::SetLine(line) => Some(*line),
            _ => None,
        });
        assert_eq!(asked.collect::<Vec<_>>(), expected);
        assert_eq!(done.last(), Some(&Action::Finished));
    }
}

#[test]
fn a_line_that_cannot_be_set_is_waited_on_all_the_same() {
    let (bytes, _) = push(meter("kaifa-ma309", vec![], &[("1.8.0", "5678900")]).as_mut());
    let mut exchange = exchange("kaifa-ma309", vec![], 0);
    exchange.handle(Event::Start, At::ZERO);
    exchange.handle(Event::LineRefused, At::ZERO);
    assert!(!actions(exchange.as_mut()).contains(&Action::Finished));
    let found = readings(&hear(exchange.as_mut(), family("kaifa-ma309"), &bytes));
    assert_eq!(value(&found, "1.8.0"), "5678900 Wh");
}
