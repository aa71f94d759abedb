//! A telegram as the lines or elements it consists of: what a person watches who has a meter that speaks by
//! itself.

mod change;
mod line;
mod standing;

#[cfg(test)]
mod relabelled;
#[cfg(test)]
mod tests;

pub use change::{Change, changes};
pub use line::{Line, lines};
pub use standing::{Cipher, Standing};

use crate::frame::{Direction, Dissection, LayerKind};
use crate::meter::Model;
use crate::protocol::Command;

/// The id of the command that only waits for what a meter says next.
const WAIT: &str = "telegram";

/// Whether meters of a model speak without being asked.
#[must_use]
pub fn is_pushed(model: &Model) -> bool {
    !model.default_reads.is_empty() && model.default_reads.iter().all(|preset| preset.command == WAIT)
}

/// Whether there is nothing that could be asked: every command only waits.
#[must_use]
pub fn only_waits(commands: &[Command]) -> bool {
    !commands.is_empty() && commands.iter().all(|command| command.id == WAIT)
}

/// The view of a telegram's bytes in which its lines stand: what was deciphered, else what was put together,
/// else the wire.
#[must_use]
pub fn content_layer(telegram: &Dissection) -> usize {
    const PREFERRED: [LayerKind; 3] = [LayerKind::Decrypted, LayerKind::Reassembled, LayerKind::SevenBits];
    let last = |kind| telegram.layers.iter().rposition(|layer| layer.kind == kind);
    PREFERRED.into_iter().find_map(last).unwrap_or(0)
}

/// Whether a frame is a whole telegram: of those in pieces, the last piece. It may be damaged all the same.
#[must_use]
pub fn is_whole(frame: &Dissection) -> bool {
    let is_torn = frame.problems.iter().any(|problem| problem.code.is_torn());
    let is_heard = matches!(frame.direction, Direction::Push) || !frame.readings.is_empty();
    is_heard && !frame.is_part() && !is_torn
}
