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
use crate::protocol::incotex::Fits;
use crate::protocol::silence_framer::{Cut, CutRule, Silence, SilenceFramer, Window};
use crate::protocol::{Integrity, LineSettings, PieceKind, Source};

/// Silence after which the rest of an unfinished frame is no longer awaited: what adapters (16 ms) and
/// converters put between two parts of it, and some.
const PATIENCE: Duration = Duration::from_millis(100);

const _: () = assert!(2 * LONGEST <= Fits::MOST, "every run that is held can be searched");

/// The framer of this family.
pub(super) type Mercury230Framer = SilenceFramer<ForetoldLengths>;

impl Mercury230Framer {
    /// For one stream.
    pub(crate) fn new(source: Source, line: LineSettings) -> Self {
        let pause = timing::silence(line);
        let rule = ForetoldLengths { source, head: Head::START, awaited: None, heard: None };
        Self::with_rule(rule, Silence { pause, patience: (pause * 3).max(PATIENCE) })
    }
}

/// The cut rule of this family: a frame is a listed request, or has the length that the last one foretells, or one
/// that an answer can have; and a CRC that fits.
#[derive(Debug)]
pub(crate) struct ForetoldLengths {
    source: Source,
    head: Head,
    /// The answer that the last request foretells.
    awaited: Option<Awaited>,
    /// The address of the last sound frame.
    heard: Option<u8>,
}

/// What is known of the undecided bytes as the beginning of one frame.
#[derive(Debug, Clone, Copy)]
struct Head {
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
    const START: Self = Self { crc: CRC_START, fit: 0, rank: Rank::None, next: CRC_START };
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

impl CutRule for ForetoldLengths {
    const LONGEST: usize = LONGEST;

    fn look_at(&mut self, window: Window<'_>, byte: u8) -> Option<Cut> {
        let count = window.bytes.len();
        self.head.next = crc_step(self.head.next, byte);
        self.head.crc = crc_step(self.head.crc, byte);
        if self.head.crc == 0 && (SHORTEST..=LONGEST).contains(&count) {
            let rank = self.rank(window.bytes);
            if self.head.fit == 0 || rank >= self.head.rank {
                self.head = Head { fit: count, rank, next: CRC_START, ..self.head };
            }
        }
        self.early(window.bytes)
    }

    fn overfull(&self, window: Window<'_>) -> Cut {
        if self.head.rank > Rank::None {
            return Cut::Frame(self.head.fit);
        }
        let most = window.bytes.len().saturating_sub(LONGEST - 1);
        Cut::Junk(self.inner(window).unwrap_or(most).max(1))
    }

    fn quiet(&self, window: Window<'_>, is_over: bool) -> Option<Cut> {
        let (count, Head { fit, rank, .. }) = (window.bytes.len(), self.head);
        if fit > 0 && (rank > Rank::None || fit == count) {
            return Some(Cut::Frame(fit));
        }
        if is_over || count >= LONGEST {
            return Some(Cut::Junk(self.inner(window).unwrap_or(count)));
        }
        self.ending(window).map(Cut::Junk)
    }

    fn worthless(&self, window: Window<'_>) -> (PieceKind, usize) {
        let count = window.bytes.len();
        let is_frame = window.is_boundary && (SHORTEST..=LONGEST).contains(&count);
        (if is_frame { PieceKind::Frame(Integrity::Bad) } else { PieceKind::Noise }, count)
    }

    fn handed_over(&mut self, kind: PieceKind, bytes: &[u8]) -> bool {
        if kind == PieceKind::Frame(Integrity::Good) {
            self.heard = bytes.first().copied();
            self.foretell(bytes);
        }
        self.head = Head::START;
        kind != PieceKind::Noise
    }
}

impl ForetoldLengths {
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
    fn early(&self, window: &[u8]) -> Option<Cut> {
        let (count, Head { crc, fit, next, .. }) = (window.len(), self.head);
        if crc == 0 && self.is_certain(window) {
            return Some(Cut::Frame(count));
        }
        let follows = fit > 0 && count >= fit + SHORTEST && next == 0;
        let rest = window.get(fit..).unwrap_or_default();
        (follows && self.rank(rest) > Rank::None).then_some(Cut::Frame(fit))
    }

    /// Whether a sound frame cannot be the beginning of a longer one.
    fn is_certain(&self, window: &[u8]) -> bool {
        let count = window.len();
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

    /// Where the longest sound frame starts that ends with the bytes.
    fn ending(&self, window: Window<'_>) -> Option<usize> {
        let is_at_end = |part: &Range<usize>| part.end == window.bytes.len();
        self.later(window, |part, least| is_at_end(&part) && self.has_rank(window, part, least))
    }

    /// Where the first sound frame starts that begins later.
    fn inner(&self, window: Window<'_>) -> Option<usize> {
        self.later(window, |part, least| self.has_rank(window, part, least))
    }

    /// Whether so much speaks for a part of the bytes as a frame.
    fn has_rank(&self, window: Window<'_>, part: Range<usize>, least: Rank) -> bool {
        self.rank(window.bytes.get(part).unwrap_or_default()) >= least
    }

    /// The first place at which the bytes hold what is looked for, with something that speaks for it: a CRC
    /// fits by chance once in 65536 places. A length will do after idle bytes or a few, and where the address
    /// was heard before; elsewhere it must be a known frame.
    fn later(&self, window: Window<'_>, holds: impl Fn(Range<usize>, Rank) -> bool) -> Option<usize> {
        let Window { bytes, is_boundary } = window;
        let fits = Fits::of(bytes);
        let idle = bytes.iter().take_while(|byte| matches!(byte, 0x00 | 0xFF)).count();
        (1..bytes.len().saturating_sub(SHORTEST - 1)).find(|&skip| {
            let is_first = self.heard.is_none() && is_boundary && skip < SHORTEST;
            let is_likely = || is_first || skip <= idle || self.is_known(bytes, bytes.get(skip));
            let least = || if is_likely() { Rank::Length } else { Rank::Known };
            fits.ends(skip, &(SHORTEST..=LONGEST)).any(|end| holds(skip..end, least()))
        })
    }

    /// Whether an address has been heard or is waited for.
    fn is_known(&self, window: &[u8], address: Option<&u8>) -> bool {
        let known = [self.heard, self.awaited.map(|awaited| awaited.address), window.first().copied()];
        address.is_some_and(|address| known.contains(&Some(*address)))
    }

    /// Notes which answer a frame foretells, if it is a request.
    fn foretell(&mut self, frame: &[u8]) {
        if self.source != Source::Both {
            return;
        }
        let is_answer = self.awaited.is_some_and(|awaited| {
            awaited.is(frame) || (frame.len() == SHORTEST && frame.first() == Some(&awaited.address))
        });
        self.awaited = if is_answer { None } else { Awaited::of(frame) };
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
