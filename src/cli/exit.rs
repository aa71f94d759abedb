//! How a run ends: exit codes, and errors that say what to try next.

use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use crate::protocol::{Fault, MissingKey};

/// The exit codes, the same for every subcommand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// The system failed us: output could not be written. Or a defect of this program was found and stopped.
    System = 1,
    /// Wrong usage: unknown model, odd number of hex digits, bad address, file not found.
    Usage = 2,
    /// The link could not be opened or was lost.
    Link = 3,
    /// No answer in time.
    NoAnswer = 4,
    /// An answer with a bad checksum or not understood.
    BadAnswer = 5,
    /// Refused by the meter.
    Refused = 6,
    /// Refused by meterscope: write not allowed, key given and wrong.
    Forbidden = 7,
    /// Done, but what was to be kept is not whole: a capture with holes.
    Incomplete = 8,
    /// Stopped by Ctrl-C before it was done, as shells number it.
    Interrupted = 130,
}

impl Exit {
    /// As the system takes it.
    #[must_use]
    pub fn code(self) -> ExitCode {
        ExitCode::from(self as u8)
    }

    /// The code of a command that failed.
    #[must_use]
    pub const fn of(fault: &Fault) -> Self {
        match fault {
            Fault::NoAnswer { .. } => Self::NoAnswer,
            Fault::Damaged { .. } | Fault::Unexpected(_) | Fault::Sealed { lock: MissingKey::NoKey, .. } => {
                Self::BadAnswer
            }
            Fault::Refused { .. } => Self::Refused,
            Fault::Unsendable(_) => Self::Usage,
            Fault::NotPermitted
            | Fault::NotRecorded(_)
            | Fault::OtherMaster
            | Fault::Sealed { lock: MissingKey::WrongKey, .. } => Self::Forbidden,
            Fault::LineRefused | Fault::ListensOnly | Fault::LinkLost => Self::Link,
            Fault::Overrun(_) => Self::System,
            Fault::Cancelled => Self::Interrupted,
        }
    }
}

/// What a subcommand comes to.
pub(super) type Outcome = Result<Exit, Stop>;

/// Why a subcommand went no further.
#[derive(Debug)]
pub(super) enum Stop {
    /// Whoever read our output has gone: no error.
    ClosedPipe,
    /// Something went wrong.
    Trouble(Box<Trouble>),
}

impl Stop {
    /// The same trouble, with a link rather than with the arguments.
    #[must_use]
    pub(super) fn about_the_link(self) -> Self {
        match self {
            Self::Trouble(trouble) => trouble.with(Exit::Link).into(),
            Self::ClosedPipe => Self::ClosedPipe,
        }
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(Box::new(trouble))
    }
}

impl From<Box<Trouble>> for Stop {
    fn from(trouble: Box<Trouble>) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Trouble::new(Exit::System, "writing the output", error.to_string()).into()
    }
}

/// Something that went wrong, for a person to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// The code to end with.
    pub exit: Exit,
    /// What was being done, on which link, to which meter.
    doing: String,
    /// What was expected and found. Foreign bytes must have been made visible.
    what: String,
    /// What more is known, and what to try next.
    next: Vec<String>,
}

impl Trouble {
    /// `doing` says what was being done, `what` what went wrong.
    #[must_use]
    pub(super) fn new(exit: Exit, doing: impl Into<String>, what: impl Into<String>) -> Self {
        Self { exit, doing: doing.into(), what: what.into(), next: Vec::new() }
    }

    /// Wrong usage.
    #[must_use]
    pub(super) fn usage(doing: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, doing, what)
    }

    /// With one more line of what is known or to try.
    #[must_use]
    pub(super) fn hint(mut self, line: impl Into<String>) -> Self {
        self.next.push(line.into());
        self
    }

    /// The same, ending with another code.
    #[must_use]
    pub(super) fn with(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// The lines that stand on standard error.
    #[must_use]
    pub(super) fn text(&self) -> String {
        let mut text = format!("meterscope: {}: {}\n", self.doing, self.what);
        for line in &self.next {
            let _ = writeln!(text, "  {line}");
        }
        text
    }

    /// Puts it on standard error.
    pub(super) fn print(&self) {
        super::out::complain(&self.text());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Excess, Limit, Unfit};

    #[test]
    fn every_fault_has_the_code_of_the_table() {
        let cases = [
            (Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 }, 4),
            (Fault::Damaged { what: String::new() }, 5),
            (Fault::Unexpected(Unfit::Different), 5),
            (Fault::Sealed { lock: MissingKey::NoKey, what: String::new() }, 5),
            (Fault::Sealed { lock: MissingKey::WrongKey, what: String::new() }, 7),
            (Fault::Refused { code: None, meaning: "" }, 6),
            (Fault::LineRefused, 3),
            (Fault::OtherMaster, 7),
            (Fault::LinkLost, 3),
            (Fault::Overrun(Excess { messages: 3, bytes: 15, limit: Limit::Total(3) }), 1),
        ];
        for (fault, code) in cases {
            assert_eq!(Exit::of(&fault) as u8, code, "{fault:?}");
        }
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        assert!(matches!(Stop::from(io::Error::from(io::ErrorKind::BrokenPipe)), Stop::ClosedPipe));
        assert!(matches!(Stop::from(io::Error::other("full")), Stop::Trouble(_)));
    }

    #[test]
    fn an_error_says_what_was_done_what_went_wrong_and_what_to_try() {
        let trouble = Trouble::usage("reading the model", "unknown").hint("all: meterscope models");
        assert_eq!(trouble.text(), "meterscope: reading the model: unknown\n  all: meterscope models\n");
    }
}
