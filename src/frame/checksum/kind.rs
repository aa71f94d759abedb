//! Which checksum a frame carries, as an id.

/// The rules that the protocols judge their frames by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckKind {
    /// CRC-8, polynomial B5 (Energomera CE).
    Crc8B5,
    /// CRC-16 of Modbus (both Mercury protocols).
    Modbus,
    /// CRC-16/X-25 (HDLC, IEC 13239).
    X25,
    /// CRC-16/ARC (P1).
    Arc,
    /// Sum of the bytes modulo 256 (wired M-Bus, EN 13757-2).
    Sum8,
    /// Exclusive or of seven bits (IEC 62056-21, ISO 1155).
    Xor7,
    /// Sum of the bytes modulo 128 (Energomera over IEC 62056-21).
    Add7,
}

impl CheckKind {
    /// All of them, by their place as numbers.
    pub const ALL: [Self; 7] =
        [Self::Crc8B5, Self::Modbus, Self::X25, Self::Arc, Self::Sum8, Self::Xor7, Self::Add7];

    /// The name, as shown and as the JSON has it: `CRC-8/0xB5`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crc8B5 => "CRC-8/0xB5",
            Self::Modbus => "CRC-16/MODBUS",
            Self::X25 => "CRC-16/X-25",
            Self::Arc => "CRC-16/ARC",
            Self::Sum8 => "sum modulo 256",
            Self::Xor7 => "BCC xor7",
            Self::Add7 => "BCC add7",
        }
    }
}
