//! A dissection in the making.

use std::borrow::Cow;

use crate::frame::{Field, Label, Part, Problem, ProblemCode, Role, Span, Value};
use crate::reading::Reading;

/// Fields of one layer, readings and problems, as they are found.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The fields so far, in reading order.
    pub fields: Vec<Field>,
    /// The readings so far; to be dropped unless the frame turns out to be good.
    pub readings: Vec<Reading>,
    /// What is wrong or odd so far.
    pub problems: Vec<Problem>,
    /// What is still to come when this is not all.
    pub part: Option<Part>,
}

impl Sheet {
    /// A sheet with room for so many fields.
    pub fn with_room(fields: usize) -> Self {
        Self { fields: Vec::with_capacity(fields), ..Self::default() }
    }

    /// Adds a field over `start..end` and gives it back for more to be said.
    pub fn field(
        &mut self,
        depth: u8,
        label: impl Into<Label>,
        (start, end): (usize, usize),
        value: Value,
    ) -> Open<'_> {
        self.fields.push(Field::new(label, Span::new(start, end), value).at_depth(depth));
        Open(self.fields.last_mut())
    }

    /// Covers bytes of which nothing is known, if there are any.
    pub fn rest(&mut self, depth: u8, label: &'static str, range: (usize, usize)) {
        self.rest_as(Role::Value, depth, label, range);
    }

    /// Covers bytes that need no value of their own, if there are any.
    pub fn rest_as(&mut self, role: Role, depth: u8, label: &'static str, (start, end): (usize, usize)) {
        if start < end {
            self.field(depth, label, (start, end), Value::Bytes).role(role);
        }
    }

    /// Notes something odd.
    pub fn problem(&mut self, code: ProblemCode, text: impl Into<Cow<'static, str>>, span: Option<Span>) {
        self.problems.push(Problem { code, text: text.into(), span });
    }
}

/// The field added last.
pub struct Open<'a>(Option<&'a mut Field>);

impl Open<'_> {
    /// With another role than that of a value.
    pub fn role(mut self, role: Role) -> Self {
        if let Some(field) = &mut self.0 {
            field.role = role;
        }
        self
    }

    /// With a unit.
    pub fn unit(mut self, unit: crate::reading::Unit) -> Self {
        if let Some(field) = &mut self.0 {
            field.unit = unit;
        }
        self
    }

    /// With a remark.
    pub fn note(mut self, note: &'static str) -> Self {
        if let Some(field) = &mut self.0 {
            field.note = note;
        }
        self
    }

    /// With a verdict.
    pub fn verdict(mut self, verdict: crate::frame::Verdict) -> Self {
        if let Some(field) = &mut self.0 {
            field.verdict = verdict;
        }
        self
    }
}
