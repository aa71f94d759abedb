//! A link served to other programs: over TCP as a converter would, as a pseudo-terminal, or published on a topic
//! of an MQTT broker.
//!
//! All clients share the one wire. A client that sends has the wire until its answer has come and 30 ms passed,
//! or until 1.5 s passed without one; while a meter is in a session, until the session is closed or its client
//! is silent for 5 s or gone. What others send meanwhile waits its turn, and only the one who has the wire
//! hears the answer. What a meter sends unasked goes to everybody. So programs that ask independently do not
//! disturb each other, and all see the same meters.
//!
//! When the link is lost, clients are disconnected and the door is shut until it is back.

mod client;
mod error;
mod hub;
mod mqtt;
#[cfg(unix)]
mod pty;
#[cfg(unix)]
mod pty_file;
mod tcp;

pub use error::{Reach, ServeError};
pub use mqtt::{Payload, publish};
#[cfg(unix)]
pub use pty::pty;
pub use tcp::{dial, listen};
