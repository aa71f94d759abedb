//! The lines of a telegram, found by the shape of its fields: a line of text with its object, an element with its
//! OBIS code, a record with its value information.

use std::ops::Range;

use super::content_layer;
use crate::frame::{
    Dissection, Field, FieldTree, Label, Layer, LayerKind, Role, Value, Verdict, hex, visible,
};
use crate::reading::{Code, Decimal, Quantity, Unit};

/// A line or element. All texts are safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// The reference as it stands there: an OBIS code, or the bytes of a record's head.
    pub code: String,
    /// The value as it stands there.
    pub raw: String,
    /// The value, without its unit.
    pub value: String,
    /// The value, where it is a number.
    pub number: Option<Decimal>,
    /// Its unit.
    pub unit: Unit,
    /// A remark: the value's own time, or what is odd.
    pub note: String,
    /// The judgement on it.
    pub verdict: Verdict,
    /// The index of its field in the layer of the content.
    pub field: usize,
    /// Whether it is a part of the line above.
    pub is_part: bool,
}

/// The lines of a telegram, in their order.
#[must_use]
pub fn lines(telegram: &Dissection) -> Vec<Line> {
    let Some(layer) = telegram.layers.get(content_layer(telegram)) else { return Vec::new() };
    let maker = Maker { telegram, layer };
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(field) = layer.fields.get(at) {
        at = maker.take(at, field, &mut lines);
    }
    lines
}

struct Maker<'a> {
    telegram: &'a Dissection,
    layer: &'a Layer,
}

