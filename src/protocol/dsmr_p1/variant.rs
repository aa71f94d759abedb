//! The national dress of the port: what differs from country to country and from version to version.
//!
//! A picked model fixes it; else it is found out from the first line and the objects that only one of them has.

use std::time::Duration;

use super::commands::COMMANDS;
use super::legal_time::{CENTRAL, CENTRAL_STANDARD, EASTERN, IRISH, LegalTime};
use super::object::Object;
use crate::protocol::{Dialect, DialectProfile, LineSettings};

/// Whether telegrams carry a CRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crc {
    /// Always.
    Always,
    /// Never.
    Never,
    /// Not known.
    Perhaps,
}

/// A version or a country's way of the port.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variant {
    /// Its number as a dialect.
    pub dialect: Dialect,
    /// Its name.
    pub name: &'static str,
    /// What a telegram of it is called.
    pub title: &'static str,
    /// The line.
    pub line: LineSettings,
    /// How often it pushes.
    pub interval: Duration,
    /// Whether there is a CRC.
    pub crc: Crc,
    /// What its tariffs are called, from 1; empty where that is not laid down.
    pub tariffs: &'static [&'static str],
    /// How its clock goes; `None` where the country is not known.
    pub time: Option<&'static LegalTime>,
}

const NONE: Option<&LegalTime> = None;
const CET: Option<&LegalTime> = Some(&CENTRAL);
const CET_ALL_YEAR: Option<&LegalTime> = Some(&CENTRAL_STANDARD);
const EET: Option<&LegalTime> = Some(&EASTERN);
const IST: Option<&LegalTime> = Some(&IRISH);

/// The line of versions 4 and later.
pub const FAST: LineSettings = LineSettings::n81(115_200);
/// The line of versions 2.2 and 3.0.
pub const SLOW: LineSettings = LineSettings::e71(9600);
const SECOND: Duration = Duration::from_secs(1);
const TEN: Duration = Duration::from_secs(10);
/// In the Netherlands code 1 is the low tariff (P1 Companion Standard 5.0.2, note to table 6-12).
const DUTCH: &[&str] = &["low", "normal"];
/// In Belgium code 1 is the day tariff.
const BELGIAN: &[&str] = &["day", "night"];

macro_rules! variants {
    ($($name:ident = $dialect:literal $shown:literal $title:literal $line:ident $interval:ident $crc:ident $time:ident $tariffs:expr;)+) => {
        $(
            #[doc = concat!($title, "s.")]
            pub(crate) static $name: Variant = Variant {
                dialect: Dialect($dialect),
                name: $shown,
                title: $title,
                line: $line,
                interval: $interval,
                crc: Crc::$crc,
                tariffs: $tariffs,
                time: $time,
            };
        )+

        /// Every one, by its dialect.
        pub(crate) static ALL: &[&Variant] = &[$(&$name),+];

        /// Every one that a model can fix: all but the first.
        pub(crate) static PICKED: &[DialectProfile] = {
            const PROFILES: [DialectProfile; ALL.len()] = [$($name.profile(true)),+];
            let (_, picked) = PROFILES.split_at(1);
            picked
        };
    };
}

variants! {
    ANY = 0 "" "P1 telegram" FAST TEN Perhaps NONE &[];
    V2 = 1 "DSMR 2.2 and 3.0" "DSMR 2.2 or 3.0 telegram" SLOW TEN Never CET DUTCH;
    V4 = 2 "DSMR 4" "DSMR 4 telegram" FAST TEN Always CET DUTCH;
    V5 = 3 "DSMR 5, ESMR 5" "DSMR 5 telegram" FAST SECOND Always CET DUTCH;
    BELGIUM = 4 "Belgium, e-MUCS" "e-MUCS telegram" FAST SECOND Always CET BELGIAN;
    LUXEMBOURG = 5 "Luxembourg, Smarty" "Smarty telegram" FAST TEN Always CET &[];
    AUSTRIA = 6 "Austria, Sagemcom T210-D-r" "Austrian P1 telegram" FAST TEN Always CET &[];
    SWEDEN = 7 "Sweden, Denmark, Norway (H1)" "H1 telegram" FAST TEN Always CET_ALL_YEAR &[];
    LITHUANIA = 8 "Lithuania, ESO" "Lithuanian P1 telegram" FAST TEN Always EET &[];
    HUNGARY = 9 "Hungary" "Hungarian P1 telegram" FAST TEN Always CET &[];
    SWITZERLAND = 10 "Switzerland" "Swiss P1 telegram" FAST TEN Always CET &[];
    SLOVENIA = 11 "Slovenia" "Slovenian P1 telegram" FAST TEN Never CET &[];
    POLAND = 12 "Poland" "Polish P1 telegram" FAST TEN Always CET &[];
    IRELAND = 13 "Ireland" "Irish P1 telegram" FAST TEN Always IST &[];
    Q3D = 14 "EasyMeter Q3D (D0)" "EasyMeter telegram" SLOW SECOND Never CET &[];
    OLDEST = 15 "DSMR 2.1" "DSMR 2.1 telegram" SLOW TEN Never CET DUTCH;
}

