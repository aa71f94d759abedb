//! An explained frame for people: its bytes, and under them what each of them means.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::paint::Sheet;
use crate::frame::{Dissection, Field, Layer, Mask, Reason, Span, Value, Verdict, visible};

/// Bytes a line of a hex view shows.
const LINE: usize = 16;

/// Bytes of a field that stand beside its name; longer ones are cut there (the hex view above has them all).
const BESIDE: usize = 8;

/// How a frame is to be shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// On what.
    pub sheet: Sheet,
    /// Whether passwords are shown.
    pub reveal: bool,
}

/// A frame with all its layers, as text of several lines.
#[must_use]
pub fn frame(dissection: &Dissection, heading: &str, look: Look) -> String {
    let dissection = dissection.told(look.reveal);
    let mut text = headline(dissection, heading, look);
    for (index, layer) in dissection.layers.iter().enumerate() {
        if index > 0 {
            let _ = writeln!(text, "  {}", look.sheet.paint.faint(&origin(layer)));
        }
        let mask = Mask::unless(look.reveal, dissection, index);
        text.push_str(&hex_view(&layer.bytes, &mask, look));
        text.push_str(&tree(layer, &mask, look));
    }
    text.push_str(&remarks(dissection, look));
    text
}

/// Bytes that belong to no frame, as text of several lines; `what` says what they are.
#[must_use]
pub fn bytes(what: &str, bytes: &[u8], heading: &str, look: Look) -> String {
    let unexplained = Dissection::unexplained("", bytes, "");
    let mask = Mask::unless(true, &unexplained, 0);
    let what = format!("{heading}{what}, {}", count(bytes.len()));
    format!("{}\n{}", look.sheet.paint.odd(&what), hex_view(bytes, &mask, look))
}

/// `3 bytes`.
#[must_use]
pub fn count(bytes: usize) -> String {
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}

fn headline(dissection: &Dissection, heading: &str, look: Look) -> String {
    let length = dissection.wire().map_or(0, |wire| wire.bytes.len());
    let direction = match dissection.direction {
        crate::frame::Direction::Unknown => String::new(),
        known => format!("{} ", known.word()),
    };
    let title = format!("{heading}{} {direction}{}", dissection.protocol, count(length));
    let judged = verdict(dissection, look);
    format!("{}  {judged}\n  {}\n", look.sheet.paint.strong(&title), dissection.summary())
}

/// The judgement on the whole: `CRC-8/0xB5 1B good`.
fn verdict(dissection: &Dissection, look: Look) -> String {
    let paint = look.sheet.paint;
    let sum =
        dissection.checksum.map(|sum| format!("{} {} ", sum.kind, sum.found_text())).unwrap_or_default();
    match dissection.verdict {
        Verdict::Good => paint.good(&format!("{sum}good")),
        Verdict::Bad(mismatch) => paint.bad(&format!("{sum}bad, expected {}", mismatch.expected_text())),
        Verdict::Malformed(what) => paint.bad(&format!("bad: {what}")),
        Verdict::Unchecked(Reason::NoRule) => paint.faint("not checked"),
        Verdict::Unchecked(why) => paint.faint(&format!("not checked: {}", why.text())),
    }
}

fn origin(layer: &Layer) -> String {
    match (layer.from.first(), layer.from.last()) {
        (Some(first), Some(last)) if first.part == last.part => {
            format!("{}, from wire bytes {} to {}", layer.name, first.wire.start, last.wire.end)
        }
        (Some(first), Some(last)) => {
            format!("{}, from frames {} to {} of the message", layer.name, first.part + 1, last.part + 1)
        }
        _ => layer.name.to_owned(),
    }
}

/// Offset, hex and characters, sixteen bytes a line.
fn hex_view(bytes: &[u8], mask: &Mask, look: Look) -> String {
    let mut text = String::new();
    for (row, line) in bytes.chunks(LINE).enumerate() {
        let start = row * LINE;
        let hex = mask.spaced(bytes, Span::new(start, start + line.len()));
        let glyph = |(place, byte): (usize, &u8)| {
            if mask.hides(start + place) { '*' } else { visible::glyph(*byte) }
        };
        let glyphs: String = line.iter().enumerate().map(glyph).collect();
        let offset = look.sheet.paint.faint(&format!("{start:04X}"));
        let _ = writeln!(text, "  {offset}  {hex:<width$}  {glyphs}", width = LINE * 3 - 1);
    }
    text
}

