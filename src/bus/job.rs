//! Jobs: what waits and what runs.

use std::collections::VecDeque;

use super::raw::RawExchange;
use super::{Decoder, Intent, JobId};
use crate::frame::At;
use crate::protocol::{ComposeError, Event, Exchange, Plan};

/// Something to be carried out.
#[derive(Debug)]
pub(super) enum Work {
    /// A plan of a family.
    Plan(Decoder, Box<Plan>),
    /// Bytes as they are.
    Raw(RawExchange),
}

impl Work {
    /// Whether it can be done without sending anything.
    pub(super) fn only_listens(&self) -> bool {
        match self {
            Self::Plan(decoder, plan) => plan.only_listens(decoder.family),
            Self::Raw(_) => false,
        }
    }

    /// The state machine that does it.
    pub(super) fn into_exchange(self) -> Result<Box<dyn Exchange>, ComposeError> {
        match self {
            Self::Plan(decoder, plan) => decoder.family.exchange(*plan),
            Self::Raw(raw) => Ok(Box::new(raw)),
        }
    }
}

/// Something heard before the request had left the wire: on a pseudo-terminal the answer can overtake the
/// computed end of the request.
pub(super) enum Early {
    Frame(Vec<u8>),
    Noise(Vec<u8>),
}

/// What runs.
pub(super) struct Active {
    pub(super) job: JobId,
    pub(super) exchange: Box<dyn Exchange>,
    /// When the exchange wants to be woken.
    pub(super) wait: Option<At>,
    /// The entry of the last request, and of the last frame that came after it.
    pub(super) request: Option<u32>,
    pub(super) reply: Option<u32>,
    /// Whether the last request is still on its way out.
    pub(super) is_sending: bool,
    /// What was heard meanwhile.
    pub(super) early: Vec<Early>,
}

impl Active {
    pub(super) fn new(job: JobId, exchange: Box<dyn Exchange>) -> Self {
        Self { job, exchange, wait: None, request: None, reply: None, is_sending: false, early: Vec::new() }
    }

    /// Hears something of the line, now or once its request has left the wire.
    pub(super) fn hear(&mut self, event: Event<'_>, at: At) {
        match event {
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

/// What waits, in order.
#[derive(Debug, Default)]
pub(super) struct Queue(VecDeque<(JobId, Work)>);

impl Queue {
    /// Takes an intent that asks for work; gives any other back.
    pub(super) fn offer(&mut self, intent: Intent) -> Option<Intent> {
        match intent {
            Intent::Run { job, decoder, plan } => self.0.push_back((job, Work::Plan(decoder, plan))),
            Intent::SendRaw { job, bytes, listen } => {
                self.0.push_back((job, Work::Raw(RawExchange::new(bytes, listen))));
            }
            other => return Some(other),
        }
        None
    }

    pub(super) fn next(&mut self) -> Option<(JobId, Work)> {
        self.0.pop_front()
    }

    /// Takes a waiting job out; whether it was there.
    pub(super) fn remove(&mut self, job: JobId) -> bool {
        let before = self.0.len();
        self.0.retain(|(waiting, _)| *waiting != job);
        self.0.len() < before
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
