//! Explaining a telegram whose data lines are in an envelope. Which bytes its CRC covers is not known: where it does
//! not fit the bytes as they were sent, the tag of the envelope decides alone.

use super::sealed::{self, Trust};
use super::sheet::Sheet;
use super::{ID, direction, lines, look, place, told};
use crate::frame::{
    Checksum, Dissection, Field, Layer, LayerKind, Origin, Problem, ProblemCode, Reason, Role, Span, Value,
    Verdict,
};
use crate::protocol::dissection_builder::{self, Head};
use crate::protocol::dsmr_p1::object::Object;
use crate::protocol::dsmr_p1::variant::{self, ANY, Variant};
use crate::protocol::dsmr_p1::wire::End;
use crate::protocol::dsmr_p1::wrapped::Wrapped;
use crate::protocol::{Context, Dialect};

/// Explains one.
pub(super) fn dissect(bytes: &[u8], wrapped: &Wrapped, context: &Context<'_>) -> Dissection {
    let variant = variant_of(bytes, context.dialect);
    let checksum = End::of(bytes).and_then(|end| end.checksum(bytes)).filter(|sum| sum.found == sum.expected);
    let head = Head { direction: direction(context), checksum, ..Head::new(ID, variant.title, context) };
    let wire = dissection_builder::wire(bytes, fields(bytes, wrapped, variant, checksum));
    let mut dissection = head.over(vec![wire], Vec::new(), Vec::new());
    sealed::replay(&mut dissection.problems, context.step);
    let Some(frame) = bytes.get(wrapped.at..wrapped.end()) else {
        let text = "the telegram breaks off within what is encrypted";
        dissection.verdict = Verdict::Malformed("cut short");
        dissection.problems.push(Problem { code: ProblemCode::CutShort, text: text.into(), span: None });
        return dissection;
    };
    let is_line = |plain: &[u8]| Object::read(plain).is_some();
    let (trust, plain) = sealed::open(frame, &wrapped.envelope, (context.keys, is_line));
    sealed::name_trust(&mut dissection, trust);
    if trust >= Trust::Damaged {
        inner(&mut dissection, wrapped, &plain, (trust, variant, context.dialect));
    }
    dissection
}

/// The variant that was picked or that the first line gives away.
fn variant_of(bytes: &[u8], dialect: Dialect) -> &'static Variant {
    if dialect == ANY.dialect { look(bytes.get(1..).unwrap_or_default()).1 } else { variant::of(dialect) }
}

/// The first line, the envelope, the line of the exclamation mark.
fn fields(
    bytes: &[u8],
    wrapped: &Wrapped,
    variant: &'static Variant,
    checksum: Option<Checksum>,
) -> Vec<Field> {
    let mut sheet = Sheet::<Vec<Field>>::new(bytes, 0, variant, false);
    let next = lines::first(&mut sheet, wrapped.at);
    lines::body(&mut sheet, next, wrapped.at);
    let mut fields = sheet.fields;
    let to = wrapped.end().min(bytes.len());
    let envelope = sealed::fields(bytes.get(wrapped.at..to).unwrap_or_default(), &wrapped.envelope);
    fields.extend(envelope.into_iter().map(|field| {
        let range = field.span.range();
        Field { span: Span::new(wrapped.at + range.start, wrapped.at + range.end), ..field }
    }));
    let mut add = |label, (from, to): (usize, usize), value, role| {
        if from < to {
            fields.push(Field::new(label, Span::new(from, to), value).role(role));
        }
    };
    let Some(mark) = wrapped.mark(bytes) else {
        add("unexplained", (to, bytes.len()), Value::Bytes, Role::Value);
        return fields;
    };
    let rest = bytes.get(mark + 1..).unwrap_or_default();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let crc = checksum.map_or(Value::Text, |sum| Value::Hex(sum.found.into(), sum.digits));
    add("line end", (to, mark), Value::Bytes, Role::Frame);
    add("end", (mark, mark + 1), Value::Text, Role::Frame);
    add("CRC", (mark + 1, mark + 1 + digits), crc, Role::Value);
    add("line end", (mark + 1 + digits, bytes.len()), Value::Bytes, Role::Frame);
    fields
}

/// The data lines that were encrypted.
fn inner(
    dissection: &mut Dissection,
    wrapped: &Wrapped,
    plain: &[u8],
    (trust, variant, dialect): (Trust, &'static Variant, Dialect),
) {
    let base = wrapped.at + wrapped.envelope.text_at();
    let is_sealed = matches!(trust, Trust::Authentic | Trust::BareTag);
    let is_sound = is_sealed || trust == Trust::NoTag;
    let mut sheet = Sheet::<Vec<Field>>::new(plain, base, variant, is_sound);
    lines::body(&mut sheet, 0, plain.len());
    told::date(&mut sheet);
    // The tag does not cover the first line, which gives the country away.
    if dialect != ANY.dialect || dissection.checksum.is_some() {
        place(&mut sheet, dialect);
    }
    dissection.verdict = match trust {
        Trust::Authentic | Trust::BareTag => Verdict::Good,
        Trust::NoTag => Verdict::Unchecked(Reason::NoChecksum),
        _ => Verdict::Malformed("the tag does not fit"),
    };
    let from =
        vec![Origin { here: Span::new(0, plain.len()), part: 0, wire: Span::new(base, base + plain.len()) }];
    dissection.layers.push(Layer {
        kind: LayerKind::Decrypted,
        bytes: plain.into(),
        fields: sheet.fields,
        from,
    });
    dissection.layers.extend(sheet.decoded.into_layer());
    dissection.readings = sheet.readings;
    dissection.problems.extend(sheet.problems);
    sealed::judge_tag(dissection, trust);
}
