//! What stands around the data.

use super::super::frame::{self, Kind, Packet};
use super::found::Found;
use super::sheet::Sheet;
use crate::frame::checksum::CheckKind;
use crate::frame::{Checksum, Role, Value, checksum};

/// OPT to command.
pub(super) fn fields(sheet: &mut Sheet<'_>, packet: &Packet, found: &Found) {
    sheet.leaf(0, "OPT", 1, Value::Hex(frame::OPT.into(), 2)).note = "16-bit addresses, CRC-8";
    address(sheet, "to", packet.to, packet.meter() != packet.to);
    address(sheet, "from", packet.from, packet.meter() != packet.from);
    if let Kind::Request { password } = packet.kind {
        let value = if password == 0 { Value::count(0) } else { Value::Secret };
        sheet.leaf(0, "password", 4, value).note = if password == 0 { "none" } else { "" };
    }
    service(sheet, packet);
    let field = sheet.leaf(0, "command", 2, Value::Hex(packet.command.into(), 4));
    field.note = found.title;
}

fn address(sheet: &mut Sheet<'_>, label: &'static str, address: u16, is_master: bool) {
    let field = sheet.leaf(0, label, 2, Value::count(address.into()));
    field.note = match address {
        frame::BROADCAST => "every meter",
        _ if is_master => "this computer or another master",
        _ => "the meter",
    };
}

fn service(sheet: &mut Sheet<'_>, packet: &Packet) {
    let byte = sheet.next(1).first().copied().unwrap_or_default();
    let (direction, class) = match packet.kind {
        Kind::Request { .. } => ("request", "carry out a command"),
        Kind::Reply => ("reply", "carry out a command"),
        Kind::Refusal => ("reply", "error"),
    };
    sheet.parent(0, "service", 1, Value::Hex(byte.into(), 2));
    sheet.leaf(1, "direction", 1, Value::Word(direction));
    let class = Value::Meaning((byte >> 4 & 7).into(), class);
    sheet.leaf(1, "class", 0, class).role = Role::Frame;
    sheet.leaf(1, "data bytes", 0, Value::count((byte & 0x0F).into()));
}

/// The checksum of a content, at the end of it.
pub(super) fn crc(sheet: &mut Sheet<'_>, content: &[u8]) -> Checksum {
    let (found, before) = content.split_last().map_or((0, content), |(last, before)| (*last, before));
    let expected = checksum::CE.checksum(before);
    let checksum = Checksum::new(CheckKind::Crc8B5, found.into(), expected.into(), 2);
    sheet.leaf(0, "CRC", 1, Value::Checksum(found.into(), 2)).verdict = checksum.verdict();
    checksum
}
