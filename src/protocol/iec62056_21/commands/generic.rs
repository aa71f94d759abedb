//! Any meter of the standard.

use super::Ask::{Listen, Readout, Register, Table, WriteRegister};
use super::parts::{VALUE, catalogue, choice, command, integer, noted, of_kind, text, word};
use crate::protocol::Access::{Read, Write};
use crate::protocol::Group::{Energy, Settings};
use crate::protocol::{Choice, Kind, Parameter};

const SPEEDS: &[Choice] = &[
    word(7, "proposed"),
    word(0, "300"),
    word(1, "600"),
    word(2, "1200"),
    word(3, "2400"),
    word(4, "4800"),
    word(5, "9600"),
    word(6, "19200"),
];
const OPTIONS: &[Parameter] = &[
    integer("v", "Procedure V", 0, 9, Some("0")),
    choice("z", "Speed Z", SPEEDS, Some("proposed")),
    integer("y", "Option Y", 0, 9, Some("0")),
];
const READS: &[Choice] =
    &[word(1, "R1"), word(2, "R2"), word(3, "R3"), word(4, "R4"), word(5, "R5"), word(6, "R6")];
const WRITES: &[Choice] = &[word(1, "W1"), word(2, "W2"), word(3, "W3"), word(4, "W4"), word(5, "W5")];
const CODE: Parameter = of_kind("code", "Code or name, as the meter writes it", Kind::Code { max: 32 });
const ARGUMENT: Parameter = text("argument", "What stands in the brackets", 128, Some(""));

catalogue! { COMMANDS, ASKS,
    command("readout", "050", "Data readout", Energy, Read, OPTIONS) => Readout,
    command("register", "R1", "Any register", Energy, Read, &[CODE, ARGUMENT, choice("command", "Read command", READS, Some("R1"))]) => Register,
    noted(command("table", "/4", "Data of a request without a sign-on", Energy, Read, &[integer("number", "Table", 1, 9, Some("4"))]), "EMH LZQJ: / table number, address, !") => Table,
    noted(command("push", "mode D", "Wait for a telegram that comes by itself", Energy, Read, &[integer("seconds", "How long to wait", 1, 3600, Some("20"))]), "mode D") => Listen,
    command("write-register", "W1", "Write any register", Settings, Write, &[CODE, VALUE, choice("command", "Write command", WRITES, Some("W1"))]) => WriteRegister,
}
