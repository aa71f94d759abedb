//! Telegrams that a meter sends by itself: taken in as they come, explained when they are looked at.

use std::ops::Range;

use super::super::keymap::Action;
use super::super::state::telegram::{Came, Choice, KEPT, Telegrams};
use super::super::state::{Pane, Screen, State};
use super::{Effects, go, shown, trace as entries};
use crate::app::signal_hints;
use crate::app::telegram::{self, Standing, changes, lines};
use crate::frame::Dissection;
use crate::meter::{MODELS, Model};
use crate::protocol::Family;
use crate::trace::{Dir, Entry, EntryKind, Trace};

/// The most telegrams that are looked through for one to compare with.
const LOOKED_BACK: usize = 16;

/// What the keys of this view do.
pub(super) fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::Left => step_byte(state, -1),
        Action::Right => step_byte(state, 1),
        Action::NextLayer => state.telegrams.glass.next_layer(),
        Action::Hold => state.telegrams.hold(),
        Action::Newest => state.telegrams.choice = Choice::Newest,
        Action::Older => state.telegrams.step(-1),
        Action::Newer => state.telegrams.step(1),
        Action::TelegramToTrace => to_trace(state),
        Action::Requests => state.telegrams.wanted = Some(false),
        Action::Watch => watch(state, effects),
        _ => {}
    }
}

/// Shows the telegrams; of meters that are not picked, those that come in are taken.
pub(super) fn watch(state: &mut State, effects: &mut Effects) {
    if let (None, Some(model)) = (&state.target, state.telegrams.offer) {
        match super::meter::choose_by_name(state, model.id, "", effects) {
            Ok(()) => state.say(format!("read as {} {}: screen 2 picks another", model.maker, model.title)),
            Err(why) => state.warn(why),
        }
    } else if state.listens() {
        state.telegrams.wanted = Some(true);
    } else {
        state.say("nothing speaks by itself here; requests are made on this screen");
    }
}

fn step_byte(state: &mut State, by: isize) {
    let layer = content(&state.telegrams);
    state.telegrams.glass.step_byte(by);
    state.telegrams.follow_byte(layer);
}

/// Chooses a byte and the line it belongs to.
pub(super) fn choose_byte(state: &mut State, byte: usize) {
    let layer = content(&state.telegrams);
    state.telegrams.glass.choose_byte(byte);
    state.telegrams.follow_byte(layer);
}

/// Moves over so many lines, or over the rows of the bytes.
pub(super) fn step(state: &mut State, by: isize) {
    if state.pane() == Pane::TelegramBytes {
        let per_row = super::super::layout::glass_columns(state);
        step_byte(state, by.saturating_mul(per_row));
    } else {
        let at = state.telegrams.list.at.saturating_add_signed(by);
        choose(state, at);
    }
}

/// Chooses a line and lights its bytes.
pub(super) fn choose(state: &mut State, line: usize) {
    let layer = content(&state.telegrams);
    state.telegrams.choose(line, layer);
}

/// The layer of the one shown in which its lines stand.
pub(super) fn content(telegrams: &Telegrams) -> usize {
    telegrams.glass.shown.as_ref().map_or(0, telegram::content_layer)
}

fn to_trace(state: &mut State) {
    let Some(shown) = state.telegrams.shown() else {
        state.say("no telegram has come yet");
        return;
    };
    state.view.choose(shown.entry);
    go::to(state, Screen::Trace);
    state.focus_on(Pane::Entries);
}

/// Looks at what has come since the last time: counts telegrams, and gives their readings to the screen of values.
pub(super) fn take_in(state: &mut State) {
    let (len, shared) = (state.view.len, state.trace.clone());
    let cut = shared.lock().cut();
    if cut != state.telegrams.cut {
        let wanted = state.telegrams.wanted;
        state.telegrams = Telegrams { cut, wanted, ..Telegrams::default() };
        state.shown.restart();
    }
    if !state.listens() {
        search(state);
        state.telegrams.next = len;
        return;
    }
    let trace = shared.lock();
    for number in newest(&trace, state.telegrams.next.max(state.shown.from)..len).into_iter().rev() {
        take(state, &trace, number);
    }
    state.telegrams.next = len;
    let received = state.status.counters.bytes_in;
    if state.telegrams.count == 0 && received != state.telegrams.searched {
        state.telegrams.searched = received;
        state.telegrams.noise = signal_hints::newest(&trace, state.shown.from);
    }
}

/// The last frames among some entries, the newest first: as many as are kept, and where none of those is a telegram,
/// the last two that are, however far back. Noise, marks and requests are passed over without being explained.
fn newest(trace: &Trace, among: Range<u32>) -> Vec<u32> {
    let is_telegram = |number: &u32| trace.dissect(*number).is_some_and(|frame| telegram::is_whole(&frame));
    let mut heard = among.rev().filter(|number| trace.entry(*number).is_some_and(|entry| is_heard(&entry)));
    let mut last: Vec<u32> = heard.by_ref().take(KEPT).collect();
    if last.len() == KEPT && !last.iter().any(is_telegram) {
        last.extend(heard.filter(is_telegram).take(2));
    }
    last
}

