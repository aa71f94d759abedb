//! Carrying commands out: state machines that are told what happened and say what to do.

use std::borrow::Cow;
use std::fmt;

use super::argument::Arguments;
use super::bound::{Bound, Excess};
use super::command::{Access, Command};
use super::line::LineSettings;
use super::wait::Wait;
use crate::frame::{At, visible};
use crate::reading::Reading;

/// A command with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What to ask.
    pub command: &'static Command,
    /// With what.
    pub arguments: Arguments,
}

/// How an exchange is to be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How often a request is sent again after silence or damage; writes and refused passwords never are.
    pub retries: u8,
    /// Ask every value twice and accept only two equal answers, for protocols whose replies do not name what
    /// they answer.
    pub read_twice: bool,
    /// What the silence of the first request means for those behind it.
    pub if_silent: IfSilent,
}

/// What is done with the requests of a plan whose first one nothing has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IfSilent {
    /// They are asked all the same.
    #[default]
    AskOn,
    /// They are left out: the meter is not there. Nothing is told of them.
    LeaveOut,
}

impl Options {
    /// How often a request that reads is sent at most.
    #[must_use]
    pub fn tries(self) -> u32 {
        u32::from(self.retries) + 1
    }

    /// How often a question of a command is asked at most: what changes the meter, once.
    #[must_use]
    pub fn tries_for(self, access: Access) -> u32 {
        if access == Access::Read { self.tries() } else { 1 }
    }

    /// Whether the answers of a command are compared with each other.
    #[must_use]
    pub fn compares(self, access: Access) -> bool {
        self.read_twice && access == Access::Read
    }

    /// Whether a request that has ended like this ends the plan.
    #[must_use]
    pub const fn leaves_out(self, index: usize, result: &Result<(), Failure>) -> bool {
        let is_silence = matches!(result, Err(Failure { fault: Fault::NoAnswer { .. }, .. }));
        matches!(self.if_silent, IfSilent::LeaveOut) && index == 0 && is_silence
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { retries: 2, read_twice: false, if_silent: IfSilent::AskOn }
    }
}

/// Why a request cannot be made into bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComposeError {
    /// The address does not fit the protocol's field.
    Address {
        /// As the person wrote it.
        text: String,
        /// What fits.
        expected: &'static str,
    },
    /// The command is of another family or dialect.
    Foreign(&'static str),
    /// The password cannot be encoded.
    Password(&'static str),
    /// An argument cannot be encoded.
    Argument {
        /// The parameter.
        name: &'static str,
        /// What fits.
        expected: &'static str,
    },
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { text, expected } => {
                write!(f, "address {} cannot be sent: {expected}", visible::string(text))
            }
            Self::Foreign(command) => write!(f, "{command} is not a command of this model"),
            Self::Password(expected) => write!(f, "the password cannot be sent: expected {expected}"),
            Self::Argument { name, expected } => write!(f, "{name} cannot be sent: expected {expected}"),
        }
    }
}

impl std::error::Error for ComposeError {}

