//! What the bus is asked to carry out.

use std::time::Duration;

use super::permit::{Forbidden, Permit};
use super::raw::RawExchange;
use crate::protocol::{Access, ComposeError, Decoder, Exchange, LineSettings, Plan, guard};

/// Something to be carried out on the line. One that may change a meter cannot be made without a [`Permit`].
#[derive(Debug)]
pub struct Errand {
    work: Work,
    permission: Permission,
    urgency: Urgency,
}

/// How urgent an errand is: what a person asks for goes before what is asked again and again. A less urgent one that
/// runs gives way at its next boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Urgency {
    /// Of a poll.
    Poll,
    /// Of a request that a person has repeated.
    Repeat,
    /// A person waits for it.
    #[default]
    Person,
}

/// How far an errand may go.
#[derive(Debug)]
pub enum Permission {
    /// It reads.
    Reading,
    /// It may change the meter.
    Permitted(Permit),
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Work {
    /// A plan of a family.
    Plan(Decoder, Box<Plan>),
    /// Bytes as they are.
    Raw(RawExchange),
}

impl Errand {
    /// A plan that goes as far as it is permitted to.
    ///
    /// # Errors
    /// [`Forbidden`] when it is to read, and one of its commands does more than that.
    pub fn of_plan(decoder: Decoder, plan: Plan, permission: Permission) -> Result<Self, Forbidden> {
        let most = plan.requests.iter().map(|request| request.command.access).max();
        match (&permission, most) {
            (Permission::Reading, Some(Access::Write | Access::Control)) => Err(Forbidden(most)),
            _ => Ok(Self::plan(decoder, plan, permission)),
        }
    }

    /// Bytes sent as they are, which go as far as is permitted; then answers are listened for until nothing has come
    /// for `listen`. `spoken` is what the meter speaks, where that is known.
    ///
    /// # Errors
    /// [`Forbidden`] when they are to read, and are recognised as something else, or not at all.
    pub fn of_bytes(
        bytes: Vec<u8>,
        listen: Duration,
        spoken: Option<Decoder>,
        permission: Permission,
    ) -> Result<Self, Forbidden> {
        match (&permission, access(&bytes, spoken)) {
            (Permission::Permitted(_), _) | (Permission::Reading, Some(Access::Read)) => {
                Ok(Self::raw(bytes, listen, permission))
            }
            (Permission::Reading, other) => Err(Forbidden(other)),
        }
    }

    /// A plan whose commands all read.
    ///
    /// # Errors
    /// [`Forbidden`] when one of them does more than that.
    pub fn reading(decoder: Decoder, plan: Plan) -> Result<Self, Forbidden> {
        Self::of_plan(decoder, plan, Permission::Reading)
    }

    /// A plan that may change the meter.
    #[must_use]
    pub fn permitted(decoder: Decoder, plan: Plan, permit: Permit) -> Self {
        Self::plan(decoder, plan, Permission::Permitted(permit))
    }

    /// Bytes that are recognised as a read, sent as they are; then answers are listened for until nothing has
    /// come for `listen`.
    ///
    /// # Errors
    /// [`Forbidden`] when they are recognised as something else, or not at all.
    pub fn raw_reading(
        bytes: Vec<u8>,
        listen: Duration,
        decoder: Option<Decoder>,
    ) -> Result<Self, Forbidden> {
        Self::of_bytes(bytes, listen, decoder, Permission::Reading)
    }

    /// Bytes that may do anything, sent as they are.
    #[must_use]
    pub fn raw_permitted(bytes: Vec<u8>, listen: Duration, permit: Permit) -> Self {
        Self::raw(bytes, listen, Permission::Permitted(permit))
    }

    fn plan(decoder: Decoder, plan: Plan, permission: Permission) -> Self {
        Self { work: Work::Plan(decoder, Box::new(plan)), permission, urgency: Urgency::default() }
    }

    fn raw(bytes: Vec<u8>, listen: Duration, permission: Permission) -> Self {
        Self { work: Work::Raw(RawExchange::new(bytes, listen)), permission, urgency: Urgency::default() }
    }

    /// With another urgency than a person's.
    #[must_use]
    pub const fn with_urgency(mut self, urgency: Urgency) -> Self {
        self.urgency = urgency;
        self
    }

    /// How urgent it is.
    #[must_use]
    pub const fn urgency(&self) -> Urgency {
        self.urgency
    }

    /// The plan, where it is one.
    #[must_use]
    pub const fn asked(&self) -> Option<&Plan> {
        match &self.work {
            Work::Plan(_, plan) => Some(plan),
            Work::Raw(_) => None,
        }
    }

    /// The bytes, where they go out as they are.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.work {
            Work::Plan(..) => None,
            Work::Raw(raw) => Some(raw.bytes()),
        }
    }

    /// Whether it may change a meter.
    #[must_use]
    pub const fn is_permitted(&self) -> bool {
        matches!(self.permission, Permission::Permitted(_))
    }

    /// Whether it can be done without sending anything.
    pub(super) fn only_listens(&self) -> bool {
        match &self.work {
            Work::Plan(decoder, plan) => plan.only_listens(decoder.family),
            Work::Raw(_) => false,
        }
    }

    /// The protocol that a plan speaks.
    pub(super) const fn decoder(&self) -> Option<&Decoder> {
        match &self.work {
            Work::Plan(decoder, _) => Some(decoder),
            Work::Raw(_) => None,
        }
    }

    /// The state machine that does it on the line in force, where that is known and whether or not somebody has
    /// chosen it, and how far it may go.
    pub(super) fn into_exchange(
        self,
        line: Option<LineSettings>,
        is_line_chosen: bool,
    ) -> (Result<Box<dyn Exchange>, ComposeError>, Permission) {
        let exchange: Result<Box<dyn Exchange>, ComposeError> = match self.work {
            Work::Plan(decoder, mut plan) => {
                plan.profile.line = line.unwrap_or(plan.profile.line);
                plan.profile.is_line_chosen = is_line_chosen;
                decoder.family.exchange(*plan)
            }
            Work::Raw(raw) => Ok(Box::new(raw)),
        };
        (exchange, self.permission)
    }
}

/// What bytes typed by hand would do to a meter of the picked protocol, or to any: [`guard::access`].
#[must_use]
pub fn access(bytes: &[u8], decoder: Option<Decoder>) -> Option<Access> {
    guard::access(bytes, decoder)
}
