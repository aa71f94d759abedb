//! Cutting the stream: no start mark, no length field, no end mark; only lengths known by command, the CRC,
//! and silence (M206, page 1: a packet ends with 5 to 6 character times of it).
//!
//! Silence as a computer sees it is made by adapters and converters as much as by meters, so it ends nothing
//! on its own: a frame is known by a length that its command can have together with a fitting CRC, and is
//! handed over at once when no longer one is possible. What remains is decided when the line falls silent.

use std::time::Duration;

use super::lengths::Lengths;
use super::wire::{ADDRESS, CRC_START, HEAD, LONGEST, SHORTEST, crc_step};
use crate::frame::checksum::MODBUS;
use crate::protocol::silence_framer::{Cut, CutRule, Silence, SilenceFramer, Window};
use crate::protocol::{Integrity, LineSettings, PieceKind, Source};

/// Characters of silence that end a packet.
const SILENT_CHARACTERS: usize = 6;

/// Silence that a serial adapter can make inside a frame: an FTDI chip hands bytes over every 16 ms.
const ADAPTER: Duration = Duration::from_millis(20);

/// Silence that a TCP converter can make inside a frame.
const CONVERTER: Duration = Duration::from_millis(100);

/// The framer of this family.
pub(super) type Mercury200Framer = SilenceFramer<ListedLengths>;

impl Mercury200Framer {
    /// For one stream.
    pub(crate) fn new(source: Source, line: LineSettings) -> Self {
        Self::with_rule(ListedLengths { source, head: Head::START, gap: None }, silence(line))
    }
}

fn silence(line: LineSettings) -> Silence {
    let packet = line.wire_time(SILENT_CHARACTERS);
    Silence { pause: packet.max(ADAPTER), patience: (packet * 2).max(CONVERTER) }
}

/// The cut rule of this family: a frame has a length that its command can have, and a CRC that fits.
#[derive(Debug)]
pub(crate) struct ListedLengths {
    source: Source,
    head: Head,
    /// How far into the undecided bytes the last pause lies.
    gap: Option<usize>,
}

/// What is known of the undecided bytes as the beginning of one frame.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// The CRC over them; 0 after a frame's own CRC.
    crc: u16,
    /// Lengths the command can have.
    lengths: Lengths,
    /// Lengths at which the CRC fits.
    fitting: Lengths,
}

impl Head {
    const START: Self = Self { crc: CRC_START, lengths: Lengths::NONE, fitting: Lengths::NONE };
}

impl ListedLengths {
    const fn on<'a>(&'a self, window: Window<'a>) -> Judge<'a> {
        Judge {
            source: self.source,
            head: self.head,
            gap: self.gap,
            window: window.bytes,
            is_boundary: window.is_boundary,
        }
    }
}

impl CutRule for ListedLengths {
    const LONGEST: usize = LONGEST;

    fn look_at(&mut self, window: Window<'_>, byte: u8) -> Option<Cut> {
        let count = window.bytes.len();
        self.head.crc = crc_step(self.head.crc, byte);
        if count == HEAD || count == HEAD + 1 {
            self.head.lengths = Lengths::of(window.bytes, self.source);
        }
        if (SHORTEST..=LONGEST).contains(&count) && self.head.crc == 0 {
            self.head.fitting = self.head.fitting.with(count);
        }
        let judge = self.on(window);
        judge.fit().or_else(|| judge.follower())
    }

    fn overfull(&self, window: Window<'_>) -> Cut {
        let judge = self.on(window);
        let junk = Cut::Junk(window.bytes.len().saturating_sub(LONGEST - 1).max(1));
        judge.unlisted_fit(false).or_else(|| judge.inner(false)).unwrap_or(junk)
    }

    fn quiet(&self, window: Window<'_>, is_over: bool) -> Option<Cut> {
        self.on(window).quiet(is_over)
    }

