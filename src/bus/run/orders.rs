//! What a bus may ask of its link.

use tokio::sync::mpsc::UnboundedSender;

use crate::link::LinkCommand;
use crate::protocol::LineSettings;

/// The queue of orders. That of a link that is only listened to takes line settings and nothing else.
#[derive(Debug)]
pub(super) enum Orders {
    /// Anything.
    All(UnboundedSender<LinkCommand>),
    /// Other line settings.
    LinesOnly(UnboundedSender<LineSettings>),
}

impl Orders {
    /// Whether something can be sent.
    pub(super) const fn can_send(&self) -> bool {
        matches!(self, Self::All(_))
    }

    /// Has the link do something; one that is only listened to does nothing. A link that has gone has said so, or
    /// will, through its events.
    pub(super) fn give(&self, command: LinkCommand) {
        if let Self::All(commands) = self {
            let _ = commands.send(command);
        }
    }

    /// Has the link change its line; whether there is anybody to say what came of it.
    pub(super) fn set_line(&self, line: LineSettings) -> bool {
        match self {
            Self::All(commands) => commands.send(LinkCommand::SetLine(line)).is_ok(),
            Self::LinesOnly(lines) => lines.send(line).is_ok(),
        }
    }
}
