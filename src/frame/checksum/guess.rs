//! Which rule, or which single flipped bit, would have made a wrong checksum right.

use std::fmt;

use super::{CE_RULE, MODBUS_RULE, RULES, Rule};

/// Longest run of bytes that is searched; longer ones give no guesses.
const MAX_BYTES: usize = 1024;

/// Longest run in which single bits are turned over, which costs eight checksums a byte.
const MAX_FLIPPED_BYTES: usize = 256;

/// How many single bits are named at most; more of them say nothing.
const MAX_FLIPS: usize = 3;

/// In which order a checksum of two bytes stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Low byte first, as Modbus sends it; also every checksum of one byte.
    LowFirst,
    /// High byte first.
    HighFirst,
}

/// What stands after a checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing: the checksum is the last thing in the frame.
    Bare,
    /// One more byte, such as an end mark.
    Mark,
}

/// Something that would make a wrong checksum right. Chance makes some of these fit too (one in 256 tries of
/// an 8-bit rule), so they are told as guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// A rule fits.
    Rule {
        /// Its name.
        name: &'static str,
        /// The order of its bytes.
        order: Order,
        /// How many bytes at the start it leaves out, 0 or 1: a start mark or a stray byte.
        skipped: usize,
        /// What follows the checksum.
        ending: Ending,
    },
    /// One bit of the body turned over makes the protocol's own rule fit.
    Bit {
        /// Which byte of the body, from 0.
        byte: usize,
        /// As it is.
        found: u8,
        /// As it would be.
        instead: u8,
    },
    /// One bit of the checksum itself turned over makes it fit.
    ChecksumBit {
        /// As it is, in wire order read as a number with the low byte first.
        found: u16,
        /// As it would be.
        instead: u16,
    },
}

impl fmt::Display for Guess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Rule { name, order, skipped, ending } => {
                write!(f, "{name} would fit")?;
                f.write_str(if order == Order::HighFirst { ", high byte first" } else { "" })?;
                f.write_str(match (skipped, ending) {
                    (0, Ending::Bare) => "",
                    (0, Ending::Mark) => ", without the last byte",
                    (_, Ending::Bare) => ", without the first byte",
                    (_, Ending::Mark) => ", without the first and the last byte",
                })
            }
            Self::Bit { byte, found, instead } => {
                write!(f, "one flipped bit would fit: byte {byte}, {found:02X} -> {instead:02X}, a guess")
            }
            Self::ChecksumBit { found, instead } => {
                write!(f, "one flipped bit in the checksum would fit: {found:02X} -> {instead:02X}, a guess")
            }
        }
    }
}

/// What would explain a wrong checksum: `body` is what it was taken over, `found` the bytes that hold it on
/// the wire. The likeliest guess comes first; none for bodies beyond 1 KiB.
///
/// The protocol's own rule is taken from the width: CRC-8/0xB5 for one byte, CRC-16/MODBUS for two. See
/// [`explain_under`] for protocols with another one.
#[must_use]
pub fn explain(body: &[u8], found: &[u8]) -> Vec<Guess> {
    explain_under(if found.len() == 1 { &CE_RULE } else { &MODBUS_RULE }, body, found)
}

/// Like [`explain`] for a protocol whose own rule is `own`, sent low byte first.
#[must_use]
pub fn explain_under(own: &Rule, body: &[u8], found: &[u8]) -> Vec<Guess> {
    if body.is_empty() || found.is_empty() || body.len() + found.len() > MAX_BYTES {
        return Vec::new();
    }
    let whole = [body, found].concat();
    let mut guesses = rules(&whole);
    guesses.extend(bits(own, body, found));
    guesses.sort_by_key(|guess| doubt(*guess, own));
    guesses
}

