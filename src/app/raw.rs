//! Bytes typed by hand: text in quotes and hex side by side, `"/?!" 0D 0A`, with a checksum put behind.

use crate::frame::checksum::RULES;
use crate::frame::{hex, near, visible};
use crate::protocol::registry;

/// Longest thing that may be sent at once.
pub const LONGEST: usize = 4096;

/// What is wrong with typed bytes, and where (characters counted from 1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RawError {
    /// A character that is neither hex, a separator nor the beginning of a text.
    #[error("character {position} is '{}': expected hex digits, or text in double quotes", visible::string(&.found.to_string()))]
    NotHex {
        /// Which character.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// A run of hex digits of which one has no partner.
    #[error("odd number of hex digits at character {position}: {digits} of them; write 06 rather than 6")]
    Odd {
        /// Where the run begins.
        position: usize,
        /// How many digits it has.
        digits: usize,
    },
    /// A text that is not closed.
    #[error("the text that begins at character {position} lacks its closing quote")]
    Unclosed {
        /// Where it begins.
        position: usize,
    },
    /// An escape that is not known.
    #[error("character {position}: after a backslash only r, n, t, 0, \\, \" and xNN are understood")]
    BadEscape {
        /// Where the backslash stands.
        position: usize,
    },
    /// A character of a text that is not ASCII.
    #[error("character {position} is '{}', which is not ASCII: write its bytes as hex", visible::string(&.found.to_string()))]
    NotAscii {
        /// Which character.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// Nothing was typed.
    #[error("there are no bytes: expected hex such as 06 47 5E 27, or text in double quotes")]
    Empty,
    /// More than can be sent at once.
    #[error("more than {LONGEST} bytes")]
    TooLong,
    /// No such checksum.
    #[error("unknown checksum \"{}\"{advice}", visible::string(.name))]
    UnknownChecksum {
        /// What was typed.
        name: String,
        /// The names that come near, and those there are.
        advice: String,
    },
}

type Letters<'a> = std::iter::Peekable<std::iter::Enumerate<std::str::Chars<'a>>>;

/// The bytes that a typed line means.
///
/// Hex digits come in whole bytes, with spaces, commas, colons, hyphens and `0x` between them; text stands in
/// double quotes and knows the escapes `\r \n \t \0 \\ \" \xNN`.
///
/// # Errors
/// [`RawError`] with the position of the first thing that does not belong.
pub fn parse(text: &str) -> Result<Vec<u8>, RawError> {
    let mut bytes = Vec::new();
    let mut letters = text.chars().enumerate().peekable();
    while let Some(&(index, letter)) = letters.peek() {
        let position = index + 1;
        match letter {
            ' ' | '\t' | '\r' | '\n' | ',' | ';' | ':' | '-' => {
                letters.next();
            }
            '"' => quoted(&mut letters, position, &mut bytes)?,
            _ if letter.is_ascii_hexdigit() => digits(&mut letters, position, &mut bytes)?,
            found => return Err(RawError::NotHex { position, found }),
        }
        if bytes.len() > LONGEST {
            return Err(RawError::TooLong);
        }
    }
    if bytes.is_empty() { Err(RawError::Empty) } else { Ok(bytes) }
}

/// A run of hex digits up to the next separator.
fn digits(letters: &mut Letters<'_>, position: usize, bytes: &mut Vec<u8>) -> Result<(), RawError> {
    let mut run = String::new();
    while let Some(&(_, letter)) = letters.peek() {
        if matches!(letter, 'x' | 'X') && run == "0" {
            run.clear();
        } else if letter.is_ascii_hexdigit() {
            run.push(letter);
        } else {
            break;
        }
        letters.next();
    }
    let whole = hex::digits(&run).filter(|whole| !whole.is_empty());
    bytes.extend(whole.ok_or(RawError::Odd { position, digits: run.len() })?);
    Ok(())
}

/// A text from its opening to its closing quote.
fn quoted(letters: &mut Letters<'_>, start: usize, bytes: &mut Vec<u8>) -> Result<(), RawError> {
    letters.next();
    while let Some((index, letter)) = letters.next() {
        let position = index + 1;
        match letter {
            '"' => return Ok(()),
            '\\' => bytes.push(escape(letters, position)?),
            _ if letter.is_ascii() => bytes.push(letter as u8),
            found => return Err(RawError::NotAscii { position, found }),
        }
    }
    Err(RawError::Unclosed { position: start })
}

fn escape(letters: &mut Letters<'_>, position: usize) -> Result<u8, RawError> {
    let bad = || RawError::BadEscape { position };
    let mut next = || letters.next().map(|(_, letter)| letter).ok_or_else(bad);
    Ok(match next()? {
        'r' => b'\r',
        'n' => b'\n',
        't' => b'\t',
        '0' => 0,
        '\\' => b'\\',
        '"' => b'"',
        'x' => {
            let (high, low) = (next()?, next()?);
            hex::byte(high, low).ok_or_else(bad)?
        }
        _ => return Err(bad()),
    })
}

/// In which order the bytes of a checksum go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    LowFirst,
    HighFirst,
}

