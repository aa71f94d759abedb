use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::frame::At;
use crate::protocol::{Integrity, Relation};
use crate::trace::{Claim, Dir, EntryKind};
use crate::tui::fixture::{Pushed, listening};
use crate::tui::layout::areas;
use crate::tui::state::telegram::Telegrams;

const DSMR: Pushed = Pushed {
    model: "dsmr5-p1",
    telegrams: &["v50-iskra-stream-1", "v50-iskra-stream-2"],
    has_keys: false,
    cut: usize::MAX,
};

fn watching() -> State {
    listening(SIZE, Screen::Bench, &DSMR)
}

fn chosen(state: &State) -> &str {
    let telegrams = &state.telegrams;
    telegrams.lines.get(telegrams.list.at).map_or("", |line| line.name.as_str())
}

#[test]
fn the_bench_of_a_meter_that_only_speaks_shows_its_telegrams() {
    let mut state = watching();
    assert!(state.shows_telegrams());
    assert_eq!((state.pane(), state.telegrams.count), (Pane::Lines, 2));
    keys(&mut state, &["u"]);
    assert!(!state.shows_telegrams());
    keys(&mut state, &["u"]);
    assert!(state.shows_telegrams());
    assert!(!connected(SIZE, Screen::Bench).shows_telegrams());
}

#[test]
fn a_line_lights_its_bytes_and_a_byte_chooses_its_line() {
    let mut state = watching();
    keys(&mut state, &["down", "down", "down", "down"]);
    let (name, lit) = (chosen(&state).to_owned(), state.telegrams.glass.lit());
    assert_eq!(name, "import, tariff 1");
    let layer = state.telegrams.glass.layer().unwrap();
    assert!(layer.bytes[lit.range()].starts_with(b"1-0:1.8.1("));
    keys(&mut state, &["tab"]);
    assert_eq!(state.pane(), Pane::TelegramBytes);
    keys(&mut state, &["right"; 40]);
    assert_eq!(chosen(&state), "import, tariff 2");
}

#[test]
fn page_up_shows_the_telegram_before_and_space_holds_it() {
    let mut state = watching();
    let newest = state.telegrams.glass.entry;
    keys(&mut state, &["pageup"]);
    assert!(state.telegrams.is_held() && state.telegrams.glass.entry < newest);
    keys(&mut state, &["f"]);
    assert_eq!((state.telegrams.is_held(), state.telegrams.glass.entry), (false, newest));
    keys(&mut state, &["space"]);
    assert!(state.telegrams.is_held());
    keys(&mut state, &["pagedown"]);
    assert!(!state.telegrams.is_held());
}

#[test]
fn the_chosen_line_stays_chosen_from_telegram_to_telegram() {
    let mut state = watching();
    keys(&mut state, &["down", "down", "down", "down", "pageup"]);
    assert_eq!(chosen(&state), "import, tariff 1");
    let lit = state.telegrams.glass.lit();
    assert!(state.telegrams.glass.layer().unwrap().bytes[lit.range()].starts_with(b"1-0:1.8.1("));
}

#[test]
fn a_click_chooses_a_line_or_a_byte() {
    let mut state = watching();
    let click = |column, row| {
        let kind = MouseEventKind::Down(MouseButton::Left);
        Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
    };
    let lines = areas(&state).of(Pane::Lines);
    assert!(send(&mut state, click(lines.x + 4, lines.y + 6)).is_empty());
    assert_eq!(chosen(&state), "import, tariff 2");
    let bytes = areas(&state).of(Pane::TelegramBytes);
    send(&mut state, click(bytes.x + 7, bytes.y + 5));
    assert_eq!(state.pane(), Pane::TelegramBytes);
    let glass = &state.telegrams.glass;
    assert!(glass.layer().unwrap().fields.get(glass.field).is_some());
}

#[test]
fn from_a_telegram_to_its_frame_in_the_trace() {
    let mut state = watching();
    let entry = state.telegrams.glass.entry.unwrap();
    keys(&mut state, &["t"]);
    assert_eq!((state.screen, state.view.at), (Screen::Trace, entry));
}

#[test]
fn every_telegram_feeds_the_readings_and_nothing_is_polled() {
    let mut state = watching();
    assert!(keys(&mut state, &["5"]).is_empty());
    assert!(!state.polling.poller.repeats());
    let power = state.readings.power().unwrap();
    assert_eq!(power.history.len(), 2);
    assert!(keys(&mut state, &["p", "enter"]).is_empty(), "nothing is asked");
    assert!(notice(&state).contains("nothing needs to be asked"));
}

#[test]
fn when_nothing_came_the_same_telegram_is_not_explained_again() {
    let mut state = watching();
    let before = state.telegrams.glass.clone();
    let generation = state.generation;
    let now = state.now;
    send(&mut state, Message::Tick(now));
    assert_eq!((state.generation, &state.telegrams.glass), (generation, &before));
}

#[test]
fn the_first_part_of_a_push_is_told_and_is_no_telegram() {
    let pushed =
        Pushed { model: "kaifa-ma309", telegrams: &["evn-kaifa-ma309-doc"], has_keys: true, cut: 256 };
    let state = listening(SIZE, Screen::Bench, &pushed);
    assert_eq!((state.telegrams.count, state.telegrams.standing.is_whole), (0, false));
    assert_eq!(state.telegrams.standing.parts, 1);
}

#[test]
fn telegrams_that_come_before_a_meter_was_picked_are_offered() {
    let mut state = watching();
    let bytes = {
        let trace = state.trace.lock();
        trace.bytes_of(&trace.entry(0).unwrap()).into_owned()
    };
    let mut noise = crate::trace::Trace::new(later(0));
    noise.record(crate::trace::Dir::Rx, &bytes, At::from_millis(5));
    state = fresh(SIZE);
    start(&mut state, "tcp://192.0.2.7:4001".parse().ok(), None);
    send(&mut state, Message::Opened(crate::trace::SharedTrace::new(noise)));
    state.screen = Screen::Bench;
    let mut status = crate::tui::fixture::status();
    status.counters.bytes_in = bytes.len() as u64;
    send(&mut state, Message::Traffic(status));
    state.screen = Screen::Bench;
    send(&mut state, Message::Resize(SIZE.0, SIZE.1));
    assert_eq!(state.telegrams.offer.map(|model| model.id), Some("dsmr-p1"));
    keys(&mut state, &["enter"]);
    assert_eq!(state.target.as_ref().map(|target| target.model.id), Some("dsmr-p1"));
}

/// So much of something that came after the telegrams.
fn followed_by(kind: EntryKind, count: u32) -> State {
    let mut state = watching();
    {
        let mut trace = state.trace.lock();
        for millis in 0..u64::from(count) {
            let at = At::from_millis(60_000 + millis);
            trace.record(Dir::Rx, &[0], at);
            let (way, relation) = (Dir::Rx, Relation::default());
            trace.claim(Claim { way, len: 1, kind, first: at, last: at, family: None, relation });
        }
    }
    // As when the trace is looked at for the first time.
    state.telegrams = Telegrams::default();
    send(&mut state, Message::Resize(SIZE.0, SIZE.1));
    state
}

#[test]
fn the_last_telegrams_are_found_however_much_came_after_them() {
    for kind in [EntryKind::Noise, EntryKind::Frame(Integrity::Unchecked)] {
        let state = followed_by(kind, 10_000);
        assert_eq!(state.telegrams.count, 2, "{kind:?}");
        assert_eq!(state.telegrams.glass.entry, watching().telegrams.glass.entry);
        assert!(state.telegrams.changes.iter().any(|change| change.is_seen()), "both are compared");
    }
}