/// Every rule that fits some reading of the frame.
fn rules(whole: &[u8]) -> Vec<Guess> {
    let mut guesses = Vec::new();
    for ending in [Ending::Bare, Ending::Mark] {
        let end = whole.len() - usize::from(ending == Ending::Mark);
        for skipped in [0, 1] {
            let Some(bytes) = whole.get(skipped..end) else { continue };
            for rule in RULES {
                guesses.extend(fit(rule, bytes).map(|order| Guess::Rule {
                    name: rule.name,
                    order,
                    skipped,
                    ending,
                }));
            }
        }
    }
    guesses
}

/// Whether bytes that end with a checksum fit a rule, and in which order.
fn fit(rule: &Rule, bytes: &[u8]) -> Option<Order> {
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(rule.width)?)?;
    if body.is_empty() {
        return None;
    }
    let expected = (rule.compute)(body);
    match *sum {
        [byte] => (u16::from(byte) == expected).then_some(Order::LowFirst),
        [first, second] if u16::from_le_bytes([first, second]) == expected => Some(Order::LowFirst),
        [first, second] if u16::from_be_bytes([first, second]) == expected => Some(Order::HighFirst),
        _ => None,
    }
}

/// Single bits that would make the own rule fit.
fn bits(own: &Rule, body: &[u8], found: &[u8]) -> Vec<Guess> {
    let stated = match *found {
        [byte] if own.width == 1 => u16::from(byte),
        [first, second] if own.width == 2 => u16::from_le_bytes([first, second]),
        _ => return Vec::new(),
    };
    let expected = (own.compute)(body);
    if (stated ^ expected).is_power_of_two() {
        return vec![Guess::ChecksumBit { found: stated, instead: expected }];
    }
    if stated == expected || body.len() > MAX_FLIPPED_BYTES {
        return Vec::new();
    }
    let mut tried = body.to_vec();
    let mut guesses = Vec::new();
    for (byte, &found) in body.iter().enumerate() {
        for bit in 0..8 {
            let instead = found ^ (1 << bit);
            tried.splice(byte..=byte, [instead]);
            if (own.compute)(&tried) == stated {
                guesses.push(Guess::Bit { byte, found, instead });
            }
        }
        tried.splice(byte..=byte, [found]);
    }
    guesses.truncate(MAX_FLIPS);
    guesses
}

