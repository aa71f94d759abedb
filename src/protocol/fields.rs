//! Where the fields of a frame go while it is explained: into a list, or nowhere when only its values are wanted.
//!
//! A dissector that is written for any [`Fields`] is one set of rules for both: nothing of a field is made when
//! nobody keeps it.

use crate::frame::{Field, Label, Role, Span, Value};

/// A keeper of fields.
pub(super) trait Fields {
    /// Whether fields are kept at all.
    const ARE_KEPT: bool;

    /// A keeper with room for so many.
    fn with_room(count: usize) -> Self;

    /// How many are kept.
    fn count(&self) -> usize;

    /// Keeps one more.
    fn add(&mut self, field: impl FnOnce() -> Field);

    /// Changes one that is kept.
    fn change(&mut self, index: usize, change: impl FnOnce(&mut Field));

    /// Keeps one that holds the telegram together.
    fn frame(&mut self, label: impl Into<Label>, span: Span, value: Value, depth: u8) {
        self.add(|| Field::new(label, span, value).at_depth(depth).role(Role::Frame));
    }

    /// Keeps one that says no more than its name and value.
    fn plain(&mut self, label: impl Into<Label>, span: Span, value: Value, depth: u8) {
        self.add(|| Field::new(label, span, value).at_depth(depth));
    }
}

impl Fields for Vec<Field> {
    const ARE_KEPT: bool = true;

    fn with_room(count: usize) -> Self {
        Self::with_capacity(count)
    }

    fn count(&self) -> usize {
        self.len()
    }

    fn add(&mut self, field: impl FnOnce() -> Field) {
        self.push(field());
    }

    fn change(&mut self, index: usize, change: impl FnOnce(&mut Field)) {
        if let Some(field) = self.get_mut(index) {
            change(field);
        }
    }
}

/// Keeps no field.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Unkept;

impl Fields for Unkept {
    const ARE_KEPT: bool = false;

    fn with_room(_: usize) -> Self {
        Self
    }

    fn count(&self) -> usize {
        0
    }

    fn add(&mut self, _: impl FnOnce() -> Field) {}

    fn change(&mut self, _: usize, _: impl FnOnce(&mut Field)) {}
}
