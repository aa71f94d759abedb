//! Password of a session: how it is sent, and how often.

use crate::protocol::Profile;
use crate::protocol::iec62056_21::energomera::login;
use crate::protocol::iec62056_21::{EMR, NEVA_1, NEVA_3};

/// How often a password is sent at most.
pub(super) const MOST: u32 = 2;

/// What the meter has said of its password, and how often it was sent.
#[derive(Debug, Default)]
pub(super) struct Login {
    /// Whether it is an MT124 with firmware 7109.
    is_7109: bool,
    operand: Vec<u8>,
    sent: u32,
}

impl Login {
    pub(super) const fn identified(&mut self, is_7109: bool) {
        self.is_7109 = is_7109;
    }

    /// The meter asks for its password.
    pub(super) fn invited(&mut self, operand: Vec<u8>) {
        (self.operand, self.sent) = (operand, 0);
    }

    /// How often the password has been sent.
    pub(super) const fn sent(&self) -> u32 {
        self.sent
    }

    pub(super) const fn send(&mut self) {
        self.sent += 1;
    }

    /// The command and the operand of the password; `None` where none is needed or given.
    pub(super) fn password(&self, profile: &Profile) -> Option<([u8; 2], Vec<u8>)> {
        let given = profile.password.as_ref().map(|secret| secret.reveal().to_vec());
        match profile.dialect {
            NEVA_1 | NEVA_3 => {
                let password = given.unwrap_or_else(|| b"00000000".to_vec());
                let is_none = password.iter().all(|byte| *byte == b'0');
                Some((*b"P1", if self.is_7109 && is_none { Vec::new() } else { password }))
            }
            EMR if matches!(profile.model, "energomera-ce208" | "energomera-ce308") => {
                let password = given?;
                let hash = login::hash(&password, &self.operand);
                Some(hash.map_or((*b"P1", password), |hash| (*b"P2", format!("{hash:08X}").into_bytes())))
            }
            _ => Some((*b"P1", given?)),
        }
    }
}
