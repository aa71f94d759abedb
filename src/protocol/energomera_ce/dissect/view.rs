//! A frame's bytes with the stuffing taken out, and where each of them came from.

use std::borrow::Cow;

use super::super::stuffing::{END, ESC, unpair};
use crate::frame::{Field, Origin, Span};

/// The unstuffed bytes of a frame, END bytes included.
pub(super) struct View<'a> {
    /// The bytes.
    pub bytes: Cow<'a, [u8]>,
    /// For each byte, and for the end, its index on the wire; empty when nothing was stuffed.
    starts: Vec<usize>,
    /// Where on the wire an ESC stands before a byte that it may not announce.
    pub fault: Option<usize>,
    /// Whether an END opens it.
    pub is_opened: bool,
    /// Whether an END closes it.
    pub is_closed: bool,
}

impl<'a> View<'a> {
    /// Looks at a frame.
    pub(super) fn of(wire: &'a [u8]) -> Self {
        let is_opened = wire.first() == Some(&END);
        let is_closed = wire.last() == Some(&END) && (wire.len() > 1 || !is_opened);
        let view = Self { bytes: Cow::Borrowed(wire), starts: Vec::new(), fault: None, is_opened, is_closed };
        if wire.contains(&ESC) { view.unstuffed(wire) } else { view }
    }

    fn unstuffed(self, wire: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(wire.len());
        let mut starts = Vec::with_capacity(wire.len() + 1);
        let mut fault = None;
        let mut rest = wire.iter().copied().enumerate().peekable();
        while let Some((index, byte)) = rest.next() {
            starts.push(index);
            let pair = (byte == ESC).then(|| rest.peek().and_then(|(_, second)| unpair(*second)));
            match pair {
                None => bytes.push(byte),
                Some(Some(plain)) => {
                    rest.next();
                    bytes.push(plain);
                }
                Some(None) => {
                    fault = fault.or(Some(index));
                    bytes.push(byte);
                }
            }
        }
        starts.push(wire.len());
        Self { bytes: Cow::Owned(bytes), starts, fault, ..self }
    }

    /// Whether any byte was stuffed.
    pub(super) fn is_stuffed(&self) -> bool {
        !self.starts.is_empty()
    }

    /// The content: what stands between the END bytes.
    pub(super) fn content(&self) -> &[u8] {
        let end = self.bytes.len() - usize::from(self.is_closed);
        self.bytes.get(usize::from(self.is_opened)..end).unwrap_or_default()
    }

    /// A range of the unstuffed bytes on the wire.
    pub(super) fn on_wire(&self, span: Span) -> Span {
        let index = |at: usize| self.starts.get(at).copied().unwrap_or(at);
        Span::new(index(span.range().start), index(span.range().end))
    }

    /// The fields of the unstuffed bytes as fields of the wire.
    pub(super) fn fields_on_wire(&self, fields: &[Field]) -> Vec<Field> {
        fields.iter().map(|field| Field { span: self.on_wire(field.span), ..field.clone() }).collect()
    }

    /// Which wire bytes the unstuffed ones came from: runs that are alike, and each pair by itself.
    pub(super) fn origins(&self) -> Vec<Origin> {
        let mut origins: Vec<Origin> = Vec::new();
        for here in 0..self.bytes.len() {
            let here = Span::new(here, here + 1);
            let wire = self.on_wire(here);
            match origins.last_mut() {
                Some(run) if wire.len() == 1 && run.here.len() == run.wire.len() => {
                    run.here.end = here.end;
                    run.wire.end = wire.end;
                }
                _ => origins.push(Origin { here, part: 0, wire }),
            }
        }
        origins
    }
}
