//! What holds for any bytes.

use proptest::prelude::*;

use super::super::form::Form;
use super::super::{Mercury230, compose, rows, wire};
use super::published::vectors;
use crate::frame::{At, Direction, Dissection, FieldTree, Value, Verdict, hex};
use crate::protocol::incotex::items::Origin;
use crate::protocol::{
    Argument, Context, Dialect, Family, Integrity, Kind, LineSettings, Piece, PieceKind, Request, Seen,
    Source, laws,
};

fn direction() -> impl Strategy<Value = Direction> {
    prop::sample::select(vec![Direction::Request, Direction::Reply, Direction::Push, Direction::Unknown])
}

/// Frames with a good CRC, of listed commands for the most part.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let code = prop_oneof![
        4 => (0..rows::COMMANDS.len()).prop_map(|row| rows::rows().nth(row).unwrap().code.to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..3),
    ];
    (any::<u8>(), code, prop::collection::vec(any::<u8>(), 0..20))
        .prop_map(|(address, code, rest)| wire::frame(address, &[code, rest].concat()))
}

/// Whatever comes, the fields cover it and nothing is read that is not good.
fn check(bytes: &[u8], request: Option<&[u8]>, direction: Direction, dialect: u8) {
    let context = Context { direction, request, dialect: Dialect(dialect), ..Context::default() };
    let dissection = (&Mercury230 as &dyn Family).dissect(bytes, &context);
    let layer = dissection.wire().unwrap();
    assert_eq!(layer.bytes.as_ref(), bytes);
    assert!(layer.fields.tiles(bytes.len()), "{:?}", layer.fields);
    assert!(dissection.readings.is_empty() || dissection.verdict == Verdict::Good);
    assert!(dissection.readings.is_empty() || dissection.direction != Direction::Request);
    assert!(dissection.readings.is_empty() || request.is_some(), "readings without a request");
    for problem in &dissection.problems {
        assert!(problem.span.is_none_or(|span| span.range().end <= bytes.len()));
    }
    let _ = (dissection.summary(), layer.fields.iter().map(|field| layer.text_of(field)).collect::<Vec<_>>());
}

/// Any value a parameter takes, as text.
fn text_for(name: &'static str, kind: Kind) -> BoxedStrategy<String> {
    let date = || (2000..2100i16, 1..13u8, 1..29u8).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"));
    match kind {
        // An array by month needs one.
        Kind::Choice(choices) if name == "month" => {
            (1..choices.len()).prop_map(move |index| choices[index].word.to_owned()).boxed()
        }
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
        Kind::Text { max } => prop::collection::vec(b'A'..=b'Z', max)
            .prop_map(|letters| letters.into_iter().map(char::from).collect())
            .boxed(),
        Kind::Password { .. } => "[1-9]{6}".boxed(),
        Kind::Code { .. } => unreachable!("this family has none"),
    }
}

fn any_request() -> impl Strategy<Value = Request> {
    (0..rows::COMMANDS.len()).prop_flat_map(|row| {
        let command = &rows::COMMANDS[row];
        let texts: Vec<BoxedStrategy<String>> =
            command.parameters.iter().map(|parameter| text_for(parameter.name, parameter.kind)).collect();
        texts.prop_map(move |texts| {
            let pairs = command.parameters.iter().map(|p| p.name).zip(texts.iter().map(String::as_str));
            Request { command, arguments: command.arguments(pairs).unwrap() }
        })
    })
}

