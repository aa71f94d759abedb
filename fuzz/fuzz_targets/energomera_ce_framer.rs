//! Any bytes in any chunking, with any silences, through the framers of `energomera-ce`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| meterscope_fuzz::frame(meterscope_fuzz::family("energomera-ce"), input));
