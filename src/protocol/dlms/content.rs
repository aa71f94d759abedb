//! A data notification explained: its head, the tree of its data, and the readings in it.

use super::axdr::{COMPACT, DATE_TIME, Item, Tree, integer, type_name};
use super::compact::{Compact, compact};
use super::layout::{self, Layout, Role, Scale, Shape};
use super::maker::Maker;
use super::obis::{self, Obis};
use super::{stamp, time, units};
use crate::frame::{self, Label, ProblemCode, Value, Verdict};
use crate::protocol::dissection_builder::DissectionBuilder;
use crate::reading::{Absent, Decimal, Measured, MeterTime, Reading, Unit};

/// Bytes of tag and invoke id.
const HEAD: usize = 5;

/// What came of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    /// Index after its last byte.
    pub end: usize,
    /// Whether it was read to its end.
    pub is_whole: bool,
}

/// Explains the data notification at `start`.
pub(super) fn notification(
    builder: &mut DissectionBuilder,
    bytes: &[u8],
    start: usize,
    maker: Maker,
) -> Read {
    let cut = Read { end: bytes.len(), is_whole: false };
    let Some(word) = bytes.get(start + 1..).and_then(|rest| rest.first_chunk::<4>()) else {
        builder.rest(0, "cut short", (start, bytes.len()));
        return cut;
    };
    builder.field(0, "APDU", (start, start + 1), Value::Word("data-notification"));
    let invoke = u64::from(u32::from_be_bytes(*word));
    builder
        .field(0, "invoke id and priority", (start + 1, start + HEAD), Value::Hex(invoke, 8))
        .note("low 24 bits: running number");
    let Some(stated) = stamp::date_time(builder, bytes, start + HEAD) else {
        builder.problem(ProblemCode::Axdr, "no date and time where one must be, nor the mark for none", None);
        builder.rest(0, "unexplained", (start + HEAD, bytes.len()));
        return cut;
    };
    body(builder, bytes, stated, maker)
}

/// Explains data without the head of a notification.
pub(super) fn data(builder: &mut DissectionBuilder, bytes: &[u8], start: usize, maker: Maker) -> Read {
    body(builder, bytes, (start, None), maker)
}

/// The data at `start` of a notification that states a time, or none.
fn body(
    builder: &mut DissectionBuilder,
    bytes: &[u8],
    (start, stated): (usize, Option<MeterTime>),
    maker: Maker,
) -> Read {
    let tree = Tree::read(bytes, start);
    let layout = layout::recognise(&tree, bytes, maker);
    let mut teller = Teller {
        builder,
        bytes,
        tree: &tree,
        clock: None,
        time_of_day: None,
        day: None,
        unscaled: Vec::new(),
    };
    teller.tell(&layout);
    let (clock, unscaled) = (teller.clock, teller.unscaled);
    stamp::stamp(builder, clock.or(stated));
    remarks(builder, &layout, &unscaled);
    if let Some(halt) = tree.halt {
        let text = format!("byte {} of the data: {}", halt.at, halt.what);
        builder.problem(ProblemCode::Axdr, text, None);
        builder.rest(0, "unexplained", (tree.end, bytes.len()));
        return Read { end: bytes.len(), is_whole: false };
    }
    Read { end: tree.end, is_whole: true }
}

fn remarks(builder: &mut DissectionBuilder, layout: &Layout, unscaled: &[Obis]) {
    if let Some((first, others)) = unscaled.split_first() {
        let name = obis::quantity(*first).name();
        let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        let text = format!("the list carries no scalers and none is known for {name}{more}: as sent");
        builder.problem(ProblemCode::Scale, text, None);
    }
    match layout.shape {
        Shape::Positional | Shape::Headed => {
            let text = "the list names no quantities; they are known by position";
            builder.problem(ProblemCode::AssumedNames, text, None);
        }
        Shape::Unknown => {
            builder.problem(ProblemCode::UnknownList, "the list names no quantities and is not known", None);
        }
        Shape::Coded | Shape::Described => {}
    }
}

struct Teller<'a> {
    builder: &'a mut DissectionBuilder,
    bytes: &'a [u8],
    tree: &'a Tree,
    clock: Option<MeterTime>,
    time_of_day: Option<MeterTime>,
    day: Option<MeterTime>,
    /// Quantities with a number that nothing tells how to scale.
    unscaled: Vec<Obis>,
}

