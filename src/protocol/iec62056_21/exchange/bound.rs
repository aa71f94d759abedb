//! Transmit bound of a session.

use super::Work;
use super::answers::MOST_BLOCKS;
use super::session::Session;
use crate::protocol::iec62056_21::compose::{self, Job};
use crate::protocol::iec62056_21::neva::days;
use crate::protocol::{Access, Allowance, Bound};

/// A break, at the speed of the start and at the working speed.
const BREAK: u32 = 2;
/// The sign-off at the end of a session, sent twice.
const SIGN_OFF: u32 = 2;
/// A password, sent once more when nothing answers it.
const LOGIN: u32 = 2;
const SELECT: u32 = 1;

impl Session {
    pub(super) fn allowance(&self) -> Bound {
        let tries = self.options.tries();
        let commands: u32 = self.works.iter().map(|work| self.asked(work)).fold(0, u32::saturating_add);
        let sign_on = tries * (1 + BREAK);
        let opening = sign_on + SELECT + BREAK + LOGIN;
        // A readout that is compared with a second one has a session for each.
        let pair = if self.options.read_twice { 2 } else { 1 };
        let sessions = u32::try_from(self.works.len()).unwrap_or(u32::MAX).saturating_mul(pair);
        // Begun anew as often as there are tries, once at the speed that was heard, once when the line is refused.
        let openings = sessions.saturating_add(tries + 2);
        let owed = opening.saturating_mul(openings).saturating_add(SIGN_OFF.saturating_mul(sessions) + BREAK);
        let unanswered: u32 = self.works.iter().map(|work| self.repeated(work)).fold(0, u32::saturating_add);
        Bound::Requests(Allowance {
            unanswered: unanswered.saturating_add(BREAK + opening + SIGN_OFF),
            total: commands.saturating_add(owed),
            longest: self.longest(),
        })
    }

    /// Messages of a work whose answers never come, or come damaged.
    fn repeated(&self, work: &Work) -> u32 {
        let tries = self.tries_of(work);
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
        let tries = self.tries_of(work);
        // Two answers are compared, and asked for once more as often as there are retries.
        let compared = if self.options.read_twice && work.access == Access::Read { tries + 1 } else { 1 };
        answers.saturating_mul(tries * compared).saturating_mul(1 + MOST_BLOCKS)
    }

    fn tries_of(&self, work: &Work) -> u32 {
        if work.access == Access::Read { self.options.tries() } else { 1 }
    }

    fn longest(&self) -> usize {
        let rule = self.send_rule();
        let of = |work: &Work| match &work.job {
            Job::Queries(queries) => {
                queries.iter().map(|query| query.frame(rule).len()).max().unwrap_or_default()
            }
            Job::Days(_) => days::LONGEST_QUERY,
            Job::Fast(query) => compose::fast(&self.address, query, rule).len(),
            Job::Plain(bytes) => bytes.len(),
            Job::Readout { .. } | Job::Listen(_) => 0,
        };
        let password = self.profile.password.as_ref().map_or(0, |secret| secret.reveal().len());
        let login = compose::login(*b"P1", &[b'0'; LONGEST_HASH], rule).len() + password;
        let sign_on = compose::sign_on(&self.address).len();
        self.works.iter().map(of).chain([sign_on, login]).max().unwrap_or(0)
    }
}

/// Characters of a password that is derived from the operand, and of the default one.
const LONGEST_HASH: usize = 8;
