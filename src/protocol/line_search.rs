//! The search for the line settings of a meter that speaks by itself: what its bytes look like tells where to go.
//!
//! Pure: bytes in, the next step out. Silence is no matter of speed: as long as nothing comes, nothing is tried.
//! Bytes that clearly look like other settings are followed at once; bytes that look like nothing are listened to
//! for as long as a meter may take to its next telegram (11 s, and 21 s at 9600 7E1, where the first one may be cut),
//! then the next settings follow. Each are tried once; when none help, those of the beginning come back. The readers
//! of `OpenHAB` and of amsreader search in much the same order.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::exchange::{Action, Warning};
use super::family::Families;
use super::family_profile::{Proof, Usual};
use super::framer::{Integrity, PieceKind, Source};
use super::line::LineSettings;
use super::line_hints::{self, Hint};
use super::wait::Wait;
use crate::frame::At;

/// Bytes by which a line is judged.
const JUDGED: usize = 2048;

/// Bytes below which nothing is looked for in them.
const FEW: usize = 24;

/// Bytes of the longest frame that is no evidence: such a short one may have a sum of eight bits over two bytes, which
/// noise brings as well.
const LONGEST_CHANCE: usize = 5;

/// The settings at which a telegram takes longest: the first one may be cut.
const SLOW_TEXT: LineSettings = LineSettings::e71(9600);

/// Where nothing is known of the meter: the bus of most, text ports new and old, and the customer interfaces with M-Bus.
pub static UNKNOWN: Usual = Usual {
    lines: &[LineSettings::n81(9600), LineSettings::n81(115_200), SLOW_TEXT, LineSettings::e81(2400)],
    text: None,
};

/// What the search comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The bytes look like something that other line settings do not help against.
    Looks(Hint),
    /// The line is to be set to something else.
    Try {
        /// The settings at which the bytes came.
        from: LineSettings,
        /// Those to set.
        to: LineSettings,
        /// What the bytes look like; `None` when they look like nothing, and it is the turn of the next ones.
        hint: Option<Hint>,
    },
    /// At these settings, other than those of the beginning, the bytes make sense.
    Found(LineSettings),
    /// All were tried; those of the beginning are to be set again.
    GivenUp(LineSettings),
}

impl Finding {
    /// What the line is to be set to.
    #[must_use]
    pub const fn line(self) -> Option<LineSettings> {
        match self {
            Self::Try { to, .. } => Some(to),
            Self::GivenUp(line) => Some(line),
            Self::Looks(_) | Self::Found(_) => None,
        }
    }

    /// A stable word for scripts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Looks(hint) | Self::Try { hint: Some(hint), .. } => hint.code(),
            Self::Try { hint: None, .. } | Self::Found(_) | Self::GivenUp(_) => "line",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Looks(hint) => f.write_str(&hint.text()),
            Self::Try { from, to, hint: Some(hint) } => {
                write!(f, "looks like {to} read at {from} ({}); set to {to}", hint.sign())
            }
            Self::Try { from, to, hint: None } => {
                write!(f, "the bytes make no sense at {from}; {to} is tried")
            }
            Self::Found(line) => write!(f, "the bytes make sense at {line}"),
            Self::GivenUp(line) => {
                write!(f, "no usual line settings make sense of the bytes; back at {line}")
            }
        }
    }
}

/// A search, from its beginning to its end.
#[derive(Debug)]
pub struct LineSearch {
    usual: &'static Usual,
    /// Whose frames are looked for.
    families: Families,
    /// Nothing is tried, and the bytes are only looked at.
    is_fixed: bool,
    start: LineSettings,
    /// What was tried, the present settings last.
    tried: Vec<LineSettings>,
    heard: Vec<u8>,
    /// How many bytes must have come before sense is looked for in them.
    look_at: usize,
    said: Option<Hint>,
    is_over: bool,
}

impl LineSearch {
    /// A search that begins at the settings in force.
    #[must_use]
    pub fn new(start: LineSettings, usual: &'static Usual, families: Families) -> Self {
        Self {
            usual,
            families,
            is_fixed: false,
            start,
            tried: vec![start],
            heard: Vec::new(),
            look_at: FEW,
            said: None,
            is_over: false,
        }
    }

    /// A search on settings that stay: it only says what the bytes look like.
    #[must_use]
    pub fn fixed(start: LineSettings, usual: &'static Usual, families: Families) -> Self {
        Self { is_fixed: true, ..Self::new(start, usual, families) }
    }

    /// The settings that are being listened at.
    #[must_use]
    pub fn line(&self) -> LineSettings {
        self.tried.last().copied().unwrap_or(self.start)
    }

    /// Whether nothing more is tried.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether bytes have come at the present settings.
    #[must_use]
    pub const fn has_heard(&self) -> bool {
        !self.heard.is_empty()
    }

