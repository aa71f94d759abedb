//! `writes`: what was written to meters, and what came of it.

use super::args::Global;
use super::exit::{Exit, Outcome, Trouble};
use super::out::{self, Out};
use crate::app::output::paint::TermStyle;
use crate::app::output::writes;
use crate::app::write_log;
use crate::frame::visible;

/// Prints the write log, the oldest first.
pub(super) fn run(global: &Global) -> Outcome {
    let place = write_log::place().ok_or_else(|| {
        Trouble::new(Exit::System, "reading the write log", "there is no home folder")
            .hint("set XDG_STATE_HOME")
    })?;
    let shown = visible::string(&place.to_string_lossy());
    let records = write_log::read(&place)
        .map_err(|error| Trouble::new(Exit::System, format!("reading {shown}"), error.to_string()))?;
    let mut out = Out::new();
    if global.json {
        for record in &records {
            out.json(record)?;
        }
    } else if records.is_empty() {
        out::remark(&format!("nothing was written to a meter yet; the log would be {shown}"));
    } else {
        out.text(&writes::table(&records).render(TermStyle::of_stdout(!global.no_color)))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
