//! Error replies, `(ERR12)`, in old group reads `(E12)` (protocol of CE208 and CE308, Energomera).

/// The number and the meaning of an error reply.
pub(crate) fn parse(value: &[u8]) -> Option<(u16, &'static str)> {
    let digits = value.strip_prefix(b"ERR").or_else(|| value.strip_prefix(b"E"))?;
    let number = match *digits {
        [tens @ b'0'..=b'9', units @ b'0'..=b'9'] => u16::from(tens - b'0') * 10 + u16::from(units - b'0'),
        _ => return None,
    };
    Some((number, meaning(number)))
}

/// What an error number means.
pub(crate) const fn meaning(number: u16) -> &'static str {
    match number {
        11 => "command not supported",
        12 => "unknown parameter name",
        13 => "wrong structure of the parameter",
        14 => "access button not pressed",
        15 => "access refused",
        16 => "programming forbidden by the jumper",
        17 => "value out of range",
        18 => "no record of that date",
        19 => "programming busy on another port",
        22 => "answer larger than allowed",
        30 => "power problem, not written",
        31 => "I2C error",
        32 => "content of the memory not valid",
        33 => "memory could not be written",
        _ => "an error that is in no list",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_spellings_are_read_and_nothing_else() {
        assert_eq!(super::parse(b"ERR12"), Some((12, "unknown parameter name")));
        assert_eq!(super::parse(b"E17"), Some((17, "value out of range")));
        for other in [&b"ERR1"[..], b"ERROR", b"12", b"", b"E123"] {
            assert_eq!(super::parse(other), None);
        }
    }
}
