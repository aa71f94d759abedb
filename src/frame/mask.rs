//! Passwords inside frames: which bytes are not to be shown, and hex without them.

use std::ops::Range;

use super::{Dissection, Layer, Span, hex};

/// Which bytes of a layer belong to a secret; by default none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mask(Vec<bool>);

impl Mask {
    /// The mask of one layer of a dissection. A secret that only a made-up layer knows of is followed back
    /// to the wire.
    #[must_use]
    pub fn of(dissection: &Dissection, layer: usize) -> Self {
        let Some(shown) = dissection.layers.get(layer) else { return Self::default() };
        if dissection.layers.iter().all(|layer| secrets(layer).next().is_none()) {
            return Self::default();
        }
        let mut mask = Self(vec![false; shown.bytes.len()]);
        for span in secrets(shown) {
            mask.hide(span.range());
        }
        if layer == 0 {
            for other in dissection.layers.iter().skip(1) {
                secrets(other).for_each(|span| mask.hide_origins(other, span));
            }
        }
        mask
    }

    /// The same, unless secrets are to be shown.
    #[must_use]
    pub fn unless(reveal: bool, dissection: &Dissection, layer: usize) -> Self {
        if reveal { Self::default() } else { Self::of(dissection, layer) }
    }

    /// The mask of a part of the bytes that begins at `start`.
    #[must_use]
    pub fn part(&self, start: usize, len: usize) -> Self {
        Self(self.0.iter().skip(start).take(len).copied().collect())
    }

    /// Whether anything is hidden.
    #[must_use]
    pub fn hides_anything(&self) -> bool {
        self.0.contains(&true)
    }

    /// Whether any byte of a range is hidden.
    #[must_use]
    pub fn hides_any(&self, mut range: Range<usize>) -> bool {
        self.hides_anything() && range.any(|index| self.hides(index))
    }

    /// The runs of hidden bytes.
    pub fn runs(&self) -> impl Iterator<Item = Range<usize>> {
        let mut at = 0;
        self.0.chunk_by(|one, other| one == other).filter_map(move |run| {
            let from = at;
            at += run.len();
            run.first().is_some_and(|hidden| *hidden).then_some(from..at)
        })
    }

    /// How many bytes are hidden.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.0.iter().filter(|hidden| **hidden).count()
    }

    /// Whether the byte at `index` is hidden.
    #[must_use]
    pub fn hides(&self, index: usize) -> bool {
        self.0.get(index).copied().unwrap_or(false)
    }

    /// `C0 48 ** 34`: all bytes as hex.
    #[must_use]
    pub fn spaced_hex(&self, bytes: &[u8]) -> String {
        self.spaced(bytes, Span::new(0, bytes.len()))
    }

    /// `C048**34`: the bytes of a span as hex without separators.
    #[must_use]
    pub fn compact(&self, bytes: &[u8], span: Span) -> String {
        self.hex(bytes, span, "")
    }

    /// `C0 48 ** 34`.
    #[must_use]
    pub fn spaced(&self, bytes: &[u8], span: Span) -> String {
        self.hex(bytes, span, " ")
    }

    fn hex(&self, bytes: &[u8], span: Span, separator: &str) -> String {
        let mut text = String::with_capacity(span.len() * (2 + separator.len()));
        self.put(&mut text, bytes, span, separator);
        text
    }

    /// Adds the bytes of a span as hex.
    pub fn put(&self, text: &mut String, bytes: &[u8], span: Span, separator: &str) {
        let start = span.range().start;
        for (place, byte) in bytes.get(span.range()).unwrap_or_default().iter().enumerate() {
            if place > 0 {
                text.push_str(separator);
            }
            if self.hides(start + place) {
                text.push_str("**");
            } else {
                hex::put(text, *byte);
            }
        }
    }

    /// Hides bytes.
    pub fn hide(&mut self, range: Range<usize>) {
        self.grow(range.end);
        self.0.get_mut(range).into_iter().flatten().for_each(|hidden| *hidden = true);
    }

    /// The same with what another mask of the same bytes hides.
    pub fn add(&mut self, other: &Self) {
        self.grow(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(hidden, also)| *hidden |= also);
    }

    fn grow(&mut self, len: usize) {
        if self.0.len() < len {
            self.0.resize(len, false);
        }
    }

    /// Hides the wire bytes that a span of another layer came from: exactly those where the lengths agree,
    /// the whole range where stuffing makes them differ.
    fn hide_origins(&mut self, layer: &Layer, span: Span) {
        for origin in layer.from.iter().filter(|origin| origin.part == 0) {
            let start = span.start.max(origin.here.start);
            let end = span.end.min(origin.here.end);
            if start >= end {
                continue;
            }
            if origin.here.len() == origin.wire.len() {
                let shift = |at: u32| (origin.wire.start + (at - origin.here.start)) as usize;
                self.hide(shift(start)..shift(end));
            } else {
                self.hide(origin.wire.range());
            }
        }
    }
}

fn secrets(layer: &Layer) -> impl Iterator<Item = Span> {
    layer.fields.iter().filter(|field| field.value.is_secret()).map(|field| field.span)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::{Field, LayerKind, Origin};
    use super::*;
    use crate::frame::Value;

    /// A wire of six bytes, `C0 DB DC 11 22 C0`, whose unstuffed layer `C0 11 22` has a secret at its end.
    pub(crate) fn stuffed() -> Dissection {
        let mut dissection = Dissection::unexplained("x", &[0xC0, 0xDB, 0xDC, 0x11, 0x22, 0xC0], "x");
        dissection.layers.push(Layer {
            kind: LayerKind::Unstuffed,
            bytes: [0xC0, 0x11, 0x22].into(),
            fields: vec![
                Field::new("a", Span::new(0, 1), Value::Bytes),
                Field::new("password", Span::new(1, 3), Value::Secret),
            ],
            from: vec![
                Origin { here: Span::new(0, 1), part: 0, wire: Span::new(1, 3) },
                Origin { here: Span::new(1, 3), part: 0, wire: Span::new(3, 5) },
            ],
        });
        dissection
    }

    #[test]
    fn a_secret_is_hidden_in_its_layer_and_on_the_wire() {
        let dissection = stuffed();
        let (wire, inner) = (Mask::of(&dissection, 0), Mask::of(&dissection, 1));
        assert_eq!(wire.compact(&dissection.layers[0].bytes, Span::new(0, 6)), "C0DBDC****C0");
        assert_eq!(inner.spaced(&dissection.layers[1].bytes, Span::new(0, 3)), "C0 ** **");
        assert!(!Mask::unless(true, &dissection, 0).hides_anything());
    }

    #[test]
    fn stuffed_bytes_of_a_secret_are_hidden_whole() {
        let mut dissection = stuffed();
        dissection.layers[1].fields[0].value = Value::Secret;
        let wire = Mask::of(&dissection, 0);
        assert_eq!(wire.compact(&dissection.layers[0].bytes, Span::new(0, 6)), "C0********C0");
    }

    #[test]
    fn a_part_keeps_what_is_secret_in_it() {
        let mask = Mask::of(&stuffed(), 0);
        assert_eq!(mask.part(2, 3).spaced_hex(&[0; 3]), "00 ** **");
        assert_eq!(mask.part(4, 9).spaced_hex(&[0; 2]), "** 00");
        assert!(!mask.part(5, 3).hides_anything());
    }
}
