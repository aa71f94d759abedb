//! A list under headings that is searched by typing.

use tui_input::Input;

use crate::tui::widgets::keep_in_view;

/// What can be picked: where it stands, and the words it is found by.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'a> {
    /// The heading it stands under.
    pub heading: &'a str,
    /// What the search looks through.
    pub words: String,
}

/// A row of the list on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    /// The heading over the item with this index.
    Heading(usize),
    /// The item with this index.
    Item(usize),
}

/// A list with a search. The choice is an item, not a row, so that searching does not move it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Picker {
    /// Index of the chosen item.
    pub at: usize,
    /// First row on screen.
    pub top: usize,
    /// What is searched for.
    pub query: Input,
    /// Whether it is being typed.
    pub searching: bool,
    rows: Vec<Row>,
    all: usize,
}

impl Picker {
    /// How many items match, and how many there are.
    #[must_use]
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.matching().count(), self.all)
    }

    /// Whether a search is on.
    #[must_use]
    pub(crate) fn is_filtered(&self) -> bool {
        !self.query.value().trim().is_empty()
    }

    /// The row of the choice.
    #[must_use]
    pub(crate) fn row(&self) -> Option<usize> {
        self.rows.iter().position(|row| *row == Row::Item(self.at))
    }

    /// The chosen item, if it is among those that match.
    #[must_use]
    pub(crate) fn chosen(&self) -> Option<usize> {
        self.row().map(|_| self.at)
    }

    /// Searches anew and keeps the choice where it is, or moves it to the first match.
    ///
    /// The entries come in the order of the list, each with the index it is known by.
    pub(crate) fn refresh<'a>(&mut self, entries: impl Iterator<Item = (usize, Entry<'a>)>) {
        let query = self.query.value().to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        self.rows.clear();
        self.all = 0;
        let mut heading = None;
        for (index, entry) in entries {
            self.all += 1;
            let found = entry.words.to_lowercase();
            if !words.iter().all(|word| found.contains(word)) {
                continue;
            }
            if heading != Some(entry.heading) && !entry.heading.is_empty() {
                self.rows.push(Row::Heading(index));
            }
            heading = Some(entry.heading);
            self.rows.push(Row::Item(index));
        }
        if self.row().is_none() {
            self.first();
        }
    }

    /// Chooses the first item.
    pub(crate) fn first(&mut self) {
        let first = self.matching().next();
        self.at = first.unwrap_or(self.at);
    }

    /// Moves the choice by so many items.
    pub(crate) fn step(&mut self, by: isize) {
        let items: Vec<usize> = self.matching().collect();
        let place = items.iter().position(|item| *item == self.at).unwrap_or(0);
        let place = place.saturating_add_signed(by).min(items.len().saturating_sub(1));
        if let Some(item) = items.get(place) {
            self.at = *item;
        }
    }

    /// Chooses what stands in a row, counted from the first on screen.
    pub(crate) fn click(&mut self, row: usize) {
        if let Some(Row::Item(item)) = self.rows.get(self.top + row) {
            self.at = *item;
        }
    }

    /// Shows the choice, and its heading where it is the first under one.
    pub(crate) fn fit(&mut self, height: usize) {
        let Some(row) = self.row() else {
            self.top = 0;
            return;
        };
        self.top = keep_in_view(row, self.top, height.max(1), self.rows.len());
        let under_heading = row.checked_sub(1).and_then(|above| self.rows.get(above));
        if self.top == row && height > 1 && matches!(under_heading, Some(Row::Heading(_))) {
            self.top -= 1;
        }
    }

    /// The items that match, in the order of the list.
    pub(crate) fn matching(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().filter_map(|row| match row {
            Row::Item(index) => Some(*index),
            Row::Heading(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picker(query: &str) -> Picker {
        let entries = [("Energy", "0130 by tariff"), ("Energy", "012F by day"), ("Clock", "0120 time")];
        let mut picker = Picker { query: query.into(), ..Picker::default() };
        let entry = |(heading, words): (&'static str, &str)| Entry { heading, words: words.to_owned() };
        picker.refresh(entries.into_iter().map(entry).enumerate());
        picker
    }

    #[test]
    fn headings_stand_over_what_matches_only() {
        assert_eq!(picker("TIME").rows, [Row::Heading(2), Row::Item(2)]);
        assert_eq!(picker("by day").rows, [Row::Heading(1), Row::Item(1)]);
        assert_eq!(picker("nothing").chosen(), None);
        assert_eq!(picker("01 by").counts(), (2, 3));
    }

    #[test]
    fn stepping_skips_headings_and_stops_at_the_ends() {
        let mut picker = picker("");
        picker.step(2);
        assert_eq!(picker.chosen(), Some(2));
        picker.step(5);
        assert_eq!(picker.chosen(), Some(2));
        picker.step(-9);
        assert_eq!(picker.chosen(), Some(0));
    }

    #[test]
    fn the_first_item_brings_its_heading_into_view() {
        let mut picker = picker("");
        picker.top = 3;
        picker.at = 0;
        picker.fit(3);
        assert_eq!(picker.top, 0);
    }
}
