//! The vocabulary of layouts: in which form a value stands and what it means.

use super::encode;
use crate::frame::hex;
use crate::protocol::incotex::items;
use crate::protocol::{Argument, Choice};
use crate::reading::{Code, Period, Quantity};

/// Which direction bit of a value is its sign (M236, 4.4.15): bit 7 the active, bit 6 the reactive one, in the
/// byte that holds the topmost bits. Set means reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// None: the value has no direction.
    None,
    /// The direction of active power.
    Active,
    /// The direction of reactive power.
    Reactive,
}

/// How the bytes of an item are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Form {
    /// A whole number of so many bytes, most significant first.
    Count(u8),
    /// A whole number of two bytes, least significant first, with decimals.
    Word(u8),
    /// Like [`Form::Word`] without decimals; FF FF means not metered.
    Pulses,
    /// [`Form::Pulses`] of an interval of the load profile, of this OBIS value group C.
    ProfilePulses(u8),
    /// The state of a record of the load profile: bits 6 and 5 are its tariff less 1.
    ProfileState,
    /// Minutes of an interval of the load profile.
    ProfileMinutes,
    /// 00 and a whole number of one byte: answers never carry a single byte.
    Padded,
    /// 00 and bits.
    PaddedHex,
    /// 00 and one of a few values.
    PaddedChoice(&'static [Choice]),
    /// Bits, most significant byte first.
    Hex(u8),
    /// Bits, least significant byte first.
    HexLow(u8),
    /// Two decimal digits.
    Bcd,
    /// Four bytes in the order 2-1-4-3; all FF means not metered.
    Energy,
    /// Four bytes in the order of [`Form::Energy`], with decimals.
    Long(u8),
    /// Four bytes like [`Form::Energy`] with decimals; the top two bits are directions.
    Power(u8, Sign),
    /// Three bytes: the topmost six bits and the directions, then a word, least significant byte first. With
    /// decimals; all FF means not measured.
    Value(u8, Sign),
    /// Two bytes, most significant first, two's complement; 00 in front of a negative byte counts as its sign.
    Temperature,
    /// Four binary numbers of two decimal digits each.
    Serial,
    /// Day, month, year, each a binary number.
    BuildDate,
    /// Three binary numbers.
    Version,
    /// Second, minute, hour, weekday, day, month, year in BCD, and 1 in winter, 0 in summer.
    Clock,
    /// [`Form::Clock`] without its last byte.
    Moment,
    /// Second, minute, hour, day, month, year in BCD; all zeros means nothing was recorded.
    Stamp,
    /// Hundredths of a second, then a [`Form::Stamp`].
    FineStamp,
    /// Hour, minute, day, month, year in BCD.
    ProfileTime,
    /// Day, month, year in BCD.
    Date,
    /// A word, least significant byte first: minute in bits 0 to 5, hour in 6 to 10, day in 11 to 15.
    Peak,
    /// The state word: a bit for each fault code.
    State,
    /// The build variant.
    Variant,
    /// One of a few values of a byte.
    Choice(&'static [Choice]),
    /// Characters.
    Text(u8),
    /// A password.
    Secret,
    /// So many bytes with no more to say.
    Bytes(u8),
    /// Between so many and so many bytes with no more to say; the last item of a request only.
    Rest(u8, u8),
}

/// Bytes of a password.
pub(super) const PASSWORD: usize = 6;

impl Form {
    /// How many bytes it takes; [`Form::Rest`] at least.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::Count(bytes)
            | Self::Hex(bytes)
            | Self::HexLow(bytes)
            | Self::Text(bytes)
            | Self::Bytes(bytes)
            | Self::Rest(bytes, _) => bytes as usize,
            Self::Bcd | Self::Choice(_) | Self::ProfileState | Self::ProfileMinutes => 1,
            Self::Word(_)
            | Self::Pulses
            | Self::ProfilePulses(_)
            | Self::Padded
            | Self::PaddedHex
            | Self::PaddedChoice(_)
            | Self::Temperature
            | Self::Peak => 2,
            Self::Value(..) | Self::BuildDate | Self::Version | Self::Date => 3,
            Self::Energy | Self::Long(_) | Self::Power(..) | Self::Serial => 4,
            Self::ProfileTime => 5,
            Self::Stamp | Self::State | Self::Variant | Self::Secret => PASSWORD,
            Self::Moment | Self::FineStamp => 7,
            Self::Clock => 8,
        }
    }

    /// How many bytes it takes at most.
    const fn most(self) -> usize {
        if let Self::Rest(_, most) = self { most as usize } else { self.size() }
    }
}

impl items::Form for Form {
    fn encode(self, value: &Argument) -> Option<Vec<u8>> {
        let bytes = match value {
            Argument::Integer(number) => encode::integer(self, *number),
            Argument::DateTime(time) => encode::moment(*time),
            Argument::Date(date) => encode::date(*date),
            Argument::Bytes(bytes) => Some(bytes.clone()),
            Argument::Text(text) => encode::padded(text, self.size()),
            Argument::Password(_) => None,
        }?;
        (self.size()..=self.most()).contains(&bytes.len()).then_some(bytes)
    }

    fn written(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Date => items::written_date(bytes),
            Self::Count(_) | Self::Choice(_) => Some(items::written_count(bytes)),
            Self::Bytes(_) => Some(hex::compact(bytes)),
            _ => None,
        }
    }
}

/// What reading an item gives rise to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Means {
    /// The OBIS code of the reading.
    pub code: Option<Code>,
    /// The quantity of the reading, where no code tells it.
    pub quantity: Option<Quantity>,
    /// The period of the reading.
    pub period: Period,
    /// Whether it is the time of the readings that follow.
    pub is_time: bool,
}

impl Means {
    const NOTHING: Self = Self { code: None, quantity: None, period: Period::Now, is_time: false };
}

/// An item of a request or an answer.
pub(super) type Item = items::Item<Form, Means>;

/// An item that gives no reading.
pub(super) const fn item(name: &'static str, form: Form) -> Item {
    Item::new(name, (form, form.size()), Means::NOTHING)
}

impl Item {
    /// With an OBIS code.
    pub(crate) const fn code(self, c: u8, d: u8, e: u8) -> Self {
        self.meaning(Means { code: Some(Code::new(c, d, e)), ..self.means })
    }

    /// A quantity that has a name of its own.
    pub(crate) const fn is(self, quantity: Quantity) -> Self {
        self.meaning(Means { quantity: Some(quantity), ..self.means })
    }

    /// A quantity called like the item.
    pub(crate) const fn read(self) -> Self {
        self.is(Quantity::named(self.name))
    }

    /// Of another period than now.
    pub(crate) const fn of(self, period: Period) -> Self {
        self.meaning(Means { period, ..self.means })
    }

    /// The time of what follows.
    pub(crate) const fn times(self) -> Self {
        self.meaning(Means { is_time: true, ..self.means })
    }

    /// Without a reading.
    pub(crate) const fn unread(self) -> Self {
        self.meaning(Means { code: None, quantity: None, ..self.means })
    }
}

/// Bytes of a row of items at most.
pub(super) const fn most(items: &[Item]) -> usize {
    match items {
        [.., last] => items::size(items) - last.form.size() + last.form.most(),
        [] => 0,
    }
}
