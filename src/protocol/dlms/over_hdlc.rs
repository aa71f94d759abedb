//! The family `dlms-hdlc`: COSEM pushes in HDLC frames, in segments of the link layer, in blocks of the
//! general block transfer, or both (Green Book, ed. 8, 8.4 and 9.4.6.13).

use super::OverHdlc;
use super::assembled::Assembled;
use super::bare;
use super::blocks::{Info, info_fields};
use super::ciphering;
use super::family::{Carrier, pushed};
use super::hdlc::{self, CHECK, Check, FLAG, Frame, Type3, address};
use super::push::{Explained, Push};
use super::remarks::{Dropped, Parted, tell_event};
use super::standing::{Messages, Part, Standing};
use crate::frame::checksum::CheckKind;
use crate::frame::{Checksum, Direction, Dissection, ProblemCode, Role, Span, Value, Verdict};
use crate::protocol::dissection_builder::{DissectionBuilder, Head};
use crate::protocol::{
    Access, Context, Dialect, FamilyProfile, Marks, MasterRequest, Relation, Seen, Strength, Tracker,
};

/// The first byte of the LLC header.
const LLC: u8 = 0xE6;

/// Protocol id.
const ID: &str = "dlms-hdlc";

static PROFILE: FamilyProfile = pushed(ID, "DLMS/COSEM push over HDLC", &[CheckKind::X25]);

impl Carrier for OverHdlc {
    const PROFILE: &'static FamilyProfile = &PROFILE;
    const ONLY: &'static Self = &Self;
    type Grammar = Type3;

    fn grammar() -> Type3 {
        Type3
    }

    fn tracker(dialect: Dialect) -> Box<dyn Tracker> {
        Box::new(HdlcTracker::new(dialect))
    }

    fn is_own_address(_: u64) -> bool {
        true
    }

    fn told(frame: &[u8], context: &Context<'_>) -> Dissection {
        dissect(frame, context)
    }

    fn close(body: &[u8]) -> Vec<u8> {
        hdlc::close(body)
    }

    fn marks_in(bytes: &[u8]) -> Option<Marks> {
        let is_flagged = bytes.first() == Some(&FLAG) && bytes.contains(&LLC);
        is_flagged.then_some(Marks { name: "HDLC flags", speaks: "DLMS in HDLC" })
    }

    fn access(_: &[u8]) -> Option<Access> {
        None
    }

    fn request_at(bytes: &[u8]) -> Option<MasterRequest> {
        hdlc::command(bytes).map(|(len, server)| MasterRequest {
            len,
            address: Some(server.to_string()),
            strength: Strength::Marked,
        })
    }
}

/// Segments have no numbers; these stand in for them, beyond those of blocks.
const INNER: u32 = 0x1_0000;

/// Follows segments and blocks.
#[derive(Debug)]
struct HdlcTracker {
    messages: Messages,
    /// Whether the block that segments belong to is the last, and its number.
    block: Option<(bool, u32)>,
}

impl HdlcTracker {
    /// For one line.
    fn new(dialect: Dialect) -> Self {
        Self { messages: Messages::new(dialect), block: None }
    }
}

impl Tracker for HdlcTracker {
    fn track(&mut self, seen: Seen<'_>) -> Relation {
        let Some(frame) = Frame::parse(seen.bytes).filter(Frame::is_sound) else {
            return if bare::is_apdu(seen.bytes) { Relation::default() } else { self.messages.lose() };
        };
        if frame.payload().is_empty() {
            return Relation { direction: Direction::Unknown, ..Relation::default() };
        }
        let expects_inner = self.messages.expected(seen.first).is_some_and(|next| next >= INNER);
        let has_llc = matches!(frame.payload(), [0xE6, 0xE6 | 0xE7, 0x00, ..]);
        let is_inner = expects_inner && !has_llc;
        let part = self.part(&frame, is_inner);
        self.messages.take(&seen, part)
    }
}

impl HdlcTracker {
    fn part(&mut self, frame: &Frame<'_>, is_inner: bool) -> Part {
        let info = Info::of(frame, is_inner);
        if !is_inner {
            self.block = info.block.map(|block| (block.is_last(), block.number.into()));
        }
        let number = match (is_inner, info.block) {
            (true, _) => INNER,
            (false, Some(block)) => block.number.into(),
            (false, None) => 1,
        };
        let is_first = !is_inner && number == 1;
        let (is_last, next) = match (frame.is_segmented, self.block) {
            (true, _) => (false, INNER),
            (false, None) => (true, 0),
            (false, Some((is_last, number))) => (is_last, number + 1),
        };
        let payload = frame.bytes.get(info.payload.0..info.payload.1).unwrap_or_default();
        let counter = is_first.then(|| ciphering::peek(payload)).flatten();
        Part { is_first, is_last, number, next, header: header(frame), counter }
    }
}

