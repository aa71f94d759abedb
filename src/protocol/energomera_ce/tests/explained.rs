//! Frames explained.

use super::*;

#[test]
fn an_energy_has_its_tariff_from_the_request_and_none_without() {
    let asked = compose_one(KERNEL10, "energy", &[("tariff", "T1")]);
    let data = [0x00, 0x09, 0x22, 0xEC, 0x8B, 0x04, 0x00];
    let readings = reply_to(KERNEL10, &asked, &data);
    assert_eq!(shown(&readings), ["T1 2979.64 kWh"]);
    assert_eq!(readings[0].code, Some(Code::import(1)));
    assert_eq!(readings[0].raw, crate::reading::Raw::Bytes(data[3..].into()));
    assert_eq!(readings[0].at.map(|at| at.to_string()), Some("2022-09".into()));
    let alone = (&Ce as &dyn Family)
        .dissect(&bytes("C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B C0"), &Context::default());
    assert_eq!((alone.readings[0].code, alone.readings[0].tariff), (None, None));
    assert_eq!(shown(&alone.readings), ["2979.64 kWh"]);
    let data = alone.wire().unwrap().fields.iter().find(|f| f.label == "data".into()).unwrap();
    assert!(data.note.contains("kernel-10"), "the dialect taken from the length is named: {}", data.note);
}

#[rstest]
#[case("0", "register", Period::Now)]
#[case("1", "register", Period::MonthEnd(1))]
#[case("0", "during", Period::DuringMonth(0))]
#[case("12", "during", Period::DuringMonth(12))]
fn kernel10_months_are_told_apart(#[case] depth: &str, #[case] form: &str, #[case] period: Period) {
    let asked = compose_one(KERNEL10, "energy", &[("depth", depth), ("form", form)]);
    let readings = reply_to(KERNEL10, &asked, &[0, 9, 0x22, 1, 0, 0, 0]);
    assert_eq!((readings[0].period, readings[0].code), (period, Some(Code::import(0))));
}

#[test]
fn the_same_request_bytes_mean_another_register_in_each_dialect() {
    let wire = |dialect, arguments: &[(&str, &str)]| compose_one(dialect, "energy", arguments);
    let classic = wire(CLASSIC, &[("tariff", "T1"), ("depth", "1")]);
    assert_eq!(classic, wire(KERNEL10, &[("tariff", "T1"), ("depth", "0")]));
    let energy = [0xEC, 0x8B, 0x04, 0x00];
    let context = Context {
        request: Some(&classic),
        dialect: CLASSIC,
        step: step_of_decimals(2),
        ..Context::default()
    };
    let reply = bytes("C0 48 FD 00 96 34 54 01 30 EC 8B 04 00 AA C0");
    let reading = &(&Ce as &dyn Family).dissect(&reply, &context).readings[0];
    assert_eq!((reading.code, reading.period), (Some(Code::import(1)), Period::MonthEnd(1)));
    assert_eq!(reading.number(), Some(Decimal::new(297_964, 2)));
    let dated = [&[0, 9, 0x22], energy.as_slice()].concat();
    let kernel10 = &reply_to(KERNEL10, &classic, &dated)[0];
    assert_eq!((kernel10.code, kernel10.period), (Some(Code::import(1)), Period::Now));
    let unknown = (&Ce as &dyn Family).dissect(&classic, &Context::default());
    let notes: Vec<_> = unknown.wire().unwrap().fields.iter().map(|f| f.note).collect();
    assert!(notes.iter().any(|note| note.contains("classic: tariff") && note.contains("kernel-10: months")));
}

#[test]
fn a_classic_energy_without_decimals_is_a_bare_number_and_says_so() {
    let explained = (&Ce as &dyn Family).dissect(
        &bytes("C0 48 FD 00 96 34 54 01 30 EC 8B 04 00 AA C0"),
        &Context { dialect: CLASSIC, ..Context::default() },
    );
    let reading = &explained.readings[0];
    assert_eq!((reading.number(), reading.unit), (Some(Decimal::new(297_964, 0)), Unit::None));
    assert_eq!(explained.problems[0].code.as_str(), "decimals");
}

