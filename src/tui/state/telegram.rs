//! The telegrams of a meter that speaks by itself: which came, which is shown, what changed in it.

use std::collections::VecDeque;
use std::time::Duration;

use super::inspector::Inspector;
use super::scroll::Scroll;
use crate::app::telegram::{Change, Line, Standing};
use crate::frame::At;
use crate::meter::Model;

/// The most telegrams that are kept to go back to; the trace has all.
pub(crate) const KEPT: usize = 4096;

/// A telegram that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Came {
    /// The number of its last frame in the trace.
    pub entry: u32,
    /// When its first byte came.
    pub at: At,
    /// Whether nothing speaks against it.
    pub is_sound: bool,
}

/// Which telegram is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Choice {
    /// The newest sound one; the newest of all where none is sound.
    #[default]
    Newest,
    /// The one with this last frame, whatever comes.
    Held(u32),
}

/// The telegrams that came, and the one under the glass.
#[derive(Debug, Clone, Default)]
pub(crate) struct Telegrams {
    /// Which cut of the trace was looked at.
    pub cut: u32,
    /// The number of the first entry of it that was not looked at.
    pub next: u32,
    /// How many came.
    pub count: u64,
    /// How many of them are damaged.
    pub damaged: u64,
    /// The last ones, the oldest first.
    pub came: VecDeque<Came>,
    /// Time from the beginning of the last but one to that of the last.
    pub interval: Option<Duration>,
    /// Parts of the last one that came in parts; 0 where they come in one piece.
    pub parts: u16,
    /// How the newest frame stands.
    pub standing: Standing,
    /// How far the frame counter grew from the telegram before; `None` while that is not known.
    pub step: Option<i64>,
    /// Which one is shown.
    pub choice: Choice,
    /// Telegrams that came since one was held.
    pub since: u64,
    /// The lines of the one shown.
    pub lines: Vec<Line>,
    /// What changed in them.
    pub changes: Vec<Change>,
    /// The telegram they are compared with, by its last frame.
    pub before: Option<u32>,
    /// The chosen line and those on screen.
    pub list: Scroll,
    /// The bytes of the one shown.
    pub glass: Inspector,
    /// What could be listened to where no meter was picked: telegrams of these meters come in.
    pub offer: Option<&'static Model>,
    /// The last bytes that came, while no telegram has: what they look like tells what is wrong.
    pub noise: Vec<u8>,
    /// How many received bytes were looked at for that.
    pub searched: u64,
    /// Whether the bench shows telegrams or requests, where the person has said so.
    pub wanted: Option<bool>,
}

impl Telegrams {
    /// The place of the one shown among those that are kept.
    #[must_use]
    pub(crate) fn place(&self) -> Option<usize> {
        let last = self.came.len().checked_sub(1)?;
        match self.choice {
            Choice::Newest => Some(self.came.iter().rposition(|came| came.is_sound).unwrap_or(last)),
            Choice::Held(entry) => self.came.iter().position(|came| came.entry == entry).or(Some(0)),
        }
    }

    /// The one that is shown.
    #[must_use]
    pub(crate) fn shown(&self) -> Option<Came> {
        self.came.get(self.place()?).copied()
    }

    /// Whether the one shown stays whatever comes.
    #[must_use]
    pub(crate) const fn is_held(&self) -> bool {
        matches!(self.choice, Choice::Held(_))
    }

    /// Telegrams that came after the one shown.
    #[must_use]
    pub(crate) fn after(&self) -> usize {
        self.place().map_or(0, |place| self.came.len() - 1 - place)
    }

    /// Takes note of a telegram.
    pub(crate) fn note(&mut self, came: Came) {
        self.interval = self.came.back().map(|before| came.at.since(before.at));
        self.count += 1;
        self.damaged += u64::from(!came.is_sound);
        self.since += 1;
        self.came.push_back(came);
        if self.came.len() > KEPT {
            self.came.pop_front();
        }
    }

