//! The status that a meter answers instead of data (M236, table 1.3).

/// A status byte in words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Status {
    /// The low half of the byte.
    pub code: u8,
    /// What it means.
    pub meaning: &'static str,
    /// The heading of a frame that carries it.
    pub title: &'static str,
}

/// Every status there is.
#[rustfmt::skip]
static STATUSES: [Status; 6] = [
    Status { code: 0, meaning: "ok", title: "Status 0: ok" },
    Status { code: 1, meaning: "command or parameter not known to this meter", title: "Status 1: not known" },
    Status { code: 2, meaning: "internal error of the meter", title: "Status 2: internal error" },
    Status { code: 3, meaning: "access level too low", title: "Status 3: access level too low" },
    Status { code: 4, meaning: "clock already corrected today", title: "Status 4: clock already corrected" },
    Status { code: 5, meaning: "channel not open", title: "Status 5: channel not open" },
];

static OTHER: Status = Status { code: 0xFF, meaning: "status outside the maker's list", title: "Status" };

/// No complaint.
pub(super) const OK: u8 = 0;
/// The meter does not know the command, the parameter or the array.
pub(super) const UNKNOWN: u8 = 1;
/// The meter has a fault, or the count of bytes asked for is wrong.
pub(super) const INTERNAL: u8 = 2;
/// Level 2 is needed, or the password is wrong.
pub(super) const LEVEL: u8 = 3;
/// The clock was corrected today.
pub(super) const CORRECTED: u8 = 4;
/// The channel has to be opened first.
pub(super) const CLOSED: u8 = 5;

/// The code in a status byte. The high half is flags (M236, 2.1: 80 may come from a meter that repeats codes).
pub(super) const fn code(byte: u8) -> u8 {
    byte & 0x0F
}

/// A status byte explained.
pub(super) fn of(byte: u8) -> &'static Status {
    STATUSES.iter().find(|status| status.code == code(byte)).unwrap_or(&OTHER)
}

/// Whether a byte can be a status: a code of the list, with the flag of meters that repeat codes or without.
pub(super) fn is_listed(byte: u8) -> bool {
    byte & 0x70 == 0 && STATUSES.iter().any(|status| status.code == code(byte))
}
