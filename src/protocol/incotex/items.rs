//! Payloads laid out as rows of items: in which form each value stands, what reading it gives rise to, and where its
//! bytes come from in a request.

use super::bcd;
use crate::frame::{Label, hex};
use crate::protocol::{Argument, Arguments, ComposeError};
use crate::reading::Unit;

/// How the bytes of an item are read: each family has its own forms.
pub(crate) trait Form: Copy {
    /// The bytes of a value that a request carries; `None` where the form does not hold it.
    fn encode(self, value: &Argument) -> Option<Vec<u8>>;

    /// What a person writes for the bytes of a request that reads; `None` where no such request has this form.
    fn written(self, bytes: &[u8]) -> Option<String>;

    /// The bytes of a form that has always the same.
    fn fixed(self) -> Option<&'static [u8]> {
        None
    }
}

/// Where the bytes of an item come from when a request is composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// From nowhere: they are fixed or are not sent.
    Nowhere,
    /// From the argument with this name.
    Argument(&'static str),
    /// From the bytes of the argument with this name, starting at an offset.
    Slice(&'static str, usize),
    /// The high and the low half of a byte from two arguments.
    Halves(&'static str, &'static str),
}

/// An item of a payload: its form, and what reading it means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Item<F, M> {
    /// What it is called.
    pub name: &'static str,
    /// Its number where several items have one name, 0 where not.
    pub nth: u16,
    /// How it is read.
    pub form: F,
    /// Bytes of the form; at least, where it may have more.
    size: usize,
    /// The unit of its number.
    pub unit: Unit,
    /// What reading it gives rise to.
    pub means: M,
    /// Where it comes from in a request.
    pub origin: Origin,
    /// A remark, empty for none.
    pub note: &'static str,
}

/// A byte of a form that has several meanings.
#[derive(Debug)]
pub(crate) struct Part<F> {
    /// What it is called.
    pub name: &'static str,
    /// How it is read.
    pub form: F,
    /// A remark, empty for none.
    pub note: &'static str,
}

impl<F> Part<F> {
    /// Without a remark.
    pub(crate) const fn new(name: &'static str, form: F) -> Self {
        Self { name, form, note: "" }
    }
}

impl<F: Copy, M: Copy> Item<F, M> {
    /// An item whose form takes so many bytes.
    pub(crate) const fn new(name: &'static str, (form, size): (F, usize), means: M) -> Self {
        Self { name, nth: 0, form, size, unit: Unit::None, means, origin: Origin::Nowhere, note: "" }
    }

    /// Bytes that it takes; at least, where its form may have more.
    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    /// Called otherwise, without a number.
    pub(crate) const fn called(self, name: &'static str) -> Self {
        Self { name, nth: 0, ..self }
    }

    /// Numbered.
    pub(crate) const fn nth(self, nth: u16) -> Self {
        Self { nth, ..self }
    }

    /// In another form, which takes so many bytes.
    pub(crate) const fn in_form(self, form: F, size: usize) -> Self {
        Self { form, size, ..self }
    }

    /// With a unit.
    pub(crate) const fn unit(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    /// Meaning something else.
    pub(crate) const fn meaning(self, means: M) -> Self {
        Self { means, ..self }
    }

    /// From an argument of its request.
    pub(crate) const fn from(self, argument: &'static str) -> Self {
        Self { origin: Origin::Argument(argument), ..self }
    }

    /// From some bytes of an argument.
    pub(crate) const fn slice(self, argument: &'static str, offset: usize) -> Self {
        Self { origin: Origin::Slice(argument, offset), ..self }
    }

    /// From two arguments, half a byte each.
    pub(crate) const fn halves(self, high: &'static str, low: &'static str) -> Self {
        Self { origin: Origin::Halves(high, low), ..self }
    }

    /// With a remark.
    pub(crate) const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// What its field is called.
    pub(crate) const fn label(&self) -> Label {
        if self.nth == 0 { Label::Name(self.name) } else { Label::Nth(self.name, self.nth) }
    }
}

impl<F: Form, M> Item<F, M> {
    /// Its bytes in a request with these arguments.
    ///
    /// # Errors
    /// [`ComposeError::Argument`] names the argument that the item does not hold.
    pub(crate) fn compose(&self, arguments: &Arguments) -> Result<Vec<u8>, ComposeError> {
        let (name, bytes) = match self.origin {
            Origin::Nowhere => (self.name, self.form.fixed().map(<[u8]>::to_vec)),
            Origin::Argument(name) => (name, arguments.get(name).and_then(|value| self.form.encode(value))),
            Origin::Slice(name, offset) => (name, slice(arguments.get(name), offset, self.size)),
            Origin::Halves(high, low) => (high, halves(arguments.integer(high), arguments.integer(low))),
        };
        bytes.ok_or(ComposeError::Argument { name, expected: "a value that the field of the command holds" })
    }
}

fn slice(argument: Option<&Argument>, offset: usize, size: usize) -> Option<Vec<u8>> {
    let Some(Argument::Bytes(bytes)) = argument else { return None };
    bytes.get(offset..offset + size).map(<[u8]>::to_vec)
}

fn halves(high: i64, low: i64) -> Option<Vec<u8>> {
    let half = |number: i64| u8::try_from(number).ok().filter(|half| *half < 0x10);
    Some(vec![half(high)? << 4 | half(low)?])
}

/// The arguments in the payload of a request that reads, as a person writes them: the inverse of [`Item::compose`].
pub(crate) fn written<F: Form, M>(
    items: &[Item<F, M>],
    payload: &[u8],
) -> Option<Vec<(&'static str, String)>> {
    let mut found = Vec::new();
    let mut rest = payload;
    for item in items {
        let (bytes, later) = rest.split_at_checked(item.size)?;
        rest = later;
        match item.origin {
            Origin::Nowhere => {}
            Origin::Argument(name) => found.push((name, item.form.written(bytes)?)),
            Origin::Slice(name, _) => found.push((name, hex::compact(bytes))),
            Origin::Halves(high, low) => {
                let byte = *bytes.first()?;
                found.extend([(high, (byte >> 4).to_string()), (low, (byte & 0x0F).to_string())]);
            }
        }
    }
    Some(found)
}

/// A whole number, most significant byte first, as a person writes it.
pub(crate) fn written_count(bytes: &[u8]) -> String {
    bytes.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte)).to_string()
}

/// Day, month and year of this century in BCD, as a person writes them.
pub(crate) fn written_date(bytes: &[u8]) -> Option<String> {
    let &[day, month, year] = bytes else { return None };
    let two = |byte| bcd::pair(byte).ok();
    Some(format!("20{:02}-{:02}-{:02}", two(year)?, two(month)?, two(day)?))
}

/// Bytes of a row of items; at least, where the form of the last may have more.
pub(crate) const fn size<F: Copy, M: Copy>(items: &[Item<F, M>]) -> usize {
    let mut total = 0;
    let mut rest = items;
    while let [first, others @ ..] = rest {
        total += first.size;
        rest = others;
    }
    total
}
