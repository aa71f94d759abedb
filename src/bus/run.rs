//! The loop that joins link, trace and protocol.

mod carrying;
mod hearing;
mod orders;
mod sending;
mod speaking;
mod tuning;
mod unheard;

use std::collections::VecDeque;
use std::ops::ControlFlow;

use tokio::sync::{mpsc, watch};

use super::handle::{Ends, Port};
use super::job::Queue;
use super::liveness::Liveness;
use super::overheard::Overheard;
use super::pace::{Pace, Shown};
use super::quiet::Quiet;
use super::reports::Reports;
use super::search::Search;
use super::seven::SevenBits;
use super::talk::Talk;
use super::{BusEvent, Counters, FAREWELL, Intent, JobEvent, JobId, LinkState, Standing, Status, Wanted};
use crate::frame::At;
use crate::link::{Clock, LinkEvent, Share, Turn};
use crate::protocol::{Decoder, Event, LineSettings};
use crate::trace::{CaptureState, Digest, SharedTrace, Split, Way};
use orders::Orders;

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
        Port::Full(link) => (link.events, Orders::all(link.commands), Split::TwoWay),
        Port::Listening(link) => (link.events, Orders::LinesOnly(link.lines), Split::Listening),
    };
    let is_line_chosen = wanted.is_line_chosen;
    let overheard = Overheard::new(wanted.is_shared && orders.can_send());
    let mut bus = Bus {
        orders,
        clock,
        trace,
        digest: Digest::new(decoder, split, LineSettings::default()),
        decoder,
        split,
        queue: Queue::default(),
        talk: Talk { seven: SevenBits::new(&wanted), ..Talk::default() },
        outgoing: Outgoing::default(),
        quiet: Quiet::default(),
        is_line_chosen,
        standing: wanted.standing,
        overheard,
        search: Search::default(),
        closing: None,
        was_cut: false,
        unheard: None,
        liveness: Liveness::default(),
        reports: ends.reports,
        pace: ends.pace,
        status: ends.status,
    };
    bus.settle_speech();
    bus.run(link_events, ends.wanted).await;
}

/// What waits to be sent. Only when a change of the line is settled is it known what its bytes look like.
#[derive(Default)]
struct Outgoing {
    /// Changes of the line that are not settled yet.
    lines: u32,
    held: VecDeque<Vec<u8>>,
    /// Since when a pause in the traffic of another master is waited for.
    paused: Option<At>,
}

/// What a bus looks at before it hears the line.
enum Urgent {
    Intent(Intent),
    /// Something is due.
    Time,
    /// The face has taken a report, or shown more.
    FaceMoved,
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
    standing: Standing,
    overheard: Overheard,
    /// When the link is closed at the latest, once that is wanted.
    closing: Option<At>,
    /// Whether the link went away in the middle of something.
    was_cut: bool,
    /// The first entry since the link was opened, as long as no job has begun.
    unheard: Option<u32>,
    liveness: Liveness,
    reports: Reports,
    pace: Pace,
    status: watch::Sender<Status>,
}

impl Bus {
    async fn run(mut self, mut link: mpsc::Receiver<LinkEvent>, mut wanted: mpsc::UnboundedReceiver<Intent>) {
        let mut share = Share::default();
        loop {
            let hears = self.may_hear();
            let input = async { if hears { link.recv().await } else { std::future::pending().await } };
            let turn = share.turn(self.urgent(&mut wanted), input).await;
            let next = match turn {
                Turn::Input(event) => self.link_said(event, &mut share),
                Turn::Urgent(Urgent::Intent(intent)) => {
                    self.intent(intent);
                    ControlFlow::Continue(())
                }
                Turn::Urgent(Urgent::Time) => self.time_passed(),
                Turn::Urgent(Urgent::FaceMoved) => ControlFlow::Continue(()),
            };
            self.start_next();
            self.publish();
            if next.is_break() || self.has_said_farewell() {
                break;
            }
        }
        self.end().await;
    }

    /// What the line must not delay. May be dropped unfinished.
    async fn urgent(&mut self, wanted: &mut mpsc::UnboundedReceiver<Intent>) -> Urgent {
        let wake = self.wake();
        let timer = tokio::time::sleep_until(self.clock.instant(wake.unwrap_or_default()));
        tokio::select! {
            biased;
            intent = wanted.recv(), if self.closing.is_none() => Urgent::Intent(intent.unwrap_or(Intent::Close)),
            () = timer, if wake.is_some() => Urgent::Time,
            () = self.reports.tell_next() => Urgent::FaceMoved,
            () = self.pace.moved() => Urgent::FaceMoved,
        }
    }

