//! A telegram of seven bits with parity on a line that is taken for 8N1: the parity bit is checked and taken out.

use super::{ID, direction, explain};
use crate::frame::{Dissection, Field, Layer, LayerKind, Origin, Problem, ProblemCode, Span, Value, Verdict};
use crate::protocol::Context;
use crate::protocol::dissection_builder::{self, Head};
use crate::protocol::dsmr_p1::wire::without_parity;

/// Explains one: the text is a layer of its own.
pub(super) fn dissect(bytes: &[u8], context: &Context<'_>) -> Dissection {
    let (text, odd) = without_parity(bytes);
    let found = explain::<Vec<Field>>(&text, 0, context.dialect);
    let whole = Span::new(0, bytes.len());
    let wire = Field::new("text with parity bits", whole, Value::Bytes);
    let origin = Origin { here: whole, part: 0, wire: whole };
    let mut layers = vec![
        dissection_builder::wire(bytes, vec![wire]),
        Layer { kind: LayerKind::SevenBits, bytes: text.into(), fields: found.fields, from: vec![origin] },
    ];
    layers.extend(found.texts.into_layer());
    let mut problems = vec![Problem { code: ProblemCode::Parity, text: TOLD.into(), span: None }];
    if let Some(at) = odd {
        let text = "a character whose parity bit is wrong: bits are wrong";
        problems.push(Problem {
            code: ProblemCode::BitError,
            text: text.into(),
            span: Some(Span::new(at, at + 1)),
        });
    }
    problems.extend(found.problems);
    let verdict = if odd.is_some() { Verdict::Malformed("a parity bit is wrong") } else { found.verdict };
    let (direction, checksum) = (direction(context), found.checksum);
    let head = Head { direction, verdict, checksum, ..Head::new(ID, found.title, context) };
    head.over(layers, found.readings, problems)
}

const TOLD: &str = "the meter sends 7E1 and the line is taken for 8N1: read without the parity bit";
