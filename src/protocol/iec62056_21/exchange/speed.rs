//! Speed of the line in a session: that of the start, that in force, and what has come of changing it.

use crate::frame::At;
use crate::protocol::LineSettings;
use crate::protocol::iec62056_21::ident::{digit, speed};

/// The speed at which a session of a meter that starts slowly usually goes on.
const WORKING: u32 = 9600;
/// The speed at which the standard has every session start.
const START: u32 = 300;

/// What has come of the change of speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// The meter's proposal is followed.
    Proposed,
    /// Nothing came at the new speed, and the old one has been listened to.
    HeardBack,
    /// The line cannot change, or the meter does not: it stays as it is.
    Kept,
    /// The line is set at its far end, at a speed that is not known here: it stays, whatever the meter is asked.
    Untouched(Asked),
}

/// What a meter is asked for on a line that stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The speed that it proposes: that of a line whose speed never changes.
    Proposal,
    /// To stay at the speed of the start.
    Start,
}

impl Asked {
    const fn other(self) -> Self {
        match self {
            Self::Proposal => Self::Start,
            Self::Start => Self::Proposal,
        }
    }
}

/// What is to be tried after nothing came at a speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    /// The speed of the start is listened to.
    HearStart,
    /// The session is begun anew.
    SignOn {
        /// Whether the speed of a line that is set at its far end becomes doubtful.
        is_line_doubtful: bool,
    },
    /// Nothing.
    GiveUp,
}

/// The line of a session.
#[derive(Debug)]
pub(super) struct LineSpeed {
    start: LineSettings,
    line: LineSettings,
    change: Change,
    /// The digit that the meter proposes.
    proposed: u8,
    /// When the last sign-on was handed out.
    signed_on: At,
    /// How often the session was begun anew because nothing sound followed the option select.
    restarts: u8,
}

impl LineSpeed {
    pub(super) const fn new(line: LineSettings) -> Self {
        Self { start: line, line, change: Change::Proposed, proposed: b'5', signed_on: At::ZERO, restarts: 0 }
    }

    /// The line in force.
    pub(super) const fn line(&self) -> LineSettings {
        self.line
    }

    /// The line that sessions begin with.
    pub(super) const fn start(&self) -> LineSettings {
        self.start
    }

    /// The line at the speed that a session which started slower usually has gone on at.
    pub(super) const fn working(&self) -> LineSettings {
        LineSettings { baud: WORKING, ..self.line }
    }

    /// Takes a line as the one in force. Whether it is another one.
    pub(super) fn set(&mut self, line: LineSettings) -> bool {
        std::mem::replace(&mut self.line, line) != line
    }

    /// Whether the line is the standard's, which starts at 300 Bd; any other keeps its speed throughout.
    const fn starts_slowly(&self) -> bool {
        self.start.baud == START
    }

    /// Whether the line is to follow the meter, and can.
    const fn may_change(&self) -> bool {
        self.starts_slowly() && matches!(self.change, Change::Proposed | Change::HeardBack)
    }

    /// Whether a session may be open at the working speed that was broken off at that of the start only.
    pub(super) fn may_be_open_at_working(&self) -> bool {
        self.may_change() && self.line == self.start
    }

    /// The line is the far end's.
    pub(super) const fn stays(&mut self) {
        if self.starts_slowly() {
            self.change = Change::Untouched(Asked::Proposal);
        }
    }

    pub(super) const fn sign_on(&mut self, at: At) {
        self.signed_on = at;
    }

    /// The meter proposes a speed. An identification that came sooner than the speed of the start can carry it and its
    /// request, so many characters, speaks for a line whose speed never changes: the proposal is that speed. A later
    /// one is taken for the speed of the start.
    pub(super) fn propose(&mut self, digit: u8, characters: usize, at: At) {
        self.proposed = digit;
        let is_undecided = self.change == Change::Untouched(Asked::Proposal) && self.restarts == 0;
        if is_undecided && at.since(self.signed_on) >= self.start.wire_time(characters) {
            self.change = Change::Untouched(Asked::Start);
        }
    }

    /// The digit to be selected: the proposal, or where the speed is to stay, that of the line.
    pub(super) fn selected(&self) -> u8 {
        let stays = matches!(self.change, Change::Kept | Change::Untouched(Asked::Start));
        if stays { digit(self.line.baud).unwrap_or(self.proposed) } else { self.proposed }
    }

    /// The line at a speed, if the session may go on at it.
    pub(super) fn at_baud(&self, baud: u32) -> Option<LineSettings> {
        self.may_change().then_some(LineSettings { baud, ..self.line })
    }

    /// The line that a selected digit leads to; `None` where the speed stays.
    pub(super) fn after_select(&self, digit: u8) -> Option<LineSettings> {
        self.at_baud(speed(digit)?).filter(|line| line.baud != self.line.baud)
    }

    /// The line cannot be set: it stays at the speed of the start. Whether it was to change.
    pub(super) fn refuse(&mut self) -> bool {
        let could_change = self.may_change();
        self.line = self.start;
        self.change = Change::Kept;
        could_change
    }

    /// Nothing came after the option select: the old speed is listened to, then the session is begun anew with the
    /// speed as it is, then it is given up.
    pub(super) fn after_silence(&mut self, retries: u8) -> Retry {
        if self.line != self.start && self.change == Change::Proposed {
            self.change = Change::HeardBack;
            return Retry::HearStart;
        }
        if self.change != Change::HeardBack && self.restarts >= retries {
            return Retry::GiveUp;
        }
        let is_line_doubtful = self.ask_otherwise() && self.restarts == 0;
        self.restarts += 1;
        Retry::SignOn { is_line_doubtful }
    }

    /// What is asked of the meter from now on. Whether the speed of the line is not known: if the meter has taken
    /// another, the other one may be right.
    const fn ask_otherwise(&mut self) -> bool {
        match self.change {
            Change::HeardBack => self.change = Change::Kept,
            Change::Untouched(asked) => self.change = Change::Untouched(asked.other()),
            Change::Proposed | Change::Kept => {}
        }
        matches!(self.change, Change::Untouched(_))
    }
}
