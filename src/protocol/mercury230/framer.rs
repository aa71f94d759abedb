//! Cutting the stream: no start mark, no length field, no end mark; only lengths that follow from the request,
//! the CRC, and silence (M236, 1.5).
//!
//! On a bus that is listened to, a request tells which length its answer has. Where only answers are heard the
//! CRC alone tells, and any beginning of an answer may carry a CRC that fits by chance: four bytes of a long
//! answer can look like a status. So a frame whose length nothing foretells is handed over when silence follows
//! it, or another sound frame. Two sound frames one after the other never look like one, because the CRC over
//! both cannot fit when that over each does; so of several lengths that fit, the longest is right. Zeros are the
//! exception: they leave a CRC that fits as it is, so a frame in front of idle zeros fits with each of them, and
//! one whose CRC ends in a zero fits without it. There the lengths of the list decide.

use std::ops::Range;
use std::time::Duration;

use super::wire::{ANY, BROADCAST, CRC, CRC_START, Frame, LONGEST, SHORTEST, crc_step};
use super::{rows, status, timing};
use crate::frame::At;
use crate::protocol::held::Held;
use crate::protocol::modbus::Fits;
use crate::protocol::{Framer, Judged, LineSettings, Piece, PieceKind, Source};

/// Silence after which the rest of an unfinished frame is no longer awaited: what adapters (16 ms) and
/// converters put between two parts of it, and some.
const PATIENCE: Duration = Duration::from_millis(100);

/// Bytes that are held while no frame is found among them.
const HELD: usize = 2 * LONGEST;
const _: () = assert!(HELD <= Fits::MOST, "every run that is held can be searched");

/// The framer of this family.
#[derive(Debug)]
pub struct Gaps {
    source: Source,
    silence: Duration,
    patience: Duration,
    held: Held,
    head: Head,
    /// The answer that the last request foretells.
    awaited: Option<Awaited>,
    /// The address of the last sound frame.
    heard: Option<u8>,
    /// Whether the undecided bytes start where a frame may be expected: after silence or a frame.
    is_boundary: bool,
    /// Whether the present silence has been dealt with.
    is_quiet: bool,
}

/// What is known of the undecided bytes as the beginning of one frame.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// How many bytes have been looked at.
    scanned: usize,
    /// The CRC over them; 0 after a frame's own CRC.
    crc: u16,
    /// The length at which the CRC fits and for which most speaks, the longest of several; 0 for none.
    fit: usize,
    /// What speaks for it.
    rank: Rank,
    /// The CRC over the bytes after that.
    next: u16,
}

/// What speaks for a run of bytes as a frame, besides a CRC that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Nothing.
    None,
    /// An answer can have this length.
    Length,
    /// It is a request of the list, or the answer that was foretold.
    Known,
}

impl Head {
    const START: Self = Self { scanned: 0, crc: CRC_START, fit: 0, rank: Rank::None, next: CRC_START };
}

/// The answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Awaited {
    address: u8,
    code: u8,
    /// Lengths of the whole frame, the likelier first; 0 for none.
    lengths: [usize; 2],
}

impl Awaited {
    /// What a sound frame foretells if it is a request.
    fn of(bytes: &[u8]) -> Option<Self> {
        let frame = Frame::parse(bytes)?;
        let mut sizes = rows::reply_sizes(frame.body).into_iter().map(|size| 1 + size + CRC);
        let first = sizes.next().filter(|_| frame.address != BROADCAST)?;
        let address = rows::answers_from(frame.address, frame.body);
        let code = *frame.body.first()?;
        Some(Self { address, code, lengths: [first, sizes.next().unwrap_or(0)] })
    }

    /// Whether bytes of a length that is foretold can be this answer. Meters that repeat codes send one more.
    fn is(&self, bytes: &[u8]) -> bool {
        let is_repeating = bytes.get(1) == Some(&self.code)
            && bytes.len().checked_sub(1).is_some_and(|less| self.lengths.contains(&less));
        let is_theirs = bytes.first().is_some_and(|from| *from == self.address || self.address == ANY);
        is_theirs && (self.lengths.contains(&bytes.len()) || is_repeating)
    }
}

/// What is to be done with the undecided bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// The first so many are a sound frame.
    Frame(usize),
    /// The first so many are none.
    Junk(usize),
}

impl Gaps {
    /// For one stream.
    pub fn new(source: Source, line: LineSettings) -> Self {
        let silence = timing::silence(line);
        Self {
            source,
            silence,
            patience: (silence * 3).max(PATIENCE),
            held: Held::with_capacity(4 * HELD),
            head: Head::START,
            awaited: None,
            heard: None,
            is_boundary: true,
            is_quiet: false,
        }
    }

