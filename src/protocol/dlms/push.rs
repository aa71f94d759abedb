//! What was pushed, put together: layers for the reassembled bytes and for what is deciphered out of them.

use super::assembled::Assembled;
use super::ciphering::{self, Header};
use super::content::{self, Read};
use super::maker::{self, Maker};
use super::opening::{self, Opened};
use super::remarks::{apdu_name, header_fields, title_fields};
use super::standing::{Standing, Step};
use crate::frame::{Layer, LayerKind, Part, ProblemCode, Reason, Role, Value, Verdict};
use crate::protocol::Context;
use crate::protocol::dissection_builder::DissectionBuilder;

/// What is said about a message as far as it is there.
#[derive(Debug)]
pub(super) struct Explained {
    /// Reassembled and deciphered.
    pub layers: Vec<Layer>,
    /// Why the content cannot be believed; good where nothing speaks against it.
    pub verdict: Verdict,
    /// What it is.
    pub title: &'static str,
    /// Whether a tag was checked and fits.
    pub is_authentic: bool,
}

/// The work on one message.
pub(super) struct Push<'a> {
    /// What was put together.
    pub assembled: &'a Assembled,
    /// Whether all parts are there.
    pub is_whole: bool,
    /// Whether checksums covered it on its way.
    pub is_checked: bool,
    /// How it stands to those before it.
    pub standing: Standing,
    /// Keys and dialect.
    pub context: &'a Context<'a>,
}

