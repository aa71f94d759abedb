//! Access of a raw request: its effect on a meter.

use super::frame::{self, BROADCAST, Kind, Packet};
use super::layout::Spec;
use super::{CLASSIC, KERNEL10, arguments, commands};
use crate::frame::Direction;
use crate::protocol::{Access, Dialect};

/// What a frame would do to a meter of a dialect; where that is not known, the most it may do in one of them.
pub(super) fn access(wire: &[u8], dialect: Dialect) -> Option<Access> {
    let packet = frame::parse(wire, Direction::Request).ok()?;
    if !matches!(packet.kind, Kind::Request { .. }) || packet.to_wire() != wire {
        return None;
    }
    let dialects: &[Dialect] = match dialect {
        CLASSIC => &[CLASSIC],
        KERNEL10 => &[KERNEL10],
        _ => &[CLASSIC, KERNEL10],
    };
    let specs: Vec<&Spec> = dialects.iter().flat_map(|dialect| named(*dialect, &packet)).collect();
    let most = specs.iter().map(|spec| spec.access).max()?;
    match (most, packet.to) {
        (Access::Read, _) => specs.iter().any(|spec| asks(spec, &packet)).then_some(Access::Read),
        (_, BROADCAST) => Some(Access::Control),
        (most, _) => Some(most),
    }
}

/// Whether a packet is a command of either dialect, by code and length.
pub(super) fn is_listed(packet: &Packet) -> bool {
    [CLASSIC, KERNEL10].iter().any(|dialect| named(*dialect, packet).next().is_some())
}

/// The commands of a dialect that a packet can be, by code and length.
fn named(dialect: Dialect, packet: &Packet) -> impl Iterator<Item = &'static Spec> {
    let length = packet.data.as_slice().len();
    commands::coded(dialect, packet.command).filter(move |spec| spec.takes_length(length))
}

/// Whether the data of a packet is what a command's arguments come to.
fn asks(spec: &Spec, packet: &Packet) -> bool {
    let data = packet.data.as_slice();
    let arguments = arguments::decode(spec, data).ok();
    arguments
        .and_then(|arguments| arguments::encode(spec, &arguments).ok())
        .is_some_and(|again| again == data)
}
