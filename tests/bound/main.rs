//! The transmit bound, over every family, model and command of the registry, whatever is at the far end.

#![cfg(test)]

mod line;
mod peers;
mod plans;
mod recorded;

use std::time::Duration;

use line::{Cut, Outcome, POWERS, Power, run};
use meterscope::protocol::{Bound, Family, LineSettings, Options};
use peers::{Floods, Meter, Once, Peer, Random, Says, TURNS, first_word};
use plans::Named;
use recorded::Recorded;

/// What an answer can take at most on the slowest line: twice the wire time of the longest readout.
fn longest_answer() -> Duration {
    2 * LineSettings::e71(300).wire_time(4200) + Duration::from_secs(10)
}

/// The laws of one run.
fn check(family: &dyn Family, named: &Named, outcome: &Outcome) -> Result<(), String> {
    let Outcome { answers, took, longest_wait, least_silence, sent, bound } = outcome;
    let requests = named.plan.requests.len();
    let in_order = answers.iter().enumerate().all(|(place, (index, _))| place == *index);
    if answers.is_empty() || answers.len() > requests || !in_order {
        return Err(format!("{requests} requests were answered so: {answers:?}"));
    }
    let each = (*longest_wait).max(longest_answer());
    let most = each * u32::try_from(2 * sent.len() + requests + 8).unwrap_or(u32::MAX);
    if *took > most {
        return Err(format!("it took {took:?}, {most:?} are its bound"));
    }
    let silence = family.silence(named.plan.profile.line);
    match least_silence {
        Some(least) if *least < silence && !matches!(bound, Bound::Replies) => {
            Err(format!("{least:?} of silence between two messages, {silence:?} are due"))
        }
        _ => Ok(()),
    }
}

/// Runs a plan against a peer and holds the laws; what is broken is put down.
fn hold(
    named: &Named,
    power: Power,
    who: &str,
    peer: &mut dyn Peer,
    cut: Cut,
    broken: &mut Vec<String>,
) -> Option<Outcome> {
    let family = named.target.family();
    let outcome = run(family, &named.plan, power, peer, cut, false);
    let told = outcome.and_then(|outcome| check(family, named, &outcome).map(|()| outcome));
    told.map_err(|what| broken.push(format!("{}, {power:?}, {who}, {cut:?}: {what}", named.name))).ok()
}

fn all() -> Vec<Named> {
    let mut plans: Vec<Named> = plans::commands().into_iter().filter_map(Result::ok).collect();
    let cautious = Options { retries: 1, read_twice: true, ..Options::default() };
    for options in [Options::default(), Options { retries: 0, ..Options::default() }, cautious] {
        plans.extend(plans::default_reads(options));
    }
    plans
}

/// One in so many of all, and the everyday sets: for peers that are slow to run against. Commands of a family share
/// what asks them.
fn some(one_in: usize) -> Vec<Named> {
    let everyday = plans::default_reads(Options::default());
    plans::commands().into_iter().filter_map(Result::ok).step_by(one_in).chain(everyday).collect()
}

fn assert_none(broken: &[String]) {
    let few: Vec<&String> = broken.iter().take(40).collect();
    assert!(broken.is_empty(), "{} runs: {few:#?}", broken.len());
}

