//! Protocols, pure: bytes and time in, facts and next steps out. No I/O, no clock, no thread, no log.
//!
//! A family is one folder and one line in [`registry`]. It brings five pieces, each behind a small trait:
//!
//! | piece | file | what it does |
//! | --- | --- | --- |
//! | [`Framer`] | `framer.rs` | cuts the byte stream into frames and noise, losing nothing |
//! | [`Tracker`] | `tracker.rs` | sees every frame once and notes what it answers |
//! | dissector | `dissect.rs` | explains one frame, down to the last byte (`dissect` of a [`Family`]) |
//! | [`Exchange`] | `exchange.rs` | carries a command out as a state machine |
//! | [`Responder`] | `responder.rs` | the meter's side, for the simulator |

mod address;
mod argument;
mod bound;
pub mod cipher;
mod command;
mod context;
mod decoder;
mod delimited;
mod dialect;
mod dissection_builder;
#[cfg(test)]
pub mod drive;
mod exchange;
mod family;
mod family_profile;
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
pub mod line_hints;
pub mod line_search;
mod load_profile;
mod master_request;
pub mod message;
mod meter_id;
mod modbus_write;
mod parity;
mod push_exchange;
pub mod registry;
pub mod request_reply;
mod responder;
pub mod sealed;
pub mod secrets;
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
pub use context::Context;
pub use decoder::Decoder;
pub use dialect::Dialect;
pub use exchange::{
    Action, ComposeError, Event, Exchange, Failure, Fault, IfSilent, MissingKey, Options, Request, Unfit,
    Warning,
};
pub use family::{Families, Family, Plan, Profile};
pub use family_profile::{DialectProfile, FamilyProfile, Marks, Proof, Usual};
pub use foreign_master::ForeignMaster;
pub use framer::{Framer, Integrity, Piece, PieceKind, Source};
pub use keys::MeterKey;
pub use known_code::KnownCode;
pub use line::{BadLine, LineSettings, Parity};
pub use line_search::{Finding, LineSearch};
pub use load_profile::{LoadProfile, Reach};
pub use master_request::{MasterRequest, Strength};
pub use meter_id::MeterId;
pub use parity::{Evidence, Weight};
pub use responder::{Load, Now, Output, Responder, Setup, SetupError};
pub use stage::Stage;
pub use tracker::{Relation, Seen, Tracker};
pub use wait::{BETWEEN_BYTES, Patience, Wait};
