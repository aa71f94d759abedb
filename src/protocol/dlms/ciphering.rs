//! The ciphering headers in front of encrypted APDUs, and opening what is behind them (Green Book, ed. 8,
//! 9.2.3 and 9.2.7).

use super::axdr::length_at;
use crate::protocol::cipher::{self, CipherError, Nonce, TAG};
use crate::protocol::{Context, MeterKey};

/// APDU tags.
pub const DATA_NOTIFICATION: u8 = 0x0F;
/// Ciphered with the global key: the usual push.
pub const GLO_CIPHERING: u8 = 0xDB;
/// Ciphered with a key agreed for one association.
pub const DED_CIPHERING: u8 = 0xDC;
/// Ciphered, with a longer header.
pub const GENERAL_CIPHERING: u8 = 0xDD;
/// Signed.
pub const GENERAL_SIGNING: u8 = 0xDF;
/// A block of something longer.
pub const BLOCK_TRANSFER: u8 = 0xE0;
/// The first character of a P1 telegram.
pub const P1_TEXT: u8 = b'/';

/// The security control byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Control(pub u8);

impl Control {
    /// Compressed by V.44.
    pub const fn is_compressed(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// Ciphered with the key for broadcasts.
    pub const fn is_broadcast(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// Encrypted.
    pub const fn is_encrypted(self) -> bool {
        self.0 & 0x20 != 0
    }

    /// Followed by a tag.
    pub const fn is_authenticated(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// The security suite.
    pub const fn suite(self) -> u8 {
        self.0 & 0x0F
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match (self.is_encrypted(), self.is_authenticated()) {
            (true, true) => "encrypted and authenticated",
            (true, false) => "encrypted, not authenticated",
            (false, true) => "authenticated, in clear",
            (false, false) => "neither encrypted nor authenticated",
        }
    }

    /// The suite in words.
    pub const fn suite_words(self) -> &'static str {
        match self.suite() {
            0 => "suite 0: AES-GCM-128",
            1 => "suite 1: AES-GCM-128, ECDSA P-256",
            2 => "suite 2: AES-GCM-256, ECDSA P-384",
            _ => "reserved suite",
        }
    }
}

/// Where the parts of a ciphered APDU lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The APDU's tag.
    pub tag: u8,
    /// The system title of the sender; `None` if it is not of 8 bytes.
    pub title: Option<[u8; 8]>,
    /// Where the title lies, behind its length byte.
    pub title_at: (usize, usize),
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
    pub const fn text_at(&self) -> usize {
        self.length_at.1 + 5
    }

    /// Where the APDU ends, if all of it is there.
    pub const fn end(&self) -> usize {
        self.length_at.1.saturating_add(self.length)
    }

    /// Where the tag begins; the end if there is none.
    pub const fn tag_at(&self) -> usize {
        if self.control.is_authenticated() { self.end().saturating_sub(TAG) } else { self.end() }
    }
}

/// What is wrong with a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadHeader {
    /// The problem's code.
    pub code: &'static str,
    /// The problem.
    pub text: &'static str,
    /// Where.
    pub at: usize,
}

const fn bad(code: &'static str, text: &'static str, at: usize) -> BadHeader {
    BadHeader { code, text, at }
}

const CUT: &str = "the ciphering header is cut short";

/// Reads the header of the ciphered APDU at `start`.
pub fn header(bytes: &[u8], start: usize) -> Result<Header, BadHeader> {
    let tag = *bytes.get(start).ok_or(bad("apdu-incomplete", CUT, start))?;
    match tag {
        GLO_CIPHERING | DED_CIPHERING => {
            let title = octets(bytes, start + 1)?;
            behind(bytes, tag, title, title.1)
        }
        GENERAL_CIPHERING => {
            let transaction = octets(bytes, start + 1)?;
            let originator = octets(bytes, transaction.1)?;
            let recipient = octets(bytes, originator.1)?;
            let time = octets(bytes, recipient.1)?;
            let other = octets(bytes, time.1)?;
            behind(bytes, tag, originator, key_info(bytes, other.1)?)
        }
        _ => Err(bad("unsupported-apdu", "not a ciphered APDU", start)),
    }
}