    /// Lets the one shown stand still, or follows what comes again.
    pub(crate) fn hold(&mut self) {
        self.choice = match (self.choice, self.shown()) {
            (Choice::Newest, Some(shown)) => Choice::Held(shown.entry),
            _ => Choice::Newest,
        };
        self.since = 0;
    }

    /// Goes so many telegrams back or on; past the newest one it follows what comes again.
    pub(crate) fn step(&mut self, by: isize) {
        let Some(place) = self.place() else { return };
        let next = place.saturating_add_signed(by);
        match self.came.get(next) {
            Some(came) if next + 1 < self.came.len() || by < 0 => {
                if !self.is_held() {
                    self.since = 0;
                }
                self.choice = Choice::Held(came.entry);
            }
            _ => self.choice = Choice::Newest,
        }
    }

    /// The layer in which the lines stand is shown again, with the bytes of the chosen line lit.
    pub(crate) fn choose(&mut self, line: usize, layer: usize) {
        self.list.at = line.min(self.lines.len().saturating_sub(1));
        if let Some(line) = self.lines.get(self.list.at) {
            self.glass.layer = layer;
            self.glass.field = line.field;
            self.glass.byte = self.glass.lit().range().start;
        }
    }

    /// Chooses the line that the byte under the cursor belongs to.
    pub(crate) fn follow_byte(&mut self, layer: usize) {
        if self.glass.layer != layer {
            return;
        }
        let byte = self.glass.byte;
        let Some(shown) = self.glass.layer() else { return };
        let covers =
            |line: &Line| shown.fields.get(line.field).is_some_and(|field| field.span.contains(byte));
        if let Some(at) = self.lines.iter().rposition(covers) {
            self.list.at = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn telegrams(sound: &[bool]) -> Telegrams {
        let mut telegrams = Telegrams::default();
        for (number, is_sound) in (0u32..).zip(sound) {
            let at = At::from_millis(u64::from(number) * 1000);
            telegrams.note(Came { entry: number, at, is_sound: *is_sound });
        }
        telegrams
    }

    fn shown(telegrams: &Telegrams) -> Option<u32> {
        telegrams.shown().map(|came| came.entry)
    }

    #[test]
    fn the_newest_sound_one_is_shown_and_a_damaged_one_only_where_there_is_no_other() {
        assert_eq!(shown(&telegrams(&[true, true, false])), Some(1));
        assert_eq!(shown(&telegrams(&[false, false])), Some(1));
        assert_eq!(shown(&telegrams(&[])), None);
        let both = telegrams(&[true, false]);
        assert_eq!((both.count, both.damaged, both.after()), (2, 1, 1));
        assert_eq!(both.interval, Some(Duration::from_secs(1)));
    }

    #[test]
    fn one_that_is_held_stays_and_those_that_come_are_counted() {
        let mut telegrams = telegrams(&[true, true]);
        telegrams.hold();
        telegrams.note(Came { entry: 2, at: At::from_millis(2000), is_sound: true });
        assert_eq!((shown(&telegrams), telegrams.since), (Some(1), 1));
        telegrams.hold();
        assert_eq!(shown(&telegrams), Some(2));
    }

    #[test]
    fn going_back_holds_and_going_on_past_the_newest_follows_again() {
        let mut telegrams = telegrams(&[true, true, true]);
        telegrams.step(-1);
        assert_eq!((shown(&telegrams), telegrams.is_held()), (Some(1), true));
        telegrams.step(-9);
        assert_eq!(shown(&telegrams), Some(0));
        telegrams.step(1);
        telegrams.step(1);
        assert_eq!((shown(&telegrams), telegrams.is_held()), (Some(2), false));
    }

    #[test]
    fn those_that_are_kept_are_bounded() {
        let telegrams = telegrams(&vec![true; KEPT + 9]);
        assert_eq!((telegrams.came.len(), telegrams.count), (KEPT, KEPT as u64 + 9));
    }
}
