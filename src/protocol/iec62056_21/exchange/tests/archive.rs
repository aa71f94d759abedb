//! The half-hour archive.

use super::bench::{Bench, Oddities, WALL, plan, profile, run, setup, talk};
use crate::protocol::iec62056_21::{Iec, NEVA_1, NEVA_3};
use crate::protocol::{Family as _, Fault, LineSettings};
use crate::reading::{Code, Period};

const FAST: LineSettings = LineSettings::e71(9600);

#[test]
fn a_whole_day_comes_out_to_the_last_half_watt_hour() {
    let told = talk(&setup("neva-mt324", NEVA_3, FAST), &[("profile", &[("days", "1"), ("from", "1")])]);
    assert_eq!(told.results, [Ok(())]);
    let last = |code| {
        let found = told.readings.iter().rev().find(|r| r.code == Some(code) && r.period == Period::Interval);
        found.map(|r| (r.number().unwrap().to_string(), r.at.unwrap().to_string())).unwrap()
    };
    let at = "2024-05-14 23:30:00".to_owned();
    assert_eq!(last(Code::new(1, 8, 0)), ("494621.5".into(), at.clone()));
    assert_eq!(last(Code::new(1, 8, 1)), ("371676.0".into(), at.clone()));
    assert_eq!(last(Code::new(1, 8, 2)), ("122945.5".into(), at));
    let day: Vec<String> = told.values().into_iter().filter(|value| value.starts_with("1.9.")).collect();
    assert_eq!(day[..3], ["1.9.0 93781.5", "1.9.1 61696.0", "1.9.2 32085.5"]);
    let progress: Vec<&String> = told.log.iter().filter(|line| line.contains(" of 8")).collect();
    let codes: Vec<String> = (1..=8).map(|done| format!("{done} of 8")).collect();
    assert_eq!(progress, codes.iter().collect::<Vec<_>>());
}

#[test]
fn intervals_of_today_that_are_not_over_are_left_out() {
    let told = talk(&setup("neva-mt324", NEVA_3, FAST), &[("profile", &[])]);
    assert_eq!((told.results, told.warnings), (vec![Ok(())], vec!["incomplete"]));
    let powers = told.readings.iter().filter(|r| r.code == Some(Code::new(1, 5, 0))).count();
    assert_eq!(powers, 25, "half hours that are over at 12:34");
}

#[test]
fn a_day_into_whose_reading_midnight_falls_is_read_again() {
    let asked = setup("neva-mt324", NEVA_3, FAST);
    let meter = Iec.responder(&asked).unwrap();
    let late = jiff::civil::date(2024, 5, 15).at(23, 59, 58, 0);
    let plan = plan(profile(&asked), &[("profile", &[("days", "1"), ("from", "1")])]);
    let told = Bench::new(plan, meter, Oddities::default(), late).run();
    assert_eq!(told.results, [Ok(())]);
    if told.warnings.contains(&"midnight") {
        assert_eq!(told.readings[0].at.unwrap().to_string(), "2024-05-15 00:00:00");
    } else {
        panic!("midnight fell between: {:#?}", told.log);
    }
}

#[test]
fn a_cancelled_archive_keeps_the_days_it_has() {
    let asked = setup("neva-mt324", NEVA_3, FAST);
    let odd = Oddities { cancel_after: Some(200), ..Oddities::default() };
    let plan = plan(profile(&asked), &[("profile", &[("days", "9"), ("from", "1")])]);
    let told = run(plan, Iec.responder(&asked).unwrap(), odd);
    assert!(matches!(told.results[0], Err((_, Fault::Cancelled))));
    assert!(told.readings.len() >= 200);
    assert_eq!(told.count(b"\x01B0"), 2);
}

#[test]
fn each_day_has_the_schedule_of_its_season_and_weekday() {
    let mut asked = setup("neva-mt113", NEVA_1, FAST);
    let seasons = ["0101010203"].into_iter().chain(["0000000000"; 11]).collect::<Vec<_>>().join(",");
    asked.values = vec![
        ("0D.00.00*FF".into(), seasons),
        ("0A.01.64*FF".into(), "000001,000000".into()),
        ("0A.02.64*FF".into(), "000002,000000".into()),
        ("0A.03.64*FF".into(), "000003,000000".into()),
    ];
    // 11 May 2024 is a Saturday.
    let told = talk(&asked, &[("profile", &[("days", "5"), ("from", "3")])]);
    assert_eq!(told.results, [Ok(())]);
    let days: Vec<String> = told.values().into_iter().filter(|value| value.starts_with("1.9.")).collect();
    let used: Vec<usize> = days
        .chunks(5)
        .map(|day| day.iter().skip(1).position(|v| !v.ends_with(" 0.0")).unwrap() + 1)
        .collect();
    assert_eq!(used, [3, 2, 1], "Sunday, Saturday, Friday");
    assert_eq!(WALL.date().weekday(), jiff::civil::Weekday::Wednesday);
}
