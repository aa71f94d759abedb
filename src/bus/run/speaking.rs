//! Who may speak: the write half put away and given back, and what is said of it.

use std::sync::Arc;

use super::super::errand::Scope;
use super::super::{BusEvent, Speech};
use super::Bus;
use crate::frame::At;
use crate::protocol::Fault;

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
}
