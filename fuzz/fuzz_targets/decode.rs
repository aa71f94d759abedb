//! Any bytes as what a person hands to `decode`: its form is found out, its protocol, and every byte of it is in one
//! entry of the trace.
#![no_main]

use meterscope::app::decode::{self, Input};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(Input::Bytes(bytes)) = decode::recognise(input.to_vec()) else { return };
    let trace = decode::digest(&bytes, decode::detect(&bytes));
    let entries = (0..trace.len()).filter_map(|number| trace.entry(number));
    let found: Vec<u8> = entries.flat_map(|entry| trace.bytes_of(&entry).into_owned()).collect();
    assert!(found == bytes, "bytes were lost");
});
