//! Passwords by their place in text that may be damaged, with or without parity bits.
//!
//! ```text
//! SOH P1 STX (password) ETX BCC          IEC 62056-21, 6.3; P2 carries a hash of it
//! SOH W1(password) STX NAME(5) ETX BCC   outside a session (Energomera)
//! .. PSW01(password) ..                  setting one (Energomera)
//! .. 600102FF(password) ..               setting one (NEVA)
//! ```

use std::ops::Range;

use super::bcc::Rule;
use super::chars::{ETX, SOH, STX, is_graphic};
use crate::protocol::secrets::Suspect;
use crate::protocol::secrets::near::{errors, flips};

/// The longest password that is looked for; `compose` sends at most 32 characters.
const LONGEST: usize = 40;

/// The longest sound message that is looked into: under two rules of a check of seven bits one flip in 128 passes.
const LONGEST_SOUND: usize = 128;

/// The name under which Energomera's meters take a password: its number follows.
const PSW: [Option<u8>; 6] = [Some(b'P'), Some(b'S'), Some(b'W'), None, None, Some(b'(')];

/// The code under which NEVA's meters take a password.
const NEVA: [Option<u8>; 9] = [
    Some(b'6'),
    Some(b'0'),
    Some(b'0'),
    Some(b'1'),
    Some(b'0'),
    Some(b'2'),
    Some(b'F'),
    Some(b'F'),
    Some(b'('),
];

/// What stands before a name that is written.
const WRITE: [u8; 3] = [b'W', b'1', STX];

/// The commands that may carry a password before their data set.
const LETTERS: [u8; 4] = [b'R', b'W', b'E', b'P'];

/// Where passwords stand.
pub(super) fn find(suspect: &Suspect<'_>, hide: &mut dyn FnMut(Range<usize>)) {
    let seven = |byte: &u8| byte & 0x7F;
    let is_message = matches!(suspect.bytes.first().map(seven), Some(SOH | b'/'));
    if suspect.is_sound && !(is_message && suspect.bytes.len() <= LONGEST_SOUND) {
        return;
    }
    let text: Vec<u8> = suspect.bytes.iter().map(seven).collect();
    for bracket in 1..text.len() {
        let is_named = is_named(&text, bracket);
        if !is_named && !may_be_head(&text, bracket, suspect) {
            continue;
        }
        let Some(inner) = inner(&text, bracket) else { continue };
        let is_secret =
            is_named || is_login(&text, bracket, &inner) || is_fast(&text, bracket, &inner, suspect);
        if is_secret && !is_none(&text, bracket, &inner) {
            let check = check_at(&text, &inner);
            hide(inner);
            hide(check..check + 1);
        }
    }
}

/// Whether an STX or a command may stand before a bracket: the quick look that most bytes fail.
fn may_be_head(text: &[u8], bracket: usize, suspect: &Suspect<'_>) -> bool {
    let near = |back: usize, wanted: u8| {
        bracket.checked_sub(back).and_then(|at| text.get(at)).is_some_and(|found| flips(*found, wanted) <= 1)
    };
    near(1, STX) || near(3, SOH) || is_edge(suspect, bracket)
}

/// What stands behind an opening bracket up to the closing one, an ETX or the end; `None` for nothing, and for what
/// holds a bracket of its own, as a name with its argument does.
fn inner(text: &[u8], bracket: usize) -> Option<Range<usize>> {
    if flips(*text.get(bracket)?, b'(') > 1 {
        return None;
    }
    let start = bracket + 1;
    let rest = text.get(start..)?;
    let len = rest.iter().take(LONGEST).take_while(|byte| is_graphic(**byte) && **byte != b')').count();
    let found = rest.get(..len)?;
    let is_nested =
        |at: usize| found.get(at) == Some(&b'(') && !matches!(rest.get(at + 1), Some(&(ETX | STX)));
    (len > 0 && !(0..len).any(is_nested)).then_some(start..start + len)
}

/// Where the check character stands.
fn check_at(text: &[u8], inner: &Range<usize>) -> usize {
    if text.get(inner.end) == Some(&ETX) { inner.end + 1 } else { inner.end + 2 }
}

