//! Fields written down one after the other.

use std::borrow::Cow;

use crate::frame::{Field, Label, Problem, ProblemCode, Span, Value};
use crate::reading::Reading;

/// What has been explained of a frame so far.
pub(super) struct Sheet<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
    /// The fields.
    pub fields: Vec<Field>,
    /// What was measured.
    pub readings: Vec<Reading>,
    /// What is odd.
    pub problems: Vec<Problem>,
}

impl<'a> Sheet<'a> {
    /// A blank one.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            end: bytes.len(),
            fields: Vec::with_capacity(24),
            readings: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// How many bytes are left.
    pub(super) const fn left(&self) -> usize {
        self.end.saturating_sub(self.at)
    }

    /// Allows fields over the next `width` bytes only, or over all that are left.
    pub(super) fn limit(&mut self, width: Option<usize>) {
        self.end = width.map_or(self.bytes.len(), |width| self.bytes.len().min(self.at + width));
    }

    /// The next `width` bytes, fewer at the end.
    pub(super) fn next(&self, width: usize) -> &'a [u8] {
        self.bytes.get(self.at..self.at + width.min(self.left())).unwrap_or_default()
    }

    /// A field over the next `width` bytes that has children: they follow, one level deeper.
    pub(super) fn parent(
        &mut self,
        depth: u8,
        label: impl Into<Label>,
        width: usize,
        value: Value,
    ) -> &mut Field {
        let width = width.min(self.left());
        let field = Field::new(label, Span::new(self.at, self.at + width), value).at_depth(depth);
        self.fields.push(field);
        let last = self.fields.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the field was pushed in the line before")]
        &mut self.fields[last]
    }

    /// A field without children over the next `width` bytes.
    pub(super) fn leaf(
        &mut self,
        depth: u8,
        label: impl Into<Label>,
        width: usize,
        value: Value,
    ) -> &mut Field {
        let start = self.at;
        self.at += width.min(self.left());
        let span = Span::new(start, self.at);
        self.fields.push(Field::new(label, span, value).at_depth(depth));
        let last = self.fields.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the field was pushed in the line before")]
        &mut self.fields[last]
    }

    /// Something odd.
    pub(super) fn problem(&mut self, code: ProblemCode, text: impl Into<Cow<'static, str>>) {
        self.problems.push(Problem { code, text: text.into(), span: None });
    }
}

/// Bytes as a number, least significant first; at most eight of them.
pub(super) fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Bytes as a number, most significant first; at most eight of them.
pub(super) fn big(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
