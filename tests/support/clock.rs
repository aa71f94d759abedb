//! The clock of simulated meters in tests.

use meterscope::link::Clock;

/// Starts at the same wall time in every run: what simulated meters send depends on the date.
pub fn start_clock() -> Clock {
    Clock::starting_at("2026-03-11T12:00:00Z".parse().unwrap())
}
