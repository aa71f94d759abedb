//! Every published telegram, with the values its source names.

use serde_json::Value as Json;

use super::super::axdr::{Tree, integer};
use super::{Expected, Vector, listen, problems, vectors};
use crate::frame::{Direction, FieldTree, Layer, LayerKind, ProblemCode, Verdict, hex};
use crate::protocol::{Family, Integrity, PieceKind};
use crate::reading::{Code, Decimal, Measured, Raw, Reading};

fn of_lines() -> impl Iterator<Item = Vector> {
    vectors().into_iter().filter(|v| matches!(v.protocol(), "mbus-dlms" | "hdlc-dlms"))
}

fn telegrams() -> impl Iterator<Item = Vector> {
    of_lines().filter(|v| v.json["expect"].is_null())
}

fn told(vector: &Vector) -> Vec<Expected> {
    listen(vector.family(), &[&vector.bytes()], &vector.keys())
}

fn layer(told: &[Expected], kind: LayerKind) -> Option<&Layer> {
    told.iter().rev().filter_map(Expected::frame).flat_map(|d| &d.layers).find(|layer| layer.kind == kind)
}

#[test]
fn every_frame_of_every_telegram_is_found_and_good() {
    for vector in telegrams() {
        let told = told(&vector);
        assert!(
            told.iter().all(|t| t.kind == PieceKind::Frame(Integrity::Good)),
            "{}: {:?}",
            vector.id,
            told.iter().map(|t| (t.kind, t.bytes.len())).collect::<Vec<_>>()
        );
        let frames = vector.json["frames"].as_array().map_or(told.len(), Vec::len);
        assert_eq!(told.len(), frames, "{}", vector.id);
        for piece in &told {
            let dissection = piece.frame().unwrap();
            assert!(!dissection.verdict.is_bad(), "{}: {:?}", vector.id, dissection.problems);
            for layer in &dissection.layers {
                assert!(
                    layer.fields.tiles(layer.bytes.len()),
                    "{} {}: {:#?}",
                    vector.id,
                    layer.kind,
                    layer.fields
                );
            }
        }
    }
}

