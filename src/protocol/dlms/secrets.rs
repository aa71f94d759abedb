//! Passwords and keys by their place in APDUs that carry them in clear (Green Book, ed. 8, 9.4.2 and 9.5; Blue
//! Book, ed. 13, 4.4.3 to 4.4.7): opening an association, answering a challenge, setting secrets and keys.
//!
//! | where | what |
//! | --- | --- |
//! | AARQ, `AC L 80 n ..` | the password of low security; the challenge of high security is no secret |
//! | AARQ, `BE L 04 L 01 01 10 ..` | a dedicated key |
//! | ACTION, class 15, method 1, `09 n ..`, and its answer | what a secret makes of a challenge |
//! | ACTION, class 15, method 2, and SET, attribute 7, `09 n ..` | a new secret |
//! | ACTION, class 64, method 2, `01 c (02 02 16 i 09 n ..)` | wrapped keys |

use std::ops::Range;

use crate::protocol::secrets::Suspect;
use crate::protocol::secrets::near::{errors, flips};

/// The longest octet string that is taken for a secret.
const LONGEST: usize = 64;

/// The longest key or digest.
const LONGEST_KEY: usize = 32;
/// What follows the last APDU in a frame of HDLC.
const BEHIND: usize = 3;

/// Calling authentication value, and the tag of a character string in it.
const CALLING: u8 = 0xAC;
const CHARACTERS: u8 = 0x80;
/// User information, which follows the calling authentication value.
const USER_INFORMATION: u8 = 0xBE;
/// The end of the object identifier of a mechanism; the mechanism follows.
const MECHANISM: [u8; 3] = [0x05, 0x08, 0x02];
/// Mechanisms whose value is a challenge (manufacturer's, MD5, SHA-1, GMAC, SHA-256, ECDSA).
const CHALLENGES: std::ops::RangeInclusive<u8> = 2..=7;

const fn pattern<const N: usize>(bytes: [i16; N]) -> [Option<u8>; N] {
    let mut made = [None; N];
    let mut at = 0;
    while at < N {
        #[expect(clippy::indexing_slicing, reason = "the index is below the length of both")]
        if bytes[at] >= 0 {
            made[at] = Some(bytes[at].cast_unsigned() as u8);
        }
        at += 1;
    }
    made
}

const ANY: i16 = -1;

/// The answer to a challenge: reply to HLS authentication of an association by logical name.
const REPLY: [Option<u8>; 11] = pattern([0x00, 0x0F, 0x00, 0x00, 0x28, 0x00, ANY, 0xFF, 0x01, 0x01, 0x09]);
/// A new secret of an association, by method.
const CHANGE: [Option<u8>; 11] = pattern([0x00, 0x0F, 0x00, 0x00, 0x28, 0x00, ANY, 0xFF, 0x02, 0x01, 0x09]);
/// A new secret of an association, by attribute.
const SET: [Option<u8>; 11] = pattern([0x00, 0x0F, 0x00, 0x00, 0x28, 0x00, ANY, 0xFF, 0x07, 0x00, 0x09]);
/// What the meter makes of our challenge: answer to an action, success, with data.
const ANSWER: [Option<u8>; 7] = pattern([0xC7, 0x01, ANY, 0x00, 0x01, 0x00, 0x09]);
/// Lengths of such answers: MD5, GMAC, SHA-1, SHA-256.
const ANSWERS: [u8; 4] = [16, 17, 20, 32];
/// Keys handed over to a security setup; their count follows.
const KEYS: [Option<u8>; 11] = pattern([0x00, 0x40, 0x00, 0x00, 0x2B, 0x00, ANY, 0xFF, 0x02, 0x01, 0x01]);
/// A key with its number in such a list; its length follows.
const KEY: [Option<u8>; 5] = pattern([0x02, 0x02, 0x16, ANY, 0x09]);
/// A dedicated key of sixteen bytes in the user information.
const DEDICATED: [Option<u8>; 7] = pattern([0xBE, ANY, 0x04, ANY, 0x01, 0x01, 0x10]);

/// Where passwords and keys stand.
pub(super) fn find(suspect: &Suspect<'_>, hide: &mut dyn FnMut(Range<usize>)) {
    let bytes = suspect.bytes;
    let most = u32::from(!suspect.is_sound);
    if suspect.is_sound && !may_open_or_act(bytes) {
        return;
    }
    for at in 0..bytes.len() {
        if let Some(password) = calling(bytes, at, suspect.is_sound) {
            hide(password);
        }
        for head in [&REPLY, &CHANGE, &SET] {
            if errors(bytes, at, head, most).is_some() {
                hide_string(suspect, at + head.len(), hide);
            }
        }
        if errors(bytes, at, &ANSWER, most).is_some()
            && bytes.get(at + ANSWER.len()).is_some_and(|len| ANSWERS.contains(len))
        {
            hide_string(suspect, at + ANSWER.len(), hide);
        }
        if errors(bytes, at, &DEDICATED, most).is_some() {
            hide_run(bytes, at + DEDICATED.len(), 16, hide);
        }
        if errors(bytes, at, &KEYS, most).is_some() {
            hide_keys(suspect, at + KEYS.len() + 1, hide);
        }
    }
}

