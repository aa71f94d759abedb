//! A capture played back into a trace: the link `file:`.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::pcapng::{CaptureError, FlawKind, Flaws, Happening, Packet, Reader, Record};
use super::regular::{self, FileFault};
use super::{Claimed, Digest, Dir, Mark, Paging, Split, Trace};
use crate::frame::{At, visible};
use crate::protocol::{Decoder, LineSettings};

/// Why a capture file cannot be played back.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is not read.
    #[error("{}: {}", shown(.0), .1)]
    Unread(PathBuf, FileFault),
    /// It is something else.
    #[error("{}: not a pcapng capture; hex text and bare bytes are what decode takes", shown(.0))]
    NotACapture(PathBuf),
}

fn shown(path: &Path) -> String {
    visible::file(path)
}

impl FileError {
    fn of(path: &Path, error: CaptureError) -> Self {
        match error {
            CaptureError::NotACapture => Self::NotACapture(path.to_owned()),
            CaptureError::Io(error) => Self::Unread(path.to_owned(), error.into()),
        }
    }
}

/// A capture being played back, a few packets at a time if need be.
#[derive(Debug)]
pub struct Replay<R> {
    reader: Reader<R>,
    next: Option<Packet>,
    flaws: Flaws,
    /// Flaws that are to be marked in the trace before the next packet.
    unmarked: Vec<String>,
    digest: Digest,
    line: Option<LineSettings>,
    origin: Timestamp,
    now: At,
    request: Option<u32>,
}

/// Plays a whole file back.
///
/// # Errors
/// [`FileError`] says why it cannot be read; what is damaged in it is none, see [`Replay::flaws`] of what is returned
/// beside the trace.
pub fn load(
    path: &Path,
    decoder: Option<Decoder>,
    paging: Paging,
) -> Result<(Trace, Replay<File>), FileError> {
    let mut replay = Replay::open(path, decoder)?;
    let mut trace = replay.trace(paging);
    let read = replay.step(&mut trace, usize::MAX);
    read.map_err(|error| FileError::Unread(path.to_owned(), error.into()))?;
    Ok((trace, replay))
}

impl Replay<File> {
    /// Opens a capture file.
    ///
    /// # Errors
    /// [`FileError`] says why not.
    pub fn open(path: &Path, decoder: Option<Decoder>) -> Result<Self, FileError> {
        let file = regular::open(path).map_err(|fault| FileError::Unread(path.to_owned(), fault))?;
        Self::new(file, decoder).map_err(|error| FileError::of(path, error))
    }
}

impl<R: Read + Seek> Replay<R> {
    /// Reads a capture from anything that can be read twice: it is looked through at first for whether
    /// requests and replies are told apart in it.
    ///
    /// # Errors
    /// [`CaptureError`].
    pub fn new(mut from: R, decoder: Option<Decoder>) -> Result<Self, CaptureError> {
        let start = from.stream_position()?;
        let split = find_split(&mut from)?;
        from.seek(io::SeekFrom::Start(start))?;
        let mut replay = Self {
            digest: Digest::new(decoder, split, LineSettings::default()),
            origin: Timestamp::UNIX_EPOCH,
            reader: Reader::new(from)?,
            next: None,
            flaws: Flaws::default(),
            unmarked: Vec::new(),
            line: None,
            now: At::ZERO,
            request: None,
        };
        replay.fetch()?;
        if let Some(packet) = &replay.next {
            replay.origin = packet.wall;
            replay.line = line_of(&replay.reader, packet);
            replay.digest = Digest::new(decoder, split, replay.line.unwrap_or_default());
        }
        Ok(replay)
    }

    /// Gets the next packet, and what was not read before it.
    fn fetch(&mut self) -> io::Result<()> {
        self.next = loop {
            match self.reader.next_record()? {
                Some(Record::Packet(packet)) => break Some(packet),
                Some(Record::Flaw(flaw)) => {
                    // A hole has a remark of its own.
                    let text = (!matches!(flaw.kind, FlawKind::Hole(_))).then(|| flaw.to_string());
                    if self.flaws.add(flaw) {
                        self.unmarked.extend(text);
                    }
                }
                None => break None,
            }
        };
        Ok(())
    }

    fn mark_flaws(&mut self, trace: &mut Trace) {
        for flaw in self.unmarked.drain(..) {
            trace.mark(Mark::Note(flaw), self.now);
        }
    }

