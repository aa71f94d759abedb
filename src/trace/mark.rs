//! Things that happened to a link between its bytes.

use std::fmt;

use crate::frame::visible;
use crate::protocol::LineSettings;

/// Something that happened to the link. Texts are kept as they came and made visible when shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// The link was opened, at first or again.
    Opened(String),
    /// The link went away.
    Lost(String),
    /// The link was closed for good.
    Closed(String),
    /// The line settings are now these.
    Line(LineSettings),
    /// The line settings could not be set.
    LineRefused(String),
    /// A step of a session began.
    Step(&'static str),
    /// A remark of the bus, such as an adapter that echoes.
    Note(String),
}

impl Mark {
    /// A mark from what a capture says of it, which is what it prints as; anything else is a note.
    #[must_use]
    pub fn from_remark(remark: &str) -> Self {
        let text = |rest: &str| rest.to_owned();
        if remark == "link open" {
            Self::Opened(String::new())
        } else if let Some(peer) = remark.strip_prefix("link open: ") {
            Self::Opened(text(peer))
        } else if let Some(why) = remark.strip_prefix("link lost: ") {
            Self::Lost(text(why))
        } else if let Some(why) = remark.strip_prefix("link closed: ") {
            Self::Closed(text(why))
        } else if let Some(why) = remark.strip_prefix("line settings refused: ") {
            Self::LineRefused(text(why))
        } else if let Some(Ok(line)) = remark.strip_prefix("line set to ").map(str::parse) {
            Self::Line(line)
        } else {
            Self::Note(text(remark))
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened(peer) if peer.is_empty() => f.write_str("link open"),
            Self::Opened(peer) => write!(f, "link open: {}", visible::string(peer)),
            Self::Lost(why) => write!(f, "link lost: {}", visible::string(why)),
            Self::Closed(why) => write!(f, "link closed: {}", visible::string(why)),
            Self::Line(line) => write!(f, "line set to {line}"),
            Self::LineRefused(why) => write!(f, "line settings refused: {}", visible::string(why)),
            Self::Step(step) => f.write_str(step),
            Self::Note(text) => f.write_str(&visible::string(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_known_again_by_what_it_prints() {
        let text = || "text".to_owned();
        for mark in [
            Mark::Opened(String::new()),
            Mark::Opened(text()),
            Mark::Lost(text()),
            Mark::Closed(text()),
            Mark::Line(LineSettings::e71(300)),
            Mark::LineRefused(text()),
            Mark::Note(text()),
        ] {
            assert_eq!(Mark::from_remark(&mark.to_string()), mark);
        }
        assert_eq!(Mark::from_remark("line set to fast"), Mark::Note("line set to fast".to_owned()));
    }
}
