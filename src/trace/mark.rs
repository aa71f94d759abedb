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
