//! What the fuzz targets have in common: how an input is taken apart, and the laws it is held to.
//!
//! An input begins with its own chunking, so that one file is one case: a byte with the number of chunks, two
//! bytes for each (its length, the silence before it in half milliseconds), then the bytes of the stream. A
//! dissector's input begins with the length of the request that the frame answers, then that request.

use std::time::Duration;

use meterscope::protocol::{Dialect, Family, Source, laws, registry};

/// The dialects a family is tried with: more than those of requests and answers have.
const DIALECTS: std::ops::Range<u8> = 0..7;

/// Every source a framer can be made for.
const SOURCES: [Source; 3] = [Source::Requests, Source::Replies, Source::Both];

/// The family with an id.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn family(id: &str) -> &'static dyn Family {
    registry::family(id).expect("in the registry")
}

/// A stream with its chunking.
struct Stream<'a> {
    bytes: &'a [u8],
    cuts: Vec<usize>,
    silences: Vec<Duration>,
}

impl<'a> Stream<'a> {
    fn of(input: &'a [u8]) -> Self {
        let (&count, rest) = input.split_first().unwrap_or((&0, &[]));
        let (table, bytes) = rest.split_at(rest.len().min(2 * usize::from(count % 16)));
        let chunks = table.chunks_exact(2);
        let silences = chunks.clone().map(|chunk| Duration::from_micros(500 * u64::from(chunk[1]))).collect();
        let mut end = 0;
        let cuts = chunks
            .map(|chunk| {
                end += usize::from(chunk[0]);
                end
            })
            .collect();
        Self { bytes, cuts, silences }
    }
}

/// A stream through the framers of a family, and every frame that comes of it explained.
pub fn frame(family: &dyn Family, input: &[u8]) {
    let stream = Stream::of(input);
    for source in SOURCES {
        laws::stream(family, source, stream.bytes, &stream.cuts);
        laws::timed(family, source, stream.bytes, &stream.cuts, &stream.silences);
    }
}

/// A frame explained in every dialect, alone and as the answer to a request.
pub fn dissect(family: &dyn Family, input: &[u8]) {
    let (&length, rest) = input.split_first().unwrap_or((&0, &[]));
    let (request, frame) = rest.split_at(rest.len().min(usize::from(length)));
    for dialect in DIALECTS.map(Dialect) {
        laws::dissection(family, frame, None, dialect);
        laws::dissection(family, frame, Some(request), dialect);
    }
}
