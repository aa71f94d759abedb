//! The envelope of an encrypted telegram: general-glo-ciphering around the text of a whole one.
//!
//! Luxembourg Smarty P1 specification 1.1.3, 3.2.5; the Sagemcom T210-D-r in Austria sends the same.

use crate::protocol::cipher::{Nonce, TAG};

use super::wire::LONGEST;

/// The tag of general-glo-ciphering and the length of the system title.
const OPENING: [u8; 2] = [0xDB, 0x08];

/// Bytes before the length.
pub(super) const TITLE_END: usize = 10;

/// Security control and frame counter, which the length counts.
const CONTROL: usize = 5;

/// Bytes by which an envelope can be known: up to the security control byte behind the longest length.
pub(super) const HEAD: usize = TITLE_END + 3 + 1;

/// Bit of the security control byte: a tag follows.
const AUTHENTICATED: u8 = 0x10;
/// Bit of the security control byte: the text is encrypted.
const ENCRYPTED: u8 = 0x20;

/// The parts of an envelope, as far as its head tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Envelope {
    /// The meter's system title.
    pub title: [u8; 8],
    /// Where the security control byte stands.
    pub control_at: usize,
    /// The security control byte.
    pub control: u8,
    /// The frame counter.
    pub counter: u32,
    /// The length of the whole frame.
    pub total: usize,
}

impl Envelope {
    /// Reads the head of an envelope; `None` when the bytes are none or too few.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let (opening, rest) = bytes.split_first_chunk()?;
        let (title, rest) = rest.split_first_chunk::<8>()?;
        let (length, width) = length(rest)?;
        let (control, rest) = rest.get(width..)?.split_first()?;
        let counter = u32::from_be_bytes(*rest.first_chunk()?);
        let control_at = TITLE_END + width;
        let total = control_at + length;
        let fits = length >= CONTROL + if control & AUTHENTICATED == 0 { 0 } else { TAG };
        let is_one = *opening == OPENING && fits && total <= LONGEST && is_control(*control);
        is_one.then_some(Self { title: *title, control_at, control: *control, counter, total })
    }

    /// Whether bytes are so surely the head of an envelope that what was being received before is given up.
    pub(super) fn starts(bytes: &[u8]) -> bool {
        let letters = |title: [u8; 8]| title.iter().take(3).filter(|b| b.is_ascii_alphabetic()).count();
        Self::of(bytes).is_some_and(|envelope| letters(envelope.title) > 1)
    }

    /// What the text was encrypted with besides the key.
    pub(super) fn nonce(&self) -> Nonce {
        Nonce::new(self.title, self.counter)
    }

    /// Whether the text is encrypted.
    pub(super) const fn is_encrypted(&self) -> bool {
        self.control & ENCRYPTED != 0
    }

    /// Where the text begins.
    pub(super) const fn text_at(&self) -> usize {
        self.control_at + CONTROL
    }

    /// Where the text ends and the tag, if there is one, begins.
    pub(super) const fn tag_at(&self) -> usize {
        if self.control & AUTHENTICATED == 0 { self.total } else { self.total.saturating_sub(TAG) }
    }

    /// The tag, where there is one.
    pub(super) fn tag(&self, bytes: &[u8]) -> Option<[u8; TAG]> {
        bytes.get(self.tag_at()..self.total)?.try_into().ok()
    }

    /// The text.
    pub(super) fn text<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.text_at()..self.tag_at()).unwrap_or_default()
    }
}

/// The length of the whole of an envelope that is none by the standard: 00 stands where the 82 of its length belongs,
/// and the rest makes sense. Who sends it so does it each time, so it is told from noise. `None` for other bytes.
pub(super) fn misstated(bytes: &[u8]) -> Option<usize> {
    let (opening, rest) = bytes.split_first_chunk::<2>()?;
    let [0, high, low, control, ..] = *rest.get(8..)? else { return None };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let total = TITLE_END + 3 + length;
    let is_one = *opening == OPENING && length >= CONTROL + TAG && total <= LONGEST && is_control(control);
    is_one.then_some(total)
}

/// A control byte of suites 0 to 2 that encrypts, authenticates or both.
const fn is_control(control: u8) -> bool {
    control & 0x0F < 3 && control & 0x30 != 0 && control & 0x80 == 0
}

/// A length in BER and how many bytes it takes: below 128, or 81 or 82 and that many bytes.
fn length(bytes: &[u8]) -> Option<(usize, usize)> {
    match *bytes {
        [short @ 0..=0x7F, ..] => Some((short.into(), 1)),
        [0x81, length, ..] => Some((length.into(), 2)),
        [0x82, high, low, ..] => Some((u16::from_be_bytes([high, low]).into(), 3)),
        _ => None,
    }
}

/// Puts a text into an envelope: the meter's side. The tag is added by the caller.
pub(super) fn head(title: [u8; 8], control: u8, counter: u32, text: usize) -> Vec<u8> {
    let length = u16::try_from(CONTROL + text + TAG).unwrap_or(u16::MAX);
    let mut bytes = Vec::with_capacity(HEAD + CONTROL + text + TAG);
    bytes.extend(OPENING);
    bytes.extend(title);
    bytes.push(0x82);
    bytes.extend(length.to_be_bytes());
    bytes.push(control);
    bytes.extend(counter.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_gives_the_length_of_the_whole() {
        let envelope = Envelope::of(&head(*b"SAGgp\x01\xBD\x54", 0x30, 370_915, 681)).unwrap();
        assert_eq!((envelope.total, envelope.text_at(), envelope.tag_at()), (711, 18, 699));
        assert_eq!((envelope.counter, envelope.control), (370_915, 0x30));
    }

    #[test]
    fn shorter_forms_of_the_length_are_read_too() {
        let short = [&[0xDB, 8][..], b"SAG\0\0\0\0\0", &[0x20, 0x30, 0, 0, 0, 1]].concat();
        assert_eq!(Envelope::of(&short).unwrap().total, 11 + 0x20);
        let middle = [&[0xDB, 8][..], b"SAG\0\0\0\0\0", &[0x81, 0xF0, 0x30, 0, 0, 0, 1]].concat();
        assert_eq!(Envelope::of(&middle).unwrap().total, 12 + 0xF0);
    }

    #[test]
    fn what_cannot_be_an_envelope_is_none() {
        let with = |control, length: [u8; 3]| {
            Envelope::of(&[&[0xDB, 8][..], b"SAG\0\0\0\0\0", &length, &[control, 0, 0, 0, 1]].concat())
        };
        assert!(with(0x30, [0x82, 1, 0]).is_some());
        assert_eq!(with(0x00, [0x82, 1, 0]), None, "neither encrypted nor authenticated");
        assert_eq!(with(0x33, [0x82, 1, 0]), None, "no such suite");
        assert_eq!(with(0x30, [0x82, 0x40, 0]), None, "too long");
        assert_eq!(with(0x30, [0x82, 0, 4]), None, "no room for the counter");
        assert_eq!(with(0x30, [0x80, 0, 4]), None, "indefinite");
        assert_eq!(Envelope::of(&[0xDB, 8, 1]), None);
    }
}
