//! Requests and their replies: what every exchange that asks has in common, and the whole of those without a session.
//!
//! A family without sessions says how its requests are made and its answers judged ([`RequestReply`]); [`Driver`] does
//! what they all need: deadlines, retries, the silence between requests, late answers, asking twice. An exchange with a
//! session is a state machine of its own over the same parts: [`Requester`] with its [`Actions`] and [`Attempts`], and
//! [`Pair`].

mod actions;
mod attempts;
mod driver;
mod pair;
mod requester;

pub use actions::Actions;
pub use attempts::Attempts;
pub use driver::Driver;
pub use pair::{Compared, Pair};
pub use requester::{Requester, State};

use std::time::Duration;

use super::command::Access;
use super::exchange::{Unfit, Warning};
use super::wait::Patience;
use crate::reading::Reading;

/// The times a protocol gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How long an answer is waited for; after that, it is silence.
    pub reply: Patience,
    /// Silence that must lie between the end of one exchange and the next request.
    pub gap: Duration,
}

/// What a frame is, as an answer to the question that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// The answer.
    Answer {
        /// What it says.
        readings: Vec<Reading>,
        /// Whether the command needs a further question.
        more: bool,
    },
    /// The meter refuses.
    Refused {
        /// Its error code, where it gave one.
        code: Option<u16>,
        /// What that means.
        meaning: &'static str,
        /// Whether it must not be asked again, as after a wrong password.
        is_final: bool,
    },
    /// An answer, damaged: `CRC 1C, expected 1B`.
    Damaged(String),
    /// A sound frame that cannot be the answer; the real one may still come.
    Unfit(Unfit),
    /// Somebody else's traffic, such as another master's request.
    Foreign,
}

/// Requests and replies of a family without sessions: how they are made, and judged.
pub trait RequestReply: Send {
    /// How many commands there are to carry out.
    fn count(&self) -> usize;

    /// The title of a command, for messages.
    fn title(&self, index: usize) -> &'static str;

    /// What a command may do to the meter.
    fn access(&self, index: usize) -> Access;

    /// Whether an answer comes at all; broadcasts have none.
    fn is_answered(&self, index: usize) -> bool;

    /// How many questions a command takes at the most, each answer calling for the next.
    fn rounds(&self, index: usize) -> u32;

    /// Bytes of the longest question.
    fn longest(&self) -> usize;

    /// The bytes of a command's question number `round`, from 0.
    fn question(&mut self, index: usize, round: usize) -> Vec<u8>;

    /// What a frame is to that question.
    fn judge(&mut self, index: usize, round: usize, frame: &[u8]) -> Judgement;

    /// Remarks that the answers so far give rise to, such as a version that does not fit the model; each is
    /// asked for once after every answer.
    fn warning(&mut self) -> Option<Warning> {
        None
    }

    /// The times of the protocol on this line.
    fn timing(&self) -> Timing;
}
