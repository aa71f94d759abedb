//! The link layer of wired M-Bus: single character, short, control and long frames (EN 13757-2; "The M-Bus: a
//! documentation", 4.8, ch. 5).

use crate::protocol::delimited::{Before, Grammar, Shape};

/// The single character: acknowledged.
pub(crate) const ACK: u8 = 0xE5;
/// Start of a short frame.
pub(crate) const SHORT: u8 = 0x10;
/// Start of a control or long frame.
pub(crate) const LONG: u8 = 0x68;
/// Stop byte.
pub(crate) const STOP: u8 = 0x16;
/// In the C field: this goes to a slave.
pub(crate) const FROM_MASTER: u8 = 0x40;
/// In the C field: the frame count bit.
pub(crate) const COUNT: u8 = 0x20;
/// The C field that resets a link: `SND_NKE`.
pub(crate) const RESET: u8 = 0x40;
/// The C field that sends data to a slave, `SND_UD`, without the frame count bit.
pub(crate) const SEND: u8 = 0x53;
/// The C fields that ask for class 1 and class 2 data, without the frame count bit.
pub(crate) const ALARM: u8 = 0x5A;
/// See [`ALARM`].
pub(crate) const DATA: u8 = 0x5B;
/// The CI field that selects slaves by their identification number.
pub(crate) const SELECT: u8 = 0x52;
/// The CI field that resets the application.
pub(crate) const APPLICATION_RESET: u8 = 0x50;
/// The CI field of an application error.
pub(crate) const ERROR: u8 = 0x70;
/// Bytes of a short frame.
pub(crate) const SHORT_LENGTH: usize = 5;
/// Bytes before the body of a long frame: start, length, length, start.
pub(crate) const HEAD: usize = 4;
/// Bytes after it: checksum and stop.
pub(crate) const TAIL: usize = 2;
/// C and A and CI: the least a body holds.
const LEAST: usize = 3;
/// A length byte below this cannot be that of a DLMS segment, which has C, A, CI and two selectors.
const SEGMENT_HEAD: usize = 5;
/// How often 256 may have been lost from the length byte.
const MOST_WRAPS: usize = 2;

/// A frame of the link layer, as far as its bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    /// `E5`.
    Ack,
    /// `10 C A CS 16`.
    Short {
        /// C field.
        c: u8,
        /// A field.
        a: u8,
        /// Checksum found.
        sum: u8,
        /// Stop byte found.
        stop: u8,
    },
    /// `68 L L 68 ... CS 16`.
    Long(Long<'a>),
    /// None of them, or cut before its end.
    Broken,
}

/// A control or long frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Long<'a> {
    /// Both length bytes as found.
    pub declared: [u8; 2],
    /// C, A, CI and data.
    pub body: &'a [u8],
    /// Checksum found.
    pub sum: u8,
    /// Stop byte found.
    pub stop: u8,
}

impl Long<'_> {
    /// The checksum that the body has.
    pub(crate) fn expected(&self) -> u8 {
        sum(self.body)
    }

    /// Whether lengths, checksum and stop byte are right (a wrapped length is).
    pub(crate) fn is_sound(&self) -> bool {
        let [first, second] = self.declared;
        first == second && self.fits_length() && self.sum == self.expected() && self.stop == STOP
    }

    /// Whether the body is as long as the length bytes say, or 256 or 512 longer in a push of segments.
    pub(crate) fn fits_length(&self) -> bool {
        let count = self.body.len();
        self.declared.iter().any(|byte| usize::from(*byte) == count % 256)
            && (count < 256 || may_wrap(self.body))
    }

    /// Whether the body is longer than its length byte can say: meters of Sagemcom send 257 as 01.
    pub(crate) const fn is_wrapped(&self) -> bool {
        self.body.len() > 255
    }

    /// Whether a slave may take it for data sent to it, whether or not it adds up the checksum.
    pub(crate) fn may_act(&self) -> bool {
        let is_sent = self.head().is_some_and(|[c, ..]| c & !COUNT == SEND);
        is_sent && self.declared == [self.body.len() as u8; 2] && self.stop == STOP
    }

    /// C, A and CI.
    pub(crate) fn head(&self) -> Option<[u8; 3]> {
        self.body.first_chunk().copied()
    }
}

impl<'a> Frame<'a> {
    /// Takes bytes as one frame; the length of a long frame is taken from their count.
    pub(crate) fn parse(bytes: &'a [u8]) -> Self {
        match *bytes {
            [ACK] => Self::Ack,
            [SHORT, c, a, sum, stop] => Self::Short { c, a, sum, stop },
            [LONG, first, second, LONG, ref rest @ ..] => match rest {
                [body @ .., sum, stop] if body.len() >= LEAST => {
                    Self::Long(Long { declared: [first, second], body, sum: *sum, stop: *stop })
                }
                _ => Self::Broken,
            },
            _ => Self::Broken,
        }
    }

    /// Whether everything that can be checked is right.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            Self::Ack => true,
            Self::Short { c, a, sum, stop } => c.wrapping_add(*a) == *sum && *stop == STOP,
            Self::Long(long) => long.is_sound(),
            Self::Broken => false,
        }
    }
}

/// The arithmetic sum modulo 256.
pub(crate) fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// A short frame.
pub(crate) fn short(c: u8, a: u8) -> Vec<u8> {
    vec![SHORT, c, a, c.wrapping_add(a), STOP]
}

