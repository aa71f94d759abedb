//! Data records: what a DIF, a VIF and their extensions announce, and the data behind them.

use super::data::{self, Coding};
use super::vif::{self, Change, Meaning, Reads};
use crate::frame::{Label, Part, ProblemCode, Role, Span, Value, Verdict};
use crate::protocol::dissection_builder::DissectionBuilder;
use crate::reading::{Measured, Quantity, Reading, Unit};

/// The most extensions a DIF or a VIF may have.
const MOST_EXTENSIONS: usize = 10;
const EXTENDED: u8 = 0x80;
/// Maker's data up to the end.
const MAKER: u8 = 0x0F;
/// The same, and more records follow in the next frame.
const MAKER_AND_MORE: u8 = 0x1F;
/// Filler.
const IDLE: u8 = 0x2F;
/// Request for everything.
const GLOBAL: u8 = 0x7F;

/// What the first bytes of a record announce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    dif: u8,
    /// Count of DIFE.
    dif_extensions: usize,
    /// Which stored value; 0 is the present one.
    storage: u64,
    /// 0 for none.
    tariff: u32,
    /// Which part of the device.
    subunit: u32,
}

/// What the VIF says with its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    meaning: Meaning,
    /// Bytes from VIF to the last VIFE, text of a unit included.
    length: usize,
    is_export: bool,
    /// Whether the maker's own codes change what it means.
    is_makers: bool,
}

/// Explains records from `start` to the end of `bytes`; gives readings if the device counts electricity.
pub(super) fn records(builder: &mut DissectionBuilder, bytes: &[u8], start: usize, is_electricity: bool) {
    let mut at = start;
    while let Some(&dif) = bytes.get(at) {
        match dif {
            IDLE => at = idle(builder, bytes, at),
            MAKER | MAKER_AND_MORE => return maker(builder, bytes, at, dif),
            GLOBAL => {
                builder.field(0, "global readout request", (at, at + 1), Value::Hex(dif.into(), 2));
                at += 1;
            }
            _ => match record(builder, bytes, at, is_electricity) {
                Ok(next) => at = next,
                Err(why) => {
                    builder.problem(ProblemCode::Record, why, Some(Span::new(at, bytes.len())));
                    return builder.rest(0, "unexplained", (at, bytes.len()));
                }
            },
        }
    }
}

fn idle(builder: &mut DissectionBuilder, bytes: &[u8], at: usize) -> usize {
    let count = bytes.get(at..).unwrap_or_default().iter().take_while(|byte| **byte == IDLE).count();
    builder.field(0, "filler", (at, at + count), Value::Bytes).role(Role::Frame);
    at + count
}

fn maker(builder: &mut DissectionBuilder, bytes: &[u8], at: usize, dif: u8) {
    let has_more = dif == MAKER_AND_MORE;
    builder.part = has_more.then_some(Part::OfReadout);
    let note = if has_more { "more records follow in the next frame" } else { "" };
    builder.field(0, "manufacturer's data follow", (at, at + 1), Value::Hex(dif.into(), 2)).note(note);
    builder.rest(0, "manufacturer's data", (at + 1, bytes.len()));
}

