//! Colours of the plain output, and whether there are any.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const ODD: Style = AnsiColor::Yellow.on_default();
const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// Puts colour around words, or leaves them as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paint {
    colours: bool,
}

impl Paint {
    /// Without colours.
    pub const PLAIN: Self = Self { colours: false };

    /// With colours.
    pub const COLOURED: Self = Self { colours: true };

    /// Right, checked.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        self.wrap(GOOD, text)
    }

    /// Wrong.
    #[must_use]
    pub fn bad(self, text: &str) -> String {
        self.wrap(BAD, text)
    }

    /// Odd, worth a look.
    #[must_use]
    pub fn odd(self, text: &str) -> String {
        self.wrap(ODD, text)
    }

    /// A heading.
    #[must_use]
    pub fn strong(self, text: &str) -> String {
        self.wrap(STRONG, text)
    }

    /// Something beside the point.
    #[must_use]
    pub fn faint(self, text: &str) -> String {
        self.wrap(FAINT, text)
    }

    /// Writes something beside the point.
    pub fn put_faint(self, to: &mut String, write: impl FnOnce(&mut String)) {
        let style = if self.colours { FAINT } else { Style::new() };
        let _ = write!(to, "{style}");
        write(to);
        let _ = write!(to, "{style:#}");
    }

    fn wrap(self, style: Style, text: &str) -> String {
        if self.colours && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// Where plain output goes to: how wide it is and whether it has colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TermStyle {
    /// Columns; `None` where nobody sees an edge, such as in a file.
    pub width: Option<usize>,
    /// The colours.
    pub paint: Paint,
}

#[cfg(feature = "cli")]
impl TermStyle {
    /// Standard output as it is: as wide as `COLUMNS` says or else its terminal. Coloured never when `colours` is
    /// false; else as [`anstream`] finds: `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR`, whether there is a terminal
    /// and what its `TERM` can do.
    #[must_use]
    pub fn of_stdout(colours: bool) -> Self {
        use anstream::{AutoStream, ColorChoice};
        use std::io::IsTerminal as _;

        let wished = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let stdout = std::io::stdout();
        let is_coloured = colours && AutoStream::choice(&stdout) != ColorChoice::Never;
        let paint = if is_coloured { Paint::COLOURED } else { Paint::PLAIN };
        let seen = || crossterm::terminal::size().ok().filter(|_| stdout.is_terminal());
        let width = wished.or_else(|| seen().map(|(columns, _)| usize::from(columns)));
        Self { width: width.map(wide_enough), paint }
    }
}

/// No table is made for less.
#[cfg(feature = "cli")]
fn wide_enough(columns: usize) -> usize {
    columns.max(20)
}
