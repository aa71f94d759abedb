//! Why a link cannot be served.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::frame::visible;

/// From where clients may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// From this computer only.
    #[default]
    ThisComputer,
    /// From anywhere that reaches the address.
    Network,
}

/// Why a link cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServeError {
    /// The address can be reached from other computers, and nobody said that it may.
    #[error(
        "{0} can be reached from other computers, and anybody there could use it: listen on 127.0.0.1, or allow it with --allow-remote"
    )]
    Exposed(SocketAddr),
    /// The address is not to be had.
    #[error("cannot listen on {address}: {what}; port 0 takes any free port")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        what: String,
    },
    /// Something that is not ours is in the place of the link to the pseudo-terminal.
    #[error("{} is already there and is no link to a terminal: give another path or remove it", visible::string(&.0.to_string_lossy()))]
    Taken(PathBuf),
    /// The pseudo-terminal cannot be made.
    #[error("cannot make a terminal at {}: {what}", visible::string(&.path.to_string_lossy()))]
    Pty {
        /// Where it was to be.
        path: PathBuf,
        /// What the system said.
        what: String,
    },
}