/// Offset, bytes, name, value and remark of each field, children indented below their parent.
fn tree(layer: &Layer, mask: &Mask, look: Look) -> String {
    let rows: Vec<(String, String, String)> = layer
        .fields
        .iter()
        .map(|field| (beside(layer, field, mask), name(field), said(layer, field, mask, look)))
        .collect();
    let hex_width = rows.iter().map(|(hex, ..)| hex.len()).max().unwrap_or(0);
    let name_width = rows.iter().map(|(_, name, _)| name.width()).max().unwrap_or(0);
    let mut text = String::new();
    for ((hex, name, said), field) in rows.iter().zip(&layer.fields) {
        let offset = look.sheet.paint.faint(&place(field));
        let padding = " ".repeat(name_width.saturating_sub(name.width()));
        let line = format!("    {offset}  {hex:<hex_width$}  {name}{padding}  {said}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Where a field begins; nothing for a part of a byte that stands at the field before it.
fn place(field: &Field) -> String {
    if field.span.is_empty() { " ".repeat(4) } else { format!("{:04X}", field.span.start) }
}

fn name(field: &Field) -> String {
    format!("{}{}", "  ".repeat(usize::from(field.depth)), field.label)
}

fn beside(layer: &Layer, field: &Field, mask: &Mask) -> String {
    let start = field.span.range().start;
    if field.span.len() <= BESIDE {
        return mask.spaced(&layer.bytes, field.span);
    }
    format!("{} ..", mask.spaced(&layer.bytes, Span::new(start, start + BESIDE - 1)))
}

/// The value with its unit, what is wrong with it, and the remark.
fn said(layer: &Layer, field: &Field, mask: &Mask, look: Look) -> String {
    let paint = look.sheet.paint;
    let mut words = value(layer, field, mask, look.reveal);
    if !field.unit.symbol().is_empty() {
        let _ = write!(words, " {}", field.unit);
    }
    match field.verdict {
        Verdict::Good => words = format!("{words} {}", paint.good("good")),
        Verdict::Bad(mismatch) => words = format!("{words} {}", paint.bad(&format!("bad: {mismatch}"))),
        Verdict::Malformed(what) => words = format!("{words} {}", paint.bad(&format!("bad: {what}"))),
        Verdict::Unchecked(_) => {}
    }
    if !field.note.is_empty() {
        words = format!("{words}  {}", paint.faint(field.note));
    }
    words.trim_start().to_owned()
}

fn value(layer: &Layer, field: &Field, mask: &Mask, reveal: bool) -> String {
    let hidden = field.span.range().any(|byte| mask.hides(byte));
    match field.value {
        Value::Bytes => String::new(),
        Value::Secret if reveal => visible::text(layer.bytes_of(field)),
        Value::Text if hidden => "**".to_owned(),
        _ => layer.text_of(field),
    }
}

fn remarks(dissection: &Dissection, look: Look) -> String {
    let mut text = String::new();
    for problem in &dissection.problems {
        let _ = writeln!(text, "  {} {}", look.sheet.paint.odd("!"), problem.text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::stuffed;
    use crate::frame::{Checksum, Direction};
    use crate::reading::{Decimal, Unit};

    fn example() -> Dissection {
        let mut dissection = Dissection::unexplained("mercury200", &[0x41, 0x1B, 0x1B], "Energy");
        dissection.direction = Direction::Reply;
        let sum = Checksum::new("CRC-8/0xB5", 0x1B, 0x1C, 2);
        dissection.verdict = sum.verdict();
        dissection.checksum = Some(sum);
        dissection.layers[0].fields = vec![
            Field::new("body", Span::new(0, 2), Value::Bytes),
            Field::new("energy", Span::new(0, 1), Value::Number(Decimal::new(10, 2)))
                .at_depth(1)
                .unit(Unit::KilowattHour),
            Field::new("name", Span::new(1, 2), Value::Text).at_depth(1).note("as the meter has it"),
            Field::new("CRC", Span::new(2, 3), Value::Hex(0x1B, 2)).verdict(sum.verdict()),
        ];
        dissection
    }

    #[test]
    fn every_byte_stands_beside_its_meaning() {
        let text = frame(&example(), "@0 ", Look::default());
        let lines = [
            "@0 mercury200 reply 3 bytes  CRC-8/0xB5 1B bad, expected 1C",
            "  Energy: CRC-8/0xB5 1B, expected 1C",
            "  0000  41 1B 1B                                         A··",
            "    0000  41 1B  body",
            "    0000  41       energy  0.10 kWh",
            "    0001  1B       name    \\x1B  as the meter has it",
            "    0002  1B     CRC       1B bad: 1B, expected 1C",
            "",
        ];
        assert_eq!(text, lines.join("\n"));
    }

    #[test]
    fn a_password_shows_as_stars_in_hex_characters_and_value() {
        let text = frame(&stuffed(), "", Look::default());
        assert!(text.contains("C0 DB DC ** ** C0"), "{text}");
        assert!(!text.contains("11 22") && text.contains("password  ********"), "{text}");
        let revealed = frame(&stuffed(), "", Look { reveal: true, ..Look::default() });
        assert!(revealed.contains("11 22"), "{revealed}");
    }

    #[test]
    fn noise_is_shown_whole() {
        let text = bytes("noise", &[0u8; 17], "@3 ", Look::default());
        assert!(
            text.starts_with("@3 noise, 17 bytes\n  0000  00 00") && text.contains("\n  0010  00"),
            "{text}"
        );
    }
}
