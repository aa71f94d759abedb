//! Every published and invented telegram, cut, damaged and spliced.

use super::{Expected, Vector, listen, readings, vector, vectors, vectors_in};
use crate::protocol::MeterKey;

const PEERS: &str = include_str!("../../../../tests/vectors/dlms_peers.jsonl");

/// From cut to cut, and from damaged byte to damaged byte: odd, so that all kinds of places are met.
const CUTS: usize = 11;
const FLIPS: usize = 5;
const SPLICES: usize = 29;

/// A telegram, the keys for it and the whole one after it, and what both say.
struct Case {
    vector: Vector,
    keys: Vec<MeterKey>,
    next: Vec<u8>,
    own: Vec<(String, String)>,
    after: Vec<(String, String)>,
}

impl Case {
    fn of(vector: Vector) -> Self {
        let name =
            if vector.protocol() == "mbus-dlms" { "syn-kaifa-250" } else { "syn-hdlc-segmented-encrypted" };
        let next = super::vector(name);
        let keys = [vector.keys(), next.keys()].concat();
        let own = readings(&listen(vector.family(), &[&vector.bytes()], &keys));
        let after = readings(&listen(next.family(), &[&next.bytes()], &next.keys()));
        assert!(after.len() > 5);
        let next = next.bytes();
        Self { vector, keys, next, own, after }
    }

    fn told(&self, stream: &[u8]) -> Vec<Expected> {
        listen(self.vector.family(), &[stream], &self.keys)
    }

    /// Whatever a stream says, one of the two telegrams says it, and the whole one behind it is read.
    fn check(&self, stream: &[u8], what: &str) {
        let id = &self.vector.id;
        let found = readings(&self.told(&[stream, &self.next].concat()));
        let stranger =
            found.iter().find(|reading| !self.own.contains(reading) && !self.after.contains(reading));
        assert_eq!(stranger, None, "{id} {what}");
        let missed = self.after.iter().find(|reading| !found.contains(reading));
        assert_eq!(missed, None, "{id} {what}: the next one is not read");
    }
}

/// Telegrams that something covers on their way.
fn carried() -> Vec<Case> {
    let all = vectors().into_iter().chain(vectors_in(PEERS));
    let on_carrier = |vector: &Vector| matches!(vector.protocol(), "mbus-dlms" | "hdlc-dlms");
    let is_clean = |vector: &Vector| vector.json["expect"].is_null();
    let cases: Vec<Case> = all.filter(|v| on_carrier(v) && is_clean(v)).map(Case::of).collect();
    assert!(cases.len() > 70, "{}", cases.len());
    cases
}

#[test]
fn of_any_telegram_cut_anywhere_nothing_false_is_read_and_the_next_one_is() {
    for (number, case) in carried().iter().enumerate() {
        let bytes = case.vector.bytes();
        for at in (1 + number % CUTS..bytes.len()).step_by(CUTS) {
            case.check(&bytes[..at], &format!("cut at {at}"));
            case.check(&bytes[at..], &format!("from {at}"));
        }
    }
}

#[test]
fn of_any_telegram_with_a_bit_flipped_nothing_false_is_read_and_the_next_one_is() {
    for (number, case) in carried().iter().enumerate() {
        let bytes = case.vector.bytes();
        for at in (number % FLIPS..bytes.len()).step_by(FLIPS) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            case.check(&damaged, &format!("bit {} of byte {at}", at % 8));
        }
    }
}

#[test]
fn any_telegram_may_be_spliced_into_another() {
    let other = vector("syn-hdlc-gbt-auth").bytes();
    let segments = vector("syn-auth-0x30").bytes();
    for (number, case) in carried().iter().enumerate() {
        let bytes = case.vector.bytes();
        let around = if case.vector.protocol() == "mbus-dlms" { &segments } else { &other };
        for at in (1 + number % SPLICES..around.len()).step_by(SPLICES) {
            let stream = [&around[..at], &bytes, &around[at..]].concat();
            let found = readings(&case.told(&stream));
            let known = readings(&case.told(around));
            let stranger =
                found.iter().find(|reading| !case.own.contains(reading) && !known.contains(reading));
            assert_eq!(stranger, None, "{} in the other at {at}", case.vector.id);
        }
    }
}
