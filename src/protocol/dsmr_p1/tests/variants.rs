//! What only one country or one old version has.

use rstest::rstest;

use super::super::{P1, dialects, wire};
use super::published::{contents, find, lines};
use crate::frame::{Dissection, Verdict, visible};
use crate::protocol::{Context, Dialect, Family};
use crate::reading::{Period, Reading};

fn explain(bytes: &[u8], dialect: Dialect) -> Dissection {
    (&P1 as &dyn Family).dissect(bytes, &Context { dialect, ..Context::default() })
}

/// A telegram with a CRC around some data lines.
fn made(data: &str) -> Vec<u8> {
    wire::seal_up(format!("/XMX5LGBBFFB231314239\r\n\r\n{data}!").as_bytes())
}

fn of<'a>(found: &'a Dissection, quantity: &str) -> Vec<&'a Reading> {
    found.readings.iter().filter(|reading| reading.quantity.name() == quantity).collect()
}

fn codes(found: &Dissection) -> Vec<&'static str> {
    found.problems.iter().map(|problem| problem.code.as_str()).collect()
}

#[test]
fn the_hungarian_month_end_is_nineteen_registers_whose_sums_and_maxima_fit_their_order() {
    let found = find("hu-eon-sagemcom").explain();
    let at_end: Vec<&Reading> =
        found.readings.iter().filter(|reading| reading.period != Period::Now).collect();
    let units = |code: &str| {
        let is_it = |reading: &&&Reading| reading.code.is_some_and(|own| own.to_string() == code);
        at_end.iter().find(is_it).unwrap().number().unwrap().units()
    };
    assert_eq!(at_end.len(), 19);
    assert_eq!(units("1.8.0"), units("1.8.1") + units("1.8.2"));
    assert_eq!(units("2.8.0"), units("2.8.1") + units("2.8.2"));
    assert_eq!(units("15.8.0"), units("1.8.0") + units("2.8.0"));
    assert_eq!(units("1.6.0"), units("1.6.1").max(units("1.6.2")));
    assert_eq!(units("2.6.0"), units("2.6.1").max(units("2.6.2")));
    assert_eq!((at_end[0].period, at_end[13].period), (Period::MonthEnd(1), Period::DuringMonth(1)));
    assert_eq!(visible::reading(at_end[1]), "T1 8.950 kWh");
    let running: Vec<&&Reading> = at_end.iter().filter(|reading| reading.is_energy_register()).collect();
    assert!(running.is_empty(), "none is taken for a running register: {running:?}");
}

#[test]
fn the_israeli_load_profile_has_its_objects_and_the_time_status_and_values_of_an_entry_named() {
    let found = find("esphome-parser-mix").explain();
    let wire = found.wire().unwrap();
    let line = lines(wire).into_iter().find(|line| line.object == "1-0:99.1.0").unwrap();
    let named: Vec<String> =
        contents(&line).iter().map(|field| format!("{} {}", field.label, wire.text_of(field))).collect();
    assert_eq!(
        named,
        [
            "count 1",
            "object 1 0-0:96.10.7",
            "object 2 1-0:1.29.0",
            "object 3 1-0:2.29.0",
            "time 1 2026-04-11 23:30:00 summer",
            "status 1 0",
            "1.29.0 0.205",
            "2.29.0 0.000"
        ]
    );
}

#[test]
fn israel_counts_its_tariffs_from_eleven() {
    let found = find("esphome-parser-mix").explain();
    let tariffs: Vec<String> = found
        .readings
        .iter()
        .filter(|reading| reading.code.is_some_and(|code| (code.c, code.d) == (1, 8) && code.e > 10))
        .map(visible::reading)
        .collect();
    assert_eq!(tariffs, ["T1 7132.419 kWh", "T2 155.482 kWh", "T3 25605.254 kWh"]);
    assert_eq!(of(&found, "tariff in force").len(), 2, "96.14.0 and 96.14.1");
}

#[test]
fn slovenia_tells_the_time_of_the_telegram_in_two_lines() {
    let found = find("si-iskra-am550").explain();
    let power = of(&found, "active power import")[0];
    assert_eq!(power.at.unwrap().to_string(), "2025-10-02 22:25:53");
}

