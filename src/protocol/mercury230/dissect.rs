//! Explaining a frame down to its last byte.
//!
//! A reply carries neither a command code nor a length: what it says is known only with its request, and
//! without it the frame is a status (4 bytes) or stays raw.

use super::form::{self, Item, PASSWORD};
use super::laid::Laid;
use super::pulses::Constant;
use super::rows::{self, CLOSE, OPEN, Row, TEST};
use super::status;
use super::wire::{CRC, Frame};
use crate::frame::{Direction, Dissection, Field, ProblemCode, Span, Value, Verdict, hex};
use crate::protocol::Context;
use crate::protocol::dissection_builder::Head;
use crate::protocol::incotex::items;
use crate::reading::{Measured, Quantity, Reading, Unit};

/// Protocol id.
pub(super) const ID: &str = "mercury230";

/// Index of the first byte after the address.
const BODY: usize = 1;

/// Explains one frame. Never fails, whatever the bytes.
pub(super) fn dissect(bytes: &[u8], context: &Context<'_>) -> Dissection {
    match Frame::parse(bytes) {
        Some(frame) => whole(bytes, &frame, context),
        None => short(bytes, context),
    }
}

/// What a frame is.
#[derive(Debug, Clone, Copy)]
enum Kind<'a> {
    /// A question or an order.
    Request,
    /// The answer to this request.
    Reply(Frame<'a>),
    /// An answer of which nobody knows to what.
    Unpaired,
    /// The request it should answer, come back: the wire or the adapter returned it.
    Echo,
    /// The answer to a link test, or its echo: the same bytes.
    TestOrEcho,
    /// A frame of four bytes that may be a request or a status.
    Open,
}

fn kind<'a>(bytes: &[u8], frame: &Frame<'_>, context: &Context<'a>) -> Kind<'a> {
    let request = context.request.and_then(Frame::parse);
    match (context.direction, request) {
        (Direction::Request, _) => Kind::Request,
        (_, Some(request)) if context.request == Some(bytes) => {
            if request.body == [TEST] {
                Kind::TestOrEcho
            } else {
                Kind::Echo
            }
        }
        (_, Some(request)) => Kind::Reply(request),
        (Direction::Reply | Direction::Push, None) => Kind::Unpaired,
        // A damaged frame that may be a request with a password is taken for one, for the sake of its password.
        (Direction::Unknown, None) if !frame.is_sound() && may_hold_password(frame.body) => Kind::Request,
        (Direction::Unknown, None) => match frame.body {
            [TEST | CLOSE] => Kind::Open,
            body if rows::is_request(body) => Kind::Request,
            _ => Kind::Unpaired,
        },
    }
}

fn whole(bytes: &[u8], frame: &Frame<'_>, context: &Context<'_>) -> Dissection {
    let kind = kind(bytes, frame, context);
    let mut laid = Laid::default();
    laid.found.fields.reserve(16);
    laid.found.fields.push(address_field(frame.address));
    let title = match kind {
        Kind::Request => request(&mut laid, bytes, frame),
        Kind::Echo => {
            laid.found.problem(ProblemCode::Echo, "equal to the request: an echo, not an answer", None);
            request(&mut laid, bytes, frame)
        }
        Kind::TestOrEcho => {
            let text =
                "the answer to a link test and its echo are the same bytes; which this is cannot be told";
            laid.found.problem(ProblemCode::Echo, text, None);
            status_field(&mut laid, frame);
            "Status 0: ok, or the echo of the link test"
        }
        Kind::Open => open(&mut laid, frame),
        Kind::Unpaired => unpaired(&mut laid, bytes, frame),
        Kind::Reply(asked) => reply(&mut laid, bytes, frame, &asked, context),
    };
    if let Some(end) = bytes.len().checked_sub(CRC).filter(|_| !is_covered(&laid, bytes.len())) {
        crc(&mut laid, Span::new(end, bytes.len()), frame);
    }
    if !frame.is_sound() {
        laid.found.problem(ProblemCode::Checksum, frame.damage(), None);
        laid.found.readings.clear();
    }
    let head = Head {
        protocol: ID,
        direction: direction(kind, context),
        address: Some(frame.address.into()),
        title,
        verdict: frame.checksum.verdict(),
        checksum: Some(frame.checksum),
    };
    laid.found.finish(bytes, head)
}

/// Whether the last field reaches to the end of the frame, over the CRC.
fn is_covered(laid: &Laid, length: usize) -> bool {
    laid.found.fields.last().is_some_and(|field| field.span.range().end == length)
}

/// Fewer bytes than the shortest frame: the address if there is one, and no CRC.
fn short(bytes: &[u8], context: &Context<'_>) -> Dissection {
    let mut laid = Laid::default();
    if let Some(&address) = bytes.first() {
        laid.found.fields.push(address_field(address));
    }
    if bytes.len() != 1 {
        let from = bytes.len().min(1);
        laid.found.fields.push(Field::new("cut short", Span::new(from, bytes.len()), Value::Bytes));
    }
    laid.found.problem(
        ProblemCode::Length,
        "fewer than the 4 bytes of the shortest frame: no room for a CRC",
        None,
    );
    let address = bytes.first().map(|address| u64::from(*address));
    let verdict = Verdict::Malformed("cut short");
    laid.found.finish(bytes, Head { address, verdict, ..Head::new(ID, "Cut short", context) })
}

