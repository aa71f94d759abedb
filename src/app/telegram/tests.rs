//! Published telegrams as lines, and what is said of how they stand.

use super::*;
use crate::app::decode::digest;
use crate::frame::{LayerKind, Secret, hex};
use crate::protocol::{Decoder, Dialect, MeterKey, registry};
use crate::reading::{Decimal, Unit};

fn vector(id: &str) -> serde_json::Value {
    const FILES: [&str; 2] = [
        include_str!("../../../tests/vectors/dsmr_p1.jsonl"),
        include_str!("../../../tests/vectors/dlms_mbus.jsonl"),
    ];
    let lines = FILES.iter().flat_map(|file| file.lines());
    lines
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|v| v["id"] == id)
        .unwrap()
}

/// The last frame of a published telegram, explained with its key if `has_key`.
fn last_frame(id: &str, protocol: &str, has_key: bool) -> Dissection {
    let vector = vector(id);
    let bytes = vector["hex"].as_str().map(|text| hex::parse(text).unwrap());
    let bytes = bytes.unwrap_or_else(|| vector["text"].as_str().unwrap().as_bytes().to_vec());
    let family = registry::family(protocol).unwrap();
    let mut trace = digest(&bytes, Some(Decoder::of(family)));
    if let Some(key) = vector["key"].as_str().filter(|_| has_key) {
        let encryption = Secret::new(hex::parse(key).unwrap());
        trace.set_keys(vec![MeterKey { system_title: None, encryption, authentication: None }]);
    }
    trace.dissect(trace.len() - 1).unwrap()
}

fn named<'a>(lines: &'a [Line], name: &str) -> &'a Line {
    lines.iter().find(|line| line.name == name).unwrap_or_else(|| panic!("{name}: {lines:#?}"))
}

#[test]
fn every_line_of_a_telegram_has_its_code_its_raw_text_and_its_exact_value() {
    let lines = lines(&last_frame("be-fluvius-peak", "dsmr-p1", false));
    let import = named(&lines, "import, tariff 1");
    assert_eq!((import.code.as_str(), import.raw.as_str()), ("1-0:1.8.1", "(000143.608*kWh)"));
    assert_eq!((import.number, import.unit), (Some(Decimal::new(143_608, 3)), Unit::KilowattHour));
    assert_eq!(named(&lines, "maximum demand of the month").note, "of 2023-02-01 02:00:00 winter");
    assert_eq!(named(&lines, "tariff in force").value, "1 day");
    assert!(named(&lines, "identification").raw.starts_with("/FLU5"));
}

#[test]
fn a_line_with_several_values_is_followed_by_each_of_them() {
    let lines = lines(&last_frame("be-fluvius-peak", "dsmr-p1", false));
    let at = lines.iter().position(|line| line.name == "history of months").unwrap();
    let parts: Vec<&str> =
        lines[at + 1..].iter().take_while(|line| line.is_part).map(|line| line.name.as_str()).collect();
    assert_eq!(parts, ["count", "object 1", "object 2", "end of month 1", "time of maximum 1", "maximum 1"]);
}

#[test]
fn an_element_has_its_code_and_what_it_measures() {
    let telegram = last_frame("evn-kaifa-ma309-doc", "dlms-mbus", true);
    assert_eq!(telegram.layers[content_layer(&telegram)].kind, LayerKind::Decrypted);
    let lines = lines(&telegram);
    assert_eq!(named(&lines, "active energy import").number, Some(Decimal::new(12937, 0)));
    assert_eq!(named(&lines, "voltage L1").code, "32.7.0");
    assert!(lines.iter().all(|line| line.value != "OBIS code"));
}

#[test]
fn without_a_key_the_envelope_is_what_there_is_to_see() {
    let telegram = last_frame("evn-kaifa-ma309-doc", "dlms-mbus", false);
    let lines = lines(&telegram);
    assert_eq!(named(&lines, "invocation counter").number, Some(Decimal::new(35, 0)));
    let title = named(&lines, "system title");
    assert_eq!((title.value.as_str(), title.note.as_str()), ("4B464D6750000009", "KFM: Kaifa"));
    assert_eq!(title.raw, "4B 46 4D 67 50 00 00 09");
    let standing = Standing::of(&telegram, Some(1));
    assert_eq!((standing.cipher, standing.counter, standing.parts), (Cipher::NoKey, Some(35), 2));
}

