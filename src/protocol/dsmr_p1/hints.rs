//! What a wrong wire or a wrong setting looks like, recognised from the bytes that come.
//!
//! The port is an open collector that pulls down for a one: without an inverter, or with one too many, every
//! bit arrives turned over. A meter sends byte after byte without pause, so a receiver set to eight bits without
//! parity locks onto the old stop bit and reads every ASCII byte `d` as `(!d & 7F) * 2 + 1`.

use crate::protocol::LineSettings;

/// Bytes below which nothing is said.
const FEW: usize = 24;

/// The line of versions 4 and later.
pub const FAST: LineSettings = LineSettings::n81(115_200);

/// The line of versions 2.2 and 3.0.
pub const SLOW: LineSettings = LineSettings::e71(9600);

/// What bytes that are no telegram look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Every bit is turned over.
    Inverted,
    /// Seven bits with even parity, read as eight bits without.
    Parity,
    /// Sent at 9600 baud and read much faster: nothing but zeros.
    TooFast,
    /// Sent at 115200 baud and read much slower: few bytes, scattered.
    TooSlow,
    /// An HDLC frame with DLMS.
    Hdlc,
    /// An M-Bus frame with DLMS.
    MBus,
}

impl Hint {
    /// A stable word for scripts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Inverted => "inverted-line",
            Self::Parity => "parity",
            Self::TooFast => "line-too-fast",
            Self::TooSlow => "line-too-slow",
            Self::Hdlc | Self::MBus => "other-protocol",
        }
    }

    /// What it is and what to do.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Inverted => {
                "the line looks inverted: the data pin of the P1 port needs an inverter (or one less), or an adapter \
                 whose RXD is set to inverted"
            }
            Self::Parity => "every byte has even parity: the meter sends 7E1 and the line is set to 8N1",
            Self::TooFast => "nothing but zeros: the meter sends at 9600 baud, the line is faster",
            Self::TooSlow => "scattered bytes: the meter sends at 115200 baud, the line is slower",
            Self::Hdlc => "HDLC flags: this port speaks DLMS in HDLC, not the text of P1",
            Self::MBus => "M-Bus frames: this port speaks DLMS on M-Bus, not the text of P1",
        }
    }

    /// What the bytes are like, in a few words.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Inverted => "every bit turned over",
            Self::Parity => "every byte has even parity",
            Self::TooFast => "nothing but zeros",
            Self::TooSlow => "few and scattered bytes",
            Self::Hdlc => "HDLC flags",
            Self::MBus => "M-Bus frames",
        }
    }

    /// Whether other line settings would help.
    #[must_use]
    pub const fn is_of_the_line(self) -> bool {
        matches!(self, Self::Parity | Self::TooFast | Self::TooSlow)
    }
}

/// What bytes that are no telegram look like; `None` when they look like nothing that is known.
#[must_use]
pub fn of(bytes: &[u8], line: LineSettings) -> Option<Hint> {
    if bytes.len() < FEW {
        return None;
    }
    let share = |fits: fn(&u8) -> bool| bytes.iter().filter(|byte| fits(byte)).count() * 100 / bytes.len();
    if share(|byte| *byte == 0) >= 90 && line.baud > SLOW.baud {
        Some(Hint::TooFast)
    } else if is_inverted(bytes) {
        Some(Hint::Inverted)
    } else if is_even(bytes) && line.data_bits == 8 {
        Some(Hint::Parity)
    } else if bytes.first() == Some(&0x7E) && bytes.contains(&0xE6) {
        Some(Hint::Hdlc)
    } else if matches!(bytes, [0x68, a, b, 0x68, ..] if a == b) {
        Some(Hint::MBus)
    } else if line.baud < FAST.baud && share(u8::is_ascii_graphic) < 60 {
        Some(Hint::TooSlow)
    } else {
        None
    }
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
    use super::*;

    const TEXT: &[u8] =
        b"1-0:1.8.1(003808.351*kWh)\r\n1-0:1.8.2(002948.827*kWh)\r\n1-0:2.8.1(001285.951*kWh)\r\n";

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
        assert_eq!(of(&[0; 60], FAST), Some(Hint::TooFast));
        let scattered: Vec<u8> = (0..60u8).map(|n| n.wrapping_mul(37) ^ 0x9D).collect();
        assert_eq!(of(&scattered, SLOW), Some(Hint::TooSlow));
        assert_eq!(of(&scattered, FAST), None);
    }

    #[test]
    fn binary_customer_interfaces_are_told_apart() {
        let hdlc = [&[0x7E, 0xA0, 0x84, 0xCF, 2, 0x23, 0x13, 0xBE, 0x42, 0xE6, 0xE7][..], &[1; 30]].concat();
        assert_eq!(of(&hdlc, FAST), Some(Hint::Hdlc));
        let mbus = [&[0x68, 0xFA, 0xFA, 0x68, 0x53, 0xFF, 0, 1, 0x67][..], &[2; 30]].concat();
        assert_eq!(of(&mbus, FAST), Some(Hint::MBus));
    }

    #[test]
    fn a_few_bytes_prove_nothing() {
        assert_eq!(of(&inverted(&TEXT[..20]), FAST), None);
    }
}
