//! Failures in words.

use super::super::state::State;
use super::super::state::bench::Outcome;
use crate::protocol::{Failure, Fault};

/// A failure in one line.
pub fn line(failure: &Failure) -> String {
    match &failure.fault {
        Fault::NoAnswer { sent, .. } => format!("no answer, asked {sent} times"),
        Fault::Damaged { what } => format!("answer damaged: {what}"),
        Fault::Unexpected(_) => "answered something else".to_owned(),
        Fault::Refused { meaning, .. } => format!("refused: {meaning}"),
        Fault::LineRefused => "line settings refused".to_owned(),
        Fault::Cancelled => "stopped".to_owned(),
        Fault::LinkLost => "link lost".to_owned(),
    }
}

/// What the bench shows of a failure.
pub fn outcome(_state: &State, failure: &Failure, _request: Option<u32>) -> Outcome {
    Outcome::Failed { headline: line(failure), advice: Vec::new() }
}
