//! The step of a session, as [`Relation::step`](crate::protocol::Relation) carries it: the step itself, the
//! speed in force, and whether the check characters are sums.

use super::ident::SPEEDS;
use crate::protocol::Stage;

/// A step of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// `/?!`.
    SignOn = 1,
    /// `/XXXZ...`.
    Identification = 2,
    /// ACK V Z Y.
    Select = 3,
    /// P0.
    Operand = 4,
    /// P1 or P2.
    Login = 5,
    /// What the meter says to it.
    Admission = 6,
    /// A command.
    Command = 7,
    /// Its answer.
    Answer = 8,
    /// B0.
    SignOff = 9,
    /// The data that follow an identification.
    Readout = 10,
    /// A request and its command in one, without a session.
    Fast = 11,
    /// B0 before a session has begun, should the last one still be open.
    Break = 12,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::SignOn,
        Self::Identification,
        Self::Select,
        Self::Operand,
        Self::Login,
        Self::Admission,
        Self::Command,
        Self::Answer,
        Self::SignOff,
        Self::Readout,
        Self::Fast,
        Self::Break,
    ];

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignOn => "sign-on",
            Self::Identification => "identification",
            Self::Select => "option select",
            Self::Operand => "operand for the password",
            Self::Login => "password",
            Self::Admission => "answer to the password",
            Self::Command => "command",
            Self::Answer => "answer",
            Self::SignOff => "sign-off",
            Self::Readout => "data readout",
            Self::Fast => "read without a session",
            Self::Break => "break",
        }
    }

    /// What it is for: a request and what it brings about are of one stage, save a command and its answer.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Self::SignOn => Stage::SignOn,
            Self::Identification => Stage::Identification,
            Self::Select | Self::Operand => Stage::Select,
            Self::Login | Self::Admission => Stage::Password,
            Self::Command => Stage::Command,
            Self::Answer => Stage::Answer,
            Self::SignOff => Stage::SignOff,
            Self::Readout => Stage::Readout,
            Self::Fast => Stage::Outside,
            Self::Break => Stage::Break,
        }
    }
}

/// What a step number carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stand {
    /// The step.
    pub step: Option<Step>,
    /// The speed in force, in baud, where it is known.
    pub baud: Option<u32>,
    /// Whether a check character was seen that only the sum gives.
    pub adds: bool,
}

impl Stand {
    /// As a number: the step in the low four bits, the speed in the next three, 0 for unknown.
    #[must_use]
    pub fn encode(self) -> u8 {
        let step = self.step.map_or(0, |step| step as u8);
        let speed = self.baud.and_then(|baud| SPEEDS.iter().position(|speed| *speed == baud));
        let speed = speed.map_or(0, |index| index as u8 + 1);
        step | speed << 4 | u8::from(self.adds) << 7
    }

    /// The inverse of [`Stand::encode`].
    #[must_use]
    pub fn decode(number: u8) -> Self {
        let step = Step::ALL.into_iter().find(|step| *step as u8 == number & 0x0F);
        let baud = usize::from(number >> 4 & 7).checked_sub(1).and_then(|index| SPEEDS.get(index).copied());
        Self { step, baud, adds: number & 0x80 != 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_carries_step_speed_and_rule() {
        for step in Step::ALL {
            for baud in SPEEDS.into_iter().map(Some).chain([None]) {
                for adds in [false, true] {
                    let stand = Stand { step: Some(step), baud, adds };
                    assert_eq!(Stand::decode(stand.encode()), stand);
                }
            }
        }
        assert_eq!(Stand::decode(0), Stand::default());
    }
}
