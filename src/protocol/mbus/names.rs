//! What the codes of the link layer and of the fixed header stand for ("The M-Bus: a documentation", 4.8,
//! ch. 5 and 6; EN 13757-3; medium names of OMS, vol. 2).

/// The C fields with their names. Bit 6 is set in what goes to a slave.
#[rustfmt::skip]
const CONTROLS: &[(u8, &str)] = &[
    (0x40, "SND_NKE: reset link"),
    (0x44, "SND_NR: send, no reply"), (0x46, "SND_IR: installation request"),
    (0x53, "SND_UD: send user data"), (0x73, "SND_UD: send user data, FCB set"),
    (0x5A, "REQ_UD1: request alarm data"), (0x7A, "REQ_UD1: request alarm data, FCB set"),
    (0x5B, "REQ_UD2: request class 2 data"), (0x7B, "REQ_UD2: request class 2 data, FCB set"),
    (0x08, "RSP_UD: user data"), (0x18, "RSP_UD: user data, DFC set"),
    (0x28, "RSP_UD: user data, ACD set"), (0x38, "RSP_UD: user data, ACD and DFC set"),
];

/// The name of a C field.
pub(super) fn control(c: u8) -> Option<&'static str> {
    find(CONTROLS, c)
}

/// What an A field addresses.
pub(super) const fn address(a: u8) -> &'static str {
    match a {
        0 => "unconfigured slave",
        1..=250 => "primary address",
        251 | 252 => "reserved",
        253 => "selected by secondary address",
        254 => "every slave, with reply",
        255 => "every slave, without reply",
    }
}

#[rustfmt::skip]
const KINDS: &[(u8, &str)] = &[
    (0x50, "application reset"),
    (0x51, "data to slave"), (0x52, "selection by secondary address"), (0x54, "synchronise"),
    (0x55, "data to slave, most significant byte first"),
    (0x56, "selection by secondary address, most significant byte first"),
    (0x5A, "data to device, short header"), (0x5B, "data to device, long header"),
    (0x60, "COSEM data to device, long header"), (0x61, "COSEM data to device, short header"),
    (0x6C, "clock synchronisation, absolute"), (0x6D, "clock synchronisation, relative"),
    (0x6E, "application error, short header"), (0x6F, "application error, long header"),
    (0x70, "application error"), (0x71, "alarm status"),
    (0x72, "variable data, long header"), (0x73, "fixed data"),
    (0x74, "alarm, short header"), (0x75, "alarm, long header"),
    (0x76, "variable data, long header, most significant byte first"),
    (0x77, "fixed data, most significant byte first"),
    (0x78, "variable data, no header"), (0x7A, "variable data, short header"),
    (0x7C, "COSEM data from device, long header"), (0x7D, "COSEM data from device, short header"),
    (0xB1, "output of RAM"), (0xB2, "write to RAM"), (0xB3, "start calibration"),
    (0xB8, "switch to 300 baud"), (0xB9, "switch to 600 baud"), (0xBA, "switch to 1200 baud"),
    (0xBB, "switch to 2400 baud"), (0xBC, "switch to 4800 baud"), (0xBD, "switch to 9600 baud"),
    (0xBE, "switch to 19200 baud"), (0xBF, "switch to 38400 baud"),
];

/// The name of a CI field.
pub(super) fn kind(ci: u8) -> Option<&'static str> {
    match ci {
        0..=0x1F => Some("DLMS segment"),
        0x80..=0x8E => Some("transport, network or link layer of a radio meter"),
        _ => find(KINDS, ci),
    }
}

const ERRORS: &[&str] = &[
    "unspecified error",
    "unimplemented CI field",
    "buffer too long, truncated",
    "too many records",
    "premature end of record",
    "more than 10 DIFE",
    "more than 10 VIFE",
    "reserved",
    "application too busy",
    "too many readouts",
];

/// What an application error says.
pub(super) fn error(code: u8) -> &'static str {
    ERRORS.get(usize::from(code)).copied().unwrap_or("reserved")
}

#[rustfmt::skip]
const MEDIA: &[(u8, &str)] = &[
    (0x00, "other"), (0x01, "oil"), (0x02, "electricity"), (0x03, "gas"), (0x04, "heat, return"),
    (0x05, "steam"), (0x06, "warm water"), (0x07, "water"), (0x08, "heat cost allocator"),
    (0x09, "compressed air"), (0x0A, "cooling, return"), (0x0B, "cooling, flow"), (0x0C, "heat, flow"),
    (0x0D, "heat and cooling"), (0x0E, "bus or system"), (0x0F, "unknown"), (0x15, "hot water"),
    (0x16, "cold water"), (0x17, "hot and cold water"), (0x18, "pressure"), (0x19, "A/D converter"),
    (0x1A, "smoke detector"), (0x1B, "room sensor"), (0x1C, "gas detector"), (0x20, "breaker"),
    (0x21, "valve"), (0x25, "customer unit"), (0x28, "waste water"), (0x29, "garbage"),
    (0x31, "communication controller"), (0x32, "unidirectional repeater"),
    (0x33, "bidirectional repeater"), (0x36, "radio converter, system side"),
    (0x37, "radio converter, meter side"),
];

/// The name of a medium.
pub(super) fn medium(code: u8) -> &'static str {
    find(MEDIA, code).unwrap_or("reserved")
}

/// The three letters of a manufacturer, five bits each.
pub(super) fn manufacturer(word: u16) -> [u8; 3] {
    [10, 5, 0].map(|shift| ((word >> shift) & 31) as u8 + b'@')
}

/// What the status byte of a header says of the application, and which of its other bits are set.
pub(super) const fn status(byte: u8) -> &'static str {
    match (byte & 3, byte & 0x1C) {
        (0, 0) => "no error",
        (1, _) => "application busy",
        (2, _) => "application error",
        (3, _) => "abnormal condition or alarm",
        (_, 0x04) => "power low",
        (_, 0x08) => "permanent error",
        (_, 0x10) => "temporary error",
        _ => "several errors",
    }
}

fn find(table: &[(u8, &'static str)], code: u8) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}
