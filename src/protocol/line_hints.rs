//! What a wrong wire or a wrong setting looks like, recognised from the bytes that come.
//!
//! A port with an open collector pulls down for a one: without an inverter, or with one too many, every bit arrives
//! turned over. A meter sends byte after byte without pause, so a receiver set to eight bits without parity locks onto
//! the old stop bit and reads every ASCII byte `d` as `(!d & 7F) * 2 + 1`.

use std::borrow::Cow;

use super::family::Families;
use super::family_profile::{Marks, Usual};
use super::line::LineSettings;

/// Bytes below which nothing is said.
const FEW: usize = 24;

/// The speed up to which zeros are no faster sender's: the line is shorted.
const ZEROS_TELL_ABOVE: u32 = 9600;

/// What bytes that are no message look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Every bit is turned over.
    Inverted,
    /// Seven bits with even parity, read as eight bits without.
    Parity,
    /// Read much faster than sent: nothing but zeros.
    TooFast {
        /// The baud rate of the sender, where only one slower than the line is usual.
        sent_at: Option<u32>,
    },
    /// Read much slower than sent: few bytes, scattered.
    TooSlow {
        /// The baud rate of the sender.
        sent_at: u32,
    },
    /// The marks of another family where text was to come.
    Other {
        /// The marks.
        marks: Marks,
        /// The text that was to come, in words.
        text: &'static str,
    },
}

impl Hint {
    /// A stable word for scripts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Inverted => "inverted-line",
            Self::Parity => "parity",
            Self::TooFast { .. } => "line-too-fast",
            Self::TooSlow { .. } => "line-too-slow",
            Self::Other { .. } => "other-protocol",
        }
    }

    /// What it is and what to do.
    #[must_use]
    pub fn text(self) -> Cow<'static, str> {
        match self {
            Self::Inverted => {
                "the line looks inverted: the data pin of the P1 port needs an inverter (or one less), or an adapter \
                 whose RXD is set to inverted"
                    .into()
            }
            Self::Parity => "every byte has even parity: the meter sends 7E1 and the line is set to 8N1".into(),
            Self::TooFast { sent_at: Some(baud) } => {
                format!("nothing but zeros: the meter sends at {baud} baud, the line is faster").into()
            }
            Self::TooFast { sent_at: None } => {
                "nothing but zeros: the line is set faster than the meter sends".into()
            }
            Self::TooSlow { sent_at } => {
                format!("scattered bytes: the meter sends at {sent_at} baud, the line is slower").into()
            }
            Self::Other { marks: Marks { name, speaks }, text } => {
                format!("{name}: this port speaks {speaks}, not {text}").into()
            }
        }
    }

    /// What the bytes are like, in a few words.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Inverted => "every bit turned over",
            Self::Parity => "even parity",
            Self::TooFast { .. } => "only zeros",
            Self::TooSlow { .. } => "scattered bytes",
            Self::Other { marks, .. } => marks.name,
        }
    }

    /// Whether other line settings would help.
    #[must_use]
    pub const fn is_of_the_line(self) -> bool {
        matches!(self, Self::Parity | Self::TooFast { .. } | Self::TooSlow { .. })
    }
}

/// What bytes that are no message look like; `None` when they look like nothing that is known.
///
/// `usual` is what should come. Only where that is text do scattered bytes and the marks of `others` mean anything.
#[must_use]
pub fn of(bytes: &[u8], line: LineSettings, usual: Option<&Usual>, others: Families) -> Option<Hint> {
    if bytes.len() < FEW {
        return None;
    }
    let text = usual.and_then(|usual| Some((usual, usual.text?)));
    if share(bytes, |byte| byte == 0) >= 90 && line.baud > ZEROS_TELL_ABOVE {
        let slower = |usual: &Usual| speeds(usual).filter(|baud| *baud < line.baud).max();
        Some(Hint::TooFast { sent_at: text.and_then(|(usual, _)| slower(usual)) })
    } else if is_inverted(bytes) {
        Some(Hint::Inverted)
    } else if is_even(bytes) && line.data_bits == 8 {
        Some(Hint::Parity)
    } else {
        text.and_then(|text| of_no_text(bytes, line, text, others))
    }
}

/// What bytes look like that should be text and are none.
fn of_no_text(
    bytes: &[u8],
    line: LineSettings,
    (usual, text): (&Usual, &'static str),
    others: Families,
) -> Option<Hint> {
    if let Some(marks) = others.iter().find_map(|family| family.marks_in(bytes)) {
        return Some(Hint::Other { marks, text });
    }
    let sent_at = speeds(usual).max().filter(|fastest| line.baud < *fastest)?;
    (share(bytes, |byte| byte.is_ascii_graphic()) < 60).then_some(Hint::TooSlow { sent_at })
}

fn speeds(usual: &Usual) -> impl Iterator<Item = u32> {
    usual.lines.iter().map(|line| line.baud)
}

/// The share of bytes that fit, in percent.
fn share(bytes: &[u8], fits: fn(u8) -> bool) -> usize {
    bytes.iter().filter(|byte| fits(**byte)).count() * 100 / bytes.len().max(1)
}

/// The bytes that an inverted line has hidden.
#[must_use]
pub fn uninvert(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| !(byte >> 1) & 0x7F).collect()
}

