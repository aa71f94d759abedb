//! Access of a message: its effect on a meter.

use std::borrow::Cow;

use super::bcc::Method;
use super::chars::is_graphic;
use super::compose::{fits_address, fits_password};
use super::energomera::parameters::{self, PARAMETERS};
use super::message::{Command, End, Message, parse};
use super::neva::codes::{self, ADDRESS, CONFIGURATION, DEMAND_INTERVAL, PASSWORD, RELAY};
use super::{EKT, EMR, GENERIC, NEVA_1, NEVA_3};
use crate::protocol::{Access, Dialect};

/// Longest code or name that a catalogue lets a person ask for.
const LONGEST_CODE: usize = 32;
/// Longest argument.
const LONGEST_ARGUMENT: usize = 128;
/// Letters that a name has at least to be looked for in an address.
const SHORTEST_WORD: usize = 4;

/// What a message would do to a meter of a dialect.
pub(super) fn access(wire: &[u8], dialect: Dialect) -> Option<Access> {
    let text = plain(wire)?;
    match parse(&text) {
        Message::SignOn(address) => sign_on(&text, text.get(address)?),
        Message::Table(inner) => table(&text, text.get(inner)?, dialect),
        Message::Select(parts) => parts.iter().all(u8::is_ascii_digit).then_some(Access::Read),
        Message::Ack | Message::Nak => Some(Access::Read),
        Message::Fast(address, command) => fast(text.get(address)?, &command, &text, dialect),
        Message::Command(command) => self::command(&command, &text, dialect),
        _ => None,
    }
}

/// The characters of a message: all without a parity bit, or all with an even one.
fn plain(wire: &[u8]) -> Option<Cow<'_, [u8]>> {
    if wire.is_ascii() {
        return Some(Cow::Borrowed(wire));
    }
    let is_even = wire.iter().all(|byte| byte.count_ones().is_multiple_of(2));
    is_even.then(|| wire.iter().map(|byte| byte & 0x7F).collect())
}

/// A sign-on asks for nothing; one whose address is a word of a command carries it out.
fn sign_on(text: &[u8], address: &[u8]) -> Option<Access> {
    if !fits_address(address) || !text.ends_with(b"!\r\n") {
        return None;
    }
    Some(if names_a_parameter(address) { Access::Control } else { Access::Read })
}

/// Whether letters in an address are a parameter's name, in whatever spelling: `CTIME`, `0CTIME`, ` ctime`.
fn names_a_parameter(address: &[u8]) -> bool {
    let letters = |text: &[u8]| -> Vec<u8> {
        text.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_uppercase).collect()
    };
    let said = letters(address);
    PARAMETERS.iter().filter(|known| known.name.is_ascii()).any(|known| {
        let name = letters(known.name.trim_end_matches('n').as_bytes());
        name.len() >= SHORTEST_WORD && said.windows(name.len()).any(|part| part == name)
    })
}

/// `/4`, address, `!`: the one request without a sign-on that is in a catalogue.
fn table(text: &[u8], inner: &[u8], dialect: Dialect) -> Option<Access> {
    let (number, address) = inner.split_first()?;
    let is_known = matches!(number, b'1'..=b'9') && text.ends_with(b"!\r\n");
    let is_asked = matches!(dialect, GENERIC | Dialect(0));
    (is_known && is_asked && fits_address(address) && !names_a_parameter(address)).then_some(Access::Read)
}

/// A command behind a sign-on: one for every meter where that has no address.
fn fast(address: &[u8], command: &Command, text: &[u8], dialect: Dialect) -> Option<Access> {
    let access = self::command(command, text, dialect)?;
    let is_plain =
        fits_address(address) && !names_a_parameter(address) && matches!(command.code, [b'R' | b'W', _]);
    let acts = access != Access::Read && (address.is_empty() || !is_plain);
    if acts {
        return Some(Access::Control);
    }
    is_plain.then_some(access)
}

