//! meterscope explains what electricity meters say: every byte of every frame, with its values, in exact decimals.
//!
//! ```
//! // A CE307 is asked for a tariff, and answers.
//! let bytes = meterscope::frame::hex::parse(
//!     "C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 01 F5 C0 C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B C0",
//! )
//! .unwrap();
//! for frame in meterscope::decode(&bytes) {
//!     println!("{}", frame.dissection.summary());
//! }
//! ```
//!
//! [`decode()`] finds the protocol out, [`decode_as`] is told it, `read` (feature `engine`) asks a meter over any link.
//! `examples/` shows the three, and listening to a line.
//!
//! | feature | adds |
//! | --- | --- |
//! | none | bytes into explained frames, commands into bytes: pure, no I/O |
//! | `engine` | links over TCP and files, the trace, the bus |
//! | `serial`, `mqtt`, `sim` | serial ports, MQTT brokers, simulated meters |
//! | `cli`, `tui` | the program `meterscope`: its commands, its console |
//!
//! All are on by default.
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
//! | [`mod@decode`] | bytes into explained frames |
//! | `link` | transports, one file a kind |
//! | `trace` | the ordered record in memory and on disk |
//! | `bus` | the task that joins link, trace and protocol |
//! | `sim` | simulated meters and the fault proxy |
//! | `app` | what both faces share |
//! | `cli`, `tui` | the two faces |

#![warn(unreachable_pub)]

#[cfg(feature = "engine")]
pub mod app;
#[cfg(feature = "engine")]
pub mod bus;
#[cfg(feature = "cli")]
pub mod cli;
pub mod decode;
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

#[cfg(feature = "engine")]
pub use app::read::{Answers, ReadError, read};
pub use decode::{Frame, decode, decode_as, decode_with};
