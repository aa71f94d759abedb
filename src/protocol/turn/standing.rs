//! Where a conversation of questions and answers stands.

use crate::protocol::{Fault, Unfit};

/// Where the conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Before [`Event::Start`](crate::protocol::Event::Start) and after the end.
    Resting,
    /// The question is on its way out.
    Asking,
    /// The answer is awaited.
    Listening,
    /// The line must stay silent before the next question; what arrives is late.
    Pausing,
}

/// What the answers to the present question have come to so far.
#[derive(Debug, Default)]
pub struct Tally {
    /// How often it was asked.
    pub asked: u32,
    /// Whether it came back from the line.
    pub echo: bool,
    /// Bytes that belong to no frame.
    pub noise_bytes: u32,
    /// What is wrong with a frame that came.
    pub damaged: Option<String>,
    /// Why a sound frame is no answer.
    pub unfit: Option<Unfit>,
    /// Answers that came when none was waited for.
    pub late: u32,
    /// What the meter said instead.
    pub refused: Option<Fault>,
}

impl Tally {
    /// What the question has failed by, the surest first.
    #[must_use]
    pub fn fault(self) -> Fault {
        if let Some(refused) = self.refused {
            refused
        } else if let Some(what) = self.damaged {
            Fault::Damaged { what }
        } else if let Some(unfit) = self.unfit {
            Fault::Unexpected(unfit)
        } else {
            Fault::NoAnswer { sent: self.asked, echo: self.echo, noise_bytes: self.noise_bytes }
        }
    }
}
