//! What recorded frames measure.

use super::vectors::lines;
use crate::frame::{Direction, Dissection, visible};
use crate::protocol::iec62056_21::{EKT, EMR, GENERIC, Iec, NEVA_1, NEVA_3};
use crate::protocol::{Context, Dialect, Family, PieceKind, Source, laws};

/// The readings of every frame in some bytes, as `code value unit`.
pub(super) fn read(bytes: &[u8], request: Option<&[u8]>, dialect: Dialect) -> Vec<String> {
    let mut shown = Vec::new();
    for (kind, frame) in laws::pieces(&Iec, Source::Replies, bytes, &[]) {
        if matches!(kind, PieceKind::Frame(_)) {
            let context = Context { direction: Direction::Reply, request, dialect, ..Context::default() };
            shown.extend(words(&(&Iec as &dyn Family).dissect(&frame, &context)));
        }
    }
    shown
}

fn words(explained: &Dissection) -> Vec<String> {
    let code = |reading: &crate::reading::Reading| match reading.code {
        Some(code) => code.to_string(),
        None => reading.quantity.name().to_owned(),
    };
    let word = |reading: &crate::reading::Reading| {
        format!("{} {} {}", code(reading), visible::measured(&reading.value), reading.unit)
            .trim_end()
            .to_owned()
    };
    explained.readings.iter().map(word).collect()
}

pub(super) fn line(id: &str) -> Vec<u8> {
    lines().into_iter().find(|line| line.id == id).unwrap_or_else(|| panic!("{id}")).bytes
}

pub(super) fn of(id: &str, dialect: Dialect) -> Vec<String> {
    read(&line(id), None, dialect)
}

#[test]
fn a_list_of_all_tariffs_is_total_and_tariffs() {
    assert_eq!(
        of("wb-neva-12", NEVA_3),
        ["1.8.0 46.24 kWh", "1.8.1 31.14 kWh", "1.8.2 15.10 kWh", "1.8.3 0.00 kWh", "1.8.4 0.00 kWh"]
    );
}

#[test]
fn a_list_without_a_total_is_told_by_its_time() {
    assert_eq!(
        of("neva-mt124-body-energy-7109", NEVA_1),
        ["1.8.1 1242.39 kWh", "1.8.2 401.98 kWh", "1.8.3 1234.99 kWh", "1.8.4 5678.88 kWh"]
    );
}

#[test]
fn neva_values_are_decoded_by_their_format() {
    for (id, expected) in [
        ("neva-mt113-log-000009", "0.9.2 2002-05-28"),
        ("neva-mt113-log-000014", "0.9.1 14:14:14"),
        ("neva-mt113-log-000262", "14.7.0 50.00 Hz"),
        ("neva-mt113-log-000268", "32.7.0 238.39 V"),
        ("neva-mt113-log-000271", "13.7.0 0.00"),
        ("neva-mt113-log-000274", "1.7.0 0 W"),
        ("neva-mt113-log-000419", "96.9.0 23 °C"),
        ("neva-mt113-log-000422", "0.10.152 0 ppm"),
        ("pyneva-03", "96.1.0 60089784"),
        ("pyneva-04", "61.7.0 134.2 W"),
        ("neva-mt324-2303-version", "96.1.4 000V0201"),
        ("wb-neva-04", "1.7.0 5.3 W"),
        ("wb-neva-06", "33.7.0 0.717"),
        ("wb-neva-08", "96.9.0 29 °C"),
        ("neva-mt124-body-power-7109", "1.7.0 25.45 W"),
        ("neva-parity-bit7-energy", "1.8.0 46.24 kWh"),
    ] {
        assert_eq!(of(id, NEVA_3)[0], expected, "{id}");
    }
}

#[test]
fn a_profile_is_48_averages_that_begin_at_their_time_of_day() {
    let readings = of("neva-imit-prof00", NEVA_3);
    assert_eq!((readings.len(), readings[0].as_str()), (48, "1.5.0 3977 W"));
}

#[test]
fn a_special_code_that_is_cold_or_inductive_is_read_so() {
    let neva = |body: &str| {
        let mut frame = vec![2];
        frame.extend(body.as_bytes());
        frame.push(3);
        let sum = frame[1..].iter().fold(0, |sum, byte| sum ^ byte);
        frame.push(sum);
        read(&frame, None, NEVA_3)
    };
    assert_eq!(neva("600900FF(105)"), ["96.9.0 -5 °C"]);
    assert_eq!(neva("3507FFFF(10.986)"), ["53.7.0 0.986"]);
    assert_eq!(neva("4907FFFF(0.986)"), ["73.7.0 0.986"], "without a digit for the kind of load");
    assert_eq!(neva("7B0700FF(1.5)"), ["123.7.0 1.5"], "a code that no table has");
}

