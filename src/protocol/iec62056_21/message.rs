//! The layouts of the messages (IEC 62056-21, clause 6.3), over bytes without parity bits.

use std::ops::Range;

use super::chars::{ACK, CR, EOT, ETX, LF, NAK, SOH, STX, is_text};

/// How a block ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// ETX: the message is complete.
    Last,
    /// EOT: another block follows.
    More,
    /// Neither came.
    Missing,
}

/// A block with a check character: a command or data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Index of the SOH or STX.
    pub start: usize,
    /// What stands between STX and ETX; for a command without a data set, empty.
    pub content: Range<usize>,
    /// How it ends.
    pub end: End,
    /// Index of the ETX or EOT, or where the bytes end without one.
    pub end_at: usize,
    /// Index of the check character, if it is there.
    pub bcc: Option<usize>,
}

impl Block {
    /// The bytes under the check character.
    pub(super) fn covered<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        text.get(self.start + 1..(self.end_at + 1).min(text.len())).unwrap_or_default()
    }
}

/// A command: two characters and a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// `R1`, `W1`, `P0`.
    pub code: [u8; 2],
    /// A password between code and data set, as `W1(777777)` outside a session has it, with its brackets.
    pub password: Range<usize>,
    /// Index of the STX, if it has a data set.
    pub stx: Option<usize>,
    /// The rest.
    pub block: Block,
}

/// A message recognised by its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    /// `/?address!`: the address.
    SignOn(Range<usize>),
    /// `/#!` or `/4` and a number and `!`: asking without a sign-on; what stands between.
    Table(Range<usize>),
    /// `/?address!` followed at once by a command: the address and the command.
    Fast(Range<usize>, Command),
    /// `/XXXZident`: where the text ends.
    Identification(Range<usize>),
    /// ACK V Z Y.
    Select([u8; 3]),
    /// A lone ACK.
    Ack,
    /// A lone NAK.
    Nak,
    /// SOH.
    Command(Command),
    /// STX.
    Data(Block),
    /// Data lines without STX and check character, as mode A and D meters send them.
    Lines,
    /// None of these.
    Unknown,
}

/// Recognises a message in the bytes of a frame, parity bits taken out.
pub(super) fn parse(text: &[u8]) -> Message {
    match text {
        [ACK] => Message::Ack,
        [NAK] => Message::Nak,
        [ACK, v, z, y, CR, LF] => Message::Select([*v, *z, *y]),
        [SOH, ..] => command(text, 0).map_or(Message::Unknown, Message::Command),
        [STX, ..] => Message::Data(block(text, 0, 1)),
        [b'/', b'?', ..] => request(text),
        [b'/', b'#' | b'0'..=b'9', ..] => closed_by_mark(text).map_or(Message::Unknown, Message::Table),
        [b'/', a, b, c, _, ..] if [a, b, c].iter().all(|letter| letter.is_ascii_alphabetic()) => {
            Message::Identification(1..line_end(text))
        }
        [first, ..] if is_text(*first) && *first != b'/' && text.iter().all(|byte| is_text(*byte)) => {
            Message::Lines
        }
        _ => Message::Unknown,
    }
}

fn request(text: &[u8]) -> Message {
    let Some(inner) = closed_by_mark(text) else { return Message::Unknown };
    let address = inner.start + 1..inner.end;
    let after = inner.end + 1;
    if text.get(after) == Some(&SOH) {
        return command(text, after).map_or(Message::Unknown, |command| Message::Fast(address, command));
    }
    Message::SignOn(address)
}

/// What stands between `/` and `!`, where only a line end or a command follows.
fn closed_by_mark(text: &[u8]) -> Option<Range<usize>> {
    let end = text.iter().position(|byte| *byte == b'!')?;
    let tail = text.get(end + 1..)?;
    let is_closed = matches!(tail, [] | [LF | CR] | [CR, LF] | [SOH, ..]);
    is_closed.then_some(1..end)
}

/// The length of a line without its line end.
pub(super) fn line_end(text: &[u8]) -> usize {
    let without_lf = text.strip_suffix(&[LF]).unwrap_or(text);
    without_lf.strip_suffix(&[CR]).unwrap_or(without_lf).len()
}

fn command(text: &[u8], start: usize) -> Option<Command> {
    let code = [*text.get(start + 1)?, *text.get(start + 2)?];
    if !(code.first()?.is_ascii_uppercase() && code.last()?.is_ascii_digit()) {
        return None;
    }
    let head = start + 3;
    let end_at = end_of(text, head);
    let stx = text.get(head..end_at)?.iter().position(|byte| *byte == STX).map(|at| head + at);
    let password = head..stx.unwrap_or(end_at);
    let content = stx.map_or(end_at, |at| at + 1);
    let block = block(text, start, content);
    Some(Command { code, password, stx, block })
}

fn end_of(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.iter().position(|byte| matches!(*byte, ETX | EOT)).map_or(text.len(), |at| from + at)
}

fn block(text: &[u8], start: usize, content: usize) -> Block {
    let end_at = end_of(text, content);
    let end = match text.get(end_at) {
        Some(&ETX) => End::Last,
        Some(&EOT) => End::More,
        _ => End::Missing,
    };
    let bcc = (end_at + 1 < text.len()).then_some(end_at + 1);
    Block { start, content: content..end_at, end, end_at, bcc }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_character_that_looks_like_a_control_character_is_none() {
        let Message::Data(block) = parse(b"\x02(01)\x03\x03") else { panic!("a block") };
        assert_eq!((block.end_at, block.bcc), (5, Some(6)));
    }

    #[test]
    fn a_sign_off_with_an_empty_data_set_is_a_sign_off() {
        for bytes in [&b"\x01B0\x03q"[..], b"\x01B0\x02\x03s"] {
            let Message::Command(command) = parse(bytes) else { panic!("a command") };
            assert_eq!((&command.code, command.block.content.len()), (b"B0", 0));
        }
    }

    #[test]
    fn a_command_after_the_mark_makes_a_read_without_a_session() {
        let Message::Fast(address, command) = parse(b"/?42!\x01R1\x02VOLTA()\x03_") else { panic!("fast") };
        assert_eq!((address, command.block.content), (2..4, 9..16));
    }
}
