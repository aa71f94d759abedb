//! Jobs carried out: begun, told what happened, done what their exchange wants, ended.

use std::time::Duration;

use super::super::errand::{Errand, Scope};
use super::super::job::Active;
use super::super::{JobEvent, JobId, LinkState};
use super::Bus;
use crate::frame::At;
use crate::protocol::{Action, Event, Failure, Fault, Warning};
use crate::trace::Mark;

/// Warnings that are told of a job.
const MOST_WARNINGS: u32 = 64;
/// Characters of silence between bytes of no known protocol: what most protocols of buses take for the end of a frame.
const SILENT_CHARACTERS: usize = 4;

impl Bus {
    /// Begins the next job that waits, once the link is open and the last one is over.
    pub(super) fn start_next(&mut self) {
        while self.may_begin() && self.quiet.begin() <= self.clock.now() {
            let Some((job, errand)) = self.queue.next() else { return };
            let listens = errand.only_listens();
            let (may_reply, urgency) = (errand.is_permitted(), errand.urgency());
            let decoder = errand.decoder().copied();
            if decoder.is_some() && decoder != self.decoder {
                self.decode(decoder, self.clock.now());
            }
            if !self.orders.can_send() && !listens {
                self.refuse(job, self.silenced());
                continue;
            }
            let silence = self.silence_of(&errand);
            let (exchange, mut scope) = errand.into_exchange(self.talk.status.line, self.is_line_chosen);
            if let Scope::Permitted(permit) = &mut scope
                && let Err(why) = permit.check()
            {
                self.refuse(job, Fault::NotRecorded(why));
                continue;
            }
            match exchange {
                Ok(mut exchange) => {
                    if std::mem::take(&mut self.was_cut) {
                        exchange.after_a_cut();
                    }
                    if self.talk.status.line.is_none() {
                        exchange.line_stays();
                    }
                    self.talk.active = Some(Active::new((job, urgency), exchange, silence, decoder, scope));
                    self.tell(job, JobEvent::Started);
                    self.begin(listens && !may_reply);
                }
                Err(error) => self.refuse(job, Fault::Unsendable(error)),
            }
        }
    }

    /// The silence that an errand owes the line between transmissions that nothing answers.
    fn silence_of(&self, errand: &Errand) -> Duration {
        let decoder = errand.decoder().or(self.decoder.as_ref());
        let planned = errand.asked().map(|plan| plan.profile.line);
        let line = self.talk.status.line.or(planned).unwrap_or_default();
        decoder.map_or_else(|| line.wire_time(SILENT_CHARACTERS), |decoder| decoder.family.silence(line))
    }

    /// Begins the active job. One that only listens hears what nobody has heard yet; a reply would come too late.
    fn begin(&mut self, hears_early: bool) {
        let now = self.clock.now();
        self.tell_exchange(Event::Start, now);
        if hears_early {
            self.catch_up(now);
        }
        self.unheard = None;
    }

    /// Whether a job could begin: one that was asked for after a change of the line waits for it.
    pub(super) const fn may_begin(&self) -> bool {
        self.talk.active.is_none() && self.is_open() && self.outgoing.lines == 0
    }

    /// Ends a job that could not begin.
    pub(super) fn refuse(&mut self, job: JobId, fault: Fault) {
        let result = Err(Failure { step: "before sending", fault });
        self.tell(job, JobEvent::Answered { index: 0, result, request: None, reply: None });
        self.tell(job, JobEvent::Finished);
    }

    pub(super) fn tell_exchange(&mut self, event: Event<'_>, at: At) {
        if let Some(active) = &mut self.talk.active {
            active.exchange.handle(event, at);
            self.pump(at);
        }
    }

    /// Does what the running exchange wants done.
    pub(super) fn pump(&mut self, at: At) {
        while let Some(active) = &mut self.talk.active {
            let job = active.job;
            match active.exchange.next_action() {
                None => break,
                Some(Action::Send(_)) if !self.orders.can_send() => {
                    active.exchange.handle(Event::LinkLost, at);
                }
                Some(Action::Send(bytes)) => self.transmit(bytes, at),
                Some(Action::SetLine(line)) => self.ask_for_line(line),
                Some(Action::Wait(wait)) => active.wait = Some(wait),
                Some(Action::Try { number, of }) => self.tell(job, JobEvent::Try { number, of }),
                Some(Action::Step(step)) => self.tell(job, JobEvent::Step(step)),
                Some(Action::Reading(mut reading)) => {
                    reading.in_zone(self.trace.lock().zone());
                    self.tell(job, JobEvent::Reading(reading, at));
                }
                Some(Action::Progress { done, total }) => self.tell(job, JobEvent::Progress { done, total }),
                Some(Action::Warning(warning)) => self.warn(job, warning),
                Some(Action::Answered { index, result }) => self.answered(index, result, at),
                Some(Action::Rest { until, owed }) => self.quiet.rest(until, owed),
                Some(Action::Finished) => {
                    self.drop_paused();
                    self.finished(job);
                    self.doubt();
                }
            }
        }
    }

