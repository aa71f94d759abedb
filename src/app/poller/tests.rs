//! The laws of the poller, on a line that is made up: who is silent when, and when a person wants it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

type Meter = u8;
type Command = u8;

const PERIOD: Duration = Duration::from_secs(5);
/// What a try takes.
const TRY: Duration = Duration::from_secs(1);
const USUAL: u32 = 3;

/// Something that was sent for the poller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sent {
    round: u32,
    meter: Meter,
    command: Command,
    tries: Tries,
    /// How it ended, after so many tries.
    ending: Ending,
    tried: u32,
}

/// A line with its meters, and somebody who wants something now and then.
#[derive(Debug)]
struct Line {
    poller: Poller<Meter, Command>,
    now: At,
    round: u32,
    /// Whether the next try is answered, one after the other, round and round.
    answers: Vec<bool>,
    /// Whether a person asks for something during the next try.
    persons: Vec<bool>,
    tries: usize,
    log: Vec<Sent>,
}

impl Line {
    fn new(sizes: &[u8], answers: Vec<bool>, persons: Vec<bool>) -> Self {
        let mut poller = Poller::new(PERIOD);
        poller.set_meters(meters(sizes));
        poller.start(At::ZERO);
        Self { poller, now: At::ZERO, round: 0, answers, persons, tries: 0, log: Vec::new() }
    }

    fn rounds(mut self, count: u32) -> Self {
        while self.round < count {
            self.now = self.now.max(self.poller.due().expect("it goes on"));
            let ask = self.poller.next(self.now).expect("something is due");
            self.carry_out(&ask);
            self.poller.finished(self.now);
            if !self.poller.is_asking() {
                self.round += 1;
            }
        }
        self
    }

    /// One try of a command: whether it is answered, and whether a person asked for something meanwhile.
    fn attempt(&mut self) -> (bool, bool) {
        let at = self.tries;
        self.tries += 1;
        self.now = self.now + TRY;
        let of = |list: &[bool]| list.get(at % list.len().max(1)).copied().unwrap_or_default();
        (of(&self.answers), of(&self.persons))
    }

    /// As an exchange does it: a person's request ends it after the running try, and so does silence at first.
    fn carry_out(&mut self, ask: &Ask<Meter, Command>) {
        let most = if ask.tries == Tries::One { 1 } else { USUAL };
        for (place, command) in ask.commands.iter().enumerate() {
            let is_first = !self.log.iter().any(|s| s.round == self.round && s.meter == ask.meter);
            let (mut tried, mut ending, mut is_wanted) = (0, Ending::Silent, false);
            while tried < most && ending == Ending::Silent && !is_wanted {
                let (answered, person) = self.attempt();
                tried += 1;
                is_wanted = person;
                if answered {
                    ending = Ending::Answered;
                }
            }
            let Ask { meter, tries, .. } = *ask;
            self.log.push(Sent { round: self.round, meter, command: *command, tries, ending, tried });
            self.poller.answered(place, ending);
            if is_wanted || (is_first && ending == Ending::Silent) {
                return;
            }
        }
    }

    fn of_round(&self, round: u32) -> impl Iterator<Item = &Sent> {
        self.log.iter().filter(move |sent| sent.round == round)
    }
}

fn meters(sizes: &[u8]) -> Vec<(Meter, Vec<Command>)> {
    (0..).zip(sizes).map(|(meter, size)| (meter, (0..*size).collect())).collect()
}

const ROUNDS: u32 = 6;

fn lines() -> impl Strategy<Value = Line> {
    let sizes = prop::collection::vec(1_u8..6, 1..5);
    let answers = prop::collection::vec(any::<bool>(), 1..40);
    let persons = prop::collection::vec(prop::bool::weighted(0.2), 1..40);
    (sizes, answers, persons)
        .prop_map(|(sizes, answers, persons)| Line::new(&sizes, answers, persons).rounds(ROUNDS))
}

proptest! {
    #[test]
    fn nothing_is_asked_twice_in_a_round(line in lines()) {
        for round in 0..ROUNDS {
            let mut seen = BTreeSet::new();
            for sent in line.of_round(round) {
                prop_assert!(seen.insert((sent.meter, sent.command)), "{round}: {sent:?}");
            }
        }
    }

    #[test]
    fn every_meter_has_its_turn_in_every_round_and_a_meter_that_is_heard_is_asked_everything(line in lines()) {
        let members: Vec<(Meter, usize)> =
            line.poller.members.iter().map(|member| (member.meter, member.commands.len())).collect();
        for round in 0..ROUNDS {
            let mut turns: Vec<Meter> = line.of_round(round).map(|sent| sent.meter).collect();
            turns.dedup();
            prop_assert_eq!(&turns, &members.iter().map(|(meter, _)| *meter).collect::<Vec<_>>());
            for (meter, commands) in &members {
                let of_it: Vec<&Sent> = line.of_round(round).filter(|sent| sent.meter == *meter).collect();
                let is_heard = of_it[0].ending == Ending::Answered;
                prop_assert_eq!(of_it.len(), if is_heard { *commands } else { 1 });
            }
        }
    }

    #[test]
    fn a_meter_left_out_is_asked_with_one_try_in_the_next_round(line in lines()) {
        for round in 1..ROUNDS {
            let firsts = |round| line.of_round(round).fold(BTreeMap::new(), |mut firsts, sent| {
                firsts.entry(sent.meter).or_insert(*sent);
                firsts
            });
            for (meter, first) in firsts(round) {
                if firsts(round - 1)[&meter].ending == Ending::Silent {
                    prop_assert_eq!((first.tries, first.tried), (Tries::One, 1));
                }
            }
        }
    }

    #[test]
    fn a_command_that_stayed_silent_later_is_asked_last_with_one_try_until_it_is_answered(line in lines()) {
        let mut silent: BTreeSet<(Meter, Command)> = BTreeSet::new();
        for round in 0..ROUNDS {
            let mut seen: BTreeMap<Meter, Vec<Sent>> = BTreeMap::new();
            for sent in line.of_round(round) {
                seen.entry(sent.meter).or_default().push(*sent);
            }
            let marked = silent.clone();
            for (meter, sent) in seen {
                let is_marked = |sent: &Sent| marked.contains(&(meter, sent.command));
                let first = sent.iter().position(is_marked).unwrap_or(sent.len());
                prop_assert!(sent[first..].iter().all(is_marked), "{round}: {sent:?}");
                for (at, sent) in sent.iter().enumerate() {
                    prop_assert!(!is_marked(sent) || sent.tried == 1);
                    match sent.ending {
                        Ending::Silent if at > 0 => silent.insert((meter, sent.command)),
                        Ending::Answered => silent.remove(&(meter, sent.command)),
                        _ => false,
                    };
                }
            }
        }
    }
}