impl Variant {
    /// What is known of it as a dialect. The picked country or version fixes the line.
    pub(super) const fn profile(&self, is_line_known: bool) -> DialectProfile {
        let zone = match self.time {
            Some(time) => Some(time.rule),
            None => None,
        };
        DialectProfile { zone, is_line_known, ..DialectProfile::plain(self.name, COMMANDS) }
    }

    /// How the clock of a meter goes whose model was picked by its dialect or, where that is open, which was found to
    /// be of this variant. Others than the three countries have the H1 port, too, and not all of them Central
    /// European Time: it has to be picked.
    pub(super) fn known_time(&self, picked: Dialect) -> Option<&'static LegalTime> {
        let is_guess = picked == ANY.dialect && self.dialect == SWEDEN.dialect;
        self.time.filter(|_| !is_guess)
    }
}

/// The variant of a dialect; any if there is no such.
pub(super) fn of(dialect: Dialect) -> &'static Variant {
    ALL.get(usize::from(dialect.0)).copied().unwrap_or(&ANY)
}

/// First lines that tell whose meter it is: what they begin with after the slash.
static FIRST_LINES: [(&[u8], &Variant); 12] = [
    (b"FLU", &BELGIUM),
    (b"Lux", &LUXEMBOURG),
    (b"EST", &AUSTRIA),
    (b"ESO", &LITHUANIA),
    (b"GRE", &SWITZERLAND),
    (b"ISK9", &SLOVENIA),
    (b"EGM", &POLAND),
    (b"SAG5SAG-METER", &HUNGARY),
    (b"WSE5Wasion", &HUNGARY),
    (b"ESY5Q3D", &Q3D),
    (b"ELL", &SWEDEN),
    (b"ADN", &SWEDEN),
];

/// Characters of a first line within which the type stands.
const LONGEST_TYPE: usize = 24;

/// An object that some variants have and others have not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// 0-0:1.0.0, from version 4 on.
    Clock,
    /// 0-0:96.1.4 with a Dutch version in it.
    Emucs,
    /// 7-0, before version 3.
    OldGas,
    /// 1-0:1.8.0.
    Total,
    /// 0-0:96.14.
    TariffInForce,
}

/// What the objects of a telegram tell of its variant.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence {
    /// The first digit of the version object.
    version: Option<u8>,
    /// The marks seen, a bit each.
    marks: u8,
}

impl Evidence {
    /// Looks through the lines of a telegram.
    pub(super) fn of(body: &[u8]) -> Self {
        let mut evidence = Self::default();
        for line in body.split(|byte| *byte == b'\n') {
            match line {
                [b'1', b'-', b'3', b':', b'0', b'.', b'2', b'.', b'8', b'(', digit, ..] => {
                    // Stands at the top and leaves nothing open that other objects could tell.
                    evidence.version = Some(*digit);
                    break;
                }
                [b'0', b'-', b'0', b':', rest @ ..] => evidence.abstract_object(rest),
                [b'1', b'-', b'0', b':', b'1', b'.', b'8', b'.', b'0', ..] => evidence.note(Mark::Total),
                [b'7', b'-', b'0', b':', ..] => evidence.note(Mark::OldGas),
                _ => {}
            }
        }
        evidence
    }

    fn abstract_object(&mut self, rest: &[u8]) {
        match rest {
            [b'1', b'.', b'0', b'.', b'0', ..] => self.note(Mark::Clock),
            [b'9', b'6', b'.', b'1', b'.', b'4', b'(', b'5', ..] => self.note(Mark::Emucs),
            [b'9', b'6', b'.', b'1', b'4', ..] => self.note(Mark::TariffInForce),
            _ => {}
        }
    }

    const fn note(&mut self, mark: Mark) {
        self.marks |= 1 << mark as u8;
    }

    const fn has(self, mark: Mark) -> bool {
        self.marks & 1 << mark as u8 != 0
    }

