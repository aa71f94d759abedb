//! Any bytes through the dissector of `mercury200`, in every dialect, with and without a request.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| meterscope_fuzz::dissect(meterscope_fuzz::family("mercury200"), input));
