//! Cutting the byte stream: the end of a message is found in its content, never by silence.
//!
//! The check character can be any value, ETX, EOT, NAK, SOH, CR and LF included. So after STX or SOH the
//! *first* ETX or EOT counts, then exactly one more byte whatever it is. Bytes with bit 7 set are taken as
//! 7E1 characters with their parity bit; the wire bytes are handed on as they came.
//!
//! - An ACK from a meter is a message by itself; on a bus that is listened to it may begin an option select.
//! - An identification is handed on at its line end. Data lines without STX (modes A and D) are a message of
//!   their own, up to `!`, or up to the last whole line when the `!` is missing.
//! - A damaged block in which a later SOH or STX begins a sound one is cut there: its end was lost.
//! - What is not finished in [`PATIENCE`] is given up: a damaged block, or noise.

mod marks;
mod scan;

use std::time::Duration;

use marks::Marks;
use scan::{Scan, Step};

use crate::frame::At;
use crate::protocol::{Framer, Piece, PieceKind, Source};

/// Longest message that is waited for; load profiles and long readouts stay far below.
pub(super) const LONGEST: usize = 20 * 1024;
/// Noise is handed over in pieces of so many bytes at most.
const NOISE_MAX: usize = 256;
/// The largest gap between two characters of a message (IEC 62056-21, clause 6.4.3.2).
const PATIENCE: Duration = Duration::from_millis(1500);
/// How long an ACK is held to see whether it begins an option select, and noise to see what follows.
const GLANCE: Duration = Duration::from_millis(60);

/// The framer of the family.
#[derive(Debug)]
pub(super) struct IecFramer {
    held: Vec<u8>,
    marks: Marks,
    /// Where the noise at the beginning ends and a message may begin.
    start: usize,
    scan: Scan,
}

impl IecFramer {
    /// For one stream.
    pub(super) fn new(source: Source) -> Self {
        Self { held: Vec::with_capacity(1024), marks: Marks::default(), start: 0, scan: Scan::new(source) }
    }

    /// Takes apart what is held; `ended` when nothing will follow.
    fn work(&mut self, ended: bool, out: &mut dyn FnMut(Piece<'_>)) {
        let mut done = 0;
        while let Some(run) = self.held.get(self.start..).filter(|run| !run.is_empty()) {
            match self.scan.step(run, ended) {
                Step::More => break,
                Step::Noise(len) => {
                    self.start += len;
                    while self.start - done >= NOISE_MAX {
                        self.emit(PieceKind::Noise, done, done + NOISE_MAX, out);
                        done += NOISE_MAX;
                    }
                }
                Step::Frame(len, judged) => {
                    self.emit(PieceKind::Noise, done, self.start, out);
                    self.emit(PieceKind::Frame(judged), self.start, self.start + len, out);
                    self.start += len;
                    done = self.start;
                }
            }
        }
        if ended {
            self.emit(PieceKind::Noise, done, self.start, out);
            done = self.start;
        }
        self.forget(done);
    }

    fn emit(&self, kind: PieceKind, from: usize, to: usize, out: &mut dyn FnMut(Piece<'_>)) {
        if let Some(bytes) = self.held.get(from..to).filter(|bytes| !bytes.is_empty()) {
            out(Piece { kind, bytes, first: self.marks.time(from), last: self.marks.time(to - 1) });
        }
    }

    fn forget(&mut self, done: usize) {
        if done == 0 {
            return;
        }
        self.held.drain(..done.min(self.held.len()));
        self.marks.forget(done, self.held.is_empty());
        self.start -= done;
    }
}

impl Framer for IecFramer {
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        self.expire(at, out);
        // In slices, so that a flood is worked off as it comes and memory stays bounded.
        for slice in bytes.chunks(LONGEST) {
            self.marks.note(self.held.len(), at);
            self.held.extend_from_slice(slice);
            self.work(false, out);
        }
    }

    fn deadline(&self) -> Option<At> {
        if self.held.is_empty() {
            return None;
        }
        let is_message = self.held.len() > self.start && self.scan.is_inside_message();
        Some(self.marks.last() + if is_message { PATIENCE } else { GLANCE })
    }

    fn expire(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if self.deadline().is_some_and(|due| due <= at) {
            self.finish(out);
        }
    }

    fn finish(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        self.work(true, out);
        self.scan.reset();
    }
}

#[cfg(test)]
mod tests;