    /// Whether what comes over the line is taken now. It waits for a face that is far behind, where nothing is lost by
    /// that; a capture does not wait, nor does what has to be said at the end.
    fn may_hear(&self) -> bool {
        let Counters { bytes_in, bytes_out, .. } = self.talk.status.counters;
        let recorded = Shown { entries: self.talk.status.entries, bytes: bytes_in + bytes_out };
        let is_captured = matches!(self.talk.status.capture, CaptureState::Running { .. });
        let waits = self.reports.is_behind() || (!is_captured && self.pace.is_behind(recorded));
        self.closing.is_some() || !waits
    }

    fn link_said(&mut self, event: Option<LinkEvent>, share: &mut Share) -> ControlFlow<()> {
        let Some(event) = event else { return ControlFlow::Break(()) };
        share.took(event.len());
        self.link_event(event)
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
        [next, self.pause_ends(), self.send_due(), self.digest.deadline(), self.closing]
            .into_iter()
            .flatten()
            .min()
    }

    /// When the running exchange is to be woken.
    fn due(&self) -> Option<At> {
        let wait = self.talk.active.as_ref()?.wait?;
        let is_receiving = self.trace.lock().pending(Way::In) > 0;
        Some(wait.due(self.quiet.heard(), is_receiving))
    }

    const fn is_open(&self) -> bool {
        matches!(self.talk.status.link, LinkState::Open(_))
    }

    fn intent(&mut self, intent: Intent) {
        match intent {
            Intent::Run { job, errand } => self.take(job, errand),
            Intent::Cancel(job) => self.cancel(job),
            Intent::GiveWay(job) => self.give_way(job),
            Intent::Decode(decoder) => self.decode(decoder, self.clock.now()),
            Intent::SetLine(line) => self.take_line(line),
            Intent::FactoryLine(line) => self.offer_line(line),
            Intent::Expect(line) => {
                self.talk.seven.expect(line);
                self.remark_on_parity(self.clock.now());
            }
            Intent::Speak => self.speak(),
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

    /// Cuts the traffic by another protocol, or by the same on another line, from here on.
    fn decode(&mut self, decoder: Option<Decoder>, at: At) {
        self.through_digest(at, |digest, trace, out| digest.finish(trace, out));
        self.decoder = decoder;
        let line = self.talk.status.line.unwrap_or_default();
        self.digest = Digest::new(decoder, self.split, line);
        self.settle_speech();
        self.search_anew();
    }

    fn time_passed(&mut self) -> ControlFlow<()> {
        let now = self.clock.now();
        if self.digest.deadline().is_some_and(|due| due <= now) {
            self.through_digest(now, |digest, trace, out| digest.expire(now, trace, out));
        }
        self.release(now);
        if self.due().is_some_and(|due| due <= now) {
            if let Some(active) = &mut self.talk.active {
                active.wait = None;
            }
            self.tell_exchange(Event::Deadline, now);
        }
        self.turn_search(now);
        ControlFlow::Continue(())
    }

    fn tell(&mut self, job: JobId, event: JobEvent) {
        self.reports.tell(BusEvent::Job(job, event));
    }

    fn publish(&mut self) {
        self.talk.status.running = self.talk.active.as_ref().map(|active| active.job);
        self.talk.status.waiting = self.queue.len();
        self.talk.status.is_searching = self.search.is_running();
        self.talk.status.speech = self.speech();
        let trace = self.trace.lock();
        self.talk.status.entries = trace.len();
        self.talk.status.given_up = trace.given_up();
        self.talk.status.capture = trace.capture_state();
        self.talk.status.paging_failure = trace.paging_failure();
        drop(trace);
        self.status.send_if_modified(|shown| {
            let changed = *shown != self.talk.status;
            if changed {
                shown.clone_from(&self.talk.status);
            }
            changed
        });
    }

    async fn end(mut self) {
        let now = self.clock.now();
        self.tell_exchange(Event::LinkLost, now);
        self.through_digest(now, |digest, trace, out| digest.finish(trace, out));
        self.orders.close();
        if !matches!(self.talk.status.link, LinkState::Closed(_)) {
            self.talk.status.link = LinkState::Closed("closed".to_owned());
        }
        self.trace.lock().end_capture();
        self.publish();
        self.reports.tell(BusEvent::Ended(Ok(())));
        self.reports.tell_all().await;
    }
}
