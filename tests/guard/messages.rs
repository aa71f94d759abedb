//! What can be sent: every command of every model with the ends of its arguments, and every recorded message.

use std::time::Duration;

use meterscope::app::target::Target;
use meterscope::frame::{Secret, hex};
use meterscope::meter::{MODELS, Model};
use meterscope::protocol::{Access, Address, Command, Decoder, Kind, Request, registry};

/// Every family as it is without a model, and in the dialect of each model.
pub fn speakers() -> Vec<Decoder> {
    let plain = registry::FAMILIES.iter().map(|family| Decoder::of(*family));
    let of_models = MODELS.iter().map(|model| model.decoder());
    let mut all: Vec<Decoder> = plain.chain(of_models).collect();
    all.sort_by_key(|one| (one.family.id(), one.dialect.0));
    all.dedup_by_key(|one| (one.family.id(), one.dialect.0));
    all
}

/// A command of a model as its frames.
pub struct Composed {
    pub speaker: Decoder,
    pub name: String,
    pub access: Access,
    pub frames: Vec<Vec<u8>>,
}

/// Every command of every dialect, its arguments at either end and at their defaults.
pub fn composed() -> Vec<Composed> {
    let mut seen = Vec::new();
    let mut all = Vec::new();
    for model in MODELS {
        let speaker = model.decoder();
        if seen.contains(&speaker) {
            continue;
        }
        seen.push(speaker);
        for command in speaker.family.profile().dialect(model.dialect).commands {
            for end in [End::First, End::Last, End::Default] {
                all.extend(one(model, command, end).map(|frames| Composed {
                    speaker,
                    name: format!("{} {}", model.id, command.id),
                    access: command.access,
                    frames,
                }));
            }
        }
    }
    all
}

/// Which of the values that fit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
    Default,
}

fn one(model: &'static Model, command: &'static Command, end: End) -> Option<Vec<Vec<u8>>> {
    let value = |parameter: &meterscope::protocol::Parameter| match (end, parameter.default) {
        (End::Default, Some(default)) => default.to_owned(),
        _ => text(parameter.kind, end),
    };
    let pairs: Vec<(&str, String)> = command.parameters.iter().map(|p| (p.name, value(p))).collect();
    let arguments = command.arguments(pairs.iter().map(|(name, text)| (*name, text.as_str()))).ok()?;
    let target = Target {
        model,
        address: Address::numeric("1", 1),
        password: Some(Secret::new(b"222222".to_vec())),
        keys: Vec::new(),
    };
    let profile = target.profile(model.line, Duration::ZERO);
    target.family().compose(&profile, &Request { command, arguments }).ok()
}

fn text(kind: Kind, end: End) -> String {
    let is_first = end == End::First;
    match kind {
        Kind::Integer { min, max } => if is_first { min } else { max }.to_string(),
        Kind::Choice(choices) => {
            let choice = if is_first { choices.first() } else { choices.last() };
            choice.map(|choice| choice.word.to_owned()).unwrap_or_default()
        }
        Kind::DateTime => "2026-03-01T12:00:00".to_owned(),
        Kind::Date => if is_first { "2026-03-01" } else { "2099-12-31" }.to_owned(),
        Kind::Code { max } if max >= 8 => "60.01.04*FF".chars().take(max).collect(),
        Kind::Code { .. } => "VOLTA".to_owned(),
        Kind::Text { max } | Kind::Password { max } => "1".repeat(max.min(6)),
        Kind::Bytes { min, max } => {
            if is_first {
                "00".repeat(min)
            } else {
                "FF".repeat(max)
            }
        }
    }
}

/// Every message of the vector files.
pub fn recorded() -> Vec<Vec<u8>> {
    const FILES: [&str; 5] = [
        include_str!("../vectors/energomera_ascii.jsonl"),
        include_str!("../vectors/energomera_ce.jsonl"),
        include_str!("../vectors/iec62056_21.jsonl"),
        include_str!("../vectors/mercury200.jsonl"),
        include_str!("../vectors/mercury230.jsonl"),
    ];
    let message = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        hex::parse(line["hex"].as_str().unwrap()).unwrap()
    };
    FILES.iter().flat_map(|file| file.lines()).map(message).collect()
}

/// Messages that look like reads and are none, by what they are.
pub const KNOWN_TRICKS: &[(&str, &str)] = &[
    (
        "nine bytes like a read before a set-clock",
        "015231025828290300c0489634fd0031de0b00d701210002140601033172c0",
    ),
    ("M-Bus, set the address", "6806066853fd51017a052216"),
    ("M-Bus, select and set the address", "680b0b6853fd520000000000000000a2166806066853fd51017a052116"),
    ("M-Bus select around a relay", "6814146853fd52c0489634fd0031de0b00d2012b00017dc0c716"),
    ("M-Bus select around W1", "6816166853fd5201573102302e392e3128313430323030290359f716"),
    ("M-Bus select without length and sum", "6800006853fd5200000000000000000000000000000000000000000000"),
    ("M-Bus short frame, wrong sum", "105b01ffff"),
    ("Modbus, write register 12805", "1106001032055ffc"),
    ("Modbus, write register 16", "1106001000054a9c"),
    ("Modbus, write register, no CRC", "1106001032050000"),
    ("no checksum at all", "ffffffff27ffff"),
    ("Mercury 230, a parameter in no list", "56034000272d86"),
    ("Mercury 230, write memory", "56074000272cb6"),
    ("Mercury 230, load, two arguments", "56033100277d9d"),
    ("Mercury 230, address of all", "fe030520c344"),
    ("Mercury 230, read and load", "56080000906e5603310135fc"),
    ("CE, read and relay", "c0489634fd0000000000d20130000040c0c0489634fd0031de0b00d2012b00017dc0"),
    (
        "CE, read and relay with one mark between",
        "c0489634fd0000000000d20130000040c0489634fd0031de0b00d2012b00017dc0",
    ),
    ("CE, clocks of all", "c048fffffd0000000000d400030000000037c0"),
    ("CE, a command in no list", "c0489634fd0000000000d20999000011c0"),
    ("sign-on around a CE relay", "2f3fc0489634fd0031de0b00d2012b00017dc0210d0a"),
    ("sign-on around a Mercury 206 relay", "2f3f0006475e710118ed210d0a"),
    ("ENQ", "05"),
    ("an escape sequence", "1b5b366e"),
    ("E5, which lets a meter go on", "e5"),
    ("E2", "0145320228290377"),
    ("W1 in seven bits", "81d7b182363030b130b4c6c6283030a90365"),
    ("R1 and W1 in seven bits", "81d2b182363030b130b4c6c628a9036081d7b182363030b130b4c6c6283030a90365"),
    ("option select and W1", "063035310d0a015731023630303130344646283030290365"),
];
