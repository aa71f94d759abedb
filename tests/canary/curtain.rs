//! Masks cover passwords and nothing else.

use meterscope::frame::{Direction, Mask, Value};
use meterscope::protocol::secrets::{self, Surroundings};
use meterscope::protocol::{Context, Dialect, Family, registry};

/// Recorded frames of every family, from published captures and manuals; each line names its source.
const VECTORS: &[(&str, &[&str])] = &[
    (include_str!("../vectors/energomera_ce.jsonl"), &["energomera-ce"]),
    (include_str!("../vectors/energomera_ascii.jsonl"), &["iec62056-21"]),
    (include_str!("../vectors/iec62056_21.jsonl"), &["iec62056-21"]),
    (include_str!("../vectors/mercury200.jsonl"), &["mercury200"]),
    (include_str!("../vectors/mercury230.jsonl"), &["mercury230"]),
    (include_str!("../vectors/dsmr_p1.jsonl"), &["dsmr-p1"]),
    (include_str!("../vectors/dlms_mbus.jsonl"), &["dlms-mbus", "dlms-hdlc", "mbus"]),
    (include_str!("../vectors/dlms_peers.jsonl"), &["dlms-mbus", "dlms-hdlc"]),
];

/// Bits of a frame that are flipped at most, spread over it, in short frames and in long ones.
const MOST_FLIPS: [usize; 2] = [320, 64];

struct Vector {
    id: String,
    families: Vec<&'static dyn Family>,
    bytes: Vec<u8>,
}

fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    for (lines, families) in VECTORS {
        let families: Vec<_> = families.iter().map(|id| registry::family(id).unwrap()).collect();
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let json: serde_json::Value = serde_json::from_str(line).unwrap();
            let bytes = json["hex"].as_str().and_then(|hex| meterscope::frame::hex::parse(hex).ok());
            let bytes = bytes.or_else(|| json["text"].as_str().map(|text| text.as_bytes().to_vec()));
            let id = json["id"].as_str().unwrap_or_default().to_owned();
            all.extend(bytes.map(|bytes| Vector { id, families: families.clone(), bytes }));
        }
    }
    all
}

/// Whether a frame carries a password, by the family that it is of, in any of its dialects.
fn has_password(vector: &Vector) -> bool {
    vector.families.iter().any(|family| {
        (0..6).any(|dialect| {
            let context =
                Context { dialect: Dialect(dialect), direction: Direction::Request, ..Context::default() };
            let explained = family.explain(&vector.bytes, &context);
            explained.layers.iter().flat_map(|layer| &layer.fields).any(|field| field.value == Value::Secret)
        })
    })
}

fn mask(bytes: &[u8]) -> Mask {
    secrets::mask(bytes, Surroundings::default())
}

/// What every face shows of a frame is its dissection.
fn masked_by_dissection(vector: &Vector, bytes: &[u8]) -> bool {
    vector.families.iter().any(|family| {
        let explained = family.dissect(bytes, &Context::default());
        explained.layers.iter().flat_map(|layer| &layer.fields).any(|field| field.value == Value::Secret)
    })
}

#[test]
fn no_recorded_frame_without_a_password_has_a_masked_byte() {
    let mut without = 0;
    for vector in vectors().iter().filter(|vector| !has_password(vector)) {
        without += 1;
        let mask = mask(&vector.bytes);
        let hex = mask.spaced_hex(&vector.bytes);
        assert!(!mask.hides_anything(), "{}: {hex}", vector.id);
        assert!(!masked_by_dissection(vector, &vector.bytes), "{}", vector.id);
    }
    assert!(without > 800, "{without}");
}

#[test]
fn nor_has_one_with_a_flipped_bit() {
    let mut masked = Vec::new();
    for vector in vectors().iter().filter(|vector| !has_password(vector)) {
        let bits = 8 * vector.bytes.len();
        // A step without a common divisor with eight flips every bit of a byte somewhere.
        let [few, many] = MOST_FLIPS;
        let is_short = bits <= 2 * few;
        let step = bits.div_ceil(if is_short { few } else { many }) | 1;
        for bit in (0..bits).step_by(step) {
            let mut bytes = vector.bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let hex = mask(&bytes).spaced_hex(&bytes);
            if hex.contains("**") {
                masked.push(format!("{} bit {} of byte {}: {hex}", vector.id, bit % 8, bit / 8));
            } else if bits <= few && masked_by_dissection(vector, &bytes) {
                masked.push(format!(
                    "{} bit {} of byte {}, explained: {bytes:02X?}",
                    vector.id,
                    bit % 8,
                    bit / 8
                ));
            }
        }
    }
    assert!(masked.is_empty(), "{}: {:#?}", masked.len(), &masked[..masked.len().min(30)]);
}

#[test]
fn of_random_noise_at_most_three_bytes_in_a_hundred_are_masked() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    for len in [8, 9, 10, 11, 18, 64, 4096] {
        let (mut all, mut hidden) = (0, 0);
        while all < 100_000 {
            let noise: Vec<u8> = (0..len).map(|_| next()).collect();
            hidden += mask(&noise).hidden();
            all += len;
        }
        assert!(hidden * 100 <= all * 3, "runs of {len}: {hidden} of {all}");
    }
}