    /// How long the present settings are listened at once bytes come, before it is the turn of the next.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(if self.line() == SLOW_TEXT { 21 } else { 11 })
    }

    /// These bytes came and are no frame.
    pub fn noise(&mut self, bytes: &[u8]) -> Option<Finding> {
        if self.is_over {
            return None;
        }
        let room = JUDGED.saturating_sub(self.heard.len());
        self.heard.extend(bytes.iter().take(room));
        if self.heard.len() >= self.look_at {
            self.look_at = self.heard.len() * 3 / 2;
            if self.makes_sense() {
                return self.good();
            }
        }
        let hint = self.hint().filter(|hint| self.said != Some(*hint))?;
        self.said = Some(hint);
        match self.helps(hint) {
            Some(to) => Some(self.go(to, Some(hint))),
            None => Some(Finding::Looks(hint)),
        }
    }

    /// A good frame came: the search is over. Says so where the settings are not those of the beginning.
    pub fn good(&mut self) -> Option<Finding> {
        let was_searching = !std::mem::replace(&mut self.is_over, true);
        let line = self.line();
        (was_searching && line != self.start).then_some(Finding::Found(line))
    }

    /// Long enough was listened: goes on to the next settings, unless nothing came or what came is readable.
    pub fn turn(&mut self) -> Option<Finding> {
        if self.is_over || self.is_fixed || self.heard.is_empty() {
            return None;
        }
        if self.makes_sense() {
            return self.good();
        }
        let is_elsewhere = line_hints::is_text(&self.heard) || matches!(self.hint(), Some(Hint::Inverted));
        if is_elsewhere {
            return None;
        }
        let next = self.usual.lines.iter().copied().find(|line| !self.tried.contains(line));
        match next {
            Some(to) => Some(self.go(to, None)),
            None => self.give_up(),
        }
    }

    /// What an exchange does about a finding: it says it, and where there are settings to try it has them set and
    /// waits for what comes at them. Whether there are any.
    pub fn follow(&self, finding: Finding, wait: Wait, actions: &mut VecDeque<Action>) -> bool {
        let warning = Warning { code: finding.code(), text: finding.to_string().into() };
        actions.push_back(Action::Warning(warning));
        let Some(line) = finding.line() else { return false };
        actions.push_back(Action::SetLine(line));
        actions.push_back(Action::Wait(wait));
        true
    }

    /// The settings are these now, and not because of the search: it begins anew from there.
    pub fn moved(&mut self, line: LineSettings) {
        *self = Self { is_fixed: self.is_fixed, ..Self::new(line, self.usual, self.families) };
    }

    /// The settings asked for last could not be made: those before stay, and no others are tried.
    pub fn stay(&mut self) {
        if self.tried.len() > 1 {
            self.tried.pop();
        }
        self.is_fixed = true;
    }

    fn give_up(&mut self) -> Option<Finding> {
        self.is_over = true;
        let is_back = self.line() == self.start;
        self.tried.push(self.start);
        (!is_back).then_some(Finding::GivenUp(self.start))
    }

    fn go(&mut self, to: LineSettings, hint: Option<Hint>) -> Finding {
        let from = self.line();
        self.tried.push(to);
        self.forget();
        Finding::Try { from, to, hint }
    }

    fn forget(&mut self) {
        self.heard.clear();
        (self.look_at, self.said) = (FEW, None);
    }

    /// What the bytes look like.
    fn hint(&self) -> Option<Hint> {
        line_hints::of(&self.heard, self.line(), Some(self.usual), self.families)
    }

    /// Settings that help against what the bytes look like, if there are any that were not tried.
    fn helps(&self, hint: Hint) -> Option<LineSettings> {
        let now = self.line();
        let untried = |line: &LineSettings| !self.tried.contains(line);
        let mut usual = self.usual.lines.iter().copied().filter(untried);
        match hint {
            _ if self.is_fixed => None,
            // The bits came right, and so the speed is right.
            Hint::Parity => Some(LineSettings::e71(now.baud)).filter(untried),
            Hint::TooFast { .. } => usual.find(|line| line.baud < now.baud),
            Hint::TooSlow { .. } => usual.find(|line| line.baud > now.baud),
            Hint::Inverted | Hint::Other { .. } => None,
        }
    }

    /// Whether there is the head of a message in the bytes, or good frames.
    fn makes_sense(&self) -> bool {
        self.families.iter().any(|family| family.has_head(&self.heard)) || self.has_good_frames()
    }

    fn has_good_frames(&self) -> bool {
        self.families.iter().any(|family| {
            let (mut found, mut good) = (0, 0);
            let mut count = |piece: super::Piece<'_>| {
                let is_good = piece.kind == PieceKind::Frame(Integrity::Good);
                if is_good && piece.bytes.len() > LONGEST_CHANCE {
                    (found, good) = (found + 1, good + piece.bytes.len());
                }
            };
            let mut framer = family.framer(Source::Both, self.line());
            framer.push(&self.heard, At::ZERO, &mut count);
            framer.finish(&mut count);
            match family.profile().proof {
                Proof::OneFrame => found > 0,
                // Without marks every run of bytes is tried: of a long noise one fits a CRC-16 by chance.
                Proof::MostBytes => {
                    found > usize::from(!family.profile().has_marks) && good * 2 >= self.heard.len()
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;
