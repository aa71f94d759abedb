//! Signals: told to end, stopped from outside, continued, the terminal resized.

/// A signal that concerns the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), expect(dead_code, reason = "signals are of Unix; elsewhere none comes"))]
pub(super) enum Signal {
    /// The program is to end: terminated, or the terminal has hung up.
    End,
    /// It is to stop until continued.
    Stop,
    /// It was continued.
    Continue,
    /// The terminal has another size.
    Resized,
}

#[cfg(unix)]
pub(super) use unix::{Signals, stop};

#[cfg(not(unix))]
pub use other::{Signals, stop};

#[cfg(unix)]
mod unix {
    use std::io;

    use tokio::signal::unix::{Signal as Source, SignalKind, signal};

    use super::Signal;

    /// The signals that are listened to.
    pub(crate) struct Signals {
        terminate: Source,
        hang_up: Source,
        stop: Source,
        go_on: Source,
        resized: Source,
    }

    impl Signals {
        /// Listens from now on.
        ///
        /// # Errors
        /// When the system refuses.
        pub(crate) fn listen() -> io::Result<Self> {
            let raw = |signal: rustix::process::Signal| SignalKind::from_raw(signal.as_raw());
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                stop: signal(raw(rustix::process::Signal::TSTP))?,
                go_on: signal(raw(rustix::process::Signal::CONT))?,
                resized: signal(SignalKind::window_change())?,
            })
        }

        /// The next one.
        pub(crate) async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.terminate.recv() => Signal::End,
                _ = self.hang_up.recv() => Signal::End,
                _ = self.stop.recv() => Signal::Stop,
                _ = self.go_on.recv() => Signal::Continue,
                _ = self.resized.recv() => Signal::Resized,
            }
        }
    }

    /// Stops this process until somebody continues it.
    pub(crate) fn stop() {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
    }
}

#[cfg(not(unix))]
mod other {
    use super::Signal;

    /// There are none to listen to here.
    pub struct Signals;

    impl Signals {
        /// Listens from now on.
        ///
        /// # Errors
        /// Never.
        pub fn listen() -> std::io::Result<Self> {
            Ok(Self)
        }

        /// Never.
        pub async fn next(&mut self) -> Signal {
            std::future::pending().await
        }
    }

    /// Cannot be done here.
    pub fn stop() {}
}
