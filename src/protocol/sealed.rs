//! Encrypted messages that cannot be read: for want of a key, or with a wrong one.

use super::exchange::{Fault, Lock};
use crate::frame::{Dissection, Field, Label, Layer, hex};

/// What keeps an encrypted message shut, by the code of its problem; `None` for problems of another kind.
#[must_use]
pub fn lock(code: &str) -> Option<Lock> {
    match code {
        "no-key" | "system-title-missing" => Some(Lock::NoKey),
        "plaintext-check" | "key-length" | "tag" => Some(Lock::WrongKey),
        _ => None,
    }
}

/// Why a message cannot be read, when it is for its encryption: with what it shows of itself in clear, so that
/// the person knows whose key is wanted.
#[must_use]
pub fn fault(dissection: &Dissection) -> Option<Fault> {
    let (lock, text) =
        dissection.problems.iter().find_map(|problem| Some((lock(problem.code)?, &problem.text)))?;
    Some(Fault::Sealed { lock, what: format!("{text}{}", shown(dissection)) })
}

/// The system title that an encrypted message, or its first part, shows.
#[must_use]
pub fn system_title(dissection: &Dissection) -> Option<[u8; 8]> {
    bytes_of(dissection, "system title")?.try_into().ok()
}

/// The system title and the security control of an encrypted message, as it shows them.
fn shown(dissection: &Dissection) -> String {
    let title = bytes_of(dissection, "system title");
    let control = bytes_of(dissection, "security control");
    match (title, control) {
        (Some(title), Some(control)) => {
            format!(" (system title {}, security control {})", hex::compact(title), hex::compact(control))
        }
        _ => String::new(),
    }
}

fn bytes_of<'a>(dissection: &'a Dissection, name: &'static str) -> Option<&'a [u8]> {
    let named = |field: &&Field| field.label == Label::Name(name);
    let in_layer = |layer: &'a Layer| {
        let field = layer.fields.iter().find(named)?;
        layer.bytes.get(field.span.range())
    };
    dissection.layers.iter().find_map(in_layer)
}
