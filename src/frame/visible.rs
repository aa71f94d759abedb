//! The one way from wire bytes to text that may be shown.
//!
//! A meter's bytes are hostile: an escape sequence in a text field must not reach a terminal, a log or a
//! file name. Printable ASCII passes; everything else becomes `\xNN`.

mod keylike;

use std::fmt::{self, Write as _};

pub use keylike::{file, without_keys};

use crate::reading::{Measured, Raw, Reading};

/// Bytes as text on one line: printable ASCII as it is, all else as `\xNN`. A backslash that an `x` follows is
/// doubled, so that it can be told from such a mark; others stand as they were sent, as in `/ISK5\2M550T`.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\\' if bytes.get(index + 1) == Some(&b'x') => shown.push_str("\\\\"),
            0x20..=0x7E => shown.push(char::from(byte)),
            _ => {
                let _ = write!(shown, "\\x{byte:02X}");
            }
        }
    }
    shown
}

/// The one-column form for the text side of a hex view: printable ASCII as it is, all else `·`.
#[must_use]
pub const fn glyph(byte: u8) -> char {
    match byte {
        0x20..=0x7E => byte as char,
        _ => '·',
    }
}

/// A string from outside that is not bytes of a meter (a USB product name, an error of the system): every
/// control, format and bidirectional character is written out.
#[must_use]
pub fn string(foreign: &str) -> String {
    let mut shown = String::with_capacity(foreign.len());
    for character in foreign.chars() {
        if is_plain(character) {
            shown.push(character);
        } else {
            let _ = write!(shown, "\\u{{{:X}}}", u32::from(character));
        }
    }
    shown
}

/// An error of the system in its words, without the number that the standard library puts behind them.
#[must_use]
pub fn error(error: &dyn fmt::Display) -> String {
    let said = error.to_string();
    let number =
        said.split_once(" (os error ").and_then(|(words, rest)| Some((words, rest.split_once(')')?.1)));
    number.map_or_else(|| string(&said), |(words, rest)| string(&[words, rest].concat()))
}

/// A value as text that may be shown, without its unit.
#[must_use]
pub fn measured(value: &Measured) -> String {
    match value {
        Measured::Number(number) => number.to_string(),
        Measured::Text(bytes) => text(bytes),
        Measured::Time(time) => time.to_string(),
        Measured::Absent(why) => why.reason().to_owned(),
    }
}

/// What a reading was made from, as the JSON contract has it: hex of binary families, text of ASCII ones.
#[must_use]
pub fn raw(raw: &Raw) -> String {
    match raw {
        Raw::Bytes(bytes) => super::hex::compact(bytes),
        Raw::Text(bytes) => text(bytes),
    }
}

/// A reading in a few words: `T1 2979.64 kWh`.
#[must_use]
pub fn reading(reading: &Reading) -> String {
    let mut words = String::new();
    if let Some(tariff) = reading.tariff {
        let _ = write!(words, "T{tariff} ");
    } else if let Some(phase) = reading.phase {
        let _ = write!(words, "{} ", phase.name());
    }
    words.push_str(&measured(&reading.value));
    if reading.number().is_some() && !reading.unit.symbol().is_empty() {
        let _ = write!(words, " {}", reading.unit);
    }
    words
}

/// Neither control nor format character, nor one that turns the writing direction, nor a tag.
fn is_plain(character: char) -> bool {
    !character.is_control()
        && !matches!(u32::from(character),
            0xAD | 0x61C | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF
            | 0xFFF9..=0xFFFB | 0xE0000..=0xE007F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_system_stands_without_its_number() {
        let missing = std::io::Error::from_raw_os_error(2);
        assert!(missing.to_string().contains("(os error 2)"));
        assert!(!error(&missing).contains("os error"), "{}", error(&missing));
        assert_eq!(error(&"a: No such file (os error 2); try b"), "a: No such file; try b");
        assert_eq!(error(&"plain \u{1b}"), "plain \\u{1B}");
    }

    #[test]
    fn no_control_character_gets_through() {
        let all: Vec<u8> = (0..=255).collect();
        assert!(text(&all).chars().all(|c| matches!(c, ' '..='~')));
        assert_eq!(text(b"a\x1B[2J"), "a\\x1B[2J");
        assert_eq!(glyph(0x9B), '·');
    }

    #[test]
    fn a_backslash_of_the_meters_is_not_taken_for_a_mark() {
        assert_eq!(text(b"/ISK5\\2M550T"), "/ISK5\\2M550T");
        assert_eq!(text(b"\\x1B \x1B \\"), "\\\\x1B \\x1B \\");
    }

    #[test]
    fn characters_that_turn_or_hide_text_are_written_out() {
        assert_eq!(string("ok\u{202E}evil\u{7}"), "ok\\u{202E}evil\\u{7}");
        assert_eq!(string("Энергомера"), "Энергомера");
    }
}
