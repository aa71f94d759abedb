//! Parts that commands are made of.

use crate::protocol::{Access, Choice, Command, Group, Kind, Parameter};
use crate::reading::Unit;

/// Makes a list of commands and the list of how they are asked, side by side.
macro_rules! catalogue {
    ($commands:ident, $asks:ident, $($command:expr => $ask:expr),+ $(,)?) => {
        pub(crate) static $commands: &[$crate::protocol::Command] = &[$($command),+];
        pub(crate) static $asks: &[super::Ask] = &[$($ask),+];
    };
}
pub(super) use catalogue;

pub(super) const fn command(
    id: &'static str,
    code: &'static str,
    title: &'static str,
    group: Group,
    access: Access,
    parameters: &'static [Parameter],
) -> Command {
    Command { id, code, title, group, access, parameters, note: "" }
}

#[expect(clippy::needless_pass_by_value, reason = "it is built anew; a constant cannot be moved out of")]
pub(super) const fn noted(command: Command, note: &'static str) -> Command {
    Command { note, ..command }
}

pub(super) const fn read(id: &'static str, code: &'static str, title: &'static str, group: Group) -> Command {
    command(id, code, title, group, Access::Read, &[])
}

pub(super) const fn integer(
    name: &'static str,
    title: &'static str,
    min: i64,
    max: i64,
    default: Option<&'static str>,
) -> Parameter {
    Parameter { name, title, kind: Kind::Integer { min, max }, default, unit: Unit::None }
}

pub(super) const fn text(
    name: &'static str,
    title: &'static str,
    max: usize,
    default: Option<&'static str>,
) -> Parameter {
    Parameter { name, title, kind: Kind::Text { max }, default, unit: Unit::None }
}

pub(super) const fn choice(
    name: &'static str,
    title: &'static str,
    choices: &'static [Choice],
    default: Option<&'static str>,
) -> Parameter {
    Parameter { name, title, kind: Kind::Choice(choices), default, unit: Unit::None }
}

pub(super) const fn word(value: i64, word: &'static str) -> Choice {
    Choice { value, word }
}

pub(super) const fn of_kind(name: &'static str, title: &'static str, kind: Kind) -> Parameter {
    Parameter { name, title, kind, default: None, unit: Unit::None }
}

/// A value typed for a write.
pub(super) const VALUE: Parameter = text("value", "Value as the meter writes it", 128, None);
/// A value of a table.
pub(super) const TABLE: Parameter = text("value", "Table as the meter writes it", 400, None);
