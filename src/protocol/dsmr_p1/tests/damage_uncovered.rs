//! What damage does where no CRC covers a telegram, and where a tag does.

use super::super::{P1, dissect::LUXEMBOURG, envelope};
use super::published::{Vector, find, vectors};
use crate::frame::{Dissection, Secret, Verdict};
use crate::protocol::cipher::{self, Nonce};
use crate::protocol::{Context, Family, Integrity, MeterKey, PieceKind, Source, laws};
use crate::reading::Reading;

/// Of the bits of every telegram, each so many-th is flipped: prime to 8, so that every place in a byte is met.
const FLIP_STRIDE: usize = 37;
/// Of the bytes of every telegram, it is cut at each so many-th.
const CUT_STRIDE: usize = 11;
/// Of the bytes of two telegrams, they are spliced at each so many-th.
const SPLICE_STRIDE: usize = 71;

fn explain(bytes: &[u8], keys: &[MeterKey]) -> Dissection {
    (&P1 as &dyn Family).dissect(bytes, &Context { keys, ..Context::default() })
}

/// The frames of a stream, explained.
fn frames(stream: &[u8], keys: &[MeterKey]) -> Vec<(Integrity, Dissection)> {
    let pieces = laws::pieces(&P1, Source::Replies, stream, &[]);
    let explained = pieces.into_iter().filter_map(|(kind, bytes)| match kind {
        PieceKind::Frame(judged) => Some((judged, explain(&bytes, keys))),
        PieceKind::Noise => None,
    });
    explained.collect()
}

fn without_crc() -> Vec<Vector> {
    vectors().into_iter().filter(|vector| vector.fits().is_none()).collect()
}

/// Nothing of it is called good, and the whole telegram behind it is read as if nothing had been.
fn is_unchecked(stream: &[u8], good: &[Reading], what: &str) {
    let found = frames(stream, &[]);
    for (judged, dissection) in &found {
        assert!(*judged != Integrity::Good && dissection.verdict != Verdict::Good, "{what}");
        assert!(
            dissection.readings.is_empty() || matches!(dissection.verdict, Verdict::Unchecked(_)),
            "{what}"
        );
    }
    let (judged, last) = found.last().unwrap_or_else(|| panic!("{what}: nothing"));
    assert_eq!((*judged, last.readings.as_slice()), (Integrity::Unchecked, good), "{what}");
}

#[test]
fn a_telegram_without_crc_is_unchecked_whatever_bit_is_flipped_and_the_next_one_is_read() {
    let all = without_crc();
    assert!(all.len() > 20, "{}", all.len());
    for Vector { id, text, .. } in all {
        let good = explain(&text, &[]).readings;
        for bit in (0..text.len() * 8).step_by(FLIP_STRIDE) {
            let mut stream = text.clone();
            stream[bit / 8] ^= 1 << (bit % 8);
            stream.extend_from_slice(&text);
            is_unchecked(&stream, &good, &format!("{id}: bit {bit}"));
        }
    }
}

#[test]
fn a_telegram_without_crc_is_unchecked_wherever_it_is_cut_and_the_next_one_is_read() {
    for Vector { id, text, .. } in without_crc() {
        let good = explain(&text, &[]).readings;
        for cut in (0..text.len()).step_by(CUT_STRIDE) {
            is_unchecked(&[&text[..cut], &text].concat(), &good, &format!("{id}: cut at {cut}"));
            is_unchecked(&[&text[cut..], &text].concat(), &good, &format!("{id}: from {cut}"));
        }
    }
}

#[test]
fn a_telegram_without_crc_spliced_into_the_next_is_never_called_good() {
    let all = without_crc();
    for (one, two) in all.iter().zip(all.iter().skip(1)) {
        for cut in (1..one.text.len()).step_by(SPLICE_STRIDE) {
            for at in (1..two.text.len()).step_by(SPLICE_STRIDE) {
                for (judged, found) in frames(&[&one.text[..cut], &two.text[at..]].concat(), &[]) {
                    let what = format!("{} at {cut}, {} from {at}", one.id, two.id);
                    assert!(judged != Integrity::Good && found.verdict != Verdict::Good, "{what}");
                }
            }
        }
    }
}

#[test]
fn a_telegram_with_crc_that_loses_it_is_unchecked_and_no_better() {
    for Vector { id, text, .. } in vectors().into_iter().filter(|vector| vector.fits() == Some(true)) {
        let mark = text.iter().rposition(|byte| *byte == b'!').unwrap();
        let found = frames(&[&text[..=mark], b"\r\n"].concat(), &[]);
        let [(judged, found)] = found.as_slice() else { panic!("{id}") };
        assert_eq!((*judged, found.verdict.word()), (Integrity::Unchecked, "unchecked"), "{id}");
    }
}