/// Where the content of an octet string lies.
fn octets(bytes: &[u8], at: usize) -> Result<(usize, usize), BadHeader> {
    let (length, start) = length_at(bytes, at).map_err(|halt| bad("apdu-incomplete", CUT, halt.at))?;
    let end = start.saturating_add(length);
    if end > bytes.len() { Err(bad("apdu-incomplete", CUT, at)) } else { Ok((start, end)) }
}

/// The end of the key info: absent, or naming a key that both sides have.
fn key_info(bytes: &[u8], at: usize) -> Result<usize, BadHeader> {
    match bytes.get(at..).unwrap_or_default() {
        [0, ..] => Ok(at + 1),
        [1, 0, _, ..] => Ok(at + 3),
        [1, _, ..] => {
            Err(bad("unsupported-key", "the key is sent along, wrapped or agreed: not supported", at))
        }
        _ => Err(bad("apdu-incomplete", CUT, at)),
    }
}

fn behind(bytes: &[u8], tag: u8, title_at: (usize, usize), at: usize) -> Result<Header, BadHeader> {
    let wrong = "the length is neither of the short nor of the long form";
    let (length, after) = length_at(bytes, at).map_err(|halt| {
        if halt.is_short { bad("apdu-incomplete", CUT, halt.at) } else { bad("ber-length", wrong, halt.at) }
    })?;
    let short = "the length has no room for security control and counter";
    if length < 5 {
        return Err(bad("ber-length", short, at));
    }
    let Some([control, counter @ ..]) = bytes.get(after..).and_then(|rest| rest.first_chunk::<5>()) else {
        return Err(bad("apdu-incomplete", CUT, after));
    };
    let title = bytes.get(title_at.0..title_at.1).and_then(|title| title.try_into().ok());
    let (control, counter) = (Control(*control), u32::from_be_bytes(*counter));
    Ok(Header { tag, title, title_at, length_at: (at, after), length, control, counter })
}

/// What is known of a push before it is whole: whose it is and which one.
pub fn peek(bytes: &[u8]) -> Option<([u8; 8], u32)> {
    let header = header(bytes, 0).ok()?;
    Some((header.title?, header.counter))
}

/// What came of opening a ciphered APDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// Deciphered.
    Plain {
        /// The plain bytes.
        bytes: Vec<u8>,
        /// Whether a tag was checked and fits.
        is_authentic: bool,
    },
    /// Deciphered although the tag does not fit: readable, not to be believed.
    Forged(Vec<u8>),
    /// There is no key to try.
    NoKey,
    /// No key makes sense of it.
    WrongKey,
    /// It cannot be tried.
    Unsupported {
        /// The problem's code.
        code: &'static str,
        /// The problem.
        text: &'static str,
    },
}

/// Opens what is behind a header; the APDU must be whole.
pub fn open(bytes: &[u8], header: &Header, context: &Context<'_>) -> Opened {
    if let Some((code, text)) = obstacle(header) {
        return Opened::Unsupported { code, text };
    }
    let text = bytes.get(header.text_at()..header.tag_at()).unwrap_or_default();
    let tag = bytes.get(header.tag_at()..).and_then(|rest| rest.first_chunk::<TAG>()).copied();
    let tag = tag.filter(|_| header.control.is_authenticated());
    if !header.control.is_encrypted() && tag.is_none() {
        return Opened::Plain { bytes: text.to_vec(), is_authentic: false };
    }
    let mut best = Opened::NoKey;
    for (key, title) in candidates(header, context.keys) {
        let sealed = Sealed { control: header.control, nonce: Nonce::new(title, header.counter), text, tag };
        match sealed.open(key) {
            plain @ Opened::Plain { .. } => return plain,
            forged @ Opened::Forged(_) => best = forged,
            _ if best == Opened::NoKey => best = Opened::WrongKey,
            _ => {}
        }
    }
    if best == Opened::NoKey && header.title.is_none() {
        let text = "no system title in the header: give it with the key";
        return Opened::Unsupported { code: "system-title-missing", text };
    }
    if best == Opened::NoKey && !header.control.is_encrypted() {
        return Opened::Plain { bytes: text.to_vec(), is_authentic: false };
    }
    best
}

