//! Any bytes through the framer and dissector of one family, all dialects, alone and as answer to each other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meterscope::protocol::{Dialect, Source, laws, registry};

fuzz_target!(|input: &[u8]| {
    let family = registry::family("mercury230").expect("in the registry");
    let (cuts, bytes) = input.split_at(input.len().min(4));
    let cuts: Vec<usize> = cuts.iter().map(|cut| usize::from(*cut)).collect();
    for source in [Source::Requests, Source::Replies, Source::Both] {
        laws::stream(family, source, bytes, &cuts);
    }
    // The first byte says how many of the others are the request.
    let (request, reply) = bytes.split_at(bytes.len().min(usize::from(input.first().copied().unwrap_or(0) % 16)));
    for dialect in 0..4 {
        laws::dissection(family, bytes, None, Dialect(dialect));
        laws::dissection(family, bytes, Some(bytes), Dialect(dialect));
        laws::dissection(family, reply, Some(&family.with_checksum(request)), Dialect(dialect));
        laws::dissection(
            family,
            &family.with_checksum(reply),
            Some(&family.with_checksum(request)),
            Dialect(dialect),
        );
    }
});
