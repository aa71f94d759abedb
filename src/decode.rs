//! Bytes into explained frames, without a link, a trace or a clock: the front door of the library.

#[cfg(test)]
mod families;
mod pieces;
mod recognition;

pub use pieces::{Frame, decode_with};
pub use recognition::{Found, LOOKED_AT, detect, find, recognise_good};

use crate::protocol::{Decoder, Family};

/// Explains bytes of whichever family: the one that finds the most in them. Bytes of no family are noise.
///
/// The frames follow each other without a gap, so that their ranges cover the input.
///
/// ```
/// // A CE307 is asked for a tariff, and answers.
/// let bytes = meterscope::frame::hex::parse(
///     "C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 01 F5 C0 C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B C0",
/// )
/// .unwrap();
/// let frames = meterscope::decode(&bytes);
/// let reply = &frames[1];
/// assert_eq!(reply.relation.answers, Some(0));
/// assert_eq!(meterscope::frame::visible::reading(&reply.dissection.readings[0]), "T1 2979.64 kWh");
/// ```
#[must_use]
pub fn decode(bytes: &[u8]) -> Vec<Frame> {
    match detect(bytes, &[]) {
        Some(decoder) => decode_with(decoder, bytes, &[]),
        None if bytes.is_empty() => Vec::new(),
        None => vec![pieces::noise(bytes, 0..bytes.len())],
    }
}

/// Explains bytes of a known family.
///
/// ```
/// use meterscope::protocol::registry;
///
/// let family = registry::family("iec62056-21").expect("a family of the registry");
/// let frames = meterscope::decode_as(family, b"\x021.8.0(002979.64*kWh)\x03\x6C");
/// assert_eq!(frames[0].dissection.readings.len(), 1);
/// ```
#[must_use]
pub fn decode_as(family: &'static dyn Family, bytes: &[u8]) -> Vec<Frame> {
    decode_with(Decoder::of(family), bytes, &[])
}
