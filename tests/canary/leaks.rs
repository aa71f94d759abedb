//! Whether a text shows a secret, in any form that a person or a program could read it in.

use std::fmt::Write as _;

/// A secret that was shown.
#[derive(Debug)]
pub struct Leak {
    pub carrier: &'static str,
    pub how: String,
    pub taken_for: &'static str,
    /// The form it was shown in.
    #[allow(dead_code, reason = "shown when a test fails")]
    pub shown: String,
}

/// More than half of a secret in a row counts, and no less than three bytes.
pub fn shown(said: &str, secret: &[u8]) -> Option<String> {
    let len = (secret.len() / 2 + 1).max(3);
    let whole = forms_of_whole(secret).into_iter().find(|form| said.contains(form.as_str()));
    let mut part = secret.windows(len).flat_map(forms_of_part);
    whole.or_else(|| part.find(|form| said.contains(form.as_str())))
}

fn joined(bytes: &[u8], separator: &str, each: impl Fn(&u8) -> String) -> String {
    bytes.iter().map(each).collect::<Vec<_>>().join(separator)
}

fn forms_of_part(part: &[u8]) -> Vec<String> {
    let upper = |byte: &u8| format!("{byte:02X}");
    let lower = |byte: &u8| format!("{byte:02x}");
    let mut forms = vec![
        joined(part, " ", upper),
        joined(part, "", upper),
        joined(part, ":", upper),
        joined(part, " ", lower),
        joined(part, "", lower),
    ];
    let text: Vec<u8> = part.iter().map(|byte| byte & 0x7F).collect();
    if text.iter().all(u8::is_ascii_graphic) {
        forms.push(String::from_utf8(text).unwrap());
    }
    forms
}

fn forms_of_whole(secret: &[u8]) -> Vec<String> {
    let reversed: Vec<u8> = secret.iter().rev().copied().collect();
    let decimal = |byte: &u8| byte.to_string();
    let mut forms = vec![base64(secret), joined(secret, ", ", decimal), joined(secret, ",", decimal)];
    if secret.len() > 2 {
        forms.extend(forms_of_part(&reversed));
    }
    if let Ok(number) = secret.try_into().map(u32::from_le_bytes) {
        forms.push(number.to_string());
    }
    if secret.iter().all(|byte| *byte < 10) {
        forms.push(joined(secret, "", decimal));
    }
    forms
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = (0..3).fold(0u32, |sum, at| sum << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
        for digit in 0..4 {
            let sextet = number >> (18 - 6 * digit) & 63;
            let _ = write!(
                text,
                "{}",
                if digit <= chunk.len() { char::from(ALPHABET[sextet as usize]) } else { '=' }
            );
        }
    }
    text
}
