//! Cutting a stream whose frames begin with a mark and state their length.
//!
//! M-Bus and HDLC lines share everything but the frame itself: a false start may lie inside a real frame, so a
//! start that comes to nothing costs one byte and no more; a frame that is damaged is given up as soon as a
//! sound one is found inside it; and a line that falls silent settles what is still open.

use std::time::Duration;

use super::framer::{Framer, Piece, PieceKind};
use super::held::Held;
use super::{Integrity, LineSettings};
use crate::frame::At;

/// Silence on the line that ends an unfinished frame. Meters send without pauses; adapters and converters make
/// some, but not this long.
const PATIENCE: Duration = Duration::from_millis(300);

/// Characters of silence that end an unfinished frame on slow lines.
const SILENT_CHARACTERS: usize = 33;

/// Bytes of noise that are told in one piece.
const LONGEST_NOISE: usize = 512;

/// What stood before the undecided bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Nothing: the line was silent or has just been opened.
    Silence,
    /// A frame.
    Frame,
    /// Bytes that are none.
    Noise,
}

/// What bytes are as the beginning of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// No frame starts here.
    Nothing,
    /// Too few to tell.
    Start,
    /// The head of a frame; nothing more can be told before so many bytes are there, head included.
    Headed(usize),
    /// The head of a frame that cannot be sound any more; whether it ends where it says is still open.
    Doomed,
    /// A sound frame of this length.
    Sound(usize),
    /// Something whole of this length that has nothing to be checked by.
    Unchecked(usize),
    /// A frame of this length that is not sound.
    Damaged(usize),
}

/// How the frames of a protocol look.
pub trait Grammar: Send {
    /// What bytes are as the beginning of a frame.
    fn examine(&self, bytes: &[u8], before: Before) -> Shape;
}

/// The framer for a [`Grammar`].
#[derive(Debug)]
pub(super) struct Delimited<G> {
    grammar: G,
    patience: Duration,
    held: Held,
    /// How many of them are noise.
    noise: usize,
    before: Before,
    /// When the last byte came.
    heard: Option<At>,
    /// With so many bytes after the noise there is something to decide.
    wanted: usize,
    /// At how many places at the beginning of the bytes after the noise no sound frame can stand, the first left out.
    passed: usize,
}

/// What is decided about the bytes after the noise.
enum Cut {
    /// More bytes are needed: so many in all.
    Wait(usize),
    Noise,
    Frame(Integrity, usize),
}

impl<G: Grammar> Delimited<G> {
    /// For one stream.
    pub(super) fn new(grammar: G, line: LineSettings) -> Self {
        Self {
            grammar,
            patience: PATIENCE.max(line.wire_time(SILENT_CHARACTERS)),
            held: Held::default(),
            noise: 0,
            before: Before::Silence,
            heard: None,
            wanted: 0,
            passed: 0,
        }
    }

