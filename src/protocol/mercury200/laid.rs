//! Items laid over payload bytes: fields for every byte, readings, and what is odd about them.

use super::choices;
use super::form::{Form, Item, Means};
use super::values;
use crate::frame::{Field, ProblemCode, Span, Value, Verdict};
use crate::protocol::dissection_builder::DissectionBuilder;
use crate::protocol::incotex::items;
use crate::reading::{Decimal, Measured, Period, Quantity, Reading, Unit};

/// Items laid over a frame so far.
#[derive(Debug, Default)]
pub(super) struct Laid {
    /// What was found so far; [`super::dissect`] drops the readings if the frame is not a good reply.
    pub found: DissectionBuilder,
    /// The month that was asked for, where the request is known.
    pub month: Option<Period>,
}

impl Laid {
    /// Explains the part of a frame that starts at byte `start` with a row of items. Returns the index after
    /// the last byte explained; bytes beyond the items, and those of an item cut short, are left.
    pub(super) fn lay(&mut self, items: &[Item], frame: &[u8], start: usize) -> usize {
        let mut at = start;
        for item in items {
            let end = at + item.size();
            let Some(bytes) = frame.get(at..end) else { break };
            self.item(item, bytes, at);
            at = end;
        }
        at
    }

    fn item(&mut self, item: &Item, bytes: &[u8], at: usize) {
        let span = Span::new(at, at + bytes.len());
        let value = values::value(item.form, bytes);
        let verdict = self.check(item, value, span);
        let note = if item.form == Form::Crossing { values::crossing(bytes) } else { item.note };
        self.found
            .fields
            .push(Field::new(item.label(), span, value).unit(item.unit).verdict(verdict).note(note));
        self.parts(item.form, bytes, at);
        self.read(item, value, bytes);
    }

    /// What is wrong with a value.
    fn check(&mut self, item: &Item, value: Value, span: Span) -> Verdict {
        match (item.form, value) {
            (Form::Bcd { .. } | Form::SignedBcd { .. }, Value::Bytes) => {
                self.found.problem(
                    ProblemCode::Bcd,
                    "a number holds half bytes that are no decimal digits",
                    Some(span),
                );
                Verdict::Malformed("not decimal")
            }
            (_, Value::Bytes) if !matches!(item.form, Form::Bytes(_) | Form::Fixed(_)) => {
                self.found.problem(
                    ProblemCode::Bcd,
                    "a time holds half bytes that are no decimal digits",
                    Some(span),
                );
                Verdict::Malformed("not decimal")
            }
            (_, Value::Time(time)) if time.year.is_some() && time.civil().is_none() => {
                self.found.problem(
                    ProblemCode::Time,
                    "the calendar does not know this date or time",
                    Some(span),
                );
                Verdict::Malformed("impossible time")
            }
            (_, Value::Number(volts)) if item.means == VOLTAGE && is_doubtful(volts) => {
                self.found.problem(
                    ProblemCode::Scale,
                    "under 100 V: some firmware may send whole volts",
                    Some(span),
                );
                Verdict::default()
            }
            _ => Verdict::default(),
        }
    }

    /// The single bytes of a form that has several.
    fn parts(&mut self, form: Form, bytes: &[u8], at: usize) {
        for (index, (byte, part)) in bytes.iter().zip(parts(form)).enumerate() {
            let span = Span::new(at + index, at + index + 1);
            let value = values::value(part.form, std::slice::from_ref(byte));
            self.found.fields.push(Field::new(part.name, span, value).note(part.note).at_depth(1));
        }
    }

    fn read(&mut self, item: &Item, value: Value, bytes: &[u8]) {
        let measured = || values::measured(item, value, bytes);
        match item.means {
            Means::Nothing => {}
            Means::Code(code) => {
                let reading = Reading::of(code, measured(), item.unit, bytes);
                self.found.readings.push(reading);
            }
            Means::OfMonth(code) => {
                if let Some(month) = self.month {
                    self.found
                        .readings
                        .push(Reading::of(code, measured(), item.unit, bytes).of_period(month));
                }
            }
            Means::Named(quantity, tariff) => {
                self.found.readings.push(named(quantity, tariff, measured(), (item.unit, bytes)));
                self.stamp_crossing(item, value);
            }
            Means::TimeOf(count) => self.stamp(count, value),
        }
    }

    fn stamp_crossing(&mut self, item: &Item, value: Value) {
        if item.form == Form::Crossing {
            self.stamp(1, value);
        }
    }

    /// Gives the last readings their time.
    fn stamp(&mut self, count: usize, value: Value) {
        if let Value::Time(time) = value {
            self.found.readings.iter_mut().rev().take(count).for_each(|reading| reading.at = Some(time));
        }
    }
}

const VOLTAGE: Means = Means::Code(crate::reading::Code::new(32, 7, 0));

/// A voltage that a mains meter would hardly run on; nothing at all is no doubt.
fn is_doubtful(volts: Decimal) -> bool {
    volts > Decimal::ZERO && volts < Decimal::new(100, 0)
}

fn named(quantity: Quantity, tariff: u8, value: Measured, (unit, bytes): (Unit, &[u8])) -> Reading {
    Reading { tariff: (tariff != 0).then_some(tariff), ..Reading::unnamed(quantity, value, unit, bytes) }
}

type Part = items::Part<Form>;

const fn part(name: &'static str) -> Part {
    Part::new(name, Form::Bcd { bytes: 1, decimals: 0 })
}

const fn flagged(name: &'static str, note: &'static str) -> Part {
    Part { name, form: Form::Hex(1), note }
}

static CLOCK: [Part; 7] = [
    Part::new("weekday", Form::Choice(&choices::WEEKDAY)),
    part("hour"),
    part("minute"),
    part("second"),
    part("day"),
    part("month"),
    part("year"),
];

static CROSSING: [Part; 6] = [
    flagged("direction and hour", "top bits: 80 went over, 40 came back; the rest BCD"),
    part("minute"),
    part("second"),
    part("day"),
    part("month"),
    part("year"),
];

static SWITCHING: [Part; 2] =
    [flagged("tariff and hour", "top 2 bits: tariff less 1; the rest BCD"), part("minute")];

static VERSION: [Part; 2] = [Part::new("version", Form::Count(1)), Part::new("subversion", Form::Count(1))];

/// The bytes of a form, where it has more than one meaning.
fn parts(form: Form) -> &'static [Part] {
    match form {
        Form::Clock | Form::ClockOrNever => &CLOCK,
        Form::Stamp => CLOCK.get(1..).unwrap_or_default(),
        Form::Crossing => &CROSSING,
        Form::Date => CLOCK.get(4..).unwrap_or_default(),
        Form::DayMonth => CLOCK.get(4..6).unwrap_or_default(),
        Form::Switching => &SWITCHING,
        Form::Version => &VERSION,
        _ => &[],
    }
}
