//! The blocks of a section made packets and flaws.

use jiff::Timestamp;

use super::blocks::WITHOUT_PACKETS;
use super::body::{Body, Unreadable};
use super::{
    Block, Flaw, FlawKind, Gap, Happening, INTERFACE, Interface, OLD_PACKET, PACKET, Packet, Place, SECTION,
    SIMPLE_PACKET, Why,
};
use crate::trace::pcapng::check;

/// Interfaces that one section may describe.
const MOST_INTERFACES: usize = 4096;

/// What was read of a file, and the section that is being read.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// Of all sections.
    interfaces: Vec<Interface>,
    /// Where those of the present section begin.
    start: usize,
    /// Each of its blocks has a check.
    is_checked: bool,
    /// The recording said that it was complete.
    has_end: bool,
    /// Packets of the file so far.
    packets: u64,
    /// The time of the packet before.
    before: Option<Timestamp>,
}

/// A flaw, and a packet that is given all the same.
type Found = (Option<Flaw>, Option<Packet>);

impl Section {
    pub(super) fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    pub(super) const fn lacks_its_end(&self) -> bool {
        self.is_checked && !self.has_end
    }

    /// Bytes that are no block.
    pub(super) fn gap(&mut self, gap: Gap) -> Flaw {
        let place = self.place(gap.kind);
        let kind = match gap.why {
            Why::FileEnds => FlawKind::CutOff { bytes: gap.bytes },
            Why::Contradicts(why) => FlawKind::Unread { bytes: gap.bytes, why },
        };
        Flaw { at: gap.at, place, kind }
    }

    pub(super) fn block(&mut self, block: Block<'_>) -> Found {
        if block.kind == SECTION {
            return (self.begin(block), None);
        }
        let is_changed = self.is_checked && !check::fits(block.bytes);
        let body = Body::of(block);
        match block.kind {
            INTERFACE => (self.interface(body, block.at, is_changed), None),
            PACKET => {
                self.packet(block, is_changed, |section| body.packet(section.described(), section.is_checked))
            }
            // We write neither of them.
            OLD_PACKET if !is_changed => {
                self.packet(block, false, |section| body.old_packet(section.described()))
            }
            SIMPLE_PACKET if !is_changed => self.packet(block, false, |section| {
                body.simple_packet(section.described(), section.before.unwrap_or(Timestamp::UNIX_EPOCH))
            }),
            kind if WITHOUT_PACKETS.contains(&kind) && !is_changed => (None, None),
            kind => (Some(self.unknown(kind, block, is_changed)), None),
        }
    }

    /// A section header: interfaces are counted anew.
    fn begin(&mut self, block: Block<'_>) -> Option<Flaw> {
        self.start = self.interfaces.len();
        self.has_end = false;
        self.is_checked = check::is_there(block.bytes);
        let is_changed = self.is_checked && !check::fits(block.bytes);
        is_changed.then_some(Flaw { at: block.at, place: Place::Section, kind: FlawKind::Changed })
    }

    fn interface(&mut self, body: Body<'_>, at: u64, is_changed: bool) -> Option<Flaw> {
        let number = self.interfaces.len() - self.start;
        let flaw = |kind| Some(Flaw { at, place: Place::Interface(number), kind });
        if number >= MOST_INTERFACES {
            let why = "more than 4096 interfaces are described";
            return flaw(FlawKind::Unread { bytes: body.length(), why });
        }
        self.interfaces.push(if is_changed { Interface::ours() } else { body.interface() });
        is_changed.then_some(())?;
        flaw(FlawKind::Changed)
    }

    fn described(&self) -> &[Interface] {
        self.interfaces.get(self.start..).unwrap_or_default()
    }

    fn packet(
        &mut self,
        block: Block<'_>,
        is_changed: bool,
        read: impl FnOnce(&Self) -> Result<(Packet, Option<FlawKind>), Unreadable>,
    ) -> Found {
        self.packets += 1;
        let at = block.at;
        let flaw = |section: &Self, kind| Flaw { at, place: Place::Packet(section.packets), kind };
        let (mut packet, part) = match read(self) {
            Ok(read) => read,
            Err(unreadable) => return (Some(flaw(self, unreadable.kind(block.bytes.len()))), None),
        };
        packet.interface += self.start;
        let is_earlier = self.before.is_some_and(|before| packet.wall < before);
        if is_changed {
            packet.wall = self.before.unwrap_or(packet.wall);
        } else {
            self.before = Some(packet.wall);
        }
        self.has_end = packet.what == Happening::Complete;
        let kind = if is_changed {
            Some(FlawKind::Changed)
        } else if packet.what == Happening::DataLost {
            Some(FlawKind::Hole(crate::frame::visible::text(&packet.comment)))
        } else {
            part.or(is_earlier.then_some(FlawKind::Earlier))
        };
        (kind.map(|kind| flaw(self, kind)), Some(packet))
    }

    /// A block of which nothing is known, or one among checked ones that we did not write like that.
    fn unknown(&mut self, kind: u32, block: Block<'_>, is_changed: bool) -> Flaw {
        let why = if is_changed {
            "it was changed after it was written: its check does not fit"
        } else {
            "its kind of block is not known"
        };
        let place = self.place(kind);
        Flaw { at: block.at, place, kind: FlawKind::Unread { bytes: block.bytes.len() as u64, why } }
    }

    /// What stands at the place of a block that is not read.
    fn place(&mut self, kind: u32) -> Place {
        match kind {
            SECTION => Place::Section,
            INTERFACE => Place::Interface(self.interfaces.len() - self.start),
            PACKET | OLD_PACKET | SIMPLE_PACKET => {
                self.packets += 1;
                Place::Packet(self.packets)
            }
            _ => Place::Behind(self.packets),
        }
    }
}
