//! Protocols, pure: bytes and time in, facts and next steps out. No I/O, no clock, no thread, no log.
//!
//! A family is one folder and one line in [`registry`]. It brings five pieces, each behind a small trait:
//!
//! | piece | file | what it does |
//! | --- | --- | --- |
//! | [`Framer`] | `framer.rs` | cuts the byte stream into frames and noise, losing nothing |
//! | [`Tracker`] | `tracker.rs` | sees every frame once and notes what it answers |
//! | dissector | `dissect.rs` | explains one frame, down to the last byte ([`Family::dissect`]) |
//! | [`Exchange`] | `exchange.rs` | carries a command out as a state machine |
//! | [`Responder`] | `responder.rs` | the meter's side, for the simulator |

mod address;
mod argument;
mod bound;
pub mod cipher;
mod command;
mod decoder;
mod delimited;
#[cfg(test)]
pub mod drive;
mod exchange;
mod family;
mod fields;
pub mod foreign_master;
mod framer;
pub mod guard;
mod held;
mod incotex;
mod keys;
pub mod known_code;
pub mod laws;
mod line;
pub mod line_search;
mod listen;
mod load_profile;
mod meter_id;
mod modbus_write;
mod parity;
pub mod registry;
pub mod request_reply;
mod responder;
pub mod sealed;
pub mod secrets;
mod sheet;
mod silence_framer;
mod stage;
mod tracker;
mod wait;

pub mod dlms;
pub mod dsmr_p1;
pub mod energomera_ce;
pub mod iec62056_21;
pub mod mbus;
pub mod mercury200;
pub mod mercury230;

pub use address::Address;
pub use argument::{Argument, ArgumentError, Arguments};
pub use bound::{Allowance, Bound, Excess, Limit, Spent};
#[cfg(test)]
pub use command::example;
pub use command::{Access, Choice, Command, Group, Kind, Parameter};
pub use decoder::Decoder;
pub use exchange::{
    Action, Event, Exchange, Failure, Fault, IfSilent, Lock, Options, Plan, Request, Unfit, Warning,
};
pub use family::{ComposeError, Context, Dialect, Family, Profile};
pub use foreign_master::{ForeignMaster, MasterRequest, Strength};
pub use framer::{Framer, Judged, Piece, PieceKind, Source};
pub use keys::MeterKey;
pub use known_code::KnownCode;
pub use line::{BadLine, LineSettings, Parity};
pub use line_search::{Finding, LineSearch};
pub use load_profile::{LoadProfile, Reach};
pub use meter_id::MeterId;
pub use parity::{Evidence, Weight};
pub use responder::{Load, Now, Responder, Setup, SetupError, Told};
pub use stage::Stage;
pub use tracker::{Relation, Seen, Tracker};
pub use wait::{BETWEEN_BYTES, Patience, Wait};