/// Both addresses: the same in all frames of a message.
fn header(frame: &Frame<'_>) -> u64 {
    let bytes = frame.bytes.get(frame.format_at + 2..frame.control_at).unwrap_or_default();
    bytes.iter().fold(0, |header, byte| header << 8 | u64::from(*byte))
}

/// Explains one frame. Never fails, whatever the bytes.
fn dissect(bytes: &[u8], context: &Context<'_>) -> Dissection {
    if bare::is_apdu(bytes) {
        return bare::dissect(ID, bytes, context);
    }
    match Frame::parse(bytes) {
        Some(frame) => explain(bytes, &frame, context),
        None => broken(bytes, context),
    }
}

/// What begins like a frame and is not whole.
fn broken(bytes: &[u8], context: &Context<'_>) -> Dissection {
    let mut builder = DissectionBuilder::default();
    let flag = usize::from(bytes.first() == Some(&FLAG));
    builder.rest_as(Role::Frame, 0, "flag", (0, flag));
    builder.field(0, "cut short", (flag, bytes.len()), Value::Bytes);
    builder.problem(ProblemCode::Framing, "not a whole frame: bytes were lost", None);
    let verdict = Verdict::Malformed("cut short");
    builder.finish(bytes, Head { verdict, ..Head::new(ID, "Broken frame", context) })
}

fn explain(bytes: &[u8], frame: &Frame<'_>, context: &Context<'_>) -> Dissection {
    let mut builder = DissectionBuilder::with_room(24);
    let standing = Standing::unpack(context.step);
    let found = walk(bytes, frame, context);
    let info = Info::of(frame, found.as_ref().is_some_and(|found| found.is_inner));
    let verdict = wire_fields(&mut builder, frame, &info);
    let check = frame.frame_check();
    let explained = match found {
        Some(found) if !verdict.is_bad() && !frame.payload().is_empty() => {
            let push = Push {
                assembled: &found.assembled,
                is_whole: found.is_last,
                is_checked: true,
                standing,
                context,
            };
            Some(push.explain(&mut builder))
        }
        _ => None,
    };
    let Explained { layers, verdict: inner, title, .. } = explained.unwrap_or(Explained {
        layers: Vec::new(),
        is_authentic: false,
        verdict: Verdict::Good,
        title: match (verdict.is_bad(), frame.payload().is_empty()) {
            (true, _) => "Damaged frame",
            (false, true) => "Frame without information",
            (false, false) => "Part without its beginning",
        },
    });
    if !verdict.is_bad() {
        let number = info.block.map(|block| block.number.into());
        let parted =
            Parted { code: ProblemCode::GbtSequence, noun: "block", number, dropped: dropped(context) };
        tell_event(&mut builder, standing.event, parted);
    }
    let verdict = if verdict.is_bad() || inner == Verdict::Good { verdict } else { inner };
    let mut dissection = builder.finish(bytes, Head { verdict, ..Head::new(ID, title, context) });
    dissection.address = bytes.get(frame.source_at..frame.control_at).map(address);
    dissection.checksum = Some(Checksum::new(CheckKind::X25, check.found.into(), check.expected.into(), 4));
    if dissection.direction == Direction::Unknown && !frame.payload().is_empty() {
        dissection.direction = Direction::Push;
    }
    dissection.layers.extend(layers);
    dissection
}

/// A message as far as its frames tell.
struct Found {
    assembled: Assembled,
    is_last: bool,
    /// Whether the last frame is a segment without LLC and block header.
    is_inner: bool,
}

