//! Passwords by their place: bytes 5 to 8 of the content of a request, and what sets another one.

use std::ops::Range;
use std::sync::LazyLock;

use super::commands;
use super::frame::{self, CONTENT_MAX, CONTENT_MIN, OPT};
use super::layout::Slot;
use super::stuffing::{END, ESC, unpair};
use super::{CLASSIC, KERNEL10};
use crate::frame::{Direction, checksum};
use crate::protocol::secrets::Suspect;
use crate::protocol::secrets::near::flips;

/// Where the password stands in the content of a request.
const PASSWORD: Range<usize> = 5..9;
/// Where the service byte of a request stands, and what its upper half is.
const SERVICE: usize = 9;
const REQUEST: u8 = 0xD;
/// Where the data of a request begins.
const DATA: usize = 12;

/// The command that sets a password, in both dialects.
const SET_PASSWORD: [u8; 2] = [0x01, 0x17];

/// What a flipped bit does to the CRC, by its distance from the end of the content.
static SYNDROMES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let flipped = |bit: usize| {
        let mut content = [0u8; CONTENT_MAX];
        if let Some(byte) = content.get_mut(CONTENT_MAX - 1 - bit / 8) {
            *byte = 1 << (bit % 8);
        }
        checksum::CE.checksum(&content)
    };
    (0..8 * CONTENT_MAX).map(flipped).collect()
});

/// What stands between two END bytes, as far as it is there.
struct Content {
    bytes: Vec<u8>,
    /// The wire bytes that each byte came from.
    wire: Vec<Range<usize>>,
    /// Whether an END stands before it.
    is_opened: bool,
    /// Whether an END stands behind it.
    is_closed: bool,
}

/// Where passwords stand.
pub(super) fn find(suspect: &Suspect<'_>, hide: &mut dyn FnMut(Range<usize>)) {
    if suspect.is_sound {
        return find_in_sound(suspect.bytes, hide);
    }
    for start in 0..suspect.bytes.len() {
        if may_begin(suspect.bytes, start) {
            let content = Content::read(suspect.bytes, start, false);
            // An END in the middle of a header is a damaged byte.
            let is_split = content.is_closed && content.bytes.len() <= SERVICE;
            look(&content, hide);
            if is_split {
                look(&Content::read(suspect.bytes, start, true), hide);
            }
        }
        if suspect.begins(start) {
            look(&Content::read(suspect.bytes, start, false).with_opt(start), hide);
        }
    }
}

/// A sound frame that sets a password, which is explained as such only where the dialect is known.
fn find_in_sound(wire: &[u8], hide: &mut dyn FnMut(Range<usize>)) {
    let start = usize::from(wire.first() == Some(&END));
    let is_frame = wire.get(start) == Some(&OPT) && wire.len() <= frame::WIRE_MAX;
    if is_frame && sets_password(wire) {
        look(&Content::read(wire, start, false), hide);
    }
}

/// Whether the command that sets a password may stand in the bytes: one look for its rarer byte.
fn sets_password(wire: &[u8]) -> bool {
    let [first, second] = SET_PASSWORD;
    let before = |at: usize| at.checked_sub(1).and_then(|before| wire.get(before));
    memchr::memchr_iter(second, wire).any(|at| before(at) == Some(&first))
}

/// Whether OPT may stand here: it does, or it does but for one bit behind an END.
fn may_begin(bytes: &[u8], start: usize) -> bool {
    let wrong = bytes.get(start).map_or(8, |byte| flips(*byte, OPT));
    let is_opened = start.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&END);
    wrong == 0 || (wrong == 1 && is_opened)
}

impl Content {
    /// Takes the stuffing out from a place on, up to an END; with `through` one END is taken for a damaged byte.
    fn read(wire: &[u8], start: usize, mut through: bool) -> Self {
        let is_opened = start.checked_sub(1).and_then(|before| wire.get(before)) == Some(&END);
        let mut content = Self { bytes: Vec::new(), wire: Vec::new(), is_opened, is_closed: false };
        let mut at = start;
        while let Some(&byte) = wire.get(at)
            && content.bytes.len() <= CONTENT_MAX
        {
            if byte == END && !std::mem::take(&mut through) {
                content.is_closed = true;
                break;
            }
            let pair = wire.get(at + 1).copied().and_then(unpair).filter(|_| byte == ESC);
            let len = if pair.is_some() { 2 } else { 1 };
            content.bytes.push(pair.unwrap_or(byte));
            content.wire.push(at..at + len);
            at += len;
        }
        content
    }

    /// The same with the OPT that was cut off before it.
    fn with_opt(mut self, start: usize) -> Self {
        self.bytes.insert(0, OPT);
        self.wire.insert(0, start..start);
        self.is_opened = false;
        self
    }

    fn at(&self, index: usize) -> u8 {
        self.bytes.get(index).copied().unwrap_or_default()
    }

    fn hide(&self, range: Range<usize>, hide: &mut dyn FnMut(Range<usize>)) {
        self.wire.get(range).into_iter().flatten().cloned().for_each(hide);
    }

    /// Hides the password, one that is to be set, and the checksum.
    fn conceal(&self, meant: &[u8], hide: &mut dyn FnMut(Range<usize>)) {
        self.hide(PASSWORD, hide);
        if let Some(new) = new_password(meant) {
            self.hide(new, hide);
        }
        let end = self.bytes.len();
        let check = DATA + usize::from(self.at(SERVICE) & 0x0F);
        if self.is_closed {
            self.hide(end.saturating_sub(1).max(DATA)..end, hide);
        } else if check < end {
            self.hide(check..check + 1, hide);
        }
    }

