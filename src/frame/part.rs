//! Frames that are not all of what is told.

/// What is still to come when a frame is not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// Later frames complete its message, which says nothing before (segments of DLMS).
    OfMessage,
    /// It is complete, and the next frame has more of the same readout (DIF 1F of EN 13757-3).
    OfReadout,
}
