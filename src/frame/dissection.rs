//! A frame explained.

use std::fmt::Write as _;

use super::checksum::CheckKind;
use super::{
    Field, FieldTree, LayerKind, Part, Problem, ProblemCode, Reason, Span, Value, Verdict, hex, visible,
};
use crate::reading::{Check, Doubt, Reading};

/// Which way a frame goes between this computer (or another master) and a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// To the meter.
    Request,
    /// From the meter, asked for.
    Reply,
    /// From the meter, unasked.
    Push,
    /// Not known.
    #[default]
    Unknown,
}

impl Direction {
    /// The word of the JSON contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reply => "reply",
            Self::Push => "push",
            Self::Unknown => "unknown",
        }
    }
}

/// A checksum as found and as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checksum {
    /// Which rule.
    pub kind: CheckKind,
    /// What the frame holds, as a number (not in wire order).
    pub found: u32,
    /// What the rule gives.
    pub expected: u32,
    /// Hex digits to print them with.
    pub digits: u8,
    /// Whether a secret that it covers forbids to show it.
    is_hidden: bool,
}

impl Checksum {
    /// A checksum by its rule, as found and as it should be, with its count of hex digits.
    #[must_use]
    pub const fn new(kind: CheckKind, found: u32, expected: u32, digits: u8) -> Self {
        Self { kind, found, expected, digits, is_hidden: false }
    }

    /// The same, never to be shown.
    pub(super) const fn hidden(self) -> Self {
        Self { is_hidden: true, ..self }
    }

    /// What the frame holds as hex; `**` for each byte where a secret forbids to show it.
    #[must_use]
    pub fn found_text(self) -> String {
        super::verdict::figure(self.found.into(), self.digits, self.is_hidden)
    }

    /// What the rule gives as hex, hidden like [`Checksum::found_text`].
    #[must_use]
    pub fn expected_text(self) -> String {
        super::verdict::figure(self.expected.into(), self.digits, self.is_hidden)
    }

    /// The judgement it gives.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match Verdict::compare(self.found as u64, self.expected as u64, self.digits) {
            Verdict::Bad(mismatch) if self.is_hidden => Verdict::Bad(mismatch.hidden()),
            verdict => verdict,
        }
    }
}

/// Which bytes a range of a made-up layer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The range of this layer.
    pub here: Span,
    /// Which frame of the message, 0 being the dissected one's first part.
    pub part: u16,
    /// The range of that frame's wire bytes.
    pub wire: Span,
}

/// One view of a frame's bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Which view.
    pub kind: LayerKind,
    /// The bytes of this view.
    pub bytes: Box<[u8]>,
    /// Its fields in reading order; the childless ones tile `bytes`.
    pub fields: Vec<Field>,
    /// Where its bytes came from; empty for the wire.
    pub from: Vec<Origin>,
}

impl Layer {
    /// The bytes of a field; empty if its span is outside the layer.
    #[must_use]
    pub fn bytes_of(&self, field: &Field) -> &[u8] {
        self.bytes.get(field.span.range()).unwrap_or_default()
    }

    /// A field's value as text that is safe to show, without its unit.
    #[must_use]
    pub fn text_of(&self, field: &Field) -> String {
        let mut text = String::new();
        self.put_text(&mut text, field);
        text
    }

    /// Adds a field's value as text that is safe to show, without its unit.
    pub fn put_text(&self, text: &mut String, field: &Field) {
        match field.value {
            Value::Text if self.holds_secret(field.span) => text.push_str("**"),
            Value::Text => text.push_str(&visible::text(self.bytes_of(field))),
            Value::Bytes => text.push_str(&self.hex_of(field.span)),
            Value::Word(word) => text.push_str(word),
            value => {
                let _ = write!(text, "{value}");
            }
        }
    }

    /// The bytes of a span as hex, those of secrets as `**`.
    #[must_use]
    pub fn hex_of(&self, span: Span) -> String {
        let bytes = self.bytes.get(span.range()).unwrap_or_default();
        if !self.holds_secret(span) {
            return hex::spaced(bytes);
        }
        let byte = |(index, byte): (usize, &u8)| {
            if self.is_secret(index) { "**".to_owned() } else { format!("{byte:02X}") }
        };
        span.range().zip(bytes).map(byte).collect::<Vec<_>>().join(" ")
    }

    /// Whether a byte of the span belongs to a secret.
    fn holds_secret(&self, span: Span) -> bool {
        let (start, end) = (span.start, span.end);
        let secrets = self.fields.iter().filter(|field| field.value.is_secret());
        secrets.into_iter().any(|field| field.span.start < end && start < field.span.end)
    }

    /// Whether the byte at `index` belongs to a secret and must not be shown.
    #[must_use]
    pub fn is_secret(&self, index: usize) -> bool {
        self.fields.leaf_at(index).and_then(|leaf| self.fields.get(leaf)).is_some_and(|f| f.value.is_secret())
    }
}

