//! The recorded frames, one test of everything that is known about each line.

mod flips;
mod readings;
mod vectors;
