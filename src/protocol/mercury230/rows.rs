//! What a line of the catalogue is, and how a request finds its line.

use super::form::{Form, Item, most};
use super::reads::READS;
use super::writes::WRITES;
use super::{energy, instant, journals, memory};
use crate::protocol::incotex::items::size;
use crate::protocol::{Access, Command, Dialect, Group, Parameter};
use crate::reading::Unit;

/// What an answer carries between address and CRC.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reply {
    /// A status, whatever happens.
    Status,
    /// Nothing: the meter does not answer.
    Nothing,
    /// Always this.
    Items(&'static [Item]),
    /// A row of [`energy::array`], by direction.
    Energy,
    /// A row of [`energy::array`], by quadrant.
    Quadrants,
    /// [`energy::maxima`].
    Maxima,
    /// [`energy::dated`].
    Dated,
    /// [`instant::items`].
    Instant,
    /// [`journals::items`].
    Journal,
    /// `memory::items`, by address.
    Memory,
    /// `memory::items`, counted back from the newest record.
    Relative,
}

/// A line of the catalogue: what a person asks for and what its bytes are.
#[derive(Debug)]
pub(super) struct Row {
    /// What a person asks for.
    pub command: Command,
    /// The bytes after the address that make the command.
    pub code: &'static [u8],
    /// What follows them.
    pub arguments: &'static [Item],
    /// What the answer carries.
    pub reply: Reply,
    /// The level at which the channel must be open; 0 where it need not be.
    pub level: u8,
}

/// A read of level 1 without parameters, by its bytes and the way they are written.
pub(super) const fn read(
    (code, bytes): (&'static str, &'static [u8]),
    id: &'static str,
    title: &'static str,
    group: Group,
    reply: Reply,
) -> Row {
    let command = Command { id, code, title, group, access: Access::Read, parameters: &[], note: "" };
    Row { command, code: bytes, arguments: &[], reply, level: 1 }
}

/// A write, of level 2.
pub(super) const fn write(
    code: (&'static str, &'static [u8]),
    id: &'static str,
    title: &'static str,
    group: Group,
    (parameters, arguments): (&'static [Parameter], &'static [Item]),
) -> Row {
    read(code, id, title, group, Reply::Status).with(parameters, arguments).level(2).access(Access::Write)
}

impl Row {
    /// With parameters and the bytes they become.
    pub(super) const fn with(self, parameters: &'static [Parameter], arguments: &'static [Item]) -> Self {
        Self { command: Command { parameters, ..self.command }, arguments, ..self }
    }

    /// With a remark.
    pub(super) const fn noted(self, note: &'static str) -> Self {
        Self { command: Command { note, ..self.command }, ..self }
    }

    /// At another level.
    pub(super) const fn level(self, level: u8) -> Self {
        Self { level, ..self }
    }

    /// One that no answer comes to.
    pub(super) const fn unanswered(self) -> Self {
        Self { reply: Reply::Nothing, ..self }
    }

    /// With another access class.
    pub(super) const fn access(self, access: Access) -> Self {
        Self { command: Command { access, ..self.command }, ..self }
    }

    /// One that acts.
    pub(super) const fn acts(self) -> Self {
        self.access(Access::Control)
    }

