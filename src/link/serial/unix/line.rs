//! Line settings of a terminal device.

use std::io;
use std::os::fd::AsFd;

use rustix::termios::{
    self, ControlModes, InputModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use crate::protocol::{LineSettings, Parity};

/// Sets a port to these line settings, all bytes passing as they are, and reads back what is in force. A
/// pseudo-terminal, for one, has always eight bits and no parity.
pub(super) fn set(port: &impl AsFd, line: LineSettings, when: OptionalActions) -> io::Result<LineSettings> {
    let mut modes = tcgetattr(port)?;
    pass_all_bytes(&mut modes);
    put(&mut modes, line)?;
    tcsetattr(port, when, &modes)?;
    Ok(read(&tcgetattr(port)?))
}

/// No editing, no flow control. Damaged bytes and breaks are marked whatever the format of the line: also
/// without a parity bit there are missing stop bits and breaks, which are what a wrong speed and a bus without
/// bias resistors look like. The marks are made by the system behind every driver, and taken out again in
/// `marks.rs`. A read waits for one byte, so that one without bytes means the device is gone.
fn pass_all_bytes(modes: &mut Termios) {
    modes.make_raw();
    modes.input_modes -= InputModes::IXOFF | InputModes::IXANY | InputModes::IGNPAR;
    modes.input_modes |= InputModes::INPCK | InputModes::PARMRK;
    modes.control_modes |= ControlModes::CREAD | ControlModes::CLOCAL;
    modes.control_modes -= ControlModes::CRTSCTS;
    modes.special_codes[SpecialCodeIndex::VMIN] = 1;
    modes.special_codes[SpecialCodeIndex::VTIME] = 0;
}

fn put(modes: &mut Termios, line: LineSettings) -> io::Result<()> {
    modes.control_modes -=
        ControlModes::CSIZE | ControlModes::PARENB | ControlModes::PARODD | ControlModes::CSTOPB;
    modes.control_modes |= if line.data_bits == 7 { ControlModes::CS7 } else { ControlModes::CS8 };
    modes.control_modes |= match line.parity {
        Parity::None => ControlModes::empty(),
        Parity::Even => ControlModes::PARENB,
        Parity::Odd => ControlModes::PARENB | ControlModes::PARODD,
    };
    if line.stop_bits == 2 {
        modes.control_modes |= ControlModes::CSTOPB;
    }
    Ok(modes.set_speed(line.baud)?)
}

fn read(modes: &termios::Termios) -> LineSettings {
    let has = |mode| modes.control_modes.contains(mode);
    LineSettings {
        baud: modes.output_speed(),
        data_bits: if modes.control_modes & ControlModes::CSIZE == ControlModes::CS7 { 7 } else { 8 },
        parity: match (has(ControlModes::PARENB), has(ControlModes::PARODD)) {
            (false, _) => Parity::None,
            (true, false) => Parity::Even,
            (true, true) => Parity::Odd,
        },
        stop_bits: if has(ControlModes::CSTOPB) { 2 } else { 1 },
    }
}
