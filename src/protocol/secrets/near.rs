//! Bytes compared as a line damages them: bit by bit.

/// How many bits differ.
#[must_use]
pub const fn flips(one: u8, other: u8) -> u32 {
    (one ^ other).count_ones()
}

/// How many bits the bytes at `at` differ from a pattern in; `None` where they end before it does or more than
/// `most` bits differ. An entry `None` of the pattern fits any byte.
#[must_use]
pub fn errors(bytes: &[u8], at: usize, pattern: &[Option<u8>], most: u32) -> Option<u32> {
    let found = bytes.get(at..at.checked_add(pattern.len())?)?;
    let mut sum = 0;
    for (byte, wanted) in found.iter().zip(pattern) {
        sum += wanted.map_or(0, |wanted| flips(*byte, wanted));
        if sum > most {
            return None;
        }
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flipped_bits_are_counted_up_to_the_most_that_are_allowed() {
        let pattern = [Some(1), None, Some(3)];
        assert_eq!(errors(&[9, 1, 77, 3], 1, &pattern, 0), Some(0));
        assert_eq!(errors(&[0, 77, 3], 0, &pattern, 1), Some(1));
        assert_eq!(errors(&[0, 77, 2], 0, &pattern, 1), None);
        assert_eq!(errors(&[1, 2], 0, &pattern, 8), None);
    }
}
