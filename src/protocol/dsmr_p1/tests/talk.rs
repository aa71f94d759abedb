//! Simulated meters and the exchange that waits for them, on a clock that the test moves.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rstest::rstest;

use super::super::{P1, dialects, variant};
use super::published::find;
use crate::frame::{At, Dissection, Secret, Verdict, visible};
use crate::protocol::{
    Action, Address, Context, Dialect, Event, Exchange, Family, Fault, LineSettings, Load, MeterKey, Now,
    Options, Output, Plan, Profile, Request, Responder, Setup, Wait,
};
use crate::reading::{Measured, Reading, Zone};

const START: &str = "2026-07-01T10:34:56Z";

/// A moment on the clock of a meter, which is right.
fn now(meter: &dyn Responder, millis: u64) -> Now {
    let moment = START.parse::<Timestamp>().unwrap() + Duration::from_millis(millis);
    let zone = TimeZone::posix(meter.zone().unwrap()).unwrap();
    let Zone::Local { is_summer, offset_minutes } = Zone::at(&zone, moment) else { panic!("{zone:?}") };
    let wall = moment.to_zoned(zone).datetime();
    Now { at: At::from_millis(millis), wall, ahead_minutes: offset_minutes, is_summer }
}

fn setup(dialect: Dialect, values: &[(&str, &str)]) -> Setup {
    Setup {
        model: "dsmr-p1",
        dialect,
        address: Address::none(),
        serial: "E0034006810516416".into(),
        password: None,
        keys: Vec::new(),
        line: LineSettings::n81(115_200),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

fn meter(dialect: Dialect, values: &[(&str, &str)]) -> Box<dyn Responder> {
    P1.responder(&setup(dialect, values)).unwrap()
}

fn push(meter: &mut dyn Responder, millis: u64) -> Option<Vec<u8>> {
    let now = now(meter, millis);
    match meter.poll(now) {
        Some(Output::Send { bytes, due }) => {
            assert_eq!(due, At::from_millis(millis));
            Some(bytes)
        }
        other => {
            assert_eq!(other, None);
            None
        }
    }
}

fn explain(bytes: &[u8]) -> Dissection {
    (&P1 as &dyn Family).dissect(bytes, &Context::default())
}

fn reading(readings: &[Reading], code: &str) -> String {
    let is_it = |reading: &&Reading| reading.code.is_some_and(|own| own.to_string() == code);
    let found = readings.iter().find(is_it).unwrap_or_else(|| panic!("no {code}"));
    visible::reading(found)
}

#[test]
fn a_meter_of_every_variant_pushes_telegrams_that_are_understood_at_its_interval() {
    for variant in variant::ALL {
        let mut meter = meter(variant.dialect, &[]);
        let bytes = push(meter.as_mut(), 0).unwrap();
        let found = explain(&bytes);
        let is_sound = matches!(found.verdict, Verdict::Good | Verdict::Unchecked(_));
        assert!(is_sound && !found.readings.is_empty(), "{}: {found:?}", variant.name);
        assert_eq!(found.problems, [], "{}", variant.name);
        let labels: Vec<String> =
            found.wire().unwrap().fields.iter().map(|field| field.label.to_string()).collect();
        assert!(!labels.iter().any(|l| l == "unknown object" || l == "unreadable line"), "{labels:?}");
        let has_energy = found.readings.iter().any(Reading::is_energy_register);
        assert!(has_energy, "{}", variant.name);
        let interval = if variant.dialect == variant::ANY.dialect {
            variant::V5.interval
        } else {
            assert_eq!(found.title, variant.title);
            variant.interval
        };
        let millis = u64::try_from(interval.as_millis()).unwrap();
        assert_eq!(meter.deadline(), Some(At::from_millis(millis)));
        assert_eq!(push(meter.as_mut(), millis - 1), None);
        assert!(push(meter.as_mut(), millis).is_some());
    }
}

#[test]
fn the_interval_can_be_set() {
    let mut meter = meter(dialects::V4, &[("interval", "1")]);
    assert!(push(meter.as_mut(), 0).is_some());
    assert_eq!(push(meter.as_mut(), 999), None);
    assert!(push(meter.as_mut(), 1000).is_some());
}

#[test]
fn values_are_set_by_object_or_code_in_the_format_of_the_meter() {
    let values = [("1.8.1", "1.5"), ("1-0:2.8.2", "12"), ("0-1:24.2.1", "7.25"), ("96.13.0", "486F69")];
    let found = explain(&push(meter(dialects::V5, &values).as_mut(), 0).unwrap());
    assert_eq!(reading(&found.readings, "1.8.1"), "T1 1.500 kWh");
    assert_eq!(reading(&found.readings, "2.8.2"), "T2 12.000 kWh");
    assert_eq!(reading(&found.readings, "24.2.1"), "7.250 m3");
    assert_eq!(reading(&found.readings, "96.13.0"), "Hoi");
}

#[test]
fn a_value_that_the_meter_cannot_have_is_refused_with_what_would_fit() {
    let refused =
        |name, value| P1.responder(&setup(dialects::V5, &[(name, value)])).err().unwrap().to_string();
    assert_eq!(refused("1.8.9", "1"), "1.8.9=1: expected an object of this meter such as 1-0:1.8.1 or 1.8.1");
    assert!(refused("1.8.1", "1.23456").contains("with 3 decimals"));
    assert!(refused("96.13.0", "a!b").contains("without brackets"));
    assert_eq!(refused("interval", "0"), "interval=0: expected 1 to 3600 seconds");
}

/// The import registers of a telegram in watt hours, or in tenths of a milliwatt hour: total, then the tariffs' sum.
fn import(bytes: &[u8]) -> (Option<i128>, Option<i128>) {
    let found = explain(bytes);
    let registers = |wanted: fn(u8) -> bool| {
        let of_import =
            |r: &&Reading| r.code.is_some_and(|code| (code.c, code.d) == (1, 8) && wanted(code.e));
        let units: Vec<i128> =
            found.readings.iter().filter(of_import).map(|r| r.number().unwrap().units()).collect();
        (!units.is_empty()).then(|| units.iter().sum())
    };
    (registers(|e| e == 0), registers(|e| e > 0))
}

#[test]
fn what_is_drawn_is_counted_in_the_tariff_in_force_and_no_watt_second_is_lost() {
    for variant in variant::ALL {
        let mut meter = meter(variant.dialect, &[]);
        let before = import(&push(meter.as_mut(), 0).unwrap());
        for watt_seconds in [1_079_999, 1_080_002, 1_079_999] {
            meter.draw(Load { watts: 2300, watt_seconds });
        }
        let bytes = push(meter.as_mut(), 20_000).unwrap();
        let after = import(&bytes);
        let units = if variant.dialect == dialects::Q3D { 900 * 10_000 } else { 900 };
        for (before, after) in [(before.0, after.0), (before.1, after.1)] {
            assert_eq!(before.map(|before| before + units), after, "{}", variant.name);
        }
        assert!(after.0.or(after.1).is_some(), "{}", variant.name);
        let power =
            explain(&bytes).readings.into_iter().find(|r| r.code.is_some_and(|c| (c.c, c.d) == (1, 7)));
        let power = visible::reading(&power.unwrap());
        assert!(
            ["2.300 kW", "2.30 kW", "2300 W", "2300.00 W"].contains(&power.as_str()),
            "{}: {power}",
            variant.name
        );
    }
}

#[test]
fn a_meter_with_keys_encrypts_and_counts_its_frames() {
    let key = MeterKey {
        system_title: Some(*b"SAG12345"),
        encryption: Secret::new(vec![0x42; 16]),
        authentication: Some(Secret::new(vec![0x24; 16])),
    };
    let mut meter =
        P1.responder(&Setup { keys: vec![key.clone()], ..setup(dialects::LUXEMBOURG, &[]) }).unwrap();
    let frames = [push(meter.as_mut(), 0).unwrap(), push(meter.as_mut(), 10_000).unwrap()];
    for (frame, counter) in frames.iter().zip(1u8..) {
        assert_eq!(frame[17], counter);
        let context = Context { keys: std::slice::from_ref(&key), ..Context::default() };
        let found = (&P1 as &dyn Family).dissect(frame, &context);
        assert_eq!((found.verdict, found.title), (Verdict::Good, "Smarty telegram"));
        assert!(!found.readings.is_empty());
    }
}

/// What an exchange has done.
struct Table {
    exchange: Box<dyn Exchange>,
    wait: Option<Wait>,
    log: Vec<String>,
    readings: Vec<Reading>,
}

impl Table {
    fn new(dialect: Dialect, requests: usize, keys: Vec<MeterKey>) -> Self {
        let command = &P1.profile().dialect(dialect).commands[0];
        let request = Request { command, arguments: command.arguments([]).unwrap() };
        let profile = Profile {
            model: "dsmr-p1",
            dialect,
            address: Address::none(),
            password: None,
            line: LineSettings::n81(115_200),
            is_line_chosen: false,
            network_delay: Duration::ZERO,
            families: crate::protocol::registry::FAMILIES,
            keys,
        };
        let plan = Plan { profile, requests: vec![request; requests], options: Options::default() };
        let exchange = P1.exchange(plan).unwrap();
        Self { exchange, wait: None, log: Vec::new(), readings: Vec::new() }
    }

    fn tell(&mut self, event: Event<'_>, millis: u64) -> &mut Self {
        self.exchange.handle(event, At::from_millis(millis));
        while let Some(action) = self.exchange.next_action() {
            match action {
                Action::Wait(wait) => self.wait = Some(wait),
                Action::Reading(reading) => self.readings.push(reading),
                Action::Warning(warning) => self.log.push(warning.code.to_owned()),
                Action::SetLine(line) => self.log.push(format!("line {line}")),
                Action::Answered { index, result: Ok(()) } => self.log.push(format!("done {index}")),
                Action::Answered { index, result: Err(failure) } => {
                    self.log.push(format!("failed {index} {:?}", failure.fault));
                }
                Action::Finished => self.log.push("finished".into()),
                Action::Step(_) | Action::Try { .. } | Action::Progress { .. } | Action::Rest { .. } => {}
                Action::Send(bytes) => panic!("it sends {bytes:02X?}"),
            }
        }
        self
    }

    fn wait_millis(&self) -> u64 {
        self.wait.unwrap().latest.nanos() / 1_000_000
    }
}

#[test]
fn the_next_whole_telegram_is_waited_for_two_intervals_and_nothing_is_sent() {
    let text = find("v50-iskra-am550").text;
    let mut table = Table::new(dialects::V5, 1, Vec::new());
    table.tell(Event::Start, 0);
    assert!((2000..2500).contains(&table.wait_millis()), "a second's meter");
    table.tell(Event::Frame(&text), 700);
    assert_eq!(table.log, ["done 0", "finished"]);
    assert_eq!(reading(&table.readings, "1.8.1"), "T1 3808.351 kWh");
    let mut table = Table::new(Dialect::default(), 1, Vec::new());
    table.tell(Event::Start, 0);
    assert!((20_000..20_500).contains(&table.wait_millis()), "one of ten, since it is not known");
}

#[test]
fn a_damaged_telegram_is_passed_over_for_a_good_one() {
    let text = find("v50-iskra-am550").text;
    let mut damaged = text.clone();
    damaged[200] ^= 1;
    let mut table = Table::new(dialects::V5, 1, Vec::new());
    table.tell(Event::Start, 0).tell(Event::Frame(&damaged), 500);
    assert!(table.log.is_empty() && table.readings.is_empty());
    table.tell(Event::Frame(&text), 1500);
    assert_eq!(table.log, ["done 0", "finished"]);
}

#[test]
fn damage_alone_and_silence_are_two_different_failures() {
    let mut damaged = find("v50-iskra-am550").text;
    damaged[200] ^= 1;
    let mut table = Table::new(dialects::V5, 1, Vec::new());
    table.tell(Event::Start, 0).tell(Event::Frame(&damaged), 500).tell(Event::Deadline, 2100);
    assert!(
        table.log[0].starts_with("failed 0 Damaged") && table.log[0].contains("CRC-16/ARC"),
        "{:?}",
        table.log
    );
    let mut table = Table::new(dialects::V5, 1, Vec::new());
    table.tell(Event::Start, 0).tell(Event::Deadline, 2100);
    let fault = Fault::NoAnswer { sent: 0, echo: false, noise_bytes: 0 };
    assert_eq!(table.log, [format!("failed 0 {fault:?}"), "finished".into()]);
}

#[test]
fn every_request_of_a_plan_waits_for_a_telegram_of_its_own() {
    let text = find("v50-iskra-am550").text;
    let mut table = Table::new(dialects::V5, 2, Vec::new());
    table.tell(Event::Start, 0).tell(Event::Frame(&text), 500).tell(Event::Frame(&text), 1500);
    assert_eq!(table.log, ["done 0", "done 1", "finished"]);
}

#[test]
fn a_cancel_and_a_lost_link_end_it_at_once() {
    for (event, fault) in [(Event::Cancelled, "Cancelled"), (Event::LinkLost, "LinkLost")] {
        let mut table = Table::new(dialects::V5, 2, Vec::new());
        table.tell(Event::Start, 0).tell(event, 100).tell(Event::Deadline, 3000);
        assert_eq!(table.log, [format!("failed 0 {fault}"), "finished".into()]);
    }
}

#[test]
fn an_encrypted_telegram_is_read_with_its_key_and_refused_without() {
    let vector = find("at-sagemcom-encrypted-synthetic");
    let frame = vector.frame().unwrap();
    let mut table = Table::new(dialects::AUSTRIA, 1, vec![vector.key()]);
    table.tell(Event::Start, 0).tell(Event::Frame(&frame), 500);
    assert_eq!(table.log, ["done 0", "finished"]);
    assert_eq!(reading(&table.readings, "1.8.0"), "6545766 Wh");
    let mut table = Table::new(dialects::AUSTRIA, 1, Vec::new());
    table.tell(Event::Start, 0).tell(Event::Frame(&frame), 500).tell(Event::Deadline, 20_500);
    assert!(table.log[0].contains("there is no key"), "{:?}", table.log);
}

#[test]
fn noise_that_tells_the_cause_is_named_once_and_the_right_line_is_tried_once() {
    let text = find("v22-isk-mt382-1003").text;
    let parity: Vec<u8> = text.iter().map(|b| b | if b.count_ones() % 2 == 1 { 0x80 } else { 0 }).collect();
    let mut table = Table::new(Dialect::default(), 1, Vec::new());
    table
        .tell(Event::Start, 0)
        .tell(Event::Noise(&parity[..200]), 500)
        .tell(Event::Noise(&parity[200..]), 600);
    assert_eq!(table.log, ["parity".to_owned(), format!("line {}", LineSettings::e71(115_200))]);
    table.tell(Event::Frame(&text), 9000);
    assert_eq!(table.log[2..], ["done 0", "finished"]);
    let inverted: Vec<u8> = text.iter().map(|byte| (!byte & 0x7F) * 2 + 1).collect();
    let mut table = Table::new(dialects::V2, 1, Vec::new());
    table.tell(Event::Start, 0).tell(Event::Noise(&inverted), 500);
    assert_eq!(table.log, ["inverted-line"]);
}

#[test]
fn bytes_that_say_nothing_have_the_two_speeds_tried_by_turns_and_then_it_ends() {
    let junk: Vec<u8> = (0..20u8).map(|n| n.wrapping_mul(37) ^ 0x9D).collect();
    let mut table = Table::new(Dialect::default(), 1, Vec::new());
    table.tell(Event::Start, 0).tell(Event::Noise(&junk), 500).tell(Event::Deadline, 20_300);
    assert_eq!(table.log, ["line".to_owned(), format!("line {}", super::super::SLOW)]);
    assert!((41_300..44_500).contains(&table.wait_millis()), "two telegrams: the first may be cut");
    table.tell(Event::Noise(&junk), 25_000).tell(Event::Deadline, 44_000);
    assert_eq!(table.log[2..], ["line".to_owned(), format!("line {}", super::super::FAST)]);
    table.tell(Event::Noise(&junk), 50_000).tell(Event::Deadline, 56_000);
    assert!(table.log[4].starts_with("failed 0 NoAnswer"), "{:?}", table.log);
}

#[test]
fn a_line_that_a_model_fixes_or_that_cannot_be_set_is_not_left() {
    let junk = [0x9D; 20];
    let mut fixed = Table::new(dialects::V4, 1, Vec::new());
    fixed.tell(Event::Start, 0).tell(Event::Noise(&junk), 500).tell(Event::Deadline, 20_300);
    assert!(fixed.log[0].starts_with("failed 0"), "{:?}", fixed.log);
    let mut refused = Table::new(Dialect::default(), 1, Vec::new());
    refused.tell(Event::Start, 0).tell(Event::Noise(&junk), 500).tell(Event::Deadline, 20_300);
    refused.tell(Event::LineRefused, 20_300).tell(Event::Noise(&junk), 30_000).tell(Event::Deadline, 44_000);
    assert!(refused.log[2].starts_with("failed 0"), "{:?}", refused.log);
}

#[test]
fn a_belgian_meter_tells_the_greatest_demand_of_the_last_two_months() {
    let found = explain(&push(meter(dialects::BELGIUM, &[]).as_mut(), 0).unwrap());
    let peaks = found.readings.iter().filter(|reading| reading.quantity.name() == "maximum demand");
    let told: Vec<String> = peaks.map(|r| format!("{} {}", r.period, r.at.unwrap())).collect();
    assert_eq!(told[1], "month, 2 back 2026-05-14 22:45:00+02:00 summer");
    assert_eq!(told[2], "month, 1 back 2026-06-14 22:45:00+02:00 summer");
}

/// What a meter of a dialect says of the time at the same moment, read with a model that was picked.
fn time_told(dialect: Dialect, picked: Dialect) -> String {
    let bytes = push(meter(dialect, &[]).as_mut(), 0).unwrap();
    let found = (&P1 as &dyn Family).dissect(&bytes, &Context { dialect: picked, ..Context::default() });
    found.readings.iter().find(|reading| reading.number().is_some()).unwrap().at.unwrap().to_string()
}

#[rstest]
#[case::netherlands(dialects::V5, "2026-07-01 12:34:56+02:00 summer")]
#[case::sweden_keeps_standard_time_all_year(dialects::SWEDEN, "2026-07-01 11:34:56+01:00 winter")]
#[case::lithuania(dialects::LITHUANIA, "2026-07-01 13:34:56+03:00 summer")]
#[case::ireland(dialects::IRELAND, "2026-07-01 11:34:56+01:00 summer")]
#[case::slovenia_says_no_letter(dialects::SLOVENIA, "2026-07-01 12:34:56")]
fn a_clock_that_is_right_tells_the_legal_time_of_its_country(#[case] dialect: Dialect, #[case] told: &str) {
    assert_eq!(time_told(dialect, dialect), told);
}

#[test]
fn a_country_that_the_telegram_gives_away_gives_the_clock_its_offset_but_an_h1_port_may_be_anywhere() {
    let open = Dialect::default();
    assert_eq!(time_told(dialects::V5, open), "2026-07-01 12:34:56+02:00 summer");
    assert_eq!(time_told(dialects::LITHUANIA, open), "2026-07-01 13:34:56+03:00 summer");
    assert_eq!(time_told(dialects::SWEDEN, open), "2026-07-01 11:34:56 winter");
}

#[test]
fn readings_follow_the_vocabulary_of_every_family() {
    let found = find("v50-two-mbus").explain();
    let two: Vec<&Reading> = found.readings.iter().filter(|r| r.quantity.name() == "gas volume").collect();
    assert!(matches!(two[0].value, Measured::Absent(_)), "a channel left over from a meter that is gone");
    assert_eq!(visible::reading(two[1]), "246.138 m3");
    assert_eq!(two[1].at.unwrap().to_string(), "2020-04-26 22:30:01+02:00 summer", "its own time");
    assert_eq!(two[1].phase, None);
    let power = found.readings.iter().find(|r| r.code.is_some_and(|c| c.to_string() == "21.7.0")).unwrap();
    assert_eq!((power.phase.map(crate::reading::Phase::name), power.unit.symbol()), (Some("L1"), "kW"));
    assert_eq!(visible::raw(&power.raw), "00.056*kW");
    assert_eq!(reading(&found.readings, "96.1.1"), "E0044007382246019");
    assert_eq!(reading(&found.readings, "96.14.0"), "1");
}

#[test]
fn belgian_maxima_belong_to_the_months_they_end() {
    let found = find("be-fluvius-171").explain();
    let peaks: Vec<String> = found
        .readings
        .iter()
        .filter(|reading| reading.quantity.name() == "maximum demand")
        .map(|r| format!("{} {} {}", r.period, visible::reading(r), r.at.unwrap()))
        .collect();
    assert_eq!(peaks[0], "now 2.589 kW 2020-05-09 13:45:58+02:00 summer");
    assert_eq!(peaks[1], "month, 1 back 3.695 kW 2020-04-23 19:25:38+02:00 summer");
    assert_eq!(peaks[3], "month, 3 back 4.318 kW 2020-02-10 03:54:21+01:00 winter");
}

#[test]
fn a_register_of_the_old_form_takes_its_number_from_the_next_line() {
    let found = find("v22-isk-mt382-1003-real-a").explain();
    let gas = found.readings.iter().find(|reading| reading.quantity.name() == "gas volume").unwrap();
    let (line, value) = find("v22-isk-mt382-1003-real-a").json["decoded"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(object, _)| object.ends_with("24.3.0"))
        .map(|(object, value)| (object.clone(), value["value"].as_f64().unwrap()))
        .unwrap();
    assert!((gas.number().unwrap().to_f64() - value).abs() < 1e-9, "{line}");
    assert_eq!(gas.unit.symbol(), "m3");
}
