//! `export`: frames or readings out of a capture, for other programs and for reports.

use super::args::{Export, ExportFormat, Global};
use super::exit::{Exit, Outcome, Stop};
use super::out::Out;
use super::{decode, keys, zone};
use crate::app::decode::Explained;
use crate::app::output::entry::{self, Show};
use crate::app::output::explain::Look;
use crate::app::output::reading::Item;
use crate::trace::Trace;
use crate::trace::export::{Format, FramesCsv, FramesMarkdown, Hex, ReadingsCsv, ReadingsMarkdown, Row};

/// Writes a capture in another form to standard output.
pub(super) fn run(global: &Global, given: &Export) -> Outcome {
    let (input, doing) = decode::file(&given.capture, "exporting")?;
    let chosen = decode::chosen(given.model, given.protocol);
    let mut explained = decode::explain(input, chosen, &keys::load(global)?, &doing)?;
    explained.set_zone(zone::load(global)?);
    let exporting = Exporting { explained, doing };
    let format = if global.json { ExportFormat::Jsonl } else { given.format };
    let mut out = Out::new();
    let soundness = match (format, given.readings) {
        (ExportFormat::Jsonl, false) => exporting.frames_as_json(&mut out)?,
        (ExportFormat::Jsonl, true) => exporting.readings_as_json(&mut out)?,
        (ExportFormat::Csv, false) => exporting.write(&mut FramesCsv::new(out.writer()))?,
        (ExportFormat::Csv, true) => exporting.write(&mut ReadingsCsv::new(out.writer()))?,
        (ExportFormat::Md, false) => exporting.write(&mut FramesMarkdown::new(out.writer()))?,
        (ExportFormat::Md, true) => exporting.write(&mut ReadingsMarkdown::new(out.writer()))?,
        (ExportFormat::Hex, _) => exporting.write(&mut Hex::new(out.writer()))?,
    };
    out.flush()?;
    Ok(soundness)
}

/// A capture on its way into another form.
struct Exporting {
    explained: Explained,
    doing: String,
}

impl Exporting {
    /// Each entry once; the exit code for how sound all of them are.
    fn each(mut self, mut put: impl FnMut(&Trace, u32) -> Result<(), Stop>) -> Outcome {
        let (mut next, mut has_bytes) = (0, false);
        let soundness = decode::each_step(&mut self.explained, &self.doing, |trace| {
            let new = next..trace.len();
            next = new.end;
            has_bytes |= new.clone().any(|number| trace.entry(number).is_some_and(|entry| entry.len > 0));
            new.into_iter().try_for_each(|number| put(trace, number))
        })?;
        let is_empty = soundness == Exit::Done && !has_bytes;
        Ok(if is_empty { decode::nothing_in_it(&self.doing) } else { soundness })
    }

    fn write(self, format: &mut dyn Format) -> Outcome {
        format.begin()?;
        let soundness = self.each(|trace, number| match Row::of(trace, number) {
            Some(row) => Ok(format.row(&row)?),
            None => Ok(()),
        })?;
        format.end()?;
        Ok(soundness)
    }

    /// The lines that `decode --json` prints, with what happened to the link between them.
    fn frames_as_json(self, out: &mut Out) -> Outcome {
        let show = Show { look: Look::default(), timed: self.explained.is_timed() };
        let mut offset = 0;
        self.each(|trace, number| {
            let bytes =
                entry::Explained::of(trace, number).and_then(|explained| explained.json(offset, show));
            let line = bytes.or_else(|| entry::mark_json(trace, number, offset, show));
            offset += trace.entry(number).map_or(0, |entry| u64::from(entry.len));
            line.map_or(Ok(()), |line| out.line(&line))
        })
    }

    /// A reading a line.
    fn readings_as_json(self, out: &mut Out) -> Outcome {
        let timed = self.explained.is_timed();
        self.each(|trace, number| {
            let (Some(found), Some(dissection)) = (trace.entry(number), trace.dissect(number)) else {
                return Ok(());
            };
            let at = timed.then(|| entry::zoned(trace, &found));
            Item::all(&dissection.readings, at.as_ref()).iter().try_for_each(|item| out.json(item))
        })
    }
}
