//! Any bytes as a capture file: read to its end, and played into a trace by every protocol and by none.
#![no_main]

use std::io::Cursor;

use meterscope::protocol::{Decoder, registry};
use meterscope::trace::Paging;
use meterscope::trace::pcapng::{Reader, Record};
use meterscope::trace::replay::Replay;

/// More packets than an input of the largest size can hold.
const MOST: usize = 1_000_000;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(mut reader) = Reader::new(input) else { return };
    let mut carried = 0;
    while let Some(record) = reader.next_record().expect("a slice can be read") {
        if let Record::Packet(packet) = record {
            carried += packet.bytes.len() + packet.comment.len();
        }
    }
    assert!(carried <= input.len(), "{carried} bytes out of a file of {}", input.len());
    let decoders = registry::FAMILIES.iter().map(|family| Some(Decoder::of(*family)));
    for decoder in decoders.chain([None]) {
        play(input, decoder);
    }
});

fn play(input: &[u8], decoder: Option<Decoder>) {
    let Ok(mut replay) = Replay::new(Cursor::new(input), decoder) else { return };
    let mut trace = replay.trace(Paging::default());
    replay.step(&mut trace, MOST).expect("a slice can be read");
    for number in 0..trace.len() {
        let entry = trace.entry(number).expect("it is there");
        assert_eq!(trace.bytes_of(&entry).len(), entry.len as usize);
    }
}
