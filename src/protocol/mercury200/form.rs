//! The vocabulary of payload layouts: in which form a value stands and what it means.

use super::encode;
use crate::protocol::incotex::items;
use crate::protocol::{Argument, Choice};
use crate::reading::{Code, Quantity};

/// How the bytes of an item are read. Numbers stand most significant byte first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Form {
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
    pub(crate) const fn size(self) -> usize {
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

impl items::Form for Form {
    fn encode(self, value: &Argument) -> Option<Vec<u8>> {
        match value {
            Argument::Integer(number) => encode::integer(self, *number),
            Argument::DateTime(time) => encode::clock(*time),
            Argument::Date(date) => encode::date(*date),
            Argument::Text(_) | Argument::Bytes(_) | Argument::Password(_) => None,
        }
        .filter(|bytes| bytes.len() == self.size())
    }

    fn written(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Date => items::written_date(bytes),
            Self::Count(_) | Self::Hex(_) | Self::Choice(_) => Some(items::written_count(bytes)),
            _ => None,
        }
    }

    fn fixed(self) -> Option<&'static [u8]> {
        if let Self::Fixed(bytes) = self { Some(bytes) } else { None }
    }
}

/// What reading an item gives rise to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Means {
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

/// An item of a payload.
pub(super) type Item = items::Item<Form, Means>;

/// An item that gives no reading.
pub(super) const fn item(name: &'static str, form: Form) -> Item {
    Item::new(name, (form, form.size()), Means::Nothing)
}

impl Item {
    /// A register or value of now.
    pub(crate) const fn code(self, c: u8, d: u8, e: u8) -> Self {
        self.meaning(Means::Code(Code::new(c, d, e)))
    }

    /// The register of a month.
    pub(crate) const fn of_month(self, c: u8, d: u8, e: u8) -> Self {
        self.meaning(Means::OfMonth(Code::new(c, d, e)))
    }

    /// A quantity that has a name of its own.
    pub(crate) const fn is(self, quantity: Quantity) -> Self {
        self.meaning(Means::Named(quantity, 0))
    }

    /// A quantity called like the item.
    pub(crate) const fn read(self) -> Self {
        self.meaning(Means::Named(Quantity::named(self.name), 0))
    }

    /// A quantity called like the item, of a tariff.
    pub(crate) const fn of_tariff(self, tariff: u8) -> Self {
        self.meaning(Means::Named(Quantity::named(self.name), tariff))
    }

    /// The time of the readings before it, so many of them.
    pub(crate) const fn time_of(self, readings: usize) -> Self {
        self.meaning(Means::TimeOf(readings))
    }
}
