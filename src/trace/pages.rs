//! Append-only bytes in segments, the old ones of which go to a file when there are too many.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use super::private;
use crate::frame::visible;

/// Bytes of a segment: a multiple of every record length, so that no record lies in two.
pub(super) const SEGMENT: usize = 48 * 1024;
/// Segments that are kept after they were read back.
const CACHED: usize = 16;
/// Segments that the file holds: a gigabyte. Then the oldest of all give way.
const MOST_AWAY: usize = (1 << 30) / SEGMENT;
/// What is held beyond the budget as long as the file fails. Then the oldest of all is forgotten.
const GRACE: usize = 8 << 20;

/// How much of a trace is held in memory, and where the rest goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Bytes held in memory before old ones are put into a file.
    pub budget: usize,
    /// The folder for that file. It has no name there once it is open, and is gone with the trace.
    pub folder: PathBuf,
}

impl Default for Paging {
    /// 24 MiB, and the system's folder for temporary files.
    fn default() -> Self {
        Self { budget: 24 << 20, folder: std::env::temp_dir() }
    }
}

/// The streams of bytes that a trace consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Index,
    Sent,
    Received,
    SentChunks,
    ReceivedChunks,
}

#[derive(Debug)]
enum Segment {
    Here(Vec<u8>),
    /// Where it begins in the file.
    Away(u64),
    /// Nobody wanted it any more.
    Gone,
}

#[derive(Debug, Default)]
struct Arena {
    segments: Vec<Segment>,
    len: u64,
}

/// One arena a stream.
#[derive(Debug, Default)]
struct Arenas {
    index: Arena,
    sent: Arena,
    received: Arena,
    sent_chunks: Arena,
    received_chunks: Arena,
}

impl Arenas {
    const fn of(&self, stream: Stream) -> &Arena {
        match stream {
            Stream::Index => &self.index,
            Stream::Sent => &self.sent,
            Stream::Received => &self.received,
            Stream::SentChunks => &self.sent_chunks,
            Stream::ReceivedChunks => &self.received_chunks,
        }
    }

    const fn of_mut(&mut self, stream: Stream) -> &mut Arena {
        match stream {
            Stream::Index => &mut self.index,
            Stream::Sent => &mut self.sent,
            Stream::Received => &mut self.received,
            Stream::SentChunks => &mut self.sent_chunks,
            Stream::ReceivedChunks => &mut self.received_chunks,
        }
    }
}

/// All streams, under one budget.
#[derive(Debug)]
pub(super) struct Pages {
    arenas: Arenas,
    /// Full segments in memory, oldest first.
    full: VecDeque<(Stream, usize)>,
    /// Segments in the file, oldest first.
    away: VecDeque<(Stream, usize)>,
    budget: usize,
    beyond: Beyond,
    /// Bytes that were given up because there was no room for them.
    given_up: u64,
    spill: Spill,
}

/// What becomes of old segments beyond the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beyond {
    /// They go into the file.
    Put,
    /// They are given up.
    GivenUp,
}

impl Pages {
    pub(super) fn new(paging: Paging) -> Self {
        let spill = Spill {
            folder: paging.folder,
            file: None,
            end: 0,
            failure: RefCell::default(),
            cache: RefCell::default(),
        };
        Self {
            arenas: Arenas::default(),
            full: VecDeque::new(),
            away: VecDeque::new(),
            budget: paging.budget,
            beyond: Beyond::Put,
            given_up: 0,
            spill,
        }
    }

    /// Length of a stream.
    pub(super) fn len(&self, stream: Stream) -> u64 {
        self.arenas.of(stream).len
    }