#[test]
fn what_is_deciphered_is_what_the_source_says() {
    let mut seen = 0;
    for vector in telegrams() {
        let plain = vector.json["decrypted_plaintext_hex"].as_str().unwrap_or_default();
        if plain.is_empty() {
            continue;
        }
        let told = told(&vector);
        let ciphered = vector.json["ciphering"].as_array().is_some_and(|c| !c.is_empty());
        let layer = layer(&told, if ciphered { LayerKind::Decrypted } else { LayerKind::Reassembled });
        let layer = layer.unwrap_or_else(|| panic!("{}: {:?}", vector.id, problems(&told)));
        assert_eq!(hex::compact(&layer.bytes), plain, "{}", vector.id);
        seen += 1;
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn a_layer_that_is_not_the_wire_says_where_every_byte_came_from() {
    for vector in telegrams() {
        let told = told(&vector);
        for (index, piece) in told.iter().enumerate() {
            let message = piece.relation.message.map_or(index, |first| first as usize);
            for layer in piece.frame().unwrap().layers.iter().skip(1) {
                let mut next = 0;
                for origin in &layer.from {
                    assert_eq!(origin.here.range().start, next, "{}", vector.id);
                    assert_eq!(origin.here.len(), origin.wire.len());
                    let part = &told[message + usize::from(origin.part)].bytes[origin.wire.range()];
                    if layer.kind == LayerKind::Reassembled {
                        assert_eq!(&layer.bytes[origin.here.range()], part, "{}", vector.id);
                    }
                    next = origin.here.range().end;
                }
                assert_eq!(next, layer.bytes.len(), "{} {}", vector.id, layer.kind);
            }
        }
    }
}

#[test]
fn every_ciphering_header_is_told_without_a_key() {
    let mut seen = 0;
    for vector in telegrams() {
        for header in vector.json["ciphering"].as_array().into_iter().flatten().take(1) {
            let told = listen(vector.family(), &[&vector.bytes()], &[]);
            let last = told.iter().filter_map(Expected::frame).next_back().unwrap();
            assert!(last.problems.iter().any(|p| p.code.as_str() == "no-key"), "{}", vector.id);
            assert!(last.readings.is_empty());
            let layer = layer(&told, LayerKind::Reassembled).unwrap();
            let text = |label: &str| {
                let found = layer.fields.iter().find(|f| f.label.to_string().starts_with(label));
                layer.text_of(found.unwrap_or_else(|| panic!("{} {label}", vector.id)))
            };
            assert_eq!(text("security control"), header["sc"].as_str().unwrap());
            assert_eq!(text("system title"), header["system_title"].as_str().unwrap().to_uppercase());
            if vector.id != "sagemcom-t210d-stream-10x-nokey" {
                assert_eq!(text("invocation counter"), header["ic"].to_string(), "{}", vector.id);
            }
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

/// The groups of an OBIS code as the vectors write it.
fn obis(text: &str) -> Option<[u8; 5]> {
    let mut numbers = text.split(['-', ':', '.']).map(|n| n.parse().ok());
    Some([numbers.next()??, numbers.next()??, numbers.next()??, numbers.next()??, numbers.next()??])
}

fn number(bytes: &[u8], kind: &str) -> i128 {
    let unsigned = bytes.iter().fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    let unused = 128 - 8 * bytes.len() as u32;
    let shift = if kind.starts_with('i') { unused } else { 0 };
    (unsigned << shift).cast_signed() >> shift
}

fn matches_item(reading: &Reading, item: &Json) -> bool {
    let Raw::Bytes(raw) = &reading.raw else { return false };
    match (&reading.value, item["type"].as_str()) {
        (Measured::Number(value), Some(kind)) => {
            let expected = item["raw"].as_i64().map(i128::from);
            let is_same = expected == Some(number(raw, kind));
            let scaled = item["scaler"].as_i64().and_then(|s| Decimal::scaled(expected?, s as i8));
            let unit = item["unit"].as_str().filter(|unit| *unit != "count");
            let is_scaled = scaled.is_none_or(|s| s == *value && s.to_string() == value.to_string());
            is_same && is_scaled && unit.is_none_or(|unit| unit == reading.unit.symbol())
        }
        (Measured::Text(text), _) => item["raw"].as_str() == Some(hex::compact(text).to_lowercase().as_str()),
        (Measured::Time(time), None) => {
            let text = item["datetime"].as_str().unwrap();
            text.get(..19) == time.civil().map(|civil| civil.to_string()).as_deref()
        }
        _ => false,
    }
}

#[test]
fn every_coded_value_is_read_exactly() {
    let mut values = 0;
    for vector in telegrams() {
        let Some(items) = vector.json["decoded"]["items"].as_object() else { continue };
        let told = told(&vector);
        let readings: Vec<Reading> =
            told.iter().filter_map(Expected::frame).flat_map(|d| d.readings.clone()).collect();
        for (key, item) in items {
            let Some([a, _, c, d, e]) = obis(key) else { continue };
            if (c, d) == (25, 9) || (item["type"] == "octets" && (item["raw"] == "00" || item["raw"] == "")) {
                continue;
            }
            let code = (a <= 1).then_some(Code::new(c, d, e));
            assert!(
                readings.iter().any(|r| r.code == code && matches_item(r, item)),
                "{} {key} {item}: {:#?} {:?}",
                vector.id,
                readings.iter().filter(|r| r.code == code).collect::<Vec<_>>(),
                problems(&told)
            );
            values += 1;
        }
    }
    assert!(values > 500, "{values}");
}

#[test]
fn every_value_by_position_lies_where_the_source_says() {
    let mut values = 0;
    for vector in vectors() {
        let (Some(items), Some(plain)) =
            (vector.json["decoded"]["items"].as_object(), vector.json["decrypted_plaintext_hex"].as_str())
        else {
            continue;
        };
        if vector.json["decoded"]["layout"] != "positional" {
            continue;
        }
        let plain = hex::parse(plain).unwrap();
        let start = match plain[5] {
            0 => 6,
            9 if plain[6] == 12 => 19,
            _ => 18,
        };
        let tree = Tree::read(&plain, start);
        assert_eq!((tree.halt, tree.end), (None, plain.len()), "{}", vector.id);
        let elements: Vec<usize> = tree.elements(0).collect();
        for (key, item) in items {
            let Some(expected) = item["raw"].as_i64() else { continue };
            let index: usize = key[1..].parse().unwrap();
            let number = integer(&tree.items[elements[index]], &plain);
            assert_eq!(number, Some(expected.into()), "{} {key}", vector.id);
            values += 1;
        }
    }
    assert!(values > 60, "{values}");
}

#[test]
fn the_time_of_a_notification_is_told() {
    for vector in telegrams() {
        let Some(stated) = vector.json["decoded"]["notification_datetime"]["text"].as_str() else { continue };
        let told = told(&vector);
        let layer = layer(&told, LayerKind::Decrypted).or(layer(&told, LayerKind::Reassembled)).unwrap();
        let field = layer.fields.iter().find(|f| f.label.to_string() == "date and time").unwrap();
        let shown = layer.text_of(field).replace(' ', "T");
        assert_eq!(shown.get(..19), stated.get(..19), "{}", vector.id);
    }
}

#[test]
fn lists_known_by_position_are_named_and_said_to_be_assumed() {
    let readings = |id: &str| {
        let told = told(&super::vector(id));
        assert!(problems(&told).contains(&"assumed-names"), "{id}: {:?}", problems(&told));
        super::readings(&told)
    };
    let kaifa = readings("dp-kaifa_ma304h3e");
    assert!(kaifa.contains(&("1.7.0".into(), "948 W".into())), "{kaifa:?}");
    assert!(kaifa.contains(&("31.7.0".into(), "L1 1.416 A".into())), "{kaifa:?}");
    let iskra = readings("ams-iskraemeco-gh615-1");
    assert!(iskra.contains(&("1.7.0".into(), "1393 W".into())), "{iskra:?}");
    assert!(iskra.contains(&("32.7.0".into(), "L1 237.9 V".into())), "{iskra:?}");
    let relay = readings("ams-iskraemeco-gh615-2");
    assert!(relay.contains(&("1.8.1".into(), "T1 13593 Wh".into())), "{relay:?}");
}

#[test]
fn a_headed_list_tells_time_and_date_under_their_own_codes_and_stamps_its_values_with_both() {
    let text = "0F 00000001 00 020C 0906 0006190900FF 0908 3132333435363738 0904 0E3721FF 0905 07E5030707 \
                06002CF71E 0600000000 0600000377 0600204D6C 0600000049 0600000000 0900 0900";
    let told = listen(&super::super::OverHdlc, &[&hex::parse(text).unwrap()], &[]);
    let found = super::readings(&told);
    for (code, value) in [("0.9.1", "14:55:33"), ("0.9.2", "2021-03-07"), ("1.8.0", "2946846 Wh")] {
        assert!(found.contains(&(code.into(), value.into())), "{code}: {found:?}");
    }
    let readings = &told[0].frame().unwrap().readings;
    let stamped = readings.iter().filter_map(|r| r.at).map(|at| at.to_string());
    assert!(stamped.clone().count() > 4 && stamped.clone().all(|at| at == "2021-03-07 14:55:33"));
}

#[test]
fn every_list_by_position_names_each_of_its_values() {
    use super::super::lists::{LISTS, List, Place, UNNAMED};
    use super::super::maker::{DIALECTS, Maker};
    use super::super::obis::{Sort, sort};
    let element = |list: &List, index: usize, place: &Place| -> Vec<u8> {
        let number = 1000 + index as u16;
        let [high, low] = number.to_be_bytes();
        let wide = || vec![0x06, 0, 0, high, low];
        match (place.obis, sort(place.obis).0) {
            _ if *place == UNNAMED => vec![0x00],
            _ if list.mark == (index, &[0x06]) => wide(),
            ([_, _, 0, 9, 1, _], _) => vec![0x09, 4, 14, 55, 33, 0xFF],
            ([_, _, 0, 9, 2, _], _) => vec![0x09, 5, 0x07, 0xE5, 3, 7, 7],
            ([0, _, 1, 0, ..], _) => hex::parse("09 0C 07E5030707 0E3721FF 800000").unwrap(),
            ([0, _, 96, 3, ..], _) => vec![0x16, 1],
            ([0, ..] | [_, _, 0, ..], _) => [&[0x09, 4][..], format!("{number}").as_bytes()].concat(),
            (_, Sort::Voltage | Sort::Current | Sort::Factor | Sort::Other) => vec![0x12, high, low],
            _ => wide(),
        }
    };
    for list in LISTS {
        let elements = list.places.iter().enumerate().map(|(index, place)| element(list, index, place));
        let body: Vec<u8> = elements.flatten().collect();
        let apdu = [&[0x0F, 0, 0, 0, 1, 0, 0x02, list.places.len() as u8][..], &body].concat();
        let is_makers =
            |maker: Maker| maker == list.maker || (list.maker, maker) == (Maker::LandisGyr, Maker::E450);
        let dialect = DIALECTS.iter().position(|(maker, _)| is_makers(*maker)).unwrap();
        let context = crate::protocol::Context {
            dialect: crate::protocol::Dialect(dialect as u8),
            ..Default::default()
        };
        let dissection = (&super::super::OverHdlc as &dyn Family).dissect(&apdu, &context);
        assert!(
            dissection.has_problem(ProblemCode::AssumedNames),
            "{}: {:?}",
            list.name,
            dissection.problems
        );
        let named = list.places.iter().filter(|place| **place != UNNAMED);
        assert_eq!(dissection.readings.len(), named.clone().count(), "{}", list.name);
        for (reading, (index, place)) in dissection
            .readings
            .iter()
            .zip(list.places.iter().enumerate().filter(|(_, place)| **place != UNNAMED))
        {
            assert_eq!(reading.code, Some(super::super::obis::code(place.obis)), "{}", list.name);
            if let (Measured::Number(number), true) = (&reading.value, reading.unit == place.unit) {
                let expected = if number.units() == 1 {
                    None
                } else {
                    Decimal::scaled(1000 + index as i128, place.exponent)
                };
                assert!(
                    expected.is_none_or(|expected| expected == *number),
                    "{} {index}: {number}",
                    list.name
                );
            }
        }
    }
}

#[test]
fn several_apdus_in_one_frame_are_all_explained() {
    let told = told(&super::vector("lg-e450-three-apdus-one-frame"));
    let layer = layer(&told, LayerKind::Reassembled).unwrap();
    let words = layer.fields.iter().filter(|f| layer.text_of(f) == "data-notification").count();
    let numbers: Vec<String> = layer.fields.iter().map(|f| layer.text_of(f)).collect();
    assert_eq!(words, 3);
    for number in ["21040168", "21040186", "21040203"] {
        assert!(numbers.iter().any(|n| n == number));
    }
}

#[test]
fn a_wrapped_length_is_said_to_be_one() {
    let told = told(&super::vector("evn-readme-sagemcom-t210d-nokey"));
    let first = told[0].frame().unwrap();
    let length = first.wire().unwrap().fields.iter().find(|f| f.label.to_string() == "length").unwrap();
    assert_eq!((length.value.to_string().as_str(), length.verdict), ("257", Verdict::Good));
    assert!(length.note.contains("256 was lost"));
    assert_eq!((told[0].bytes.len(), told[1].bytes.len()), (263, 19));
    assert_eq!((told[1].relation.message, told[1].relation.part), (Some(0), 1));
    assert_eq!(told[1].relation.direction, Direction::Push);
}

#[test]
fn the_step_of_the_counter_is_told_from_push_to_push() {
    let vector = super::vector("sagemcom-t210d-stream-10x-nokey");
    let told = told(&vector);
    assert_eq!(told.len(), 20);
    let steps: Vec<bool> = told
        .iter()
        .filter_map(Expected::frame)
        .filter_map(|d| d.layers.get(1))
        .map(|layer| layer.fields.iter().any(|f| f.label.to_string() == "invocation counter, step 1"))
        .collect();
    assert_eq!(steps, [vec![false; 2], vec![true; 18]].concat());
}

#[test]
fn among_noise_and_other_frames_both_pushes_are_read() {
    let vector = super::vector("syn-stream-with-noise");
    let told = told(&vector);
    let titles: Vec<&str> =
        told.iter().filter_map(Expected::frame).filter(|d| !d.verdict.is_bad()).map(|d| d.title).collect();
    let count = |title: &str| titles.iter().filter(|t| **t == title).count() as u64;
    let expected = |name: &str| vector.json["expect"][name].as_u64().unwrap();
    assert_eq!(count("Data notification"), expected("apdus"));
    assert_eq!(count("Request for data"), expected("short_frames"));
    assert_eq!(count("Acknowledgement"), expected("acks"));
}

#[test]
fn apdus_without_a_carrier_are_explained_but_not_called_good() {
    let mut seen = 0;
    for vector in vectors().iter().filter(|v| v.protocol() == "dlms-apdu" || v.id == "syn-p1-smarty") {
        let told = told(vector);
        assert_eq!(told.len(), 1, "{}", vector.id);
        let dissection = told[0].frame().unwrap();
        let is_authentic = vector.json["auth_key"].is_string();
        assert_eq!(
            (told[0].kind, dissection.verdict == Verdict::Good),
            (PieceKind::Frame(Integrity::Unchecked), is_authentic)
        );
        let plain = vector.json["decrypted_plaintext_hex"].as_str().unwrap();
        assert_eq!(hex::compact(&dissection.layers.last().unwrap().bytes), plain, "{}", vector.id);
        assert_eq!(
            dissection.readings.is_empty(),
            matches!(vector.id.as_str(), "gloc-dummy-key-notification" | "syn-p1-smarty")
        );
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[test]
fn apdus_without_a_carrier_are_found_one_after_the_other_with_and_without_pauses() {
    let [one, other] =
        ["plain-sagemcom-gh867", "kaifa-ma309-3ph-apdu-rekeyed"].map(|id| super::vector(id).bytes());
    let kinds = |bursts: &[&[u8]]| {
        let told = listen(&super::super::OverHdlc, bursts, &[]);
        told.iter().map(|t| (t.kind, t.bytes.len())).collect::<Vec<_>>()
    };
    let unchecked = PieceKind::Frame(Integrity::Unchecked);
    let expected = [(unchecked, one.len()), (unchecked, other.len())];
    assert_eq!(kinds(&[&one, &other]), expected);
    assert_eq!(kinds(&[&[one, other].concat()]), expected);
}

#[test]
fn a_length_of_no_known_form_is_named_and_what_comes_before_it_shown() {
    let vector = super::vector("p1-smartmeter2mqtt-nonconformant");
    for family in [&super::super::OverHdlc as &dyn Family, &super::super::OverMbus] {
        let told = listen(family, &[&vector.bytes()], &vector.keys());
        assert_eq!((told.len(), told[0].kind), (1, PieceKind::Frame(Integrity::Bad)));
        let dissection = told[0].frame().unwrap();
        assert_eq!(dissection.problems[0].code.as_str(), vector.error().unwrap());
        assert!(dissection.verdict.is_bad() && dissection.readings.is_empty());
        let title = dissection.layers[1].fields.iter().find(|f| f.label.to_string() == "system title");
        assert_eq!(title.map(|field| field.span.range()), Some(2..10));
    }
}

#[test]
fn the_worked_examples_of_the_cipher_open() {
    use super::super::ciphering::header;
    use super::super::opening::{Opened, open};
    let mut seen = 0;
    for vector in vectors().iter().filter(|v| v.protocol() == "dlms-gcm") {
        let decoded = &vector.json["decoded"];
        let part = |name: &str| hex::parse(decoded[name].as_str().unwrap_or_default()).unwrap();
        let (control, counter) = (part("security_control"), part("invocation_counter"));
        let behind = [control, counter, part("information"), vector.bytes()].concat();
        let apdu = [&[0xDB, 8][..], &part("system_title"), &[behind.len() as u8], &behind].concat();
        let keys = vector.keys();
        let opened = open(&apdu, &header(&apdu, 0).unwrap(), &keys);
        let plain = hex::parse(vector.json["decrypted_plaintext_hex"].as_str().unwrap_or_default()).unwrap();
        let bytes = if plain.is_empty() { part("information") } else { plain };
        assert_eq!(opened, Opened::Plain { bytes, is_authentic: true }, "{}", vector.id);
        seen += 1;
    }
    assert_eq!(seen, 2);
}
