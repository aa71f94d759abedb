//! The loop that joins link, trace and protocol. What transmits, what controls the line, what has the jobs and what
//! records are objects of their own; here is what one of them must tell the others.

mod jobs;
mod link_events;
mod transmission;

use std::ops::ControlFlow;

use tokio::sync::mpsc;

use super::backlog::Backlog;
use super::face::Face;
use super::handle::{BusSide, Port};
use super::jobs::Jobs;
use super::line_control::LineControl;
use super::link_commands::LinkCommands;
use super::liveness::Liveness;
use super::speakers::Speakers;
use super::traffic::Traffic;
use super::transmit::Transmitter;
use super::{BusEvent, InitialLine, Intent, JobEvent, LinkState, SHUTDOWN_TIMEOUT, Speech, Status};
use crate::frame::At;
use crate::link::{Clock, LinkEvent, Share, Turn};
use crate::protocol::{Decoder, Event, LineSettings};
use crate::trace::{SharedTrace, Split};

/// Runs a bus over a link until the link is closed or nobody holds the handle any more.
pub async fn run(
    side: BusSide,
    port: Port,
    trace: SharedTrace,
    clock: Clock,
    decoder: Option<Decoder>,
    initial: InitialLine,
) {
    let (link_events, commands, split) = match port {
        Port::Full(link) => (link.events, LinkCommands::all(link.commands), Split::TwoWay),
        Port::Listening(link) => (link.events, LinkCommands::LinesOnly(link.lines), Split::Listening),
    };
    let is_shared = initial.is_shared && commands.can_send();
    let mut bus = Bus {
        clock,
        traffic: Traffic::new(trace, split, decoder),
        transmitter: Transmitter::new(commands, &initial),
        line: LineControl::new(initial.is_line_chosen),
        speakers: Speakers::new(initial.standing, is_shared),
        jobs: Jobs::default(),
        backlog: Backlog::default(),
        liveness: Liveness::default(),
        status: Status::default(),
        face: Face::new(side.reports, side.pace, side.status),
        closing: None,
    };
    bus.settle_speech();
    bus.run(link_events, side.intents).await;
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
    clock: Clock,
    traffic: Traffic,
    transmitter: Transmitter,
    line: LineControl,
    speakers: Speakers,
    jobs: Jobs,
    backlog: Backlog,
    liveness: Liveness,
    status: Status,
    face: Face,
    /// When the link is closed at the latest, once that is wanted.
    closing: Option<At>,
}

impl Bus {
    async fn run(
        mut self,
        mut link: mpsc::Receiver<LinkEvent>,
        mut intents: mpsc::UnboundedReceiver<Intent>,
    ) {
        let mut share = Share::default();
        loop {
            let hears = self.may_hear();
            let input = async { if hears { link.recv().await } else { std::future::pending().await } };
            let turn = share.turn(self.urgent(&mut intents), input).await;
            let next = match turn {
                Turn::Input(event) => self.link_said(event, &mut share),
                Turn::Urgent(Urgent::Intent(intent)) => {
                    self.intent(intent);
                    ControlFlow::Continue(())
                }
                Turn::Urgent(Urgent::Time) => {
                    self.time_passed();
                    ControlFlow::Continue(())
                }
                Turn::Urgent(Urgent::FaceMoved) => ControlFlow::Continue(()),
            };
            self.start_next();
            self.publish();
            if next.is_break() || self.may_shut_down() {
                break;
            }
        }
        self.end().await;
    }

    /// What the line must not delay. May be dropped unfinished.
    async fn urgent(&mut self, intents: &mut mpsc::UnboundedReceiver<Intent>) -> Urgent {
        let wake = self.wake();
        let timer = tokio::time::sleep_until(self.clock.instant(wake.unwrap_or_default()));
        tokio::select! {
            biased;
            intent = intents.recv(), if self.closing.is_none() => Urgent::Intent(intent.unwrap_or(Intent::Close)),
            () = timer, if wake.is_some() => Urgent::Time,
            () = self.face.moved() => Urgent::FaceMoved,
        }
    }

    /// Whether what comes over the line is taken now. It waits for a face that is far behind, where nothing is lost by
    /// that; what has to be said at the end does not wait.
    fn may_hear(&self) -> bool {
        self.closing.is_some() || !self.face.is_behind(&self.status)
    }

    fn link_said(&mut self, event: Option<LinkEvent>, share: &mut Share) -> ControlFlow<()> {
        let Some(event) = event else { return ControlFlow::Break(()) };
        share.took(event.len());
        self.link_event(event)
    }

    /// Whether the link is to be closed and nothing holds that up any more.
    fn may_shut_down(&self) -> bool {
        self.closing.is_some_and(|latest| self.jobs.is_free() || latest <= self.clock.now())
    }

    /// The next moment at which something must happen though nothing arrives.
    fn wake(&self) -> Option<At> {
        let next = if self.jobs.is_free() { self.idle_until() } else { self.due() };
        [next, self.pause_ends(), self.send_due(), self.traffic.deadline(), self.closing]
            .into_iter()
            .flatten()
            .min()
    }

