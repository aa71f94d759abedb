//! Conversations with a simulated meter.

use std::time::Duration;

use super::super::{Mercury230, PLAIN, WITH_D, rows};
use super::line::{ADDRESS, Line, OPEN, Trouble, bodies, over, over_as, profile, request, setup};
use crate::frame::At;
use crate::protocol::{
    Access, Address, ComposeError, Failure, Family, Fault, Kind, LineSettings, Options, Plan, Request, Setup,
    Unfit,
};

/// Every read, with every choice of its first parameter.
fn reads() -> Vec<Request> {
    let mut requests = Vec::new();
    for command in rows::COMMANDS.iter().filter(|c| c.access == Access::Read && c.id != "link-test") {
        let mut fixed: Vec<(&str, &str)> = Vec::new();
        for parameter in command.parameters.iter().filter(|p| p.default.is_none()) {
            fixed.push((parameter.name, if parameter.name == "date" { "2024-05-01" } else { "1" }));
        }
        if command.id == "schedule" {
            fixed = vec![("selector", "FF 0F 7F")];
        }
        match command.parameters.first() {
            Some(first) if matches!(first.kind, Kind::Choice(_)) => {
                let Kind::Choice(choices) = first.kind else { continue };
                for choice in choices {
                    let mut all = fixed.clone();
                    all.push((first.name, choice.word));
                    if command.parameters.iter().any(|parameter| parameter.name == "month") {
                        all.push(("month", "may"));
                    }
                    if command.id == "memory" {
                        all.retain(|(name, _)| *name != "at");
                        all.push(("at", "0x0100"));
                    }
                    requests.push(request(command.id, &all));
                }
            }
            _ => requests.push(request(command.id, &fixed)),
        }
    }
    requests
}

fn ask(trouble: Trouble, requests: Vec<Request>) -> Line {
    over(&setup("mercury-236", &[]), requests, Options::default()).with(trouble).run()
}

fn failure(line: &Line, index: usize) -> &Fault {
    let Err(Failure { fault, .. }) = &line.results[index] else { panic!("{:?}", line.results) };
    fault
}

#[test]
fn every_read_is_answered_at_the_first_try_between_opening_and_closing() {
    for asked in reads() {
        let title = format!("{} {:?}", asked.command.id, asked.arguments);
        let needs_channel = rows::by_command(asked.command).unwrap().level > 0;
        let frames = Mercury230.compose(&profile(None, PLAIN), &asked).unwrap();
        let line = ask(Trouble::None, vec![asked]);
        assert_eq!(line.results, [Ok(())], "{title}");
        assert_eq!((line.questions.len() > 1, line.warnings.len()), (needs_channel, 0), "{title}");
        assert_eq!(line.questions, frames, "{title}");
        assert!(!line.readings.is_empty(), "{title}");
    }
}

#[test]
fn all_reads_in_one_plan_come_in_order_in_one_session() {
    let requests = reads();
    let count = requests.len();
    let line = ask(Trouble::None, requests);
    assert_eq!(line.results, vec![Ok(()); count]);
    assert_eq!(line.questions.len(), count + 2, "the passport among them tells the meter's constant");
    assert_eq!(
        (line.steps.first(), line.steps.last()),
        (Some(&"open the channel"), Some(&"close the channel"))
    );
    // Some need the owner's level, so the channel is opened with it and the owner's factory password.
    assert_eq!(bodies(&line)[0], [1, 2, 2, 2, 2, 2, 2, 2]);
}

#[test]
fn an_echo_is_not_taken_for_data_and_does_not_disturb() {
    for asked in reads() {
        let title = format!("{} {:?}", asked.command.id, asked.arguments);
        let clean = ask(Trouble::None, vec![asked.clone()]);
        for echo in [Trouble::RawEcho, Trouble::NamedEcho] {
            let echoed = ask(echo, vec![asked.clone()]);
            assert_eq!((&echoed.results, &echoed.readings), (&clean.results, &clean.readings), "{title}");
        }
        let only = ask(Trouble::EchoOnly, vec![asked]);
        assert!(only.readings.is_empty(), "{title}");
        assert!(matches!(failure(&only, 0), Fault::NoAnswer { sent: 3, echo: true, .. }), "{title}");
    }
}

