//! No output tells a password: frames that differ in nothing but a password look the same everywhere, their
//! checksums included, which are as good as a part of it.

#![cfg(test)]

use std::collections::BTreeSet;
use std::time::Duration;

use meterscope::app::decode::digest;
use meterscope::app::output::dissection::{Frame, Place};
use meterscope::app::output::entry::{self, Show};
use meterscope::app::output::explain::{self, Look};
use meterscope::app::target::Target;
use meterscope::frame::{Direction, Dissection, Mask, Secret};
use meterscope::meter::{MODELS, Model};
use meterscope::protocol::{Access, Address, Command, Context, Kind, Parameter, Request};
use meterscope::trace::export::{Format, FramesCsv, FramesMarkdown, Hex, export};
use meterscope::trace::{EntryKind, Trace};

/// Two passwords of the same length, for each length that a family may want. Their sums, exclusive ors and CRCs
/// differ.
const PASSWORDS: [[&str; 2]; 2] = [["12345678", "19834567"], ["123456", "135798"]];

/// An argument that fits a parameter; every password is the same one.
fn argument(parameter: &Parameter, password: &'static str) -> String {
    match parameter.kind {
        Kind::Password { .. } => password.to_owned(),
        _ if parameter.default.is_some() => parameter.default.unwrap_or_default().to_owned(),
        Kind::Integer { min, .. } => min.to_string(),
        Kind::Choice(choices) => choices[0].word.to_owned(),
        Kind::DateTime => "2024-05-31T12:00:00".to_owned(),
        Kind::Date => "2024-05-31".to_owned(),
        Kind::Text { max } | Kind::Code { max } => "1".repeat(max.min(8)),
        Kind::Bytes { min, .. } => "11".repeat(min.max(1)),
    }
}

/// The frames of a command with this password wherever one stands; none where it cannot be composed so.
fn frames(model: &'static Model, command: &'static Command, password: &'static str) -> Vec<Vec<u8>> {
    let arguments: Vec<(&str, String)> =
        command.parameters.iter().map(|parameter| (parameter.name, argument(parameter, password))).collect();
    let pairs = arguments.iter().map(|(name, text)| (*name, text.as_str()));
    let Ok(arguments) = command.arguments(pairs) else { return Vec::new() };
    let target = Target {
        model,
        address: Address::numeric("1", 1),
        password: Some(Secret::new(password.as_bytes().to_vec())),
        keys: Vec::new(),
    };
    let profile = target.profile(model.line, Duration::ZERO);
    target.family().compose(&profile, &Request { command, arguments }).unwrap_or_default()
}

/// Everything that is said of a frame, by every face that says something of frames.
fn told(model: &'static Model, frame: &[u8], direction: Direction) -> String {
    let decoder = model.decoder();
    let context = Context { direction, dialect: model.dialect, ..Context::default() };
    let dissection = decoder.family.dissect(frame, &context);
    let mut text = explain::frame(&dissection, "", Look::default());
    text += &serde_json::to_string_pretty(&Frame::of(&dissection, Place::default())).unwrap();
    text += &Mask::of(&dissection, 0).spaced_hex(frame);
    text += &fields(&dissection);
    text + &of_trace(&digest(frame, Some(decoder)))
}

/// What the console's panes are made of.
fn fields(dissection: &Dissection) -> String {
    let mut text = dissection.summary();
    for layer in &dissection.layers {
        for field in &layer.fields {
            let bad = field.verdict.is_bad().to_string();
            text += &[layer.hex_of(field.span), layer.text_of(field), bad].join(" ");
            text.push('\n');
        }
    }
    text
}

/// `decode`, `sniff` and every form of `export`. Bytes that are no frame are shown as they are: nobody can know a
/// password in them.
fn of_trace(trace: &Trace) -> String {
    let mut text = String::new();
    if (0..trace.len()).any(|number| trace.entry(number).unwrap().kind == EntryKind::Noise) {
        return text;
    }
    for number in 0..trace.len() {
        text += &entry::Explained::of(trace, number)
            .and_then(|found| found.json(0, Show::default()))
            .unwrap_or_default();
        text += &entry::Explained::of(trace, number)
            .map_or_else(String::new, |found| found.text(0, Show::default()));
    }
    let mut bytes = [Vec::new(), Vec::new(), Vec::new()];
    let [csv, markdown, hex] = &mut bytes;
    let write = |format: &mut dyn Format| export(trace, 0..trace.len(), format).unwrap();
    write(&mut FramesCsv::new(csv));
    write(&mut FramesMarkdown::new(markdown));
    write(&mut Hex::new(hex));
    for bytes in &bytes {
        text += &String::from_utf8_lossy(bytes);
    }
    text
}

