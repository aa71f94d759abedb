//! Explaining a telegram down to its last byte.

mod left_over;
mod lines;
mod meaning;
mod month_end;
mod parity;
mod sealed;
mod sheet;
mod told;
mod wrapped;

pub(super) use sealed::LUXEMBOURG;
use sheet::{Decoded, Sheet};

use super::envelope::{self, Envelope};
use super::variant::{self, Crc, Evidence, Variant};
use super::wire::{self, End, Seal};
use super::wrapped::Wrapped;
use crate::frame::checksum::ARC;
use crate::frame::{
    Checksum, Direction, Dissection, Field, Layer, LayerKind, Problem, ProblemCode, Reason, Span, Value,
    Values, Verdict, doubt_doubles,
};
use crate::protocol::dissection_builder::{self, Head};
use crate::protocol::fields::{Fields, Unkept};
use crate::protocol::{Context, Dialect};
use crate::reading::{Check, Reading};

/// Protocol id.
pub(super) const ID: &str = "dsmr-p1";

/// Explains one frame. Never fails, whatever the bytes.
pub(super) fn dissect(bytes: &[u8], context: &Context<'_>) -> Dissection {
    if let Some(envelope) = Envelope::of(bytes) {
        return sealed::dissect(bytes, &envelope, context);
    }
    if bytes.get(..wire::HEAD).is_some_and(wire::is_parity_head) {
        return parity::dissect(bytes, context);
    }
    if envelope::misstated(bytes).is_some() {
        return sealed::misstated(bytes, context);
    }
    if bytes.first() != Some(&b'/') {
        let unexplained = Dissection::unexplained(ID, bytes, "Not a P1 telegram");
        return Dissection { direction: direction(context), ..unexplained };
    }
    if let Some(found) = Wrapped::of(bytes) {
        return wrapped::dissect(bytes, &found, context);
    }
    let found = explain::<Vec<Field>>(bytes, 0, context.dialect);
    let mut layers = vec![dissection_builder::wire(bytes, found.fields)];
    layers.extend(found.texts.into_layer());
    let (verdict, checksum) = (found.verdict, found.checksum);
    let head =
        Head { direction: direction(context), verdict, checksum, ..Head::new(ID, found.title, context) };
    head.over(layers, found.readings, found.problems)
}

/// What one frame says, by the same rules as [`dissect`], with no field made.
pub(super) fn values(bytes: &[u8], context: &Context<'_>) -> Values {
    if bytes.first() != Some(&b'/') || Wrapped::of(bytes).is_some() {
        return dissect(bytes, context).into();
    }
    let Explained { verdict, readings, problems, .. } = explain::<Unkept>(bytes, 0, context.dialect);
    Values { verdict, readings, problems }
}

/// Telegrams are pushed; only what is known to go to the meter does not.
const fn direction(context: &Context<'_>) -> Direction {
    match context.direction {
        Direction::Request => Direction::Request,
        _ => Direction::Push,
    }
}

/// A telegram in clear, explained.
struct Explained<F> {
    title: &'static str,
    verdict: Verdict,
    checksum: Option<Checksum>,
    fields: F,
    /// The layer of the texts that were sent as hex.
    texts: Decoded<F>,
    readings: Vec<Reading>,
    problems: Vec<Problem>,
}

