//! The bench: pick, compose, send, understand.

use std::collections::HashMap;
use std::time::Duration;

use tui_input::Input;

use super::dialogue::Dialogue;
use super::form::Form;
use super::inspector::Inspector;
use super::picker::{Entry, Picker};
use crate::frame::{At, Dissection};
use crate::protocol::{Access, Command, Options, Request};

/// What is composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    /// A command of the model.
    #[default]
    Command,
    /// Bytes and text typed by hand.
    Raw,
}

/// The panes of which one is shown where there is no room for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Lower {
    /// What is composed.
    #[default]
    Compose,
    /// The steps of a session.
    Steps,
    /// The reply.
    Reply,
}

/// What would be sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Draft {
    /// Nothing is chosen, or no meter.
    #[default]
    Nothing,
    /// It cannot be made into bytes, and why.
    Unfit(String),
    /// These frames.
    Ready {
        /// The frames, in order.
        frames: Vec<Vec<u8>>,
        /// Index of the one that is explained: of a session that writes the first that does.
        main: usize,
        /// What it means.
        meaning: Option<Box<Dissection>>,
        /// What it may do; `None` when it is not recognised, which counts as dangerous.
        access: Option<Access>,
    },
}

impl Draft {
    /// The frame that is explained.
    #[must_use]
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Ready { frames, main, .. } => frames.get(*main).map(Vec::as_slice).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// What came of the last request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Outcome {
    /// Nothing was sent yet.
    #[default]
    Nothing,
    /// The answer is awaited.
    Waiting,
    /// It was answered.
    Answered {
        /// How long after the end of the request its first byte came.
        latency: Option<Duration>,
    },
    /// It failed.
    Failed {
        /// What happened, in one line.
        headline: String,
        /// What is ruled out and what to look at, a line each.
        advice: Vec<String>,
    },
}

/// A request that is sent again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repeat {
    /// What.
    pub request: Request,
    /// When next; `None` while it is being carried out.
    pub next: Option<At>,
    /// How often it was sent.
    pub count: u64,
}

/// The bench.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bench {
    /// The commands.
    pub picker: Picker,
    /// Parameters by command id, as they were left.
    pub forms: HashMap<&'static str, Form>,
    /// What is composed.
    pub mode: Mode,
    /// Bytes and text typed by hand.
    pub raw: Input,
    /// What would be sent.
    pub draft: Draft,
    /// The last reply.
    pub reply: Inspector,
    /// What came of the last request.
    pub outcome: Outcome,
    /// What is sent again and again.
    pub repeat: Option<Repeat>,
    /// How often is asked again, and whether everything is asked twice; for Readings too.
    pub options: Options,
    /// What Readings polls.
    pub pinned: Vec<Request>,
    /// The steps of the last session, where the meter holds sessions.
    pub dialogue: Option<Dialogue>,
    /// Which pane was looked at last, where there is room for one only.
    pub lower: Lower,
}

impl Bench {
    /// The chosen command.
    #[must_use]
    pub(crate) fn command(&self, commands: &'static [Command]) -> Option<&'static Command> {
        self.picker.chosen().and_then(|index| commands.get(index))
    }

    /// The parameters of a command as they were left.
    #[must_use]
    pub(crate) fn form(&self, command: &'static Command) -> Form {
        self.forms.get(command.id).cloned().unwrap_or_else(|| Form::new(command))
    }

    /// The parameters of a command, to fill in.
    pub(crate) fn form_mut(&mut self, command: &'static Command) -> &mut Form {
        self.forms.entry(command.id).or_insert_with(|| Form::new(command))
    }

    /// Searches the commands anew.
    pub(crate) fn refresh(&mut self, commands: &'static [Command]) {
        let mut order: Vec<(usize, &Command)> = commands.iter().enumerate().collect();
        order.sort_by_key(|(_, command)| command.group);
        let entry = |(index, command): (usize, &'static Command)| {
            let heading = command.group.title();
            let words = format!("{} {} {} {heading}", command.code, command.title, command.id);
            (index, Entry { heading, words })
        };
        self.picker.refresh(order.into_iter().map(entry));
    }

    /// Chooses the first command of the everyday set; without one, the first that only reads.
    pub(crate) fn choose_everyday(&mut self, commands: &'static [Command]) {
        let everyday = self.pinned.first().map(|request| request.command.id);
        let is_first = |command: &Command| match everyday {
            Some(id) => command.id == id,
            None => command.access == Access::Read,
        };
        match commands.iter().position(is_first) {
            Some(at) => self.picker.at = at,
            None => self.picker.first(),
        }
    }

    /// Whether a request is among the pinned.
    #[must_use]
    pub(crate) fn is_pinned(&self, request: &Request) -> bool {
        self.pinned.contains(request)
    }
}
