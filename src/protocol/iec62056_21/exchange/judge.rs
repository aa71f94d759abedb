//! What a frame is, as an answer to a command.

use crate::frame::{Direction, Dissection};
use crate::protocol::iec62056_21::bcc::Rule;
use crate::protocol::iec62056_21::compose::Query;
use crate::protocol::iec62056_21::dissect::{Asked, explain, seven_bits};
use crate::protocol::iec62056_21::message::{Command, End, Message, parse};
use crate::protocol::{Context, Dialect};
use crate::reading::Reading;

/// What a frame is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// ACK.
    Accepted,
    /// NAK.
    Denied,
    /// The meter ends the session.
    Ended,
    /// Its operand for the password.
    Operand(Vec<u8>),
    /// Data.
    Data {
        readings: Vec<Reading>,
        /// Between the first opening bracket and the last closing one.
        value: Vec<u8>,
        /// Whether it names another address than was asked for.
        other: bool,
        /// Whether another block follows.
        more: bool,
        /// Whether it goes to its end: lines to their `!`.
        is_whole: bool,
    },
    /// An error.
    Refused { code: Option<u16>, meaning: &'static str },
    /// Damaged: `BCC xor7 53, expected 5A`.
    Damaged(String),
    /// An identification.
    Identification(Vec<u8>),
    /// Nothing that a meter answers: an echo, another master.
    Foreign,
}

/// What is known when a frame is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub dialect: Dialect,
    /// The rule that frames of this meter have been seen to follow.
    pub rule: Option<Rule>,
    pub asked: Option<&'a Query>,
}

/// What speaks against a frame: its checksum, or that it fits by another rule than those before it.
fn what_is_wrong(dissection: &Dissection, known: Option<Rule>, found: Option<Rule>) -> Option<String> {
    if dissection.verdict.is_bad() {
        return Some(damage(&dissection.clone().sealed()));
    }
    let (expected, found) = known.zip(found).filter(|(expected, found)| expected != found)?;
    Some(format!("{} fits, but this meter has used {}", found.name(), expected.name()))
}

/// Judges a frame, and tells the rule of its check character where only one fits.
pub(super) fn judge(wire: &[u8], known: Known<'_>) -> (Verdict, Option<Rule>) {
    let text = seven_bits(wire);
    let message = parse(&text);
    let request = known.asked.map(|query| query.frame(Rule::Xor7));
    let context = Context {
        direction: Direction::Reply,
        request: request.as_deref(),
        dialect: known.dialect,
        ..Context::default()
    };
    let explained = explain(wire, &context);
    let rule = only_rule(&message, &text);
    let dissection = explained.dissection;
    if !matches!(message, Message::Unknown)
        && let Some(what) = what_is_wrong(&dissection, known.rule, rule)
    {
        return (Verdict::Damaged(what), None);
    }
    if let Some((code, meaning)) = explained.refused.filter(|_| matches!(message, Message::Data(_))) {
        return (Verdict::Refused { code, meaning }, rule);
    }
    (verdict(message, &text, dissection.readings, known.asked), rule)
}

/// What a sound frame that refuses nothing says.
fn verdict(message: Message, text: &[u8], readings: Vec<Reading>, asked: Option<&Query>) -> Verdict {
    match message {
        Message::Ack => Verdict::Accepted,
        Message::Nak => Verdict::Denied,
        Message::Identification(_) => Verdict::Identification(text.to_vec()),
        Message::Command(Command { code: [b'B', _], .. }) => Verdict::Ended,
        Message::Command(Command { code: [b'P', b'0'], block, .. }) => {
            Verdict::Operand(bracketed(text.get(block.content).unwrap_or_default()).to_vec())
        }
        Message::Data(block) => {
            let content = text.get(block.content.clone()).unwrap_or_default();
            let value = bracketed(content).to_vec();
            let other = asked.is_some_and(|query| names_another(content, query));
            Verdict::Data { readings, value, other, more: block.end == End::More, is_whole: true }
        }
        Message::Lines => {
            let is_whole = text.trim_ascii_end().ends_with(b"!");
            Verdict::Data { readings, value: Vec::new(), other: false, more: false, is_whole }
        }
        _ => Verdict::Foreign,
    }
}

fn damage(dissection: &crate::frame::Dissection) -> String {
    match (dissection.checksum, dissection.verdict) {
        (Some(sum), crate::frame::Verdict::Bad(mismatch)) => format!("{} {mismatch}", sum.kind.name()),
        (_, crate::frame::Verdict::Malformed(what)) => what.to_owned(),
        _ => "damaged".to_owned(),
    }
}

/// The rule that a frame follows, if it follows just one.
fn only_rule(message: &Message, text: &[u8]) -> Option<Rule> {
    let (Message::Command(Command { block, .. }) | Message::Data(block)) = message else { return None };
    let found = *text.get(block.bcc?)?;
    let covered = block.covered(text);
    match (Rule::Xor7.of(covered) == found, Rule::Add7.of(covered) == found) {
        (true, false) => Some(Rule::Xor7),
        (false, true) => Some(Rule::Add7),
        _ => None,
    }
}

/// What stands between the first opening bracket and the last closing one.
fn bracketed(content: &[u8]) -> &[u8] {
    let open = content.iter().position(|byte| *byte == b'(').map_or(content.len(), |at| at + 1);
    let close = content.iter().rposition(|byte| *byte == b')').unwrap_or(content.len());
    content.get(open..close).unwrap_or_default()
}

/// Whether an answer names another address; some meters answer under none.
fn names_another(content: &[u8], query: &Query) -> bool {
    let name = content.split(|byte| *byte == b'(').next().unwrap_or_default().trim_ascii();
    let asked = Asked::of(&query.data);
    !name.is_empty() && asked.is_some_and(|asked| !asked.may_answer_as(name))
}

/// A P0 whose SOH was lost on the way, as some RFC 2217 ports do: its data block fits a check character that
/// covers `P0` and the STX as well.
pub(super) fn headless_operand(wire: &[u8]) -> Option<Vec<u8>> {
    let text = seven_bits(wire);
    let Message::Data(block) = parse(&text) else { return None };
    let found = *text.get(block.bcc?)?;
    let covered = [b"P0\x02", block.covered(&text)].concat();
    let fits = Rule::Xor7.of(&covered) == found || Rule::Add7.of(&covered) == found;
    fits.then(|| bracketed(text.get(block.content).unwrap_or_default()).to_vec())
}
