//! Where fields, readings and problems of a frame are gathered.

use std::ops::Range;

use crate::frame::{Field, Label, Problem, ProblemCode, Role, Span, Value};
use crate::reading::{Code, Measured, MeterTime, Period, Quantity, Raw, Reading, Unit};

/// Room for the fields of an answer with one value, and how many bytes a field has in longer ones: measured, so that
/// few answers make the list grow.
const FIELDS: usize = 8;
/// The longest answer that is taken for one with a single value.
const SHORT: usize = 40;
const BYTES_PER_FIELD: usize = 3;

/// What has been found out about a frame.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate finding about the frame")]
pub(super) struct Sheet<'a> {
    /// The bytes, parity bits taken out.
    pub text: &'a [u8],
    pub fields: Vec<Field>,
    pub readings: Vec<Reading>,
    pub problems: Vec<Problem>,
    /// What the frame is.
    pub title: &'static str,
    /// Whether the title says nothing of the content, so that the first name in it is a better one.
    pub wants_title: bool,
    /// An error that the meter answers with: its number, and what it means.
    pub refused: Option<(Option<u16>, &'static str)>,
    /// Whether values are to become readings.
    pub reads: bool,
    /// Whether one name comes twice, so that two values stand under it.
    pub has_double_name: bool,
    /// Whether a line has lost its name or its brackets, so that its values stand under another name or none.
    pub has_lost_name: bool,
}

/// What a value is, besides itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub code: Option<Code>,
    pub quantity: Quantity,
    pub unit: Unit,
    pub period: Period,
    pub tariff: Option<u8>,
    pub at: Option<MeterTime>,
}

impl About {
    /// Something without a code.
    pub(super) const fn unnamed(quantity: Quantity, unit: Unit) -> Self {
        Self { code: None, quantity, unit, period: Period::Now, tariff: None, at: None }
    }
}

impl<'a> Sheet<'a> {
    /// For a frame whose bytes without parity are `text`.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            fields: Vec::with_capacity(FIELDS.max(text.len() / BYTES_PER_FIELD)),
            readings: Vec::new(),
            problems: Vec::new(),
            title: "",
            wants_title: false,
            refused: None,
            reads: false,
            has_double_name: false,
            has_lost_name: false,
        }
    }

    /// Names the frame by its content.
    pub(super) const fn entitle(&mut self, title: &'static str) {
        (self.title, self.wants_title) = (title, false);
    }

    /// The bytes of a range.
    pub(super) fn bytes(&self, range: &Range<usize>) -> &'a [u8] {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// Adds a field, unless it would be empty.
    pub(super) fn field(
        &mut self,
        label: impl Into<Label>,
        range: Range<usize>,
        value: Value,
    ) -> Option<&mut Field> {
        if range.is_empty() {
            return None;
        }
        self.fields.push(Field::new(label, Span::new(range.start, range.end), value));
        self.fields.last_mut()
    }

    /// Adds a field that holds the message together, unless it would be empty.
    pub(super) fn frame(&mut self, label: &'static str, range: Range<usize>, value: Value) {
        if let Some(field) = self.field(label, range, value) {
            field.role = Role::Frame;
        }
    }

    /// The same below the last field at the top.
    pub(super) fn inner_frame(&mut self, label: &'static str, range: Range<usize>) {
        if let Some(field) = self.inner(label, range, Value::Bytes) {
            field.role = Role::Frame;
        }
    }

    /// Adds the unit of the value before, below the last field at the top.
    pub(super) fn unit(&mut self, range: Range<usize>, note: &'static str) {
        if let Some(field) = self.inner("unit", range, Value::Text) {
            (field.role, field.note) = (Role::Reference, note);
        }
    }

    /// Adds a field below the last one at the top.
    pub(super) fn inner(
        &mut self,
        label: impl Into<Label>,
        range: Range<usize>,
        value: Value,
    ) -> Option<&mut Field> {
        let field = self.field(label, range, value)?;
        field.depth = 1;
        Some(field)
    }

    /// Adds a value below the last field at the top.
    pub(super) fn value(&mut self, label: impl Into<Label>, range: Range<usize>, value: Value, unit: Unit) {
        if let Some(field) = self.inner(label, range, value) {
            field.unit = unit;
        }
    }

    /// Notes what a value says.
    pub(super) fn reading(&mut self, about: About, value: Measured, raw: &Range<usize>) {
        if !self.reads {
            return;
        }
        let raw = Raw::Text(self.bytes(raw).into());
        let base = match about.code {
            Some(code) => Reading::of(code, value, about.unit, &[]),
            None => Reading::unnamed(about.quantity, value, about.unit, &[]),
        };
        let tariff = about.tariff.or(base.tariff);
        let quantity = about.quantity;
        if self.readings.is_empty() {
            let is_short = self.text.len() <= SHORT;
            let commas = if is_short { 0 } else { memchr::memchr_iter(b',', self.text).count() };
            self.readings.reserve_exact(1 + commas);
        }
        self.readings.push(Reading { raw, quantity, tariff, period: about.period, at: about.at, ..base });
    }

    /// Notes something odd.
    pub(super) fn problem(&mut self, code: ProblemCode, text: impl Into<std::borrow::Cow<'static, str>>) {
        self.problems.push(Problem { code, text: text.into(), span: None });
    }

    /// Notes something odd at a place.
    pub(super) fn problem_at(
        &mut self,
        code: ProblemCode,
        text: impl Into<std::borrow::Cow<'static, str>>,
        range: &Range<usize>,
    ) {
        let span = Some(Span::new(range.start, range.end));
        self.problems.push(Problem { code, text: text.into(), span });
    }
}
