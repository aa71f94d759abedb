//! Any bytes in any chunking to every protocol there is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meterscope::protocol::{Source, laws, registry};

fuzz_target!(|input: (Vec<u8>, Vec<u8>)| {
    let (bytes, cuts) = input;
    let mut at = 0;
    let cuts: Vec<usize> = cuts
        .iter()
        .map(|step| {
            at += usize::from(*step);
            at
        })
        .collect();
    for family in registry::FAMILIES {
        laws::stream(*family, Source::Both, &bytes, &cuts);
    }
});
