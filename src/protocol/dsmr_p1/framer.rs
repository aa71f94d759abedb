//! Cutting the stream: a telegram begins with a slash and three letters and ends with the line that starts
//! with an exclamation mark; an encrypted one says its length.
//!
//! An exclamation mark elsewhere is a bit error (a `1` or `)` that lost a bit on a weak line) and ends nothing.
//! Characters of seven bits may carry their parity in bit 7, where the line is taken for 8N1.
//! A telegram that breaks off is given up when the next one begins or the line falls silent.

use std::collections::VecDeque;
use std::time::Duration;

use super::envelope::{self, Envelope};
use super::wire::{
    CRC_DIGITS, End, HEAD, LONGEST, SEVEN_BITS, Seal, is_head, is_parity_head, may_be_head, without_parity,
};
use super::wrapped::Wrapped;
use crate::frame::At;
use crate::protocol::{Framer, Integrity, Piece, PieceKind};

/// Silence after which the rest of a telegram is not awaited any more. Meters send without pause, but a
/// converter or a broker may hold bytes back.
const PATIENCE: Duration = Duration::from_secs(2);

/// Silence after which a telegram without CRC is over though its last line was not ended, and noise is told.
const QUIET: Duration = Duration::from_millis(250);

/// Bytes of noise that are held before they are told.
const HELD_NOISE: usize = 1024;

/// Bytes that are taken in at once, so that little has to be moved when a telegram is handed over.
const LARGEST_STEP: usize = 4096;

/// Bytes of the longest head there is.
const LONGEST_HEAD: usize = envelope::HEAD + 4;

/// Bytes behind an exclamation mark that can matter: digits, NUL, line end, and what shows that it is none.
const LONGEST_TAIL: usize = 16;

/// Bytes of a line end between an envelope and the exclamation mark behind it.
const LONGEST_GAP: usize = 2;

/// Bytes within which the first line of a telegram must end.
const LONGEST_FIRST_LINE: usize = 160;

/// What the last of the held bytes are part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing.
    Hunting,
    /// A telegram in clear that began `head` bytes into what is held.
    Text {
        /// Where it began.
        head: usize,
        /// Whether its first line has ended.
        has_line: bool,
    },
    /// The last line of one: its exclamation mark was at `mark`.
    Ending {
        /// Where the telegram began.
        head: usize,
        /// Where the mark is.
        mark: usize,
    },
    /// A telegram whose data lines are in an envelope, or the gap between that and its exclamation mark.
    Wrapped {
        /// Where the telegram began.
        head: usize,
        /// Where the envelope ends.
        end: usize,
    },
    /// An encrypted telegram.
    Sealed {
        /// Where it began.
        head: usize,
        /// Its length.
        total: usize,
    },
}

/// The framer of this family.
#[derive(Debug)]
pub(super) struct P1Framer {
    bytes: Vec<u8>,
    /// How many of the held bytes came in each chunk, and when.
    chunks: VecDeque<(usize, At)>,
    /// How many of the held bytes have been looked at.
    scanned: usize,
    state: State,
    /// Whether the characters of the telegram at hand carry parity in bit 7.
    has_parity: bool,
    last: At,
}