fn poller(sizes: &[u8]) -> Poller<Meter, Command> {
    let mut poller = Poller::new(PERIOD);
    poller.set_meters(meters(sizes));
    poller
}

fn commands(poller: &mut Poller<Meter, Command>, now: At) -> Option<(Meter, Vec<Command>, Tries)> {
    poller.next(now).map(|ask| (ask.meter, ask.commands, ask.tries))
}

#[test]
fn what_was_cut_short_is_asked_when_the_line_is_free_again_and_the_rest_with_it() {
    let mut poller = poller(&[3]);
    poller.start(At::ZERO);
    assert_eq!(commands(&mut poller, At::ZERO), Some((0, vec![0, 1, 2], Tries::Usual)));
    poller.answered(0, Ending::Answered);
    poller.answered(1, Ending::Cut);
    poller.finished(At::from_millis(900));
    assert_eq!(commands(&mut poller, At::from_millis(900)), Some((0, vec![1, 2], Tries::Usual)));
}

#[test]
fn a_silent_request_behind_one_that_was_cut_is_not_the_first() {
    let mut poller = poller(&[2]);
    poller.start(At::ZERO);
    poller.next(At::ZERO);
    poller.answered(0, Ending::Answered);
    poller.finished(At::ZERO);
    poller.next(At::ZERO);
    poller.answered(0, Ending::Silent);
    poller.finished(At::ZERO);
    poller.next(At::from_millis(5000));
    poller.answered(0, Ending::Answered);
    poller.finished(At::from_millis(5000));
    assert_eq!(commands(&mut poller, At::from_millis(5000)), Some((0, vec![1], Tries::One)), "marked");
}

#[test]
fn a_round_begins_the_period_after_the_one_before_began_or_at_once_where_that_took_longer() {
    for (took, next) in [(1000, 5000), (5000, 5000), (8000, 8000)] {
        let mut poller = poller(&[1]);
        poller.start(At::ZERO);
        poller.next(At::ZERO);
        poller.answered(0, Ending::Answered);
        poller.finished(At::from_millis(took));
        assert_eq!(poller.due(), Some(At::from_millis(next)));
        assert_eq!(poller.next(At::from_millis(next - 1)), None);
    }
}

#[test]
fn nothing_is_asked_while_it_is_held_and_it_goes_on_where_it_was() {
    let mut poller = poller(&[1, 1]);
    poller.start(At::ZERO);
    poller.next(At::ZERO);
    poller.hold(true);
    poller.answered(0, Ending::Answered);
    poller.finished(At::ZERO);
    assert_eq!((poller.due(), poller.next(At::from_millis(9000))), (None, None));
    poller.hold(false);
    assert_eq!(commands(&mut poller, At::from_millis(9000)), Some((1, vec![0], Tries::Usual)));
}

#[test]
fn one_round_is_one_round_and_what_is_stopped_asks_nothing() {
    let mut poller = poller(&[1]);
    poller.ask_once(At::ZERO);
    poller.next(At::ZERO);
    poller.answered(0, Ending::Answered);
    poller.finished(At::ZERO);
    assert_eq!(poller.due(), None);
    poller.start(At::ZERO);
    poller.next(At::ZERO);
    poller.stop();
    poller.answered(0, Ending::Silent);
    poller.finished(At::ZERO);
    assert_eq!((poller.due(), poller.repeats()), (None, false));
}

#[test]
fn an_ask_that_comes_to_nothing_is_not_asked_over_and_over() {
    let mut poller = poller(&[2]);
    poller.ask_once(At::ZERO);
    assert!(poller.next(At::ZERO).is_some());
    poller.finished(At::ZERO);
    assert_eq!(poller.next(At::ZERO), None);
    assert!(!poller.is_asking());
}

#[test]
fn what_is_known_of_a_meter_outlasts_another_choice_of_its_commands() {
    let mut poller = poller(&[3]);
    poller.ask_once(At::ZERO);
    poller.next(At::ZERO);
    for (place, ending) in [Ending::Answered, Ending::Silent, Ending::Answered].into_iter().enumerate() {
        poller.answered(place, ending);
    }
    poller.finished(At::ZERO);
    poller.set_meters([(0, vec![1, 2, 5])]);
    poller.ask_once(At::ZERO);
    assert_eq!(commands(&mut poller, At::ZERO), Some((0, vec![2, 5], Tries::Usual)));
}
