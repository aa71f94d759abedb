use super::*;
use crate::protocol::{Fault, Reach};
use crate::reading::Decimal;
use crate::tui::fixture::in_archive;

#[test]
fn the_days_that_are_wanted_are_asked_for_in_one_session() {
    let mut state = in_archive(SIZE).0;
    state.jobs.clear();
    keys(&mut state, &["+", "+", "<"]);
    let effects = keys(&mut state, &["enter"]);
    let Some(Effect::Bus(Intent::Run { errand, .. })) = effects.first() else { panic!("{effects:?}") };
    let [request] = errand.asked().unwrap().requests.as_slice() else { panic!("{errand:?}") };
    assert_eq!((request.arguments.integer("from"), request.arguments.integer("days")), (1, 4));
}

#[test]
fn the_newest_day_is_shown_first_and_tariffs_come_to_the_total() {
    let mut state = in_archive(SIZE).0;
    let day = state.archive.day().unwrap().clone();
    assert_eq!((day.date.to_string().as_str(), day.intervals.len()), ("2026-03-01", 28));
    let [total, tariffs @ ..] = day.energy().map(Option::unwrap);
    let sum = tariffs.into_iter().fold(Decimal::ZERO, |sum, part| sum.checked_add(part).unwrap());
    assert_eq!(sum, total);
    keys(&mut state, &["down"]);
    assert_eq!(state.archive.day().unwrap().intervals.len(), 48);
    keys(&mut state, &["tab", "down", "down"]);
    assert_eq!(state.archive.intervals.at, 2);
    assert!(state.readings.known.is_empty(), "an archive is no present value");
}

#[test]
fn stopping_keeps_what_was_read_and_says_so() {
    let (mut state, job) = in_archive(SIZE);
    let effects = keys(&mut state, &["c"]);
    assert!(matches!(effects.as_slice(), [Effect::Bus(Intent::Cancel(stopped))] if *stopped == job));
    let result = Err(Failure { step: "profile", fault: Fault::Cancelled });
    send(&mut state, Message::Job(job, JobEvent::Answered { index: 0, result, request: None, reply: None }));
    send(&mut state, Message::Job(job, JobEvent::Finished));
    assert_eq!(state.archive.read.days().len(), 2);
    assert_eq!(state.archive.trouble, "stopped; what was read is kept");
}

#[test]
fn what_was_read_is_written_as_csv_under_a_name_of_its_own() {
    let mut state = in_archive(SIZE).0;
    let effects = keys(&mut state, &["e"]);
    let [Effect::Write(name, text)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(name.to_string_lossy(), "archive-neva-mt324-00000044-2026-02-28--2026-03-01.csv");
    assert_eq!(text.split(|byte| *byte == b'\n').count(), 1 + 28 + 48 + 1);
}

#[test]
fn a_meter_without_a_load_profile_has_no_such_screen() {
    let mut state = connected(SIZE, Screen::Bench);
    keys(&mut state, &["6"]);
    assert_eq!(state.screen, Screen::Bench);
    assert!(notice(&state).contains("load profile"));
    let mut state = in_archive(SIZE).0;
    keys(&mut state, &["3", "6"]);
    assert_eq!(state.screen, Screen::Archive);
    let profile = archive::profile(&state).unwrap();
    assert!(matches!(profile.reach, Reach::Days { .. }));
}

#[test]
fn a_profile_read_on_the_bench_is_shown_here_too() {
    let mut state = in_archive(SIZE).0;
    state.archive = crate::tui::state::ArchiveView::default();
    state.jobs.clear();
    keys(&mut state, &[":"]);
    type_text(&mut state, "ask profile days=1");
    keys(&mut state, &["enter"]);
    let job = job_of(&keys(&mut state, &["enter"])).expect("sent");
    let value = crate::reading::Measured::Number(Decimal::new(10, 1));
    let at = crate::reading::MeterTime::date(2026, 3, 1).at(0, 0, 0);
    let register = crate::reading::Reading::of(
        crate::reading::Code::import(0),
        value,
        crate::reading::Unit::WattHour,
        &[],
    );
    let reading =
        crate::reading::Reading { at: Some(at), period: crate::reading::Period::DayEnd(1), ..register };
    send(&mut state, Message::Job(job, JobEvent::Reading(reading, At::ZERO)));
    assert_eq!(state.archive.read.days().len(), 1);
}
