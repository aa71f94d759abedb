//! What goes out: when the line is as it should be, if it may, noted before it leaves.

use std::time::Duration;

use super::super::errand::Scope;
use super::super::job::Active;
use super::super::written::{Composer, Unsettled, outgoing};
use super::{Bus, Outgoing};
use crate::frame::At;
use crate::protocol::{Access, Excess, Failure, Fault, LineSettings};
use crate::trace::{Mark, Way};

impl Bus {
    pub(super) fn transmit(&mut self, bytes: Vec<u8>, at: At) {
        if self.oversteps(&bytes) {
            return self.stop(Fault::NotPermitted);
        }
        if let Some(active) = &mut self.talk.active {
            if let Err(excess) = active.spent.send(bytes.len()) {
                return self.stop_overrunning(excess, at);
            }
            active.wait = None;
            if active.is_asking() {
                active.reply = None;
            }
            active.is_sending = true;
        }
        self.pause(at);
        self.outgoing.held.push_back(bytes);
        self.release(at);
    }

    /// When the first of what waits has left the silence it owes; `None` when nothing waits, or it waits for the line or
    /// for a pause of others.
    pub(super) fn send_due(&self) -> Option<At> {
        let Outgoing { lines, held, paused } = &self.outgoing;
        let is_waiting = *lines == 0 && !held.is_empty() && paused.is_none();
        is_waiting.then(|| self.talk.silence.next(self.silence()))
    }

    /// The silence that what runs owes the line. A reply waits for none.
    fn silence(&self) -> Duration {
        let asking = self.talk.active.as_ref().filter(|active| active.is_asking());
        asking.map_or(Duration::ZERO, |active| active.silence)
    }

    /// Ends what would send more than its plan allows. Whatever it was in, the next exchange ends first.
    fn stop_overrunning(&mut self, excess: Excess, at: At) {
        let Some(active) = &self.talk.active else { return };
        let (job, index) = (active.job, active.answered);
        let failure = Failure { step: "sending", fault: Fault::Overrun(excess) };
        self.trace.lock().mark(Mark::Note(format!("sending was stopped: {excess}")), at);
        self.answered(index, Err(failure), at);
        self.finished(job);
        self.outgoing.held.clear();
        self.was_cut = true;
    }

    /// Whether an errand that reads would send something else than a message that reads. An errand says before that it
    /// reads; this holds it to that, message by message, whatever its protocol makes of it.
    fn oversteps(&self, bytes: &[u8]) -> bool {
        let Some(Active { scope: Scope::Reading, decoder: Some(decoder), .. }) = &self.talk.active else {
            return false;
        };
        decoder.family.access(bytes, decoder.dialect) != Some(Access::Read)
    }

    /// Ends what runs before it sends what it must not.
    fn stop(&mut self, fault: Fault) {
        self.outgoing.held.clear();
        if let Some(active) = self.talk.active.take() {
            self.refuse(active.job, fault);
        }
    }

    /// Has the link change its line.
    pub(super) fn ask_for_line(&mut self, line: LineSettings) {
        self.talk.seven.ask(line);
        if self.orders.set_line(line) && self.is_open() {
            self.outgoing.lines += 1;
        }
    }

    /// A change of the line was made or refused.
    pub(super) fn line_is_settled(&mut self, at: At) {
        self.outgoing.lines = self.outgoing.lines.saturating_sub(1);
        self.release(at);
    }

    /// Sends what is held, once the line is as it should be, has been silent for long enough, and nobody else is
    /// speaking.
    pub(super) fn release(&mut self, at: At) {
        while self.outgoing.lines == 0
            && self.may_break_in(at)
            && self.send_due().is_some_and(|due| due <= at)
            && let Some(bytes) = self.outgoing.held.pop_front()
        {
            self.put_out(bytes, at);
        }
    }

    fn put_out(&mut self, bytes: Vec<u8>, at: At) {
        if !self.orders.can_send() {
            return self.stop(self.silenced());
        }
        if let Err(why) = self.note_write(&bytes, at) {
            return self.stop(Fault::NotRecorded(why));
        }
        self.talk.silence.send(at);
        self.search.stop();
        let bytes = self.talk.seven.send(bytes);
        self.remark_on_parity(at);
        self.talk.status.counters.bytes_out += bytes.len() as u64;
        let talk = &mut self.talk;
        let mut trace = self.trace.lock();
        trace.record(Way::Out, &bytes, at);
        self.digest.push(Way::Out, &bytes, at, &mut trace, &mut |piece| {
            talk.hear(&piece, at);
        });
        drop(trace);
        self.standing.has_spoken = true;
        self.overheard.send(&bytes, at);
        self.orders.send(bytes);
    }

    /// Keeps a record of what goes out of an errand that may change the meter, before it does.
    fn note_write(&mut self, bytes: &[u8], at: At) -> Result<(), String> {
        let Some(Active { scope: Scope::Permitted(_), decoder, answered, .. }) = &self.talk.active else {
            return Ok(());
        };
        let composer = decoder.map_or(Composer::Person(self.decoder), Composer::Plan);
        let time = self.trace.lock().wall(at);
        let Some(outgoing) = outgoing(bytes, composer, *answered, time) else { return Ok(()) };
        self.settle(Ok(()), at);
        let Some(Active { scope: Scope::Permitted(permit), unsettled, .. }) = &mut self.talk.active else {
            return Ok(());
        };
        permit.begins(&outgoing)?;
        *unsettled = Some(Unsettled::since(&self.trace.lock()));
        Ok(())
    }
}
