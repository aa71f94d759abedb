//! Breaking text into lines, for tables and the console.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Lines of a text in so many columns, broken at spaces where there are any. An empty text is one empty line; in
/// no columns there are none, and what is wider than a line is left out.
#[must_use]
pub fn wrap(text: &str, columns: impl Into<usize>) -> Vec<String> {
    let columns = columns.into();
    if columns == 0 {
        return Vec::new();
    }
    let mut lines = vec![String::new()];
    for mut word in text.split(' ') {
        while let Some(line) = lines.last_mut() {
            let gap = usize::from(!line.is_empty());
            if line.width() + gap + word.width() <= columns {
                line.push_str(if gap == 0 { "" } else { " " });
                line.push_str(word);
                break;
            }
            if gap == 0 {
                let (head, tail) = split(word, columns);
                if head.is_empty() {
                    break;
                }
                line.push_str(head);
                word = tail;
            }
            lines.push(String::new());
        }
    }
    lines
}

/// The longest beginning of at most so many columns, and the rest.
#[must_use]
pub fn split(text: &str, columns: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > columns {
            return text.split_at(at);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_at_spaces_and_long_words_where_they_must() {
        assert_eq!(wrap("the meter keeps the new time", 10u16), ["the meter", "keeps the", "new time"]);
        assert_eq!(wrap("abcdefgh ij", 4u16), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4u16), [""]);
        assert_eq!(wrap("a", 0u16), Vec::<String>::new());
        assert_eq!(wrap("電力", 1u16), [""], "what is wider than a line is left out");
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_no_letter_is_lost(text in "[a-zа-я ]{0,200}", columns in 1usize..40) {
            let lines = wrap(&text, columns);
            prop_assert!(lines.iter().all(|line| line.width() <= columns));
            let letters = |text: &str| text.replace(' ', "");
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