    /// Whether a service byte of a request stands where it should, with the length that is there.
    fn fits(&self) -> bool {
        self.is_closed && self.bytes.len() == DATA + 1 + usize::from(self.at(SERVICE) & 0x0F)
    }

    /// Whether it reads as a reply: service and length, or, where the end is lost, service and command.
    fn is_reply(&self) -> bool {
        let service = self.at(5);
        let is_service = matches!(service >> 4, 5 | 7);
        let fits = self.bytes.len() == CONTENT_MIN + usize::from(service & 0x0F);
        is_service && (if self.is_closed { fits } else { self.at(6) <= 3 })
    }

    /// Whether it ends where a request has its password, and reads as no reply.
    fn ends_in_password(&self) -> bool {
        let begun = self.bytes.get(PASSWORD.start..).filter(|begun| begun.len() <= PASSWORD.len());
        let is_reply = matches!(self.at(5) >> 4, 5 | 7) && self.at(6) <= 3;
        let has_head = self.is_opened && self.at(0) == OPT;
        has_head && !is_reply && begun.is_some_and(|begun| begun.iter().any(|byte| *byte != 0))
    }

    /// By place alone: of OPT with its END, the service byte and the length one may be damaged.
    fn is_by_place(&self) -> bool {
        let has_opt = self.at(0) == OPT;
        let has_service = self.at(SERVICE) >> 4 == REQUEST;
        let evidence = [self.is_opened && has_opt, has_opt && self.fits(), self.is_opened && self.fits()];
        has_service && evidence.contains(&true) && !self.is_reply()
    }
}

/// What a content is by its checksum.
enum Meaning {
    /// A request that carries a password, its bytes as they were meant.
    Carrier(Vec<u8>),
    /// A sound frame without one.
    Innocent,
    /// Neither fits.
    Unknown,
}

fn meaning(content: &Content) -> Meaning {
    let bytes = &content.bytes;
    if bytes.len() < CONTENT_MIN || bytes.len() > CONTENT_MAX {
        return Meaning::Unknown;
    }
    let wrong = checksum::CE.checksum(bytes);
    if wrong == 0 && bytes.first() == Some(&OPT) {
        return read(bytes);
    }
    if !content.is_closed {
        return Meaning::Unknown;
    }
    let flipped = SYNDROMES.iter().take(8 * bytes.len()).enumerate().filter(|(_, flip)| **flip == wrong);
    let mut found = Meaning::Unknown;
    for (bit, _) in flipped {
        let mut meant = bytes.clone();
        if let Some(byte) = meant.get_mut(bytes.len() - 1 - bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        match read(&meant) {
            Meaning::Carrier(meant) => return Meaning::Carrier(meant),
            Meaning::Innocent => found = Meaning::Innocent,
            Meaning::Unknown => {}
        }
    }
    found
}

/// What a content with a good checksum is.
fn read(content: &[u8]) -> Meaning {
    if content.first() != Some(&OPT) {
        return Meaning::Unknown;
    }
    match frame::shape(content, Direction::Unknown) {
        Ok(Direction::Request) if is_secret(content) => Meaning::Carrier(content.to_vec()),
        Ok(_) => Meaning::Innocent,
        Err(_) => Meaning::Unknown,
    }
}

/// A password of zeros is none.
fn is_secret(content: &[u8]) -> bool {
    let is_set = |bytes: &[u8]| bytes.iter().any(|byte| *byte != 0);
    let new = new_password(content).and_then(|new| content.get(new));
    content.get(PASSWORD).is_some_and(is_set) || new.is_some_and(is_set)
}

/// Where a request has the password that it sets; all of its data where the length fits neither dialect.
fn new_password(content: &[u8]) -> Option<Range<usize>> {
    if content.get(SERVICE + 1..DATA) != Some(&SET_PASSWORD) {
        return None;
    }
    let len = usize::from(content.get(SERVICE)? & 0x0F);
    let width = |slots: &[Slot]| slots.iter().map(Slot::width).sum::<usize>();
    let specs = [CLASSIC, KERNEL10].into_iter().flat_map(commands::specs);
    let fitting = { specs }
        .find(|spec| spec.code == u16::from_be_bytes(SET_PASSWORD) && width(spec.request) == len)
        .and_then(|spec| {
            let before = spec.request.iter().position(|slot| matches!(slot, Slot::Password(_)))?;
            spec.request.get(..before).map(width)
        });
    Some(match fitting {
        Some(before) => DATA + before..(DATA + before + 4).min(content.len()),
        None => DATA..content.len(),
    })
}

fn look(content: &Content, hide: &mut dyn FnMut(Range<usize>)) {
    match meaning(content) {
        Meaning::Carrier(meant) => content.conceal(&meant, hide),
        Meaning::Unknown if content.is_by_place() && is_secret(&content.bytes) => {
            content.conceal(&content.bytes, hide);
        }
        Meaning::Unknown if content.ends_in_password() => {
            content.hide(PASSWORD.start..content.bytes.len(), hide);
        }
        Meaning::Innocent | Meaning::Unknown => {}
    }
}