    /// The empty trace to play it into: its time begins with the first packet.
    #[must_use]
    pub fn trace(&self, paging: Paging) -> Trace {
        Trace::with_paging(self.origin, paging)
    }

    /// Plays so many packets; whether there are more.
    ///
    /// # Errors
    /// What the system says when the file cannot be read any further. What was read is in the trace.
    pub fn step(&mut self, trace: &mut Trace, packets: usize) -> io::Result<bool> {
        for _ in 0..packets {
            self.mark_flaws(trace);
            let Some(packet) = self.next.take() else {
                return Ok(false);
            };
            self.play(&packet, trace);
            let fetched = self.fetch();
            if self.next.is_none() {
                self.digest.finish(trace, &mut |_| {});
                self.mark_flaws(trace);
            }
            fetched?;
        }
        Ok(self.next.is_some())
    }

    /// What was not read as it was written, among what was played so far.
    #[must_use]
    pub const fn flaws(&self) -> &Flaws {
        &self.flaws
    }

    /// Whether the recording did not end as ours do, once all was played: see [`Reader::lacks_its_end`].
    #[must_use]
    pub const fn lacks_its_end(&self) -> bool {
        self.reader.lacks_its_end()
    }

    /// The line settings of the last packet, where the capture tells them.
    #[must_use]
    pub const fn line(&self) -> Option<LineSettings> {
        self.line
    }

    fn play(&mut self, packet: &Packet, trace: &mut Trace) {
        let at = self.at(packet);
        if packet.what == Happening::SendEnd && packet.bytes.is_empty() {
            if let Some(request) = self.request {
                trace.left_the_wire(request, at);
            }
            return;
        }
        self.now = self.now.max(at);
        self.pass_time(trace);
        self.follow_line(packet, trace);
        for mark in marks_of(packet) {
            if matches!(mark, Mark::Lost(_) | Mark::Closed(_)) {
                self.digest.finish(trace, &mut |_| {});
            }
            trace.mark(mark, self.now);
        }
        match packet.what {
            Happening::Damaged(error) => trace.record_damaged(error, &packet.bytes, self.now),
            _ => trace.record(packet.way, &packet.bytes, self.now),
        }
        let request = &mut self.request;
        let mut note = |claimed: Claimed<'_>| {
            if claimed.way == Dir::Tx {
                *request = Some(claimed.number);
            }
        };
        self.digest.push(packet.way, &packet.bytes, self.now, trace, &mut note);
    }

    /// The moment of a packet; a clock that was set back during the capture does not turn time round.
    fn at(&self, packet: &Packet) -> At {
        let passed = packet.wall.as_nanosecond() - self.origin.as_nanosecond();
        At::from_nanos(u64::try_from(passed.max(0)).unwrap_or(u64::MAX))
    }

    /// Lets the deadlines up to now pass.
    fn pass_time(&mut self, trace: &mut Trace) {
        let mut before = None;
        while let Some(deadline) = self.digest.deadline().filter(|deadline| *deadline <= self.now) {
            if before == Some(deadline) {
                break;
            }
            self.digest.expire(deadline, trace, &mut |_| {});
            before = Some(deadline);
        }
    }

    fn follow_line(&mut self, packet: &Packet, trace: &mut Trace) {
        let line = line_of(&self.reader, packet);
        if let Some(line) = line.filter(|line| self.line != Some(*line)) {
            self.digest.set_line(line, trace, &mut |_| {});
            self.line = Some(line);
        }
    }
}

/// Whether anything in the capture was sent by the one who made it.
fn find_split(from: impl Read) -> Result<Split, CaptureError> {
    let mut reader = Reader::new(from)?;
    while let Some(record) = reader.next_record()? {
        if matches!(record, Record::Packet(packet) if packet.way == Dir::Tx && !packet.bytes.is_empty()) {
            return Ok(Split::TwoWay);
        }
    }
    Ok(Split::Listening)
}

fn line_of<R: Read>(reader: &Reader<R>, packet: &Packet) -> Option<LineSettings> {
    reader.interfaces().get(packet.interface)?.line
}