#[test]
fn a_link_test_needs_no_channel_and_its_lone_answer_is_said_to_prove_little() {
    let asked = || vec![request("link-test", &[])];
    for (trouble, warnings) in [
        (Trouble::None, vec!["echo-or-answer"]),
        (Trouble::EchoOnly, vec!["echo-or-answer"]),
        (Trouble::RawEcho, vec![]),
        (Trouble::NamedEcho, vec![]),
    ] {
        let line = ask(trouble, asked());
        assert_eq!((&line.results[..], bodies(&line)), (&[Ok(())][..], vec![&[0][..]]), "{trouble:?}");
        assert_eq!(line.warnings, warnings, "{trouble:?}");
    }
    assert!(matches!(
        failure(&ask(Trouble::Silence, asked()), 0),
        Fault::NoAnswer { sent: 3, echo: false, .. }
    ));
}

#[test]
fn values_set_up_are_the_values_read() {
    let values = [
        ("1.8.0", "3196200"),
        ("1.8.2", "1"),
        ("52.7.0", "230.01"),
        ("61.7.0", "-12.34"),
        ("14.7.0", "49.99"),
        ("temperature", "-5"),
        ("location", "ROOF"),
        ("version", "2.3.5"),
    ];
    let requests = vec![
        request("energy", &[]),
        request("energy", &[("tariff", "T2")]),
        request("voltage", &[]),
        request("power", &[]),
        request("frequency", &[]),
        request("temperature", &[]),
        request("location", &[]),
        request("passport", &[]),
    ];
    let told = over(&setup("mercury-236", &values), requests, Options::default()).run().told();
    for value in [
        "1.8.0=3196200",
        "1.8.2=1",
        "52.7.0=230.01",
        "61.7.0=-12.34",
        "14.7.0=49.99",
        "temperature=-5",
        "location=ROOF",
        "version=2.3.5",
        "96.1.0=41906449",
    ] {
        assert!(told.contains(&value.to_owned()), "{value} in {told:?}");
    }
}

#[test]
fn commands_without_a_channel_open_none() {
    let line = ask(Trouble::None, vec![request("serial", &[])]);
    assert_eq!(bodies(&line), [&[8, 0][..]]);
    let line = ask(Trouble::None, vec![request("serial", &[]), request("energy", &[])]);
    assert_eq!(bodies(&line), [&[8, 0][..], &OPEN, &[5, 0, 0], &[2]]);
}

#[test]
fn a_wrong_password_is_sent_once_and_the_other_way_to_send_it_is_offered() {
    let with_d = Setup { dialect: WITH_D, ..setup("mercury-236", &[]) };
    let line = over_as(
        &with_d,
        vec![request("energy", &[]), request("clock", &[])],
        Options::default(),
        profile(Some("111111"), PLAIN),
    )
    .run();
    assert_eq!(bodies(&line), [OPEN]);
    for index in 0..2 {
        let Fault::Refused { code: Some(3), meaning } = failure(&line, index) else {
            panic!("{:?}", line.results)
        };
        assert!(meaning.contains("ascii:"), "{meaning}");
    }
    assert_eq!(line.results[0].as_ref().unwrap_err().step, "open the channel");
    let right = over_as(
        &with_d,
        vec![request("energy", &[])],
        Options::default(),
        profile(Some("ascii:111111"), PLAIN),
    );
    assert_eq!(right.run().results, [Ok(())]);
}

#[test]
fn a_damaged_answer_to_opening_is_no_reason_to_send_the_password_again() {
    let line = ask(Trouble::Damage(1), vec![request("energy", &[])]);
    assert_eq!(bodies(&line), [&OPEN[..], &[5, 0, 0], &[2]]);
    assert_eq!(line.results, [Ok(())]);
}

#[test]
fn a_channel_that_the_meter_has_closed_is_opened_once_more() {
    let requests = || vec![request("energy", &[]), request("clock", &[])];
    let line = ask(Trouble::Sleep(3), requests());
    assert_eq!(line.results, [Ok(()), Ok(())]);
    assert_eq!(bodies(&line), [&OPEN[..], &[5, 0, 0], &[4, 0], &OPEN, &[4, 0], &[2]]);
}