impl P1Framer {
    /// For one stream.
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(2 * HELD_NOISE),
            chunks: VecDeque::new(),
            scanned: 0,
            state: State::Hunting,
            has_parity: false,
            last: At::ZERO,
        }
    }

    fn seen(&self) -> &[u8] {
        self.bytes.get(..self.scanned).unwrap_or_default()
    }

    /// The last bytes looked at.
    fn tail(&self, count: usize) -> &[u8] {
        self.scanned.checked_sub(count).and_then(|from| self.seen().get(from..)).unwrap_or_default()
    }

    /// A byte of the telegram at hand as a character.
    const fn character(&self, byte: u8) -> u8 {
        if self.has_parity { byte & SEVEN_BITS } else { byte }
    }

    /// Whether a telegram begins with the last bytes looked at.
    fn is_at_head(&self) -> bool {
        let tail = self.tail(HEAD);
        is_head(tail) || is_parity_head(tail)
    }

    /// A telegram begins with the last bytes looked at.
    fn begin(&mut self) {
        self.has_parity = is_parity_head(self.tail(HEAD));
        self.state = State::Text { head: self.scanned - HEAD, has_line: false };
    }

    fn scan(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        while let Some(&byte) = self.bytes.get(self.scanned) {
            self.scanned += 1;
            match self.state {
                State::Hunting => self.hunt(out),
                State::Text { head, has_line } => self.text(self.character(byte), head, has_line, out),
                State::Ending { head, mark } => self.ending(self.character(byte), head, mark, out),
                State::Wrapped { head, end } => self.wrapped(byte, head, end, out),
                State::Sealed { head, total } => self.sealed(head, total, out),
            }
        }
    }

    fn hunt(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        if may_be_head(self.tail(HEAD)) || is_parity_head(self.tail(HEAD)) {
            self.begin();
        } else if let Some(head) = self.envelope().or_else(|| self.misstated()) {
            self.open(head);
        } else if self.scanned >= 2 * HELD_NOISE {
            // The last ones may still be the beginning of something.
            self.emit(PieceKind::Noise, self.scanned - HELD_NOISE, out);
        }
    }

    /// Where an envelope begins whose head is complete with the last byte.
    fn envelope(&self) -> Option<usize> {
        // The counter's four bytes stand behind the control byte; the length takes one to three.
        (0..3).map(|less| self.scanned.wrapping_sub(envelope::HEAD + 4 - less)).find(|head| {
            let is_complete = |bytes: &[u8]| {
                Envelope::starts(bytes)
                    && Envelope::of(bytes).is_some_and(|found| found.text_at() == bytes.len())
            };
            self.seen().get(*head..).is_some_and(is_complete)
        })
    }

    /// Where one begins whose length has no form that there is, complete with the last byte.
    fn misstated(&self) -> Option<usize> {
        envelope::misstated(self.tail(LONGEST_HEAD)).map(|_| self.scanned - LONGEST_HEAD)
    }

    fn open(&mut self, head: usize) {
        let bytes = self.seen().get(head..).unwrap_or_default();
        let total = Envelope::of(bytes).map(|envelope| envelope.total);
        let total = total.or_else(|| envelope::misstated(bytes)).unwrap_or_default();
        self.state = State::Sealed { head, total };
    }

    fn text(&mut self, byte: u8, head: usize, has_line: bool, out: &mut dyn FnMut(Piece<'_>)) {
        let count = self.scanned - head;
        let before = self.tail(2).first().map(|byte| self.character(*byte));
        if count > HEAD && self.is_at_head() {
            self.restart(head, out);
        } else if let Some(end) = self.wrapping(head).filter(|_| has_line) {
            self.state = State::Wrapped { head, end };
        } else if byte == b'\n' && !has_line {
            self.state = State::Text { head, has_line: true };
        } else if byte == b'!' && has_line && matches!(before, Some(b'\n' | b')')) {
            self.state = State::Ending { head, mark: self.scanned - 1 };
        } else if !has_line && count > LONGEST_FIRST_LINE {
            self.state = State::Hunting;
        } else if count >= LONGEST {
            // The last ones may be the beginning of the next.
            self.give_up(head, self.scanned - LONGEST_HEAD, out);
        }
    }

    /// Where the envelope ends whose head, behind the first line, is complete with the last byte.
    fn wrapping(&self, head: usize) -> Option<usize> {
        // Its control byte stands before the four bytes of the counter.
        if self.has_parity || !matches!(self.tail(LONGEST_HEAD), [.., 0x30 | 0x20 | 0x10, _, _, _, _]) {
            return None;
        }
        let found = Wrapped::of(self.seen().get(head..)?)?;
        (head + found.at + found.envelope.text_at() == self.scanned).then(|| head + found.end())
    }

    /// Another telegram of the same kind within what is encrypted means that this one has lost its tail.
    fn wrapped(&mut self, byte: u8, head: usize, end: usize, out: &mut dyn FnMut(Piece<'_>)) {
        let is_again = self.tail(HEAD) == self.seen().get(head..head + HEAD).unwrap_or_default();
        if is_again {
            self.restart(head, out);
        } else if self.scanned > end {
            match byte {
                b'!' => self.state = State::Ending { head, mark: self.scanned - 1 },
                b'\r' | b'\n' if self.scanned <= end + LONGEST_GAP => {}
                _ => self.state = State::Text { head, has_line: true },
            }
        }
    }

    /// A telegram begins within another, which has lost its tail.
    fn restart(&mut self, head: usize, out: &mut dyn FnMut(Piece<'_>)) {
        self.give_up(head, self.scanned - HEAD, out);
        self.begin();
    }

    fn ending(&mut self, byte: u8, head: usize, mark: usize, out: &mut dyn FnMut(Piece<'_>)) {
        let mut shown = [0; LONGEST_TAIL];
        let digits = self.behind(mark, &mut shown);
        let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
        let is_over = digits.iter().any(|byte| matches!(byte, b'\r' | 0));
        match byte {
            _ if self.is_at_head() => {
                self.end(head, mark, self.scanned - HEAD, out);
                self.restart_after(out);
            }
            b'\n' => self.end(head, mark, self.scanned, out),
            b'\r' if !digits.contains(&b'\r') => {}
            0 if !is_over => {}
            // The line end is damaged or missing.
            _ if is_over || (digits.len() == CRC_DIGITS && is_hex) => {
                self.end(head, mark, self.scanned - 1, out);
                self.look_again(out);
            }
            _ if digits.len() < CRC_DIGITS => {}
            _ => self.state = State::Text { head, has_line: true },
        }
    }

    /// The characters behind the mark, without the last one.
    fn behind<'a>(&self, mark: usize, shown: &'a mut [u8; LONGEST_TAIL]) -> &'a [u8] {
        let bytes = self.bytes.get(mark + 1..self.scanned.saturating_sub(1)).unwrap_or_default();
        let count = bytes.len().min(LONGEST_TAIL);
        for (place, byte) in shown.iter_mut().zip(bytes) {
            *place = self.character(*byte);
        }
        shown.get(..count).unwrap_or_default()
    }

    /// The last byte was not part of what was handed over.
    fn look_again(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        if self.state == State::Hunting {
            self.hunt(out);
        }
    }

    /// The last bytes are the head of a telegram; what stands before them may be the end of another.
    fn restart_after(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        match self.state {
            State::Text { head, .. } => self.restart(head, out),
            _ => self.look_again(out),
        }
    }

    /// The telegram ends at `end`, unless its mark follows a bracket but is not followed by a CRC.
    fn end(&mut self, head: usize, mark: usize, end: usize, out: &mut dyn FnMut(Piece<'_>)) {
        let telegram = self.bytes.get(head..end).unwrap_or_default();
        let before = mark.checked_sub(1).and_then(|at| self.bytes.get(at));
        let follows_bracket = before.map(|byte| self.character(*byte)) == Some(b')');
        let stripped = self.has_parity.then(|| without_parity(telegram));
        let telegram = stripped.as_ref().map_or(telegram, |(text, _)| text);
        let is_odd = stripped.as_ref().is_some_and(|(_, odd)| odd.is_some());
        let found = End::of(telegram);
        match found {
            Some(found) if !follows_bracket || matches!(found.seal, Seal::Crc { .. }) => {
                let judged = if is_odd { PieceKind::Frame(Integrity::Bad) } else { judge(telegram, &found) };
                self.emit(PieceKind::Noise, head, out);
                self.emit(judged, end - head, out);
                self.state = State::Hunting;
            }
            _ => self.state = State::Text { head, has_line: true },
        }
    }

    fn sealed(&mut self, head: usize, total: usize, out: &mut dyn FnMut(Piece<'_>)) {
        let count = self.scanned - head;
        if count > envelope::HEAD
            && let Some(next) = self.envelope()
        {
            self.emit(PieceKind::Noise, head, out);
            self.emit(PieceKind::Frame(Integrity::Bad), next - head, out);
            self.open(0);
        } else if count >= total && !self.may_hold_next(head, total) {
            self.hand_over(head, total, out);
            // What had to be waited for is looked at again.
            self.scanned = 0;
        }
    }

    /// Whether the last bytes of an encrypted telegram may be the first ones of the next: its length was damaged, or
    /// bytes are missing.
    fn may_hold_next(&self, head: usize, total: usize) -> bool {
        let first = self.scanned.saturating_sub(LONGEST_HEAD - 1).max(head + 1);
        let own = self.seen().get(head..head + envelope::TITLE_END).unwrap_or_default();
        let begins = |from: usize| {
            let rest = self.seen().get(from..).unwrap_or_default();
            let known = rest.len().min(own.len());
            rest.get(..known) == own.get(..known)
        };
        (first..head + total).any(begins)
    }

    fn hand_over(&mut self, head: usize, total: usize, out: &mut dyn FnMut(Piece<'_>)) {
        self.emit(PieceKind::Noise, head, out);
        let is_one = self.bytes.get(..total).and_then(Envelope::of).is_some();
        let judged = if is_one { Integrity::Unchecked } else { Integrity::Bad };
        self.emit(PieceKind::Frame(judged), total, out);
        self.state = State::Hunting;
    }

    /// What broke off between `head` and `end` is a damaged telegram if it surely was one, and noise else.
    fn give_up(&mut self, head: usize, end: usize, out: &mut dyn FnMut(Piece<'_>)) {
        let broken = self.bytes.get(head..end).unwrap_or_default();
        let has_line = broken.contains(&b'\n');
        let begins = |head: &[u8]| is_head(head) || is_parity_head(head);
        let is_telegram = broken.get(..HEAD).is_some_and(begins) && has_line;
        if is_telegram {
            self.emit(PieceKind::Noise, head, out);
            self.emit(PieceKind::Frame(Integrity::Bad), end - head, out);
        } else {
            self.emit(PieceKind::Noise, end, out);
        }
        self.state = State::Hunting;
    }

    /// Nothing more comes: what is held is told.
    fn conclude(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        let all = self.scanned;
        match self.state {
            State::Hunting => self.emit(PieceKind::Noise, all, out),
            State::Text { head, .. } | State::Wrapped { head, .. } => self.give_up(head, all, out),
            State::Ending { head, mark } => {
                self.end(head, mark, all, out);
                if let State::Text { head, .. } = self.state {
                    self.give_up(head, all, out);
                }
            }
            State::Sealed { head, total } if all >= head + total => {
                self.hand_over(head, total, out);
                self.emit(PieceKind::Noise, self.scanned, out);
            }
            State::Sealed { head, .. } => {
                self.emit(PieceKind::Noise, head, out);
                self.emit(PieceKind::Frame(Integrity::Bad), all - head, out);
            }
        }
        self.state = State::Hunting;
    }

    /// Hands over the first `count` bytes held.
    fn emit(&mut self, kind: PieceKind, count: usize, out: &mut dyn FnMut(Piece<'_>)) {
        let Some(bytes) = self.bytes.get(..count).filter(|bytes| !bytes.is_empty()) else { return };
        let first = self.chunks.front().map_or(self.last, |chunk| chunk.1);
        let mut last = first;
        let mut rest = count;
        while let Some((size, at)) = self.chunks.front_mut().filter(|_| rest > 0) {
            last = *at;
            let taken = rest.min(*size);
            *size -= taken;
            rest -= taken;
            if *size == 0 {
                self.chunks.pop_front();
            }
        }
        out(Piece { kind, bytes, first, last });
        self.bytes.drain(..count);
        self.scanned = self.scanned.saturating_sub(count);
    }
}

/// What a whole telegram is, if it is one at all: where nothing checks it, it must look like one. Which bytes the CRC
/// of one with an envelope covers is not known.
fn judge(telegram: &[u8], end: &End) -> PieceKind {
    if Wrapped::of(telegram).is_some() && end.judge(telegram) != Integrity::Good {
        return PieceKind::Frame(Integrity::Unchecked);
    }
    let has_object = || telegram.windows(4).any(|w| matches!(w, [b'0'..=b'9', b'-', b'0'..=b'9', b':']));
    match end.judge(telegram) {
        Integrity::Unchecked if !has_object() => PieceKind::Noise,
        judged => PieceKind::Frame(judged),
    }
}

impl Framer for P1Framer {
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        self.expire(at, out);
        for part in bytes.chunks(LARGEST_STEP) {
            self.bytes.extend_from_slice(part);
            self.chunks.push_back((part.len(), at));
            self.last = at;
            self.scan(out);
        }
    }

    fn deadline(&self) -> Option<At> {
        let silence = match self.state {
            State::Hunting | State::Ending { .. } => QUIET,
            State::Sealed { head, total } if self.scanned >= head + total => QUIET,
            State::Text { .. } | State::Wrapped { .. } | State::Sealed { .. } => PATIENCE,
        };
        (!self.bytes.is_empty()).then(|| self.last + silence)
    }

    fn expire(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if self.deadline().is_some_and(|deadline| deadline <= at) {
            self.conclude(out);
        }
    }

    fn finish(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        self.conclude(out);
    }
}
