//! What a reader of any meter must survive, row by row: each case is something that meters of some maker do.

use rstest::rstest;

use super::readings::{line, of, read};
use crate::frame::{Direction, Dissection, ProblemCode, visible};
use crate::protocol::iec62056_21::ident::{Identity, Mode};
use crate::protocol::iec62056_21::{EKT, GENERIC, Iec, NEVA_3};
use crate::protocol::{Context, Dialect, Family, PieceKind, Source, laws};

/// A data block with its check character.
fn block(lines: &str) -> Vec<u8> {
    let content = format!("{lines}!\r\n\x03");
    let bcc = content.bytes().fold(0, |sum, byte| sum ^ byte);
    [b"\x02", content.as_bytes(), &[bcc]].concat()
}

fn has(shown: &[String], expected: &[&str]) {
    for word in expected {
        assert!(shown.iter().any(|shown| shown == word), "{word} in {shown:#?}");
    }
}

/// Every frame of some bytes, explained.
fn explained(bytes: &[u8]) -> Vec<Dissection> {
    let context = Context { direction: Direction::Unknown, dialect: GENERIC, ..Context::default() };
    let pieces = laws::pieces(&Iec, Source::Both, bytes, &[]);
    let frames = pieces.into_iter().filter(|(kind, _)| matches!(kind, PieceKind::Frame(_)));
    frames.map(|(_, frame)| (&Iec as &dyn Family).dissect(&frame, &context)).collect()
}

#[rstest]
#[case::values_empty_hex_and_text("iskra-mt174-long", &["96.1.6 FDF5", "96.51.4 the meter marks this value as absent"])]
#[case::full_codes("lg-e350-m26", &["1.8.1 42951.721 kWh"])]
#[case::codes_of_a_letter("ace3000-repaired", &["97.97.0 00", "96.1.0 1126120053322353"])]
#[case::a_unit_behind_a_blank("iskra-mt171-0033", &["1.8.0 24562 kWh", "1.8.1 0 kWh"])]
#[case::values_padded_with_blanks("lg-e350-m26", &["0.0.0 120858"])]
#[case::a_minus_before_the_zeros("easymeter-q3d-negative", &["21.7.0 -115.94 W"])]
#[case::a_decimal_comma_and_the_end_mark_on_the_last_line("kamstrup-382-modeA-lines", &["unnamed quantity 13.0"])]
#[case::nested_brackets("iskra-am550-nested", &["0.2.0 (ER11)"])]
#[case::a_time_with_its_season("emh-lzqj-table4-lines", &["0.9.1 18:54:11 summer"])]
#[case::a_date_with_its_season("iskra-mt174-0002", &["0.9.2 2022-01-27 winter"])]
#[case::carriage_returns_turned_into_line_feeds("lg-e350-m27-crlf-mangled", &["1.8.2 219.251 kWh"])]
#[case::an_echo_before_the_answer("lg-zmd120-echo", &["1.8.0 1846.0 kWh", "2.8.1 4329.6 kWh"])]
fn a_recorded_readout_is_read(#[case] id: &str, #[case] expected: &[&str]) {
    has(&of(id, GENERIC), expected);
}

#[rstest]
#[case::full_codes("1-0:1.8.0*255(00012.5*kWh)\r\n", &["1.8.0 12.5 kWh"])]
#[case::short_codes("1.8.1(00012.5*kWh)\r\n", &["1.8.1 12.5 kWh"])]
#[case::codes_of_two_groups("32.7(0231.5*V)\r\n0.0(7)\r\n", &["32.7.0 231.5 V", "0.0.0 7"])]
#[case::ff_without_a_point("FF(00)\r\n", &["error register 00"])]
#[case::c_1("C.1(77)\r\n", &["96.1.0 77"])]
#[case::nothing_but_error("P.01(ERROR)\r\n", &["99.1.0 ERROR"])]
#[case::names_of_five_letters("VOLTA(231.5)\r\n", &["32.7.0 231.5 V"])]
#[case::a_second_value_is_a_time("1.6.1(0.482*kW)(1190711111500)\r\n", &["1.6.1 0.482 kW"])]
#[case::a_time_behind_an_ampersand("1.6.1(0.482*kW&1190711111500)\r\n", &["1.6.1 0.482 kW"])]
#[case::a_slash_in_a_value("C.1.0(TD/3511)\r\n", &["96.1.0 TD/3511"])]
#[case::a_decimal_comma("1.8.0(13,5*kWh)\r\n", &["1.8.0 13.5 kWh"])]
fn a_line_in_the_manner_of_some_maker_is_read(#[case] lines: &str, #[case] expected: &[&str]) {
    has(&read(&block(lines), None, GENERIC), expected);
}

#[rstest]
#[case::of_landis_gyr("ident-lg-zmd120", Mode::C(4800))]
#[case::of_aux("ident-aux-sx330", Mode::C(9600))]
#[case::a_meter_of_mode_a("kamstrup-382-modeA-ident", Mode::A)]
fn an_identification_tells_the_mode_whatever_follows_its_speed(#[case] id: &str, #[case] mode: Mode) {
    assert_eq!(Identity::parse(&line(id)).unwrap().mode(), mode);
}