#[test]
fn an_older_meter_is_asked_for_single_values() {
    let older = setup("mercury-230", &[("without-16", "yes")]);
    let ids =
        ["power", "voltage", "current", "power-factor", "frequency", "distortion", "temperature", "angles"];
    for id in ids {
        let whole = ask(Trouble::None, vec![request(id, &[])]);
        let pieces = over(&older, vec![request(id, &[])], Options::default()).run();
        assert_eq!((pieces.results.as_slice(), pieces.told()), (&[Ok(())][..], whole.told()), "{id}");
    }
    let line = over(&older, vec![request("voltage", &[])], Options::default()).run();
    assert_eq!(
        bodies(&line)[1..5],
        [&[8, 0x16, 0x11][..], &[8, 0x11, 0x11], &[8, 0x11, 0x12], &[8, 0x11, 0x13]]
    );
    // The long answers, in two steps down to single values.
    let long =
        over(&older, vec![request("instant", &[]), request("energy-all", &[])], Options::default()).run();
    let short = ask(Trouble::None, vec![request("instant", &[])]);
    assert_eq!(long.results, [Ok(()), Ok(())]);
    assert_eq!(long.told()[..short.readings.len()], short.told());
}

#[test]
fn what_a_meter_refuses_is_named() {
    let line = over(
        &setup("mercury-230", &[]),
        vec![request("reactive-by-quadrant", &[]), request("energy-at", &[("date", "2024-05-01")])],
        Options::default(),
    )
    .run();
    assert!(matches!(failure(&line, 0), Fault::Refused { code: Some(1), .. }), "{:?}", line.results);
    assert!(matches!(failure(&line, 1), Fault::NoAnswer { sent: 3, .. }), "older than the command: silent");
    let twice = vec![request("correct-clock", &[("second", "5"), ("minute", "1"), ("hour", "12")]); 2];
    let line = ask(Trouble::None, twice);
    assert_eq!(line.results[0], Ok(()));
    assert!(
        matches!(failure(&line, 1), Fault::Refused { code: Some(4), meaning } if meaning.contains("corrected"))
    );
    let wrong = vec![request("memory", &[("at", "16"), ("count", "14")])];
    let line = ask(Trouble::None, wrong);
    assert!(matches!(failure(&line, 0), Fault::Refused { code: Some(2), .. }));
    assert_eq!(line.questions.len(), 4, "an internal error is asked again once");
}

#[test]
fn the_clock_follows_the_wall_and_what_it_is_set_to() {
    assert_eq!(ask(Trouble::None, vec![request("clock", &[])]).told(), ["0.9.1=2024-05-31 12:00:00 winter"]);
    let set = request("set-clock", &[("time", "2023-01-02T03:04:05")]);
    let line = ask(Trouble::None, vec![set, request("clock", &[])]);
    assert_eq!(line.told(), ["0.9.1=2023-01-02 03:04:05 winter"]);
}

#[test]
fn writes_open_as_the_owner_and_change_what_is_read() {
    let line = ask(
        Trouble::None,
        vec![
            request("set-location", &[("text", "ROOF")]),
            request("location", &[]),
            request("set-ratios", &[("voltage", "1"), ("current", "40")]),
            request("ratios", &[]),
        ],
    );
    assert_eq!(bodies(&line)[0], [1, 2, 2, 2, 2, 2, 2, 2]);
    assert_eq!(line.results, vec![Ok(()); 4]);
    assert_eq!(line.told(), ["location=ROOF", "voltage ratio=1", "current ratio=40"]);
}

#[test]
fn a_write_without_answer_is_not_repeated() {
    let line = ask(Trouble::Lose(2), vec![request("set-location", &[("text", "ROOF")])]);
    assert!(matches!(failure(&line, 0), Fault::NoAnswer { sent: 1, .. }));
    assert_eq!(bodies(&line).iter().filter(|body| body.starts_with(&[3])).count(), 1);
    let line = ask(Trouble::None, vec![request("restart", &[])]);
    assert_eq!(line.results, [Ok(())], "no answer is expected");
}

#[test]
fn a_meter_confirms_its_new_address_from_there_and_is_spoken_to_there() {
    let line = ask(Trouble::None, vec![request("set-address", &[("to", "7")]), request("address", &[])]);
    assert_eq!(line.results, [Ok(()), Ok(())]);
    assert_eq!(line.told(), ["network address=7"]);
    assert_eq!(
        line.questions.iter().map(|question| question[0]).collect::<Vec<_>>(),
        [ADDRESS, ADDRESS, 7, 7]
    );
}

