//! Everything the console knows, as plain data.

pub(super) mod archive;
pub(super) mod arming;
pub(super) mod attention;
pub(super) mod bench;
pub(super) mod codes;
pub(super) mod connect;
pub(super) mod dialogue;
pub(super) mod form;
pub(super) mod inspector;
pub(super) mod jobs;
pub(super) mod key_entry;
pub(super) mod masked;
pub(super) mod meter;
pub(super) mod picker;
pub(super) mod polling;
pub(super) mod popup;
pub(super) mod readings;
pub(super) mod screen;
pub(super) mod scroll;
pub(super) mod shelf;
pub(super) mod shown;
pub(super) mod target;
pub(super) mod telegram;
pub(super) mod trace;

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

pub(super) use archive::ArchiveView;
pub(super) use arming::Arming;
pub(super) use bench::{Bench, Lower};
pub(super) use connect::Connect;
pub(super) use dialogue::Dialogue;
pub(super) use inspector::Inspector;
pub(super) use jobs::Jobs;
pub(super) use meter::Meter;
pub(super) use polling::Polling;
pub(super) use popup::Popup;
pub(super) use readings::Readings;
pub(super) use screen::{Pane, Screen};
pub(super) use shown::Shown;
pub(super) use telegram::Telegrams;
pub(super) use trace::TraceView;

use super::keymap::Keymap;
use crate::app::keys::Keys;
use crate::app::target::Target;
use crate::app::telegram as telegrams;
use crate::bus::{Speech, Status};
use crate::frame::At;
use crate::link::{Endpoint, LinkName};
use crate::meter::Model;
use crate::protocol::{Command, LineSettings, Profile};
use crate::sim::fault::Spec;
use crate::trace::{CaptureState, SharedTrace, Trace};

/// A point of time on the console's own clock and on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Moment {
    /// Since the console started; does not jump.
    pub at: At,
    /// The computer's clock.
    pub wall: Timestamp,
}

/// Where the link is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Phase {
    /// No link was asked for.
    #[default]
    None,
    /// It is being opened.
    Opening {
        /// Since when.
        since: At,
    },
    /// The bus runs.
    Running,
    /// The bus has ended.
    Ended,
}

/// How a remark to the person is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it should be.
    Plain,
    /// Something is wrong or odd.
    Warning,
}

/// A remark to the person, shown until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    /// How it is meant.
    pub tone: Tone,
    /// One line.
    pub text: String,
}

/// Everything the console knows.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Now.
    pub now: Moment,
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// The keys in force.
    pub keymap: Keymap,
    /// The screen that is shown.
    pub screen: Screen,
    /// The pane with the focus, by screen.
    pub focus: [Pane; 6],
    /// Whether the focused pane has the whole screen.
    pub maximised: bool,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// Whether masked bytes are shown until the next key.
    pub reveal: bool,
    /// The box over the screen.
    pub popup: Option<Popup>,
    /// A remark.
    pub notice: Option<Notice>,
    /// The link that was asked for.
    pub link: Option<LinkName>,
    /// Where it is.
    pub phase: Phase,
    /// What the bus says of it.
    pub status: Status,
    /// What goes wrong on purpose on the simulated bus.
    pub faults: Vec<Spec>,
    /// What went over it.
    pub trace: SharedTrace,
    /// The file or folder that traffic is written to; `None` when it is not.
    pub captures: Option<PathBuf>,
    /// Whether that is kept in a file, and in which.
    pub capture: CaptureState,
    /// Why old entries of the trace could not be put into a file, if so.
    pub paging_failure: Option<String>,
    /// The meter that is talked to.
    pub target: Option<Target>,
    /// Whose values, telegrams and reply are on the screens.
    pub shown: Shown,
    /// Whether the session may write.
    pub arming: Arming,
    /// The codes that meters have said they do not have.
    pub absent: codes::Absent,
    /// Where what was written is kept.
    pub write_log: Option<PathBuf>,
    /// The keys of meters that encrypt: of the keys file, and typed ones before them.
    pub keys: Keys,
    /// What the bus was asked to do.
    pub jobs: Jobs,
    /// The screen of links.
    pub connect: Connect,
    /// The screen of models.
    pub meter: Meter,
    /// The bench.
    pub bench: Bench,
    /// Telegrams that came by themselves.
    pub telegrams: Telegrams,
    /// The screen of recorded traffic.
    pub view: TraceView,
    /// The screen of values.
    pub readings: Readings,
    /// The poll that fills it.
    pub polling: Polling,
    /// The screen of the load profile.
    pub archive: ArchiveView,
    /// Names of the themes that can be chosen.
    pub themes: Vec<String>,
    /// Counts changes that can be seen; the screen is drawn when it differs from the last one drawn.
    pub generation: u64,
}

impl State {
    /// At the beginning: nothing open, nothing chosen.
    #[must_use]
    pub(super) fn new(size: (u16, u16), keymap: Keymap) -> Self {
        let mut state = Self {
            size,
            now: Moment::default(),
            zone: TimeZone::UTC,
            keymap,
            screen: Screen::Connect,
            focus: [Pane::Links, Pane::Models, Pane::Commands, Pane::Entries, Pane::Tariffs, Pane::Days],
            maximised: false,
            mouse: true,
            reveal: false,
            popup: None,
            notice: None,
            link: None,
            phase: Phase::None,
            status: Status::default(),
            faults: Vec::new(),
            trace: SharedTrace::new(Trace::new(Timestamp::UNIX_EPOCH)),
            captures: None,
            capture: CaptureState::Off,
            paging_failure: None,
            target: None,
            shown: Shown::default(),
            arming: Arming::ReadOnly,
            absent: codes::Absent::default(),
            write_log: None,
            keys: Keys::default(),
            jobs: Jobs::default(),
            connect: Connect::default(),
            meter: Meter::default(),
            bench: Bench::default(),
            telegrams: Telegrams::default(),
            view: TraceView::default(),
            readings: Readings::default(),
            polling: Polling::default(),
            archive: ArchiveView::default(),
            themes: Vec::new(),
            generation: 0,
        };
        state.meter.refresh();
        state
    }

