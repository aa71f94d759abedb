//! Exchanges against simulated meters, on time that is passed in.

mod archive;
mod bench;
mod sessions;
mod troubles;
mod whole;
