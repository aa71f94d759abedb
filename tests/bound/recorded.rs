//! Replies that meters were recorded to send, by family.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use meterscope::frame::hex;
use meterscope::protocol::registry::FAMILIES;
use meterscope::protocol::{LineSettings, Source};
use serde_json::Value;

const FILES: [&str; 8] = [
    include_str!("../vectors/energomera_ce.jsonl"),
    include_str!("../vectors/mercury200.jsonl"),
    include_str!("../vectors/mercury230.jsonl"),
    include_str!("../vectors/iec62056_21.jsonl"),
    include_str!("../vectors/energomera_ascii.jsonl"),
    include_str!("../vectors/dsmr_p1.jsonl"),
    include_str!("../vectors/dlms_mbus.jsonl"),
    include_str!("../vectors/dlms_peers.jsonl"),
];

/// The replies of all families, or of those whose framer takes them for a sound frame of its own.
pub struct Recorded(Vec<Vec<u8>>, RefCell<HashMap<String, Replies>>);

/// Whole replies.
pub type Replies = Rc<Vec<Vec<u8>>>;

impl Recorded {
    pub fn all() -> Self {
        let lines = FILES.iter().flat_map(|file| file.lines()).filter(|line| !line.trim().is_empty());
        Self(
            lines.filter_map(|line| reply(&serde_json::from_str(line).expect("a vector"))).collect(),
            RefCell::default(),
        )
    }

    /// Those of a family; all where none was recorded.
    pub fn of(&self, family: &str) -> Replies {
        let mut known = self.1.borrow_mut();
        Rc::clone(known.entry(family.to_owned()).or_insert_with(|| Rc::new(self.sorted_out(family))))
    }

    fn sorted_out(&self, family: &str) -> Vec<Vec<u8>> {
        let family = FAMILIES.iter().find(|known| known.id() == family).expect("a family");
        let is_own = |bytes: &&Vec<u8>| {
            let mut framer = family.framer(Source::Replies, LineSettings::default());
            let mut is_sound = false;
            let mut look = |piece: meterscope::protocol::Piece<'_>| {
                is_sound |= matches!(
                    piece.kind,
                    meterscope::protocol::PieceKind::Frame(judged) if judged != meterscope::protocol::Integrity::Bad
                );
            };
            framer.push(bytes, meterscope::frame::At::ZERO, &mut look);
            framer.finish(&mut look);
            is_sound
        };
        let own: Vec<Vec<u8>> = self.0.iter().filter(is_own).cloned().collect();
        if own.is_empty() { self.0.clone() } else { own }
    }
}

fn reply(vector: &Value) -> Option<Vec<u8>> {
    let direction = vector["direction"].as_str().unwrap_or("response");
    if matches!(direction, "request" | "host->meter") {
        return None;
    }
    match (vector["hex"].as_str(), vector["text"].as_str()) {
        (Some(text), _) => hex::parse(text).ok(),
        (None, text) => text.map(|text| text.as_bytes().to_vec()),
    }
}
