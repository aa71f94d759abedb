//! The vocabulary of payload layouts: in which form a value stands and what it means.

use crate::protocol::Choice;
use crate::reading::{Code, Quantity, Unit};

/// How the bytes of an item are read. Numbers stand most significant byte first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// Packed BCD with a decimal point; all FF means no data.
    Bcd {
        /// Bytes.
        bytes: u8,
        /// Digits after the point.
        decimals: u8,
    },
    /// Packed BCD whose topmost bit is a minus sign.
    SignedBcd {
        /// Bytes.
        bytes: u8,
        /// Digits after the point.
        decimals: u8,
    },
    /// A binary number of so many bytes.
    Count(u8),
    /// A binary number of so many bytes, two's complement.
    Signed(u8),
    /// A bit word of so many bytes, shown as hex.
    Hex(u8),
    /// The low five bits of a byte.
    LowBits,
    /// Weekday, hour, minute, second, day, month, year.
    Clock,
    /// Like [`Form::Clock`]; a weekday above 7 means it never happened.
    ClockOrNever,
    /// Hour, minute, second, day, month, year.
    Stamp,
    /// Like [`Form::Stamp`]; the top bits of the hour say whether a limit was crossed upwards (80) or back (40).
    Crossing,
    /// Day, month, year.
    Date,
    /// Day, month; FF FF is an empty slot.
    DayMonth,
    /// Tariff less 1 in the top two bits, hour in the others, minute.
    Switching,
    /// Two binary numbers shown with a point between them.
    Version,
    /// One of a few values of a byte.
    Choice(&'static [Choice]),
    /// Like [`Form::Choice`]; every other value means the same.
    ChoiceOr(&'static [Choice], &'static str),
    /// Bytes that are always these when sent.
    Fixed(&'static [u8]),
    /// So many bytes with no more to say.
    Bytes(u8),
}

impl Form {
    /// How many bytes it takes.
    pub const fn size(self) -> usize {
        match self {
            Self::Bcd { bytes, .. }
            | Self::SignedBcd { bytes, .. }
            | Self::Count(bytes)
            | Self::Signed(bytes)
            | Self::Hex(bytes)
            | Self::Bytes(bytes) => bytes as usize,
            Self::LowBits | Self::Choice(_) | Self::ChoiceOr(..) => 1,
            Self::Clock | Self::ClockOrNever => 7,
            Self::Stamp | Self::Crossing => 6,
            Self::Date => 3,
            Self::DayMonth | Self::Switching | Self::Version => 2,
            Self::Fixed(bytes) => bytes.len(),
        }
    }
}

/// What reading an item gives rise to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Means {
    /// None.
    Nothing,
    /// A running register or a value of now.
    Code(Code),
    /// The register of a month that the request names.
    OfMonth(Code),
    /// A quantity without a code; with a tariff where the number is not 0.
    Named(Quantity, u8),
    /// The time of the readings before it, so many of them.
    TimeOf(usize),
}

/// Where the bytes of an item come from when a request is composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From nowhere: they are fixed or are not sent.
    Nowhere,
    /// From the argument with this name.
    Argument(&'static str),
    /// From the bytes of the argument with this name, starting at an offset.
    Slice(&'static str, usize),
    /// The high and the low half of a byte from two arguments.
    Halves(&'static str, &'static str),
}

/// An item of a payload.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Item {
    /// What it is called.
    pub name: &'static str,
    /// Its number where several items have one name, 0 where not.
    pub nth: u16,
    /// How it is read.
    pub form: Form,
    /// The unit of its number.
    pub unit: Unit,
    /// What reading it gives rise to.
    pub means: Means,
    /// Where it comes from in a request.
    pub origin: Origin,
    /// A remark, empty for none.
    pub note: &'static str,
}

/// An item that gives no reading.
pub const fn item(name: &'static str, form: Form) -> Item {
    Item { name, nth: 0, form, unit: Unit::None, means: Means::Nothing, origin: Origin::Nowhere, note: "" }
}

impl Item {
    /// Numbered.
    pub const fn nth(self, nth: u16) -> Self {
        Self { nth, ..self }
    }

    /// With a unit.
    pub const fn unit(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    /// A register or value of now.
    pub const fn code(self, c: u8, d: u8, e: u8) -> Self {
        Self { means: Means::Code(Code::new(c, d, e)), ..self }
    }

    /// The register of a month.
    pub const fn of_month(self, c: u8, d: u8, e: u8) -> Self {
        Self { means: Means::OfMonth(Code::new(c, d, e)), ..self }
    }

    /// A quantity that has a name of its own.
    pub const fn is(self, quantity: Quantity) -> Self {
        Self { means: Means::Named(quantity, 0), ..self }
    }

    /// A quantity called like the item.
    pub const fn read(self) -> Self {
        Self { means: Means::Named(Quantity::named(self.name), 0), ..self }
    }

    /// A quantity called like the item, of a tariff.
    pub const fn of_tariff(self, tariff: u8) -> Self {
        Self { means: Means::Named(Quantity::named(self.name), tariff), ..self }
    }

    /// The time of the readings before it.
    pub const fn time_of(self, readings: usize) -> Self {
        Self { means: Means::TimeOf(readings), ..self }
    }

    /// From an argument of its request.
    pub const fn from(self, argument: &'static str) -> Self {
        Self { origin: Origin::Argument(argument), ..self }
    }

    /// From some bytes of an argument.
    pub const fn slice(self, argument: &'static str, offset: usize) -> Self {
        Self { origin: Origin::Slice(argument, offset), ..self }
    }

    /// From two arguments, half a byte each.
    pub const fn halves(self, high: &'static str, low: &'static str) -> Self {
        Self { origin: Origin::Halves(high, low), ..self }
    }

    /// With a remark.
    pub const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

/// How many bytes a row of items takes.
pub const fn size(items: &[Item]) -> usize {
    let mut total = 0;
    let mut rest = items;
    while let [first, others @ ..] = rest {
        total += first.form.size();
        rest = others;
    }
    total
}