/// Explains a telegram in clear that begins `base` bytes into the wire.
fn explain<F: Fields>(bytes: &[u8], base: usize, dialect: Dialect) -> Explained<F> {
    let end = End::of(bytes);
    let stop = end.map_or(bytes.len(), |end| end.mark);
    let (evidence, found) = look(bytes.get(1..stop).unwrap_or_default());
    let variant = if dialect == Dialect::default() { found } else { variant::of(dialect) };
    let checksum = end.and_then(|end| end.checksum(bytes));
    let verdict = verdict(end, checksum, variant);
    let is_sound = matches!(verdict, Verdict::Good | Verdict::Unchecked(Reason::NoChecksum));
    let mut sheet = Sheet::<F>::new(bytes, base, variant, is_sound);
    let next = lines::first(&mut sheet, stop);
    lines::body(&mut sheet, next, stop);
    told::date(&mut sheet);
    place(&mut sheet, dialect);
    if verdict == Verdict::Unchecked(Reason::NoChecksum) {
        unchecked(&mut sheet);
    }
    let of_lines = sheet.problems.len();
    close(&mut sheet, end, checksum, verdict);
    // What is wrong with the whole comes before what is wrong with a line.
    sheet.problems.rotate_left(of_lines);
    let against = evidence.against(variant, found);
    if !against.is_empty() {
        sheet.problem(ProblemCode::Dialect, against, None);
    }
    Explained {
        title: if variant.dialect == Dialect::default() { found.title } else { variant.title },
        verdict,
        checksum,
        texts: sheet.decoded,
        fields: sheet.fields,
        readings: sheet.readings,
        problems: sheet.problems,
    }
}

/// No check tells whether a line was lost or a name damaged: the readings say so, and a name that comes twice does.
#[cold]
fn unchecked<F: Fields>(sheet: &mut Sheet<'_, F>) {
    for reading in &mut sheet.readings {
        reading.check = Some(Check::None);
    }
    sheet.problems.extend(doubt_doubles(&mut sheet.readings));
}

/// Gives every time its offset, where the country is known.
fn place<F: Fields>(sheet: &mut Sheet<'_, F>, picked: Dialect) {
    if let Some(time) = sheet.variant.known_time(picked) {
        sheet.readings.iter_mut().for_each(|reading| reading.place(|at| at.ahead(time.winter_minutes)));
    }
}

/// What the first line and the objects say of the variant.
fn look(body: &[u8]) -> (Evidence, &'static Variant) {
    let evidence = Evidence::of(body);
    (evidence, evidence.variant(body))
}

fn verdict(end: Option<End>, checksum: Option<Checksum>, variant: &Variant) -> Verdict {
    match (end, checksum) {
        (None, _) => Verdict::Malformed("cut short: the line of the exclamation mark is missing"),
        (Some(end), Some(sum)) if end.is_cut() && sum.verdict() != Verdict::Good => {
            Verdict::Malformed("cut short within the CRC")
        }
        (_, Some(sum)) => sum.verdict(),
        (Some(End { seal: Seal::Garbled, .. }), None) => Verdict::Malformed("the CRC is not hex"),
        (Some(end), None) if variant.crc == Crc::Always && end.is_cut() => {
            Verdict::Unchecked(Reason::CutShort)
        }
        (Some(_), None) => Verdict::Unchecked(Reason::NoChecksum),
    }
}

/// The line of the exclamation mark, and what is wrong with the whole.
fn close<F: Fields>(
    sheet: &mut Sheet<'_, F>,
    end: Option<End>,
    checksum: Option<Checksum>,
    verdict: Verdict,
) {
    let Some(end) = end else {
        return sheet.problem(ProblemCode::CutShort, "the telegram breaks off before its last line", None);
    };
    let after = end.mark + 1;
    let tail = sheet.bytes.get(after..).unwrap_or_default();
    let digits = tail.iter().position(|byte| matches!(byte, 0 | b'\r' | b'\n')).unwrap_or(tail.len());
    let crc = Span::new(after, after + digits);
    sheet.fields.frame("end", Span::new(end.mark, after), Value::Text, 0);
    if !crc.is_empty() {
        let value = checksum.map_or(Value::Text, |sum| Value::Checksum(sum.found, sum.digits));
        sheet.fields.add(|| Field::new("CRC", crc, value).verdict(verdict).note(short_crc(end.seal)));
    }
    if sheet.bytes.len() > after + digits {
        let rest = Span::new(after + digits, sheet.bytes.len());
        sheet.fields.frame("line end", rest, Value::Bytes, 0);
    }
    find_fault(sheet, end, (crc, checksum), verdict);
}

