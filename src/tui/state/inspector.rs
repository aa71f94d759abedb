//! A frame under the glass: its fields and its bytes, each lighting the other.

use std::collections::BTreeSet;

use crate::frame::{Dissection, FieldTree, Layer, Span};
use crate::tui::widgets::{keep_in_view, open_fields, wrap};

/// A dissected frame with a place in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Inspector {
    /// Its number in the trace, where it is from there.
    pub entry: Option<u32>,
    /// What it means.
    pub shown: Option<Dissection>,
    /// Which view of its bytes.
    pub layer: usize,
    /// The chosen field.
    pub field: usize,
    /// The chosen byte.
    pub byte: usize,
    /// Fields whose children are hidden.
    pub folded: BTreeSet<usize>,
    /// Bytes of the wire with which a new chunk begins.
    pub chunks: Vec<usize>,
    /// First row of the tree on screen.
    pub tree_top: usize,
    /// First row of the bytes on screen.
    pub hex_top: usize,
}

impl Inspector {
    /// Puts a frame under the glass. The same entry again keeps the place.
    pub(crate) fn show(&mut self, entry: Option<u32>, dissection: Option<Dissection>) {
        if entry.is_some() && self.entry == entry && self.shown == dissection {
            return;
        }
        let layer = dissection.as_ref().map_or(0, |d| self.layer.min(d.layers.len().saturating_sub(1)));
        *self = Self { entry, shown: dissection, layer, ..Self::default() };
    }

    /// The view of the bytes that is shown.
    #[must_use]
    pub(crate) fn layer(&self) -> Option<&Layer> {
        self.shown.as_ref()?.layers.get(self.layer)
    }

    /// The bytes that are lit: those of the chosen field. Of a field without bytes of its own, such as some
    /// bits of a byte, those of what it is part of.
    #[must_use]
    pub(crate) fn lit(&self) -> Span {
        let Some(layer) = self.layer() else { return Span::default() };
        let mut index = self.field;
        loop {
            let span = layer.fields.get(index).map(|field| field.span).unwrap_or_default();
            match layer.fields.parent(index) {
                Some(parent) if span.is_empty() => index = parent,
                _ => return span,
            }
        }
    }

    /// Indices of the fields that are not hidden in a folded one.
    #[must_use]
    pub(crate) fn visible(&self) -> Vec<usize> {
        self.layer().map(|layer| open_fields(&layer.fields, &self.folded)).unwrap_or_default()
    }

    /// The row of the chosen field in the tree.
    #[must_use]
    pub(crate) fn row(&self) -> usize {
        self.visible().iter().position(|index| *index == self.field).unwrap_or(0)
    }

    /// Moves over so many fields and lights their bytes.
    pub(crate) fn step_field(&mut self, by: isize) {
        let row = self.row().saturating_add_signed(by);
        self.choose_row(row);
    }

    /// Chooses the field in a row of the tree.
    pub(crate) fn choose_row(&mut self, row: usize) {
        let visible = self.visible();
        let Some(index) = visible.get(row.min(visible.len().saturating_sub(1))) else { return };
        self.field = *index;
        self.byte = self.lit().range().start;
    }

    /// Moves over so many bytes and lights the field they belong to.
    pub(crate) fn step_byte(&mut self, by: isize) {
        self.choose_byte(self.byte.saturating_add_signed(by));
    }

    /// Chooses a byte and the innermost field over it.
    pub(crate) fn choose_byte(&mut self, byte: usize) {
        let Some(layer) = self.layer() else { return };
        let byte = byte.min(layer.bytes.len().saturating_sub(1));
        let leaf = layer.fields.leaf_at(byte);
        self.byte = byte;
        if let Some(leaf) = leaf {
            self.field = leaf;
            self.unfold_above(leaf);
        }
    }

    /// Hides or shows the children of the chosen field.
    pub(crate) fn fold(&mut self) {
        let is_leaf = self.layer().is_none_or(|layer| layer.fields.is_leaf(self.field));
        if !is_leaf && !self.folded.remove(&self.field) {
            self.folded.insert(self.field);
        }
    }

    /// The next view of the bytes.
    pub(crate) fn next_layer(&mut self) {
        let layers = self.shown.as_ref().map_or(1, |d| d.layers.len().max(1));
        self.layer = (self.layer + 1) % layers;
        self.field = 0;
        self.byte = 0;
        self.folded.clear();
    }

