//! The tables of the standards, row by row: fields of the link, kinds of data, quantities.

use super::super::link::seal;
use super::super::{Mbus, names};
use crate::frame::{FieldTree as _, Label, hex};
use crate::protocol::{Context, Family};

#[test]
fn every_c_field_has_its_name() {
    #[rustfmt::skip]
    let known = [
        (0x40, "SND_NKE"), (0x53, "SND_UD"), (0x73, "SND_UD"), (0x5A, "REQ_UD1"), (0x7A, "REQ_UD1"), (0x5B, "REQ_UD2"),
        (0x7B, "REQ_UD2"), (0x08, "RSP_UD"), (0x18, "RSP_UD"), (0x28, "RSP_UD"), (0x38, "RSP_UD"), (0x44, "SND_NR"),
        (0x46, "SND_IR"),
    ];
    for c in 0..=u8::MAX {
        let name = known.iter().find(|(code, _)| *code == c).map(|(_, name)| *name);
        assert_eq!(names::control(c).map(|told| told.split(':').next().unwrap()), name, "{c:02X}");
    }
}

#[test]
fn every_ci_field_has_its_name() {
    #[rustfmt::skip]
    let known: &[(std::ops::RangeInclusive<u8>, &str)] = &[
        (0x00..=0x1F, "DLMS segment"), (0x50..=0x50, "application reset"), (0x51..=0x51, "data to slave"),
        (0x55..=0x55, "data to slave, most significant"), (0x52..=0x52, "selection"), (0x56..=0x56, "selection"),
        (0x54..=0x54, "synchronise"), (0x5A..=0x5A, "data to device, short"), (0x5B..=0x5B, "data to device, long"),
        (0x60..=0x61, "COSEM data to device"), (0x7C..=0x7D, "COSEM data from device"),
        (0x6C..=0x6D, "clock synchronisation"), (0x6E..=0x6F, "application error"), (0x74..=0x75, "alarm, "),
        (0x70..=0x70, "application error"), (0x71..=0x71, "alarm status"), (0x72..=0x72, "variable data, long"),
        (0x76..=0x76, "variable data, long header, most"), (0x73..=0x73, "fixed data"), (0x77..=0x77, "fixed data, most"),
        (0x78..=0x78, "variable data, no header"), (0x7A..=0x7A, "variable data, short"),
        (0x80..=0x8E, "transport, network or link layer"), (0xB1..=0xB1, "output of RAM"), (0xB2..=0xB2, "write to RAM"),
        (0xB3..=0xB3, "start calibration"),
    ];
    let speeds = [300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400];
    for ci in 0..=u8::MAX {
        let told = names::kind(ci).unwrap_or("reserved");
        let by_name = known.iter().find(|(codes, _)| codes.contains(&ci)).map(|(_, name)| (*name).to_owned());
        let by_speed =
            (0xB8..=0xBF).contains(&ci).then(|| format!("switch to {} baud", speeds[usize::from(ci - 0xB8)]));
        let expected = by_name.or(by_speed).unwrap_or_else(|| "reserved".to_owned());
        assert!(told.starts_with(&expected), "{ci:02X}: {told}, not {expected}");
    }
}

#[test]
fn every_application_error_and_address_has_its_name() {
    let words = [
        "unspecified",
        "unimplemented CI",
        "too long",
        "too many records",
        "premature end",
        "10 DIFE",
        "10 VIFE",
        "reserved",
        "busy",
        "too many readouts",
    ];
    for (code, word) in (0..).zip(words) {
        assert!(names::error(code).contains(word), "{code}");
    }
    assert_eq!(names::error(10), "reserved");
    for (address, word) in [
        (0, "unconfigured"),
        (1, "primary"),
        (250, "primary"),
        (251, "reserved"),
        (253, "secondary"),
        (254, "with reply"),
        (255, "without reply"),
    ] {
        assert!(names::address(address).contains(word), "{address}");
    }
}

/// What the records of a meter of electricity are shown as.
fn shown(records: &str) -> Vec<String> {
    let head = hex::parse("08 01 72 78563412 2D2C 01 02 01 00 0000").unwrap();
    let frame = seal(&[head, hex::parse(records).unwrap()].concat());
    let dissection = (&Mbus as &dyn Family).dissect(&frame, &Context::default());
    let layer = dissection.wire().unwrap();
    let is_record =
        |index: &usize| !layer.fields.is_leaf(*index) && layer.fields[*index].label != Label::Name("length");
    (0..layer.fields.len())
        .filter(|index| layer.fields[*index].depth == 0)
        .filter(is_record)
        .map(|index| {
            let field = &layer.fields[index];
            format!("{} {} {}", field.label, layer.text_of(field), field.unit.symbol()).trim_end().to_owned()
        })
        .collect()
}