    /// A job is over; how many of its warnings were not told is the last of them.
    pub(super) fn finished(&mut self, job: JobId) {
        let untold =
            self.talk.active.take().map_or(0, |active| active.warnings.saturating_sub(MOST_WARNINGS));
        let untold = u64::from(untold) + self.reports.take_lost();
        if untold > 0 {
            let text = format!("{untold} more warnings were not told").into();
            self.tell(job, JobEvent::Warning(Warning { code: "more-warnings", text }));
        }
        self.tell(job, JobEvent::Finished);
    }

    /// Tells the first warnings of a job. A line without silence can give one for every frame on it.
    fn warn(&mut self, job: JobId, warning: Warning) {
        let Some(active) = &mut self.talk.active else { return };
        active.warnings = active.warnings.saturating_add(1);
        if active.warnings <= MOST_WARNINGS {
            self.tell(job, JobEvent::Warning(warning));
        }
    }

    pub(super) fn answered(&mut self, index: usize, result: Result<(), Failure>, at: At) {
        self.settle(result.clone(), at);
        let Some(active) = &mut self.talk.active else { return };
        active.answered = index + 1;
        let (job, request) = (active.job, active.request.take());
        let reply = active.reply.take();
        if let Err(Failure { fault: Fault::NoAnswer { sent, echo, noise_bytes }, .. }) = &result {
            self.talk.status.counters.missing += 1;
            if !echo && *noise_bytes == 0 {
                self.liveness.miss(*sent);
            }
        }
        if result.is_ok()
            && let Some(latency) = request.zip(reply).and_then(|(asked, told)| self.latency(asked, told))
        {
            self.talk.status.latency = Some(latency);
        }
        self.tell(job, JobEvent::Answered { index, result, request, reply });
    }

    /// What came of the last write is known: the witness keeps it, too.
    pub(super) fn settle(&mut self, result: Result<(), Failure>, at: At) {
        let Some(active) = &mut self.talk.active else { return };
        let Scope::Permitted(permit) = &mut active.scope else { return };
        let Some(unsettled) = active.unsettled.take() else { return };
        let ended = {
            let trace = self.trace.lock();
            unsettled.ended(result, &trace, trace.wall(at))
        };
        if let Err(why) = permit.ends(&ended) {
            let job = active.job;
            let text = format!("the write log lacks how this ended: {why}");
            self.trace.lock().mark(Mark::Note(text.clone()), at);
            self.tell(job, JobEvent::Warning(Warning { code: "write-log", text: text.into() }));
        }
    }

    /// Has a raw connection opened anew that may be dead. What waits is begun when it is back.
    fn doubt(&mut self) {
        if self.talk.status.line.is_none() && self.is_open() && self.liveness.doubt() {
            self.talk.status.link = LinkState::Lost("the connection may be dead".to_owned());
            self.orders.renew();
        }
    }

    fn latency(&self, request: u32, reply: u32) -> Option<Duration> {
        let trace = self.trace.lock();
        Some(trace.entry(reply)?.latency(&trace.entry(request)?))
    }

    /// Takes something to be carried out. What runs and is less urgent ends at its next boundary.
    pub(super) fn take(&mut self, job: JobId, errand: Box<Errand>) {
        let urgency = errand.urgency();
        self.queue.push(job, errand);
        self.make_way(|active| active.urgency < urgency);
    }

    /// Has a job end at its next boundary; one that waits has not begun, and does not.
    pub(super) fn give_way(&mut self, job: JobId) {
        if self.queue.remove(job) {
            self.refuse(job, Fault::Cancelled);
        } else {
            self.make_way(|active| active.job == job);
        }
    }

    /// Has the running job end at its next boundary, if it is such a one; told once.
    pub(super) fn make_way(&mut self, is_meant: impl FnOnce(&Active) -> bool) {
        let Some(active) = self.talk.active.as_mut().filter(|active| !active.gives_way) else { return };
        if is_meant(active) {
            active.gives_way = true;
            self.tell_exchange(Event::GiveWay, self.clock.now());
        }
    }

    pub(super) fn cancel(&mut self, job: JobId) {
        if self.talk.active.as_ref().is_some_and(|active| active.job == job) {
            self.tell_exchange(Event::Cancelled, self.clock.now());
        } else if self.queue.remove(job) {
            self.tell(job, JobEvent::Finished);
        }
    }
}
