//! What real telegrams have that the specifications do not allow: each is read, and said.
//!
//! Where no complete telegram has been published, one is made here with a CRC of its own.

use rstest::rstest;

use super::super::P1;
use super::super::wire;
use super::published::{contents, find, lines};
use crate::frame::{Dissection, Verdict, visible};
use crate::protocol::{Context, Family, Integrity, PieceKind, Source, laws};

fn explain(bytes: &[u8]) -> Dissection {
    (&P1 as &dyn Family).dissect(bytes, &Context::default())
}

/// What stands in the brackets of every line of an object as it is spelled: value, unit and note.
fn told(found: &Dissection, object: &str) -> Vec<String> {
    let wire = found.wire().unwrap();
    let of_line = |line| {
        let texts = contents(&line).into_iter().map(|field| {
            let unit =
                if field.unit.symbol().is_empty() { String::new() } else { format!(" {}", field.unit) };
            let note = if field.note.is_empty() { String::new() } else { format!(" [{}]", field.note) };
            format!("{}{unit}{note}", wire.text_of(field))
        });
        texts.collect::<Vec<_>>().join(" | ")
    };
    lines(wire).into_iter().filter(|line| line.object == object).map(of_line).collect()
}

/// A telegram with a CRC of its own around some data lines.
fn made(data: &str) -> Vec<u8> {
    let body = format!("/KFM5KAIFA-METER\r\n\r\n1-3:0.2.8(42)\r\n0-0:1.0.0(240115120000W)\r\n{data}!");
    wire::seal_up(body.as_bytes())
}

#[rstest]
#[case::empty_second_line_is_missing("v22-kmp-zabf-noblank", "1-0:1.8.1", "185.000 kWh")]
#[case::no_crc_at_115200_baud("si-iskra-am550", "1-0:1.8.0", "317.695 kWh")]
#[case::group_f_behind_a_dot("v422-spec", "1-0:31.7.0.255", "1 A")]
#[case::group_f_behind_a_star_in_an_old_telegram("nl-ace4000", "1-0:1.8.0*255", "12345.074 kWh")]
#[case::group_f_behind_a_star("de-q3d-b1024", "1-0:1.8.0*255", "52185.7825309 kWh")]
#[case::colon_where_a_dot_belongs("v422-spec", "1-0:72:32.0", "0")]
#[case::unit_without_star("be-fluvius-nostar", "1-0:1.8.1", "1247.747 kWh [the unit stands without a star]")]
#[case::unit_without_star_of_one_letter(
    "be-fluvius-nostar",
    "1-0:32.7.0",
    "234.5 V [the unit stands without a star]"
)]
#[case::power_without_unit("lu-smarty-openhab", "1-0:3.7.0", "0.000")]
#[case::limit_without_unit("lu-smarty-openhab", "0-0:17.0.0", "77.376")]
#[case::channel_without_decimals_and_unit(
    "v50-two-mbus",
    "0-1:24.2.1",
    "1970-01-01 01:00:00 winter [not set: the time a clock starts with] | 0"
)]
#[case::impossible_stamp_in_summer(
    "lu-smarty-spec",
    "0-2:24.2.1",
    "the meter marks this value as absent [no such time: not set] | 0.000"
)]
#[case::stamp_of_zeros(
    "v50-mcs",
    "0-0:1.0.0",
    "the meter marks this value as absent [no such time: not set]"
)]
#[case::whole_watt_hours("at-sagemcom-openhab", "1-0:1.8.0", "326641 Wh")]
#[case::whole_vars("at-sagemcom-openhab", "1-0:4.7.0", "510 var")]
#[case::watt_hours_with_three_decimals("se-aidon-6560-ct", "1-0:1.8.0", "1219311.383 Wh")]
#[case::unit_kvarh_in_mixed_case("se-lg-e360-a", "1-0:3.8.0", "518.309 kvarh")]
#[case::unit_kvar_in_mixed_case("se-lg-e360-a", "1-0:4.7.0", "0.308 kvar")]
#[case::unit_varh_in_mixed_case("se-aidon-6560-ct", "1-0:3.8.0", "16166.083 varh")]
#[case::negative_power_factor("lt-eso-extended", "1-0:33.7.0", "-0.910")]
#[case::negative_limit("lu-smarty-spec", "1-1:31.4.0", "100 A | -63 A")]
#[case::brackets_within_a_value("esphome-parser-mix", "1-0:0.2.0", "(ER11)")]
#[case::bracket_that_opens_twice("esphome-parser-mix", "1-1:0.2.0", "(ER12")]
#[case::bracket_that_closes_twice("esphome-parser-mix", "1-1:0.2.8", "ER13)")]
#[case::current_with_two_decimals("v50-dsmrparser", "1-0:31.7.0", "0.48 A")]
#[case::voltage_with_five_digits("si-iskra-am550", "1-0:32.7.0", "234.6 V")]
#[case::current_with_three_digits("si-iskra-am550", "1-0:51.7.0", "9 A")]
fn a_deviation_of_a_published_telegram_is_read(
    #[case] id: &str,
    #[case] object: &str,
    #[case] expected: &str,
) {
    assert_eq!(told(&find(id).explain(), object), [expected]);
}

