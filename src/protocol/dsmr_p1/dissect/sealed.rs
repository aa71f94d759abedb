//! Explaining an encrypted telegram: the envelope, the keys, and the telegram inside.

use super::{ID, direction, explain};
use crate::frame::{
    Dissection, Field, Layer, LayerKind, Origin, Problem, ProblemCode, Reason, Role, Secret, Span, Value,
    Verdict,
};
use crate::protocol::cipher::{self, CipherError};
use crate::protocol::dissection_builder::{self, Head};
use crate::protocol::dsmr_p1::envelope::{Envelope, TITLE_END};
use crate::protocol::dsmr_p1::tracker::{AGAIN, BACK};
use crate::protocol::dsmr_p1::wire::{self, End};
use crate::protocol::{Context, Integrity, MeterKey, sealed};

/// The authentication key of every meter in Luxembourg (Smarty P1 specification 1.1.3, 3.2.5). It is public.
pub(crate) const LUXEMBOURG: [u8; 16] =
    [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF];

/// How far the keys went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// No key was given for this meter.
    NoKey,
    /// The text makes no sense under any key.
    WrongKey,
    /// It begins like a telegram, but neither its CRC nor the tag fits.
    Damaged,
    /// The CRC of the telegram fits and the tag does not: another authentication key.
    NotAuthentic,
    /// There is no tag, and the text begins like a telegram.
    NoTag,
    /// The tag fits when nothing else is covered by it, which the standard does not allow.
    BareTag,
    /// The tag fits.
    Authentic,
}

/// Explains an encrypted telegram.
pub(super) fn dissect(bytes: &[u8], envelope: &Envelope, context: &Context<'_>) -> Dissection {
    let is_whole = bytes.len() >= envelope.total;
    let mut dissection = shell(bytes, fields(bytes, envelope), context);
    replay(&mut dissection.problems, context.step);
    if !is_whole {
        let text = "the frame is shorter than its length says";
        dissection.verdict = Verdict::Malformed("cut short");
        dissection.problems.push(Problem { code: ProblemCode::CutShort, text: text.into(), span: None });
        return dissection;
    }
    let is_telegram = |plain: &[u8]| plain.get(..wire::HEAD).is_some_and(wire::is_head);
    let (trust, plain) = open(bytes, envelope, (context.keys, is_telegram));
    name_trust(&mut dissection, trust);
    if trust >= Trust::Damaged {
        inner(&mut dissection, envelope, &plain, trust, context);
    }
    dissection
}

