//! The values of a simulated meter.

use std::collections::BTreeMap;

use crate::protocol::iec62056_21::chars::is_graphic;
use crate::protocol::iec62056_21::energomera::parameters::{self, Series};
use crate::protocol::iec62056_21::neva::codes;
use crate::protocol::iec62056_21::{EKT, EMR, NEVA_1, NEVA_3};
use crate::protocol::{Dialect, SetupError};
use crate::reading::Code;

/// Values by address: NEVA codes as eight hex digits, parameter names, codes of a readout.
#[derive(Debug, Default)]
pub(super) struct Values(BTreeMap<Vec<u8>, Vec<String>>);

impl Values {
    /// The values under an address.
    pub(super) fn get(&self, address: &[u8]) -> Option<&[String]> {
        self.0.get(address).map(Vec::as_slice)
    }

    /// Puts values under an address.
    pub(super) fn put(&mut self, address: impl Into<Vec<u8>>, values: Vec<String>) {
        self.0.insert(address.into(), values);
    }

    /// Every address with its values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &[String])> {
        self.0.iter().map(|(address, values)| (address.as_slice(), values.as_slice()))
    }

    /// Sets a value by the meter's own name, with a range such as `63.01.00*[00..7F]`, or by C.D.E.
    ///
    /// # Errors
    /// [`SetupError`] for a name such a meter cannot have and a value that cannot stand in brackets.
    pub(super) fn set(&mut self, dialect: Dialect, name: &str, value: &str) -> Result<(), SetupError> {
        let error = |expected: &str| SetupError {
            name: name.to_owned(),
            value: value.to_owned(),
            expected: expected.to_owned(),
        };
        if !value.bytes().all(|byte| is_graphic(byte) && !matches!(byte, b'(' | b')')) {
            return Err(error("printable characters without brackets"));
        }
        if let Ok(code) = name.parse::<Code>()
            && dialect_has_names(dialect)
        {
            return self.set_code(dialect, code, value).ok_or_else(|| error("a code that this meter has"));
        }
        match dialect {
            NEVA_1 | NEVA_3 => {
                let range =
                    range(name).ok_or_else(|| error("a code such as 60.01.04*FF, or 63.01.00*[00..7F]"))?;
                for code in range {
                    self.put(format!("{code:08X}"), vec![value.to_owned()]);
                }
            }
            EKT | EMR => {
                if !(name.len() == 5 || name.len() == 4) || !name.bytes().all(is_graphic) {
                    return Err(error("a parameter's name of four or five characters"));
                }
                self.put(name, value.split(';').map(str::to_owned).collect());
            }
            _ => self.put(name, vec![value.to_owned()]),
        }
        Ok(())
    }

    /// Sets a value by its C.D.E: one item of a list, or one of a parameter's values.
    fn set_code(&mut self, dialect: Dialect, code: Code, value: &str) -> Option<()> {
        let mut addresses = self.0.iter_mut();
        if matches!(dialect, NEVA_1 | NEVA_3) {
            let wanted = addresses.find_map(|(address, values)| {
                let found = codes::find(codes::parse_wire(address)?)?;
                let Code { c, d, e } = found.entry.obis;
                let is_list = found.entry.form == codes::Form::Tariffs;
                let is_now = found.index == 0 && found.entry.vary != codes::Vary::DayStarts;
                let fits = (c, d) == (code.c, code.d) && (e == code.e || is_list) && is_now;
                fits.then_some((values, is_list))
            });
            let (values, is_list) = wanted?;
            let item = if is_list { usize::from(code.e) } else { 0 };
            let mut items: Vec<String> = values.first()?.split(',').map(str::to_owned).collect();
            value.clone_into(items.get_mut(item)?);
            *values = vec![items.join(",")];
            return Some(());
        }
        let (values, item) = addresses.find_map(|(address, values)| {
            let (parameter, number) = parameters::find(address)?;
            let item = item_of(parameter.series, number, code, values.len())?;
            Some((values, item))
        })?;
        value.clone_into(values.get_mut(item)?);
        Some(())
    }
}

const fn dialect_has_names(dialect: Dialect) -> bool {
    matches!(dialect, NEVA_1 | NEVA_3 | EKT | EMR)
}

/// Which of a parameter's values has a code.
fn item_of(series: Series, number: u8, code: Code, count: usize) -> Option<usize> {
    let in_list = |codes: &[u8]| (code.d == 7).then(|| codes.iter().position(|c| *c == code.c)).flatten();
    let item = match series {
        Series::Tariffs(c) if (c, 8) == (code.c, code.d) => usize::from(code.e),
        Series::Archive if (number, 8) == (code.c, code.d) => usize::from(code.e),
        Series::Phases(codes) => in_list(&codes)?,
        Series::PhasesAndSum([_, _, _, sum]) if count == 1 => in_list(&[sum])?,
        Series::PhasesAndSum(codes) => in_list(&codes)?,
        Series::One(own) if own == code => 0,
        _ => return None,
    };
    (item < count).then_some(item)
}

/// The codes that a name means: one, or those whose last group lies in `[00..7F]`.
fn range(name: &str) -> Option<std::ops::RangeInclusive<u32>> {
    let Some((head, tail)) = name.split_once('[') else {
        let code = codes::parse(name.as_bytes())?;
        return Some(code..=code);
    };
    let (first, last) = tail.strip_suffix(']')?.split_once("..")?;
    let code = |group: &str| codes::parse(format!("{head}{group}").as_bytes());
    let (first, last) = (code(first)?, code(last)?);
    (first <= last).then_some(first..=last)
}
