//! Problems of frames: what is wrong or odd, as an id for code and scripts and as a sentence for people.

use std::borrow::Cow;
use std::fmt;

use super::Span;

/// Something about a frame that its reader should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub code: ProblemCode,
    /// One sentence, without foreign bytes.
    pub text: Cow<'static, str>,
    /// Where in the wire bytes, where it has a place.
    pub span: Option<Span>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// Kinds of problems, by which code decides; scripts get their words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ProblemCode {
            $($(#[$doc])* $name,)+
        }

        impl ProblemCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable word for scripts, `code` of the JSON contract: `checksum`, `no-key`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

codes! {
    /// The tag covers the text alone, not the authentication key.
    Aad = "aad",
    /// From another address than was asked.
    Address = "address",
    /// The APDU has fewer bytes than its header says.
    ApduIncomplete = "apdu-incomplete",
    /// The meter tells an application error (EN 13757-3).
    ApplicationError = "application-error",
    /// The list names no quantities; they are told by its form.
    AssumedNames = "assumed-names",
    /// The encryption key fits, the authentication key does not.
    AuthenticationKey = "authentication-key",
    /// A-XDR that is not of its form (IEC 61334-6).
    Axdr = "axdr",
    /// Half bytes that are no decimal digits.
    Bcd = "bcd",
    /// A length of no form that BER has.
    BerLength = "ber-length",
    /// One bit or a few are wrong.
    BitError = "bit-error",
    /// An empty line was taken out of the telegram.
    BlankLine = "blank-line",
    /// The checksum does not fit.
    Checksum = "checksum",
    /// The meter's clock is not set.
    Clock = "clock",
    /// A command that no list knows.
    Command = "command",
    /// The request of the answer is not known.
    Context = "context",
    /// Another count of entries than is said.
    Count = "count",
    /// The frame breaks off.
    CutShort = "cut-short",
    /// Damaged on its way, although its key fits or without being opened.
    Damaged = "damaged",
    /// Another count of data bytes than the command has.
    DataLength = "data-length",
    /// The decimals of a number are not known.
    Decimals = "decimals",
    /// A delimiter is missing or shared.
    Delimiter = "delimiter",
    /// Of another dialect than the chosen model speaks.
    Dialect = "dialect",
    /// One code comes twice in an answer.
    DoubleCode = "double-code",
    /// Equal to the request.
    Echo = "echo",
    /// The meter refuses.
    ErrorReply = "error-reply",
    /// The check sequence over the frame does not fit (HDLC).
    Fcs = "fcs",
    /// A value that is not of its parameter's form.
    Format = "format",
    /// Bytes were lost or added.
    Framing = "framing",
    /// A block of a general block transfer that is not the next one.
    GbtSequence = "gbt-sequence",
    /// The check sequence over the header does not fit (HDLC).
    Hcs = "hcs",
    /// The key is of another length than the security suite wants.
    KeyLength = "key-length",
    /// Bytes of another telegram before this one.
    LeftOver = "left-over",
    /// A length that does not fit.
    Length = "length",
    /// The two length bytes differ (EN 13757-2).
    LengthMismatch = "length-mismatch",
    /// A line of no known form.
    Line = "line",
    /// Line ends were changed on the way.
    LineEnds = "line-ends",
    /// A line of the answer has lost its name.
    LostName = "lost-name",
    /// No checksum where there is to be one.
    NoChecksum = "no-checksum",
    /// Encrypted, and no key is given for it.
    NoKey = "no-key",
    /// Decrypted, but nothing proves who sent it.
    NotAuthenticated = "not-authenticated",
    /// OPT of a related protocol.
    Opt = "opt",
    /// A later segment without its first one.
    OrphanSegment = "orphan-segment",
    /// A P1 telegram inside.
    P1Text = "p1-text",
    /// Wrong parity bits.
    Parity = "parity",
    /// Decrypted with every key, it makes no sense.
    PlaintextCheck = "plaintext-check",
    /// A data record of no known form (EN 13757-3).
    Record = "record",
    /// The meter refuses, in a line.
    Refused = "refused",
    /// A counter that did not rise.
    Replay = "replay",
    /// A number that may be of another scale.
    Scale = "scale",
    /// A new message before the last one was whole.
    SegmentRestart = "segment-restart",
    /// A segment that is not the next one.
    SegmentSequence = "segment-sequence",
    /// A service byte that is not known.
    Service = "service",
    /// The meter tells faults of its own state.
    State = "state",
    /// The meter tells a status other than good.
    Status = "status",
    /// The stop byte is wrong.
    StopByte = "stop-byte",
    /// Byte stuffing that the protocol does not have.
    Stuffing = "stuffing",
    /// Encrypted without the system title that its nonce needs.
    SystemTitleMissing = "system-title-missing",
    /// The authentication tag does not fit.
    Tag = "tag",
    /// A date or time that the calendar does not know.
    Time = "time",
    /// A message that did not become whole in time.
    TimeoutIncomplete = "timeout-incomplete",
    /// More bytes than there are to be.
    TrailingBytes = "trailing-bytes",
    /// A list that names no quantities and is not known.
    UnknownList = "unknown-list",
    /// An APDU that is not explained.
    UnsupportedApdu = "unsupported-apdu",
    /// Compressed, which is not supported.
    UnsupportedCompression = "unsupported-compression",
    /// An encryption mode that is not supported.
    UnsupportedEncryption = "unsupported-encryption",
    /// Encrypted with a key that cannot be given here.
    UnsupportedKey = "unsupported-key",
    /// A security suite that is not supported.
    UnsupportedSuite = "unsupported-suite",
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ProblemCode {
    /// Whether a person who only wants the values must be told, although the values are right.
    #[must_use]
    pub const fn is_for_the_person(self) -> bool {
        matches!(
            self,
            Self::Aad
                | Self::AuthenticationKey
                | Self::Clock
                | Self::Dialect
                | Self::LeftOver
                | Self::NoChecksum
                | Self::NotAuthenticated
                | Self::Parity
                | Self::Replay
                | Self::Scale
                | Self::SegmentRestart
                | Self::TimeoutIncomplete
        )
    }

    /// Whether the frame breaks off, or what belongs before it is missing.
    #[must_use]
    pub const fn is_torn(self) -> bool {
        matches!(self, Self::ApduIncomplete | Self::CutShort | Self::OrphanSegment | Self::SegmentSequence)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::reading::Doubt;

    #[test]
    fn every_problem_has_a_word_of_its_own_in_small_letters() {
        let words: HashSet<&str> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), ProblemCode::ALL.len());
        let is_plain = |word: &&str| word.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        assert!(words.iter().all(is_plain), "{words:?}");
    }

    #[test]
    fn a_doubt_and_the_problem_that_goes_with_it_have_one_word() {
        assert_eq!(ProblemCode::DoubleCode.as_str(), Doubt::DoubleCode.code());
        assert_eq!(ProblemCode::LostName.as_str(), Doubt::LostName.code());
    }
}
