//! Commands that a bus may give its link.

use tokio::sync::mpsc::UnboundedSender;

use crate::link::LinkCommand;
use crate::protocol::LineSettings;

/// The queue of commands to a link. That of a link that is only listened to takes line settings and nothing else.
#[derive(Debug)]
pub(super) enum LinkCommands {
    /// Anything.
    All(Writer),
    /// The write half is put away: the port is open, and nothing can be sent.
    PutAway(PutAway),
    /// Other line settings.
    LinesOnly(UnboundedSender<LineSettings>),
}

/// The write half of a link.
#[derive(Debug)]
pub(super) struct Writer(UnboundedSender<LinkCommand>);

/// A [`Writer`] that has no way to send.
#[derive(Debug)]
pub(super) struct PutAway(UnboundedSender<LinkCommand>);

impl LinkCommands {
    /// Of a link that may be written to.
    pub(super) const fn all(commands: UnboundedSender<LinkCommand>) -> Self {
        Self::All(Writer(commands))
    }

    /// Whether something can be sent.
    pub(super) const fn can_send(&self) -> bool {
        matches!(self, Self::All(_))
    }

    /// Puts the write half away, or gives it back. A link that was opened for listening has none.
    pub(super) fn listen(&mut self, is_to_listen: bool) {
        match (&*self, is_to_listen) {
            (Self::All(Writer(commands)), true) => *self = Self::PutAway(PutAway(commands.clone())),
            (Self::PutAway(PutAway(commands)), false) => *self = Self::all(commands.clone()),
            _ => {}
        }
    }

    /// Sends bytes, where there is a write half to send them. A link that has gone has said so, or will, through
    /// its events.
    pub(super) fn send(&self, bytes: Vec<u8>) {
        if let Self::All(Writer(commands)) = self {
            let _ = commands.send(LinkCommand::Send(bytes));
        }
    }

    /// Has the link change its line; whether there is anybody to say what came of it.
    pub(super) fn set_line(&self, line: LineSettings) -> bool {
        match self {
            Self::LinesOnly(lines) => lines.send(line).is_ok(),
            _ => self.manage(LinkCommand::SetLine(line)),
        }
    }

    /// Has the link opened anew.
    pub(super) fn renew(&self) {
        let _ = self.manage(LinkCommand::Renew);
    }

    /// Has the link closed.
    pub(super) fn close(&self) {
        let _ = self.manage(LinkCommand::Close);
    }

    /// Commands that put no byte on the line; whether somebody takes them.
    fn manage(&self, command: LinkCommand) -> bool {
        match self {
            Self::All(Writer(commands)) | Self::PutAway(PutAway(commands)) => commands.send(command).is_ok(),
            Self::LinesOnly(_) => false,
        }
    }
}
