//! Keyboard layouts: the key a letter lies on.

/// The Russian layout by position, lower case.
const RUSSIAN: &str = "йцукенгшщзхъфывапролджэячсмитьбюё";
/// The same keys on a Latin keyboard.
const LATIN: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
/// The same keys with Shift.
const LATIN_SHIFTED: &str = "QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~";

/// The Latin character on the key that gives this Cyrillic letter under the Russian layout.
///
/// For commands only: what is typed into a text stays as it is.
#[must_use]
pub(super) fn latin(letter: char) -> Option<char> {
    let lower = letter.to_lowercase().next()?;
    let position = RUSSIAN.chars().position(|russian| russian == lower)?;
    let row = if lower == letter { LATIN } else { LATIN_SHIFTED };
    row.chars().nth(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_mapped_by_the_key_they_lie_on() {
        for (russian, key) in [('й', 'q'), ('Ж', ':'), ('я', 'z'), ('Е', 'T'), ('ё', '`')] {
            assert_eq!(latin(russian), Some(key), "{russian}");
        }
        assert_eq!(latin('q'), None);
    }

    #[test]
    fn all_three_rows_have_the_33_letters() {
        assert_eq!(RUSSIAN.chars().count(), 33);
        assert_eq!(LATIN.chars().count(), 33);
        assert_eq!(LATIN_SHIFTED.chars().count(), 33);
    }
}
