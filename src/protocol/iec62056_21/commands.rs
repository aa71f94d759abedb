//! What can be asked: the catalogues of the dialects, each command with the way it is asked.

mod energomera;
mod generic;
mod neva;
mod parts;

use crate::protocol::Dialect;

use super::{EKT, EMR, NEVA_1, NEVA_3};

/// How a command is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// NEVA codes, read one after the other.
    Codes(&'static [u32]),
    /// A NEVA code that counts, with the parameter that holds the number.
    Counted(u32, &'static str),
    /// One of several NEVA codes, by the parameter `which`.
    Chosen(&'static [u32]),
    /// The half-hour archive.
    Days,
    /// A NEVA code typed by hand.
    CodeByHand,
    /// A value typed for a NEVA code typed by hand.
    WriteCodeByHand,
    /// A NEVA code, written with the parameter `value`.
    WriteCode(u32),
    /// A day schedule.
    WriteSchedule,
    /// NEVA's date and time.
    WriteClock,
    /// The load relay.
    Relay,
    /// NEVA's password.
    Password,
    /// Energomera parameters without arguments.
    Parameters(&'static [&'static str]),
    /// A parameter for the month of `month` and `year`.
    ByMonth(&'static str),
    /// A parameter for the `date`.
    ByDate(&'static str),
    /// A parameter whose name ends with the two digits of `number`.
    Numbered(&'static str),
    /// An EMR archive: name, then `energy`, `back`, `value` and `mask`.
    Archive(&'static str),
    /// An EMR load profile: `energy`, `day`, `from`, `count`.
    Profile,
    /// A name and argument typed by hand.
    ParameterByHand,
    /// A value for a name typed by hand.
    WriteParameterByHand,
    /// The clock moved by `seconds`.
    MoveClock,
    /// Energomera's date and time.
    SetClock,
    /// A password of Energomera's.
    SetPassword,
    /// The quick read of a fixed set, option 6.
    Quick,
    /// A group read outside a session, under this name.
    Fast(&'static str),
    /// A group read in the session, under this name.
    Group(&'static str),
    /// The data readout.
    Readout,
    /// A register by `code`, `argument` and `command`.
    Register,
    /// The data of a request `/4` and the address.
    Table,
    /// A telegram that comes by itself.
    Listen,
    /// A register written by hand.
    WriteRegister,
}

pub(super) use energomera::{EKT_COMMANDS, EMR_COMMANDS};
pub(super) use generic::COMMANDS as GENERIC_COMMANDS;
pub(super) use neva::{ONE as NEVA_1_COMMANDS, THREE as NEVA_3_COMMANDS};

/// How a command of a dialect is carried out.
pub(super) fn ask(dialect: Dialect, id: &str) -> Option<Ask> {
    let asks = match dialect {
        NEVA_1 => neva::ONE_ASKS,
        NEVA_3 => neva::THREE_ASKS,
        EKT => energomera::EKT_ASKS,
        EMR => energomera::EMR_ASKS,
        _ => generic::ASKS,
    };
    let index = super::PROFILE.dialect(dialect).commands.iter().position(|command| command.id == id)?;
    asks.get(index).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_a_way_to_be_asked_and_a_name_of_its_own() {
        for dialect in (1..=5).map(Dialect) {
            let commands = super::super::PROFILE.dialect(dialect).commands;
            for (index, command) in commands.iter().enumerate() {
                assert!(ask(dialect, command.id).is_some(), "{}", command.id);
                let first = commands.iter().position(|other| other.id == command.id);
                assert_eq!(first, Some(index), "{} twice", command.id);
            }
        }
    }
}
