//! Framer for protocols whose frames have no marks: lengths, a checksum and silence tell where one ends.
//!
//! Silence as a computer sees it is made by adapters and converters as much as by meters. So two silences count:
//! a pause, after which a choice between possible frames is made, and the end of patience, after which the rest of
//! an unfinished frame is no longer awaited. What a frame is, the family's [`CutRule`] says.

use std::time::Duration;

use super::framer::{Framer, Integrity, Piece, PieceKind};
use super::held::Held;
use crate::frame::At;

/// The two silences that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Silence {
    /// After which a choice between possible frames is made.
    pub pause: Duration,
    /// After which the rest of an unfinished frame is no longer awaited.
    pub patience: Duration,
}

/// The undecided bytes as far as they have been looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Whether they start where a frame may be expected: after silence or a frame.
    pub is_boundary: bool,
}

/// What is to be done with the undecided bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
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

/// Where a protocol without marks cuts.
pub(super) trait CutRule: Send {
    /// Bytes of the longest frame. At most twice as many are held.
    const LONGEST: usize;

    /// Looks at one more byte, the last of the window: what the bytes so far decide without any silence.
    fn look_at(&mut self, window: Window<'_>, byte: u8) -> Option<Cut>;

    /// The decision when as many bytes are held as two frames can have.
    fn overfull(&self, window: Window<'_>) -> Cut;

    /// The decision after silence; `None` to go on waiting. Whether patience has come to its end, too.
    fn quiet(&self, window: Window<'_>, is_over: bool) -> Option<Cut>;

    /// What the first of some worthless bytes are, and how many of them.
    fn worthless(&self, window: Window<'_>) -> (PieceKind, usize);

    /// Forgets the undecided bytes, the first of which are handed over as a piece. Whether a frame may be expected
    /// behind it.
    fn handed_over(&mut self, kind: PieceKind, bytes: &[u8]) -> bool;

    /// Bytes follow after a pause that left so many undecided.
    fn resumed(&mut self, undecided: usize) {
        let _: usize = undecided;
    }
}

/// The framer for a [`CutRule`].
#[derive(Debug)]
pub(super) struct SilenceFramer<R> {
    rule: R,
    silence: Silence,
    held: Held,
    /// How many of the undecided bytes have been looked at.
    scanned: usize,
    is_boundary: bool,
    /// Whether the present pause has been dealt with.
    is_quiet: bool,
}

impl<R: CutRule> SilenceFramer<R> {
    /// Bytes that are held while no frame is found among them.
    const HELD: usize = 2 * R::LONGEST;

    /// For one stream.
    pub(super) fn with_rule(rule: R, silence: Silence) -> Self {
        let held = Held::with_capacity(4 * Self::HELD);
        Self { rule, silence, held, scanned: 0, is_boundary: true, is_quiet: false }
    }

    /// How many bytes there is room for without more memory.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.held.capacity()
    }

    fn is_empty(&self) -> bool {
        self.held.bytes().is_empty()
    }

    /// The bytes looked at.
    fn window(&self) -> Window<'_> {
        let bytes = self.held.bytes().get(..self.scanned).unwrap_or_default();
        Window { bytes, is_boundary: self.is_boundary }
    }

    /// Looks at the bytes one by one, so that the chunks they came in make no difference.
    fn scan(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        while let Some(bytes @ [.., byte]) = self.held.bytes().get(..=self.scanned) {
            self.scanned += 1;
            let window = Window { bytes, is_boundary: self.is_boundary };
            let early = self.rule.look_at(window, *byte);
            let cut = early.or_else(|| (self.scanned >= Self::HELD).then(|| self.rule.overfull(window)));
            if let Some(cut) = cut {
                self.apply(cut, out);
            }
        }
    }

    fn apply(&mut self, cut: Cut, out: &mut dyn FnMut(Piece<'_>)) {
        match cut {
            Cut::Frame(length) => self.emit(PieceKind::Frame(Integrity::Good), length, out),
            Cut::Junk(length) => self.junk(length, out),
            Cut::Later { skip, length } => {
                self.junk(skip, out);
                self.emit(PieceKind::Frame(Integrity::Good), length, out);
            }
        }
    }

    /// Hands over bytes among which no sound frame was found.
    fn junk(&mut self, length: usize, out: &mut dyn FnMut(Piece<'_>)) {
        let mut rest = length;
        while rest > 0 {
            let bytes = self.held.bytes().get(..rest).unwrap_or_default();
            let (kind, count) = self.rule.worthless(Window { bytes, is_boundary: self.is_boundary });
            self.emit(kind, count, out);
            rest -= count.min(rest);
        }
    }

    fn emit(&mut self, kind: PieceKind, length: usize, out: &mut dyn FnMut(Piece<'_>)) {
        let bytes = self.held.bytes().get(..length).unwrap_or_default();
        self.is_boundary = self.rule.handed_over(kind, bytes);
        self.held.emit(kind, length, out);
        self.scanned = 0;
    }

    /// Deals with silence up to `at`.
    fn fall_silent(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        let Some(last) = self.held.last() else { return };
        if !self.is_quiet && at >= last + self.silence.pause {
            self.is_quiet = true;
            self.settle(false, out);
        }
        if at >= last + self.silence.patience {
            self.settle(true, out);
        }
    }

    /// Decides as far as silence allows; all of it when no more will come.
    fn settle(&mut self, is_over: bool, out: &mut dyn FnMut(Piece<'_>)) {
        while !self.is_empty() {
            self.scan(out);
            if self.is_empty() {
                break;
            }
            let Some(cut) = self.rule.quiet(self.window(), is_over) else { break };
            self.apply(cut, out);
        }
        if self.is_empty() {
            self.is_boundary = true;
        }
    }
}

impl<R: CutRule> Framer for SilenceFramer<R> {
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if bytes.is_empty() {
            return;
        }
        self.fall_silent(at, out);
        if self.is_quiet && !self.is_empty() {
            self.rule.resumed(self.held.bytes().len());
        }
        self.is_quiet = false;
        for chunk in bytes.chunks(Self::HELD) {
            self.held.push(chunk, at);
            self.scan(out);
        }
    }

    fn deadline(&self) -> Option<At> {
        let last = self.held.last()?;
        Some(last + if self.is_quiet { self.silence.patience } else { self.silence.pause })
    }

    fn expire(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        self.fall_silent(at, out);
    }

    fn finish(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        self.settle(true, out);
    }
}