/// A command that is whole, its check character right by one of the two rules.
fn command(command: &Command, text: &[u8], dialect: Dialect) -> Option<Access> {
    let block = &command.block;
    let found = block.bcc.filter(|at| block.end == End::Last && at + 1 == text.len())?;
    // A session follows the rule that the meter's answers follow, whatever its kind is known for.
    let method = Method::Auto(Method::of(dialect).rule());
    let is_sound = method.judge(block.covered(text), *text.get(found)?).is_ok();
    let content = text.get(block.content.clone())?;
    if !is_sound || !content.iter().all(|byte| is_graphic(*byte)) {
        return None;
    }
    let is_bare = command.password.is_empty();
    match command.code {
        [b'W', b'1'..=b'5'] => Some(write(content)),
        [b'E', _] => Some(Access::Control),
        [b'B', b'0'] => (is_bare && command.stx.is_none()).then_some(Access::Read),
        [b'P', b'1' | b'2'] => {
            (is_bare && in_brackets(content).is_some_and(fits_password)).then_some(Access::Read)
        }
        [b'R', digit] => (is_bare && reads(digit, content, dialect)).then_some(Access::Read),
        _ => None,
    }
}

fn in_brackets(content: &[u8]) -> Option<&[u8]> {
    content.strip_prefix(b"(")?.strip_suffix(b")")
}

/// Whether a read asks for what a catalogue of the dialect can ask for.
fn reads(digit: u8, content: &[u8], dialect: Dialect) -> bool {
    let Some(open) = content.iter().position(|byte| *byte == b'(') else { return false };
    let (name, rest) = content.split_at(open);
    let Some(argument) = in_brackets(rest) else { return false };
    let is_name = !name.is_empty()
        && name.len() <= LONGEST_CODE
        && !name.iter().any(|byte| matches!(byte, b')' | b'/' | b'!'));
    let is_argument =
        argument.len() <= LONGEST_ARGUMENT && !argument.iter().any(|byte| matches!(byte, b'(' | b')' | b'!'));
    let is_parameter =
        matches!(name.len(), 4 | 5) && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let is_first = digit == b'1';
    is_name
        && match dialect {
            NEVA_1 | NEVA_3 => is_first && is_argument && codes::parse_wire(name).is_some(),
            EKT | EMR => is_first && is_parameter && (is_argument || is_group(name, argument)),
            _ => matches!(digit, b'1'..=b'6') && (is_argument || is_first && is_group(name, argument)),
        }
}

/// Whether an argument is a list of names, each with its brackets, as a group read has it.
fn is_group(name: &[u8], argument: &[u8]) -> bool {
    let mut is_open = false;
    let fits = argument.iter().all(|byte| match byte {
        b'(' | b')' => std::mem::replace(&mut is_open, *byte == b'(') != is_open,
        byte => !matches!(byte, b'/' | b'!'),
    });
    matches!(name, b"GROUP" | b"GRPNM")
        && fits
        && argument.ends_with(b")")
        && argument.len() <= LONGEST_ARGUMENT
}

/// What a write does, by what it addresses.
fn write(content: &[u8]) -> Access {
    let name = content.split(|byte| *byte == b'(').next().unwrap_or_default();
    if acts(name) { Access::Control } else { Access::Write }
}

/// Whether writing under a name switches a load, changes a password or an address, restarts a profile, or loses contact.
pub(super) fn acts(name: &[u8]) -> bool {
    let code = codes::parse(name).or_else(|| codes::parse_wire(name));
    // The last byte of a code counts periods; a meter may not look at it.
    let is_code = |code: u32| {
        [PASSWORD, RELAY, ADDRESS, DEMAND_INTERVAL, CONFIGURATION].iter().any(|known| known >> 8 == code >> 8)
    };
    let upper = name.to_ascii_uppercase();
    let is_parameter = parameters::find(&upper).is_some_and(|(known, _)| ACTING.contains(&known.name));
    code.is_some_and(is_code) || is_parameter || upper.starts_with(b"PSW") || upper.starts_with(b"RCTL")
}

/// Parameters of Energomera meters that a write acts by: passwords, relays, the address, the settings of ports, the
/// interval of the profile.
const ACTING: &[&str] = &["PSWnn", "RCTLn", "IDPAS", "PRTnn", "CDPnn", "DLYnn", "ACTnn", "PROFI", "TAVER"];

/// Whether writing under a name is left to a command of its own: passwords, which are masked, and relays.
pub(super) fn has_its_own_command(name: &[u8]) -> bool {
    let code = codes::parse(name).or_else(|| codes::parse_wire(name));
    let upper = name.to_ascii_uppercase();
    code.is_some_and(|code| [PASSWORD, RELAY].iter().any(|known| known >> 8 == code >> 8))
        || upper.starts_with(b"PSW")
        || upper.starts_with(b"RCTL")
}