fn address_field(address: u8) -> Field {
    let note = match address {
        super::wire::ANY => "any meter answers",
        super::wire::BROADCAST => "all meters obey, none answers",
        0xF1..=0xFF => "reserved",
        _ => "",
    };
    Field::new("address", Span::new(0, BODY), Value::count(address.into())).note(note)
}

fn crc(laid: &mut Laid, span: Span, frame: &Frame<'_>) {
    let value = Value::Checksum(frame.checksum.found, frame.checksum.digits);
    laid.found
        .fields
        .push(Field::new("CRC", span, value).verdict(frame.checksum.verdict()).note("low byte first"));
}

fn direction(kind: Kind<'_>, context: &Context<'_>) -> Direction {
    match (context.direction, kind) {
        (Direction::Unknown, Kind::Request | Kind::Echo) => Direction::Request,
        (Direction::Unknown, Kind::Reply(_) | Kind::Unpaired | Kind::TestOrEcho) => Direction::Reply,
        (known, _) => known,
    }
}

fn may_hold_password(body: &[u8]) -> bool {
    matches!(body, [OPEN, 1..=3, ..]) || rows::has_password(body)
}

/// The bytes before the CRC.
fn before_crc(bytes: &[u8]) -> &[u8] {
    bytes.get(..bytes.len().saturating_sub(CRC)).unwrap_or_default()
}

