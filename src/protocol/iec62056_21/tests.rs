//! The recorded frames, one test of everything that is known about each line.

mod flips;
mod lenient;
mod readings;
mod vectors;
