//! One row of the trace list.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pen, figure, width};
use crate::frame::{Direction, Dissection, Verdict};
use crate::protocol::Integrity;
use crate::trace::{Dir, Entry, EntryKind};
use crate::tui::theme::{Role, Theme};

/// A run of recorded bytes in one row: time, gap, arrow, address, summary, size, verdict.
///
/// ```text
/// ▶14:02:11.453  +41 ms    ← 13462  Energy by tariff: CRC 1C, expected 1B      18 B  ✗
/// ```
#[derive(Debug, Clone, Copy)]
pub struct EntryRow<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// What it is explained as, if it has been.
    pub dissection: Option<&'a Dissection>,
    /// What to say of it where there is no dissection: the words of a mark, the first bytes of noise.
    pub text: &'a str,
    /// The request it answers.
    pub request: Option<&'a Entry>,
    /// The entry before it.
    pub previous: Option<&'a Entry>,
    /// When it came, as the wall clock says: `14:02:11.453`.
    pub time: &'a str,
    /// Columns that the longest address of the list takes.
    pub address_columns: u16,
    /// Whether it is selected.
    pub selected: bool,
}

/// The widest that the column of addresses gets.
const ADDRESS: u16 = 10;

/// Wide enough for the addresses of most families, up to 65535.
const SHORT_ADDRESS: u16 = 5;

/// Which columns there are room for.
#[derive(Debug, Clone, Copy)]
struct Columns {
    time: u16,
    gap: u16,
    address: u16,
    size: u16,
    verdict: u16,
}

/// What a row says of itself, apart from numbers.
struct Words {
    arrow: (&'static str, Role),
    address: String,
    summary: (String, Role),
    verdict: (&'static str, Role),
}

impl EntryRow<'_> {
    /// Columns that the address of a dissection takes.
    #[must_use]
    pub fn address_columns(dissection: Option<&Dissection>) -> u16 {
        dissection.and_then(|d| d.address).map_or(0, |address| width(&address.to_string()))
    }

    /// Draws it in the first row.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let mut pen = Pen::new(area, buf, theme);
        let columns = Columns::of(pen.width(), self.address_columns, theme);
        let words = self.words(theme);
        let x = self.when(&mut pen, columns);
        let x = pen.put(x, 0, words.arrow.0, words.arrow.1) + 1;
        let end = pen.width().saturating_sub(columns.end());
        let x = if columns.address > 0 && !words.address.is_empty() {
            pen.whole(x, 0, columns.address, &words.address, Role::Text);
            x + columns.address + 1
        } else {
            x
        };
        pen.fit(x, 0, end.saturating_sub(x), &words.summary.0, words.summary.1);
        if columns.size > 0 && self.entry.len > 0 {
            pen.right(end, 0, columns.size, &format!("{} B", self.entry.len), Role::Dim);
        }
        let x = pen.width().saturating_sub(columns.verdict);
        pen.put(x, 0, words.verdict.0, words.verdict.1);
        if self.selected {
            pen.put(0, 0, theme.glyphs().current, Role::Accent);
            pen.select(0, 0, area.width);
        }
    }

    /// Time and gap; gives the column after them.
    fn when(self, pen: &mut Pen<'_>, columns: Columns) -> u16 {
        let mut x = 1;
        if columns.time > 0 {
            pen.whole(x, 0, columns.time, self.time, Role::Dim);
            x += columns.time + 1;
        }
        if columns.gap > 0 {
            if let Some(gap) = self.gap() {
                pen.right(x, 0, columns.gap, &figure::gap(gap), Role::Dim);
            }
            x += columns.gap + 2;
        }
        x
    }

    /// Since the end of the request it answers, else of the entry before it.
    fn gap(self) -> Option<std::time::Duration> {
        let since = self.request.or(self.previous)?;
        Some(self.entry.latency(since))
    }

    fn words(self, theme: &Theme) -> Words {
        let glyphs = theme.glyphs();
        let plain = |sign, role, text: &str| Words {
            arrow: (sign, role),
            address: String::new(),
            summary: (text.to_owned(), role),
            verdict: ("", Role::Dim),
        };
        let or = |default| if self.text.is_empty() { default } else { self.text };
        match self.entry.kind {
            EntryKind::Frame(judged) => self.frame(judged, theme),
            EntryKind::Noise => plain(glyphs.noise, Role::Noise, or("noise")),
            EntryKind::Echo => plain(glyphs.echo, Role::Echo, or("echo of the request")),
            EntryKind::Mark(_) => plain(glyphs.mark, Role::Dim, self.text),
        }
    }

    fn frame(self, judged: Integrity, theme: &Theme) -> Words {
        let direction = self.direction();
        let summary = self.dissection.map_or_else(|| self.text.to_owned(), Dissection::summary);
        let (sign, role) = self.verdict(judged, theme);
        let address = self.dissection.and_then(|d| d.address).map_or_else(String::new, |a| a.to_string());
        Words {
            arrow: (theme.glyphs().direction(direction), Role::of_direction(direction)),
            address,
            summary: (summary, if role == Role::Bad { Role::Bad } else { Role::Text }),
            verdict: (sign, role),
        }
    }

    /// What the tracker found out, else which way the bytes went.
    fn direction(self) -> Direction {
        let known = self.dissection.map_or(self.entry.relation.direction, |d| d.direction);
        match (known, self.entry.way) {
            (Direction::Unknown, Dir::Tx) => Direction::Request,
            (known, _) => known,
        }
    }

