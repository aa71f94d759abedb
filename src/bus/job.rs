//! Jobs: what waits and what runs.

use std::collections::VecDeque;
use std::time::Duration;

use super::JobId;
use super::errand::{Errand, Scope, Urgency};
use super::written::Unsettled;
use crate::frame::At;
use crate::protocol::{Decoder, Event, Exchange, Spent, Wait};

/// Something heard before the request had left the wire: on a pseudo-terminal the answer can overtake the
/// computed end of the request.
pub(super) enum Early {
    Frame(Vec<u8>),
    Noise(Vec<u8>),
}

/// Pieces that are kept of what was heard before the request had left: an answer is among the first.
const MOST_EARLY: usize = 256;

/// What runs.
pub(super) struct Active {
    pub(super) job: JobId,
    pub(super) urgency: Urgency,
    /// Whether it was told that something more urgent waits.
    pub(super) gives_way: bool,
    pub(super) exchange: Box<dyn Exchange>,
    /// What it has sent, against what its plan allows.
    pub(super) spent: Spent,
    /// Silence between what it sends when nothing answers.
    pub(super) silence: Duration,
    /// By which protocol, unless it is bytes as typed.
    pub(super) decoder: Option<Decoder>,
    /// How far it may go.
    pub(super) scope: Scope,
    /// What it wrote last, as long as it is not known what came of it.
    pub(super) unsettled: Option<Unsettled>,
    /// How many warnings it has given.
    pub(super) warnings: u32,
    /// How many of its requests have ended.
    pub(super) answered: usize,
    /// When the exchange wants to be woken.
    pub(super) wait: Option<Wait>,
    /// The entry of the last request, and of the last frame that came after it.
    pub(super) request: Option<u32>,
    pub(super) reply: Option<u32>,
    /// Whether the last request is still on its way out.
    pub(super) is_sending: bool,
    /// Whether what is heard is none of its business: its request waits for a pause in the traffic of others.
    pub(super) is_deaf: bool,
    /// What was heard meanwhile.
    pub(super) early: Vec<Early>,
}

impl Active {
    pub(super) fn new(
        (job, urgency): (JobId, Urgency),
        exchange: Box<dyn Exchange>,
        silence: Duration,
        decoder: Option<Decoder>,
        scope: Scope,
    ) -> Self {
        Self {
            job,
            urgency,
            gives_way: false,
            spent: Spent::new(exchange.bound()),
            exchange,
            silence,
            decoder,
            scope,
            unsettled: None,
            warnings: 0,
            answered: 0,
            wait: None,
            request: None,
            reply: None,
            is_sending: false,
            is_deaf: false,
            early: Vec::new(),
        }
    }

    /// Whether what it sends are requests, which what is heard answers.
    pub(super) const fn is_asking(&self) -> bool {
        !self.spent.bound().is_of_replies()
    }

    /// Hears something of the line, now or once its request has left the wire.
    pub(super) fn hear(&mut self, event: Event<'_>, at: At) {
        match event {
            Event::Frame(_) | Event::Noise(_) if self.is_sending && self.early.len() >= MOST_EARLY => {}
            Event::Frame(bytes) if self.is_sending => self.early.push(Early::Frame(bytes.to_vec())),
            Event::Noise(bytes) if self.is_sending => self.early.push(Early::Noise(bytes.to_vec())),
            event => self.exchange.handle(event, at),
        }
    }

    /// Its request has left the wire.
    pub(super) fn sent(&mut self, at: At) {
        self.is_sending = false;
        self.exchange.handle(Event::Sent, at);
        for early in std::mem::take(&mut self.early) {
            match early {
                Early::Frame(bytes) => self.exchange.handle(Event::Frame(&bytes), at),
                Early::Noise(bytes) => self.exchange.handle(Event::Noise(&bytes), at),
            }
        }
    }
}

/// What waits: the most urgent first, else in the order in which it was asked for.
#[derive(Debug, Default)]
pub(super) struct Queue(VecDeque<(JobId, Box<Errand>)>);

impl Queue {
    pub(super) fn push(&mut self, job: JobId, errand: Box<Errand>) {
        let behind = self.0.iter().position(|(_, waiting)| waiting.urgency() < errand.urgency());
        self.0.insert(behind.unwrap_or(self.0.len()), (job, errand));
    }

    pub(super) fn next(&mut self) -> Option<(JobId, Box<Errand>)> {
        self.0.pop_front()
    }

    /// Takes a waiting job out; whether it was there.
    pub(super) fn remove(&mut self, job: JobId) -> bool {
        let before = self.0.len();
        self.0.retain(|(waiting, _)| *waiting != job);
        self.0.len() < before
    }

    /// Whether one of them may change a meter.
    pub(super) fn is_armed(&self) -> bool {
        self.0.iter().any(|(_, errand)| errand.is_permitted())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
