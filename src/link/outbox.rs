//! The writer's queue: what is still to be written, and when what was written will have left the wire.

use std::collections::VecDeque;
use std::time::Duration;

use crate::frame::At;
use crate::protocol::LineSettings;

/// What waits until everything sent has left the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// A change of the line settings.
    Line(LineSettings),
    /// Closing.
    Close,
}

/// One request is written at a time. The system takes it at once into its buffer; when its last bit has left
/// is computed from the line settings: a request begins to leave when it is written or when the one before it
/// has left, whichever is later.
#[derive(Debug)]
pub(super) struct Outbox {
    line: Option<LineSettings>,
    request: Option<Request>,
    free_at: At,
    leaving: VecDeque<At>,
    held: Option<Held>,
}

/// A request that is being written.
#[derive(Debug)]
struct Request {
    bytes: Vec<u8>,
    written: usize,
    begun: Option<At>,
}

impl Outbox {
    /// For a wire with these settings; without, bytes leave when they are written.
    pub(super) const fn new(line: Option<LineSettings>) -> Self {
        Self { line, request: None, free_at: At::ZERO, leaving: VecDeque::new(), held: None }
    }

    /// The settings that later bytes leave by.
    pub(super) const fn set_line(&mut self, line: LineSettings) {
        self.line = Some(line);
    }

    /// Whether the next command may be taken: nothing is being written and nothing waits for the wire.
    pub(super) const fn is_open(&self) -> bool {
        self.request.is_none() && self.held.is_none()
    }

    /// Takes a request to be written.
    pub(super) fn send(&mut self, bytes: Vec<u8>, now: At) {
        if bytes.is_empty() {
            self.leaving.push_back(self.free_at.max(now));
        } else {
            self.request = Some(Request { bytes, written: 0, begun: None });
        }
    }

    /// Holds something until everything has left.
    pub(super) const fn hold(&mut self, held: Held) {
        self.held = Some(held);
    }

    /// The bytes still to be written, `None` when there are none.
    pub(super) fn unwritten(&self) -> Option<&[u8]> {
        self.request.as_ref().and_then(|request| request.bytes.get(request.written..))
    }

    /// The system has taken `count` bytes.
    pub(super) fn wrote(&mut self, count: usize, now: At) {
        let Some(request) = &mut self.request else { return };
        request.written = request.written.saturating_add(count);
        let begun = *request.begun.get_or_insert(now);
        if request.written >= request.bytes.len() {
            let wire = self.line.map_or(Duration::ZERO, |line| line.wire_time(request.bytes.len()));
            self.free_at = (self.free_at.max(begun) + wire).max(now);
            self.leaving.push_back(self.free_at);
            self.request = None;
        }
    }

    /// When the oldest written request will have left.
    pub(super) fn next_due(&self) -> Option<At> {
        self.leaving.front().copied()
    }

    /// Takes the oldest request that has left by `now`.
    pub(super) fn take_left(&mut self, now: At) -> Option<At> {
        if self.next_due()? <= now { self.leaving.pop_front() } else { None }
    }

    /// Takes what was held, once everything has left.
    pub(super) fn take_held(&mut self) -> Option<Held> {
        if self.request.is_none() && self.leaving.is_empty() { self.held.take() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: [u8; 24] = [0xC0; 24];

    fn written(line: Option<LineSettings>, moments: &[At]) -> Outbox {
        let mut outbox = Outbox::new(line);
        for &at in moments {
            outbox.send(REQUEST.to_vec(), at);
            outbox.wrote(REQUEST.len(), at);
        }
        outbox
    }

    #[test]
    fn the_last_bit_leaves_after_the_wire_time_of_the_request() {
        let outbox = written(Some(LineSettings::e81(2400)), &[At::from_millis(7)]);
        assert_eq!(outbox.next_due(), Some(At::from_millis(117)));
    }

    #[test]
    fn a_request_waits_for_the_one_before_it() {
        let mut outbox = written(Some(LineSettings::e81(2400)), &[At::from_millis(0), At::from_millis(10)]);
        assert_eq!(outbox.take_left(At::from_millis(110)), Some(At::from_millis(110)));
        assert_eq!(outbox.take_left(At::from_millis(219)), None);
        assert_eq!(outbox.take_left(At::from_millis(220)), Some(At::from_millis(220)));
    }

    #[test]
    fn without_a_known_line_bytes_leave_when_they_are_written() {
        let outbox = written(None, &[At::from_millis(7)]);
        assert_eq!(outbox.next_due(), Some(At::from_millis(7)));
    }

    #[test]
    fn a_request_taken_in_parts_is_counted_from_its_first_byte() {
        let mut outbox = Outbox::new(Some(LineSettings::e81(2400)));
        outbox.send(REQUEST.to_vec(), At::ZERO);
        outbox.wrote(4, At::from_millis(1));
        assert_eq!(outbox.unwritten().map(<[u8]>::len), Some(20));
        assert_eq!(outbox.next_due(), None);
        outbox.wrote(20, At::from_millis(5));
        assert_eq!(outbox.next_due(), Some(At::from_millis(111)));
    }

    #[test]
    fn a_line_change_is_held_until_everything_has_left() {
        let mut outbox = written(Some(LineSettings::n81(9600)), &[At::ZERO]);
        let change = Held::Line(LineSettings::n81(300));
        outbox.hold(change);
        assert!(!outbox.is_open());
        assert_eq!(outbox.take_held(), None);
        assert_eq!(outbox.take_left(At::from_millis(24)), None);
        assert_eq!(outbox.take_left(At::from_millis(25)), Some(At::from_millis(25)));
        assert_eq!(outbox.take_held(), Some(change));
        assert!(outbox.is_open());
    }

    #[test]
    fn an_empty_request_has_left_at_once() {
        let mut outbox = Outbox::new(Some(LineSettings::n81(9600)));
        outbox.send(Vec::new(), At::from_millis(3));
        assert!(outbox.is_open());
        assert_eq!(outbox.take_left(At::from_millis(3)), Some(At::from_millis(3)));
    }
}
