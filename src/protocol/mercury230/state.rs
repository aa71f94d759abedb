//! The state word: which faults a meter has found in itself (M236, appendix A).
//!
//! Three words, the most significant one first, each with its low byte first. The maker's two examples and a
//! logged event of a real meter (ioBroker.mercury) fix this order; a published table that puts E-01 into the
//! last byte contradicts them.

/// Bytes of the state word.
pub(super) const BYTES: usize = 6;

/// The first code of each byte, in wire order.
const FIRST: [u8; BYTES] = [33, 41, 17, 25, 1, 9];

/// What the codes of each byte are, for the reader of a field.
pub(super) const PARTS: [&str; BYTES] =
    ["E-33 to E-40", "E-41 to E-48", "E-17 to E-24", "E-25 to E-32", "E-01 to E-08", "E-09 to E-16"];

/// Names of the codes from E-01; empty where the maker gives none.
#[rustfmt::skip]
static NAMES: [&str; 48] = [
    "battery under 2.2 V", "memory 2", "UART 1", "ADC", "exchange with memory 1", "real-time clock", "memory 3", "",
    "checksum of the program", "calibration", "energy registers", "address", "serial number", "password",
    "build variant", "tariff byte",
    "load control byte", "power limit", "energy limit", "UART byte", "display settings", "display settings",
    "time-out multiplier", "program flags",
    "holidays", "tariff schedule", "timer", "daylight saving", "location", "transformer ratios",
    "registers of periods", "profile settings",
    "profile registers", "journal pointers", "journal record", "losses", "losses", "energy of losses",
    "energy by phase", "flag: broadcast received",
    "quality journal pointers", "quality journal record", "reactive energy R1 to R4", "", "", "",
    "flag: clock correction running", "battery under 2.65 V",
];

/// The codes that are set, lowest first.
pub(super) fn codes(bytes: &[u8]) -> Vec<u8> {
    let set = |(byte, first): (&u8, u8)| {
        let byte = *byte;
        (0..8u8).filter(move |bit| byte >> bit & 1 == 1).map(move |bit| first + bit)
    };
    let mut codes: Vec<u8> = bytes.iter().zip(FIRST).flat_map(set).collect();
    codes.sort_unstable();
    codes
}

/// What a code means; empty where nobody says.
pub(super) fn name(code: u8) -> &'static str {
    NAMES.get(usize::from(code).wrapping_sub(1)).copied().unwrap_or_default()
}

/// The codes in words: `E-02, E-47`, or `none`.
pub(super) fn text(bytes: &[u8]) -> String {
    let codes: Vec<String> = codes(bytes).iter().map(|code| format!("E-{code:02}")).collect();
    if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_makers_examples_and_a_captured_event_give_their_codes() {
        assert_eq!(codes(&[0, 0, 0, 0, 0x04, 0]), [3]);
        assert_eq!(codes(&[0, 0, 0, 0, 0x02, 0]), [2]);
        assert_eq!((codes(&[0, 0x40, 0, 0, 0, 0]), name(47)), (vec![47], "flag: clock correction running"));
        assert_eq!((codes(&[0xFF; 6]).len(), text(&[0; 6])), (48, "none".to_owned()));
        assert_eq!(codes(&[0xFF; 6]), (1..=48).collect::<Vec<u8>>());
    }

    #[test]
    fn the_names_stand_at_their_codes() {
        let names = [
            (1, "battery under 2.2 V"),
            (13, "serial number"),
            (30, "transformer ratios"),
            (48, "battery under 2.65 V"),
        ];
        for (code, expected) in names {
            assert_eq!(name(code), expected);
        }
        assert_eq!((name(0), name(49)), ("", ""));
    }
}
