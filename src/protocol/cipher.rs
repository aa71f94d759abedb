//! AES in Galois/counter mode as DLMS security suites use it: 96-bit nonce, tag cut to 96 bits.
//!
//! The nonce is the system title followed by the invocation counter. Only whoever holds the authentication
//! key can check the tag; the text can be deciphered without, by counter mode alone, and is then to be called
//! deciphered but not authenticated. Suites 0 and 1 use keys of 16 bytes, suite 2 of 32 (DLMS UA Green Book,
//! ed. 8, 9.2.3.3; NIST SP 800-38D).

use std::fmt;

use aes_gcm::aead::AeadInOut;
use aes_gcm::aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt};
use aes_gcm::aes::{Aes128, Aes256};
use aes_gcm::{AesGcm, KeyInit};
use ctr::Ctr32BE;
use ctr::cipher::consts::U12;
use ctr::cipher::{KeyIvInit, StreamCipher};

use crate::frame::Secret;

/// Bytes of a nonce.
pub const NONCE: usize = 12;

/// Bytes of a tag: the first 96 bits of the full one.
pub const TAG: usize = 12;

/// What makes every frame's keystream its own: system title, then invocation counter, big-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce([u8; NONCE]);

impl Nonce {
    /// The nonce of a frame.
    #[must_use]
    pub fn new(system_title: [u8; 8], counter: u32) -> Self {
        let mut bytes = [0; NONCE];
        let joined = system_title.into_iter().chain(counter.to_be_bytes());
        bytes.iter_mut().zip(joined).for_each(|(to, from)| *to = from);
        Self(bytes)
    }

    /// The counter block of the first block of text: the one with 1 is the tag's.
    fn first_block(self) -> [u8; 16] {
        let mut block = [0; 16];
        block.iter_mut().zip(self.0).for_each(|(to, from)| *to = from);
        if let Some(last) = block.last_mut() {
            *last = 2;
        }
        block
    }
}

/// Why something cannot be deciphered or is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CipherError {
    /// The key has neither 16 nor 32 bytes.
    KeyLength,
    /// The tag does not belong to these bytes under these keys.
    Tag,
}

impl fmt::Display for CipherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyLength => f.write_str("a key has 16 bytes, or 32 for suite 2"),
            Self::Tag => f.write_str("the authentication tag does not fit"),
        }
    }
}

impl std::error::Error for CipherError {}

/// Checks the tag over `aad` and `text` and deciphers `text`.
///
/// # Errors
/// [`CipherError::Tag`] when a key, the nonce, `aad`, `text` or the tag is not the sender's; nothing is
/// deciphered then, see [`keystream`].
pub fn open(
    key: &Secret,
    nonce: Nonce,
    aad: &[u8],
    text: &[u8],
    tag: [u8; TAG],
) -> Result<Vec<u8>, CipherError> {
    let mut plain = text.to_vec();
    let (iv, tag) = (nonce.0.into(), tag.into());
    let opened = match key.reveal().len() {
        16 => gcm_128(key)?.decrypt_inout_detached(&iv, aad, plain.as_mut_slice().into(), &tag),
        _ => gcm_256(key)?.decrypt_inout_detached(&iv, aad, plain.as_mut_slice().into(), &tag),
    };
    opened.map(|()| plain).map_err(|_| CipherError::Tag)
}

/// Enciphers `plain` and makes the tag over it and `aad`: the meter's side.
///
/// # Errors
/// [`CipherError::KeyLength`].
pub fn seal(
    key: &Secret,
    nonce: Nonce,
    aad: &[u8],
    plain: &[u8],
) -> Result<(Vec<u8>, [u8; TAG]), CipherError> {
    let mut text = plain.to_vec();
    let iv = nonce.0.into();
    let tag = match key.reveal().len() {
        16 => gcm_128(key)?.encrypt_inout_detached(&iv, aad, text.as_mut_slice().into()),
        _ => gcm_256(key)?.encrypt_inout_detached(&iv, aad, text.as_mut_slice().into()),
    };
    // The only error is a text beyond 64 GiB.
    tag.map(|tag| (text, tag.into())).map_err(|_| CipherError::Tag)
}