#[test]
fn a_record_names_its_tariff_and_shows_its_head_apart_from_its_value() {
    let lines = lines(&last_frame("libmbus-electricity-meter-1", "mbus", false));
    let energy = named(&lines, "energy, tariff 1");
    assert_eq!((energy.code.as_str(), energy.raw.as_str()), ("8C 10 04", "52 12 00 00"));
    assert_eq!((energy.number, energy.unit), (Some(Decimal::new(12520, 0)), Unit::WattHour));
}

#[test]
fn records_of_the_same_quantity_are_told_apart_by_name_and_filler_is_no_line() {
    let lines = lines(&last_frame("amis-td3511-mode5-doc", "mbus", true));
    assert_eq!(named(&lines, "energy").number, Some(Decimal::new(684_544, 0)));
    assert_eq!(named(&lines, "energy, negative").number, Some(Decimal::new(129_412, 0)));
    assert_eq!(named(&lines, "energy, manufacturer's").number, Some(Decimal::new(20, 0)));
    assert_eq!(named(&lines, "reactive energy, negative, tariff 1").number, Some(Decimal::new(81_446, 0)));
    assert!(lines.iter().all(|line| line.name != "filler"));
}

#[test]
fn what_changed_is_told_by_how_much() {
    let before = lines(&last_frame("v50-iskra-stream-1", "dsmr-p1", false));
    let now = lines(&last_frame("v50-iskra-stream-2", "dsmr-p1", false));
    let told = changes(&now, Some(&before));
    assert_eq!(told.len(), now.len());
    let of = |name: &str| told[now.iter().position(|line| line.name == name).unwrap()];
    assert_eq!(of("time of the telegram"), Change::Other);
    assert_eq!(of("equipment identifier"), Change::Same);
    assert!(told.iter().any(|change| matches!(change, Change::By(_))));
    assert!(changes(&now, None).iter().all(|change| *change == Change::First));
    assert_eq!(changes(&now, Some(&[]))[0], Change::New);
}

#[test]
fn a_part_and_what_lacks_its_beginning_are_no_telegrams() {
    let part = last_frame("neg-missing-seg1", "dlms-mbus", false);
    assert!(!is_whole(&part), "{}", part.summary());
    let orphan = last_frame("kaifa-second-segment-only-gh539", "dlms-mbus", false);
    assert!(!is_whole(&orphan), "{}", orphan.summary());
    assert!(is_whole(&last_frame("v42-kaifa-wrong-crc", "dsmr-p1", false)), "damaged, but whole");
}

#[test]
fn all_lines_point_at_fields_of_the_content_and_cover_no_byte_twice_at_the_same_depth() {
    for (id, protocol) in [
        ("v50-iskra-am550", "dsmr-p1"),
        ("scs-lg_e450-unencrypted_valid_data", "dlms-hdlc"),
        ("libmbus-emh_diz", "mbus"),
    ] {
        let telegram = last_frame(id, protocol, false);
        let layer = &telegram.layers[content_layer(&telegram)];
        let lines = lines(&telegram);
        assert!(lines.len() > 4, "{id}");
        let spans: Vec<_> =
            lines.iter().filter(|line| !line.is_part).map(|line| layer.fields[line.field].span).collect();
        assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{id}: {lines:#?}");
    }
}

#[test]
fn models_that_speak_by_themselves_are_known_as_such() {
    let pushed = |id: &str| is_pushed(crate::meter::model(id).unwrap());
    assert!(pushed("dsmr-p1") && pushed("kaifa-ma309") && pushed("siemens-td3511"));
    assert!(!pushed("mercury-200") && !pushed("iec62056-21") && !pushed("mbus"));
    let td3511 = crate::meter::model("siemens-td3511").unwrap().protocol;
    assert!(!only_waits(td3511.profile().dialect(Dialect(1)).commands), "it can be acknowledged");
}
