//! Conversations with a simulated meter.

use std::time::Duration;

use super::super::commands::COMMANDS;
use super::super::{Mercury200, wire};
use super::line::{ADDRESS, Line, Trouble, over, profile, request, setup};
use crate::frame::At;
use crate::protocol::{
    Access, ComposeError, Failure, Family, Fault, LineSettings, Now, Options, Output, Plan, Request,
    Responder, Setup, Unfit,
};

/// Every read that a meter of the newest kind answers, with every choice of its first parameter.
fn reads() -> Vec<Request> {
    let mut requests = Vec::new();
    for command in COMMANDS.iter().filter(|c| c.access == Access::Read && c.id != "unknown-87") {
        match (command.id, command.parameters.first().map(|parameter| parameter.kind)) {
            ("profile", _) => {
                for kind in ["day", "month", "half-hours-1", "half-hours-6", "lost-half-hours"] {
                    requests.push(request("profile", &[("kind", kind), ("date", "2024-05-01")]));
                }
            }
            (id, Some(crate::protocol::Kind::Choice(choices))) => {
                let name = command.parameters[0].name;
                requests.extend(choices.iter().map(|choice| request(id, &[(name, choice.word)])));
            }
            (id, _) => requests.push(request(id, &[])),
        }
    }
    requests
}

fn ask(trouble: Trouble, requests: Vec<Request>) -> Line {
    over(&setup("mercury-206", &[]), requests, Options::default()).with(trouble).run()
}

fn failure(line: &Line) -> &Fault {
    let Err(Failure { fault, .. }) = &line.results[0] else { panic!("{:?}", line.results) };
    fault
}

#[test]
fn every_read_is_answered_at_the_first_try() {
    for asked in reads() {
        let title = format!("{} {:?}", asked.command.id, asked.arguments);
        let line = ask(Trouble::None, vec![asked]);
        assert_eq!(line.results, [Ok(())], "{title}");
        assert_eq!((line.questions.len(), line.warnings.len()), (1, 0), "{title}");
        assert!(!line.readings.is_empty(), "{title}");
    }
}

#[test]
fn all_reads_in_one_plan_come_in_order() {
    let requests = reads();
    let count = requests.len();
    let line = ask(Trouble::None, requests);
    assert_eq!(line.results, vec![Ok(()); count]);
    assert_eq!(line.questions.len(), count);
}

#[test]
fn an_echo_is_not_taken_for_data_and_does_not_disturb() {
    for asked in reads() {
        let title = format!("{} {:?}", asked.command.id, asked.arguments);
        let clean = ask(Trouble::None, vec![asked.clone()]);
        let echoed = ask(Trouble::RawEcho, vec![asked.clone()]);
        assert_eq!((&echoed.results, &echoed.readings), (&clean.results, &clean.readings), "{title}");
        let only = ask(Trouble::EchoOnly, vec![asked]);
        assert!(only.readings.is_empty(), "{title}");
        assert!(matches!(failure(&only), Fault::NoAnswer { sent: 3, .. }), "{title}: {:?}", only.results);
    }
}

#[test]
fn values_set_up_are_the_values_read() {
    let values = [("1.8.1", "621.42"), ("1.8.2", "208.34"), ("32.7.0", "235.8"), ("14.7.0", "50.02")];
    let requests = vec![request("energy", &[]), request("instant", &[]), request("frequency", &[])];
    let line = over(&setup("mercury-206", &values), requests, Options::default()).run();
    let told = line.told();
    for value in ["1.8.1=621.42", "1.8.2=208.34", "32.7.0=235.8", "14.7.0=50.02"] {
        assert!(told.contains(&value.to_owned()), "{value} in {told:?}");
    }
}

#[test]
fn the_clock_follows_the_wall_and_what_it_is_set_to() {
    assert_eq!(ask(Trouble::None, vec![request("clock", &[])]).told(), ["clock=2024-05-31 12:00:00"]);
    let set = request("set-clock", &[("time", "2023-01-02T03:04:05")]);
    let line = ask(Trouble::None, vec![set, request("clock", &[])]);
    assert_eq!(line.told(), ["clock=2023-01-02 03:04:05"]);
}

#[test]
fn writes_are_confirmed_and_change_what_is_read() {
    let line = ask(
        Trouble::None,
        vec![
            request("set-power-limit", &[("limit", "550")]),
            request("power-limit", &[]),
            request("relay", &[("mode", "off")]),
            request("parameter", &[("number", "relay")]),
        ],
    );
    assert_eq!(line.results, vec![Ok(()); 4]);
    assert_eq!(line.told(), ["power limit=5.50", "relay=off"]);
}