/// Whether the tag of a message that is only authenticated fits: `aad` is control byte, authentication key and
/// the message in clear.
///
/// # Errors
/// [`CipherError::Tag`] when it does not.
pub fn verify(key: &Secret, nonce: Nonce, aad: &[u8], tag: [u8; TAG]) -> Result<(), CipherError> {
    open(key, nonce, aad, &[], tag).map(drop)
}

/// Deciphers (or enciphers, it is the same) without looking at any tag. The result proves nothing by itself.
///
/// # Errors
/// [`CipherError::KeyLength`].
pub fn keystream(key: &Secret, nonce: Nonce, text: &[u8]) -> Result<Vec<u8>, CipherError> {
    let mut plain = text.to_vec();
    let block = nonce.first_block();
    match key.reveal().len() {
        16 => counter::<Ctr32BE<Aes128>>(key, &block)?.apply_keystream(&mut plain),
        _ => counter::<Ctr32BE<Aes256>>(key, &block)?.apply_keystream(&mut plain),
    }
    Ok(plain)
}

/// Deciphers blocks chained by CBC with AES-128, without any padding (NIST SP 800-38A). Bytes beyond the last
/// whole block are left out.
///
/// # Errors
/// [`CipherError::KeyLength`].
pub fn unchain(key: &Secret, iv: [u8; 16], text: &[u8]) -> Result<Vec<u8>, CipherError> {
    let aes = Aes128::new_from_slice(key.reveal()).map_err(|_| CipherError::KeyLength)?;
    let mut plain = Vec::with_capacity(text.len());
    let mut before = iv;
    for coded in text.as_chunks::<16>().0 {
        let mut block = (*coded).into();
        aes.decrypt_block(&mut block);
        plain.extend(block.iter().zip(before).map(|(byte, chained)| byte ^ chained));
        before = *coded;
    }
    Ok(plain)
}

/// Enciphers blocks chained by CBC with AES-128: the meter's side of [`unchain`].
///
/// # Errors
/// [`CipherError::KeyLength`].
pub fn chain(key: &Secret, iv: [u8; 16], plain: &[u8]) -> Result<Vec<u8>, CipherError> {
    let aes = Aes128::new_from_slice(key.reveal()).map_err(|_| CipherError::KeyLength)?;
    let mut text = Vec::with_capacity(plain.len());
    let mut before = iv;
    for block in plain.as_chunks::<16>().0 {
        before.iter_mut().zip(block).for_each(|(chained, byte)| *chained ^= byte);
        let mut coded = before.into();
        aes.encrypt_block(&mut coded);
        before = coded.into();
        text.extend_from_slice(&before);
    }
    Ok(text)
}

/// What the tag of an enciphered message covers besides its text: the security control byte and the
/// authentication key.
#[must_use]
pub fn aad(security_control: u8, authentication: &Secret) -> zeroize::Zeroizing<Vec<u8>> {
    let mut bytes = Vec::with_capacity(1 + authentication.reveal().len());
    bytes.push(security_control);
    bytes.extend_from_slice(authentication.reveal());
    zeroize::Zeroizing::new(bytes)
}

fn gcm_128(key: &Secret) -> Result<AesGcm<Aes128, U12, U12>, CipherError> {
    AesGcm::new_from_slice(key.reveal()).map_err(|_| CipherError::KeyLength)
}

fn gcm_256(key: &Secret) -> Result<AesGcm<Aes256, U12, U12>, CipherError> {
    AesGcm::new_from_slice(key.reveal()).map_err(|_| CipherError::KeyLength)
}

