//! Dissections as JSON: the flat list of fields made a tree, secrets masked.

use jiff::Zoned;
use serde::Serialize;

use super::reading::{Exact, Item};
use crate::frame::{Checksum, Dissection, Field, Layer, Mask, Origin, Span, Value, visible};

/// An explained frame as the JSON contract has it.
#[derive(Debug, Serialize)]
pub struct Frame {
    protocol: &'static str,
    direction: &'static str,
    offset: u64,
    length: usize,
    hex: String,
    verdict: &'static str,
    checksum: Option<Sum>,
    summary: String,
    layers: Vec<View>,
    readings: Vec<Item>,
    problems: Vec<Trouble>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    echo: bool,
}

/// Bytes that belong to no frame.
#[derive(Debug, Serialize)]
pub struct Noise {
    #[serde(rename = "noise")]
    belongs_to_no_frame: bool,
    offset: u64,
    length: usize,
    hex: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    echo: bool,
}

/// Something that happened to the link between its bytes. It has none itself, so that the bytes of everything in
/// order are still those of the stream.
#[derive(Debug, Serialize)]
pub struct Happened {
    #[serde(rename = "mark")]
    is_no_bytes: bool,
    offset: u64,
    length: usize,
    hex: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

#[derive(Debug, Serialize)]
struct Sum {
    kind: &'static str,
    found: String,
    expected: String,
}

#[derive(Debug, Serialize)]
struct View {
    name: &'static str,
    hex: String,
    fields: Vec<Node>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    from: Vec<Source>,
}

#[derive(Debug, Serialize)]
struct Node {
    name: String,
    start: u32,
    end: u32,
    hex: String,
    value: Exact,
    unit: Option<&'static str>,
    verdict: &'static str,
    note: Option<&'static str>,
    fields: Vec<Node>,
}

#[derive(Debug, Serialize)]
struct Source {
    start: u32,
    end: u32,
    part: u16,
    wire_start: u32,
    wire_end: u32,
}

#[derive(Debug, Serialize)]
struct Trouble {
    code: &'static str,
    text: String,
}

/// Where a piece of a stream stood, and how it is to be shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    /// Bytes before it.
    pub offset: u64,
    /// When it came, where that is known.
    pub at: Option<&'a Zoned>,
    /// Whether passwords are shown.
    pub reveal: bool,
}

impl Frame {
    /// The JSON form of a dissection.
    #[must_use]
    pub fn of(dissection: &Dissection, place: Place<'_>) -> Self {
        let dissection = dissection.told(place.reveal);
        let wire = dissection.wire().map_or(&[][..], |wire| &*wire.bytes);
        let mask = Mask::unless(place.reveal, dissection, 0);
        Self {
            protocol: dissection.protocol,
            direction: dissection.direction.word(),
            offset: place.offset,
            length: wire.len(),
            hex: mask.compact(wire, Span::new(0, wire.len())),
            verdict: dissection.verdict.word(),
            checksum: dissection.checksum.map(Sum::of),
            summary: dissection.summary(),
            layers: views(dissection, place.reveal),
            readings: Item::all(&dissection.readings, place.at),
            problems: dissection.problems.iter().map(Trouble::of).collect(),
            at: place.at.map(super::reading::time),
            echo: false,
        }
    }

    /// The same, named as our own bytes come back from the line.
    #[must_use]
    pub fn echo(self) -> Self {
        Self { echo: true, ..self }
    }
}

impl Noise {
    /// The JSON form of noise.
    #[must_use]
    pub fn of(bytes: &[u8], mask: &Mask, place: Place<'_>) -> Self {
        Self {
            belongs_to_no_frame: true,
            offset: place.offset,
            length: bytes.len(),
            hex: mask.compact(bytes, Span::new(0, bytes.len())),
            at: place.at.map(super::reading::time),
            echo: false,
        }
    }

    /// The JSON form of a part of our own bytes that came back from the line; `hex` has its secrets masked.
    #[must_use]
    pub fn echo(length: usize, hex: String, place: Place<'_>) -> Self {
        Self { hex, length, echo: true, ..Self::of(&[], &Mask::default(), place) }
    }
}

impl Happened {
    /// The JSON form of a mark; its text is safe to show.
    #[must_use]
    pub fn of(text: String, place: Place<'_>) -> Self {
        let at = place.at.map(super::reading::time);
        Self { is_no_bytes: true, offset: place.offset, length: 0, hex: "", text, at }
    }
}

impl Sum {
    fn of(sum: Checksum) -> Self {
        Self { kind: sum.kind.name(), found: sum.found_text(), expected: sum.expected_text() }
    }
}

impl Trouble {
    fn of(problem: &crate::frame::Problem) -> Self {
        Self { code: problem.code.as_str(), text: problem.text.clone().into_owned() }
    }
}

impl Source {
    fn of(origin: &Origin) -> Self {
        Self {
            start: origin.here.start,
            end: origin.here.end,
            part: origin.part,
            wire_start: origin.wire.start,
            wire_end: origin.wire.end,
        }
    }
}

fn views(dissection: &Dissection, reveal: bool) -> Vec<View> {
    let view = |(index, layer): (usize, &Layer)| {
        let mask = Mask::unless(reveal, dissection, index);
        View {
            name: layer.kind.name(),
            hex: mask.compact(&layer.bytes, Span::new(0, layer.bytes.len())),
            fields: nodes(layer, &layer.fields, &mask, reveal),
            from: layer.from.iter().map(Source::of).collect(),
        }
    };
    dissection.layers.iter().enumerate().map(view).collect()
}