/// One record; gives where the next begins.
fn record(
    builder: &mut DissectionBuilder,
    bytes: &[u8],
    at: usize,
    is_electricity: bool,
) -> Result<usize, &'static str> {
    let head = head(bytes.get(at..).unwrap_or_default())?;
    let vif_at = at + 1 + head.dif_extensions;
    let kind = kind(bytes.get(vif_at..).unwrap_or_default())?;
    let data_at = vif_at + kind.length;
    let rest = bytes.get(data_at..).unwrap_or_default();
    let coding = Coding::of(head.dif);
    let length = coding.length(rest).ok_or("a record ends before its data")?;
    let data = rest.get(..length).unwrap_or_default();
    let end = data_at + length;
    let value = value(&kind.meaning, coding, data);
    let unit = if matches!(value, Value::Number(_)) { kind.meaning.unit } else { Unit::None };
    let verdict = match value {
        Value::Absent(_) => Verdict::Malformed("no decimal digits"),
        _ => Verdict::default(),
    };
    let record = builder.field(0, kind.meaning.name, (at, end), value).role(Role::Record);
    record.unit(unit).verdict(verdict).note(head.remark(&kind));
    builder
        .field(1, head.storage_label(), (at, at + 1), Value::Meaning(head.dif.into(), coding.name()))
        .role(Role::Reference)
        .note(head.function());
    if head.dif_extensions > 0 {
        builder.field(1, head.tariff_label(), (at + 1, vif_at), Value::Bytes).role(Role::Reference);
    }
    builder.field(1, kind.label(), (vif_at, data_at), Value::Bytes).role(Role::Reference);
    if length > 0 {
        let is_text = value == Value::Text;
        let note = if is_text { "last character first" } else { "" };
        let shown = if is_text { Value::Text } else { Value::Bytes };
        builder.field(1, "data", (data_at, end), shown).role(Role::Data).note(note);
    }
    builder.readings.extend(reading(&head, &kind, value, data, is_electricity));
    Ok(end)
}

fn head(bytes: &[u8]) -> Result<Head, &'static str> {
    let (&dif, rest) = bytes.split_first().ok_or("no record")?;
    let mut head = Head { dif, dif_extensions: 0, storage: (dif >> 6 & 1).into(), tariff: 0, subunit: 0 };
    let mut is_extended = dif & EXTENDED != 0;
    while is_extended {
        let &dife = rest.get(head.dif_extensions).ok_or("a record ends within its DIFE")?;
        let nth = head.dif_extensions;
        if nth == MOST_EXTENSIONS {
            return Err("more than 10 DIFE");
        }
        head.storage |= u64::from(dife & 0x0F) << (1 + 4 * nth);
        head.tariff |= u32::from(dife >> 4 & 3) << (2 * nth);
        head.subunit |= u32::from(dife >> 6 & 1) << nth;
        head.dif_extensions += 1;
        is_extended = dife & EXTENDED != 0;
    }
    Ok(head)
}

impl Head {
    const fn function(&self) -> &'static str {
        match self.dif >> 4 & 3 {
            0 => "present value",
            1 => "maximum",
            2 => "minimum",
            _ => "value while in error",
        }
    }

    const fn is_present(&self) -> bool {
        self.dif & 0x30 == 0 && self.storage == 0
    }

    fn storage_label(&self) -> Label {
        match u16::try_from(self.storage) {
            Ok(0) => Label::Name("DIF"),
            Ok(storage) => Label::Qualified(&["DIF", "stored value"], storage),
            Err(_) => Label::Qualified(&["DIF", "stored value"], 0),
        }
    }

    fn tariff_label(&self) -> Label {
        match (u16::try_from(self.tariff), u16::try_from(self.subunit)) {
            (Ok(tariff @ 1..), _) => Label::Qualified(&["DIFE", "tariff"], tariff),
            (_, Ok(subunit @ 1..)) => Label::Qualified(&["DIFE", "subunit"], subunit),
            _ => Label::Name("DIFE"),
        }
    }

    fn remark(&self, kind: &Kind) -> &'static str {
        match (self.is_present(), kind.is_export, kind.is_makers) {
            (_, _, true) => "changed by codes of the manufacturer's",
            (_, true, _) => "negative contribution, absolute value",
            (false, ..) if self.storage > 0 => "stored value",
            (false, ..) => self.function(),
            _ => "",
        }
    }
}

impl Kind {
    /// What readings have it as.
    const fn quantity(&self) -> Quantity {
        if self.is_makers { Quantity::named("quantity of the manufacturer's") } else { self.meaning.quantity }
    }

    const fn label(&self) -> Label {
        match (self.is_makers, self.is_export) {
            (true, _) => Label::Qualified(&["VIF", "manufacturer's"], 0),
            (_, true) => Label::Qualified(&["VIF", "negative"], 0),
            _ => Label::Name("VIF"),
        }
    }
}