#[test]
fn an_answer_without_an_address_is_that_of_its_request() {
    let request = line("iskra-me162-07");
    assert_eq!(read(&line("iskra-me162-08"), Some(&request), GENERIC), ["1.8.0 33402.264 kWh"]);
}

#[test]
fn the_three_styles_of_several_values_read_alike() {
    assert_eq!(of("wb-ce102m-12", EKT)[..3], ["1.8.0 68.42 kWh", "1.8.1 45.54 kWh", "1.8.2 22.88 kWh"]);
    let repeated = of("ce301-05-rep", EKT);
    assert_eq!((repeated.len(), repeated[1].as_str()), (6, "1.8.1 11504.3875082 kWh"));
    let request = line("wb-ce301-fastgroup-req");
    assert_eq!(
        read(&line("wb-ce301-fastgroup-rep"), Some(&request), EKT),
        [
            "angles between voltages 118.8 °",
            "angles between voltages 121.1 °",
            "14.7.0 50.01 Hz",
            "96.1.0 009114135064195"
        ]
    );
}

#[test]
fn energomera_phases_sums_and_clocks_get_their_codes() {
    for (id, expected) in [
        ("ce301-12-rep", &["32.7.0 233.751 V", "52.7.0 235.418 V", "72.7.0 234.796 V"][..]),
        ("ce301-11-rep", &["1.7.0 0.5266 kW"]),
        ("ce301-10-rep", &["21.7.0 0.0592 kW", "41.7.0 0.4402 kW", "61.7.0 0.054 kW"]),
        ("wb-ce102m-10", &["32.7.0 237.58 V"]),
        ("iec-ce102m-006", &["0.9.1 18:59:08", "0.9.2 2016-08-31"]),
        ("iec-ce102m-059", &["13.7.0 1.000"]),
        ("ce301-04-rep", &["model CE301", "version 12", "96.1.0 00123456"]),
    ] {
        assert_eq!(of(id, EKT), expected, "{id}");
    }
}

#[test]
fn the_place_of_the_sum_of_power_factors_depends_on_the_generation() {
    let mut frame = b"\x02COS_f(0.9)(0.8)(0.7)(0.6)\r\n\x03".to_vec();
    let sum = frame[1..].iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) & 0x7F;
    frame.push(sum);
    assert_eq!(read(&frame, None, EKT), ["13.7.0 0.9", "33.7.0 0.8", "53.7.0 0.7", "73.7.0 0.6"]);
    assert_eq!(read(&frame, None, EMR), ["33.7.0 0.9", "53.7.0 0.8", "73.7.0 0.7", "13.7.0 0.6"]);
}

#[test]
fn an_archive_of_emr_is_read_by_the_mask_that_was_asked_for() {
    let reply = sealed(b"\x02EMD01(20.08.24,0.45991)(0.41342)\r\n\x03");
    let request = sealed(b"\x01R1\x02EMD01(0.0,1)\x03");
    assert_eq!(read(&reply, Some(&request), EMR), ["1.8.0 0.45991 kWh", "1.8.1 0.41342 kWh"]);
    let request = sealed(b"\x01R1\x02EMD01(0.0,2)\x03");
    assert_eq!(read(&reply, Some(&request), EMR)[1], "1.8.2 0.41342 kWh");
    let without = read(&reply, None, EMR);
    assert_eq!(without[1], "active energy import 0.41342 kWh", "which tariff is not told");
}

#[test]
fn errors_are_told_by_name() {
    let refused = |id: &str, dialect| {
        let context = Context { direction: Direction::Reply, dialect, ..Context::default() };
        let explained = (&Iec as &dyn Family).dissect(&line(id), &context);
        explained.problems.iter().find(|p| p.code.as_str() == "refused").map(|p| p.text.to_string())
    };
    assert_eq!(refused("wb-neva-10", NEVA_3).as_deref(), Some("not in this model"));
    assert_eq!(refused("iec-syn-err12", EKT).as_deref(), Some("unknown parameter name"));
    assert_eq!(refused("iec-syn-err18", EMR).as_deref(), Some("no record of that date"));
}