fn key() -> MeterKey {
    MeterKey { system_title: None, encryption: Secret::new(vec![0x42; 16]), authentication: None }
}

/// A telegram in an envelope of the way of Luxembourg.
fn sealed(text: &[u8], counter: u32) -> Vec<u8> {
    let (title, control) = (*b"SAG12345", 0x30);
    let aad = cipher::aad(control, &Secret::new(LUXEMBOURG.to_vec()));
    let (body, tag) = cipher::seal(&key().encryption, Nonce::new(title, counter), &aad, text).unwrap();
    [envelope::head(title, control, counter, body.len()), body, tag.to_vec()].concat()
}

/// Encrypted frames with their keys: the published one whose inside is whole, and published texts put into envelopes.
fn encrypted() -> Vec<(String, Vec<u8>, MeterKey)> {
    let vector = find("at-sagemcom-encrypted-synthetic");
    let mut all = vec![(vector.id.clone(), vector.frame().unwrap(), vector.key())];
    for (counter, id) in
        (1..).zip(["lu-smarty-openhab", "lu-smarty-spec", "at-sagemcom-openhab", "si-iskra-am550"])
    {
        all.push((id.to_owned(), sealed(&find(id).text, counter), key()));
    }
    all
}

/// Every frame gives the readings of the whole one or none, and the last one is whole.
fn holds(stream: &[u8], key: &MeterKey, good: &[Reading], what: &str) {
    let found = frames(stream, std::slice::from_ref(key));
    for (_, dissection) in &found {
        assert!(dissection.readings.is_empty() || dissection.readings == good, "{what}");
    }
    let (_, last) = found.last().unwrap_or_else(|| panic!("{what}: nothing"));
    assert_eq!((last.verdict, last.readings.as_slice()), (Verdict::Good, good), "{what}");
}

#[test]
fn no_flipped_bit_of_an_encrypted_telegram_changes_a_reading_and_the_next_one_is_read() {
    for (id, frame, key) in encrypted() {
        let good = explain(&frame, std::slice::from_ref(&key)).readings;
        assert!(good.len() > 10, "{id}");
        let head = 0..18 * 8;
        for bit in head.chain((18 * 8..frame.len() * 8).step_by(FLIP_STRIDE)) {
            let mut stream = frame.clone();
            stream[bit / 8] ^= 1 << (bit % 8);
            stream.extend_from_slice(&frame);
            holds(&stream, &key, &good, &format!("{id}: bit {bit}"));
        }
    }
}

#[test]
fn an_encrypted_telegram_cut_anywhere_gives_no_other_reading_and_the_next_one_is_read() {
    for (id, frame, key) in encrypted() {
        let good = explain(&frame, std::slice::from_ref(&key)).readings;
        for cut in (0..frame.len()).step_by(CUT_STRIDE) {
            holds(&[&frame[..cut], &frame].concat(), &key, &good, &format!("{id}: cut at {cut}"));
            holds(&[&frame[cut..], &frame].concat(), &key, &good, &format!("{id}: from {cut}"));
        }
    }
}

#[test]
fn an_encrypted_telegram_spliced_into_another_gives_no_reading() {
    let (one, two) = (find("lu-smarty-openhab").text, find("lu-smarty-spec").text);
    let frames_of = [sealed(&one, 1), sealed(&two, 2)];
    let goods = frames_of.each_ref().map(|frame| explain(frame, &[key()]).readings);
    for cut in (1..frames_of[0].len()).step_by(SPLICE_STRIDE) {
        for at in (1..frames_of[1].len()).step_by(SPLICE_STRIDE) {
            for (_, found) in frames(&[&frames_of[0][..cut], &frames_of[1][at..]].concat(), &[key()]) {
                assert!(found.readings.is_empty() || goods.contains(&found.readings), "{cut} {at}");
            }
        }
    }
}

#[test]
fn a_clear_telegram_and_an_encrypted_one_do_not_take_each_other_along() {
    let (clear, frame) = (find("lu-smarty-openhab").text, sealed(&find("lu-smarty-spec").text, 7));
    for cut in (1..clear.len()).step_by(CUT_STRIDE) {
        let found = frames(&[&clear[..cut], &frame, &clear].concat(), &[key()]);
        assert_eq!(found.last().map(|(_, last)| last.verdict), Some(Verdict::Good), "cut at {cut}");
    }
    for cut in (1..frame.len()).step_by(CUT_STRIDE) {
        let found = frames(&[&frame[..cut], &clear, &frame].concat(), &[key()]);
        assert_eq!(found.last().map(|(_, last)| last.verdict), Some(Verdict::Good), "cut at {cut}");
    }
}