/// A long frame around a body; the length byte keeps what fits in it.
pub(crate) fn seal(body: &[u8]) -> Vec<u8> {
    let length = body.len() as u8;
    [&[LONG, length, length, LONG], body, &[sum(body), STOP]].concat()
}

/// Whether a body may be longer than its length byte says: a broadcast push of DLMS segments.
fn may_wrap(body: &[u8]) -> bool {
    matches!(body, [0x53 | 0x73, 0xFF, 0..=0x1F, ..])
}

/// Frames of the link layer as they stand in a stream.
#[derive(Debug, Clone, Copy)]
pub struct Link;

impl Grammar for Link {
    fn examine(&self, bytes: &[u8], before: Before) -> Shape {
        match bytes.first() {
            Some(&ACK) if before != Before::Noise => Shape::Sound(1),
            Some(&ACK) => ack_in_noise(bytes.get(1..).unwrap_or_default()),
            Some(&SHORT) => short_shape(bytes, before),
            Some(&LONG) => long(bytes, before),
            _ => Shape::Nothing,
        }
    }
}

/// Among noise the single character is one only if a frame follows it.
fn ack_in_noise(rest: &[u8]) -> Shape {
    let shape = match rest.first() {
        Some(&SHORT) => short_shape(rest, Before::Noise),
        Some(&LONG) => long(rest, Before::Noise),
        Some(_) => Shape::Nothing,
        None => Shape::Start,
    };
    match shape {
        Shape::Sound(_) => Shape::Sound(1),
        Shape::Start | Shape::Headed(_) => Shape::Start,
        _ => Shape::Nothing,
    }
}

fn short_shape(bytes: &[u8], before: Before) -> Shape {
    let Some(&c) = bytes.get(1) else { return Shape::Start };
    if super::names::control(c).is_none() {
        return Shape::Nothing;
    }
    let Some(frame) = bytes.get(..SHORT_LENGTH) else { return Shape::Start };
    if Frame::parse(frame).is_sound() {
        Shape::Sound(SHORT_LENGTH)
    } else if frame.last() == Some(&STOP) && before != Before::Noise {
        Shape::Damaged(SHORT_LENGTH)
    } else {
        Shape::Nothing
    }
}

fn long(bytes: &[u8], before: Before) -> Shape {
    let Some(head) = bytes.first_chunk::<HEAD>() else { return Shape::Start };
    match *head {
        [_, first, second, LONG] if first == second => same_lengths(bytes, first.into()),
        [_, first, second, LONG] if before != Before::Noise => other_lengths(bytes, [first, second]),
        _ => Shape::Nothing,
    }
}

fn same_lengths(bytes: &[u8], declared: usize) -> Shape {
    let Some(body) = bytes.get(HEAD..) else { return Shape::Start };
    if body.len() < LEAST {
        return Shape::Headed(HEAD + LEAST);
    }
    let wraps = may_wrap(body);
    let first = if declared >= LEAST { fit(bytes, declared) } else { Some(Fit::Neither) };
    match first {
        None => Shape::Headed(declared + HEAD + TAIL),
        Some(Fit::Both) => Shape::Sound(declared + HEAD + TAIL),
        // It ends where it says.
        Some(Fit::Sum | Fit::Stop) if declared >= SEGMENT_HEAD => Shape::Damaged(declared + HEAD + TAIL),
        Some(_) if wraps => wrapped(bytes, declared),
        Some(_) if declared >= LEAST => Shape::Damaged(declared + HEAD + TAIL),
        Some(_) => Shape::Nothing,
    }
}

/// The length byte alone does not fit: it may have lost 256 or 512.
fn wrapped(bytes: &[u8], declared: usize) -> Shape {
    for length in (1..=MOST_WRAPS).map(|wraps| declared + wraps * 256) {
        match fit(bytes, length) {
            None => return Shape::Headed(length + HEAD + TAIL),
            Some(Fit::Both) => return Shape::Sound(length + HEAD + TAIL),
            Some(Fit::Sum | Fit::Stop) => return Shape::Damaged(length + HEAD + TAIL),
            Some(Fit::Neither) => {}
        }
    }
    let likely = if declared < SEGMENT_HEAD { declared + 256 } else { declared };
    Shape::Damaged(likely + HEAD + TAIL)
}

/// Two lengths that differ: one of them is damaged, if a frame of the other's length fits.
fn other_lengths(bytes: &[u8], declared: [u8; 2]) -> Shape {
    let mut is_open = false;
    for length in declared.map(usize::from) {
        match fit(bytes, length) {
            Some(Fit::Both) if length >= LEAST => return Shape::Damaged(length + HEAD + TAIL),
            None => is_open = true,
            Some(_) => {}
        }
    }
    if is_open { Shape::Doomed } else { Shape::Nothing }
}

/// What of checksum and stop byte is right for a body of `length`.
enum Fit {
    Both,
    Sum,
    Stop,
    Neither,
}

/// `None` when the bytes do not reach that far.
fn fit(bytes: &[u8], length: usize) -> Option<Fit> {
    let (body, tail) = bytes.get(HEAD..)?.split_at_checked(length)?;
    let [found, stop] = *tail.first_chunk()?;
    // The stop byte first: most that is wrong is so without adding up the body.
    Some(match (stop == STOP, sum(body) == found) {
        (true, true) => Fit::Both,
        (true, false) => Fit::Stop,
        (false, true) => Fit::Sum,
        (false, false) => Fit::Neither,
    })
}
