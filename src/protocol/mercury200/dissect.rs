//! Explaining a frame down to its last byte.

use super::commands;
use super::form::{Item, Means};
use super::laid::Laid;
use super::layout::{self, Layout, Reply};
use super::wire::{ADDRESS, CRC, Frame, HEAD};
use crate::frame::{Direction, Dissection, Field, ProblemCode, Span, Value, Verdict, hex};
use crate::protocol::dissection_builder::Head;
use crate::protocol::incotex::items;
use crate::protocol::{Access, Context};
use crate::reading::{Measured, Period, Quantity, Reading, Unit};

/// Protocol id.
pub(super) const ID: &str = "mercury200";

/// Explains one frame. Never fails, whatever the bytes.
pub(super) fn dissect(bytes: &[u8], context: &Context<'_>) -> Dissection {
    match Frame::parse(bytes) {
        Some(frame) => whole(bytes, &frame, context),
        None => short(bytes, context),
    }
}

/// What a frame is to the list of commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A question or an order.
    Request,
    /// An answer.
    Reply,
    /// A request that came back: the wire or the adapter returned it.
    Echo,
    /// Its length fits neither.
    Open,
}

fn whole(bytes: &[u8], frame: &Frame<'_>, context: &Context<'_>) -> Dissection {
    let known = layout::of(frame.code);
    let kind = kind(bytes, frame, known, context);
    let argument = argument(frame, context);
    let items = items(frame, known, kind, argument);
    let mut laid = Laid { month: argument.and_then(month), ..Laid::default() };
    laid.found.fields.reserve(32);
    head(&mut laid, frame);
    let fits = payload(&mut laid, bytes, items);
    crc(&mut laid, bytes, frame);
    if known.is_none() {
        let span = Span::new(ADDRESS, HEAD);
        laid.found.problem(ProblemCode::Command, "no list of the maker's knows this command", Some(span));
    }
    if kind == Kind::Echo {
        laid.found.problem(ProblemCode::Echo, "equal to the request: an echo, not an answer", None);
    }
    let is_good_reply = kind == Kind::Reply && frame.is_sound() && fits;
    if is_good_reply && needs_request(known, items) && argument.is_none() {
        laid.found.problem(
            ProblemCode::Context,
            "the answer does not repeat what was asked; its request is not known",
            None,
        );
    } else if is_good_reply && items.is_none() {
        raw_reading(&mut laid, frame);
    }
    if !is_good_reply {
        laid.found.readings.clear();
    }
    let head = Head {
        protocol: ID,
        direction: direction(kind, context),
        address: Some(frame.address.into()),
        title: commands::by_code(frame.code).map_or("Unknown command", |command| command.title),
        verdict: frame.checksum.verdict(),
        checksum: Some(frame.checksum),
    };
    laid.found.finish(bytes, head)
}

/// Fewer bytes than the shortest frame: address and code as far as they go, and no CRC.
fn short(bytes: &[u8], context: &Context<'_>) -> Dissection {
    let mut laid = Laid::default();
    let mut address = None;
    let mut explained = 0;
    if let Some((head, rest)) = bytes.split_first_chunk::<ADDRESS>() {
        let number = u32::from_be_bytes(*head);
        address = Some(number.into());
        laid.found.fields.push(address_field(number));
        explained = ADDRESS;
        if let Some(&code) = rest.first() {
            laid.found.fields.push(code_field(code));
            explained = HEAD;
        }
    }
    if explained < bytes.len() || bytes.is_empty() {
        laid.found.fields.push(Field::new("cut short", Span::new(explained, bytes.len()), Value::Bytes));
    }
    laid.found.problem(
        ProblemCode::Length,
        "fewer than the 7 bytes of the shortest frame: no room for a CRC",
        None,
    );
    let verdict = Verdict::Malformed("cut short");
    laid.found.finish(bytes, Head { address, verdict, ..Head::new(ID, "Cut short", context) })
}

fn address_field(address: u32) -> Field {
    Field::new("address", Span::new(0, ADDRESS), Value::count(address.into()))
}

fn code_field(code: u8) -> Field {
    let title = commands::by_code(code).map_or("not in the list of the maker", |command| command.title);
    Field::new("command", Span::new(ADDRESS, HEAD), Value::Hex(code.into(), 2)).note(title)
}

fn head(laid: &mut Laid, frame: &Frame<'_>) {
    laid.found.fields.push(address_field(frame.address));
    laid.found.fields.push(code_field(frame.code));
}

