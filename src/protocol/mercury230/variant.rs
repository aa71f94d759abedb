//! The build variant: what a meter is made for (M236, figure 4.33).

/// Something a variant says: its name, the byte from 0, the lowest bit, how many bits, and the values from 0.
#[derive(Debug)]
pub(super) struct Trait {
    /// What it is about.
    pub name: &'static str,
    byte: usize,
    low: u8,
    bits: u8,
    words: &'static [&'static str],
}

const YES: &[&str] = &["no", "yes"];

const fn word(name: &'static str, byte: usize, low: u8, bits: u8, words: &'static [&'static str]) -> Trait {
    Trait { name, byte: byte - 1, low, bits, words }
}

const fn flag(name: &'static str, byte: usize, bit: u8) -> Trait {
    word(name, byte, bit, 1, YES)
}

/// Everything it says; bytes are counted from 1 as in the manual.
#[rustfmt::skip]
pub(super) static TRAITS: &[Trait] = &[
    word("accuracy class, active", 1, 6, 2, &["0.2S", "0.5S", "1.0", "2.0"]),
    word("accuracy class, reactive", 1, 4, 2, &["0.2", "0.5", "1.0", "2.0"]),
    word("nominal voltage", 1, 2, 2, &["57.7 V", "230 V"]),
    word("nominal current", 1, 0, 2, &["5 A", "1 A", "10 A"]),
    word("directions", 2, 7, 1, &["2", "1"]),
    flag("made for -40 C", 2, 6),
    flag("load profile", 2, 5),
    word("phases", 2, 4, 1, &["3", "1"]),
    word("meter constant", 2, 0, 4, &["5000 imp/kWh", "25000 imp/kWh", "1250 imp/kWh", "500 imp/kWh", "1000 imp/kWh",
                                      "250 imp/kWh"]),
    flag("phases summed by modulus", 3, 7),
    flag("internal tariff unit", 3, 6),
    word("metered energy", 3, 4, 2, &["active and reactive", "active"]),
    word("variant number", 3, 0, 4, &["0", "1: 57.7 V 5(10) A 5000 imp/kWh", "2: 230 V 5(60) A 500 imp/kWh",
                                      "3: 230 V 5(100) A 250 imp/kWh", "4: 230 V 5(10) A 1000 imp/kWh"]),
    flag("large memory 3", 4, 7),
    flag("PLC modem", 4, 6),
    flag("GSM modem", 4, 5),
    flag("optical port", 4, 4),
    word("interface", 4, 2, 2, &["CAN", "RS-485", "reserved", "none"]),
    flag("external supply", 4, 1),
    flag("seal of the top cover", 4, 0),
    flag("relay", 5, 7),
    flag("display light", 5, 6),
    flag("maxima by tariff", 5, 5),
    flag("seal of the terminal cover", 5, 4),
    flag("second interface", 5, 3),
    flag("built-in supply of the interface", 5, 2),
    flag("quality control", 5, 1),
    flag("active energy by phase", 5, 0),
    flag("neutral current", 6, 7),
    flag("extended arrays", 6, 6),
    flag("IEC 61107", 6, 5),
    flag("PLC2 modem", 6, 4),
    flag("second load profile", 6, 3),
    flag("seal of the module bay", 6, 2),
    flag("tariff by external voltage", 6, 1),
    flag("control of an external relay", 6, 0),
];

/// Remarks on the bytes, in order.
pub(super) const PARTS: [&str; 6] = [
    "bits 7-6 class A, 5-4 class R, 3-2 voltage, 1-0 current",
    "bit 7 one direction, 6 to -40 C, 5 profile, 4 single phase, 3-0 constant",
    "bit 7 sum by modulus, 6 tariff unit, 5-4 energy, 3-0 variant number",
    "bit 7 memory 3, 6 PLC, 5 GSM, 4 optical, 3-2 interface, 1 supply, 0 top seal",
    "bit 7 relay, 6 light, 5 maxima, 4 seal, 3 second port, 2 supply, 1 quality, 0 phases",
    "bit 7 neutral, 6 extended arrays, 5 IEC 61107, 4 PLC2, 3 second profile, 2 seal, 1 and 0 external",
];

impl Trait {
    /// What the bytes say of it; `reserved` for a value without a name.
    pub(super) fn of(&self, bytes: &[u8]) -> Option<&'static str> {
        let byte = bytes.get(self.byte)?;
        let value = byte >> self.low & ((1u16 << self.bits) - 1) as u8;
        Some(self.words.get(usize::from(value)).copied().unwrap_or("reserved"))
    }
}
