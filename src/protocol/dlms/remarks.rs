//! What is said of a message besides its content: what became of the one before, and its ciphering header.

use super::ciphering::{self, BLOCK_TRANSFER, Control, Header, Octets};
use super::standing::{Event, Step};
use crate::frame::{Label, ProblemCode, Role, Value};
use crate::protocol::dissection_builder::DissectionBuilder;
use crate::protocol::sealed;

/// How the parts of a carrier are called, and the problem of one that is not in order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parted {
    /// The problem's code.
    pub code: ProblemCode,
    /// One of them.
    pub noun: &'static str,
    /// The number that this one has, where they are numbered.
    pub number: Option<u32>,
    /// What there is of the push that it ends.
    pub dropped: Dropped,
}

/// What came of a push that never became whole.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dropped {
    /// Its frames; 0 where they are not known.
    pub frames: usize,
    /// Bytes of its APDU.
    pub bytes: usize,
    /// The number of its last segment, where they are numbered.
    pub last: Option<u8>,
}

impl Dropped {
    /// In words, to stand behind what happened to it.
    fn words(self) -> String {
        let Self { frames, bytes, last } = self;
        let s = if frames == 1 { "" } else { "s" };
        match (frames, last) {
            (0, _) => String::new(),
            (_, Some(last)) => format!(" after {frames} segment{s}: {bytes} bytes, last segment {last}"),
            (_, None) => format!(" after {frames} frame{s}: {bytes} bytes"),
        }
    }
}

/// What a frame does to the message before it.
pub(super) fn tell_event(builder: &mut DissectionBuilder, event: Event, parted: Parted) {
    let Parted { code, noun, number, dropped } = parted;
    let words = dropped.words();
    match event {
        Event::None => {}
        Event::Restart => {
            let text = format!("begins anew: the push before was not whole and is dropped{words}");
            builder.problem(ProblemCode::SegmentRestart, text, None);
        }
        Event::TimedOut => {
            let text = format!("the push before was not whole when nothing more came: dropped{words}");
            builder.problem(ProblemCode::TimeoutIncomplete, text, None);
        }
        Event::Orphan => {
            let text =
                "the beginning of this push is missing: listening began in its middle, or it was damaged";
            builder.problem(ProblemCode::OrphanSegment, text, None);
        }
        Event::Gap(expected) => {
            let text = match (number, expected) {
                (Some(got), Some(expected)) => {
                    format!("{noun} {expected} should have come, this is {got}: the push is dropped")
                }
                _ => format!("another {noun} should have come: the push is dropped"),
            };
            builder.problem(code, text, None);
        }
    }
}

/// The fields of a ciphering header, whose APDU begins at `at`.
pub(super) fn header_fields(builder: &mut DissectionBuilder, at: usize, header: &Header, step: Step) {
    title_fields(builder, at, (header.tag, header.title), header.title_at);
    let (length_start, length_end) = header.length_at;
    builder.rest(0, "recipient, time and key", (header.title_at.end, length_start));
    builder
        .field(0, "length", (length_start, length_end), Value::count(header.length as u64))
        .role(Role::Frame);
    control_fields(builder, length_end, header.control);
    let label = match step {
        Step::Ahead(step) => Label::Nth("invocation counter, step", step.into()),
        _ => Label::Name("invocation counter"),
    };
    let note = match step {
        Step::First => "",
        Step::Ahead(1) => "one more than before",
        Step::Ahead(_) => "pushes are missing in between",
        Step::Far => "far ahead of the one before",
        Step::Same => "the same as before",
        Step::Back => "lower than before",
    };
    let value = Value::count(header.counter.into());
    builder.field(0, label, (length_end + 1, length_end + 5), value).role(Role::Counter).note(note);
}

/// The beginning of a ciphering header: tag and system title.
pub(super) fn title_fields(
    builder: &mut DissectionBuilder,
    at: usize,
    (tag, title): (Option<u8>, Option<[u8; 8]>),
    Octets { length_at, start, end }: Octets,
) {
    if let Some(tag) = tag {
        builder.field(0, "APDU", (at, at + 1), Value::Hex(tag.into(), 2)).note(apdu_name(tag));
    }
    if tag == Some(ciphering::GENERAL_CIPHERING) {
        builder.field(0, "transaction id", (at + 1, length_at), Value::Bytes);
    }
    let note = if tag.is_none() { "no tag of an APDU before it: not standard" } else { "" };
    builder
        .field(0, "length of system title", (length_at, start), Value::count((end - start) as u64))
        .role(Role::Frame)
        .note(note);
    if end > start {
        let (value, note) = match title {
            Some(title) => sealed::title(title),
            None => (Value::Bytes, "not of 8 bytes"),
        };
        builder.field(0, "system title", (start, end), value).role(Role::SystemTitle).note(note);
    }
}

fn control_fields(builder: &mut DissectionBuilder, at: usize, control: Control) {
    let value = Value::Hex(control.0.into(), 2);
    let words = if control.is_compressed() { "compressed" } else { control.words() };
    builder.field(0, "security control", (at, at + 1), value).role(Role::SecurityControl).note(words);
    let note = if control.is_broadcast() { "with the key for broadcasts" } else { "" };
    builder.field(1, "suite", (at, at + 1), Value::Word(control.suite_words())).note(note);
}

/// The name of an APDU by its tag.
pub(super) const fn apdu_name(tag: u8) -> &'static str {
    match tag {
        0x0F => "data-notification",
        0xC0..=0xC4 => "a service of reading and writing",
        0xC8..=0xCF => "a service, ciphered with the global key",
        0xD0..=0xD7 => "a service, ciphered with a dedicated key",
        ciphering::GLO_CIPHERING => "general-glo-ciphering",
        ciphering::DED_CIPHERING => "general-ded-ciphering",
        ciphering::GENERAL_CIPHERING => "general-ciphering",
        ciphering::GENERAL_SIGNING => "general-signing",
        BLOCK_TRANSFER => "general-block-transfer",
        _ => "",
    }
}