    /// Damaged frames as far as lengths and borders say so, noise else.
    fn worthless(&self, window: Window<'_>) -> (PieceKind, usize) {
        let Window { bytes, is_boundary } = window;
        let (bad, count) = (PieceKind::Frame(Integrity::Bad), bytes.len());
        if !is_boundary || count < SHORTEST {
            return (PieceKind::Noise, count);
        }
        let lengths = Lengths::of(bytes, self.source);
        let is_bounded = |length: &usize| {
            let rest = bytes.get(*length..).unwrap_or_default();
            let is_next = Lengths::of(rest, self.source).has(rest.len()) && shares_address(bytes, rest);
            let is_trailed = rest.len() <= 2 && is_idle(rest) && !lengths.has_longer(*length);
            *length <= count && (rest.is_empty() || is_next || is_trailed)
        };
        match lengths.iter().find(is_bounded) {
            Some(length) => (bad, length),
            None if count <= LONGEST => (bad, count),
            None => (PieceKind::Noise, count),
        }
    }

    fn handed_over(&mut self, kind: PieceKind, bytes: &[u8]) -> bool {
        let is_boundary = kind != PieceKind::Noise || self.gap == Some(bytes.len());
        self.gap = self.gap.and_then(|gap| gap.checked_sub(bytes.len())).filter(|gap| *gap > 0);
        self.head = Head::START;
        is_boundary
    }

    fn resumed(&mut self, undecided: usize) {
        self.gap = Some(undecided);
    }
}

/// What the bytes looked at decide.
struct Judge<'a> {
    source: Source,
    head: Head,
    gap: Option<usize>,
    window: &'a [u8],
    is_boundary: bool,
}

