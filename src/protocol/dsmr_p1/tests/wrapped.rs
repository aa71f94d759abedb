//! Telegrams whose data lines alone are encrypted, as seen in Poland. None has been published: they are made here.

use super::super::tracker::{AGAIN, P1Tracker};
use super::super::{P1, dialects, envelope, wire};
use super::published::find;
use crate::frame::{At, Dissection, FieldTree, Reason, Secret, Verdict};
use crate::protocol::cipher::{self, Nonce};
use crate::protocol::{
    Context, Dialect, Family, Integrity, MeterKey, PieceKind, Seen, Source, Tracker, laws,
};
use crate::reading::Reading;

const TITLE: [u8; 8] = *b"EGM12345";

fn key() -> MeterKey {
    let secret = |byte| Secret::new(vec![byte; 16]);
    MeterKey { system_title: None, encryption: secret(0x42), authentication: Some(secret(0x24)) }
}

/// The data lines of the published Polish telegram.
fn data() -> Vec<u8> {
    let text = String::from_utf8(find("pl-elgama-g15").text).unwrap();
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    body.rsplit_once('!').unwrap().0.as_bytes().to_vec()
}

/// The telegram with its data lines in an envelope, and what stands between that and the exclamation mark.
fn telegram(counter: u32, gap: &str) -> Vec<u8> {
    let plain = data();
    let aad = cipher::aad(0x30, key().authentication.as_ref().unwrap());
    let (text, tag) = cipher::seal(&key().encryption, Nonce::new(TITLE, counter), &aad, &plain).unwrap();
    let sealed = [envelope::head(TITLE, 0x30, counter, text.len()), text, tag.to_vec()].concat();
    wire::seal_up(&[b"/EGM5G15\r\n\r\n".as_slice(), &sealed, gap.as_bytes(), b"!"].concat())
}

fn explain(bytes: &[u8], keys: &[MeterKey]) -> Dissection {
    (&P1 as &dyn Family).dissect(bytes, &Context { keys, dialect: dialects::POLAND, ..Context::default() })
}

fn pieces(bytes: &[u8]) -> Vec<(PieceKind, Vec<u8>)> {
    laws::pieces(&P1, Source::Replies, bytes, &[])
}

/// The readings that the lines give when nothing is encrypted.
fn clear() -> Vec<String> {
    let body = [b"/EGM5G15\r\n\r\n".as_slice(), &data(), b"!"].concat();
    shown(&explain(&wire::seal_up(&body), &[]).readings)
}

fn shown(readings: &[Reading]) -> Vec<String> {
    readings.iter().map(|r| format!("{:?} {:?} {:?}", r.code, r.value, r.at)).collect()
}

#[test]
fn it_is_framed_whole_whether_or_not_a_line_end_follows_the_envelope() {
    for gap in ["", "\r\n"] {
        let whole = telegram(7, gap);
        assert_eq!(
            pieces(&[whole.as_slice(), &whole].concat()),
            [
                (PieceKind::Frame(Integrity::Good), whole.clone()),
                (PieceKind::Frame(Integrity::Good), whole.clone())
            ]
        );
    }
}

#[test]
fn with_the_key_its_lines_are_read_as_those_of_a_clear_one() {
    for gap in ["", "\r\n"] {
        let found = explain(&telegram(7, gap), &[key()]);
        assert_eq!((found.verdict, found.title), (Verdict::Good, "Polish P1 telegram"));
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        assert_eq!(shown(&found.readings), clear());
        for layer in &found.layers {
            assert!(layer.fields.tiles(layer.bytes.len()), "{}", layer.kind);
        }
    }
}

#[test]
fn without_a_key_or_with_a_wrong_one_that_is_said_and_no_value_claimed() {
    let codes =
        |found: &Dissection| found.problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>();
    let shut = explain(&telegram(7, ""), &[]);
    assert_eq!((shut.verdict, codes(&shut)), (Verdict::Unchecked(Reason::NoKey), vec!["no-key"]));
    let wrong = MeterKey { encryption: Secret::new(vec![1; 16]), ..key() };
    let shut = explain(&telegram(7, ""), &[wrong]);
    assert!(shut.verdict.is_bad() && shut.readings.is_empty() && codes(&shut) == ["plaintext-check"]);
}

#[test]
fn a_crc_over_other_bytes_than_those_sent_leaves_the_judgement_to_the_tag() {
    let mut other = telegram(7, "");
    let at = other.len() - 3;
    other[at] = if other[at] == b'0' { b'1' } else { b'0' };
    assert_eq!(pieces(&other), [(PieceKind::Frame(Integrity::Unchecked), other.clone())]);
    let found = explain(&other, &[key()]);
    assert_eq!((found.verdict, found.checksum), (Verdict::Good, None));
    let guessed = (&P1 as &dyn Family).dissect(&other, &Context { keys: &[key()], ..Context::default() });
    let at = guessed.readings.iter().find_map(|reading| reading.at).unwrap();
    assert_eq!(at.offset_minutes(), None, "nothing covers the first line that names the country");
}

#[test]
fn damage_makes_no_other_reading_and_the_next_one_is_read() {
    let (whole, good) = (telegram(7, ""), clear());
    let holds = |stream: &[u8], what: &str| {
        let mut last = None;
        for (kind, bytes) in pieces(stream) {
            let found = explain(&bytes, &[key()]);
            assert!(found.readings.is_empty() || shown(&found.readings) == good, "{what}");
            last = Some((kind, bytes));
        }
        assert_eq!(last, Some((PieceKind::Frame(Integrity::Good), whole.clone())), "{what}");
    };
    for cut in (0..whole.len()).step_by(5) {
        holds(&[&whole[..cut], &whole].concat(), &format!("cut at {cut}"));
        holds(&[&whole[cut..], &whole].concat(), &format!("from {cut}"));
    }
    for bit in (0..whole.len() * 8).step_by(13) {
        let mut stream = whole.clone();
        stream[bit / 8] ^= 1 << (bit % 8);
        holds(&[stream, whole.clone()].concat(), &format!("bit {bit}"));
    }
}

#[test]
fn its_frame_counter_is_watched() {
    let mut tracker = P1Tracker::new(Dialect(12));
    let mut step = |bytes: &[u8]| {
        let seen = Seen { number: 0, bytes, source: Source::Replies, first: At::ZERO, last: At::ZERO };
        tracker.track(seen).step
    };
    assert_eq!((step(&telegram(7, "")), step(&telegram(7, "")), step(&telegram(8, ""))), (0, AGAIN, 0));
}
