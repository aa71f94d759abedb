//! Encrypted messages that cannot be read: for want of a key, or with a wrong one.

use super::exchange::{Fault, MissingKey};
use crate::frame::{Dissection, ProblemCode, Role, Value, hex};

/// What keeps an encrypted message shut, by the code of its problem; `None` for problems of another kind.
#[must_use]
pub const fn lock(code: ProblemCode) -> Option<MissingKey> {
    match code {
        ProblemCode::NoKey | ProblemCode::SystemTitleMissing => Some(MissingKey::NoKey),
        ProblemCode::PlaintextCheck | ProblemCode::KeyLength | ProblemCode::Tag => Some(MissingKey::WrongKey),
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
    bytes_of(dissection, Role::SystemTitle)?.try_into().ok()
}

/// A system title as the value of a field, in the hex that a keys file wants, and whose it is.
#[must_use]
pub const fn title(title: [u8; 8]) -> (Value, &'static str) {
    (Value::Hex(u64::from_be_bytes(title), 16), title_maker(title))
}

/// The first three letters of a system title and the maker they stand for (list of the DLMS User Association).
const fn title_maker(title: [u8; 8]) -> &'static str {
    match title {
        [b'A', b'D', b'N', ..] => "ADN: Aidon",
        [b'E', b'G', b'M', ..] => "EGM: Elgama",
        [b'E', b'L', b'S', ..] => "ELS: Elster",
        [b'I', b'S', b'K', ..] => "ISK: Iskraemeco",
        [b'K', b'A', b'M', ..] => "KAM: Kamstrup",
        [b'K', b'F', b'M', ..] => "KFM: Kaifa",
        [b'L', b'G', b'Z', ..] => "LGZ: Landis+Gyr",
        [b'M', b'M', b'M', ..] => "MMM: the example of the Green Book",
        [b'S', b'A', b'G', ..] => "SAG: Sagemcom",
        [b'S', b'M', b'S', ..] => "SMS: Siemens",
        _ => "of a maker not known here",
    }
}

/// The system title and the security control of an encrypted message, as it shows them.
fn shown(dissection: &Dissection) -> String {
    let title = bytes_of(dissection, Role::SystemTitle);
    let control = bytes_of(dissection, Role::SecurityControl);
    match (title, control) {
        (Some(title), Some(control)) => {
            format!(" (system title {}, security control {})", hex::compact(title), hex::compact(control))
        }
        _ => String::new(),
    }
}

fn bytes_of(dissection: &Dissection, role: Role) -> Option<&[u8]> {
    dissection.layers.iter().find_map(|layer| {
        let field = layer.fields.iter().find(|field| field.role == role)?;
        layer.bytes.get(field.span.range())
    })
}