    /// Adds bytes at the end of a stream.
    pub(super) fn append(&mut self, stream: Stream, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let arena = self.arenas.of_mut(stream);
            let used = place(arena.len).1;
            if used == 0 {
                arena.segments.push(Segment::Here(Vec::with_capacity(SEGMENT)));
            }
            let (now, later) = rest.split_at_checked(SEGMENT - used).unwrap_or((rest, &[]));
            if let Some(Segment::Here(segment)) = arena.segments.last_mut() {
                segment.extend_from_slice(now);
            }
            arena.len += now.len() as u64;
            if used + now.len() == SEGMENT {
                let index = arena.segments.len() - 1;
                self.full.push_back((stream, index));
                self.keep_budget();
            }
            rest = later;
        }
    }

    /// Bytes of a stream from `start`; fewer than `len` where it ends before, none where they cannot be read back.
    pub(super) fn read(&self, stream: Stream, start: u64, len: usize) -> Cow<'_, [u8]> {
        let there = self.len(stream).saturating_sub(start);
        let len = usize::try_from(there).unwrap_or(usize::MAX).min(len);
        let (index, offset) = place(start);
        if let Some(Segment::Here(segment)) = self.arenas.of(stream).segments.get(index)
            && let Some(bytes) = segment.get(offset..offset + len)
        {
            return bytes.into();
        }
        let mut bytes = vec![0; len];
        if self.copy(stream, start, &mut bytes) { bytes.into() } else { Cow::default() }
    }

    /// Fills `to` from a stream; whether all of it could be had.
    pub(super) fn copy(&self, stream: Stream, start: u64, to: &mut [u8]) -> bool {
        let (mut start, mut rest) = (start, to);
        while !rest.is_empty() {
            let (index, offset) = place(start);
            let len = rest.len().min(SEGMENT - offset);
            let (now, later) = rest.split_at_mut(len);
            if !self.copy_within(stream, index, offset, now) {
                return false;
            }
            (start, rest) = (start + len as u64, later);
        }
        true
    }

    fn copy_within(&self, stream: Stream, index: usize, offset: usize, to: &mut [u8]) -> bool {
        match self.arenas.of(stream).segments.get(index) {
            Some(Segment::Here(segment)) => copy_slice(segment, offset, to),
            Some(Segment::Away(at)) => self.spill.copy(*at, offset, to),
            Some(Segment::Gone) | None => false,
        }
    }

    /// Changes bytes that are there already and lie within one segment.
    pub(super) fn patch(&mut self, stream: Stream, start: u64, bytes: &[u8]) {
        let (index, offset) = place(start);
        let arena = self.arenas.of_mut(stream);
        match arena.segments.get_mut(index) {
            Some(Segment::Here(segment)) => overwrite(segment, offset, bytes),
            Some(Segment::Away(at)) => self.spill.patch(*at, offset, bytes),
            Some(Segment::Gone) | None => {}
        }
    }

    /// Bytes of full segments that are in memory.
    pub(super) fn resident(&self) -> usize {
        self.full.len() * SEGMENT
    }

    /// From here on nothing goes into the file: what is beyond the budget is given up.
    pub(super) const fn keep_in_memory(&mut self, budget: usize) {
        self.budget = budget;
        self.beyond = Beyond::GivenUp;
    }

    /// Gives up the oldest full segments until no more than `keep` bytes of them are in memory.
    pub(super) fn forget(&mut self, keep: usize) {
        while self.resident() > keep && self.forget_oldest() {}
    }

    /// Gives up the oldest full segment in memory; whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let Some(place) = self.full.pop_front() else { return false };
        self.drop_segment(place);
        true
    }

    fn drop_segment(&mut self, (stream, index): (Stream, usize)) {
        if let Some(segment) = self.arenas.of_mut(stream).segments.get_mut(index) {
            *segment = Segment::Gone;
        }
    }

    /// Bytes that were given up because there was no room for them, nor in the file.
    pub(super) const fn given_up(&self) -> u64 {
        self.given_up
    }

    /// Why old bytes could not be put away the last time, so that the memory grows instead, or not be read back.
    pub(super) fn failure(&self) -> Option<String> {
        self.spill.failure.borrow().clone()
    }

    /// Puts the oldest segments away until the rest is within the budget. What cannot be written stays, within
    /// bounds, and is tried again when the next segment is full.
    fn keep_budget(&mut self) {
        while self.resident() > self.budget {
            let is_put = self.beyond == Beyond::Put && self.put_oldest();
            let is_held = self.beyond == Beyond::Put && self.resident() <= self.budget.saturating_add(GRACE);
            if is_put {
                continue;
            }
            if is_held || !self.forget_oldest() {
                return;
            }
            self.given_up += SEGMENT as u64;
        }
    }

    /// Puts the oldest full segment in memory into the file; whether that was possible.
    fn put_oldest(&mut self) -> bool {
        let Some(&(stream, index)) = self.full.front() else { return false };
        let reused = if self.away.len() >= MOST_AWAY { self.take_oldest_away() } else { None };
        let Some(segment) = self.arenas.of_mut(stream).segments.get_mut(index) else { return false };
        if let Segment::Here(bytes) = segment {
            let Some(at) = self.spill.put(bytes, reused) else { return false };
            *segment = Segment::Away(at);
            self.away.push_back((stream, index));
        }
        self.full.pop_front();
        true
    }

    /// Gives up the oldest segment in the file, for its place there.
    fn take_oldest_away(&mut self) -> Option<u64> {
        let (stream, index) = self.away.pop_front()?;
        let Some(&Segment::Away(at)) = self.arenas.of(stream).segments.get(index) else { return None };
        self.drop_segment((stream, index));
        self.given_up += SEGMENT as u64;
        Some(at)
    }
}

