//! OBIS codes of pushed lists: what they measure, and in which unit where the list does not say (Blue Book,
//! ed. 13, ch. 7).

use crate::reading::{Code, Quantity, Unit};

/// A whole OBIS code: A, B, C, D, E, F.
pub(super) type Obis = [u8; 6];

/// Groups C, D and E.
pub(super) const fn code([_, _, c, d, e, _]: Obis) -> Code {
    Code::new(c, d, e)
}

/// The push setup objects that head some lists: no quantity.
pub(super) const fn is_push_setup([_, _, c, d, ..]: Obis) -> bool {
    c == 25 && d == 9
}

/// Whether a code is one of electricity: channel and medium 0 or 1.
const fn is_electricity([a, ..]: Obis) -> bool {
    a <= 1
}

/// Quantities of abstract objects, by C.D.E.
#[rustfmt::skip]
const ABSTRACT: &[(Code, Quantity)] = &[
    (Code::new(1, 0, 0), Quantity::CLOCK),
    (Code::new(0, 2, 129), Quantity::named("list version")), (Code::new(0, 2, 2), Quantity::named("list version")),
    (Code::new(0, 0, 1), Quantity::SERIAL), (Code::new(0, 0, 5), Quantity::SERIAL),
    (Code::new(42, 0, 0), Quantity::named("logical device name")),
    (Code::new(96, 1, 0), Quantity::SERIAL), (Code::new(96, 1, 1), Quantity::named("meter type")),
    (Code::new(96, 1, 7), Quantity::named("meter type")),
    (Code::new(96, 3, 10), Quantity::named("disconnector state")), (Code::new(96, 14, 0), Quantity::TARIFF),
    (Code::new(96, 13, 0), Quantity::named("consumer message")), (Code::new(96, 13, 1), Quantity::named("consumer message code")),
    (Code::new(24, 2, 1), Quantity::named("value of a connected meter")),
];

/// What an OBIS code measures.
pub(super) fn quantity(obis: Obis) -> Quantity {
    let [a, _, c, d, _, _] = obis;
    let known = ABSTRACT.iter().find(|(known, _)| *known == code(obis));
    if let Some((_, quantity)) = known.filter(|_| a == 0 || c == 0 || c > 90) {
        return *quantity;
    }
    match (is_electricity(obis) && a == 1, d) {
        (true, 8) if matches!(c, 5..=8) => Quantity::named("reactive energy of a quadrant"),
        (true, 8) if matches!(base(c), 1) => Quantity::ACTIVE_IMPORT,
        (true, 8) if matches!(base(c), 2) => Quantity::ACTIVE_EXPORT,
        (true, 7) if c == 81 => Quantity::named("phase angle"),
        (true, _) => Quantity::of(code(obis)).unwrap_or(Quantity::named("unnamed quantity")),
        _ => Quantity::named("unnamed quantity"),
    }
}

/// The quantity of a phase value: 21, 41 and 61 are 1 of the three phases.
const fn base(c: u8) -> u8 {
    match c {
        21..=80 => (c - 1) % 20 + 1,
        _ => c,
    }
}

/// What kind of number a list holds under a code, for lists that carry no scaler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Active, reactive or apparent energy.
    Energy,
    /// Active, reactive or apparent power.
    Power,
    /// V.
    Voltage,
    /// A.
    Current,
    /// A share of 1.
    Factor,
    /// Something else.
    Other,
}

/// Sort and unit of a code of electricity.
pub(super) const fn sort(obis: Obis) -> (Sort, Unit) {
    let [_, _, c, d, ..] = obis;
    if obis[0] != 1 {
        return (Sort::Other, Unit::None);
    }
    match (base(c), d) {
        (1 | 2, 8) => (Sort::Energy, Unit::WattHour),
        (3..=8, 8) => (Sort::Energy, Unit::VarHour),
        (9 | 10, 8) => (Sort::Energy, Unit::VoltAmpereHour),
        (1 | 2 | 16, 7) => (Sort::Power, Unit::Watt),
        (3..=8, 7) => (Sort::Power, Unit::Var),
        (9 | 10, 7) => (Sort::Power, Unit::VoltAmpere),
        (11, 7) => (Sort::Current, Unit::Ampere),
        (12, 7) => (Sort::Voltage, Unit::Volt),
        (13, 7) => (Sort::Factor, Unit::None),
        (81, 7) => (Sort::Other, Unit::Degree),
        _ => (Sort::Other, Unit::None),
    }
}
