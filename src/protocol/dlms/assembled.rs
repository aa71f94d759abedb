//! The payloads of a message, put together, with where each byte came from.

use crate::frame::{Origin, Span};

/// The most bytes that are put together.
pub(super) const MOST: usize = 8192;

/// The payloads of a message's frames, one after the other.
#[derive(Debug, Default)]
pub(super) struct Assembled {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Where they came from.
    pub from: Vec<Origin>,
}

impl Assembled {
    /// Adds the payload of a part.
    pub(super) fn add(&mut self, part: usize, frame: &[u8], (start, end): (usize, usize)) {
        let payload = frame.get(start..end).unwrap_or_default();
        let here = self.bytes.len();
        if payload.is_empty() || here.saturating_add(payload.len()) > MOST {
            return;
        }
        self.bytes.extend_from_slice(payload);
        let part = u16::try_from(part).unwrap_or(u16::MAX);
        self.from.push(Origin { here: Span::new(here, self.bytes.len()), part, wire: Span::new(start, end) });
    }

    /// Where the bytes from `start` on came from, counted from there.
    pub(super) fn origins(&self, start: usize, end: usize) -> Vec<Origin> {
        let inside = self.from.iter().filter_map(|origin| {
            let (from, to) = (origin.here.range().start.max(start), origin.here.range().end.min(end));
            let wire = origin.wire.range().start + from.checked_sub(origin.here.range().start)?;
            let length = to.checked_sub(from).filter(|length| *length > 0)?;
            let here = Span::new(from - start, from - start + length);
            Some(Origin { here, part: origin.part, wire: Span::new(wire, wire + length) })
        });
        inside.collect()
    }
}
