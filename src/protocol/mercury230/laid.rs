//! Items laid over the bytes of a frame: fields for every byte, readings, and what is odd about them.

use super::form::{Form, Item};
use super::pulses::{self, Constant, Record};
use super::{state, values, variant};
use crate::frame::{Field, ProblemCode, Span, Value, Verdict};
use crate::protocol::dissection_builder::DissectionBuilder;
use crate::protocol::incotex::items;
use crate::reading::{Absent, Measured, MeterTime, Period, Quantity, Reading, Unit};

/// Items laid over a frame so far.
#[derive(Debug, Default)]
pub(super) struct Laid {
    /// What was found so far; [`super::dissect`] drops the readings if the frame is not a good reply.
    pub found: DissectionBuilder,
    /// The time of the readings to come, where one was given.
    pub time: Option<MeterTime>,
    /// The meter's constant, where it is known.
    pub constant: Option<Constant>,
    /// The record of the load profile that is being laid.
    record: Record,
    /// Whether what is laid is an answer, which gives readings.
    pub is_answer: bool,
}

impl Laid {
    /// Explains the part of a frame that starts at byte `start` with a row of items. Returns the index after
    /// the last byte explained; bytes beyond the items, and those of an item cut short, are left.
    pub(super) fn lay(&mut self, items: &[Item], frame: &[u8], start: usize) -> usize {
        let mut at = start;
        for item in items {
            let end = if let Form::Rest(..) = item.form { frame.len().max(at) } else { at + item.size() };
            let Some(bytes) = frame.get(at..end) else { break };
            if !bytes.is_empty() {
                self.item(item, bytes, at);
            }
            at = end;
        }
        at
    }

    fn item(&mut self, item: &Item, bytes: &[u8], at: usize) {
        let span = Span::new(at, at + bytes.len());
        let value = values::value(item.form, bytes);
        let verdict = self.check(item, value, span);
        let direction = values::direction(item.form, bytes);
        let note = if direction.is_empty() { item.note } else { direction };
        self.found
            .fields
            .push(Field::new(item.label(), span, value).unit(item.unit).verdict(verdict).note(note));
        self.parts(item.form, bytes, at);
        self.read(item, value, bytes);
    }