#[test]
fn a_meter_confirms_its_new_address_from_there() {
    let line = ask(Trouble::None, vec![request("set-address", &[("to", "7")])]);
    assert_eq!(line.results, [Ok(())]);
    let line = ask(Trouble::None, vec![request("set-address", &[("to", "7")]), request("energy", &[])]);
    assert!(matches!(line.results[1], Err(Failure { fault: Fault::NoAnswer { .. }, .. })));
}

#[test]
fn damage_is_asked_again_and_named_when_it_stays() {
    let line = ask(Trouble::Damage(1), vec![request("energy", &[])]);
    assert_eq!((line.questions.len(), &line.results[0]), (2, &Ok(())));
    let line = ask(Trouble::DamageAll, vec![request("energy", &[])]);
    let Fault::Damaged { what } = failure(&line) else { panic!("{:?}", line.results) };
    assert!(what.starts_with("CRC ") && what.contains(", expected "), "{what}");
    assert!(line.readings.is_empty());
}

#[test]
fn idle_bytes_around_an_answer_do_not_hide_it() {
    let line = ask(Trouble::Idle, vec![request("energy", &[]), request("instant", &[])]);
    assert_eq!((line.results, line.questions.len()), (vec![Ok(()), Ok(())], 2));
}

#[test]
fn an_answer_from_another_address_is_named_and_never_read() {
    let line = ask(Trouble::Misaddress(3), vec![request("energy", &[])]);
    let found = u64::from(ADDRESS ^ 1);
    assert_eq!(failure(&line), &Fault::Unexpected(Unfit::Address { expected: ADDRESS.into(), found }));
    assert!(line.warnings.contains(&"other-meter") && line.readings.is_empty());
}

#[test]
fn silence_is_named_after_every_retry() {
    let line = ask(Trouble::Silence, vec![request("energy", &[])]);
    assert_eq!(failure(&line), &Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 });
}

#[test]
fn a_200_is_silent_to_what_only_newer_meters_know() {
    for (id, arguments) in
        [("frequency", &[][..]), ("reactive-energy", &[]), ("parameter", &[]), ("maxima", &[])]
    {
        let line = over(&setup("mercury-200", &[]), vec![request(id, arguments)], Options::default()).run();
        assert!(matches!(failure(&line), Fault::NoAnswer { .. }), "{id}");
    }
    for id in ["energy", "instant", "clock", "serial", "version", "battery", "month-energy"] {
        let line = over(&setup("mercury-200", &[]), vec![request(id, &[])], Options::default()).run();
        assert_eq!(line.results, [Ok(())], "{id}");
    }
}

#[test]
fn a_meter_that_says_it_is_another_model_gives_a_warning() {
    let asked = || vec![request("parameter", &[("number", "model")])];
    assert!(over(&setup("mercury-206", &[]), asked(), Options::default()).run().warnings.is_empty());
    let line = over(&setup("mercury-203", &[]), asked(), Options::default()).run();
    assert_eq!((line.results, line.warnings), (vec![Ok(())], vec!["model"]));
}

#[test]
fn a_read_of_the_tariffs_takes_the_wire_time_the_silence_and_the_turnaround() {
    let line = ask(Trouble::None, vec![request("energy", &[])]);
    let wire = LineSettings::default().wire_time(7 + 5 + 23);
    let spent = line.now - At::ZERO;
    let expected = wire + Duration::from_millis(10);
    assert!(spent.abs_diff(expected) < Duration::from_micros(1), "{spent:?}, expected {expected:?}");
}

#[test]
fn reading_twice_accepts_what_stays_the_same() {
    let options = Options { read_twice: true, ..Options::default() };
    let line = over(&setup("mercury-206", &[]), vec![request("energy", &[])], options).run();
    assert_eq!((line.questions.len(), line.readings.len(), line.results), (2, 4, vec![Ok(())]));
}

#[test]
fn an_address_that_cannot_be_sent_stops_the_plan_before_anything_is_sent() {
    let mut wide = profile("mercury-206", 1);
    wide.address = crate::protocol::Address::numeric("5000000000", 5_000_000_000);
    let plan = Plan { profile: wide, requests: vec![request("energy", &[])], options: Options::default() };
    assert!(matches!(Mercury200.exchange(plan).err(), Some(ComposeError::Address { .. })));
}

// The meter alone.

fn now(millis: u64) -> Now {
    Now {
        at: At::from_millis(millis),
        wall: "2024-05-31T12:00:00".parse().unwrap(),
        ahead_minutes: 0,
        is_summer: false,
    }
}

fn meter(setup: &Setup) -> Box<dyn Responder> {
    Mercury200.responder(setup).unwrap()
}

