//! Data sets: each address looked up, each value explained by what the address means.

use std::collections::BTreeSet;
use std::ops::Range;

use super::asked::Asked;
use super::sheet::Sheet;
use super::{energomera, lines, load_profile, neva};
use crate::frame::{Field, Label, ProblemCode, Span, Value};
use crate::protocol::iec62056_21::dataset::{Token, Tokens};
use crate::protocol::iec62056_21::energomera::errors;
use crate::protocol::iec62056_21::energomera::parameters::{self, Parameter};
use crate::protocol::iec62056_21::neva::codes::{self, Found};
use crate::protocol::iec62056_21::obis::{self, Obis};
use crate::protocol::iec62056_21::{NEVA_1, NEVA_3};
use crate::protocol::{Context, Dialect};
use crate::reading::{Code, Quantity, Unit};

/// What an address means.
#[derive(Debug, Clone, Copy)]
enum Known {
    /// A code of NEVA's table.
    Neva(Found),
    /// Eight hex digits that the table does not have.
    NevaLike(u32),
    /// A parameter of Energomera's, with the number in its name.
    Parameter(&'static Parameter, u8),
    /// An OBIS code.
    Obis(Obis),
    /// Something else.
    Other,
}

impl Known {
    fn of(address: &[u8]) -> Self {
        if let Some(code) = codes::parse_wire(address) {
            return codes::find(code).map_or(Self::NevaLike(code), Self::Neva);
        }
        if let Some((parameter, number)) = parameters::find(address) {
            return Self::Parameter(parameter, number);
        }
        obis::parse(address).map_or(Self::Other, Self::Obis)
    }

    /// The name of what stands at the address, for the title of a frame.
    const fn title(&self) -> Option<&'static str> {
        match self {
            Self::Neva(found) => Some(found.entry.name),
            Self::Parameter(parameter, _) => Some(parameter.title),
            _ => None,
        }
    }

    /// Whether a password stands at the address.
    fn is_password(&self) -> bool {
        match self {
            Self::Neva(found) => found.entry.code == codes::PASSWORD,
            Self::Parameter(parameter, _) => parameter.name.starts_with("PSW"),
            _ => false,
        }
    }

    fn label(&self) -> Label {
        match self {
            Self::Neva(Found { entry, index: 0 }) => entry.name.into(),
            Self::Neva(Found { entry, index }) => Label::Nth(entry.name, u16::from(*index)),
            Self::Parameter(parameter, _) => parameter.title.into(),
            Self::Obis(obis) => Label::Code(obis.code),
            Self::NevaLike(_) | Self::Other => "data set".into(),
        }
    }
}

/// The walk through the data sets of a message.
struct Walk<'a> {
    known: Known,
    address: &'a [u8],
    /// Which value of the address comes next.
    nth: usize,
    /// How many values it has.
    count: usize,
    /// The field over the present data set.
    parent: Option<usize>,
    asked: Option<Asked<'a>>,
    dialect: Dialect,
    /// The load profile whose block this is.
    table: Option<load_profile::Table>,
    /// The first name, and those behind it: most answers have one.
    first_name: Option<&'a [u8]>,
    names: BTreeSet<&'a [u8]>,
    /// Whether the last token was a name, and brackets must follow.
    is_named: bool,
    /// Whether a bracket is open.
    is_inside: bool,
}

/// Explains the data sets of an answer.
pub(super) fn lay(
    sheet: &mut Sheet<'_>,
    content: &Range<usize>,
    context: &Context<'_>,
    asked: Option<Asked<'_>>,
) {
    if refusal(sheet, content, context, asked) {
        return;
    }
    let address = asked.map(|asked| asked.address).unwrap_or_default();
    let known = Known::of(address);
    if let Some(title) = known.title() {
        sheet.entitle(title);
    }
    let dialect = context.dialect;
    let mut walk = Walk {
        known,
        address,
        nth: 0,
        count: 0,
        parent: None,
        asked,
        dialect,
        table: None,
        first_name: None,
        names: BTreeSet::new(),
        is_named: false,
        is_inside: false,
    };
    walk.through(sheet, content);
}

/// Explains the data set of a command.
pub(super) fn lay_request(
    sheet: &mut Sheet<'_>,
    content: &Range<usize>,
    context: &Context<'_>,
    asked: Option<Asked<'_>>,
) {
    let address = asked.map(|asked| asked.address).unwrap_or_default();
    let known = Known::of(address);
    if let Some(title) = known.title() {
        sheet.entitle(title);
    }
    let from = content.start;
    let name = from..from + address.len();
    if let Some(field) = sheet.field("address", name.clone(), Value::Text) {
        field.note = known.title().unwrap_or("");
    }
    let has_brackets = sheet.bytes(content).ends_with(b")") && sheet.text.get(name.end) == Some(&b'(');
    if !has_brackets || content.end < name.end + 2 {
        let value = if known.is_password() { Value::Secret } else { Value::Text };
        sheet.field("data", name.end..content.end, value);
        return;
    }
    let inner = name.end + 1..content.end - 1;
    sheet.frame("bracket", name.end..inner.start, Value::Bytes);
    argument(sheet, known, &inner, context);
    sheet.frame("bracket", inner.end..content.end, Value::Bytes);
}

