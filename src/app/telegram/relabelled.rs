//! Law over the whole registry: what a message means is told by ids. Other texts for every label, title, remark and
//! problem leave its telegram lines, its standing, its layers and its judgement as they are.

use serde_json::Value as Json;

use super::{Line, Standing, content_layer, is_whole, lines};
use crate::app::decode::digest;
use crate::frame::{Dissection, Field, Label, Secret, Verdict, hex};
use crate::protocol::registry::FAMILIES;
use crate::protocol::{Decoder, Dialect, MeterKey, sealed};
use crate::trace::Trace;

/// What stands for every text.
const OTHER: &str = "~";

fn other_label(label: Label) -> Label {
    match label {
        Label::Name(_) => Label::Name(OTHER),
        Label::Nth(_, number) => Label::Nth(OTHER, number),
        Label::Qualified(_, number) => Label::Qualified(&[OTHER, OTHER], number),
        Label::Code(code) => Label::Code(code),
    }
}

fn other_verdict(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Malformed(_) => Verdict::Malformed(OTHER),
        verdict => verdict,
    }
}

fn relabel(field: &mut Field) {
    field.label = other_label(field.label);
    field.verdict = other_verdict(field.verdict);
    if !field.note.is_empty() {
        field.note = OTHER;
    }
}

/// The same message under other texts.
fn relabelled(mut message: Dissection) -> Dissection {
    message.layers.iter_mut().flat_map(|layer| &mut layer.fields).for_each(relabel);
    message.problems.iter_mut().for_each(|problem| problem.text = OTHER.into());
    message.title = OTHER;
    message.verdict = other_verdict(message.verdict);
    message
}

/// A line without its texts; what was measured and where it stands stays.
fn bare(line: Line) -> Line {
    let note = if line.note.is_empty() { String::new() } else { OTHER.to_owned() };
    Line { name: String::new(), note, verdict: other_verdict(line.verdict), ..line }
}

/// Everything that code decides of a message.
fn decided(message: &Dissection) -> impl PartialEq + std::fmt::Debug + use<> {
    let codes: Vec<_> = message.problems.iter().map(|problem| problem.code).collect();
    let locks: Vec<_> = codes.iter().map(|code| sealed::lock(*code)).collect();
    (
        (content_layer(message), is_whole(message), Standing::of(message, None)),
        (sealed::system_title(message), sealed::fault(message).is_some(), locks, codes),
        (message.is_part(), message.verdict.is_bad(), message.readings.clone()),
        lines(message).into_iter().map(bare).collect::<Vec<_>>(),
    )
}

fn bytes(vector: &Json) -> Vec<u8> {
    match vector["frame_hex"].as_str().or(vector["hex"].as_str()) {
        // One is recorded with a misprint, as it was published: nothing can be made of it.
        Some(digits) => hex::parse(digits).unwrap_or_default(),
        None => vector["text"].as_str().unwrap_or_default().as_bytes().to_vec(),
    }
}

fn keys(vector: &Json) -> Vec<MeterKey> {
    let key = |name: &str| vector[name].as_str().and_then(|digits| hex::parse(digits).ok());
    let authentication = key("auth_key").map(Secret::new);
    let whole = |bytes| MeterKey { system_title: None, encryption: Secret::new(bytes), authentication };
    key("key").map(whole).into_iter().collect()
}

/// Every recorded vector as every family hears it, with its keys and without.
fn every_message(mut look: impl FnMut(&str, Dissection)) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts = files
        .filter(|path| path.extension().is_some_and(|ext| ext == "jsonl"))
        .map(|path| std::fs::read_to_string(path).unwrap());
    for line in texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()) {
        let Ok(vector) = serde_json::from_str::<Json>(&line) else { continue };
        let (id, keys) = (vector["id"].as_str().unwrap_or_default(), keys(&vector));
        for family in FAMILIES.iter().copied() {
            let mut trace = digest(&bytes(&vector), Some(Decoder { family, dialect: Dialect::default() }));
            every_entry(&trace, |message| look(id, message));
            if !keys.is_empty() {
                trace.set_keys(keys.clone());
                every_entry(&trace, |message| look(id, message));
            }
        }
    }
}

fn every_entry(trace: &Trace, look: impl FnMut(Dissection)) {
    (0..trace.len()).filter_map(|number| trace.dissect(number)).for_each(look);
}

#[test]
fn other_texts_for_every_label_change_nothing_that_is_decided() {
    let (mut messages, mut lines_of_all) = (0, 0);
    every_message(|id, message| {
        messages += 1;
        lines_of_all += lines(&message).len();
        let before = decided(&message);
        assert_eq!(before, decided(&relabelled(message)), "{id}");
    });
    assert!(messages > 1000 && lines_of_all > 10_000, "{messages} messages, {lines_of_all} lines");
}
