//! The search for the line while nobody asks for anything: what comes in is judged, and the line follows.

use crate::frame::At;
use crate::protocol::line_search::UNKNOWN;
use crate::protocol::registry::FAMILIES;
use crate::protocol::{Decoder, Finding, Integrity, LineSearch, LineSettings, Usual};
use crate::trace::{Claimed, Dir, EntryKind};

/// Where the search stands. There is none on a line that somebody has chosen or that the far end sets, nor for meters
/// that have to be asked.
#[derive(Debug, Default)]
pub(super) struct Search {
    running: Option<LineSearch>,
    /// When it is the turn of the next settings.
    due: Option<At>,
    /// A change of the line has been asked for and is neither made nor refused.
    is_changing: bool,
    /// What was found and is to be followed.
    findings: Vec<Finding>,
}

impl Search {
    /// Begins anew on the line in force.
    pub(super) fn begin(&mut self, line: LineSettings, decoder: Option<Decoder>) {
        let running = usual(decoder).map(|usual| LineSearch::new(line, usual, FAMILIES));
        *self = Self { running, ..Self::default() };
    }

    /// There is nothing to search for.
    pub(super) fn stop(&mut self) {
        *self = Self::default();
    }

    /// Whether other settings may still be tried.
    pub(super) fn is_running(&self) -> bool {
        self.running.as_ref().is_some_and(|search| !search.is_over())
    }

    /// When it is the turn of the next settings.
    pub(super) const fn due(&self) -> Option<At> {
        self.due
    }

    /// Something went over the line. While something is asked only good frames count: the line is the asker's.
    pub(super) fn overhear(&mut self, piece: &Claimed<'_>, is_asked: bool, at: At) {
        let is_good = matches!(piece.kind, EntryKind::Frame(judged) if judged != Integrity::Bad);
        if piece.way == Dir::Rx && (is_good || !is_asked) {
            self.hear(piece.kind, piece.bytes, at);
        }
    }

    fn hear(&mut self, kind: EntryKind, bytes: &[u8], at: At) {
        let Some(search) = self.running.as_mut().filter(|_| !self.is_changing) else { return };
        let finding = match kind {
            EntryKind::Frame(Integrity::Bad) | EntryKind::Noise => search.noise(bytes),
            EntryKind::Frame(_) => search.good(),
            EntryKind::Echo | EntryKind::Mark(_) => None,
        };
        if self.due.is_none() && search.has_heard() {
            self.due = Some(at + search.patience());
        }
        self.find(finding);
    }

    /// It is the turn of the next settings, unless the present ones will do.
    pub(super) fn turn(&mut self) {
        self.due = None;
        let finding = self.running.as_mut().and_then(LineSearch::turn);
        self.find(finding);
    }

    /// The line settings are these now, or those that were asked for as well as the port can make them.
    pub(super) fn moved(&mut self, line: LineSettings) {
        let was_asked = std::mem::take(&mut self.is_changing);
        self.due = None;
        if let Some(search) = self.running.as_mut().filter(|search| !was_asked && search.line() != line) {
            search.moved(line);
        }
    }

    /// What was found since this was asked last.
    pub(super) fn findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.findings)
    }

    fn find(&mut self, finding: Option<Finding>) {
        self.findings.extend(finding);
        if finding.and_then(Finding::line).is_some() {
            (self.is_changing, self.due) = (true, None);
        }
        if !self.is_running() {
            self.due = None;
        }
    }
}

/// What is worth trying: what is usual for a known protocol, or for any.
fn usual(decoder: Option<Decoder>) -> Option<&'static Usual> {
    decoder.map_or(Some(&UNKNOWN), |decoder| decoder.family.profile().usual_lines(decoder.dialect))
}