impl Maker<'_> {
    /// Takes a field, alone or with those below it; gives the next one to look at.
    fn take(&self, at: usize, field: &Field, lines: &mut Vec<Line>) -> usize {
        let below = self.below(at);
        let end = below.end;
        if field.role.is_auxiliary() {
            return at + 1;
        }
        if below.clone().any(|at| self.has_role(at, Role::Object)) {
            self.text_line(at, field, below, lines);
        } else if field.role == Role::Record {
            lines.push(self.record(at, field, below));
        } else if self.is_leaf(at) || matches!(field.value, Value::Time(_)) {
            lines.push(self.element(at, field));
        } else if field.role == Role::Identification {
            let text = visible::text(trimmed(self.layer.bytes_of(field)));
            lines.push(Line { raw: text.clone(), value: text, ..self.line(at, field) });
        } else {
            return at + 1;
        }
        end
    }

    fn is_leaf(&self, at: usize) -> bool {
        self.layer.fields.is_leaf(at)
    }

    /// The fields below one.
    fn below(&self, at: usize) -> Range<usize> {
        let depth = self.layer.fields.get(at).map_or(0, |field| field.depth);
        let rest = self.layer.fields.get(at + 1..).unwrap_or_default();
        let count = rest.iter().position(|field| field.depth <= depth).unwrap_or(rest.len());
        at + 1..at + 1 + count
    }

    fn has_role(&self, at: usize, role: Role) -> bool {
        self.field(at).is_some_and(|field| field.role == role)
    }

    fn field(&self, at: usize) -> Option<&Field> {
        self.layer.fields.get(at)
    }

    /// What a field says of itself.
    fn line(&self, at: usize, field: &Field) -> Line {
        let number = if let Value::Number(number) = field.value { Some(number) } else { None };
        Line {
            name: field.label.to_string(),
            code: String::new(),
            raw: String::new(),
            value: self.said(field),
            number,
            unit: field.unit,
            note: field.note.to_owned(),
            verdict: field.verdict,
            field: at,
            is_part: false,
        }
    }

    /// The value of a field as a line has room for it: bytes without a meaning stand under what was sent.
    fn said(&self, field: &Field) -> String {
        match field.value {
            Value::Bytes => String::new(),
            Value::Absent(why) => why.word().to_owned(),
            _ => self.layer.text_of(field),
        }
    }

    /// A line of text: the object, what stands in its brackets, and where there are several values each of them.
    fn text_line(&self, at: usize, field: &Field, below: Range<usize>, lines: &mut Vec<Line>) {
        let object = below.clone().find(|at| self.has_role(*at, Role::Object));
        let Some(object) = object.and_then(|at| self.field(at)) else { return };
        let content =
            self.layer.bytes.get(object.span.range().end..field.span.range().end).unwrap_or_default();
        let told: Vec<usize> =
            below.filter(|at| self.field(*at).is_some_and(|field| !field.role.is_auxiliary())).collect();
        let mut line = Line {
            code: visible::text(self.layer.bytes_of(object)),
            raw: visible::text(trimmed(content)),
            ..self.line(at, field)
        };
        match told.as_slice() {
            [one] => self.only(*one, &mut line),
            // Told in the lines of its parts.
            _ if line.value.is_empty() => {}
            several => self.own_time(several, &mut line),
        }
        let has_parts = line.value.is_empty() && told.len() > 1;
        lines.push(line);
        if has_parts {
            let part = |at: usize| Some(Line { is_part: true, ..self.element(at, self.field(at)?) });
            lines.extend(told.into_iter().filter_map(part));
        }
    }

    /// The one value of a line, which may be a text that was sent as hex.
    fn only(&self, at: usize, line: &mut Line) {
        let Some(field) = self.field(at) else { return };
        let undone = self.undone(field);
        if line.value.is_empty() {
            line.value = undone.unwrap_or_else(|| self.said(field));
        }
        if line.note.is_empty() {
            field.note.clone_into(&mut line.note);
        }
    }

    /// The text of the layer of texts that was made of a field's hex.
    fn undone(&self, field: &Field) -> Option<String> {
        let texts = self.telegram.layer(LayerKind::Texts)?;
        let base = self.layer.from.first().map_or(0, |origin| origin.wire.range().start);
        let wire = base + field.span.range().start;
        let origin = texts.from.iter().find(|origin| origin.wire.range().start == wire)?;
        Some(visible::text(texts.bytes.get(origin.here.range())?))
    }

    /// The time that a value has of its own.
    fn own_time(&self, told: &[usize], line: &mut Line) {
        let time = told.iter().filter_map(|at| self.field(*at)).find_map(|field| match field.value {
            Value::Time(time) => Some(time),
            _ => None,
        });
        if let Some(time) = time.filter(|_| line.note.is_empty()) {
            line.note = format!("of {time}");
        }
    }

    /// A record of M-Bus: its head, what it belongs to, its value.
    fn record(&self, at: usize, field: &Field, below: Range<usize>) -> Line {
        let fields: Vec<&Field> = below.filter_map(|at| self.field(at)).collect();
        let data = fields.iter().rfind(|field| field.role == Role::Data).map(|field| field.span);
        let (from, to) =
            (field.span.range().start, data.map_or(field.span.range().end, |span| span.range().start));
        let of = |bytes: Option<&[u8]>| hex::spaced(bytes.unwrap_or_default());
        // What kind of value it is comes before where it belongs, which is what may be cut.
        let belongs = fields.iter().rev().filter_map(|field| field.label.qualifier());
        let words: Vec<String> = std::iter::once(field.label.to_string()).chain(belongs).collect();
        let line = self.line(at, field);
        Line {
            name: words.join(", "),
            code: of(self.layer.bytes.get(from..to)),
            raw: of(data.and_then(|span| self.layer.bytes.get(span.range()))),
            ..line
        }
    }

    /// An element with its OBIS code, or a field that stands for itself.
    fn element(&self, at: usize, field: &Field) -> Line {
        let line = self.line(at, field);
        let is_readable = field.value == Value::Text || self.layer.bytes.first() == Some(&b'/');
        let raw = if is_readable {
            visible::text(self.layer.bytes_of(field))
        } else {
            hex::spaced(self.layer.bytes_of(field))
        };
        match field.label {
            Label::Code(code) => {
                let name = self.quantity(code, self.layer.bytes_of(field));
                Line { name, code: code.to_string(), raw, ..line }
            }
            _ => Line { raw, ..line },
        }
    }

    /// What a code measures, with its phase or tariff.
    fn quantity(&self, code: Code, bytes: &[u8]) -> String {
        let of_code = || self.telegram.readings.iter().find(|reading| reading.code == Some(code));
        let Some(reading) = of_code() else {
            let shown = Quantity::of(code).map_or("", Quantity::name);
            return if shown.is_empty() && bytes.is_empty() { code.to_string() } else { shown.to_owned() };
        };
        let mut name = reading.quantity.name().to_owned();
        if let Some(phase) = reading.phase {
            name = format!("{name} {}", phase.name());
        }
        match reading.tariff {
            Some(tariff) => format!("{name} T{tariff}"),
            None => name,
        }
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.trim_ascii_end()
}
