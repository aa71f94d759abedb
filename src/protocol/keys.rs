//! Keys of meters that encrypt what they say.

use crate::frame::Secret;

/// The keys of one meter, or of any meter when no system title is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterKey {
    /// Whose keys they are; `None` to try them on every meter.
    pub system_title: Option<[u8; 8]>,
    /// The encryption key (GUEK): 16 bytes, or 32 for security suite 2.
    pub encryption: Secret,
    /// The authentication key (GAK), where the operator hands one out.
    pub authentication: Option<Secret>,
}

impl MeterKey {
    /// Whether these keys may be those of the meter with a system title.
    #[must_use]
    pub fn may_open(&self, system_title: [u8; 8]) -> bool {
        self.system_title.is_none_or(|own| own == system_title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_without_a_system_title_is_tried_on_every_meter_and_none_is_printed() {
        let key = |system_title| MeterKey {
            system_title,
            encryption: Secret::new(vec![0xA5; 16]),
            authentication: Some(Secret::new(vec![0x5A; 16])),
        };
        assert!(key(None).may_open(*b"SAGgp\x01\xBD\x54"));
        assert!(key(Some([7; 8])).may_open([7; 8]));
        assert!(!key(Some([7; 8])).may_open([8; 8]));
        let shown = format!("{:?}", key(None)).to_lowercase();
        assert!(!shown.contains("165") && !shown.contains("a5") && !shown.contains("5a"), "{shown}");
    }
}
