//! The messages themselves: which parts they have.

use std::ops::Range;

use super::asked::Asked;
use super::sets;
use super::sheet::Sheet;
use crate::frame::{Direction, Value};
use crate::protocol::Context;
use crate::protocol::iec62056_21::ident::{self, Identity, speed};
use crate::protocol::iec62056_21::message::{Block, Command, Message, line_end};

/// Lays the fields of a message out, up to the end of its block, and gives the address it carries.
pub(super) fn lay(sheet: &mut Sheet<'_>, message: &Message, context: &Context<'_>) -> Option<u64> {
    match message {
        Message::SignOn(address) => sign_on(sheet, address, "Sign-on"),
        Message::Table(inner) => table(sheet, inner),
        Message::Fast(address, command) => {
            let number = sign_on_head(sheet, address);
            sheet.field("end of address", address.end..command.block.start, Value::Bytes);
            self::command(sheet, command, context);
            number
        }
        Message::Identification(_) => {
            identification(sheet);
            None
        }
        Message::Select(choice) => {
            select(sheet, *choice);
            None
        }
        Message::Ack => single(sheet, "ACK", "Accepted"),
        Message::Nak => single(sheet, "NAK", "Refused, or to be sent again"),
        Message::Command(command) => {
            self::command(sheet, command, context);
            None
        }
        Message::Data(block) => {
            data(sheet, block, context);
            None
        }
        Message::Lines => {
            sheet.title = "Data readout";
            sets::lay(sheet, &(0..sheet.text.len()), context, None);
            None
        }
        Message::Unknown => {
            sheet.title = "Not a message of this protocol";
            None
        }
    }
}

fn table(sheet: &mut Sheet<'_>, inner: &Range<usize>) -> Option<u64> {
    sheet.title = "Request without a session";
    sheet.frame("start", 0..1, Value::Bytes);
    sheet.field("request", inner.clone(), Value::Text);
    sheet.frame("end", inner.end..sheet.text.len(), Value::Bytes);
    None
}

fn single(sheet: &mut Sheet<'_>, name: &'static str, title: &'static str) -> Option<u64> {
    sheet.title = title;
    sheet.field(name, 0..1, Value::Bytes);
    None
}

fn sign_on(sheet: &mut Sheet<'_>, address: &Range<usize>, title: &'static str) -> Option<u64> {
    sheet.title = title;
    let number = sign_on_head(sheet, address);
    let line = line_end(sheet.text);
    sheet.field("end of address", address.end..line.max(address.end), Value::Bytes);
    sheet.frame("line end", line.max(address.end)..sheet.text.len(), Value::Bytes);
    number
}

fn sign_on_head(sheet: &mut Sheet<'_>, address: &Range<usize>) -> Option<u64> {
    sheet.frame("start", 0..address.start, Value::Bytes);
    sheet.field("address", address.clone(), Value::Text);
    let digits = std::str::from_utf8(sheet.bytes(address)).ok()?;
    digits.parse().ok()
}

fn identification(sheet: &mut Sheet<'_>) {
    sheet.title = "Identification";
    let Some(identity) = Identity::parse(sheet.text) else { return };
    sheet.frame("start", 0..1, Value::Bytes);
    if let Some(field) = sheet.field("maker", 1..4, Value::Text) {
        field.note = ident::maker(identity.maker).unwrap_or("letters that are in no list");
    }
    let mode = identity.mode();
    if let Some(field) = sheet.field("speed", 4..5, Value::Meaning(mode.baud().into(), "Bd")) {
        field.note = mode.words();
    }
    let mark = sheet.bytes(&identity.mark).last().copied();
    if let Some(field) = sheet.field("mark", identity.mark.clone(), Value::Text) {
        field.note = if mark == Some(b'2') { "mode E: HDLC possible" } else { "a mark of the maker's" };
    }
    let model = ident::model(sheet.bytes(&identity.kind));
    if let Some(field) = sheet.field("type", identity.kind.clone(), Value::Text) {
        field.note = model.unwrap_or("");
    }
    sheet.frame("line end", identity.kind.end..sheet.text.len(), Value::Bytes);
}

