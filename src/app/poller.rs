//! Poller of one line: the order in which its meters are asked again and again.
//!
//! - In a round every meter is asked in its turn, and every command of it ends at most once.
//! - A meter whose first request of the round stays silent is left out for this round; in the next it is asked with
//!   one try.
//! - A later request that stays silent marks its command: from then on it is asked last, and with one try until it
//!   has been answered.
//! - What was cut short, because a person wanted the line, is asked when the line is free again.
//!
//! Pure: time is passed in, and who carries an [`Ask`] out tells how it ended. That a person's request goes first is
//! the bus's part ([`crate::bus::Urgency`]); the poller takes up again where it was stopped.

mod member;
mod round;

use std::time::Duration;

use crate::frame::At;
use crate::protocol::Fault;
use member::Member;
use round::{Round, Verdict};

/// Tries that a request has in an ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// As often as the person has chosen.
    Usual,
    /// Once: it stayed silent before.
    One,
}

/// Something to be asked now: commands of one meter, in this order, in one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask<M, C> {
    /// Which meter.
    pub meter: M,
    /// What.
    pub commands: Vec<C>,
    /// How often each.
    pub tries: Tries,
}

/// Result of one command of an ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was answered.
    Answered,
    /// Nothing that could be an answer came.
    Silent,
    /// Something came, or it could not be sent: refused, damaged, not the answer.
    Failed,
    /// It was stopped to let something else go first.
    Cut,
}

impl Ending {
    /// What a result means for whose turn it is.
    #[must_use]
    pub const fn of(fault: Option<&Fault>) -> Self {
        match fault {
            None => Self::Answered,
            Some(Fault::NoAnswer { .. }) => Self::Silent,
            Some(Fault::Cancelled) => Self::Cut,
            Some(_) => Self::Failed,
        }
    }
}

/// State of the poller.
#[derive(Debug, Clone)]
enum Stand {
    /// Nothing is to be asked.
    Off,
    /// Until the next round.
    Resting { until: At },
    /// In a round.
    Asking(Round),
}

/// The poller of one line. `M` names a meter, `C` what it is asked.
#[derive(Debug, Clone)]
pub struct Poller<M, C> {
    members: Vec<Member<M, C>>,
    period: Duration,
    /// Whether another round follows.
    repeats: bool,
    /// Whether nothing may be asked just now.
    held: bool,
    stand: Stand,
}

impl<M: Clone + PartialEq, C: Clone + PartialEq> Poller<M, C> {
    /// One that is off; rounds begin `period` apart, or one after the other where they take longer.
    #[must_use]
    pub const fn new(period: Duration) -> Self {
        Self { members: Vec::new(), period, repeats: false, held: false, stand: Stand::Off }
    }

    /// From the beginning of a round to that of the next.
    #[must_use]
    pub const fn period(&self) -> Duration {
        self.period
    }

    /// Changes the period; the next round is due by the new one.
    pub fn set_period(&mut self, period: Duration, now: At) {
        self.period = period;
        if let Stand::Resting { until } = &mut self.stand {
            *until = (*until).min(now + period);
        }
    }

    /// Takes these meters with their commands, but not in the middle of a round. What is known of those that stay is
    /// kept.
    pub fn set_meters(&mut self, meters: impl IntoIterator<Item = (M, Vec<C>)>) {
        if self.is_asking() {
            return;
        }
        let mut before = std::mem::take(&mut self.members);
        for (meter, commands) in meters {
            let known = before.iter().position(|member| member.meter == meter);
            let known = known.map(|at| before.swap_remove(at));
            self.members.push(Member::new(meter, commands, known));
        }
    }

    /// Asks round after round, the first of them at once.
    pub fn start(&mut self, now: At) {
        self.repeats = true;
        if !self.is_asking() {
            self.stand = Stand::Resting { until: now };
        }
    }

    /// Asks one round at once; those that follow by themselves follow later.
    pub fn ask_once(&mut self, now: At) {
        if !self.is_asking() {
            self.begin(now);
        }
    }

    /// Asks nothing any more. What an ask that still runs comes to is not taken.
    pub fn stop(&mut self) {
        self.repeats = false;
        self.stand = Stand::Off;
    }

    /// Ends the round; the next one follows when it is due.
    pub fn skip(&mut self, now: At) {
        if let Stand::Asking(round) = &self.stand {
            self.stand = self.after(round.begun, now);
        }
    }

    /// Holds back what is not asked yet, or lets it go on.
    pub const fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// Whether it is held back.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.held
    }

    /// Whether round follows round.
    #[must_use]
    pub const fn repeats(&self) -> bool {
        self.repeats
    }

    /// Whether a round has begun and is not over.
    #[must_use]
    pub const fn is_asking(&self) -> bool {
        matches!(self.stand, Stand::Asking(_))
    }

    /// When there is something to ask; `None` while an ask runs, or nothing is to be asked.
    #[must_use]
    pub fn due(&self) -> Option<At> {
        match &self.stand {
            Stand::Resting { until } if !self.held => Some(*until),
            Stand::Asking(round) if !self.held && !round.is_under_way() => Some(round.begun),
            _ => None,
        }
    }

    /// The commands of the round that have not ended.
    #[must_use]
    pub fn left(&self) -> usize {
        if let Stand::Asking(round) = &self.stand { round.left() } else { 0 }
    }

    /// What is to be asked now. Until [`Poller::finished`] nothing more is.
    pub fn next(&mut self, now: At) -> Option<Ask<M, C>> {
        if self.due().is_none_or(|due| due > now) {
            return None;
        }
        if !self.is_asking() {
            self.begin(now);
        }
        let Stand::Asking(round) = &mut self.stand else { return None };
        let (at, places, tries) = round.ask(&self.members)?;
        let member = self.members.get(at)?;
        let commands = places.iter().filter_map(|place| member.commands.get(*place)).cloned().collect();
        Some(Ask { meter: member.meter.clone(), commands, tries })
    }

    /// The command at this place of the ask that runs has ended so.
    pub fn answered(&mut self, place: usize, ending: Ending) {
        let Stand::Asking(round) = &mut self.stand else { return };
        let Some((at, command, verdict)) = round.take(place, ending) else { return };
        if let Some(member) = self.members.get_mut(at) {
            match verdict {
                Verdict::LeftOut => member.is_left_out = true,
                Verdict::Silent => member.mark(command),
                Verdict::Heard => {
                    member.is_left_out = false;
                    if ending == Ending::Answered {
                        member.unmark(command);
                    }
                }
            }
        }
    }

    /// The ask that ran is over.
    pub fn finished(&mut self, now: At) {
        let Stand::Asking(round) = &mut self.stand else { return };
        if round.finish() {
            let begun = round.begun;
            self.stand = self.after(begun, now);
        }
    }

    fn begin(&mut self, now: At) {
        let round = Round::new(now, &self.members);
        self.stand = if round.left() == 0 { self.after(now, now) } else { Stand::Asking(round) };
    }

    /// Where it stands after a round.
    fn after(&self, begun: At, now: At) -> Stand {
        if self.repeats { Stand::Resting { until: (begun + self.period).max(now) } } else { Stand::Off }
    }
}

#[cfg(test)]
mod tests;
