//! The ciphering headers in front of encrypted APDUs, and opening what is behind them (Green Book, ed. 8,
//! 9.2.3 and 9.2.7).

use super::axdr::length_at;
use crate::frame::ProblemCode;
use crate::protocol::MeterKey;
use crate::protocol::cipher::{self, CipherError, Nonce, TAG};

/// APDU tags.
pub(super) const DATA_NOTIFICATION: u8 = 0x0F;
/// Ciphered with the global key: the usual push.
pub(super) const GLO_CIPHERING: u8 = 0xDB;
/// Ciphered with a key agreed for one association.
pub(super) const DED_CIPHERING: u8 = 0xDC;
/// Ciphered, with a longer header.
pub(super) const GENERAL_CIPHERING: u8 = 0xDD;
/// Signed.
pub(super) const GENERAL_SIGNING: u8 = 0xDF;
/// A block of something longer.
pub(super) const BLOCK_TRANSFER: u8 = 0xE0;
/// A header without tag begins with the length of the system title that it lacks (Elgama Gama 350 and Kaifa of
/// Stoen, Poland; `UtilitechAS/amsreader-firmware`, issue 1198).
pub(super) const NO_TITLE: u8 = 0x00;
/// The first character of a P1 telegram.
pub(super) const P1_TEXT: u8 = b'/';

/// Bytes of security control and counter, which the length counts.
pub(super) const CONTROL: usize = 5;

/// The security control byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Control(pub u8);

impl Control {
    /// Compressed by V.44.
    pub(super) const fn is_compressed(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// Ciphered with the key for broadcasts.
    pub(super) const fn is_broadcast(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// Encrypted.
    pub(super) const fn is_encrypted(self) -> bool {
        self.0 & 0x20 != 0
    }

    /// Followed by a tag.
    pub(super) const fn is_authenticated(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// Whether it does anything, in a way that the standard has.
    pub(super) const fn is_plausible(self) -> bool {
        !self.is_compressed() && self.suite() <= 2 && (self.is_encrypted() || self.is_authenticated())
    }

    /// The security suite.
    pub(super) const fn suite(self) -> u8 {
        self.0 & 0x0F
    }

    /// In words.
    pub(super) const fn words(self) -> &'static str {
        match (self.is_encrypted(), self.is_authenticated()) {
            (true, true) => "encrypted and authenticated",
            (true, false) => "encrypted, not authenticated",
            (false, true) => "authenticated, in clear",
            (false, false) => "neither encrypted nor authenticated",
        }
    }

    /// The suite in words.
    pub(super) const fn suite_words(self) -> &'static str {
        match self.suite() {
            0 => "suite 0: AES-GCM-128",
            1 => "suite 1: AES-GCM-128, ECDSA P-256",
            2 => "suite 2: AES-GCM-256, ECDSA P-384",
            _ => "reserved suite",
        }
    }
}

/// Where an octet string lies. Its length takes one byte, or more in the long form of BER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Octets {
    /// Index of the first byte of its length.
    pub length_at: usize,
    /// Index of its first byte.
    pub start: usize,
    /// Index after its last byte.
    pub end: usize,
}

/// Where the parts of a ciphered APDU lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// The APDU's tag; `None` where it is left out, as meters of Stoen (Poland) do.
    pub tag: Option<u8>,
    /// The system title of the sender; `None` if it is not of 8 bytes.
    pub title: Option<[u8; 8]>,
    /// Where the title lies.
    pub title_at: Octets,
    /// Where the length lies.
    pub length_at: (usize, usize),
    /// The length: of what follows it.
    pub length: usize,
    /// The security control byte, one byte behind the length.
    pub control: Control,
    /// The invocation counter.
    pub counter: u32,
}

impl Header {
    /// Where the text begins.
    pub(super) const fn text_at(&self) -> usize {
        self.length_at.1 + CONTROL
    }

    /// Where the APDU ends, if all of it is there.
    pub(super) const fn end(&self) -> usize {
        self.length_at.1.saturating_add(self.length)
    }

    /// Where the tag begins; the end if there is none.
    pub(super) const fn tag_at(&self) -> usize {
        if self.control.is_authenticated() { self.end().saturating_sub(TAG) } else { self.end() }
    }
}

/// What is wrong with a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadHeader {
    /// The problem's code.
    pub code: ProblemCode,
    /// The problem.
    pub text: &'static str,
    /// Where the system title lies, if the header is right up to its end.
    pub title_at: Option<Octets>,
}

const fn bad(code: ProblemCode, text: &'static str) -> BadHeader {
    BadHeader { code, text, title_at: None }
}

const CUT: BadHeader = bad(ProblemCode::ApduIncomplete, "the ciphering header is cut short");