/// What is written, or what is asked about.
fn argument(sheet: &mut Sheet<'_>, known: Known, inner: &Range<usize>, context: &Context<'_>) {
    if inner.is_empty() {
        return;
    }
    if known.is_password() {
        let is_none = sheet.bytes(inner).iter().all(|byte| *byte == b'0');
        sheet.field("password", inner.clone(), if is_none { Value::Text } else { Value::Secret });
        return;
    }
    let is_write = context.request.is_none() && matches!(known, Known::Neva(_)) && sheet.bytes(inner) != b"S";
    if let Known::Neva(found) = known.filter(is_write) {
        let from = sheet.fields.len();
        neva::lay(sheet, found, inner);
        for field in sheet.fields.get_mut(from..).unwrap_or_default() {
            field.depth = 0;
        }
        return;
    }
    sheet.field("argument", inner.clone(), Value::Text);
}

impl Known {
    const fn filter(self, on: bool) -> Self {
        if on { self } else { Self::Other }
    }
}

/// An answer that is nothing but an error: `(ERR12)`, `(E12)`, NEVA's `(01)`, an error text.
fn refusal(
    sheet: &mut Sheet<'_>,
    content: &Range<usize>,
    context: &Context<'_>,
    asked: Option<Asked<'_>>,
) -> bool {
    let bytes = sheet.bytes(content);
    let text = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    let Some(inner) = text.strip_prefix(b"(").and_then(|rest| rest.strip_suffix(b")")) else {
        return false;
    };
    let asks_neva = asked.map(|asked| codes::parse_wire(asked.address).is_some());
    let is_neva =
        matches!(context.dialect, NEVA_1 | NEVA_3) || asks_neva.unwrap_or(context.dialect == Dialect(0));
    let found = match (errors::parse(inner), inner) {
        (Some((number, meaning)), _) => (Some(number), meaning),
        (None, [tens @ b'0'..=b'9', units @ b'0'..=b'9']) if is_neva => {
            let number = u16::from(tens - b'0') * 10 + u16::from(units - b'0');
            (Some(number), neva_error(number))
        }
        (None, b"ERROR") => (None, "an error, without a number"),
        _ => return false,
    };
    sheet.entitle("Error");
    sheet.refused = Some(found);
    let inner = content.start + 1..content.start + 1 + inner.len();
    sheet.frame("bracket", content.start..inner.start, Value::Bytes);
    let value = Value::Meaning(found.0.unwrap_or(0).into(), found.1);
    sheet.field("error", inner.clone(), value);
    sheet.frame("bracket", inner.end..inner.end + 1, Value::Bytes);
    sheet.frame("line end", inner.end + 1..content.end, Value::Bytes);
    sheet.problem_at(ProblemCode::Refused, found.1, &inner);
    true
}

/// The meaning of number 01 is inferred from meters that answer so for codes of other models.
const fn neva_error(number: u16) -> &'static str {
    match number {
        1 => "not in this model",
        _ => "an error whose number is in no published list",
    }
}

impl<'a> Walk<'a> {
    fn through<'t: 'a>(&mut self, sheet: &mut Sheet<'t>, content: &Range<usize>) {
        let mut tokens = Tokens::new(sheet.bytes(content), content.start);
        while let Some(token) = tokens.next() {
            sheet.has_lost_name |= self.loses_name(sheet, &token);
            match token {
                Token::Address(range) => self.address(sheet, &range),
                Token::Open(at) => {
                    self.open(sheet, at);
                    sheet.inner_frame("bracket", at..at + 1);
                }
                Token::Value(range) => self.value(sheet, &range, &tokens),
                Token::Close(at) => {
                    self.open(sheet, at);
                    sheet.inner_frame("bracket", at..at + 1);
                    self.stretch(sheet, at + 1);
                }
                Token::LineEnd(range) => {
                    self.parent = None;
                    sheet.frame("line end", range, Value::Bytes);
                }
                Token::Mark(at) => {
                    self.parent = None;
                    sheet.field("end of data", at..at + 1, Value::Bytes);
                }
            }
        }
    }