/// `P1 STX (`, of which one bit may be wrong where its head stands before it.
fn is_login(text: &[u8], bracket: usize, inner: &Range<usize>) -> bool {
    let digit = bracket.checked_sub(2).and_then(|at| text.get(at));
    let (Some(&digit), Some(&stx), Some(&open)) = (digit, text.get(bracket - 1), text.get(bracket)) else {
        return false;
    };
    let wrong = flips(stx, STX) + flips(open, b'(');
    let is_head = bracket >= 4 && text.get(bracket - 4..bracket - 2) == Some(&[SOH, b'P']);
    match (digit, wrong) {
        (b'1' | b'2', 0) => !(is_head && was_operand(text, bracket, inner)),
        (b'1' | b'2', 1) => is_head,
        (b'0', 0) => is_head && may_be_login(text, bracket, inner),
        (_, 0) if [b'1', b'2'].iter().any(|known| flips(digit, *known) == 1) => is_head,
        _ => false,
    }
}

/// Whether the operand of a meter (P0) became a password message by one flipped bit: the check character fits when
/// the bit is flipped back. Where the characters are of the form of most passwords, they are taken for one.
fn was_operand(text: &[u8], bracket: usize, inner: &Range<usize>) -> bool {
    let has_ends = text.get(inner.end..inner.end + 2) == Some(&[b')', ETX]);
    let fits_as = |digit: &[u8]| fits(text, bracket, inner, digit) == Some(true);
    has_ends && !is_like_password(text, inner) && !fits_as(&[]) && fits_as(b"0")
}

/// Whether what reads as the operand of a meter (P0) is a password message with one flipped bit. Other passwords
/// than NEVA's have no form that an operand could not have.
fn may_be_login(text: &[u8], bracket: usize, inner: &Range<usize>) -> bool {
    let fits_as = |digit: &[u8]| fits(text, bracket, inner, digit) == Some(true);
    is_like_neva(text, inner) && !fits_as(&[]) && (fits_as(b"1") || fits_as(b"2"))
}

/// Six or eight digits that are not all the same; an operand of Energomera's is `777777`, a name or a longer number.
fn is_like_password(text: &[u8], inner: &Range<usize>) -> bool {
    let digits = text.get(inner.clone()).unwrap_or_default();
    let is_varied = digits.windows(2).any(|pair| matches!(pair, [one, other] if one != other));
    matches!(digits.len(), 6 | 8) && is_varied && digits.iter().all(u8::is_ascii_digit)
}

/// Eight digits.
fn is_like_neva(text: &[u8], inner: &Range<usize>) -> bool {
    inner.len() == 8 && text.get(inner.clone()).unwrap_or_default().iter().all(u8::is_ascii_digit)
}

/// Whether the check character fits by either rule, with another digit of the command where one is given; `None`
/// where none is there.
fn fits(text: &[u8], bracket: usize, inner: &Range<usize>, digit: &[u8]) -> Option<bool> {
    fits_as(text, bracket, inner, digit, text.get(inner.clone())?)
}

fn fits_as(text: &[u8], bracket: usize, inner: &Range<usize>, digit: &[u8], as_if: &[u8]) -> Option<bool> {
    let check = check_at(text, inner);
    let found = *text.get(check)?;
    let mut covered = text.get(bracket.checked_sub(3)?..check)?.to_vec();
    covered.splice(4..4 + inner.len(), as_if.iter().copied());
    if let (Some(place), [digit]) = (covered.get_mut(1), digit) {
        *place = *digit;
    }
    Some([Rule::Xor7, Rule::Add7].iter().any(|rule| rule.of(&covered) == found))
}

/// Whether a command whose first characters were cut off may begin so near before a bracket.
fn is_edge(suspect: &Suspect<'_>, bracket: usize) -> bool {
    suspect.begins(bracket - 1) || bracket.checked_sub(2).is_some_and(|at| suspect.begins(at))
}

