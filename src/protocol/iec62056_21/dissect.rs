//! Explaining a frame down to its last byte.

mod asked;
mod energomera;
mod head;
mod lines;
mod load_profile;
mod neva;
mod scalar;
mod sets;
mod sheet;

use std::borrow::Cow;

pub(super) use asked::Asked;
use sheet::Sheet;

use super::PROTOCOL;
use super::bcc::{CHECK, Method, Rule};
use super::message::{Block, Command, End, Message, parse};
use super::step::Stand;
use crate::frame::checksum::CheckKind;
use crate::frame::{
    Checksum, Direction, Dissection, Field, Layer, LayerKind, Origin, ProblemCode, Reason, Span, Value,
    Verdict, doubt_all,
};
use crate::protocol::dissection_builder::{self, Head};
use crate::protocol::{Context, Weight};
use crate::reading::{Check, Doubt};

/// A frame explained, and whether it says no.
#[derive(Debug)]
pub(super) struct Explained {
    /// The explanation.
    pub dissection: Dissection,
    /// An error that the meter answers with: its number, where it has one, and what it means.
    pub refused: Option<(Option<u16>, &'static str)>,
}

/// Explains one frame. Never fails, whatever the bytes.
pub(super) fn explain(wire: &[u8], context: &Context<'_>) -> Explained {
    let text = seven_bits(wire);
    let has_parity = matches!(text, Cow::Owned(_));
    let message = parse(&text);
    let mut sheet = Sheet::new(&text);
    let odd = if has_parity { Weight::Even.errors(wire) } else { 0 };
    let (verdict, checksum) = judge(&message, &text, context, odd);
    let direction = direction(&message, &text, context);
    sheet.reads = !verdict.is_bad() && !matches!(direction, Direction::Request | Direction::Unknown);
    let address = head::lay(&mut sheet, &message, context);
    sum_field(&mut sheet, &message, verdict);
    rest(&mut sheet);
    if odd > 0 {
        sheet.problem(ProblemCode::Parity, format!("{odd} characters with wrong parity"));
    }
    if let Some(text) = checksum.filter(|_| verdict.is_bad()).map(|sum| mismatch(&message, &text, sum)) {
        sheet.problem(ProblemCode::Checksum, text);
    }
    judge_names(&mut sheet);
    let Sheet { fields, readings, problems, title, refused, .. } = sheet;
    let layers = layers(wire, &text, fields, has_parity);
    let head = Head { protocol: PROTOCOL, direction, address, title, verdict, checksum };
    let dissection = head.over(layers, readings, problems);
    let check = if checksum.is_some() { CHECK } else { Check::None };
    Explained { dissection: dissection.carried_under(check), refused }
}

/// Doubts an answer that names one register twice, or a line of which has lost its name.
fn judge_names(sheet: &mut Sheet<'_>) {
    if sheet.has_double_name {
        sheet.problem(
            ProblemCode::DoubleCode,
            "one name comes twice in this answer: one of them may be damaged",
        );
        doubt_all(&mut sheet.readings, Doubt::DoubleCode);
    }
    if sheet.has_lost_name {
        sheet.problem(ProblemCode::LostName, "a line of this answer has lost its name or its brackets");
        doubt_all(&mut sheet.readings, Doubt::LostName);
    }
}

/// The bytes without parity bits.
pub(super) fn seven_bits(wire: &[u8]) -> Cow<'_, [u8]> {
    if wire.is_ascii() {
        Cow::Borrowed(wire)
    } else {
        Cow::Owned(wire.iter().map(|byte| byte & 0x7F).collect())
    }
}

const fn block(message: &Message) -> Option<&Block> {
    match message {
        Message::Command(Command { block, .. })
        | Message::Fast(_, Command { block, .. })
        | Message::Data(block) => Some(block),
        _ => None,
    }
}

fn method(context: &Context<'_>) -> Method {
    match Method::of(context.dialect) {
        Method::Auto(_) if Stand::decode(context.step).adds => Method::Auto(Rule::Add7),
        method => method,
    }
}

