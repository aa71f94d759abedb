//! Who may speak on the link: what is known of other masters on it, and of what a person wants.

use std::sync::Arc;
use std::time::Duration;

use super::other_masters::OtherMasters;
use super::standing::{OtherMaster, Standing};
use crate::frame::At;
use crate::link::{Damage, damage};
use crate::protocol::{Decoder, Fault, LineSettings};

/// So long after a request of another master its conversation may still go on.
const CONVERSATION: Duration = Duration::from_secs(1);
/// Silence that ends it: a meter has begun to answer before.
const PAUSE: Duration = Duration::from_millis(200);
/// A master that leaves no pause is waited for so long.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// Who may speak on the link.
pub(super) struct Speakers {
    standing: Standing,
    others: OtherMasters,
}

impl Speakers {
    pub(super) fn new(standing: Standing, is_shared: bool) -> Self {
        Self { standing, others: OtherMasters::new(is_shared) }
    }

    /// Whether the write half is to be put away, on a link that is read by this decoder.
    pub(super) fn are_to_listen(&self, decoder: Option<Decoder>) -> bool {
        self.standing.is_to_listen(decoder)
    }

    /// A person wants requests sent all the same.
    pub(super) const fn speak(&mut self) {
        self.standing.is_wanted = true;
    }

    /// Why nothing can be sent.
    pub(super) const fn silenced(&self) -> Fault {
        if self.standing.was_first { Fault::OtherMaster } else { Fault::ListensOnly }
    }

    /// The other master that was heard, if any.
    pub(super) fn other_master(&self) -> Option<Arc<OtherMaster>> {
        self.standing.other_master.clone().map(Arc::new)
    }

    /// We send something.
    pub(super) fn sent(&mut self, bytes: &[u8], at: At) {
        self.standing.has_spoken = true;
        self.others.send(bytes, at);
    }

    /// Bytes came in. Gives for each request of another master in them whether it is the first of all.
    pub(super) fn hear(&mut self, bytes: &[u8], damaged: &[Damage], line: LineSettings, at: At) -> Vec<bool> {
        let (mut requests, others) = (Vec::new(), &mut self.others);
        for (error, run) in damage::runs(bytes, damaged) {
            match error {
                Some(_) => others.cut(),
                None => others.hear(run, at, line, &mut |address| requests.push(address)),
            }
        }
        requests.into_iter().map(|address| self.standing.hear(address, at)).collect()
    }

    /// Bytes are missing: what came before is not gone on with.
    pub(super) fn cut(&mut self) {
        self.others.cut();
    }

    /// When a pause ends that is waited for since then, on a line on which bytes came last at `heard`; `None` where none
    /// is needed.
    pub(super) fn pause_ends(&self, since: At, heard: At) -> Option<At> {
        let other = self.standing.other_master.as_ref()?;
        let end = (heard + PAUSE).min(other.last + CONVERSATION).min(since + LONGEST_WAIT);
        (end > since).then_some(end)
    }
}
