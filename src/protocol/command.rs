//! Command catalogues: what can be asked of a meter, as data that can be held against its manual.

use super::argument::{ArgumentError, Arguments};
use crate::reading::Unit;

/// What a command may do to a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Changes nothing.
    Read,
    /// Changes settings, registers or the clock. Wants the permission to write.
    Write,
    /// Acts, and wants its name or the whole address typed besides: switches a load or sets the limit that does, erases
    /// or restarts what is stored, changes an address, a password or the settings of a port, so that contact may be
    /// lost, restarts, or goes to every meter at once.
    Control,
}

impl Access {
    /// `read`, `write` or `control`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Control => "control",
        }
    }
}

/// The heading a command stands under in lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Energy totals, tariffs, archives.
    Energy,
    /// Voltages, currents, powers now.
    Instantaneous,
    /// Date, time, daylight saving, clock trim.
    Clock,
    /// Serial number, version, address, name.
    Identity,
    /// Tariff programmes, seasons, special days.
    Tariffs,
    /// Limits and relays.
    Limits,
    /// Journals and events.
    Events,
    /// Display, ports, passwords and other settings.
    Settings,
}

impl Group {
    /// The heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Energy => "Energy",
            Self::Instantaneous => "Instantaneous",
            Self::Clock => "Clock",
            Self::Identity => "Identity",
            Self::Tariffs => "Tariffs",
            Self::Limits => "Limits and relays",
            Self::Events => "Events",
            Self::Settings => "Settings",
        }
    }
}

/// One of a fixed set of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What the wire carries.
    pub value: i64,
    /// What a person types and reads: `T1`, `running-month`.
    pub word: &'static str,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number of `min..=max`.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// One of a few; its word or its number is typed.
    Choice(&'static [Choice]),
    /// A date and time, `2024-05-31T12:00:00`.
    DateTime,
    /// A date, `2024-05-31`.
    Date,
    /// Characters, at most so many.
    Text {
        /// Largest count.
        max: usize,
    },
    /// A code or name of one of the meter's registers, at most so many characters; those that are known are
    /// offered by [`Family::codes`](super::Family::codes).
    Code {
        /// Largest count.
        max: usize,
    },
    /// Bytes as hex, between `min` and `max` of them.
    Bytes {
        /// Smallest count.
        min: usize,
        /// Largest count.
        max: usize,
    },
    /// A password to be set; masked wherever it is shown.
    Password {
        /// Largest count of characters.
        max: usize,
    },
}

/// A parameter of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// The name in `name=value`, lower case with hyphens.
    pub name: &'static str,
    /// What it is, for the form and for `commands`.
    pub title: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What stands in the form at first and is used headless when it is left out; `None` makes it required.
    pub default: Option<&'static str>,
    /// Unit of a number.
    pub unit: Unit,
}

/// Something that can be asked of a meter.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    /// The name on the command line, lower case with hyphens: `energy`.
    pub id: &'static str,
    /// The code in the manual: `0130`.
    pub code: &'static str,
    /// What it does, in a few words.
    pub title: &'static str,
    /// The heading it stands under.
    pub group: Group,
    /// What it may do to the meter.
    pub access: Access,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// A remark: models it is limited to, a doubt of the sources; empty for none.
    pub note: &'static str,
}

impl Command {
    /// The arguments from `name=value` pairs, defaults filled in.
    ///
    /// # Errors
    /// [`ArgumentError`] for a name the command does not have, a value out of range or of the wrong form,
    /// and a required parameter left out.
    pub fn arguments<'a>(
        &self,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Arguments, ArgumentError> {
        Arguments::parse(self, pairs)
    }
}

/// For tests: a command.
#[cfg(test)]
pub mod example {
    use super::{Access, Choice, Command, Group, Kind, Parameter};
    use crate::reading::Unit;

    /// Takes a word that has a default and a number that has none.
    pub static ENERGY: Command = Command {
        id: "energy",
        code: "0130",
        title: "Energy",
        group: Group::Energy,
        access: Access::Read,
        parameters: &[
            Parameter {
                name: "tariff",
                title: "Tariff",
                kind: Kind::Choice(&[Choice { value: 0, word: "sum" }, Choice { value: 1, word: "T1" }]),
                default: Some("sum"),
                unit: Unit::None,
            },
            Parameter {
                name: "depth",
                title: "Months back",
                kind: Kind::Integer { min: 0, max: 12 },
                default: None,
                unit: Unit::Month,
            },
        ],
        note: "",
    };
}
