//! Cutting the stream: no start mark, no length field, no end mark; only lengths known by command, the CRC,
//! and silence (M206, page 1: a packet ends with 5 to 6 character times of it).
//!
//! Silence as a computer sees it is made by adapters and converters as much as by meters, so it ends nothing
//! on its own: a frame is known by a length that its command can have together with a fitting CRC, and is
//! handed over at once when no longer one is possible. What remains is decided when the line falls silent.

use std::time::Duration;

use super::lengths::Lengths;
use super::wire::{ADDRESS, CRC_START, HEAD, LONGEST, SHORTEST, crc_step};
use crate::frame::At;
use crate::frame::checksum::MODBUS;
use crate::protocol::held::Held;
use crate::protocol::{Framer, Judged, LineSettings, Piece, PieceKind, Source};

/// Characters of silence that end a packet.
const SILENT_CHARACTERS: usize = 6;

/// Silence that a serial adapter can make inside a frame: an FTDI chip hands bytes over every 16 ms.
const ADAPTER: Duration = Duration::from_millis(20);

/// Silence that a TCP converter can make inside a frame.
const CONVERTER: Duration = Duration::from_millis(100);

/// Bytes that are held while no frame is found among them.
const HELD: usize = 2 * LONGEST;

/// The framer of this family.
#[derive(Debug)]
pub struct Gaps {
    source: Source,
    /// Silence after which a choice between lengths is made.
    pause: Duration,
    /// Silence after which the rest of an unfinished frame is no longer awaited.
    patience: Duration,
    held: Held,
    head: Head,
    /// Whether the undecided bytes start where a frame may be expected: after silence or a frame.
    is_boundary: bool,
    /// How far into the undecided bytes the last pause lies.
    gap: Option<usize>,
    /// Whether the present pause has been dealt with.
    is_quiet: bool,
}

/// What is known of the undecided bytes as the beginning of one frame.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// How many bytes have been looked at.
    scanned: usize,
    /// The CRC over them; 0 after a frame's own CRC.
    crc: u16,
    /// Lengths the command can have.
    lengths: Lengths,
    /// Lengths at which the CRC fits.
    fitting: Lengths,
}

impl Head {
    const START: Self = Self { scanned: 0, crc: CRC_START, lengths: Lengths::NONE, fitting: Lengths::NONE };
}

/// What is to be done with the undecided bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// The first so many are a sound frame.
    Frame(usize),
    /// A sound frame of `length` bytes starts after `skip` others.
    Later {
        /// Bytes before it.
        skip: usize,
        /// Its own.
        length: usize,
    },
    /// The first so many are none.
    Junk(usize),
}

impl Gaps {
    /// For one stream.
    pub fn new(source: Source, line: LineSettings) -> Self {
        let silence = line.wire_time(SILENT_CHARACTERS);
        Self {
            source,
            pause: silence.max(ADAPTER),
            patience: (silence * 2).max(CONVERTER),
            held: Held::with_capacity(4 * HELD),
            head: Head::START,
            is_boundary: true,
            gap: None,
            is_quiet: false,
        }
    }

    fn pending(&self) -> &[u8] {
        self.held.bytes()
    }

    /// Looks at the bytes one by one, so that the chunks they came in make no difference.
    fn scan(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        while let Some(&byte) = self.pending().get(self.head.scanned) {
            self.head.scanned += 1;
            self.head.crc = crc_step(self.head.crc, byte);
            let cut = self.early().or_else(|| (self.head.scanned >= HELD).then(|| self.overfull()));
            if let Some(cut) = cut {
                self.apply(cut, out);
            }
        }
    }

    /// The bytes looked at.
    fn window(&self) -> &[u8] {
        self.pending().get(..self.head.scanned).unwrap_or_default()
    }

    /// What the bytes so far decide without any silence.
    fn early(&mut self) -> Option<Cut> {
        let count = self.head.scanned;
        if count == HEAD || count == HEAD + 1 {
            self.head.lengths = Lengths::of(self.window(), self.source);
        }
        if (SHORTEST..=LONGEST).contains(&count) && self.head.crc == 0 {
            self.head.fitting = self.head.fitting.with(count);
        }
        self.fit().or_else(|| self.follower())
    }

    /// The frame that starts at the first byte, if its length is beyond doubt.
    fn fit(&self) -> Option<Cut> {
        let Head { scanned: count, lengths, fitting, .. } = self.head;
        let Some(shorter) = self.shorter_fit() else {
            let is_certain = lengths.has(count) && fitting.has(count) && !lengths.has_longer(count);
            return is_certain.then_some(Cut::Frame(count));
        };
        // A shorter length fitted already. Either that was a frame and something follows it, or the first
        // bytes of a longer frame happened to carry a CRC that fits.
        let window = self.window();
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
        let count = self.head.scanned;
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
        let Head { scanned: count, lengths, .. } = self.head;
        if lengths.has_longer(count - 1) {
            return 0;
        }
        self.window().iter().take(2).take_while(|byte| is_idle(&[**byte])).count()
    }

    /// Whether a frame may begin at a length that the first command can have: when no longer one is possible,
    /// or when it is the same meter's.
    fn may_follow(&self, skip: usize) -> bool {
        let window = self.window();
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
        self.window().get(from..to).is_some_and(|bytes| {
            Lengths::of(bytes, self.source).has(bytes.len()) && MODBUS.checksum(bytes) == 0
        })
    }

