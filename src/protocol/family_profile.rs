//! The facts about a protocol family that never change: one static record a family.

use super::command::Command;
use super::dialect::Dialect;
use super::line::LineSettings;
use super::load_profile::LoadProfile;
use crate::frame::checksum::CheckKind;

/// What is known of a family without seeing a byte.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate fact about the protocol")]
pub struct FamilyProfile {
    /// Protocol id of the command line and JSON: `energomera-ce`.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Dialect 0, in force where no other is picked.
    pub unpicked: DialectProfile,
    /// The dialects from 1 on, in the order of their numbers.
    pub picked: &'static [DialectProfile],
    /// The family in whose frames its messages travel, which finds them as well.
    pub carrier: Option<&'static Self>,
    /// The lines at which meters speak by themselves; `None` where they have to be asked.
    pub usual: Option<&'static Usual>,
    /// How much must come before the family is known for certain.
    pub proof: Proof,
    /// Whether frames begin or end with marks of their own. Where they do not, any bytes between two silences
    /// are a damaged frame, which speaks for nothing.
    pub has_marks: bool,
    /// Whether carrying a command out is a dialogue of several steps.
    pub has_sessions: bool,
    /// Whether a session goes on at another speed than it begins at.
    pub changes_speed: bool,
    /// Whether its meters answer what is meant for meters of other families, so that they share no bus with them.
    pub answers_others: bool,
    /// The checks under which its sound messages may carry secrets. A frame that fits a check is asked about by the
    /// families of that check alone.
    pub secret_checks: &'static [CheckKind],
}

impl FamilyProfile {
    /// A family with one dialect that is asked, in frames with marks, without sessions and secrets: what others
    /// differ from.
    #[must_use]
    pub const fn plain(id: &'static str, title: &'static str, unpicked: DialectProfile) -> Self {
        Self {
            id,
            title,
            unpicked,
            picked: &[],
            carrier: None,
            usual: None,
            proof: Proof::MostBytes,
            has_marks: true,
            has_sessions: false,
            changes_speed: false,
            answers_others: false,
            secret_checks: &[],
        }
    }

    /// What differs in a dialect; of a number that the family does not have it is dialect 0.
    #[must_use]
    pub fn dialect(&self, dialect: Dialect) -> &DialectProfile {
        let index = usize::from(dialect.0).checked_sub(1);
        index.and_then(|index| self.picked.get(index)).unwrap_or(&self.unpicked)
    }

    /// The line settings worth trying for a meter of a dialect that speaks by itself; `None` where its line is known,
    /// or where it would have to be asked.
    #[must_use]
    pub fn usual_lines(&self, dialect: Dialect) -> Option<&'static Usual> {
        self.usual.filter(|_| !self.dialect(dialect).is_line_known)
    }

    /// Whether one of two families finds what is the other's, because the one carries the other.
    #[must_use]
    pub fn resembles(&self, other: &Self) -> bool {
        let carries = |carrier: &Self, carried: &Self| carried.carrier.is_some_and(|of| of.id == carrier.id);
        carries(self, other) || carries(other, self)
    }
}

/// What is known of a dialect without seeing a byte.
#[derive(Debug)]
pub struct DialectProfile {
    /// Its name, empty where there is only one.
    pub name: &'static str,
    /// Everything that can be asked, in the order of the manual.
    pub commands: &'static [Command],
    /// How a load profile is asked for; `None` where none is kept that can be read.
    pub load_profile: Option<LoadProfile>,
    /// The zone of the clocks of its meters, as a rule of POSIX; `None` where they are sold in several.
    pub zone: Option<&'static str>,
    /// Whether the dialect fixes the line, so that no other is tried.
    pub is_line_known: bool,
}

impl DialectProfile {
    /// A dialect of nothing but a name and commands.
    #[must_use]
    pub const fn plain(name: &'static str, commands: &'static [Command]) -> Self {
        Self { name, commands, load_profile: None, zone: None, is_line_known: false }
    }
}

/// Line settings that are usual among meters that speak by themselves.
#[derive(Debug, PartialEq, Eq)]
pub struct Usual {
    /// The settings, in the order worth trying.
    pub lines: &'static [LineSettings],
    /// What comes at them in words, where it is text, so that anything else is garbage.
    pub text: Option<&'static str>,
}

/// How much must come before a family is known for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// One good frame: it has a checksum, and marks or lengths besides.
    OneFrame,
    /// Good frames that are most of what came, and more than one where the family has no marks: single ones come by
    /// chance.
    MostBytes,
}

/// The marks of a family that are seen before any frame of it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// What they are called: `HDLC flags`.
    pub name: &'static str,
    /// What a port with such marks speaks: `DLMS in HDLC`.
    pub speaks: &'static str,
}