/// The segment and the offset in it.
fn place(at: u64) -> (usize, usize) {
    let index = usize::try_from(at / SEGMENT as u64).unwrap_or(usize::MAX);
    (index, (at % SEGMENT as u64) as usize)
}

fn copy_slice(from: &[u8], offset: usize, to: &mut [u8]) -> bool {
    let Some(bytes) = from.get(offset..offset + to.len()) else {
        return false;
    };
    to.copy_from_slice(bytes);
    true
}

fn overwrite(segment: &mut [u8], offset: usize, bytes: &[u8]) {
    if let Some(old) = segment.get_mut(offset..offset + bytes.len()) {
        old.copy_from_slice(bytes);
    }
}

/// The file of old segments.
#[derive(Debug)]
struct Spill {
    folder: PathBuf,
    file: Option<File>,
    end: u64,
    failure: RefCell<Option<String>>,
    /// Segments read back, the latest used last.
    cache: RefCell<VecDeque<(u64, Box<[u8]>)>>,
}

impl Spill {
    /// Writes a segment, in the place of another that nobody needs any more or at the end, and gives its place.
    fn put(&mut self, segment: &[u8], reused: Option<u64>) -> Option<u64> {
        let result = self.try_put(segment, reused);
        *self.failure.get_mut() = result.as_ref().err().map(|error| visible::error(error));
        result.ok()
    }

    fn try_put(&mut self, segment: &[u8], reused: Option<u64>) -> io::Result<u64> {
        let mut file = match &self.file {
            Some(file) => file,
            None => self.file.insert(private::nameless_file(&self.folder)?),
        };
        let at = reused.unwrap_or(self.end);
        self.cache.get_mut().retain(|(cached, _)| *cached != at);
        file.seek(SeekFrom::Start(at))?;
        file.write_all(segment)?;
        self.end = self.end.max(at + segment.len() as u64);
        Ok(at)
    }

    fn copy(&self, at: u64, offset: usize, to: &mut [u8]) -> bool {
        let mut cache = self.cache.borrow_mut();
        let segment = match cache.iter().position(|(cached, _)| *cached == at) {
            Some(index) => cache.remove(index),
            None => self.fetch(at).map_err(|error| self.failure.replace(Some(visible::error(&error)))).ok(),
        };
        let Some(segment) = segment else {
            return false;
        };
        let copied = copy_slice(&segment.1, offset, to);
        if cache.len() >= CACHED {
            cache.pop_front();
        }
        cache.push_back(segment);
        copied
    }

