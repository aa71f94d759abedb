//! Raw bytes typed by hand.

use crate::protocol::Family;

/// Bytes from what was typed.
///
/// # Errors
/// One line that says what is wrong and where.
pub fn parse(text: &str, family: Option<&'static dyn Family>) -> Result<Vec<u8>, String> {
    let (body, append) = match text.trim_end().strip_suffix("+crc") {
        Some(body) => (body, true),
        None => (text, false),
    };
    let bytes = crate::frame::hex::parse(body).map_err(|error| error.to_string())?;
    match (append, family) {
        (false, _) => Ok(bytes),
        (true, Some(family)) => Ok(family.with_checksum(&bytes)),
        (true, None) => Err("+crc needs a meter: its protocol has the rule".to_owned()),
    }
}