/// Names what is wrong with one whose length is written in no form that there is, and shows what stands before it.
pub(super) fn misstated(bytes: &[u8], context: &Context<'_>) -> Dissection {
    let title = bytes.get(2..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
    let mut fields = opening(title).to_vec();
    fields.push(
        Field::new("length", Span::new(TITLE_END, TITLE_END + 3), Value::Bytes)
            .role(Role::Frame)
            .note(NO_LENGTH),
    );
    fields.push(Field::new("unexplained", Span::new(TITLE_END + 3, bytes.len()), Value::Bytes));
    let mut dissection = shell(bytes, fields, context);
    dissection.verdict = Verdict::Malformed("the length of the APDU");
    let span = Some(Span::new(TITLE_END, TITLE_END + 3));
    dissection.problems.push(Problem { code: ProblemCode::BerLength, text: NO_LENGTH.into(), span });
    dissection
}

/// What a length is that BER does not know.
const NO_LENGTH: &str = "the length is neither of the short nor of the long form";

/// The envelope alone.
fn shell(bytes: &[u8], fields: Vec<Field>, context: &Context<'_>) -> Dissection {
    let head = Head { direction: direction(context), ..Head::new(ID, "Encrypted P1 telegram", context) };
    head.over(vec![dissection_builder::wire(bytes, fields)], Vec::new(), Vec::new())
}

/// The fields before the length.
fn opening(title: [u8; 8]) -> [Field; 3] {
    let (title, maker) = sealed::title(title);
    [
        Field::new("tag", Span::new(0, 1), Value::Meaning(0xDB, "general-glo-ciphering")),
        Field::new("length of title", Span::new(1, 2), Value::count(8)).role(Role::Frame),
        Field::new("system title", Span::new(2, TITLE_END), title).role(Role::SystemTitle).note(maker),
    ]
}

/// The fields of an envelope that begins with the first byte.
pub(super) fn fields(bytes: &[u8], envelope: &Envelope) -> Vec<Field> {
    let cut = |from: usize, to: usize| Span::new(from.min(bytes.len()), to.min(bytes.len()));
    let (control, text) = (envelope.control_at, envelope.text_at());
    let length = envelope.total.saturating_sub(control) as u64;
    let mut fields = opening(envelope.title).to_vec();
    fields.extend([
        Field::new("length", cut(10, control), Value::count(length)).role(Role::Frame),
        Field::new("security control", cut(control, control + 1), Value::Hex(envelope.control.into(), 2))
            .role(Role::SecurityControl)
            .note(control_name(envelope.control)),
        Field::new("frame counter", cut(control + 1, text), Value::count(envelope.counter.into()))
            .role(Role::Counter),
        Field::new("ciphertext", cut(text, envelope.tag_at()), Value::Bytes),
    ]);
    if envelope.tag_at() < envelope.total {
        let tag = Field::new("authentication tag", cut(envelope.tag_at(), envelope.total), Value::Bytes);
        fields.push(tag.role(Role::AuthenticationTag));
    }
    if envelope.total < bytes.len() {
        fields.push(Field::new("unexplained", Span::new(envelope.total, bytes.len()), Value::Bytes));
    }
    fields
}

const fn control_name(control: u8) -> &'static str {
    match control & 0x30 {
        0x30 => "authenticated and encrypted",
        0x20 => "encrypted only",
        _ => "authenticated only",
    }
}

/// What the tracker saw of the counters before.
pub(super) fn replay(problems: &mut Vec<Problem>, step: u8) {
    let text = match step {
        AGAIN => "the same frame counter as the telegram before: a repeated or replayed telegram",
        BACK => "the frame counter went back: a replayed telegram, or a new key",
        _ => return,
    };
    problems.push(Problem { code: ProblemCode::Replay, text: text.into(), span: None });
}

/// Whether a decrypted text begins as it should.
type Sense = fn(&[u8]) -> bool;

/// Tries the keys; how far the best one came and the text it gave.
///
/// A text begins with what `begins` knows, or it makes no sense.
pub(super) fn open(
    bytes: &[u8],
    envelope: &Envelope,
    (keys, begins): (&[MeterKey], Sense),
) -> (Trust, Vec<u8>) {
    if !envelope.is_encrypted() {
        return (Trust::NoTag, envelope.text(bytes).to_vec());
    }
    let tried = keys
        .iter()
        .filter(|key| key.may_open(envelope.title))
        .map(|key| try_key(bytes, envelope, (key, begins)));
    tried.max_by_key(|tried| tried.0).unwrap_or((Trust::NoKey, Vec::new()))
}

fn try_key(bytes: &[u8], envelope: &Envelope, (key, begins): (&MeterKey, Sense)) -> (Trust, Vec<u8>) {
    let text = envelope.text(bytes);
    if let Some(tag) = envelope.tag(bytes).filter(|tag| !tag.is_empty()) {
        let public = Secret::new(LUXEMBOURG.to_vec());
        let authentication = key.authentication.as_ref().unwrap_or(&public);
        let opened = |aad: &[u8]| cipher::open(&key.encryption, envelope.nonce(), aad, text, tag);
        if let Ok(plain) = opened(&cipher::aad(envelope.control, authentication)) {
            return (Trust::Authentic, plain);
        }
        if let Ok(plain) = opened(&[]) {
            return (Trust::BareTag, plain);
        }
    }
    let plain = cipher::keystream(&key.encryption, envelope.nonce(), text);
    plain.map_or_else(
        |_: CipherError| (Trust::WrongKey, Vec::new()),
        |plain| (unauthentic(envelope, &plain, begins), plain),
    )
}

