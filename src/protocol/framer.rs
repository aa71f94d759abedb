//! Cutting a byte stream into frames and noise.

use crate::frame::At;

/// Whose bytes a framer is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Only what goes to meters.
    Requests,
    /// Only what comes from meters (echoes may be among it).
    Replies,
    /// Both, as on a bus that is listened to.
    Both,
}

/// The cheap judgement that framing already makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Integrity {
    /// The checksum fits.
    Good,
    /// It does not, or the frame is malformed.
    Bad,
    /// There is none, or it was not looked at.
    Unchecked,
}

/// Whether a run of bytes is a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PieceKind {
    /// A message that the protocol claims, whole or delimited but damaged.
    Frame(Integrity),
    /// Bytes that belong to no frame.
    Noise,
}

/// A run of bytes that a framer has finished with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Frame or noise.
    pub kind: PieceKind,
    /// The bytes. Pieces follow each other without gap or overlap.
    pub bytes: &'a [u8],
    /// When the first byte came.
    pub first: At,
    /// When the last byte came.
    pub last: At,
}

/// Cuts a byte stream into pieces.
///
/// Laws, tested for every family: the pieces partition the input in order for any chunking; the pieces are
/// the same when the byte times are the same; without times (all bytes at one moment) it frames by grammar,
/// length and checksum alone, a gap is only a hint. Bytes that are delimited or complete in length but fail
/// their checksum are a bad frame, not noise. Memory is bounded: no input makes it hold more than a few times
/// the longest frame. Allocates only when its buffer has to grow.
pub trait Framer: Send {
    /// Takes bytes that arrived at `at` and hands finished pieces to `out`.
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>));

    /// When [`Framer::expire`] should be called if nothing arrives until then; `None` when waiting longer
    /// changes nothing.
    fn deadline(&self) -> Option<At>;

    /// Tells it that nothing has arrived up to `at`.
    fn expire(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>));

    /// The stream has ended or is to be cut here: hands over everything that is left.
    fn finish(&mut self, out: &mut dyn FnMut(Piece<'_>));
}
