//! Another master on the line, recognised by one of its requests, whatever family it speaks and whichever model is
//! chosen here.
//!
//! What is received is cut at silences alone. A request counts where somebody began to speak: behind a silence, or
//! behind another request; one that stands between marks under a strong check counts anywhere. Elsewhere a run of
//! bytes may be a request by chance, about once in a megabyte of noise, so two different ones to the same meter are
//! needed there. The rules of what a meter may say as well are each family's own, in [`Family::request_at`].

use std::collections::VecDeque;
use std::time::Duration;

use super::family::Family;
use super::line::LineSettings;
use super::master_request::{MasterRequest, Strength};
use super::registry::FAMILIES;
use crate::frame::At;

/// Silence behind which somebody else may begin: an FTDI adapter hands bytes over every 16 ms.
const SILENCE: Duration = Duration::from_millis(20);
/// Characters of silence behind which somebody else may begin, on a slow line.
const SILENT_CHARACTERS: usize = 4;
/// A request that is handed over in pieces has no longer gaps than this.
const PATIENCE: Duration = Duration::from_millis(500);
/// Bytes looked at behind a silence: what goes on longer is no request.
const KEPT: usize = 600;
/// The longest request that is looked for: a long frame of M-Bus.
const LONGEST: usize = 261;
/// Requests in the middle of other bytes that are remembered.
const FAINT: usize = 8;

/// A request that was heard.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// The id of the family that it is of.
    pub family: &'static str,
    /// The address of the meter that it asks.
    pub address: Option<&'a str>,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A request in the middle of other bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Faint {
    family: &'static str,
    address: Option<String>,
    bytes: Vec<u8>,
}

/// Hears requests of any family in what is received. Holds at most a few hundred bytes; what goes on without a
/// silence costs nothing more.
#[derive(Debug, Default)]
pub struct ForeignMaster {
    /// What came since a silence, as far as it is looked at.
    run: Vec<u8>,
    /// Where somebody may have begun to speak.
    starts: Vec<usize>,
    /// Before this everything is decided.
    decided: usize,
    last: Option<At>,
    faint: VecDeque<Faint>,
}

/// The surest whole, sound request of any family at the beginning of bytes: of several, that of the family that comes
/// first.
#[must_use]
pub fn request_at(bytes: &[u8]) -> Option<(&'static dyn Family, MasterRequest)> {
    let found = FAMILIES.iter().filter_map(|family| Some((*family, family.request_at(bytes)?)));
    found.rev().max_by_key(|(_, request)| request.strength)
}

impl ForeignMaster {
    /// Takes bytes that were received at `at` on a line, and hands over the requests that they complete.
    pub fn hear(&mut self, bytes: &[u8], at: At, line: LineSettings, out: &mut dyn FnMut(Heard<'_>)) {
        let gap = self.last.map(|last| at.since(last));
        self.last = Some(at);
        if gap.is_none_or(|gap| gap >= PATIENCE) {
            self.forget();
        }
        if gap.is_none_or(|gap| gap >= SILENCE.max(line.wire_time(SILENT_CHARACTERS))) {
            self.begin();
        }
        let room = KEPT.saturating_sub(self.run.len());
        self.run.extend(bytes.iter().take(room));
        self.look(out);
    }

    /// The line was lost or changed: what was received before is not gone on with.
    pub fn cut(&mut self) {
        self.last = None;
    }

    fn forget(&mut self) {
        self.run.clear();
        self.starts.clear();
        self.decided = 0;
    }

    /// Somebody may begin to speak here; of what came before only as much is kept as a request can have.
    fn begin(&mut self) {
        let old = self.run.len().saturating_sub(LONGEST).max(self.decided).min(self.run.len());
        self.run.drain(..old);
        self.starts.retain(|start| *start >= old);
        for start in &mut self.starts {
            *start -= old;
        }
        self.decided = 0;
        self.starts.push(self.run.len());
    }

    fn look(&mut self, out: &mut dyn FnMut(Heard<'_>)) {
        let mut at = self.decided;
        while let Some(rest) = self.run.get(at..).filter(|rest| !rest.is_empty()) {
            let Some((family, request)) = request_at(rest) else {
                at += 1;
                continue;
            };
            let bytes = rest.get(..request.len).unwrap_or_default();
            let counts = match request.strength {
                Strength::Marked => true,
                Strength::Listed => self.starts.contains(&at),
                Strength::Doubtful => false,
            };
            if counts || recurs(&mut self.faint, family.id(), &request, bytes) {
                out(Heard { family: family.id(), address: request.address.as_deref(), bytes });
                at += request.len.max(1);
                self.decided = at;
                self.starts.push(at);
            } else {
                at += 1;
            }
        }
        self.decided = self.decided.max(self.run.len().saturating_sub(LONGEST));
    }
}

/// Whether another request to the same meter was heard in the middle of other bytes before.
fn recurs(faint: &mut VecDeque<Faint>, family: &'static str, request: &MasterRequest, bytes: &[u8]) -> bool {
    let new = Faint { family, address: request.address.clone(), bytes: bytes.to_vec() };
    let is_other =
        |old: &Faint| (old.family, &old.address) == (new.family, &new.address) && old.bytes != new.bytes;
    let recurs = new.address.is_some() && faint.iter().any(is_other);
    if !faint.contains(&new) {
        faint.truncate(FAINT - 1);
        faint.push_front(new);
    }
    recurs
}

#[cfg(test)]
mod tests;
