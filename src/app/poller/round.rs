//! Round of a poll: the meters and commands that are still to be asked.

use std::collections::VecDeque;

use super::member::Member;
use super::{Ending, Tries};
use crate::frame::At;

/// Evidence about a meter from the end of one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is there.
    Heard,
    /// It is there, and this command stays silent.
    Silent,
    /// It is left out for the rest of the round.
    LeftOut,
}

/// Commands of one meter that are still to be asked.
#[derive(Debug, Clone)]
struct Turn {
    /// Which meter.
    member: usize,
    /// Its commands by place, in order.
    left: VecDeque<usize>,
    /// Whether a command of it has ended in this round.
    is_heard: bool,
}

/// An ask under way.
#[derive(Debug, Clone)]
struct UnderWay {
    /// The commands by place, in the order of the plan; `None` once one has ended.
    places: Vec<Option<usize>>,
    /// Whether anything has ended, or was cut short.
    has_moved: bool,
}

/// A round.
#[derive(Debug, Clone)]
pub(super) struct Round {
    pub(super) begun: At,
    turns: VecDeque<Turn>,
    under_way: Option<UnderWay>,
}

impl Round {
    pub(super) fn new<M, C: Clone + PartialEq>(begun: At, members: &[Member<M, C>]) -> Self {
        let turn = |(member, known): (usize, &Member<M, C>)| Turn {
            member,
            left: known.order().into(),
            is_heard: false,
        };
        let turns = members.iter().enumerate().map(turn).filter(|turn| !turn.left.is_empty());
        Self { begun, turns: turns.collect(), under_way: None }
    }

    pub(super) const fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    pub(super) fn left(&self) -> usize {
        self.turns.iter().map(|turn| turn.left.len()).sum()
    }

    /// The next ask: the meter, its commands by place, and how often each is sent.
    pub(super) fn ask<M, C: Clone + PartialEq>(
        &mut self,
        members: &[Member<M, C>],
    ) -> Option<(usize, Vec<usize>, Tries)> {
        let turn = self.turns.front()?;
        let member = members.get(turn.member)?;
        let tries = |place: usize| {
            if member.is_left_out || member.is_silent(place) { Tries::One } else { Tries::Usual }
        };
        let first = tries(*turn.left.front()?);
        let places: Vec<usize> =
            turn.left.iter().copied().take_while(|place| tries(*place) == first).collect();
        let under_way = UnderWay { places: places.iter().copied().map(Some).collect(), has_moved: false };
        self.under_way = Some(under_way);
        Some((turn.member, places, first))
    }

    /// Takes note of how a command of the ask under way ended: of which meter, which command, and what that says.
    pub(super) fn take(&mut self, place: usize, ending: Ending) -> Option<(usize, usize, Verdict)> {
        let under_way = self.under_way.as_mut()?;
        let asked = under_way.places.get_mut(place)?;
        under_way.has_moved = true;
        if ending == Ending::Cut {
            return None;
        }
        let command = asked.take()?;
        let turn = self.turns.front_mut().filter(|turn| turn.left.contains(&command))?;
        turn.left.retain(|left| *left != command);
        let is_first = !std::mem::replace(&mut turn.is_heard, true);
        let verdict = match ending {
            Ending::Silent if is_first => {
                turn.left.clear();
                Verdict::LeftOut
            }
            Ending::Silent => Verdict::Silent,
            Ending::Answered | Ending::Failed | Ending::Cut => Verdict::Heard,
        };
        Some((turn.member, command, verdict))
    }

    /// The ask under way is over; whether the round is.
    pub(super) fn finish(&mut self) -> bool {
        let Some(under_way) = self.under_way.take() else { return false };
        if let Some(turn) = self.turns.front_mut() {
            // What never got anywhere is not asked over and over.
            if !under_way.has_moved {
                turn.left.retain(|left| !under_way.places.contains(&Some(*left)));
            }
            if turn.left.is_empty() {
                self.turns.pop_front();
            }
        }
        self.turns.is_empty()
    }
}
