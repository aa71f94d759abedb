//! Any bytes through the framer and dissector of P1, in every dialect, in clear and encrypted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meterscope::frame::{FieldTree, Secret};
use meterscope::protocol::{Context, Dialect, MeterKey, Source, laws, registry};

/// More dialects than there are.
const DIALECTS: u8 = 17;

fuzz_target!(|input: &[u8]| {
    let family = registry::family("dsmr-p1").expect("in the registry");
    let (cuts, bytes) = input.split_at(input.len().min(4));
    let cuts: Vec<usize> = cuts.iter().map(|cut| usize::from(*cut)).collect();
    for source in [Source::Requests, Source::Replies, Source::Both] {
        laws::stream(family, source, bytes, &cuts);
    }
    for dialect in 0..DIALECTS {
        laws::dissection(family, bytes, None, Dialect(dialect));
    }
    let key = MeterKey { system_title: None, encryption: Secret::new(vec![0; 16]), authentication: None };
    let context = Context { keys: std::slice::from_ref(&key), ..Context::default() };
    for layer in family.dissect(bytes, &context).layers {
        assert!(layer.fields.tiles(layer.bytes.len()), "{}", layer.kind);
    }
});