#[test]
fn damage_and_loss_are_asked_again_and_named_when_they_stay() {
    for trouble in [Trouble::Damage(2), Trouble::Lose(2), Trouble::Lose(1)] {
        let line = ask(trouble, vec![request("energy", &[])]);
        assert_eq!((line.questions.len(), &line.results[0]), (4, &Ok(())), "{trouble:?}");
        assert_eq!(line.readings.len(), 4, "{trouble:?}");
    }
    let options = Options { retries: 0, ..Options::default() };
    let line = over(&setup("mercury-236", &[]), vec![request("energy", &[])], options);
    let line = line.with(Trouble::Damage(2)).run();
    let Fault::Damaged { what } = failure(&line, 0) else { panic!("{:?}", line.results) };
    assert!(what.starts_with("CRC ") && what.contains(", expected "), "{what}");
    assert!(line.readings.is_empty());
    assert_eq!(bodies(&line).last(), Some(&&[2][..]), "closed all the same");
}

#[test]
fn a_silent_meter_ends_the_plan_while_opening() {
    let line = ask(Trouble::Silence, vec![request("energy", &[]), request("clock", &[])]);
    assert_eq!(failure(&line, 0), &Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 });
    assert_eq!((line.results.len(), line.questions.len()), (2, 3));
}

#[test]
fn idle_bytes_around_an_answer_do_not_hide_it() {
    let line = ask(Trouble::Idle, vec![request("energy", &[]), request("voltage", &[])]);
    assert_eq!((line.results, line.questions.len()), (vec![Ok(()), Ok(())], 4));
}

#[test]
fn an_answer_from_another_address_is_named_and_never_read() {
    let line = ask(Trouble::Misaddress(0), vec![request("serial", &[])]);
    let found = u64::from(ADDRESS ^ 1);
    assert_eq!(failure(&line, 0), &Fault::Unexpected(Unfit::Address { expected: ADDRESS.into(), found }));
    assert!(line.warnings.contains(&"other-meter") && line.readings.is_empty());
}

#[test]
fn a_cancel_closes_the_channel() {
    let line = over(&setup("mercury-236", &[]), reads(), Options::default()).cancelled_after(4).run();
    assert_eq!(line.results.iter().filter(|result| result.is_err()).count(), 1);
    assert_eq!(failure(&line, line.results.len() - 1), &Fault::Cancelled);
    assert_eq!((line.questions.len(), bodies(&line).last()), (5, Some(&&[2][..])));
}

#[test]
fn reading_twice_accepts_what_stays_the_same() {
    let options = Options { read_twice: true, ..Options::default() };
    let line = over(&setup("mercury-236", &[]), vec![request("energy", &[])], options).run();
    assert_eq!(bodies(&line), [&OPEN[..], &[5, 0, 0], &[5, 0, 0], &[2]]);
    assert_eq!((line.readings.len(), line.results), (4, vec![Ok(())]));
}

#[test]
fn a_session_takes_the_wire_time_the_silences_and_the_turnarounds() {
    let line = ask(Trouble::None, vec![request("energy", &[])]);
    let wire = LineSettings::default().wire_time(11 + 4 + 6 + 19 + 4 + 4);
    // Each of three exchanges has a silence after the question and one after the answer.
    let expected = wire + Duration::from_millis(3 * (5 + 10 + 5));
    let spent = line.now - At::ZERO;
    assert!(spent.abs_diff(expected) < Duration::from_micros(5), "{spent:?}, expected {expected:?}");
}

#[test]
fn what_cannot_be_sent_stops_the_plan_before_anything_is_sent() {
    let refused = |profile, asked: Request| {
        let plan = Plan { profile, requests: vec![asked], options: Options::default() };
        Mercury230.exchange(plan).err()
    };
    let mut wide = profile(None, PLAIN);
    wide.address = Address::numeric("300", 300);
    assert!(matches!(refused(wide, request("energy", &[])), Some(ComposeError::Address { .. })));
    let short = profile(Some("12"), PLAIN);
    assert!(matches!(refused(short.clone(), request("energy", &[])), Some(ComposeError::Password(_))));
    assert!(refused(short, request("serial", &[])).is_none(), "the serial number needs no password");
    let month = request("energy", &[("of", "month")]);
    assert!(matches!(
        refused(profile(None, PLAIN), month),
        Some(ComposeError::Argument { name: "month", .. })
    ));
}

