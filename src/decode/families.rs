//! What every family's recorded frames are taken for when nobody says whose they are.

use serde_json::Value as Json;

use super::recognition::{Found, find};
use crate::frame::hex;

const FILES: [&str; 7] = [
    include_str!("../../tests/vectors/energomera_ce.jsonl"),
    include_str!("../../tests/vectors/mercury200.jsonl"),
    include_str!("../../tests/vectors/mercury230.jsonl"),
    include_str!("../../tests/vectors/iec62056_21.jsonl"),
    include_str!("../../tests/vectors/energomera_ascii.jsonl"),
    include_str!("../../tests/vectors/dsmr_p1.jsonl"),
    include_str!("../../tests/vectors/dlms_mbus.jsonl"),
];

/// Data lines without STX and check character, as meters of mode D push them: that is what a P1 port sends, too.
const PUSHED_LINES: [&str; 5] = [
    "ace3000-echo-garbage",
    "easymeter-q3d-moded",
    "easymeter-q3d-negative",
    "ebz-dd3",
    "emh-lzqj-table4-lines",
];

/// The family that a vector's protocol belongs to; `None` for what comes without a frame.
fn family(protocol: &str) -> Option<&'static str> {
    Some(match protocol {
        "energomera-ce" => "energomera-ce",
        "mercury200" => "mercury200",
        "mercury230" => "mercury230",
        "mbus" => "mbus",
        "hdlc-dlms" => "dlms-hdlc",
        "mbus-dlms" => "dlms-mbus",
        "dlms-apdu" | "dlms-gcm" | "p1-dlms" => return None,
        protocol if protocol.starts_with("dsmr") => "dsmr-p1",
        _ => "iec62056-21",
    })
}

/// A recorded frame: its name, its family and its bytes.
type Recorded = (String, &'static str, Vec<u8>);

fn recorded() -> Vec<Recorded> {
    let frame = |line: &str| {
        let json: Json = serde_json::from_str(line).unwrap();
        let text = |name: &str| json[name].as_str();
        let family = family(text("protocol")?)?;
        let as_hex = text("frame_hex").or(text("hex")).and_then(|text| hex::parse(text).ok());
        let bytes = as_hex.or_else(|| text("text").map(|text| text.as_bytes().to_vec()))?;
        Some((text("id")?.to_owned(), family, bytes))
    };
    FILES.iter().flat_map(|file| file.lines().filter_map(frame)).collect()
}

#[test]
fn every_recorded_frame_is_taken_for_its_own_family_or_said_to_fit_it_as_well() {
    let frames = recorded();
    assert!(frames.len() > 700, "{}", frames.len());
    let mut strangers = Vec::new();
    for (id, family, bytes) in frames {
        let Some(Found { taken, rivals, .. }) = find(&bytes, &[]) else { panic!("{id}: nobody's") };
        if taken.family.id() != family && !rivals.contains(&family) {
            strangers.push((id, family, taken.family.id()));
        }
    }
    // A request without its CRC, as its source has it.
    strangers.retain(|(id, ..)| id != "m206-sg-nocrc");
    let is_pushed =
        |(id, _, found): &(String, &str, &str)| PUSHED_LINES.contains(&id.as_str()) && *found == "dsmr-p1";
    assert!(strangers.iter().all(is_pushed), "{strangers:?}");
}