/// A checksum as it is typed, the rule it means, and the order in which the protocols that use it send it.
const CHECKSUMS: &[(&str, &str, Order)] = &[
    ("modbus", "CRC-16/MODBUS", Order::LowFirst),
    ("crc8-b5", "CRC-8/0xB5", Order::LowFirst),
    ("crc8-smbus", "CRC-8/SMBUS", Order::LowFirst),
    ("crc8-maxim", "CRC-8/MAXIM", Order::LowFirst),
    ("xor", "XOR (BCC)", Order::LowFirst),
    ("sum", "sum modulo 256", Order::LowFirst),
    ("sum7", "sum modulo 128", Order::LowFirst),
    ("arc", "CRC-16/ARC", Order::LowFirst),
    ("x25", "CRC-16/X-25", Order::LowFirst),
    ("kermit", "CRC-16/KERMIT", Order::LowFirst),
    ("xmodem", "CRC-16/XMODEM", Order::HighFirst),
];

/// The names that [`append`] takes: checksums, then protocols, whose whole framing is put around the bytes.
#[must_use]
pub fn checksum_names() -> Vec<&'static str> {
    let protocols = registry::FAMILIES.iter().map(|family| family.id());
    CHECKSUMS.iter().map(|(name, ..)| *name).chain(protocols).collect()
}

/// The bytes followed by a checksum, or made into a frame of a protocol named by its id.
///
/// # Errors
/// [`RawError::UnknownChecksum`] with the names there are.
pub fn append(name: &str, bytes: &[u8]) -> Result<Vec<u8>, RawError> {
    if let Some(family) = registry::family(name) {
        return Ok(family.with_checksum(bytes));
    }
    let (rule, order) = CHECKSUMS
        .iter()
        .find(|(known, ..)| known.eq_ignore_ascii_case(name))
        .and_then(|(_, rule, order)| Some((RULES.iter().find(|known| known.name == *rule)?, *order)))
        .ok_or_else(|| RawError::UnknownChecksum {
            name: name.to_owned(),
            advice: near::known(name, checksum_names()),
        })?;
    let sum = (rule.compute)(bytes);
    let mut out = bytes.to_vec();
    match (rule.width, order) {
        (1, _) => out.push(sum as u8),
        (_, Order::LowFirst) => out.extend(sum.to_le_bytes()),
        (_, Order::HighFirst) => out.extend(sum.to_be_bytes()),
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_hex_mix() {
        assert_eq!(parse(r#""/?!" 0D 0A"#), Ok(b"/?!\r\n".to_vec()));
        assert_eq!(parse(r#"06 "a\"\\\x1b\r" 0x475E,27"#), Ok(b"\x06a\"\\\x1b\r\x47\x5E\x27".to_vec()));
        assert_eq!(parse("06475e27"), Ok(vec![6, 0x47, 0x5E, 0x27]));
        assert_eq!(parse("00"), Ok(vec![0]));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        assert_eq!(parse("06 4G"), Err(RawError::Odd { position: 4, digits: 1 }));
        assert_eq!(parse("06 G"), Err(RawError::NotHex { position: 4, found: 'G' }));
        assert_eq!(parse("6 47"), Err(RawError::Odd { position: 1, digits: 1 }));
        assert_eq!(parse("0x"), Err(RawError::Odd { position: 1, digits: 0 }));
        assert_eq!(parse("06 \"abc"), Err(RawError::Unclosed { position: 4 }));
        assert_eq!(parse(r#""a\q""#), Err(RawError::BadEscape { position: 3 }));
        assert_eq!(parse("\"é\""), Err(RawError::NotAscii { position: 2, found: 'é' }));
        assert_eq!(parse("  "), Err(RawError::Empty));
        assert_eq!(parse(&"00".repeat(LONGEST + 1)), Err(RawError::TooLong));
    }

    #[test]
    fn a_checksum_is_put_behind_in_the_order_its_protocols_send_it() {
        // A Mercury 200 request for its clock; published with its CRC in mrkrasser/MercuryStats.
        let body = [0x00, 0x06, 0x47, 0x5E, 0x21];
        assert_eq!(append("modbus", &body).unwrap().get(5..), Some(&[0x6C, 0xE5][..]));
        assert_eq!(append("xor", &[1, 2, 4]).unwrap(), [1, 2, 4, 7]);
        assert_eq!(append("xmodem", b"123456789").unwrap().get(9..), Some(&[0x31, 0xC3][..]));
    }

    #[test]
    fn every_named_checksum_has_its_rule() {
        for (name, ..) in CHECKSUMS {
            assert!(append(name, &[1]).is_ok(), "{name}");
        }
        let error = append("crc99", &[1]).unwrap_err().to_string();
        assert!(
            error.contains("\"crc99\"") && error.contains("modbus") && error.contains("mercury200"),
            "{error}"
        );
    }

    #[test]
    fn a_backslash_is_read_back_from_text() {
        assert_eq!(parse(r#""\\""#), Ok(vec![b'\\']));
    }

    proptest::proptest! {
        #[test]
        fn bytes_are_read_back_from_hex_and_from_text(bytes in proptest::collection::vec(0u8.., 1..100)) {
            let quoted = format!("\"{}\"", bytes.escape_ascii().to_string().replace("\\'", "'"));
            proptest::prop_assert_eq!(parse(&crate::frame::hex::spaced(&bytes)), Ok(bytes.clone()));
            proptest::prop_assert_eq!(parse(&quoted), Ok(bytes));
        }

        #[test]
        fn nothing_that_is_typed_makes_it_panic(text in ".*") {
            let _ = parse(&text);
        }
    }
}
