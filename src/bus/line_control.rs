//! What controls the line: the settings in force, who has chosen them, changes that are not settled, and the search for
//! others while nothing is asked.

use super::line_search::Search;
use crate::frame::At;
use crate::protocol::{Decoder, Finding, LineSettings};
use crate::trace::Claimed;

/// What controls the line.
pub(super) struct LineControl {
    in_force: Option<LineSettings>,
    /// Whether somebody has chosen the settings, so that no others are tried.
    is_chosen: bool,
    /// Changes that were asked for and are neither made nor refused.
    unsettled: u32,
    search: Search,
}

impl LineControl {
    pub(super) fn new(is_chosen: bool) -> Self {
        Self { in_force: None, is_chosen, unsettled: 0, search: Search::default() }
    }

    /// The settings in force; `None` where the far end sets them.
    pub(super) const fn in_force(&self) -> Option<LineSettings> {
        self.in_force
    }

    /// Whether somebody has chosen them.
    pub(super) const fn is_chosen(&self) -> bool {
        self.is_chosen
    }

    /// Whether no change is under way.
    pub(super) const fn is_settled(&self) -> bool {
        self.unsettled == 0
    }

    /// These are in force from now on; whether they are others than before.
    pub(super) fn enter(&mut self, line: Option<LineSettings>) -> bool {
        std::mem::replace(&mut self.in_force, line) != line
    }

    /// Somebody has chosen settings.
    pub(super) fn choose(&mut self) {
        self.is_chosen = true;
        self.search.stop();
    }

    /// Whether these must be asked for, so that they are in force.
    pub(super) fn lacks(&self, line: LineSettings) -> bool {
        self.in_force != Some(line) || !self.is_settled()
    }

    /// A change was asked for.
    pub(super) const fn asked(&mut self) {
        self.unsettled += 1;
    }

    /// A change was made or refused.
    pub(super) const fn settled(&mut self) {
        self.unsettled = self.unsettled.saturating_sub(1);
    }

    /// The link went away: no change is answered any more.
    pub(super) fn link_lost(&mut self) {
        self.unsettled = 0;
        self.search.stop();
    }
}

/// The search for settings that make sense of the traffic.
impl LineControl {
    /// Begins it, where the line can be set and nobody has chosen it.
    pub(super) fn search_again(&mut self, decoder: Option<Decoder>) {
        match self.in_force.filter(|_| !self.is_chosen) {
            Some(line) => self.search.begin(line, decoder),
            None => self.search.stop(),
        }
    }

    /// There is nothing to search for.
    pub(super) fn stop_search(&mut self) {
        self.search.stop();
    }

    /// Whether other settings may still be tried.
    pub(super) fn is_searching(&self) -> bool {
        self.search.is_running()
    }

    /// When it is the turn of the next settings.
    pub(super) const fn search_due(&self) -> Option<At> {
        self.search.due()
    }

    /// It is the turn of the next settings.
    pub(super) fn turn_search(&mut self) {
        self.search.turn();
    }

    /// The port has made these settings.
    pub(super) fn moved(&mut self, line: LineSettings) {
        self.search.moved(line);
    }

    /// Something went over the line.
    pub(super) fn overhear(&mut self, piece: &Claimed<'_>, is_asked: bool, at: At) {
        self.search.overhear(piece, is_asked, at);
    }

    /// What was found since this was asked last. What is wrong besides the line is told by whoever looks at the noise.
    pub(super) fn findings(&mut self) -> Vec<Finding> {
        let mut findings = self.search.findings();
        findings.retain(|finding| !matches!(finding, Finding::Looks(_)));
        findings
    }
}
