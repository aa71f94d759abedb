//! Keys where they do not belong: typed as the name of a file, of a link or of a model, they are not shown.

use std::path::Path;

/// What stands for what looks like a key.
pub(super) const HIDDEN: &str = "******** (like a key, not shown)";

/// Hex digits, or characters of base64, from which on a word in a message may be a key: half of the shortest key is
/// a system title, which is shown; sixteen bytes are 22 characters of base64.
const HEX: usize = 24;
const BASE64: usize = 22;

/// From which on the name of a file may be one: the digits of half a key, or sixteen characters typed as they are.
const IN_A_NAME: usize = 16;

/// The name of a file as text that may be shown; hidden where it looks like a key, whole or one of its parts.
#[must_use]
pub fn file(path: &Path) -> String {
    let shown = super::string(&path.to_string_lossy());
    if is_key(&shown) || shown.split('/').any(is_key) { HIDDEN.to_owned() } else { shown }
}

/// Whether a name, or a part of a path, could be a key: hex however it is grouped, or mixed letters and digits.
fn is_key(name: &str) -> bool {
    let hex: String = name.chars().filter(|c| !matches!(c, ' ' | ':' | '-' | '_')).collect();
    let is_hex = hex.len() >= IN_A_NAME && hex.chars().all(|c| c.is_ascii_hexdigit());
    is_hex || (name.len() >= IN_A_NAME && !name.starts_with('/') && is_mixed(name))
}

/// Characters of base64 alone, with digits and letters of both sizes among them.
fn is_mixed(word: &str) -> bool {
    let kinds = [char::is_ascii_digit, char::is_ascii_uppercase, char::is_ascii_lowercase];
    word.chars().all(is_base64) && kinds.iter().all(|kind| word.chars().any(|c| kind(&c)))
}

const fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
}

/// A message without the words in it that look like keys.
#[must_use]
pub fn without_keys(message: &str) -> String {
    let mut shown = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find(is_base64) {
        let (before, from) = rest.split_at(start);
        let word_len = from.find(|c| !is_base64(c)).unwrap_or(from.len());
        let (word, behind) = from.split_at(pairs(from).unwrap_or(word_len));
        shown.push_str(before);
        shown.push_str(if may_be_key(word) { HIDDEN } else { word });
        rest = behind;
    }
    shown + rest
}

/// The length of a key whose bytes are parted by `:` or `-`, if one begins here.
fn pairs(text: &str) -> Option<usize> {
    let len = text.find(|c: char| !c.is_ascii_hexdigit() && !is_mark(c)).unwrap_or(text.len());
    let run = text.get(..len)?.trim_end_matches(is_mark);
    let mut bytes = run.split(is_mark);
    (run.len() >= HEX / 2 * 3 - 1 && bytes.all(|byte| byte.len() == 2)).then_some(run.len())
}

const fn is_mark(c: char) -> bool {
    matches!(c, ':' | '-')
}

/// Of a path each part counts for itself, unless it ends as base64 does.
fn may_be_key(word: &str) -> bool {
    let is_one = |word: &str| {
        let is_hex = word.len() >= HEX && word.chars().all(|c| c.is_ascii_hexdigit() || is_mark(c));
        is_hex || (word.len() >= BASE64 && is_mixed(word))
    };
    if word.ends_with('=') && !word.starts_with('/') { is_one(word) } else { word.split('/').any(is_one) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_typed_as_a_name_is_hidden_and_names_are_not() {
        let hidden = [
            "000102030405060708090A0B0C0D0E0F",
            "000102030405060708090a0b0c0d0e0",
            "000102030405060708090A0B0C0D0E0F0",
            "0001020304050607",
            "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F",
            "00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f",
            "./000102030405060708090A0B0C0D0E0F",
            "9CoQ7w5LMFoLS3gJ",
            "AAECAwQFBgcICQoLDA0ODw==",
            "q83vASNFZ4mrze8BI0Vni/==",
        ];
        for name in hidden {
            assert_eq!(file(Path::new(name)), HIDDEN, "{name}");
        }
        let shown =
            ["keys.toml", "/home/anna/.config/meterscope/keys.toml", "2026-11-30", "capture-12.pcapng"];
        for name in shown {
            assert_eq!(file(Path::new(name)), name);
        }
    }

    #[test]
    fn words_of_a_message_that_look_like_keys_are_hidden() {
        let key = "000102030405060708090A0B0C0D0E0F";
        let text = |word: &str| format!("error: invalid value '{word}' for '--every'");
        for word in
            [key, &key[1..], &format!("{key}0"), "AAECAwQFBgcICQoLDA0ODw==", "q83v/SNFZ4mrze8BI0Vni8=="]
        {
            assert_eq!(without_keys(&text(word)), text(HIDDEN), "{word}");
        }
        for word in
            ["4B464D1020018B5D", "energomera-ce307", "/tmp/.tmpAbC9x/keys.toml", "2026-11-30T14:02:11"]
        {
            assert_eq!(without_keys(&text(word)), text(word));
        }
    }
}
