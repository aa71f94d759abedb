//! What the bus was asked to do and has not finished.

use crate::bus::JobId;
use crate::frame::At;
use crate::protocol::Request;

/// What a job is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
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

/// A job that is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// What it is for.
    pub purpose: Purpose,
    /// What it asks.
    pub requests: Vec<Request>,
    /// Since when.
    pub since: At,
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
pub struct Order {
    /// What it is for.
    pub purpose: Purpose,
    /// What it asks.
    pub requests: Vec<Request>,
    /// Whether it may change the meter.
    pub armed: bool,
}

/// All jobs that are not finished.
#[derive(Debug, Clone, Default)]
pub struct Jobs {
    last: u64,
    open: Vec<Job>,
}

impl Jobs {
    /// Notes a new job and gives its number.
    pub fn begin(&mut self, order: Order, since: At, from: u32) -> JobId {
        self.last += 1;
        let id = JobId(self.last);
        let Order { purpose, requests, armed } = order;
        self.open.push(Job { id, purpose, requests, since, step: "", progress: None, armed, from });
        id
    }

    /// A job.
    #[must_use]
    pub fn get(&self, id: JobId) -> Option<&Job> {
        self.open.iter().find(|job| job.id == id)
    }

    /// A job, to note how it goes.
    pub fn get_mut(&mut self, id: JobId) -> Option<&mut Job> {
        self.open.iter_mut().find(|job| job.id == id)
    }

    /// Strikes a job off and gives it back.
    pub fn end(&mut self, id: JobId) -> Option<Job> {
        let at = self.open.iter().position(|job| job.id == id)?;
        Some(self.open.remove(at))
    }

    /// The numbers of all.
    pub fn ids(&self) -> impl Iterator<Item = JobId> + '_ {
        self.open.iter().map(|job| job.id)
    }

    /// Strikes all off.
    pub fn clear(&mut self) {
        self.open.clear();
    }

    /// The oldest job.
    #[must_use]
    pub fn first(&self) -> Option<&Job> {
        self.open.first()
    }

    /// Whether a job of this purpose is under way.
    #[must_use]
    pub fn is_busy(&self, purpose: Purpose) -> bool {
        self.open.iter().any(|job| job.purpose == purpose)
    }

    /// Whether a job that may change the meter is under way.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        self.open.iter().any(|job| job.armed)
    }
}
