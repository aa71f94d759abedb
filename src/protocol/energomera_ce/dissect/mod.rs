//! Explaining a frame, down to the last byte.
//!
//! The wire is always the first layer; where bytes were stuffed, a layer `unstuffed` follows with the same
//! fields. What a reply measures depends on its request: without it an energy has no tariff.

mod damaged;
mod found;
mod header;
mod measure;
mod reply;
mod request;
mod sheet;
mod time;
mod told;
mod undocumented;
mod view;

pub(super) use measure::forwards;

use super::frame::{self, Defect, Kind, Packet};
use super::{CHECK, KERNEL10, PROTOCOL, decimals, words};
use crate::frame::{Checksum, Direction, Dissection, Layer, LayerKind, ProblemCode, Reason, Value, Verdict};
use crate::protocol::Context;
use crate::protocol::dissection_builder::{self, Head};
use found::{Found, How};
use reply::Answer;
use sheet::Sheet;
use view::View;

/// Explains one frame.
pub(super) fn dissect(wire: &[u8], context: &Context<'_>) -> Dissection {
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
        sheet.problem(
            ProblemCode::Delimiter,
            "no END of its own before it: shared with the frame before, or lost",
        );
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
                .flatten()
                .filter(|packet| {
                    let is_request = matches!(packet.kind, Kind::Request { .. });
                    is_request || !damaged::may_hold_password(inner, context.direction)
                });
            let what = match whole {
                Some(packet) => known(sheet, inner, &packet, context),
                None => damaged::partly(sheet, inner, *defect, context.direction),
            };
            sheet.readings.clear();
            sheet.problems.clear();
            damaged::problem(sheet, view, *defect);
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
    header::fields(sheet, packet, &found);
    let data = packet.data.as_slice();
    sheet.limit(Some(data.len()));
    match packet.kind {
        Kind::Request { .. } => request_data(sheet, data, &found),
        Kind::Reply => reply_data(sheet, data, &found, request.as_ref(), context),
        Kind::Refusal => refusal_data(sheet, data),
    }
    sheet.limit(None);
    let checksum = header::crc(sheet, inner);
    What {
        title: found.title,
        direction: packet.direction(),
        address: Some(packet.meter().into()),
        checksum: Some(checksum),
    }
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
            return sheet.problem(ProblemCode::ErrorReply, words::refusal(None));
        }
    };
    if let Some(code) = code {
        sheet.leaf(0, "error", 1, Value::Hex(code.into(), 2)).note = words::refusal(Some(code));
    }
    sheet.problem(ProblemCode::ErrorReply, words::refusal(code));
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
    let layers = if view.is_stuffed() {
        let on_wire = view.fields_on_wire(&fields);
        let (kind, bytes, from) = (LayerKind::Unstuffed, view.bytes.as_ref().into(), view.origins());
        vec![dissection_builder::wire(wire, on_wire), Layer { kind, bytes, fields, from }]
    } else {
        vec![dissection_builder::wire(wire, fields)]
    };
    let What { direction, address, title, checksum, .. } = what;
    let head = Head { protocol: PROTOCOL, direction, address, title, verdict: verdict(outcome), checksum };
    head.over(layers, readings, problems).carried_under(CHECK)
}
