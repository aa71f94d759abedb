//! Byte stuffing: END and ESC within a frame are sent as pairs, everything between the END bytes included.
//!
//! CE102 command description INES.411152.094D5, 2.2; CE307 manual, app. B, 1.2.

use super::frame::{CONTENT_MAX, Defect};

/// Opens and closes a frame.
pub(super) const END: u8 = 0xC0;
/// Announces a stuffed byte.
pub(super) const ESC: u8 = 0xDB;
/// After [`ESC`]: an [`END`] that is content.
pub(super) const ESC_END: u8 = 0xDC;
/// After [`ESC`]: an [`ESC`] that is content.
pub(super) const ESC_ESC: u8 = 0xDD;
/// Appends `content` to `wire`, END and ESC replaced by their pairs.
pub(super) fn stuff(content: &[u8], wire: &mut Vec<u8>) {
    for &byte in content {
        match byte {
            END => wire.extend([ESC, ESC_END]),
            ESC => wire.extend([ESC, ESC_ESC]),
            _ => wire.push(byte),
        }
    }
}

/// What a stuffed pair stands for; `None` when the second byte is not allowed after ESC.
pub(super) const fn unpair(second: u8) -> Option<u8> {
    match second {
        ESC_END => Some(END),
        ESC_ESC => Some(ESC),
        _ => None,
    }
}

/// Takes the stuffing out of at most [`CONTENT_MAX`] bytes and hands them to `then`, without allocation.
pub(super) fn unstuffed<T>(
    stuffed: &[u8],
    then: impl FnOnce(&[u8]) -> Result<T, Defect>,
) -> Result<T, Defect> {
    if !stuffed.contains(&ESC) {
        return then(stuffed);
    }
    let mut content = [0u8; CONTENT_MAX];
    let mut slots = content.iter_mut();
    let mut bytes = stuffed.iter().copied();
    let mut length = 0;
    while let Some(byte) = bytes.next() {
        let plain = if byte == ESC { bytes.next().and_then(unpair).ok_or(Defect::Stuffing)? } else { byte };
        *slots.next().ok_or(Defect::TooLong)? = plain;
        length += 1;
    }
    then(content.get(..length).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn stuffing_comes_off_again(content in prop::collection::vec(prop_oneof![Just(END), Just(ESC), any::<u8>()], 0..=CONTENT_MAX)) {
            let mut wire = Vec::new();
            stuff(&content, &mut wire);
            prop_assert!(!wire.contains(&END));
            let back = unstuffed(&wire, |plain| Ok(plain.to_vec()));
            prop_assert_eq!(back, Ok(content));
        }
    }
}
