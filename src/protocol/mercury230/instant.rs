//! Values of now: what stands in the answers to 08 11, 08 14 and 08 16, by the selector byte of the request
//! (M236, 4.4.15; called BWRI there): the quantity in the high half, the kind of power in bits 3 and 2, the
//! phase in bits 1 and 0.

use super::energy;
use super::form::{Form, Item, Sign, item};
use crate::protocol::Dialect;
use crate::reading::{Quantity, Unit};

/// A single value.
pub(super) const ONE: u8 = 0x11;
/// All phases, as they were at the last command to fix them.
pub(super) const FIXED: u8 = 0x14;
/// All phases, now.
pub(super) const NOW: u8 = 0x16;

/// Everything in one long answer.
pub(super) const ALL: u8 = 0xA0;
/// Time of the last command to fix values.
const TIME: u8 = 0xE0;
/// Energy at the last command to fix values.
const ENERGY: u8 = 0xF0;

/// A quantity that has a value for each phase, and perhaps one for all.
#[derive(Debug)]
struct Kind {
    /// Its selector without the phase.
    key: u8,
    name: &'static str,
    form: Form,
    unit: Unit,
    /// What its values are called and coded: the sum first.
    parts: [Part; 4],
}

/// One value of a kind.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// There is none.
    Missing,
    /// One with an OBIS code C.7.0.
    Code(u8),
    /// One without, of a phase or between two of them.
    Named(&'static str),
}

use Part::{Code, Missing, Named};

#[rustfmt::skip]
static KINDS: &[Kind] = &[
    Kind { key: 0x00, name: "active power", form: Form::Value(2, Sign::Active), unit: Unit::Watt,
           parts: [Code(1), Code(21), Code(41), Code(61)] },
    Kind { key: 0x04, name: "reactive power", form: Form::Value(2, Sign::Reactive), unit: Unit::Var,
           parts: [Code(3), Code(23), Code(43), Code(63)] },
    Kind { key: 0x08, name: "apparent power", form: Form::Value(2, Sign::None), unit: Unit::VoltAmpere,
           parts: [Code(9), Code(29), Code(49), Code(69)] },
    Kind { key: 0x10, name: "voltage", form: Form::Value(2, Sign::None), unit: Unit::Volt,
           parts: [Missing, Code(32), Code(52), Code(72)] },
    Kind { key: 0x20, name: "current", form: Form::Value(3, Sign::None), unit: Unit::Ampere,
           parts: [Missing, Code(31), Code(51), Code(71)] },
    Kind { key: 0x30, name: "power factor", form: Form::Value(3, Sign::Active), unit: Unit::None,
           parts: [Code(13), Code(33), Code(53), Code(73)] },
    Kind { key: 0x40, name: "frequency", form: Form::Value(2, Sign::None), unit: Unit::Hertz,
           parts: [Code(14), Missing, Missing, Missing] },
    Kind { key: 0x50, name: "angle", form: Form::Value(2, Sign::None), unit: Unit::Degree,
           parts: [Missing, Named("angle of voltages L1 and L2"), Named("angle of voltages L1 and L3"),
                   Named("angle of voltages L2 and L3")] },
    Kind { key: 0x60, name: "voltage distortion", form: Form::Word(2), unit: Unit::Percent,
           parts: [Missing, Named("voltage distortion L1"), Named("voltage distortion L2"),
                   Named("voltage distortion L3")] },
    Kind { key: 0x70, name: "temperature", form: Form::Temperature, unit: Unit::Celsius,
           parts: [Named("temperature"), Missing, Missing, Missing] },
    Kind { key: 0x80, name: "line voltage", form: Form::Value(2, Sign::None), unit: Unit::Volt,
           parts: [Missing, Named("voltage L1 to L2"), Named("voltage L2 to L3"), Named("voltage L1 to L3")] },
];

/// The order in which a long answer has them.
const IN_ALL_NOW: [u8; 10] = [0x00, 0x04, 0x08, 0x10, 0x50, 0x20, 0x30, 0x40, 0x60, 0x70];
const IN_ALL_FIXED: [u8; 8] = [0x00, 0x04, 0x08, 0x10, 0x50, 0x20, 0x30, 0x40];
const LINE_VOLTAGE: u8 = 0x80;
const CURRENT: u8 = 0x20;

