//! Which bytes of an entry are secret and must not be shown.

use std::fmt::Write as _;

use super::{Entry, EntryKind, Trace};
use crate::frame::{Dissection, Span, Value};

/// The secret ranges of an entry's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mask(Vec<Span>);

impl Mask {
    /// What a dissection says is secret of its wire bytes.
    #[must_use]
    pub fn of(dissection: &Dissection) -> Self {
        let fields = dissection.wire().map(|wire| wire.fields.as_slice()).unwrap_or_default();
        Self(fields.iter().filter(|field| field.value == Value::Secret).map(|field| field.span).collect())
    }

    /// Whether the byte at `index` is secret.
    #[must_use]
    pub fn hides(&self, index: usize) -> bool {
        self.0.iter().any(|span| span.contains(index))
    }

    /// Whether nothing is secret.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `C0 48 ** **`.
    #[must_use]
    pub fn spaced_hex(&self, bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len() * 3);
        for (index, byte) in bytes.iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            if self.hides(index) {
                text.push_str("**");
            } else {
                let _ = write!(text, "{byte:02X}");
            }
        }
        text
    }

    /// The ranges of a part that begins at `start`, counted from there.
    fn part(&self, start: usize, len: usize) -> Self {
        let cut = |span: &Span| {
            let (from, to) = (span.range().start.max(start), span.range().end.min(start + len));
            (from < to).then(|| Span::new(from - start, to - start))
        };
        Self(self.0.iter().filter_map(cut).collect())
    }
}

impl Trace {
    /// What is secret of an entry. A part of an echo, which no dissector can read, is hidden as the request is
    /// that it repeats; `dissection` is the entry's own, if it was made already.
    #[must_use]
    pub fn mask(&self, number: u32, dissection: Option<&Dissection>) -> Mask {
        let Some(entry) = self.entry(number) else {
            return Mask::default();
        };
        let request = entry.relation.message.filter(|_| entry.kind == EntryKind::Echo);
        if let Some(mask) = request.and_then(|request| self.mask_of_echo(&entry, request)) {
            return mask;
        }
        match dissection {
            Some(dissection) => Mask::of(dissection),
            None => self.dissect(number).as_ref().map(Mask::of).unwrap_or_default(),
        }
    }

    fn mask_of_echo(&self, echo: &Entry, request: u32) -> Option<Mask> {
        let request_entry = self.entry(request)?;
        let (sent, heard) = (self.bytes_of(&request_entry), self.bytes_of(echo));
        let is_end = sent.ends_with(&heard);
        let start = match () {
            () if is_end => sent.len() - heard.len(),
            () => sent.windows(heard.len().max(1)).position(|window| window == &*heard)?,
        };
        let mask = self.dissect(request).as_ref().map(Mask::of)?;
        Some(mask.part(start, heard.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Field;

    fn with_secret_at(start: usize, end: usize, bytes: &[u8]) -> Dissection {
        let mut dissection = Dissection::unexplained("toy", bytes, "toy");
        dissection.layers[0].fields = vec![
            Field::new("head", Span::new(0, start), Value::Bytes),
            Field::new("password", Span::new(start, end), Value::Secret),
            Field::new("tail", Span::new(end, bytes.len()), Value::Bytes),
        ];
        dissection
    }

    #[test]
    fn secret_bytes_print_as_stars() {
        let bytes = [0xC0, 0x48, 0x31, 0x32, 0x33];
        let mask = Mask::of(&with_secret_at(2, 4, &bytes));
        assert_eq!(mask.spaced_hex(&bytes), "C0 48 ** ** 33");
    }

    #[test]
    fn a_part_keeps_what_is_secret_in_it() {
        let bytes = [0; 8];
        let mask = Mask::of(&with_secret_at(2, 5, &bytes));
        assert_eq!(mask.part(4, 4).spaced_hex(&bytes[4..]), "** 00 00 00");
        assert_eq!(mask.part(0, 3).spaced_hex(&bytes[..3]), "00 00 **");
        assert!(mask.part(5, 3).is_empty());
    }
}