#[rstest]
#[case::netherlands("v50-iskra-am550", Some("normal"))]
#[case::belgium("be-fluvius-171-real", Some("day"))]
#[case::hungary_lays_nothing_down("hu-eon-sagemcom", None)]
#[case::switzerland_lays_nothing_down("ch-groupe-e-xt211", None)]
fn the_tariff_in_force_is_called_what_the_country_calls_it(#[case] id: &str, #[case] name: Option<&str>) {
    let found = find(id).explain();
    let wire = found.wire().unwrap();
    let line = lines(wire).into_iter().find(|line| line.object == "0-0:96.14.0").unwrap();
    let shown = wire.text_of(contents(&line)[0]);
    assert_eq!(shown.split_once(' ').map(|(_, name)| name), name, "{shown}");
}

#[test]
fn swiss_totals_stand_on_channel_1_and_are_its_own() {
    let text = String::from_utf8(find("ch-groupe-e-xt211").text).unwrap();
    let (body, _) = text.rsplit_once('!').unwrap();
    let found = explain(&wire::seal_up(format!("{body}!").as_bytes()), Dialect::default());
    assert_eq!(found.verdict, Verdict::Good);
    let import: Vec<String> = of(&found, "active energy import").into_iter().map(visible::reading).collect();
    assert_eq!(import, ["T1 1595.070 kWh", "T2 5216.778 kWh"]);
    assert_eq!(of(&found, "maximum demand").len(), 1, "1-1:1.6.0; its history is only a count");
    let ends: Vec<String> =
        of(&found, "power failure").iter().map(|failure| failure.at.unwrap().to_string()).collect();
    assert_eq!(
        ends,
        ["2024-11-09 08:31:38+01:00 winter", "2024-05-23 14:49:34+02:00 summer"],
        "newest first"
    );
}

#[test]
fn the_limit_of_all_nines_is_no_reading_and_another_is() {
    let none = find("be-fluvius-171-real").explain();
    assert!(of(&none, "power limit").is_empty() && of(&none, "fuse limit").is_empty());
    let some = find("hu-eon-sagemcom").explain();
    assert_eq!((of(&some, "power limit").len(), of(&some, "fuse limit").len()), (1, 3));
}

#[test]
fn a_limit_of_all_nines_is_named_as_none_with_what_was_sent_kept() {
    let found = find("be-fluvius-171-real").explain();
    let wire = found.wire().unwrap();
    let named: Vec<String> = wire
        .fields
        .iter()
        .filter(|field| field.label.to_string().ends_with(": none"))
        .map(|field| format!("{} {}", field.label, wire.text_of(field)))
        .collect();
    assert_eq!(named, ["power limit: none 999.9", "fuse limit L1: none 999"]);
}

#[rstest]
#[case::amperes("0-0:17.0.0(016*A)", "current limit", true)]
#[case::no_limit_in_amperes("0-0:17.0.0(999*A)", "current limit: none", false)]
#[case::kilowatts("0-0:17.0.0(012.3*kW)", "power limit", true)]
#[case::without_a_unit("0-0:17.0.0(16500)", "power limit", true)]
#[case::amperes_of_the_mains("1-0:17.0.0(016*A)", "current limit", true)]
#[case::kilowatts_of_the_mains("1-0:17.0.0(012.3*kW)", "power limit", true)]
fn a_limit_is_named_by_its_unit_in_the_line_and_in_the_reading(
    #[case] line: &str,
    #[case] title: &str,
    #[case] is_read: bool,
) {
    let found = explain(&made(&format!("{line}\r\n")), dialects::V2);
    let titles: Vec<String> = found.wire().unwrap().fields.iter().map(|f| f.label.to_string()).collect();
    assert!(titles.iter().any(|named| named == title), "{titles:?}");
    assert_eq!(of(&found, title).len(), usize::from(is_read));
}

#[test]
fn luxembourg_sends_two_limits_in_one_line_under_either_of_two_codes() {
    for code in ["1-1:31.4.0", "1-1:34.4.0"] {
        let found = explain(&made(&format!("{code}(100*A)(-063*A)\r\n")), dialects::LUXEMBOURG);
        let wire = found.wire().unwrap();
        let line = lines(wire).into_iter().find(|line| line.object == code).unwrap();
        let named: Vec<String> =
            contents(&line).iter().map(|field| format!("{} {}", field.label, wire.text_of(field))).collect();
        assert_eq!(named, ["import limit 100", "export limit -63"]);
    }
}

