//! A telegram whose data lines are encrypted: behind its first line in clear stands an envelope, behind that the line
//! of the exclamation mark. Seen in Poland (UtilitechAS/amsreader-firmware, `DsmrParser.cpp`; no document is public).

use super::envelope::Envelope;
use super::wire;

/// Where the parts of such a telegram stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrapped {
    /// Where the envelope begins: behind the first line and empty ones.
    pub at: usize,
    /// The envelope.
    pub envelope: Envelope,
}

impl Wrapped {
    /// The parts of a telegram as far as it goes; `None` when there is no envelope behind its first line.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if !bytes.get(..wire::HEAD).is_some_and(wire::is_head) {
            return None;
        }
        let feed = memchr::memchr(b'\n', bytes)?;
        let rest = bytes.get(feed..)?;
        let at = feed + rest.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
        let envelope = Envelope::of(bytes.get(at..)?)?;
        Some(Self { at, envelope })
    }

    /// Where the envelope ends.
    pub(super) const fn end(&self) -> usize {
        self.at + self.envelope.total
    }

    /// Where the exclamation mark stands: right behind the envelope or on a line of its own.
    pub(super) fn mark(&self, bytes: &[u8]) -> Option<usize> {
        let rest = bytes.get(self.end()..)?;
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        (rest.get(blank) == Some(&b'!')).then(|| self.end() + blank)
    }
}
