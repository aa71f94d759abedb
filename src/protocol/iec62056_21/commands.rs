use crate::protocol::{Command, Dialect};
pub fn commands(_: Dialect) -> &'static [Command] {
    &[]
}