#[test]
fn a_polish_telegram_has_every_line_named() {
    let found = find("pl-elgama-g15").explain();
    let wire = found.wire().unwrap();
    assert!(!wire.fields.iter().any(|field| field.label.to_string() == "unknown object"));
}

#[rstest]
#[case::breaker("0-0:24.4.0(1)\r\n", "breaker", "1")]
#[case::breaker_under_the_other_code("1-0:96.3.10(0)\r\n", "breaker", "0")]
#[case::limit("1-0:17.0.0(016*A)\r\n", "current limit", "16 A")]
#[case::limit_under_the_other_code("0-0:17.0.0(016*A)\r\n", "current limit", "16 A")]
#[case::heat("5-0:1.0.0(00012.345*GJ)\r\n", "heat", "12.345 GJ")]
#[case::cold("6-0:1.0.0(00002.345*GJ)\r\n", "cold", "2.345 GJ")]
#[case::water("8-0:1.0.0(00872.234*m3)\r\n", "water volume", "872.234 m3")]
#[case::gas(
    "7-0:23.1.0(00001.500*m3)(08-04-18 10:00:00)\r\n7-0:23.1.0(00001.250*m3)(08-04-18 09:00:00)\r\n",
    "gas volume",
    "1.500 m3"
)]
#[case::compensated_gas(
    "7-0:23.1.0(00001.500*m3)(08-04-18 10:00:00)\r\n7-0:23.2.0(00001.400*m3)(08-04-18 10:00:00)\r\n",
    "gas volume, compensated",
    "1.400 m3"
)]
fn an_object_that_only_the_paper_of_2_2_has_is_read(
    #[case] data: &str,
    #[case] quantity: &str,
    #[case] shown: &str,
) {
    let found = explain(&made(data), dialects::V2_1);
    let all: Vec<String> = of(&found, quantity).into_iter().map(visible::reading).collect();
    assert_eq!(all, [shown]);
}

#[test]
fn cold_of_version_3_is_told_from_warm_water_of_later_ones() {
    let data = "0-2:24.1.0(6)\r\n0-2:24.3.1(161107190000)(00)(60)(1)(0-2:24.2.1)(GJ)\r\n(00001.001)\r\n";
    assert_eq!(of(&explain(&made(data), dialects::V2), "cold").len(), 1);
    let data = "0-2:24.1.0(006)\r\n0-2:24.2.1(161107190000W)(00001.001*m3)\r\n";
    assert_eq!(of(&explain(&made(data), dialects::V5), "water volume").len(), 1);
}

#[rstest]
#[case::never_set("700101010000W", true)]
#[case::impossible("632525252525S", true)]
#[case::two_days_old("260629120000S", true)]
#[case::an_hour_old("260701110000S", false)]
fn a_channel_that_another_of_its_kind_is_ahead_of_is_said_to_be_left_over(
    #[case] stamp: &str,
    #[case] is_gone: bool,
) {
    let data = format!(
        "0-0:1.0.0(260701120000S)\r\n0-1:24.1.0(003)\r\n0-1:24.2.1({stamp})(00001.001*m3)\r\n\
         0-2:24.1.0(003)\r\n0-2:24.2.1(260701115500S)(00246.138*m3)\r\n"
    );
    let found = explain(&made(&data), dialects::V5);
    assert_eq!(codes(&found), if is_gone { vec!["left-over"] } else { Vec::new() });
    let text = "channel 1 is left over from a meter that is gone: gas volume is counted on channel 2 now";
    assert!(found.problems.iter().all(|problem| problem.text == text));
}

#[test]
fn meters_of_different_kinds_are_not_compared() {
    let data = "0-0:1.0.0(260701120000S)\r\n0-1:24.1.0(003)\r\n0-1:24.2.1(632525252525S)(00000.000*m3)\r\n\
                0-2:24.1.0(007)\r\n0-2:24.2.1(260701115500S)(00246.138*m3)\r\n";
    assert_eq!(codes(&explain(&made(data), dialects::BELGIUM)), Vec::<&str>::new());
}
