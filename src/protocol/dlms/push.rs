//! What was pushed, put together: layers for the reassembled bytes and for what is deciphered out of them.

use super::ciphering::{self, BLOCK_TRANSFER, Control, Header, Opened};
use super::content::{self, Read};
use super::maker::{self, Maker};
use super::standing::{Event, Standing, Step};
use crate::frame::{Dissection, Label, Layer, Origin, Reason, Span, Value, Verdict};
use crate::protocol::Context;
use crate::protocol::sheet::Sheet;

/// The most bytes that are put together.
pub const MOST: usize = 8192;

/// The payloads of a message's frames, one after the other.
#[derive(Debug, Default)]
pub struct Assembled {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Where they came from.
    pub from: Vec<Origin>,
}

impl Assembled {
    /// Adds the payload of a part.
    pub fn add(&mut self, part: usize, frame: &[u8], (start, end): (usize, usize)) {
        let payload = frame.get(start..end).unwrap_or_default();
        let here = self.bytes.len();
        if payload.is_empty() || here.saturating_add(payload.len()) > MOST {
            return;
        }
        self.bytes.extend_from_slice(payload);
        let part = u16::try_from(part).unwrap_or(u16::MAX);
        self.from.push(Origin { here: Span::new(here, self.bytes.len()), part, wire: Span::new(start, end) });
    }

    /// Where the bytes from `start` on came from, counted from there.
    fn origins(&self, start: usize, end: usize) -> Vec<Origin> {
        let inside = self.from.iter().filter_map(|origin| {
            let (from, to) = (origin.here.range().start.max(start), origin.here.range().end.min(end));
            let wire = origin.wire.range().start + from.checked_sub(origin.here.range().start)?;
            let length = to.checked_sub(from).filter(|length| *length > 0)?;
            let here = Span::new(from - start, from - start + length);
            Some(Origin { here, part: origin.part, wire: Span::new(wire, wire + length) })
        });
        inside.collect()
    }
}

/// What is said about a message as far as it is there.
#[derive(Debug)]
pub struct Explained {
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
pub struct Push<'a> {
    /// What was put together.
    pub assembled: &'a Assembled,
    /// Whether all parts are there.
    pub is_whole: bool,
    /// How it stands to those before it.
    pub standing: Standing,
    /// Keys and dialect.
    pub context: &'a Context<'a>,
}

