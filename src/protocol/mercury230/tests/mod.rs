//! The family as a whole: published frames, laws, and conversations with a simulated meter.

mod alone;
mod explained;
mod framing;
mod laws;
mod line;
mod published;
mod talk;
