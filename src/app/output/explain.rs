//! An explained frame for people: its bytes, and under them what each of them means.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::paint::TermStyle;
use crate::frame::{Dissection, Field, Layer, Mask, Reason, Span, Value, Verdict, hex, visible};

/// Bytes a line of a hex view shows.
const LINE: usize = 16;

/// About so long is a line of a hex view.
const WIDTH: usize = 80;

/// Bytes of a field that stand beside its name; longer ones are cut there (the hex view above has them all).
const BESIDE: usize = 8;

/// How a frame is to be shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// On what.
    pub sheet: TermStyle,
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
        hex_view(&mut text, &layer.bytes, &mask, look);
        tree(&mut text, layer, &mask, look);
    }
    remarks(&mut text, dissection, look);
    text
}

/// Bytes that belong to no frame, as text of several lines; `what` says what they are, `mask` which of them are secret.
#[must_use]
pub fn bytes(what: &str, bytes: &[u8], mask: &Mask, heading: &str, look: Look) -> String {
    let mut text = look.sheet.paint.odd(&format!("{heading}{what}, {}", count(bytes.len())));
    text.reserve(bytes.len().div_ceil(LINE) * WIDTH);
    text.push('\n');
    hex_view(&mut text, bytes, mask, look);
    text
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
    let sum = dissection
        .checksum
        .map(|sum| format!("{} {} ", sum.kind.name(), sum.found_text()))
        .unwrap_or_default();
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
            format!("{}, from wire bytes {} to {}", layer.kind, first.wire.start, last.wire.end)
        }
        (Some(first), Some(last)) => {
            format!("{}, from frames {} to {} of the message", layer.kind, first.part + 1, last.part + 1)
        }
        _ => layer.kind.name().to_owned(),
    }
}

/// Offset, hex and characters, sixteen bytes a line.
fn hex_view(text: &mut String, bytes: &[u8], mask: &Mask, look: Look) {
    for (row, line) in bytes.chunks(LINE).enumerate() {
        let start = row * LINE;
        text.push_str("  ");
        look.sheet.paint.put_faint(text, |text| put_offset(text, start));
        text.push_str("  ");
        mask.put(text, bytes, Span::new(start, start + line.len()), " ");
        pad(text, (LINE - line.len()) * 3 + 2);
        let glyph = |(place, byte): (usize, &u8)| {
            if mask.hides(start + place) { '*' } else { visible::glyph(*byte) }
        };
        text.extend(line.iter().enumerate().map(glyph));
        text.push('\n');
    }
}

/// At least four hex digits.
fn put_offset(text: &mut String, offset: usize) {
    let _ = match u16::try_from(offset) {
        Ok(small) => {
            small.to_be_bytes().into_iter().for_each(|byte| hex::put(text, byte));
            Ok(())
        }
        Err(_) => write!(text, "{offset:04X}"),
    };
}

fn pad(text: &mut String, columns: usize) {
    text.extend(std::iter::repeat_n(' ', columns));
}

/// Offset, bytes, name, value and remark of each field, children indented below their parent.
fn tree(text: &mut String, layer: &Layer, mask: &Mask, look: Look) {
    let names: Vec<_> = layer.fields.iter().map(|field| field.label.text()).collect();
    let widths: Vec<_> =
        names.iter().zip(&layer.fields).map(|(name, field)| name.width() + indent(field)).collect();
    let name_width = widths.iter().copied().max().unwrap_or(0);
    let hex_width = layer.fields.iter().map(beside_width).max().unwrap_or(0);
    text.reserve(layer.fields.len() * WIDTH);
    for ((name, width), field) in names.iter().zip(widths).zip(&layer.fields) {
        text.push_str("    ");
        look.sheet.paint.put_faint(text, |text| put_place(text, field));
        text.push_str("  ");
        put_beside(text, layer, field, mask);
        pad(text, hex_width - beside_width(field) + 2 + indent(field));
        text.push_str(name);
        pad(text, name_width - width + 2);
        put_said(text, layer, field, mask, look);
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
}

/// Where a field begins; nothing for a part of a byte that stands at the field before it.
fn put_place(text: &mut String, field: &Field) {
    if field.span.is_empty() { pad(text, 4) } else { put_offset(text, field.span.range().start) }
}

/// Columns by which a field stands below its parent.
fn indent(field: &Field) -> usize {
    usize::from(field.depth) * 2
}

/// Bytes of a field that stand beside its name, and the columns they take.
const fn beside_width(field: &Field) -> usize {
    match field.span.len() {
        0 => 0,
        few @ 1..=BESIDE => few * 3 - 1,
        _ => BESIDE * 3 - 1,
    }
}

fn put_beside(text: &mut String, layer: &Layer, field: &Field, mask: &Mask) {
    let start = field.span.range().start;
    if field.span.len() <= BESIDE {
        return mask.put(text, &layer.bytes, field.span, " ");
    }
    mask.put(text, &layer.bytes, Span::new(start, start + BESIDE - 1), " ");
    text.push_str(" ..");
}

/// The value with its unit, what is wrong with it, and the remark.
fn put_said(text: &mut String, layer: &Layer, field: &Field, mask: &Mask, look: Look) {
    let (start, paint) = (text.len(), look.sheet.paint);
    put_value(text, layer, field, mask, look.reveal);
    if text.get(start..).is_some_and(|value| value.starts_with(' ')) {
        let value = text.split_off(start);
        text.push_str(value.trim_start());
    }
    let mut add = |gap: &str, words: &str| {
        if text.len() > start {
            text.push_str(gap);
        }
        text.push_str(words);
    };
    if !field.unit.symbol().is_empty() {
        add(" ", field.unit.symbol());
    }
    match field.verdict {
        Verdict::Good => add(" ", &paint.good("good")),
        Verdict::Bad(mismatch) => add(" ", &paint.bad(&format!("bad: {mismatch}"))),
        Verdict::Malformed(what) => add(" ", &paint.bad(&format!("bad: {what}"))),
        Verdict::Unchecked(_) => {}
    }
    if !field.note.is_empty() {
        add("  ", &paint.faint(field.note));
    }
}

fn put_value(text: &mut String, layer: &Layer, field: &Field, mask: &Mask, reveal: bool) {
    let hidden = || field.span.range().any(|byte| mask.hides(byte));
    match field.value {
        Value::Bytes => {}
        Value::Secret if reveal => text.push_str(&visible::text(layer.bytes_of(field))),
        Value::Text if hidden() => text.push_str("**"),
        _ => layer.put_text(text, field),
    }
}

fn remarks(text: &mut String, dissection: &Dissection, look: Look) {
    for problem in &dissection.problems {
        let _ = writeln!(text, "  {} {}", look.sheet.paint.odd("!"), problem.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::checksum::CheckKind;
    use crate::frame::stuffed;
    use crate::frame::{Checksum, Direction};
    use crate::reading::{Decimal, Unit};

    fn example() -> Dissection {
        let mut dissection = Dissection::unexplained("mercury200", &[0x41, 0x1B, 0x1B], "Energy");
        dissection.direction = Direction::Reply;
        let sum = Checksum::new(CheckKind::Crc8B5, 0x1B, 0x1C, 2);
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
        let text = bytes("noise", &[0u8; 17], &Mask::default(), "@3 ", Look::default());
        assert!(
            text.starts_with("@3 noise, 17 bytes\n  0000  00 00") && text.contains("\n  0010  00"),
            "{text}"
        );
    }
}