#[rstest]
#[case::kilovolts("1-0:32.7.0(0000.242*kV)\r\n", "1-0:32.7.0", "0.242 kV")]
#[case::kiloamperes("1-0:31.7.0(0000.005*kA)\r\n", "1-0:31.7.0", "0.005 kA")]
#[case::kilohertz("1-0:14.7.0(0.050*kHz)\r\n", "1-0:14.7.0", "0.050 kHz")]
#[case::tariff_as_text("0-0:96.14.0(TARIFF 1)\r\n", "0-0:96.14.0", "TARIFF 1")]
#[case::breaker_as_text("0-0:96.3.10(ON)\r\n", "0-0:96.3.10", "ON")]
#[case::name_that_is_no_hex("0-0:42.0.0(WSE1012403352978)\r\n", "0-0:42.0.0", "WSE1012403352978")]
#[case::negative_average("1-0:16.24.0(-00.024*kW)\r\n", "1-0:16.24.0", "-0.024 kW")]
#[case::unit_in_small_letters("1-0:3.8.0(000001.250*KVARH)\r\n", "1-0:3.8.0", "1.250 kvarh")]
#[case::current_with_leading_zeros("1-0:31.7.0(005.15*A)\r\n", "1-0:31.7.0", "5.15 A")]
#[case::voltage_with_four_digits("1-0:32.7.0(0230.0*V)\r\n", "1-0:32.7.0", "230.0 V")]
fn a_deviation_that_is_only_reported_is_read(
    #[case] data: &str,
    #[case] object: &str,
    #[case] expected: &str,
) {
    let found = explain(&made(data));
    assert_eq!((found.verdict, found.problems.as_slice()), (Verdict::Good, [].as_slice()));
    assert_eq!(told(&found, object), [expected]);
}

#[test]
fn a_deviating_text_or_unit_is_a_reading_too() {
    let data = "0-0:96.14.0(TARIFF 1)\r\n0-0:96.3.10(ON)\r\n0-0:42.0.0(WSE1012403352978)\r\n1-0:32.7.0(0000.242*kV)\r\n";
    let found = explain(&made(data));
    let shown: Vec<String> = found.readings.iter().skip(2).map(visible::reading).collect();
    assert_eq!(shown, ["TARIFF 1", "ON", "WSE1012403352978", "L1 0.242 kV"]);
}

#[test]
fn a_crc_without_its_leading_zero_fits() {
    let found = find("heat-nwa-warmtelink").explain();
    assert_eq!(found.verdict, Verdict::Good);
    let wire = found.wire().unwrap();
    let crc = wire.fields.iter().find(|field| field.label.to_string() == "CRC").unwrap();
    assert_eq!((wire.bytes_of(crc), crc.note), (b"B9F".as_slice(), "printed without leading zeros"));
}

