//! From recorded bytes to entries: a framer for each way, a tracker, and the naming of echoes.
//!
//! The bus digests what happens on a link, the replay what a capture holds; both by this.

mod namer;

use namer::{Namer, Sink};

use super::echo::Match;
use super::runs::Runs;
use super::{Dir, EntryKind, Trace};
use crate::frame::At;
use crate::protocol::{Decoder, Framer, Integrity, LineSettings, Piece, PieceKind, Source};

/// What is known about the directions of the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Split {
    /// We are the master: what goes out are requests, what comes in are replies (and echoes).
    TwoWay,
    /// We listen to somebody else's bus: requests and replies both come in.
    Listening,
}

/// A piece of traffic that has just become an entry of the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed<'a> {
    /// The entry's number.
    pub number: u32,
    /// Which way it went.
    pub way: Dir,
    /// What it is: a frame, noise or an echo.
    pub kind: EntryKind,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// When its first byte was handed over.
    pub first: At,
    /// When its last byte was handed over.
    pub last: At,
}

/// Makes entries of recorded traffic.
///
/// Every byte handed to [`Digest::push`] ends up in exactly one entry of its way, in order. Allocates only
/// while its buffers grow.
pub struct Digest {
    decoder: Option<Decoder>,
    requests: Box<dyn Framer>,
    received: Box<dyn Framer>,
    namer: Namer,
    pieces: Vec<(usize, Integrity)>,
    released: Vec<u8>,
    chunks: Vec<(usize, At)>,
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Digest").field("echo", &self.namer.echo).finish_non_exhaustive()
    }
}

impl Digest {
    /// For a family and its dialect, or for none: then what is sent is a frame that nobody checks and what is
    /// received is noise, cut where the line falls silent.
    #[must_use]
    pub fn new(decoder: Option<Decoder>, split: Split, line: LineSettings) -> Self {
        let source = match split {
            Split::TwoWay => Source::Replies,
            Split::Listening => Source::Both,
        };
        Self {
            decoder,
            requests: framer_of(decoder, Source::Requests, line),
            received: framer_of(decoder, source, line),
            namer: Namer::new(decoder, source),
            pieces: Vec::new(),
            released: Vec::new(),
            chunks: Vec::new(),
        }
    }

    /// Whether received bytes that equal what was sent last are named an echo; at first they are. To be
    /// switched off for a request whose answer is the request itself, on an adapter known not to echo.
    pub const fn name_echoes(&mut self, on: bool) {
        self.namer.names_echoes = on;
    }

    /// Makes entries of what bytes complete and hands each to `out`. They must have been recorded already, by
    /// [`Trace::record`].
    ///
    /// `at` is when they were sent or received. Bytes sent become one request at once (or several, where the
    /// family finds nothing but frames in them). See [`Trace::left_the_wire`] for when they have been sent.
    pub fn push(
        &mut self,
        way: Dir,
        bytes: &[u8],
        at: At,
        trace: &mut Trace,
        out: &mut dyn FnMut(Claimed<'_>),
    ) {
        let mut sink = Sink { trace, out };
        match way {
            Dir::Tx => self.send(bytes, at, &mut sink),
            Dir::Rx => self.receive(bytes, at, &mut sink),
        }
    }

    /// When [`Digest::expire`] should be called if nothing is received until then.
    #[must_use]
    pub fn deadline(&self) -> Option<At> {
        [self.namer.echo.deadline(), self.received.deadline()].into_iter().flatten().min()
    }

    /// Nothing was received up to `at`.
    pub fn expire(&mut self, at: At, trace: &mut Trace, out: &mut dyn FnMut(Claimed<'_>)) {
        let mut sink = Sink { trace, out };
        if self.namer.echo.deadline().is_some_and(|deadline| deadline <= at) {
            self.release(&mut sink);
        }
        let Self { received, namer, .. } = self;
        received.expire(at, &mut |piece| namer.received(piece, &mut sink));
    }

    /// The stream ends or is cut here (the link was lost, another protocol takes over): makes entries of
    /// everything that is left. The digest can be used on.
    pub fn finish(&mut self, trace: &mut Trace, out: &mut dyn FnMut(Claimed<'_>)) {
        let mut sink = Sink { trace, out };
        self.release(&mut sink);
        let Self { received, namer, .. } = self;
        received.finish(&mut |piece| namer.received(piece, &mut sink));
        namer.echo.done();
    }

    /// The line settings have changed: what is left of the bytes before is cut here, relations between frames
    /// are kept.
    pub fn set_line(&mut self, line: LineSettings, trace: &mut Trace, out: &mut dyn FnMut(Claimed<'_>)) {
        self.finish(trace, out);
        self.requests = framer_of(self.decoder, Source::Requests, line);
        self.received = framer_of(self.decoder, self.namer.source, line);
    }

    fn send(&mut self, bytes: &[u8], at: At, sink: &mut Sink<'_>) {
        if bytes.is_empty() {
            return;
        }
        self.release(sink);
        self.find_requests(bytes, at);
        let mut rest = bytes;
        for &(len, judged) in &self.pieces {
            let (now, later) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            let piece = Piece { kind: PieceKind::Frame(judged), bytes: now, first: at, last: at };
            self.namer.frame(Dir::Tx, piece, judged, sink);
            rest = later;
        }
        if self.namer.expects_echo() {
            let first = sink.trace.len().saturating_sub(u32::try_from(self.pieces.len()).unwrap_or(1));
            self.namer.request = Some(first);
            self.namer.echo.expect(bytes, sink.trace.pending(Dir::Rx) == 0);
        }
    }

    /// The frames that bytes sent consist of; one over all of them where the family sees anything else.
    fn find_requests(&mut self, bytes: &[u8], at: At) {
        let Self { requests, pieces, .. } = self;
        pieces.clear();
        let mut only_frames = true;
        let mut note = |piece: Piece<'_>| match piece.kind {
            PieceKind::Frame(judged) => pieces.push((piece.bytes.len(), judged)),
            PieceKind::Noise => only_frames = false,
        };
        requests.push(bytes, at, &mut note);
        requests.finish(&mut note);
        if !only_frames || pieces.iter().map(|(len, _)| len).sum::<usize>() != bytes.len() {
            pieces.clear();
            pieces.push((bytes.len(), Integrity::Unchecked));
        }
    }

    fn receive(&mut self, bytes: &[u8], at: At, sink: &mut Sink<'_>) {
        let rest = match self.namer.echo.receive(bytes, at) {
            Match::Held => return,
            Match::Differs => {
                self.release(sink);
                bytes
            }
            Match::Whole { taken, first } => {
                self.namer.whole_echo(first, at, sink);
                bytes.get(taken..).unwrap_or_default()
            }
        };
        if !rest.is_empty() {
            let Self { received, namer, .. } = self;
            received.push(rest, at, &mut |piece| namer.received(piece, sink));
        }
    }

    /// Gives the framer what was held because it looked like the beginning of an echo.
    fn release(&mut self, sink: &mut Sink<'_>) {
        let Self { received, namer, released, chunks, .. } = self;
        namer.echo.release(released, chunks);
        let mut rest = released.as_slice();
        for &(len, at) in chunks.iter() {
            let (now, later) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            received.push(now, at, &mut |piece| namer.received(piece, sink));
            rest = later;
        }
    }
}

fn framer_of(decoder: Option<Decoder>, source: Source, line: LineSettings) -> Box<dyn Framer> {
    match decoder {
        Some(decoder) => decoder.family.framer(source, line),
        None => Box::new(Runs::new(line)),
    }
}

#[cfg(test)]
mod tests;
