//! A simulated meter of either dialect.
//!
//! Writes change its state for as long as it lives. Registers stand still unless set or something is drawn through it; the clock runs with the
//! wall clock it is handed. Which password it wants is the simulator's choice where the manual leaves it open:
//! reads take none or the administrator's, the rest the administrator's.

mod meter;
mod read;
mod setup;
mod state;
mod write;

use std::collections::VecDeque;
use std::time::Duration;

use super::framer::CeFramer;
use super::{KERNEL10, frame};
use crate::frame::{At, Direction};
use crate::protocol::{Framer, Load, Now, Output, PieceKind, Responder, Setup, SetupError};
use state::State;

/// From the end of a request to the beginning of the reply: measured 38 to 53 ms on a CE307.
const KERNEL10_LATENCY: Duration = Duration::from_millis(40);
/// The same of a CE102 S7, 203 ms by the log of the maker's software.
const CLASSIC_LATENCY: Duration = Duration::from_millis(200);

/// Makes a meter.
pub(super) fn responder(setup: &Setup) -> Result<Box<dyn Responder>, SetupError> {
    Ok(Box::new(CeResponder {
        framer: CeFramer::new(setup.line),
        latency: if setup.dialect == KERNEL10 { KERNEL10_LATENCY } else { CLASSIC_LATENCY },
        state: setup::state(setup)?,
        replies: VecDeque::new(),
        spare: 0,
    }))
}

#[derive(Debug)]
struct CeResponder {
    framer: CeFramer,
    latency: Duration,
    state: State,
    replies: VecDeque<Output>,
    /// Energy drawn that does not fill a unit of the registers yet, in watt seconds.
    spare: u64,
}

impl CeResponder {
    fn answer(&mut self, wire: &[u8], now: Now) {
        let Ok(packet) = frame::parse(wire, Direction::Request) else { return };
        if let Some(reply) = meter::answer(&mut self.state, &packet, now.wall) {
            self.replies.push_back(Output::Send { bytes: reply.to_wire(), due: now.at + self.latency });
        }
    }
}

impl Responder for CeResponder {
    fn receive(&mut self, bytes: &[u8], now: Now) {
        let mut frames = Vec::new();
        self.framer.push(bytes, now.at, &mut |piece| {
            if matches!(piece.kind, PieceKind::Frame(_)) {
                frames.push(piece.bytes.to_vec());
            }
        });
        for wire in frames {
            self.answer(&wire, now);
        }
    }

    fn poll(&mut self, _: Now) -> Option<Output> {
        self.replies.pop_front()
    }

    fn deadline(&self) -> Option<At> {
        None
    }

    fn draw(&mut self, load: Load) {
        self.spare = self.state.draw(load, self.spare);
    }
}
