//! What a simulated meter makes of a request.

use jiff::civil::DateTime;

use super::super::arguments::{self, DataError};
use super::super::commands;
use super::super::frame::{BROADCAST, Data, Kind, Packet};
use super::super::layout::Spec;
use super::super::{CLASSIC, KERNEL10};
use super::state::State;
use super::{read, write};
use crate::protocol::Access;

/// Error codes (CE102 description, table 2.6).
pub(super) mod error {
    /// Command unknown.
    pub(crate) const COMMAND: u8 = 0x00;
    /// Access level too low.
    pub(crate) const ACCESS: u8 = 0x02;
    /// Wrong number of parameters.
    pub(crate) const COUNT: u8 = 0x03;
    /// Not possible with the present configuration.
    pub(crate) const CONFIGURATION: u8 = 0x04;
    /// Wrong parameter.
    pub(crate) const PARAMETER: u8 = 0x10;
    /// No such record.
    pub(crate) const RECORD: u8 = 0x20;
    /// Invalid tariff programme.
    pub(crate) const PROGRAMME: u8 = 0x40;
}

/// Wrong passwords in a row that lock the interface.
const TRIES: u8 = 3;

/// The reply to a request; `None` where a meter keeps silent.
pub(super) fn answer(state: &mut State, packet: &Packet, wall: DateTime) -> Option<Packet> {
    let Kind::Request { password } = packet.kind else { return None };
    let is_broadcast = packet.to == BROADCAST;
    if packet.to != state.address && !is_broadcast {
        return None;
    }
    let address = state.address;
    let spec = commands::asked(state.dialect, packet.command, packet.data.as_slice());
    let is_read = spec.is_some_and(|spec| spec.access == Access::Read);
    let outcome = outcome(state, packet, spec, if is_broadcast { None } else { Some(password) }, wall);
    // Broadcasts are carried out in silence; kernel-10 meters answer those that read.
    if is_broadcast && !(is_read && state.dialect == KERNEL10) {
        return None;
    }
    Some(reply(packet, address, outcome))
}

fn reply(packet: &Packet, address: u16, outcome: Result<Vec<u8>, Option<u8>>) -> Packet {
    let (kind, data) = match outcome {
        Ok(data) => (Kind::Reply, Data::new(&data).unwrap_or_default()),
        Err(code) => (Kind::Refusal, code.and_then(|code| Data::new(&[code])).unwrap_or_default()),
    };
    Packet { kind, to: packet.from, from: address, command: packet.command, data }
}

/// Carries a request out; an error may have no code. Without a password none is asked for.
fn outcome(
    state: &mut State,
    packet: &Packet,
    spec: Option<&'static Spec>,
    password: Option<u32>,
    wall: DateTime,
) -> Result<Vec<u8>, Option<u8>> {
    if let Some((_, code)) = state.refused.iter().find(|(code, _)| *code == packet.command) {
        return Err(*code);
    }
    let data = packet.data.as_slice();
    let is_unknown = state.dialect == CLASSIC && packet.command == 0x0160;
    let Some(spec) = spec.filter(|_| !is_unknown) else {
        let is_named = commands::named(state.dialect, packet.command).is_some() && !is_unknown;
        return Err(Some(if is_named { error::COUNT } else { error::COMMAND }));
    };
    if let Some(password) = password {
        admit(state, password, spec.access, wall)?;
    }
    arguments::decode(spec, data).map_err(|error| match error {
        DataError::Length => Some(error::COUNT),
        DataError::Form | DataError::Range(_) => Some(error::PARAMETER),
    })?;
    match spec.access {
        Access::Read => read::read(state, spec, data, wall).map_err(Some),
        Access::Write | Access::Control => {
            write::write(state, spec, data, wall).map_err(Some)?;
            Ok(Vec::new())
        }
    }
}

/// Looks at the password, and locks after three wrong ones: a kernel-10 meter until the calendar hour ends
/// (CE307 manual, 5.4), a classic one only when its configuration says so.
fn admit(state: &mut State, password: u32, access: Access, wall: DateTime) -> Result<(), Option<u8>> {
    let hour = hour_of(state.clock(wall));
    if state.access.locked != Some(hour) {
        state.access.locked = None;
    }
    if password == 0 {
        return if access == Access::Read { Ok(()) } else { Err(Some(error::ACCESS)) };
    }
    if state.access.locked.is_some() {
        return Err(Some(error::ACCESS));
    }
    if password == state.access.admin {
        state.access.wrong = 0;
        return Ok(());
    }
    state.access.wrong += 1;
    if state.access.wrong >= TRIES {
        state.access.wrong = 0;
        state.access.locked = locks(state).then_some(hour);
    }
    Err(Some(error::ACCESS))
}

fn locks(state: &State) -> bool {
    state.dialect == KERNEL10 || state.config.get(2).is_some_and(|byte| byte & 0x08 != 0)
}

fn hour_of(time: DateTime) -> DateTime {
    time.date().at(time.hour(), 0, 0, 0)
}