#[test]
fn every_kind_of_data_is_read() {
    #[rustfmt::skip]
    let rows = [
        ("01 03 FF", "energy -1 Wh"), ("02 03 0080", "energy -32768 Wh"), ("03 03 010000", "energy 1 Wh"),
        ("04 03 01000000", "energy 1 Wh"), ("05 2B 00009643", "power 300 W"), ("06 03 010000000000", "energy 1 Wh"),
        ("07 03 0100000000000000", "energy 1 Wh"), ("09 03 42", "energy 42 Wh"), ("0A 03 3412", "energy 1234 Wh"),
        ("0B 03 563412", "energy 123456 Wh"), ("0C 03 78563412", "energy 12345678 Wh"),
        ("0E 03 907856341200", "energy 1234567890 Wh"), ("0A 03 34F2", "energy -234 Wh"),
        ("0D 03 C2 3412", "energy 1234 Wh"), ("0D 03 D2 3412", "energy -1234 Wh"), ("0D 03 E2 FFFF", "energy -1 Wh"),
    ];
    for (record, expected) in rows {
        assert_eq!(shown(record), [expected], "{record}");
    }
    assert_eq!(shown("2F2F 04 03 01000000 2F"), ["energy 1 Wh"], "filler is none");
}

#[test]
fn every_quantity_has_its_unit_and_its_power_of_ten() {
    #[rustfmt::skip]
    let rows = [
        ("00", "energy 0.001 Wh"), ("07", "energy 10000 Wh"), ("08", "energy 1 J"), ("0F", "energy 10000000 J"),
        ("10", "volume 0.000001 m3"), ("17", "volume 10 m3"), ("18", "mass 0.001 kg"), ("1F", "mass 10000 kg"),
        ("20", "on time 1 s"), ("21", "on time 1 min"), ("22", "on time 1 h"), ("23", "on time 1 d"),
        ("24", "operating time 1 s"), ("27", "operating time 1 d"), ("28", "power 0.001 W"), ("2F", "power 10000 W"),
        ("30", "power 1 J/h"), ("38", "volume flow 0.000001 m3/h"), ("40", "volume flow 0.0000001 m3/min"),
        ("48", "volume flow 0.000000001 m3/s"), ("50", "mass flow 0.001 kg/h"), ("58", "flow temperature 0.001 °C"),
        ("5C", "return temperature 0.001 °C"), ("60", "temperature difference 0.001 K"),
        ("64", "external temperature 0.001 °C"), ("68", "pressure 0.001 bar"), ("6E", "heat cost allocator units 1"),
        ("70", "averaging duration 1 s"), ("77", "actuality duration 1 d"), ("78", "fabrication number 1"),
        ("79", "enhanced identification 1"), ("7A", "bus address 1"),
        ("FD40", "voltage 0.000000001 V"), ("FD49", "voltage 1 V"), ("FD4F", "voltage 1000000 V"),
        ("FD50", "current 0.000000000001 A"), ("FD5C", "current 1 A"), ("FD08", "access number 1"),
        ("FD17", "error flags 1"), ("FD3A", "number without dimension 1"), ("FD60", "reset counter 1"),
        ("FB00", "energy 100000 Wh"), ("FB01", "energy 1000000 Wh"), ("FB02", "reactive energy 1000 varh"),
        ("FB04", "apparent energy 1000 VAh"), ("FB08", "energy 100000000 J"), ("FB14", "reactive power 1 var"),
        ("FB28", "power 100000 W"), ("FB2C", "frequency 0.001 Hz"), ("FB34", "apparent power 1 VA"),
        ("83 3C", "energy 1 Wh"), ("83 3B", "energy 1 Wh"), ("83 73", "energy 0.001 Wh"), ("83 7D", "energy 1000 Wh"),
        ("83 70", "energy 0.000001 Wh"), ("83 77", "energy 10 Wh"),
    ];
    for (vif, expected) in rows {
        assert_eq!(shown(&format!("01 {vif} 01")), [expected], "{vif}");
    }
    assert_eq!(shown("02 6C 1F0C"), ["date 2000-12-31"]);
    assert_eq!(shown("04 6D 32371F15"), ["date and time 2008-05-31 23:50"]);
    assert_eq!(shown("06 6D 5F0C48C1171B"), ["date and time 2014-07-01 08:12:31"]);
}

#[test]
fn storage_tariff_and_function_are_told_and_ten_extensions_are_the_most() {
    let problems = |records: &str| {
        let head = hex::parse("08 01 72 78563412 2D2C 01 02 01 00 0000").unwrap();
        let frame = seal(&[head, hex::parse(records).unwrap()].concat());
        (&Mbus as &dyn Family)
            .dissect(&frame, &Context::default())
            .problems
            .iter()
            .map(|p| p.text.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(problems(&format!("84 {} 00 03 01000000", "80".repeat(9))), [""; 0]);
    assert_eq!(problems(&format!("84 {} 00 03 01000000", "80".repeat(10))), ["more than 10 DIFE"]);
    assert_eq!(problems(&format!("04 83 {} 00 01000000", "80".repeat(9))), [""; 0]);
    assert_eq!(problems(&format!("04 83 {} 00 01000000", "80".repeat(10))), ["more than 10 VIFE"]);
    assert_eq!(problems("04 03 0100"), ["a record ends before its data"]);
}
