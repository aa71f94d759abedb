//! The loop that joins link, trace and protocol.

mod orders;
mod tuning;
mod unheard;

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::errand::Scope;
use super::handle::{Ends, Port};
use super::job::{Active, Queue};
use super::liveness::Liveness;
use super::quiet::Quiet;
use super::search::Search;
use super::seven::SevenBits;
use super::talk::Talk;
use super::written::Unsettled;
use super::{BusEvent, Decoder, Intent, JobEvent, JobId, LinkState, Status, Wanted};
use crate::frame::At;
use crate::link::damage::runs;
use crate::link::tcp::looks_like_telnet;
use crate::link::{Clock, Damage, LinkCommand, LinkEvent};
use crate::protocol::{Access, Action, Event, Failure, Fault, LineSettings, Warning};
use crate::trace::{Claimed, Digest, EntryKind, Mark, SharedTrace, Split, Way};
use orders::Orders;

/// How long a stopped exchange may take to sign off before the link is closed all the same.
const FAREWELL: Duration = Duration::from_secs(3);

/// Runs a bus over a link until the link is closed or nobody holds the handle any more.
pub async fn run(
    ends: Ends,
    port: Port,
    trace: SharedTrace,
    clock: Clock,
    decoder: Option<Decoder>,
    wanted: Wanted,
) {
    let (link_events, orders, split) = match port {
        Port::Full(link) => (link.events, Orders::All(link.commands), Split::TwoWay),
        Port::Listening(link) => (link.events, Orders::LinesOnly(link.lines), Split::Listening),
    };
    let bus = Bus {
        orders,
        clock,
        trace,
        digest: Digest::new(decoder.map(|d| (d.family, d.dialect)), split, LineSettings::default()),
        decoder,
        split,
        queue: Queue::default(),
        talk: Talk { seven: SevenBits::new(wanted), ..Talk::default() },
        outgoing: Outgoing::default(),
        quiet: Quiet::default(),
        is_line_chosen: wanted.is_line_chosen,
        search: Search::default(),
        closing: None,
        was_cut: false,
        unheard: None,
        liveness: Liveness::default(),
        told: ends.told,
        status: ends.status,
    };
    bus.run(link_events, ends.wanted).await;
}

/// What waits to be sent. Only when a change of the line is settled is it known what its bytes look like.
#[derive(Default)]
struct Outgoing {
    /// Changes of the line that are not settled yet.
    lines: u32,
    held: VecDeque<Vec<u8>>,
}

struct Bus {
    orders: Orders,
    clock: Clock,
    trace: SharedTrace,
    digest: Digest,
    decoder: Option<Decoder>,
    split: Split,
    queue: Queue,
    talk: Talk,
    outgoing: Outgoing,
    quiet: Quiet,
    /// Whether somebody has chosen the line settings.
    is_line_chosen: bool,
    search: Search,
    /// When the link is closed at the latest, once that is wanted.
    closing: Option<At>,
    /// Whether the link went away in the middle of something.
    was_cut: bool,
    /// The first entry since the link was opened, as long as no job has begun.
    unheard: Option<u32>,
    liveness: Liveness,
    told: mpsc::UnboundedSender<BusEvent>,
    status: watch::Sender<Status>,
}

impl Bus {
    async fn run(mut self, mut link: mpsc::Receiver<LinkEvent>, mut wanted: mpsc::UnboundedReceiver<Intent>) {
        loop {
            let wake = self.wake();
            let timer = tokio::time::sleep_until(self.clock.instant(wake.unwrap_or_default()));
            let next = tokio::select! {
                biased;
                event = link.recv() => event.map_or(ControlFlow::Break(()), |event| self.link_event(event)),
                intent = wanted.recv(), if self.closing.is_none() => {
                    self.intent(intent.unwrap_or(Intent::Close));
                    ControlFlow::Continue(())
                }
                () = timer, if wake.is_some() => self.time_passed(),
            };
            self.start_next();
            self.publish();
            if next.is_break() || self.has_said_farewell() {
                break;
            }
        }
        self.end();
    }

    /// Whether the link is to be closed and nothing holds that up any more.
    fn has_said_farewell(&self) -> bool {
        self.closing.is_some_and(|latest| self.talk.active.is_none() || latest <= self.clock.now())
    }

