//! What the link says: bytes, their end, changes of the line, its loss.

use std::ops::ControlFlow;

use super::super::LinkState;
use super::{Bus, Outgoing};
use crate::frame::At;
use crate::link::damage::runs;
use crate::link::tcp::looks_like_telnet;
use crate::link::{Damage, LinkEvent};
use crate::protocol::{Event, LineSettings};
use crate::trace::{Claimed, Digest, EntryKind, Mark, Way};

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
        self.talk.status.link = LinkState::Open(peer.clone());
        self.quiet.open(at);
        let is_proof = self.liveness.open();
        self.set_line(line);
        self.trace.lock().mark(Mark::Opened(peer), at);
        if is_proof {
            let note = "the converter takes connections: what is silent is the meter or its wiring";
            self.trace.lock().mark(Mark::Note(note.to_owned()), at);
        }
        self.talk.seven.open(line);
        self.remark_on_parity(at);
        self.open_ears();
        self.search_anew();
    }

    fn line_set(&mut self, line: LineSettings, at: At) {
        self.set_line(Some(line));
        self.trace.lock().mark(Mark::Line(line), at);
        self.talk.seven.set(line);
        self.search.moved(line);
        self.remark_on_parity(at);
        self.line_is_settled(at);
    }

    fn line_refused(&mut self, why: String, at: At) {
        self.trace.lock().mark(Mark::LineRefused(why), at);
        self.talk.seven.refuse();
        self.search.stop();
        self.tell_exchange(Event::LineRefused, at);
        if self.talk.active.is_none() {
            self.outgoing.held.clear();
        }
        self.line_is_settled(at);
    }

    fn received(&mut self, bytes: &[u8], damage: &[Damage], at: At) {
        self.talk.status.counters.bytes_in += bytes.len() as u64;
        self.quiet.hear(at);
        self.liveness.hear();
        self.remark_on_telnet(bytes, at);
        self.overhear(bytes, damage, at);
        for (error, run) in runs(bytes, damage) {
            if let Some(error) = error {
                self.talk.status.counters.line_errors.add(error, run.len() as u64);
            }
            self.through_digest(at, |digest, trace, out| {
                match error {
                    Some(error) => trace.record_damaged(error, run, at),
                    None => trace.record(Way::In, run, at),
                }
                digest.push(Way::In, run, at, trace, out);
            });
        }
    }

    /// Bytes are missing here: what stood before them ends, and the hole is in the trace and in the capture.
    fn dropped(&mut self, bytes: u64, at: At) {
        self.talk.status.counters.dropped += bytes;
        self.quiet.hear(at);
        self.through_digest(at, |digest, trace, out| digest.finish(trace, out));
        self.trace.lock().mark(Mark::Note(dropped_here(bytes)), at);
    }

    /// A raw link to a telnet port works until the first FF: it must be told.
    fn remark_on_telnet(&self, bytes: &[u8], at: At) {
        let is_first = self.talk.status.counters.bytes_in == bytes.len() as u64;
        if is_first && self.talk.status.line.is_none() && looks_like_telnet(bytes) {
            let note = "the far end speaks telnet, which doubles every FF: set its port to raw TCP";
            self.trace.lock().mark(Mark::Note(note.to_owned()), at);
        }
    }

    /// Says in the trace from where on parity is put in and taken out.
    pub(super) fn remark_on_parity(&mut self, at: At) {
        let now = self.talk.seven.active().is_some();
        if std::mem::replace(&mut self.talk.status.soft_parity, now) != now {
            let note = if now {
                "seven bits over an 8N1 line: the parity bit is put in and taken out in software"
            } else {
                "bytes go as they are: no parity in software"
            };
            self.trace.lock().mark(Mark::Note(note.to_owned()), at);
        }
    }

    /// Lets the digest work on the trace and hands what it claims to the conversation.
    pub(super) fn through_digest(
        &mut self,
        at: At,
        work: impl FnOnce(&mut Digest, &mut crate::trace::Trace, &mut dyn FnMut(Claimed<'_>)),
    ) {
        let (talk, quiet, search) = (&mut self.talk, &mut self.quiet, &mut self.search);
        let mut trace = self.trace.lock();
        let (mut first_echo, mut is_late) = (false, false);
        work(&mut self.digest, &mut trace, &mut |piece| {
            first_echo |= talk.hear(&piece, at);
            search.overhear(&piece, talk.active.is_some(), at);
            let is_unasked = talk.active.is_none() && matches!(piece.kind, EntryKind::Frame(_));
            is_late |= is_unasked && piece.way == Way::In && quiet.answer(at);
        });
        if is_late {
            let note = "an answer came after its time and was not taken for the next one";
            trace.mark(Mark::Note(note.to_owned()), at);
        }
        if first_echo {
            trace.mark(Mark::Note("the adapter echoes what is sent; echoes are taken out".to_owned()), at);
        }
        drop(trace);
        self.remark_on_parity(at);
        self.pump(at);
        self.follow_search(at);
    }

    fn sent(&mut self, at: At) {
        self.talk.silence.sent(at);
        if let Some(request) = self.talk.active.as_ref().and_then(|active| active.request) {
            self.trace.lock().left_the_wire(request, at);
        }
        if let Some(active) = &mut self.talk.active {
            active.sent(at);
            self.pump(at);
        }
    }

    fn set_line(&mut self, line: Option<LineSettings>) {
        let changed = self.talk.status.line != line;
        self.talk.status.line = line;
        if changed && let Some(line) = line {
            let now = self.clock.now();
            self.through_digest(now, |digest, trace, out| digest.set_line(line, trace, out));
        }
    }

    fn lost(&mut self, state: LinkState, mark: Mark, at: At) {
        self.talk.status.link = state;
        self.was_cut |= self.talk.active.is_some();
        self.outgoing = Outgoing::default();
        self.overheard.cut();
        self.search.stop();
        self.through_digest(at, |digest, trace, out| digest.finish(trace, out));
        self.trace.lock().mark(mark, at);
        self.tell_exchange(Event::LinkLost, at);
    }
}
