//! What holds for any bytes.

use proptest::prelude::*;

use super::super::{Mercury200, layout, wire};
use super::published::vectors;
use crate::frame::{At, Direction, FieldTree, Verdict};
use crate::protocol::{Context, Dialect, Family, Integrity, LineSettings, Piece, PieceKind, Seen, Source};

fn direction() -> impl Strategy<Value = Direction> {
    prop::sample::select(vec![Direction::Request, Direction::Reply, Direction::Push, Direction::Unknown])
}

/// Frames with a good CRC and any payload, of listed commands for the most part.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let code = prop_oneof![
        4 => (0..layout::LAYOUTS.len()).prop_map(|row| layout::LAYOUTS[row].code),
        1 => any::<u8>(),
    ];
    (any::<u32>(), code, prop::collection::vec(any::<u8>(), 0..30))
        .prop_map(|(address, code, payload)| wire::frame(address, code, &payload))
}

/// Whatever comes, the fields cover it and nothing is read that is not good.
fn check(bytes: &[u8], request: Option<&[u8]>, direction: Direction) {
    let dissection =
        (&Mercury200 as &dyn Family).dissect(bytes, &Context { direction, request, ..Context::default() });
    let layer = dissection.wire().unwrap();
    assert_eq!(layer.bytes.as_ref(), bytes);
    assert!(layer.fields.tiles(bytes.len()), "{:?}", layer.fields);
    assert!(dissection.readings.is_empty() || dissection.verdict == Verdict::Good);
    assert!(dissection.readings.is_empty() || dissection.direction != Direction::Request);
    for problem in &dissection.problems {
        assert!(problem.span.is_none_or(|span| span.range().end <= bytes.len()));
    }
    let _ = (dissection.summary(), layer.fields.iter().map(|field| layer.text_of(field)).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_bytes_are_explained_to_the_last(
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        direction in direction(),
    ) {
        check(&bytes, None, direction);
        let _ = Mercury200.access(&bytes, Dialect::default());
    }

    #[test]
    fn any_payload_of_any_command_is_explained_to_the_last(
        bytes in frame(),
        request in prop::option::of(frame()),
        direction in direction(),
    ) {
        check(&bytes, request.as_deref(), direction);
        let own = wire::Frame::parse(&bytes).map(|f| wire::frame(f.address, f.code, &[0x02]));
        check(&bytes, own.as_deref(), direction);
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
        check(&bytes, vector.request.as_deref(), Direction::Unknown);
    }

    #[test]
    fn the_tracker_takes_anything(
        frames in prop::collection::vec((prop_oneof![frame(), prop::collection::vec(any::<u8>(), 0..50)], 0..3usize), 0..30),
    ) {
        let mut tracker = Mercury200.tracker(Dialect::default());
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
    for vector in vectors().iter().filter(|vector| vector.is_sound()) {
        for bit in 0..vector.bytes.len() * 8 {
            let mut bytes = vector.bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let context = Context { request: vector.request.as_deref(), ..Context::default() };
            let dissection = (&Mercury200 as &dyn Family).dissect(&bytes, &context);
            assert!(dissection.verdict.is_bad(), "{} bit {bit}", vector.id);
            assert!(dissection.readings.is_empty(), "{} bit {bit}", vector.id);
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
    let mut framer = Mercury200.framer(source, LineSettings::default());
    framer.push(bytes, At::ZERO, &mut note);
    framer.finish(&mut note);
    kinds
}
