//! Opening what is behind a ciphering header, with the keys that may fit (Green Book, ed. 8, 9.2.3).

use super::axdr::Tree;
use super::ciphering::{Control, DATA_NOTIFICATION, DED_CIPHERING, Header, P1_TEXT};
use crate::frame::ProblemCode;
use crate::protocol::MeterKey;
use crate::protocol::cipher::{self, CipherError, Nonce, TAG};

/// What came of opening a ciphered APDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Opened {
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
    /// No key is as long as its security suite wants.
    KeyLength,
    /// It cannot be tried.
    Unsupported {
        /// The problem's code.
        code: ProblemCode,
        /// The problem.
        text: &'static str,
    },
}

impl Opened {
    /// How much was achieved: more is better.
    const fn rank(&self) -> u8 {
        match self {
            Self::Unsupported { .. } | Self::NoKey => 0,
            Self::KeyLength => 1,
            Self::WrongKey => 2,
            Self::Forged(_) => 3,
            Self::Plain { .. } => 4,
        }
    }
}

/// Opens what is behind a header; the APDU must be whole.
pub(super) fn open(bytes: &[u8], header: &Header, keys: &[MeterKey]) -> Opened {
    if let Some((code, text)) = obstacle(header) {
        return Opened::Unsupported { code, text };
    }
    let text = bytes.get(header.text_at()..header.tag_at()).unwrap_or_default();
    let tag = bytes.get(header.tag_at()..).and_then(|rest| rest.first_chunk::<TAG>()).copied();
    let tag = tag.filter(|_| header.control.is_authenticated());
    let in_clear = || Opened::Plain { bytes: text.to_vec(), is_authentic: false };
    if !header.control.is_encrypted() && tag.is_none() {
        return in_clear();
    }
    let mut best = Opened::NoKey;
    for (key, title) in candidates(header, keys) {
        let sealed = Sealed { control: header.control, nonce: Nonce::new(title, header.counter), text, tag };
        let opened = sealed.open(key);
        if matches!(opened, Opened::Plain { .. }) {
            return opened;
        }
        if opened.rank() > best.rank() {
            best = opened;
        }
    }
    match best {
        Opened::NoKey if header.title.is_none() => {
            let text =
                "no system title in the header: give it with the key, as system_title in the keys file";
            Opened::Unsupported { code: ProblemCode::SystemTitleMissing, text }
        }
        Opened::NoKey if !header.control.is_encrypted() => in_clear(),
        best => best,
    }
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
const fn obstacle(header: &Header) -> Option<(ProblemCode, &'static str)> {
    let control = header.control;
    if control.is_compressed() {
        return Some((ProblemCode::UnsupportedCompression, "compressed by V.44, which is not supported"));
    }
    if control.suite() > 2 {
        return Some((ProblemCode::UnsupportedSuite, "the security suite is none of the standard"));
    }
    if matches!(header.tag, Some(DED_CIPHERING)) {
        return Some((ProblemCode::UnsupportedKey, "ciphered with a key agreed for one association"));
    }
    if header.tag_at() < header.text_at() {
        return Some((ProblemCode::BerLength, "the length has no room for the tag"));
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
            return Opened::KeyLength;
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

/// Whether plain bytes are something that is pushed, as far as their beginning tells: a notification with its mark
/// for the time, text, or data to the last byte. The first byte alone would let one wrong key in 256 pass.
fn is_plausible(plain: &[u8]) -> bool {
    match plain {
        [DATA_NOTIFICATION, _, _, _, _, mark, next, ..] => {
            matches!((mark, next), (0 | 0x0C | 0x19, _) | (9, 12))
        }
        [P1_TEXT, name @ ..] => name.iter().take(3).all(u8::is_ascii_alphanumeric),
        [0x01 | 0x02, ..] => {
            let tree = Tree::read(plain, 0);
            tree.halt.is_none() && tree.end == plain.len()
        }
        _ => false,
    }
}
