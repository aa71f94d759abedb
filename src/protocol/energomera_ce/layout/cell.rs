//! Replies: which field stands where.

use crate::reading::Unit;

/// A form of a reply's data: fields, then a group of fields several times over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// The fields at the front.
    pub head: &'static [Cell],
    /// The fields that repeat.
    pub each: &'static [Cell],
    /// How often they do.
    pub times: Times,
}

/// How often the repeating fields of a [`Layout`] are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Times {
    /// Not at all.
    Never,
    /// As often as the request byte with this index says; at most so often.
    Asked(usize, usize),
    /// Between so often and so often.
    Between(usize, usize),
}

impl Layout {
    /// No data: a confirmation.
    pub(crate) const EMPTY: Self = Self::of(&[]);

    /// Fields and nothing else.
    pub(crate) const fn of(head: &'static [Cell]) -> Self {
        Self { head, each: &[], times: Times::Never }
    }

    /// The same fields several times.
    pub(crate) const fn repeated(each: &'static [Cell], times: Times) -> Self {
        Self { head: &[], each, times }
    }

    /// Fields after these, several times.
    pub(crate) const fn then(self, each: &'static [Cell], times: Times) -> Self {
        Self { each, times, ..self }
    }

    /// Whether data of this length has this form, the request's data being this.
    pub(crate) fn fits(&self, length: usize, request: Option<&[u8]>) -> bool {
        let (head, each) = (cells_width(self.head), cells_width(self.each));
        let Some(rest) = length.checked_sub(head) else { return false };
        let (times, exact) = (rest.checked_div(each).unwrap_or(0), each == 0 || rest.is_multiple_of(each));
        match self.times {
            Times::Never => rest == 0,
            Times::Asked(at, most) => match request.and_then(|data| data.get(at)) {
                Some(&asked) => exact && times == usize::from(asked),
                None => exact && (1..=most).contains(&times),
            },
            Times::Between(least, most) => exact && (least..=most).contains(&times),
        }
    }

    /// The shortest data of this form.
    pub(crate) fn shortest(&self, request: Option<&[u8]>) -> usize {
        let times = match self.times {
            Times::Never => 0,
            Times::Asked(at, _) => {
                request.and_then(|data| data.get(at)).map_or(1, |asked| usize::from(*asked))
            }
            Times::Between(least, _) => least,
        };
        cells_width(self.head) + times * cells_width(self.each)
    }
}

fn cells_width(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.form.width()).sum()
}

/// A field of a reply's data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    /// What it is called.
    pub label: &'static str,
    /// How it is written.
    pub form: Form,
    /// Unit of a number.
    pub unit: Unit,
    /// A remark.
    pub note: &'static str,
}

impl Cell {
    /// A field without unit or remark.
    pub(crate) const fn new(label: &'static str, form: Form) -> Self {
        Self { label, form, unit: Unit::None, note: "" }
    }

    /// With a unit.
    pub(crate) const fn unit(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    /// With a remark.
    pub(crate) const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

/// How a field of a reply is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// A whole number, least significant byte first.
    Number(usize),
    /// Two bytes, most significant first.
    BigWord,
    /// Two bytes, most significant first: the number of a firmware line.
    ModelNumber,
    /// One byte, a digit in each half.
    Bcd,
    /// One byte with names for its values.
    Named(Names),
    /// One byte of several parts.
    Flags(&'static [Flag]),
    /// Seven bytes BCD: second, minute, hour, weekday, day, month, year.
    Clock,
    /// Three bytes BCD: day, month, year; day 0 for a whole month.
    Date,
    /// One byte: half-hour of the day, 0 being 00:00.
    HalfHour,
    /// So many bytes, least significant first, an energy without its decimal point; all FF for none.
    Energy(usize),
    /// The same, a power.
    Power(usize),
    /// So many characters of a text that is sent last character first.
    Reversed(usize),
    /// One byte: an event in a journal of a classic meter.
    Event,
    /// Kernel and type of the firmware: two bytes.
    Firmware,
    /// Bytes of which nothing is known.
    Raw(usize),
    /// One byte that repeats the first one of the request.
    Echo,
    /// Undocumented: two bytes, 0.01 V, byte order by plausibility.
    Volts,
    /// Undocumented: two bytes, scale and byte order not settled.
    Amperes,
    /// Undocumented: four bytes, 0.001 W, byte order by plausibility.
    Watts,
}

impl Form {
    /// Bytes it takes.
    pub(crate) const fn width(self) -> usize {
        match self {
            Self::Number(width)
            | Self::Energy(width)
            | Self::Power(width)
            | Self::Reversed(width)
            | Self::Raw(width) => width,
            Self::BigWord | Self::ModelNumber | Self::Firmware | Self::Volts | Self::Amperes => 2,
            Self::Bcd | Self::Named(_) | Self::Flags(_) | Self::HalfHour | Self::Echo | Self::Event => 1,
            Self::Clock => 7,
            Self::Date => 3,
            Self::Watts => 4,
        }
    }
}

/// Values with their names.
pub(crate) type Names = &'static [(u8, &'static str)];

/// A part of a byte.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flag {
    /// What it is called.
    pub label: &'static str,
    /// Its lowest bit.
    pub shift: u8,
    /// How many bits.
    pub count: u8,
    /// What they mean.
    pub means: Means,
}

/// What a part of a byte means.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Means {
    /// One bit: yes or no.
    Yes,
    /// A number, to which this is added.
    Number(u8),
    /// Nothing that is known.
    Reserved,
    /// A number of this unit.
    Measured(Unit),
    /// One of these.
    Named(Names),
}

impl Flag {
    /// One bit.
    pub(crate) const fn bit(shift: u8, label: &'static str) -> Self {
        Self { label, shift, count: 1, means: Means::Yes }
    }

    /// Several bits.
    pub(crate) const fn part(shift: u8, count: u8, label: &'static str, means: Means) -> Self {
        Self { label, shift, count, means }
    }
}