/// Reads the header of the ciphered APDU at `start`.
///
/// # Errors
/// [`BadHeader`] for bytes that are no header, or not all of one.
pub(super) fn header(bytes: &[u8], start: usize) -> Result<Header, BadHeader> {
    let tag = *bytes.get(start).ok_or(CUT)?;
    match tag {
        GLO_CIPHERING | DED_CIPHERING => {
            let title = octets(bytes, start + 1)?;
            behind(bytes, Some(tag), title, title.end)
        }
        GENERAL_CIPHERING => {
            let transaction = octets(bytes, start + 1)?;
            let originator = octets(bytes, transaction.end)?;
            let recipient = octets(bytes, originator.end)?;
            let time = octets(bytes, recipient.end)?;
            let other = octets(bytes, time.end)?;
            behind(bytes, Some(tag), originator, key_info(bytes, other.end)?)
        }
        NO_TITLE => {
            let none = Octets { length_at: start, start: start + 1, end: start + 1 };
            behind(bytes, None, none, start + 1)
        }
        _ => Err(bad(ProblemCode::UnsupportedApdu, "not a ciphered APDU")),
    }
}

/// The octet string whose length begins at `at`.
fn octets(bytes: &[u8], at: usize) -> Result<Octets, BadHeader> {
    let (length, start) = length_at(bytes, at).map_err(|_| CUT)?;
    let end = start.saturating_add(length);
    if end > bytes.len() { Err(CUT) } else { Ok(Octets { length_at: at, start, end }) }
}

/// The end of the key info: absent, or naming a key that both sides have.
fn key_info(bytes: &[u8], at: usize) -> Result<usize, BadHeader> {
    match bytes.get(at..).unwrap_or_default() {
        [0, ..] => Ok(at + 1),
        [1, 0, _, ..] => Ok(at + 3),
        [1, _, ..] => {
            Err(bad(ProblemCode::UnsupportedKey, "the key is sent along, wrapped or agreed: not supported"))
        }
        _ => Err(CUT),
    }
}

/// The length, the security control byte and the counter.
fn behind(bytes: &[u8], tag: Option<u8>, title_at: Octets, at: usize) -> Result<Header, BadHeader> {
    let wrong = |text| BadHeader { title_at: Some(title_at), ..bad(ProblemCode::BerLength, text) };
    let (length, after) = length_at(bytes, at).map_err(|halt| {
        if halt.is_short { CUT } else { wrong("the length is neither of the short nor of the long form") }
    })?;
    if length < CONTROL {
        return Err(wrong("the length has no room for security control and counter"));
    }
    let Some([control, counter @ ..]) = bytes.get(after..).and_then(|rest| rest.first_chunk::<CONTROL>())
    else {
        return Err(CUT);
    };
    let title = bytes.get(title_at.start..title_at.end).and_then(|title| title.try_into().ok());
    let (control, counter) = (Control(*control), u32::from_be_bytes(*counter));
    Ok(Header { tag, title, title_at, length_at: (at, after), length, control, counter })
}

/// What is known of a push before it is whole: whose it is and which one.
pub(super) fn peek(bytes: &[u8]) -> Option<([u8; 8], u32)> {
    let header = header(bytes, 0).ok()?;
    Some((header.title?, header.counter))
}

/// An encrypted APDU around plain bytes, with a tag if an authentication key is given: the meter's side.
///
/// # Errors
/// [`CipherError`] for a key of the wrong length.
pub(super) fn seal(
    plain: &[u8],
    (title, counter): ([u8; 8], u32),
    control: Control,
    key: &MeterKey,
) -> Result<Vec<u8>, CipherError> {
    let nonce = Nonce::new(title, counter);
    let mut behind = [&[control.0][..], &counter.to_be_bytes()].concat();
    match &key.authentication {
        Some(authentication) if control.is_authenticated() => {
            let aad = cipher::aad(control.0, authentication);
            let (text, tag) = cipher::seal(&key.encryption, nonce, &aad, plain)?;
            behind.extend_from_slice(&text);
            behind.extend_from_slice(&tag);
        }
        _ => behind.extend(cipher::keystream(&key.encryption, nonce, plain)?),
    }
    Ok([&[GLO_CIPHERING, 8][..], &title, &length_of(behind.len()), &behind].concat())
}

/// A length as meters write it: one byte, 81 and one, or 82 and two.
fn length_of(length: usize) -> Vec<u8> {
    match length {
        0..=0x7F => vec![length as u8],
        0x80..=0xFF => vec![0x81, length as u8],
        _ => vec![0x82, (length >> 8) as u8, length as u8],
    }
}
