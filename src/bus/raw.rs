//! Bytes as typed: sent once, then listened for.

use std::collections::VecDeque;
use std::time::Duration;

use crate::frame::At;
use crate::protocol::{Action, Bound, Event, Exchange, Failure, Fault, Wait, Warning};

const STEP: &str = "raw bytes";
const FLOOD: &str = "the far end does not fall silent; it is not listened to any longer";

/// A far end that never falls silent is listened to for so many times as long as silence is waited for.
const LONGEST: u32 = 120;

/// Sends bytes and ends when nothing has come for a while.
#[derive(Debug)]
pub(super) struct RawExchange {
    bytes: Vec<u8>,
    listen: Duration,
    /// When listening ends, whatever comes.
    latest: Option<At>,
    heard: bool,
    noise_bytes: u32,
    echo: bool,
    actions: VecDeque<Action>,
}

impl RawExchange {
    /// Ready to send `bytes` and to listen until nothing has come for `listen`.
    #[must_use]
    pub(super) const fn new(bytes: Vec<u8>, listen: Duration) -> Self {
        Self {
            bytes,
            listen,
            latest: None,
            heard: false,
            noise_bytes: 0,
            echo: false,
            actions: VecDeque::new(),
        }
    }

    /// The bytes, until they are sent.
    #[must_use]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn wait(&mut self, at: At) {
        let latest = *self.latest.get_or_insert(at + self.listen * LONGEST);
        self.actions.push_back(Action::Wait(Wait::until(at + self.listen).no_longer_than(latest)));
    }

    fn end(&mut self, fault: Option<Fault>) {
        let result = fault.map_or(Ok(()), |fault| Err(Failure { step: STEP, fault }));
        self.actions.extend([Action::Answered { index: 0, result }, Action::Finished]);
    }

    fn silence(&self) -> Option<Fault> {
        let fault = Fault::NoAnswer { sent: 1, echo: self.echo, noise_bytes: self.noise_bytes };
        (!self.heard && self.noise_bytes == 0).then_some(fault)
    }
}

impl Exchange for RawExchange {
    fn bound(&self) -> Bound {
        Bound::once(self.bytes.len())
    }

    fn handle(&mut self, event: Event<'_>, at: At) {
        match event {
            Event::Start => {
                let bytes = std::mem::take(&mut self.bytes);
                self.actions.extend([Action::Step(STEP), Action::Send(bytes)]);
            }
            Event::Sent => self.wait(at),
            Event::Echo => {
                self.echo = true;
                self.wait(at);
            }
            Event::Frame(_) => {
                self.heard = true;
                self.wait(at);
            }
            Event::Noise(bytes) => {
                self.noise_bytes += u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                self.wait(at);
            }
            Event::Deadline => {
                if self.latest.is_some_and(|latest| latest <= at) {
                    self.actions.push_back(Action::Warning(Warning { code: "flood", text: FLOOD.into() }));
                }
                self.end(self.silence());
            }
            Event::Cancelled | Event::GiveWay => self.end(Some(Fault::Cancelled)),
            Event::LinkLost => self.end(Some(Fault::LinkLost)),
            Event::LineRefused => {}
        }
    }

    fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}
