//! What an identification tells: maker, mode, speed, type (IEC 62056-21, clause 6.3.2 and 6.4.1).

use std::ops::Range;

use super::message::line_end;
use super::{EKT, EMR, NEVA_1, NEVA_3};
use crate::protocol::Dialect;

/// How a meter goes on after its identification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It sends its data at 300 Bd.
    A,
    /// It changes to this speed by itself and sends its data.
    B(u32),
    /// It waits for an option select that names this speed or a lower one.
    C(u32),
}

impl Mode {
    /// The mode that a speed character stands for.
    pub(super) const fn of(character: u8) -> Self {
        match character {
            b'0'..=b'6' => match speed(character) {
                Some(baud) => Self::C(baud),
                None => Self::A,
            },
            b'A' => Self::B(600),
            b'B' => Self::B(1200),
            b'C' => Self::B(2400),
            b'D' => Self::B(4800),
            b'E' => Self::B(9600),
            b'F' => Self::B(19200),
            _ => Self::A,
        }
    }

    /// Its name with what it means.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::A => "mode A: stays at 300 Bd and sends its data by itself",
            Self::B(_) => "mode B: changes its speed and sends its data by itself",
            Self::C(_) => "mode C: waits for an option select",
        }
    }

    /// The speed it proposes.
    pub(super) const fn baud(self) -> u32 {
        match self {
            Self::A => 300,
            Self::B(baud) | Self::C(baud) => baud,
        }
    }
}

/// The speeds of the digits 0 to 6.
pub(super) const SPEEDS: [u32; 7] = [300, 600, 1200, 2400, 4800, 9600, 19200];

/// The speed of a digit of mode C.
pub(super) const fn speed(character: u8) -> Option<u32> {
    Some(match character {
        b'0' => 300,
        b'1' => 600,
        b'2' => 1200,
        b'3' => 2400,
        b'4' => 4800,
        b'5' => 9600,
        b'6' => 19200,
        _ => return None,
    })
}

/// The digit of a speed.
pub(super) fn digit(baud: u32) -> Option<u8> {
    let index = SPEEDS.iter().position(|speed| *speed == baud)?;
    u8::try_from(index).ok().map(|index| b'0' + index)
}

/// An identification, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// The three letters of the maker.
    pub maker: [u8; 3],
    /// The speed character.
    pub speed: u8,
    /// Where the mark of a backslash and a character stands, if there is one.
    pub mark: Range<usize>,
    /// Where the type stands.
    pub kind: Range<usize>,
}

impl Identity {
    /// Takes the bytes of an identification apart.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let [b'/', a, b, c, speed, ..] = *text else { return None };
        let end = line_end(text).max(5);
        let has_mark = text.get(5) == Some(&b'\\') && end >= 7;
        let mark = 5..if has_mark { 7 } else { 5 };
        Some(Self { maker: [a, b, c], speed, kind: mark.end..end, mark })
    }

    /// How it goes on.
    pub(super) const fn mode(&self) -> Mode {
        Mode::of(self.speed)
    }

    /// Whether the meter reacts after 20 ms already: the third letter is a small one.
    pub(super) const fn is_quick(&self) -> bool {
        let [_, _, third] = self.maker;
        third.is_ascii_lowercase()
    }

    /// The dialect that maker and type speak for.
    pub(super) fn dialect(&self, text: &[u8]) -> Option<Dialect> {
        let kind = text.get(self.kind.clone()).unwrap_or_default();
        if let Some(number) = neva_number(kind) {
            return Some(if number.starts_with(b"3") { NEVA_3 } else { NEVA_1 });
        }
        match &self.maker {
            b"EKT" => Some(EKT),
            b"EMR" => Some(EMR),
            _ => None,
        }
    }
}

