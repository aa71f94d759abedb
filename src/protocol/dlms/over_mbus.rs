//! The family `dlms-mbus`: COSEM pushes in segments over wired M-Bus (EN 13757-1; "customer interface"
//! descriptions of Netz Niederösterreich and TINETZ).

use super::OverMbus;
use super::assembled::Assembled;
use super::bare;
use super::ciphering;
use super::family::{Carrier, pushed};
use super::push::{Explained, Push};
use super::remarks::{Dropped, Parted, tell_event};
use super::standing::{Event, Messages, Part, Standing};
use crate::frame::checksum::CheckKind;
use crate::frame::{Direction, Dissection, ProblemCode, Value, Verdict};
use crate::protocol::dissection_builder::{DissectionBuilder, Head};
use crate::protocol::mbus::dissect::{self as link_dissect, CHECK, Envelope, foot, head};
use crate::protocol::mbus::link::{self, Frame, HEAD, Long};
use crate::protocol::mbus::{self, MbusTracker, access};
use crate::protocol::{
    Access, Context, Dialect, FamilyProfile, Marks, MasterRequest, Relation, Seen, Tracker,
};

/// Protocol id.
const ID: &str = "dlms-mbus";

static PROFILE: FamilyProfile = FamilyProfile {
    carrier: Some(&mbus::PROFILE),
    ..pushed(ID, "DLMS/COSEM push over wired M-Bus", &[CheckKind::Sum8])
};

impl Carrier for OverMbus {
    const PROFILE: &'static FamilyProfile = &PROFILE;
    const ONLY: &'static Self = &Self;
    type Grammar = link::Link;

    fn grammar() -> link::Link {
        link::Link
    }

    fn tracker(dialect: Dialect) -> Box<dyn Tracker> {
        Box::new(Segments::new(dialect))
    }

    /// Every customer interface pushes under the same addresses.
    fn is_own_address(_: u64) -> bool {
        false
    }

    fn told(frame: &[u8], context: &Context<'_>) -> Dissection {
        dissect(frame, context)
    }

    fn close(body: &[u8]) -> Vec<u8> {
        link::seal(body)
    }

    fn marks_in(bytes: &[u8]) -> Option<Marks> {
        let is_long = matches!(bytes, [0x68, length, again, 0x68, ..] if length == again);
        is_long.then_some(Marks { name: "M-Bus frames", speaks: "DLMS on M-Bus" })
    }

    /// These meters speak by themselves: nothing that reads is in their catalogue.
    fn access(frame: &[u8]) -> Option<Access> {
        access(frame).filter(|access| *access != Access::Read)
    }

    fn request_at(_: &[u8]) -> Option<MasterRequest> {
        // Its meters push as masters; whoever asks slaves speaks M-Bus as it is.
        None
    }
}

/// C, A, CI and the two selectors.
const SEGMENT_HEAD: usize = 5;
/// The last CI of a DLMS segment.
const LAST_CI: u8 = 0x1F;
/// The bit of CI that marks the last segment.
const FINAL: u8 = 0x10;

/// A segment as its head tells.
#[derive(Debug, Clone, Copy)]
struct Segment<'a> {
    number: u8,
    is_last: bool,
    /// C (without its toggling bit), A and the selectors: the same in all segments of a push.
    header: [u8; 4],
    payload: &'a [u8],
}

impl<'a> Segment<'a> {
    fn of(long: &Long<'a>) -> Option<Self> {
        let (&[c, a, ci, source, destination], payload) = long.body.split_first_chunk::<SEGMENT_HEAD>()?;
        (ci <= LAST_CI).then_some(Self {
            number: ci & 0x0F,
            is_last: ci & FINAL != 0,
            header: [c & 0xDF, a, source, destination],
            payload,
        })
    }
}

/// The segment in the wire bytes of a frame, if it is sound.
fn sound_segment(bytes: &[u8]) -> Option<Segment<'_>> {
    match Frame::parse(bytes) {
        Frame::Long(long) if long.is_sound() => Segment::of(&long),
        _ => None,
    }
}

/// Follows segments; what is no segment is left to the tracker of M-Bus.
#[derive(Debug)]
struct Segments {
    messages: Messages,
    others: MbusTracker,
}

impl Segments {
    /// For one line.
    fn new(dialect: Dialect) -> Self {
        Self { messages: Messages::new(dialect), others: MbusTracker::default() }
    }
}

impl Tracker for Segments {
    fn track(&mut self, seen: Seen<'_>) -> Relation {
        let segment = match Frame::parse(seen.bytes) {
            Frame::Long(long) => Segment::of(&long).map(|segment| (segment, long.is_sound())),
            _ => None,
        };
        let segment = match segment {
            None => return self.others.track(seen),
            Some((_, false)) => return self.messages.lose(),
            Some((segment, true)) => segment,
        };
        let part = Part {
            is_first: segment.number == 0,
            is_last: segment.is_last,
            number: segment.number.into(),
            next: u32::from(segment.number) + 1,
            header: u32::from_be_bytes(segment.header).into(),
            counter: (segment.number == 0).then(|| ciphering::peek(segment.payload)).flatten(),
        };
        self.messages.take(&seen, part)
    }
}

