//! `export`: frames or readings out of a capture, for other programs and for reports.

use super::args::{Export, ExportFormat, Global};
use super::exit::{Exit, Outcome, Stop};
use super::out::Out;
use super::{decode, keys, zone};
use crate::app::decode::Input;
use crate::app::output::entry::{self, Show};
use crate::app::output::explain::Look;
use crate::app::output::reading::Item;
use crate::trace::Trace;
use crate::trace::export::{Format, FramesCsv, FramesMarkdown, Hex, ReadingsCsv, ReadingsMarkdown, export};

/// Writes a capture in another form to standard output.
pub fn run(global: &Global, given: &Export) -> Outcome {
    let (input, doing) = decode::file(&given.capture, "exporting")?;
    let chosen = decode::chosen(given.model, given.protocol);
    let mut trace = decode::explain(&input, chosen, &keys::load(global)?, &doing)?;
    trace.set_zone(zone::load(global)?);
    let timed = matches!(input, Input::Capture(_));
    let format = if global.json { ExportFormat::Jsonl } else { given.format };
    let mut out = Out::new();
    match (format, given.readings) {
        (ExportFormat::Jsonl, false) => frames_as_json(&trace, timed, &mut out)?,
        (ExportFormat::Jsonl, true) => readings_as_json(&trace, timed, &mut out)?,
        (ExportFormat::Csv, false) => write(&trace, &mut FramesCsv::new(out.writer()))?,
        (ExportFormat::Csv, true) => write(&trace, &mut ReadingsCsv::new(out.writer()))?,
        (ExportFormat::Md, false) => write(&trace, &mut FramesMarkdown::new(out.writer()))?,
        (ExportFormat::Md, true) => write(&trace, &mut ReadingsMarkdown::new(out.writer()))?,
        (ExportFormat::Hex, _) => write(&trace, &mut Hex::new(out.writer()))?,
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn write(trace: &Trace, format: &mut dyn Format) -> Result<(), Stop> {
    Ok(export(trace, 0..trace.len(), format)?)
}

/// The lines that `decode --json` prints, with what happened to the link between them.
fn frames_as_json(trace: &Trace, timed: bool, out: &mut Out) -> Result<(), Stop> {
    let show = Show { look: Look::default(), timed };
    let mut offset = 0;
    for number in 0..trace.len() {
        let bytes = entry::json(trace, number, offset, show);
        if let Some(line) = bytes.or_else(|| entry::mark_json(trace, number, offset, show)) {
            out.line(&line)?;
        }
        offset += trace.entry(number).map_or(0, |entry| u64::from(entry.len));
    }
    Ok(())
}

/// A reading a line.
fn readings_as_json(trace: &Trace, timed: bool, out: &mut Out) -> Result<(), Stop> {
    for number in 0..trace.len() {
        let (Some(found), Some(dissection)) = (trace.entry(number), trace.dissect(number)) else { continue };
        let at = timed.then(|| entry::zoned(trace, &found));
        for item in Item::all(&dissection.readings, at.as_ref()) {
            out.json(&item)?;
        }
    }
    Ok(())
}
