//! Clocks of meters, read on computers elsewhere.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::{json_lines, program, run_with};

/// How far the clock of a simulated meter is off on a computer in a zone, and the offset it states.
fn read(model: &str, here: &str, more: &[&str]) -> (SignedDuration, String) {
    let arguments = [&["read", "sim:", "--model", model, "--json"], more].concat();
    let run = run_with(program().args(arguments).env("TZ", here));
    assert_eq!(run.code, Some(0), "{run:?}");
    let poll = json_lines(&run.stdout).remove(0);
    let power = poll["readings"].as_array().unwrap().iter().find(|r| r["code"] == "1.7.0").unwrap().clone();
    let came: Timestamp = power["at"].as_str().unwrap().parse().unwrap();
    let told = power["meter_time"].as_str().unwrap();
    let (wall, zone) = told.split_at("2026-11-21 17:58:15".len());
    let (offset, season) = zone.split_once(' ').unwrap();
    assert!(["winter", "summer"].contains(&season), "{told}");
    let wall: DateTime = wall.parse().unwrap();
    let minutes = |text: &str| text.parse::<i32>().unwrap();
    let offset_minutes = minutes(&offset[..3]) * 60 + minutes(&offset[4..]);
    let there = Offset::from_seconds(offset_minutes * 60).unwrap().to_timestamp(wall).unwrap();
    (there.duration_since(came).abs(), offset.to_owned())
}

/// Far less than any zone is off, and far more than a slow computer.
const CLOSE: SignedDuration = SignedDuration::from_mins(10);

#[test]
fn the_clock_of_a_simulated_p1_meter_is_right_wherever_the_computer_is() {
    for here in ["UTC", "Asia/Tokyo", "JST-9"] {
        for model in ["dsmr5-p1", "dsmr-p1", "emucs-p1"] {
            let (off, offset) = read(model, here, &[]);
            assert!(
                off < CLOSE && ["+01:00", "+02:00"].contains(&offset.as_str()),
                "{model} {here} {off} {offset}"
            );
        }
    }
}

#[test]
fn a_time_zone_that_is_set_goes_before_that_of_the_country() {
    let zone = "Asia/Kolkata";
    // A computer without a database of zones refuses the name.
    if TimeZone::get(zone).is_err() {
        return assert_eq!(run_with(program().args(["read", "sim:", "--timezone", zone])).code, Some(2));
    }
    let (off, offset) = read("dsmr5-p1", "UTC", &["--timezone", zone]);
    assert!(off < CLOSE, "{off}");
    assert_eq!(offset, "+05:30");
}
