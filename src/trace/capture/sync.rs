//! Bringing a capture to the disk: at most once a second and at the end, by a thread of its own, because the
//! system may take long over it and the bus must not wait.

use std::fs::File;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Time between two calls to the disk: what a power failure may cost.
const PAUSE: Duration = Duration::from_secs(1);

enum Order {
    /// This is the file from now on.
    File(File),
    /// Something was written to it.
    Dirty,
}

/// The thread, asleep unless something was written.
#[derive(Debug)]
pub(super) struct Syncer {
    orders: Option<Sender<Order>>,
    /// Whether the thread knows already that there is something to do.
    told: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    dirty: bool,
    failure: Option<String>,
}

impl Syncer {
    /// Starts the thread.
    pub(super) fn start() -> io::Result<Self> {
        let (orders, todo) = channel();
        let told = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&told);
        let thread =
            std::thread::Builder::new().name("capture".to_owned()).spawn(move || work(&todo, &shared))?;
        Ok(Self { orders: Some(orders), told, thread: Some(thread) })
    }

    /// Another file is written from now on; the one before is brought to the disk first.
    pub(super) fn file(&self, file: File) {
        self.send(Order::File(file));
    }

    /// Something was written.
    pub(super) fn dirty(&self) {
        let was = std::mem::replace(&mut self.state().dirty, true);
        if !was {
            self.send(Order::Dirty);
        }
    }

    /// What the disk said the last time, if it refused.
    pub(super) fn failure(&self) -> Option<String> {
        self.state().failure.clone()
    }

    fn send(&self, order: Order) {
        if let Some(orders) = &self.orders {
            let _ = orders.send(order);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Syncer {
    /// Waits for the last bytes to be on the disk.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn work(orders: &Receiver<Order>, state: &Mutex<State>) {
    let mut file = None;
    while let Ok(order) = orders.recv() {
        match order {
            Order::File(next) => {
                sync(file.as_ref(), state);
                file = Some(next);
            }
            Order::Dirty => {
                sync(file.as_ref(), state);
                if !pause(orders, &mut file, state) {
                    break;
                }
            }
        }
    }
    sync(file.as_ref(), state);
}

/// Lets a second pass, except for a change of files; whether to go on.
fn pause(orders: &Receiver<Order>, file: &mut Option<File>, state: &Mutex<State>) -> bool {
    let end = Instant::now() + PAUSE;
    let mut dirty = false;
    loop {
        match orders.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Order::File(next)) => {
                sync(file.as_ref(), state);
                *file = Some(next);
            }
            Ok(Order::Dirty) => dirty = true,
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    if dirty {
        sync(file.as_ref(), state);
    }
    true
}

fn sync(file: Option<&File>, state: &Mutex<State>) {
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    lock().dirty = false;
    if let Some(result) = file.map(File::sync_data) {
        lock().failure = result.err().map(|error| error.to_string());
    }
}
