//! Laws that hold for all bytes and all requests.

use super::*;

fn points(dialect: Dialect) -> BoxedStrategy<String> {
    let (step, most, tariffs) = if dialect == KERNEL10 { (1, 4, 8u8) } else { (30, 6, 8) };
    prop::collection::vec((0..24u8, 0..60u8, 1..=tariffs), 1..=most)
        .prop_map(move |points| {
            let text = |(hour, minute, tariff): &(u8, u8, u8)| {
                format!("{hour:02}:{:02}={tariff}", minute / step * step)
            };
            points.iter().map(text).collect::<Vec<_>>().join(" ")
        })
        .boxed()
}

fn text_for(parameter: &'static Parameter, dialect: Dialect) -> BoxedStrategy<String> {
    match parameter.kind {
        ParameterKind::Integer { min, max } => {
            prop_oneof![Just(min), Just(max), min..=max].prop_map(|n| n.to_string()).boxed()
        }
        ParameterKind::Choice(choices) => (0..choices.len())
            .prop_map(move |i| {
                let c: &Choice = &choices[i];
                c.word.to_owned()
            })
            .boxed(),
        ParameterKind::DateTime => (0..3_000_000_000i64)
            .prop_map(|s| {
                jiff::civil::date(2000, 1, 1)
                    .at(0, 0, 0, 0)
                    .checked_add(jiff::SignedDuration::from_secs(s))
                    .unwrap()
                    .to_string()
            })
            .boxed(),
        ParameterKind::Date => (0..36_000i64)
            .prop_map(|d| {
                jiff::civil::date(2000, 1, 1)
                    .checked_add(jiff::SignedDuration::from_hours(24 * d))
                    .unwrap()
                    .to_string()
            })
            .boxed(),
        ParameterKind::Text { .. } if parameter.name == "points" => points(dialect),
        ParameterKind::Text { max } => {
            prop::collection::vec("[!-~]", 0..=max).prop_map(|c| c.concat()).boxed()
        }
        ParameterKind::Password { .. } => any::<u32>().prop_map(|n| n.to_string()).boxed(),
        ParameterKind::Bytes { .. } | ParameterKind::Code { .. } => unreachable!("no command takes them"),
    }
}

fn requests() -> impl Strategy<Value = (Dialect, Request)> {
    prop_oneof![Just(CLASSIC), Just(KERNEL10)]
        .prop_flat_map(|dialect| (Just(dialect), 0..Ce.profile().dialect(dialect).commands.len()))
        .prop_flat_map(|(dialect, index)| {
            let command = &Ce.profile().dialect(dialect).commands[index];
            let texts: Vec<_> = command.parameters.iter().map(|p| text_for(p, dialect)).collect();
            (Just((dialect, command)), texts)
        })
        .prop_map(|((dialect, command), texts)| {
            let pairs = command.parameters.iter().map(|p| p.name).zip(texts.iter().map(String::as_str));
            (dialect, Request { command, arguments: command.arguments(pairs).unwrap() })
        })
}

proptest! {
    #[test]
    fn dissecting_what_was_composed_gives_command_and_arguments_back(
        (dialect, request) in requests(),
        address in prop_oneof![Just(0xC0u16), Just(0xDBC0), Just(253), Just(65535), any::<u16>()],
        password in prop_oneof![Just(0u32), Just(0xC0DB_C0DB), any::<u32>()],
    ) {
        let mut profile = profile(dialect, address.into());
        profile.password = Some(Secret::new(password.to_string().into_bytes()));
        let frames = Ce.compose(&profile, &request).unwrap();
        let spec = commands::by_id(dialect, request.command.id).unwrap();
        for wire in &frames {
            let explained = (&Ce as &dyn Family).dissect(wire, &Context { dialect, ..Context::default() });
            assert_tiled(&explained);
            prop_assert_eq!(explained.verdict, Verdict::Good);
            prop_assert_eq!(explained.direction, Direction::Request);
            let to = if spec.is_broadcast { 65535 } else { u64::from(address) };
            prop_assert_eq!(explained.address, Some(to));
            prop_assert!(explained.problems.is_empty(), "{:?}", explained.problems);
            prop_assert!(frame::parse(wire, Direction::Request).is_ok());
        }
        if let [wire] = frames.as_slice() {
            prop_assert_eq!(request_of(wire, dialect), Some(request.clone()));
            let explained = (&Ce as &dyn Family).dissect(wire, &Context { dialect, ..Context::default() });
            prop_assert_eq!(explained.title, request.command.title);
            prop_assert_eq!(Ce.access(wire, dialect) >= Some(request.command.access), true);
        }
    }

    #[test]
    fn any_bytes_are_explained_to_the_last_one(frame in prop::collection::vec(prop_oneof![Just(0xC0u8), Just(0xDB), Just(0x48), any::<u8>()], 0..90), dialect in 0..4u8) {
        let context = Context { dialect: Dialect(dialect), ..Context::default() };
        assert_tiled(&(&Ce as &dyn Family).dissect(&frame, &context));
        let _ = Ce.access(&frame, Dialect(dialect));
        let _ = request_of(&frame, Dialect(dialect));
    }

    #[test]
    fn any_sealed_content_is_explained_to_the_last_byte(
        is_request in any::<bool>(),
        command in prop_oneof![0x0100..0x0183u16, any::<u16>()],
        data in prop::collection::vec(any::<u8>(), 0..16),
        asked in prop::collection::vec(any::<u8>(), 0..4),
        dialect in 0..3u8,
        step in 0..6u8,
    ) {
        let asked = Packet { kind: Kind::Request { password: 7 }, to: METER, from: 253, command, data: Data::new(&asked).unwrap() };
        let kind = if is_request { Kind::Request { password: 0 } } else { Kind::Reply };
        let (to, from) = if is_request { (METER, 253) } else { (253, METER) };
        let packet = Packet { kind, to, from, command, data: Data::new(&data).unwrap() };
        for request in [None, Some(asked.to_wire())] {
            let context = Context { dialect: Dialect(dialect), request: request.as_deref(), step, ..Context::default() };
            let explained = (&Ce as &dyn Family).dissect(&packet.to_wire(), &context);
            assert_tiled(&explained);
            prop_assert_eq!(explained.verdict, Verdict::Good);
        }
    }

    #[test]
    fn a_meter_survives_any_bytes(chunk in prop::collection::vec(any::<u8>(), 0..200), dialect in 1..3u8) {
        let mut meter = Ce.responder(&setup(Dialect(dialect), &[])).unwrap();
        meter.receive(&chunk, crate::protocol::Now { at: At::ZERO, wall: drive::WALL, ahead_minutes: 0, is_summer: false });
    }

    #[test]
    fn a_meter_survives_any_request(command in prop_oneof![0x0000..0x0183u16, any::<u16>()], data in prop::collection::vec(any::<u8>(), 0..16), dialect in 1..3u8) {
        let mut meter = Ce.responder(&setup(Dialect(dialect), &[])).unwrap();
        let packet = Packet { kind: Kind::Request { password: 777_777 }, to: METER, from: 253, command, data: Data::new(&data).unwrap() };
        let now = crate::protocol::Now { at: At::ZERO, wall: drive::WALL, ahead_minutes: 0, is_summer: false };
        meter.receive(&packet.to_wire(), now);
        let told = meter.poll(now);
        let is_fit = |bytes: &[u8]| frame::parse(bytes, Direction::Reply).is_ok_and(|reply| reply.answers(&packet));
        let Some(crate::protocol::Output::Send { bytes, .. }) = told else { panic!("a reply") };
        prop_assert!(is_fit(&bytes));
    }
}