    /// Whether the picked meter speaks by itself.
    #[must_use]
    pub(super) fn listens(&self) -> bool {
        self.target.as_ref().is_some_and(|target| telegrams::is_pushed(target.model))
    }

    /// Whether the bench shows telegrams: there is nothing to ask, or the person wants it so.
    #[must_use]
    pub(super) fn shows_telegrams(&self) -> bool {
        let wanted = || self.telegrams.wanted.unwrap_or_else(|| telegrams::only_waits(self.commands()));
        self.screen == Screen::Bench && self.listens() && wanted()
    }

    /// What can be asked of the meter.
    #[must_use]
    pub(super) fn commands(&self) -> &'static [Command] {
        self.target.as_ref().map_or(&[], Target::commands)
    }

    /// The chosen command.
    #[must_use]
    pub(super) fn command(&self) -> Option<&'static Command> {
        self.bench.command(self.commands())
    }

    /// The line settings in force, as far as they are known.
    #[must_use]
    pub(super) fn line(&self) -> LineSettings {
        let model = self.target.as_ref().map(|target| target.model.line);
        self.status.line.or_else(|| self.link.as_ref()?.line).or(model).unwrap_or_default()
    }

    /// What a protocol has to know of the meter.
    #[must_use]
    pub(super) fn profile(&self) -> Option<Profile> {
        let delay = self.link.as_ref().map_or(Duration::ZERO, |link| link.place.network_delay());
        Some(self.target.as_ref()?.profile(self.line(), delay))
    }

    /// The keys that are known, with those of the simulated bus when that is the link.
    #[must_use]
    pub(super) fn keys_here(&self) -> Keys {
        match &self.link {
            Some(link) => self.keys.clone().on(&link.place),
            None => self.keys.clone(),
        }
    }

    /// Whether the Enter that accepts a meter also reads its everyday set: there is a link, and the meter is asked.
    #[must_use]
    pub(super) fn reads_when_accepted(&self) -> bool {
        let is_asked = |model: &'static Model| !telegrams::is_pushed(model);
        let may_ask = self.status.speech.can_send() || self.listens_for_its_meter();
        let can_ask = self.is_connected() && !self.is_played() && may_ask;
        can_ask && self.meter.model().is_some_and(is_asked)
    }

    /// Whether the link is listened to for no other reason than its meter, which only pushes: with one that is asked
    /// the bus gives the write half back.
    #[must_use]
    pub(super) fn listens_for_its_meter(&self) -> bool {
        let is_alone = self.status.other_master.is_none() && !self.is_one_way();
        self.status.speech == Speech::Listening && self.listens() && is_alone
    }

    /// Whether the link has no write half at all.
    #[must_use]
    pub(super) fn is_one_way(&self) -> bool {
        self.link.as_ref().is_some_and(|link| matches!(link.place, Endpoint::Mqtt(_)))
    }

    /// Whether the link is a recording that is played back.
    #[must_use]
    pub(super) fn is_played(&self) -> bool {
        self.link.as_ref().is_some_and(|link| matches!(link.place, Endpoint::File(_)))
    }

    /// Whether the bus can be asked for something.
    #[must_use]
    pub(super) fn is_connected(&self) -> bool {
        self.phase == Phase::Running
    }

    /// Whether the link is the simulated bus, open or being opened.
    #[must_use]
    pub(super) fn is_simulated(&self) -> bool {
        let is_there = matches!(self.phase, Phase::Opening { .. } | Phase::Running);
        is_there && self.link.as_ref().is_some_and(|link| link.place == Endpoint::Sim)
    }

    /// Says something to the person.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { tone: Tone::Plain, text: text.into() });
    }

    /// Warns the person.
    pub(super) fn warn(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { tone: Tone::Warning, text: text.into() });
    }

    /// How long ago a moment on the wall was, in whole seconds.
    #[must_use]
    pub(super) fn age(&self, then: Timestamp) -> SignedDuration {
        self.now.wall.duration_since(then)
    }

    /// Whether an age or a clock is on screen, so that the passing of a second can be seen.
    #[must_use]
    pub(super) fn shows_time(&self) -> bool {
        let waits = self.jobs.first().is_some() || matches!(self.phase, Phase::Opening { .. });
        let has_ages = match self.screen {
            Screen::Readings => self.readings.newest().is_some(),
            _ => self.shows_telegrams() && self.telegrams.shown().is_some(),
        };
        waits || has_ages || self.arming.is_armed()
    }

    /// Whether tenths of a second are on screen: how long a try of the bench's request takes.
    #[must_use]
    pub(super) fn shows_tenths(&self) -> bool {
        self.screen == Screen::Bench && self.jobs.of_the_bench().is_some()
    }

    /// When the console has to act by itself: a repeated request or a poll that falls due, the end of arming.
    #[must_use]
    pub(super) fn due(&self) -> Option<At> {
        let repeat = self.bench.repeat.as_ref().and_then(|repeat| repeat.next);
        let poll = self.polling.poller.due().filter(|_| self.is_connected());
        [repeat, poll, self.arming.until()].into_iter().flatten().min()
    }
}
