//! APDUs without any carrier, as they are pasted from logs: ciphered or plain, with nothing to check them by.

use super::axdr::Tree;
use super::ciphering::{self, DATA_NOTIFICATION, GLO_CIPHERING};
use super::push::{Assembled, Push};
use super::standing::Standing;
use crate::frame::{Direction, Dissection, Layer, Reason, Value, Verdict};
use crate::protocol::Context;
use crate::protocol::delimited::{Before, Grammar, Shape};
use crate::protocol::sheet::Sheet;

/// The shortest and longest ciphered APDU that is believed to be one, by its length field.
const PLAUSIBLE: std::ops::RangeInclusive<usize> = 17..=2000;

/// A carrier's grammar, and APDUs without a carrier after silence.
#[derive(Debug, Clone, Copy)]
pub struct OrBare<G>(pub G);

impl<G: Grammar> Grammar for OrBare<G> {
    fn examine(&self, bytes: &[u8], before: Before) -> Shape {
        match self.0.examine(bytes, before) {
            Shape::Nothing if before == Before::Silence => apdu(bytes),
            shape => shape,
        }
    }
}

/// What bytes are as the beginning of an APDU.
fn apdu(bytes: &[u8]) -> Shape {
    match bytes {
        [GLO_CIPHERING] => Shape::Start,
        [GLO_CIPHERING, 8, ..] => match ciphering::header(bytes, 0) {
            Ok(header) if !PLAUSIBLE.contains(&header.length) => Shape::Nothing,
            Ok(header) if header.end() <= bytes.len() => Shape::Unchecked(header.end()),
            Ok(_) => Shape::Start,
            Err(bad) if bad.code == "apdu-incomplete" => Shape::Start,
            Err(_) => Shape::Nothing,
        },
        [DATA_NOTIFICATION, ..] => plain(bytes),
        _ => Shape::Nothing,
    }
}

fn plain(bytes: &[u8]) -> Shape {
    let body = match bytes.get(5..).unwrap_or_default() {
        [] | [9] => return Shape::Start,
        [0, ..] => 6,
        [12, ..] => 18,
        [9, 12, ..] => 19,
        _ => return Shape::Nothing,
    };
    if body >= bytes.len() {
        return Shape::Start;
    }
    if bytes.len() > *PLAUSIBLE.end() {
        return Shape::Nothing;
    }
    let tree = Tree::read(bytes, body);
    match tree.halt {
        None => Shape::Unchecked(tree.end),
        Some(halt) if halt.is_short => Shape::Start,
        Some(_) => Shape::Nothing,
    }
}

/// Whether a frame is an APDU without a carrier.
pub fn is_apdu(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(&(GLO_CIPHERING | DATA_NOTIFICATION)))
}

/// Explains one.
pub fn dissect(protocol: &'static str, bytes: &[u8], context: &Context<'_>) -> Dissection {
    let mut sheet = Sheet::default();
    sheet.field(0, "APDU", (0, bytes.len()), Value::Bytes).note("without a carrier: nothing checks it");
    let mut assembled = Assembled::default();
    assembled.add(0, bytes, (0, bytes.len()));
    let push = Push { assembled: &assembled, is_whole: true, standing: Standing::default(), context };
    let explained = push.explain(&mut sheet);
    let verdict = match explained.verdict {
        Verdict::Good if explained.is_authentic => Verdict::Good,
        Verdict::Good => Verdict::Unchecked(Reason::NoChecksum),
        other => other,
    };
    let wire = Layer { name: "wire", bytes: bytes.into(), fields: sheet.fields, from: Vec::new() };
    let mut layers = vec![wire];
    layers.extend(explained.layers);
    Dissection {
        direction: Direction::Push,
        verdict,
        layers,
        readings: if verdict.is_bad() { Vec::new() } else { sheet.readings },
        problems: sheet.problems,
        ..Dissection::unexplained(protocol, &[], explained.title)
    }
}
