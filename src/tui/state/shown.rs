//! Meter on the screens with its values, telegrams, reply, pins and load profile, and the meters before it.

use std::collections::VecDeque;

use super::{ArchiveView, Readings, Telegrams};
use crate::frame::Dissection;
use crate::link::Endpoint;
use crate::protocol::{Dialect, MeterId, Request, registry};

/// Meters before the present one whose values are kept.
const KEPT: usize = 8;

/// Telegrams in a row after which another meter that speaks by itself is the present one.
const TAKES_OVER: u32 = 2;

/// A meter on a link, read in one dialect. What was read in another is no value of it: its bytes had another meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whose {
    /// The link; `None` before one was opened.
    pub link: Option<Endpoint>,
    /// The dialect.
    pub dialect: Dialect,
    /// The meter.
    pub meter: MeterId,
}

impl Whose {
    /// Whether it is, under the name that was heard, surely the former one.
    fn is_now(&self, heard: &MeterId, former: &Self) -> bool {
        heard.is_surely(&former.meter) && self.link == former.link && self.dialect == former.dialect
    }
}

/// Data shown of one meter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Views {
    /// The values and their charts.
    pub readings: Readings,
    /// The telegrams.
    pub telegrams: Telegrams,
    /// The load profile.
    pub archive: ArchiveView,
    /// The requests that are read for the values, and the model that they were pinned for.
    pub pinned: Option<(&'static str, Vec<Request>)>,
}

/// Owner of a frame that came in unasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attribution {
    /// To the meter that is shown.
    Shown,
    /// To another one: nothing on the screens comes from it.
    Another,
    /// To another one, which is the one that speaks from now on.
    TakesOver(MeterId),
}

/// The meter that is shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    /// Which; `None` before one is chosen.
    pub whose: Option<Whose>,
    /// The first entry of the trace that can be of it.
    pub from: u32,
    /// Whether the last answer on the link, and how long it took, is of the meter before.
    pub awaits_answer: bool,
    /// Another meter of its family that was heard, and its telegrams since this one was heard last.
    other: Option<(MeterId, u32)>,
    former: VecDeque<(Whose, Views)>,
}

impl Shown {
    /// Another meter of the same family that speaks on this link, too.
    #[must_use]
    pub(crate) fn other(&self) -> Option<&MeterId> {
        self.other.as_ref().map(|(meter, _)| meter)
    }

    /// The meter that an explained frame is of, where that is surely another one: a damaged frame proves nothing.
    #[must_use]
    pub(crate) fn stranger(&self, frame: &Dissection) -> Option<MeterId> {
        let heard = registry::family(frame.protocol)?.meter_of(frame);
        let is_sound = !frame.verdict.is_bad();
        self.whose.as_ref().is_some_and(|whose| is_sound && whose.meter.is_another(&heard)).then_some(heard)
    }

    /// Decides to whom a frame belongs; `is_sound` says whether what it states can be relied on. A frame that states
    /// nothing is the only meter's, and nobody's where there are two.
    pub(crate) fn attribute(&mut self, heard: &MeterId, is_sound: bool) -> Attribution {
        let Some(whose) = &mut self.whose else { return Attribution::Another };
        if !is_sound || heard.is_nameless() {
            let is_only = heard.family() == whose.meter.family() && self.other.is_none();
            return if is_only { Attribution::Shown } else { Attribution::Another };
        }
        if whose.meter.is_nameless() && self.former.iter().any(|(former, _)| whose.is_now(heard, former)) {
            return Attribution::TakesOver(heard.clone());
        }
        if !whose.meter.is_another(heard) {
            whose.meter.join(heard.clone());
            self.other.iter_mut().for_each(|(_, count)| *count = 0);
            return Attribution::Shown;
        }
        if whose.meter.family() != heard.family() {
            return Attribution::Another;
        }
        let count = match &self.other {
            Some((other, count)) if !other.is_another(heard) => count + 1,
            _ => 1,
        };
        self.other = Some((heard.clone(), count));
        if count < TAKES_OVER { Attribution::Another } else { Attribution::TakesOver(heard.clone()) }
    }