#[test]
fn a_wrong_crc_shows_found_and_expected_and_gives_no_reading() {
    let explained = (&Ce as &dyn Family)
        .dissect(&bytes("C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1C C0"), &Context::default());
    assert_eq!(explained.summary(), "Energy by tariff: CRC-8/0xB5 1C, expected 1B");
    let sum = explained.checksum.unwrap();
    assert_eq!((sum.found, sum.expected), (0x1C, 0x1B));
    assert!(explained.readings.is_empty());
    assert_eq!(explained.problems[0].code.as_str(), "checksum");
    assert_tiled(&explained);
}

#[test]
fn passwords_are_masked_and_no_password_is_none() {
    let context = Context { dialect: KERNEL10, ..Context::default() };
    let explained =
        (&Ce as &dyn Family).dissect(&bytes("C0 48 66 B7 FD 00 31 DE 0B 00 D0 01 20 90 C0"), &context);
    let wire = explained.wire().unwrap();
    assert_eq!((0..wire.bytes.len()).filter(|at| wire.is_secret(*at)).collect::<Vec<_>>(), [6, 7, 8, 9, 13]);
    let none = (&Ce as &dyn Family).dissect(&bytes("C0 48 96 34 FD 00 00 00 00 00 D0 00 01 93 C0"), &context);
    assert!(!none.wire().unwrap().is_secret(6));
    // Stuffed in the frame, and as the data of a command that sets one: still masked, in every layer.
    let secret = Packet {
        kind: Kind::Request { password: 0x00DB_C001 },
        to: METER,
        from: 253,
        command: 0x0117,
        data: Data::new(&[0xC0, 2, 3, 4]).unwrap(),
    };
    let explained = (&Ce as &dyn Family).dissect(&secret.to_wire(), &context);
    let counts: Vec<_> =
        explained.layers.iter().map(|l| (0..l.bytes.len()).filter(|at| l.is_secret(*at)).count()).collect();
    assert_eq!(counts, [6 + 5 + 1, 4 + 4 + 1], "and the CRC");
}

#[test]
fn a_stuffed_frame_has_a_second_layer_that_says_where_its_bytes_are_from() {
    let explained = (&Ce as &dyn Family)
        .dissect(&bytes("C0 48 DB DC DB DD FD 00 31 DE 0B 00 D0 01 20 FF C0"), &Context::default());
    assert_tiled(&explained);
    assert_eq!(explained.address, Some(56256));
    let unstuffed = &explained.layers[1];
    assert_eq!(hex::spaced(&unstuffed.bytes), "C0 48 C0 DB FD 00 31 DE 0B 00 D0 01 20 FF C0");
    let spans: Vec<_> = unstuffed.from.iter().map(|o| (o.here.range(), o.wire.range())).collect();
    assert_eq!(spans, [(0..2, 0..2), (2..3, 2..4), (3..4, 4..6), (4..15, 6..17)]);
    let to = explained.wire().unwrap().fields.iter().find(|f| f.label == "to".into()).unwrap();
    assert_eq!(to.span.range(), 2..6);
}

#[rstest]
#[case("C0 48 FD 00 96 34 71 01 21 02 F0 C0", "Set date and time: the password does not give this access")]
#[case("C0 48 FD 00 96 34 70 01 21 74 C0", "Set date and time: refused without a reason")]
#[case(
    "C0 48 FD 00 01 00 71 01 60 00 97 C0",
    "SKOP: description of the meter: the meter does not know this command"
)]
fn refusals_are_named(#[case] wire: &str, #[case] summary: &str) {
    let explained =
        (&Ce as &dyn Family).dissect(&bytes(wire), &Context { dialect: CLASSIC, ..Context::default() });
    assert_eq!((explained.summary().as_str(), explained.verdict), (summary, Verdict::Good));
    assert_eq!(explained.problems[0].code.as_str(), "error-reply");
}