    /// What of a body stands after the command's own bytes, if the body is one of this row's.
    pub(super) fn arguments_in<'a>(&self, body: &'a [u8]) -> Option<&'a [u8]> {
        let (code, rest) = body.split_at_checked(self.code.len())?;
        let is_same = code == self.code || self.is_same_selector(code);
        let fits = (size(self.arguments)..=most(self.arguments)).contains(&rest.len());
        (is_same && fits).then_some(rest)
    }

    /// Whether bytes name the same values as this row, in a form that the meter takes for the same.
    fn is_same_selector(&self, code: &[u8]) -> bool {
        match (self.code, code) {
            (&[0x08, instant::NOW, own], &[0x08, instant::NOW, found]) => {
                instant::key(own) == instant::key(found)
            }
            _ => false,
        }
    }

    /// The items of the answer to a body of this row's; `length` decides where there are several forms. `None`
    /// where nobody knows them.
    pub(super) fn reply_items(
        &self,
        body: &[u8],
        length: Option<usize>,
        dialect: Dialect,
    ) -> Option<Vec<Item>> {
        match (self.reply, body) {
            (Reply::Items(items), _) => Some(items.to_vec()),
            (Reply::Energy, &[_, array, tariff]) => energy::array(false, array, tariff),
            (Reply::Quadrants, &[_, array, tariff]) => energy::array(true, array, tariff),
            (Reply::Maxima, _) => Some(energy::maxima()),
            (Reply::Dated, &[_, which, .., tariff]) => energy::dated(which, tariff),
            (Reply::Instant, &[_, parameter, selector]) => {
                instant::items(parameter, selector, length, dialect)
            }
            (Reply::Journal, &[_, journal, record]) => journals::items(journal, record),
            (Reply::Memory, &[_, memory, .., count]) => Some(memory::by_address(memory, count)),
            (Reply::Relative, &[_, memory, .., count]) => Some(memory::relative(memory, count)),
            _ => None,
        }
    }
}

/// The body of the request for the build variant, which the meter's constant stands in.
pub(super) const VARIANT: [u8; 2] = [0x08, 0x12];

/// Whether the answer to a request holds pulses of the load profile.
pub(super) fn has_pulses(body: &[u8]) -> bool {
    let items = of(body).and_then(|row| row.reply_items(body, None, Dialect::default()));
    items.is_some_and(|items| items.iter().any(|item| matches!(item.form, Form::ProfilePulses(_))))
}

/// Every row, reads first.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    READS.iter().chain(WRITES)
}

/// The row of a request's body: of several that fit, the one that names more of it.
pub(super) fn of(body: &[u8]) -> Option<&'static Row> {
    rows().filter(|row| row.arguments_in(body).is_some()).max_by_key(|row| row.code.len())
}

/// The row of a command.
pub(super) fn by_command(command: &Command) -> Option<&'static Row> {
    rows().find(|row| row.command.id == command.id && row.command.code == command.code)
}

const COUNT: usize = READS.len() + WRITES.len();

const NONE: Command = Command {
    id: "",
    code: "",
    title: "",
    group: Group::Energy,
    access: Access::Control,
    parameters: &[],
    note: "",
};

/// Every command there is, in the order of the rows.
pub(super) static COMMANDS: [Command; COUNT] = commands();

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time, where a wrong index is an error")]
const fn commands() -> [Command; COUNT] {
    let mut commands = [NONE; COUNT];
    let mut at = 0;
    while at < COUNT {
        let row = if at < READS.len() { &READS[at] } else { &WRITES[at - READS.len()] };
        commands[at] = Command { ..row.command };
        at += 1;
    }
    commands
}

/// A number of a range.
pub(super) const fn number(
    name: &'static str,
    title: &'static str,
    (min, max): (i64, i64),
    unit: Unit,
) -> Parameter {
    Parameter { name, title, kind: crate::protocol::Kind::Integer { min, max }, default: None, unit }
}

/// One of a few.
pub(super) const fn one_of(
    name: &'static str,
    title: &'static str,
    choices: &'static [crate::protocol::Choice],
    default: Option<&'static str>,
) -> Parameter {
    Parameter { name, title, kind: crate::protocol::Kind::Choice(choices), default, unit: Unit::None }
}

/// A run of bytes.
pub(super) const fn bytes(name: &'static str, title: &'static str, (min, max): (usize, usize)) -> Parameter {
    Parameter {
        name,
        title,
        kind: crate::protocol::Kind::Bytes { min, max },
        default: None,
        unit: Unit::None,
    }
}

/// A parameter that is used as it stands when left out.
pub(super) const fn or(default: &'static str, parameter: Parameter) -> Parameter {
    Parameter { default: Some(default), ..parameter }
}

