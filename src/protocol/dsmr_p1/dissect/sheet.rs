//! What is written down while a telegram is explained.

use std::borrow::Cow;

use crate::frame::{Field, Label, Origin, Problem, ProblemCode, Span, Value};
use crate::protocol::dsmr_p1::object::Object;
use crate::protocol::dsmr_p1::text;
use crate::protocol::dsmr_p1::variant::Variant;
use crate::protocol::fields::Fields;
use crate::reading::{MeterTime, Reading, Unit};

/// The findings on one telegram.
pub(super) struct Sheet<'a, F> {
    /// The telegram in clear.
    pub bytes: &'a [u8],
    /// Where its first byte stands on the wire: behind the head of the envelope of an encrypted one.
    pub base: usize,
    /// Whose it is.
    pub variant: &'static Variant,
    /// Whether it is sound, so that readings may be taken from it.
    pub is_sound: bool,
    /// The fields of the telegram.
    pub fields: F,
    /// The readings.
    pub readings: Vec<Reading>,
    /// What is odd.
    pub problems: Vec<Problem>,
    /// Texts that were sent as hex.
    pub decoded: Decoded<F>,
    /// The time of the telegram.
    pub clock: Option<MeterTime>,
    /// What the meters on the channels measure.
    pub media: [Option<&'static str>; 5],
    /// Where the brackets of the line at hand open and close.
    pub groups: Vec<Span>,
    /// A register whose number follows in the next line.
    pub awaited: Option<Awaited>,
    /// The latest of a list of dated registers.
    pub latest: Option<Latest>,
}

/// Texts that were sent as hex: a layer of their own.
#[derive(Debug)]
pub(super) struct Decoded<F> {
    /// The texts, one after the other.
    pub bytes: Vec<u8>,
    /// A field each.
    pub fields: F,
    /// Where each comes from.
    pub from: Vec<Origin>,
}

/// The latest of a list of dated registers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latest {
    /// Its object.
    pub object: Object,
    /// Its time.
    pub time: MeterTime,
    /// Where its reading is.
    pub reading: usize,
}

/// A register whose number follows in the next line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Awaited {
    /// Its object.
    pub object: Object,
    /// Its own time.
    pub time: Option<MeterTime>,
    /// Its unit.
    pub unit: Unit,
    /// Its field.
    pub field: usize,
}

impl<'a, F: Fields> Sheet<'a, F> {
    /// For a telegram that begins `base` bytes into the wire.
    pub(super) fn new(bytes: &'a [u8], base: usize, variant: &'static Variant, is_sound: bool) -> Self {
        Self {
            bytes,
            base,
            variant,
            is_sound,
            fields: F::with_room(bytes.len() / 4),
            readings: Vec::with_capacity(if is_sound { 40 } else { 0 }),
            problems: Vec::new(),
            decoded: Decoded { bytes: Vec::new(), fields: F::with_room(0), from: Vec::new() },
            clock: None,
            media: [None; 5],
            groups: Vec::with_capacity(8),
            awaited: None,
            latest: None,
        }
    }

    /// The bytes of a range.
    pub(super) fn text(&self, span: Span) -> &'a [u8] {
        self.bytes.get(span.range()).unwrap_or_default()
    }

    /// A field at a depth.
    pub(super) fn field(&mut self, label: impl Into<Label>, span: Span, value: Value, depth: u8) {
        self.fields.plain(label, span, value, depth);
    }

    /// Something odd about a range of the telegram.
    pub(super) fn problem(
        &mut self,
        code: ProblemCode,
        text: impl Into<Cow<'static, str>>,
        span: Option<Span>,
    ) {
        let on_wire = |span: Span| {
            let range = span.range();
            Span::new(self.base + range.start, self.base + range.end)
        };
        self.problems.push(Problem { code, text: text.into(), span: span.map(on_wire) });
    }

    /// Undoes the hex of a text and writes it into the layer of texts, once; `None` when it is no text in hex.
    pub(super) fn undo_hex(&mut self, label: impl FnOnce() -> Label, span: Span) -> Option<Span> {
        let range = span.range();
        let wire = Span::new(self.base + range.start, self.base + range.end);
        if let Some(done) = self.decoded.from.iter().rev().find(|origin| origin.wire == wire) {
            return Some(done.here);
        }
        let from = self.decoded.bytes.len();
        let is_hex = text::unhex(self.bytes.get(range)?, &mut self.decoded.bytes);
        let here = Span::new(from, self.decoded.bytes.len());
        let is_text = |byte: &u8| matches!(byte, 0x20..=0x7E | 0xA0..);
        if !is_hex || here.is_empty() || !self.undone(here).iter().all(is_text) {
            self.decoded.bytes.truncate(from);
            return None;
        }
        // Without fields nobody asks for the same text again.
        if F::ARE_KEPT {
            self.decoded.fields.add(|| Field::new(label(), here, Value::Text));
            self.decoded.from.push(Origin { here, part: 0, wire });
        }
        Some(here)
    }

    /// The text that was undone from hex.
    pub(super) fn undone(&self, here: Span) -> &[u8] {
        self.decoded.bytes.get(here.range()).unwrap_or_default()
    }
}
