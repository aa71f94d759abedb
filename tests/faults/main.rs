//! What goes wrong in the field, done to simulated meters on purpose. Every fault must be named, must not
//! outlive itself by more than one exchange, and must never make a wrong value look good.
//!
//! | file | faults |
//! | --- | --- |
//! | `echo.rs` | the adapter hears itself |
//! | `line.rs` | stray, changed and lost bytes; wiring; settings |
//! | `time.rs` | pieces, clumps, late and slow answers |
//! | `answers.rs` | sound frames that are not the answer |
//! | `links.rs` | converters and adapters that go away, in memory |
//! | `ports.rs` | the same on real sockets and pseudo-terminals |
//! | `compound.rs` | two at once |
//! | `corruption.rs` | thousands of damaged answers, counted |
//! | `soak.rs` | hours of a bad line |
//!
//! The numbers F01 to F66 in the names of cases are those of the list that the project keeps of faults seen in
//! the field.

#![cfg(test)]

mod answers;
mod bench;
#[path = "../support/clock.rs"]
mod clock;
mod compound;
mod corruption;
mod echo;
mod line;
mod links;
mod others;
#[cfg(unix)]
mod ports;
mod scripted;
mod soak;
mod speed;
mod time;