impl Teller<'_> {
    fn tell(&mut self, layout: &Layout) {
        for (item, role) in self.tree.items.iter().zip(&layout.roles) {
            if item.is_group() {
                self.group(item);
            } else if let Some(parts) =
                Some(item).filter(|item| item.tag == COMPACT).and_then(|i| compact(i, self.bytes))
            {
                self.compact(item, &parts);
            } else {
                self.element(item, *role);
            }
        }
    }

    fn group(&mut self, item: &Item) {
        let last = self.tree.items.get(item.next.saturating_sub(1)).map_or(item.end, |last| last.end);
        let count = Value::count(item.count.into());
        self.builder.field(item.depth, type_name(item.tag), (item.start, last), count);
        self.builder
            .field(item.depth + 1, "type and count", (item.start, item.end), Value::Bytes)
            .role(frame::Role::Frame);
    }

    /// A compact array: the description of its type once, then values without tags.
    fn compact(&mut self, item: &Item, parts: &Compact) {
        let count = parts.elements.len() / parts.per_element.max(1);
        self.builder.field(item.depth, "compact-array", (item.start, item.end), Value::count(count as u64));
        self.builder.field(item.depth + 1, "type description", (item.start, parts.described), Value::Bytes);
        self.builder.field(
            item.depth + 1,
            "length of contents",
            (parts.described, parts.contents),
            Value::Bytes,
        );
        for element in &parts.elements {
            self.element(element, Role::Plain);
        }
    }

    fn element(&mut self, item: &Item, role: Role) {
        let (label, note) = names(item, role);
        let (value, unit) = self.value(item, role);
        let needs_bytes = matches!(value, Value::Text | Value::Bytes) && item.end > item.content;
        let from = if needs_bytes { item.content } else { item.start };
        if needs_bytes && item.content > item.start {
            let name = Value::Word(type_name(item.tag));
            self.builder
                .field(item.depth, "type and length", (item.start, item.content), name)
                .role(frame::Role::Frame);
        }
        let verdict = match value {
            Value::Time(time) if time.year.is_some() && time.civil().is_none() => {
                Verdict::Malformed("impossible time")
            }
            _ => Verdict::default(),
        };
        let field = self.builder.field(item.depth, label, (from, item.end), value);
        field.role(part(role)).unit(unit).verdict(verdict).note(note);
        if let Role::Value { obis, scale, .. } = role {
            self.read(item, (obis, scale), (value, unit));
        }
    }

    fn value(&self, item: &Item, role: Role) -> (Value, Unit) {
        let content = item.bytes(self.bytes);
        let (exponent, unit) = match role {
            Role::Value { scale: Scale::Sent(exponent, code), .. } => {
                (exponent, units::unit(code).map_or(Unit::None, |(unit, _)| unit))
            }
            Role::Value { scale: Scale::Known(exponent, unit), .. } => (exponent, unit),
            _ => (0, Unit::None),
        };
        let value = match (item.tag, role) {
            (_, Role::Obis(obis)) => Value::Word(obis::quantity(obis).name()),
            (_, Role::Unit) => unit_value(content),
            (0x00, _) => Value::Absent(Absent::NoData),
            (0xFF, _) => Value::Word("don't care"),
            (0x03, _) => Value::Word(if content == [0] { "false" } else { "true" }),
            (0x17 | 0x18, _) => float(content, exponent),
            (0x09, Role::Value { obis, .. }) => octets(content, obis),
            (0x09, _) if time::is_plausible(content) => timed(time::clock(content).map(|clock| clock.time)),
            (0x0A | 0x0C, _) => Value::Text,
            (0x09, _) if layout::is_text(content) => Value::Text,
            (DATE_TIME, _) => timed(time::clock(content).map(|clock| clock.time)),
            (0x1A, _) => timed(time::date(content)),
            (0x1B, _) => timed(time::time(content)),
            (0x0D, _) => bcd(content),
            _ => {
                let number = integer(item, self.bytes).and_then(|units| Decimal::scaled(units, exponent));
                number.map_or(Value::Bytes, Value::Number)
            }
        };
        let has_unit = matches!(value, Value::Number(_));
        (value, if has_unit { unit } else { Unit::None })
    }

    fn read(&mut self, item: &Item, (obis, scale): (Obis, Scale), (value, unit): (Value, Unit)) {
        let content = item.bytes(self.bytes);
        let measured = match value {
            Value::Number(number) => Measured::Number(number),
            Value::Text if layout::is_text(content) => Measured::Text(content.into()),
            Value::Time(time) => {
                self.note_clock(content.len(), time);
                Measured::Time(time)
            }
            Value::Absent(why) => Measured::Absent(why),
            _ => return,
        };
        if let (Measured::Number(_), Scale::Open, [1, ..]) = (&measured, scale, obis) {
            self.unscaled.push(obis);
        }
        self.builder.readings.push(reading(obis, measured, unit, content));
    }

    /// The clock of the list: a whole date and time, or both where they come apart.
    fn note_clock(&mut self, length: usize, time: MeterTime) {
        match length {
            4 => self.time_of_day = Some(time),
            5 => self.day = Some(time),
            _ => self.clock = Some(time),
        }
        if let (Some(time), Some(day)) = (self.time_of_day, self.day) {
            let MeterTime { hour, minute, second, .. } = time;
            self.clock = Some(MeterTime { hour, minute, second, ..day });
        }
    }
}

