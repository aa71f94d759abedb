//! Simulated meters and buses at the far end of a link or of a served socket, and the seeded fault proxy.
//!
//! | file | what it does |
//! | --- | --- |
//! | `meter.rs` | one simulated meter: a family's [`Responder`](crate::protocol::Responder) and where it is found |
//! | `line.rs` | how long characters take on the wire, and in which pieces they are handed over |
//! | `wire.rs` | several meters on one wire, pure: commands and time in, events with their times out |
//! | `misheard.rs` | what other line settings make of characters |
//! | `bus.rs` | the wire as a [`Link`](crate::link::Link), in real or paused time |
//! | `fault/` | what goes wrong on a line, by seed, with a log of what was done |
//! | `sessions.rs` | whether a meter of a bus is in a session |
//! | `load.rs` | the household behind a demo meter |
//! | `demo.rs` | one meter of every model |
//! | `serve/` | the same bus for other programs: TCP and pseudo-terminal |
//!
//! No protocol rule stands here: what a meter answers is its family's matter.

mod bus;
mod demo;
pub mod fault;
mod line;
mod load;
mod meter;
pub mod serve;
mod sessions;
#[cfg(test)]
mod toy;
mod uart;
mod wire;

pub use bus::{SimBus, open};
pub use demo::{demo_address, demo_key, demo_meters, share_a_bus};
pub use line::{Pace, Piece, Speed};
pub use meter::{MeterError, Secrets, SimMeter};
pub use sessions::{Sessions, SharedBus};
