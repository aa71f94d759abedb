//! What is wrong is named, each kind by its own name, and never becomes a value.

use proptest::prelude::*;

use super::super::{OverHdlc, OverMbus};
use super::{Told, listen, problems, readings, vector, vectors};
use crate::frame::{Secret, hex};
use crate::protocol::{Dialect, Family, Judged, MeterKey, PieceKind, Source, laws};

/// What the program calls the errors of the vectors.
fn code(expected: &str) -> &str {
    match expected {
        "plaintext-check" => "wrong-key",
        other => other,
    }
}

#[test]
fn every_damaged_or_unusual_telegram_gives_its_named_error() {
    let mut seen = 0;
    for vector in vectors().iter().filter(|v| matches!(v.protocol(), "mbus-dlms" | "hdlc-dlms")) {
        let Some(error) = vector.error() else { continue };
        if error == "invalid-hex" {
            let text = vector.json["hex"].as_str().unwrap();
            let position = vector.json["expect"]["at_char"].as_u64().unwrap() as usize;
            let is_here = |e: &hex::HexError| matches!(e, hex::HexError::NotHex { position: found, .. } if found.abs_diff(position) <= 1);
            assert!(hex::parse(text).is_err_and(|e| is_here(&e)));
            continue;
        }
        // Nothing but the next push can show that one was left unfinished.
        let next = super::vector("netznoe-kaifa-ma309-live").bytes();
        let bursts = [vector.bytes(), if error == "timeout-incomplete" { next } else { Vec::new() }];
        let keys = if vector.id == "neg-wrong-key" {
            vec![key("00000000000000000000000000000000")]
        } else {
            vector.keys()
        };
        let told = listen(vector.family(), &bursts.each_ref().map(Vec::as_slice), &keys);
        assert!(
            problems(&told).contains(&code(error)),
            "{} {error}: {:?} {:?}",
            vector.id,
            problems(&told),
            told.iter().map(|t| (t.kind, t.bytes.len())).collect::<Vec<_>>()
        );
        if error != "segment-restart" {
            assert_eq!(readings(&told), [], "{}", vector.id);
        }
        seen += 1;
    }
    assert_eq!(seen, 20);
}

fn key(text: &str) -> MeterKey {
    MeterKey { system_title: None, encryption: Secret::new(hex::parse(text).unwrap()), authentication: None }
}