    /// Decides as far as the bytes allow; all of it when no more will come.
    fn settle(&mut self, is_over: bool, out: &mut dyn FnMut(Piece<'_>)) {
        self.wanted = 0;
        loop {
            let open = self.held.bytes().get(self.noise..).unwrap_or_default();
            if open.is_empty() {
                break;
            }
            let (cut, passed) = self.decide(open, is_over);
            self.passed = passed;
            match cut {
                Cut::Wait(wanted) => {
                    self.wanted = wanted;
                    break;
                }
                Cut::Noise => self.pass_over(out),
                Cut::Frame(judged, length) => {
                    self.flush(out);
                    self.held.emit(PieceKind::Frame(judged), length, out);
                    self.passed = passed.saturating_sub(length);
                    self.before = Before::Frame;
                }
            }
        }
        if is_over {
            self.flush(out);
            (self.before, self.passed) = (Before::Silence, 0);
        }
    }

    /// One byte more is noise.
    fn pass_over(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        self.noise += 1;
        self.passed = self.passed.saturating_sub(1);
        self.before = Before::Noise;
        if self.noise >= LONGEST_NOISE {
            self.flush(out);
        }
    }

    /// What is to be done, and at how many places no sound frame can stand.
    fn decide(&self, open: &[u8], is_over: bool) -> (Cut, usize) {
        let cut = match self.grammar.examine(open, self.before) {
            Shape::Nothing => Cut::Noise,
            Shape::Sound(length) => Cut::Frame(Integrity::Good, length),
            Shape::Unchecked(length) => Cut::Frame(Integrity::Unchecked, length),
            Shape::Damaged(length) => return self.cut_damaged(open, length, is_over),
            Shape::Doomed => return self.cut_doomed(open, is_over),
            Shape::Start if is_over => Cut::Noise,
            Shape::Headed(_) if is_over => return self.cut_damaged(open, open.len(), true),
            Shape::Start => Cut::Wait(0),
            Shape::Headed(wanted) => Cut::Wait(wanted),
        };
        (cut, self.passed)
    }

    /// A damaged frame ends where it says, or where a sound one begins inside it.
    fn cut_damaged(&self, open: &[u8], length: usize, is_over: bool) -> (Cut, usize) {
        let end = length.min(open.len());
        let inside = self.inside(open, end, !is_over);
        let cut = match inside.sound {
            Some(skip) => Cut::Frame(Integrity::Bad, skip),
            None if !is_over && inside.passed < end => Cut::Wait(0),
            None => Cut::Frame(Integrity::Bad, end),
        };
        (cut, inside.passed)
    }

    fn cut_doomed(&self, open: &[u8], is_over: bool) -> (Cut, usize) {
        let inside = self.inside(open, open.len(), false);
        let cut = match inside.sound {
            Some(skip) => Cut::Frame(Integrity::Bad, skip),
            None if is_over => Cut::Noise,
            None => Cut::Wait(0),
        };
        (cut, inside.passed)
    }

    /// Searches the places behind the first up to `end` for a sound frame, or only up to the first place at which one
    /// may still come to stand. No place is examined again once it is known to hold none.
    fn inside(&self, open: &[u8], end: usize, stops: bool) -> Inside {
        let mut inside = Inside { sound: None, passed: end };
        for skip in self.passed.max(1)..end {
            match self.grammar.examine(open.get(skip..).unwrap_or_default(), Before::Noise) {
                Shape::Sound(_) => {
                    let passed = inside.passed.min(skip);
                    return Inside { sound: Some(skip), passed };
                }
                Shape::Start | Shape::Headed(_) => {
                    inside.passed = inside.passed.min(skip);
                    if stops {
                        break;
                    }
                }
                Shape::Nothing | Shape::Doomed | Shape::Unchecked(_) | Shape::Damaged(_) => {}
            }
        }
        inside
    }

    fn flush(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        let noise = std::mem::take(&mut self.noise);
        if noise > 0 {
            self.held.emit(PieceKind::Noise, noise, out);
        }
    }
}

/// What stands inside an open frame.
struct Inside {
    /// The first sound frame.
    sound: Option<usize>,
    /// The first place at which one stands or may come to stand; where the search ended if there is none.
    passed: usize,
}

impl<G: Grammar> Framer for Delimited<G> {
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if self.heard.replace(at).is_some_and(|last| last + self.patience <= at) {
            self.settle(true, out);
        }
        // Up to the next byte that decides anything, so that the chunks they came in make no difference.
        let mut rest = bytes;
        while !rest.is_empty() {
            let open = self.held.bytes().len().saturating_sub(self.noise);
            let count = self.wanted.saturating_sub(open).clamp(1, rest.len());
            let (now, later) = rest.split_at(count);
            self.held.push(now, at);
            self.settle(false, out);
            rest = later;
        }
    }

    fn deadline(&self) -> Option<At> {
        self.held.last().map(|last| last + self.patience)
    }

    fn expire(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if self.deadline().is_some_and(|deadline| deadline <= at) {
            self.settle(true, out);
        }
    }

    fn finish(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        self.settle(true, out);
    }
}
