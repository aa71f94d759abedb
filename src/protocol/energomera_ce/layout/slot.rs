//! Requests: which parameter goes where.

/// A place in the request's data; the name is that of a parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Slot {
    /// So many bytes, least significant first.
    Number(&'static str, usize),
    /// One byte, a digit in each half.
    Bcd(&'static str),
    /// One byte shared by several parameters.
    Bits(&'static [Bits]),
    /// Seven bytes BCD: second, minute, hour, weekday (0 Sunday), day, month, year.
    Clock(&'static str),
    /// Three bytes BCD: day, month, year.
    Date(&'static str),
    /// So many characters, the last one first, filled up with zeros.
    Reversed(&'static str, usize),
    /// Four bytes, least significant first: the number that a password is.
    Password(&'static str),
    /// One byte count, then so many points of a day.
    Points(&'static str, Grid),
    /// Bytes without a meaning, sent as zero.
    Zero(usize),
}

impl Slot {
    /// Bytes it takes; of points, the count byte and one point.
    pub(crate) const fn width(&self) -> usize {
        match self {
            Self::Bcd(_) | Self::Bits(_) => 1,
            Self::Clock(_) => 7,
            Self::Date(_) => 3,
            Self::Password(_) => 4,
            Self::Number(_, width) | Self::Reversed(_, width) | Self::Zero(width) => *width,
            Self::Points(_, grid) => 1 + grid.width(),
        }
    }
}

/// Bytes that several places take.
pub(super) fn width(slots: &[Slot]) -> usize {
    slots.iter().map(Slot::width).sum()
}

/// A parameter's part of a byte.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bits {
    /// The parameter.
    pub name: &'static str,
    /// Its lowest bit.
    pub shift: u8,
    /// How many bits.
    pub count: u8,
}

impl Bits {
    /// The part's value in a byte.
    pub(crate) const fn of(self, byte: u8) -> u8 {
        byte >> self.shift & mask(self.count)
    }
}

/// The lowest `count` bits.
pub(crate) const fn mask(count: u8) -> u8 {
    if count >= 8 { 0xFF } else { (1 << count) - 1 }
}

/// How a point of a day's schedule is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grid {
    /// Two bytes: half-hour of the day, tariff.
    HalfHours,
    /// Three bytes: hour BCD, minute BCD, tariff.
    Minutes,
}

impl Grid {
    /// Bytes of a point.
    pub(crate) const fn width(self) -> usize {
        match self {
            Self::HalfHours => 2,
            Self::Minutes => 3,
        }
    }

    /// Most points a write may carry.
    pub(crate) const fn most(self) -> usize {
        match self {
            Self::HalfHours => 6,
            Self::Minutes => 4,
        }
    }
}
