//! Explaining a frame, down to the last byte.
//!
//! The wire is always the first layer; where bytes were stuffed, a layer `unstuffed` follows with the same
//! fields. What a reply measures depends on its request: without it an energy has no tariff.

mod found;
mod reply;
mod request;
mod sheet;
mod time;
mod undocumented;
mod view;

pub use reply::forwards;

use super::frame::{self, Defect, Kind, Packet};
use super::{KERNEL10, PROTOCOL, decimals, repair, variants, words};
use crate::frame::{Checksum, Direction, Dissection, Layer, Reason, Value, Verdict, checksum};
use crate::protocol::Context;
use found::{Found, How};
use reply::Answer;
use sheet::{Sheet, little};
use view::View;

const CRC: &str = "CRC-8/0xB5";
/// OPT and the two addresses; what is shorter has no byte that could be a checksum.
const BEFORE_SERVICE: usize = 5;

/// Explains one frame.
pub fn dissect(wire: &[u8], context: &Context<'_>) -> Dissection {
    let view = View::of(wire);
    let outcome = frame::parse(wire, context.direction);
    let mut sheet = Sheet::new(&view.bytes);
    if view.is_opened {
        sheet.leaf(0, "END", 1, Value::Bytes).note = "opens the frame";
    }
    let what = explain(&mut sheet, &view, &outcome, context);
    sheet.limit(None);
    if view.is_closed {
        sheet.leaf(0, "END", 1, Value::Bytes).note = "closes the frame";
    }
    if outcome.is_ok() && !view.is_opened {
        sheet.problem("delimiter", "no END of its own before it: shared with the frame before, or lost");
    }
    assemble(wire, &view, sheet, what, &outcome)
}

/// What the content of a frame came to.
#[derive(Clone, Copy)]
struct What {
    title: &'static str,
    direction: Direction,
    address: Option<u64>,
    checksum: Option<Checksum>,
}

fn explain(
    sheet: &mut Sheet<'_>,
    view: &View<'_>,
    outcome: &Result<Packet, Defect>,
    context: &Context<'_>,
) -> What {
    let inner = view.content();
    match outcome {
        Ok(packet) => known(sheet, inner, packet, context),
        Err(defect) => {
            let whole = matches!(defect, Defect::Checksum { .. } | Defect::Unfinished)
                .then(|| frame::unchecked(inner, context.direction))
                .flatten();
            let what = match whole {
                Some(packet) => known(sheet, inner, &packet, context),
                None => partly(sheet, inner, *defect),
            };
            sheet.readings.clear();
            sheet.problems.clear();
            problem(sheet, view, *defect);
            what
        }
    }
}

/// A frame whose length fits one of the layouts.
fn known(sheet: &mut Sheet<'_>, inner: &[u8], packet: &Packet, context: &Context<'_>) -> What {
    let request = context
        .request
        .and_then(|wire| frame::parse(wire, Direction::Request).ok())
        .filter(|request| packet.answers(request));
    let found = Found::of(packet, context.dialect, request.as_ref());
    header(sheet, packet, &found);
    let data = packet.data.as_slice();
    sheet.limit(Some(data.len()));
    match packet.kind {
        Kind::Request { .. } => request_data(sheet, data, &found),
        Kind::Reply => reply_data(sheet, data, &found, request.as_ref(), context),
        Kind::Refusal => refusal_data(sheet, data),
    }
    sheet.limit(None);
    let checksum = crc(sheet, inner);
    What {
        title: found.title,
        direction: packet.direction(),
        address: Some(packet.meter().into()),
        checksum: Some(checksum),
    }
}

fn header(sheet: &mut Sheet<'_>, packet: &Packet, found: &Found) {
    sheet.leaf(0, "OPT", 1, Value::Hex(frame::OPT.into(), 2)).note = "16-bit addresses, CRC-8";
    address(sheet, "to", packet.to, packet.meter() != packet.to);
    address(sheet, "from", packet.from, packet.meter() != packet.from);
    if let Kind::Request { password } = packet.kind {
        let value = if password == 0 { Value::count(0) } else { Value::Secret };
        sheet.leaf(0, "password", 4, value).note = if password == 0 { "none" } else { "" };
    }
    service(sheet, packet);
    let field = sheet.leaf(0, "command", 2, Value::Hex(packet.command.into(), 4));
    field.note = found.title;
}

