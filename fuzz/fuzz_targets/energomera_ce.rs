//! Any bytes through the framer and dissector of one family, both dialects and both ways round.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meterscope::protocol::{Dialect, Source, laws, registry};

fuzz_target!(|input: &[u8]| {
    let family = registry::family("energomera-ce").expect("in the registry");
    let (cuts, bytes) = input.split_at(input.len().min(4));
    let cuts: Vec<usize> = cuts.iter().map(|cut| usize::from(*cut)).collect();
    for source in [Source::Requests, Source::Replies, Source::Both] {
        laws::stream(family, source, bytes, &cuts);
    }
    for dialect in 0..3 {
        laws::dissection(family, bytes, None, Dialect(dialect));
        laws::dissection(family, bytes, Some(bytes), Dialect(dialect));
    }
});