impl Judge<'_> {
    /// The frame that starts at the first byte, if its length is beyond doubt.
    fn fit(&self) -> Option<Cut> {
        let (count, Head { lengths, fitting, .. }) = (self.window.len(), self.head);
        let Some(shorter) = self.shorter_fit() else {
            let is_certain = lengths.has(count) && fitting.has(count) && !lengths.has_longer(count);
            return is_certain.then_some(Cut::Frame(count));
        };
        // A shorter length fitted already. Either that was a frame and something follows it, or the first
        // bytes of a longer frame happened to carry a CRC that fits.
        let window = self.window;
        let tail = window.get(shorter..).unwrap_or_default();
        if lengths.has(count) && fitting.has(count) && count > shorter && !is_idle(tail) {
            return Some(Cut::Frame(count));
        }
        let is_answered = tail.len() == HEAD && tail == window.get(..HEAD).unwrap_or_default();
        let is_spent = !lengths.has_longer(count) && count > shorter;
        (is_answered || is_spent).then_some(Cut::Frame(shorter))
    }

    /// The shortest length of the list that fitted.
    fn shorter_fit(&self) -> Option<usize> {
        let Head { lengths, fitting, .. } = self.head;
        lengths.iter().find(|length| fitting.has(*length) && lengths.has_longer(*length))
    }

    /// A frame that ends with the last byte and starts where one may be expected although the first bytes are
    /// undecided: after idle bytes, after a pause, after a frame whose CRC does not fit.
    fn follower(&self) -> Option<Cut> {
        let count = self.window.len();
        if count <= SHORTEST {
            return None;
        }
        (1..=self.idle())
            .chain(self.gap)
            .chain(self.head.lengths.iter().filter(|skip| self.may_follow(*skip)))
            .filter(|skip| skip + SHORTEST <= count)
            .find(|skip| self.is_sound(*skip, count))
            .map(|skip| self.before(skip, count - skip))
    }

    /// How many bytes at the start are idle, as far as that matters: while the first bytes may still become
    /// the frame they look like, bytes further in prove nothing by a CRC that fits by chance.
    fn idle(&self) -> usize {
        let (count, lengths) = (self.window.len(), self.head.lengths);
        if lengths.has_longer(count - 1) {
            return 0;
        }
        self.window.iter().take(2).take_while(|byte| is_idle(&[**byte])).count()
    }

    /// Whether a frame may begin at a length that the first command can have: when no longer one is possible,
    /// or when it is the same meter's.
    fn may_follow(&self, skip: usize) -> bool {
        let window = self.window;
        !self.head.lengths.has_longer(skip)
            || window.get(skip..).is_some_and(|next| shares_address(window, next))
    }

    /// The cut in front of a sound frame: what stands there may be one, too.
    fn before(&self, skip: usize, length: usize) -> Cut {
        if self.head.lengths.has(skip) && self.head.fitting.has(skip) {
            Cut::Frame(skip)
        } else {
            Cut::Later { skip, length }
        }
    }

    /// Whether the bytes from `from` to `to` are a frame with a length of the list and a fitting CRC.
    fn is_sound(&self, from: usize, to: usize) -> bool {
        self.window.get(from..to).is_some_and(|bytes| {
            Lengths::of(bytes, self.source).has(bytes.len()) && MODBUS.checksum(bytes) == 0
        })
    }

    /// The decision after a pause; `None` to go on waiting.
    fn quiet(&self, is_over: bool) -> Option<Cut> {
        let count = self.window.len();
        if let Some(shorter) = self.shorter_fit() {
            return Some(Cut::Frame(shorter));
        }
        if let Some(cut) = self.unlisted_fit(true).or_else(|| self.inner(true)) {
            return Some(cut);
        }
        if !is_over && self.may_grow() {
            return None;
        }
        if self.is_boundary && self.head.lengths.has(count) {
            return Some(Cut::Junk(count));
        }
        Some(self.inner(false).unwrap_or(Cut::Junk(count)))
    }

    /// Whether the bytes may be the beginning of a frame whose rest is still on its way.
    fn may_grow(&self) -> bool {
        let (count, lengths) = (self.window.len(), self.head.lengths);
        count < LONGEST && (lengths.is_empty() || lengths.has_longer(count))
    }

    /// A frame from the first byte that has a length no list knows but a CRC that fits, if what follows
    /// confirms it: nothing, idle bytes, or another sound frame.
    fn unlisted_fit(&self, is_silent: bool) -> Option<Cut> {
        let window = self.window;
        let confirms = |rest: &[u8]| (is_silent && is_idle(rest)) || starts_sound(rest);
        self.head
            .fitting
            .iter()
            .filter(|_| self.is_boundary)
            .find(|length| window.get(*length..).is_some_and(confirms))
            .map(Cut::Frame)
    }

    /// The first frame with a length of the list that starts later; `to_end` wants it to end with the bytes.
    fn inner(&self, to_end: bool) -> Option<Cut> {
        let count = self.window.len();
        (1..count.saturating_sub(SHORTEST - 1)).find_map(|skip| {
            let rest = self.window.get(skip..)?;
            Lengths::of(rest, self.source)
                .iter()
                .filter(|length| if to_end { *length == rest.len() } else { *length <= rest.len() })
                .find(|length| self.is_sound(skip, skip + length))
                .map(|length| Cut::Later { skip, length })
        })
    }
}

/// Whether bytes are what a line without bias or a change of direction leaves behind.
fn is_idle(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, 0x00 | 0xFF))
}

/// Whether two runs of bytes start with the same address.
fn shares_address(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<ADDRESS>() == other.first_chunk::<ADDRESS>()
}

/// Whether a run of bytes starts with one whose CRC fits, of any length.
fn starts_sound(bytes: &[u8]) -> bool {
    let mut crc = CRC_START;
    bytes.iter().take(LONGEST).enumerate().any(|(index, byte)| {
        crc = crc_step(crc, *byte);
        crc == 0 && index + 1 >= SHORTEST
    })
}

#[cfg(test)]
#[path = "framer_tests.rs"]
mod tests;
