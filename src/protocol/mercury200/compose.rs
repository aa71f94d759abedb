//! Requests made into bytes.

use super::commands::COMMANDS;
use super::layout::{LAYOUTS, Layout};
use super::wire;
use crate::protocol::{Address, Command, ComposeError, Request};

/// The layout of a command.
///
/// # Errors
/// [`ComposeError::Foreign`] when it is none of this family's.
pub(super) fn layout(command: &Command) -> Result<&'static Layout, ComposeError> {
    let row = COMMANDS.iter().position(|known| known.id == command.id && known.code == command.code);
    row.and_then(|row| LAYOUTS.get(row)).ok_or(ComposeError::Foreign(command.id))
}

/// The number an address is on the wire.
///
/// # Errors
/// [`ComposeError::Address`] when it is none of 32 bits.
pub(super) fn address(address: &Address) -> Result<u32, ComposeError> {
    address.number().and_then(|number| u32::try_from(number).ok()).ok_or_else(|| ComposeError::Address {
        text: address.text().to_owned(),
        expected: "a number of at most 4 bytes",
    })
}

/// The frame of a request to the meter with an address.
///
/// # Errors
/// [`ComposeError`] names the argument that cannot be sent.
pub(super) fn request(address: u32, request: &Request) -> Result<Vec<u8>, ComposeError> {
    let layout = layout(request.command)?;
    let mut payload = Vec::with_capacity(layout.request_size());
    for item in layout.request {
        payload.extend(item.compose(&request.arguments)?);
    }
    Ok(wire::frame(address, layout.code, &payload))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Direction, Dissection, FieldTree, Value, Verdict, hex};
    use crate::protocol::incotex::items::Origin;
    use crate::protocol::mercury200::dissect::dissect;
    use crate::protocol::{Access, Argument, Context, Kind};
    use proptest::prelude::*;

    fn command(id: &str) -> &'static Command {
        COMMANDS.iter().find(|command| command.id == id).unwrap()
    }

    fn composed(id: &str, arguments: &[(&str, &str)]) -> String {
        let command = command(id);
        let arguments = command.arguments(arguments.iter().copied()).unwrap();
        hex::spaced(&request(411_486, &Request { command, arguments }).unwrap())
    }

    #[test]
    fn published_requests_come_out_byte_for_byte() {
        // The list of mrkrasser/MercuryStats readme.md.
        assert_eq!(composed("instant", &[]), "00 06 47 5E 63 EC D4");
        assert_eq!(composed("energy", &[]), "00 06 47 5E 27 EC E7");
        assert_eq!(composed("schedule", &[]), "00 06 47 5E 31 00 E8 ED");
        assert_eq!(composed("unknown-87", &[]), "00 06 47 5E 87 EC 9F");
    }

    #[test]
    fn writes_carry_their_data_as_the_maker_lists_it() {
        let data = |id, arguments: &[(&str, &str)]| {
            let frame = composed(id, arguments);
            frame[15..frame.len() - 6].to_owned()
        };
        assert_eq!(data("set-clock", &[("time", "2011-04-18T11:24:06")]), "01 11 24 06 18 04 11");
        assert_eq!(data("set-address", &[("to", "43096744")]), "02 91 9A A8");
        assert_eq!(data("set-power-limit", &[("limit", "9999")]), "99 99");
        assert_eq!(data("relay", &[("mode", "off")]), "AA");
        assert_eq!(data("clear-battery-flag", &[]), "04 00");
        assert_eq!(data("set-reclose", &[("tries", "3"), ("pause", "5"), ("success", "60")]), "00 03 05 3C");
        assert_eq!(data("schedule", &[("day", "holiday"), ("month", "december")]), "B7");
    }

    #[test]
    fn what_is_of_another_family_or_cannot_be_sent_is_refused() {
        let own = command("energy");
        let foreign = Command { id: "foreign", ..*own };
        assert_eq!(layout(&foreign).unwrap_err(), ComposeError::Foreign("foreign"));
        assert!(address(&Address::textual("kitchen")).is_err());
        assert!(address(&Address::numeric("4294967296", 1 << 32)).is_err());
        let late = command("set-clock").arguments([("time", "2100-01-01T00:00:00")]).unwrap();
        let refused = request(1, &Request { command: command("set-clock"), arguments: late });
        assert!(matches!(refused, Err(ComposeError::Argument { name: "time", .. })));
    }

    /// Reads the arguments back out of an explained request.
    fn arguments_of(
        layout: &Layout,
        command: &Command,
        dissection: &Dissection,
    ) -> Vec<(&'static str, Argument)> {
        let wire = dissection.wire().unwrap();
        let mut fields = wire.fields.iter().filter(|field| field.depth == 0).skip(2);
        let mut found: Vec<(&'static str, Argument)> = Vec::new();
        for item in layout.request {
            let field = fields.next().unwrap();
            match item.origin {
                Origin::Nowhere => {}
                Origin::Argument(name) => found.push((name, argument_of(field.value))),
                Origin::Halves(high, low) => {
                    let Value::Hex(byte, _) = field.value else { panic!("{field:?}") };
                    found.push((high, Argument::Integer((byte >> 4).cast_signed())));
                    found.push((low, Argument::Integer((byte & 0x0F).cast_signed())));
                }
                Origin::Slice(name, _) => match found.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, Argument::Bytes(bytes))) => bytes.extend_from_slice(wire.bytes_of(field)),
                    _ => found.push((name, Argument::Bytes(wire.bytes_of(field).to_vec()))),
                },
            }
        }
        found.sort_by_key(|(name, _)| command.parameters.iter().position(|p| p.name == *name));
        found
    }

    fn argument_of(value: Value) -> Argument {
        match value {
            Value::Number(number) => Argument::Integer(number.units() as i64),
            Value::Meaning(code, _) | Value::Hex(code, _) => Argument::Integer(code.cast_signed()),
            Value::Time(time) if time.hour.is_none() => Argument::Date(time.civil().unwrap().date()),
            Value::Time(time) => Argument::DateTime(time.civil().unwrap()),
            other => panic!("{other:?}"),
        }
    }

    /// Any value a parameter takes, as text.
    fn text_for(kind: Kind) -> BoxedStrategy<String> {
        match kind {
            Kind::Integer { min, max } => (min..=max).prop_map(|n| n.to_string()).boxed(),
            Kind::Choice(choices) => {
                (0..choices.len()).prop_map(move |index| choices[index].word.to_owned()).boxed()
            }
            Kind::DateTime => (date(), 0..24u8, 0..60u8, 0..60u8)
                .prop_map(|(date, h, m, s)| format!("{date}T{h:02}:{m:02}:{s:02}"))
                .boxed(),
            Kind::Date => date().boxed(),
            Kind::Bytes { min, max } => {
                prop::collection::vec(any::<u8>(), min..=max).prop_map(|bytes| hex::compact(&bytes)).boxed()
            }
            Kind::Text { .. } | Kind::Code { .. } | Kind::Password { .. } => {
                unreachable!("this family has none")
            }
        }
    }

    fn date() -> impl Strategy<Value = String> {
        (2000..2100i16, 1..13u8, 1..29u8).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"))
    }

    fn any_request() -> impl Strategy<Value = Request> {
        (0..COMMANDS.len()).prop_flat_map(|row| {
            let command = &COMMANDS[row];
            let texts: Vec<BoxedStrategy<String>> =
                command.parameters.iter().map(|parameter| text_for(parameter.kind)).collect();
            texts.prop_map(move |texts| {
                let pairs = command.parameters.iter().map(|p| p.name).zip(texts.iter().map(String::as_str));
                Request { command, arguments: command.arguments(pairs).unwrap() }
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        #[test]
        fn explaining_a_composed_request_gives_back_what_was_composed(
            asked in any_request(),
            address in any::<u32>(),
            is_told in any::<bool>(),
        ) {
            let bytes = request(address, &asked).unwrap();
            let direction = if is_told { Direction::Request } else { Direction::Unknown };
            let dissection = dissect(&bytes, &Context { direction, ..Context::default() });
            prop_assert_eq!(dissection.address, Some(address.into()));
            prop_assert_eq!(dissection.title, asked.command.title);
            prop_assert_eq!(dissection.direction, Direction::Request);
            prop_assert_eq!(dissection.verdict, Verdict::Good);
            prop_assert!(dissection.readings.is_empty());
            prop_assert!(dissection.wire().unwrap().fields.tiles(bytes.len()));
            let back = arguments_of(layout(asked.command).unwrap(), asked.command, &dissection);
            let given: Vec<_> = asked.arguments.iter().map(|(name, value)| (name, value.clone())).collect();
            prop_assert_eq!(back, given);
        }

        #[test]
        fn only_reads_are_taken_for_reads(asked in any_request(), address in any::<u32>()) {
            let bytes = request(address, &asked).unwrap();
            let access = crate::protocol::mercury200::asked::access(&bytes);
            prop_assert_eq!(access, Some(asked.command.access));
            prop_assert_eq!(access == Some(Access::Read), asked.command.access == Access::Read);
        }
    }
}
