//! Values of options: parsed once, at the border.

use std::time::Duration;

use crate::frame::near;
use crate::protocol::{Family, registry};

/// A protocol by its id, or whichever fits.
#[derive(Clone, Copy)]
pub(super) enum Protocol {
    /// To be found out.
    Auto,
    /// This one.
    Known(&'static dyn Family),
}

impl std::fmt::Debug for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Known(family) => family.id(),
        })
    }
}

impl Protocol {
    /// Reads a protocol id, or `auto`.
    ///
    /// # Errors
    /// The ids there are.
    pub(super) fn parse(id: &str) -> Result<Self, String> {
        if id == "auto" {
            return Ok(Self::Auto);
        }
        registry::family(id).map(Self::Known).ok_or_else(|| {
            let ids = registry::FAMILIES.iter().map(|family| family.id());
            format!("unknown protocol{}", near::known(id, std::iter::once("auto").chain(ids)))
        })
    }
}

/// A name and a value with `=` between them.
///
/// # Errors
/// What was expected.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| "expected name=value, such as tariff=T1".to_owned())?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A duration such as `5s`, `500ms` or `2m`.
///
/// # Errors
/// What was expected.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let expected = || "expected a time such as 500ms, 5s or 2m".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits).ok_or_else(expected)?;
    let number: u64 = number.parse().map_err(|_| expected())?;
    let millis = match unit {
        "ms" => 1,
        "s" | "" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(expected()),
    };
    let total = number.checked_mul(millis).filter(|total| *total > 0).ok_or_else(expected)?;
    Ok(Duration::from_millis(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for bad in ["", "s", "5x", "0s", "99999999999999999999h", "-1s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
