//! A session carried out: sign-on, option select, password, commands, sign-off.
//!
//! - All requests of a plan share one session as long as the meter keeps it open; a read without a session, a
//!   readout and a telegram stand outside.
//! - A sign-on that stays unanswered is followed by a sign-off before it is tried again: the meter may still
//!   be in somebody's session, at the speed of the start or at 9600 Bd.
//! - A meter that ignores the change of speed is listened for at the old one, then signed on again without a
//!   change. A line that cannot change is asked to stay as it is.
//! - A refused password ends everything and is not sent again. Writes are sent once.
//! - Every end after a sign-on, a cancellation included, sends the sign-off twice and puts the line back.

mod answers;
mod bound;
mod ending;
mod judge;
mod login;
mod pace;
mod phase;
mod session;
mod speed;
mod start;
mod twice;
mod works;

use std::collections::VecDeque;

use works::{Work, Works};

use super::compose;
use crate::protocol::{ComposeError, Exchange, Plan};

pub(super) use pace::SILENCE;
pub(super) use session::Session;

/// Makes the exchange of a plan.
///
/// # Errors
/// [`ComposeError`] when an address, a password or an argument cannot be put into bytes.
pub(super) fn exchange(plan: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
    let address = compose::address(&plan.profile.address)?;
    if plan.profile.password.as_ref().is_some_and(|secret| !compose::fits_password(secret.reveal())) {
        return Err(ComposeError::Password("at most 32 printable characters without brackets"));
    }
    let work = |request: &crate::protocol::Request| {
        let (title, access) = (request.command.title, request.command.access);
        Ok(Work { title, access, job: compose::job(&plan.profile, request)? })
    };
    let works = plan.requests.iter().map(work).collect::<Result<VecDeque<Work>, ComposeError>>()?;
    Ok(Box::new(Session::new(plan.profile, plan.options, address, Works::new(works))))
}

#[cfg(test)]
mod tests;