#[test]
fn a_slash_within_the_identification_does_not_begin_another_one() {
    let frames = explained(b"/ABC5TD/3511\r\n");
    assert_eq!(frames.iter().map(|frame| frame.title).collect::<Vec<_>>(), ["Identification"]);
}

#[test]
fn a_fixed_slow_meter_announces_300_bd() {
    let bytes = line("ace3000-echo-garbage");
    let start = bytes.windows(4).position(|part| part == b"/ACE").unwrap();
    assert_eq!(Identity::parse(&bytes[start..start + 19]).unwrap().mode(), Mode::C(300));
}

#[test]
fn fifteen_history_values_of_every_register_are_all_read() {
    let history = |value: u8| format!("1.8.0*{value:02}(000{value:02}.5*kWh)\r\n");
    let shown = read(&block(&(1..=15).map(history).collect::<String>()), None, GENERIC);
    assert_eq!(shown.len(), 15, "{shown:?}");
}

#[test]
fn damage_is_told_and_gives_no_value() {
    let frames = explained(&line("ace3000-echo-garbage"));
    let data = frames.iter().find(|frame| frame.title == "Data").unwrap();
    assert!(data.verdict.is_bad() && data.readings.is_empty() && data.has_problem(ProblemCode::Checksum));
}

#[test]
fn a_character_with_wrong_parity_is_told_and_its_frame_gives_no_value() {
    let mut bytes = block("1.8.0(00012.5*kWh)\r\n");
    for byte in &mut bytes {
        *byte |= (byte.count_ones() as u8 & 1) << 7;
    }
    assert!(
        explained(&bytes)
            .iter()
            .all(|frame| !frame.verdict.is_bad() && !frame.has_problem(ProblemCode::Parity))
    );
    bytes[10] ^= 0x41;
    let frames = explained(&bytes);
    assert!(frames.iter().all(|frame| frame.verdict.is_bad() && frame.readings.is_empty()), "{frames:?}");
}

#[test]
fn an_answer_without_an_address_is_that_of_its_request() {
    let answer = line("iskra-me162-08");
    has(&read(&answer, Some(b"\x01R1\x021.8.0()\x03\x00"), GENERIC), &["1.8.0 33402.264 kWh"]);
}

#[rstest]
#[case::one_name_with_its_values_on_the_lines_after_it("wb-ce102m-12", EKT, "1.8.2 22.88 kWh")]
#[case::the_name_again_for_every_value("ce301-05-rep", EKT, "1.8.2 3628.2698795 kWh")]
#[case::all_in_one_line("wb-neva-12", NEVA_3, "1.8.2 15.10 kWh")]
fn the_values_of_one_name_are_told_apart(#[case] id: &str, #[case] dialect: Dialect, #[case] expected: &str) {
    has(&of(id, dialect), &[expected]);
}

#[rstest]
#[case::a_table("emh-lzqj-table-req", "Request without a session")]
#[case::a_load_profile("emh-lzqj-r5-p01-req", "Read by OBIS code")]
fn requests_that_only_one_maker_has_are_known(#[case] id: &str, #[case] title: &str) {
    let frames = explained(&line(id));
    assert_eq!((frames.len(), frames[0].title, frames[0].direction), (1, title, Direction::Request));
}

#[rstest]
#[case::as_a_second_value("1.6.1(0.482*kW)(1190711111500)\r\n")]
#[case::behind_an_ampersand("1.6.1(0.482*kW&1190711111500)\r\n")]
fn the_time_of_a_value_is_told_with_it(#[case] lines: &str) {
    let frames = explained(&block(lines));
    let reading = &frames[0].readings[0];
    assert_eq!(reading.at.unwrap().to_string(), "2019-07-11 11:15:00 summer");
    assert_eq!(frames[0].readings.len(), 1);
}

#[test]
fn a_load_profile_is_read_row_by_row_with_the_time_and_unit_of_each_value() {
    let frames = explained(&line("emh-lzqj-p01-rep"));
    let readings = &frames[0].readings;
    let told: Vec<String> = readings
        .iter()
        .map(|reading| {
            let (code, at) = (reading.code.unwrap(), reading.at.unwrap());
            format!("{at} {code} {} {}", visible::measured(&reading.value), reading.unit)
        })
        .collect();
    assert_eq!(told.len(), 2 * 6, "two rows of six columns: {told:#?}");
    assert_eq!(told[0], "2019-04-17 00:15:00 summer 1.5.0 0.014 kW");
    assert_eq!(told[2], "2019-04-17 00:15:00 summer 5.5.0 0.013 kvar");
    assert_eq!(told[6], "2019-04-17 00:30:00 summer 1.5.0 0.014 kW");
}

#[test]
fn a_load_profile_without_data_says_so() {
    has(&read(&block("P.01(ERROR)\r\n"), None, GENERIC), &["99.1.0 ERROR"]);
}
