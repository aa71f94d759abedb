//! A meter that answers what a test tells it to.

use std::collections::VecDeque;
use std::time::Duration;

use meterscope::frame::At;
use meterscope::protocol::{Framer, LineSettings, Now, Output, PieceKind, Responder, Source};
use meterscope::sim::SimMeter;

use super::bench::Kind;

/// Gives its answers one after the other, whatever is asked; nothing once they have run out.
struct Scripted {
    framer: Box<dyn Framer>,
    answers: VecDeque<Vec<u8>>,
    told: Option<Output>,
}

impl Responder for Scripted {
    fn receive(&mut self, bytes: &[u8], now: Now) {
        let mut asked = 0;
        self.framer.push(bytes, now.at, &mut |piece| asked += usize::from(piece.kind != PieceKind::Noise));
        if asked > 0
            && let Some(bytes) = self.answers.pop_front()
        {
            self.told = Some(Output::Send { bytes, due: now.at + Duration::from_millis(40) });
        }
    }

    fn poll(&mut self, _: Now) -> Option<Output> {
        self.told.take()
    }

    fn deadline(&self) -> Option<At> {
        None
    }
}

/// A meter with these answers.
pub fn meter(kind: Kind, answers: &[Vec<u8>]) -> SimMeter {
    let line = LineSettings::default();
    let framer = kind.decoder().family.framer(Source::Requests, line);
    let answers = answers.iter().cloned().collect();
    SimMeter::with_responder("scripted", "1", line, Box::new(Scripted { framer, answers, told: None }))
}

/// A sound frame of a family.
pub fn frame(kind: Kind, body: &[u8]) -> Vec<u8> {
    kind.decoder().family.with_checksum(body)
}

/// The body of a sound answer of the bench's meter to its first request.
pub fn body(kind: Kind) -> Vec<u8> {
    match kind {
        Kind::Ce => vec![0x48, 0xFD, 0, 0x96, 0x34, 0x57, 0x01, 0x30, 0, 0x11, 0x26, 0x5C, 0x7E, 2, 0],
        Kind::Iec => panic!("its answers are no bodies with a checksum behind them"),
        Kind::Mercury => {
            vec![0, 6, 0x47, 0x5E, 0x27, 0, 0x12, 1, 7, 0, 4, 0x33, 0x13, 0, 0, 0, 1, 0, 0, 0, 0]
        }
    }
}