/// The makers that registered these letters (FLAG association), as far as met in the field.
pub(super) fn maker(letters: [u8; 3]) -> Option<&'static str> {
    Some(match &letters.map(|letter| letter.to_ascii_uppercase()) {
        b"TPC" | b"CPZ" => "Taipit (NEVA)",
        b"EKT" | b"EMR" => "Energomera",
        b"ISK" => "Iskraemeco",
        b"LGZ" | b"LGB" => "Landis+Gyr",
        b"KAM" => "Kamstrup",
        b"ESY" => "EasyMeter",
        b"EBZ" => "eBZ",
        b"EMH" => "EMH metering",
        b"ELS" => "Elster",
        b"ACE" => "Actaris, Itron",
        b"APA" => "Apator",
        b"AUX" => "Ningbo AUX",
        b"SAT" => "Satec",
        b"LOG" => "Logarex",
        b"KFM" => "Kaifa",
        _ => return None,
    })
}

/// `324.1106` of `NEVAMT324.1106`, a blank after NEVA or not.
fn neva_number(kind: &[u8]) -> Option<&[u8]> {
    let rest = kind.strip_prefix(b"NEVA")?;
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    rest.strip_prefix(b"MT")
}

/// A NEVA type: the first six characters of its number, and what they stand for.
///
/// NEVA MT1 programmer's manual (Taipit, 13.08.2015), appendix A; `MT3xx` as nnemirovsky/pyneva lists them.
const NEVA: &[([u8; 6], &str)] = &[
    (*b"113.21", "NEVA MT113, 5(100) A"),
    (*b"113.22", "NEVA MT113, 5(60) A"),
    (*b"114.31", "NEVA MT114"),
    (*b"114.32", "NEVA MT114"),
    (*b"114.33", "NEVA MT114"),
    (*b"114.34", "NEVA MT114"),
    (*b"114.35", "NEVA MT114"),
    (*b"114.41", "NEVA MT114 A2S"),
    (*b"114.42", "NEVA MT114 A2S"),
    (*b"114.43", "NEVA MT114 ARST"),
    (*b"114.44", "NEVA MT114 ARST"),
    (*b"114.51", "NEVA MT114"),
    (*b"114.52", "NEVA MT114"),
    (*b"114.61", "NEVA MT114 AST"),
    (*b"114.63", "NEVA MT114 AST"),
    (*b"114.64", "NEVA MT114 ARST"),
    (*b"114.71", "NEVA MT114"),
    (*b"114.73", "NEVA MT114"),
    (*b"123.23", "NEVA MT123"),
    (*b"124.11", "NEVA MT124"),
    (*b"124.21", "NEVA MT124"),
    (*b"124.31", "NEVA MT124 A2S, 5(80) A"),
    (*b"124.41", "NEVA MT124 with radio"),
    (*b"124.61", "NEVA MT124, firmware 6102 family"),
    (*b"124.71", "NEVA MT124, firmware 7109 family"),
    (*b"313.11", "NEVA MT313 AR E4S, 5(10) A"),
    (*b"313.12", "NEVA MT313 AR E4S, 5(60) A"),
    (*b"313.13", "NEVA MT313 AR E4S, 5(100) A"),
    (*b"313.14", "NEVA MT313 AR E4S, 57.7/100 V, 5(10) A"),
    (*b"314.31", "NEVA MT314 AR XXSR, 5(10) A"),
    (*b"314.32", "NEVA MT314 AR XXSR, 5(60) A"),
    (*b"314.33", "NEVA MT314 AR XXSR, 5(100) A"),
    (*b"314.34", "NEVA MT314 AR XXSR, 57.7/100 V"),
    (*b"315.41", "NEVA MT315 AR GSM(RF2)XBSPR, 5(10) A"),
    (*b"315.42", "NEVA MT315 AR GSM(RF2)XBSCP, 5(80) A"),
    (*b"315.51", "NEVA MT315 AR E4BSP, 5(10) A"),
    (*b"315.52", "NEVA MT315 AR E4BSCP, 5(80) A"),
    (*b"315.63", "NEVA MT315 AR GSMXBSCP, 5(100) A"),
    (*b"323.21", "NEVA MT323 AR E4S, 5(60) A"),
    (*b"323.22", "NEVA MT323 AR E4S, 5(10) A"),
    (*b"324.11", "NEVA MT324 A OS, 5(60) A, active energy only"),
    (*b"324.23", "NEVA MT324 AR E4S, 5(100) A"),
    (*b"324.24", "NEVA MT324 AR E4SC, 5(80) A"),
    (*b"324.25", "NEVA MT324 AR E4S, 5(60) A"),
    (*b"324.31", "NEVA MT324 AR RF2SC, 5(80) A"),
];

