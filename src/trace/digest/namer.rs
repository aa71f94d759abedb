//! Giving the pieces of the framers their entries, our own bytes among them named as echoes.

use super::super::echo::{Echo, Part};
use super::super::{Claim, Dir, EntryKind, Trace};
use super::Claimed;
use crate::frame::At;
use crate::frame::Direction;
use crate::protocol::{
    Decoder, Dialect, Family, Integrity, Piece, PieceKind, Relation, Seen, Source, Tracker, registry,
};

/// Where entries go: into the trace, and to whoever wants to know.
pub(super) struct Sink<'a> {
    pub(super) trace: &'a mut Trace,
    pub(super) out: &'a mut dyn FnMut(Claimed<'_>),
}

/// Gives the pieces of the framers their entries.
pub(super) struct Namer {
    tracker: Option<Box<dyn Tracker>>,
    pub(super) echo: Echo,
    pub(super) names_echoes: bool,
    /// The entry of what was sent last.
    pub(super) request: Option<u32>,
    pub(super) source: Source,
    family: Option<u8>,
    dialect: Dialect,
}

impl Namer {
    pub(super) fn new(decoder: Option<Decoder>, source: Source) -> Self {
        Self {
            tracker: decoder.map(|known| known.family.tracker(known.dialect)),
            echo: Echo::new(),
            names_echoes: true,
            request: None,
            source,
            family: decoder.and_then(|known| index_of(known.family)),
            dialect: decoder.map_or(Dialect::default(), |known| known.dialect),
        }
    }

    pub(super) const fn expects_echo(&self) -> bool {
        self.names_echoes && matches!(self.source, Source::Replies)
    }

    /// A piece of what was received.
    pub(super) fn received(&mut self, piece: Piece<'_>, sink: &mut Sink<'_>) {
        match piece.kind {
            PieceKind::Frame(judged) if self.is_echo_in_disguise(piece, judged, sink.trace) => {
                self.noise(piece, sink);
            }
            PieceKind::Frame(_) if self.echo.is_echo(piece.bytes) => {
                self.echo.done();
                self.echoed(piece, sink);
            }
            PieceKind::Frame(judged) => {
                if judged != Integrity::Bad {
                    self.echo.done();
                }
                self.frame(Dir::Rx, piece, judged, sink);
            }
            PieceKind::Noise => self.noise(piece, sink),
        }
    }

    /// Whether what the framer takes for a frame is part of an echo, or a wrong cut over all of one.
    fn is_echo_in_disguise(&self, frame: Piece<'_>, judged: Integrity, trace: &Trace) -> bool {
        match self.part_of(frame, trace) {
            Some(part) if part.whole => judged == Integrity::Bad,
            part => part.is_some(),
        }
    }

    /// Our own bytes within a piece. An answer may begin like its request, so what begins after the request has
    /// left the wire is an echo only if it is all of one.
    fn part_of(&self, piece: Piece<'_>, trace: &Trace) -> Option<Part> {
        let request = self.request.and_then(|number| trace.entry(number));
        let is_after = request.is_some_and(|sent| sent.last > sent.first && piece.first > sent.last);
        self.echo.part_of(piece.bytes).filter(|part| part.whole || !is_after)
    }

    /// An echo that was recognised before the framer saw it.
    pub(super) fn whole_echo(&mut self, first: At, last: At, sink: &mut Sink<'_>) {
        let sent = self.echo.take_sent();
        self.echoed(Piece { kind: PieceKind::Noise, bytes: &sent, first, last }, sink);
        self.echo.put_sent(sent);
    }

    pub(super) fn frame(&mut self, way: Dir, piece: Piece<'_>, judged: Integrity, sink: &mut Sink<'_>) {
        let source = if way == Dir::Tx { Source::Requests } else { self.source };
        let Piece { bytes, first, last, .. } = piece;
        let seen = Seen { number: sink.trace.len(), bytes, source, first, last };
        let relation = self.tracker.as_mut().map(|tracker| tracker.track(seen)).unwrap_or_default();
        self.claim(way, EntryKind::Frame(judged), piece, relation, sink);
    }

    /// Noise, with our own bytes in it named.
    fn noise(&mut self, piece: Piece<'_>, sink: &mut Sink<'_>) {
        let Some(Part { before, len, whole }) = self.part_of(piece, sink.trace) else {
            return self.plain(piece, sink);
        };
        let (noise, rest) = piece.bytes.split_at_checked(before).unwrap_or((piece.bytes, &[]));
        let (echo, after) = rest.split_at_checked(len).unwrap_or((rest, &[]));
        self.plain(Piece { bytes: noise, ..piece }, sink);
        if whole {
            self.echo.done();
        }
        self.echoed(Piece { bytes: echo, ..piece }, sink);
        self.plain(Piece { bytes: after, ..piece }, sink);
    }

    fn plain(&mut self, piece: Piece<'_>, sink: &mut Sink<'_>) {
        self.claim(Dir::Rx, EntryKind::Noise, piece, Relation::default(), sink);
    }

    fn echoed(&mut self, piece: Piece<'_>, sink: &mut Sink<'_>) {
        let (direction, message) = (Direction::Request, self.request);
        let relation = Relation { direction, message, dialect: self.dialect, ..Relation::default() };
        self.claim(Dir::Rx, EntryKind::Echo, piece, relation, sink);
    }

    fn claim(&self, way: Dir, kind: EntryKind, piece: Piece<'_>, relation: Relation, sink: &mut Sink<'_>) {
        let Piece { bytes, first, last, .. } = piece;
        let Ok(len @ 1..) = u32::try_from(bytes.len()) else {
            return;
        };
        let family = if kind == EntryKind::Noise { None } else { self.family };
        let number = sink.trace.claim(Claim { way, len, kind, first, last, family, relation });
        (sink.out)(Claimed { number, way, kind, bytes, first, last });
    }
}

/// The place of a family in the registry, as entries keep it.
fn index_of(family: &dyn Family) -> Option<u8> {
    let index = registry::FAMILIES.iter().position(|known| known.id() == family.id())?;
    u8::try_from(index).ok()
}
