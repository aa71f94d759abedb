//! The vocabulary of layouts: in which form a value stands and what it means.

use crate::protocol::Choice;
use crate::reading::{Code, Period, Quantity, Unit};

/// Which direction bit of a value is its sign (M236, 4.4.15): bit 7 the active, bit 6 the reactive one, in the
/// byte that holds the topmost bits. Set means reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// None: the value has no direction.
    None,
    /// The direction of active power.
    Active,
    /// The direction of reactive power.
    Reactive,
}

/// How the bytes of an item are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
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
pub const PASSWORD: usize = 6;

impl Form {
    /// How many bytes it takes; [`Form::Rest`] at least.
    pub const fn size(self) -> usize {
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

/// Where the bytes of an item come from when a request is composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From nowhere: it is an item of an answer.
    Nowhere,
    /// From the argument with this name.
    Argument(&'static str),
    /// The high and the low half of a byte from two arguments.
    Halves(&'static str, &'static str),
}

/// An item of a request or an answer.
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
    /// The OBIS code of the reading it gives.
    pub code: Option<Code>,
    /// The quantity of the reading it gives, where no code tells it.
    pub quantity: Option<Quantity>,
    /// The period of the reading.
    pub period: Period,
    /// Whether it is the time of the readings that follow.
    pub is_time: bool,
    /// Where it comes from in a request.
    pub origin: Origin,
    /// A remark, empty for none.
    pub note: &'static str,
}

/// An item that gives no reading.
pub const fn item(name: &'static str, form: Form) -> Item {
    Item {
        name,
        nth: 0,
        form,
        unit: Unit::None,
        code: None,
        quantity: None,
        period: Period::Now,
        is_time: false,
        origin: Origin::Nowhere,
        note: "",
    }
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

    /// With an OBIS code.
    pub const fn code(self, c: u8, d: u8, e: u8) -> Self {
        Self { code: Some(Code::new(c, d, e)), ..self }
    }

    /// A quantity that has a name of its own.
    pub const fn is(self, quantity: Quantity) -> Self {
        Self { quantity: Some(quantity), ..self }
    }

    /// A quantity called like the item.
    pub const fn read(self) -> Self {
        self.is(Quantity::named(self.name))
    }

    /// Of another period than now.
    pub const fn of(self, period: Period) -> Self {
        Self { period, ..self }
    }

    /// The time of what follows.
    pub const fn times(self) -> Self {
        Self { is_time: true, ..self }
    }

    /// Without a reading.
    pub const fn unread(self) -> Self {
        Self { code: None, quantity: None, ..self }
    }

    /// From an argument of its request.
    pub const fn from(self, argument: &'static str) -> Self {
        Self { origin: Origin::Argument(argument), ..self }
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

/// How many bytes a row of items takes; at least, where the last is a [`Form::Rest`].
pub const fn size(items: &[Item]) -> usize {
    let mut total = 0;
    let mut rest = items;
    while let [first, others @ ..] = rest {
        total += first.form.size();
        rest = others;
    }
    total
}

/// How many bytes a row of items takes at most.
pub const fn most(items: &[Item]) -> usize {
    match items {
        [.., last] => size(items) - last.form.size() + last.form.most(),
        [] => 0,
    }
}