/// `W1(password)` before a data set: six characters of which one may be wrong, or the first lost.
fn is_fast(text: &[u8], bracket: usize, inner: &Range<usize>, suspect: &Suspect<'_>) -> bool {
    let before = |back: usize| bracket.checked_sub(back).and_then(|at| text.get(at)).copied();
    let behind = |at: usize| text.get(inner.end + at).copied().unwrap_or_default();
    let head = match (before(3), before(2)) {
        // What was cut off is the one thing that may be wrong.
        _ if suspect.begins(bracket - 1) => 1,
        (_, Some(letter)) if is_edge(suspect, bracket) => 1 + of_letter(letter),
        (Some(soh), Some(letter)) => flips(soh, SOH) + of_letter(letter),
        _ => return false,
    };
    let digit = u32::from(!before(1).is_some_and(|digit| digit.is_ascii_digit()));
    let close = match (behind(0), behind(1)) {
        // A damaged bracket reads as the last character.
        (STX, _) => 1,
        (close, stx) => flips(close, b')') + flips(stx, STX),
    };
    let open = text.get(bracket).map_or(8, |open| flips(*open, b'('));
    head + digit + open + close <= 1
}

/// How far a letter is from those of the commands that may carry a password.
fn of_letter(letter: u8) -> u32 {
    LETTERS.iter().map(|known| flips(*known, letter)).min().unwrap_or(8)
}

/// Behind the name of a password that is set.
fn is_named(text: &[u8], bracket: usize) -> bool {
    let is_psw = bracket.checked_sub(5).is_some_and(|start| {
        let digits = text.get(start + 3..bracket).unwrap_or_default();
        let wrong = digits.iter().filter(|digit| !digit.is_ascii_digit()).count() as u32;
        errors(text, start, &PSW, 1).is_some_and(|sum| sum + wrong <= 1)
    });
    is_psw || bracket.checked_sub(8).is_some_and(|start| is_neva(text, start))
}

/// The code of the password is one bit from that of the serial number, and it is never read: what is not written is
/// something else. Of the head and the code one bit may be wrong.
fn is_neva(text: &[u8], start: usize) -> bool {
    let Some(wrong) = errors(text, start, &NEVA, 1) else { return false };
    let head = text.get(start.saturating_sub(3)..start).unwrap_or_default();
    let lost = WRITE.len() - head.len();
    let of_head = head.iter().zip(WRITE.iter().skip(lost)).map(|(found, wanted)| flips(*found, *wanted));
    lost <= 1 && wrong + of_head.sum::<u32>() <= 1 && (wrong == 0 || fits_neva(text, start))
}

/// Whether the check character fits when the code is that of the password; also where none is there.
fn fits_neva(text: &[u8], start: usize) -> bool {
    let Some(from) = start.checked_sub(WRITE.len()) else { return true };
    let rest = text.get(start + NEVA.len()..).unwrap_or_default();
    let Some(len) = rest.iter().take(LONGEST + 2).position(|byte| *byte == ETX) else { return true };
    let (argument, found) = (rest.get(..=len).unwrap_or_default(), rest.get(len + 1));
    let head = text.get(from..start).unwrap_or_default();
    let code: Vec<u8> = NEVA.iter().flatten().copied().collect();
    let covered = [head, &code, argument].concat();
    found.is_none_or(|found| [Rule::Xor7, Rule::Add7].iter().any(|rule| rule.of(&covered) == *found))
}

/// Nothing but zeros is no password; nor are zeros with one flipped bit, where the check character says so.
fn is_none(text: &[u8], bracket: usize, inner: &Range<usize>) -> bool {
    let password = text.get(inner.clone()).unwrap_or_default();
    // Where the closing bracket is damaged, it reads as the last character.
    let is_closed = text.get(inner.end) != Some(&ETX);
    if let [rest @ .., last] = password
        && !is_closed
        && flips(*last, b')') == 1
        && rest.iter().all(|byte| *byte == b'0')
    {
        return true;
    }
    let bits: u32 = password.iter().map(|byte| flips(*byte, b'0')).sum();
    let zeros = vec![b'0'; inner.len()];
    bits == 0 || (bits == 1 && fits_as(text, bracket, inner, &[], &zeros) == Some(true))
}
