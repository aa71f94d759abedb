//! Named byte ranges, kept as a flat list in reading order with a depth: the tree without its pointers.

use super::{Label, Role, Value, Verdict};
use crate::reading::Unit;

/// A range of bytes of a layer, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Index of the first byte.
    pub start: u32,
    /// Index after the last byte.
    pub end: u32,
}

impl Span {
    /// From `start` up to, not including, `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let index = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: index(start), end: index(end.max(start)) }
    }

    /// The range for slicing.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// How many bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it holds no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end == self.start
    }

    /// Whether the byte at `index` is in it.
    #[must_use]
    pub const fn contains(self, index: usize) -> bool {
        self.start as usize <= index && index < self.end as usize
    }
}

/// A named range of a layer with its meaning.
///
/// Parts of one byte, such as flags, are children of the byte's field: the first of them holds the byte, the
/// others are empty and stand at its end, so that the childless fields still tile the layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// What it is called.
    pub label: Label,
    /// What it is to the message around it.
    pub role: Role,
    /// Where it is.
    pub span: Span,
    /// 0 for the top level; a field's children follow it with one more.
    pub depth: u8,
    /// What it means.
    pub value: Value,
    /// The unit of a number.
    pub unit: Unit,
    /// The judgement on it.
    pub verdict: Verdict,
    /// A remark for the reader, empty for none.
    pub note: &'static str,
}

impl Field {
    /// A field at the top level that says no more than its name and value.
    #[must_use]
    pub fn new(label: impl Into<Label>, span: Span, value: Value) -> Self {
        Self {
            label: label.into(),
            role: Role::default(),
            span,
            depth: 0,
            value,
            unit: Unit::None,
            verdict: Verdict::default(),
            note: "",
        }
    }

    /// With another role than that of a value.
    #[must_use]
    pub fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// With a unit.
    #[must_use]
    pub fn unit(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    /// With a verdict.
    #[must_use]
    pub fn verdict(self, verdict: Verdict) -> Self {
        Self { verdict, ..self }
    }

    /// With a remark.
    #[must_use]
    pub fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// At another depth.
    #[must_use]
    pub fn at_depth(self, depth: u8) -> Self {
        Self { depth, ..self }
    }
}

/// Questions to a flat list of fields as to a tree.
pub trait FieldTree {
    /// Whether the field at `index` has no children.
    fn is_leaf(&self, index: usize) -> bool;
    /// The index of the field that holds the one at `index`.
    fn parent(&self, index: usize) -> Option<usize>;
    /// The innermost field over a byte.
    fn leaf_at(&self, byte: usize) -> Option<usize>;
    /// Whether the childless fields cover `0..length` exactly once, in order: the law of every layer.
    fn tiles(&self, length: usize) -> bool;
}

impl FieldTree for [Field] {
    fn is_leaf(&self, index: usize) -> bool {
        match (self.get(index), self.get(index + 1)) {
            (Some(field), Some(next)) => next.depth <= field.depth,
            (Some(_), None) => true,
            _ => false,
        }
    }

    fn parent(&self, index: usize) -> Option<usize> {
        let depth = self.get(index)?.depth;
        self.get(..index)?.iter().rposition(|field| field.depth < depth)
    }

    fn leaf_at(&self, byte: usize) -> Option<usize> {
        (0..self.len())
            .find(|&index| self.is_leaf(index) && self.get(index).is_some_and(|f| f.span.contains(byte)))
    }

    fn tiles(&self, length: usize) -> bool {
        let mut next = 0;
        for (index, field) in self.iter().enumerate() {
            if !self.is_leaf(index) {
                continue;
            }
            if field.span.range().start != next {
                return false;
            }
            next = field.span.range().end;
        }
        next == length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &'static str, start: usize, end: usize, depth: u8) -> Field {
        Field::new(name, Span::new(start, end), Value::Bytes).at_depth(depth)
    }

    #[test]
    fn leaves_must_cover_every_byte_once_and_in_order() {
        let fields =
            [field("header", 0, 4, 0), field("to", 0, 2, 1), field("from", 2, 4, 1), field("crc", 4, 5, 0)];
        assert!(fields.tiles(5));
        assert!(!fields.tiles(6), "a byte left over");
        assert!(![field("a", 0, 2, 0), field("b", 1, 3, 0)].tiles(3), "an overlap");
        assert!(![field("a", 0, 1, 0), field("b", 2, 3, 0)].tiles(3), "a gap");
    }

    #[test]
    fn the_tree_is_found_in_the_flat_list() {
        let fields =
            [field("header", 0, 4, 0), field("to", 0, 2, 1), field("from", 2, 4, 1), field("crc", 4, 5, 0)];
        assert_eq!(fields.leaf_at(3), Some(2));
        assert_eq!(fields.parent(2), Some(0));
        assert_eq!(fields.parent(3), None);
        assert!(!fields.is_leaf(0));
    }
}
