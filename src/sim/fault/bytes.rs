//! What wrong settings and shared wires make of bytes.

/// A 7E1 character as an 8N1 port sees it: the parity bit lands in bit 7.
#[must_use]
pub const fn seven_even(byte: u8) -> u8 {
    let data = byte & 0x7F;
    if data.count_ones().is_multiple_of(2) { data } else { data | 0x80 }
}

/// An 8N1 text character sent back to back on an inverted line, as a receiver reads it once it has locked on: the
/// start bit is taken for a stop bit, so that the data bits move up by one and the lowest bit is 1.
#[must_use]
pub const fn inverted(byte: u8) -> u8 {
    ((!byte & 0x7F) << 1) | 1
}

/// What a raw client reads from a telnet port: FF doubled.
#[must_use]
pub fn double_ff(bytes: &[u8]) -> Vec<u8> {
    let doubled = |byte: &u8| std::iter::repeat_n(*byte, if *byte == 0xFF { 2 } else { 1 });
    bytes.iter().flat_map(doubled).collect()
}

/// Two transmissions at once, the second `skew` characters after the first: on RS-485 with bias, 0 wins.
#[must_use]
pub fn collide(first: &[u8], second: &[u8], skew: usize) -> Vec<u8> {
    let length = first.len().max(skew.saturating_add(second.len()));
    let of = |bytes: &[u8], index: Option<usize>| index.and_then(|i| bytes.get(i)).copied().unwrap_or(0xFF);
    (0..length).map(|i| of(first, Some(i)) & of(second, i.checked_sub(skew))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_on_of_a_7e1_meter_looks_as_users_report_it() {
        let seen: Vec<u8> = b"/?!\r\n".iter().map(|b| seven_even(*b)).collect();
        assert_eq!(seen, [0xAF, 0x3F, 0x21, 0x8D, 0x0A]);
    }

    #[test]
    fn an_inverted_character_can_be_turned_back() {
        for byte in 0..0x80_u8 {
            assert_eq!(!(inverted(byte) >> 1) & 0x7F, byte);
        }
    }

    #[test]
    fn only_ff_is_doubled() {
        assert_eq!(double_ff(&[1, 0xFF, 2, 0xFF, 0xFF]), [1, 0xFF, 0xFF, 2, 0xFF, 0xFF, 0xFF, 0xFF]);
    }

    #[test]
    fn colliding_transmissions_show_the_zeros_of_both() {
        assert_eq!(collide(&[0xF0, 0x3C], &[0xCC, 0xFF], 0), [0xC0, 0x3C]);
        assert_eq!(collide(&[0xF0, 0x3C], &[0xCC, 0x55], 1), [0xF0, 0x0C, 0x55]);
        assert_eq!(collide(&[1], &[2], 3), [1, 0xFF, 0xFF, 2]);
    }
}