/// Whether an APDU that could carry a secret stands in a sound frame: the tag of one behind the LLC header, at the
/// beginning, or behind the header of a carrier.
fn may_open_or_act(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(32)).unwrap_or_default();
    let opens = |at: usize| matches!(head.get(at..), Some([0x60, _, 0xA1 | 0x80, ..]));
    let acts = |at: usize| matches!(head.get(at..), Some([0xC1 | 0xC3 | 0xC7, 0x01..=0x05, ..]));
    memchr::memchr_iter(0x60, head).any(opens) || memchr::memchr3_iter(0xC1, 0xC3, 0xC7, head).any(acts)
}

/// An octet string whose length stands at `at`, the last thing in its APDU. A damaged length may tell less than
/// there is.
fn hide_string(suspect: &Suspect<'_>, at: usize, hide: &mut dyn FnMut(Range<usize>)) {
    let len = suspect.bytes.get(at).map_or(0, |len| usize::from(*len));
    let to_end = suspect.entry.end.checked_sub(at + 1 + BEHIND).unwrap_or(LONGEST_KEY);
    let len = if suspect.is_sound { len } else { len.max(to_end.min(LONGEST_KEY)) };
    hide_run(suspect.bytes, at + 1, len.min(LONGEST), hide);
}

fn hide_run(bytes: &[u8], from: usize, len: usize, hide: &mut dyn FnMut(Range<usize>)) {
    let to = (from + len).min(bytes.len());
    if bytes.get(from..to).is_some_and(|run| run.iter().any(|byte| *byte != 0)) {
        hide(from..to);
    }
}

fn hide_keys(suspect: &Suspect<'_>, mut at: usize, hide: &mut dyn FnMut(Range<usize>)) {
    while errors(suspect.bytes, at, &KEY, 1).is_some() {
        hide_string(suspect, at + KEY.len(), hide);
        let len = suspect.bytes.get(at + KEY.len()).map_or(0, |len| usize::from(*len)).min(LONGEST);
        at += KEY.len() + 1 + len;
    }
}

/// The calling authentication value that begins at `at`, where it is a password: of its tag, its length, the tag
/// in it and the length in it one may be damaged, where what stands around it speaks for it.
fn calling(bytes: &[u8], at: usize, is_sound: bool) -> Option<Range<usize>> {
    let &[tag, outer, inner_tag, inner] = bytes.get(at..at + 4)?.first_chunk()?;
    let has_tag = tag == CALLING;
    let has_inner = inner_tag == CHARACTERS;
    if !(has_tag || has_inner) {
        return None;
    }
    let before = bytes.get(at.saturating_sub(4)..at).unwrap_or_default();
    if is_sound && is_challenge(before) {
        return None;
    }
    let start = at + 4;
    let ends_at = |len: usize| bytes.get(start + len) == Some(&USER_INFORMATION);
    let by_inner = usize::from(inner);
    let by_outer = usize::from(outer).saturating_sub(2);
    let agree = by_inner == by_outer && (1..=LONGEST).contains(&by_inner);
    if has_tag && has_inner && agree {
        return secret(bytes, start, by_inner);
    }
    let one_flip = u32::from(!has_tag) * flips(tag, CALLING)
        + u32::from(!has_inner) * flips(inner_tag, CHARACTERS)
        + u32::from(!agree) * flips(inner.wrapping_add(2), outer).min(1);
    let len = [by_inner, by_outer].into_iter().find(|len| (1..=LONGEST).contains(len) && ends_at(*len));
    let is_expected = before.starts_with(&MECHANISM) || len.is_some();
    if is_sound || one_flip > 1 || !is_expected {
        return None;
    }
    secret(bytes, start, len.unwrap_or_else(|| by_outer.clamp(1, LONGEST)))
}

fn secret(bytes: &[u8], start: usize, len: usize) -> Option<Range<usize>> {
    let range = start..(start + len).min(bytes.len());
    bytes.get(range.clone())?.iter().any(|byte| !matches!(byte, 0 | b'0')).then_some(range)
}

/// Whether the mechanism before the value is one of high security.
fn is_challenge(before: &[u8]) -> bool {
    matches!(before, [head @ .., mechanism] if head == MECHANISM && CHALLENGES.contains(mechanism))
}
