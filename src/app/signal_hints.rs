//! What bytes look like that nothing could be made of: another protocol, an inverted line, other line settings.

use std::borrow::Cow;

use crate::decode::recognise_good;
use crate::protocol::line_hints::{self, Hint};
use crate::protocol::registry::FAMILIES;
use crate::protocol::{Family, LineSettings};
use crate::trace::{Dir, Trace};

/// Bytes by which a line is judged.
const JUDGED: usize = 8192;

/// Entries in which they are looked for.
const LOOKED_BACK: usize = 32;

/// Bytes below which nothing is said.
const FEW: usize = 24;

/// The line that bytes are judged by where nobody knows it: the fastest, for which no byte came too slowly.
pub const UNKNOWN_LINE: LineSettings = LineSettings::n81(115_200);

/// The last bytes that came in from entry `from` of the trace on, with those that wait for the rest of their frame.
#[must_use]
pub fn newest(trace: &Trace, from: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let received = (from..trace.len()).rev().filter_map(|number| trace.entry(number));
    for entry in received.filter(|entry| entry.way == Dir::Rx && entry.len > 0).take(LOOKED_BACK) {
        bytes.splice(0..0, trace.bytes_of(&entry).iter().copied());
        if bytes.len() > JUDGED {
            break;
        }
    }
    bytes.extend_from_slice(&trace.pending_bytes(Dir::Rx, JUDGED));
    bytes
}

/// What is wrong when bytes like these come, and what to do; `None` when they look like nothing that is known.
/// `wanted` is the family that should have found frames in them; `None` when none was picked.
#[must_use]
pub fn looks_like(
    bytes: &[u8],
    line: LineSettings,
    wanted: Option<&dyn Family>,
) -> Option<Cow<'static, str>> {
    if bytes.len() < FEW {
        return None;
    }
    if let Some(found) = recognise_good(bytes, &[]) {
        let (found, wanted) = (found.family, wanted?);
        let is_own = found == wanted || found.profile().resembles(wanted.profile());
        let title = found.profile().title;
        return (!is_own).then(|| format!("good frames of {title} come: pick a model of that").into());
    }
    hint(bytes, line, wanted).map(Hint::text)
}

fn hint(bytes: &[u8], line: LineSettings, wanted: Option<&dyn Family>) -> Option<Hint> {
    line_hints::of(bytes, line, wanted.and_then(|wanted| wanted.profile().usual), FAMILIES)
}

/// Whether bytes look as they would with other line settings: where those are searched for, the search tells of it.
#[must_use]
pub fn is_of_the_line(bytes: &[u8], line: LineSettings, wanted: Option<&dyn Family>) -> bool {
    hint(bytes, line, wanted).is_some_and(Hint::is_of_the_line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::hex;
    use crate::protocol::registry;

    const TEXT: &[u8] =
        b"1-0:1.8.1(003808.351*kWh)\r\n1-0:1.8.2(002948.827*kWh)\r\n1-0:2.8.1(001285.951*kWh)\r\n";
    const FAST: LineSettings = LineSettings::n81(115_200);

    fn told(bytes: &[u8], protocol: &str) -> String {
        looks_like(bytes, FAST, registry::family(protocol)).unwrap_or_default().into_owned()
    }

    #[test]
    fn an_inverted_line_is_named_whatever_was_picked() {
        let inverted: Vec<u8> = TEXT.iter().map(|byte| (!byte & 0x7F) * 2 + 1).collect();
        for protocol in ["", "dsmr-p1", "dlms-mbus"] {
            assert!(told(&inverted, protocol).starts_with("the line looks inverted: "), "{protocol}");
        }
    }

    #[test]
    fn seven_bits_taken_for_eight_are_named() {
        let parity: Vec<u8> =
            TEXT.iter().map(|b| b | if b.count_ones() % 2 == 1 { 0x80 } else { 0 }).collect();
        assert!(told(&parity, "dsmr-p1").contains("7E1"));
    }

    #[test]
    fn zeros_are_a_line_that_is_too_fast_for_text_and_for_frames() {
        assert!(told(&[0; 60], "dsmr-p1").contains("9600 baud"));
        assert!(told(&[0; 60], "dlms-mbus").contains("faster than the meter sends"));
    }

    #[test]
    fn good_frames_of_another_protocol_are_named_and_those_of_the_own_are_no_noise() {
        let frame =
            hex::parse("681F1F680802727856341224400107550000000313153100DA023B13018B60043718021816").unwrap();
        assert!(told(&frame, "dsmr-p1").starts_with("good frames of "));
        assert_eq!(told(&frame, "mbus") + &told(&frame, "dlms-mbus") + &told(&frame, ""), "");
    }

    #[test]
    fn a_few_bytes_prove_nothing() {
        assert_eq!(told(&[0; 20], "dsmr-p1"), "");
    }
}
