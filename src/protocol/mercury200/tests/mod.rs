//! Tests across the files of the family: published frames, laws, and conversations with a simulated meter.

mod laws;
mod line;
mod published;
mod talk;
