//! Write half of a link: put away while the link is listened to, given back on request, and reported.

use std::sync::Arc;
use std::time::Duration;

use super::super::errand::Scope;
use super::super::{BusEvent, Speech};
use super::Bus;
use crate::frame::At;
use crate::link::{Damage, damage};
use crate::protocol::Fault;

/// So long after a request of another master its conversation may still go on.
const CONVERSATION: Duration = Duration::from_secs(1);
/// Silence that ends it: a meter has begun to answer before.
const PAUSE: Duration = Duration::from_millis(200);
/// A master that leaves no pause is waited for so long.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

impl Bus {
    /// Who may speak now.
    pub(super) fn speech(&self) -> Speech {
        let is_armed = |scope: &Scope| matches!(scope, Scope::Permitted(_));
        match &self.talk.active {
            _ if !self.orders.can_send() => Speech::Listening,
            Some(active) if is_armed(&active.scope) => Speech::Armed,
            _ if self.queue.is_armed() => Speech::Armed,
            _ => Speech::ReadsOnly,
        }
    }

    /// Puts the write half away where the link is one to listen to, and gives it back where it is not.
    pub(super) fn settle_speech(&mut self) {
        self.orders.listen(self.standing.is_to_listen(self.decoder));
        self.talk.status.other_master = self.standing.other_master.clone().map(Arc::new);
    }

    /// A person wants requests sent all the same.
    pub(super) fn speak(&mut self) {
        self.standing.is_wanted = true;
        self.settle_speech();
    }

    /// Another master has sent a request.
    pub(super) fn hear_other_master(&mut self, address: Option<String>, at: At) {
        let is_first = self.standing.hear(address, at);
        self.settle_speech();
        if let (true, Some(other)) = (is_first, &self.talk.status.other_master) {
            self.reports.tell(BusEvent::OtherMaster(Arc::clone(other)));
        }
    }

    /// Why nothing can be sent.
    pub(super) const fn silenced(&self) -> Fault {
        if self.standing.was_first { Fault::OtherMaster } else { Fault::ListensOnly }
    }

    /// Looks for requests of another master among received bytes.
    pub(super) fn overhear(&mut self, bytes: &[u8], damaged: &[Damage], at: At) {
        let line = self.talk.status.line.unwrap_or_default();
        let mut heard = Vec::new();
        for (error, run) in damage::runs(bytes, damaged) {
            match error {
                Some(_) => self.overheard.cut(),
                None => self.overheard.hear(run, at, line, &mut |address| heard.push(address)),
            }
        }
        for address in heard {
            self.hear_other_master(address, at);
        }
    }

    /// Begins to wait for a pause where another master may be in the middle of something. What is heard until then is
    /// none of ours.
    pub(super) fn pause(&mut self, at: At) {
        if self.outgoing.paused.is_none() && self.pause_from(at).is_some() {
            self.outgoing.paused = Some(at);
            self.heed(false);
        }
    }

    /// Whether nobody else is speaking, or has been for too long.
    pub(super) fn may_break_in(&mut self, at: At) -> bool {
        let Some(since) = self.outgoing.paused else { return true };
        let may = self.pause_from(since).is_none_or(|end| end <= at);
        if may {
            self.outgoing.paused = None;
            self.heed(true);
        }
        may
    }

    /// When what is held for a pause is sent.
    pub(super) fn pause_ends(&self) -> Option<At> {
        self.outgoing
            .paused
            .filter(|_| self.outgoing.lines == 0)
            .map(|since| self.pause_from(since).unwrap_or(since))
    }

    /// What is held for a pause is not wanted any more.
    pub(super) fn drop_paused(&mut self) {
        if self.outgoing.paused.take().is_some() {
            self.outgoing.held.clear();
        }
    }

    /// When a pause ends that is waited for since then; `None` where none is needed.
    fn pause_from(&self, since: At) -> Option<At> {
        let other = self.standing.other_master.as_ref()?;
        let end = (self.quiet.heard() + PAUSE).min(other.last + CONVERSATION).min(since + LONGEST_WAIT);
        (end > since).then_some(end)
    }

    fn heed(&mut self, on: bool) {
        if let Some(active) = &mut self.talk.active {
            active.is_deaf = !on;
        }
    }
}