impl Push<'_> {
    /// Explains it; readings and problems go to the sheet of the wire.
    pub fn explain(&self, wire: &mut Sheet) -> Explained {
        let mut sheet = Sheet::with_room(160);
        let mut explained =
            Explained { layers: Vec::new(), verdict: Verdict::Good, title: "Push", is_authentic: false };
        let bytes = &self.assembled.bytes;
        let mut at = 0;
        let mut inner = None;
        while at < bytes.len() {
            at = self.apdu(&mut sheet, at, (&mut explained, &mut inner));
        }
        if !self.is_whole {
            explained.title = Dissection::PART;
            sheet.readings.clear();
        }
        wire.readings.append(&mut sheet.readings);
        wire.problems.append(&mut sheet.problems);
        let from = self.assembled.from.clone();
        let fields = sheet.fields;
        let bytes = bytes.as_slice().into();
        explained.layers.push(Layer { name: "reassembled", bytes, fields, from });
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
    fn apdu(&self, sheet: &mut Sheet, at: usize, out: (&mut Explained, &mut Option<Layer>)) -> usize {
        let bytes = &self.assembled.bytes;
        let end = bytes.len();
        match bytes.get(at..).unwrap_or_default() {
            [0xE6, 0xE6 | 0xE7, 0x00, ..] if at > 0 => {
                sheet.field(0, "LLC", (at, at + 3), Value::Bytes);
                at + 3
            }
            [ciphering::DATA_NOTIFICATION, ..] if self.is_whole => self.plain(sheet, at, out.0),
            [ciphering::GLO_CIPHERING | ciphering::DED_CIPHERING | ciphering::GENERAL_CIPHERING, ..] => {
                self.ciphered(sheet, at, out)
            }
            [tag, ..] => {
                let name = apdu_name(*tag);
                let text =
                    if self.is_whole { "an APDU that is not explained" } else { "the rest is to come" };
                sheet.field(0, "APDU", (at, at + 1), Value::Hex((*tag).into(), 2)).note(name);
                sheet.rest(0, "data", (at + 1, end));
                if self.is_whole {
                    sheet.problem("unsupported-apdu", text, None);
                }
                end
            }
            [] => end,
        }
    }

    fn plain(&self, sheet: &mut Sheet, at: usize, explained: &mut Explained) -> usize {
        explained.title = "Data notification";
        let before = sheet.readings.len();
        let read = content::notification(sheet, &self.assembled.bytes, at, self.maker(None));
        if !read.is_whole {
            sheet.readings.truncate(before);
        }
        read.end
    }

    fn ciphered(
        &self,
        sheet: &mut Sheet,
        at: usize,
        (explained, inner): (&mut Explained, &mut Option<Layer>),
    ) -> usize {
        explained.title = "Encrypted push";
        let bytes = &self.assembled.bytes;
        let header = match ciphering::header(bytes, at) {
            Ok(header) => header,
            Err(bad) => {
                if self.is_whole || bad.code != "apdu-incomplete" {
                    sheet.problem(bad.code, bad.text, None);
                }
                sheet.rest(0, "unexplained", (at, bytes.len()));
                return bytes.len();
            }
        };
        header_fields(sheet, at, &header, self.standing.step);
        self.tell_step(sheet);
        let (end, have) = (header.end(), bytes.len());
        if end > have {
            sheet.rest(0, "encrypted, so far", (header.text_at(), have));
            if self.is_whole {
                let text = format!("the APDU is to have {} bytes, {} are there", end - at, have - at);
                sheet.problem("apdu-incomplete", text, None);
            }
            return have;
        }
        sheet.rest(
            0,
            "encrypted",
            (header.text_at().min(end), header.tag_at().max(header.text_at()).min(end)),
        );
        let tag_at = header.tag_at().max(header.text_at());
        sheet.rest(0, "authentication tag", (tag_at.min(end), end));
        if end < have && !matches!(bytes.get(end..), Some([0xE6, ..])) {
            sheet.problem("trailing-bytes", "more bytes than the APDU is to have", None);
        }
        if self.is_whole {
            let opened = ciphering::open(bytes, &header, self.context);
            let start = header.text_at();
            let layer = self.opened(sheet, opened, (&header, start), explained);
            *inner = layer.or(inner.take());
        }
        end
    }

    /// Tells of a counter that did not grow.
    fn tell_step(&self, sheet: &mut Sheet) {
        match self.standing.step {
            Step::Same => {
                sheet.problem(
                    "replay",
                    "the invocation counter is that of the push before: sent again",
                    None,
                );
            }
            Step::Back => {
                let text = "the invocation counter went back: replayed, another key, or another meter";
                sheet.problem("replay", text, None);
            }
            Step::First | Step::Ahead(_) | Step::Far => {}
        }
    }

    fn opened(
        &self,
        sheet: &mut Sheet,
        opened: Opened,
        (header, start): (&Header, usize),
        explained: &mut Explained,
    ) -> Option<Layer> {
        match opened {
            Opened::Plain { bytes, is_authentic } => {
                explained.is_authentic = is_authentic;
                if header.control.is_authenticated() && !is_authentic {
                    let text = "deciphered, not authenticated: no authentication key is given";
                    sheet.problem("not-authenticated", text, None);
                }
                Some(self.deciphered(sheet, bytes, (header, start), explained))
            }
            Opened::Forged(bytes) => {
                let text = "the authentication tag does not fit: another authentication key, or damaged";
                sheet.problem("tag", text, None);
                let layer = self.deciphered(sheet, bytes, (header, start), explained);
                sheet.readings.clear();
                explained.verdict = Verdict::Malformed("the authentication tag does not fit");
                Some(layer)
            }
            Opened::NoKey => {
                sheet.problem("no-key", "encrypted, and no key for this system title is given", None);
                explained.verdict = Verdict::Unchecked(Reason::NoKey);
                None
            }
            Opened::WrongKey => {
                let text = "the checksums are right but no key makes sense of it: the key is another meter's, \
                            or the meter was exchanged";
                sheet.problem("wrong-key", text, None);
                explained.verdict = Verdict::Unchecked(Reason::WrongKey);
                None
            }
            Opened::Unsupported { code, text } => {
                sheet.problem(code, text, None);
                explained.verdict = Verdict::Unchecked(Reason::NoKey);
                None
            }
        }
    }

    fn deciphered(
        &self,
        sheet: &mut Sheet,
        plain: Vec<u8>,
        (header, start): (&Header, usize),
        explained: &mut Explained,
    ) -> Layer {
        let mut inner = Sheet::with_room(128);
        match plain.first() {
            Some(&ciphering::DATA_NOTIFICATION) => {
                explained.title = "Data notification";
                let read = content::notification(&mut inner, &plain, 0, self.maker(header.title));
                finish(&mut inner, &plain, read);
            }
            Some(&ciphering::P1_TEXT) => {
                explained.title = "P1 telegram, encrypted";
                inner.field(0, "P1 telegram", (0, plain.len()), Value::Text);
                inner.problem("p1-text", "a P1 telegram is inside: the P1 models explain it", None);
            }
            Some(&tag) => {
                explained.title = "Encrypted APDU";
                inner.field(0, "APDU", (0, 1), Value::Hex(tag.into(), 2)).note(apdu_name(tag));
                inner.rest(0, "data", (1, plain.len()));
            }
            None => inner.rest(0, "nothing", (0, 0)),
        }
        sheet.readings.append(&mut inner.readings);
        sheet.problems.append(&mut inner.problems);
        let from = self.assembled.origins(start, start + plain.len());
        Layer { name: "decrypted", bytes: plain.into(), fields: inner.fields, from }
    }
}

