//! How long is waited for what.

use std::time::Duration;

use crate::protocol::iec62056_21::{EKT, EMR, NEVA_1, NEVA_3};
use crate::protocol::{Dialect, LineSettings, Patience};

const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Silence between two messages when nothing has answered the first: the reaction time of the standard.
pub(crate) const SILENCE: Duration = STANDARD;
/// Silence before the first sign-on: a CE102M needs 100 ms (wirenboard/wb-mqtt-serial, pull request 775).
pub(super) const QUIET: Duration = millis(200);
/// From the end of the option select on the wire to the change of speed. The meter begins 200 ms later at the
/// earliest; some heads need a moment to let the last character out.
pub(super) const SETTLE: Duration = millis(50);
/// After a sign-off that was sent because a session may still be open, before the next sign-on.
pub(super) const AFTER_BREAK: Duration = millis(500);
/// Between the two sign-offs (vika-sonne/NevaMt3xx).
pub(super) const BETWEEN_SIGN_OFFS: Duration = millis(500);
/// After the last sign-off, before the line is put back.
pub(super) const AFTER_SIGN_OFF: Duration = millis(100);
/// Reaction time of the standard: 200 ms, 20 ms where the third letter of the maker is a small one.
const STANDARD: Duration = millis(200);
const QUICK: Duration = millis(20);

/// Characters of the longest answer to a command that is heard to its end.
const ANSWER: usize = 1024;
/// Characters of the longest readout.
const READOUT: usize = 4096;
/// Characters of an identification.
const IDENTIFICATION: usize = 32;

/// Between what came and what is sent next. The tools of Taipit and Energomera leave 16 to 31 ms, which their
/// meters take; other meters get what the standard grants them.
const fn reaction(dialect: Dialect, is_quick: bool) -> Duration {
    match dialect {
        NEVA_1 | NEVA_3 | EKT | EMR => millis(30),
        _ if is_quick => QUICK,
        _ => STANDARD,
    }
}

/// Silence that a session keeps before what it sends.
#[derive(Debug)]
pub(super) struct Pace {
    reaction: Duration,
    /// Whether nothing sound has come since the last message.
    is_unanswered: bool,
}

impl Pace {
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self { reaction: reaction(dialect, false), is_unanswered: false }
    }

    /// A meter was identified, which may be quick.
    pub(super) const fn identified(&mut self, dialect: Dialect, is_quick: bool) {
        self.reaction = reaction(dialect, is_quick);
    }

    pub(super) const fn sent(&mut self) {
        self.is_unanswered = true;
    }

    pub(super) const fn heard_sound(&mut self) {
        self.is_unanswered = false;
    }

    /// Between what came and what is sent next.
    pub(super) const fn reaction(&self) -> Duration {
        self.reaction
    }

    /// The same, or between two messages when nothing sound has come.
    pub(super) const fn silence(&self) -> Duration {
        if self.is_unanswered { SILENCE } else { self.reaction }
    }
}

/// From the end of a request to the first character of its answer: 1.5 s by the standard; Taipit's tool
/// waits 2 s.
const BEGIN: Duration = millis(2000);

/// From one character of an answer to the next: 1.5 s by the standard.
const BETWEEN: Duration = millis(1500);

/// How long the answer to a command is waited for.
pub(super) fn answer(line: LineSettings, network: Duration) -> Patience {
    of(line, ANSWER, network)
}

/// How long an identification, an operand or an acknowledgement is waited for.
pub(super) fn short(line: LineSettings, network: Duration) -> Patience {
    of(line, IDENTIFICATION, network)
}

/// How long a readout is waited for.
pub(super) fn readout(line: LineSettings, network: Duration) -> Patience {
    of(line, READOUT, network)
}

/// How long a telegram is waited for that comes unasked within `listen`.
pub(super) fn telegram(listen: Duration, line: LineSettings, network: Duration) -> Patience {
    Patience { begin: listen, ..readout(line, network) }
}

/// Meters pause between the lines of a long readout (an MT174 sends one a second), which its wire time leaves out:
/// twice that is the bound.
fn of(line: LineSettings, characters: usize, network: Duration) -> Patience {
    let length = 2 * line.wire_time(characters);
    Patience { begin: BEGIN + network, gap: BETWEEN + network, length }
}