fn request(laid: &mut Laid, bytes: &[u8], frame: &Frame<'_>) -> &'static str {
    match (frame.body, rows::of(frame.body)) {
        ([OPEN, ..], _) => opening(laid, bytes, frame),
        ([CLOSE], _) => {
            code_field(laid, 1, CLOSE.into(), "Close the channel");
            "Close the channel"
        }
        (body, Some(row)) => {
            let digits = row.code.len();
            let code = body.iter().take(digits).fold(0, |code, byte| code << 8 | u64::from(*byte));
            code_field(laid, digits, code, row.command.title);
            laid.lay(row.arguments, before_crc(bytes), BODY + digits);
            row.command.title
        }
        (body, None) if rows::has_password(body) => {
            // Its length is wrong, so nobody knows where a password stands in it.
            code_field(laid, 1, u64::from(body.first().copied().unwrap_or(0)), "Change a password");
            hide(laid, 2, bytes.len());
            laid.found.problem(ProblemCode::Length, "a change of passwords has 18 bytes", None);
            "Change a password"
        }
        (body, None) => {
            code_field(
                laid,
                1,
                u64::from(body.first().copied().unwrap_or(0)),
                "not in the list of the maker",
            );
            rest(laid, "data", 2, before_crc(bytes).len());
            laid.found.problem(
                ProblemCode::Command,
                "no list of the maker's knows this command with so many bytes",
                None,
            );
            "Unknown command"
        }
    }
}

/// Opening the channel. Whatever its length, its password is not shown.
fn opening(laid: &mut Laid, bytes: &[u8], frame: &Frame<'_>) -> &'static str {
    code_field(laid, 1, OPEN.into(), "Open the channel");
    let end = before_crc(bytes).len();
    if frame.body.len() == 2 + PASSWORD {
        const ITEMS: [Item; 2] = [
            form::item("level", form::Form::Choice(&super::choices::LEVEL)),
            form::item("password", form::Form::Secret),
        ];
        laid.lay(&ITEMS, before_crc(bytes), 2);
    } else if frame.is_sound() && end <= 3 {
        rest(laid, "data", 2, end);
    } else {
        rest(laid, "level", 2, end.min(3));
        hide(laid, end.min(3), bytes.len());
    }
    if frame.body.len() != 2 + PASSWORD {
        laid.found.problem(ProblemCode::Length, "opening the channel takes 11 bytes", None);
    }
    "Open the channel"
}

fn code_field(laid: &mut Laid, bytes: usize, code: u64, title: &'static str) {
    let value = Value::Hex(code, 2 * bytes as u8);
    laid.found.fields.push(Field::new("command", Span::new(BODY, BODY + bytes), value).note(title));
}

fn rest(laid: &mut Laid, name: &'static str, from: usize, to: usize) {
    if from < to {
        laid.found.fields.push(Field::new(name, Span::new(from, to), Value::Bytes));
    }
}

/// Bytes that may be a password's.
fn hide(laid: &mut Laid, from: usize, to: usize) {
    if from < to {
        laid.found.fields.push(Field::new("password", Span::new(from, to), Value::Secret));
    }
}

fn status_field(laid: &mut Laid, frame: &Frame<'_>) -> &'static str {
    let byte = frame.body.first().copied().unwrap_or(0);
    let known = status::of(byte);
    let value = Value::Meaning(byte.into(), known.meaning);
    let note = if byte > 0x0F { "the high half is flags" } else { "" };
    laid.found.fields.push(Field::new("status", Span::new(BODY, BODY + 1), value).note(note));
    if status::code(byte) != status::OK {
        laid.found.problem(ProblemCode::Status, known.meaning, Some(Span::new(BODY, BODY + 1)));
    }
    known.title
}

/// Four bytes of which nobody knows which way they went.
fn open(laid: &mut Laid, frame: &Frame<'_>) -> &'static str {
    let is_test = frame.body == [TEST];
    let text = if is_test {
        "a link test and the status ok are the same bytes; only the time they came at tells them apart"
    } else {
        "closing the channel and status 2 are the same bytes; only the time they came at tells them apart"
    };
    let byte = u64::from(frame.body.first().copied().unwrap_or(0));
    laid.found.fields.push(Field::new("command or status", Span::new(BODY, BODY + 1), Value::Hex(byte, 2)));
    laid.found.problem(ProblemCode::Context, text, None);
    if is_test { "Link test, or status 0: ok" } else { "Close the channel, or status 2: internal error" }
}

/// An answer without its request.
fn unpaired(laid: &mut Laid, bytes: &[u8], frame: &Frame<'_>) -> &'static str {
    if frame.status().is_some() {
        return status_field(laid, frame);
    }
    rest(laid, "data", BODY, before_crc(bytes).len());
    laid.found.problem(
        ProblemCode::Context,
        "an answer does not say what it answers; its request is not known",
        None,
    );
    "Answer to an unknown request"
}

fn reply(
    laid: &mut Laid,
    bytes: &[u8],
    frame: &Frame<'_>,
    asked: &Frame<'_>,
    context: &Context<'_>,
) -> &'static str {
    if rows::has_password(asked.body) && frame.status().is_none() {
        // No answer has this length; it may be an echo, and the password with it, in pieces.
        hide(laid, BODY, bytes.len());
        laid.found.problem(ProblemCode::Length, "answers to this have 4 bytes", None);
        return "Unexpected answer";
    }
    let expected = rows::answers_from(asked.address, asked.body);
    let is_theirs = frame.address == expected;
    if !is_theirs {
        laid.found.problem(
            ProblemCode::Address,
            format!("from address {} while {expected} was asked", frame.address),
            None,
        );
    }
    if frame.status().is_some() {
        return status_field(laid, frame);
    }
    let Some(row) = rows::of(asked.body) else {
        raw(laid, bytes, frame, is_theirs);
        return "Answer to an unknown command";
    };
    data(laid, bytes, (frame, asked, row), context, is_theirs);
    row.command.title
}

/// An answer that carries data.
fn data(
    laid: &mut Laid,
    bytes: &[u8],
    (frame, asked, row): (&Frame<'_>, &Frame<'_>, &Row),
    context: &Context<'_>,
    is_theirs: bool,
) {
    let length = frame.body.len();
    let items = |length| row.reply_items(asked.body, Some(length), context.dialect);
    let repeats = frame.body.first() == asked.body.first();
    let fitting = |length| items(length).filter(|items| items::size(items) == length);
    let (items, start) = match (fitting(length), fitting(length.saturating_sub(1))) {
        (Some(items), _) => (Some(items), BODY),
        (None, Some(items)) if repeats => (Some(items), BODY + 1),
        _ => (items(length), BODY),
    };
    if start > BODY {
        let code = u64::from(frame.body.first().copied().unwrap_or(0));
        let note = "this meter is set to repeat codes";
        let span = Span::new(BODY, start);
        laid.found.fields.push(Field::new("repeated code", span, Value::Hex(code, 2)).note(note));
    }
    let Some(items) = items else { return raw(laid, bytes, frame, is_theirs) };
    let fits = start + items::size(&items) == before_crc(bytes).len();
    laid.is_answer = fits && is_theirs;
    laid.constant = Constant::of_step(context.step);
    laid.time = asked_time(row, asked.body);
    let explained = laid.lay(&items, before_crc(bytes), start);
    rest(laid, "unexplained", explained, before_crc(bytes).len());
    if !fits {
        let expected = items::size(&items);
        let text = format!("{length} bytes of data where the list has {expected}");
        laid.found.problem(ProblemCode::Length, text, Some(Span::new(BODY, before_crc(bytes).len())));
    }
}

/// The time that a request names and its answer is of.
fn asked_time(row: &Row, body: &[u8]) -> Option<crate::reading::MeterTime> {
    let mut request = Laid::default();
    if row.arguments.iter().any(|item| item.means.is_time) {
        request.lay(row.arguments, body, row.code.len());
    }
    request.time
}

/// An answer of unknown form is still an answer: its bytes are told as they are.
fn raw(laid: &mut Laid, bytes: &[u8], frame: &Frame<'_>, is_theirs: bool) {
    rest(laid, "data", BODY, before_crc(bytes).len());
    if is_theirs {
        let text = Measured::Text(hex::spaced(frame.body).into_bytes().into());
        let quantity = Quantity::named("answer of unknown form");
        laid.found.readings.push(Reading::unnamed(quantity, text, Unit::None, frame.body));
    }
}
