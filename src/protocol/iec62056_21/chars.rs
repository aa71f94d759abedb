//! The control characters of IEC 62056-21, clause 6.3, and what may stand in a line of text.

/// Starts a command.
pub(super) const SOH: u8 = 0x01;
/// Starts a block of data, and the data set of a command.
pub(super) const STX: u8 = 0x02;
/// Ends the last block of a message.
pub(super) const ETX: u8 = 0x03;
/// Ends a block that another one follows.
pub(super) const EOT: u8 = 0x04;
/// Accepted; also begins an option select message and asks for the next block.
pub(super) const ACK: u8 = 0x06;
/// Refused, or to be sent again.
pub(super) const NAK: u8 = 0x15;
/// Carriage return.
pub(super) const CR: u8 = 0x0D;
/// Line feed.
pub(super) const LF: u8 = 0x0A;

/// A printable character or one of a line end.
pub(super) const fn is_text(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | CR | LF)
}

/// A printable character.
pub(super) const fn is_graphic(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E)
}
