//! The tables of the standards, row by row: types, units, dates and times.

use super::super::{axdr, time, units};
use super::{listen, readings};
use crate::frame::{LayerKind, hex};
use crate::protocol::dlms::OverHdlc;
use crate::reading::Unit;

/// Every type with an element of it, and how it is shown (Blue Book, ed. 13, table 2).
#[rustfmt::skip]
const TYPES: &[(&str, &str, &str)] = &[
    ("00", "null-data", "the meter marks this value as absent"), ("03 01", "boolean", "true"), ("03 00", "boolean", "false"),
    ("04 0B AAA0", "bit-string", "AA A0"), ("05 FFFFFFFE", "double-long", "-2"),
    ("06 FFFFFFFF", "double-long-unsigned", "4294967295"), ("09 02 4142", "octet-string", "AB"),
    ("0A 02 4142", "visible-string", "AB"), ("0C 03 E282AC", "utf8-string", r"\xE2\x82\xAC"),
    ("0D 42", "bcd", "42"), ("0F 80", "integer", "-128"), ("10 8000", "long", "-32768"),
    ("11 FF", "unsigned", "255"), ("12 FFFF", "long-unsigned", "65535"),
    ("14 FFFFFFFFFFFFFFFE", "long64", "-2"), ("15 0000000100000000", "long64-unsigned", "4294967296"),
    ("16 1B", "enum", "27"), ("17 43693333", "float32", "233.2"),
    ("18 406D266666666666", "float64", "233.2"),
    ("19 07EA0B1405100A1E00FFC400", "date-time", "2026-11-20 16:10:30+01:00"),
    ("1A 07EA0B1405", "date", "2026-11-20"), ("1B 100A1E00", "time", "16:10:30"),
    ("1C FF", "delta-integer", "-1"), ("1D FFFE", "delta-long", "-2"), ("1E FFFFFFFD", "delta-double-long", "-3"),
    ("1F 01", "delta-unsigned", "1"), ("20 0002", "delta-long-unsigned", "2"),
    ("21 00000003", "delta-double-long-unsigned", "3"), ("FF", "don't-care", "don't care"),
];

#[test]
fn every_type_is_read_named_and_shown() {
    for (text, name, shown) in TYPES {
        let bytes = hex::parse(&format!("0F 00000001 00 02 01 {text}")).unwrap();
        let told = listen(&OverHdlc, &[&bytes], &[]);
        let layer = told[0].frame().unwrap().layers.last().unwrap();
        let last = layer.fields.last().unwrap();
        assert_eq!(layer.text_of(last), *shown, "{name}: {:?}", layer.fields);
        assert_eq!(axdr::type_name(bytes[8]), *name);
        assert_eq!(last.span.range().end, bytes.len(), "{name}");
    }
    for tag in [0x07, 0x08, 0x0B, 0x0E, 0x22, 0x80, 0xFE] {
        let halt = axdr::Tree::read(&[0x02, 0x01, tag, 0, 0], 0).halt.unwrap();
        assert_eq!((halt.at, halt.is_short), (2, false), "{tag:02X} is of no use in data");
    }
}

/// Every unit code with its name (Blue Book, ed. 13, table 4).
#[rustfmt::skip]
const UNITS: &[(u8, &str)] = &[
    (1, "a"), (2, "mo"), (3, "wk"), (4, "d"), (5, "h"), (6, "min"), (7, "s"), (8, "°"), (9, "°C"), (10, "currency"),
    (11, "m"), (12, "m/s"), (13, "m3"), (14, "m3, corrected"), (15, "m3/h"), (16, "m3/h, corrected"), (17, "m3/d"),
    (18, "m3/d, corrected"), (19, "l"), (20, "kg"), (21, "N"), (22, "Nm"), (23, "Pa"), (24, "bar"), (25, "J"),
    (26, "J/h"), (27, "W"), (28, "VA"), (29, "var"), (30, "Wh"), (31, "VAh"), (32, "varh"), (33, "A"), (34, "C"),
    (35, "V"), (36, "V/m"), (37, "F"), (38, "Ohm"), (39, "Ohm m2/m"), (40, "Wb"), (41, "T"), (42, "A/m"), (43, "H"),
    (44, "Hz"), (45, "1/Wh"), (46, "1/varh"), (47, "1/VAh"), (48, "V2h"), (49, "A2h"), (50, "kg/s"), (51, "S"),
    (52, "K"), (53, "1/(V2h)"), (54, "1/(A2h)"), (55, "1/m3"), (56, "%"), (57, "Ah"), (60, "Wh/m3"), (61, "J/m3"),
    (62, "mol %"), (63, "g/m3"), (64, "Pa s"), (65, "J/kg"), (66, "g/cm2"), (67, "atm"), (70, "dBm"), (71, "dBuV"),
    (72, "dB"), (128, "in"), (129, "ft"), (130, "lb"), (131, "°F"), (132, "°R"), (133, "in2"), (134, "ft2"),
    (135, "ac"), (136, "in3"), (137, "ft3"), (138, "ac ft"), (139, "gal"), (254, "other"), (255, "no unit"),
];