/// What a text without a fitting tag is worth.
fn unauthentic(envelope: &Envelope, plain: &[u8], begins: Sense) -> Trust {
    let has_tag = envelope.tag_at() < envelope.total;
    let judged = End::of(plain).map(|end| end.judge(plain));
    match judged {
        Some(Integrity::Good) if has_tag => Trust::NotAuthentic,
        _ if !begins(plain) => Trust::WrongKey,
        _ if has_tag => Trust::Damaged,
        _ => Trust::NoTag,
    }
}

/// Says how far the keys went.
pub(super) fn name_trust(dissection: &mut Dissection, trust: Trust) {
    dissection.verdict = match trust {
        Trust::NoKey => Verdict::Unchecked(Reason::NoKey),
        _ => Verdict::Malformed("no key given fits this frame"),
    };
    dissection.problems.extend(distrust(trust));
}

/// What speaks against a telegram, by how far the keys went.
fn distrust(trust: Trust) -> Option<Problem> {
    let (code, text) = match trust {
        Trust::NoTag | Trust::Authentic => return None,
        Trust::NoKey => (ProblemCode::NoKey, "encrypted, and there is no key for this system title"),
        Trust::WrongKey => {
            (ProblemCode::PlaintextCheck, "the encryption key is not this meter's, or the frame is damaged")
        }
        Trust::Damaged => {
            (ProblemCode::Damaged, "the encryption key fits, but the frame was damaged on its way")
        }
        Trust::NotAuthentic => (
            ProblemCode::AuthenticationKey,
            "the encryption key fits; the authentication key does not: readable, but not authenticated",
        ),
        Trust::BareTag => (ProblemCode::Aad, "the tag covers the text alone and not the authentication key"),
    };
    Some(Problem { code, text: text.into(), span: None })
}

/// The telegram inside.
fn inner(
    dissection: &mut Dissection,
    envelope: &Envelope,
    plain: &[u8],
    trust: Trust,
    context: &Context<'_>,
) {
    let base = envelope.text_at();
    let found = explain::<Vec<Field>>(plain, base, context.dialect);
    let is_sealed = matches!(trust, Trust::Authentic | Trust::BareTag);
    dissection.title = found.title;
    dissection.verdict = match found.verdict {
        Verdict::Unchecked(Reason::NoChecksum) if is_sealed => Verdict::Good,
        Verdict::Good | Verdict::Unchecked(_) if trust == Trust::Damaged => {
            Verdict::Malformed("the tag does not fit")
        }
        verdict => verdict,
    };
    dissection.checksum = found.checksum;
    dissection.problems.extend(found.problems);
    let here = Span::new(0, plain.len());
    let from = vec![Origin { here, part: 0, wire: Span::new(base, base + plain.len()) }];
    let bytes: Box<[u8]> = plain.into();
    dissection.layers.push(Layer { kind: LayerKind::Decrypted, bytes, fields: found.fields, from });
    dissection.layers.extend(found.texts.into_layer());
    if !dissection.verdict.is_bad() {
        dissection.readings = found.readings;
    }
    judge_tag(dissection, trust);
}

/// The verdict on the tag's own field.
pub(super) fn judge_tag(dissection: &mut Dissection, trust: Trust) {
    let verdict = match trust {
        Trust::Authentic | Trust::BareTag => Verdict::Good,
        Trust::Damaged | Trust::NotAuthentic => Verdict::Malformed("the tag does not fit"),
        _ => return,
    };
    let fields = dissection.layers.first_mut().map(|wire| &mut wire.fields);
    let tag = fields.and_then(|fields| fields.iter_mut().find(|field| field.role == Role::AuthenticationTag));
    if let Some(tag) = tag {
        tag.verdict = verdict;
    }
}