/// How far-fetched a guess is: first the own rule read otherwise, then wide rules, then single bits, then
/// narrow rules, which fit by chance far more often; each the more bytes it has to leave out, the later.
fn doubt(guess: Guess, own: &Rule) -> u8 {
    match guess {
        Guess::Rule { name, order, skipped, ending } => {
            let width = RULES.iter().find(|rule| rule.name == name).map_or(1, |rule| rule.width);
            let class = if name == own.name {
                0
            } else if width == 2 {
                10
            } else {
                30
            };
            let left_out = skipped as u8 + u8::from(ending == Ending::Mark);
            class + 2 * left_out + u8::from(order == Order::HighFirst)
        }
        Guess::ChecksumBit { .. } => 20,
        Guess::Bit { .. } => 21,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;

    /// A reply of a CE307 (`Bagunda/energomera_ce307` README.md): CRC-8 of what lies between the end marks.
    const CE_FRAME: &str = "C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B C0";

    /// A Mercury 200 reply to command 63 (mrkrasser/MercuryStats readme.md).
    const MERCURY_FRAME: &str = "00 06 47 5E 63 23 58 02 64 00 05 88 45 C6";

    fn split(text: &str, sum: usize) -> (Vec<u8>, Vec<u8>) {
        let mut bytes = hex::parse(text).unwrap();
        let found = bytes.split_off(bytes.len() - sum);
        (bytes, found)
    }

    fn words(body: &[u8], found: &[u8]) -> Vec<String> {
        explain(body, found).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_ce_frame_checked_with_modbus_is_recognised_by_its_own_rule() {
        let (body, found) = split(CE_FRAME, 2);
        let guesses = explain(&body, &found);
        let expected =
            Guess::Rule { name: "CRC-8/0xB5", order: Order::LowFirst, skipped: 1, ending: Ending::Mark };
        assert!(guesses.contains(&expected), "{guesses:?}");
        assert_eq!(expected.to_string(), "CRC-8/0xB5 would fit, without the first and the last byte");
    }

    #[test]
    fn the_own_checksum_with_its_bytes_swapped_is_the_first_guess() {
        let (body, found) = split(MERCURY_FRAME, 2);
        assert_eq!(words(&body, &[found[1], found[0]])[0], "CRC-16/MODBUS would fit, high byte first");
    }

    #[test]
    fn a_stray_byte_in_front_is_named() {
        let (mut body, found) = split(MERCURY_FRAME, 2);
        body.insert(0, 0x7F);
        assert_eq!(words(&body, &found)[0], "CRC-16/MODBUS would fit, without the first byte");
    }

    #[test]
    fn every_wide_rule_is_found_in_both_orders() {
        let (body, _) = split(MERCURY_FRAME, 2);
        for rule in RULES.iter().filter(|rule| rule.width == 2) {
            let sum = (rule.compute)(&body);
            for (order, found) in
                [(Order::LowFirst, sum.to_le_bytes()), (Order::HighFirst, sum.to_be_bytes())]
            {
                let guess = Guess::Rule { name: rule.name, order, skipped: 0, ending: Ending::Bare };
                assert_eq!(explain(&body, &found)[0], guess);
            }
        }
    }

    #[test]
    fn one_flipped_bit_is_found_wherever_it_is() {
        let (body, found) = split(MERCURY_FRAME, 2);
        for byte in 0..body.len() {
            for bit in 0..8 {
                let mut damaged = body.clone();
                damaged[byte] ^= 1 << bit;
                let guess = Guess::Bit { byte, found: damaged[byte], instead: body[byte] };
                assert!(explain(&damaged, &found).contains(&guess), "byte {byte}, bit {bit}");
            }
        }
        let mut damaged = body.clone();
        damaged[6] ^= 0x08;
        assert_eq!(words(&damaged, &found)[0], "one flipped bit would fit: byte 6, 50 -> 58, a guess");
    }

    #[test]
    fn a_flipped_bit_in_the_checksum_is_told_apart() {
        let (body, found) = split(MERCURY_FRAME, 2);
        let guesses = explain(&body, &[found[0] ^ 1, found[1]]);
        assert_eq!(guesses[0], Guess::ChecksumBit { found: 0xC644, instead: 0xC645 });
    }

    #[test]
    fn nothing_and_too_much_give_no_guesses() {
        assert!(explain(&[], &[1, 2]).is_empty());
        assert!(explain(&[1], &[]).is_empty());
        assert!(explain(&[0; 2000], &[0, 0]).is_empty());
    }

    #[test]
    fn each_rule_gives_the_check_value_of_its_catalogue_entry() {
        let check = |name: &str| {
            let rule = RULES.iter().find(|rule| rule.name == name).unwrap();
            (rule.compute)(b"123456789")
        };
        // The check values of the CRC RevEng catalogue; sums by hand.
        assert_eq!(check("CRC-16/MODBUS"), 0x4B37);
        assert_eq!(check("CRC-16/ARC"), 0xBB3D);
        assert_eq!(check("CRC-16/X-25"), 0x906E);
        assert_eq!(check("CRC-16/KERMIT"), 0x2189);
        assert_eq!(check("CRC-16/XMODEM"), 0x31C3);
        assert_eq!(check("CRC-8/SMBUS"), 0xF4);
        assert_eq!(check("CRC-8/MAXIM"), 0xA1);
        assert_eq!(check("XOR (BCC)"), 0x31);
        assert_eq!(check("sum modulo 256"), 0xDD);
        assert_eq!(check("sum modulo 128"), 0x5D);
    }
}
