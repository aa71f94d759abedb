//! What changed from one telegram to the next.

use super::Line;
use crate::reading::Decimal;

/// How a line differs from the same line of the telegram before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// There is nothing to compare it with.
    First,
    /// Not at all.
    Same,
    /// The telegram before did not have it.
    New,
    /// Its number is so much higher, or lower.
    By(Decimal),
    /// It reads otherwise.
    Other,
}

impl Change {
    /// Whether it is to be lit.
    #[must_use]
    pub const fn is_seen(self) -> bool {
        matches!(self, Self::New | Self::By(_) | Self::Other)
    }
}

/// The change of every line. Lines are the same by code and name, the first with the first and so on.
#[must_use]
pub fn changes(now: &[Line], before: Option<&[Line]>) -> Vec<Change> {
    let Some(before) = before else { return vec![Change::First; now.len()] };
    let change = |(index, line): (usize, &Line)| {
        let is_same = |other: &&Line| other.code == line.code && other.name == line.name;
        let nth = now.iter().take(index).filter(is_same).count();
        match before.iter().filter(is_same).nth(nth) {
            None => Change::New,
            Some(old) => compare(line, old),
        }
    };
    now.iter().enumerate().map(change).collect()
}

fn compare(line: &Line, old: &Line) -> Change {
    if line.raw == old.raw && line.value == old.value {
        return Change::Same;
    }
    let difference = line.number.zip(old.number).and_then(|(now, then)| now.checked_sub(then));
    match difference {
        Some(by) if line.unit == old.unit && by.units() != 0 => Change::By(by),
        _ => Change::Other,
    }
}
