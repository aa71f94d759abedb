//! Dissection builder: what is found about a frame, put together once for all families.

use std::borrow::Cow;

use super::Context;
use crate::frame::{
    Checksum, Direction, Dissection, Field, Label, Layer, LayerKind, Part, Problem, ProblemCode, Reason,
    Role, Span, Value, Verdict,
};
use crate::reading::Reading;

/// Fields of one layer, readings and problems, as they are found.
#[derive(Debug, Default)]
pub(super) struct DissectionBuilder {
    /// The fields so far, in reading order.
    pub fields: Vec<Field>,
    /// The readings so far; to be dropped unless the frame turns out to be good.
    pub readings: Vec<Reading>,
    /// What is wrong or odd so far.
    pub problems: Vec<Problem>,
    /// What is still to come when this is not all.
    pub part: Option<Part>,
}

impl DissectionBuilder {
    /// A builder with room for so many fields.
    pub(super) fn with_room(fields: usize) -> Self {
        Self { fields: Vec::with_capacity(fields), ..Self::default() }
    }

    /// Adds a field over `start..end` and gives it back for more to be said.
    pub(super) fn field(
        &mut self,
        depth: u8,
        label: impl Into<Label>,
        (start, end): (usize, usize),
        value: Value,
    ) -> LastField<'_> {
        self.fields.push(Field::new(label, Span::new(start, end), value).at_depth(depth));
        LastField(self.fields.last_mut())
    }

    /// Covers bytes of which nothing is known, if there are any.
    pub(super) fn rest(&mut self, depth: u8, label: &'static str, range: (usize, usize)) {
        self.rest_as(Role::Value, depth, label, range);
    }

    /// Covers bytes that need no value of their own, if there are any.
    pub(super) fn rest_as(
        &mut self,
        role: Role,
        depth: u8,
        label: &'static str,
        (start, end): (usize, usize),
    ) {
        if start < end {
            self.field(depth, label, (start, end), Value::Bytes).role(role);
        }
    }

    /// Notes something odd.
    pub(super) fn problem(
        &mut self,
        code: ProblemCode,
        text: impl Into<Cow<'static, str>>,
        span: Option<Span>,
    ) {
        self.problems.push(Problem { code, text: text.into(), span });
    }

    /// Dissection of a frame over whose bytes the fields lie.
    pub(super) fn finish(self, bytes: &[u8], head: Head) -> Dissection {
        let Self { fields, readings, problems, part } = self;
        Dissection { part, ..head.over(vec![wire(bytes, fields)], readings, problems) }
    }
}

/// Layer of the bytes as they were on the wire.
pub(super) fn wire(bytes: &[u8], fields: Vec<Field>) -> Layer {
    Layer { kind: LayerKind::Wire, bytes: bytes.into(), fields, from: Vec::new() }
}

/// What is said of a frame as a whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    /// Protocol id.
    pub protocol: &'static str,
    /// Which way it went.
    pub direction: Direction,
    /// The meter's address as a number.
    pub address: Option<u64>,
    /// What it is about.
    pub title: &'static str,
    /// The judgement on the whole.
    pub verdict: Verdict,
    /// The checksum, where there is one.
    pub checksum: Option<Checksum>,
}

impl Head {
    /// For a frame whose address, checksum and verdict are not known.
    pub(super) const fn new(protocol: &'static str, title: &'static str, context: &Context<'_>) -> Self {
        Self {
            protocol,
            direction: context.direction,
            address: None,
            title,
            verdict: Verdict::Unchecked(Reason::NoRule),
            checksum: None,
        }
    }

    /// Dissection with these layers, the wire first. Only a frame that is not bad reads anything.
    pub(super) fn over(
        self,
        layers: Vec<Layer>,
        readings: Vec<Reading>,
        problems: Vec<Problem>,
    ) -> Dissection {
        let Self { protocol, direction, address, title, verdict, checksum } = self;
        let readings = if verdict.is_bad() { Vec::new() } else { readings };
        let (part, bare) = (None, None);
        Dissection {
            protocol,
            direction,
            address,
            title,
            part,
            verdict,
            checksum,
            layers,
            readings,
            problems,
            bare,
        }
    }
}

/// The field added last.
pub(super) struct LastField<'a>(Option<&'a mut Field>);

impl LastField<'_> {
    /// With another role than that of a value.
    pub(super) fn role(mut self, role: Role) -> Self {
        if let Some(field) = &mut self.0 {
            field.role = role;
        }
        self
    }

    /// With a unit.
    pub(super) fn unit(mut self, unit: crate::reading::Unit) -> Self {
        if let Some(field) = &mut self.0 {
            field.unit = unit;
        }
        self
    }

    /// With a remark.
    pub(super) fn note(mut self, note: &'static str) -> Self {
        if let Some(field) = &mut self.0 {
            field.note = note;
        }
        self
    }

    /// With a verdict.
    pub(super) fn verdict(mut self, verdict: crate::frame::Verdict) -> Self {
        if let Some(field) = &mut self.0 {
            field.verdict = verdict;
        }
        self
    }
}