    /// Another meter is shown from entry `from` of the trace on: what was shown of the one before is put by, and what is
    /// known of this one is given back. Of a nameless meter nothing is kept: nobody can say that it is the same again.
    pub(crate) fn turn_to(&mut self, whose: Whose, from: u32, shown: Views) -> Views {
        if let Some(before) = self.whose.take().filter(|before| !before.meter.is_nameless()) {
            self.former.push_back((before, shown));
            if self.former.len() > KEPT {
                self.former.pop_front();
            }
        }
        let views = self.known(&whose).unwrap_or_default();
        let former = std::mem::take(&mut self.former);
        *self = Self { whose: Some(whose), from, awaits_answer: true, other: None, former };
        views
    }

    /// What is kept of a meter, which is no former one then.
    fn known(&mut self, whose: &Whose) -> Option<Views> {
        let is_it = |(former, _): &(Whose, Views)| whose.is_now(&whose.meter, former);
        let at = self.former.iter().position(is_it)?;
        self.former.remove(at).map(|(_, views)| views)
    }

    /// A new trace begins: entry numbers of the one before mean nothing in it.
    pub(crate) fn restart(&mut self) {
        (self.from, self.other, self.awaits_answer) = (0, None, false);
        self.former.iter_mut().for_each(|(_, views)| views.telegrams = Telegrams::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Octets;

    fn named(name: &str) -> MeterId {
        MeterId::heard("x", None, Some(Octets::from(name.as_bytes())))
    }

    fn whose(meter: MeterId) -> Whose {
        Whose { link: None, dialect: Dialect(0), meter }
    }

    fn shown(meter: MeterId) -> Shown {
        Shown { whose: Some(whose(meter)), ..Shown::default() }
    }

    fn with_pins(model: &'static str) -> Views {
        Views { pinned: Some((model, Vec::new())), ..Views::default() }
    }

    #[test]
    fn the_first_that_speaks_is_the_meter_and_what_states_no_name_is_the_only_meters() {
        let mut shown = shown(MeterId::nameless("x"));
        assert_eq!(shown.attribute(&named("a"), true), Attribution::Shown);
        assert_eq!(shown.whose.as_ref().map(|whose| whose.meter.clone()), Some(named("a")));
        assert_eq!(shown.attribute(&MeterId::nameless("x"), true), Attribution::Shown);
        assert_eq!(shown.attribute(&MeterId::nameless("y"), true), Attribution::Another);
        assert_eq!(shown.attribute(&named("b"), true), Attribution::Another);
        assert_eq!(shown.attribute(&MeterId::nameless("x"), true), Attribution::Another, "whose of two?");
    }

    #[test]
    fn of_two_meters_that_take_turns_one_stays_shown() {
        let mut shown = shown(named("a"));
        for _ in 0..9 {
            assert_eq!(shown.attribute(&named("b"), true), Attribution::Another);
            assert_eq!(shown.attribute(&named("a"), true), Attribution::Shown);
        }
        assert_eq!(shown.attribute(&named("b"), true), Attribution::Another);
        assert_eq!(shown.attribute(&named("b"), true), Attribution::TakesOver(named("b")));
    }

    #[test]
    fn what_a_damaged_frame_states_proves_nothing() {
        let mut shown = shown(named("a"));
        for _ in 0..9 {
            assert_eq!(shown.attribute(&named("b"), false), Attribution::Shown);
        }
        assert_eq!(shown.other(), None);
    }

    #[test]
    fn a_former_meter_comes_back_with_what_was_known_of_it_and_a_nameless_one_does_not() {
        let mut shown = shown(named("a"));
        assert!(shown.turn_to(whose(named("b")), 0, with_pins("a")).pinned.is_none());
        assert_eq!(shown.turn_to(whose(named("a")), 0, with_pins("b")).pinned.map(|pins| pins.0), Some("a"));
        let other_link = Whose { link: Some(Endpoint::Sim), ..whose(named("b")) };
        assert!(shown.turn_to(other_link, 0, with_pins("a")).pinned.is_none());
        let other_dialect = Whose { dialect: Dialect(1), ..whose(named("b")) };
        assert!(shown.turn_to(other_dialect, 0, Views::default()).pinned.is_none());
        shown.turn_to(whose(MeterId::nameless("x")), 0, Views::default());
        shown.turn_to(whose(named("b")), 0, with_pins("nameless"));
        assert!(shown.turn_to(whose(MeterId::nameless("x")), 0, Views::default()).pinned.is_none());
    }

    #[test]
    fn former_meters_are_bounded() {
        let mut shown = shown(named("0"));
        for number in 1..100 {
            shown.turn_to(whose(named(&number.to_string())), 0, Views::default());
        }
        assert_eq!(shown.former.len(), KEPT);
    }
}
