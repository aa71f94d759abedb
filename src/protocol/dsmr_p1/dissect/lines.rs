//! A telegram line by line.

use memchr::{memchr, memchr_iter, memchr2};

use super::meaning;
use super::sheet::Sheet;
use super::told;
use crate::frame::{Field, Label, ProblemCode, Role, Span, Value};
use crate::protocol::dsmr_p1::catalogue::{self, Entry, Form};
use crate::protocol::dsmr_p1::object::{Object, Spelling};
use crate::protocol::dsmr_p1::text::Number;
use crate::protocol::fields::Fields;

/// The first line: slash, three letters of the maker, speed character, identification.
pub(super) fn first<F: Fields>(sheet: &mut Sheet<'_, F>, end: usize) -> usize {
    let line = line_at(sheet.bytes, 0, end);
    let whole = Span::new(0, line.next);
    sheet.fields.add(|| Field::new("identification", whole, Value::Bytes).role(Role::Identification));
    let cut = |from: usize, to: usize| Span::new(from.min(line.end), to.min(line.end));
    let (maker, speed) = (cut(1, 4), cut(4, 5));
    let (flag, character) = (sheet.text(maker), sheet.text(speed));
    sheet.fields.frame("start", cut(0, 1), Value::Text, 1);
    sheet.fields.add(|| Field::new("maker", maker, Value::Text).at_depth(1).note(maker_name(flag)));
    sheet
        .fields
        .add(|| Field::new("speed character", speed, Value::Text).at_depth(1).note(speed_name(character)));
    sheet.field("type and number", cut(5, line.end), Value::Text, 1);
    line_end(sheet, line.end, line.next);
    line.next
}

fn line_end<F: Fields>(sheet: &mut Sheet<'_, F>, from: usize, to: usize) {
    if to > from {
        sheet.fields.frame("line end", Span::new(from, to), Value::Bytes, 1);
    }
}

/// The lines between the first and the last.
pub(super) fn body<F: Fields>(sheet: &mut Sheet<'_, F>, from: usize, end: usize) {
    let mut at = from;
    while at < end {
        at = one(sheet, at, end);
    }
}

/// Where a line ends, and where its line end does.
#[derive(Debug, Clone, Copy)]
struct Line {
    end: usize,
    next: usize,
}

fn line_at(bytes: &[u8], from: usize, until: usize) -> Line {
    let rest = bytes.get(from..until).unwrap_or_default();
    let Some(feed) = memchr(b'\n', rest) else {
        return Line { end: until, next: until };
    };
    let has_return = feed.checked_sub(1).and_then(|at| rest.get(at)) == Some(&b'\r');
    Line { end: from + feed - usize::from(has_return), next: from + feed + 1 }
}

/// Explains the line that begins at `from`; where the next one begins.
fn one<F: Fields>(sheet: &mut Sheet<'_, F>, from: usize, until: usize) -> usize {
    let rest = sheet.bytes.get(from..until).unwrap_or_default();
    let Some((object, width, spelling)) = Object::read(rest) else {
        return without_object(sheet, from, until);
    };
    let (line, is_sound) = groups(sheet, from + width, until);
    if is_sound {
        sheet.awaited = None;
        known(sheet, object, (Span::new(from, from + width), spelling), line);
    } else {
        unreadable(sheet, from, line);
    }
    line.next
}

#[cold]
fn without_object<F: Fields>(sheet: &mut Sheet<'_, F>, from: usize, until: usize) -> usize {
    let (line, is_sound) = groups(sheet, from, until);
    if is_sound {
        continuation(sheet, from, line);
    } else if line.end == from {
        sheet.awaited = None;
        sheet.fields.frame("blank line", Span::new(from, line.next), Value::Bytes, 0);
    } else {
        unreadable(sheet, from, line);
    }
    line.next
}

