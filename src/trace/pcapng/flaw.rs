//! Flaws of a capture: what was not read as it was written, by packet and place.

use std::fmt;

/// Flaws that are kept with their place; the rest is counted.
const MOST_NAMED: usize = 20;
/// Link types that are kept apart; a file that names more has no sense.
const MOST_LINK_TYPES: usize = 16;

/// A place of a capture that was not read, or not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where it begins: bytes from the beginning of the file.
    pub at: u64,
    /// What stands there.
    pub place: Place,
    /// What is wrong.
    pub kind: FlawKind,
}

/// What stands at a place of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A section header.
    Section,
    /// The description of an interface, counted from 0 in its section.
    Interface(usize),
    /// A packet, counted from 1 in the file, as other programs count.
    Packet(u64),
    /// Another block, or bytes of none, behind so many packets.
    Behind(u64),
}

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlawKind {
    /// So many bytes are not read.
    Unread {
        /// How many bytes from the place on.
        bytes: u64,
        /// Why.
        why: &'static str,
    },
    /// The file ends before what is there does.
    CutOff {
        /// How many bytes are left of it.
        bytes: u64,
    },
    /// It was changed after it was written; it is given as it stands, at the time of the packet before.
    Changed,
    /// A packet of a link that carries no serial traffic.
    LinkType(u16),
    /// Whoever recorded the packet kept a part of it only.
    Part {
        /// Bytes that were kept.
        kept: u32,
        /// Bytes that there were.
        of: u32,
    },
    /// The options of the packet, such as its direction, run over its block.
    Options,
    /// The time of the packet is before that of the one before it.
    Earlier,
    /// Whoever recorded could not write all of it, and said so.
    Hole(String),
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, place, kind } = self;
        match place {
            Place::Section => f.write_str("the section header")?,
            Place::Interface(number) => write!(f, "the description of interface {number}")?,
            Place::Packet(number) => write!(f, "packet {number}")?,
            Place::Behind(0) => f.write_str("what stands before the first packet")?,
            Place::Behind(packets) => write!(f, "what follows packet {packets}")?,
        }
        write!(f, " at byte {at} ")?;
        match kind {
            FlawKind::Unread { bytes, why } => write!(f, "is not read ({bytes} bytes): {why}"),
            FlawKind::CutOff { bytes } => write!(f, "is cut off: the file ends after {bytes} bytes of it"),
            FlawKind::Changed => f.write_str("was changed after it was written: its check does not fit"),
            FlawKind::LinkType(number) => write!(f, "is not read: {}", LinkType(*number)),
            FlawKind::Part { kept, of } => write!(f, "was recorded in part: {kept} of {of} bytes"),
            FlawKind::Options => f.write_str("has options that are longer than its block"),
            FlawKind::Earlier => f.write_str("has a time before that of the packet before it"),
            FlawKind::Hole(remark) => write!(f, "stands for a hole: {remark}"),
        }
    }
}

/// A link type of the tcpdump.org registry that carries no serial traffic, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkType(pub u16);

impl LinkType {
    /// Its name; `None` for the rarer ones.
    const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "BSD loopback",
            1 => "Ethernet",
            9 => "PPP",
            12 | 14 | 101 => "raw IP",
            105 => "802.11",
            113 => "Linux cooked",
            127 => "802.11 with radiotap",
            189 | 220 => "USB of Linux",
            195 => "802.15.4",
            228 => "IPv4",
            229 => "IPv6",
            249 => "USB of Windows",
            276 => "Linux cooked v2",
            _ => return None,
        })
    }
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "link type {} ({name}) carries no serial traffic", self.0),
            None => write!(f, "link type {} carries no serial traffic", self.0),
        }
    }
}

/// The flaws of a capture: the first by place, all counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flaws {
    named: Vec<Flaw>,
    more: u64,
    link_types: Vec<(u16, u64)>,
}

impl Flaws {
    /// Adds one; whether it is the first of its kind or among the first, which are shown one by one.
    pub fn add(&mut self, flaw: Flaw) -> bool {
        if let FlawKind::LinkType(number) = flaw.kind
            && let Some(is_first) = self.count(number)
        {
            return is_first;
        }
        if self.named.len() >= MOST_NAMED {
            self.more += 1;
            return false;
        }
        self.named.push(flaw);
        true
    }

    /// Counts a packet of a link type; whether it is the first one. `None` when there are too many types.
    fn count(&mut self, number: u16) -> Option<bool> {
        if let Some((_, packets)) = self.link_types.iter_mut().find(|(known, _)| *known == number) {
            *packets += 1;
            return Some(false);
        }
        let has_room = self.link_types.len() < MOST_LINK_TYPES;
        has_room.then(|| self.link_types.push((number, 1))).map(|()| true)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.named.is_empty() && self.link_types.is_empty()
    }

    /// The link types that were not read, and how many packets of each.
    #[must_use]
    pub fn link_types(&self) -> &[(u16, u64)] {
        &self.link_types
    }

    /// A line for each of the first, and one for how many more there are.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let types = self.link_types.iter().map(|(number, packets)| match packets {
            1 => format!("1 packet is not read: {}", LinkType(*number)),
            packets => format!("{packets} packets are not read: {}", LinkType(*number)),
        });
        let more = (self.more > 0).then(|| format!("{} more places like these", self.more));
        self.named.iter().map(ToString::to_string).chain(types).chain(more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_flaws_are_named_and_the_rest_is_counted() {
        let mut flaws = Flaws::default();
        let flaw = |number, kind| Flaw { at: number * 10, place: Place::Packet(number), kind };
        assert!(flaws.is_empty());
        for number in [1, 2, 3] {
            let link_type = if number == 3 { 228 } else { 1 };
            assert_eq!(flaws.add(flaw(number, FlawKind::LinkType(link_type))), number != 2);
        }
        for number in 4..30 {
            flaws.add(flaw(number, FlawKind::Changed));
        }
        let lines: Vec<String> = flaws.lines().collect();
        assert_eq!(lines.len(), MOST_NAMED + 3);
        assert_eq!(lines[0], "packet 4 at byte 40 was changed after it was written: its check does not fit");
        let last = [
            "2 packets are not read: link type 1 (Ethernet) carries no serial traffic",
            "1 packet is not read: link type 228 (IPv4) carries no serial traffic",
            "6 more places like these",
        ];
        assert_eq!(lines[MOST_NAMED..], last);
    }
}
