//! The numbered screens, their panes, and which of them has the focus.

use super::{Lower, State};
use crate::tui::keymap::Context;

/// The numbered screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Screen {
    /// Links.
    #[default]
    Connect,
    /// Models and addresses.
    Meter,
    /// Requests and replies.
    Bench,
    /// Recorded traffic.
    Trace,
    /// Values.
    Readings,
    /// The load profile.
    Archive,
}

impl Screen {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 6] =
        [Self::Connect, Self::Meter, Self::Bench, Self::Trace, Self::Readings, Self::Archive];

    /// Its name.
    #[must_use]
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Connect => "Connect",
            Self::Meter => "Meter",
            Self::Bench => "Bench",
            Self::Trace => "Trace",
            Self::Readings => "Readings",
            Self::Archive => "Archive",
        }
    }

    /// Where its keys are listed.
    #[must_use]
    pub(crate) const fn context(self) -> Context {
        match self {
            Self::Connect => Context::Connect,
            Self::Meter => Context::Meter,
            Self::Bench => Context::Bench,
            Self::Trace => Context::Trace,
            Self::Readings => Context::Readings,
            Self::Archive => Context::Archive,
        }
    }

    /// Its panes, in the order of the Tab key.
    #[must_use]
    pub(crate) const fn panes(self) -> &'static [Pane] {
        match self {
            Self::Connect => &[Pane::Links, Pane::LinkEntry, Pane::LineEntry],
            Self::Meter => &[Pane::Models, Pane::Address, Pane::Password],
            Self::Bench => &[Pane::Commands, Pane::Compose, Pane::Steps, Pane::Reply],
            Self::Trace => &[Pane::Entries, Pane::Detail],
            Self::Readings => &[Pane::Tariffs, Pane::Values, Pane::Chart],
            Self::Archive => &[Pane::Days, Pane::Intervals],
        }
    }
}

/// Parts of screens that can have the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Pane {
    /// Connect: the list of links.
    Links,
    /// Connect: a link being typed.
    LinkEntry,
    /// Connect: line settings being typed.
    LineEntry,
    /// Meter: the list of models.
    Models,
    /// Meter: the address being typed.
    Address,
    /// Meter: the password being typed.
    Password,
    /// Bench: the list of commands.
    Commands,
    /// Bench: the parameters and the bytes to be sent.
    Compose,
    /// Bench: the steps of a session.
    Steps,
    /// Bench: the reply, explained.
    Reply,
    /// Bench, where a meter speaks by itself: the lines of a telegram.
    Lines,
    /// Bench, where a meter speaks by itself: the bytes of the telegram.
    TelegramBytes,
    /// Trace: the list.
    Entries,
    /// Trace: the chosen entry, explained.
    Detail,
    /// Readings: the tariff table.
    Tariffs,
    /// Readings: everything else.
    Values,
    /// Readings: power and voltage over time.
    Chart,
    /// Archive: the days.
    Days,
    /// Archive: the intervals of a day.
    Intervals,
}

impl State {
    /// The pane with the focus.
    #[must_use]
    pub(crate) fn pane(&self) -> Pane {
        match self.focus.get(self.screen as usize).copied() {
            Some(Pane::Steps) if self.bench.dialogue.is_none() => Pane::Reply,
            focused => focused.unwrap_or(Pane::Links),
        }
    }

    /// Gives a pane of the present screen the focus.
    pub(crate) fn focus_on(&mut self, pane: Pane) {
        if self.has(pane)
            && let Some(place) = self.focus.get_mut(self.screen as usize)
        {
            *place = pane;
        }
        match pane {
            Pane::Compose => self.bench.lower = Lower::Compose,
            Pane::Steps => self.bench.lower = Lower::Steps,
            Pane::Reply => self.bench.lower = Lower::Reply,
            Pane::Chart => self.readings.chart_on_top = true,
            Pane::Values => self.readings.chart_on_top = false,
            _ => {}
        }
    }

    /// Whether the present screen has a pane just now: there are steps only of a session.
    #[must_use]
    pub(crate) fn has(&self, pane: Pane) -> bool {
        let is_there = pane != Pane::Steps || self.bench.dialogue.is_some();
        is_there && self.panes().contains(&pane)
    }

    /// The panes of the present screen, in the order of the Tab key.
    #[must_use]
    pub(crate) fn panes(&self) -> &'static [Pane] {
        match self.screen {
            Screen::Bench if self.shows_telegrams() => &[Pane::Lines, Pane::TelegramBytes],
            Screen::Readings if !self.readings.has_chart() => &[Pane::Tariffs, Pane::Values],
            screen => screen.panes(),
        }
    }

    /// Where the keys of the present screen are listed.
    #[must_use]
    pub(crate) fn context(&self) -> Context {
        if self.shows_telegrams() { Context::Telegram } else { self.screen.context() }
    }
}
