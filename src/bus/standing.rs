//! Permission to speak on a link: a state of the link, decided here and shown as the last word of the header.

use std::fmt;
use std::time::Duration;

use super::Status;
use crate::frame::At;
use crate::protocol::{Access, Address, Command, Decoder, LineSettings, Profile, Request};

/// How many of the meters that another master asks are remembered.
const REMEMBERED: usize = 4;

/// Permission to speak on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speech {
    /// A recording: there is nobody to speak to.
    File,
    /// Nothing can be sent: the write half is put away.
    Listening,
    /// Requests that read may be sent.
    #[default]
    ReadsOnly,
    /// An errand that may change the meter was permitted and is not over.
    Armed,
}

impl Speech {
    /// The word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "FILE",
            Self::Listening => "LISTENING",
            Self::ReadsOnly => "READS ONLY",
            Self::Armed => "ARMED",
        }
    }

    /// Whether a request can be sent.
    #[must_use]
    pub const fn can_send(self) -> bool {
        matches!(self, Self::ReadsOnly | Self::Armed)
    }
}

/// Another master on the line, known by what it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherMaster {
    /// Addresses of the meters it asked, the latest last; none where its requests name nobody.
    pub asks: Vec<String>,
    /// When its last request was heard.
    pub last: At,
}

impl OtherMaster {
    fn new(at: At) -> Self {
        Self { asks: Vec::new(), last: at }
    }

    fn asked(&mut self, address: Option<String>, at: At) {
        self.last = at;
        let Some(address) = address else { return };
        if self.asks.contains(&address) {
            return;
        }
        if self.asks.len() == REMEMBERED {
            self.asks.remove(0);
        }
        self.asks.push(address);
    }
}

/// `Another master asks on this line (13462, 411486)`.
impl fmt::Display for OtherMaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Another master asks on this line")?;
        if self.asks.is_empty() { Ok(()) } else { write!(f, " ({})", self.asks.join(", ")) }
    }
}

/// What is remembered of a link while the program runs, so that a link that is opened again is not spoken on
/// unasked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether we have sent a byte on it.
    pub has_spoken: bool,
    /// Whether a person has said that requests are to be sent although the link is one to listen to.
    pub is_wanted: bool,
    /// The other master that was heard on it.
    pub other_master: Option<OtherMaster>,
    /// Whether that one was heard before our first byte.
    pub was_first: bool,
}

impl Standing {
    /// What is known of a link after a session on it that ended like this.
    #[must_use]
    pub fn after(self, status: &Status) -> Self {
        let other_master = status.other_master.as_deref().cloned().or(self.other_master);
        let is_wanted = self.is_wanted || (other_master.is_some() && status.speech.can_send());
        Self {
            has_spoken: self.has_spoken || status.counters.bytes_out > 0,
            is_wanted,
            was_first: self.was_first || (other_master.is_some() && status.speech == Speech::Listening),
            other_master,
        }
    }

    /// Another master has sent a request. True for the first one.
    pub(super) fn hear(&mut self, address: Option<String>, at: At) -> bool {
        let is_first = self.other_master.is_none();
        self.was_first |= is_first && !self.has_spoken;
        self.other_master.get_or_insert_with(|| OtherMaster::new(at)).asked(address, at);
        is_first
    }

    /// Whether the write half is to be put away, on a link that is read by this decoder.
    pub(super) fn is_to_listen(&self, decoder: Option<Decoder>) -> bool {
        !self.is_wanted && (self.was_first || decoder.is_some_and(only_pushes))
    }
}

/// Whether meters of a dialect only push: no read of theirs has a frame.
fn only_pushes(Decoder { family, dialect }: Decoder) -> bool {
    let profile = Profile {
        model: "",
        dialect,
        address: Address::textual(""),
        password: None,
        line: LineSettings::default(),
        is_line_chosen: false,
        families: &[],
        network_delay: Duration::ZERO,
        keys: Vec::new(),
    };
    let is_silent = |command: &'static Command| {
        let arguments = command.arguments([]).ok();
        let request = arguments.map(|arguments| Request { command, arguments });
        request
            .is_some_and(|request| family.compose(&profile, &request).is_ok_and(|frames| frames.is_empty()))
    };
    let mut reads = family
        .profile()
        .dialect(dialect)
        .commands
        .iter()
        .filter(|command| command.access == Access::Read)
        .peekable();
    reads.peek().is_some() && reads.all(is_silent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_heard_before_our_first_byte_makes_a_link_one_to_listen_to() {
        let mut standing = Standing::default();
        assert!(!standing.is_to_listen(None));
        assert!(standing.hear(Some("13462".into()), At::ZERO));
        assert!(standing.is_to_listen(None));
        standing.is_wanted = true;
        assert!(!standing.is_to_listen(None), "a person said so");
    }

    #[test]
    fn a_master_heard_later_is_known_and_does_not_put_the_write_half_away() {
        let mut standing = Standing { has_spoken: true, ..Standing::default() };
        assert!(standing.hear(None, At::ZERO));
        assert!(!standing.hear(None, At::from_millis(1)), "it was told already");
        assert!(standing.other_master.is_some() && !standing.is_to_listen(None));
    }

    #[test]
    fn the_meters_asked_last_are_named_each_once() {
        let mut standing = Standing::default();
        for address in ["1", "2", "1", "3", "4", "5"] {
            standing.hear(Some(address.into()), At::ZERO);
        }
        let told = standing.other_master.unwrap().to_string();
        assert_eq!(told, "Another master asks on this line (2, 3, 4, 5)");
    }

    #[test]
    fn each_state_has_its_word() {
        let all = [Speech::File, Speech::Listening, Speech::ReadsOnly, Speech::Armed];
        assert_eq!(all.map(Speech::word), ["FILE", "LISTENING", "READS ONLY", "ARMED"]);
        assert_eq!(all.map(Speech::can_send), [false, false, true, true]);
    }
}