/// The fields of a run that all stand at or below the depth of the first one, as trees.
fn nodes(layer: &Layer, fields: &[Field], mask: &Mask, reveal: bool) -> Vec<Node> {
    let mut trees = Vec::new();
    let mut rest = fields;
    while let Some((field, after)) = rest.split_first() {
        let below = after.iter().position(|next| next.depth <= field.depth).unwrap_or(after.len());
        let (children, others) = after.split_at(below);
        trees.push(node(layer, field, nodes(layer, children, mask, reveal), mask, reveal));
        rest = others;
    }
    trees
}

fn node(layer: &Layer, field: &Field, fields: Vec<Node>, mask: &Mask, reveal: bool) -> Node {
    Node {
        name: field.label.to_string(),
        start: field.span.start,
        end: field.span.end,
        hex: mask.compact(&layer.bytes, field.span),
        value: value(layer, field, mask, reveal),
        unit: Some(field.unit.symbol()).filter(|unit| !unit.is_empty()),
        verdict: field.verdict.word(),
        note: note(field),
        fields,
    }
}

fn value(layer: &Layer, field: &Field, mask: &Mask, reveal: bool) -> Exact {
    match field.value {
        Value::Number(number) => number.into(),
        Value::Secret if reveal => Exact::Text(visible::text(layer.bytes_of(field))),
        Value::Text if field.span.range().any(|byte| mask.hides(byte)) => Exact::Text("**".to_owned()),
        Value::Secret => Exact::Text("**".to_owned()),
        Value::Bytes | Value::Absent(_) => Exact::Null,
        _ => Exact::Text(layer.text_of(field)),
    }
}

/// The remark on a field, or why it has no value.
fn note(field: &Field) -> Option<&'static str> {
    match field.value {
        _ if !field.note.is_empty() => Some(field.note),
        Value::Absent(why) => Some(why.reason()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::checksum::CheckKind;
    use crate::frame::stuffed;
    use crate::frame::{Direction, Verdict};
    use crate::reading::{Absent, Decimal, Unit};

    fn json(dissection: &Dissection, reveal: bool) -> String {
        serde_json::to_string(&Frame::of(dissection, Place { offset: 7, at: None, reveal })).unwrap()
    }

    #[test]
    fn a_dissection_is_written_exactly_as_the_contract_says() {
        let span = Span::new;
        let mut dissection = Dissection::unexplained("mercury200", &[1, 2, 3], "Energy");
        dissection.direction = Direction::Reply;
        let sum = Checksum::new(CheckKind::Crc8B5, 0x1B, 0x1C, 2);
        dissection.verdict = sum.verdict();
        dissection.checksum = Some(sum);
        dissection.layers[0].fields = vec![
            Field::new("head", span(0, 2), Value::Bytes),
            Field::new("energy", span(0, 1), Value::Number(Decimal::new(10, 2)))
                .at_depth(1)
                .unit(Unit::KilowattHour)
                .verdict(Verdict::Good),
            Field::new("gap", span(1, 2), Value::Absent(Absent::NoData)).at_depth(1),
            Field::new("sum", span(2, 3), Value::Hex(3, 2)).verdict(sum.verdict()).note("odd"),
        ];
        assert_eq!(
            json(&dissection, false),
            concat!(
                r#"{"protocol":"mercury200","direction":"reply","offset":7,"length":3,"hex":"010203","verdict":"bad","#,
                r#""checksum":{"kind":"CRC-8/0xB5","found":"1B","expected":"1C"},"#,
                r#""summary":"Energy: CRC-8/0xB5 1B, expected 1C","layers":[{"name":"wire","hex":"010203","fields":["#,
                r#"{"name":"head","start":0,"end":2,"hex":"0102","value":null,"unit":null,"verdict":"unchecked","note":null,"fields":["#,
                r#"{"name":"energy","start":0,"end":1,"hex":"01","value":0.10,"unit":"kWh","verdict":"good","note":null,"fields":[]},"#,
                r#"{"name":"gap","start":1,"end":2,"hex":"02","value":null,"unit":null,"verdict":"unchecked","note":"the meter marks this value as absent","fields":[]}]},"#,
                r#"{"name":"sum","start":2,"end":3,"hex":"03","value":"03","unit":null,"verdict":"bad","note":"odd","fields":[]}]}],"#,
                r#""readings":[],"problems":[]}"#
            )
        );
    }

    #[test]
    fn other_layers_say_where_their_bytes_came_from() {
        let text = json(&stuffed(), false);
        assert!(
            text.contains(r#""from":[{"start":0,"end":1,"part":0,"wire_start":1,"wire_end":3},"#),
            "{text}"
        );
    }

    #[test]
    fn a_password_is_masked_everywhere_unless_it_is_to_be_revealed() {
        let masked = json(&stuffed(), false);
        assert!(masked.contains(r#""hex":"C0DBDC****C0""#) && !masked.contains("1122"), "{masked}");
        let revealed = json(&stuffed(), true);
        assert!(revealed.contains(r#""hex":"C0DBDC1122C0""#) && !revealed.contains("**"), "{revealed}");
    }

    #[test]
    fn noise_is_an_object_of_its_own() {
        let noise = Noise::of(&[0, 255], &Mask::default(), Place { offset: 3, ..Place::default() });
        assert_eq!(
            serde_json::to_string(&noise).unwrap(),
            r#"{"noise":true,"offset":3,"length":2,"hex":"00FF"}"#
        );
    }

    #[test]
    fn a_mark_has_no_bytes() {
        let mark =
            Happened::of("break (00), byte 1 from here".to_owned(), Place { offset: 3, ..Place::default() });
        assert_eq!(
            serde_json::to_string(&mark).unwrap(),
            r#"{"mark":true,"offset":3,"length":0,"hex":"","text":"break (00), byte 1 from here"}"#
        );
    }
}