impl Push<'_> {
    /// Explains it; readings and problems go to the builder of the wire.
    pub(super) fn explain(&self, wire: &mut DissectionBuilder) -> Explained {
        let mut builder = DissectionBuilder::with_room(160);
        let mut explained =
            Explained { layers: Vec::new(), verdict: Verdict::Good, title: "Push", is_authentic: false };
        let bytes = &self.assembled.bytes;
        let mut at = 0;
        let mut inner = None;
        while at < bytes.len() {
            at = self.apdu(&mut builder, at, (&mut explained, &mut inner));
        }
        if !self.is_whole {
            explained.title = "Part of a push";
            wire.part = Some(Part::OfMessage);
            builder.readings.clear();
        }
        wire.readings.append(&mut builder.readings);
        wire.problems.append(&mut builder.problems);
        let from = self.assembled.from.clone();
        let fields = builder.fields;
        let bytes = bytes.as_slice().into();
        explained.layers.push(Layer { kind: LayerKind::Reassembled, bytes, fields, from });
        explained.layers.extend(inner);
        explained
    }

    fn maker(&self, title: Option<[u8; 8]>) -> Maker {
        match maker::of_dialect(self.context.dialect) {
            Maker::Unknown => title.map_or(Maker::Unknown, |title| maker::of_text(&title)),
            known => known,
        }
    }

    /// One APDU of the reassembled bytes; gives where the next begins.
    fn apdu(
        &self,
        builder: &mut DissectionBuilder,
        at: usize,
        out: (&mut Explained, &mut Option<Layer>),
    ) -> usize {
        match self.assembled.bytes.get(at..).unwrap_or_default() {
            [0xE6, 0xE6 | 0xE7, 0x00, ..] if at > 0 => {
                builder.field(0, "LLC", (at, at + 3), Value::Bytes).role(Role::Frame);
                at + 3
            }
            [ciphering::DATA_NOTIFICATION, ..] if self.is_whole => self.plain(builder, at, out.0),
            [ciphering::GLO_CIPHERING | ciphering::DED_CIPHERING | ciphering::GENERAL_CIPHERING, ..] => {
                self.ciphered(builder, at, out)
            }
            [ciphering::NO_TITLE, 0x81 | 0x82, ..] if at == 0 => self.ciphered(builder, at, out),
            rest => self.other(builder, at, rest),
        }
    }

    /// An APDU that is not explained, or not yet.
    fn other(&self, builder: &mut DissectionBuilder, at: usize, rest: &[u8]) -> usize {
        let end = at + rest.len();
        let Some(&tag) = rest.first() else { return end };
        builder.field(0, "APDU", (at, at + 1), Value::Hex(tag.into(), 2)).note(apdu_name(tag));
        builder.rest(0, "data", (at + 1, end));
        if self.is_whole {
            builder.problem(ProblemCode::UnsupportedApdu, "an APDU that is not explained", None);
        }
        end
    }

    fn plain(&self, builder: &mut DissectionBuilder, at: usize, explained: &mut Explained) -> usize {
        explained.title = "Data notification";
        let before = builder.readings.len();
        let read = content::notification(builder, &self.assembled.bytes, at, self.maker(None));
        if !read.is_whole {
            builder.readings.truncate(before);
        }
        read.end
    }

    fn ciphered(
        &self,
        builder: &mut DissectionBuilder,
        at: usize,
        (explained, inner): (&mut Explained, &mut Option<Layer>),
    ) -> usize {
        explained.title = "Encrypted push";
        let bytes = &self.assembled.bytes;
        let header = match ciphering::header(bytes, at) {
            Ok(header) => header,
            Err(bad) => return self.misheaded(builder, at, bad, explained),
        };
        header_fields(builder, at, &header, self.standing.step);
        self.tell_step(builder);
        let (end, have) = (header.end(), bytes.len());
        if end > have {
            builder.rest(0, "encrypted, so far", (header.text_at(), have));
            if self.is_whole {
                let text = format!("the APDU is to have {} bytes, {} are there", end - at, have - at);
                builder.problem(ProblemCode::ApduIncomplete, text, None);
            }
            return have;
        }
        let tag_at = header.tag_at().max(header.text_at()).min(end);
        builder.rest(0, "encrypted", (header.text_at(), tag_at));
        builder.rest_as(Role::AuthenticationTag, 0, "authentication tag", (tag_at, end));
        if end < have && !matches!(bytes.get(end..), Some([0xE6, ..])) {
            builder.problem(ProblemCode::TrailingBytes, "more bytes than the APDU is to have", None);
        }
        if self.is_whole {
            let opened = opening::open(bytes, &header, self.context.keys);
            let layer = self.opened(builder, opened, (&header, header.text_at()), explained);
            *inner = layer.or(inner.take());
        }
        end
    }

    /// A header that cannot be read to its end: shown as far as it goes.
    fn misheaded(
        &self,
        builder: &mut DissectionBuilder,
        at: usize,
        bad: ciphering::BadHeader,
        explained: &mut Explained,
    ) -> usize {
        let bytes = &self.assembled.bytes;
        if self.is_whole || bad.code != ProblemCode::ApduIncomplete {
            builder.problem(bad.code, bad.text, None);
        }
        if bad.code == ProblemCode::BerLength {
            explained.verdict = Verdict::Malformed("the length of the APDU");
        }
        let mut shown = at;
        if let Some(title_at) = bad.title_at {
            let title = bytes.get(title_at.start..title_at.end).and_then(|title| title.try_into().ok());
            let tag = bytes.get(at).copied().filter(|tag| *tag != ciphering::NO_TITLE);
            title_fields(builder, at, (tag, title), title_at);
            shown = title_at.end;
        }
        builder.rest(0, "unexplained", (shown, bytes.len()));
        bytes.len()
    }

    /// Tells of a counter that did not grow.
    fn tell_step(&self, builder: &mut DissectionBuilder) {
        match self.standing.step {
            Step::Same => {
                builder.problem(
                    ProblemCode::Replay,
                    "the invocation counter is that of the push before: sent again",
                    None,
                );
            }
            Step::Back => {
                let text = "the invocation counter went back: replayed, another key, or another meter";
                builder.problem(ProblemCode::Replay, text, None);
            }
            Step::First | Step::Ahead(_) | Step::Far => {}
        }
    }

    fn opened(
        &self,
        builder: &mut DissectionBuilder,
        opened: Opened,
        (header, start): (&Header, usize),
        explained: &mut Explained,
    ) -> Option<Layer> {
        match opened {
            Opened::Plain { bytes, is_authentic } => {
                explained.is_authentic = is_authentic;
                if header.control.is_authenticated() && !is_authentic {
                    let text = "deciphered, not authenticated: no authentication key is given";
                    builder.problem(ProblemCode::NotAuthenticated, text, None);
                }
                Some(self.deciphered(builder, bytes, (header, start), explained))
            }
            Opened::Forged(bytes) => {
                let text = "the authentication tag does not fit: another authentication key, or damaged";
                builder.problem(ProblemCode::Tag, text, None);
                let layer = self.deciphered(builder, bytes, (header, start), explained);
                builder.readings.clear();
                explained.verdict = Verdict::Malformed("the authentication tag does not fit");
                Some(layer)
            }
            Opened::NoKey => {
                builder.problem(
                    ProblemCode::NoKey,
                    "encrypted, and no key for this system title is given",
                    None,
                );
                explained.verdict = Verdict::Unchecked(Reason::NoKey);
                None
            }
            Opened::WrongKey => {
                let text = if self.is_checked {
                    "the checksums are right but no key makes sense of it: the key is another meter's, or the \
                     meter was exchanged"
                } else {
                    "no key makes sense of it: the key is another meter's, or the bytes are damaged, which no \
                     checksum tells here"
                };
                builder.problem(ProblemCode::PlaintextCheck, text, None);
                explained.verdict = Verdict::Unchecked(Reason::WrongKey);
                None
            }
            Opened::KeyLength => {
                let text = match header.control.suite() {
                    2 => "security suite 2 wants a key of 32 bytes (64 hex digits): the one given has 16",
                    _ => "this security suite wants a key of 16 bytes (32 hex digits): the one given has 32",
                };
                builder.problem(ProblemCode::KeyLength, text, None);
                explained.verdict = Verdict::Unchecked(Reason::WrongKey);
                None
            }
            Opened::Unsupported { code, text } => {
                builder.problem(code, text, None);
                explained.verdict = Verdict::Unchecked(Reason::NoKey);
                None
            }
        }
    }

    fn deciphered(
        &self,
        builder: &mut DissectionBuilder,
        plain: Vec<u8>,
        (header, start): (&Header, usize),
        explained: &mut Explained,
    ) -> Layer {
        let mut inner = DissectionBuilder::with_room(128);
        match plain.first() {
            Some(&ciphering::DATA_NOTIFICATION) => {
                explained.title = "Data notification";
                let read = content::notification(&mut inner, &plain, 0, self.maker(header.title));
                finish(&mut inner, &plain, read);
            }
            Some(0x01 | 0x02) => {
                explained.title = "Data without a notification";
                let read = content::data(&mut inner, &plain, 0, self.maker(header.title));
                finish(&mut inner, &plain, read);
            }
            Some(&ciphering::P1_TEXT) => {
                explained.title = "P1 telegram, encrypted";
                inner.field(0, "P1 telegram", (0, plain.len()), Value::Text);
                inner.problem(ProblemCode::P1Text, "a P1 telegram is inside: the P1 models explain it", None);
            }
            Some(&tag) => {
                explained.title = "Encrypted APDU";
                inner.field(0, "APDU", (0, 1), Value::Hex(tag.into(), 2)).note(apdu_name(tag));
                inner.rest(0, "data", (1, plain.len()));
            }
            None => {}
        }
        builder.readings.append(&mut inner.readings);
        builder.problems.append(&mut inner.problems);
        let from = self.assembled.origins(start, start + plain.len());
        Layer { kind: LayerKind::Decrypted, bytes: plain.into(), fields: inner.fields, from }
    }
}

/// Without a tag only the form tells whether the plain bytes are right: all of them must be read.
fn finish(inner: &mut DissectionBuilder, plain: &[u8], read: Read) {
    inner.rest(0, "unexplained", (read.end, plain.len()));
    if read.is_whole && read.end < plain.len() {
        inner.problem(ProblemCode::Axdr, "bytes are left after the data", None);
    }
    if !read.is_whole || read.end < plain.len() {
        inner.readings.clear();
    }
}