#[rstest]
#[case("C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B", "delimiter", "no END at its end")]
#[case("C0 48 FD 00 C0", "length", "too short for a frame")]
#[case("C0 48 2E 00 FD 00 00 00 00 00 D0 01 20 DB 00 C0", "stuffing", "wrong byte stuffing")]
fn what_is_malformed_is_named(#[case] wire: &str, #[case] code: &str, #[case] verdict: &str) {
    let explained = (&Ce as &dyn Family).dissect(&bytes(wire), &Context::default());
    assert_eq!(explained.problems[0].code.as_str(), code);
    assert!(
        matches!(explained.verdict, Verdict::Malformed(what) if what == verdict),
        "{:?}",
        explained.verdict
    );
    assert!(explained.readings.is_empty());
    assert_tiled(&explained);
}

#[test]
fn a_wrong_length_and_an_unknown_service_are_named() {
    let of = |content: &[u8]| (&Ce as &dyn Family).dissect(&Ce.with_checksum(content), &Context::default());
    let length = of(&[0x48, 253, 0, 7, 0, 0x52, 1, 0x21, 0]);
    assert_eq!((length.problems[0].code.as_str(), length.verdict.word()), ("length", "bad"));
    let service = of(&[0x48, 253, 0, 7, 0, 0x61, 1, 0x21, 0]);
    assert_eq!((service.problems[0].code.as_str(), service.verdict.word()), ("service", "bad"));
}

#[rstest]
#[case("C0 54 FD 00 06 00 50 31 02 00 4C 00 0C 09 60 00 C0", "unknown variant of CE: OPT 54 (CRC-16)")]
#[case("C0 06 01 02 03 04 00 06 11 22 33 44 C0", "CE318 SMP frame")]
fn related_protocols_are_named(#[case] wire: &str, #[case] title: &str) {
    let explained = (&Ce as &dyn Family).dissect(&bytes(wire), &Context::default());
    assert_eq!((explained.title, explained.verdict.word()), (title, "unchecked"));
    assert_eq!(explained.problems[0].code.as_str(), "opt");
    assert_tiled(&explained);
}

#[test]
fn an_embee_module_is_named() {
    let wire = Ce.with_checksum(&[0x02, 0x07, 0x00, 0xFE, 0xFF, 0xD0, 0x01, 0x20, 0x11]);
    assert_eq!((&Ce as &dyn Family).dissect(&wire, &Context::default()).title, "MSI EMBEE module");
}

#[test]
fn a_clock_is_read_with_its_weekday() {
    let explained = (&Ce as &dyn Family)
        .dissect(&bytes("C0 48 FD 00 66 B7 57 01 20 19 21 23 02 19 07 22 1A C0"), &Context::default());
    assert_eq!(shown(&explained.readings), ["2022-07-19 23:21:19"]);
    let fields = &explained.wire().unwrap().fields;
    let weekday = fields.iter().find(|f| f.label == "weekday".into()).unwrap();
    assert_eq!((weekday.value, weekday.note), (Value::Meaning(2, "Tuesday"), ""));
    let asked = compose_one(KERNEL10, "clock", &[]);
    assert_eq!(reply_to(KERNEL10, &asked, &[0xFF; 7])[0].value, Measured::Absent(Absent::NoData));
    assert_eq!(
        reply_to(KERNEL10, &asked, &[0x19, 0x2A, 0x23, 2, 0x19, 7, 0x22])[0].value,
        Measured::Absent(Absent::Malformed)
    );
}

#[test]
fn ff_filled_values_are_absent() {
    let asked = compose_one(CLASSIC, "energy-by-interval", &[("date", "2024-05-31"), ("count", "2")]);
    let readings = reply_to(CLASSIC, &asked, &[0x2A, 0, 0, 0xFF, 0xFF, 0xFF]);
    assert_eq!(readings[0].number(), Some(Decimal::new(42, 0)));
    assert_eq!(readings[1].value, Measured::Absent(Absent::NoData));
}

