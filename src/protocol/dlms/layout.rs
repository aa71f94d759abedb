//! What the elements of a pushed list are: OBIS codes, values, scalers, found by the shape of the list.

use super::axdr::{Item, Tree, integer};
use super::lists::{HEADED, LISTS, Place, UNNAMED};
use super::maker::{self, Maker};
use super::obis::{Obis, is_push_setup};
use super::time;
use crate::reading::Unit;

/// How a list tells what its values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// OBIS code and value (and scaler and unit) one after the other, or in structures of their own.
    Coded,
    /// A list of descriptions first, then the values.
    Described,
    /// A header, then values by position.
    Headed,
    /// Values by position.
    Positional,
    /// Nothing is known of it.
    Unknown,
}

/// How a number is to be scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// As the meter says.
    Sent(i8, u8),
    /// As the maker's lists are known to be.
    Known(i8, Unit),
    /// Not known.
    Open,
}

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing that has a name.
    Plain,
    /// The code of the value that follows.
    Obis(Obis),
    /// The value of a quantity.
    Value {
        /// Which.
        obis: Obis,
        /// How to scale it.
        scale: Scale,
        /// A remark: on what the name rests.
        note: &'static str,
    },
    /// A power of ten.
    Scaler,
    /// A unit's code.
    Unit,
    /// The name of the list itself.
    Header,
    /// Of a description: the class of the object.
    Class,
    /// Of a description: which of the object's attributes is pushed.
    Attribute,
    /// Of a description: which element of the attribute, 0 for the whole of it.
    DataIndex,
}

/// What a list is and what its elements are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// How it tells what its values are.
    pub shape: Shape,
    /// The role of every item of the tree.
    pub roles: Vec<Role>,
}

/// The last of group A, the medium.
const LAST_MEDIUM: u8 = 15;
const CLOCK: Obis = [0, 0, 1, 0, 0, 255];
const SERIAL: Obis = [0, 0, 96, 1, 0, 255];
const LIST_VERSION: Obis = [1, 0, 0, 2, 129, 255];

/// Finds out what the elements of a list are.
pub(super) fn recognise(tree: &Tree, bytes: &[u8], told: Maker) -> Layout {
    let mut view = View { tree, bytes, roles: vec![Role::Plain; tree.items.len()], maker: told };
    view.maker = if told == Maker::Unknown || told == Maker::LandisGyr { view.maker(told) } else { told };
    let shape = view.shape();
    Layout { shape, roles: view.roles }
}

struct View<'a> {
    tree: &'a Tree,
    bytes: &'a [u8],
    roles: Vec<Role>,
    maker: Maker,
}