    /// The variant of a telegram with this first line (without slash).
    pub(super) fn variant(self, first_line: &[u8]) -> &'static Variant {
        let by_line = FIRST_LINES.iter().find(|(start, _)| first_line.starts_with(start));
        if let Some((_, variant)) = by_line {
            return variant;
        }
        let ident = first_line.get(..first_line.len().min(LONGEST_TYPE)).unwrap_or_default();
        if ident.windows(5).any(|w| w == b"MIE5T") {
            return &IRELAND;
        }
        match self.version {
            _ if self.has(Mark::Emucs) => &BELGIUM,
            Some(b'5') => &V5,
            Some(b'4') => &V4,
            _ if self.has(Mark::OldGas) => &OLDEST,
            _ => self.without_version(),
        }
    }

    const fn without_version(self) -> &'static Variant {
        match (self.has(Mark::Clock), self.has(Mark::TariffInForce)) {
            (true, false) if self.has(Mark::Total) => &SWEDEN,
            (false, true) => &V2,
            _ => &ANY,
        }
    }

    /// Why a telegram cannot be of a picked variant; empty if it can.
    pub(super) fn against(self, picked: &'static Variant, found: &'static Variant) -> &'static str {
        let is_open = |variant: &Variant| variant.dialect == ANY.dialect;
        if is_open(picked) || is_open(found) || picked.dialect == found.dialect {
            ""
        } else if self.version.is_some() && picked.crc == Crc::Never {
            "the telegram states a version that the picked model does not have"
        } else {
            "the telegram looks like one of another version or country than the picked model's"
        }
    }
}

/// The name of a tariff; empty where the country does not lay it down.
pub(super) fn tariff_name(variant: &Variant, tariff: u64) -> &'static str {
    let index = usize::try_from(tariff).ok().and_then(|number| number.checked_sub(1));
    index.and_then(|index| variant.tariffs.get(index)).copied().unwrap_or("")
}

/// The medium of a meter on M-Bus (EN 13757-3; but before version 4 the Dutch texts write 5 for heat and 6 for cold).
pub(super) fn medium(variant: &Variant, code: u64) -> Option<&'static str> {
    let is_old = [V2.dialect, OLDEST.dialect].contains(&variant.dialect);
    Some(match code {
        6 if is_old => "cold",
        2 => "electricity",
        3 => "gas",
        4 | 5 => "heat",
        6 => "warm water",
        7 => "water",
        8 => "heat cost",
        13 => "heat or cold",
        22 => "cold water",
        _ => return None,
    })
}

/// What tariff an energy register of this object counts, counted from 1; Israel numbers them from 11.
pub(super) const fn tariff_of(object: Object) -> Option<u8> {
    match (object.a, object.d, object.e) {
        (1, 8, tariff @ 1..=9) => Some(tariff),
        (1, 8, tariff @ 11..=19) => Some(tariff - 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_finds_its_own_variant() {
        for (index, variant) in ALL.iter().enumerate() {
            assert_eq!(usize::from(variant.dialect.0), index);
            assert_eq!(of(variant.dialect).name, variant.name);
        }
        assert_eq!(of(Dialect(200)), &ANY);
    }

    #[test]
    fn tariff_1_is_low_in_the_netherlands_and_day_in_belgium() {
        assert_eq!((tariff_name(&V5, 1), tariff_name(&V5, 2)), ("low", "normal"));
        assert_eq!((tariff_name(&BELGIUM, 1), tariff_name(&BELGIUM, 2)), ("day", "night"));
        assert_eq!((tariff_name(&LITHUANIA, 1), tariff_name(&V5, 0), tariff_name(&V5, 3)), ("", "", ""));
    }

    #[test]
    fn the_codes_of_media_are_those_of_m_bus_except_for_cold_in_old_versions() {
        assert_eq!(
            (medium(&V5, 3), medium(&V5, 7), medium(&V5, 4)),
            (Some("gas"), Some("water"), Some("heat"))
        );
        assert_eq!(
            (medium(&V5, 6), medium(&V2, 6), medium(&V2, 5)),
            (Some("warm water"), Some("cold"), Some("heat"))
        );
        assert_eq!(medium(&V5, 99), None);
    }

    #[test]
    fn a_version_that_does_not_fit_the_picked_model_is_evidence_against_it() {
        let evidence = Evidence::of(b"1-3:0.2.8(50)\r\n0-0:1.0.0(1)\r\n");
        assert_ne!(evidence.against(&V2, &V5), "");
        assert_ne!(evidence.against(&BELGIUM, &V5), "");
        assert_eq!(evidence.against(&V5, &V5), "");
        assert_eq!(evidence.against(&ANY, &V5), "");
    }
}