#[test]
fn undocumented_values_are_given_only_when_one_byte_order_is_plausible() {
    let volts = compose_one(KERNEL10, "voltage", &[]);
    let readings = reply_to(KERNEL10, &volts, &[0xD8, 0x59, 0xE2, 0x59, 0x00, 0x00]);
    assert_eq!(shown(&readings), ["L1 230.00 V", "L2 230.10 V", "L3 0.00 V"]);
    assert_eq!(shown(&reply_to(KERNEL10, &volts, &[0x59, 0xD8])), ["L1 230.00 V"]);
    let amperes = compose_one(KERNEL10, "current", &[]);
    assert_eq!(reply_to(KERNEL10, &amperes, &[0x10, 0x27])[0].value, Measured::Absent(Absent::Malformed));
    let watts = compose_one(KERNEL10, "power", &[]);
    let reading = &reply_to(KERNEL10, &watts, &[0x40, 0x42, 0x0F, 0x00])[0];
    assert_eq!(
        (reading.code, reading.number()),
        (Some(Code::new(1, 7, 0)), Some(Decimal::new(1_000_000, 3)))
    );
}

/// What a field of an answer with some data says.
fn value(dialect: Dialect, id: &str, data: &[u8], label: &'static str) -> String {
    let asked = compose_one(dialect, id, &[]);
    let reply = Packet {
        kind: Kind::Reply,
        to: 253,
        from: METER,
        command: frame::parse(&asked, Direction::Request).unwrap().command,
        data: Data::new(data).unwrap(),
    };
    let context = Context { request: Some(&asked), dialect, ..Context::default() };
    let explained = (&Ce as &dyn Family).dissect(&reply.to_wire(), &context);
    let fields = &explained.wire().unwrap().fields;
    let field = fields.iter().find(|field| field.label == label.into());
    field.unwrap_or_else(|| panic!("{label}")).value.to_string()
}

#[test]
fn configuration_and_status_are_taken_apart_to_the_bit() {
    let config = [0x16, 0x49, 0x23, 10, 0x0D];
    for (label, expected) in [
        ("decimals", "2"),
        ("relay 1 fitted", "yes"),
        ("seal opened", "no"),
        ("averaging", "1 30 min"),
        ("automatic daylight saving", "yes"),
        ("relay 1 on", "yes"),
        ("number of tariffs", "4"),
        ("speed", "2 9600"),
        ("time of a screen", "10"),
        ("relay 2", "3 command and limits"),
    ] {
        assert_eq!(value(CLASSIC, "config", &config, label), expected, "{label}");
    }
    let status = [0x02, 0x20, 0x06, 17, 0x0F, 2, 1, 0, 0, 0];
    for (label, expected) in [
        ("system configuration", "yes"),
        ("battery", "yes"),
        ("locked after three passwords", "yes"),
        ("summer time", "yes"),
        ("clock correction left today", "17"),
        ("tariff by schedule", "2"),
        ("tariff in force", "1"),
    ] {
        assert_eq!(value(KERNEL10, "status", &status, label), expected, "{label}");
    }
    let rule = [0x00, 0x15, 0x03, 0x03, 0x15, 0x10, 0x04];
    assert_eq!(value(KERNEL10, "dst-rule", &rule, "to winter, month"), "10");
}

#[test]
fn a_journal_record_has_its_event() {
    let asked = compose_one(CLASSIC, "journal", &[("journal", "power"), ("record", "3")]);
    let readings = reply_to(CLASSIC, &asked, &[0x19, 0x21, 0x23, 2, 0x19, 7, 0x22, 0xD0]);
    assert_eq!(shown(&readings), ["2022-07-19 23:21:19", "power off"]);
}

#[test]
fn a_command_of_the_other_dialect_is_named_and_gives_no_reading() {
    let reply = bytes("C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B C0");
    let explained = (&Ce as &dyn Family).dissect(&reply, &Context { dialect: CLASSIC, ..Context::default() });
    assert_eq!(explained.problems[0].code.as_str(), "dialect");
    assert!(explained.readings.is_empty());
}