#[test]
fn the_profile_by_address_and_counted_back_is_the_same() {
    let line = ask(
        Trouble::None,
        vec![
            request("last-record", &[]),
            request("profile", &[("back", "0"), ("count", "17")]),
            request("profile", &[("back", "16"), ("count", "1")]),
        ],
    );
    let last = line.told()[0].clone();
    let times: Vec<String> = line
        .readings
        .iter()
        .filter(|reading| reading.code.is_some_and(|code| code.to_string() == "1.5.0"))
        .map(|reading| reading.at.unwrap().to_string())
        .collect();
    assert_eq!(
        (times.len(), times[0].as_str(), times[16].as_str()),
        (18, "2024-05-31 12:00", "2024-05-31 04:00")
    );
    assert_eq!(times[16], times[17]);
    let record: i64 = last.split('=').nth(1).unwrap().parse().unwrap();
    let at = (record * 16 % 0x1_0000).to_string();
    let by_address = ask(Trouble::None, vec![request("memory", &[("at", &at)])]);
    assert_eq!(by_address.readings[0].at.unwrap().to_string(), "2024-05-31 12:00");
}

#[test]
fn a_profile_is_read_as_power_and_energy_by_the_constant_that_the_meter_tells() {
    let line = ask(Trouble::None, vec![request("profile", &[]), request("profile", &[("back", "1")])]);
    assert_eq!(bodies(&line)[1], rows::VARIANT, "once in a session");
    assert_eq!(line.questions.len(), 5);
    let told: Vec<String> = line.told().into_iter().take(8).collect();
    let absent = "2.5.0=the meter marks this value as absent";
    assert_eq!(
        told,
        ["1.5.0=330", "1.29.0=165", "1.29.1=165", absent, "3.5.0=30", "3.29.0=15", "4.5.0=0", "4.29.0=0"]
    );
}

#[test]
fn a_meter_that_does_not_tell_its_constant_gives_pulses_with_a_word_about_it() {
    // A variant with a constant that no list has.
    let odd = setup("mercury-236", &[("build-variant", "B4 EF C2 97 DF 58")]);
    let odd = over(&odd, vec![request("profile", &[])], Options::default()).run();
    // The second question is the one for the constant.
    let asked = vec![request("profile", &[])];
    let lost = ask(Trouble::Lose(2), asked.clone());
    let refused = over(
        &setup("mercury-236", &[]),
        asked,
        Options { retries: 0, read_twice: false, ..Options::default() },
    );
    let refused = refused.with(Trouble::Lose(2)).run();
    assert_eq!((lost.results.as_slice(), lost.warnings.len()), (&[Ok(())][..], 0), "asked again");
    for line in [odd, refused] {
        assert_eq!((line.results.as_slice(), &line.warnings[..]), (&[Ok(())][..], &["constant"][..]));
        assert!(line.told()[0].starts_with("profile P+="), "{:?}", line.told());
    }
}

#[test]
fn what_a_meter_keeps_of_power_quality_is_read() {
    let single =
        Setup { dialect: super::super::SINGLE_PHASE, ..setup("mercury-236", &[("31.7.0", "0.500")]) };
    let requests = vec![
        request("dip-counters-2", &[("range", "3")]),
        request("imbalance-limit", &[]),
        request("value", &[("of", "current-imbalance")]),
    ];
    let of = |setup: &Setup| over(setup, requests.clone(), Options::default()).run();
    let line = of(&single);
    assert_eq!(bodies(&line)[1], [4, 0x31, 0xF9, 3]);
    let told = line.told();
    assert_eq!((told.len(), told[0].as_str()), (10, "dips and swells, counter 1=0"));
    assert_eq!(&told[8..], ["limit of current imbalance=20.00", "current imbalance=0.500"]);
    assert!(of(&setup("mercury-236", &[])).told()[9].ends_with("absent"), "three phases have none");
}
