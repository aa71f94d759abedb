//! What the link says: bytes, their end, changes of the line, its loss.

use std::ops::ControlFlow;

use super::super::conversation::Conversation;
use super::super::traffic::{Hear, Traffic};
use super::super::{BusEvent, LinkState};
use super::Bus;
use crate::frame::At;
use crate::link::damage::runs;
use crate::link::tcp::looks_like_telnet;
use crate::link::{Damage, LinkEvent};
use crate::protocol::{Event, LineSettings};
use crate::trace::{Dir, EntryKind, Mark};

/// Said in the trace of a connection that was opened again because it may have been dead.
const ALIVE: &str = "the converter takes connections: what is silent is the meter or its wiring";
/// Said of a raw link to a telnet port, which works until the first FF.
const TELNET: &str = "the far end speaks telnet, which doubles every FF: set its port to raw TCP";
const SOFT_PARITY: &str = "seven bits over an 8N1 line: the parity bit is put in and taken out in software";
const NO_SOFT_PARITY: &str = "bytes go as they are: no parity in software";
const LATE: &str = "an answer came after its time and was not taken for the next one";
const ECHO: &str = "the adapter echoes what is sent; echoes are taken out";

/// What a mark says of a hole.
fn dropped_here(bytes: u64) -> String {
    format!("{bytes} bytes dropped here: they came faster than they could be handled")
}

impl Bus {
    pub(super) fn link_event(&mut self, event: LinkEvent) -> ControlFlow<()> {
        match event {
            LinkEvent::Received { bytes, damage, at } => self.received(&bytes, &damage, at),
            LinkEvent::Dropped { bytes, at } => self.dropped(bytes, at),
            LinkEvent::Sent { at } => self.sent(at),
            LinkEvent::Opened { peer, line, at } => self.opened(peer, line, at),
            LinkEvent::LineSet { line, at } => self.line_set(line, at),
            LinkEvent::LineRefused { why, at, .. } => self.line_refused(why, at),
            LinkEvent::Lost { why, at, .. } => {
                self.lost(LinkState::Lost(why.clone()), Mark::Lost(why), at);
            }
            LinkEvent::Closed { why, at } => {
                self.lost(LinkState::Closed(why.clone()), Mark::Closed(why), at);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    fn opened(&mut self, peer: String, line: Option<LineSettings>, at: At) {
        self.status.link = LinkState::Open(peer.clone());
        self.jobs.link_opened(at);
        let is_proof = self.liveness.open();
        self.enter_line(line);
        self.traffic.mark(Mark::Opened(peer), at);
        if is_proof {
            self.traffic.note(ALIVE, at);
        }
        self.transmitter.link_opened(line);
        self.remark_on_parity(at);
        self.backlog.begin(self.traffic.len());
        self.line.search_again(self.traffic.decoder());
    }

    fn line_set(&mut self, line: LineSettings, at: At) {
        self.enter_line(Some(line));
        self.traffic.mark(Mark::Line(line), at);
        self.transmitter.line_set(line);
        self.line.moved(line);
        self.remark_on_parity(at);
        self.line_settled(at);
    }

    fn line_refused(&mut self, why: String, at: At) {
        self.traffic.mark(Mark::LineRefused(why), at);
        self.transmitter.line_refused();
        self.line.stop_search();
        self.tell_exchange(Event::LineRefused, at);
        if self.jobs.is_free() {
            self.transmitter.clear();
        }
        self.line_settled(at);
    }

    /// A change of the line was made or refused.
    fn line_settled(&mut self, at: At) {
        self.line.settled();
        self.release(at);
    }

    /// These settings are in force; what came before is of others.
    fn enter_line(&mut self, line: Option<LineSettings>) {
        if self.line.enter(line)
            && let Some(line) = line
        {
            self.cut(self.clock.now(), |traffic, hear| traffic.set_line(line, hear));
        }
    }

    fn received(&mut self, bytes: &[u8], damage: &[Damage], at: At) {
        self.status.counters.bytes_in += bytes.len() as u64;
        self.jobs.heard(at);
        self.liveness.hear();
        self.remark_on_telnet(bytes, at);
        self.hear_other_masters(bytes, damage, at);
        for (error, run) in runs(bytes, damage) {
            if let Some(error) = error {
                self.status.counters.line_errors.add(error, run.len() as u64);
            }
            self.cut(at, |traffic, hear| traffic.receive(run, error, at, hear));
        }
    }

    /// Looks for requests of another master among received bytes.
    fn hear_other_masters(&mut self, bytes: &[u8], damage: &[Damage], at: At) {
        let line = self.line.in_force().unwrap_or_default();
        for is_first in self.speakers.hear(bytes, damage, line, at) {
            self.settle_speech();
            if let (true, Some(other)) = (is_first, self.status.other_master.clone()) {
                self.face.report(BusEvent::OtherMaster(other));
            }
        }
    }

    /// Bytes are missing here: what stood before them ends, and the hole is in the trace and in the capture.
    fn dropped(&mut self, bytes: u64, at: At) {
        self.status.counters.dropped += bytes;
        self.jobs.heard(at);
        self.cut(at, Traffic::finish);
        self.traffic.note(dropped_here(bytes), at);
    }

    fn remark_on_telnet(&self, bytes: &[u8], at: At) {
        let is_first = self.status.counters.bytes_in == bytes.len() as u64;
        if is_first && self.line.in_force().is_none() && looks_like_telnet(bytes) {
            self.traffic.note(TELNET, at);
        }
    }

    /// Says in the trace from where on parity is put in and taken out.
    pub(super) fn remark_on_parity(&mut self, at: At) {
        let now = self.transmitter.has_soft_parity();
        if std::mem::replace(&mut self.status.soft_parity, now) != now {
            self.traffic.note(if now { SOFT_PARITY } else { NO_SOFT_PARITY }, at);
        }
    }

    /// Cuts bytes into entries, which all hear that hear any; then does what they want done.
    pub(super) fn cut(&mut self, at: At, work: impl FnOnce(&mut Traffic, Hear<'_>)) {
        let line = &mut self.line;
        let mut conversation = Conversation {
            jobs: &mut self.jobs,
            transmitter: &mut self.transmitter,
            status: &mut self.status,
        };
        let (mut is_first_echo, mut is_late) = (false, false);
        work(&mut self.traffic, &mut |piece| {
            is_first_echo |= conversation.hear(&piece, at);
            line.overhear(&piece, !conversation.jobs.is_free(), at);
            let is_answer = piece.way == Dir::Rx && matches!(piece.kind, EntryKind::Frame(_));
            is_late |= is_answer && conversation.jobs.is_late_answer(at);
        });
        for (text, is_so) in [(LATE, is_late), (ECHO, is_first_echo)] {
            if is_so {
                self.traffic.note(text, at);
            }
        }
        self.remark_on_parity(at);
        self.pump(at);
        self.follow_search(at);
    }

    fn sent(&mut self, at: At) {
        self.transmitter.sent(at);
        let Some(active) = self.jobs.active_mut() else { return };
        if let Some(request) = active.request() {
            self.traffic.left_the_wire(request, at);
        }
        active.sent(at);
        self.pump(at);
    }

    fn lost(&mut self, state: LinkState, mark: Mark, at: At) {
        self.status.link = state;
        self.jobs.link_lost();
        self.transmitter.link_lost();
        self.line.link_lost();
        self.speakers.cut();
        self.cut(at, Traffic::finish);
        self.traffic.mark(mark, at);
        self.tell_exchange(Event::LinkLost, at);
    }
}
