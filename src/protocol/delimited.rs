//! Cutting a stream whose frames begin with a mark and state their length.
//!
//! M-Bus and HDLC lines share everything but the frame itself: a false start may lie inside a real frame, so a
//! start that comes to nothing costs one byte and no more; a frame that is damaged is given up as soon as a
//! sound one is found inside it; and a line that falls silent settles what is still open.

use std::slice;
use std::time::Duration;

use super::framer::{Framer, Piece, PieceKind};
use super::held::Held;
use super::{Judged, LineSettings};
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
    /// The head of a frame, the rest of which has not come.
    Headed,
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
pub struct Delimited<G> {
    grammar: G,
    patience: Duration,
    held: Held,
    /// How many of them are noise.
    noise: usize,
    before: Before,
}

/// What is decided about the bytes after the noise.
enum Cut {
    Wait,
    Noise,
    Frame(Judged, usize),
}

impl<G: Grammar> Delimited<G> {
    /// For one stream.
    pub fn new(grammar: G, line: LineSettings) -> Self {
        Self {
            grammar,
            patience: PATIENCE.max(line.wire_time(SILENT_CHARACTERS)),
            held: Held::default(),
            noise: 0,
            before: Before::Silence,
        }
    }

    /// Decides as far as the bytes allow; all of it when no more will come.
    fn settle(&mut self, is_over: bool, out: &mut dyn FnMut(Piece<'_>)) {
        loop {
            let open = self.held.bytes().get(self.noise..).unwrap_or_default();
            if open.is_empty() {
                break;
            }
            match self.decide(open, is_over) {
                Cut::Wait => break,
                Cut::Noise => {
                    self.noise += 1;
                    self.before = Before::Noise;
                    if self.noise >= LONGEST_NOISE {
                        self.flush(out);
                    }
                }
                Cut::Frame(judged, length) => {
                    self.flush(out);
                    self.held.emit(PieceKind::Frame(judged), length, out);
                    self.before = Before::Frame;
                }
            }
        }
        if is_over {
            self.flush(out);
            self.before = Before::Silence;
        }
    }

    fn decide(&self, open: &[u8], is_over: bool) -> Cut {
        match self.grammar.examine(open, self.before) {
            Shape::Nothing => Cut::Noise,
            Shape::Sound(length) => Cut::Frame(Judged::Good, length),
            Shape::Unchecked(length) => Cut::Frame(Judged::Unchecked, length),
            Shape::Damaged(length) => self.cut_damaged(open, length, is_over),
            Shape::Doomed => self.cut_doomed(open, is_over),
            Shape::Start if is_over => Cut::Noise,
            Shape::Headed if is_over => self.cut_damaged(open, open.len(), true),
            Shape::Start | Shape::Headed => Cut::Wait,
        }
    }

    /// A damaged frame ends where it says, or where a sound one begins inside it.
    fn cut_damaged(&self, open: &[u8], length: usize, is_over: bool) -> Cut {
        for skip in 1..length.min(open.len()) {
            match self.grammar.examine(open.get(skip..).unwrap_or_default(), Before::Noise) {
                Shape::Sound(_) => return Cut::Frame(Judged::Bad, skip),
                Shape::Start | Shape::Headed if !is_over => return Cut::Wait,
                _ => {}
            }
        }
        Cut::Frame(Judged::Bad, length.min(open.len()))
    }

    fn cut_doomed(&self, open: &[u8], is_over: bool) -> Cut {
        let inner = |skip: &usize| {
            let rest = open.get(*skip..).unwrap_or_default();
            matches!(self.grammar.examine(rest, Before::Noise), Shape::Sound(_))
        };
        match (1..open.len()).find(inner) {
            Some(skip) => Cut::Frame(Judged::Bad, skip),
            None if is_over => Cut::Noise,
            None => Cut::Wait,
        }
    }

    fn flush(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        let noise = std::mem::take(&mut self.noise);
        if noise > 0 {
            self.held.emit(PieceKind::Noise, noise, out);
        }
    }
}

impl<G: Grammar> Framer for Delimited<G> {
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if self.deadline().is_some_and(|deadline| deadline <= at) {
            self.settle(true, out);
        }
        // One by one, so that the chunks they came in make no difference.
        for byte in bytes {
            self.held.push(slice::from_ref(byte), at);
            self.settle(false, out);
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
