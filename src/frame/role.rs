//! What a field is to the message around it, as an id: code decides by it and never by the label.

/// The part that a field plays in its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Role {
    /// Says something: a value, or what nothing else is known of.
    #[default]
    Value,
    /// Holds the message together: delimiters, lengths, brackets, line ends.
    Frame,
    /// Says what the value beside it is: an OBIS code, a class, a scaler, a DIF or VIF.
    Reference,
    /// The reference that a line of text begins with (IEC 62056-61: the object).
    Object,
    /// A record: its head says what the data in it are (EN 13757-3).
    Record,
    /// The bytes of the value that the field above explains: the data of a record.
    Data,
    /// The line by which a meter names itself.
    Identification,
    /// The system title of an encrypted message.
    SystemTitle,
    /// The security control byte of an encrypted message.
    SecurityControl,
    /// The counter that makes an encrypted message the only one of its kind.
    Counter,
    /// The tag that proves who sent an encrypted message.
    AuthenticationTag,
}

impl Role {
    /// Whether it only serves the values around it.
    #[must_use]
    pub const fn is_auxiliary(self) -> bool {
        matches!(self, Self::Frame | Self::Reference | Self::Object)
    }
}