#[test]
fn readouts_are_read_however_their_makers_write_them() {
    let has = |id: &str, expected: &str| {
        let readings = of(id, GENERIC);
        assert!(readings.iter().any(|reading| reading == expected), "{id}: {expected} in {readings:#?}");
    };
    has("iskra-me162-04", "2.8.0 13.465 kWh");
    has("iskra-mt174-0002", "0.9.2 2022-01-27 winter");
    has("iskra-mt174-0002", "1.8.0 502.853 kWh");
    has("iskra-mt171-0033", "1.8.2 24562 kWh");
    has("lg-e350-m26", "1.8.0 61561.289 kWh");
    has("lg-e350-m26", "32.7.0 241 V");
    has("lg-e350-m26", "0.0.0 120858");
    has("lg-e350-m27-crlf-mangled", "16.7.0 1.66 kW");
    has("ace3000-repaired", "1.8.0 13925.5 kWh");
    has("lg-zmd120-echo", "2.8.0 4329.6 kWh");
    has("easymeter-q3d-moded", "1.8.0 1013.0368091 kWh");
    has("easymeter-q3d-negative", "21.7.0 -115.94 W");
    has("ebz-dd3", "16.7.0 -458.90 W");
    has("kamstrup-382-modeA-lines", "1.6.0 7.4 kW");
    has("iskra-mt174-long", "15.8.0 708734.368 kWh");
    has("iskra-mt174-long", "5.8.0 235104.302 kvarh");
    has("iskra-am550-nested", "0.2.0 (ER11)");
    has("emh-lzqj-table4-lines", "0.9.1 18:54:11 summer");
    has("emh-lzqj-table4-lines", "13.25.0 0.83");
    has("pwitab-05", "unnamed value 314 kWh");
}

#[test]
fn a_status_word_is_read_both_ways() {
    let frame = b"\x02600500FF(1000)\x03";
    let sum = frame[1..].iter().fold(0, |sum, byte| sum ^ byte);
    let explained = (&Iec as &dyn Family)
        .dissect(&[&frame[..], &[sum]].concat(), &Context { dialect: NEVA_1, ..Context::default() });
    let told = &explained.problems[0].text;
    assert!(told.contains("by the MT1 manual: battery low"), "{told}");
    assert!(told.contains("from the highest bit: load disconnected"), "{told}");
}

#[test]
fn a_damaged_readout_gives_no_reading() {
    assert_eq!(of("ace3000-echo-garbage", GENERIC), Vec::<String>::new());
    assert_eq!(of("pyneva-badbcc-energy", NEVA_3), Vec::<String>::new());
}

#[test]
fn the_archive_of_a_ce308cas_has_the_time_before_its_sum_and_no_reading_of_it() {
    let reply = sealed(b"\x02EMD01(16.09.25,00:00:00,-300,0x0->1.05276)(0.0)(0.89293)(0.0)(0.15983)\r\n\x03");
    let request = sealed(b"\x01R1\x02EMD01(1.1)\x03");
    assert_eq!(
        read(&reply, Some(&request), EMR),
        ["1.8.0 1.05276 kWh", "1.8.1 0.0 kWh", "1.8.2 0.89293 kWh", "1.8.3 0.0 kWh", "1.8.4 0.15983 kWh"]
    );
    let odd = sealed(b"\x02EMD01(16.09.25,nonsense,east,0xZ->)\r\n\x03");
    assert!(read(&odd, Some(&request), EMR).iter().all(|told| !told.contains("east")));
}

#[test]
fn each_interval_of_a_ce308cas_has_its_own_time() {
    let frame = sealed(b"\x02VPR01(16.09.25,00:15,-300,0.105,0x0)(16.09.25,00:30,-300,0.210,0x0)\r\n\x03");
    let direction = Direction::Reply;
    let readings = (&Iec as &dyn Family)
        .dissect(&frame, &Context { direction, dialect: EMR, ..Context::default() })
        .readings;
    let told = |r: &crate::reading::Reading| format!("{} {}", visible::measured(&r.value), r.at.unwrap());
    assert_eq!(
        readings.iter().map(told).collect::<Vec<_>>(),
        ["0.105 2025-09-16 00:15+05:00", "0.210 2025-09-16 00:30+05:00"]
    );
}

/// A message with its BCC.
fn sealed(body: &[u8]) -> Vec<u8> {
    let mut frame = body.to_vec();
    let sum = frame[1..].iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) & 0x7F;
    frame.push(sum);
    frame
}