fn address(sheet: &mut Sheet<'_>, label: &'static str, address: u16, is_master: bool) {
    let field = sheet.leaf(0, label, 2, Value::count(address.into()));
    field.note = match address {
        frame::BROADCAST => "every meter",
        _ if is_master => "this computer or another master",
        _ => "the meter",
    };
}

fn service(sheet: &mut Sheet<'_>, packet: &Packet) {
    let byte = sheet.next(1).first().copied().unwrap_or_default();
    let (direction, class) = match packet.kind {
        Kind::Request { .. } => ("request", "carry out a command"),
        Kind::Reply => ("reply", "carry out a command"),
        Kind::Refusal => ("reply", "error"),
    };
    sheet.parent(0, "service", 1, Value::Hex(byte.into(), 2));
    sheet.leaf(1, "direction", 1, Value::Word(direction));
    sheet.leaf(1, "class", 0, Value::Meaning((byte >> 4 & 7).into(), class));
    sheet.leaf(1, "data bytes", 0, Value::count((byte & 0x0F).into()));
}

fn request_data(sheet: &mut Sheet<'_>, data: &[u8], found: &Found) {
    found.problem(sheet);
    if data.is_empty() {
        return;
    }
    match (&found.how, found.spec) {
        (How::Ambiguous, _) => found::ambiguous_request(sheet, found, data),
        (How::Certain | How::ByLength | How::OtherDialect, Some(spec)) => {
            sheet.parent(0, "data", data.len(), Value::Bytes).note = found.note();
            request::fields(sheet, spec);
        }
        _ => {
            sheet.leaf(0, "data", data.len(), Value::Bytes).note = found.note();
        }
    }
}

fn reply_data(
    sheet: &mut Sheet<'_>,
    data: &[u8],
    found: &Found,
    request: Option<&Packet>,
    context: &Context<'_>,
) {
    found.problem(sheet);
    if data.is_empty() {
        return;
    }
    let request = request.map(|packet| packet.data.as_slice());
    let layout = found.spec.and_then(|spec| spec.reply_layout(data.len(), request));
    let (Some(spec), Some(layout), true) = (found.spec, layout, found.is_readable()) else {
        sheet.leaf(0, "data", data.len(), Value::Bytes).note = found.note();
        return;
    };
    let decimals = if found.dialect == KERNEL10 { Some(2) } else { decimals(context.step) };
    sheet.parent(0, "data", data.len(), Value::Bytes).note = found.note();
    reply::fields(sheet, &Answer { spec, layout, request, decimals, data });
    if matches!(found.how, How::OtherDialect) {
        sheet.readings.clear();
    }
}

fn refusal_data(sheet: &mut Sheet<'_>, data: &[u8]) {
    let code = match data {
        [] => None,
        [code] => Some(*code),
        _ => {
            sheet.leaf(0, "data", data.len(), Value::Bytes).note = "more than the one byte an error has";
            return sheet.problem("error-reply", words::refusal(None));
        }
    };
    if let Some(code) = code {
        sheet.leaf(0, "error", 1, Value::Hex(code.into(), 2)).note = words::refusal(Some(code));
    }
    sheet.problem("error-reply", words::refusal(code));
}

fn crc(sheet: &mut Sheet<'_>, content: &[u8]) -> Checksum {
    let (found, before) = content.split_last().map_or((0, content), |(last, before)| (*last, before));
    let expected = checksum::CE.checksum(before);
    let checksum = Checksum { kind: CRC, found: found.into(), expected: expected.into(), digits: 2 };
    sheet.leaf(0, "CRC", 1, Value::Hex(found.into(), 2)).verdict = checksum.verdict();
    checksum
}