    /// When something begins, though no job runs.
    fn idle_until(&self) -> Option<At> {
        let begins = self.jobs.next_begins().filter(|_| self.may_begin());
        [begins, self.line.search_due()].into_iter().flatten().min()
    }

    /// When the running exchange is to be woken.
    fn due(&self) -> Option<At> {
        self.jobs.due(self.traffic.is_receiving())
    }

    const fn is_open(&self) -> bool {
        matches!(self.status.link, LinkState::Open(_))
    }

    fn intent(&mut self, intent: Intent) {
        match intent {
            Intent::Run { job, errand } => self.take(job, errand),
            Intent::Cancel(job) => self.cancel(job),
            Intent::GiveWay(job) => self.give_way(job),
            Intent::Decode(decoder) => self.decode(decoder, self.clock.now()),
            Intent::SetLine(line) => {
                self.line.choose();
                self.ask_for_line(line);
            }
            Intent::FactoryLine(line) => {
                if self.line.lacks(line) {
                    self.ask_for_line(line);
                }
            }
            Intent::Expect(line) => {
                self.transmitter.expect(line);
                self.remark_on_parity(self.clock.now());
            }
            Intent::Speak => {
                self.speakers.speak();
                self.settle_speech();
            }
            Intent::Close => self.close(),
        }
    }

    /// Drops what waits, and lets what runs sign off.
    fn close(&mut self) {
        let now = self.clock.now();
        self.closing = Some(now + SHUTDOWN_TIMEOUT);
        while let Some((job, _)) = self.jobs.next() {
            self.face.report_job(job, JobEvent::Finished);
        }
        self.tell_exchange(Event::Cancelled, now);
    }

    /// Cuts the traffic by another protocol, or by the same on another line, from here on.
    fn decode(&mut self, decoder: Option<Decoder>, at: At) {
        self.cut(at, |traffic, hear| traffic.finish(hear));
        self.traffic.cut_by(decoder, self.line.in_force().unwrap_or_default());
        self.settle_speech();
        self.line.search_again(decoder);
    }

    fn time_passed(&mut self) {
        let now = self.clock.now();
        if self.traffic.deadline().is_some_and(|due| due <= now) {
            self.cut(now, |traffic, hear| traffic.expire(now, hear));
        }
        self.release(now);
        if self.due().is_some_and(|due| due <= now) {
            if let Some(active) = self.jobs.active_mut() {
                active.woken();
            }
            self.tell_exchange(Event::Deadline, now);
        }
        self.turn_search(now);
    }

    /// It may be the turn of the next line settings.
    fn turn_search(&mut self, now: At) {
        let is_due = self.line.search_due().is_some_and(|due| due <= now);
        if is_due && self.jobs.is_free() {
            self.line.turn_search();
            self.follow_search(now);
        }
    }

    /// Says what the search has found, and sets the line accordingly.
    fn follow_search(&mut self, at: At) {
        for finding in self.line.findings() {
            self.traffic.note(finding.to_string(), at);
            self.face.report(BusEvent::Line(finding));
            if let Some(line) = finding.line() {
                self.ask_for_line(line);
            }
        }
    }

    /// Has the link change its line.
    fn ask_for_line(&mut self, line: LineSettings) {
        if self.transmitter.set_line(line) && self.is_open() {
            self.line.asked();
        }
    }

    /// Puts the write half away where the link is one to listen to, and gives it back where it is not.
    fn settle_speech(&mut self) {
        self.transmitter.listen(self.speakers.are_to_listen(self.traffic.decoder()));
        self.status.other_master = self.speakers.other_master();
    }

    /// Who may speak now.
    fn speech(&self) -> Speech {
        if !self.transmitter.can_send() {
            Speech::Listening
        } else if self.jobs.are_armed() {
            Speech::Armed
        } else {
            Speech::ReadsOnly
        }
    }

    fn publish(&mut self) {
        let speech = self.speech();
        let status = &mut self.status;
        status.line = self.line.in_force();
        status.running = self.jobs.active().map(super::active::Active::job);
        status.waiting = self.jobs.waiting();
        status.is_searching = self.line.is_searching();
        status.speech = speech;
        self.traffic.look(|trace| {
            status.entries = trace.len();
            status.given_up = trace.given_up();
            status.capture = trace.capture_state();
            status.paging_failure = trace.paging_failure();
        });
        self.face.show(&self.status);
    }

    async fn end(mut self) {
        let now = self.clock.now();
        self.tell_exchange(Event::LinkLost, now);
        self.cut(now, |traffic, hear| traffic.finish(hear));
        self.transmitter.close();
        if !matches!(self.status.link, LinkState::Closed(_)) {
            self.status.link = LinkState::Closed("closed".to_owned());
        }
        self.traffic.end_capture();
        self.publish();
        self.face.report(BusEvent::Ended(Ok(())));
        self.face.report_all().await;
    }
}