#[rstest]
#[case::small("1-0:1.8.1(000003.000*kWh)\r\n", str::to_ascii_lowercase)]
#[case::mixed("1-0:1.8.1(000002.000*kWh)\r\n", |crc: &str| crc.chars().enumerate().map(|(at, c)| if at % 2 == 0 { c.to_ascii_lowercase() } else { c }).collect())]
fn a_crc_in_another_case_fits(#[case] data: &str, #[case] spell: fn(&str) -> String) {
    let text = String::from_utf8(made(data)).unwrap();
    let (body, crc) = text.trim_end().rsplit_once('!').unwrap();
    assert!(crc.contains(|c: char| c.is_ascii_alphabetic()), "{crc}: nothing to respell");
    let respelled = format!("{body}!{}\r\n", spell(crc));
    assert_ne!(respelled, text);
    assert_eq!(explain(respelled.as_bytes()).verdict, Verdict::Good, "{respelled}");
}

#[test]
fn a_telegram_without_a_crc_at_115200_baud_is_unchecked_and_nothing_is_wrong_with_it() {
    let found = find("si-iskra-am550").explain();
    assert!(matches!(found.verdict, Verdict::Unchecked(_)) && found.problems.is_empty());
    assert!(!found.readings.is_empty());
}

#[test]
fn a_deviating_reference_is_remarked() {
    let found = find("v422-spec").explain();
    let wire = found.wire().unwrap();
    let note = |object: &str| {
        let field = wire.fields.iter().find(|field| wire.bytes_of(field) == object.as_bytes()).unwrap();
        field.note
    };
    assert_eq!(note("1-0:72:32.0"), "a colon where a dot belongs");
    assert_eq!(note("1-0:31.7.0.255"), "with group F, which is left out elsewhere");
}

#[test]
fn an_impossible_stamp_in_winter_is_not_set_and_its_maximum_is_no_reading() {
    let found = find("be-fluvius-171-real").explain();
    let [history] = told(&found, "0-0:98.1.0").try_into().unwrap();
    assert!(
        history.contains("| the meter marks this value as absent [no such time: not set] | 0.000 kW |"),
        "{history}"
    );
    let months = found.readings.iter().filter(|reading| reading.period != crate::reading::Period::Now);
    assert_eq!(months.count(), 3, "of four");
}

#[rstest]
#[case::year_2000("v42-kaifa-openhab", 4)]
#[case::zeros("v50-mcs", 0)]
fn a_failure_with_an_unset_stamp_is_no_reading(#[case] id: &str, #[case] expected: usize) {
    let found = find(id).explain();
    assert_eq!(
        found.readings.iter().filter(|reading| reading.quantity.name() == "power failure").count(),
        expected
    );
}

#[rstest]
#[case::three_times("pl-elgama-g15", "0-0:17.0.0", 3)]
#[case::hourly("nl-ace4000", "7-0:23.1.0*255", 4)]
fn an_object_that_is_sent_again_is_a_line_of_its_own(
    #[case] id: &str,
    #[case] object: &str,
    #[case] times: usize,
) {
    assert_eq!(told(&find(id).explain(), object).len(), times);
}

#[rstest]
#[case::behind_the_crc("\0\r\n")]
#[case::between_telegrams("\r\n\0")]
#[case::both("\0\r\n\0\0")]
fn a_nul_by_the_crc_disturbs_nothing(#[case] end: &str) {
    let whole = made("1-0:1.8.1(000001.000*kWh)\r\n");
    let body = whole.strip_suffix(b"\r\n").unwrap();
    let stream = [body, end.as_bytes(), &whole].concat();
    let kinds: Vec<PieceKind> =
        laws::pieces(&P1, Source::Replies, &stream, &[]).iter().map(|piece| piece.0).collect();
    let frames: Vec<&PieceKind> = kinds.iter().filter(|kind| **kind != PieceKind::Noise).collect();
    assert_eq!(frames, [&PieceKind::Frame(Integrity::Good), &PieceKind::Frame(Integrity::Good)]);
    let nul_inside = [body, b"\0\r\n"].concat();
    assert_eq!(explain(&nul_inside).verdict, Verdict::Good);
}
