//! What the bus was asked to do and has not finished.

use crate::bus::{JobId, Urgency};
use crate::frame::At;
use crate::protocol::{Options, Request};

/// What a job is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// One request from the bench.
    Bench,
    /// One of those that the bench sends again and again.
    Repeat,
    /// The pinned requests, for Readings.
    Poll,
    /// The load profile.
    Archive,
    /// Bytes typed by hand.
    Raw,
}

impl Purpose {
    /// Whether its answer is for the bench.
    #[must_use]
    pub(crate) const fn is_of_bench(self) -> bool {
        matches!(self, Self::Bench | Self::Repeat | Self::Raw)
    }

    /// Whether a person waits for it, rather than it being asked again and again.
    #[must_use]
    pub(crate) const fn is_of_a_person(self) -> bool {
        matches!(self.urgency(), Urgency::Person)
    }

    /// How urgent it is on the line.
    #[must_use]
    pub(crate) const fn urgency(self) -> Urgency {
        match self {
            Self::Bench | Self::Archive | Self::Raw => Urgency::Person,
            Self::Repeat => Urgency::Repeat,
            Self::Poll => Urgency::Poll,
        }
    }
}

/// A try of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// Which, from 1.
    pub number: u32,
    /// How many there are at most.
    pub of: u32,
    /// Since when.
    pub since: At,
}

/// A job that is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    /// Its number.
    pub id: JobId,
    /// What it is for.
    pub purpose: Purpose,
    /// What it asks.
    pub requests: Vec<Request>,
    /// When it was asked for; once it has begun, when that was.
    pub since: At,
    /// Whether it has begun: until then it waits for its turn.
    pub has_begun: bool,
    /// The try that runs.
    pub attempt: Option<Attempt>,
    /// The step of the session it is in; empty for none.
    pub step: &'static str,
    /// How far a long one is.
    pub progress: Option<(u32, u32)>,
    /// Whether it may change the meter.
    pub armed: bool,
    /// The number of the first trace entry that can belong to it.
    pub from: u32,
}

/// A job about to be asked for.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// What it is for.
    pub purpose: Purpose,
    /// What it asks.
    pub requests: Vec<Request>,
    /// How.
    pub options: Options,
    /// Whether it may change the meter.
    pub armed: bool,
}

/// All jobs that are not finished.
#[derive(Debug, Clone, Default)]
pub(crate) struct Jobs {
    last: u64,
    open: Vec<Job>,
}

impl Jobs {
    /// Notes a new job and gives its number.
    pub(crate) fn begin(&mut self, order: Order, since: At, from: u32) -> JobId {
        self.last += 1;
        let id = JobId(self.last);
        let Order { purpose, requests, armed, .. } = order;
        let job = Job {
            id,
            purpose,
            requests,
            since,
            has_begun: false,
            attempt: None,
            step: "",
            progress: None,
            armed,
            from,
        };
        self.open.push(job);
        id
    }

    /// A job.
    #[must_use]
    pub(crate) fn get(&self, id: JobId) -> Option<&Job> {
        self.open.iter().find(|job| job.id == id)
    }

    /// A job, to note how it goes.
    pub(crate) fn get_mut(&mut self, id: JobId) -> Option<&mut Job> {
        self.open.iter_mut().find(|job| job.id == id)
    }

    /// Strikes a job off and gives it back.
    pub(crate) fn end(&mut self, id: JobId) -> Option<Job> {
        let at = self.open.iter().position(|job| job.id == id)?;
        Some(self.open.remove(at))
    }

    /// The numbers of all.
    pub(crate) fn ids(&self) -> impl Iterator<Item = JobId> + '_ {
        self.open.iter().map(|job| job.id)
    }

    /// Strikes all off.
    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }

    /// The oldest job.
    #[must_use]
    pub(crate) fn first(&self) -> Option<&Job> {
        self.open.first()
    }

    /// The job that has the line; while none has, the one that was asked for first.
    #[must_use]
    pub(crate) fn on_the_line(&self) -> Option<&Job> {
        self.open.iter().find(|job| job.has_begun).or_else(|| self.open.first())
    }

    /// What was asked for at the bench last and is not answered.
    #[must_use]
    pub(crate) fn of_the_bench(&self) -> Option<&Job> {
        self.open.iter().rev().find(|job| job.purpose.is_of_bench())
    }

    /// The jobs that a job waits for: the one on the line, and those that a person has asked for before. A poll that
    /// has not begun comes after.
    pub(crate) fn ahead_of(&self, job: &Job) -> impl Iterator<Item = &Job> {
        let (id, waits) = (job.id, !job.has_begun);
        let is_before = move |other: &Job| other.id < id && other.purpose.is_of_a_person();
        self.open.iter().filter(move |other| waits && other.id != id && (other.has_begun || is_before(other)))
    }

    /// What the bench's request waits behind; nothing once it has begun.
    pub(crate) fn ahead_of_the_bench(&self) -> impl Iterator<Item = &Job> {
        self.of_the_bench().into_iter().flat_map(|job| self.ahead_of(job))
    }

    /// The oldest job of this purpose.
    #[must_use]
    pub(crate) fn of(&self, purpose: Purpose) -> Option<&Job> {
        self.open.iter().find(|job| job.purpose == purpose)
    }

    /// Whether a job of this purpose is under way.
    #[must_use]
    pub(crate) fn is_busy(&self, purpose: Purpose) -> bool {
        self.open.iter().any(|job| job.purpose == purpose)
    }

    /// Whether a job that may change the meter is under way.
    #[must_use]
    pub(crate) fn is_armed(&self) -> bool {
        self.open.iter().any(|job| job.armed)
    }
}
