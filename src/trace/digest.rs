//! From recorded bytes to entries: a framer for each way, a tracker, and the naming of echoes.
//!
//! The bus digests what happens on a link, the replay what a capture holds; both by this.

use super::echo::{Echo, Match, Part};
use super::runs::Runs;
use super::{Claim, EntryKind, Trace, Way};
use crate::frame::{At, Direction};
use crate::protocol::{
    Dialect, Family, Framer, Judged, LineSettings, Piece, PieceKind, Relation, Seen, Source, Tracker,
    registry,
};

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
    pub way: Way,
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
    decoder: Option<(&'static dyn Family, Dialect)>,
    requests: Box<dyn Framer>,
    received: Box<dyn Framer>,
    namer: Namer,
    pieces: Vec<(usize, Judged)>,
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
    pub fn new(decoder: Option<(&'static dyn Family, Dialect)>, split: Split, line: LineSettings) -> Self {
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
        way: Way,
        bytes: &[u8],
        at: At,
        trace: &mut Trace,
        out: &mut dyn FnMut(Claimed<'_>),
    ) {
        let mut sink = Sink { trace, out };
        match way {
            Way::Out => self.send(bytes, at, &mut sink),
            Way::In => self.receive(bytes, at, &mut sink),
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
            self.namer.frame(Way::Out, piece, judged, sink);
            rest = later;
        }
        if self.namer.expects_echo() {
            let first = sink.trace.len().saturating_sub(u32::try_from(self.pieces.len()).unwrap_or(1));
            self.namer.request = Some(first);
            self.namer.echo.expect(bytes, sink.trace.pending(Way::In) == 0);
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
            pieces.push((bytes.len(), Judged::Unchecked));
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

/// Where entries go: into the trace, and to whoever wants to know.
struct Sink<'a> {
    trace: &'a mut Trace,
    out: &'a mut dyn FnMut(Claimed<'_>),
}

/// Gives the pieces of the framers their entries.
struct Namer {
    tracker: Option<Box<dyn Tracker>>,
    echo: Echo,
    names_echoes: bool,
    /// The entry of what was sent last.
    request: Option<u32>,
    source: Source,
    family: Option<u8>,
    dialect: Dialect,
}

impl Namer {
    fn new(decoder: Option<(&'static dyn Family, Dialect)>, source: Source) -> Self {
        Self {
            tracker: decoder.map(|(family, dialect)| family.tracker(dialect)),
            echo: Echo::new(),
            names_echoes: true,
            request: None,
            source,
            family: decoder.and_then(|(family, _)| index_of(family)),
            dialect: decoder.map_or(Dialect::default(), |(_, dialect)| dialect),
        }
    }

    const fn expects_echo(&self) -> bool {
        self.names_echoes && matches!(self.source, Source::Replies)
    }

    /// A piece of what was received.
    fn received(&mut self, piece: Piece<'_>, sink: &mut Sink<'_>) {
        match piece.kind {
            PieceKind::Frame(judged) if self.is_echo_in_disguise(piece, judged, sink.trace) => {
                self.noise(piece, sink);
            }
            PieceKind::Frame(_) if self.echo.is_echo(piece.bytes) => {
                self.echo.done();
                self.echoed(piece, sink);
            }
            PieceKind::Frame(judged) => {
                if judged != Judged::Bad {
                    self.echo.done();
                }
                self.frame(Way::In, piece, judged, sink);
            }
            PieceKind::Noise => self.noise(piece, sink),
        }
    }

    /// Whether what the framer takes for a frame is part of an echo, or a wrong cut over all of one.
    fn is_echo_in_disguise(&self, frame: Piece<'_>, judged: Judged, trace: &Trace) -> bool {
        match self.part_of(frame, trace) {
            Some(part) if part.whole => judged == Judged::Bad,
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
    fn whole_echo(&mut self, first: At, last: At, sink: &mut Sink<'_>) {
        let sent = self.echo.take_sent();
        self.echoed(Piece { kind: PieceKind::Noise, bytes: &sent, first, last }, sink);
        self.echo.put_sent(sent);
    }

    fn frame(&mut self, way: Way, piece: Piece<'_>, judged: Judged, sink: &mut Sink<'_>) {
        let source = if way == Way::Out { Source::Requests } else { self.source };
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
        self.claim(Way::In, EntryKind::Noise, piece, Relation::default(), sink);
    }

    fn echoed(&mut self, piece: Piece<'_>, sink: &mut Sink<'_>) {
        let (direction, message) = (Direction::Request, self.request);
        let relation = Relation { direction, message, dialect: self.dialect, ..Relation::default() };
        self.claim(Way::In, EntryKind::Echo, piece, relation, sink);
    }

    fn claim(&self, way: Way, kind: EntryKind, piece: Piece<'_>, relation: Relation, sink: &mut Sink<'_>) {
        let Piece { bytes, first, last, .. } = piece;
        let Ok(len @ 1..) = u32::try_from(bytes.len()) else {
            return;
        };
        let family = if kind == EntryKind::Noise { None } else { self.family };
        let number = sink.trace.claim(Claim { way, len, kind, first, last, family, relation });
        (sink.out)(Claimed { number, way, kind, bytes, first, last });
    }
}

fn framer_of(
    decoder: Option<(&'static dyn Family, Dialect)>,
    source: Source,
    line: LineSettings,
) -> Box<dyn Framer> {
    match decoder {
        Some((family, _)) => family.framer(source, line),
        None => Box::new(Runs::new(line)),
    }
}

/// The place of a family in the registry, as entries keep it.
fn index_of(family: &dyn Family) -> Option<u8> {
    let index = registry::FAMILIES.iter().position(|known| known.id() == family.id())?;
    u8::try_from(index).ok()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::super::toy::{self, Toy};
    use super::*;

    const LINE: LineSettings = LineSettings::n81(9600);

    /// What a digest has told of: way, kind and bytes of each entry.
    type Told = Vec<(Way, EntryKind, Vec<u8>)>;

    struct Bench {
        digest: Digest,
        trace: Trace,
        told: Told,
    }

    impl Bench {
        fn new(split: Split) -> Self {
            Self::with(Some((&Toy, Dialect(0))), split)
        }

        fn with(decoder: Option<(&'static dyn Family, Dialect)>, split: Split) -> Self {
            let digest = Digest::new(decoder, split, LINE);
            Self { digest, trace: Trace::new(Timestamp::UNIX_EPOCH), told: Vec::new() }
        }

        fn run(&mut self, act: impl FnOnce(&mut Digest, &mut Trace, &mut dyn FnMut(Claimed<'_>))) {
            let told = &mut self.told;
            let mut keep = |c: Claimed<'_>| told.push((c.way, c.kind, c.bytes.to_vec()));
            act(&mut self.digest, &mut self.trace, &mut keep);
        }

        fn push(&mut self, way: Way, bytes: &[u8], millis: u64) {
            let at = At::from_millis(millis);
            self.trace.record(way, bytes, at);
            self.run(|digest, trace, out| digest.push(way, bytes, at, trace, out));
        }

        fn expire(&mut self, millis: u64) {
            self.run(|digest, trace, out| digest.expire(At::from_millis(millis), trace, out));
        }

        fn finish(&mut self) {
            self.run(Digest::finish);
        }

        fn received(&self) -> Vec<(EntryKind, Vec<u8>)> {
            let mine = self.told.iter().filter(|(way, ..)| *way == Way::In);
            mine.map(|(_, kind, bytes)| (*kind, bytes.clone())).collect()
        }
    }

    const GOOD: EntryKind = EntryKind::Frame(Judged::Good);

    fn ask() -> Vec<u8> {
        toy::frame(b"?energy")
    }

    fn answer() -> Vec<u8> {
        toy::frame(b"2979.64")
    }

    #[test]
    fn a_request_and_its_reply_become_two_entries_that_know_each_other() {
        let mut bench = Bench::new(Split::TwoWay);
        bench.push(Way::Out, &ask(), 0);
        bench.push(Way::In, &answer(), 50);
        assert_eq!(bench.told, [(Way::Out, GOOD, ask()), (Way::In, GOOD, answer())]);
        assert_eq!(bench.trace.entry(1).unwrap().relation.answers, Some(0));
    }

    #[test]
    fn an_echo_knows_what_it_repeats() {
        let mut bench = Bench::new(Split::TwoWay);
        bench.push(Way::Out, &toy::frame(b"?one"), 0);
        bench.push(Way::In, &answer(), 50);
        bench.push(Way::Out, &ask(), 100);
        bench.push(Way::In, &ask(), 110);
        let echo = bench.trace.entry(3).unwrap();
        assert_eq!((echo.kind, echo.relation.message), (EntryKind::Echo, Some(2)));
    }

    #[test]
    fn part_of_an_echo_is_named_though_it_passes_for_a_frame() {
        let inner = toy::frame(b"?inner");
        let sent = toy::frame(&[b"outer", &*inner].concat());
        let part = &sent[sent.len() - inner.len() - 1..sent.len() - 1];
        assert_eq!(part, inner, "a frame within a frame");
        let mut bench = Bench::new(Split::TwoWay);
        bench.push(Way::Out, &sent, 0);
        bench.push(Way::In, part, 10);
        assert_eq!(bench.received(), [(EntryKind::Echo, inner)]);
    }

    #[test]
    fn an_echo_is_named_however_it_is_cut() {
        let whole: Vec<u8> = [ask(), answer()].concat();
        for cut in 1..whole.len() {
            let mut bench = Bench::new(Split::TwoWay);
            bench.push(Way::Out, &ask(), 0);
            bench.push(Way::In, &whole[..cut], 10);
            bench.push(Way::In, &whole[cut..], 12);
            assert_eq!(bench.received(), [(EntryKind::Echo, ask()), (GOOD, answer())], "cut at {cut}");
        }
    }

    #[test]
    fn an_echo_behind_a_glitch_is_named_too() {
        let mut bench = Bench::new(Split::TwoWay);
        bench.push(Way::Out, &ask(), 0);
        bench.push(Way::In, &[&[0xFF], &*ask(), &*answer()].concat(), 10);
        let expected = [(EntryKind::Noise, vec![0xFF]), (EntryKind::Echo, ask()), (GOOD, answer())];
        assert_eq!(bench.received(), expected);
    }

    #[test]
    fn the_second_of_two_equal_frames_is_an_answer() {
        let mut bench = Bench::new(Split::TwoWay);
        bench.push(Way::Out, &ask(), 0);
        bench.push(Way::In, &[ask(), ask()].concat(), 10);
        assert_eq!(bench.received(), [(EntryKind::Echo, ask()), (GOOD, ask())]);
    }

    #[test]
    fn after_an_answer_nothing_is_an_echo() {
        let mut bench = Bench::new(Split::TwoWay);
        bench.push(Way::Out, &ask(), 0);
        bench.push(Way::In, &answer(), 50);
        bench.push(Way::In, &ask(), 60);
        assert_eq!(bench.received(), [(GOOD, answer()), (GOOD, ask())]);
    }

    #[test]
    fn an_answer_equal_to_its_request_is_taken_where_no_echo_is_expected() {
        let mut bench = Bench::new(Split::TwoWay);
        bench.digest.name_echoes(false);
        bench.push(Way::Out, &ask(), 0);
        bench.push(Way::In, &ask(), 50);
        assert_eq!(bench.received(), [(GOOD, ask())]);
    }

    #[test]
    fn part_of_an_echo_is_named_once_the_line_is_silent() {
        let sent = ask();
        for part in [&sent[..sent.len() - 1], &sent[3..], &sent[..3]] {
            let mut bench = Bench::new(Split::TwoWay);
            bench.push(Way::Out, &sent, 0);
            bench.push(Way::In, part, 10);
            while let Some(deadline) = bench.digest.deadline() {
                bench.expire(deadline.nanos().div_ceil(1_000_000));
            }
            assert_eq!(bench.received(), [(EntryKind::Echo, part.to_vec())], "{part:02X?}");
        }
    }

    #[test]
    fn a_reply_that_begins_like_its_request_is_not_held_back() {
        let reply = toy::frame(b"?energy and more");
        let like = toy::frame(b"?energy and less");
        let mut bench = Bench::new(Split::TwoWay);
        bench.push(Way::Out, &like, 0);
        bench.push(Way::In, &reply[..6], 10);
        bench.push(Way::In, &reply[6..], 20);
        assert_eq!(bench.received(), [(GOOD, reply)]);
        let entry = bench.trace.entry(1).unwrap();
        assert_eq!((entry.first, entry.last), (At::from_millis(10), At::from_millis(20)));
    }

    #[test]
    fn a_listener_names_no_echo() {
        let mut bench = Bench::new(Split::Listening);
        bench.push(Way::In, &ask(), 0);
        bench.push(Way::In, &answer(), 50);
        assert_eq!(bench.received(), [(GOOD, ask()), (GOOD, answer())]);
        assert_eq!(bench.trace.entry(1).unwrap().relation.answers, Some(0));
    }

    #[test]
    fn what_the_family_does_not_recognise_is_sent_as_one_unchecked_frame() {
        let mut bench = Bench::new(Split::TwoWay);
        let odd = [b"/?!\r\n", &*ask()].concat();
        bench.push(Way::Out, &odd, 0);
        assert_eq!(bench.told, [(Way::Out, EntryKind::Frame(Judged::Unchecked), odd)]);
    }

    #[test]
    fn without_a_family_everything_received_is_noise() {
        let mut bench = Bench::with(None, Split::TwoWay);
        bench.push(Way::Out, b"hello", 0);
        bench.push(Way::In, b"wor", 50);
        bench.push(Way::In, b"ld", 55);
        bench.expire(100);
        assert_eq!(bench.received(), [(EntryKind::Noise, b"world".to_vec())]);
        assert_eq!(bench.trace.pending(Way::In), 0);
    }

    proptest! {
        #[test]
        fn every_byte_gets_one_entry_of_its_way_in_order(
            chunks in proptest::collection::vec((any::<bool>(), toy::traffic(), 0..40_u64), 0..30),
        ) {
            for split in [Split::TwoWay, Split::Listening] {
                let mut bench = Bench::new(split);
                let mut at = 0;
                for (out, bytes, gap) in &chunks {
                    at += gap;
                    bench.expire(at);
                    bench.push(if *out { Way::Out } else { Way::In }, bytes, at);
                }
                bench.finish();
                for way in [Way::Out, Way::In] {
                    let given = chunks.iter().filter(|(out, ..)| *out == (way == Way::Out));
                    let given: Vec<u8> = given.flat_map(|(_, bytes, _)| bytes.clone()).collect();
                    let told = bench.told.iter().filter(|(told, ..)| *told == way);
                    let told: Vec<u8> = told.flat_map(|(_, _, bytes)| bytes.clone()).collect();
                    prop_assert_eq!(&told, &given);
                    prop_assert_eq!(bench.trace.pending(way), 0);
                }
                for (number, (_, _, bytes)) in bench.told.iter().enumerate() {
                    let entry = bench.trace.entry(number as u32).unwrap();
                    prop_assert_eq!(&*bench.trace.bytes_of(&entry), bytes);
                }
            }
        }
    }
}
