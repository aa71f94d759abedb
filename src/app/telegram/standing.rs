//! How far a telegram was put together and opened.

use crate::frame::{Dissection, Layer, LayerKind, ProblemCode, Reason, Role, Value, Verdict};
use crate::reading::Decimal;

/// What became of a telegram's cipher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cipher {
    /// It is in clear.
    #[default]
    None,
    /// Deciphered; nothing in it proves who sent it.
    Open,
    /// Deciphered, and its tag fits.
    Authentic,
    /// Deciphered, and the tag was not or could not be checked.
    NotAuthentic,
    /// There is no key for this meter.
    NoKey,
    /// No key makes sense of it.
    WrongKey,
    /// Its counter did not rise: sent again by somebody, or another key or meter.
    Replayed,
}

/// Reassembly, cipher and frame counter of the newest telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// The parts that are there; 0 where telegrams come in one piece.
    pub parts: u16,
    /// Whether that is all of them.
    pub is_whole: bool,
    /// The cipher.
    pub cipher: Cipher,
    /// The frame counter, where one is shown.
    pub counter: Option<u32>,
}

impl Standing {
    /// The standing of a frame that is part `part`, counted from 0, of a message; `None` for one alone.
    #[must_use]
    pub fn of(frame: &Dissection, part: Option<u16>) -> Self {
        Self {
            parts: part.map_or(0, |part| part.saturating_add(1)),
            is_whole: !frame.is_part(),
            cipher: cipher(frame),
            counter: counter(frame),
        }
    }
}

fn cipher(frame: &Dissection) -> Cipher {
    let has = |code| frame.has_problem(code);
    if has(ProblemCode::Replay) {
        return Cipher::Replayed;
    }
    if has(ProblemCode::NoKey) || frame.verdict == Verdict::Unchecked(Reason::NoKey) {
        return Cipher::NoKey;
    }
    if has(ProblemCode::PlaintextCheck) || has(ProblemCode::KeyLength) {
        return Cipher::WrongKey;
    }
    if frame.layer(LayerKind::Decrypted).is_none() {
        return Cipher::None;
    }
    if has(ProblemCode::NotAuthenticated) || has(ProblemCode::Tag) || has(ProblemCode::AuthenticationKey) {
        return Cipher::NotAuthentic;
    }
    if frame.layers.iter().any(has_tag) { Cipher::Authentic } else { Cipher::Open }
}

fn has_tag(layer: &Layer) -> bool {
    layer.fields.iter().any(|field| field.role == Role::AuthenticationTag && !field.span.is_empty())
}

/// The counter that the first encrypted part shows.
fn counter(frame: &Dissection) -> Option<u32> {
    let mut fields = frame.layers.iter().flat_map(|layer| &layer.fields);
    fields.find_map(|field| match field.value {
        Value::Number(number) if field.role == Role::Counter => whole(number),
        _ => None,
    })
}

fn whole(number: Decimal) -> Option<u32> {
    u32::try_from(number.units()).ok().filter(|_| number.decimals() == 0)
}
