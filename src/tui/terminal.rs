//! The terminal: taken over at the start, given back on every way out.

use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::{self, ThreadId};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::state::State;
use super::theme::Theme;
use super::view::view;

/// Whether the terminal is ours at present; restoring twice does no harm.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What threads behind the screen had to say when they panicked; printed once the terminal is given back.
static LAST_WORDS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Bytes of one drawing that are written at once.
const DRAWING: usize = 64 * 1024;

/// The terminal while it is ours. Dropping it gives it back.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    mouse: bool,
}

impl Screen {
    /// Takes the terminal over. Nothing is asked of it, so nothing is waited for.
    ///
    /// # Errors
    /// When standard output is no terminal or cannot be written.
    pub(super) fn enter(mouse: bool) -> io::Result<Self> {
        if !stdout().is_terminal() {
            return Err(io::Error::other("standard output is not a terminal: use a subcommand (--help)"));
        }
        restore_on_panic();
        take(mouse)?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(DRAWING, stdout()));
        let (width, height) = size();
        let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
        Ok(Self { terminal: Terminal::with_options(backend, TerminalOptions { viewport })?, mouse })
    }

    /// Draws the state.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn draw(&mut self, state: &State, theme: &Theme) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| view(state, theme, frame.area(), frame.buffer_mut()))?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// The terminal has another size: everything is drawn anew.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn resize(&mut self, (width, height): (u16, u16)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), Clear(ClearType::All))?;
        self.terminal.resize(Rect::new(0, 0, width, height))
    }

    /// Listens to the mouse or leaves it to the terminal.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        if on {
            execute!(self.terminal.backend_mut(), EnableMouseCapture)
        } else {
            execute!(self.terminal.backend_mut(), DisableMouseCapture)
        }
    }

    /// Puts text on the clipboard of whoever sits at the terminal (OSC 52), also over SSH.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(self.terminal.backend_mut(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Takes the terminal over again, after a pause or after somebody else has changed its modes.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn resume(&mut self) -> io::Result<(u16, u16)> {
        // The library does nothing while it believes raw mode to be on; a shell may have switched it off.
        let _ = disable_raw_mode();
        take(self.mouse)?;
        let size = size();
        self.resize(size)?;
        Ok(size)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
        for words in LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = writeln!(io::stderr(), "{words}");
        }
    }
}

/// Columns and rows. Some terminals say nothing or 0x0: then the environment, then 80x24.
#[must_use]
pub(super) fn size() -> (u16, u16) {
    let told = crossterm::terminal::size().unwrap_or_default();
    let variable = |name: &str, default| {
        let value = std::env::var(name).ok().and_then(|value| value.parse().ok());
        value.filter(|number: &u16| *number > 0).unwrap_or(default)
    };
    if told.0 == 0 || told.1 == 0 { (variable("COLUMNS", 80), variable("LINES", 24)) } else { told }
}

fn take(mouse: bool) -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    let mut out = stdout().lock();
    queue!(out, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
    if mouse {
        queue!(out, EnableMouseCapture)?;
    }
    out.flush()
}

/// Undoes everything that was switched on, in reverse order. Errors mean that nobody is left to see.
pub(super) fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = stdout().lock();
    let _ = execute!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        ResetColor,
        Show,
        LeaveAlternateScreen
    );
    let _ = disable_raw_mode();
}

/// A panic of the console gives the terminal back first and is then told as usual. One of another thread must
/// not write over the screen: it is told at the end.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let console: ThreadId = thread::current().id();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if thread::current().id() == console || !TAKEN.load(Ordering::SeqCst) {
                restore();
                before(panic);
            } else {
                LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner).push(panic.to_string());
            }
        }));
    });
}