/// What a packet tells beside its bytes.
fn marks_of(packet: &Packet) -> impl Iterator<Item = Mark> {
    let event = match packet.what {
        Happening::DataLost if packet.comment.is_empty() => Some("data lost"),
        Happening::Other(10) => Some("overflow"),
        _ => None,
    };
    let comment = Some(&packet.comment).filter(|comment| !comment.is_empty());
    let comment = comment.map(|comment| Mark::from_remark(&String::from_utf8_lossy(comment)));
    event.map(|event| Mark::Note(event.to_owned())).into_iter().chain(comment)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::super::toy::{self, Toy};
    use super::super::{Capture, EntryKind};
    use super::*;
    use crate::link::{LineError, LineErrors};

    fn temporary() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("capture.pcapng");
        (folder, path)
    }

    /// A live session: everything is recorded, digested and captured as the bus does it.
    struct Session {
        trace: Trace,
        digest: Digest,
    }

    impl Session {
        fn new(path: &Path, split: Split) -> Self {
            let line = LineSettings::n81(9600);
            let mut trace = Trace::new(Timestamp::from_second(1_763_700_000).unwrap());
            trace.capture_to(Capture::to_file(path, "sim:", Some(line)).unwrap());
            Self { trace, digest: Digest::new(Some(Decoder::of(&Toy)), split, line) }
        }

        fn push(&mut self, way: Dir, bytes: &[u8], millis: u64) {
            let at = At::from_millis(millis);
            self.digest.expire(at, &mut self.trace, &mut |_| {});
            self.trace.record(way, bytes, at);
            self.digest.push(way, bytes, at, &mut self.trace, &mut |_| {});
        }

        fn damaged(&mut self, error: LineError, bytes: &[u8], millis: u64) {
            let at = At::from_millis(millis);
            self.digest.expire(at, &mut self.trace, &mut |_| {});
            self.trace.record_damaged(error, bytes, at);
            self.digest.push(Dir::Rx, bytes, at, &mut self.trace, &mut |_| {});
        }

        fn finish(mut self) -> Trace {
            self.digest.finish(&mut self.trace, &mut |_| {});
            self.trace.end_capture();
            self.trace
        }
    }

    fn entries_of(trace: &Trace) -> Vec<(super::super::Entry, Vec<u8>, Option<String>, Timestamp)> {
        (0..trace.len())
            .map(|number| {
                let entry = trace.entry(number).unwrap();
                let mark = trace.mark_of(&entry).map(ToString::to_string);
                (entry, trace.bytes_of(&entry).into_owned(), mark, trace.wall(entry.first))
            })
            .collect()
    }

    #[test]
    fn a_session_played_back_is_the_session() {
        let (_folder, path) = temporary();
        let mut session = Session::new(&path, Split::TwoWay);
        let (ask, answer) = (toy::frame(b"?energy"), toy::frame(b"2979.64"));
        session.push(Dir::Tx, &ask, 0);
        session.trace.left_the_wire(0, At::from_millis(11));
        session.push(Dir::Rx, &[&ask, &answer[..3]].concat(), 40);
        session.push(Dir::Rx, &answer[3..], 50);
        session.digest.finish(&mut session.trace, &mut |_| {});
        session.trace.mark(Mark::Lost("gone".to_owned()), At::from_millis(60));
        session.trace.mark(Mark::Opened(String::new()), At::from_millis(70));
        session.push(Dir::Rx, b"noise", 80);
        let live = session.finish();
        let (played, replay) = load(&path, Some(Decoder::of(&Toy)), Paging::default()).unwrap();
        assert_eq!(entries_of(&played), entries_of(&live));
        assert_eq!(played.entry(0).unwrap().last, At::from_millis(11));
        assert_eq!(
            (replay.flaws(), replay.lacks_its_end(), replay.line()),
            (&Flaws::default(), false, Some(LineSettings::n81(9600)))
        );
    }

    #[test]
    fn damage_is_played_back_with_its_bytes_and_where_it_was() {
        let (_folder, path) = temporary();
        let mut session = Session::new(&path, Split::TwoWay);
        let answer = toy::frame(b"2979.64");
        session.push(Dir::Rx, &answer[..3], 0);
        session.damaged(LineError::Parity, &answer[3..5], 0);
        session.push(Dir::Rx, &answer[5..], 0);
        session.damaged(LineError::Break, &[0], 10);
        session.damaged(LineError::Framing, &[0x41], 10);
        let live = session.finish();
        let (played, _) = load(&path, Some(Decoder::of(&Toy)), Paging::default()).unwrap();
        assert_eq!(entries_of(&played), entries_of(&live));
        assert_eq!(played.line_errors(), LineErrors { parity: 2, framing: 1, breaks: 1 });
        let said = entries_of(&played)[0].2.clone().unwrap();
        assert!(said == "parity errors, bytes 4 to 5 from here", "{said}");
    }

    #[test]
    fn what_was_only_heard_is_taken_for_both_sides() {
        let (_folder, path) = temporary();
        let mut session = Session::new(&path, Split::Listening);
        session.push(Dir::Rx, &toy::frame(b"?energy"), 0);
        session.push(Dir::Rx, &toy::frame(b"2979.64"), 50);
        drop(session.finish());
        let (played, _) = load(&path, Some(Decoder::of(&Toy)), Paging::default()).unwrap();
        assert_eq!(played.entry(1).unwrap().relation.answers, Some(0));
    }

    #[test]
    fn a_capture_can_be_played_bit_by_bit() {
        let (_folder, path) = temporary();
        let mut session = Session::new(&path, Split::Listening);
        for n in 0..10 {
            session.push(Dir::Rx, &toy::frame(&[n]), u64::from(n) * 10);
        }
        let live = session.finish();
        let mut replay = Replay::open(&path, Some(Decoder::of(&Toy))).unwrap();
        let mut trace = replay.trace(Paging::default());
        let mut steps = 0;
        while replay.step(&mut trace, 3).unwrap() {
            steps += 1;
        }
        assert_eq!((steps, entries_of(&trace)), (3, entries_of(&live)));
    }

    #[test]
    fn a_damaged_place_costs_only_itself_and_is_marked_where_it_was() {
        let (_folder, path) = temporary();
        let mut session = Session::new(&path, Split::Listening);
        session.push(Dir::Rx, &toy::frame(b"one"), 0);
        let second = std::fs::metadata(&path).unwrap().len() as usize;
        session.push(Dir::Rx, &toy::frame(b"two"), 10);
        session.push(Dir::Rx, &toy::frame(b"three"), 20);
        drop(session.finish());
        let mut file = std::fs::read(&path).unwrap();
        file[second + 20] ^= 0x40;
        let mut replay = Replay::new(Cursor::new(file), Some(Decoder::of(&Toy))).unwrap();
        let mut trace = replay.trace(Paging::default());
        assert!(!replay.step(&mut trace, usize::MAX).unwrap());
        let entries = entries_of(&trace);
        let marks: Vec<_> =
            entries.iter().map(|(_, bytes, mark, _)| mark.clone().ok_or(bytes.len())).collect();
        let lengths = [toy::frame(b"one").len(), toy::frame(b"three").len()];
        let said =
            format!("packet 2 at byte {second} is not read (72 bytes): its length is larger than its block");
        assert_eq!(marks, [Err(lengths[0]), Ok(said.clone()), Err(lengths[1])]);
        assert_eq!(replay.flaws().lines().collect::<Vec<_>>(), [said]);
    }

    #[test]
    fn what_cannot_be_played_is_named() {
        let (folder, path) = temporary();
        let message = |path: &Path| load(path, None, Paging::default()).unwrap_err().to_string();
        assert!(message(&path).ends_with("capture.pcapng: no such file"));
        assert!(message(folder.path()).ends_with("it is a folder: name a file in it"));
        std::fs::write(&path, "C0 48 96").unwrap();
        assert!(message(&path).contains("not a pcapng capture"));
        std::fs::write(&path, "").unwrap();
        assert!(message(&path).contains("not a pcapng capture"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn played_back_nothing_is_lost_and_every_frame_is_the_same(
            pushes in proptest::collection::vec((any::<bool>(), toy::traffic(), 0..200_u64), 1..25),
        ) {
            let (_folder, path) = temporary();
            let mut session = Session::new(&path, Split::TwoWay);
            let mut at = 0;
            session.push(Dir::Tx, &toy::frame(b"?"), 0);
            for (out, bytes, gap) in pushes {
                at += gap;
                session.push(if out { Dir::Tx } else { Dir::Rx }, &bytes, at);
            }
            let live = session.finish();
            let (played, _) = load(&path, Some(Decoder::of(&Toy)), Paging::default()).unwrap();
            prop_assert_eq!(entries_of(&played), entries_of(&live));
            prop_assert!(entries_of(&played).iter().all(|(entry, ..)| !matches!(entry.kind, EntryKind::Mark(_))));
        }
    }
}
