//! Parity in software: when the parity bit is put in and taken out here, and how that is found out.
//!
//! The trace and the framers see the bytes as they are on the wire; only an exchange is given them without.
//! Left to itself ([`SoftParity::Auto`]) it begins with parity where a port is known to be 8N1 though seven bits
//! were asked for, and without where the line is the far end's own. What is received corrects that. A meter
//! does not answer to wrong parity, so the same request, sent again into silence, goes the other way.

use std::borrow::Cow;

use super::InitialLine;
use crate::link::SoftParity;
use crate::protocol::{Evidence, Integrity, LineSettings, Parity, Weight};
use crate::trace::EntryKind;

/// So many bytes outside any frame count as evidence; fewer could have the right weight by chance.
const TELLING_NOISE: usize = 8;
/// So many different requests are remembered as unanswered.
const REMEMBERED: usize = 16;

/// Detector of whether a link needs parity in software.
#[derive(Debug)]
pub(super) struct SoftParityDetector {
    choice: SoftParity,
    /// The line that is wanted, and the one that was asked for and is neither made nor refused yet.
    wanted: Option<LineSettings>,
    asked: Option<LineSettings>,
    in_force: Option<LineSettings>,
    found: Found,
    /// Requests sent since the last answer, in the present way.
    unanswered: Vec<Vec<u8>>,
}

/// What was found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Nothing yet: whether parity is tried.
    Trying(bool),
    /// Whether the line needs it.
    Sure(bool),
}

impl Default for SoftParityDetector {
    fn default() -> Self {
        Self::new(&InitialLine::default())
    }
}

impl SoftParityDetector {
    pub(super) const fn new(wanted: &InitialLine) -> Self {
        Self {
            choice: wanted.soft_parity,
            wanted: wanted.line,
            asked: None,
            in_force: None,
            found: Found::Trying(false),
            unanswered: Vec::new(),
        }
    }

    /// The link was opened, with these settings in force where they are known.
    pub(super) fn open(&mut self, in_force: Option<LineSettings>) {
        self.in_force = in_force;
        self.wanted = self.wanted.or(in_force);
        self.asked = None;
        self.begin();
    }

    /// These settings are wanted from now on, and for the far end to make.
    pub(super) fn expect(&mut self, line: LineSettings) {
        self.change(|detector| detector.wanted = Some(line));
    }

    /// The link is asked for these settings.
    pub(super) const fn ask(&mut self, line: LineSettings) {
        self.asked = Some(line);
    }

    /// Settings were accepted; these are in force.
    pub(super) fn set(&mut self, in_force: LineSettings) {
        self.change(|detector| {
            detector.wanted = detector.asked.take().or(detector.wanted);
            detector.in_force = Some(in_force);
        });
    }

    /// Settings were refused. Where the far end sets the line they may hold there all the same.
    pub(super) fn refuse(&mut self) {
        let asked = self.asked.take();
        if self.in_force.is_none() {
            self.change(|detector| detector.wanted = asked.or(detector.wanted));
        }
    }

    /// The weight of the characters, while parity is put in and taken out.
    pub(super) fn active(&self) -> Option<Weight> {
        let needed = match (self.choice, self.found) {
            (SoftParity::Off, _) => false,
            (SoftParity::On, _) => true,
            (SoftParity::Auto, Found::Trying(on) | Found::Sure(on)) => on,
        };
        self.carriable().filter(|_| needed)
    }

    /// What a request looks like on the wire.
    pub(super) fn send(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        self.note_unanswered(&bytes);
        if let Some(weight) = self.active() {
            weight.apply(&mut bytes);
        }
        bytes
    }