fn select(sheet: &mut Sheet<'_>, choice: [u8; 3]) {
    sheet.title = "Option select";
    sheet.field("ACK", 0..1, Value::Bytes);
    let [v, z, y] = choice;
    let procedure = match v {
        b'0' => "normal procedure",
        b'1' => "secondary procedure",
        b'2' => "HDLC, mode E",
        _ => "in no list",
    };
    let option = match y {
        b'0' => "data readout",
        b'1' => "programming mode",
        b'2' => "binary mode",
        b'6' => "option 6 of the maker's; Energomera: quick read of a fixed set",
        b'7'..=b'9' => "an option of the maker's",
        _ => "in no list",
    };
    let digit = |byte: u8| u64::from(byte.wrapping_sub(b'0'));
    sheet.field("procedure V", 1..2, Value::Meaning(digit(v), procedure));
    let value = speed(z).map_or(Value::Text, |baud| Value::Meaning(baud.into(), "Bd"));
    sheet.field("speed Z", 2..3, value);
    sheet.field("option Y", 3..4, Value::Meaning(digit(y), option));
    sheet.frame("line end", 4..6, Value::Bytes);
}

/// What the two characters of a command mean.
const fn title(code: [u8; 2]) -> &'static str {
    match &code {
        b"P0" => "Operand for the password",
        b"P1" => "Password",
        b"P2" => "Password, hashed",
        b"R1" => "Read",
        b"R2" => "Read, formatted",
        b"R3" => "Read, in blocks",
        b"R4" => "Read, formatted, in blocks",
        b"R5" => "Read by OBIS code",
        b"R6" => "Read by OBIS code, in blocks",
        b"W1" => "Write",
        b"W2" => "Write, formatted",
        b"W3" => "Write, in blocks",
        b"W4" => "Write, formatted, in blocks",
        b"W5" => "Write by OBIS code",
        b"E2" => "Execute",
        b"B0" | b"B1" => "Sign-off",
        _ => "Command in no list",
    }
}

fn command(sheet: &mut Sheet<'_>, command: &Command, context: &Context<'_>) {
    let start = command.block.start;
    let name = title(command.code);
    sheet.title = name;
    if command.code == *b"B0" && context.direction == Direction::Reply {
        sheet.title = "The meter ends the session";
        sheet.refused = Some((None, "the meter ended the session"));
    }
    sheet.field("SOH", start..start + 1, Value::Bytes);
    if let Some(field) = sheet.field("command", start + 1..start + 3, Value::Text) {
        field.note = name;
    }
    if sheet.bytes(&command.password).starts_with(b"(") {
        secret(sheet, "password", &command.password);
    } else {
        sheet.field("unexplained", command.password.clone(), Value::Text);
    }
    let Some(stx) = command.stx else { return };
    sheet.field("STX", stx..stx + 1, Value::Bytes);
    let content = &command.block.content;
    match &command.code {
        b"P1" | b"P2" => operand(sheet, content, true),
        b"P0" => operand(sheet, content, false),
        _ => {
            let asked = Asked::of(sheet.bytes(content));
            sets::lay_request(sheet, content, context, asked);
        }
    }
}

/// `(00000000)`: a password is a secret unless it is empty or nothing but zeros.
fn operand(sheet: &mut Sheet<'_>, content: &Range<usize>, is_secret: bool) {
    let bytes = sheet.bytes(content);
    let has_brackets = bytes.starts_with(b"(") && bytes.ends_with(b")") && bytes.len() >= 2;
    if !has_brackets {
        // A name with its argument is that of another command.
        if is_secret && !bytes.contains(&b'(') {
            secret(sheet, "operand", content);
        } else {
            sheet.field("operand", content.clone(), Value::Text);
        }
        return;
    }
    let inner = content.start + 1..content.end - 1;
    sheet.frame("bracket", content.start..inner.start, Value::Bytes);
    if is_secret {
        secret(sheet, "password", &inner);
    } else {
        sheet.field("operand", inner.clone(), Value::Text);
    }
    sheet.frame("bracket", inner.end..content.end, Value::Bytes);
}

fn secret(sheet: &mut Sheet<'_>, name: &'static str, range: &Range<usize>) {
    let is_none = sheet.bytes(range).iter().all(|byte| *byte == b'0');
    sheet.field(name, range.clone(), if is_none { Value::Text } else { Value::Secret });
}

fn data(sheet: &mut Sheet<'_>, block: &Block, context: &Context<'_>) {
    (sheet.title, sheet.wants_title) = ("Data", true);
    sheet.field("STX", block.start..block.start + 1, Value::Bytes);
    let request = context.request.map(super::seven_bits);
    let asked = request.as_deref().and_then(Asked::new);
    sets::lay(sheet, &block.content, context, asked);
}
