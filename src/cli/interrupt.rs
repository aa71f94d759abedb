//! Ctrl-C, SIGTERM and SIGHUP while a subcommand uses a link.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use super::exit::Exit;
use super::out;

/// How long an orderly end may take: an exchange signs off in 3 s, a link closes in 3 s more. Whatever still holds the
/// program then (a disk, a name server) will not let it go.
const PATIENCE: Duration = Duration::from_secs(7);

/// Word that the person, or the system, wants the program to end. One that came while nobody waited is told all the same.
///
/// The signals are waited for on a thread of their own, so that no work and no blocked output keeps one from being
/// seen. The second one ends the program at once.
#[derive(Debug, Clone)]
pub(super) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Takes the signals over, from now on.
    #[must_use]
    pub(super) fn watch() -> Self {
        let (came, watched) = watch::channel(false);
        let (ready, is_ready) = sync_channel(1);
        let watching = move || watch_signals(&came, &ready);
        // Without a thread the system's way stays: a signal ends the program.
        if thread::Builder::new().name("signals".to_owned()).spawn(watching).is_ok() {
            let _ = is_ready.recv();
        }
        Self(watched)
    }

    /// Waits until one has come.
    pub(super) async fn came(&self) {
        let mut came = self.0.clone();
        if came.wait_for(|came| *came).await.is_err() {
            // Signals cannot be had: there is nothing to wait for.
            std::future::pending::<()>().await;
        }
    }
}

fn watch_signals(came: &watch::Sender<bool>, ready: &SyncSender<()>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Some(mut signals) = Signals::take_over() else { return };
        let _ = ready.send(());
        signals.next().await;
        out::leave_soon();
        let _ = came.send(true);
        let _ = tokio::time::timeout(PATIENCE, signals.next()).await;
        std::process::exit(i32::from(Exit::Interrupted as u8));
    });
}

/// The signals that end a program.
#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
impl Signals {
    fn take_over() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt()).ok()?;
        let terminate = signal(SignalKind::terminate()).ok()?;
        Some(Self([interrupt, terminate, signal(SignalKind::hangup()).ok()?]))
    }

    async fn next(&mut self) {
        let [interrupt, terminate, hang_up] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    }
}

/// The signals that end a program.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn take_over() -> Option<Self> {
        Some(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