fn unreadable<F: Fields>(sheet: &mut Sheet<'_, F>, from: usize, line: Line) {
    // The number of a register stands in the very next line, or it is not known to be its number.
    sheet.awaited = None;
    let span = Span::new(from, line.next);
    sheet.field("unreadable line", span, Value::Text, 0);
    sheet.problem(
        ProblemCode::Line,
        "a line that is neither object and brackets nor a continuation",
        Some(span),
    );
}

/// Finds the end of a line and the brackets it consists of from a place on; whether there is nothing else.
#[expect(clippy::inline_always, reason = "the few steps that nearly every line takes")]
#[inline(always)]
fn groups<F: Fields>(sheet: &mut Sheet<'_, F>, from: usize, until: usize) -> (Line, bool) {
    sheet.groups.clear();
    if let Some(line) = single(sheet.bytes.get(from..until).unwrap_or_default(), from) {
        sheet.groups.push(Span::new(from + 1, line.end - 1));
        return (line, true);
    }
    several(sheet, from, until)
}

#[cold]
fn several<F: Fields>(sheet: &mut Sheet<'_, F>, from: usize, until: usize) -> (Line, bool) {
    let line = line_at(sheet.bytes, from, until);
    let mut at = from;
    while at < line.end {
        let rest = sheet.bytes.get(at..line.end).unwrap_or_default();
        if rest.first() != Some(&b'(') {
            return (line, false);
        }
        // A value may hold brackets itself: one closes only before the next opens or the line ends.
        let closes = |index: &usize| matches!(rest.get(index + 1), None | Some(b'('));
        let Some(width) = memchr_iter(b')', rest).find(closes) else { return (line, false) };
        sheet.groups.push(Span::new(at + 1, at + width));
        at += width + 1;
    }
    (line, !sheet.groups.is_empty())
}

/// The end of a line that has one bracket and in it no other, as nearly all have: found together with it.
#[inline]
fn single(rest: &[u8], from: usize) -> Option<Line> {
    let [b'(', inside @ ..] = rest else { return None };
    let feed = memchr2(b'\n', b'(', inside)?;
    let value = inside.get(..feed)?.strip_suffix(b")\r")?;
    (inside.get(feed) == Some(&b'\n')).then(|| Line { end: from + value.len() + 2, next: from + feed + 2 })
}

/// A line with an object: its reference, what stands in its brackets, its line end.
fn known<F: Fields>(
    sheet: &mut Sheet<'_, F>,
    object: Object,
    (reference, spelling): (Span, Spelling),
    line: Line,
) {
    let entry = catalogue::of(object).map(|entry| meaning::in_its_unit(sheet, entry));
    let parent = sheet.fields.count();
    let whole = Span::new(reference.range().start, line.next);
    let is_open = F::ARE_KEPT && entry.is_some_and(|entry| meaning::is_open(sheet, entry));
    sheet.fields.add(|| Field::new(name(entry, object, is_open), whole, Value::Bytes));
    let object_field = || Field::new("object", reference, Value::Text).at_depth(1).role(Role::Object);
    sheet.fields.add(|| object_field().note(spelling_note(spelling)));
    let form = entry.map(|entry| entry.form);
    if let Some((value, unit, note)) = brackets(sheet, form, object, reference.range().end, line) {
        sheet.fields.change(parent, |field| (field.value, field.unit, field.note) = (value, unit, note));
    }
    if let Some(entry) = entry {
        told::line(sheet, entry, object, parent);
    }
}

const fn spelling_note(spelling: Spelling) -> &'static str {
    match spelling {
        Spelling::Plain => "",
        Spelling::WithF => "with group F, which is left out elsewhere",
        Spelling::Colon => "a colon where a dot belongs",
    }
}

/// The name of a line, by which a limit that is open is told from one that is in force.
fn name(entry: Option<&'static Entry>, object: Object, is_open: bool) -> Label {
    match entry {
        Some(entry) if is_open => Label::Name(meaning::open_limit(entry)),
        Some(entry) => meaning::name(entry, object),
        None => Label::Name("unknown object"),
    }
}

