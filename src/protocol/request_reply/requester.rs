//! Requester: the state that every exchange of questions and answers has, with a session or without one.

use super::{Actions, Attempts, Timing};
use crate::frame::At;
use crate::protocol::{Action, Fault, Unfit, Wait};

/// Where the conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Before [`Event::Start`](crate::protocol::Event::Start) and after the end.
    #[default]
    Resting,
    /// The question is on its way out.
    Asking,
    /// The answer is awaited.
    Listening,
    /// The line must stay silent before the next question; what arrives is late.
    Pausing,
}

/// Actions, attempts at the present question, and answers owed.
#[derive(Debug, Default)]
pub struct Requester {
    /// What is to be done next.
    pub actions: Actions,
    /// What the answers to the present question have come to.
    pub attempts: Attempts,
    /// Questions sent whose answers have neither come nor been waited for to the end: they may come late.
    owed: u32,
    /// Since when something more urgent waits for the line.
    gives_way: Option<At>,
}

impl Requester {
    /// The present question goes out, at most `of` times in all.
    pub fn ask(&mut self, question: Vec<u8>, of: u32) {
        self.attempts.asked += 1;
        self.owed += 1;
        self.actions.attempt(self.attempts.asked, of);
        self.actions.send(question);
    }

    /// A further message of the same question goes out, such as one that asks for the next block.
    pub const fn owe_another(&mut self) {
        self.owed += 1;
    }

    /// An answer has come, good or bad.
    pub const fn settle(&mut self) {
        self.owed = self.owed.saturating_sub(1);
    }

    /// What is owed has been waited for to the end, or is never answered.
    pub const fn forget_owed(&mut self) {
        self.owed = 0;
    }

    /// Answers that may still come.
    #[must_use]
    pub const fn owed(&self) -> u32 {
        self.owed
    }

    /// Another question: what came to the one before no longer counts.
    pub fn next_question(&mut self) {
        self.attempts = Attempts::default();
    }

    /// What the present question has failed by; another one follows.
    pub fn fault(&mut self) -> Fault {
        std::mem::take(&mut self.attempts).fault()
    }

    /// Whether the present question may be asked again, of so many tries.
    #[must_use]
    pub const fn may_repeat(&self, tries: u32) -> bool {
        self.gives_way.is_none() && self.attempts.asked < tries
    }

    /// Whether a refusal is answered by asking once more: damage that a checksum misses can make one of an answer. It
    /// is noted, and the next one like it counts.
    pub fn doubts(&mut self, refusal: &Fault, tries: u32) -> bool {
        let is_new = self.attempts.refused.as_ref() != Some(refusal) && self.may_repeat(tries);
        if is_new {
            self.attempts.refused = Some(refusal.clone());
        }
        is_new
    }

    /// A sound frame that is no answer. Another meter's is told once.
    pub fn unfit(&mut self, unfit: Unfit) {
        if let Unfit::Address { expected, found } = unfit
            && self.attempts.unfit.as_ref() != Some(&unfit)
        {
            self.actions.warn("other-meter", format!("answer from address {found} while asking {expected}"));
        }
        self.attempts.unfit = Some(unfit);
    }

    /// An answer that was given up on has come while the line should be silent. Whether it was the last one owed.
    pub fn late_answer(&mut self) -> bool {
        let was_owed = self.owed > 0;
        self.settle();
        if was_owed || self.attempts.late == 0 {
            self.attempts.late += 1;
            self.actions
                .warn("late-answer", "an answer came after its time and was not taken for the next one");
        }
        self.owed == 0
    }

    /// Silence before the next question; as long as an answer may still come when one is owed. Whether a pause was
    /// begun: without one, the question is asked at once.
    pub fn pause(&mut self, timing: Timing, at: At) -> bool {
        let is_owed = self.owed > 0 && self.attempts.asked == 0;
        if !is_owed && timing.gap.is_zero() {
            return false;
        }
        self.actions.wait(if is_owed { timing.reply.from(at) } else { Wait::until(at + timing.gap) });
        true
    }

    /// A pause has come to its end.
    pub const fn end_pause(&mut self) {
        if self.attempts.asked == 0 {
            self.owed = 0;
        }
    }

    /// Something more urgent waits for the line: what was asked is heard to its end, and nothing more is asked.
    pub const fn give_way(&mut self, at: At) {
        self.gives_way = Some(at);
    }

    /// Whether something more urgent waits.
    #[must_use]
    pub const fn gives_way(&self) -> bool {
        self.gives_way.is_some()
    }

    /// The end, and what whoever comes next must leave time for. What has waited since a moment before need not wait
    /// for the running try and after that for its late answer as well.
    pub fn finish(&mut self, timing: Timing, at: At) {
        let late = self.gives_way.unwrap_or(at) + timing.reply.whole();
        let gap = at + timing.gap;
        let until = if self.owed > 0 { late.max(gap) } else { gap };
        if until > at {
            self.actions.rest(until, self.owed);
        }
        self.actions.finished();
    }

    /// Next action.
    pub fn next_action(&mut self) -> Option<Action> {
        self.actions.next_action()
    }
}
