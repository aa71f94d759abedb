//! Checksum rules by name, and the search for the rule that a damaged or foreign frame would have matched.

mod guess;
mod kind;

pub use guess::{Ending, Guess, Order, explain, explain_under};
pub use kind::CheckKind;

use crc::{
    Algorithm, CRC_8_MAXIM_DOW, CRC_8_SMBUS, CRC_16_ARC, CRC_16_IBM_SDLC, CRC_16_KERMIT, CRC_16_MODBUS,
    CRC_16_XMODEM, Crc, Table,
};

/// CRC-8 of the Energomera CE protocol: polynomial B5, start 0, not reflected (manual INES.411152.094, app. A).
pub const CRC_8_B5: Algorithm<u8> = Algorithm {
    width: 8,
    poly: 0xB5,
    init: 0,
    refin: false,
    refout: false,
    xorout: 0,
    check: 0x57,
    residue: 0,
};

/// The CRC-8 calculator of the CE protocol.
pub static CE: Crc<u8, Table<1>> = Crc::<u8, Table<1>>::new(&CRC_8_B5);

/// The CRC-16 calculator of Modbus and of both Mercury protocols; sent low byte first.
pub static MODBUS: Crc<u16, Table<1>> = Crc::<u16, Table<1>>::new(&CRC_16_MODBUS);

/// The CRC-16 calculator of the P1 port, sixteen bytes a step: telegrams are long.
pub static ARC: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_ARC);

static SMBUS: Crc<u8> = Crc::<u8>::new(&CRC_8_SMBUS);
static MAXIM: Crc<u8> = Crc::<u8>::new(&CRC_8_MAXIM_DOW);
/// The CRC-16 calculator of HDLC; sent low byte first.
pub static X_25: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_SDLC);
static KERMIT: Crc<u16> = Crc::<u16>::new(&CRC_16_KERMIT);
static XMODEM: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);

/// [`MODBUS`] as a named rule.
pub const MODBUS_RULE: Rule =
    Rule { name: CheckKind::Modbus.name(), width: 2, compute: |b| MODBUS.checksum(b) };

/// [`CE`] as a named rule.
pub const CE_RULE: Rule =
    Rule { name: CheckKind::Crc8B5.name(), width: 1, compute: |b| CE.checksum(b).into() };

/// A rule that turns bytes into a checksum of one or two bytes.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, as shown.
    pub name: &'static str,
    /// How many bytes the result has on the wire.
    pub width: usize,
    /// The calculation.
    pub compute: fn(&[u8]) -> u16,
}

/// Every rule known by name.
pub const RULES: &[Rule] = &[
    CE_RULE,
    Rule { name: "CRC-8/SMBUS", width: 1, compute: |b| SMBUS.checksum(b).into() },
    Rule { name: "CRC-8/MAXIM", width: 1, compute: |b| MAXIM.checksum(b).into() },
    Rule { name: "XOR (BCC)", width: 1, compute: |b| b.iter().fold(0, |a, x| a ^ x).into() },
    Rule {
        name: CheckKind::Sum8.name(),
        width: 1,
        compute: |b| b.iter().fold(0u8, |a, x| a.wrapping_add(*x)).into(),
    },
    Rule {
        name: "sum modulo 128",
        width: 1,
        compute: |b| (b.iter().fold(0u8, |a, x| a.wrapping_add(*x)) & 0x7F).into(),
    },
    MODBUS_RULE,
    Rule { name: CheckKind::Arc.name(), width: 2, compute: |b| ARC.checksum(b) },
    Rule { name: CheckKind::X25.name(), width: 2, compute: |b| X_25.checksum(b) },
    Rule { name: "CRC-16/KERMIT", width: 2, compute: |b| KERMIT.checksum(b) },
    Rule { name: "CRC-16/XMODEM", width: 2, compute: |b| XMODEM.checksum(b) },
];
