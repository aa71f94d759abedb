//! Messages on their way out: when the line is as it should be, if they may, recorded before they leave.

use std::time::Duration;

use super::super::active::Active;
use super::super::conversation::Conversation;
use super::Bus;
use crate::frame::At;
use crate::protocol::{Excess, Failure, Fault};

impl Bus {
    /// A message of the running job is to go out.
    pub(super) fn transmit(&mut self, bytes: Vec<u8>, at: At) {
        if let Some(active) = self.jobs.active_mut() {
            if active.oversteps(&bytes) {
                return self.stop(Fault::NotPermitted);
            }
            if let Err(excess) = active.send(bytes.len()) {
                return self.stop_overrunning(excess, at);
            }
        }
        self.pause(at);
        self.transmitter.push(bytes);
        self.release(at);
    }

    /// When the first of what waits goes out; `None` when nothing waits, or it waits for the line or for a pause of
    /// others.
    pub(super) fn send_due(&self) -> Option<At> {
        self.transmitter.due(self.silence()).filter(|_| self.line.is_settled())
    }

    /// The silence that what runs owes the line.
    fn silence(&self) -> Duration {
        self.jobs.active().map_or(Duration::ZERO, Active::silence)
    }

    /// Sends what waits, once the line is as it should be, has been silent for long enough, and nobody else is speaking.
    pub(super) fn release(&mut self, at: At) {
        while self.line.is_settled()
            && self.may_break_in(at)
            && let Some(bytes) = self.transmitter.next(self.silence(), at)
        {
            self.put_out(bytes, at);
        }
    }

    fn put_out(&mut self, bytes: Vec<u8>, at: At) {
        if !self.transmitter.can_send() {
            return self.stop(self.speakers.silenced());
        }
        if let Err(why) = self.record_write(&bytes, at) {
            return self.stop(Fault::NotRecorded(why));
        }
        self.line.stop_search();
        let bytes = self.transmitter.on_wire(bytes, at);
        self.remark_on_parity(at);
        self.status.counters.bytes_out += bytes.len() as u64;
        let mut conversation = Conversation {
            jobs: &mut self.jobs,
            transmitter: &mut self.transmitter,
            status: &mut self.status,
        };
        self.traffic.send(&bytes, at, &mut |piece| {
            conversation.hear(&piece, at);
        });
        self.speakers.sent(&bytes, at);
        self.transmitter.send(bytes);
    }

    /// Keeps a record of what goes out of a job that may change the meter, before it does.
    fn record_write(&mut self, bytes: &[u8], at: At) -> Result<(), String> {
        let (decoder, time) = (self.traffic.decoder(), self.traffic.wall(at));
        let record = self.jobs.active().and_then(|active| active.record(bytes, decoder, time));
        let Some(record) = record else { return Ok(()) };
        self.settle_write(&Ok(()), at);
        let Some(active) = self.jobs.active_mut() else { return Ok(()) };
        self.traffic.look(|trace| active.begin_write(&record, trace))
    }

    /// Ends what runs before it sends what it must not.
    fn stop(&mut self, fault: Fault) {
        self.transmitter.clear();
        if let Some(active) = self.jobs.end() {
            self.refuse(active.job(), fault);
        }
    }

    /// Ends what would send more than its plan allows. Whatever it was in, the next exchange ends first.
    fn stop_overrunning(&mut self, excess: Excess, at: At) {
        let Some((job, index)) = self.jobs.active().map(|active| (active.job(), active.answered())) else {
            return;
        };
        let failure = Failure { step: "sending", fault: Fault::Overrun(excess) };
        self.traffic.note(format!("sending was stopped: {excess}"), at);
        self.answered(index, Err(failure), at);
        self.finished(job);
        self.transmitter.clear();
        self.jobs.cut();
    }
}

/// Pauses in the traffic of another master.
impl Bus {
    /// Begins to wait for one where another master may be in the middle of something. What is heard until then is none
    /// of ours.
    fn pause(&mut self, at: At) {
        let heard = self.jobs.last_heard();
        if self.speakers.pause_ends(at, heard).is_some() && self.transmitter.pause(at) {
            self.heed(false);
        }
    }

    /// Whether nobody else is speaking, or has been for too long.
    fn may_break_in(&mut self, at: At) -> bool {
        let Some(since) = self.transmitter.paused() else { return true };
        let ends = self.speakers.pause_ends(since, self.jobs.last_heard());
        let may = ends.is_none_or(|end| end <= at);
        if may {
            self.transmitter.go_on();
            self.heed(true);
        }
        may
    }

    /// When what waits for one is sent.
    pub(super) fn pause_ends(&self) -> Option<At> {
        let since = self.transmitter.paused().filter(|_| self.line.is_settled())?;
        Some(self.speakers.pause_ends(since, self.jobs.last_heard()).unwrap_or(since))
    }

    fn heed(&mut self, hears: bool) {
        if let Some(active) = self.jobs.active_mut() {
            active.listen(hears);
        }
    }
}
