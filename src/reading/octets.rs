//! A few bytes of a meter's: most are so few that they need no memory of their own.

use std::fmt;
use std::ops::Deref;

/// Bytes that are kept in place.
const FEW: usize = 22;

/// Bytes of a meter's; up to 22 of them are kept in place, so that a reading costs no allocation.
#[derive(Clone)]
pub struct Octets(Kept);

#[derive(Clone)]
enum Kept {
    /// So many of these.
    Here(u8, [u8; FEW]),
    /// More than [`FEW`].
    Apart(Box<[u8]>),
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Kept::Here(count, bytes) => bytes.get(..usize::from(*count)).unwrap_or_default(),
            Kept::Apart(bytes) => bytes,
        }
    }
}

#[cold]
fn apart(bytes: &[u8]) -> Octets {
    Octets(Kept::Apart(bytes.into()))
}

impl From<&[u8]> for Octets {
    #[inline]
    fn from(bytes: &[u8]) -> Self {
        let mut here = [0; FEW];
        let Some(place) = here.get_mut(..bytes.len()) else { return apart(bytes) };
        place.copy_from_slice(bytes);
        Self(Kept::Here(bytes.len() as u8, here))
    }
}

impl From<Vec<u8>> for Octets {
    fn from(bytes: Vec<u8>) -> Self {
        if bytes.len() > FEW { Self(Kept::Apart(bytes.into())) } else { bytes.as_slice().into() }
    }
}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Octets {}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_bytes_read_back_alike() {
        let many: Vec<u8> = (0..100).collect();
        for count in [0, 1, FEW, FEW + 1, 100] {
            let bytes = &many[..count];
            assert_eq!(&*Octets::from(bytes), bytes);
            assert_eq!(Octets::from(bytes.to_vec()), Octets::from(bytes));
        }
        assert_ne!(Octets::from(&many[..3]), Octets::from(&many[..4]));
    }

    #[test]
    fn it_takes_no_more_room_than_its_bytes() {
        assert_eq!(size_of::<Octets>(), 24);
    }
}