/// Both frames with their checksums damaged, wherever in the last bytes they stand, and without their ends. What
/// by chance becomes a mark of SLIP is left out: it changes the form of the frame.
fn damaged(one: &[u8], other: &[u8]) -> Vec<[Vec<u8>; 2]> {
    let flip = |frame: &[u8], back: usize| {
        let mut bytes = frame.to_vec();
        let at = bytes.len() - back;
        bytes[at] ^= 1;
        (!matches!(bytes[at], 0xC0 | 0xDB)).then_some(bytes)
    };
    let cut = |frame: &[u8]| frame[..frame.len() - 1].to_vec();
    let flipped = [1, 2].into_iter().filter_map(|back| Some([flip(one, back)?, flip(other, back)?]));
    flipped.chain([[cut(one), cut(other)]]).collect()
}

/// Every pair of frames of a model that differ in a password alone. A byte of one that had to be stuffed shows in
/// the length, which no mask can hide; such pairs are left out.
fn pairs(model: &'static Model) -> Vec<(&'static Command, Vec<u8>, Vec<u8>)> {
    let family = model.protocol;
    let mut found = Vec::new();
    for command in family.profile().dialect(model.dialect).commands {
        for [one, other] in PASSWORDS {
            let both = frames(model, command, one).into_iter().zip(frames(model, command, other));
            found.extend(both.filter(|(a, b)| a != b && a.len() == b.len()).map(|(a, b)| (command, a, b)));
        }
    }
    found
}

#[test]
fn frames_that_differ_in_a_password_alone_look_the_same_in_every_output() {
    let mut families = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for model in MODELS {
        for (command, one, other) in pairs(model) {
            families.insert(model.protocol.id());
            if !seen.insert((model.protocol.id(), model.dialect.0, one.clone())) {
                continue;
            }
            let what = format!("{} {}: {one:02X?} {other:02X?}", model.id, command.id);
            for direction in [Direction::Request, Direction::Unknown] {
                let (one, other) = (told(model, &one, direction), told(model, &other, direction));
                assert_eq!(one, other, "{what}");
                assert!(one.contains("**"), "{what}");
            }
            for pair in damaged(&one, &other) {
                let [one, other] = pair.map(|frame| told(model, &frame, Direction::Request));
                assert_eq!(one, other, "{what}, damaged");
            }
        }
    }
    assert_eq!(families.into_iter().collect::<Vec<_>>(), ["energomera-ce", "iec62056-21", "mercury230"]);
}

#[test]
fn every_command_that_sets_a_password_was_among_them() {
    let mut missing = Vec::new();
    for model in MODELS {
        let family = model.protocol;
        let is_secret = |parameter: &Parameter| matches!(parameter.kind, Kind::Password { .. });
        let tried: BTreeSet<&str> = pairs(model).iter().map(|(command, ..)| command.id).collect();
        let sets = family
            .profile()
            .dialect(model.dialect)
            .commands
            .iter()
            .filter(|c| c.parameters.iter().any(is_secret));
        missing.extend(sets.filter(|c| !tried.contains(c.id)).map(|c| (model.id, c.id)));
    }
    assert!(missing.is_empty(), "{missing:?}");
    assert!(MODELS.iter().any(|model| pairs(model).iter().any(|(c, ..)| c.access == Access::Control)));
}

#[test]
fn what_was_hidden_is_told_when_it_is_to_be_revealed() {
    let model = meterscope::meter::model("mercury-230").unwrap();
    let (_, frame, other) = pairs(model).remove(0);
    let revealed = |frame: &[u8]| {
        let context = Context { direction: Direction::Request, dialect: model.dialect, ..Context::default() };
        let dissection = model.protocol.dissect(frame, &context);
        explain::frame(&dissection, "", Look { reveal: true, ..Look::default() })
    };
    let hex: Vec<String> = frame.iter().map(|byte| format!("{byte:02X}")).collect();
    assert!(revealed(&frame).contains(&hex.join(" ")), "{}", revealed(&frame));
    assert_ne!(revealed(&frame), revealed(&other));
    assert!(!revealed(&frame).contains("**"), "{}", revealed(&frame));
}
