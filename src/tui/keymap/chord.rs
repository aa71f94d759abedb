//! One press of a key with its modifiers, as it is written in the help and in the configuration.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with Ctrl and Alt; Shift is part of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    /// The key.
    pub code: KeyCode,
    /// Ctrl and Alt; Shift only where the key is no character.
    pub modifiers: KeyModifiers,
}

/// A text that names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{}\" is no key: expected a character, or a name such as enter, f5, pageup, with ctrl- or alt- before it",
    crate::frame::visible::string(.0)
)]
pub struct BadKey(pub String);

/// Names of the keys that are no characters.
const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
];

/// How keys are drawn where a word would be long.
const DRAWN: &[(KeyCode, &str)] = &[
    (KeyCode::Enter, "Enter"),
    (KeyCode::Esc, "Esc"),
    (KeyCode::Tab, "Tab"),
    (KeyCode::BackTab, "Shift-Tab"),
    (KeyCode::Up, "Up"),
    (KeyCode::Down, "Down"),
    (KeyCode::Left, "Left"),
    (KeyCode::Right, "Right"),
    (KeyCode::Home, "Home"),
    (KeyCode::End, "End"),
    (KeyCode::PageUp, "PgUp"),
    (KeyCode::PageDown, "PgDn"),
    (KeyCode::Char(' '), "Space"),
    (KeyCode::Delete, "Del"),
    (KeyCode::Backspace, "Backspace"),
    (KeyCode::Insert, "Ins"),
];

impl Chord {
    /// A key without modifiers.
    #[must_use]
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
    }

    /// The chord of a key press; Shift is dropped where the character already tells it.
    #[must_use]
    pub fn of(event: &KeyEvent) -> Self {
        let mut modifiers =
            event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        if matches!(event.code, KeyCode::Char(_) | KeyCode::BackTab) {
            modifiers -= KeyModifiers::SHIFT;
        }
        Self { code: event.code, modifiers }
    }

    /// Whether it is a character that a text would take.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && self.modifiers.is_empty()
    }

    /// The same chord on the Latin key, where the key gave a Cyrillic letter.
    #[must_use]
    pub fn latin(self) -> Option<Self> {
        match self.code {
            KeyCode::Char(letter) => {
                super::layout::latin(letter).map(|key| Self { code: KeyCode::Char(key), ..self })
            }
            _ => None,
        }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in
            [(KeyModifiers::CONTROL, "Ctrl-"), (KeyModifiers::ALT, "Alt-"), (KeyModifiers::SHIFT, "Shift-")]
        {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        if let Some((_, name)) = DRAWN.iter().find(|(code, _)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::Char(character) => write!(f, "{character}"),
            KeyCode::F(number) => write!(f, "F{number}"),
            _ => f.write_str("?"),
        }
    }
}

impl FromStr for Chord {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let mut rest = text.trim();
        let mut modifiers = KeyModifiers::NONE;
        loop {
            if let Some(code) = key(rest) {
                return Ok(Self { code, modifiers });
            }
            let (head, tail) = rest.split_once('-').ok_or_else(|| BadKey(text.to_owned()))?;
            modifiers |= modifier(head).ok_or_else(|| BadKey(text.to_owned()))?;
            rest = tail;
        }
    }
}

fn modifier(name: &str) -> Option<KeyModifiers> {
    match name.to_ascii_lowercase().as_str() {
        "ctrl" | "c" => Some(KeyModifiers::CONTROL),
        "alt" | "a" => Some(KeyModifiers::ALT),
        "shift" | "s" => Some(KeyModifiers::SHIFT),
        _ => None,
    }
}

fn key(name: &str) -> Option<KeyCode> {
    let mut characters = name.chars();
    if let (Some(only), None) = (characters.next(), characters.next()) {
        return Some(KeyCode::Char(only));
    }
    let lower = name.to_lowercase();
    if let Some((_, code)) = NAMED.iter().find(|(known, _)| *known == lower) {
        return Some(*code);
    }
    lower.strip_prefix('f')?.parse().ok().filter(|number| (1..=24).contains(number)).map(KeyCode::F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_for_keys() {
        for (text, shown) in [
            ("q", "q"),
            ("T", "T"),
            ("ctrl-c", "Ctrl-c"),
            ("shift-tab", "Shift-Tab"),
            ("F5", "F5"),
            ("-", "-"),
            ("ctrl--", "Ctrl--"),
            ("space", "Space"),
            ("alt-pageup", "Alt-PgUp"),
            ("ж", "ж"),
        ] {
            assert_eq!(text.parse::<Chord>().map(|c| c.to_string()), Ok(shown.to_owned()), "{text}");
        }
        for text in ["", "hyper-x", "f99", "enterr"] {
            assert!(text.parse::<Chord>().is_err(), "{text}");
        }
    }

    #[test]
    fn shift_is_part_of_a_character() {
        let event = KeyEvent::new(KeyCode::Char('T'), KeyModifiers::SHIFT);
        assert_eq!(Chord::of(&event), Chord::plain(KeyCode::Char('T')));
    }
}
