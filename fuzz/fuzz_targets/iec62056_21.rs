//! Any bytes through the framers and the dissector of `iec62056-21`, in every dialect, alone and as the answer to a
//! request: the input is a stream with its chunking, and a request with its answer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let family = meterscope_fuzz::family("iec62056-21");
    meterscope_fuzz::frame(family, input);
    meterscope_fuzz::dissect(family, input);
});
