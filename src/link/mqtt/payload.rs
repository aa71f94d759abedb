//! What a message holds: a frame as raw bytes, or written as hex.

use crate::frame::hex;

/// The bytes of a message. Text of nothing but pairs of hex digits, with or without blanks, colons or dashes
/// between the pairs, is hex: no frame of a meter is made of such bytes alone. Everything else is taken raw.
pub(super) fn bytes(payload: &[u8]) -> Vec<u8> {
    from_hex(payload).unwrap_or_else(|| payload.to_vec())
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let is_between = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b':' | b'-');
    let mut out = Vec::with_capacity(text.len() / 2);
    for digits in text.split(is_between) {
        out.extend(hex::digits(digits)?);
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hex_is_read_however_it_is_spaced() {
        for text in ["68FAFA68", "68fafa68", "68 FA FA 68\n", "68:FA:FA:68", "68-fa-fa-68"] {
            assert_eq!(bytes(text.as_bytes()), [0x68, 0xFA, 0xFA, 0x68], "{text}");
        }
    }

    #[test]
    fn what_is_no_hex_is_a_frame_as_it_is() {
        let telegrams: [&[u8]; 5] =
            [b"\x68\xFA\xFA\x68", b"/KFM5KAIFA\r\n\r\n!", b"68F", b"6 8", b"{\"p\": 1}"];
        for raw in telegrams {
            assert_eq!(bytes(raw), raw);
        }
        assert_eq!(bytes(b" \n"), b" \n");
        assert_eq!(bytes(b""), b"");
    }

    proptest! {
        #[test]
        fn any_frame_written_as_hex_is_that_frame(frame in prop::collection::vec(any::<u8>(), 1..200)) {
            let text = hex::spaced(&frame);
            prop_assert_eq!(bytes(text.as_bytes()), frame);
        }
    }
}