#[test]
fn a_meter_waits_for_silence_before_it_answers() {
    let mut meter = meter(&setup("mercury-206", &[]));
    meter.receive(&wire::frame(ADDRESS, 0x2F, &[]), now(0));
    assert_eq!(meter.poll(now(5)), None);
    let end = meter.deadline().unwrap();
    assert_eq!(end - At::ZERO, LineSettings::default().wire_time(5));
    let Some(Output::Send { bytes, due }) = meter.poll(Now { at: end, ..now(0) }) else { panic!("silent") };
    assert_eq!(due, end + Duration::from_millis(10));
    assert_eq!(bytes, wire::frame(ADDRESS, 0x2F, &10_411_486u32.to_be_bytes()));
    assert_eq!((meter.poll(now(100)), meter.deadline()), (None, None));
}

#[test]
fn a_request_split_by_more_than_the_silence_is_ignored() {
    let request = wire::frame(ADDRESS, 0x27, &[]);
    let mut meter = meter(&setup("mercury-206", &[]));
    meter.receive(&request[..4], now(0));
    meter.receive(&request[4..], now(4));
    assert!(meter.poll(now(20)).is_some(), "4 ms are no end of packet");
    meter.receive(&request[..4], now(100));
    meter.receive(&request[4..], now(106));
    assert_eq!(meter.poll(now(200)), None);
}

#[test]
fn what_a_meter_does_not_understand_it_drops_without_a_word() {
    let sound = wire::frame(ADDRESS, 0x27, &[]);
    let mut damaged = sound.clone();
    damaged[6] ^= 1;
    for bytes in [
        damaged,
        wire::frame(ADDRESS + 1, 0x27, &[]),
        wire::frame(ADDRESS, 0xEE, &[]),
        wire::frame(ADDRESS, 0x87, &[]),
        wire::frame(ADDRESS, 0x27, &[0]),
        vec![0; 5],
        vec![0x55; 500],
        [sound.clone(), sound].concat(),
    ] {
        let mut meter = meter(&setup("mercury-206", &[]));
        meter.receive(&bytes, now(0));
        assert_eq!(meter.poll(now(50)), None, "{bytes:02X?}");
    }
}

#[test]
fn a_group_is_obeyed_in_silence() {
    let group = 0xF000_0001u32;
    let mut meter = meter(&setup("mercury-206", &[]));
    let mut say = |address: u32, code: u8, data: &[u8], at: u64| {
        meter.receive(&wire::frame(address, code, data), now(at));
        meter.poll(now(at + 50))
    };
    assert_eq!(say(group, 0x03, &[0x11, 0x11], 0), None);
    assert!(say(ADDRESS, 0x01, &group.to_be_bytes(), 100).is_some());
    assert_eq!(say(group, 0x03, &[0x22, 0x22], 200), None);
    assert_eq!(say(group, 0x22, &[], 300), None);
    let Some(Output::Send { bytes, .. }) = say(ADDRESS, 0x22, &[], 400) else { panic!("silent") };
    assert_eq!(bytes, wire::frame(ADDRESS, 0x22, &[0x22, 0x22]));
}

#[test]
fn a_new_speed_follows_the_confirmation() {
    let mut meter = meter(&setup("mercury-206", &[]));
    meter.receive(&wire::frame(ADDRESS, 0x08, &[2]), now(0));
    assert!(matches!(meter.poll(now(50)), Some(Output::Send { .. })));
    assert_eq!(meter.poll(now(50)), Some(Output::SetLine(LineSettings::n81(2400))));
}

#[test]
fn a_raised_timeout_ends_requests_later() {
    let mut meter = meter(&setup("mercury-206", &[]));
    meter.receive(&wire::frame(ADDRESS, 0x75, &[3]), now(0));
    assert!(meter.poll(now(50)).is_some());
    meter.receive(&wire::frame(ADDRESS, 0x2F, &[]), now(100));
    assert_eq!(meter.poll(now(120)), None);
    assert!(meter.poll(now(121)).is_some());
}

#[test]
fn a_setup_that_no_meter_can_have_is_refused_with_what_would_do() {
    let refused = |setup: Setup| Mercury200.responder(&setup).err().unwrap().to_string();
    assert_eq!(
        refused(setup("mercury-206", &[("32.7.0", "twelve")])),
        "32.7.0=twelve: expected a number of 0 to 999.9"
    );
    assert!(refused(setup("mercury-200", &[("14.7.0", "50.00")])).contains("a value this meter has"));
    assert!(refused(Setup { serial: "AB-1".into(), ..setup("mercury-206", &[]) }).contains("serial=AB-1"));
}
