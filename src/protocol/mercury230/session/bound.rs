//! Transmit bound of a session.

use super::super::{answers, rows, wire};
use super::{Asked, Session};
use crate::protocol::{Access, Allowance, Bound};

/// Opened when the plan begins, and once more when the meter says that it has closed the channel.
const OPENINGS: u32 = 2;
const CLOSING: u32 = 1;

impl Session {
    pub(super) fn allowance(&self) -> Bound {
        let tries = self.options.tries();
        let pair = if self.options.read_twice { 2 } else { 1 };
        let each = |asked: &Asked| self.tries_of(asked);
        let all = |asked: &Asked| questions(&asked.body).saturating_mul(each(asked) * pair);
        let owed = if self.level > 0 { tries + CLOSING } else { 0 };
        let once = |sum: u32, count: u32| sum.saturating_add(count);
        Bound::Requests(Allowance {
            // The channel, the meter's constant, and each command once its question is given up.
            unanswered: self.asked.iter().map(each).fold(owed + tries, once),
            // What was asked when the meter had closed the channel is asked anew.
            total: self.asked.iter().map(all).fold(OPENINGS * (owed + tries) + tries + 1, once),
            longest: self.longest(),
        })
    }

    /// A read that the meter says it failed at is asked once more than its tries.
    fn tries_of(&self, asked: &Asked) -> u32 {
        if asked.row.command.access == Access::Read { self.options.tries() + 1 } else { 1 }
    }

    fn longest(&self) -> usize {
        let own = self.asked.iter().map(|asked| asked.body.len());
        let frame = |body: usize| 1 + body + wire::CRC;
        let open = self.password.as_ref().map_or(0, |password| password.open(self.address, self.level).len());
        let body = own.chain([rows::VARIANT.len()]).max().unwrap_or(0);
        frame(body).max(open)
    }
}

/// Questions that one comes to when the meter does not answer it whole, itself included.
fn questions(body: &[u8]) -> u32 {
    1 + answers::pieces(body).iter().map(|piece| questions(piece)).sum::<u32>()
}