fn judge(message: &Message, text: &[u8], context: &Context<'_>, odd: usize) -> (Verdict, Option<Checksum>) {
    let Some(block) = block(message) else {
        let verdict = match message {
            Message::Unknown => Verdict::Malformed("not a message of this protocol"),
            _ if odd > 0 => Verdict::Malformed("wrong parity, and no check character that could save it"),
            Message::SignOn(_) | Message::Table(_) if !text.ends_with(b"\n") => {
                Verdict::Malformed("the line end is missing")
            }
            _ => Verdict::Unchecked(Reason::NoChecksum),
        };
        return (verdict, None);
    };
    let Some(found) = block.bcc.and_then(|at| text.get(at)).copied() else {
        let content = text.get(block.content.clone()).unwrap_or_default();
        let is_whole = content.trim_ascii_end().ends_with(b"!");
        let verdict =
            if is_whole { Verdict::Unchecked(Reason::CutShort) } else { Verdict::Malformed("cut short") };
        return (verdict, None);
    };
    let covered = block.covered(text);
    let (rule, expected) = match method(context).judge(covered, found) {
        Ok(rule) => (rule, found),
        Err(rule) => (rule, rule.of(covered)),
    };
    let sum = Checksum::new(rule.kind(), found.into(), expected.into(), 2);
    let has_more = block.bcc.is_some_and(|at| at + 1 < text.len());
    if has_more && !sum.verdict().is_bad() {
        return (Verdict::Malformed("bytes behind the check character"), Some(sum));
    }
    (sum.verdict(), Some(sum))
}

/// What is wrong with a check character, and whether the other rule would have given it.
fn mismatch(message: &Message, text: &[u8], sum: Checksum) -> String {
    let Checksum { kind, found, expected, .. } = sum;
    let other = if kind == CheckKind::Xor7 { Rule::Add7 } else { Rule::Xor7 };
    let covered = block(message).map(|block| block.covered(text)).unwrap_or_default();
    let alternative = u32::from(other.of(covered));
    let fits = if alternative == found { ", which fits" } else { "" };
    format!(
        "{} {found:02X}, expected {expected:02X}; {} would be {alternative:02X}{fits}",
        kind.name(),
        other.name()
    )
}

/// Who sends a message shows in its form; acknowledgements and sign-offs come from either.
fn direction(message: &Message, text: &[u8], context: &Context<'_>) -> Direction {
    let known = |guess: Direction| {
        if context.direction == Direction::Unknown { guess } else { context.direction }
    };
    match message {
        Message::Command(Command { code: [b'P', b'0'], .. }) => Direction::Reply,
        Message::Command(Command { code: [b'B', _], .. }) => known(Direction::Request),
        Message::SignOn(_)
        | Message::Table(_)
        | Message::Fast(..)
        | Message::Select(_)
        | Message::Command(_) => Direction::Request,
        Message::Lines => known(if text.starts_with(b"\r\n") { Direction::Push } else { Direction::Reply }),
        Message::Identification(_) | Message::Data(_) | Message::Ack | Message::Nak => {
            known(Direction::Reply)
        }
        Message::Unknown => context.direction,
    }
}

/// The end of a block and its check character.
fn sum_field(sheet: &mut Sheet<'_>, message: &Message, verdict: Verdict) {
    let Some(block) = block(message) else { return };
    if block.end != End::Missing {
        let name = if block.end == End::Last { "ETX" } else { "EOT, another block follows" };
        sheet.field(name, block.end_at..block.end_at + 1, Value::Bytes);
    }
    if let Some(at) = block.bcc {
        let found = sheet.text.get(at).copied().unwrap_or_default();
        if let Some(field) = sheet.field("BCC", at..at + 1, Value::Checksum(found.into(), 2)) {
            field.verdict = verdict;
        }
    }
}

/// What no rule has explained.
fn rest(sheet: &mut Sheet<'_>) {
    let end = sheet.fields.last().map_or(0, |field| field.span.range().end);
    let whole = sheet.text.len();
    if sheet.fields.is_empty() {
        sheet.fields.push(Field::new("unexplained", Span::new(0, whole), Value::Bytes));
    } else {
        sheet.field("unexplained", end..whole, Value::Bytes);
    }
}

/// The wire, and under parity in software the text that it carries; both have the same places.
fn layers(wire: &[u8], text: &[u8], fields: Vec<Field>, has_parity: bool) -> Vec<Layer> {
    if !has_parity {
        return vec![dissection_builder::wire(wire, fields)];
    }
    let raw = |field: &Field| {
        let value = if field.value == Value::Text { Value::Bytes } else { field.value };
        Field { value, ..field.clone() }
    };
    let wire_fields = fields.iter().map(raw).collect();
    let whole = Span::new(0, wire.len());
    let origin = Origin { here: whole, part: 0, wire: whole };
    vec![
        dissection_builder::wire(wire, wire_fields),
        Layer { kind: LayerKind::Text, bytes: text.into(), fields, from: vec![origin] },
    ]
}
