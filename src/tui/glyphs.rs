//! Signs: one set for terminals that know Unicode, one of plain ASCII.

use ratatui::symbols::border;

use crate::frame::{Direction, Verdict};

/// Every sign that is drawn.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Whether this is the ASCII set.
    pub ascii: bool,
    /// To a meter.
    pub request: &'static str,
    /// From a meter.
    pub reply: &'static str,
    /// From a meter, unasked.
    pub push: &'static str,
    /// Our own bytes, come back.
    pub echo: &'static str,
    /// Bytes of no frame.
    pub noise: &'static str,
    /// Something that happened to the link.
    pub mark: &'static str,
    /// A frame of unknown direction.
    pub unknown: &'static str,
    /// Right.
    pub good: &'static str,
    /// Wrong.
    pub bad: &'static str,
    /// Not judged, or not answered yet.
    pub open: &'static str,
    /// To be looked at.
    pub warn: &'static str,
    /// A branch that shows its children.
    pub expanded: &'static str,
    /// A branch that hides them.
    pub collapsed: &'static str,
    /// The one that is selected or has the focus.
    pub current: &'static str,
    /// Before a choice.
    pub previous: &'static str,
    /// After a choice.
    pub next: &'static str,
    /// Something is left out.
    pub ellipsis: &'static str,
    /// A byte that is no printable character.
    pub dot: &'static str,
    /// Where a new chunk begins, one column.
    pub chunk: &'static str,
    /// A line under something, one column.
    pub rule: &'static str,
    /// Between a column and the next, one column.
    pub divider: &'static str,
    /// Stands for a character of a secret, one column.
    pub mask: &'static str,
    /// A link that is open.
    pub connected: &'static str,
    /// A link that is not.
    pub disconnected: &'static str,
    /// A bar of none to eight eighths of a column, growing to the right.
    pub across: [&'static str; 9],
    /// A bar of one to eight eighths of a row, growing upwards.
    pub upwards: [&'static str; 8],
    /// The part of a scroll bar that is in view.
    pub thumb: &'static str,
    /// The rest of it.
    pub track: &'static str,
    /// Borders of panes.
    pub border: border::Set<'static>,
    /// Borders of the pane with the focus.
    pub border_focus: border::Set<'static>,
}

impl Glyphs {
    /// For terminals that draw Unicode.
    pub const UNICODE: Self = Self {
        ascii: false,
        request: "→",
        reply: "←",
        push: "⇐",
        echo: "~",
        noise: "?",
        mark: "·",
        unknown: "•",
        good: "✓",
        bad: "✗",
        open: "…",
        warn: "!",
        expanded: "▾",
        collapsed: "▸",
        current: "▶",
        previous: "‹",
        next: "›",
        ellipsis: "…",
        dot: "·",
        chunk: "┊",
        rule: "─",
        divider: "│",
        mask: "*",
        connected: "●",
        disconnected: "○",
        across: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
        upwards: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        thumb: "█",
        track: "│",
        border: border::PLAIN,
        border_focus: border::THICK,
    };

    /// For all others.
    pub const ASCII: Self = Self {
        ascii: true,
        request: ">",
        reply: "<",
        push: "=",
        echo: "~",
        noise: "?",
        mark: "-",
        unknown: "*",
        good: "ok",
        bad: "BAD",
        open: "..",
        warn: "!",
        expanded: "v",
        collapsed: "+",
        current: ">",
        previous: "<",
        next: ">",
        ellipsis: "..",
        dot: ".",
        chunk: "|",
        rule: "-",
        divider: "|",
        mask: "*",
        connected: "*",
        disconnected: "o",
        across: [" ", " ", " ", " ", "#", "#", "#", "#", "#"],
        upwards: ["_", ".", ":", "-", "=", "+", "*", "#"],
        thumb: "#",
        track: "|",
        border: plain_border("+", "-", "|"),
        border_focus: plain_border("#", "=", "#"),
    };

    /// The sign of a direction.
    #[must_use]
    pub const fn direction(&self, direction: Direction) -> &'static str {
        match direction {
            Direction::Request => self.request,
            Direction::Reply => self.reply,
            Direction::Push => self.push,
            Direction::Unknown => self.unknown,
        }
    }

    /// The sign of a verdict.
    #[must_use]
    pub const fn verdict(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Good => self.good,
            Verdict::Bad(_) | Verdict::Malformed(_) => self.bad,
            Verdict::Unchecked(_) => self.open,
        }
    }

    /// A character of foreign text in this set: in ASCII mode signs are replaced by the nearest plain one,
    /// letters are left alone.
    #[must_use]
    pub const fn fold(&self, character: char) -> char {
        if !self.ascii {
            return character;
        }
        match character {
            '→' | '›' | '▶' | '▸' | '»' => '>',
            '←' | '‹' | '«' => '<',
            '▾' => 'v',
            '–' | '—' | '−' | '─' => '-',
            '│' | '┊' => '|',
            '×' => 'x',
            '·' | '•' => '.',
            '…' | '≈' => '~',
            '✓' => '+',
            '✗' => 'X',
            '●' => '*',
            '○' => 'o',
            '°' => '\'',
            '█' => '#',
            other => other,
        }
    }
}

const fn plain_border(
    corner: &'static str,
    flat: &'static str,
    upright: &'static str,
) -> border::Set<'static> {
    border::Set {
        top_left: corner,
        top_right: corner,
        bottom_left: corner,
        bottom_right: corner,
        vertical_left: upright,
        vertical_right: upright,
        horizontal_top: flat,
        horizontal_bottom: flat,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    /// Signs that columns count on being one column wide, in both sets.
    fn narrow(set: &Glyphs) -> Vec<&'static str> {
        let mut signs = vec![
            set.request,
            set.reply,
            set.push,
            set.echo,
            set.noise,
            set.mark,
            set.unknown,
            set.warn,
            set.expanded,
            set.collapsed,
            set.current,
            set.previous,
            set.next,
            set.dot,
            set.chunk,
            set.rule,
            set.divider,
            set.mask,
            set.connected,
            set.disconnected,
            set.thumb,
            set.track,
        ];
        signs.extend(set.across);
        signs.extend(set.upwards);
        for border in [set.border, set.border_focus] {
            signs.extend([border.top_left, border.horizontal_top, border.vertical_left, border.bottom_right]);
        }
        signs
    }

    #[test]
    fn signs_in_columns_are_one_column_wide() {
        for sign in narrow(&Glyphs::UNICODE).into_iter().chain(narrow(&Glyphs::ASCII)) {
            assert_eq!(sign.width(), 1, "{sign}");
        }
    }

    #[test]
    fn the_ascii_set_is_ascii() {
        let set = Glyphs::ASCII;
        let rest = [set.good, set.bad, set.open, set.ellipsis];
        assert!(narrow(&set).into_iter().chain(rest).all(str::is_ascii));
    }

    #[test]
    fn what_goes_which_way_is_told_without_colour() {
        for set in [&Glyphs::UNICODE, &Glyphs::ASCII] {
            let mut signs = [set.request, set.reply, set.push, set.echo, set.noise, set.unknown].to_vec();
            signs.sort_unstable();
            signs.dedup();
            assert_eq!(signs.len(), 6);
            assert_ne!(set.good, set.bad);
            assert_ne!(set.border, set.border_focus);
        }
    }
}