fn counter<C: KeyIvInit>(key: &Secret, block: &[u8]) -> Result<C, CipherError> {
    C::new_from_slices(key.reveal(), block).map_err(|_| CipherError::KeyLength)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;
    use proptest::prelude::*;

    fn bytes(text: &str) -> Vec<u8> {
        hex::parse(text).unwrap()
    }

    fn secret(text: &str) -> Secret {
        Secret::new(bytes(text))
    }

    fn tag(text: &str) -> [u8; TAG] {
        bytes(text).try_into().unwrap()
    }

    fn nonce(title: &str, counter: u32) -> Nonce {
        Nonce::new(bytes(title).try_into().unwrap(), counter)
    }

    /// The worked example of the DLMS UA Green Book: a get-request of suite 0, control byte 30.
    fn green_book() -> (Secret, Secret, Nonce) {
        let key = secret("000102030405060708090A0B0C0D0E0F");
        let authentication = secret("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF");
        (key, authentication, nonce("4D4D4D0000BC614E", 0x0123_4567))
    }

    const PLAIN: &str = "C0010000080000010000FF0200";
    const TEXT: &str = "411312FF935A47566827C467BC";
    const FIT: &str = "7D825C3BE4A77C3FCC056B6B";

    #[test]
    fn the_worked_example_is_opened_and_made_again() {
        let (key, authentication, nonce) = green_book();
        let aad = aad(0x30, &authentication);
        assert_eq!(open(&key, nonce, &aad, &bytes(TEXT), tag(FIT)), Ok(bytes(PLAIN)));
        assert_eq!(seal(&key, nonce, &aad, &bytes(PLAIN)), Ok((bytes(TEXT), tag(FIT))));
    }

    #[test]
    fn without_the_authentication_key_the_text_is_still_deciphered() {
        let (key, _, nonce) = green_book();
        assert_eq!(keystream(&key, nonce, &bytes(TEXT)), Ok(bytes(PLAIN)));
    }

    #[test]
    fn a_message_that_is_only_authenticated_is_verified_in_clear() {
        let (key, authentication, nonce) = green_book();
        let covered = [aad(0x10, &authentication).as_slice(), &bytes(PLAIN)].concat();
        assert_eq!(verify(&key, nonce, &covered, tag("06725D910F9221D263877516")), Ok(()));
        // u9n/dlms-cosem, tests/test_security.py.
        let nonce = super::Nonce::new(*b"MMM\0\0\0\0\x01", 1);
        let covered = [aad(0x10, &authentication).as_slice(), &bytes("503677524A323146")].concat();
        assert_eq!(verify(&key, nonce, &covered, tag("1A52FE7DD3E72748973C1E28")), Ok(()));
    }

    #[test]
    fn the_example_of_a_utility_begins_as_it_prints() {
        // EVN / Netz Niederösterreich, "customer interface" leaflet, Kaifa MA309.
        let key = secret("36C66639E48A8CA4D6BC8B282A793BBB");
        let nonce = nonce("4B464D6750000009", 0x23);
        let plain = keystream(&key, nonce, &bytes("88D5AB4F97515AAFC6B88D2F85DAA7A0"));
        assert_eq!(plain, Ok(bytes("0F8006870E0C07E5091B01092F0F00FF")));
    }

    #[test]
    fn keys_of_no_suite_are_refused() {
        let (_, _, nonce) = green_book();
        for length in [0, 15, 17, 24, 31, 33] {
            let key = Secret::new(vec![0; length]);
            assert_eq!(keystream(&key, nonce, &[0]), Err(CipherError::KeyLength), "{length}");
            assert_eq!(open(&key, nonce, &[], &[0], [0; TAG]), Err(CipherError::KeyLength), "{length}");
            assert_eq!(seal(&key, nonce, &[], &[0]), Err(CipherError::KeyLength), "{length}");
        }
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_and_nothing_else_does(
            key in prop_oneof![proptest::collection::vec(any::<u8>(), 16), proptest::collection::vec(any::<u8>(), 32)],
            plain in proptest::collection::vec(any::<u8>(), 0..80),
            aad in proptest::collection::vec(any::<u8>(), 0..20),
            (title, counter) in any::<([u8; 8], u32)>(),
            flip in any::<(prop::sample::Index, u8)>(),
        ) {
            let (key, nonce) = (Secret::new(key), Nonce::new(title, counter));
            let (text, tag) = seal(&key, nonce, &aad, &plain).unwrap();
            prop_assert_eq!(open(&key, nonce, &aad, &text, tag), Ok(plain.clone()));
            prop_assert_eq!(keystream(&key, nonce, &text), Ok(plain));
            let mut damaged = [text.as_slice(), &tag].concat();
            damaged[flip.0.index(text.len() + TAG)] ^= 1 << (flip.1 % 8);
            let (text, tag) = damaged.split_at(text.len());
            prop_assert_eq!(open(&key, nonce, &aad, text, tag.try_into().unwrap()), Err(CipherError::Tag));
        }
    }
}
