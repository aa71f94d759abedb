//! The engine of meterscope, the bench instrument for electricity meters.
//!
//! Modules stand in layers, from the ground up; each imports only from those above it in this table, and
//! `tests/layers` fails when one does not.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`reading`] | quantities, OBIS codes, units, exact decimals |
//! | [`frame`] | fields, layers, verdicts, dissections: the vocabulary of explained bytes |
//! | [`protocol`] | one folder a family, pure: bytes and time in, facts and next steps out |
//! | [`meter`] | models as data: protocol, line, address rule, wiring |
//! | [`link`] | transports, one file a kind |
//! | [`trace`] | the ordered record in memory and on disk |
//! | [`bus`] | the task that joins link, trace and protocol |
//! | [`sim`] | simulated meters and the fault proxy |
//! | [`app`] | what both faces share |
//! | [`cli`], [`tui`] | the two faces |

#[cfg(feature = "engine")]
pub mod app;
#[cfg(feature = "engine")]
pub mod bus;
#[cfg(feature = "cli")]
pub mod cli;
pub mod frame;
#[cfg(feature = "engine")]
pub mod link;
pub mod meter;
pub mod protocol;
pub mod reading;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "engine")]
pub mod trace;
#[cfg(feature = "tui")]
pub mod tui;
