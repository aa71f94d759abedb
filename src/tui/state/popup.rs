//! Boxes over the screen.

use tui_input::Input;

use super::attention::Attention;
use super::codes::Codes;
use super::inspector::Inspector;
use super::key_entry::KeyEntry;
use crate::app::arming::Challenge;
use crate::app::write_log::Record;
use crate::protocol::{Access, Request};

/// What is sent once writing is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Armed {
    /// A command.
    Command(Request),
    /// Bytes typed by hand.
    Raw(Vec<u8>),
}

/// The question before anything that may change a meter.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// What would be done.
    pub title: String,
    /// How it is classed; `None` when the bytes are not recognised.
    pub access: Option<Access>,
    /// The frames that would go out, in order.
    pub frames: Vec<Shown>,
    /// What has to be typed.
    pub challenge: Challenge,
    /// What was typed.
    pub input: Input,
    /// What is sent then.
    pub armed: Armed,
    /// Whether keys can be an answer to it.
    pub attention: Attention,
}

/// A frame as the question shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The exact bytes, masked where they are secret.
    pub hex: String,
    /// What it is, in a few words.
    pub meaning: String,
    /// Whether it is the one, or one of those, that may change the meter.
    pub changes: bool,
}

/// What a person wanted to send on a link that is listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// What is composed on the bench, or the bytes typed there.
    Send,
    /// The same again and again.
    Repeat,
    /// The pinned requests, again and again.
    Poll,
    /// The pinned requests, once.
    Read,
    /// The load profile.
    Archive,
}

/// A box over the screen.
#[derive(Debug, Clone)]
pub(crate) enum Popup {
    /// Send although this link is listened to?
    Listening {
        /// What is done then.
        attempt: Attempt,
        /// Whether keys can be an answer to it.
        attention: Attention,
    },
    /// The keys, and the first line shown.
    Help(usize),
    /// A command being typed, and the chosen completion.
    Prompt {
        /// What was typed.
        input: Input,
        /// Which completion is chosen.
        at: usize,
    },
    /// The question before something that may change a meter.
    Arm(Box<Question>),
    /// The keys of a meter being typed.
    Key(Box<KeyEntry>),
    /// Pasted text outside of any field: decode it as hex?
    Paste(Vec<u8>),
    /// A code of the meter being typed.
    Codes(Codes),
    /// What was written to meters, and the first record shown, counted from the newest.
    Writes(Vec<Record>, usize),
    /// Pasted or typed bytes, explained.
    Decoded(Box<Inspector>),
    /// Leave although something would be lost?
    Quit {
        /// What would be lost.
        lost: String,
    },
}

impl Popup {
    /// Whether keys can be an answer to it, where its answer sends something; none where it sends nothing.
    pub(crate) const fn attention(&mut self) -> Option<&mut Attention> {
        match self {
            Self::Listening { attention, .. } => Some(attention),
            Self::Arm(question) => Some(&mut question.attention),
            // What a prompt takes is a command of its own: one that could collide or write asks then.
            Self::Prompt { .. }
            | Self::Codes(_)
            | Self::Help(_)
            | Self::Key(_)
            | Self::Paste(_)
            | Self::Writes(..)
            | Self::Decoded(_)
            | Self::Quit { .. } => None,
        }
    }
}