/// Energomera types as their identifications begin.
const ENERGOMERA: &[(&[u8], &str)] = &[
    (b"CE102M", "Energomera CE102M"),
    (b"CE301", "Energomera CE301"),
    (b"CE303", "Energomera CE303"),
    (b"CE304", "Energomera CE304"),
    (b"CE6850M", "Energomera CE6850M"),
    (b"CE207", "Energomera CE207"),
    (b"CE208", "Energomera CE208"),
    (b"CE307", "Energomera CE307 R34"),
    (b"CE308", "Energomera CE308"),
];

/// The model that the type part of an identification names.
pub(super) fn model(kind: &[u8]) -> Option<&'static str> {
    if let Some(number) = neva_number(kind) {
        let known = NEVA.iter().find(|(digits, _)| number.starts_with(digits));
        return Some(known.map_or("a NEVA whose number is in no list", |(_, name)| name));
    }
    ENERGOMERA.iter().find(|(start, _)| kind.starts_with(start)).map(|(_, name)| *name)
}

/// Whether it is the firmware of the MT124 that takes an empty password and answers energy only to `(S)`
/// (two MT124 firmwares, 6102 and 7109, as a published Zigbee bridge for them tells them apart).
pub(super) fn is_mt124_7109(kind: &[u8]) -> bool {
    neva_number(kind).is_some_and(|number| number.starts_with(b"124.71"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(text: &[u8]) -> Identity {
        Identity::parse(text).expect("an identification")
    }

    #[test]
    fn the_speed_character_tells_mode_and_speed() {
        assert_eq!(identity(b"/TPC5NEVAMT324.2303\r\n").mode(), Mode::C(9600));
        assert_eq!(identity(b"/CPz3NEVAMT123.2302\r\n").mode(), Mode::C(2400));
        assert_eq!(identity(b"/KAM 685-382-QR-10\r\n").mode(), Mode::A);
        assert_eq!(Mode::of(b'A'), Mode::B(600));
        assert_eq!(Mode::of(b'F'), Mode::B(19200));
        assert_eq!(Mode::of(b'I'), Mode::A);
    }

    #[test]
    fn models_are_looked_up_by_their_numbers() {
        let model_of = |text: &[u8]| model(&text[identity(text).kind]);
        assert_eq!(
            model_of(b"/TPC5NEVAMT324.1106\r\n"),
            Some("NEVA MT324 A OS, 5(60) A, active energy only")
        );
        assert_eq!(model_of(b"/EMR5\\2CE3076.10\r\n"), Some("Energomera CE307 R34"));
        assert_eq!(model_of(b"/EKT5CE301v12\r\n"), Some("Energomera CE301"));
        assert_eq!(model_of(b"/ISK5ME162-0033\r\n"), None);
    }

    #[test]
    fn the_dialect_follows_from_maker_and_type() {
        let dialect = |text: &[u8]| identity(text).dialect(text);
        assert_eq!(dialect(b"/TPC5NEVAMT124.7109\r\n"), Some(NEVA_1));
        assert_eq!(dialect(b"/TPC5NEVAMT324.2307\r\n"), Some(NEVA_3));
        assert_eq!(dialect(b"/EKT5CE102Mv01\r\n"), Some(EKT));
        assert_eq!(dialect(b"/EMRz\\2CE2089.1\r\n"), Some(EMR));
        assert_eq!(dialect(b"/LGZ4\\2ZMD120APt.G03\r\n"), None);
        assert!(identity(b"/Els6\\2EK280\r\n").is_quick());
    }
}
