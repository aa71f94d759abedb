//! The bus: the task that owns a link and is the only one to read or write it.
//!
//! It records what comes and goes, cuts it into frames, takes its own echo out, and carries plans out by
//! driving their exchanges. Faces talk to it through [`Intent`]s and are told by [`BusEvent`]s and the
//! [`Status`]; what they show of traffic they read from the trace.

mod active;
mod backlog;
mod conversation;
mod face;
mod handle;
mod job;
mod jobs;
mod line_control;
mod line_idle;
mod line_search;
mod link_commands;
mod liveness;
mod other_masters;
mod pace;
mod pending_write;
mod permit;
mod playback;
mod queue;
mod raw;
mod reports;
mod run;
mod silence;
mod soft_parity;
mod speakers;
mod standing;
#[cfg(test)]
mod tests;
mod traffic;
mod transmit;

pub use handle::{BusSide, Handle, Port, channel};
pub use job::{Errand, Permission, Urgency, access};
pub use pace::Shown;
pub use permit::{Ended, Forbidden, Outgoing, Permit, Witness};
pub use playback::play;
pub use run::run;
pub use standing::{OtherMaster, Speech, Standing};

use std::sync::Arc;
use std::time::Duration;

use crate::frame::At;
use crate::link::{LineErrors, OpenError, SoftParity};
use crate::protocol::{Decoder, Failure, Finding, LineSettings, Warning};
use crate::reading::Reading;
use crate::trace::CaptureState;

/// How long a stopped exchange may take to sign off before the link is closed all the same.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a face waits for a bus that it has told to stop: the bus gives up by itself before that.
pub const BUS_ENDS_WITHIN: Duration = SHUTDOWN_TIMEOUT.saturating_add(Duration::from_secs(1));

/// A number that a face gives to what it asks for, to know the answers by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// What a face wants of the bus.
#[derive(Debug)]
pub enum Intent {
    /// Carry something out, after what waits and is as urgent, before what is less so.
    Run {
        /// To know the answers by.
        job: JobId,
        /// What; it says by itself that it reads, or comes with the permission to do more.
        errand: Box<Errand>,
    },
    /// Stop a job, whether it runs or waits.
    Cancel(JobId),
    /// Have a job end at its next boundary: after the running try, and the sign-off of a session. One that waits does
    /// not begin.
    GiveWay(JobId),
    /// Cut and track the traffic by another protocol from here on; `None` takes everything for noise.
    Decode(Option<Decoder>),
    /// Change the line settings to those that somebody has chosen: no others are tried from here on.
    SetLine(LineSettings),
    /// Change the line settings to those a meter leaves the factory with: others may be tried from there.
    FactoryLine(LineSettings),
    /// The meter is on this line, which is for the far end to set: nothing is changed here, but what is sent and
    /// received is taken for characters of that line.
    Expect(LineSettings),
    /// Give the write half back on a link that is listened to: a person wants requests sent all the same.
    Speak,
    /// Stop what runs, let it say its farewell to the meter, close the link and end.
    Close,
}

/// The line when a bus begins: what is wanted of it, and who is on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InitialLine {
    /// The line settings the link was opened for; `None` takes those that are in force.
    pub line: Option<LineSettings>,
    /// Whether somebody has chosen them, so that no others are tried.
    pub is_line_chosen: bool,
    /// Whether parity is put in and taken out here.
    pub soft_parity: SoftParity,
    /// Who may speak, from what is known of the link before.
    pub standing: Standing,
    /// Whether another master can be on the line; there is none on a simulated bus.
    pub is_shared: bool,
}

/// What the bus tells of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEvent {
    /// Its first request is about to be sent.
    Started,
    /// A step of it begins.
    Step(&'static str),
    /// A request of it is being sent: which try this is.
    Try {
        /// From 1.
        number: u32,
        /// How often it is sent at most.
        of: u32,
    },
    /// So much of it is done.
    Progress {
        /// Steps done.
        done: u32,
        /// Steps in all.
        total: u32,
    },
    /// A value was read, and when.
    Reading(Reading, At),
    /// Something odd that does not stop it.
    Warning(Warning),
    /// One of its requests ended; entry numbers of the last request and its last reply in the trace.
    Answered {
        /// Index into the plan's requests.
        index: usize,
        /// How.
        result: Result<(), Failure>,
        /// The last request sent for it.
        request: Option<u32>,
        /// The last frame taken for its answer.
        reply: Option<u32>,
    },
    /// It is over.
    Finished,
}

/// What the bus tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusEvent {
    /// Of a job.
    Job(JobId, JobEvent),
    /// Of the search for the line settings of a meter that speaks by itself.
    Line(Finding),
    /// Another master was heard on the link for the first time, before our first byte or later.
    OtherMaster(Arc<OtherMaster>),
    /// The bus has ended; with an error, the link could not be opened at first.
    Ended(Result<(), OpenError>),
}

/// Whether there is a link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LinkState {
    /// It is being opened.
    #[default]
    Opening,
    /// It is open; the name of the other end, if it has one.
    Open(String),
    /// It went away and is being opened again.
    Lost(String),
    /// It is closed for good.
    Closed(String),
}

/// What is known of the adapter's echo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EchoState {
    /// Nothing was sent yet.
    #[default]
    Unknown,
    /// What we send does not come back.
    Absent,
    /// The adapter hears itself.
    Present,
}

/// Counts over the life of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Bytes sent.
    pub bytes_out: u64,
    /// Bytes received.
    pub bytes_in: u64,
    /// Received frames whose checksum fits or that have none.
    pub good: u64,
    /// Received frames that are damaged.
    pub bad: u64,
    /// Requests that nothing answered in time.
    pub missing: u64,
    /// Bytes of noise.
    pub noise_bytes: u64,
    /// Characters that were received damaged: what the port tells, and wrong parity bits where parity is taken out
    /// here.
    pub line_errors: LineErrors,
    /// Received bytes that were dropped, because they came faster than they could be handled.
    pub dropped: u64,
}

/// What the status line shows. It is watched: a change wakes whoever looks, also when only the trace grew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Whether there is a link.
    pub link: LinkState,
    /// Who may speak on it.
    pub speech: Speech,
    /// The other master that was heard on it, if any: polling pauses when it is first heard.
    pub other_master: Option<Arc<OtherMaster>>,
    /// The line settings in force, where they are known.
    pub line: Option<LineSettings>,
    /// Whether other line settings are tried when the bytes make no sense.
    pub is_searching: bool,
    /// Whether parity bits are put in and taken out here: 7E1 characters over an 8N1 line.
    pub soft_parity: bool,
    /// Counts.
    pub counters: Counters,
    /// From the end of the last answered request to the first byte of its answer.
    pub latency: Option<Duration>,
    /// Whether the adapter echoes.
    pub echo: EchoState,
    /// The job that runs.
    pub running: Option<JobId>,
    /// How many wait.
    pub waiting: usize,
    /// How many entries the trace has.
    pub entries: u32,
    /// Bytes of old entries that were given up because there was no room for them.
    pub given_up: u64,
    /// How the capture on disk fares.
    pub capture: CaptureState,
    /// Why old entries of the trace could not be put into a file or read back, if so.
    pub paging_failure: Option<String>,
    /// What of a capture in the place of a link was not read as it was written, a line each.
    pub flaws: Arc<[String]>,
}