#[test]
fn every_unit_code_has_its_name_and_the_others_are_reserved() {
    for code in 0..=u8::MAX {
        let name = UNITS.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
        assert_eq!(units::unit(code).map(|(_, name)| name), name, "{code}");
    }
    for (code, unit) in
        [(27, Unit::Watt), (30, Unit::WattHour), (32, Unit::VarHour), (33, Unit::Ampere), (35, Unit::Volt)]
    {
        assert_eq!(units::unit(code).map(|(unit, _)| unit), Some(unit));
    }
}

#[test]
fn a_scaler_shifts_the_point_exactly_in_both_directions() {
    for (scaler, shown) in [("FF", "233.7 V"), ("FD", "2.337 V"), ("00", "2337 V"), ("02", "233700 V")] {
        let text = format!("0F 00000001 00 0203 0906 0100200700FF 12 0921 0202 0F {scaler} 16 23");
        let told = listen(&OverHdlc, &[&hex::parse(&text).unwrap()], &[]);
        assert_eq!(readings(&told), [("32.7.0".to_owned(), format!("L1 {shown}"))]);
    }
}

#[test]
fn every_special_value_of_a_date_and_time_is_told_apart() {
    let clock = |text: &str| time::clock(&hex::parse(text).unwrap()).unwrap();
    let shown = |text: &str| clock(text).time.to_string();
    assert_eq!(shown("07EA0714021E1E1E00FF8880"), "2026-07-20 30:30:30+02:00", "as it stands, however odd");
    assert_eq!(
        clock("07EA0714FF0C000000FF8880").time.civil().map(jiff::civil::DateTime::hour),
        Some(12),
        "no day of the week"
    );
    for (month, day) in
        [("FD", "01"), ("FE", "01"), ("FF", "01"), ("07", "FD"), ("07", "FE"), ("07", "FF"), ("07", "E0")]
    {
        let time = clock(&format!("07EA{month}{day}FF0C000000800000")).time;
        assert_eq!(time.civil(), None, "{month} {day} is no day of a calendar");
    }
    assert_eq!(clock("07EA0714FF0C000000800000").deviation, None);
    assert_eq!(clock("07EA0714FF0C0000FFFFC400").deviation, Some(-60));
    assert_eq!(clock("07EA0714FF0C000000FFC4FF").status, None);
    for (status, words) in [
        (0x00, "valid, no daylight saving"),
        (0x80, "valid, daylight saving"),
        (0x01, "invalid value"),
        (0x81, "invalid value"),
        (0x02, "doubtful value"),
        (0x82, "doubtful value"),
        (0x04, "different clock base"),
        (0x08, "invalid clock status"),
    ] {
        assert_eq!(time::status(status), words, "{status:02X}");
    }
}

#[test]
fn the_time_of_a_notification_comes_in_four_forms() {
    let clock = "07EA0B1405100A1E00FFC400";
    for (form, shown) in [
        ("00", "not stated"),
        ("0C", "2026-11-20 16:10:30+01:00"),
        ("090C", "2026-11-20 16:10:30+01:00"),
        ("19", "2026-11-20 16:10:30+01:00"),
    ] {
        let stated = if form == "00" { "" } else { clock };
        let bytes = hex::parse(&format!("0F 00000001 {form}{stated} 02 01 11 07")).unwrap();
        let mut builder = crate::protocol::dissection_builder::DissectionBuilder::default();
        let read =
            super::super::content::notification(&mut builder, &bytes, 0, super::super::maker::Maker::Unknown);
        assert!(read.is_whole && read.end == bytes.len(), "{form}");
        let field = builder.fields.iter().find(|f| f.label.to_string() == "date and time").unwrap();
        let layer = crate::frame::Layer {
            kind: LayerKind::Wire,
            bytes: bytes.as_slice().into(),
            fields: vec![field.clone()],
            from: vec![],
        };
        assert_eq!(layer.text_of(field), shown, "{form}");
    }
}
