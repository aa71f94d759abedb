//! What transmits: the write half of the link, what waits to go out, the silence it owes, and parity in software.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use super::InitialLine;
use super::link_commands::LinkCommands;
use super::silence::Silence;
use super::soft_parity::SoftParityDetector;
use crate::frame::At;
use crate::protocol::LineSettings;
use crate::trace::EntryKind;

/// What transmits. What waits has not been given to the link: only when a change of the line is settled is it known
/// what its bytes look like.
pub(super) struct Transmitter {
    commands: LinkCommands,
    waiting: VecDeque<Vec<u8>>,
    /// Since when a pause in the traffic of another master is waited for.
    paused: Option<At>,
    silence: Silence,
    soft_parity: SoftParityDetector,
}

impl Transmitter {
    pub(super) fn new(commands: LinkCommands, initial: &InitialLine) -> Self {
        Self {
            commands,
            waiting: VecDeque::new(),
            paused: None,
            silence: Silence::default(),
            soft_parity: SoftParityDetector::new(initial),
        }
    }

    /// Whether something can be sent.
    pub(super) const fn can_send(&self) -> bool {
        self.commands.can_send()
    }

    /// Puts the write half away, or gives it back.
    pub(super) fn listen(&mut self, is_to_listen: bool) {
        self.commands.listen(is_to_listen);
    }

    /// Has the link change its line; whether there is anybody to say what came of it.
    pub(super) fn set_line(&mut self, line: LineSettings) -> bool {
        self.soft_parity.ask(line);
        self.commands.set_line(line)
    }

    /// Has the link opened again.
    pub(super) fn renew(&self) {
        self.commands.renew();
    }

    /// Has the link closed.
    pub(super) fn close(&self) {
        self.commands.close();
    }

    /// These bytes wait to go out.
    pub(super) fn push(&mut self, bytes: Vec<u8>) {
        self.waiting.push_back(bytes);
    }

    /// What waits is not to go out.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// When the first of what waits has left that silence; `None` when nothing waits, or it waits for a pause.
    pub(super) fn due(&self, silence: Duration) -> Option<At> {
        (!self.waiting.is_empty() && self.paused.is_none()).then(|| self.silence.next(silence))
    }

    /// Takes the first of what waits, if it may go out now.
    pub(super) fn next(&mut self, silence: Duration, at: At) -> Option<Vec<u8>> {
        self.due(silence).filter(|due| *due <= at)?;
        self.waiting.pop_front()
    }

    /// The bytes of a message as they are on the wire; it goes out now.
    pub(super) fn on_wire(&mut self, bytes: Vec<u8>, at: At) -> Vec<u8> {
        self.silence.send(at);
        self.soft_parity.send(bytes)
    }

    /// Gives a message to the link.
    pub(super) fn send(&self, bytes: Vec<u8>) {
        self.commands.send(bytes);
    }

    /// A message has left the wire.
    pub(super) fn sent(&mut self, at: At) {
        self.silence.sent(at);
    }

    /// What a received entry is to an exchange, and how many of its parity bits are wrong.
    pub(super) fn received<'a>(
        &mut self,
        kind: EntryKind,
        bytes: &'a [u8],
        is_sound: bool,
    ) -> (Cow<'a, [u8]>, usize) {
        if is_sound {
            self.silence.hear();
        }
        self.soft_parity.receive(kind, bytes)
    }
}

/// The pause that is waited for in the traffic of another master.
impl Transmitter {
    /// What goes out next waits for one from now on; false where it does so already.
    pub(super) const fn pause(&mut self, at: At) -> bool {
        let begins = self.paused.is_none();
        if begins {
            self.paused = Some(at);
        }
        begins
    }

    /// Since when one is waited for.
    pub(super) const fn paused(&self) -> Option<At> {
        self.paused
    }

    /// It has come.
    pub(super) const fn go_on(&mut self) {
        self.paused = None;
    }

    /// What waits for one is not wanted any more.
    pub(super) fn drop_paused(&mut self) {
        if self.paused.take().is_some() {
            self.waiting.clear();
        }
    }
}

/// The line and the link, as far as parity depends on them.
impl Transmitter {
    /// The link was opened, with these settings in force where they are known.
    pub(super) fn link_opened(&mut self, line: Option<LineSettings>) {
        self.soft_parity.open(line);
    }

    /// The link went away, and with it all that waits.
    pub(super) fn link_lost(&mut self) {
        self.waiting.clear();
        self.paused = None;
    }

    /// These settings are in force.
    pub(super) fn line_set(&mut self, line: LineSettings) {
        self.soft_parity.set(line);
    }

    /// The settings that were asked for were refused.
    pub(super) fn line_refused(&mut self) {
        self.soft_parity.refuse();
    }

    /// The far end makes these settings.
    pub(super) fn expect(&mut self, line: LineSettings) {
        self.soft_parity.expect(line);
    }

    /// Whether parity is put in and taken out here.
    pub(super) fn has_soft_parity(&self) -> bool {
        self.soft_parity.active().is_some()
    }
}
