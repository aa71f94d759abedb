//! Any text as a keys file: it is read or refused, and no refusal repeats what stands in it.
#![no_main]

use meterscope::app::keys;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Err(error) = keys::parse("keys.toml", text) {
        let told = error.to_string();
        let is_hex = |word: &&str| word.len() >= 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let secret = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_hex).find(|word| told.contains(word));
        assert!(secret.is_none(), "{told}");
    }
});