/// A frame of which only the beginning can be told.
fn partly(sheet: &mut Sheet<'_>, content: &[u8], defect: Defect) -> What {
    let at = |index: usize| content.get(index..index + 2).unwrap_or_default();
    let from = u16::try_from(little(at(3))).unwrap_or_default();
    let opt = content.first().copied().unwrap_or_default();
    sheet.limit(Some(content.len()));
    let has_crc = content.len() > BEFORE_SERVICE
        && !matches!(defect, Defect::Variant(_) | Defect::Unfinished | Defect::Stuffing);
    if !content.is_empty() {
        sheet.leaf(0, "OPT", 1, Value::Hex(opt.into(), 2));
    }
    if content.len() >= BEFORE_SERVICE && opt != variants::OPT_SMP {
        sheet.leaf(0, "to", 2, Value::count(little(at(1))));
        sheet.leaf(0, "from", 2, Value::count(from.into()));
    }
    let rest = sheet.left().saturating_sub(usize::from(has_crc));
    if rest > 0 {
        sheet.leaf(0, "unexplained", rest, Value::Bytes);
    }
    let checksum = has_crc.then(|| crc(sheet, content));
    let title = match defect {
        Defect::Opt(opt) | Defect::Variant(opt) => variants::title(opt, from),
        _ => "damaged frame",
    };
    What { title, direction: Direction::Unknown, address: None, checksum }
}

fn problem(sheet: &mut Sheet<'_>, view: &View<'_>, defect: Defect) {
    match defect {
        Defect::Checksum { found, expected } => {
            sheet.problem("checksum", repair::explain(view.content(), found, expected));
        }
        Defect::Length { declared, found } => sheet
            .problem("length", format!("the service byte tells {declared} data bytes, there are {found}")),
        Defect::Opt(opt) | Defect::Variant(opt) => {
            sheet.problem("opt", format!("OPT {opt:02X}: a related protocol, not explained further"));
        }
        Defect::Service(byte) => sheet.problem("service", format!("service byte {byte:02X} is not known")),
        Defect::Stuffing => sheet.problem("stuffing", "DB stands before a byte other than DC and DD"),
        Defect::Unfinished => sheet.problem("delimiter", "no END closes the frame"),
        Defect::TooShort | Defect::TooLong => sheet.problem("length", defect.text()),
    }
    if let (Some(problem), Some(at)) = (sheet.problems.last_mut(), view.fault) {
        problem.span = (defect == Defect::Stuffing).then(|| crate::frame::Span::new(at, at + 1));
    }
}

fn verdict(outcome: &Result<Packet, Defect>) -> Verdict {
    match *outcome {
        Ok(_) => Verdict::Good,
        Err(Defect::Checksum { found, expected }) => Verdict::compare(found.into(), expected.into(), 2),
        Err(Defect::Opt(_) | Defect::Variant(_)) => Verdict::Unchecked(Reason::NoRule),
        Err(defect) => Verdict::Malformed(defect.text()),
    }
}

fn assemble(
    wire: &[u8],
    view: &View<'_>,
    sheet: Sheet<'_>,
    what: What,
    outcome: &Result<Packet, Defect>,
) -> Dissection {
    let Sheet { fields, readings, problems, .. } = sheet;
    let mut layers = Vec::with_capacity(1 + usize::from(view.is_stuffed()));
    let on_wire = if view.is_stuffed() { view.fields_on_wire(&fields) } else { Vec::new() };
    if view.is_stuffed() {
        layers.push(Layer { name: "wire", bytes: wire.into(), fields: on_wire, from: Vec::new() });
        let bytes = view.bytes.as_ref().into();
        layers.push(Layer { name: "unstuffed", bytes, fields, from: view.origins() });
    } else {
        layers.push(Layer { name: "wire", bytes: wire.into(), fields, from: Vec::new() });
    }
    Dissection {
        protocol: PROTOCOL,
        direction: what.direction,
        address: what.address,
        title: what.title,
        verdict: verdict(outcome),
        checksum: what.checksum,
        layers,
        readings,
        problems,
    }
}
