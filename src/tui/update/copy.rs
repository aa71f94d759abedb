//! Copying frames to the clipboard.

use std::fmt::Write as _;

use super::super::message::Effect;
use super::super::state::inspector::Inspector;
use super::super::state::{Screen, State};
use super::Effects;
use crate::frame::{Dissection, Layer, Span};

/// Copies the bytes of the frame that is looked at as hex; secrets are masked unless they are being shown.
pub(super) fn hex(state: &mut State, effects: &mut Effects) {
    let layer = looked_at(state).and_then(Inspector::layer);
    let text = match (layer, state.screen) {
        (Some(layer), _) => masked(layer, state.reveal),
        (None, Screen::Bench) => drafted(state),
        _ => String::new(),
    };
    give(state, text, effects);
}

/// Copies the frame that is looked at as text with what its bytes mean.
pub(super) fn text(state: &mut State, effects: &mut Effects) {
    let text = looked_at(state).and_then(|inspector| inspector.shown.as_ref()).map(annotated);
    give(state, text.unwrap_or_default(), effects);
}

fn give(state: &mut State, text: String, effects: &mut Effects) {
    if text.is_empty() {
        state.say("there is nothing to copy here");
        return;
    }
    state.say("copied (the terminal must allow OSC 52)");
    effects.push(Effect::Copy(text));
}

fn looked_at(state: &State) -> Option<&Inspector> {
    match state.screen {
        Screen::Bench if state.shows_telegrams() => Some(&state.telegrams.glass),
        Screen::Bench => Some(&state.bench.reply),
        Screen::Trace => Some(&state.view.detail),
        _ => None,
    }
}

fn drafted(state: &State) -> String {
    match &state.bench.draft {
        super::super::state::bench::Draft::Ready { meaning: Some(meaning), .. } => {
            meaning.wire().map(|wire| masked(wire, state.reveal)).unwrap_or_default()
        }
        draft => crate::frame::hex::spaced(draft.bytes()),
    }
}

/// The bytes of a layer as hex, those of secrets as `**` unless revealed.
pub(super) fn masked(layer: &Layer, reveal: bool) -> String {
    let whole = Span::new(0, layer.bytes.len());
    if reveal { crate::frame::hex::spaced(&layer.bytes) } else { layer.hex_of(whole) }
}

fn annotated(dissection: &Dissection) -> String {
    let mut text = dissection.summary();
    let Some(layer) = dissection.wire() else { return text };
    for field in &layer.fields {
        let indent = usize::from(field.depth) * 2;
        let shown = layer.hex_of(field.span);
        let value = layer.text_of(field);
        let _ = write!(text, "\n{:indent$}{}  {shown}  {value} {}", "", field.label, field.unit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Field, Value};

    #[test]
    fn a_secret_is_copied_masked_unless_it_is_being_shown() {
        let mut dissection = Dissection::unexplained("test", &[1, 2, 3], "x");
        dissection.layers[0].fields = vec![
            Field::new("to", Span::new(0, 1), Value::Bytes),
            Field::new("password", Span::new(1, 3), Value::Secret),
        ];
        assert_eq!(masked(&dissection.layers[0], false), "01 ** **");
        assert_eq!(masked(&dissection.layers[0], true), "01 02 03");
        assert!(!annotated(&dissection).contains("02"));
    }
}