#[test]
fn every_command_of_every_model_is_among_the_plans() {
    let missing: Vec<String> = plans::commands().into_iter().filter_map(Result::err).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn silence_is_answered_by_a_diagnosis_after_the_tries_of_the_plan() {
    let mut broken = Vec::new();
    for named in all() {
        for power in POWERS {
            let told = hold(
                &named,
                power,
                "silence",
                &mut Says(|_: &[u8], _| Vec::new(), 0),
                Cut::Never,
                &mut broken,
            );
            let Some(outcome) = told else { continue };
            let allowed = outcome.allowance();
            let sent = u32::try_from(outcome.sent.len()).unwrap();
            // The bound is that of the plan, not a large number.
            if named.plan.requests.len() == 1 && allowed.unanswered > 3 * sent + 24 {
                broken.push(format!(
                    "{}: {} messages are allowed where {sent} are sent",
                    named.name, allowed.unanswered
                ));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn what_answers_nothing_is_told_as_such_and_gets_no_more_than_the_bound() {
    let mut broken = Vec::new();
    for (number, named) in all().iter().enumerate() {
        for (place, power) in POWERS.into_iter().enumerate() {
            let mut random = Random::new(number as u64);
            hold(named, power, "echo", &mut Says(|sent: &[u8], _| sent.to_vec(), 0), Cut::Never, &mut broken);
            hold(
                named,
                power,
                "noise",
                &mut Says(|_: &[u8], _| random.bytes(60), 0),
                Cut::Never,
                &mut broken,
            );
            let byte = [0x06, 0x15, 0xE5, 0x00, 0xFF][(number + 2 * place) % 5];
            let who = format!("{byte:02X} for all");
            hold(named, power, &who, &mut Says(|_: &[u8], _| vec![byte], 0), Cut::Never, &mut broken);
        }
    }
    assert_none(&broken);
}

#[test]
fn a_flood_ends_nothing_later_than_silence_would() {
    let recorded = Recorded::all();
    let mut broken = Vec::new();
    for (number, named) in some(12).iter().enumerate() {
        let mut random = Random::new(number as u64);
        let power = POWERS[number % POWERS.len()];
        hold(named, power, "a flood of noise", &mut Floods(|| random.bytes(48)), Cut::Never, &mut broken);
        let replies = recorded.of(named.target.model.protocol.id());
        let mut random = Random::new(number as u64 + 1);
        let mut frames = Floods(|| replies[random.below(replies.len())].clone());
        hold(named, power, "a flood of replies", &mut frames, Cut::Never, &mut broken);
    }
    assert_none(&broken);
}

#[test]
fn recorded_replies_to_something_else_are_no_reason_to_go_on() {
    let recorded = Recorded::all();
    let mut broken = Vec::new();
    for (number, named) in all().iter().enumerate() {
        let replies = recorded.of(named.target.model.protocol.id());
        let mut random = Random::new(number as u64);
        let mut any = Says(|_: &[u8], _| replies[random.below(replies.len())].clone(), 0);
        let power = POWERS[number % POWERS.len()];
        hold(named, power, "replies to something else", &mut any, Cut::Never, &mut broken);
    }
    assert_none(&broken);
}

#[test]
fn who_is_heard_once_and_falls_silent_is_waited_for_no_longer_than_the_plan_says() {
    let recorded = Recorded::all();
    let mut broken = Vec::new();
    let mut first_words = 0;
    for (number, named) in all().iter().enumerate() {
        let power = POWERS[number % POWERS.len()];
        let first = first_word(named.target.family(), named);
        first_words += usize::from(first.is_some());
        let replies = recorded.of(named.target.model.protocol.id());
        let reply = Some(replies[number % replies.len()].clone());
        for (who, word) in [("its first word", first), ("a reply", reply)] {
            hold(named, power, &format!("{who}, then silence"), &mut Once(word), Cut::Never, &mut broken);
        }
    }
    assert_none(&broken);
    assert!(first_words > 5, "{first_words} plans are of meters that speak by themselves");
}

#[test]
fn every_recorded_reply_given_again_and_again_comes_to_an_end() {
    let recorded = Recorded::all();
    let mut broken = Vec::new();
    for named in plans::default_reads(Options::default()) {
        for (index, reply) in recorded.of(named.target.model.protocol.id()).iter().enumerate() {
            let power = POWERS[index % POWERS.len()];
            let mut same = Says(|_: &[u8], _| reply.clone(), 0);
            hold(&named, power, &format!("reply {index} for all"), &mut same, Cut::Never, &mut broken);
        }
    }
    assert_none(&broken);
}

#[test]
fn a_meter_that_goes_wrong_in_mid_session_gets_no_more_than_the_bound() {
    let mut broken = Vec::new();
    let mut held = 0;
    for (number, named) in some(3).iter().enumerate() {
        let family = named.target.family();
        for (index, turn) in TURNS.into_iter().enumerate() {
            let good = (number + 3 * index) % 5;
            let Some(mut meter) = Meter::new(family, named, good, turn) else { continue };
            let power = POWERS[(number + index) % POWERS.len()];
            let who = format!("{turn:?} after {good} answers");
            held += usize::from(hold(named, power, &who, &mut meter, Cut::Never, &mut broken).is_some());
        }
    }
    assert_none(&broken);
    assert!(held > 1000, "{held}");
}

#[test]
fn a_link_that_goes_away_and_a_person_who_stops_it_end_it_and_the_next_begins_with_a_break() {
    let mut broken = Vec::new();
    for (number, named) in some(3).iter().enumerate() {
        let family = named.target.family();
        for most in 1..6 {
            for cut in [Cut::LinkLost(most), Cut::Cancelled(most)] {
                let Some(mut meter) = Meter::new(family, named, 64, TURNS[0]) else { continue };
                let power = POWERS[(number + most as usize) % POWERS.len()];
                hold(named, power, "a good meter", &mut meter, cut, &mut broken);
            }
        }
        let mut silent = Says(|_: &[u8], _| Vec::new(), 0);
        let told = run(family, &named.plan, POWERS[number % POWERS.len()], &mut silent, Cut::Never, true);
        if let Err(what) = told.and_then(|outcome| check(family, named, &outcome)) {
            broken.push(format!("{}, after a cut: {what}", named.name));
        }
    }
    assert_none(&broken);
}

#[test]
fn a_silent_iec_meter_gets_fewer_than_400_bytes_whatever_the_line_can_do() {
    for named in all().iter().filter(|named| named.target.model.id == "iec62056-21") {
        for power in POWERS {
            let mut broken = Vec::new();
            let mut silent = Says(|_: &[u8], _| Vec::new(), 0);
            let told = hold(named, power, "silence", &mut silent, Cut::Never, &mut broken);
            assert_none(&broken);
            let bytes: usize = told.unwrap().sent.iter().map(Vec::len).sum();
            assert!(bytes < 400, "{}: {bytes}", named.name);
        }
    }
}