fn kind(bytes: &[u8]) -> Result<Kind, &'static str> {
    let &vif = bytes.first().ok_or("a record ends before its VIF")?;
    let mut length = 1;
    let meaning = match vif {
        0xFB | 0xFD => {
            let code = bytes.get(1).ok_or("a record ends within its VIF")?;
            length = 2;
            let extended = if vif == 0xFD { vif::second(code & 0x7F) } else { vif::first(code & 0x7F) };
            extended.unwrap_or(UNKNOWN)
        }
        0x7C | 0xFC => {
            let count = bytes.get(1).ok_or("a record ends within its VIF")?;
            length = 2 + usize::from(*count);
            Meaning { name: "unit as text", quantity: Quantity::named("unit as text"), ..UNKNOWN }
        }
        _ => vif::primary(vif & 0x7F).unwrap_or(UNKNOWN),
    };
    let last = if vif == 0xFB || vif == 0xFD { bytes.get(1).copied().unwrap_or_default() } else { vif };
    let mut kind = Kind { meaning, length, is_export: false, is_makers: vif & 0x7F == 0x7F };
    extensions(&mut kind, bytes, last & EXTENDED != 0)?;
    if kind.length > bytes.len() { Err("a record ends within its VIF") } else { Ok(kind) }
}

const UNKNOWN: Meaning = Meaning {
    name: "unknown quantity",
    unit: Unit::None,
    exponent: 0,
    reads: Reads::Raw,
    register: None,
    quantity: Quantity::named("unknown quantity"),
};

fn extensions(kind: &mut Kind, bytes: &[u8], mut is_extended: bool) -> Result<(), &'static str> {
    let mut count = 0;
    while is_extended {
        let &vife = bytes.get(kind.length).ok_or("a record ends within its VIFE")?;
        count += 1;
        if count > MOST_EXTENSIONS {
            return Err("more than 10 VIFE");
        }
        kind.length += 1;
        is_extended = vife & EXTENDED != 0;
        if kind.is_makers {
            continue;
        }
        match vif::change(vife & 0x7F) {
            Change::Negative => kind.is_export = true,
            Change::Times(power) => kind.meaning.exponent = kind.meaning.exponent.saturating_add(power),
            Change::Maker | Change::Other => kind.is_makers = true,
            Change::Positive | Change::Nothing => {}
        }
    }
    Ok(())
}

fn value(meaning: &Meaning, coding: Coding, data: &[u8]) -> Value {
    match (meaning.reads, coding, coding.number(data)) {
        (_, Coding::Variable, None) => match data.first() {
            Some(0x00..=0xBF) => Value::Text,
            _ => Value::Bytes,
        },
        (Reads::Time, ..) => data::time(data).map_or(Value::Bytes, Value::Time),
        (Reads::Number | Reads::Identity | Reads::Raw, _, Some(number)) => number.scaled(meaning.exponent),
        _ => Value::Bytes,
    }
}

/// The reading of a present value. One that is stored, a maximum or a minimum stays a field.
fn reading(head: &Head, kind: &Kind, value: Value, data: &[u8], is_electricity: bool) -> Option<Reading> {
    let measured = match value {
        Value::Number(number) => Measured::Number(number),
        Value::Time(time) => Measured::Time(time),
        Value::Absent(why) => Measured::Absent(why),
        _ => return None,
    };
    if !head.is_present() || matches!(kind.meaning.reads, Reads::Raw) {
        return None;
    }
    let Meaning { register, unit, .. } = kind.meaning;
    let is_plain = is_electricity && !kind.is_makers && head.subunit == 0;
    let register = register.filter(|_| is_plain);
    let code = register.and_then(|register| register.code(kind.is_export, head.tariff));
    Some(match code {
        Some(code) => Reading::of(code, measured, unit, data),
        None => Reading {
            tariff: u8::try_from(head.tariff).ok().filter(|tariff| *tariff > 0),
            ..Reading::unnamed(kind.quantity(), measured, unit, data)
        },
    })
}