/// What happened on the link. Echoes of what was sent are taken out before, and told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// The link is open and the exchange may begin.
    Start,
    /// What the last [`Action::Send`] asked for has left the wire.
    Sent,
    /// A frame arrived.
    Frame(&'a [u8]),
    /// The echo of what was sent arrived.
    Echo,
    /// Bytes arrived that are no frame.
    Noise(&'a [u8]),
    /// The last [`Action::Wait`] is over.
    Deadline,
    /// The line settings asked for could not be set.
    LineRefused,
    /// The person does not want to go on.
    Cancelled,
    /// Something more urgent waits for the line: the try that runs is its last, a session is signed off, and what is
    /// left is [`Fault::Cancelled`] or not told of.
    GiveWay,
    /// The link is gone.
    LinkLost,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Send these bytes in one write.
    Send(Vec<u8>),
    /// Change the line settings once everything sent has left the wire.
    SetLine(LineSettings),
    /// Wake the exchange when this is over; replaces the wait before.
    Wait(Wait),
    /// A step of a session begins, in words for the person: `sign-on`.
    Step(&'static str),
    /// What is sent next is a request: which try of it this is.
    Try {
        /// From 1.
        number: u32,
        /// How often it is sent at most.
        of: u32,
    },
    /// A value was read.
    Reading(Reading),
    /// So much of a long command is done.
    Progress {
        /// Steps done.
        done: u32,
        /// Steps in all.
        total: u32,
    },
    /// Something that does not stop it but that the person should know.
    Warning(Warning),
    /// The request with this index is answered or has failed; the next one follows.
    Answered {
        /// Index into the plan's requests.
        index: usize,
        /// How it ended.
        result: Result<(), Failure>,
    },
    /// Nothing may be asked on this line before this moment, by whatever comes next: the silence that the
    /// protocol demands, or the time in which answers may still come.
    Rest {
        /// Until when.
        until: At,
        /// How many answers may still come; with the last of them the rest is over.
        owed: u32,
    },
    /// There is nothing more to do.
    Finished,
}

/// Something odd that does not stop an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A stable word: `late-answer`, `other-meter`, `dialect`.
    pub code: &'static str,
    /// One sentence, without foreign bytes.
    pub text: Cow<'static, str>,
}

/// Why an answer was not accepted although it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// Another meter's answer.
    Address {
        /// Who was asked.
        expected: u64,
        /// Who answered.
        found: u64,
    },
    /// The answer to another command.
    Command {
        /// Code asked for.
        expected: u32,
        /// Code found.
        found: u32,
    },
    /// The wrong count of data bytes.
    Length {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The content is not of the form the manual gives.
    Content(&'static str),
    /// Two answers to the same question differ.
    Different,
}

/// What ended a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing that could be an answer came.
    NoAnswer {
        /// How often it was asked.
        sent: u32,
        /// Whether at least the echo of the request came back.
        echo: bool,
        /// How many bytes of noise came instead.
        noise_bytes: u32,
    },
    /// An answer came, damaged every time.
    Damaged {
        /// What is wrong with the last one: `CRC 1C, expected 1B`.
        what: String,
    },
    /// Good frames came, none of them an answer to this.
    Unexpected(Unfit),
    /// It came, encrypted, and cannot be read.
    Sealed {
        /// What is missing.
        lock: MissingKey,
        /// In words, with what the message shows of itself.
        what: String,
    },
    /// The meter said no.
    Refused {
        /// Its error code, where it gave one.
        code: Option<u16>,
        /// What that means.
        meaning: &'static str,
    },
    /// The request cannot be put into bytes; nothing was sent.
    Unsendable(ComposeError),
    /// It would have changed the meter, which was not allowed; nothing was sent.
    NotPermitted,
    /// It would have sent more than its plan allows, and was stopped before: a defect of this program.
    Overrun(Excess),
    /// It may change the meter and no record of it could be kept, for this reason; it was not sent.
    NotRecorded(String),
    /// The line settings could not be set.
    LineRefused,
    /// The link is only listened to: nothing was sent.
    ListensOnly,
    /// Another master asks on the line, and nobody has said to send all the same: nothing was sent.
    OtherMaster,
    /// The person stopped it.
    Cancelled,
    /// The link went away.
    LinkLost,
}

/// What keeps an encrypted message shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingKey {
    /// No key for this meter was given.
    NoKey,
    /// Keys were given, and none of them fits.
    WrongKey,
}

/// What ended a request, and in which step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was being done: the command's title or the step of the session.
    pub step: &'static str,
    /// What went wrong.
    pub fault: Fault,
}

/// A plan being carried out.
///
/// After every [`Exchange::handle`], [`Exchange::next_action`] is called until it gives `None`. After
/// [`Action::Finished`] nothing more is asked of it.
pub trait Exchange: Send {
    /// Tells it what happened at `at`.
    fn handle(&mut self, event: Event<'_>, at: At);

    /// A session on this line was cut off before: the meter may still be in it. Told before anything else. A
    /// protocol with sessions that outlive their silence ends that one first.
    fn after_a_cut(&mut self) {}

    /// The settings of this line are the far end's own: none can be set here, and those in force are not known. Told
    /// before anything else. Whoever would change the line goes without.
    fn line_stays(&mut self) {}

    /// How much it may send, known from its plan. Asked before anything else; what exceeds it is not sent, and ends it.
    fn bound(&self) -> Bound;

    /// What it wants done next.
    fn next_action(&mut self) -> Option<Action>;
}
