//! Which telnet options are in use, and what is answered to offers and demands (RFC 854, RFC 1143).

use super::telnet::Verb;

/// Bytes of eight bits, CR not changed (RFC 856).
const BINARY: u8 = 0;
/// No turns (RFC 858).
const NO_GO_AHEAD: u8 = 3;
/// Control of the serial port (RFC 2217).
pub(super) const COM_PORT: u8 = 44;

/// What is wanted of each side: eight bits and no turns both ways; the port is asked for by us, and a server
/// that offers it by itself may.
const WANTED: [u8; 3] = [BINARY, NO_GO_AHEAD, COM_PORT];

/// What a connection is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Use {
    /// The port is read and written.
    #[default]
    Talking,
    /// The port is only read. All that goes to the converter is bounded: see [`MOST_FROM_LISTENER`].
    Listening,
}

/// Bytes that go to a converter at most over a connection that only listens, whatever it says: 9 to begin, 14 to ready
/// its port, at most 35 to set it, and two answers.
pub const MOST_FROM_LISTENER: usize = 64;

/// Answers that a connection gives at most which only listens.
const ANSWERS_FROM_LISTENER: usize = 2;

/// What was agreed.
#[derive(Debug, Default)]
pub(super) struct Options {
    ours: [Side; 3],
    theirs: [Side; 3],
    answered: Answered,
    is_for: Use,
}

/// Which options were answered: each is once on a side, as a far end that asks for ever would be answered for ever.
#[derive(Debug, Default)]
struct Answered {
    sides: [[u128; 2]; 2],
    count: usize,
}

impl Answered {
    /// Notes an answer; whether it is the first.
    fn note(&mut self, verb: Verb, option: u8) -> bool {
        let [ours, theirs] = &mut self.sides;
        let [low, high] = if matches!(verb, Verb::Do | Verb::Dont) { ours } else { theirs };
        let bits = if option < 128 { low } else { high };
        let bit = 1 << (option % 128);
        let is_first = *bits & bit == 0;
        *bits |= bit;
        self.count += usize::from(is_first);
        is_first
    }
}

/// An option on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Side {
    #[default]
    Off,
    Asked,
    On,
    Refused,
}

impl Options {
    /// What is said first. Who only listens asks for nothing that concerns bytes of its own.
    pub(super) fn begin(&mut self, is_for: Use) -> Vec<u8> {
        self.is_for = is_for;
        self.theirs = [Side::Asked, Side::Asked, Side::Off];
        let port = [Verb::Will.say(COM_PORT), Verb::Do.say(BINARY), Verb::Do.say(NO_GO_AHEAD)];
        let (ours, own): (_, &[[u8; 3]]) = match is_for {
            Use::Talking => ([Side::Asked; 3], &[Verb::Will.say(BINARY), Verb::Will.say(NO_GO_AHEAD)]),
            Use::Listening => ([Side::Off, Side::Off, Side::Asked], &[]),
        };
        self.ours = ours;
        port.iter().chain(own).flatten().copied().collect()
    }

    /// What is answered: nothing to what only confirms, so that no two ends answer each other for ever, and nothing to
    /// what was answered before.
    pub(super) fn hear(&mut self, verb: Verb, option: u8) -> Option<[u8; 3]> {
        let is_silent = self.is_for == Use::Listening && self.answered.count >= ANSWERS_FROM_LISTENER;
        self.judge(verb, option).filter(|_| !is_silent && self.answered.note(verb, option))
    }

    fn judge(&mut self, verb: Verb, option: u8) -> Option<[u8; 3]> {
        let (sides, yes, no) = match verb {
            Verb::Do | Verb::Dont => (&mut self.ours, Verb::Will, Verb::Wont),
            Verb::Will | Verb::Wont => (&mut self.theirs, Verb::Do, Verb::Dont),
        };
        let is_on = matches!(verb, Verb::Do | Verb::Will);
        let place = WANTED.iter().position(|wanted| *wanted == option);
        let Some(side) = place.and_then(|place| sides.get_mut(place)) else {
            return is_on.then(|| no.say(option));
        };
        let before = std::mem::replace(side, if is_on { Side::On } else { Side::Refused });
        match (before, is_on) {
            (Side::Off | Side::Refused, true) => Some(yes.say(option)),
            (Side::On, false) => Some(no.say(option)),
            _ => None,
        }
    }

    /// Whether the far end lets its port be controlled; `None` when it has not said.
    pub(super) fn has_port(&self) -> Option<bool> {
        match self.ours.last()? {
            Side::On => Some(true),
            Side::Refused => Some(false),
            Side::Off | Side::Asked => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ECHO: u8 = 1;

    fn begun() -> Options {
        let mut options = Options::default();
        assert_eq!(options.begin(Use::Talking).len(), 15);
        options
    }

    #[test]
    fn the_port_is_controlled_once_the_far_end_agrees() {
        let mut options = begun();
        assert_eq!(options.has_port(), None);
        assert_eq!(options.hear(Verb::Do, COM_PORT), None);
        assert_eq!(options.has_port(), Some(true));
    }

    #[test]
    fn a_plain_telnet_server_is_known_by_its_refusal() {
        let mut options = begun();
        assert_eq!(options.hear(Verb::Dont, COM_PORT), None);
        assert_eq!(options.has_port(), Some(false));
    }

    #[test]
    fn what_is_not_wanted_is_refused_and_a_refusal_needs_no_answer() {
        let mut options = begun();
        assert_eq!(options.hear(Verb::Will, ECHO), Some(Verb::Dont.say(ECHO)));
        assert_eq!(options.hear(Verb::Do, ECHO), Some(Verb::Wont.say(ECHO)));
        assert_eq!(options.hear(Verb::Wont, ECHO), None);
        assert_eq!(options.hear(Verb::Dont, ECHO), None);
    }

    /// Everything that is answered to anything, said for ever.
    fn answers_to_everything(is_for: Use) -> usize {
        let mut options = Options::default();
        options.begin(is_for);
        let verbs = [Verb::Do, Verb::Will, Verb::Dont, Verb::Wont];
        let said =
            (0..10).flat_map(|_| (0..=u8::MAX).flat_map(move |option| verbs.map(|verb| (verb, option))));
        said.filter_map(|(verb, option)| options.hear(verb, option)).count()
    }

    #[test]
    fn each_option_is_answered_once_on_each_side_however_often_it_is_asked_for() {
        assert!(answers_to_everything(Use::Talking) <= 512);
    }

    #[test]
    fn who_only_listens_gives_two_answers_and_no_more() {
        assert_eq!(answers_to_everything(Use::Listening), ANSWERS_FROM_LISTENER);
    }

    #[test]
    fn two_ends_never_answer_each_other_for_ever() {
        let (mut here, mut there) = (begun(), begun());
        let mut said: Vec<(Verb, u8)> =
            [(Verb::Will, COM_PORT), (Verb::Will, BINARY), (Verb::Do, BINARY), (Verb::Do, ECHO)].into();
        let mut to_there = true;
        for _ in 0..3 {
            let hearer = if to_there { &mut there } else { &mut here };
            said = said
                .into_iter()
                .filter_map(|(verb, option)| hearer.hear(verb, option))
                .map(|[_, verb, option]| {
                    let verbs = [Verb::Will, Verb::Wont, Verb::Do, Verb::Dont];
                    (verbs.into_iter().find(|known| known.say(0)[1] == verb).unwrap(), option)
                })
                .collect();
            to_there = !to_there;
        }
        assert_eq!(said, []);
    }
}