    /// The decision when more bytes are held than two frames can have.
    fn overfull(&self) -> Cut {
        self.unlisted_fit(false)
            .or_else(|| self.inner(false))
            .unwrap_or(Cut::Junk(self.head.scanned.saturating_sub(LONGEST - 1).max(1)))
    }

    /// The decision after a pause; `None` to go on waiting.
    fn quiet(&self, is_over: bool) -> Option<Cut> {
        let count = self.head.scanned;
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
        let Head { scanned: count, lengths, .. } = self.head;
        count < LONGEST && (lengths.is_empty() || lengths.has_longer(count))
    }

    /// A frame from the first byte that has a length no list knows but a CRC that fits, if what follows
    /// confirms it: nothing, idle bytes, or another sound frame.
    fn unlisted_fit(&self, is_silent: bool) -> Option<Cut> {
        let window = self.window();
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
        let count = self.head.scanned;
        (1..count.saturating_sub(SHORTEST - 1)).find_map(|skip| {
            let rest = self.window().get(skip..)?;
            Lengths::of(rest, self.source)
                .iter()
                .filter(|length| if to_end { *length == rest.len() } else { *length <= rest.len() })
                .find(|length| self.is_sound(skip, skip + length))
                .map(|length| Cut::Later { skip, length })
        })
    }

    fn apply(&mut self, cut: Cut, out: &mut dyn FnMut(Piece<'_>)) {
        match cut {
            Cut::Frame(length) => self.emit(PieceKind::Frame(Judged::Good), length, out),
            Cut::Junk(length) => self.junk(length, out),
            Cut::Later { skip, length } => {
                self.junk(skip, out);
                self.emit(PieceKind::Frame(Judged::Good), length, out);
            }
        }
    }

    /// Hands over bytes among which no sound frame was found: damaged frames as far as lengths and borders
    /// say so, noise else.
    fn junk(&mut self, length: usize, out: &mut dyn FnMut(Piece<'_>)) {
        let mut rest = length;
        while rest > 0 {
            let (kind, piece) = self.damage(rest);
            self.emit(kind, piece, out);
            rest -= piece.min(rest);
        }
    }

    /// What the first of `count` worthless bytes are, and how many of them.
    fn damage(&self, count: usize) -> (PieceKind, usize) {
        let bytes = self.pending().get(..count).unwrap_or_default();
        let bad = PieceKind::Frame(Judged::Bad);
        if !self.is_boundary || count < SHORTEST {
            return (PieceKind::Noise, count);
        }
        let lengths = Lengths::of(bytes, self.source);
        let is_bounded = |length: &usize| {
            let rest = bytes.get(*length..).unwrap_or_default();
            let is_next = Lengths::of(rest, self.source).has(rest.len()) && shares_address(bytes, rest);
            let is_trailed = rest.len() <= 2 && is_idle(rest) && !lengths.has_longer(*length);
            *length <= count && (rest.is_empty() || is_next || is_trailed)
        };
        let whole = lengths.iter().find(is_bounded);
        match whole {
            Some(length) => (bad, length),
            None if count <= LONGEST => (bad, count),
            None => (PieceKind::Noise, count),
        }
    }

    fn emit(&mut self, kind: PieceKind, length: usize, out: &mut dyn FnMut(Piece<'_>)) {
        self.held.emit(kind, length, out);
        self.is_boundary = kind != PieceKind::Noise || self.gap == Some(length);
        self.gap = self.gap.and_then(|gap| gap.checked_sub(length)).filter(|gap| *gap > 0);
        self.head = Head::START;
    }

    /// Deals with silence up to `at`.
    fn fall_silent(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        let Some(last) = self.held.last() else { return };
        if !self.is_quiet && at >= last + self.pause {
            self.is_quiet = true;
            self.settle(false, out);
        }
        if at >= last + self.patience {
            self.settle(true, out);
        }
    }

    fn settle(&mut self, is_over: bool, out: &mut dyn FnMut(Piece<'_>)) {
        while !self.pending().is_empty() {
            self.scan(out);
            if self.pending().is_empty() {
                break;
            }
            let Some(cut) = self.quiet(is_over) else { break };
            self.apply(cut, out);
        }
        if self.pending().is_empty() {
            self.is_boundary = true;
        }
    }

    fn take(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        self.held.push(bytes, at);
        self.scan(out);
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

impl Framer for Gaps {
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if bytes.is_empty() {
            return;
        }
        self.fall_silent(at, out);
        if self.is_quiet && !self.pending().is_empty() {
            self.gap = Some(self.pending().len());
        }
        self.is_quiet = false;
        for chunk in bytes.chunks(HELD) {
            self.take(chunk, at, out);
        }
    }

    fn deadline(&self) -> Option<At> {
        let last = self.held.last()?;
        Some(last + if self.is_quiet { self.patience } else { self.pause })
    }

    fn expire(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        self.fall_silent(at, out);
    }

    fn finish(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        self.settle(true, out);
    }
}

#[cfg(test)]
#[path = "framer_tests.rs"]
mod tests;