/// How far the currents of phase and neutral are apart.
pub(super) const IMBALANCE: &str = "current imbalance";

/// The selector without what the meter ignores in it.
pub(super) const fn key(selector: u8) -> u8 {
    if selector < 0x10 { selector & 0x0C } else { selector & 0xF0 }
}

/// The items of an answer; of the forms it may have, that with `length` bytes if one has, the first else.
/// `None` for selectors that no list has.
pub(super) fn items(
    parameter: u8,
    selector: u8,
    length: Option<usize>,
    dialect: Dialect,
) -> Option<Vec<Item>> {
    let forms = forms(parameter, selector)?;
    let fitting = forms.iter().position(|items| Some(crate::protocol::incotex::items::size(items)) == length);
    let mut items = forms.into_iter().nth(fitting.unwrap_or(0))?;
    if super::is_single_phase(dialect) {
        items.iter_mut().for_each(single_phase);
    }
    Some(items)
}

fn forms(parameter: u8, selector: u8) -> Option<Vec<Vec<Item>>> {
    let key = key(selector);
    match (parameter, key) {
        (NOW, ALL) => {
            let short: Vec<Item> = IN_ALL_NOW.into_iter().flat_map(by_phase).collect();
            let long = short.iter().copied().chain(by_phase(LINE_VOLTAGE)).collect();
            Some(vec![short, long])
        }
        (FIXED, ALL) => Some(vec![all_fixed()]),
        (FIXED, TIME) => Some(vec![vec![fixed_at().read()]]),
        (FIXED, ENERGY) => Some(vec![energy::registers(selector & 0x0F)]),
        (ONE, _) => Some(vec![vec![kind(key)?.item(usize::from(selector & 0x03))]]),
        (NOW, _) => kind(key).map(Kind::answers),
        (FIXED, _) => kind(key).map(|kind| kind.answers().into_iter().map(fixed).collect()),
        _ => None,
    }
}

fn kind(key: u8) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.key == key)
}

fn by_phase(key: u8) -> Vec<Item> {
    kind(key).map(|kind| kind.row(0)).unwrap_or_default()
}

impl Kind {
    /// A value: 0 for the sum or the only one, 1 to 3.
    fn item(&self, part: usize) -> Item {
        let bare = item(self.name, self.form).unit(self.unit);
        match self.parts.get(part).copied().unwrap_or(Missing) {
            Code(c) if part == 0 => bare.code(c, 7, 0),
            Code(c) => bare.nth(part as u16).code(c, 7, 0),
            Named(name) => bare.called(name).is(if name == "temperature" {
                Quantity::TEMPERATURE
            } else {
                Quantity::named(name)
            }),
            // Of single-phase meters, whose currents are those of phase and neutral (M236, 4.4.15).
            Missing if self.key == CURRENT && part == 0 => bare.called(IMBALANCE).read(),
            Missing => bare.read().note("the selector names no phase"),
        }
    }

    /// The values from the one with a number on.
    fn row(&self, from: usize) -> Vec<Item> {
        let there = |part: &usize| !matches!(self.parts.get(*part), None | Some(Missing));
        (from..self.parts.len()).filter(there).map(|part| self.item(part)).collect()
    }

    /// The forms an answer with all phases may have: with the sum and without.
    fn answers(&self) -> Vec<Vec<Item>> {
        let whole = self.row(0);
        let has_phases = whole.len() == self.parts.len();
        if has_phases { vec![whole, self.row(1)] } else { vec![whole] }
    }
}

fn fixed_at() -> Item {
    item("fixed at", Form::Clock).times()
}

/// Powers have four bytes in answers to 08 14.
fn fixed(items: Vec<Item>) -> Vec<Item> {
    let widen = |item: Item| match (item.form, item.unit) {
        (Form::Value(decimals, sign), Unit::Watt | Unit::Var | Unit::VoltAmpere) => {
            let power = Form::Power(decimals, sign);
            item.in_form(power, power.size())
        }
        _ => item,
    };
    items.into_iter().map(widen).collect()
}

