//! The journals: what stands in the answers to 04 (M236, 4.2).

use super::form::{Form, Item, item};
use crate::protocol::Choice;
use crate::reading::Unit;

/// The record that was written last; its number comes with it.
pub(super) const NEWEST: u8 = 0xFF;
/// All ten records of a journal, or the first twenty of a quality journal.
const BLOCK: u8 = 0xFE;
/// The last block of twenty records of a quality journal.
const LAST_BLOCK: u8 = 0xFA;

/// What a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Record {
    /// When it began and when it ended.
    Pair,
    /// When it happened.
    Single,
    /// Commands that changed settings.
    Commands,
    /// The state word.
    State,
    /// A dip or swell of a voltage.
    Dip,
    /// Load control.
    Load,
}

/// A journal.
#[derive(Debug)]
struct Journal {
    code: u8,
    title: &'static str,
    record: Record,
}

const fn pair(code: u8, title: &'static str) -> Journal {
    Journal { code, title, record: Record::Pair }
}

const fn single(code: u8, title: &'static str) -> Journal {
    Journal { code, title, record: Record::Single }
}

const fn other(code: u8, title: &'static str, record: Record) -> Journal {
    Journal { code, title, record }
}

/// Every journal there is. Their titles are the words a person picks them by.
#[rustfmt::skip]
const JOURNALS: &[Journal] = &[
    pair(0x01, "mains"), pair(0x02, "clock-set"), pair(0x03, "voltage-1"), pair(0x04, "voltage-2"),
    pair(0x05, "voltage-3"), pair(0x06, "power-limit"), single(0x07, "schedule-changed"),
    single(0x08, "holidays-changed"), single(0x09, "energy-reset"), single(0x0A, "profile-init"),
    single(0x0B, "energy-limit-1"), single(0x0C, "energy-limit-2"), single(0x0D, "energy-limit-3"),
    single(0x0E, "energy-limit-4"), single(0x0F, "power-limit-set"), single(0x10, "energy-limit-set"),
    single(0x11, "losses-set"), pair(0x12, "cover"), other(0x13, "programming", Record::Commands),
    other(0x14, "state", Record::State), single(0x15, "maxima-schedule"), single(0x16, "maxima-reset"),
    pair(0x17, "current-1"), pair(0x18, "current-2"), pair(0x19, "current-3"), pair(0x1A, "magnet"),
    pair(0x20, "u1-min-limit"), pair(0x21, "u1-min-normal"), pair(0x22, "u1-max-normal"), pair(0x23, "u1-max-limit"),
    pair(0x24, "u2-min-limit"), pair(0x25, "u2-min-normal"), pair(0x26, "u2-max-normal"), pair(0x27, "u2-max-limit"),
    pair(0x28, "u3-min-limit"), pair(0x29, "u3-min-normal"), pair(0x2A, "u3-max-normal"), pair(0x2B, "u3-max-limit"),
    pair(0x2C, "f-min-limit"), pair(0x2D, "f-min-normal"), pair(0x2E, "f-max-normal"), pair(0x2F, "f-max-limit"),
    other(0x30, "dips-1", Record::Dip), other(0x31, "dips-2", Record::Dip), other(0x32, "dips-3", Record::Dip),
    pair(0x80, "reverse-current-1"), pair(0x81, "reverse-current-2"), pair(0x82, "reverse-current-3"),
    pair(0x83, "no-voltage-1"), pair(0x84, "no-voltage-2"), pair(0x85, "no-voltage-3"), pair(0x86, "phase-order"),
    other(0x87, "load-control", Record::Load),
];

const COUNT: usize = JOURNALS.len();

/// The journals as choices of a command.
pub(super) const WORDS: [Choice; COUNT] = words();

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time, where a wrong index is an error")]
const fn words() -> [Choice; COUNT] {
    let mut words = [Choice { value: 0, word: "" }; COUNT];
    let mut row = 0;
    while row < COUNT {
        words[row] = Choice { value: JOURNALS[row].code as i64, word: JOURNALS[row].title };
        row += 1;
    }
    words
}

const DIP_KIND: [Choice; 2] = [Choice { value: 0, word: "over" }, Choice { value: 1, word: "dip" }];

/// The items of an answer.
pub(super) fn items(journal: u8, record: u8) -> Option<Vec<Item>> {
    let journal = JOURNALS.iter().find(|known| known.code == journal)?;
    let is_quality = (0x20..=0x32).contains(&journal.code);
    let one = journal.items();
    Some(match record {
        NEWEST => one.into_iter().chain([item("record number", Form::Count(1))]).collect(),
        BLOCK if !is_quality => block(&one, 10),
        LAST_BLOCK..=BLOCK if is_quality => block(&one, 20),
        _ => one,
    })
}

fn block(one: &[Item], count: u16) -> Vec<Item> {
    (1..=count).flat_map(|nth| one.iter().map(move |item| item.nth(nth))).collect()
}

impl Journal {
    fn items(&self) -> Vec<Item> {
        let named = |name, form| item(name, form).read();
        match self.record {
            Record::Pair => vec![named(self.title, Form::Stamp), named("until", Form::Stamp)],
            Record::Single => vec![named(self.title, Form::Stamp)],
            Record::Commands => vec![
                item("date", Form::Date).times(),
                named("settings changed", Form::Count(1)),
                named("commands used", Form::Hex(7)).note("a bit for each command 03 00 to 03 37"),
                item("command 07", Form::Count(1)).note("whether memory was written by address"),
            ],
            Record::State => vec![item("time", Form::Stamp).times(), named("state word", Form::State)],
            Record::Dip => vec![
                item("time", Form::FineStamp).times(),
                named("duration", Form::Word(2)).unit(Unit::Second),
                named("kind", Form::Choice(&DIP_KIND)),
                named("depth", Form::Word(2)).unit(Unit::Percent),
            ],
            Record::Load => {
                vec![item("time", Form::Stamp).times(), named("load control events", Form::Hex(6))]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::incotex::items::size;

    #[test]
    fn records_have_the_lengths_of_the_makers_list() {
        let length = |journal, record| items(journal, record).map(|items| size(&items));
        assert_eq!(
            (length(0x01, 2), length(0x01, NEWEST), length(0x01, BLOCK)),
            (Some(12), Some(13), Some(120))
        );
        assert_eq!((length(0x07, 0), length(0x07, NEWEST)), (Some(6), Some(7)));
        assert_eq!((length(0x13, 0), length(0x14, 0), length(0x30, 0)), (Some(12), Some(12), Some(12)));
        assert_eq!(
            (length(0x20, 0xFA), length(0x20, 0x63), length(0x87, 9)),
            (Some(240), Some(12), Some(12))
        );
        assert_eq!(length(0x99, 0), None);
    }
}
