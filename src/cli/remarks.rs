//! Standard error while a link is used: written on a thread of its own, within bounds.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Remarks that may wait for their reader.
const WAITING: usize = 256;

/// How long is waited at once for the reader.
const A_WHILE: Duration = Duration::from_millis(50);

/// Remarks on their way to standard error.
#[derive(Debug)]
pub(super) struct Remarks(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<String>,
    /// Remarks that found no room.
    lost: u64,
    is_writing: bool,
}

impl Remarks {
    /// Remarks to a writer.
    pub(super) fn to(writer: impl Write + Send + 'static) -> Self {
        let shared = Arc::<Shared>::default();
        let writing = Arc::clone(&shared);
        // Without a thread nothing is said; there is no way left to say that.
        let _ = thread::Builder::new().name("remarks".to_owned()).spawn(move || writing.write(writer));
        Self(shared)
    }

    /// Says something as soon as the reader has taken what was said before. Of too much that waits the newest is
    /// counted and not said.
    pub(super) fn say(&self, text: &str) {
        let mut state = self.0.lock();
        if state.waiting.len() < WAITING {
            state.waiting.push_back(text.to_owned());
        } else {
            state.lost += 1;
        }
        self.0.changed.notify_all();
    }

    /// Whether everything is written.
    pub(super) fn are_written(&self) -> bool {
        self.0.lock().is_done()
    }

    /// Waits a while for the reader.
    pub(super) fn wait(&self) {
        let state = self.0.lock();
        if !state.is_done() {
            drop(self.0.changed.wait_timeout(state, A_WHILE));
        }
    }
}

impl State {
    fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.lost == 0 && !self.is_writing
    }

    /// What is to be written next: what waits, then how many found no room behind it.
    fn next(&mut self) -> Option<String> {
        self.waiting.pop_front().or_else(|| {
            let lost = std::mem::take(&mut self.lost);
            let text = || format!("meterscope: {lost} remarks were not written: nobody read them in time\n");
            (lost > 0).then(text)
        })
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes whatever is said, for ever.
    fn write(&self, mut writer: impl Write) {
        let mut state = self.lock();
        loop {
            let Some(text) = state.next() else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            state.is_writing = true;
            drop(state);
            // When nobody reads it, there is nobody left to be told.
            let _ = writer.write_all(text.as_bytes());
            state = self.lock();
            state.is_writing = false;
            self.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::mpsc;

    use super::*;

    /// A reader that takes nothing before it is allowed to.
    struct Reader {
        allowed: mpsc::Receiver<()>,
        taken: mpsc::Sender<String>,
    }

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // A hand that has gone allows everything.
            let _ = self.allowed.recv();
            let _ = self.taken.send(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_takes_nothing_holds_nobody_up_and_is_told_what_it_missed() {
        let (allow, allowed) = mpsc::channel();
        let (taken, read) = mpsc::channel();
        let remarks = Remarks::to(Reader { allowed, taken });
        (0..10_000).for_each(|number| remarks.say(&format!("{number}\n")));
        assert!(!remarks.are_written());
        drop(allow);
        let mut texts = Vec::new();
        while texts.last().is_none_or(|text: &String| !text.contains("not written")) {
            texts.push(read.recv().unwrap());
        }
        assert_eq!(texts[0], "0\n");
        assert!(texts.len() <= WAITING + 2);
        let missed = 10_000 - (texts.len() - 1);
        let told = format!("meterscope: {missed} remarks were not written: nobody read them in time\n");
        assert_eq!(texts.last(), Some(&told));
        while !remarks.are_written() {
            remarks.wait();
        }
    }
}