fn take(state: &mut State, trace: &Trace, number: u32) {
    let Some(entry) = trace.entry(number) else { return };
    let Some(frame) = trace.dissect(number) else { return };
    if !shown::is_of_shown(state, number, &entry, &frame) {
        return;
    }
    let telegrams = &mut state.telegrams;
    let part = entry.relation.message.map(|_| entry.relation.part);
    stand(telegrams, &frame, part);
    if !telegram::is_whole(&frame) {
        return;
    }
    telegrams.parts = telegrams.standing.parts;
    let first = entry.relation.message.and_then(|first| trace.entry(first)).map_or(entry.first, |e| e.first);
    telegrams.note(Came { entry: number, at: first, is_sound: !frame.verdict.is_bad() });
    let when = trace.wall(entry.last);
    if !frame.verdict.is_bad() {
        for reading in frame.readings {
            state.readings.take(reading, when);
        }
    }
}

/// Frames of the meter's, asked for or not.
fn is_heard(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::Frame(_)) && entry.way == Dir::Rx
}

/// How the newest frame stands to the one before it.
fn stand(telegrams: &mut Telegrams, frame: &Dissection, part: Option<u16>) {
    let before = telegrams.standing;
    let now = Standing::of(frame, part);
    if part.unwrap_or(0) == 0 {
        telegrams.step = now.counter.zip(before.counter).map(|(now, then)| i64::from(now) - i64::from(then));
    }
    // A part says nothing of the cipher yet: what the telegram before came to stands until this one is whole.
    let cipher = if now.is_whole { now.cipher } else { before.cipher };
    telegrams.standing = Standing { cipher, ..now };
}

/// Explains the one that is shown and what changed in it.
pub(super) fn explain(state: &mut State) {
    let Some(shown) = state.telegrams.shown() else {
        state.telegrams.glass.show(None, None);
        state.telegrams.lines.clear();
        return;
    };
    let explained = entries::explanation(&state.trace.lock(), shown.entry);
    let is_same =
        state.telegrams.glass.entry == Some(shown.entry) && state.telegrams.glass.shown == explained;
    let Some(explained) = explained.filter(|_| !is_same) else { return };
    let now = lines(&explained);
    let before = compared(state, &explained, now.len());
    let telegrams = &mut state.telegrams;
    telegrams.changes = changes(&now, before.as_ref().map(|(_, lines)| lines.as_slice()));
    telegrams.before = before.map(|(entry, _)| entry);
    telegrams.lines = now;
    put_under_glass(telegrams, shown.entry, explained);
}

/// The place is kept from telegram to telegram: the line, or the byte where the bytes have the focus.
fn put_under_glass(telegrams: &mut Telegrams, entry: u32, explained: Dissection) {
    let content = telegram::content_layer(&explained);
    let (line, layer, top) = (telegrams.list.at, telegrams.glass.layer, telegrams.glass.hex_top);
    let was_content = telegrams.glass.shown.as_ref().is_none_or(|old| telegram::content_layer(old) == layer);
    telegrams.glass.show(Some(entry), Some(explained));
    telegrams.choose(line, content);
    telegrams.glass.hex_top = top;
    if !was_content {
        telegrams.glass.layer = layer.min(content);
    }
}

/// The lines of the sound telegram before it that is most like it: of the same meter and with as many lines, else
/// just the one before.
fn compared(state: &State, shown: &Dissection, count: usize) -> Option<(u32, Vec<telegram::Line>)> {
    let place = state.telegrams.place()?;
    let trace = state.trace.lock();
    let earlier = state.telegrams.came.iter().take(place).rev().filter(|came| came.is_sound);
    let mut nearest = None;
    for came in earlier.take(LOOKED_BACK) {
        let Some(other) = trace.dissect(came.entry) else { continue };
        if other.address != shown.address || other.protocol != shown.protocol {
            continue;
        }
        let found = (came.entry, lines(&other));
        if found.1.len() == count {
            return Some(found);
        }
        nearest.get_or_insert(found);
    }
    nearest
}

/// Looks for telegrams in what comes in while no meter is picked.
fn search(state: &mut State) {
    let received = state.status.counters.bytes_in;
    let is_idle = state.target.is_none() && state.screen == Screen::Bench;
    if !is_idle || received == state.telegrams.searched {
        return;
    }
    state.telegrams.searched = received;
    let bytes = signal_hints::newest(&state.trace.lock(), 0);
    state.telegrams.offer = crate::decode::recognise_good(&bytes, &state.keys_here().ciphers(""))
        .and_then(|found| generic(found.family));
}

/// The model that stands for any meter of a family in which meters speak by themselves.
fn generic(family: &dyn Family) -> Option<&'static Model> {
    let is_it = |model: &&Model| model.is_generic && model.protocol == family;
    MODELS.iter().copied().find(is_it).filter(|_| family.profile().usual.is_some())
}