/// Explains one frame. Never fails, whatever the bytes.
fn dissect(bytes: &[u8], context: &Context<'_>) -> Dissection {
    if bare::is_apdu(bytes) {
        return bare::dissect(ID, bytes, context);
    }
    if let Frame::Long(long) = Frame::parse(bytes)
        && let Some(segment) = Segment::of(&long)
    {
        return explain(bytes, &long, segment, context);
    }
    Dissection { protocol: ID, ..link_dissect::dissect(bytes, context) }
}

fn explain(bytes: &[u8], long: &Long<'_>, segment: Segment<'_>, context: &Context<'_>) -> Dissection {
    let mut builder = DissectionBuilder::with_room(24);
    let standing = Standing::unpack(context.step);
    let lengths = head(&mut builder, long);
    segment_fields(&mut builder, segment, HEAD + long.body.len());
    let Envelope { verdict, checksum } = foot(&mut builder, long, lengths);
    let explained = if verdict.is_bad() { None } else { put_together(bytes, segment, context, &mut builder) };
    let Explained { layers, verdict: inner, title, is_authentic } = explained.unwrap_or(Explained {
        layers: Vec::new(),
        is_authentic: false,
        verdict: Verdict::Good,
        title: if verdict.is_bad() { "Damaged segment" } else { "Segment without its beginning" },
    });
    if !verdict.is_bad() {
        let number = Some(segment.number.into());
        let dropped = dropped(context);
        let parted = Parted { code: ProblemCode::SegmentSequence, noun: "segment", number, dropped };
        tell_event(&mut builder, standing.event, parted);
    }
    let verdict = if verdict.is_bad() || inner == Verdict::Good { verdict } else { inner };
    let address = long.head().map(|[_, a, _]| a.into());
    let (direction, checksum) = (Direction::Push, Some(checksum));
    let head = Head { direction, address, verdict, checksum, ..Head::new(ID, title, context) };
    let mut dissection = builder.finish(bytes, head);
    dissection.layers.extend(layers);
    // An authentication tag is a check of 96 bits.
    if is_authentic { dissection } else { dissection.carried_under(CHECK) }
}

/// What there is of the push that a segment ends.
fn dropped(context: &Context<'_>) -> Dropped {
    let mut dropped = Dropped::default();
    for segment in context.dropped.iter().filter_map(|frame| sound_segment(frame)) {
        dropped.frames += 1;
        dropped.bytes += segment.payload.len();
        dropped.last = Some(segment.number);
    }
    dropped
}

fn segment_fields(builder: &mut DissectionBuilder, segment: Segment<'_>, end: usize) {
    let note = if segment.is_last { "the last segment" } else { "more segments follow" };
    // CI lies behind C and A; its field is already there.
    if let Some(field) = builder.fields.last_mut() {
        field.value = Value::count(segment.number.into());
        field.label = "CI: segment".into();
        field.note = note;
    }
    let [_, _, source, destination] = segment.header;
    let start = HEAD + SEGMENT_HEAD;
    builder.field(0, "source", (start - 2, start - 1), Value::count(source.into())).note("STSAP");
    builder.field(0, "destination", (start - 1, start), Value::count(destination.into())).note("DTSAP");
    builder.rest(0, "payload", (start, end));
}

/// The message up to this segment, if all that comes before it is there.
fn put_together(
    bytes: &[u8],
    segment: Segment<'_>,
    context: &Context<'_>,
    builder: &mut DissectionBuilder,
) -> Option<Explained> {
    let own = [bytes];
    let parts = if context.parts.is_empty() { &own } else { context.parts };
    let mut assembled = Assembled::default();
    for (index, frame) in parts.iter().enumerate() {
        let part = sound_segment(frame)?;
        if usize::from(part.number) != index || part.header != segment.header {
            if Standing::unpack(context.step).event == Event::None {
                let text = "the segments before this one are not known";
                builder.problem(ProblemCode::OrphanSegment, text, None);
            }
            return None;
        }
        let start = HEAD + SEGMENT_HEAD;
        assembled.add(index, frame, (start, start + part.payload.len()));
    }
    let standing = Standing::unpack(context.step);
    let push = Push { assembled: &assembled, is_whole: segment.is_last, is_checked: true, standing, context };
    Some(push.explain(builder))
}

/// The segments that carry an APDU: the meter's side.
pub(super) fn segments(apdu: &[u8], payload: usize) -> Vec<Vec<u8>> {
    let chunks: Vec<&[u8]> = apdu.chunks(payload.max(1)).collect();
    let last = chunks.len().saturating_sub(1);
    let frame = |(index, chunk): (usize, &&[u8])| {
        let number = index as u8 & 0x0F;
        let ci = if index == last { FINAL | number } else { number };
        link::seal(&[&[0x53, 0xFF, ci, 0x01, 0x67], *chunk].concat())
    };
    chunks.iter().enumerate().map(frame).collect()
}
