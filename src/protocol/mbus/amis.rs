//! Encrypted records: mode 5 of OMS, AES-128 in CBC mode, as the Siemens TD-351x customer interface sends them
//! (Netz Oberösterreich, "Spezifikation Kundenschnittstelle AMIS", 2021).

use super::header::Header;
use super::record;
use crate::frame::{Layer, LayerKind, Origin, ProblemCode, Reason, Secret, Span, Value, Verdict};
use crate::protocol::dissection_builder::DissectionBuilder;
use crate::protocol::{Context, cipher};

/// Bytes of a block.
const BLOCK: usize = 16;
/// What plain text begins with when the key is the right one.
const FILLER: [u8; 2] = [0x2F, 0x2F];
/// The mode that can be deciphered.
const MODE_5: u8 = 5;

/// What came of deciphering.
#[derive(Debug)]
pub(super) struct Deciphered {
    /// The plain records, if any.
    pub layer: Option<Layer>,
    /// Good, or why not.
    pub verdict: Verdict,
}

/// Explains encrypted records: `bytes` end with them.
pub(super) fn explain(
    builder: &mut DissectionBuilder,
    bytes: &[u8],
    head: &Header,
    is_sound: bool,
    context: &Context<'_>,
) -> Deciphered {
    let coded = bytes.get(head.end..).unwrap_or_default();
    let blocks = usize::from(head.word >> 4 & 0x0F);
    let length = (blocks * BLOCK).min(coded.len());
    builder.field(0, "encrypted records", (head.end, head.end + length), Value::Bytes);
    builder.rest(0, "not encrypted", (head.end + length, bytes.len()));
    let text = coded.get(..length).unwrap_or_default();
    match plain(builder, text, head, is_sound, context) {
        Ok(plain) => {
            let layer = layer(builder, plain, head);
            Deciphered { layer: Some(layer), verdict: Verdict::Good }
        }
        Err(verdict) => Deciphered { layer: None, verdict },
    }
}

fn plain(
    builder: &mut DissectionBuilder,
    text: &[u8],
    head: &Header,
    is_sound: bool,
    context: &Context<'_>,
) -> Result<Vec<u8>, Verdict> {
    let mut fail = |code: ProblemCode, text: &'static str, verdict: Verdict| {
        builder.problem(code, text, None);
        verdict
    };
    if !is_sound {
        let text = "the frame is damaged, so nothing is deciphered";
        return Err(fail(ProblemCode::Damaged, text, Verdict::default()));
    }
    let (MODE_5, Some(identity)) = (head.encryption(), head.identity) else {
        let text = "an encryption mode that is not supported";
        return Err(fail(ProblemCode::UnsupportedEncryption, text, Verdict::default()));
    };
    if context.keys.is_empty() {
        let text = "the records are encrypted and no key is given";
        return Err(fail(ProblemCode::NoKey, text, Verdict::Unchecked(Reason::NoKey)));
    }
    let opened = context
        .keys
        .iter()
        .filter_map(|key| open(&key.encryption, start_vector(identity, head.access), text));
    let right = opened.into_iter().find(|plain| plain.starts_with(&FILLER));
    let text = "no key fits: it is another meter's, or the meter was exchanged";
    right.ok_or_else(|| fail(ProblemCode::PlaintextCheck, text, Verdict::Unchecked(Reason::WrongKey)))
}

fn open(key: &Secret, iv: [u8; BLOCK], text: &[u8]) -> Option<Vec<u8>> {
    cipher::unchain(key, iv, text).ok()
}

/// Manufacturer, identification, version, medium, then the access number eight times, all as transmitted.
pub(super) fn start_vector([i0, i1, i2, i3, m0, m1, version, medium]: [u8; 8], access: u8) -> [u8; BLOCK] {
    let mut iv = [access; BLOCK];
    let known = [m0, m1, i0, i1, i2, i3, version, medium];
    iv.iter_mut().zip(known).for_each(|(to, from)| *to = from);
    iv
}

fn layer(builder: &mut DissectionBuilder, plain: Vec<u8>, head: &Header) -> Layer {
    let mut inner = DissectionBuilder::with_room(64);
    record::records(&mut inner, &plain, 0, head.is_electricity());
    builder.readings.append(&mut inner.readings);
    builder.part = inner.part;
    // Places in the plain text are not places on the wire.
    builder.problems.extend(inner.problems.drain(..).map(|mut problem| {
        problem.span = None;
        problem
    }));
    let here = Span::new(0, plain.len());
    let wire = Span::new(head.end, head.end + plain.len());
    let from = vec![Origin { here, part: 0, wire }];
    Layer { kind: LayerKind::Decrypted, bytes: plain.into(), fields: inner.fields, from }
}
