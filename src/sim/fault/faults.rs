//! A set of faults, and the log of what they did.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::spec::{Spec, SpecError, Toward};
use crate::frame::At;
use crate::protocol::secrets::masked_hex;

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// When the bytes it was done to were due, or when it happened.
    pub at: At,
    /// The kind of fault.
    pub kind: &'static str,
    /// Which way the bytes went.
    pub toward: Toward,
    /// At which byte of the message.
    pub position: usize,
    /// The bytes as they were.
    pub before: Vec<u8>,
    /// The bytes that came of it.
    pub after: Vec<u8>,
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.toward {
            Toward::Reader => "",
            Toward::Meter => "tx-",
        };
        write!(f, "{} {way}{} at byte {}", self.at, self.kind, self.position)?;
        if self.before != self.after {
            write!(f, ": {} -> {}", masked_hex(&self.before), masked_hex(&self.after))?;
        }
        Ok(())
    }
}

/// Makes a frame with another address and a checksum that fits out of one; `None` where it is no frame it knows.
pub type Readdress = Arc<dyn Fn(&[u8], u8) -> Option<Vec<u8>> + Send + Sync>;

/// Deeds that the log holds; the oldest go first.
const LOG_LENGTH: usize = 10_000;

#[derive(Default)]
struct State {
    specs: Vec<Spec>,
    /// Counts changes of `specs`.
    generation: u64,
    log: VecDeque<Deed>,
}

/// A set of faults with a seed and a log. A clone is the same set: whoever holds one can change the faults of a
/// running simulation and read what they did.
#[derive(Clone, Default)]
pub struct Faults {
    state: Arc<Mutex<State>>,
    seed: u64,
    readdress: Option<Readdress>,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("specs", &self.specs())
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl Faults {
    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// These faults, by this seed.
    #[must_use]
    pub fn new(specs: Vec<Spec>, seed: u64) -> Self {
        let faults = Self { seed, ..Self::default() };
        faults.set(specs);
        faults
    }

    /// Reads each text as a [`Spec`].
    ///
    /// # Errors
    /// The first [`SpecError`].
    pub fn parse<T: AsRef<str>>(texts: &[T], seed: u64) -> Result<Self, SpecError> {
        let specs: Result<Vec<Spec>, SpecError> = texts.iter().map(|text| text.as_ref().parse()).collect();
        Ok(Self::new(specs?, seed))
    }

    /// With a way to put another address into a frame, which `misaddress` needs.
    #[must_use]
    pub fn with_readdress(mut self, readdress: Readdress) -> Self {
        self.readdress = Some(readdress);
        self
    }

    /// With this way unless there is one already.
    pub(crate) fn or_readdress(mut self, readdress: Readdress) -> Self {
        self.readdress.get_or_insert(readdress);
        self
    }

    /// Replaces the faults; a running simulation goes on with these.
    pub fn set(&self, specs: Vec<Spec>) {
        let mut state = self.lock();
        state.specs = specs;
        state.generation += 1;
    }

    /// The faults in force.
    #[must_use]
    pub fn specs(&self) -> Vec<Spec> {
        self.lock().specs.clone()
    }

    /// What was done so far, oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<Deed> {
        self.lock().log.iter().cloned().collect()
    }

    pub(super) const fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn note(&self, deed: Deed) {
        let mut state = self.lock();
        if state.log.len() >= LOG_LENGTH {
            state.log.pop_front();
        }
        state.log.push_back(deed);
    }

    /// The faults, if they have changed since a generation.
    pub(super) fn since(&self, generation: u64) -> Option<(u64, Vec<Spec>)> {
        let state = self.lock();
        (state.generation != generation).then(|| (state.generation, state.specs.clone()))
    }

    pub(super) fn readdressed(&self, frame: &[u8], offset: u8) -> Option<Vec<u8>> {
        self.readdress.as_ref().and_then(|readdress| readdress(frame, offset))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
