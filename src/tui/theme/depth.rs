//! How many colours there are.

/// How many colours may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Depth {
    /// Sixteen million.
    TrueColour,
    /// The sixteen of old.
    #[default]
    Ansi16,
    /// None: bold, dim, reverse and underline carry the meaning.
    None,
}

impl Depth {
    /// From the values of `NO_COLOR`, `COLORTERM` and `TERM`.
    ///
    /// An empty `NO_COLOR` counts as not set (no-color.org, 2023 wording; crossterm does the same).
    #[must_use]
    pub fn detect(no_color: Option<&str>, colorterm: Option<&str>, term: Option<&str>) -> Self {
        let term = term.unwrap_or_default();
        if no_color.is_some_and(|value| !value.is_empty()) || term == "dumb" {
            Self::None
        } else if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
            Self::TrueColour
        } else {
            Self::Ansi16
        }
    }

    /// From the environment of this process.
    #[must_use]
    pub fn of_environment() -> Self {
        let value = |name| std::env::var(name).ok();
        Self::detect(value("NO_COLOR").as_deref(), value("COLORTERM").as_deref(), value("TERM").as_deref())
    }
}

/// To be called once before the first drawing, whatever the depth.
///
/// With `NO_COLOR` set, crossterm 0.29 writes each colour command as an empty SGR, which resets bold and
/// reverse too (crossterm pull request 1069). A theme holds no colour at [`Depth::None`], and the commands that
/// go back to the terminal's own colour are harmless once crossterm is told to write them as they are.
pub fn apply_no_color() {
    crossterm::style::force_color_output(true);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_wins_unless_it_is_empty() {
        assert_eq!(Depth::detect(Some("1"), Some("truecolor"), Some("xterm")), Depth::None);
        assert_eq!(Depth::detect(Some(""), Some("truecolor"), Some("xterm")), Depth::TrueColour);
        assert_eq!(Depth::detect(None, None, Some("dumb")), Depth::None);
    }

    #[test]
    fn true_colour_has_to_be_announced() {
        assert_eq!(Depth::detect(None, Some("24bit"), None), Depth::TrueColour);
        assert_eq!(Depth::detect(None, None, Some("xterm-direct")), Depth::TrueColour);
        assert_eq!(Depth::detect(None, None, Some("xterm-256color")), Depth::Ansi16);
        assert_eq!(Depth::detect(None, Some("yes"), None), Depth::Ansi16);
    }
}