    /// What is wrong with a value.
    fn check(&mut self, item: &Item, value: Value, span: Span) -> Verdict {
        match (item.form, value) {
            (form, Value::Bytes) if is_decimal(form) => {
                self.found.problem(
                    ProblemCode::Bcd,
                    "a number or time holds what are no decimal digits",
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
            _ => Verdict::default(),
        }
    }

    /// The single bytes of a form that has several meanings.
    fn parts(&mut self, form: Form, bytes: &[u8], at: usize) {
        for (index, (byte, part)) in bytes.iter().zip(parts(form)).enumerate() {
            let span = Span::new(at + index, at + index + 1);
            let value = values::value(part.form, std::slice::from_ref(byte));
            self.found.fields.push(Field::new(part.name, span, value).note(part.note).at_depth(1));
        }
    }

    fn read(&mut self, item: &Item, value: Value, bytes: &[u8]) {
        if item.means.is_time {
            self.time = if let Value::Time(time) = value { Some(time) } else { None };
        }
        if !self.is_answer {
            return;
        }
        if self.scaled(item.form, value, bytes) {
            return;
        }
        let measured = values::measured(item, value, bytes);
        if let Some(reading) = reading(item, measured, bytes) {
            let is_archived = item.means.period == Period::Then || item.means.period == Period::Interval;
            let at = self.time.filter(|_| !item.means.is_time || is_archived);
            self.found.readings.push(Reading { at, ..reading });
        }
        match item.form {
            Form::State => self.faults(bytes),
            Form::Variant => self.traits(bytes),
            _ => {}
        }
    }

    /// Reads pulses of the load profile as what they were, if the meter's constant is known; whether it did.
    fn scaled(&mut self, form: Form, value: Value, bytes: &[u8]) -> bool {
        match (form, value, self.constant) {
            (Form::ProfileState, Value::Hex(state, _), _) => self.record.tariff = (state >> 5 & 3) as u8 + 1,
            (Form::ProfileMinutes, Value::Number(number), _) => {
                self.record.minutes = u8::try_from(number.units()).unwrap_or(0);
            }
            (Form::ProfilePulses(c), _, Some(constant)) => {
                let Value::Number(number) = value else {
                    self.of_interval(pulses::average(c), Measured::Absent(Absent::NoData), bytes);
                    return true;
                };
                let pulses = u64::try_from(number.units()).unwrap_or(0);
                for (of, number) in pulses::meant(constant, self.record, c, pulses) {
                    self.of_interval(of, Measured::Number(number), bytes);
                }
                return true;
            }
            _ => {}
        }
        false
    }

    /// A reading of the interval that is being laid.
    fn of_interval(&mut self, (code, quantity, unit): pulses::Meaning, value: Measured, bytes: &[u8]) {
        let reading = Reading { quantity, ..Reading::of(code, value, unit, bytes) };
        self.found.readings.push(Reading { at: self.time, ..reading.of_period(Period::Interval) });
    }

    /// Names the faults of a state word.
    fn faults(&mut self, bytes: &[u8]) {
        for code in state::codes(bytes) {
            let name = state::name(code);
            self.found.problem(ProblemCode::State, format!("E-{code:02} {name}").trim_end().to_owned(), None);
        }
    }

    fn traits(&mut self, bytes: &[u8]) {
        for what in variant::TRAITS {
            let Some(word) = what.of(bytes) else { continue };
            let value = Measured::Text(word.as_bytes().into());
            self.found.readings.push(Reading::unnamed(Quantity::named(what.name), value, Unit::None, bytes));
        }
    }
}

fn reading(item: &Item, value: Measured, bytes: &[u8]) -> Option<Reading> {
    let reading = match (item.means.code, item.means.quantity) {
        (Some(code), None) => Reading::of(code, value, item.unit, bytes),
        (Some(code), Some(quantity)) => Reading { quantity, ..Reading::of(code, value, item.unit, bytes) },
        (None, Some(quantity)) => Reading::unnamed(quantity, value, item.unit, bytes),
        (None, None) => return None,
    };
    Some(reading.of_period(item.means.period))
}

const fn is_decimal(form: Form) -> bool {
    matches!(
        form,
        Form::Bcd
            | Form::Serial
            | Form::BuildDate
            | Form::Clock
            | Form::Moment
            | Form::Stamp
            | Form::FineStamp
            | Form::ProfileTime
            | Form::Date
    )
}

type Part = items::Part<Form>;

const fn bcd(name: &'static str) -> Part {
    Part::new(name, Form::Bcd)
}

const fn binary(name: &'static str) -> Part {
    Part::new(name, Form::Count(1))
}

const fn bits(name: &'static str, note: &'static str) -> Part {
    Part { name, form: Form::Hex(1), note }
}

static CLOCK: [Part; 8] = [
    bcd("second"),
    bcd("minute"),
    bcd("hour"),
    Part { name: "weekday", form: Form::Bcd, note: "1 = Monday" },
    bcd("day"),
    bcd("month"),
    bcd("year"),
    Part::new("season", Form::Choice(&super::choices::SEASON)),
];

static FINE: [Part; 7] =
    [bcd("hundredths"), bcd("second"), bcd("minute"), bcd("hour"), bcd("day"), bcd("month"), bcd("year")];

static PROFILE: [Part; 5] = [bcd("hour"), bcd("minute"), bcd("day"), bcd("month"), bcd("year")];

static BUILT: [Part; 3] = [binary("day"), binary("month"), binary("year")];

static VERSION: [Part; 3] = [binary("version"), binary("subversion"), binary("revision")];

static STATE: [Part; 6] = {
    let [a, b, c, d, e, f] = state::PARTS;
    [
        bits("faults", a),
        bits("faults", b),
        bits("faults", c),
        bits("faults", d),
        bits("faults", e),
        bits("faults", f),
    ]
};

static VARIANT: [Part; 6] = {
    let [a, b, c, d, e, f] = variant::PARTS;
    [
        bits("byte 1", a),
        bits("byte 2", b),
        bits("byte 3", c),
        bits("byte 4", d),
        bits("byte 5", e),
        bits("byte 6", f),
    ]
};

/// The bytes of a form, where it has more than one meaning.
fn parts(form: Form) -> &'static [Part] {
    match form {
        Form::Clock => &CLOCK,
        Form::Moment => CLOCK.get(..7).unwrap_or_default(),
        Form::FineStamp => &FINE,
        Form::Stamp => FINE.get(1..).unwrap_or_default(),
        Form::Date => PROFILE.get(2..).unwrap_or_default(),
        Form::ProfileTime => &PROFILE,
        Form::BuildDate => &BUILT,
        Form::Version => &VERSION,
        Form::State => &STATE,
        Form::Variant => &VARIANT,
        _ => &[],
    }
}
