//! Whether a meter of a bus is in a session, for those who share the bus among several.

use tokio::sync::watch;

use crate::link::Link;

/// Tells whether a meter of a bus is in a session with somebody.
#[derive(Debug, Clone)]
pub struct Sessions(watch::Receiver<bool>);

impl Sessions {
    /// Of a bus whose meters keep a sender told.
    pub(super) const fn told_by(receiver: watch::Receiver<bool>) -> Self {
        Self(receiver)
    }

    /// Whether one is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until one is opened, or the last one closed. Never ends when the bus has.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// A simulated bus that is to be shared: the link to it, and what is known of its sessions.
#[derive(Debug)]
pub struct SharedBus {
    /// The link.
    pub link: Link,
    /// Its sessions.
    pub sessions: Sessions,
    /// What everybody is told first who comes to it over a socket, as modem converters do; empty for nothing.
    pub greeting: Vec<u8>,
}

impl SharedBus {
    /// With a greeting.
    #[must_use]
    pub fn with_greeting(mut self, greeting: Vec<u8>) -> Self {
        self.greeting = greeting;
        self
    }
}
