//! The line follows what the search for it finds, as long as nothing is asked.

use super::Bus;
use crate::bus::BusEvent;
use crate::frame::At;
use crate::protocol::{Finding, LineSettings};
use crate::trace::Mark;

impl Bus {
    /// Begins to search, where the line can be set and nobody has chosen it.
    pub(super) fn search_anew(&mut self) {
        match self.talk.status.line.filter(|_| !self.is_line_chosen) {
            Some(line) => self.search.begin(line, self.decoder),
            None => self.search.stop(),
        }
    }

    /// Somebody has chosen the line settings.
    pub(super) fn take_line(&mut self, line: LineSettings) {
        self.is_line_chosen = true;
        self.search.stop();
        self.ask_for_line(line);
    }

    /// A meter was picked that leaves the factory with these settings.
    pub(super) fn offer_line(&mut self, line: LineSettings) {
        if self.talk.status.line != Some(line) || self.outgoing.lines > 0 {
            self.ask_for_line(line);
        }
    }

    /// It may be the turn of the next settings.
    pub(super) fn turn_search(&mut self, now: At) {
        let is_due = self.search.due().is_some_and(|due| due <= now);
        if is_due && self.talk.active.is_none() {
            self.search.turn();
            self.follow_search(now);
        }
    }

    /// Says what was found, and sets the line accordingly.
    pub(super) fn follow_search(&mut self, at: At) {
        for finding in self.search.findings() {
            // What is wrong besides the line is told by whoever looks at the noise.
            if matches!(finding, Finding::Looks(_)) {
                continue;
            }
            self.trace.lock().mark(Mark::Note(finding.to_string()), at);
            self.reports.tell(BusEvent::Line(finding));
            if let Some(line) = finding.line() {
                self.ask_for_line(line);
            }
        }
    }
}
