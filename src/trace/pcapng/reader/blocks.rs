//! A capture file cut into its blocks, whole, damaged or torn.
//!
//! Nothing is allocated from a length that a file states: only as its bytes really come. Where a block contradicts
//! itself, the next one is looked for: the first place, on a boundary of four bytes, where a known kind stands and the
//! lengths at both ends agree.

use std::io::{self, Read};

use super::super::{BYTE_ORDER, INTERFACE, OLD_PACKET, PACKET, SECTION, SIMPLE_PACKET};

/// Longest block that is looked into; Wireshark cuts packets at 256 KiB.
pub(super) const LONGEST_BLOCK: usize = 320 << 10;
/// Bytes read at once.
const STEP: usize = 64 << 10;

/// Kinds that carry no packets and are passed over: names, statistics, journal, secrets, custom ones.
pub(super) const WITHOUT_PACKETS: [u32; 6] = [4, 5, 9, 10, 0x0BAD, 0x4000_0BAD];

/// What the file holds next.
pub(super) enum Next<'a> {
    Block(Block<'a>),
    Gap(Gap),
    End,
}

/// A whole block.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    /// Bytes from the beginning of the file.
    pub(super) at: u64,
    pub(super) kind: u32,
    /// With its kind and both its lengths.
    pub(super) bytes: &'a [u8],
    pub(super) big_endian: bool,
}

/// Bytes that are no whole block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) at: u64,
    pub(super) bytes: u64,
    /// The kind of the block that seems to begin there.
    pub(super) kind: u32,
    pub(super) why: Why,
}

/// Why bytes are no block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    FileEnds,
    Contradicts(&'static str),
}

/// Blocks one by one.
#[derive(Debug)]
pub(super) struct Blocks<R> {
    from: R,
    /// Bytes read and not yet used begin at `used`.
    buffer: Vec<u8>,
    used: usize,
    position: u64,
    big_endian: bool,
}

impl<R: Read> Blocks<R> {
    pub(super) const fn new(from: R) -> Self {
        Self { from, buffer: Vec::new(), used: 0, position: 0, big_endian: false }
    }

    /// The first bytes, without using them.
    pub(super) fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        self.fill(wanted)?;
        Ok(self.rest())
    }

    /// What comes next. Uses at least 4 bytes of the input, or gives the end.
    pub(super) fn advance(&mut self) -> io::Result<Next<'_>> {
        self.fill(12)?;
        if self.rest().is_empty() {
            return Ok(Next::End);
        }
        match self.head()? {
            Ok(length) => Ok(Next::Block(self.give(length))),
            Err(why) => self.pass_over(why).map(Next::Gap),
        }
    }

    /// The length of the block that begins here, all of it being there.
    fn head(&mut self) -> io::Result<Result<usize, Why>> {
        if self.rest().len() < 12 {
            return Ok(Err(Why::FileEnds));
        }
        if super::is_section(self.rest()) {
            match byte_order(self.rest()) {
                Some(big_endian) => self.big_endian = big_endian,
                None => return Ok(Err(Why::Contradicts("a section without its byte order"))),
            }
        }
        let length = self.word(4) as usize;
        if length < 12 || !length.is_multiple_of(4) {
            return Ok(Err(Why::Contradicts("its block states an impossible length")));
        }
        if length > LONGEST_BLOCK {
            return Ok(Err(Why::Contradicts(
                "its block is longer than the 327680 bytes that are looked into",
            )));
        }
        self.fill(length)?;
        if self.rest().len() < length {
            return Ok(Err(Why::FileEnds));
        }
        if self.word(length - 4) as usize != length {
            return Ok(Err(Why::Contradicts("the lengths at the two ends of its block differ")));
        }
        Ok(Ok(length))
    }

    fn give(&mut self, length: usize) -> Block<'_> {
        let (at, kind, start) = (self.position, self.word(0), self.used);
        self.skip(length);
        let bytes = self.buffer.get(start..start + length).unwrap_or_default();
        Block { at, kind, bytes, big_endian: self.big_endian }
    }

    /// Goes on to the next place where a block may begin, or to the end.
    fn pass_over(&mut self, why: Why) -> io::Result<Gap> {
        let (at, kind, big_endian) = (self.position, self.word(0), self.big_endian);
        loop {
            self.skip(4.min(self.rest().len()));
            self.fill(12)?;
            if self.rest().is_empty() {
                return Ok(Gap { at, bytes: self.position - at, kind, why });
            }
            if is_known(self.word(0)) && self.head()?.is_ok() {
                let found = match why {
                    // Something follows: it is the length that is wrong.
                    Why::FileEnds => Why::Contradicts("its block states a wrong length"),
                    Why::Contradicts(_) => why,
                };
                return Ok(Gap { at, bytes: self.position - at, kind, why: found });
            }
            self.big_endian = big_endian;
        }
    }

    fn skip(&mut self, length: usize) {
        self.used += length;
        self.position += length as u64;
    }

    /// Reads until so many unused bytes are there, or the input ends.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        while self.rest().len() < wanted {
            self.buffer.drain(..self.used);
            self.used = 0;
            let step = (&mut self.from).take(STEP as u64).read_to_end(&mut self.buffer)?;
            if step == 0 {
                break;
            }
        }
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.used..).unwrap_or_default()
    }

    fn word(&self, at: usize) -> u32 {
        let bytes = self.rest().get(at..).and_then(|bytes| bytes.first_chunk().copied()).unwrap_or_default();
        if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }
}

/// Whether the section that begins here is big endian; `None` when that is no byte order, not even with two bits
/// changed.
pub(super) fn byte_order(section: &[u8]) -> Option<bool> {
    let order = u32::from_be_bytes(*section.get(8..)?.first_chunk()?);
    let is_near = |known: u32| (order ^ known).count_ones() <= 2;
    if is_near(BYTE_ORDER) { Some(true) } else { is_near(BYTE_ORDER.swap_bytes()).then_some(false) }
}

fn is_known(kind: u32) -> bool {
    [SECTION, INTERFACE, PACKET, SIMPLE_PACKET, OLD_PACKET].contains(&kind) || WITHOUT_PACKETS.contains(&kind)
}
