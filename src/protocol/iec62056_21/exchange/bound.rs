//! Transmit bound of a session.

use super::answers::MOST_BLOCKS;
use super::login;
use super::session::Session;
use super::works::Work;
use crate::protocol::iec62056_21::compose::{self, Job};
use crate::protocol::iec62056_21::neva::days;
use crate::protocol::{Allowance, Bound};

/// A break, at the speed of the start and at the working speed.
const BREAK: u32 = 2;
/// The sign-off at the end of a session, sent twice.
const SIGN_OFF: u32 = 2;
const LOGIN: u32 = login::MOST;
const SELECT: u32 = 1;

impl Session {
    pub(super) fn allowance(&self) -> Bound {
        Bound::Requests(
            self.works.all().map(|work| self.allowance_of(work)).fold(self.owed(), Allowance::and),
        )
    }

    /// Messages that the sessions themselves take, whatever is asked in them.
    fn owed(&self) -> Allowance {
        let tries = self.options.tries();
        let sign_on = tries * (1 + BREAK);
        let opening = sign_on + SELECT + BREAK + LOGIN;
        // A readout that is compared with a second one has a session for each.
        let pair = if self.options.read_twice { 2 } else { 1 };
        let sessions = u32::try_from(self.works.all().count()).unwrap_or(u32::MAX).saturating_mul(pair);
        // Begun anew as often as there are tries, once at the speed that was heard, once when the line is refused.
        let openings = sessions.saturating_add(tries + 2);
        let total =
            opening.saturating_mul(openings).saturating_add(SIGN_OFF.saturating_mul(sessions) + BREAK);
        Allowance { unanswered: BREAK + opening + SIGN_OFF, total, longest: self.longest() }
    }

    fn allowance_of(&self, work: &Work) -> Allowance {
        Allowance { unanswered: self.repeated(work), total: self.asked(work), longest: self.longest_of(work) }
    }

    /// Messages of a work whose answers never come, or come damaged.
    fn repeated(&self, work: &Work) -> u32 {
        let tries = self.options.tries_for(work.access);
        match &work.job {
            Job::Queries(queries) => u32::try_from(queries.len()).unwrap_or(u32::MAX).saturating_mul(tries),
            Job::Days(_) | Job::Readout { .. } | Job::Fast(_) | Job::Plain(_) => tries,
            Job::Listen(_) => 0,
        }
    }

    /// Messages of a work whatever is answered: each answer may have blocks, and each of them is acknowledged.
    fn asked(&self, work: &Work) -> u32 {
        let answers = match &work.job {
            Job::Days(days) => days.most_codes(),
            Job::Queries(queries) => u32::try_from(queries.len()).unwrap_or(u32::MAX),
            Job::Readout { .. } | Job::Fast(_) | Job::Plain(_) => 1,
            Job::Listen(_) => 0,
        };
        let tries = self.options.tries_for(work.access);
        // Two answers are compared, and asked for once more as often as there are retries.
        let compared = if self.options.compares(work.access) { tries + 1 } else { 1 };
        answers.saturating_mul(tries * compared).saturating_mul(1 + MOST_BLOCKS)
    }

    /// Bytes of the longest message of a work.
    fn longest_of(&self, work: &Work) -> usize {
        let rule = self.send_rule();
        match &work.job {
            Job::Queries(queries) => {
                queries.iter().map(|query| query.frame(rule).len()).max().unwrap_or_default()
            }
            Job::Days(_) => days::LONGEST_QUERY,
            Job::Fast(query) => compose::fast(&self.address, query, rule).len(),
            Job::Plain(bytes) => bytes.len(),
            Job::Readout { .. } | Job::Listen(_) => 0,
        }
    }

    /// Bytes of the longest message of a session itself: its sign-on or its password.
    fn longest(&self) -> usize {
        let password = self.profile.password.as_ref().map_or(0, |secret| secret.reveal().len());
        let login = compose::login(*b"P1", &[b'0'; LONGEST_HASH], self.send_rule()).len() + password;
        compose::sign_on(&self.address).len().max(login)
    }
}

/// Characters of a password that is derived from the operand, and of the default one.
const LONGEST_HASH: usize = 8;
