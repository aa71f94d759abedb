//! Any bytes as what a person hands to `decode`: its form is found out, its protocol, and every byte of it is in one
//! entry of the trace.
#![no_main]

use std::io::Cursor;

use meterscope::app::decode::{Explained, Input, Origin};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let open = || Input::open(Origin::Stream(Box::new(Cursor::new(input.to_vec()))));
    let Ok(Input::Bytes(mut bytes)) = open() else { return };
    let mut handed_in = Vec::new();
    while let Some(piece) = bytes.next_piece().expect("what was not read at once is not there") {
        handed_in.extend_from_slice(piece);
    }
    let mut explained = open().and_then(|input| Explained::new(input, None, Vec::new())).expect("as before");
    while explained.step().expect("as before") {}
    let trace = explained.trace();
    let entries = (0..trace.len()).filter_map(|number| trace.entry(number));
    let found: Vec<u8> = entries.flat_map(|entry| trace.bytes_of(&entry).into_owned()).collect();
    assert!(found == handed_in, "bytes were lost");
});
