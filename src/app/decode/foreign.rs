//! Files of other programs that hold traffic in a form that is not read, known by their first bytes.

/// A form that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign {
    /// What it is.
    pub name: &'static str,
    /// How it becomes something that is read.
    pub remedy: &'static str,
}

const UNPACK: &str = "unpack it first";
const CONVERT: &str = "convert it: editcap -F pcapng FILE NEW.pcapng";

/// Beginnings that no meter's traffic has: the magic numbers of the formats (pcap: draft-ietf-opsawg-pcap, in both byte
/// orders, with micro- and nanoseconds; gzip: RFC 1952; zstd: RFC 8878).
const FORMS: [(&[u8], &str, &str); 12] = [
    (&[0xA1, 0xB2, 0xC3, 0xD4], "a classic pcap capture", CONVERT),
    (&[0xD4, 0xC3, 0xB2, 0xA1], "a classic pcap capture", CONVERT),
    (&[0xA1, 0xB2, 0x3C, 0x4D], "a classic pcap capture", CONVERT),
    (&[0x4D, 0x3C, 0xB2, 0xA1], "a classic pcap capture", CONVERT),
    (&[0xA1, 0xB2, 0xCD, 0x34], "a classic pcap capture", CONVERT),
    (&[0x34, 0xCD, 0xB2, 0xA1], "a classic pcap capture", CONVERT),
    (&[0x1F, 0x8B, 0x08], "packed with gzip", UNPACK),
    (&[0x28, 0xB5, 0x2F, 0xFD], "packed with zstd", UNPACK),
    (&[0xFD, b'7', b'z', b'X', b'Z', 0x00], "packed with xz", UNPACK),
    (b"BZh", "packed with bzip2", UNPACK),
    (b"PK\x03\x04", "packed with zip", UNPACK),
    (&[0x04, 0x22, 0x4D, 0x18], "packed with lz4", UNPACK),
];

impl Foreign {
    /// The form of a file that begins like this, if it is one of these.
    #[must_use]
    pub fn of(beginning: &[u8]) -> Option<Self> {
        let (_, name, remedy) = *FORMS.iter().find(|(magic, ..)| beginning.starts_with(magic))?;
        Some(Self { name, remedy })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_programs_are_known_by_their_beginning_and_traffic_is_not() {
        let named = |bytes: &[u8]| Foreign::of(bytes).map(|form| form.name);
        assert_eq!(named(b"\xD4\xC3\xB2\xA1\x02\0\x04\0"), Some("a classic pcap capture"));
        assert_eq!(named(b"\x1F\x8B\x08\0\0\0\0\0"), Some("packed with gzip"));
        for traffic in [&b"/ISk5\\2MT382"[..], b"\xC0\x48\x96", b"\x68\x10\x10\x68", b"PK", b""] {
            assert_eq!(named(traffic), None);
        }
    }
}