/// Without a tag only the form tells whether the plain bytes are right: all of them must be read.
fn finish(inner: &mut Sheet, plain: &[u8], read: Read) {
    inner.rest(0, "unexplained", (read.end, plain.len()));
    if read.is_whole && read.end < plain.len() {
        inner.problem("axdr", "bytes are left after the data", None);
    }
    if !read.is_whole || read.end < plain.len() {
        inner.readings.clear();
    }
}

/// What a frame does to the message before it.
pub fn tell_event(sheet: &mut Sheet, event: Event, gap: (&'static str, &'static str)) {
    match event {
        Event::None => {}
        Event::Restart => {
            sheet.problem(
                "segment-restart",
                "begins anew: the push before was not whole and is dropped",
                None,
            );
        }
        Event::TimedOut => {
            let text = "the push before was not whole when nothing more came: dropped";
            sheet.problem("timeout-incomplete", text, None);
        }
        Event::Orphan => {
            let text =
                "the beginning of this push is missing: listening began in its middle, or it was damaged";
            sheet.problem("orphan-segment", text, None);
        }
        Event::Gap => sheet.problem(gap.0, gap.1, None),
    }
}

fn header_fields(sheet: &mut Sheet, at: usize, header: &Header, step: Step) {
    let (title_start, title_end) = header.title_at;
    sheet.field(0, "APDU", (at, at + 1), Value::Hex(header.tag.into(), 2)).note(apdu_name(header.tag));
    if header.tag == ciphering::GENERAL_CIPHERING {
        sheet.field(0, "transaction id", (at + 1, title_start - 1), Value::Bytes);
    }
    sheet.field(
        0,
        "length of system title",
        (title_start - 1, title_start),
        Value::count((title_end - title_start) as u64),
    );
    if title_end > title_start {
        let note = header.title.map_or("not of 8 bytes", maker::title_maker);
        sheet.field(0, "system title", (title_start, title_end), Value::Text).note(note);
    }
    let (length_start, length_end) = header.length_at;
    sheet.rest(0, "recipient, time and key", (title_end, length_start));
    sheet.field(0, "length", (length_start, length_end), Value::count(header.length as u64));
    control_fields(sheet, length_end, header.control);
    let label = match step {
        Step::Ahead(step) => Label::Nth("invocation counter, step", step.into()),
        _ => Label::Name("invocation counter"),
    };
    let note = match step {
        Step::First => "",
        Step::Ahead(1) => "one more than before",
        Step::Ahead(_) => "pushes are missing in between",
        Step::Far => "far ahead of the one before",
        Step::Same => "the same as before",
        Step::Back => "lower than before",
    };
    let value = Value::count(header.counter.into());
    sheet.field(0, label, (length_end + 1, length_end + 5), value).note(note);
}

fn control_fields(sheet: &mut Sheet, at: usize, control: Control) {
    let value = Value::Hex(control.0.into(), 2);
    let words = if control.is_compressed() { "compressed" } else { control.words() };
    sheet.field(0, "security control", (at, at + 1), value).note(words);
    let note = if control.is_broadcast() { "with the key for broadcasts" } else { "" };
    sheet.field(1, "suite", (at, at + 1), Value::Word(control.suite_words())).note(note);
}

/// The name of an APDU by its tag.
const fn apdu_name(tag: u8) -> &'static str {
    match tag {
        0x0F => "data-notification",
        0xC0..=0xC4 => "a service of reading and writing",
        0xC8..=0xCF => "a service, ciphered with the global key",
        0xD0..=0xD7 => "a service, ciphered with a dedicated key",
        ciphering::GLO_CIPHERING => "general-glo-ciphering",
        ciphering::DED_CIPHERING => "general-ded-ciphering",
        ciphering::GENERAL_CIPHERING => "general-ciphering",
        ciphering::GENERAL_SIGNING => "general-signing",
        BLOCK_TRANSFER => "general-block-transfer",
        _ => "",
    }
}