fn all_fixed() -> Vec<Item> {
    let mut items = vec![fixed_at()];
    items.extend([1, 2, 3, 4, 0].into_iter().flat_map(energy::registers));
    items.extend(fixed(IN_ALL_FIXED.into_iter().flat_map(by_phase).collect()));
    items
}

/// A single-phase meter has no second and third phase; its second current is that of the neutral (M236,
/// 4.4.15).
fn single_phase(item: &mut Item) {
    match item.means.code.map(|code| (code.c, code.d)) {
        Some((51, 7)) => {
            *item = item.nth(0).code(91, 7, 0).is(Quantity::named("neutral current"));
        }
        Some((41..=80, 7)) => *item = item.unread(),
        None if item.name.contains("L2") || item.name.contains("L3") => *item = item.unread(),
        Some(_) | None => {}
    }
}

/// What asks for the same in smaller pieces, for meters that do not know the request: bodies in the order of
/// the answer. Empty when there are none.
pub(super) fn smaller(parameter: u8, selector: u8) -> Vec<Vec<u8>> {
    let one = |selector: u8| vec![0x08, ONE, selector];
    match (parameter, key(selector)) {
        (NOW, ALL) => IN_ALL_NOW.into_iter().map(|key| vec![0x08, NOW, by_phase_selector(key)]).collect(),
        (NOW, key) => kind(key).map_or_else(Vec::new, |kind| {
            let there = |part: &u8| !matches!(kind.parts.get(usize::from(*part)), None | Some(Missing));
            (0..4u8).filter(there).map(|part| one(key | part)).collect()
        }),
        _ => Vec::new(),
    }
}

/// The selector of all phases: that of the sum, or of phase 1 where there is none (M236, 4.4.15.1).
fn by_phase_selector(key: u8) -> u8 {
    let has_sum = kind(key).is_none_or(|kind| !matches!(kind.parts, [Missing, ..]));
    if has_sum { key } else { key | 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::incotex::items::size;

    fn sizes(parameter: u8, selector: u8) -> Vec<usize> {
        forms(parameter, selector).unwrap().iter().map(|items| size(items)).collect()
    }

    #[test]
    fn lengths_are_those_of_the_makers_list() {
        for (selector, expected) in [
            (0x00, vec![12, 9]),
            (0x04, vec![12, 9]),
            (0x08, vec![12, 9]),
            (0x11, vec![9]),
            (0x21, vec![9]),
            (0x30, vec![12, 9]),
            (0x31, vec![12, 9]),
            (0x40, vec![3]),
            (0x51, vec![9]),
            (0x61, vec![6]),
            (0x70, vec![2]),
            (0x81, vec![9]),
            (0xA0, vec![86, 95]),
        ] {
            assert_eq!(sizes(NOW, selector), expected, "{selector:02X}");
        }
        assert_eq!((sizes(FIXED, 0x00), sizes(FIXED, 0x11)), (vec![16, 12], vec![9]));
        assert_eq!(
            (sizes(FIXED, 0xA0), sizes(FIXED, 0xE0), sizes(FIXED, 0xF3)),
            (vec![178], vec![8], vec![16])
        );
        assert_eq!((sizes(ONE, 0x13), sizes(ONE, 0x61), sizes(ONE, 0x70)), (vec![3], vec![2], vec![2]));
        assert!(forms(NOW, 0x90).is_none() && forms(ONE, 0xA0).is_none() && forms(0x15, 0).is_none());
    }

    #[test]
    fn the_smaller_questions_have_the_answers_of_the_large_one() {
        assert_eq!(smaller(NOW, 0x11), [[8, 0x11, 0x11], [8, 0x11, 0x12], [8, 0x11, 0x13]]);
        assert_eq!(smaller(NOW, 0x30).len(), 4);
        assert_eq!(smaller(NOW, 0x40), [[8, 0x11, 0x40]]);
        let of = |bodies: Vec<Vec<u8>>| -> usize { bodies.iter().map(|b| sizes(b[1], b[2])[0]).sum() };
        assert_eq!((of(smaller(NOW, 0xA0)), of(smaller(NOW, 0x04))), (86, 12));
        assert!(smaller(ONE, 0x11).is_empty());
    }
}