    fn pending(&self) -> &[u8] {
        self.held.bytes()
    }

    /// The bytes looked at.
    fn window(&self) -> &[u8] {
        self.pending().get(..self.head.scanned).unwrap_or_default()
    }

    /// Looks at the bytes one by one, so that the chunks they came in make no difference.
    fn scan(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        while let Some(&byte) = self.pending().get(self.head.scanned) {
            self.look_at(byte);
            let cut = self.early().or_else(|| (self.head.scanned >= HELD).then(|| self.overfull()));
            if let Some(cut) = cut {
                self.apply(cut, out);
            }
        }
    }

    fn look_at(&mut self, byte: u8) {
        let Head { scanned, crc, next, .. } = &mut self.head;
        *next = crc_step(*next, byte);
        *scanned += 1;
        *crc = crc_step(*crc, byte);
        if *crc != 0 || *scanned < SHORTEST || *scanned > LONGEST {
            return;
        }
        let rank = self.rank(self.window());
        let head = &mut self.head;
        if head.fit == 0 || rank >= head.rank {
            *head = Head { fit: head.scanned, rank, next: CRC_START, ..*head };
        }
    }

    /// What speaks for bytes whose CRC fits.
    fn rank(&self, bytes: &[u8]) -> Rank {
        let Some(frame) = Frame::parse(bytes) else { return Rank::None };
        let is_status = frame.status().is_none_or(status::is_listed);
        let is_awaited = self.awaited.is_some_and(|awaited| {
            let refuses = frame.status().is_some() && is_status && awaited.address == frame.address;
            refuses || awaited.is(bytes)
        });
        if is_awaited || rows::is_request(frame.body) {
            return Rank::Known;
        }
        let may_answer = self.source != Source::Requests && is_answer_length(bytes.len()) && is_status;
        if may_answer { Rank::Length } else { Rank::None }
    }

    /// What the bytes so far decide without any silence.
    fn early(&self) -> Option<Cut> {
        let Head { scanned: count, crc, fit, next, .. } = self.head;
        if crc == 0 && self.is_certain(count) {
            return Some(Cut::Frame(count));
        }
        let follows = fit > 0 && count >= fit + SHORTEST && next == 0;
        let rest = self.window().get(fit..).unwrap_or_default();
        (follows && self.rank(rest) > Rank::None).then_some(Cut::Frame(fit))
    }

    /// Whether a sound frame of so many bytes cannot be the beginning of a longer one.
    fn is_certain(&self, count: usize) -> bool {
        let window = self.window();
        let is_awaited = self.awaited.is_some_and(|awaited| awaited.is(window));
        if is_awaited && (count > SHORTEST || !self.may_be_longer(count)) {
            return true;
        }
        let longest = count < 64 && request_lengths(window) >> count == 1;
        let is_request = || Frame::parse(window).is_some_and(|frame| rows::is_request(frame.body));
        self.source != Source::Replies && longest && !self.may_be_longer(count) && is_request()
    }

    /// Whether the awaited answer has more bytes than these.
    fn may_be_longer(&self, count: usize) -> bool {
        self.source != Source::Requests
            && self.awaited.is_some_and(|awaited| awaited.lengths.iter().any(|length| *length > count))
    }

    /// The decision when more bytes are held than two frames can have.
    fn overfull(&self) -> Cut {
        if self.head.rank > Rank::None {
            return Cut::Frame(self.head.fit);
        }
        Cut::Junk(self.inner().unwrap_or(self.head.scanned.saturating_sub(LONGEST - 1)).max(1))
    }

    /// The decision after silence; `None` to go on waiting.
    fn quiet(&self, is_over: bool) -> Option<Cut> {
        let Head { scanned: count, fit, rank, .. } = self.head;
        if fit > 0 && (rank > Rank::None || fit == count) {
            return Some(Cut::Frame(fit));
        }
        if is_over || count >= LONGEST {
            return Some(Cut::Junk(self.inner().unwrap_or(count)));
        }
        self.ending().map(Cut::Junk)
    }

    /// Where the longest sound frame starts that ends with the bytes.
    fn ending(&self) -> Option<usize> {
        self.later(|skip, end, least| end == self.head.scanned && self.has_rank(skip..end, least))
    }

    /// Where the first sound frame starts that begins later.
    fn inner(&self) -> Option<usize> {
        self.later(|skip, end, least| self.has_rank(skip..end, least))
    }

    /// Whether so much speaks for a part of the bytes as a frame.
    fn has_rank(&self, part: Range<usize>, least: Rank) -> bool {
        self.rank(self.window().get(part).unwrap_or_default()) >= least
    }