/// The arguments read back out of an explained request. Passwords are not told, so they are taken as given.
fn arguments_of(asked: &Request, dissection: &Dissection) -> Vec<(&'static str, Argument)> {
    let row = rows::by_command(asked.command).unwrap();
    let wire = dissection.wire().unwrap();
    let mut fields = wire.fields.iter().filter(|field| field.depth == 0).skip(2);
    let mut found: Vec<(&'static str, Argument)> = Vec::new();
    for item in row.arguments {
        let Some(field) = fields.next() else { continue };
        match (item.origin, item.form) {
            (Origin::Nowhere, _) => {}
            (Origin::Slice(..), _) => {
                panic!("{}: no request of this family has a part of an argument", item.name)
            }
            (Origin::Argument(name), Form::Secret) => {
                assert_eq!(field.value, Value::Secret);
                found.push((name, asked.arguments.get(name).unwrap().clone()));
            }
            (Origin::Argument(name), Form::Bytes(_) | Form::Rest(..)) if field.label.to_string() != "CRC" => {
                found.push((name, Argument::Bytes(wire.bytes_of(field).to_vec())));
            }
            (Origin::Argument(name), Form::Bytes(_) | Form::Rest(..)) => {
                found.push((name, Argument::Bytes(Vec::new())));
            }
            (Origin::Argument(name), Form::Text(_)) => {
                found.push((name, Argument::Text(String::from_utf8(wire.bytes_of(field).to_vec()).unwrap())));
            }
            (Origin::Argument(name), _) => found.push((name, argument_of(field.value))),
            (Origin::Halves(high, low), _) => {
                let Value::Hex(byte, _) = field.value else { panic!("{field:?}") };
                found.push((high, Argument::Integer((byte >> 4).cast_signed())));
                found.push((low, Argument::Integer((byte & 0x0F).cast_signed())));
            }
        }
    }
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn explaining_a_composed_request_gives_back_what_was_composed(
        asked in any_request(),
        address in any::<u8>(),
        is_told in any::<bool>(),
    ) {
        let bytes = wire::frame(address, &compose::body(&asked, Dialect::default()).unwrap());
        let is_test = asked.command.id == "link-test";
        let direction = if is_told || is_test { Direction::Request } else { Direction::Unknown };
        let dissection = (&Mercury230 as &dyn Family).dissect(&bytes, &Context { direction, ..Context::default() });
        prop_assert_eq!(dissection.address, Some(address.into()));
        prop_assert_eq!(dissection.direction, Direction::Request);
        prop_assert_eq!(dissection.verdict, Verdict::Good);
        prop_assert!(dissection.readings.is_empty());
        prop_assert!(dissection.wire().unwrap().fields.tiles(bytes.len()));
        let row = rows::of(&bytes[1..bytes.len() - 2]).unwrap();
        // What a choice of one command asks for may be a command of its own.
        let is_own = row.command.id == asked.command.id;
        prop_assert!(is_own || row.code.starts_with(rows::by_command(asked.command).unwrap().code));
        if is_own {
            prop_assert_eq!(dissection.title, asked.command.title);
            let given: Vec<_> = asked.arguments.iter().map(|(name, value)| (name, value.clone())).collect();
            prop_assert_eq!(arguments_of(&asked, &dissection), given);
        }
        let access = Mercury230.access(&bytes, Dialect::default()).unwrap();
        prop_assert!(access >= asked.command.access);
    }

    #[test]
    fn any_bytes_are_explained_to_the_last(
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        request in prop::option::of(frame()),
        direction in direction(),
        dialect in 0..4u8,
    ) {
        check(&bytes, request.as_deref(), direction, dialect);
        let _ = Mercury230.access(&bytes, Dialect(dialect));
    }

    #[test]
    fn any_answer_to_any_request_is_explained_to_the_last(
        asked in any_request(),
        other in any::<bool>(),
        data in prop::collection::vec(any::<u8>(), 300),
        direction in direction(),
        dialect in 0..4u8,
    ) {
        let body = compose::body(&asked, Dialect::default()).unwrap();
        let request = wire::frame(7, &body);
        for size in rows::reply_sizes(&body) {
            check(&wire::frame(7 + u8::from(other), &data[..size]), Some(&request), direction, dialect);
            check(&wire::frame(7, &data[..=size]), Some(&request), direction, dialect);
        }
    }

    #[test]
    fn framing_loses_nothing_and_does_not_depend_on_chunks(
        parts in prop::collection::vec(prop_oneof![frame(), prop::collection::vec(any::<u8>(), 0..40)], 0..12),
        cuts in prop::collection::vec(0..400usize, 0..6),
    ) {
        for source in [Source::Requests, Source::Replies, Source::Both] {
            laws::stream(&Mercury230, source, &parts.concat(), &cuts);
        }
    }

    #[test]
    fn mutated_published_frames_are_explained_to_the_last(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let vectors = vectors();
        let vector = which.get(&vectors);
        let mut bytes = vector.bytes.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        check(&bytes, vector.request.as_deref(), Direction::Unknown, 0);
    }

    #[test]
    fn the_tracker_takes_anything(
        frames in prop::collection::vec((prop_oneof![frame(), prop::collection::vec(any::<u8>(), 0..50)], 0..3usize), 0..30),
    ) {
        let mut tracker = Mercury230.tracker(Dialect::default());
        for (number, (bytes, source)) in frames.iter().enumerate() {
            let source = [Source::Requests, Source::Replies, Source::Both][*source];
            let number = number as u32;
            let seen = Seen { number, bytes, source, first: At::ZERO, last: At::ZERO };
            let relation = tracker.track(seen);
            prop_assert!(relation.answers.is_none_or(|answered| answered < number));
        }
    }
}

#[test]
fn no_single_flipped_bit_of_a_published_frame_passes() {
    for vector in vectors() {
        for bit in 0..vector.bytes.len() * 8 {
            let mut bytes = vector.bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let context = Context { request: vector.request.as_deref(), ..Context::default() };
            let dissection = (&Mercury230 as &dyn Family).dissect(&bytes, &context);
            assert!(dissection.verdict.is_bad(), "{} bit {bit}", vector.id);
            assert!(dissection.readings.is_empty(), "{} bit {bit}", vector.id);
            // Where a CRC ends in a zero, the frame without it is sound, too: what is in front of a damaged last
            // byte is then as good a frame as any.
            let (_, shorter) = bytes.split_last().unwrap();
            if wire::Frame::parse(shorter).is_some_and(|frame| frame.is_sound()) {
                continue;
            }
            for source in [Source::Requests, Source::Replies, Source::Both] {
                let kinds = pieces(&bytes, source);
                assert!(
                    !kinds.contains(&PieceKind::Frame(Integrity::Good)),
                    "{} bit {bit} {source:?}",
                    vector.id
                );
                assert!(
                    kinds.contains(&PieceKind::Frame(Integrity::Bad)),
                    "{} bit {bit} {source:?}",
                    vector.id
                );
            }
        }
    }
}

fn pieces(bytes: &[u8], source: Source) -> Vec<PieceKind> {
    let mut kinds = Vec::new();
    let mut note = |piece: Piece<'_>| kinds.push(piece.kind);
    let mut framer = Mercury230.framer(source, LineSettings::default());
    framer.push(bytes, At::ZERO, &mut note);
    framer.finish(&mut note);
    kinds
}
