//! `ports`: the serial ports of this computer.

use super::args::Global;
use super::exit::{Exit, Outcome};
use super::out::{self, Out};
use crate::app::output::paint::TermStyle;
use crate::app::output::ports::{self, PortJson};
use crate::link;

/// Prints the serial ports.
pub(super) fn run(global: &Global) -> Outcome {
    let found = link::ports::ports();
    let mut out = Out::new();
    if global.json {
        out.json(&found.iter().map(PortJson::of).collect::<Vec<_>>())?;
    } else if found.is_empty() {
        out::remark("no serial port found; plug the adapter in, or name a TCP converter: tcp://HOST:PORT");
    } else {
        out.text(&ports::table(&found).render(TermStyle::of_stdout(!global.no_color)))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