    /// Whether a token stands where damage has put it: a bracket that closes none, a name without brackets, a name
    /// that was not asked for.
    fn loses_name(&mut self, sheet: &Sheet<'_>, token: &Token) -> bool {
        let was_named = std::mem::take(&mut self.is_named);
        match token {
            Token::Address(range) => {
                self.is_named = true;
                was_named || !self.may_be_named(sheet.bytes(range))
            }
            Token::Open(_) => {
                self.is_inside = true;
                false
            }
            Token::Value(range) => sheet.bytes(range).iter().any(u8::is_ascii_control),
            Token::Close(_) => !std::mem::take(&mut self.is_inside) || was_named,
            Token::LineEnd(_) | Token::Mark(_) => std::mem::take(&mut self.is_inside) || was_named,
        }
    }

    /// Whether a name comes for the first time.
    fn is_new(&mut self, name: &'a [u8]) -> bool {
        match self.first_name {
            None => {
                self.first_name = Some(name);
                true
            }
            Some(first) => first != name && self.names.insert(name),
        }
    }

    /// Whether a name can stand in this answer.
    fn may_be_named(&self, name: &[u8]) -> bool {
        let is_readable = name.iter().all(|byte| matches!(byte, 0x20..=0x7E));
        is_readable && self.asked.is_none_or(|asked| asked.may_answer_as(name))
    }

    fn address<'t: 'a>(&mut self, sheet: &mut Sheet<'t>, range: &Range<usize>) {
        let bytes = sheet.bytes(range);
        let is_same = bytes == self.address && self.nth > 0;
        // Only the values of a parameter are numbered by repeating its name.
        let goes_on = is_same && matches!(self.known, Known::Parameter(..));
        sheet.has_double_name |= !self.is_new(bytes) && !goes_on;
        if !is_same {
            self.nth = 0;
            self.address = bytes;
            self.known = Known::of(bytes);
        }
        if let Some(title) = self.known.title().filter(|_| sheet.wants_title) {
            sheet.entitle(title);
        }
        self.table = (bytes == load_profile::ADDRESS).then(load_profile::Table::default);
        self.parent = None;
        self.open(sheet, range.start);
        sheet.inner("address", range.clone(), Value::Text);
        self.stretch(sheet, range.end);
    }

    /// Begins the field over a data set, if it has not begun.
    fn open(&mut self, sheet: &mut Sheet<'_>, at: usize) {
        if self.parent.is_none() {
            self.parent = Some(sheet.fields.len());
            sheet.fields.push(Field::new(self.known.label(), Span::new(at, at + 1), Value::Bytes));
        }
    }

    fn stretch(&self, sheet: &mut Sheet<'_>, end: usize) {
        if let Some(field) = self.parent.and_then(|parent| sheet.fields.get_mut(parent)) {
            field.span = Span::new(field.span.range().start, end);
        }
    }

    fn value(&mut self, sheet: &mut Sheet<'_>, range: &Range<usize>, rest: &Tokens<'_>) {
        match self.known {
            _ if self.table.as_mut().is_some_and(|table| table.lay(sheet, range)) => {}
            Known::Neva(found) => neva::lay(sheet, found, range),
            Known::NevaLike(code) => by_hand(sheet, code, range),
            Known::Parameter(parameter, number) => {
                if self.nth == 0 {
                    self.count = 1 + following(rest.clone(), sheet.text, self.address);
                }
                let (asked, dialect, nth, count) = (self.asked, self.dialect, self.nth, self.count);
                let place = energomera::Place { parameter, number, nth, count, asked, dialect };
                energomera::lay(sheet, &place, range);
            }
            Known::Obis(obis) => lines::lay(sheet, self.address, Some(obis), self.nth, range),
            Known::Other => lines::lay(sheet, self.address, None, self.nth, range),
        }
        self.nth += 1;
        self.stretch(sheet, range.end);
    }
}

/// How many values of the same address follow.
fn following(rest: Tokens<'_>, text: &[u8], address: &[u8]) -> usize {
    let mut count = 0;
    for token in rest {
        match token {
            Token::Address(range) if text.get(range.clone()) != Some(address) => break,
            Token::Mark(_) => break,
            Token::Value(_) => count += 1,
            _ => {}
        }
    }
    count
}

/// A value under a code that the table does not have: its groups are told, its meaning is not known.
fn by_hand(sheet: &mut Sheet<'_>, code: u32, range: &Range<usize>) {
    let [c, d, e, _] = code.to_be_bytes();
    let code = Code::new(c, d, e);
    let quantity = Quantity::named("unnamed quantity");
    let (value, measured) = super::scalar::number_or_text(sheet.bytes(range));
    sheet.inner("value", range.clone(), value);
    let about =
        super::sheet::About { code: Some(code), ..super::sheet::About::unnamed(quantity, Unit::None) };
    if !range.is_empty() {
        sheet.reading(about, measured, range);
    }
}