/// The keys that may fit with the system title to use.
fn candidates<'a>(
    header: &Header,
    keys: &'a [MeterKey],
) -> impl Iterator<Item = (&'a MeterKey, [u8; 8])> + use<'a> {
    let own = header.title;
    keys.iter().filter_map(move |key| match own {
        Some(title) => key.may_open(title).then_some((key, title)),
        None => key.system_title.map(|title| (key, title)),
    })
}

/// Why it cannot be opened, whatever the key.
const fn obstacle(header: &Header) -> Option<(&'static str, &'static str)> {
    let control = header.control;
    if control.is_compressed() {
        return Some(("unsupported-compression", "compressed by V.44, which is not supported"));
    }
    if control.suite() > 2 {
        return Some(("unsupported-suite", "the security suite is none of the standard"));
    }
    if header.tag == DED_CIPHERING {
        return Some(("unsupported-key", "ciphered with a key agreed for one association"));
    }
    if header.tag_at() < header.text_at() {
        return Some(("ber-length", "the length has no room for the tag"));
    }
    None
}

/// What one key is tried on.
struct Sealed<'a> {
    control: Control,
    nonce: Nonce,
    text: &'a [u8],
    tag: Option<[u8; TAG]>,
}

impl Sealed<'_> {
    fn open(&self, key: &MeterKey) -> Opened {
        // Suite 2 has the longer key; a key of the other length is not this meter's.
        if (self.control.suite() == 2) != (key.encryption.reveal().len() == 32) {
            return Opened::WrongKey;
        }
        match (self.tag, &key.authentication) {
            (Some(tag), Some(_)) => self.open_checked(key, tag),
            _ if !self.control.is_encrypted() => {
                Opened::Plain { bytes: self.text.to_vec(), is_authentic: false }
            }
            _ => self.open_unchecked(key),
        }
    }

    fn open_checked(&self, key: &MeterKey, tag: [u8; TAG]) -> Opened {
        let Some(authentication) = &key.authentication else { return Opened::WrongKey };
        let mut aad = cipher::aad(self.control.0, authentication);
        if !self.control.is_encrypted() {
            aad.extend_from_slice(self.text);
            return match cipher::verify(&key.encryption, self.nonce, &aad, tag) {
                Ok(()) => Opened::Plain { bytes: self.text.to_vec(), is_authentic: true },
                Err(_) => Opened::Forged(self.text.to_vec()),
            };
        }
        match cipher::open(&key.encryption, self.nonce, &aad, self.text, tag) {
            Ok(bytes) => Opened::Plain { bytes, is_authentic: true },
            Err(CipherError::KeyLength) => Opened::WrongKey,
            Err(CipherError::Tag) => match self.open_unchecked(key) {
                Opened::Plain { bytes, .. } => Opened::Forged(bytes),
                other => other,
            },
        }
    }

    fn open_unchecked(&self, key: &MeterKey) -> Opened {
        match cipher::keystream(&key.encryption, self.nonce, self.text) {
            Ok(bytes) if is_plausible(&bytes) => Opened::Plain { bytes, is_authentic: false },
            _ => Opened::WrongKey,
        }
    }
}

/// Whether plain bytes begin as something that is pushed.
const fn is_plausible(plain: &[u8]) -> bool {
    matches!(plain, [DATA_NOTIFICATION | P1_TEXT, ..])
}

/// An encrypted APDU around plain bytes, with a tag if an authentication key is given: the meter's side.
///
/// # Errors
/// [`CipherError`] for a key of the wrong length.
pub fn seal(
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
