//! A protocol small enough to see through, for the tests of this layer: `#`, length, data, sum of the data.

use std::time::Duration;

use proptest::prelude::*;

use crate::frame::{At, Dissection};
use crate::protocol::{
    Access, ComposeError, Context, Dialect, DialectProfile, Exchange, Family, FamilyProfile, Framer,
    Integrity, LineSettings, MasterRequest, Piece, PieceKind, Plan, Profile, Relation, Request, Responder,
    Seen, Setup, SetupError, Source, Tracker,
};

/// The family; requests begin with `?`.
#[derive(Debug)]
pub(super) struct Toy;

/// A frame around data.
pub(super) fn frame(data: &[u8]) -> Vec<u8> {
    let sum = data.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
    [&[b'#', data.len() as u8], data, &[sum]].concat()
}

/// Frames, broken frames and noise.
pub(super) fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let data = proptest::collection::vec(any::<u8>(), 0..12);
    prop_oneof![
        data.clone().prop_map(|data| frame(&data)),
        (data.clone(), 0..16_usize).prop_map(|(data, cut)| {
            let mut broken = frame(&data);
            broken.truncate(cut);
            broken
        }),
        data,
    ]
}

#[derive(Default)]
struct Cutter {
    held: Vec<u8>,
    times: Vec<At>,
}

impl Cutter {
    /// How the held bytes begin, and with how many; `None` while that is open.
    fn next(&self) -> Option<(PieceKind, usize)> {
        let start = self.held.iter().position(|byte| *byte == b'#').unwrap_or(self.held.len());
        if start > 0 {
            return Some((PieceKind::Noise, start));
        }
        let len = usize::from(*self.held.get(1)?);
        let data = self.held.get(2..2 + len)?;
        let sum = *self.held.get(2 + len)?;
        let fits = data.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte)) == sum;
        Some((PieceKind::Frame(if fits { Integrity::Good } else { Integrity::Bad }), len + 3))
    }

    fn give(&mut self, kind: PieceKind, len: usize, out: &mut dyn FnMut(Piece<'_>)) {
        out(Piece { kind, bytes: &self.held[..len], first: self.times[0], last: self.times[len - 1] });
        self.held.drain(..len);
        self.times.drain(..len);
    }
}

impl Framer for Cutter {
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        self.held.extend_from_slice(bytes);
        self.times.resize(self.held.len(), at);
        while let Some((kind, len)) = self.next() {
            self.give(kind, len, out);
        }
    }

    fn deadline(&self) -> Option<At> {
        self.times.last().map(|last| *last + Duration::from_millis(100))
    }

    fn expire(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if self.deadline().is_some_and(|deadline| deadline <= at) {
            self.finish(out);
        }
    }

    fn finish(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        if !self.held.is_empty() {
            self.give(PieceKind::Noise, self.held.len(), out);
        }
    }
}

#[derive(Default)]
struct Pairer(Option<u32>);

impl Tracker for Pairer {
    fn track(&mut self, frame: Seen<'_>) -> Relation {
        if frame.bytes.get(2) == Some(&b'?') {
            self.0 = Some(frame.number);
            return Relation { direction: crate::frame::Direction::Request, ..Relation::default() };
        }
        Relation { direction: crate::frame::Direction::Reply, answers: self.0.take(), ..Relation::default() }
    }
}

impl Family for Toy {
    fn profile(&self) -> &'static FamilyProfile {
        static PROFILE: FamilyProfile = FamilyProfile::plain("toy", "Toy", DialectProfile::plain("", &[]));
        &PROFILE
    }
    fn framer(&self, _: Source, _: LineSettings) -> Box<dyn Framer> {
        Box::<Cutter>::default()
    }
    fn tracker(&self, _: Dialect) -> Box<dyn Tracker> {
        Box::<Pairer>::default()
    }
    fn explain(&self, frame: &[u8], _: &Context<'_>) -> Dissection {
        Dissection::unexplained("toy", frame, "toy")
    }
    fn compose(&self, _: &Profile, _: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        Ok(Vec::new())
    }
    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        frame(body)
    }
    fn request_at(&self, _: &[u8]) -> Option<MasterRequest> {
        None
    }
    fn access(&self, _: &[u8], _: Dialect) -> Option<Access> {
        None
    }
    fn silence(&self, _: LineSettings) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    fn exchange(&self, _: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        Err(ComposeError::Foreign("anything"))
    }
    fn responder(&self, _: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        unreachable!("no test asks the toy to answer")
    }
}
