//! DLMS/COSEM as meters push it to their customers: over wired M-Bus (Austria) and over HDLC (most others).
//!
//! Sources: DLMS UA Green Book, ed. 8 (transport, ciphering), Blue Book, ed. 13 (data types, units, OBIS);
//! the interface descriptions of utilities and makers named beside each list.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `family.rs` | what both families have in common |
//! | `over_mbus.rs`, `over_hdlc.rs`, `hdlc.rs`, `blocks.rs` | the two carriers: frames, segments, blocks |
//! | `standing.rs` | which frame belongs to which message; counters and their steps |
//! | `push.rs`, `assembled.rs`, `remarks.rs` | what was put together, and what is said about it |
//! | `ciphering.rs`, `opening.rs`, `bare.rs`, `wrapped.rs` | the ciphering header, opening it, APDUs without a carrier |
//! | `content.rs`, `stamp.rs`, `axdr.rs`, `compact.rs`, `loose.rs`, `time.rs`, `units.rs` | a data notification and its types |
//! | `layout.rs`, `lists.rs`, `maker.rs`, `obis.rs` | what the elements of a list are |
//! | `secrets.rs` | passwords and keys by their place |
//! | `responder/` | the meter's side |

mod assembled;
mod axdr;
mod bare;
mod blocks;
mod ciphering;
mod compact;
mod content;
mod family;
mod hdlc;
mod layout;
mod lists;
mod loose;
mod maker;
mod obis;
mod opening;
mod over_hdlc;
mod over_mbus;
mod push;
mod remarks;
mod responder;
mod secrets;
mod stamp;
mod standing;
mod time;
mod units;
mod wrapped;

/// The protocol family `dlms-mbus`.
#[derive(Debug)]
pub struct OverMbus;

/// The protocol family `dlms-hdlc`.
#[derive(Debug)]
pub struct OverHdlc;

#[cfg(test)]
mod tests;
