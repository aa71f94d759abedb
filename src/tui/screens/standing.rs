//! How pushes fare, for the status line: reassembly, cipher, frame counter. In words where there is room.

use crate::app::telegram::Cipher;
use crate::tui::glyphs::Glyphs;
use crate::tui::state::{State, Telegrams};
use crate::tui::theme::Role;

/// A thing to say: in full, short, and its look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// In words.
    pub long: String,
    /// In figures.
    pub short: String,
    /// Its look.
    pub role: Role,
}

impl Said {
    fn new(long: impl Into<String>, short: impl Into<String>, role: Role) -> Self {
        Self { long: long.into(), short: short.into(), role }
    }

    fn nothing() -> Self {
        Self::new("", "", Role::Dim)
    }
}

/// Reassembly, cipher and counter; nothing for meters that are asked.
pub(super) fn said(state: &State, glyphs: &Glyphs) -> [Said; 3] {
    let telegrams = &state.telegrams;
    if !state.listens() || (telegrams.count == 0 && telegrams.standing.parts == 0) {
        return [(); 3].map(|()| Said::nothing());
    }
    [segments(telegrams), cipher(telegrams.standing.cipher, glyphs), counter(telegrams)]
}

/// `segment 1 of 2` while more are to come, `whole, 2 segments` once they have.
fn segments(telegrams: &Telegrams) -> Said {
    let (parts, last) = (telegrams.standing.parts, telegrams.parts);
    match (telegrams.standing.is_whole, parts, last) {
        (true, 0 | 1, _) => Said::nothing(),
        (true, parts, _) => {
            Said::new(format!("whole, {parts} segments"), format!("{parts}/{parts}"), Role::Text)
        }
        (false, parts, 0) => Said::new(format!("segment {parts}"), format!("{parts}/?"), Role::Warn),
        (false, parts, last) => {
            Said::new(format!("segment {parts} of {last}"), format!("{parts}/{last}"), Role::Warn)
        }
    }
}

fn cipher(cipher: Cipher, glyphs: &Glyphs) -> Said {
    let good = glyphs.good;
    match cipher {
        Cipher::None => Said::nothing(),
        Cipher::Open => Said::new(format!("decrypted {good}"), format!("dec{good}"), Role::Good),
        Cipher::Authentic => {
            Said::new(format!("decrypted, authentic {good}"), format!("auth{good}"), Role::Good)
        }
        Cipher::NotAuthentic => Said::new("decrypted, not authenticated", "not auth", Role::Warn),
        Cipher::NoKey => Said::new("key missing", "no key", Role::Warn),
        Cipher::WrongKey => Said::new("wrong key", "wrong key", Role::Bad),
        Cipher::Replayed => Said::new("replayed", "replayed", Role::Bad),
    }
}

/// The frame counter with its step: `counter 24581, +1`.
fn counter(telegrams: &Telegrams) -> Said {
    match (telegrams.standing.counter, telegrams.step) {
        (None, _) => Said::nothing(),
        (Some(counter), None) => Said::new(format!("counter {counter}"), counter.to_string(), Role::Text),
        (Some(counter), Some(step)) => {
            let role = if step == 1 { Role::Text } else { Role::Warn };
            Said::new(format!("counter {counter}, {step:+}"), format!("{step:+}"), role)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::telegram::Standing;

    fn telegrams(parts: u16, last: u16, is_whole: bool) -> Telegrams {
        let standing = Standing { parts, is_whole, counter: Some(24_581), ..Standing::default() };
        Telegrams { parts: last, standing, step: Some(1), ..Telegrams::default() }
    }

    #[test]
    fn segments_are_counted_against_those_of_the_telegram_before() {
        assert_eq!(segments(&telegrams(1, 2, false)).long, "segment 1 of 2");
        assert_eq!(segments(&telegrams(1, 0, false)).short, "1/?");
        assert_eq!(segments(&telegrams(2, 2, true)).long, "whole, 2 segments");
        assert_eq!(segments(&telegrams(1, 1, true)).long, "");
    }

    #[test]
    fn a_counter_says_its_step_and_warns_where_it_is_not_one() {
        let mut telegrams = telegrams(2, 2, true);
        assert_eq!(
            (counter(&telegrams).long.as_str(), counter(&telegrams).role),
            ("counter 24581, +1", Role::Text)
        );
        telegrams.step = Some(-3);
        assert_eq!((counter(&telegrams).short.as_str(), counter(&telegrams).role), ("-3", Role::Warn));
    }

    #[test]
    fn every_state_of_the_cipher_has_words_of_its_own() {
        let all = [
            Cipher::Open,
            Cipher::Authentic,
            Cipher::NotAuthentic,
            Cipher::NoKey,
            Cipher::WrongKey,
            Cipher::Replayed,
        ];
        let words: std::collections::BTreeSet<String> =
            all.into_iter().map(|state| cipher(state, &Glyphs::ASCII).short).collect();
        assert_eq!(words.len(), all.len());
    }
}