/// Puts the payloads together; `None` if they are no message from its beginning.
fn walk(bytes: &[u8], own: &Frame<'_>, context: &Context<'_>) -> Option<Found> {
    let alone = [bytes];
    let parts = if context.parts.is_empty() { &alone } else { context.parts };
    let mut follower = HdlcTracker::new(Dialect::default());
    let mut assembled = Assembled::default();
    let mut next = None;
    let mut is_inner = false;
    let mut is_last = false;
    for (index, bytes) in parts.iter().enumerate() {
        let frame = Frame::parse(bytes).filter(Frame::is_sound)?;
        if header(&frame) != header(own) {
            return None;
        }
        is_inner = next == Some(INNER);
        let part = follower.part(&frame, is_inner);
        if next.map_or(!part.is_first, |next| next != part.number) {
            return None;
        }
        assembled.add(index, bytes, Info::of(&frame, is_inner).payload);
        next = Some(part.next);
        is_last = part.is_last;
    }
    Some(Found { assembled, is_last, is_inner })
}

/// What there is of the push that a frame ends.
fn dropped(context: &Context<'_>) -> Dropped {
    let parts = context.dropped;
    let found = parts
        .last()
        .and_then(|last| walk(last, &Frame::parse(last)?, &Context { parts, ..Context::default() }));
    found.map_or_else(Dropped::default, |found| Dropped {
        frames: parts.len(),
        bytes: found.assembled.bytes.len(),
        last: None,
    })
}

/// The fields of the wire; gives the judgement on the frame.
fn wire_fields(builder: &mut DissectionBuilder, frame: &Frame<'_>, info: &Info) -> Verdict {
    let at = frame.format_at;
    if at > 0 {
        builder.field(0, "flag", (0, at), Value::Hex(FLAG.into(), 2)).role(Role::Frame);
    }
    let note = match (at, frame.is_segmented) {
        (0, _) => "the flag before it closed another frame",
        (_, true) => "type 3, more segments follow",
        (_, false) => "type 3",
    };
    builder.field(0, "format, length", (at, at + 2), Value::count(frame.length as u64)).note(note);
    address_field(builder, "destination", frame, (at + 2, frame.source_at));
    address_field(builder, "source", frame, (frame.source_at, frame.control_at));
    let control = frame.bytes.get(frame.control_at).copied().unwrap_or_default();
    let control_at = (frame.control_at, frame.control_at + 1);
    builder.field(0, "control", control_at, Value::Hex(control.into(), 2)).note(control_name(control));
    let header = frame.header_check();
    if let Some(check) = header {
        check_field(builder, ("HCS", ProblemCode::Hcs), check);
    }
    info_fields(builder, frame, info);
    check_field(builder, ("FCS", ProblemCode::Fcs), frame.frame_check());
    let end = frame.information.1 + CHECK;
    let closing = closing(builder, frame, end);
    let checks = [Some(frame.frame_check()), header].into_iter().flatten();
    let mut bad = checks.filter(|check| !check.fits());
    match bad.next() {
        Some(check) => Verdict::compare(check.found.into(), check.expected.into(), 4),
        None => closing,
    }
}

fn closing(builder: &mut DissectionBuilder, frame: &Frame<'_>, end: usize) -> Verdict {
    let count = frame.bytes.len();
    if frame.is_closed() {
        builder.field(0, "flag", (end, end + 1), Value::Hex(FLAG.into(), 2)).role(Role::Frame);
        return Verdict::Good;
    }
    builder.rest(0, "beyond the frame", (end, count));
    builder.problem(ProblemCode::Framing, "no flag where the length says the frame ends", None);
    Verdict::Malformed("no closing flag")
}

fn address_field(
    builder: &mut DissectionBuilder,
    label: &'static str,
    frame: &Frame<'_>,
    (start, end): (usize, usize),
) {
    let bytes = frame.bytes.get(start..end).unwrap_or_default();
    builder.field(0, label, (start, end), Value::count(address(bytes)));
}

const fn control_name(control: u8) -> &'static str {
    match control {
        0x13 => "UI, final",
        0x03 => "UI",
        _ if control & 1 == 0 => "I",
        _ if control & 3 == 1 => "S",
        _ => "U",
    }
}

fn check_field(builder: &mut DissectionBuilder, (label, code): (&'static str, ProblemCode), check: Check) {
    let Check { at, found, expected } = check;
    let verdict = Verdict::compare(found.into(), expected.into(), 4);
    builder
        .field(0, label, (at, at + CHECK), Value::Checksum(found.into(), 4))
        .verdict(verdict)
        .note("low byte first");
    if verdict.is_bad() {
        let text = format!("{label} {found:04X}, expected {expected:04X}");
        builder.problem(code, text, Some(Span::new(at, at + CHECK)));
    }
}
