//! What came instead of an answer, and the failure it comes to.

use crate::protocol::{Fault, Unfit};

/// What came instead of an answer.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) sent: u32,
    pub(super) echo: bool,
    pub(super) noise: u32,
    pub(super) damaged: Option<String>,
    pub(super) unfit: Option<Unfit>,
    pub(super) refused: Option<Fault>,
}

impl Tally {
    pub(super) fn damage(&mut self, what: String) {
        self.damaged = Some(what);
    }

    pub(super) const fn is_damaged(&self) -> bool {
        self.damaged.is_some()
    }

    pub(super) fn fault(self) -> Fault {
        if let Some(refused) = self.refused {
            return refused;
        }
        match (self.damaged, self.unfit) {
            (Some(what), _) => Fault::Damaged { what },
            (None, Some(unfit)) => Fault::Unexpected(unfit),
            (None, None) => Fault::NoAnswer { sent: self.sent, echo: self.echo, noise_bytes: self.noise },
        }
    }
}

/// A refusal without a number.
pub(super) const fn refused(meaning: &'static str) -> Fault {
    Fault::Refused { code: None, meaning }
}