    /// The first place at which the bytes hold what is looked for, with something that speaks for it: a CRC
    /// fits by chance once in 65536 places. A length will do after idle bytes or a few, and where the address
    /// was heard before; elsewhere it must be a known frame.
    fn later(&self, holds: impl Fn(usize, usize, Rank) -> bool) -> Option<usize> {
        let window = self.window();
        let fits = Fits::of(window);
        let idle = window.iter().take_while(|byte| matches!(byte, 0x00 | 0xFF)).count();
        (1..window.len().saturating_sub(SHORTEST - 1)).find(|&skip| {
            let is_first = self.heard.is_none() && self.is_boundary && skip < SHORTEST;
            let is_likely = || is_first || skip <= idle || self.is_known(window.get(skip));
            let least = || if is_likely() { Rank::Length } else { Rank::Known };
            fits.ends(skip, &(SHORTEST..=LONGEST)).any(|end| holds(skip, end, least()))
        })
    }

    /// Whether an address has been heard or is waited for.
    fn is_known(&self, address: Option<&u8>) -> bool {
        let known = [self.heard, self.awaited.map(|awaited| awaited.address), self.window().first().copied()];
        address.is_some_and(|address| known.contains(&Some(*address)))
    }

    fn apply(&mut self, cut: Cut, out: &mut dyn FnMut(Piece<'_>)) {
        match cut {
            Cut::Frame(length) => {
                self.heard = self.pending().first().copied();
                self.foretell(length);
                self.emit(PieceKind::Frame(Judged::Good), length, out);
            }
            Cut::Junk(length) => {
                let is_frame = self.is_boundary && (SHORTEST..=LONGEST).contains(&length);
                let kind = if is_frame { PieceKind::Frame(Judged::Bad) } else { PieceKind::Noise };
                self.emit(kind, length, out);
            }
        }
    }

    /// Notes which answer a frame foretells, if it is a request.
    fn foretell(&mut self, length: usize) {
        if self.source != Source::Both {
            return;
        }
        let frame = self.pending().get(..length).unwrap_or_default();
        let is_answer = self.awaited.is_some_and(|awaited| {
            awaited.is(frame) || (length == SHORTEST && frame.first() == Some(&awaited.address))
        });
        self.awaited = if is_answer { None } else { Awaited::of(frame) };
    }

    fn emit(&mut self, kind: PieceKind, length: usize, out: &mut dyn FnMut(Piece<'_>)) {
        self.held.emit(kind, length, out);
        self.is_boundary = kind != PieceKind::Noise;
        self.head = Head::START;
    }

    /// Deals with silence up to `at`.
    fn fall_silent(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        let Some(last) = self.held.last() else { return };
        if !self.is_quiet && at >= last + self.silence {
            self.is_quiet = true;
            self.settle(false, out);
        }
        if at >= last + self.patience {
            self.settle(true, out);
        }
    }

    fn settle(&mut self, is_over: bool, out: &mut dyn FnMut(Piece<'_>)) {
        while !self.pending().is_empty() {
            self.scan(out);
            if self.pending().is_empty() {
                break;
            }
            let Some(cut) = self.quiet(is_over) else { break };
            self.apply(cut, out);
        }
        if self.pending().is_empty() {
            self.is_boundary = true;
        }
    }

    fn take(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        self.held.push(bytes, at);
        self.scan(out);
    }
}

/// The lengths a request that starts with these bytes can have, a bit for each.
fn request_lengths(bytes: &[u8]) -> u64 {
    bytes.get(1).map_or(0, |code| rows::request_lengths(*code))
}

/// Whether an answer can have so many bytes: up to 16 of data, or those of a long answer of the list (M236,
/// 4.2 to 4.6).
const fn is_answer_length(length: usize) -> bool {
    match length {
        SHORTEST..=19 | 27 | 89 | 98 | 99 | 123 | 181 | 243 => true,
        _ => length <= LONGEST && length > 19 && (length - 3).is_multiple_of(15),
    }
}

impl Framer for Gaps {
    fn push(&mut self, bytes: &[u8], at: At, out: &mut dyn FnMut(Piece<'_>)) {
        if bytes.is_empty() {
            return;
        }
        self.fall_silent(at, out);
        self.is_quiet = false;
        for chunk in bytes.chunks(HELD) {
            self.take(chunk, at, out);
        }
    }

    fn deadline(&self) -> Option<At> {
        let last = self.held.last()?;
        Some(last + if self.is_quiet { self.patience } else { self.silence })
    }

    fn expire(&mut self, at: At, out: &mut dyn FnMut(Piece<'_>)) {
        self.fall_silent(at, out);
    }

    fn finish(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        self.settle(true, out);
    }
}