    /// Reads a segment back, with its place.
    fn fetch(&self, at: u64) -> io::Result<(u64, Box<[u8]>)> {
        let mut file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let mut segment = vec![0; SEGMENT].into_boxed_slice();
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut segment)?;
        Ok((at, segment))
    }

    fn patch(&mut self, at: u64, offset: usize, bytes: &[u8]) {
        if let Some((_, segment)) = self.cache.get_mut().iter_mut().find(|(cached, _)| *cached == at) {
            overwrite(segment, offset, bytes);
        }
        let Some(mut file) = self.file.as_ref() else {
            return;
        };
        let written = file.seek(SeekFrom::Start(at + offset as u64)).and_then(|_| file.write_all(bytes));
        if let Err(error) = written {
            *self.failure.get_mut() = Some(visible::error(&error));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn pages(budget: usize, folder: &Path) -> Pages {
        Pages::new(Paging { budget, folder: folder.to_owned() })
    }

    #[test]
    fn old_bytes_leave_the_memory_and_can_still_be_read_and_changed() {
        let folder = tempfile::tempdir().unwrap();
        let mut pages = pages(2 * SEGMENT, folder.path());
        let bytes: Vec<u8> = (0..10 * SEGMENT).map(|n| (n / 7) as u8).collect();
        for piece in bytes.chunks(1000) {
            pages.append(Stream::Received, piece);
        }
        assert_eq!(pages.resident(), 2 * SEGMENT);
        assert_eq!(&*pages.read(Stream::Received, 0, bytes.len()), bytes);
        pages.patch(Stream::Received, 5, b"new");
        assert_eq!(&*pages.read(Stream::Received, 5, 3), b"new");
        assert_eq!(
            pages.read(Stream::Received, bytes.len() as u64 - 2, 10).len(),
            2,
            "no more than there is"
        );
    }

    #[test]
    fn the_file_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut pages = pages(0, folder.path());
        pages.append(Stream::Sent, &vec![1; 2 * SEGMENT]);
        assert_eq!(pages.resident(), 0);
        #[cfg(unix)]
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn without_a_file_the_memory_grows_to_a_bound_and_the_newest_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut pages = pages(0, &folder.path().join("missing"));
        let held = GRACE / SEGMENT + 1;
        for number in 0..2 * held {
            pages.append(Stream::Received, &vec![number as u8; SEGMENT]);
        }
        assert!(pages.resident() <= GRACE, "{}", pages.resident());
        assert_eq!(pages.given_up(), ((2 * held) * SEGMENT - pages.resident()) as u64);
        let newest = ((2 * held - 1) * SEGMENT) as u64;
        assert_eq!(&*pages.read(Stream::Received, newest, 1), [(2 * held - 1) as u8]);
        assert!(pages.read(Stream::Received, 0, 1).is_empty());
    }

    #[test]
    fn a_file_that_is_full_takes_the_newest_in_the_place_of_the_oldest() {
        let folder = tempfile::tempdir().unwrap();
        let mut pages = pages(0, folder.path());
        for number in 0..4 {
            pages.append(Stream::Received, &vec![number; SEGMENT]);
        }
        let reused = pages.take_oldest_away();
        assert_eq!(reused, Some(0));
        assert_eq!(pages.given_up(), SEGMENT as u64);
        assert!(pages.read(Stream::Received, 0, 1).is_empty());
        assert_eq!(pages.spill.put(&vec![9; SEGMENT], reused), Some(0));
        assert_eq!(pages.spill.end, 4 * SEGMENT as u64);
    }

    #[test]
    fn what_is_kept_in_memory_alone_is_given_up_beyond_its_budget() {
        let folder = tempfile::tempdir().unwrap();
        let mut pages = pages(0, folder.path());
        pages.keep_in_memory(2 * SEGMENT);
        for number in 0..5 {
            pages.append(Stream::Received, &vec![number; SEGMENT]);
        }
        assert_eq!((pages.resident(), pages.given_up()), (2 * SEGMENT, 3 * SEGMENT as u64));
        assert!(pages.spill.file.is_none());
    }

    #[test]
    fn without_a_file_nothing_is_lost_for_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let mut pages = pages(0, &missing);
        pages.append(Stream::Sent, &vec![1; 2 * SEGMENT]);
        assert!(pages.failure().is_some());
        assert_eq!(pages.read(Stream::Sent, 0, 2 * SEGMENT).len(), 2 * SEGMENT);
        std::fs::create_dir(&missing).unwrap();
        pages.append(Stream::Sent, &vec![2; SEGMENT]);
        assert_eq!((pages.failure(), pages.resident()), (None, 0), "tried again");
    }
}
