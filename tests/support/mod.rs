//! What the tests, the screenshots and the benchmarks share: the program in a real pseudo-terminal.

#![allow(dead_code, reason = "each of those that include this uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

pub mod svg;

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// How long anything may take before a test gives up: generous, because nothing is measured here.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The mode of a terminal that holds a picture back until it is whole.
const SYNCHRONIZED: u16 = 2026;

/// What the terminal noticed besides the picture.
#[derive(Debug, Default)]
pub struct Noticed {
    /// Texts the program put on the clipboard, as sent (base64).
    pub clipboard: Vec<Vec<u8>>,
    /// Bells and control characters that belong to no sequence.
    pub stray_controls: Vec<u8>,
    /// The window title was changed.
    pub titles: u32,
    /// A drawing has begun and not ended: what is on the screen is half of two pictures.
    pub is_drawing: bool,
}

impl vt100::Callbacks for Noticed {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.stray_controls.push(7);
    }

    fn set_window_title(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.titles += 1;
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.clipboard.push(data.to_vec());
    }

    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        first: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        last: char,
    ) {
        if first == Some(b'?') && parameters == [&[SYNCHRONIZED][..]] {
            self.is_drawing = last == 'h';
        }
    }

    fn unhandled_control(&mut self, _: &mut vt100::Screen, control: u8) {
        self.stray_controls.push(control);
    }
}

/// The screen and what led to it.
pub struct Picture {
    parser: vt100::Parser<Noticed>,
    /// Bytes the program has written.
    pub bytes: u64,
    /// When it wrote for the first time something that is not blank.
    pub first_paint: Option<Instant>,
    ended: bool,
}

impl Picture {
    /// The characters on the screen, a line a row.
    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// The screen itself.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// What was noticed besides.
    pub fn noticed(&self) -> &Noticed {
        self.parser.callbacks()
    }
}

/// A program in a terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    shared: Arc<(Mutex<Picture>, Condvar)>,
    /// When it was started.
    pub started: Instant,
}

/// How to start a program in a terminal.
pub struct Start<'a> {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: &'a [&'a str],
    /// Columns and rows.
    pub size: (u16, u16),
    /// Variables besides the usual ones.
    pub env: &'a [(&'a str, &'a str)],
}

impl Terminal {
    /// Starts a program with an empty home of its own.
    pub fn start(start: &Start<'_>) -> Self {
        let (columns, rows) = start.size;
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pty");
        let mut command = CommandBuilder::new(&start.program);
        command.args(start.args);
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        for (name, value) in start.env {
            command.env(name, value);
        }
        let parser =
            vt100::Parser::new_with_callbacks(size_of(rows), size_of(columns), 0, Noticed::default());
        let picture = Picture { parser, bytes: 0, first_paint: None, ended: false };
        let shared = Arc::new((Mutex::new(picture), Condvar::new()));
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let sink = Arc::clone(&shared);
        std::thread::spawn(move || absorb(reader, &sink));
        Self { child, master: pair.master, writer, shared, started }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self.writer.flush().expect("the terminal takes keys");
    }

    /// Pastes, as a terminal with bracketed paste does.
    pub fn paste(&mut self, text: &str) {
        self.keys(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Waits until the picture satisfies `wanted`, and fails with the picture when it never does.
    pub fn wait(&self, what: &str, wanted: impl Fn(&Picture) -> bool) -> String {
        let (lock, changed) = &*self.shared;
        let deadline = Instant::now() + PATIENCE;
        let mut picture = lock.lock().unwrap();
        while picture.noticed().is_drawing || !wanted(&picture) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero() && !picture.ended,
                "never saw {what}; the screen is:\n{}",
                picture.text()
            );
            picture = changed.wait_timeout(picture, left).unwrap().0;
        }
        picture.text()
    }

    /// Waits until a text is on the screen.
    pub fn see(&self, text: &str) -> String {
        self.wait(text, |picture| picture.text().contains(text))
    }

    /// Waits until a text is no longer on the screen.
    pub fn see_no_more(&self, text: &str) -> String {
        self.wait(&format!("the end of {text}"), |picture| !picture.text().contains(text))
    }

    /// Waits until nothing has been written for a while.
    pub fn settle(&self, quiet: Duration) {
        let (lock, changed) = &*self.shared;
        let mut picture = lock.lock().unwrap();
        loop {
            let before = picture.bytes;
            picture =
                changed.wait_timeout_while(picture, quiet, |p| p.bytes == before && !p.ended).unwrap().0;
            if picture.bytes == before || picture.ended {
                return;
            }
        }
    }

    /// The picture as it is.
    pub fn picture(&self) -> MutexGuard<'_, Picture> {
        self.shared.0.lock().unwrap()
    }

    /// Changes the size of the terminal.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.picture().parser.set_size(size_of(rows), size_of(columns));
        self.master
            .resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .expect("a new size");
    }

    /// The process number.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    /// Waits for the program to end, and fails with the picture when it does not.
    pub fn end(mut self) -> (ExitStatus, Arc<(Mutex<Picture>, Condvar)>) {
        let (lock, changed) = &*self.shared;
        let picture = lock.lock().unwrap();
        let (picture, waited) = changed.wait_timeout_while(picture, PATIENCE, |p| !p.ended).unwrap();
        assert!(!waited.timed_out(), "it did not end; the screen is:\n{}", picture.text());
        drop(picture);
        let status = self.child.wait().expect("it ends");
        (status, Arc::clone(&self.shared))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn size_of(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap_or(NonZeroU16::MIN)
}

fn absorb(mut reader: Box<dyn Read + Send>, shared: &(Mutex<Picture>, Condvar)) {
    let mut buffer = vec![0; 65536];
    loop {
        let count = reader.read(&mut buffer).unwrap_or(0);
        let mut picture = shared.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        picture.parser.process(&buffer[..count]);
        picture.bytes += count as u64;
        picture.ended = count == 0;
        if picture.first_paint.is_none() && !picture.text().trim().is_empty() {
            picture.first_paint = Some(Instant::now());
        }
        shared.1.notify_all();
        if count == 0 {
            return;
        }
    }
}
