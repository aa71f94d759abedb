//! Choosing a code of a meter by a few letters, and which codes a meter does not have.

use std::collections::HashSet;

use tui_input::Input;

use crate::protocol::KnownCode;
use crate::protocol::known_code::{compact, matching};

/// A code being typed.
#[derive(Debug, Clone)]
pub(crate) struct Codes {
    /// Those that are known.
    pub known: Vec<KnownCode>,
    /// What was typed.
    pub input: Input,
    /// Which of those that match is chosen.
    pub at: usize,
}

/// A code that can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice<'a> {
    /// One that is known.
    Known(&'a KnownCode),
    /// What was typed, as it is: what the meter answers is shown raw.
    Typed(&'a str),
}

impl Choice<'_> {
    /// The code.
    #[must_use]
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Known(known) => &known.code,
            Self::Typed(typed) => typed,
        }
    }
}

impl Codes {
    /// Nothing typed yet.
    #[must_use]
    pub(crate) fn new(known: Vec<KnownCode>) -> Self {
        Self { known, input: Input::default(), at: 0 }
    }

    /// What can be taken, the likeliest first; what was typed comes last unless it is one of the known.
    #[must_use]
    pub(crate) fn choices(&self) -> Vec<Choice<'_>> {
        let typed = self.input.value().trim();
        let found = matching(&self.known, typed);
        let is_known =
            found.iter().any(|known| known.code == typed || compact(&known.code) == compact(typed));
        let by_hand = (!typed.is_empty() && !is_known).then_some(Choice::Typed(typed));
        found.into_iter().map(Choice::Known).chain(by_hand).collect()
    }

    /// What is taken.
    #[must_use]
    pub(crate) fn chosen(&self) -> Option<String> {
        self.choices().get(self.at).map(|choice| choice.code().to_owned())
    }

    /// Moves over so many of them.
    pub(crate) fn step(&mut self, by: isize) {
        let last = self.choices().len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
    }
}

/// The codes that meters have said they do not have, by link and meter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Absent(HashSet<(String, String)>);

impl Absent {
    /// Notes whether the meter has a code. `meter` names the link, the model and the address.
    pub(crate) fn note(&mut self, meter: &str, code: &str, is_absent: bool) {
        let key = (meter.to_owned(), compact(code));
        if is_absent {
            self.0.insert(key);
        } else {
            self.0.remove(&key);
        }
    }

    /// Whether the meter has said that it does not have a code.
    #[must_use]
    pub(crate) fn has(&self, meter: &str, code: &str) -> bool {
        self.0.contains(&(meter.to_owned(), compact(code)))
    }
}
