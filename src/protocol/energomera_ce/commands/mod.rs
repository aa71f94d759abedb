//! Every command of the two dialects, as tables that can be held against the manuals, and the ways to find one.

mod classic;
mod classic_fields;
mod kernel10;
mod kernel10_fields;
mod parameters;
pub(super) mod registers;
mod shared;

use super::layout::Spec;
use super::{CLASSIC, KERNEL10};
use crate::protocol::{Command, Dialect};

static CLASSIC_SPECS: [Spec; 73] = classic::SPECS;
static KERNEL10_SPECS: [Spec; 41] = kernel10::SPECS;
static SHARED_SPECS: [Spec; 12] = [
    shared::PING,
    shared::IDENTIFY,
    shared::VERSION,
    shared::VERSION_EX,
    shared::CLOCK_TRIM,
    shared::SET_CLOCK_TRIM,
    shared::SERIAL,
    shared::SERIAL_PART,
    shared::CLOCK,
    shared::SET_CLOCK,
    shared::CLOCK_TRIM_MODE,
    shared::SKOP,
];

pub(super) static CLASSIC_COMMANDS: [Command; 73] = catalogue(&classic::SPECS);
pub(super) static KERNEL10_COMMANDS: [Command; 41] = catalogue(&kernel10::SPECS);
pub(super) static SHARED_COMMANDS: [Command; 12] = catalogue(&SHARED_SPECS);

const fn catalogue<const N: usize>(specs: &[Spec; N]) -> [Command; N] {
    let mut commands = [const { shared::PING.command() }; N];
    let mut slots: &mut [Command] = &mut commands;
    let mut rest: &[Spec] = specs;
    while let ([slot, later @ ..], [spec, others @ ..]) = (slots, rest) {
        *slot = spec.command();
        slots = later;
        rest = others;
    }
    commands
}

/// The table of a dialect.
pub(super) fn specs(dialect: Dialect) -> &'static [Spec] {
    match dialect {
        CLASSIC => &CLASSIC_SPECS,
        KERNEL10 => &KERNEL10_SPECS,
        _ => &SHARED_SPECS,
    }
}

/// The command of a dialect with an id.
pub(super) fn by_id(dialect: Dialect, id: &str) -> Option<&'static Spec> {
    specs(dialect).iter().find(|spec| spec.id == id)
}

/// Commands of one question and this code.
pub(super) fn coded(dialect: Dialect, code: u16) -> impl Iterator<Item = &'static Spec> {
    specs(dialect).iter().filter(move |spec| spec.code == code && spec.replies_itself())
}

/// What one dialect makes of a request.
pub(super) fn asked(dialect: Dialect, code: u16, data: &[u8]) -> Option<&'static Spec> {
    coded(dialect, code).find(|spec| spec.takes_length(data.len()))
}

/// What one dialect makes of a reply: the command whose request it answers, or one whose reply is so long.
pub(super) fn answered(
    dialect: Dialect,
    code: u16,
    length: usize,
    request: Option<&[u8]>,
) -> Option<&'static Spec> {
    coded(dialect, code)
        .filter(|spec| request.is_none_or(|data| spec.takes_length(data.len())))
        .find(|spec| spec.reply_layout(length, request).is_some())
}

/// The first command with a code, whatever its data.
pub(super) fn named(dialect: Dialect, code: u16) -> Option<&'static Spec> {
    coded(dialect, code).next()
}

impl Spec {
    /// Whether frames carry this command itself, and not the questions it is made of.
    fn replies_itself(&self) -> bool {
        !matches!(self.steps, super::layout::Steps::Serial | super::layout::Steps::Identify)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Access;
    use crate::protocol::energomera_ce::layout::Slot;
    use std::collections::HashSet;

    fn names(slot: &Slot) -> Vec<&'static str> {
        match slot {
            Slot::Zero(_) => vec![],
            Slot::Bits(parts) => parts.iter().map(|part| part.name).collect(),
            Slot::Number(name, _)
            | Slot::Bcd(name)
            | Slot::Clock(name)
            | Slot::Date(name)
            | Slot::Reversed(name, _)
            | Slot::Password(name)
            | Slot::Points(name, _) => vec![name],
        }
    }

    #[test]
    fn every_parameter_has_exactly_one_place_in_the_data() {
        for spec in specs(CLASSIC).iter().chain(specs(KERNEL10)) {
            let mut placed: Vec<_> = spec.request.iter().flat_map(names).collect();
            let mut declared: Vec<_> = spec.parameters.iter().map(|p| p.name).collect();
            placed.sort_unstable();
            declared.sort_unstable();
            assert_eq!(placed, declared, "{}", spec.id);
        }
    }

    #[test]
    fn ids_are_unique_lower_case_words() {
        for dialect in [CLASSIC, KERNEL10] {
            let ids: HashSet<_> = specs(dialect).iter().map(|spec| spec.id).collect();
            assert_eq!(ids.len(), specs(dialect).len());
            assert!(ids.iter().all(|id| id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'-' | b'0'..=b'9'))));
        }
    }

    #[test]
    fn no_command_is_longer_than_the_service_byte_can_tell() {
        for spec in specs(CLASSIC).iter().chain(specs(KERNEL10)) {
            let before: usize = spec.request.iter().map(Slot::width).sum();
            assert!(before <= 15, "{}", spec.id);
            assert!((0..=15).any(|length| spec.reply_layout(length, None).is_some()), "{}", spec.id);
        }
    }

    #[test]
    fn what_acts_is_never_called_a_read() {
        let control = [
            "relay-on",
            "relay-off",
            "relay-switch",
            "set-address",
            "set-password",
            "time-sync",
            "fix-data",
            "clear-tariffs",
        ];
        for spec in specs(CLASSIC).iter().chain(specs(KERNEL10)) {
            if control.contains(&spec.id) {
                assert_eq!(spec.access, Access::Control, "{}", spec.id);
            }
            let changes = spec.id.starts_with("set-") || spec.id.starts_with("activate");
            assert!(!changes || spec.access > Access::Read, "{}", spec.id);
        }
    }

    #[test]
    fn both_tables_have_every_code_of_the_manuals() {
        let codes = |dialect| specs(dialect).iter().map(|s| s.code).collect::<HashSet<u16>>();
        let classic: HashSet<u16> = [0x0001, 0x0003, 0x0011]
            .into_iter()
            .chain([0x0100, 0x0101])
            .chain(0x0104..=0x0109)
            .chain([0x010B, 0x010D, 0x010E, 0x010F])
            .chain(0x0116..=0x011A)
            .chain([0x011C, 0x011D, 0x011E, 0x0120, 0x0121, 0x0126, 0x0128])
            .chain(0x012A..=0x014B)
            .chain(0x0154..=0x015B)
            .collect();
        assert_eq!(classic.difference(&codes(CLASSIC)).collect::<Vec<_>>(), Vec::<&u16>::new());
        let kernel10: HashSet<u16> = [0x0001, 0x0003]
            .into_iter()
            .chain(0x0100..=0x0103)
            .chain([0x010D, 0x010E, 0x0117, 0x011A, 0x0120, 0x0121, 0x0128, 0x012A, 0x012B, 0x012C, 0x012F])
            .chain([0x0130, 0x0138, 0x013C, 0x013D, 0x013E, 0x013F])
            .chain(0x0140..=0x0147)
            .chain([0x015A, 0x015B, 0x0160, 0x0177, 0x0180, 0x0181, 0x0182])
            .collect();
        assert_eq!(kernel10.difference(&codes(KERNEL10)).collect::<Vec<_>>(), Vec::<&u16>::new());
    }
}