/// The value that stands for a line: its value, unit and note.
type Main = (Value, crate::reading::Unit, &'static str);

/// Explains every bracket of a line, if anybody wants to know; what the line comes to, if it is a single value.
fn brackets<F: Fields>(
    sheet: &mut Sheet<'_, F>,
    form: Option<Form>,
    object: Object,
    from: usize,
    line: Line,
) -> Option<Main> {
    if !F::ARE_KEPT {
        return None;
    }
    let mut main = None;
    let mut at = from;
    let count = sheet.groups.len();
    for index in 0..count {
        let span = sheet.groups.get(index).copied().unwrap_or_default();
        let range = span.range();
        sheet.fields.frame(
            if index == 0 { "bracket" } else { "brackets" },
            Span::new(at, range.start),
            Value::Bytes,
            1,
        );
        let field = meaning::of(sheet, form, object, index, span);
        if meaning::is_main(form, index, count) && !matches!(field.value, Value::Text | Value::Bytes) {
            main = Some((field.value, field.unit, field.note));
        }
        sheet.fields.add(|| field);
        at = range.end;
    }
    sheet.fields.frame("line end", Span::new(at, line.next), Value::Bytes, 1);
    main
}

/// The number of the register of the line before.
fn continuation<F: Fields>(sheet: &mut Sheet<'_, F>, from: usize, line: Line) {
    let Some(awaited) = sheet.awaited.take() else { return unreadable(sheet, from, line) };
    let span = sheet.groups.first().copied().unwrap_or_default();
    let count = sheet.groups.len();
    brackets(sheet, Some(Form::Number), awaited.object, from, line);
    for back in 1..=2 * count + 1 {
        sheet.fields.change(sheet.fields.count().wrapping_sub(back), |field| {
            if let Value::Number(_) = field.value {
                field.unit = awaited.unit;
            }
        });
    }
    if let Some(number) = Number::read(sheet.text(span)) {
        sheet.fields.change(awaited.field, |field| {
            field.span = Span::new(field.span.range().start, line.next);
            (field.value, field.unit) = (Value::Number(number.value), awaited.unit);
        });
        told::hourly(sheet, &awaited, number, span);
    }
}

/// The maker of a flag, as far as telegrams with it have been seen.
fn maker_name(flag: &[u8]) -> &'static str {
    match flag.to_ascii_uppercase().as_slice() {
        b"ISK" => "Iskraemeco",
        b"KFM" => "Kaifa",
        b"XMX" | b"LGF" | b"LGZ" => "Landis+Gyr",
        b"KMP" | b"KAM" => "Kamstrup",
        b"ENE" | b"SAG" => "Sagemcom",
        b"ACE" => "Itron (Actaris)",
        b"ADN" => "Aidon",
        b"WSE" => "Wasion",
        b"EGM" => "Elgama",
        b"ESY" => "EasyMeter",
        b"FLU" => "meter of Fluvius, Belgium",
        b"LUX" => "Smarty, Luxembourg",
        b"EST" => "meter of Energienetze Steiermark, Austria",
        b"ESO" => "meter of ESO, Lithuania",
        b"ELL" => "meter of Ellevio, Sweden",
        b"GRE" => "meter of Groupe E, Switzerland",
        b"NWA" | b"AUR" => "heat gateway",
        _ => "",
    }
}

/// What the speed character says by IEC 62056-21; the port does not go by it.
fn speed_name(character: &[u8]) -> &'static str {
    match character {
        b"0" => "300 baud by IEC 62056-21; the port does not go by it",
        b"1" => "600 baud by IEC 62056-21; the port does not go by it",
        b"2" => "1200 baud by IEC 62056-21; the port does not go by it",
        b"3" => "2400 baud by IEC 62056-21; the port does not go by it",
        b"4" => "4800 baud by IEC 62056-21; the port does not go by it",
        b"5" => "9600 baud by IEC 62056-21; the port does not go by it",
        b"6" | b"9" => "19200 baud by IEC 62056-21; the port does not go by it",
        _ => "",
    }
}