/// What the field of an element is to the list.
const fn part(role: Role) -> frame::Role {
    match role {
        Role::Obis(_) | Role::Scaler | Role::Unit | Role::Class | Role::Attribute | Role::DataIndex => {
            frame::Role::Reference
        }
        Role::Value { .. } | Role::Header | Role::Plain => frame::Role::Value,
    }
}

/// Label and remark of an element.
fn names(item: &Item, role: Role) -> (Label, &'static str) {
    match role {
        Role::Obis(obis) => (Label::Code(obis::code(obis)), "OBIS code"),
        Role::Value { obis, note, .. } => {
            (Label::Code(obis::code(obis)), if note.is_empty() { type_name(item.tag) } else { note })
        }
        Role::Scaler => ("scaler".into(), "power of ten"),
        Role::Unit => ("unit".into(), ""),
        Role::Header => ("push setup".into(), "the name of the list, no value"),
        Role::Class => ("class".into(), "of the pushed object"),
        Role::Attribute => ("attribute".into(), "of the pushed object"),
        Role::DataIndex => ("data index".into(), "0: the whole attribute"),
        Role::Plain => (type_name(item.tag).into(), ""),
    }
}

fn reading(obis: Obis, measured: Measured, unit: Unit, raw: &[u8]) -> Reading {
    let quantity = obis::quantity(obis);
    if obis.first().is_some_and(|medium| *medium > 1) {
        let channel = obis.get(1).copied().unwrap_or_default();
        return Reading { channel, ..Reading::unnamed(quantity, measured, unit, raw) };
    }
    let reading = Reading { quantity, ..Reading::of(obis::code(obis), measured, unit, raw) };
    match obis {
        // Relays and connected meters are counted by channel; elsewhere the channel is but a habit of the maker.
        [0, channel, 24, ..] | [0, channel, 96, 3, ..] => Reading { channel, phase: None, ..reading },
        // An abstract object has no phase, whatever its number.
        [0, ..] => Reading { phase: None, ..reading },
        _ => reading,
    }
}

fn unit_value(content: &[u8]) -> Value {
    let Some(&code) = content.first() else { return Value::Bytes };
    Value::Meaning(code.into(), units::unit(code).map_or("reserved", |(_, name)| name))
}

/// What an octet string with a code means: a time where it is one, else text.
fn octets(content: &[u8], [a, _, c, d, ..]: Obis) -> Value {
    let is_clock = (a == 0 && (c, d) == (1, 0)) || (c, d) == (0, 9);
    match content.len() {
        12 if is_clock || time::is_plausible(content) => timed(time::clock(content).map(|clock| clock.time)),
        5 if is_clock => timed(time::date(content)),
        4 if is_clock => timed(time::time(content)),
        _ if layout::is_text(content) => Value::Text,
        _ => Value::Bytes,
    }
}

fn timed(time: Option<MeterTime>) -> Value {
    time.map_or(Value::Bytes, Value::Time)
}

fn bcd(content: &[u8]) -> Value {
    match content {
        [byte] if byte >> 4 <= 9 && byte & 0x0F <= 9 => {
            Value::count(u64::from((byte >> 4) * 10 + (byte & 0x0F)))
        }
        _ => Value::Bytes,
    }
}

/// The shortest decimal that is this float, times ten to a power.
fn float(content: &[u8], exponent: i8) -> Value {
    let text = match content {
        [_, _, _, _] => content.try_into().map(f32::from_be_bytes).map(|float| float.to_string()),
        _ => content.try_into().map(f64::from_be_bytes).map(|float| float.to_string()),
    };
    let scaled = text.ok().and_then(|text| Decimal::parse(&text)).and_then(|number| {
        let decimals = i8::try_from(number.decimals()).ok()?;
        Decimal::scaled(number.units(), exponent.checked_sub(decimals)?)
    });
    scaled.map_or(Value::Bytes, Value::Number)
}
