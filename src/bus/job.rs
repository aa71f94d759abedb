//! Jobs: what waits and what runs.

use std::collections::VecDeque;

use super::raw::RawExchange;
use super::{Decoder, Intent, JobId};
use crate::frame::At;
use crate::protocol::{ComposeError, Exchange, Plan};

/// Something to be carried out.
#[derive(Debug)]
pub(super) enum Work {
    /// A plan of a family.
    Plan(Decoder, Box<Plan>),
    /// Bytes as they are.
    Raw(RawExchange),
}

impl Work {
    /// The state machine that does it.
    pub(super) fn into_exchange(self) -> Result<Box<dyn Exchange>, ComposeError> {
        match self {
            Self::Plan(decoder, plan) => decoder.family.exchange(*plan),
            Self::Raw(raw) => Ok(Box::new(raw)),
        }
    }
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
}

impl Active {
    pub(super) fn new(job: JobId, exchange: Box<dyn Exchange>) -> Self {
        Self { job, exchange, wait: None, request: None, reply: None }
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
