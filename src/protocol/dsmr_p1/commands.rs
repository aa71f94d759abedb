//! What can be asked of a meter that only speaks: to wait for what it says next.

use crate::protocol::{Access, Command, Group};

/// The one command.
pub(super) static COMMANDS: &[Command] = &[Command {
    id: "telegram",
    code: "P1",
    title: "Wait for the next telegram",
    group: Group::Energy,
    access: Access::Read,
    parameters: &[],
    note: "nothing is sent: the meter speaks by itself once its request line is high",
}];