/// The bytes without their parity bits.
#[must_use]
pub fn without_parity(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte & 0x7F).collect()
}

/// Nearly all bytes are odd (the first few after a pause are wrong), most have their top bit set, and turned over
/// they are text.
fn is_inverted(bytes: &[u8]) -> bool {
    let odd = bytes.iter().filter(|byte| **byte & 1 == 1).count();
    let high = bytes.iter().filter(|byte| **byte > 0x7F).count();
    odd * 100 >= bytes.len() * 90 && high * 100 >= bytes.len() * 75 && is_text(&uninvert(bytes))
}

/// Every byte has an even count of ones, which the bytes of a text do not have by themselves.
fn is_even(bytes: &[u8]) -> bool {
    let even = bytes.iter().filter(|byte| byte.count_ones().is_multiple_of(2)).count();
    let high = bytes.iter().filter(|byte| **byte > 0x7F).count();
    even == bytes.len() && high > 0 && is_text(&without_parity(bytes))
}

/// Nearly all bytes print.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let plain = bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n' | 0x20..=0x7E)).count();
    plain * 100 >= bytes.len() * 90
}

#[cfg(test)]
mod tests {
    use super::super::family_profile::Usual;
    use super::super::registry::FAMILIES;
    use super::*;

    const TEXT: &[u8] =
        b"1-0:1.8.1(003808.351*kWh)\r\n1-0:1.8.2(002948.827*kWh)\r\n1-0:2.8.1(001285.951*kWh)\r\n";

    const FAST: LineSettings = LineSettings::n81(115_200);
    const SLOW: LineSettings = LineSettings::e71(9600);
    static TELEGRAMS: Usual = Usual { lines: &[FAST, SLOW], text: Some("the text of a test") };

    fn of(bytes: &[u8], line: LineSettings) -> Option<Hint> {
        super::of(bytes, line, Some(&TELEGRAMS), FAMILIES)
    }

    fn inverted(text: &[u8]) -> Vec<u8> {
        text.iter().map(|byte| (!byte & 0x7F) * 2 + 1).collect()
    }

    fn with_parity(text: &[u8]) -> Vec<u8> {
        text.iter().map(|byte| byte | if byte.count_ones() % 2 == 1 { 0x80 } else { 0 }).collect()
    }

    #[test]
    fn an_inverted_line_is_named_and_can_be_read_all_the_same() {
        let bytes = inverted(TEXT);
        assert_eq!(bytes[25..27], [0xE5, 0xEB], "CR LF");
        assert_eq!(of(&bytes, FAST), Some(Hint::Inverted));
        assert_eq!(uninvert(&bytes), TEXT);
    }

    #[test]
    fn the_first_bytes_after_a_pause_may_be_wrong() {
        let mut bytes = inverted(TEXT);
        bytes[..5].copy_from_slice(&[0x02, 0x50, 0x24, 0xA0, 0x7E]);
        assert_eq!(of(&bytes, FAST), Some(Hint::Inverted));
    }

    #[test]
    fn garbage_that_somebody_has_posted_is_recognised() {
        // ebaauw/homebridge-p1 issue 50: "-ek%" through a terminal of seven bits is ")", CR, LF, "-".
        let seen = b"-ek%".map(|byte| byte | 0x80);
        assert_eq!(uninvert(&seen), b")\r\n-");
    }

    #[test]
    fn seven_bits_with_parity_are_told_from_eight_without() {
        assert_eq!(of(&with_parity(TEXT), FAST), Some(Hint::Parity));
        assert_eq!(without_parity(&with_parity(TEXT)), TEXT);
        assert_eq!(of(TEXT, FAST), None, "plain text has no parity");
    }

    #[test]
    fn a_wrong_speed_is_named_either_way_round() {
        assert_eq!(of(&[0; 60], FAST), Some(Hint::TooFast { sent_at: Some(9600) }));
        let scattered: Vec<u8> = (0..60u8).map(|n| n.wrapping_mul(37) ^ 0x9D).collect();
        assert_eq!(of(&scattered, SLOW), Some(Hint::TooSlow { sent_at: 115_200 }));
        assert_eq!(of(&scattered, FAST), None);
    }

    #[test]
    fn binary_customer_interfaces_are_told_apart() {
        let told = |bytes: &[u8]| of(bytes, FAST).map(|hint| hint.text().into_owned()).unwrap_or_default();
        let hdlc = [&[0x7E, 0xA0, 0x84, 0xCF, 2, 0x23, 0x13, 0xBE, 0x42, 0xE6, 0xE7][..], &[1; 30]].concat();
        assert_eq!(told(&hdlc), "HDLC flags: this port speaks DLMS in HDLC, not the text of a test");
        let mbus = [&[0x68, 0xFA, 0xFA, 0x68, 0x53, 0xFF, 0, 1, 0x67][..], &[2; 30]].concat();
        assert_eq!(told(&mbus), "M-Bus frames: this port speaks DLMS on M-Bus, not the text of a test");
        assert_eq!(super::of(&mbus, FAST, None, FAMILIES), None, "nothing is to come in clear");
    }

    #[test]
    fn a_few_bytes_prove_nothing() {
        assert_eq!(of(&inverted(&TEXT[..20]), FAST), None);
    }
}