#[test]
fn a_body_gets_its_checksum_with_or_without_its_end() {
    let whole = bytes("C0 48 DB DC 00 FD 00 00 00 00 00 D0 01 20 30 C0");
    assert_eq!(Ce.with_checksum(&bytes("48 C0 00 FD 00 00 00 00 00 D0 01 20")), whole);
    assert_eq!(Ce.with_checksum(&bytes("C0 48 C0 00 FD 00 00 00 00 00 D0 01 20 C0")), whole);
}

#[test]
fn the_access_of_raw_bytes_is_known_or_dangerous() {
    let of =
        |dialect, id, arguments: &[(&str, &str)]| Ce.access(&compose_one(dialect, id, arguments), dialect);
    assert_eq!(of(KERNEL10, "energy", &[]), Some(Access::Read));
    assert_eq!(of(KERNEL10, "set-clock", &[("time", "2024-05-31T12:00:00")]), Some(Access::Write));
    assert_eq!(of(KERNEL10, "relay-switch", &[("action", "operate")]), Some(Access::Control));
    // 013C reads a relay of one dialect and changes a setting of the other.
    let relay = compose_one(KERNEL10, "relay-state", &[]);
    assert_eq!(Ce.access(&relay, Dialect(0)), Some(Access::Control));
    assert_eq!(Ce.access(&bytes("C0 48 FF FF FD 00 00 00 00 00 D0 01 99 00 C0"), KERNEL10), None);
    let broadcast = Ce
        .compose(
            &profile(KERNEL10, 65535),
            &request(KERNEL10, "set-clock", &[("time", "2024-05-31T12:00:00")]),
        )
        .unwrap();
    assert_eq!(Ce.access(&broadcast[0], KERNEL10), Some(Access::Control));
}

#[test]
fn what_cannot_be_sent_is_named() {
    let points = |text| {
        Ce.compose(
            &profile(KERNEL10, 1),
            &request(KERNEL10, "set-day-schedule", &[("schedule", "1"), ("points", text)]),
        )
    };
    assert!(points("00:00=1 23:59=5").is_ok());
    for bad in ["", "24:00=1", "00:60=1", "00:00=9", "00:00", "0=1", "0:0=1 1:0=1 2:0=1 3:0=1 4:0=1"] {
        assert!(matches!(points(bad), Err(ComposeError::Argument { name: "points", .. })), "{bad}");
    }
    let clock = Ce
        .compose(&profile(KERNEL10, 1), &request(KERNEL10, "set-clock", &[("time", "1999-12-31T23:59:59")]));
    assert!(matches!(clock, Err(ComposeError::Argument { name: "time", .. })));
    assert!(matches!(
        Ce.compose(&profile(KERNEL10, 65536), &request(KERNEL10, "ping", &[])),
        Err(ComposeError::Address { .. })
    ));
    assert!(matches!(
        Ce.compose(&profile(KERNEL10, 1), &request(CLASSIC, "energy-total", &[])),
        Err(ComposeError::Foreign("energy-total"))
    ));
    let mut secret = profile(KERNEL10, 1);
    secret.password = Some(Secret::new(b"4294967296".to_vec()));
    assert!(matches!(Ce.compose(&secret, &request(KERNEL10, "ping", &[])), Err(ComposeError::Password(_))));
}

#[test]
fn a_request_that_is_cut_short_still_hides_its_password() {
    let whole = bytes("C0 48 66 B7 FD 00 31 DE 0B 00 D0 01 20 90 C0");
    for end in 6..whole.len() {
        for closing in [&[][..], &[0xC0]] {
            let cut = [&whole[..end], closing].concat();
            let explained = (&Ce as &dyn Family).dissect(&cut, &Context::default());
            assert_tiled(&explained);
            let wire = explained.wire().unwrap();
            // Before a closing END the last byte counts as the checksum.
            let shown: Vec<usize> =
                (6..end.saturating_sub(closing.len()).min(9)).filter(|at| !wire.is_secret(*at)).collect();
            assert!(shown.is_empty(), "{}: {shown:?}", hex::spaced(&cut));
        }
    }
}
