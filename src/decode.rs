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
/// // A Mercury 200 is asked for its four tariffs, and answers.
/// let bytes = [
///     0x00, 0x06, 0x47, 0x5E, 0x27, 0xBF, 0x6B, // request
///     0x00, 0x06, 0x47, 0x5E, 0x27, 0x00, 0x12, 0x01, 0x07, 0x00, 0x04, 0x33, 0x13, // reply:
///     0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x2F, 0x93, // four counters, CRC
/// ];
/// let frames = meterscope::decode(&bytes);
/// let reply = &frames[1];
/// assert_eq!(reply.relation.answers, Some(0));
/// assert_eq!(reply.dissection.readings[0].value.to_string(), "1201.07");
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
/// let frames = meterscope::decode_as(family, b"\x021.8.0(002979.64*kWh)\x03\x0F");
/// assert_eq!(frames[0].dissection.readings[0].value.to_string(), "002979.64");
/// ```
#[must_use]
pub fn decode_as(family: &'static dyn Family, bytes: &[u8]) -> Vec<Frame> {
    decode_with(Decoder::of(family), bytes, &[])
}