/// A frame explained: never fails, tiles its bytes, holds no text.
#[derive(Debug, Clone, PartialEq)]
pub struct Dissection {
    /// Protocol id, as `--protocol` takes it.
    pub protocol: &'static str,
    /// Which way it went.
    pub direction: Direction,
    /// The meter's address as a number, where the frame carries one.
    pub address: Option<u64>,
    /// What it is about: the command's title, or the kind of telegram.
    pub title: &'static str,
    /// What is still to come when it is not all.
    pub part: Option<Part>,
    /// The judgement on the whole.
    pub verdict: Verdict,
    /// The checksum, where there is one.
    pub checksum: Option<Checksum>,
    /// The views; the first is the wire.
    pub layers: Vec<Layer>,
    /// What was measured, according to this frame. Empty unless the frame is a good reply or push.
    pub readings: Vec<Reading>,
    /// What is wrong or odd.
    pub problems: Vec<Problem>,
    /// The same with its checksums shown, where a secret hides them; see [`Dissection::sealed`].
    pub bare: Option<Box<Dissection>>,
}

/// Doubts the readings of an answer that names one register twice: under a weak check a name may be damaged, and
/// where names are counted a line may be lost. Gives the problem that says so.
pub fn doubt_doubles(readings: &mut [Reading]) -> Option<Problem> {
    let is_double = |(index, reading): (usize, &Reading)| {
        readings.iter().take(index).any(|before| before.is_double(reading))
    };
    let code =
        readings.iter().enumerate().find(|found| is_double(*found)).and_then(|(_, found)| found.code)?;
    doubt_all(readings, Doubt::DoubleCode);
    let text = format!("{code} comes twice in this answer: a name may be damaged");
    Some(Problem { code: ProblemCode::DoubleCode, text: text.into(), span: None })
}

/// Doubts every reading of an answer.
pub fn doubt_all(readings: &mut [Reading], doubt: Doubt) {
    for reading in readings {
        reading.doubt = reading.doubt.or(Some(doubt));
    }
}

/// What a frame says, without its bytes explained: a [`Dissection`] for those who want values and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// The judgement on the whole.
    pub verdict: Verdict,
    /// What was measured.
    pub readings: Vec<Reading>,
    /// What is wrong or odd.
    pub problems: Vec<Problem>,
}

impl From<Dissection> for Values {
    fn from(Dissection { verdict, readings, problems, .. }: Dissection) -> Self {
        Self { verdict, readings, problems }
    }
}

impl Dissection {
    /// Whether more frames of its message are to come.
    #[must_use]
    pub fn is_part(&self) -> bool {
        self.part == Some(Part::OfMessage)
    }

    /// The same, its readings carried under a check that lets some damage pass.
    #[must_use]
    pub fn carried_under(mut self, check: Check) -> Self {
        for reading in &mut self.readings {
            reading.check = Some(check);
        }
        self
    }

    /// Whether a problem with this code was found.
    #[must_use]
    pub fn has_problem(&self, code: ProblemCode) -> bool {
        self.problems.iter().any(|problem| problem.code == code)
    }

    /// Bytes of which nothing could be said: one field over all of them.
    #[must_use]
    pub fn unexplained(protocol: &'static str, bytes: &[u8], title: &'static str) -> Self {
        let whole = Field::new("unexplained", Span::new(0, bytes.len()), Value::Bytes);
        let wire =
            Layer { kind: LayerKind::Wire, bytes: bytes.into(), fields: vec![whole], from: Vec::new() };
        Self {
            protocol,
            direction: Direction::Unknown,
            address: None,
            title,
            part: None,
            verdict: Verdict::Unchecked(Reason::NoRule),
            checksum: None,
            layers: vec![wire],
            readings: Vec::new(),
            problems: Vec::new(),
            bare: None,
        }
    }

    /// The first layer of a kind.
    #[must_use]
    pub fn layer(&self, kind: LayerKind) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.kind == kind)
    }

    /// The wire layer.
    #[must_use]
    pub fn wire(&self) -> Option<&Layer> {
        self.layers.first()
    }

    /// One line that says what the frame is: title, then values or what is wrong.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut line = self.title.to_owned();
        if let Verdict::Bad(mismatch) = self.verdict {
            line.push_str(": ");
            line.push_str(self.checksum.map_or("checksum", |sum| sum.kind.name()));
            line.push(' ');
            line.push_str(&mismatch.to_string());
        } else if let Verdict::Malformed(what) = self.verdict {
            line.push_str(": ");
            line.push_str(what);
        } else if !self.readings.is_empty() {
            line.push_str(": ");
            line.push_str(&readings_in_words(&self.readings));
        } else if let Some(problem) = self.problems.first() {
            line.push_str(": ");
            line.push_str(&problem.text);
        }
        line
    }
}

/// The first few readings as `T1 2979.64 kWh`.
fn readings_in_words(readings: &[Reading]) -> String {
    const SHOWN: usize = 4;
    let mut words: Vec<String> = readings.iter().take(SHOWN).map(visible::reading).collect();
    if readings.len() > SHOWN {
        words.push(format!("and {} more", readings.len() - SHOWN));
    }
    words.join(", ")
}
