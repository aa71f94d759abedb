//! Names that come near to what was typed, wherever a name is unknown.

use std::fmt::Write as _;

/// Names that are told at most.
const MOST: usize = 3;

/// Letters of what was typed that are looked at: no name has more.
const LONGEST: usize = 40;

/// The likeness from which on a name comes near.
const NEAR: f64 = 0.6;

/// How far behind the best a name may be and still be told.
const BEHIND: f64 = 0.15;

/// Names that come near to what was typed, the nearest first; none where none does.
///
/// Case, blanks and marks do not count, Cyrillic letters are read as Latin ones, and a part of a name will do:
/// `Mercury230` is `mercury-230`, `ce301` is `energomera-ce301`.
#[must_use]
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let typed = plain(typed);
    let mut scored: Vec<(f64, &str)> =
        names.into_iter().map(|name| (likeness(&typed, name), name)).filter(|(l, _)| *l >= NEAR).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let least = match scored.first() {
        Some((best, _)) if *best < 1.0 => best - BEHIND,
        _ => 1.0,
    };
    scored
        .into_iter()
        .take_while(|(likeness, _)| *likeness >= least)
        .take(MOST)
        .map(|(_, name)| name)
        .collect()
}

/// What an error about an unknown name ends in: `; near it: a, b`, or nothing.
#[must_use]
pub fn hint<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(typed, names).as_slice() {
        [] => String::new(),
        near => format!("; near it: {}", near.join(", ")),
    }
}

/// Like [`hint`], with all the names there are: `; near it: a; known: a, b, c`.
#[must_use]
pub fn known<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = hint(typed, names.iter().copied());
    let _ = write!(text, "; known: {}", names.join(", "));
    text
}

/// Whether a person who typed this meant a name by another name that people have for it: it begins with it, has
/// it as a word, or is one slip away from it.
#[must_use]
pub fn means(typed: &str, alias: &str) -> bool {
    let (whole, alias) = (plain(typed), plain(alias));
    let is_word = typed.split(|c: char| !c.is_alphanumeric()).any(|word| plain(word) == alias);
    // One digit more or less is another type.
    let is_slip = alias.len() >= 5
        && alias.bytes().all(|byte| byte.is_ascii_alphabetic())
        && strsim::osa_distance(&whole, &alias) == 1;
    !alias.is_empty() && (is_word || whole.starts_with(&alias) || is_slip)
}

/// Whether a name begins with what was typed, or is one slip away from it.
#[must_use]
pub fn is_close(typed: &str, name: &str) -> bool {
    let (typed, name) = (plain(typed), plain(name));
    name.starts_with(&typed) || strsim::osa_distance(&typed, &name) == 1
}

/// From 0 to 1, which means that they differ in case and marks only.
fn likeness(typed: &str, name: &str) -> f64 {
    let whole = plain(name);
    if typed.is_empty() || whole.is_empty() {
        return 0.0;
    }
    let by_words = name.split(|c: char| !c.is_alphanumeric()).map(|word| alike(typed, &plain(word)) - 0.05);
    by_words.fold(alike(typed, &whole), f64::max)
}

/// The likeness of two words: a part of one, letters put in, left out, changed or swapped, or a beginning in common.
fn alike(typed: &str, name: &str) -> f64 {
    if typed == name {
        return 1.0;
    }
    let (short, long) = if typed.len() < name.len() { (typed, name) } else { (name, typed) };
    if short.len() >= 3 && long.contains(short) {
        #[expect(clippy::cast_precision_loss, reason = "names are short")]
        let share = short.len() as f64 / long.len() as f64;
        return 0.75 + 0.2 * share;
    }
    let edits = strsim::normalized_damerau_levenshtein(typed, name);
    edits.max(strsim::jaro_winkler(typed, name) - 0.2)
}

/// Letters and digits alone, in lower case, Cyrillic ones as Latin ones.
fn plain(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).take(LONGEST);
    letters.flat_map(char::to_lowercase).fold(String::new(), |mut plain, letter| {
        match latin(letter) {
            Some(latin) => plain.push_str(latin),
            None => plain.push(letter),
        }
        plain
    })
}

/// A Cyrillic letter as makers and traders write it in Latin ones.
const fn latin(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' => "i",
        'й' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        // As in the types CE301 and so on, which are written in either alphabet.
        'с' => "c",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ш' | 'щ' => "sh",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 7] = [
        "energomera-ce301",
        "energomera-ce303",
        "mercury-200",
        "mercury-230",
        "mercury-231",
        "poland-p1",
        "kaifa-ma309",
    ];

    #[test]
    fn slips_parts_and_other_ways_to_write_lead_to_the_name() {
        for (typed, expected) in [
            ("Mercury230", "mercury-230"),
            ("MERCURY 230", "mercury-230"),
            ("merucry-230", "mercury-230"),
            ("меркурий-230", "mercury-230"),
            ("ce301", "energomera-ce301"),
            ("се301", "energomera-ce301"),
            ("энергомера се303", "energomera-ce303"),
            ("kaifa", "kaifa-ma309"),
            ("kafia", "kaifa-ma309"),
        ] {
            assert_eq!(nearest(typed, NAMES).first(), Some(&expected), "{typed}");
        }
        assert_eq!(nearest("Mercury230", NAMES), ["mercury-230"]);
        assert_eq!(nearest("mercury-202", NAMES), ["mercury-200", "mercury-230", "mercury-231"]);
    }

    #[test]
    fn what_is_like_nothing_leads_nowhere() {
        for typed in ["", "-", "xyz", "landis", "milur", "нет", "elster", "\u{1b}[2J"] {
            assert_eq!(nearest(typed, NAMES), [""; 0], "{typed}");
        }
    }

    #[test]
    fn the_names_there_are_follow_those_that_come_near() {
        assert_eq!(known("rad", ["read", "send"]), "; near it: read; known: read, send");
        assert_eq!(known("xyz", ["read", "send"]), "; known: read, send");
    }

    #[test]
    fn other_names_are_meant_by_word_beginning_or_slip() {
        for typed in ["mt174", "MT-174", "iskra mt174", "mt174-d1a42"] {
            assert!(means(typed, "mt174"), "{typed}");
        }
        for typed in ["", "mt", "mt114", "neva-mt124"] {
            assert!(!means(typed, "mt174"), "{typed}");
        }
        assert!(means("elstr", "elster") && means("eslter", "elster") && !means("esther", "elster"));
    }

    proptest! {
        #[test]
        fn every_name_is_nearest_to_itself_and_any_text_may_be_typed(at in 0..NAMES.len(), typed in ".{0,80}") {
            prop_assert_eq!(nearest(NAMES[at], NAMES), [NAMES[at]]);
            prop_assert!(nearest(&typed, NAMES).len() <= MOST);
        }
    }
}