/// The lengths that a whole request with a code can have, a bit for each; 0 for codes that no list has.
pub(super) fn request_lengths(code: u8) -> u64 {
    LENGTHS.get(usize::from(code)).copied().unwrap_or(0)
}

static LENGTHS: [u64; 256] = lengths();

/// Address and CRC.
const AROUND: usize = 3;

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time, where a wrong index is an error")]
const fn lengths() -> [u64; 256] {
    let mut lengths = [0; 256];
    // Opening has a level and a password, closing nothing; neither is a line of the catalogue.
    lengths[OPEN as usize] = 1 << (AROUND + 1 + 1 + super::form::PASSWORD);
    lengths[CLOSE as usize] = 1 << (AROUND + 1);
    let mut at = 0;
    while at < COUNT {
        let row = if at < READS.len() { &READS[at] } else { &WRITES[at - READS.len()] };
        let shortest = AROUND + row.code.len() + size(row.arguments);
        let longest = AROUND + row.code.len() + most(row.arguments);
        let mut length = shortest;
        while length <= longest {
            lengths[row.code[0] as usize] |= 1 << length;
            length += 1;
        }
        at += 1;
    }
    lengths
}

/// Link test.
pub(super) const TEST: u8 = 0x00;
/// Opening the channel: level and password follow.
pub(super) const OPEN: u8 = 0x01;
/// Closing the channel.
pub(super) const CLOSE: u8 = 0x02;
/// Setting the address: the only command that is answered from elsewhere.
pub(super) const SET_ADDRESS: [u8; 2] = [0x03, 0x05];

/// Whether a body is that of a request: one of a row's, or one that opens or closes the channel.
pub(super) fn is_request(body: &[u8]) -> bool {
    is_session(body) || of(body).is_some()
}

/// Whether a body opens or closes the channel.
pub(super) fn is_session(body: &[u8]) -> bool {
    matches!((body.first(), body.len()), (Some(&OPEN), 8) | (Some(&CLOSE), 1))
}

/// Whether the body of a request holds a password.
pub(super) fn has_password(body: &[u8]) -> bool {
    matches!(body, [OPEN, _, ..] | [0x03, 0x1F, ..])
}

/// The address a request is answered from.
pub(super) fn answers_from(address: u8, body: &[u8]) -> u8 {
    match body {
        [a, b, new] if [*a, *b] == SET_ADDRESS => *new,
        _ => address,
    }
}

