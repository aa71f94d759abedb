mod damage;
mod faults;
mod peers;
mod published;
mod quirks;
mod reassembly;
mod tables;
mod talk;

use serde_json::Value as Json;

use super::{OverHdlc, OverMbus};
use crate::frame::{At, Dissection, Secret, hex};
use crate::protocol::{Context, Family, LineSettings, MeterKey, PieceKind, Relation, Seen, Source};

const VECTORS: &str = include_str!("../../../../tests/vectors/dlms_mbus.jsonl");

/// A line of the vectors file.
pub(super) struct Vector {
    pub id: String,
    pub json: Json,
}

impl Vector {
    pub(super) fn bytes(&self) -> Vec<u8> {
        hex::parse(self.json["hex"].as_str().unwrap()).unwrap()
    }

    pub(super) fn keys(&self) -> Vec<MeterKey> {
        let secret = |name: &str| self.json[name].as_str().map(|text| Secret::new(hex::parse(text).unwrap()));
        let key = secret("key").map(|encryption| MeterKey {
            system_title: secret("system_title").and_then(|title| title.reveal().try_into().ok()),
            encryption,
            authentication: secret("auth_key"),
        });
        key.into_iter().collect()
    }

    pub(super) fn family(&self) -> &'static dyn Family {
        match self.json["protocol"].as_str().unwrap() {
            "mbus-dlms" => &OverMbus,
            _ => &OverHdlc,
        }
    }

    pub(super) fn protocol(&self) -> &str {
        self.json["protocol"].as_str().unwrap()
    }

    pub(super) fn error(&self) -> Option<&str> {
        self.json["expect"]["error"].as_str()
    }
}

pub(super) fn vectors() -> Vec<Vector> {
    vectors_in(VECTORS)
}

/// The lines of a vectors file.
pub(super) fn vectors_in(file: &str) -> Vec<Vector> {
    let vector = |line: &str| {
        let json: Json = serde_json::from_str(line).unwrap();
        Vector { id: json["id"].as_str().unwrap().to_owned(), json }
    };
    file.lines().map(vector).collect()
}

pub(super) fn vector(id: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.id == id).unwrap_or_else(|| panic!("no vector {id}"))
}

/// A piece of a stream, explained if it is a frame.
pub(super) struct Expected {
    pub kind: PieceKind,
    pub bytes: Vec<u8>,
    pub relation: Relation,
    pub dissection: Option<Dissection>,
}

impl Expected {
    pub(super) fn frame(&self) -> Option<&Dissection> {
        self.dissection.as_ref()
    }
}

/// Everything that a line tells which carries these bursts, three seconds apart.
pub(super) fn listen(family: &dyn Family, bursts: &[&[u8]], keys: &[MeterKey]) -> Vec<Expected> {
    let mut pieces: Vec<(PieceKind, Vec<u8>, At)> = Vec::new();
    let mut framer = family.framer(Source::Both, LineSettings::e81(2400));
    for (index, burst) in bursts.iter().enumerate() {
        let at = At::from_millis(3000 * index as u64);
        framer.push(burst, at, &mut |piece| pieces.push((piece.kind, piece.bytes.to_vec(), piece.first)));
    }
    framer.finish(&mut |piece| pieces.push((piece.kind, piece.bytes.to_vec(), piece.first)));
    let mut tracker = family.tracker(crate::protocol::Dialect(0));
    let mut told: Vec<Expected> = Vec::new();
    for (number, (kind, bytes, at)) in pieces.into_iter().enumerate() {
        let is_frame = matches!(kind, PieceKind::Frame(_));
        let seen = Seen { number: number as u32, bytes: &bytes, source: Source::Both, first: at, last: at };
        let relation = if is_frame { tracker.track(seen) } else { Relation::default() };
        let dissection = is_frame.then(|| {
            let before = told
                .iter()
                .filter(|t| t.relation.message.is_some() && t.relation.message == relation.message);
            let mut parts: Vec<&[u8]> = before.map(|t| t.bytes.as_slice()).collect();
            parts.push(&bytes);
            let last = told.iter().rev().find_map(|t| t.relation.message);
            let before = told.iter().filter(|t| last.is_some() && t.relation.message == last);
            let is_broken_off = family.is_broken_off(relation.step);
            let dropped: Vec<&[u8]> = before.map(|t| t.bytes.as_slice()).filter(|_| is_broken_off).collect();
            let context = Context {
                direction: relation.direction,
                dropped: &dropped,
                parts: if relation.message.is_some() { &parts } else { &[] },
                dialect: relation.dialect,
                step: relation.step,
                keys,
                ..Context::default()
            };
            family.dissect(&bytes, &context)
        });
        told.push(Expected { kind, bytes, relation, dissection });
    }
    told
}

/// The codes of all problems.
pub(super) fn problems(told: &[Expected]) -> Vec<&'static str> {
    told.iter().filter_map(Expected::frame).flat_map(|d| d.problems.iter().map(|p| p.code.as_str())).collect()
}

/// All readings, as texts: code, value, unit.
pub(super) fn readings(told: &[Expected]) -> Vec<(String, String)> {
    let all = told.iter().filter_map(Expected::frame).flat_map(|d| &d.readings);
    let code = |r: &crate::reading::Reading| r.code.map_or_else(String::new, |code| code.to_string());
    all.map(|r| (code(r), crate::frame::visible::reading(r))).collect()
}
