//! Any bytes through framers and dissectors of the families that push binary, in every dialect, and as the
//! data of a push whose checksum fits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meterscope::protocol::{Dialect, Family, Source, laws, registry};

fuzz_target!(|input: &[u8]| {
    let (cuts, bytes) = input.split_at(input.len().min(4));
    let cuts: Vec<usize> = cuts.iter().map(|cut| usize::from(*cut)).collect();
    for id in ["dlms-mbus", "dlms-hdlc", "mbus"] {
        let family = registry::family(id).expect("in the registry");
        laws::stream(family, Source::Both, bytes, &cuts);
        for dialect in 0..8 {
            laws::dissection(family, bytes, None, Dialect(dialect));
        }
    }
    sealed(registry::family("dlms-mbus").expect("in the registry"), &[0x53, 0xFF, 0x10, 0x01, 0x67], bytes);
    sealed(registry::family("mbus").expect("in the registry"), &[0x08, 0x01, 0x72], bytes);
});

/// As the content of a frame that is sound.
fn sealed(family: &dyn Family, head: &[u8], bytes: &[u8]) {
    let body = [head, bytes.get(..240).unwrap_or(bytes)].concat();
    laws::dissection(family, &family.with_checksum(&body), None, Dialect(0));
}
