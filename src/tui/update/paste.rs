//! Pasted text is text: it goes into what is being typed, or is offered for decoding. It never presses keys.

use tui_input::InputRequest;

use super::super::state::inspector::Inspector;
use super::super::state::{Popup, State};
use super::keys::{LONGEST, input, retyped};
use super::popup;
use crate::frame::{Dissection, hex};
use crate::protocol::{Context, MeterKey, registry};

/// Bytes that a paste may decode to.
const MOST: usize = 65_536;

/// Takes pasted text in.
pub(super) fn pasted(state: &mut State, text: &str) {
    if popup::is_no_answer(state, false) {
        return;
    }
    if let Some(input) = input(state) {
        let room = LONGEST.saturating_sub(input.value().chars().count());
        for character in text.chars().filter_map(plain).take(room) {
            input.handle(InputRequest::InsertChar(character));
        }
        retyped(state);
        return;
    }
    if state.popup.is_some() {
        return;
    }
    match hex::parse(text) {
        Ok(bytes) if bytes.is_empty() => {}
        Ok(bytes) if bytes.len() > MOST => state.warn(format!("pasted {} bytes: too many", bytes.len())),
        Ok(bytes) => state.popup = Some(Popup::Paste(bytes)),
        Err(error) => state.warn(format!("pasted text is not hex: {error}")),
    }
}

/// What a text field takes of a pasted character: no control characters, line ends and tabs as spaces.
fn plain(character: char) -> Option<char> {
    match character {
        '\n' | '\t' => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// Explains bytes by the meter's protocol, or by the first that finds its checksum good.
pub(super) fn explain(state: &State, bytes: &[u8]) -> Inspector {
    let keys = state.keys_here().ciphers("");
    let dialect = state.target.as_ref().map(|target| target.model.dialect).unwrap_or_default();
    let context = Context { dialect, keys: &keys, ..Context::default() };
    let own = state.target.as_ref().map(crate::app::target::Target::family);
    let dissection = match own {
        Some(family) => family.dissect(bytes, &context),
        None => best(bytes, &keys),
    };
    let mut inspector = Inspector::default();
    inspector.show(None, Some(dissection));
    inspector
}

fn best(bytes: &[u8], keys: &[MeterKey]) -> Dissection {
    let context = Context { keys, ..Context::default() };
    let all = registry::FAMILIES.iter().map(|family| family.dissect(bytes, &context));
    let mut fallback = None;
    for dissection in all {
        if dissection.verdict == crate::frame::Verdict::Good {
            return dissection;
        }
        fallback.get_or_insert(dissection);
    }
    fallback.unwrap_or_else(|| Dissection::unexplained("", bytes, "bytes"))
}
