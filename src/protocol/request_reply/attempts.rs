//! Attempts at one question, and what they have come to.

use crate::protocol::{Fault, Unfit};

/// What the answers to the present question have come to so far.
#[derive(Debug, Default)]
pub struct Attempts {
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

impl Attempts {
    /// Counts bytes that belong to no frame.
    pub fn noise(&mut self, bytes: &[u8]) {
        let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.noise_bytes = self.noise_bytes.saturating_add(count);
    }

    /// Whether nothing at all came that could be an answer.
    #[must_use]
    pub const fn is_silence(&self) -> bool {
        self.damaged.is_none() && self.unfit.is_none() && self.refused.is_none()
    }

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
