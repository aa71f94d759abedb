//! Explaining bytes that were captured elsewhere: what form they have, whose they are, and the cut into frames.

mod explained;
mod foreign;
mod hex_text;
mod input;
#[cfg(test)]
mod tests;

pub use explained::{Explained, Soundness};
pub use input::{Input, InputError, Origin};

use jiff::Timestamp;

use crate::frame::At;
use crate::protocol::{Decoder, LineSettings};
use crate::trace::{Digest, Dir, Split, Trace};

/// Bytes of a link as a trace with frames, their relations found. There are no times: it is cut by grammar,
/// length and checksum alone. Without a protocol all of them are noise.
#[must_use]
pub fn digest(bytes: &[u8], decoder: Option<Decoder>) -> Trace {
    let mut trace = Trace::new(Timestamp::UNIX_EPOCH);
    let mut digest = listener(decoder);
    trace.record(Dir::Rx, bytes, At::ZERO);
    digest.push(Dir::Rx, bytes, At::ZERO, &mut trace, &mut |_| {});
    digest.finish(&mut trace, &mut |_| {});
    trace
}

/// Who cuts bytes of which only their order is known.
fn listener(decoder: Option<Decoder>) -> Digest {
    Digest::new(decoder, Split::Listening, LineSettings::default())
}
