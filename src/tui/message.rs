//! What happens to the console, and what it wants done.

use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseEvent};

use super::state::Moment;
use super::state::connect::{Kept, Port};
use crate::app::write_log::Record;
use crate::bus::{Intent, JobEvent, JobId, OtherMaster, Status};
use crate::link::LinkName;
use crate::meter::Model;
use crate::protocol::{Decoder, LineSettings, MeterKey};
use crate::sim::fault::Spec;
use crate::trace::SharedTrace;

/// Something that happened.
#[derive(Debug, Clone)]
pub(super) enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// The terminal has another size: columns, rows.
    Resize(u16, u16),
    /// It is later.
    Tick(Moment),
    /// The state as it is has been drawn.
    Drawn,
    /// The bus has news: bytes, entries, another state of the link.
    Traffic(Status),
    /// The bus tells of a job.
    Job(JobId, JobEvent),
    /// Another master was heard on the link for the first time.
    OtherMaster(Arc<OtherMaster>),
    /// The bus has ended, and why where the link could not be opened at first.
    Ended(Option<String>),
    /// A link is being opened: the bus runs and writes this trace.
    Opened(SharedTrace),
    /// These serial ports are there.
    Ports(Vec<Port>),
    /// These links are remembered: saved, recent.
    Links(Vec<Kept>, Vec<Kept>),
    /// This was written to meters, the oldest first.
    Writes(Vec<Record>),
    /// Something went well, for the person to know.
    Said(String),
    /// Something went wrong, for the person to know.
    Warned(String),
    /// The search of the trace is to go on.
    SearchOn,
}

/// Something the console wants done outside of itself.
#[derive(Debug)]
pub(super) enum Effect {
    /// Open a link; the one before is closed.
    Open {
        /// Which.
        name: LinkName,
        /// The line, unless the name says another.
        line: LineSettings,
        /// By which protocol the traffic is read at first.
        decoder: Option<Decoder>,
        /// Keys to explain it with.
        keys: Vec<MeterKey>,
        /// The model that a simulated bus is to have room for.
        model: Option<&'static Model>,
    },
    /// See to it that the simulated bus has a meter of this model.
    Simulate(&'static Model),
    /// Close the link.
    Close,
    /// Ask the bus.
    Bus(Intent),
    /// Make these faults on the simulated bus from now on.
    Faults(Vec<Spec>),
    /// Keep these links: saved, recent.
    Remember(Vec<Kept>, Vec<Kept>),
    /// Write a new file of this name.
    Write(std::path::PathBuf, Vec<u8>),
    /// Read what was written to meters.
    ReadWrites(Option<std::path::PathBuf>),
    /// Put text on the clipboard.
    Copy(String),
    /// Listen to the mouse or not.
    Mouse(bool),
    /// Use another theme: this one, or the next.
    Theme(Option<String>),
    /// Draw everything anew.
    Redraw,
    /// Send [`Message::SearchOn`] when there is nothing more urgent.
    SearchOn,
    /// Give the terminal back and stop until continued.
    Suspend,
    /// Leave.
    Quit,
}