    fn verdict(self, judged: Integrity, theme: &Theme) -> (&'static str, Role) {
        let glyphs = theme.glyphs();
        match (self.dissection.map(|d| d.verdict), judged) {
            (Some(Verdict::Good), _) | (None, Integrity::Good) => (glyphs.good, Role::Good),
            (Some(Verdict::Bad(_) | Verdict::Malformed(_)), _) | (None, Integrity::Bad) => {
                (glyphs.bad, Role::Bad)
            }
            (Some(Verdict::Unchecked(_)), _) | (None, Integrity::Unchecked) => (glyphs.open, Role::Dim),
        }
    }
}

impl Columns {
    /// Size goes first, then gap, address, time.
    fn of(room: u16, address: u16, theme: &Theme) -> Self {
        let sign = |sign| width(sign);
        let glyphs = theme.glyphs();
        let from = |least: u16, columns: u16| if room >= least { columns } else { 0 };
        Self {
            time: from(32, 12),
            gap: from(62, 8),
            // Two widths only: the summaries must not jump about as addresses come and go.
            address: from(44, if address > SHORT_ADDRESS { ADDRESS } else { SHORT_ADDRESS }),
            size: from(72, 8),
            verdict: sign(glyphs.good).max(sign(glyphs.bad)).max(sign(glyphs.open)) + 1,
        }
    }

    /// Columns from the size to the right end.
    const fn end(self) -> u16 {
        self.size + if self.size > 0 { 2 } else { 1 } + self.verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{At, Mismatch};
    use crate::protocol::Relation;
    use crate::tui::widgets::samples;
    use crate::tui::widgets::testing::{ascii, draw, keeps_to_its_area, styles, unicode};

    fn entry(kind: EntryKind, way: Dir, millis: u64, len: u32) -> Entry {
        let relation = Relation::default();
        let (first, last) = (At::from_millis(millis), At::from_millis(millis.saturating_add(18)));
        Entry { first, last, start: 0, len, kind, way, family: None, relation }
    }

    fn row<'a>(entry: &'a Entry, text: &'a str) -> EntryRow<'a> {
        EntryRow {
            entry,
            dissection: None,
            text,
            request: None,
            previous: None,
            time: "14:02:11.318",
            address_columns: ADDRESS,
            selected: false,
        }
    }

    type Show = fn(u16, u16, &Theme, &dyn Fn(Rect, &mut Buffer, &Theme)) -> String;

    const BAD: Verdict = Verdict::Bad(Mismatch::new(0x1C, 0x1B, 2));

    fn list(width: u16, theme: &Theme, show: Show) -> String {
        let sent = entry(EntryKind::Frame(Integrity::Good), Dir::Tx, 0, 17);
        let good = entry(EntryKind::Frame(Integrity::Good), Dir::Rx, 56, 18);
        let bad = entry(EntryKind::Frame(Integrity::Bad), Dir::Rx, 141, 18);
        let echo = entry(EntryKind::Echo, Dir::Rx, 18, 17);
        let noise = entry(EntryKind::Noise, Dir::Rx, 700, 2);
        let mark = entry(EntryKind::Mark(0), Dir::Rx, 90_000, 0);
        let asked = samples::dissection(samples::request(), Direction::Request, Verdict::Good);
        let answer = samples::dissection(samples::reply(), Direction::Reply, Verdict::Good);
        let broken = samples::dissection(samples::damaged(), Direction::Reply, BAD);
        let answered = |entry| EntryRow { request: Some(&sent), ..row(entry, "") };
        let rows = [
            EntryRow { dissection: Some(&asked), ..row(&sent, "") },
            EntryRow { dissection: Some(&answer), ..answered(&good) },
            EntryRow { previous: Some(&sent), ..row(&echo, "") },
            EntryRow { dissection: Some(&broken), selected: true, ..answered(&bad) },
            EntryRow { previous: Some(&bad), ..row(&noise, "00 FF before the next frame") },
            EntryRow { previous: Some(&noise), ..row(&mark, "line set to 9600 8N1") },
            row(&good, "not explained yet"),
        ];
        rows.iter().map(|row| show(width, 1, theme, &|a, b, t| row.render(a, b, t))).collect()
    }

    #[test]
    fn five_outcomes_have_five_looks_at_any_width() {
        let shown: Vec<String> = [110, 80, 68, 50, 40, 24]
            .iter()
            .map(|w| list(*w, &unicode(), |w, h, t, p| draw(w, h, t, p)))
            .collect();
        insta::assert_snapshot!(shown.join("----\n"));
    }

    #[test]
    fn they_differ_in_ascii_too() {
        insta::assert_snapshot!(list(90, &ascii(), |w, h, t, p| draw(w, h, t, p)));
    }

    #[test]
    fn they_differ_in_colour_too() {
        insta::assert_snapshot!(list(90, &unicode(), |w, h, t, p| styles(w, h, t, p)));
    }

    #[test]
    fn a_wild_text_stays_harmless() {
        let noise = entry(EntryKind::Noise, Dir::Rx, 0, u32::MAX);
        let shown = draw(90, 1, &unicode(), |a, b, t| row(&noise, "\u{1b}]0;x\u{7}\u{202E}").render(a, b, t));
        assert!(shown.contains("\\u{1B}]0;x\\u{7}\\u{202E}"), "{shown}");
    }

    #[test]
    fn any_area_will_do() {
        let good = entry(EntryKind::Frame(Integrity::Good), Dir::Rx, u64::MAX, u32::MAX);
        let row = EntryRow { selected: true, previous: Some(&good), ..row(&good, "text") };
        keeps_to_its_area(|area, buf, theme| row.render(area, buf, theme));
    }
}