const fn short_crc(seal: Seal) -> &'static str {
    match seal {
        Seal::Crc { digits: 1..=3, .. } => "printed without leading zeros",
        _ => "",
    }
}

/// Names what is wrong with the checksum and, where that can be told, why.
fn find_fault<F: Fields>(
    sheet: &mut Sheet<'_, F>,
    end: End,
    (span, checksum): (Span, Option<Checksum>),
    verdict: Verdict,
) {
    match (verdict, checksum) {
        (Verdict::Bad(mismatch), Some(sum)) => {
            sheet.problem(ProblemCode::Checksum, format!("{} {mismatch}", sum.kind.name()), Some(span));
            explain_mismatch(sheet, end, sum);
        }
        (Verdict::Good, _) if wire::has_no_return(sheet.bytes) => {
            let text =
                "the lines end with LF alone, as in a file that was converted: the CRC fits with CR LF";
            sheet.problem(ProblemCode::LineEnds, text, None);
        }
        (Verdict::Malformed(what), _) => sheet.problem(ProblemCode::CutShort, what, Some(span)),
        (Verdict::Unchecked(Reason::CutShort), _) => {
            sheet.problem(ProblemCode::CutShort, "the telegram breaks off before its CRC", None);
        }
        (Verdict::Unchecked(_), _) if sheet.variant.crc == Crc::Always => {
            sheet.problem(
                ProblemCode::NoChecksum,
                "telegrams of this version carry a CRC; this one has none",
                None,
            );
        }
        _ => {}
    }
}

fn explain_mismatch<F: Fields>(sheet: &mut Sheet<'_, F>, end: End, sum: Checksum) {
    let covered = sheet.bytes.get(..=end.mark).unwrap_or_default();
    if let Some(at) = stray_mark(covered) {
        let text = "an exclamation mark within a line: a bit was lost, as on a weak or long cable";
        return sheet.problem(ProblemCode::BitError, text, Some(Span::new(at, at + 1)));
    }
    if let Some(at) = covered.iter().position(|byte| !byte.is_ascii()) {
        let text = "a byte that is not ASCII: bits are wrong";
        return sheet.problem(ProblemCode::BitError, text, Some(Span::new(at, at + 1)));
    }
    let fits = |bytes: &[u8]| u32::from(ARC.checksum(bytes)) == sum.found;
    if fits(&wire::with_carriage_returns(covered)) {
        sheet.problem(
            ProblemCode::LineEnds,
            "the CRC fits when lines end with CR LF: something has changed them",
            None,
        );
    } else if with_blank_line(covered).is_some_and(|bytes| fits(&bytes)) {
        sheet.problem(
            ProblemCode::BlankLine,
            "the CRC fits when an empty line follows the first one: it was taken out",
            None,
        );
    }
}

/// An exclamation mark that is not the last one, outside the first line, whose text is free.
fn stray_mark(covered: &[u8]) -> Option<usize> {
    let from = covered.iter().position(|byte| *byte == b'\n')?;
    let at =
        from + covered.get(from..covered.len().checked_sub(1)?)?.iter().position(|byte| *byte == b'!')?;
    Some(at)
}

fn with_blank_line(covered: &[u8]) -> Option<Vec<u8>> {
    let feed = covered.iter().position(|byte| *byte == b'\n')?;
    let (first, rest) = covered.split_at_checked(feed + 1)?;
    (!rest.starts_with(b"\r\n")).then(|| [first, b"\r\n", rest].concat())
}

impl Decoded<Vec<Field>> {
    /// The layer of texts that were sent as hex, if there are any.
    fn into_layer(self) -> Option<Layer> {
        let Self { bytes, fields, from } = self;
        (!from.is_empty()).then(|| Layer { kind: LayerKind::Texts, bytes: bytes.into(), fields, from })
    }
}
