//! Responder for meters that take silence for the end of a request.

use std::collections::VecDeque;
use std::time::Duration;

use super::hearing::Hearing;
use crate::frame::At;
use crate::protocol::{Load, Now, Output, Responder};

/// A simulated meter that is handed whole requests.
pub(crate) trait Requested: Send {
    /// Silence that ends a request.
    fn silence(&self) -> Duration;

    /// Does what a request asks. `now` is when it was over; what the meter does about it goes to `told`.
    fn request(&mut self, request: &[u8], now: Now, told: &mut VecDeque<Output>);

    /// Whether it is in a session that somebody else on its line would break into.
    fn is_in_session(&self) -> bool {
        false
    }

    /// Something is drawn through it.
    fn draw(&mut self, load: Load);
}

/// The responder for a [`Requested`] meter.
#[derive(Debug)]
pub(crate) struct SilenceResponder<M> {
    meter: M,
    heard: Hearing,
    told: VecDeque<Output>,
}

impl<M: Requested> SilenceResponder<M> {
    /// For a meter whose longest request has so many bytes.
    pub(crate) const fn new(meter: M, longest: usize) -> Self {
        Self { meter, heard: Hearing::new(longest), told: VecDeque::new() }
    }

    /// Takes what was heard as one request once it is over.
    fn conclude(&mut self, now: Now) {
        if let Some((request, end)) = self.heard.take(self.meter.silence(), now.at) {
            self.meter.request(&request, Now { at: end, ..now }, &mut self.told);
        }
    }
}

impl<M: Requested> Responder for SilenceResponder<M> {
    fn receive(&mut self, bytes: &[u8], now: Now) {
        if bytes.is_empty() {
            return;
        }
        self.conclude(now);
        self.heard.push(bytes, now.at);
    }

    fn poll(&mut self, now: Now) -> Option<Output> {
        self.conclude(now);
        self.told.pop_front()
    }

    fn deadline(&self) -> Option<At> {
        self.heard.end(self.meter.silence())
    }

    fn is_in_session(&self) -> bool {
        self.meter.is_in_session()
    }

    fn draw(&mut self, load: Load) {
        self.meter.draw(load);
    }
}