impl View<'_> {
    /// The maker by the first texts of a list.
    fn maker(&self, told: Maker) -> Maker {
        let texts = self.tree.items.iter().filter(|item| matches!(item.tag, 0x09 | 0x0A)).take(8);
        let found = texts.map(|item| maker::of_text(item.bytes(self.bytes)));
        let mut known = found.filter(|maker| *maker != Maker::Unknown);
        known.next().unwrap_or(told)
    }

    fn shape(&mut self) -> Shape {
        let mut elements: Vec<usize> = self.tree.elements(0).collect();
        // A list without tags lies in an array behind an enum.
        if let [kind, list] = *elements.as_slice()
            && self.item(kind).is_some_and(|item| item.tag == 0x16)
            && self.item(list).is_some_and(|item| item.tag == 0x01)
        {
            elements = self.tree.elements(list).collect();
        }
        if self.described(&elements).is_some() {
            Shape::Described
        } else if self.headed(&elements).is_some() {
            Shape::Headed
        } else if self.coded(&elements) {
            Shape::Coded
        } else if self.positional(&elements).is_some() {
            Shape::Positional
        } else {
            Shape::Unknown
        }
    }

    fn item(&self, index: usize) -> Option<&Item> {
        self.tree.items.get(index)
    }

    fn obis(&self, index: usize) -> Option<Obis> {
        let item = self.item(index).filter(|item| item.tag == 0x09)?;
        // A serial number of six characters is none.
        item.bytes(self.bytes).try_into().ok().filter(|[medium, ..]: &Obis| *medium <= LAST_MEDIUM)
    }

    fn number(&self, index: usize) -> Option<i128> {
        integer(self.item(index)?, self.bytes)
    }

    fn set(&mut self, index: usize, role: Role) {
        if let Some(place) = self.roles.get_mut(index) {
            *place = role;
        }
    }

    fn value(&mut self, index: usize, obis: Obis, scale: Option<Scale>, note: &'static str) {
        let known = maker::scale(self.maker, obis);
        let scale = scale.or(known.map(|(exponent, unit)| Scale::Known(exponent, unit)));
        self.set(index, Role::Value { obis, scale: scale.unwrap_or(Scale::Open), note });
    }

    /// A structure of scaler and unit.
    fn scaler(&self, index: usize) -> Option<(i8, u8)> {
        let item = self.item(index).filter(|item| item.tag == 0x02 && item.count == 2)?;
        let (scaler, unit) = (self.item(index + 1)?, self.item(index + 2)?);
        if (scaler.tag, unit.tag) != (0x0F, 0x16) || item.next != index + 3 {
            return None;
        }
        let scaler = i8::try_from(self.number(index + 1)?).ok()?;
        Some((scaler, u8::try_from(self.number(index + 2)?).ok()?))
    }

    fn take_scaler(&mut self, index: Option<usize>) -> Option<Scale> {
        let index = index?;
        let (scaler, unit) = self.scaler(index)?;
        self.set(index + 1, Role::Scaler);
        self.set(index + 2, Role::Unit);
        Some(Scale::Sent(scaler, unit))
    }

    /// First an array of descriptions, then the values in the same order.
    fn described(&mut self, elements: &[usize]) -> Option<()> {
        let (&first, values) = elements.split_first()?;
        let array = self.item(first).filter(|item| item.tag == 0x01 && item.count > 0)?;
        let described: Option<Vec<Described>> =
            self.tree.elements(first).take(array.count.into()).map(|index| self.description(index)).collect();
        let described = described?;
        // The first description may be that of the list itself, which is here in its place.
        let skip = usize::from(described.first().is_some_and(|d| d.class == 40 && d.attribute == 2));
        let pairs: Vec<(Described, usize)> =
            described.iter().skip(skip).copied().zip(values.iter().copied()).collect();
        for description in &described {
            description.parts.iter().for_each(|(index, role)| self.set(*index, *role));
        }
        for (description, index) in &pairs {
            self.described_value(description, *index, &pairs);
        }
        Some(())
    }

    fn description(&self, index: usize) -> Option<Described> {
        self.item(index).filter(|item| item.tag == 0x02 && item.count >= 4)?;
        let mut parts = self.tree.elements(index);
        let (class, code, attribute, index) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let obis = self.obis(code)?;
        Some(Described {
            class: u16::try_from(self.number(class)?).ok()?,
            obis,
            attribute: i8::try_from(self.number(attribute)?).ok()?,
            parts: [
                (class, Role::Class),
                (code, Role::Obis(obis)),
                (attribute, Role::Attribute),
                (index, Role::DataIndex),
            ],
        })
    }

    fn described_value(&mut self, description: &Described, index: usize, all: &[(Described, usize)]) {
        let Described { class, obis, attribute, .. } = *description;
        if class == 40 || attribute == 1 {
            return self.set(index, Role::Header);
        }
        if attribute == 3 && matches!(class, 3 | 4) {
            self.take_scaler(Some(index));
            return;
        }
        if attribute == 2 {
            let scaler = all.iter().find(|(other, _)| other.obis == obis && other.attribute == 3);
            let scale = scaler.and_then(|(_, at)| self.scaler(*at)).map(|(s, u)| Scale::Sent(s, u));
            self.value(index, obis, scale, "");
        }
    }

    /// A push setup's name first and no other code: values by position.
    fn headed(&mut self, elements: &[usize]) -> Option<()> {
        let (&first, rest) = elements.split_first()?;
        self.obis(first).filter(|obis| is_push_setup(*obis))?;
        // Serial, time of 4, date of 5.
        let lengths = |index: &usize| self.item(*index).map(|item| item.end - item.content);
        let (time, date) = (rest.get(1)?, rest.get(2)?);
        if (lengths(time), lengths(date)) != (Some(4), Some(5)) || rest.len() >= HEADED.len() {
            return None;
        }
        self.set(first, Role::Header);
        for (index, place) in rest.iter().zip(HEADED.iter().skip(1)) {
            self.place(*index, *place, "by position");
        }
        Some(())
    }

    fn place(&mut self, index: usize, place: Place, note: &'static str) {
        self.value(index, place.obis, Some(Scale::Known(place.exponent, place.unit)), note);
    }

    /// Code and value one after the other, or together in structures.
    fn coded(&mut self, elements: &[usize]) -> bool {
        let mut rest = elements;
        let mut found = false;
        let mut is_first = true;
        while let Some((&index, after)) = rest.split_first() {
            rest = after;
            if self.in_structure(index) {
                found = true;
            } else if let (Some(obis), Some((&value, behind))) = (self.obis(index), after.split_first()) {
                let scale = self.take_scaler(behind.first().copied());
                self.set(index, Role::Obis(obis));
                self.value(value, obis, scale, "");
                rest = behind.get(usize::from(scale.is_some())..).unwrap_or_default();
                found = true;
            } else {
                self.loose(index, is_first, after.is_empty());
            }
            is_first = false;
        }
        if !found {
            self.roles.fill(Role::Plain);
        }
        found
    }

    /// A structure of a code, its value and perhaps scaler and unit.
    fn in_structure(&mut self, index: usize) -> bool {
        let parts: Vec<usize> = self.tree.elements(index).take(4).collect();
        let (code, value, scaler) = match *parts.as_slice() {
            [code, value, scaler] => (code, value, Some(scaler)),
            // The longer one is class, code, attribute and value: a list without tags. Attribute 1 is the name of the
            // object.
            [_, code, attribute, value] if self.number(attribute) == Some(1) => {
                self.set(value, Role::Header);
                return self.obis(code).is_some_and(is_push_setup);
            }
            [code, value] | [_, code, _, value] => (code, value, None),
            _ => return false,
        };
        let Some(obis) = self.obis(code) else { return false };
        let scale = self.take_scaler(scaler);
        self.set(code, Role::Obis(obis));
        self.value(value, obis, scale, "");
        true
    }

    /// An element without a code among others that have one.
    fn loose(&mut self, index: usize, is_first: bool, is_last: bool) {
        let Some(item) = self.item(index).copied() else { return };
        let bytes = item.bytes(self.bytes);
        match item.tag {
            0x09 if bytes.len() == 12 && time::is_plausible(bytes) => {
                self.value(index, CLOCK, None, "no code: by its form");
            }
            0x0A if is_first => self.value(index, LIST_VERSION, None, "no code: the first text"),
            0x09 | 0x0A if is_last && is_text(bytes) => {
                self.value(index, SERIAL, None, "no code: the last text");
            }
            _ => {}
        }
    }

    /// One of the lists known by position.
    fn positional(&mut self, elements: &[usize]) -> Option<()> {
        let family = |maker: Maker| match maker {
            Maker::E450 | Maker::E360 | Maker::E570 => Maker::LandisGyr,
            other => other,
        };
        let list = LISTS.iter().find(|list| {
            let (at, tags) = list.mark;
            let marked = elements.get(at).and_then(|index| self.item(*index));
            let is_marked = marked.is_some_and(|item| tags.contains(&item.tag));
            list.maker == family(self.maker) && list.places.len() == elements.len() && is_marked
        })?;
        for (index, place) in elements.iter().zip(list.places).filter(|(_, place)| **place != UNNAMED) {
            self.place(*index, *place, list.name);
        }
        Some(())
    }
}

/// An object whose attribute is pushed.
#[derive(Debug, Clone, Copy)]
struct Described {
    class: u16,
    obis: Obis,
    attribute: i8,
    parts: [(usize, Role); 4],
}

/// Whether bytes are printable and not only blanks.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| (0x20..0x7F).contains(byte))
}