/// How many bytes the body of the answer to a request has; several where it depends. Empty where nobody knows.
pub(super) fn reply_sizes(body: &[u8]) -> Vec<usize> {
    let dialect = Dialect::default();
    let Some(row) = of(body) else {
        return if is_session(body) { vec![1] } else { Vec::new() };
    };
    match row.reply {
        Reply::Status => vec![1],
        Reply::Instant => {
            let of = |length| row.reply_items(body, length, dialect).map(|items| size(&items));
            let sizes = [None, Some(9), Some(95)].into_iter().filter_map(of);
            let mut sizes: Vec<usize> = sizes.collect();
            sizes.dedup();
            sizes
        }
        _ => row.reply_items(body, None, dialect).map(|items| size(&items)).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::incotex::items::Origin;

    #[test]
    fn every_parameter_of_a_command_goes_into_its_request_and_nothing_else_does() {
        for row in rows() {
            let mut used: Vec<&str> = Vec::new();
            for item in row.arguments {
                match item.origin {
                    Origin::Argument(name) | Origin::Slice(name, _) => used.push(name),
                    Origin::Halves(high, low) => used.extend([high, low]),
                    Origin::Nowhere => panic!("{}: {} comes from nowhere", row.command.id, item.name),
                }
            }
            used.sort_unstable();
            let mut names: Vec<&str> = row.command.parameters.iter().map(|p| p.name).collect();
            names.sort_unstable();
            assert_eq!(used, names, "{}", row.command.id);
        }
    }

    #[test]
    fn ids_are_unique_and_codes_are_those_of_the_bytes() {
        for (at, row) in rows().enumerate() {
            assert!(
                rows().skip(at + 1).all(|other| other.command.id != row.command.id),
                "{}",
                row.command.id
            );
            assert_eq!(row.command.code, crate::frame::hex::compact(row.code), "{}", row.command.id);
            assert_eq!(COMMANDS[at], row.command);
        }
    }

    #[test]
    fn a_request_finds_its_own_row() {
        for row in rows() {
            let mut body = row.code.to_vec();
            body.resize(row.code.len() + size(row.arguments), 0);
            assert_eq!(of(&body).map(|found| found.command.id), Some(row.command.id));
        }
        let id = |body: &[u8]| of(body).map(|row| row.command.id);
        assert_eq!((id(&[8, 0x16, 0x31]), id(&[8, 0x16, 0x10])), (Some("power-factor"), Some("voltage")));
        assert_eq!(
            (id(&[8, 1]), id(&[8, 1, 0]), id(&[0xEE])),
            (Some("passport"), Some("long-passport"), None)
        );
    }

    /// The bodies of requests, and the length of the whole answer.
    const LENGTHS: &[(&[u8], usize)] = &[
        (&[0x08, 0x02], 7),
        (&[0x08, 0x0B], 7),
        (&[0x08, 0x1A, 1], 7),
        (&[0x08, 0x04], 5),
        (&[0x08, 0x05], 5),
        (&[0x08, 0x17], 5),
        (&[0x08, 0x18], 5),
        (&[0x08, 0x1D], 5),
        (&[0x08, 0x21], 5),
        (&[0x08, 0x26], 5),
        (&[0x08, 0x2B], 5),
        (&[0x08, 0x2D], 5),
        (&[0x08, 0x11, 0x70], 5),
        (&[0x08, 0x16, 0x70], 5),
        (&[0x08, 0x11, 0x61], 5),
        (&[0x08, 0x00], 10),
        (&[0x08, 0x01], 19),
        (&[0x08, 0x01, 0x00], 27),
        (&[0x08, 0x03], 6),
        (&[0x08, 0x19], 6),
        (&[0x08, 0x16, 0x40], 6),
        (&[0x08, 0x07], 9),
        (&[0x08, 0x0A], 9),
        (&[0x08, 0x12], 9),
        (&[0x08, 0x12, 0x00], 15),
        (&[0x08, 0x16, 0x00], 15),
        (&[0x08, 0x16, 0x30], 15),
        (&[0x08, 0x16, 0x11], 12),
        (&[0x08, 0x16, 0x61], 9),
        (&[0x08, 0x14, 0x00], 19),
        (&[0x04, 0x00], 11),
        (&[0x04, 0x01, 0x02], 15),
        (&[0x04, 0x07, 0x02], 9),
        (&[0x04, 0x02, 0xFF], 16),
        (&[0x04, 0x30, 0xF9, 2], 19),
        (&[0x08, 0x20, 0x03], 7),
        (&[0x08, 0x11, 0x20], 6),
        (&[0x05, 0x00, 0x00], 19),
        (&[0x05, 0x60, 0x00], 15),
        (&[0x15, 0x00, 0x00], 19),
        (&[0x17, 0x32, 0x00], 19),
        (&[0x18, 0, 0x23, 6, 0x19, 2], 19),
        (&[0x06, 3, 0, 0x10, 0x0F], 18),
        (&[0x06, 2, 0, 0x10, 1], 5),
        (&[0x01, 1, 1, 1, 1, 1, 1, 1], 4),
        (&[0x02], 4),
        (&[0x00], 4),
        (&[0x03, 0x05, 0x40], 4),
    ];

    #[test]
    fn answers_have_the_lengths_of_the_makers_list() {
        for &(body, length) in LENGTHS {
            assert_eq!(reply_sizes(body).first().map(|size| size + AROUND), Some(length), "{body:02X?}");
        }
    }
}