    /// The next moment at which something must happen though nothing arrives.
    fn wake(&self) -> Option<At> {
        let is_asking = self.talk.active.is_some();
        let begin = (self.queue.len() > 0 && self.may_begin()).then(|| self.quiet.begin());
        let idle = || [begin, self.search.due()].into_iter().flatten().min();
        let next = if is_asking { self.due() } else { idle() };
        [next, self.digest.deadline(), self.closing].into_iter().flatten().min()
    }

    /// When the running exchange is to be woken.
    fn due(&self) -> Option<At> {
        let deadline = self.talk.active.as_ref()?.wait?;
        let is_receiving = self.trace.lock().pending(Way::In) > 0;
        Some(self.quiet.due(deadline, is_receiving))
    }

    const fn is_open(&self) -> bool {
        matches!(self.talk.status.link, LinkState::Open(_))
    }

    fn link_event(&mut self, event: LinkEvent) -> ControlFlow<()> {
        match event {
            LinkEvent::Received { bytes, damage, at } => self.received(&bytes, &damage, at),
            LinkEvent::Sent { at } => self.sent(at),
            LinkEvent::Opened { peer, line, at } => {
                self.talk.status.link = LinkState::Open(peer.clone());
                self.quiet.open(at);
                let is_proof = self.liveness.open();
                self.set_line(line);
                self.trace.lock().mark(Mark::Opened(peer), at);
                if is_proof {
                    let note = "the converter takes connections: what is silent is the meter or its wiring";
                    self.trace.lock().mark(Mark::Note(note.to_owned()), at);
                }
                self.talk.seven.open(line);
                self.remark_on_parity(at);
                self.open_ears();
                self.search_anew();
            }
            LinkEvent::LineSet { line, at } => {
                self.set_line(Some(line));
                self.trace.lock().mark(Mark::Line(line), at);
                self.talk.seven.set(line);
                self.search.moved(line);
                self.remark_on_parity(at);
                self.line_is_settled(at);
            }
            LinkEvent::LineRefused { why, at, .. } => {
                self.trace.lock().mark(Mark::LineRefused(why), at);
                self.talk.seven.refuse();
                self.search.stop();
                self.tell_exchange(Event::LineRefused, at);
                if self.talk.active.is_none() {
                    self.outgoing.held.clear();
                }
                self.line_is_settled(at);
            }
            LinkEvent::Lost { why, at, .. } => {
                self.lost(LinkState::Lost(why.clone()), Mark::Lost(why), at);
            }
            LinkEvent::Closed { why, at } => {
                self.lost(LinkState::Closed(why.clone()), Mark::Closed(why), at);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    fn received(&mut self, bytes: &[u8], damage: &[Damage], at: At) {
        self.talk.status.counters.bytes_in += bytes.len() as u64;
        self.quiet.hear(at);
        self.liveness.hear();
        self.remark_on_telnet(bytes, at);
        for (error, run) in runs(bytes, damage) {
            if let Some(error) = error {
                self.talk.status.counters.line_errors.add(error, run.len() as u64);
            }
            self.through_digest(at, |digest, trace, out| {
                match error {
                    Some(error) => trace.record_damaged(error, run, at),
                    None => trace.record(Way::In, run, at),
                }
                digest.push(Way::In, run, at, trace, out);
            });
        }
    }

    /// A raw link to a telnet port works until the first FF: it must be told.
    fn remark_on_telnet(&self, bytes: &[u8], at: At) {
        let is_first = self.talk.status.counters.bytes_in == bytes.len() as u64;
        if is_first && self.talk.status.line.is_none() && looks_like_telnet(bytes) {
            let note = "the far end speaks telnet, which doubles every FF: set its port to raw TCP";
            self.trace.lock().mark(Mark::Note(note.to_owned()), at);
        }
    }

    /// Says in the trace from where on parity is put in and taken out.
    fn remark_on_parity(&mut self, at: At) {
        let now = self.talk.seven.active().is_some();
        if std::mem::replace(&mut self.talk.status.soft_parity, now) != now {
            let note = if now {
                "seven bits over an 8N1 line: the parity bit is put in and taken out in software"
            } else {
                "bytes go as they are: no parity in software"
            };
            self.trace.lock().mark(Mark::Note(note.to_owned()), at);
        }
    }

    /// Lets the digest work on the trace and hands what it claims to the conversation.
    fn through_digest(
        &mut self,
        at: At,
        work: impl FnOnce(&mut Digest, &mut crate::trace::Trace, &mut dyn FnMut(Claimed<'_>)),
    ) {
        let (talk, quiet, search) = (&mut self.talk, &mut self.quiet, &mut self.search);
        let mut trace = self.trace.lock();
        let (mut first_echo, mut is_late) = (false, false);
        work(&mut self.digest, &mut trace, &mut |piece| {
            first_echo |= talk.hear(&piece, at);
            search.overhear(&piece, talk.active.is_some(), at);
            let is_unasked = talk.active.is_none() && matches!(piece.kind, EntryKind::Frame(_));
            is_late |= is_unasked && piece.way == Way::In && quiet.answer(at);
        });
        if is_late {
            let note = "an answer came after its time and was not taken for the next one";
            trace.mark(Mark::Note(note.to_owned()), at);
        }
        if first_echo {
            trace.mark(Mark::Note("the adapter echoes what is sent; echoes are taken out".to_owned()), at);
        }
        drop(trace);
        self.remark_on_parity(at);
        self.pump(at);
        self.follow_search(at);
    }

    fn sent(&mut self, at: At) {
        if let Some(request) = self.talk.active.as_ref().and_then(|active| active.request) {
            self.trace.lock().left_the_wire(request, at);
        }
        if let Some(active) = &mut self.talk.active {
            active.sent(at);
            self.pump(at);
        }
    }

    fn set_line(&mut self, line: Option<LineSettings>) {
        let changed = self.talk.status.line != line;
        self.talk.status.line = line;
        if changed && let Some(line) = line {
            let now = self.clock.now();
            self.through_digest(now, |digest, trace, out| digest.set_line(line, trace, out));
        }
    }

    fn lost(&mut self, state: LinkState, mark: Mark, at: At) {
        self.talk.status.link = state;
        self.was_cut |= self.talk.active.is_some();
        self.outgoing = Outgoing::default();
        self.search.stop();
        self.through_digest(at, |digest, trace, out| digest.finish(trace, out));
        self.trace.lock().mark(mark, at);
        self.tell_exchange(Event::LinkLost, at);
    }

    fn intent(&mut self, intent: Intent) {
        match intent {
            Intent::Run { job, errand } => self.queue.push(job, errand),
            Intent::Cancel(job) => self.cancel(job),
            Intent::Decode(decoder) => self.decode(decoder, self.clock.now()),
            Intent::SetLine(line) => self.take_line(line),
            Intent::FactoryLine(line) => self.offer_line(line),
            Intent::Expect(line) => {
                self.talk.seven.expect(line);
                self.remark_on_parity(self.clock.now());
            }
            Intent::Close => self.close(),
        }
    }

    /// Drops what waits, and lets what runs sign off.
    fn close(&mut self) {
        let now = self.clock.now();
        self.closing = Some(now + FAREWELL);
        while let Some((job, _)) = self.queue.next() {
            self.tell(job, JobEvent::Finished);
        }
        self.tell_exchange(Event::Cancelled, now);
    }

    fn cancel(&mut self, job: JobId) {
        if self.talk.active.as_ref().is_some_and(|active| active.job == job) {
            self.tell_exchange(Event::Cancelled, self.clock.now());
        } else if self.queue.remove(job) {
            self.tell(job, JobEvent::Finished);
        }
    }

    /// Cuts the traffic by another protocol, or by the same on another line, from here on.
    fn decode(&mut self, decoder: Option<Decoder>, at: At) {
        self.through_digest(at, |digest, trace, out| digest.finish(trace, out));
        self.decoder = decoder;
        let line = self.talk.status.line.unwrap_or_default();
        self.digest = Digest::new(decoder.map(|d| (d.family, d.dialect)), self.split, line);
        self.search_anew();
    }

    fn time_passed(&mut self) -> ControlFlow<()> {
        let now = self.clock.now();
        if self.digest.deadline().is_some_and(|due| due <= now) {
            self.through_digest(now, |digest, trace, out| digest.expire(now, trace, out));
        }
        if self.due().is_some_and(|due| due <= now) {
            if let Some(active) = &mut self.talk.active {
                active.wait = None;
            }
            self.tell_exchange(Event::Deadline, now);
        }
        self.turn_search(now);
        ControlFlow::Continue(())
    }

    fn tell_exchange(&mut self, event: Event<'_>, at: At) {
        if let Some(active) = &mut self.talk.active {
            active.exchange.handle(event, at);
            self.pump(at);
        }
    }

    /// Does what the running exchange wants done.
    fn pump(&mut self, at: At) {
        while let Some(active) = &mut self.talk.active {
            let job = active.job;
            match active.exchange.next_action() {
                None => break,
                Some(Action::Send(_)) if !self.orders.can_send() => {
                    active.exchange.handle(Event::LinkLost, at);
                }
                Some(Action::Send(bytes)) => self.transmit(bytes, at),
                Some(Action::SetLine(line)) => self.ask_for_line(line),
                Some(Action::WaitUntil(due)) => active.wait = Some(due),
                Some(Action::Step(step)) => self.tell(job, JobEvent::Step(step)),
                Some(Action::Reading(mut reading)) => {
                    reading.in_zone(self.trace.lock().zone());
                    self.tell(job, JobEvent::Reading(reading, at));
                }
                Some(Action::Progress { done, total }) => self.tell(job, JobEvent::Progress { done, total }),
                Some(Action::Warning(warning)) => self.tell(job, JobEvent::Warning(warning)),
                Some(Action::Answered { index, result }) => self.answered(index, result, at),
                Some(Action::Rest { until, owed }) => self.quiet.rest(until, owed),
                Some(Action::Finished) => {
                    self.talk.active = None;
                    self.tell(job, JobEvent::Finished);
                    self.doubt();
                }
            }
        }
    }

    fn transmit(&mut self, bytes: Vec<u8>, at: At) {
        if self.oversteps(&bytes) {
            return self.stop_overstepping();
        }
        if let Some(active) = &mut self.talk.active {
            active.wait = None;
            active.reply = None;
            active.is_sending = true;
        }
        if self.outgoing.lines == 0 {
            self.put_out(bytes, at);
        } else {
            self.outgoing.held.push_back(bytes);
        }
    }

    /// Whether an errand that reads would send something that may change the meter. An errand says before that it
    /// reads; this holds it to that, whatever its protocol makes of it.
    fn oversteps(&self, bytes: &[u8]) -> bool {
        let Some(Active { scope: Scope::Reading, decoder: Some(decoder), .. }) = &self.talk.active else {
            return false;
        };
        decoder.family.access_of(bytes, decoder.dialect).is_some_and(|access| access != Access::Read)
    }

    fn stop_overstepping(&mut self) {
        if let Some(active) = self.talk.active.take() {
            self.refuse(active.job, Fault::NotPermitted);
        }
    }

    /// Has the link change its line.
    fn ask_for_line(&mut self, line: LineSettings) {
        self.talk.seven.ask(line);
        if self.orders.set_line(line) && self.is_open() {
            self.outgoing.lines += 1;
        }
    }

    /// A change of the line was made or refused.
    fn line_is_settled(&mut self, at: At) {
        self.outgoing.lines = self.outgoing.lines.saturating_sub(1);
        while self.outgoing.lines == 0
            && let Some(bytes) = self.outgoing.held.pop_front()
        {
            self.put_out(bytes, at);
        }
    }

    fn put_out(&mut self, bytes: Vec<u8>, at: At) {
        self.note_write(&bytes, at);
        self.search.stop();
        let bytes = self.talk.seven.send(bytes);
        self.remark_on_parity(at);
        self.talk.status.counters.bytes_out += bytes.len() as u64;
        let talk = &mut self.talk;
        let mut trace = self.trace.lock();
        trace.record(Way::Out, &bytes, at);
        self.digest.push(Way::Out, &bytes, at, &mut trace, &mut |piece| {
            talk.hear(&piece, at);
        });
        drop(trace);
        self.orders.give(LinkCommand::Send(bytes));
    }

    /// Notes what goes out of an errand that may change the meter.
    fn note_write(&mut self, bytes: &[u8], at: At) {
        let Some(Active { scope: Scope::Permitted(_), decoder, .. }) = &self.talk.active else { return };
        let written = {
            let trace = self.trace.lock();
            Unsettled::of(bytes, decoder.or(self.decoder), &trace, trace.wall(at))
        };
        if written.is_some() {
            self.settle(Ok(()), at);
        }
        if let Some(active) = &mut self.talk.active {
            active.unsettled = written.or(active.unsettled.take());
        }
    }

    /// What came of the last write is known: the witness keeps it.
    fn settle(&mut self, result: Result<(), Failure>, at: At) {
        let Some(active) = &mut self.talk.active else { return };
        let Scope::Permitted(permit) = &mut active.scope else { return };
        let Some(unsettled) = active.unsettled.take() else { return };
        let written = unsettled.settled(active.answered, result, &self.trace.lock());
        if let Err(why) = permit.witness(&written) {
            let job = active.job;
            let text = format!("the write log could not be written: {why}");
            self.trace.lock().mark(Mark::Note(text.clone()), at);
            self.tell(job, JobEvent::Warning(Warning { code: "write-log", text: text.into() }));
        }
    }

    fn answered(&mut self, index: usize, result: Result<(), Failure>, at: At) {
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

    /// Has a raw connection opened anew that may be dead. What waits is begun when it is back.
    fn doubt(&mut self) {
        if self.talk.status.line.is_none() && self.is_open() && self.liveness.doubt() {
            self.talk.status.link = LinkState::Lost("the connection may be dead".to_owned());
            self.orders.give(LinkCommand::Renew);
        }
    }

    fn latency(&self, request: u32, reply: u32) -> Option<Duration> {
        let trace = self.trace.lock();
        Some(trace.entry(reply)?.latency(&trace.entry(request)?))
    }

    /// Begins the next job that waits, once the link is open and the last one is over.
    fn start_next(&mut self) {
        while self.may_begin() && self.quiet.begin() <= self.clock.now() {
            let Some((job, errand)) = self.queue.next() else { return };
            let listens = errand.only_listens();
            if !self.orders.can_send() && !listens {
                self.refuse(job, Fault::ListensOnly);
                continue;
            }
            let may_reply = errand.is_permitted();
            let decoder = errand.decoder().copied();
            if let Some(decoder) = decoder
                && self.decoder.is_none_or(|d| !d.is_same(&decoder))
            {
                self.decode(Some(decoder), self.clock.now());
            }
            let (exchange, scope) = errand.into_exchange(self.talk.status.line, self.is_line_chosen);
            match exchange {
                Ok(mut exchange) => {
                    if std::mem::take(&mut self.was_cut) {
                        exchange.after_a_cut();
                    }
                    self.talk.active = Some(Active::new(job, exchange, decoder, scope));
                    self.tell(job, JobEvent::Started);
                    self.begin(listens && !may_reply);
                }
                Err(error) => self.refuse(job, Fault::Unsendable(error)),
            }
        }
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
    const fn may_begin(&self) -> bool {
        self.talk.active.is_none() && self.is_open() && self.outgoing.lines == 0
    }

    /// Ends a job that could not begin.
    fn refuse(&self, job: JobId, fault: Fault) {
        let result = Err(Failure { step: "before sending", fault });
        self.tell(job, JobEvent::Answered { index: 0, result, request: None, reply: None });
        self.tell(job, JobEvent::Finished);
    }

    fn tell(&self, job: JobId, event: JobEvent) {
        let _ = self.told.send(BusEvent::Job(job, event));
    }

    fn publish(&mut self) {
        self.talk.status.running = self.talk.active.as_ref().map(|active| active.job);
        self.talk.status.waiting = self.queue.len();
        self.talk.status.is_searching = self.search.is_running();
        let trace = self.trace.lock();
        self.talk.status.entries = trace.len();
        self.talk.status.capture = trace.capture_state();
        drop(trace);
        self.status.send_if_modified(|shown| {
            let changed = *shown != self.talk.status;
            if changed {
                shown.clone_from(&self.talk.status);
            }
            changed
        });
    }

    fn end(mut self) {
        let now = self.clock.now();
        self.tell_exchange(Event::LinkLost, now);
        self.through_digest(now, |digest, trace, out| digest.finish(trace, out));
        self.orders.give(LinkCommand::Close);
        if !matches!(self.talk.status.link, LinkState::Closed(_)) {
            self.talk.status.link = LinkState::Closed("closed".to_owned());
        }
        self.publish();
        let _ = self.told.send(BusEvent::Ended(Ok(())));
    }
}
