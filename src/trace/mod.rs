//! The trace: everything that went over a link, in order, in memory and on disk.
//!
//! Bytes are recorded as they come, before anything looks at them. What a framer makes of them is added
//! afterwards as entries that point into the recorded bytes. Dissections are made when somebody looks.

pub mod capture;
mod digest;
mod echo;
mod entry;
pub mod export;
mod mark;
mod mask;
mod memory;
mod pages;
pub mod pcapng;
pub mod private;
pub mod regular;
pub mod replay;
mod runs;
pub mod search;
mod steps;
mod stored;
mod summary;
#[cfg(test)]
mod toy;

pub use capture::{Capture, CaptureState, Holes, Ring};
pub use digest::{Claimed, Digest, Split};
pub use entry::{Chunk, Claim, Dir, Entry, EntryKind};
pub use mark::Mark;
pub use memory::Trace;
pub use pages::Paging;
pub use replay::Replay;
pub use steps::{Step, Steps};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A trace that the bus writes and a face reads.
#[derive(Debug, Clone)]
pub struct SharedTrace(Arc<Mutex<Trace>>);

impl SharedTrace {
    /// Shares a trace.
    #[must_use]
    pub fn new(trace: Trace) -> Self {
        Self(Arc::new(Mutex::new(trace)))
    }

    /// Locks it for a moment. A writer that panicked leaves it as it was.
    pub fn lock(&self) -> MutexGuard<'_, Trace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
