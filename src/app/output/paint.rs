//! Colours of the plain output, and whether there are any.

use std::io::IsTerminal as _;

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
        self.wrap("32", text)
    }

    /// Wrong.
    #[must_use]
    pub fn bad(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    /// Odd, worth a look.
    #[must_use]
    pub fn odd(self, text: &str) -> String {
        self.wrap("33", text)
    }

    /// A heading.
    #[must_use]
    pub fn strong(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// Something beside the point.
    #[must_use]
    pub fn faint(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// Writes something beside the point.
    pub fn put_faint(self, to: &mut String, write: impl FnOnce(&mut String)) {
        if self.colours {
            to.push_str("\x1b[2m");
        }
        write(to);
        if self.colours {
            to.push_str("\x1b[0m");
        }
    }

    fn wrap(self, codes: &str, text: &str) -> String {
        if self.colours && !text.is_empty() { format!("\x1b[{codes}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Where plain output goes to: how wide it is and whether it has colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Columns; `None` where nobody sees an edge, such as in a file.
    pub width: Option<usize>,
    /// The colours.
    pub paint: Paint,
}

impl Sheet {
    /// Standard output as it is: as wide as `COLUMNS` says or else its terminal, coloured only on one, and never when `colours` is
    /// false or `NO_COLOR` is set to anything (no-color.org) or the terminal is a dumb one.
    #[must_use]
    pub fn of_stdout(colours: bool) -> Self {
        let wished = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        if !std::io::stdout().is_terminal() {
            return Self { width: wished.map(wide_enough), paint: Paint::PLAIN };
        }
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let paint = if colours && !unwanted { Paint::COLOURED } else { Paint::PLAIN };
        let seen = || crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns));
        Self { width: wished.or_else(seen).map(wide_enough), paint }
    }
}

/// No table is made for less.
fn wide_enough(columns: usize) -> usize {
    columns.max(20)
}