/// Explains the payload and says whether it has the length of its items.
fn payload(laid: &mut Laid, bytes: &[u8], items: Option<&[Item]>) -> bool {
    let end = bytes.len().saturating_sub(CRC);
    let body = bytes.get(..end).unwrap_or_default();
    let explained = laid.lay(items.unwrap_or_default(), body, HEAD);
    let expected = HEAD + items::size(items.unwrap_or_default());
    let rest = Span::new(explained, end);
    if !rest.is_empty() {
        let name = if items.is_some() { "unexplained" } else { "data" };
        laid.found.fields.push(Field::new(name, rest, Value::Bytes));
    }
    if items.is_some() && expected != end {
        let text = format!(
            "{} bytes of data where the list has {}",
            end.saturating_sub(HEAD),
            expected.saturating_sub(HEAD)
        );
        laid.found.problem(ProblemCode::Length, text, Some(Span::new(HEAD, end)));
    }
    items.is_none() || expected == end
}

fn crc(laid: &mut Laid, bytes: &[u8], frame: &Frame<'_>) {
    let span = Span::new(bytes.len().saturating_sub(CRC), bytes.len());
    let verdict = frame.checksum.verdict();
    let value = Value::Checksum(frame.checksum.found, frame.checksum.digits);
    laid.found.fields.push(Field::new("CRC", span, value).verdict(verdict).note("low byte first"));
    if verdict.is_bad() {
        laid.found.problem(ProblemCode::Checksum, frame.damage(), Some(span));
    }
}

/// What a frame is, from what is known of its way and from its length.
fn kind(bytes: &[u8], frame: &Frame<'_>, known: Option<&Layout>, context: &Context<'_>) -> Kind {
    let count = frame.payload.len();
    let is_request = known.map_or(count == 0, |layout| count == layout.request_size());
    let reply = known.and_then(|layout| layout.reply_size(frame.payload.first().copied()));
    let is_reply = reply.map_or(!is_request, |size| size == count);
    match (context.direction, is_request, is_reply) {
        (Direction::Request, ..) | (Direction::Unknown, true, false) => Kind::Request,
        (Direction::Reply | Direction::Push, true, false) => Kind::Echo,
        (Direction::Reply | Direction::Push, true, true) if context.request == Some(bytes) => Kind::Echo,
        (Direction::Reply | Direction::Push, ..) | (Direction::Unknown, false, true) => Kind::Reply,
        (Direction::Unknown, true, true) => Kind::Open,
        (Direction::Unknown, false, false) => {
            let reads = commands::by_code(frame.code).is_some_and(|command| command.access == Access::Read);
            if reads { Kind::Reply } else { Kind::Open }
        }
    }
}

fn direction(kind: Kind, context: &Context<'_>) -> Direction {
    match (context.direction, kind) {
        (Direction::Unknown, Kind::Request) => Direction::Request,
        (Direction::Unknown, Kind::Reply) => Direction::Reply,
        (known, _) => known,
    }
}

/// The first argument of the request that a frame answers.
fn argument(frame: &Frame<'_>, context: &Context<'_>) -> Option<u8> {
    let request = Frame::parse(context.request?)?;
    let is_its = request.address == frame.address && request.code == frame.code;
    request.payload.first().copied().filter(|_| is_its)
}

fn items(
    frame: &Frame<'_>,
    known: Option<&'static Layout>,
    kind: Kind,
    argument: Option<u8>,
) -> Option<&'static [Item]> {
    match kind {
        Kind::Request | Kind::Echo => known.map(|layout| layout.request),
        Kind::Reply => known?.reply_items(frame.payload, argument),
        Kind::Open => None,
    }
}

/// The register that an argument of 32 and 38 names: 0 to 11 are the months' beginnings, 0F is that of the
/// current one, which is the end of the last.
fn month(argument: u8) -> Option<Period> {
    match argument {
        0x00..=0x0B => Some(Period::CalendarMonth(argument + 1)),
        0x0F => Some(Period::MonthEnd(1)),
        _ => None,
    }
}

/// Whether an answer can only be understood with its request.
fn needs_request(known: Option<&Layout>, items: Option<&[Item]>) -> bool {
    let is_month = |item: &Item| matches!(item.means, Means::OfMonth(_));
    known.is_some_and(|layout| matches!(layout.reply, Reply::ByArgument(_)))
        || items.is_some_and(|items| items.iter().any(is_month))
}

/// An answer of unknown form is still an answer: its bytes are told as they are.
fn raw_reading(laid: &mut Laid, frame: &Frame<'_>) {
    let text = Measured::Text(hex::spaced(frame.payload).into_bytes().into());
    laid.found.readings.push(Reading::unnamed(
        Quantity::named("answer of unknown form"),
        text,
        Unit::None,
        frame.payload,
    ));
}
