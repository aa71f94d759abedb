//! Commands that mean the same in both dialects.

use super::super::layout::{Cell, Form, Layout, Slot, Spec, Steps, Yield};
use super::parameters as p;
use crate::protocol::Group::{Clock, Identity};

/// 0001: also the way to find a single meter, sent to 65535.
pub(super) const PING: Spec = Spec::read("0001", "ping", "Ping: the meter's address", Identity)
    .gives(&[Layout::of(&[Cell::new("address", Form::Number(2))])], Yield::Fields)
    .shared()
    .note("sent to 65535 a classic meter only shows its address; a lone kernel-10 meter may answer");

/// Version, SKOP and serial number in one go.
pub(super) const IDENTIFY: Spec = Spec::read("0100 0160 011A", "identify", "Who is there", Identity)
    .in_steps(Steps::Identify)
    .shared()
    .note("version, model number and serial number, in the order in which AdminTools asks them");

/// 0100.
pub(super) const VERSION: Spec = Spec::read("0100", "version", "Version", Identity)
    .gives(
        &[Layout::of(&[
            Cell::new("firmware", Form::Firmware),
            Cell::new("version", Form::Number(1)),
            Cell::new("built", Form::Date),
        ])],
        Yield::Version,
    )
    .shared();

/// 0100 with one byte.
pub(super) const VERSION_EX: Spec = Spec::read("0100", "version-ex", "Version and subversion", Identity)
    .always(&[Slot::Zero(1)])
    .gives(
        &[Layout::of(&[Cell::new("version", Form::Number(1)), Cell::new("subversion", Form::Number(1))])],
        Yield::Fields,
    )
    .shared()
    .note("S7 from 4.1, R8 from 5, R8Q, CE301M, kernel-10");

/// 0160: six words, most significant byte first against the rule; the third is the firmware line.
pub(super) const SKOP: Spec = Spec::read("0160", "skop", "SKOP: description of the meter", Identity)
    .gives(
        &[Layout::of(&[
            Cell::new("V0", Form::BigWord),
            Cell::new("V1", Form::BigWord),
            Cell::new("model number", Form::ModelNumber),
            Cell::new("V3", Form::BigWord),
            Cell::new("V4", Form::BigWord),
            Cell::new("V5", Form::BigWord),
        ])],
        Yield::Fields,
    )
    .shared()
    .note("kernel-10 meters answer; CE102 S7 v6 does not know the command (error 00)");

/// 011A, all of it.
pub(super) const SERIAL: Spec =
    Spec::read("011A", "serial", "Serial number", Identity).in_steps(Steps::Serial).shared();

/// 011A, one part.
pub(super) const SERIAL_PART: Spec = Spec::read("011A", "serial-part", "Serial number, one part", Identity)
    .takes(&[p::PART], &[Slot::Number("part", 1)])
    .gives(&[Layout::of(&[Cell::new("characters", Form::Reversed(8))])], Yield::SerialPart)
    .shared()
    .note("the parts are joined and read backwards");

/// 0120.
pub(super) const CLOCK: Spec = Spec::read("0120", "clock", "Date and time", Clock)
    .gives(&[Layout::of(&[Cell::new("date and time", Form::Clock)])], Yield::Clock)
    .shared();

/// 0121.
pub(super) const SET_CLOCK: Spec = Spec::write("0121", "set-clock", "Set date and time", Clock)
    .takes(&[p::TIME], &[Slot::Clock("time")])
    .shared();

/// 010D.
pub(super) const CLOCK_TRIM: Spec = Spec::read("010D", "clock-trim", "Clock trim", Clock)
    .gives(&[Layout::of(&[Cell::new("trim", Form::Number(1))])], Yield::Fields)
    .shared()
    .note("the unit is in a table of the manual, by model");

/// 010E.
pub(super) const SET_CLOCK_TRIM: Spec = Spec::write("010E", "set-clock-trim", "Set clock trim", Clock)
    .takes(&[p::TRIM], &[Slot::Number("trim", 1)])
    .shared();

/// 012A.
pub(super) const CLOCK_TRIM_MODE: Spec = Spec::write("012A", "clock-trim-mode", "Clock trim mode", Clock)
    .takes(&[p::STATE], &[Slot::Number("state", 1)])
    .shared();
