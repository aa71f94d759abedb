//! Breaking text into lines.

use super::pen::split_at_width;
use super::width;

/// The lines of a text in so many columns, broken at spaces where there are any. An empty text is one empty
/// line; in no columns there are none.
#[must_use]
pub fn wrap(text: &str, columns: u16) -> Vec<String> {
    if columns == 0 {
        return Vec::new();
    }
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word;
        while let Some(line) = lines.last_mut() {
            let gap = u16::from(!line.is_empty());
            if width(line).saturating_add(gap).saturating_add(width(word)) <= columns {
                line.push_str(if gap == 0 { "" } else { " " });
                line.push_str(word);
                break;
            }
            if !line.is_empty() {
                lines.push(String::new());
                continue;
            }
            let (head, tail) = split_at_width(word, columns);
            if head.is_empty() {
                break;
            }
            line.push_str(head);
            word = tail;
            lines.push(String::new());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_at_spaces_and_long_words_where_they_must() {
        assert_eq!(wrap("the meter keeps the new time", 10), ["the meter", "keeps the", "new time"]);
        assert_eq!(wrap("abcdefgh ij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("a", 0), Vec::<String>::new());
        assert_eq!(wrap("電力", 1), [""], "what is wider than a line is left out");
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_no_letter_is_lost(text in "[a-zа-я ]{0,200}", columns in 1u16..40) {
            let lines = wrap(&text, columns);
            prop_assert!(lines.iter().all(|line| width(line) <= columns));
            let letters = |text: &str| text.replace(' ', "");
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
