//! How the data of a command is laid out, as data: what the tables in `commands` are written in.

mod cell;
mod slot;

pub(super) use cell::{Cell, Flag, Form, Layout, Means, Names, Times};
pub(super) use slot::{Bits, Grid, Slot, mask};

use crate::protocol::{Access, Command, Group, Parameter};
use crate::reading::{Code, Period};

/// A command of one dialect: what the catalogue shows of it and how its data lies on the wire.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    /// Command code.
    pub code: u16,
    /// The code as the manual prints it.
    pub code_text: &'static str,
    /// Name on the command line.
    pub id: &'static str,
    /// What it does.
    pub title: &'static str,
    /// Heading.
    pub group: Group,
    /// What it may do to a meter.
    pub access: Access,
    /// What a person fills in.
    pub parameters: &'static [Parameter],
    /// The request's data: where the parameters go.
    pub request: &'static [Slot],
    /// The forms the reply's data may have, told apart by length; one empty form for a confirmation.
    pub replies: &'static [Layout],
    /// What a good reply measures.
    pub yields: Yield,
    /// Which questions it takes.
    pub steps: Steps,
    /// Goes to every meter at once, always; there is no reply.
    pub is_broadcast: bool,
    /// Means the same in both dialects.
    pub is_shared: bool,
    /// A remark.
    pub note: &'static str,
}

impl Spec {
    /// A command that reads.
    pub(super) const fn read(
        code: &'static str,
        id: &'static str,
        title: &'static str,
        group: Group,
    ) -> Self {
        Self {
            code: number(code),
            code_text: code,
            id,
            title,
            group,
            access: Access::Read,
            parameters: &[],
            request: &[],
            replies: &[Layout::EMPTY],
            yields: Yield::Nothing,
            steps: Steps::One,
            is_broadcast: false,
            is_shared: false,
            note: "",
        }
    }

    /// A command that changes a setting; its reply is empty.
    pub(super) const fn write(
        code: &'static str,
        id: &'static str,
        title: &'static str,
        group: Group,
    ) -> Self {
        Self { access: Access::Write, ..Self::read(code, id, title, group) }
    }

    /// A command that acts; its reply is empty.
    pub(super) const fn control(
        code: &'static str,
        id: &'static str,
        title: &'static str,
        group: Group,
    ) -> Self {
        Self { access: Access::Control, ..Self::read(code, id, title, group) }
    }

    /// With parameters and where they go.
    pub(super) const fn takes(self, parameters: &'static [Parameter], request: &'static [Slot]) -> Self {
        Self { parameters, request, ..self }
    }

    /// With request data that is always the same.
    pub(super) const fn always(self, request: &'static [Slot]) -> Self {
        Self { request, ..self }
    }

    /// With the forms of its reply and what they measure.
    pub(super) const fn gives(self, replies: &'static [Layout], yields: Yield) -> Self {
        Self { replies, yields, ..self }
    }

    /// That takes several questions.
    pub(super) const fn in_steps(self, steps: Steps) -> Self {
        Self { steps, ..self }
    }

    /// That only makes sense sent to all.
    pub(super) const fn to_all(self) -> Self {
        Self { is_broadcast: true, ..self }
    }

    /// That both dialects have alike.
    pub(super) const fn shared(self) -> Self {
        Self { is_shared: true, ..self }
    }

    /// With a remark.
    pub(super) const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// As the catalogue shows it.
    pub(super) const fn command(&self) -> Command {
        Command {
            id: self.id,
            code: self.code_text,
            title: self.title,
            group: self.group,
            access: self.access,
            parameters: self.parameters,
            note: self.note,
        }
    }

    /// Whether `length` request bytes can be its data.
    pub(super) fn takes_length(&self, length: usize) -> bool {
        match self.request.split_last() {
            Some((Slot::Points(_, grid), before)) => {
                let fixed = slot::width(before) + 1;
                length > fixed && (length - fixed).is_multiple_of(grid.width())
            }
            _ => length == slot::width(self.request),
        }
    }

    /// The form of a reply of `length` data bytes to a request with this data, if it has one.
    pub(super) fn reply_layout(&self, length: usize, request: Option<&[u8]>) -> Option<&'static Layout> {
        self.replies.iter().find(|layout| layout.fits(length, request))
    }

    /// How long a reply to a request with this data is: the shortest form, for messages.
    pub(super) fn reply_length(&self, request: Option<&[u8]>) -> usize {
        self.replies.iter().map(|layout| layout.shortest(request)).min().unwrap_or_default()
    }
}

/// A command code from its four hex digits.
const fn number(text: &str) -> u16 {
    let mut rest = text.as_bytes();
    let mut code = 0;
    while let [digit, after @ ..] = rest {
        code = code << 4
            | match *digit {
                b'0'..=b'9' => *digit - b'0',
                b'A'..=b'F' => *digit - b'A' + 10,
                _ => 0,
            } as u16;
        rest = after;
    }
    code
}

/// Which questions carry a command out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Steps {
    /// One, its own.
    One,
    /// Its own; before it, once, the configuration, which tells the decimals of energies and powers.
    WithDecimals,
    /// Both parts of the serial number.
    Serial,
    /// Version, SKOP, both parts of the serial number: the order in which the maker's software asks them.
    Identify,
}

/// Which register an energy is, told by the request's data: tariff (0 for the total) and period.
pub(super) type Register = fn(&[u8]) -> Option<(u8, Period)>;

/// What the reply to a command measures.
#[derive(Debug, Clone, Copy)]
pub(super) enum Yield {
    /// Nothing.
    Nothing,
    /// Each number, time, text and named value in it, under the name of its field.
    Fields,
    /// An energy register.
    Energy(Register),
    /// The last field, under an OBIS code.
    Value(Code),
    /// One value a phase.
    Phases {
        /// Code of L1; group C of each further phase is 20 more.
        first: Code,
        /// Code of a lone value.
        lone: Code,
    },
    /// The meter's clock.
    Clock,
    /// The firmware version.
    Version,
    /// A part of the serial number.
    SerialPart,
}
