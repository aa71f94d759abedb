//! Related protocols that share the END bytes: named, so that nobody takes them for damaged frames.
//!
//! - OPT 54 with a CRC-16: seen in a C# driver for some CE102 (namespace `Energomera_CE102`), known from that
//!   one author only.
//! - CE318 "SMP": `C0 06`, four address bytes, CRC-16 (a Zephyr project's `meters_ce318.c`).
//! - MSI EMBEE modules: the length of the data in the place of OPT, sent from FFFE, with the CRC-8 of CE
//!   (a Qt plugin's `crc8polyb5.cpp`).

/// OPT of the variant with CRC-16.
pub(super) const OPT_CRC16: u8 = 0x54;
/// Where CE has OPT, the SMP protocol of the CE318 has 06.
pub(super) const OPT_SMP: u8 = 0x06;
/// Source address of MSI EMBEE modules.
pub(super) const EMBEE: u16 = 0xFFFE;
/// The longest frame of these: their length is one byte, and every byte may be stuffed.
pub(super) const WIRE_MAX: usize = 2 * (255 + 16) + 2;

/// Whether frames that begin with this byte may be longer than CE frames.
pub(super) const fn is_long(opt: u8) -> bool {
    matches!(opt, OPT_CRC16 | OPT_SMP)
}

/// What a frame with another OPT than 48 is.
pub(super) const fn title(opt: u8, from: u16) -> &'static str {
    match (opt, from) {
        (OPT_CRC16, _) => "unknown variant of CE: OPT 54 (CRC-16)",
        (OPT_SMP, _) => "CE318 SMP frame",
        (_, EMBEE) => "MSI EMBEE module",
        _ => "unknown variant of CE",
    }
}