    /// What received bytes are to an exchange, and how many of them have a wrong parity bit. Echoes are not
    /// to be asked about: they show only what was sent.
    pub(super) fn receive<'a>(&mut self, kind: EntryKind, bytes: &'a [u8]) -> (Cow<'a, [u8]>, usize) {
        self.learn(kind, bytes);
        let Some(weight) = self.active() else { return (Cow::Borrowed(bytes), 0) };
        let mut text = bytes.to_vec();
        Weight::strip(&mut text);
        (Cow::Owned(text), weight.errors(bytes))
    }

    /// The weight wanted, where the line could carry it in bytes of eight bits.
    fn carriable(&self) -> Option<Weight> {
        let is_eight = |line: LineSettings| line.data_bits == 8 && line.parity == Parity::None;
        self.wanted.and_then(Weight::of).filter(|_| self.in_force.is_none_or(is_eight))
    }

    fn change(&mut self, change: impl FnOnce(&mut Self)) {
        let before = self.carriable();
        change(self);
        if self.carriable() != before {
            self.begin();
        }
    }

    fn begin(&mut self) {
        self.found = Found::Trying(self.in_force.is_some());
        self.unanswered.clear();
    }

    fn note_unanswered(&mut self, bytes: &[u8]) {
        let Found::Trying(on) = self.found else { return };
        if self.choice != SoftParity::Auto || self.carriable().is_none() {
            return;
        }
        if self.unanswered.iter().any(|before| before == bytes) {
            self.found = Found::Trying(!on);
            self.unanswered.clear();
        }
        if self.unanswered.len() < REMEMBERED {
            self.unanswered.push(bytes.to_vec());
        }
    }

    fn learn(&mut self, kind: EntryKind, bytes: &[u8]) {
        let Some(weight) = self.carriable() else { return };
        let evidence = match kind {
            EntryKind::Frame(_) => weight.evidence(bytes),
            EntryKind::Noise if bytes.len() >= TELLING_NOISE => weight.evidence(bytes),
            _ => return,
        };
        let is_frame = matches!(kind, EntryKind::Frame(judged) if judged != Integrity::Bad);
        match evidence {
            Evidence::Carried => self.found = Found::Sure(true),
            Evidence::Plain if is_frame => self.found = Found::Sure(false),
            Evidence::Plain | Evidence::Damaged | Evidence::Unclear => {}
        }
        if is_frame {
            self.unanswered.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const E71: LineSettings = LineSettings::e71(9600);
    const GOOD: EntryKind = EntryKind::Frame(Integrity::Good);
    const PLAIN: &[u8] = b"/?!\r\n";
    const CARRIED: &[u8] = &[0xAF, 0x3F, 0x21, 0x8D, 0x0A];

    fn opened(soft_parity: SoftParity, in_force: Option<LineSettings>) -> SoftParityDetector {
        let mut detector =
            SoftParityDetector::new(&InitialLine { line: Some(E71), soft_parity, ..InitialLine::default() });
        detector.open(in_force);
        detector
    }

    fn sent(detector: &mut SoftParityDetector) -> Vec<u8> {
        detector.send(PLAIN.to_vec())
    }

    #[test]
    fn a_port_that_stays_at_8n1_though_7e1_was_asked_for_is_given_the_bits() {
        let mut detector = opened(SoftParity::Auto, Some(LineSettings::n81(9600)));
        assert_eq!(sent(&mut detector), CARRIED);
        assert_eq!(detector.receive(GOOD, CARRIED), (PLAIN.into(), 0));
    }

    #[test]
    fn a_port_that_has_seven_bits_is_left_alone_whatever_is_chosen() {
        for choice in [SoftParity::Auto, SoftParity::On, SoftParity::Off] {
            assert_eq!(sent(&mut opened(choice, Some(E71))), PLAIN, "{choice}");
        }
    }

    #[test]
    fn the_choice_is_followed_where_the_line_is_unknown() {
        assert_eq!(sent(&mut opened(SoftParity::On, None)), CARRIED);
        assert_eq!(sent(&mut opened(SoftParity::Off, None)), PLAIN);
        assert_eq!(sent(&mut opened(SoftParity::Auto, None)), PLAIN);
    }

    #[test]
    fn bytes_of_eight_bits_are_never_touched() {
        let wanted = InitialLine {
            line: Some(LineSettings::n81(9600)),
            soft_parity: SoftParity::On,
            ..InitialLine::default()
        };
        let mut detector = SoftParityDetector::new(&wanted);
        detector.open(None);
        assert_eq!(detector.send(vec![0xC0, 0x81]), [0xC0, 0x81]);
        assert_eq!(detector.receive(GOOD, CARRIED), (CARRIED.into(), 0));
    }

    #[test]
    fn the_first_frame_with_parity_bits_switches_it_on_and_is_stripped_itself() {
        let mut detector = opened(SoftParity::Auto, None);
        assert_eq!(detector.receive(GOOD, CARRIED), (PLAIN.into(), 0));
        assert_eq!(sent(&mut detector), CARRIED);
        assert_eq!(detector.receive(GOOD, &[0xAF, 0x3E]), (b"/>".into(), 1));
    }

    #[test]
    fn a_plain_answer_switches_it_off_on_any_port() {
        let mut detector = opened(SoftParity::Auto, Some(LineSettings::n81(9600)));
        assert_eq!(detector.receive(GOOD, PLAIN), (PLAIN.into(), 0));
        assert_eq!(sent(&mut detector), PLAIN);
    }

    #[test]
    fn noise_tells_only_when_it_is_long_and_never_of_plain_bytes() {
        let mut detector = opened(SoftParity::Auto, None);
        detector.receive(EntryKind::Noise, CARRIED);
        assert_eq!(detector.active(), None);
        detector.receive(EntryKind::Noise, &[CARRIED, CARRIED].concat());
        assert_eq!(detector.active(), Some(Weight::Even));
        detector.receive(EntryKind::Noise, b"/?!/?!/?!");
        assert_eq!(detector.active(), Some(Weight::Even));
    }

    #[test]
    fn the_same_request_sent_again_into_silence_goes_the_other_way() {
        let mut detector = opened(SoftParity::Auto, None);
        let tries: Vec<bool> = (0..4).map(|_| sent(&mut detector) == CARRIED).collect();
        assert_eq!(tries, [false, true, false, true]);
    }

    #[test]
    fn a_dialogue_that_begins_with_a_break_is_tried_both_ways_as_a_whole() {
        let mut detector = opened(SoftParity::Auto, None);
        let tries: Vec<bool> = (0..2)
            .flat_map(|_| [detector.send(b"\x01B0\x03q".to_vec())[0] == 0x01, sent(&mut detector) == PLAIN])
            .collect();
        assert_eq!(tries, [true, true, false, false]);
    }

    #[test]
    fn what_an_answer_has_proved_is_not_doubted_in_silence() {
        let mut detector = opened(SoftParity::Auto, None);
        detector.receive(GOOD, PLAIN);
        let tries: Vec<Vec<u8>> = (0..3).map(|_| sent(&mut detector)).collect();
        assert_eq!(tries, [PLAIN, PLAIN, PLAIN]);
    }

    #[test]
    fn an_answer_that_shows_nothing_still_ends_the_silence() {
        let mut detector = opened(SoftParity::Auto, None);
        for _ in 0..3 {
            assert_eq!(sent(&mut detector), PLAIN);
            detector.receive(GOOD, &[0x06]);
        }
    }

    #[test]
    fn a_change_of_speed_keeps_what_was_found_and_a_new_opening_does_not() {
        let mut detector = opened(SoftParity::Auto, Some(LineSettings::n81(300)));
        detector.receive(GOOD, PLAIN);
        detector.ask(LineSettings::e71(9600));
        detector.set(LineSettings::n81(9600));
        assert_eq!(sent(&mut detector), PLAIN);
        detector.open(Some(LineSettings::n81(9600)));
        assert_eq!(sent(&mut detector), CARRIED);
    }

    #[test]
    fn what_comes_before_the_line_has_changed_is_not_of_the_new_line() {
        let wanted = InitialLine { line: Some(LineSettings::n81(9600)), ..InitialLine::default() };
        let mut detector = SoftParityDetector::new(&wanted);
        detector.open(Some(LineSettings::n81(9600)));
        detector.ask(E71);
        assert_eq!(detector.receive(GOOD, CARRIED), (CARRIED.into(), 0));
        detector.set(E71);
        assert_eq!(detector.active(), None);
    }

    #[test]
    fn a_refused_line_is_wanted_no_more_unless_the_far_end_sets_it() {
        let eight = InitialLine {
            line: Some(LineSettings::n81(9600)),
            soft_parity: SoftParity::On,
            ..InitialLine::default()
        };
        let mut port = SoftParityDetector::new(&eight);
        port.open(Some(LineSettings::n81(9600)));
        port.ask(E71);
        port.refuse();
        assert_eq!(port.active(), None);
        let mut converter = SoftParityDetector::new(&eight);
        converter.open(None);
        converter.ask(E71);
        converter.refuse();
        assert_eq!(converter.active(), Some(Weight::Even));
    }
}