    /// What is wrong or odd about the frame, a line each.
    #[must_use]
    pub(crate) fn remarks(&self) -> Vec<&str> {
        let problems = self.shown.as_ref().map(|shown| shown.problems.as_slice()).unwrap_or_default();
        problems.iter().map(|problem| problem.text.as_ref()).collect()
    }

    /// The same in so many columns.
    #[must_use]
    pub(crate) fn remark_rows(&self, columns: u16) -> Vec<String> {
        self.remarks().into_iter().flat_map(|remark| wrap(remark, columns)).collect()
    }

    /// Keeps the place on screen: `tree` rows of fields, `hex` rows of `width` bytes.
    pub(crate) fn fit(&mut self, tree: usize, hex: usize, width: usize) {
        let bytes = self.layer().map_or(0, |layer| layer.bytes.len());
        self.byte = self.byte.min(bytes.saturating_sub(1));
        let width = width.max(1);
        self.tree_top = keep_in_view(self.row(), self.tree_top, tree.max(1), self.visible().len());
        self.hex_top = keep_in_view(self.byte / width, self.hex_top, hex.max(1), bytes.div_ceil(width));
    }

    fn unfold_above(&mut self, mut index: usize) {
        while let Some(parent) = self.layer().and_then(|layer| layer.fields.parent(index)) {
            self.folded.remove(&parent);
            index = parent;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Field, Value};

    fn inspector() -> Inspector {
        let mut dissection = Dissection::unexplained("test", &[0xC0, 1, 2, 3, 0xC0], "frame");
        let field = |name: &'static str, start, end, depth| {
            Field::new(name, Span::new(start, end), Value::Bytes).at_depth(depth)
        };
        dissection.layers[0].fields = vec![
            field("begin", 0, 1, 0),
            field("header", 1, 3, 0),
            field("to", 1, 2, 1),
            field("from", 2, 3, 1),
            field("crc", 3, 4, 0),
            field("end", 4, 5, 0),
        ];
        let mut inspector = Inspector::default();
        inspector.show(Some(1), Some(dissection));
        inspector
    }

    #[test]
    fn moving_over_bytes_lights_their_field_and_the_other_way_round() {
        let mut inspector = inspector();
        inspector.step_byte(2);
        assert_eq!(inspector.field, 3);
        inspector.step_field(1);
        assert_eq!((inspector.byte, inspector.lit()), (3, Span::new(3, 4)));
        inspector.step_byte(99);
        assert_eq!(inspector.byte, 4);
    }

    #[test]
    fn a_field_without_bytes_of_its_own_lights_those_it_is_part_of() {
        let mut inspector = inspector();
        let bits = Field::new("bits", Span::new(2, 2), Value::Bytes).at_depth(2);
        inspector.shown.as_mut().unwrap().layers[0].fields.insert(3, bits);
        inspector.choose_row(3);
        assert_eq!((inspector.byte, inspector.lit()), (1, Span::new(1, 2)));
    }

    #[test]
    fn a_folded_field_hides_its_children_until_one_of_their_bytes_is_chosen() {
        let mut inspector = inspector();
        inspector.choose_row(1);
        inspector.fold();
        assert_eq!(inspector.visible(), [0, 1, 4, 5]);
        inspector.step_field(1);
        assert_eq!(inspector.field, 4);
        inspector.choose_byte(1);
        assert_eq!(inspector.visible().len(), 6);
    }

    #[test]
    fn the_same_entry_again_keeps_the_place_and_another_does_not() {
        let mut inspector = inspector();
        inspector.step_byte(3);
        let same = inspector.shown.clone();
        inspector.show(Some(1), same.clone());
        assert_eq!(inspector.byte, 3);
        inspector.show(Some(2), same);
        assert_eq!(inspector.byte, 0);
    }

    #[test]
    fn nothing_under_the_glass_is_no_trouble() {
        let mut empty = Inspector::default();
        empty.step_byte(1);
        empty.step_field(-1);
        empty.fold();
        empty.next_layer();
        empty.fit(0, 0, 0);
        assert_eq!(empty.visible(), Vec::<usize>::new());
    }
}
