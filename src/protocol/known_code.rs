//! Codes and names that a meter's registers are known by, and finding one from a few letters.

use crate::reading::Unit;

/// A register that can be asked for by its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCode {
    /// The code as the meter's manual writes it: `60.01.04*FF`, `ET0PE`, `1.8.0`.
    pub code: String,
    /// The OBIS code C.D.E that its value is reported under; empty for none.
    pub obis: String,
    /// What it is.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// `R`, `W` or `RW`.
    pub access: &'static str,
}

impl KnownCode {
    /// How well what was typed names it, 0 for best; `None` when it does not.
    #[must_use]
    pub fn rank(&self, typed: &str) -> Option<u8> {
        let typed = typed.trim().to_ascii_lowercase();
        let (code, name) = (self.code.to_ascii_lowercase(), self.name.to_ascii_lowercase());
        let compact = compact(&self.code).to_ascii_lowercase();
        let starts_a_word = |word: &str| word.starts_with(&typed);
        Some(match () {
            () if typed == code || typed == compact || typed == self.obis => 0,
            () if code.starts_with(&typed) || compact.starts_with(&typed) => 1,
            () if self.obis.starts_with(&typed) => 1,
            () if name.split(' ').any(starts_a_word) || name.starts_with(&typed) => 2,
            () if name.contains(&typed) => 3,
            () => return None,
        })
    }
}

/// The codes that what was typed may mean, the likeliest first; all of them when nothing was typed.
#[must_use]
pub fn matching<'a>(codes: &'a [KnownCode], typed: &str) -> Vec<&'a KnownCode> {
    let mut found: Vec<(u8, &KnownCode)> =
        codes.iter().filter_map(|code| Some((code.rank(typed)?, code))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, code)| code).collect()
}

/// A code without its separators, in capitals: `600104FF` for `60.01.04*ff`.
#[must_use]
pub fn compact(code: &str) -> String {
    code.chars()
        .filter(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect::<String>()
        .to_ascii_uppercase()
}
