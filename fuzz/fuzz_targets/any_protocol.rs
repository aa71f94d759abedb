//! Any bytes in any chunking to every protocol there is.
#![no_main]

use meterscope::protocol::registry;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    for family in registry::FAMILIES {
        meterscope_fuzz::frame(*family, input);
    }
});
