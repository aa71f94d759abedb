//! Damage that the receiver of a serial line saw: wrong parity, no stop bit, a break.

use std::fmt;

/// What was wrong with a received character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineError {
    /// The parity bit does not fit. Where the line has a parity bit the system does not tell this from a missing
    /// stop bit.
    Parity,
    /// There was no stop bit where one belongs: another speed or format, or two senders at once.
    Framing,
    /// The line was held at 0 for longer than a character, which is read as a byte of zeros. The system does not
    /// tell this from a damaged byte of zeros.
    Break,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parity => "parity error",
            Self::Framing => "framing error",
            Self::Break => "break",
        })
    }
}

/// A damaged byte among received ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// Which of the bytes, from 0.
    pub place: usize,
    /// What was wrong with it.
    pub error: LineError,
}

/// Bytes as one read handed them over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Heard {
    /// The bytes, damaged ones as they were received.
    pub(super) bytes: Vec<u8>,
    /// Which are damaged, in order.
    pub(super) damage: Vec<Damage>,
}

impl Heard {
    /// The same bytes in pieces of at most `len`.
    pub(super) fn pieces(self, len: usize) -> impl Iterator<Item = Self> {
        let (mut rest, mut begin) = (Some(self), 0);
        std::iter::from_fn(move || {
            let mut piece = rest.take()?;
            if piece.bytes.len() > len {
                let behind = Self { bytes: piece.bytes.split_off(len), damage: piece.damage.clone() };
                rest = Some(behind);
            }
            let mut damage = std::mem::take(&mut piece.damage);
            damage.retain(|damage| (begin..begin + piece.bytes.len()).contains(&damage.place));
            for damage in &mut damage {
                damage.place -= begin;
            }
            begin += piece.bytes.len();
            Some(Self { bytes: piece.bytes, damage })
        })
    }
}

impl From<Vec<u8>> for Heard {
    /// Bytes of which no damage is told.
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, damage: Vec::new() }
    }
}

/// Received bytes in runs that are undamaged or damaged alike, in order.
pub fn runs<'a>(bytes: &'a [u8], damage: &[Damage]) -> impl Iterator<Item = (Option<LineError>, &'a [u8])> {
    let (mut place, mut rest, mut damage) = (0, bytes, damage);
    std::iter::from_fn(move || {
        let error = damage.first().filter(|first| first.place <= place).map(|first| first.error);
        let len = match (error, damage.first()) {
            (Some(error), _) => {
                let alike =
                    damage.iter().zip(place..).take_while(|(d, at)| d.place <= *at && d.error == error);
                let len = alike.count();
                damage = damage.get(len..).unwrap_or_default();
                len
            }
            (None, Some(next)) => next.place - place,
            (None, None) => rest.len(),
        };
        let (run, behind) = rest.split_at_checked(len).unwrap_or((rest, &[]));
        (place, rest) = (place + len, behind);
        (!run.is_empty()).then_some((error, run))
    })
}

/// How many characters were received damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineErrors {
    /// With wrong parity, found by the port or in software.
    pub parity: u64,
    /// Without a stop bit.
    pub framing: u64,
    /// Breaks.
    pub breaks: u64,
}

impl LineErrors {
    /// Counts so many more of a kind.
    pub const fn add(&mut self, error: LineError, count: u64) {
        let place = match error {
            LineError::Parity => &mut self.parity,
            LineError::Framing => &mut self.framing,
            LineError::Break => &mut self.breaks,
        };
        *place = place.saturating_add(count);
    }

    /// Whether there were none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for LineErrors {
    /// `3 parity errors, 1 break`; empty when there were none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [
            (self.parity, LineError::Parity),
            (self.framing, LineError::Framing),
            (self.breaks, LineError::Break),
        ];
        let mut comma = "";
        for (count, error) in kinds.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, "{comma}{count} {error}{}", if count == 1 { "" } else { "s" })?;
            comma = ", ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn errors() -> impl Strategy<Value = Option<LineError>> {
        proptest::option::of(prop::sample::select(vec![
            LineError::Parity,
            LineError::Framing,
            LineError::Break,
        ]))
    }

    proptest! {
        #[test]
        fn runs_hold_every_byte_with_what_was_wrong_with_it(
            line in proptest::collection::vec((any::<u8>(), errors()), 0..40),
        ) {
            let bytes: Vec<u8> = line.iter().map(|(byte, _)| *byte).collect();
            let damaged = |(place, (_, error)): (usize, &(u8, Option<LineError>))| {
                error.map(|error| Damage { place, error })
            };
            let damage: Vec<Damage> = line.iter().enumerate().filter_map(damaged).collect();
            let told: Vec<(u8, Option<LineError>)> = runs(&bytes, &damage)
                .flat_map(|(error, run)| run.iter().map(move |byte| (*byte, error)))
                .collect();
            prop_assert_eq!(told, line);
        }
    }

    #[test]
    fn a_long_read_is_handed_over_in_pieces_with_its_damage() {
        let damage = |place| Damage { place, error: LineError::Parity };
        let heard = Heard { bytes: b"abcdefg".to_vec(), damage: vec![damage(0), damage(3), damage(6)] };
        let pieces: Vec<Heard> = heard.pieces(3).collect();
        let piece = |bytes: &[u8], place| Heard { bytes: bytes.to_vec(), damage: vec![damage(place)] };
        assert_eq!(pieces, [piece(b"abc", 0), piece(b"def", 0), piece(b"g", 0)]);
    }

    #[test]
    fn neighbours_damaged_alike_are_one_run() {
        let damage = |place, error| Damage { place, error };
        let damage =
            [damage(1, LineError::Parity), damage(2, LineError::Parity), damage(3, LineError::Break)];
        let runs: Vec<_> = runs(b"abc\0d", &damage).collect();
        let parity = (Some(LineError::Parity), &b"bc"[..]);
        assert_eq!(runs, [(None, &b"a"[..]), parity, (Some(LineError::Break), b"\0"), (None, b"d")]);
    }

    #[test]
    fn counts_are_told_in_words() {
        let mut errors = LineErrors::default();
        assert!(errors.is_none() && errors.to_string().is_empty());
        errors.add(LineError::Parity, 3);
        errors.add(LineError::Break, 1);
        assert_eq!(errors.to_string(), "3 parity errors, 1 break");
    }
}
