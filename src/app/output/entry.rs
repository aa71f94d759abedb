//! Entries of a trace, as JSON lines and for people.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::dissection::{Frame, Noise, Place};
use super::explain::{self, Look};
use crate::trace::{Entry, EntryKind, Trace, Way};

/// How entries are to be shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Show {
    /// For people: on what, and whether passwords are shown.
    pub look: Look,
    /// Whether the trace knows times.
    pub timed: bool,
}

/// A frame or noise as one line of JSON, without its end; `None` for what is no bytes, such as a mark.
#[must_use]
pub fn json(trace: &Trace, number: u32, offset: u64, show: Show) -> Option<String> {
    let entry = trace.entry(number)?;
    let at = show.timed.then(|| zoned(trace, &entry));
    let place = Place { offset, at: at.as_ref(), reveal: show.look.reveal };
    match entry.kind {
        EntryKind::Mark(_) => None,
        EntryKind::Noise => serde_json::to_string(&Noise::of(&trace.bytes_of(&entry), place)).ok(),
        EntryKind::Frame(_) | EntryKind::Echo => match trace.dissect(number) {
            Some(dissection) => {
                let frame = Frame::of(&dissection, place);
                let frame = if entry.kind == EntryKind::Echo { frame.echo() } else { frame };
                serde_json::to_string(&frame).ok()
            }
            None => serde_json::to_string(&Noise::of(&trace.bytes_of(&entry), place)).ok(),
        },
    }
}

/// A frame, noise or mark as text of several lines.
#[must_use]
pub fn text(trace: &Trace, number: u32, offset: u64, show: Show) -> Option<String> {
    let entry = trace.entry(number)?;
    let heading = if show.timed { moment(trace, &entry) } else { format!("@{offset} ") };
    if let Some(mark) = trace.mark_of(&entry) {
        return Some(format!("{heading}{}\n", show.look.sheet.paint.faint(&mark.to_string())));
    }
    let noise = || explain::noise(&trace.bytes_of(&entry), &heading, show.look);
    match entry.kind {
        EntryKind::Noise => Some(noise()),
        EntryKind::Echo => {
            let what = format!("{heading}echo of our own bytes, {}", explain::count(entry.len as usize));
            Some(format!("{}\n", show.look.sheet.paint.odd(&what)))
        }
        _ => Some(trace.dissect(number).map_or_else(noise, |d| explain::frame(&d, &heading, show.look))),
    }
}

/// The wall time of an entry's first byte.
#[must_use]
pub fn zoned(trace: &Trace, entry: &Entry) -> Zoned {
    trace.wall(entry.first).to_zoned(TimeZone::system())
}

/// `14:02:11.318 → `.
fn moment(trace: &Trace, entry: &Entry) -> String {
    let arrow = match (entry.kind, entry.way) {
        (EntryKind::Mark(_), _) => "",
        (_, Way::Out) => "→ ",
        (_, Way::In) => "← ",
    };
    format!("{} {arrow}", zoned(trace, entry).strftime("%H:%M:%S%.3f"))
}
