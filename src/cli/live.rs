//! A link while a subcommand uses it: opened, listened to, closed, and left at once on Ctrl-C.

mod news;
mod output;

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use news::{News, Urgent, news, urgent};

use super::evidence::Evidence;
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::interrupt::Interrupt;
use super::out;
use super::outlet::Outlet;
use crate::app::session::{self, DIAL_IN, Opening, Session};
use crate::app::target::Target;
use crate::bus::{BUS_ENDS_WITHIN, BusEvent, Errand, Intent, JobEvent, JobId, LinkState, Standing};
use crate::frame::visible;
use crate::link::{Endpoint, OpenError, SHARE, Share, Turn};
use crate::protocol::Profile;

/// Bytes of the trace that are kept: entries are looked at once, soon after they came.
const TRACE: usize = 16 << 20;

/// What an event of a job counts of a share.
const AN_EVENT: usize = SHARE / 16;

/// Runs a subcommand that waits for things.
pub(super) fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    out::detach_remarks();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => Err(Trouble::new(Exit::System, "starting", error.to_string()).into()),
    }
}

/// What came next.
#[derive(Debug)]
pub(super) enum Next {
    /// Something of a job.
    Job(JobEvent),
    /// The person wants the program to end: told once, and the job goes on until it is asked to stop.
    Stopping,
    /// The link is gone, or the program is to stop: nothing more comes.
    Over(Stop),
}

/// An open link.
#[derive(Debug)]
pub(super) struct Live {
    /// The session on it.
    pub session: Session,
    interrupt: Interrupt,
    outlet: Outlet,
    /// Bytes of output that were made and found no room in time.
    unput: u64,
    doing: String,
    evidence: Evidence,
    jobs: u64,
    ended: bool,
    /// A lost link is waited for.
    waits: bool,
    /// Nothing is sent where another master asks.
    yields: bool,
    told: Announced,
    share: Share,
}

/// What the caller was told already.
#[derive(Debug, Default)]
struct Announced {
    /// The link is lost, and waited for.
    away: bool,
    /// The person wants the program to end.
    stopping: bool,
    /// Another master asks on the link.
    other_master: bool,
}

/// Who may speak: whoever sends a request from the command line wants that, unless he is to listen first.
#[must_use]
pub(super) fn standing(listen: Option<Duration>) -> Standing {
    Standing { is_wanted: listen.is_none(), ..Standing::default() }
}

impl Live {
    /// Opens a link and waits until it is open. `doing` says what for, in an error.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be opened, nobody dials in, or the person does not want to wait.
    pub(super) async fn open(opening: Opening, doing: &str) -> Result<Self, Stop> {
        let patience = match opening.name.place {
            Endpoint::Listen(..) => DIAL_IN,
            _ => Duration::from_secs(u64::from(u32::MAX)),
        };
        let interrupt = Interrupt::watch();
        let session = session::open(opening);
        session.trace.lock().keep_in_memory(TRACE);
        let doing = doing.to_owned();
        let evidence = Evidence::watch(session.status.clone(), &doing);
        let mut live = Self {
            session,
            evidence,
            interrupt: interrupt.clone(),
            outlet: Outlet::open(),
            unput: 0,
            doing,
            jobs: 0,
            ended: false,
            waits: false,
            told: Announced::default(),
            share: Share::default(),
            yields: false,
        };
        tokio::select! {
            opened = live.until_open() => opened?,
            () = interrupt.came() => return Err(live.stopped()),
            () = tokio::time::sleep(patience) => {
                let what = format!("nobody dialled in within {} s", DIAL_IN.as_secs());
                let hint = "look at: address and port in the converter's client settings, and firewalls";
                return Err(live.trouble(&what).hint(hint).into());
            }
        }
        Ok(live)
    }

    async fn until_open(&mut self) -> Result<(), Stop> {
        loop {
            let link = self.session.status.borrow_and_update().link.clone();
            match link {
                LinkState::Open(_) => return Ok(()),
                // It was open before we looked.
                LinkState::Lost(_) if !self.may_come_later() => return Ok(()),
                // A capture has been played to its end.
                LinkState::Closed(_) if matches!(self.session.name.place, Endpoint::File(_)) => return Ok(()),
                LinkState::Closed(_) | LinkState::Opening | LinkState::Lost(_) => {}
            }
            tokio::select! {
                biased;
                event = self.session.events.recv() => match event {
                    Some(BusEvent::Ended(Err(error))) => return Err(self.unopened(&error).into()),
                    Some(BusEvent::Ended(Ok(()))) | None => {
                        self.ended = true;
                        return Ok(());
                    }
                    Some(BusEvent::Job(..) | BusEvent::Line(_) | BusEvent::OtherMaster(_)) => {}
                },
                changed = self.session.status.changed() => if changed.is_err() {
                    self.ended = true;
                    return Ok(());
                },
            }
        }
    }

    fn may_come_later(&self) -> bool {
        matches!(self.session.name.place, Endpoint::Listen(..))
    }

    /// A meter on this link as its protocol needs to know it.
    #[must_use]
    pub(super) fn profile(&self, target: &Target) -> Profile {
        let settings = self.session.status.borrow().line.or(self.session.name.line);
        let delay = self.session.name.place.network_delay();
        target.profile(settings.unwrap_or(target.model.line), delay)
    }

    /// Tells when the program is to end.
    #[must_use]
    pub(super) fn interrupt(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// Whether a lost link is waited for until it is back.
    pub(super) const fn wait_when_lost(&mut self, waits: bool) {
        self.waits = waits;
    }

    /// Listens for so long before anything is sent, where that is wanted; the simulated bus has no other master.
    ///
    /// # Errors
    /// [`Stop`] when another master asks on the link, or the person does not want to wait.
    pub(super) async fn listen_first(&mut self, time: Option<Duration>) -> Result<(), Stop> {
        let Some(time) =
            time.filter(|_| !matches!(self.session.name.place, Endpoint::Sim | Endpoint::File(_)))
        else {
            return Ok(());
        };
        self.yields = true;
        let interrupt = self.interrupt.clone();
        tokio::select! {
            news = news(&mut self.session.status, self.told.away, false) => match news {
                News::Gone(why) => Err(self.trouble(&format!("the link was lost: {why}")).into()),
                News::OtherMaster(other) => Err(self.yielded(&other)),
                News::Back => Ok(()),
            },
            () = interrupt.came() => Err(self.stopped()),
            () = tokio::time::sleep(time) => Ok(()),
        }
    }

    /// Starts carrying something out.
    pub(super) fn start(&mut self, errand: Errand) -> JobId {
        self.jobs += 1;
        let job = JobId(self.jobs);
        self.session.send(Intent::Run { job, errand: Box::new(errand) });
        job
    }

    /// The next thing of a job. After Ctrl-C the job is cancelled and [`Next::Over`] given.
    pub(super) async fn next(&mut self, job: JobId) -> Next {
        match self.next_or_stop(job).await {
            Next::Stopping => {
                self.cancel(job).await;
                Next::Over(self.stopped())
            }
            next => next,
        }
    }

    /// The next thing of a job. After Ctrl-C [`Next::Stopping`] is given, once; the job goes on.
    pub(super) async fn next_or_stop(&mut self, job: JobId) -> Next {
        loop {
            let news = news(&mut self.session.status, self.told.away, self.told.other_master);
            let urgent = urgent(&self.interrupt, self.told.stopping, news);
            let event = match self.share.turn(urgent, self.session.events.recv()).await {
                Turn::Urgent(Urgent::Interrupted) => {
                    self.told.stopping = true;
                    return Next::Stopping;
                }
                Turn::Urgent(Urgent::News(news)) => match self.heed(job, news).await {
                    Some(stop) => return Next::Over(stop),
                    None => continue,
                },
                Turn::Input(event) => event,
            };
            self.share.took(AN_EVENT);
            match event {
                Some(BusEvent::Job(of, event)) if of == job => return Next::Job(event),
                Some(BusEvent::Line(finding)) => out::remark(&format!("{}: {finding}", self.doing)),
                Some(BusEvent::Job(..) | BusEvent::OtherMaster(_)) => {}
                Some(BusEvent::Ended(Err(error))) => return self.over(&error.to_string()),
                Some(BusEvent::Ended(Ok(()))) | None => return self.over("the link was closed"),
            }
        }
    }

    fn over(&mut self, why: &str) -> Next {
        self.ended = true;
        Next::Over(self.trouble(why).into())
    }

    /// Asks a job to stop; that it has, its events tell.
    pub(super) fn ask_to_stop(&self, job: JobId) {
        self.session.send(Intent::Cancel(job));
    }

    /// Stops a job and waits until it has signed off.
    pub(super) async fn cancel(&mut self, job: JobId) {
        self.session.send(Intent::Cancel(job));
        let until = Instant::now() + BUS_ENDS_WITHIN;
        while let Ok(Some(event)) = timeout_at(until, self.session.events.recv()).await {
            match event {
                BusEvent::Job(of, JobEvent::Finished) if of == job => break,
                BusEvent::Ended(_) => {
                    self.ended = true;
                    break;
                }
                BusEvent::Job(..) | BusEvent::Line(_) | BusEvent::OtherMaster(_) => {}
            }
        }
    }

    /// Damaged frames received so far.
    #[must_use]
    pub(super) fn damaged_frames(&self) -> u64 {
        self.session.status.borrow().counters.bad
    }

    /// Whether the bus has ended.
    #[must_use]
    pub(super) const fn has_ended(&self) -> bool {
        self.ended
    }

    /// Closes the link and waits until everything is written.
    pub(super) async fn close(&mut self) {
        self.session.send(Intent::Close);
        let until = Instant::now() + BUS_ENDS_WITHIN;
        while !self.ended {
            match timeout_at(until, self.session.events.recv()).await {
                Ok(Some(BusEvent::Ended(_)) | None) | Err(_) => self.ended = true,
                Ok(Some(BusEvent::Job(..) | BusEvent::Line(_) | BusEvent::OtherMaster(_))) => {}
            }
        }
        self.say_what_was_wrong();
    }

    /// What no reading shows.
    fn say_what_was_wrong(&self) {
        let status = self.session.status.borrow();
        let dropped = status.counters.dropped;
        if dropped > 0 {
            let why = "they came faster than they could be handled";
            out::remark(&format!("{}: {dropped} received bytes were dropped: {why}", self.doing));
        }
        let errors = status.counters.line_errors;
        if !errors.is_none() {
            out::remark(&format!("received damaged: {errors}"));
        }
        self.evidence.end(&status);
    }

    /// What the run comes to, whose evidence may have holes.
    ///
    /// # Errors
    /// Those of `outcome`.
    pub(super) fn verdict(&self, outcome: Outcome) -> Outcome {
        self.evidence.verdict(&self.session.status.borrow(), outcome)
    }

    /// What is being done, and on which link.
    fn doing_there(&self) -> String {
        format!("{} on {}", self.doing, self.session.name.in_words())
    }

    /// The link could not be opened; the error names it.
    #[must_use]
    pub(super) fn unopened(&self, error: &OpenError) -> Trouble {
        Trouble::new(Exit::Link, self.doing.clone(), error.to_string())
    }

    /// Something about the link went wrong.
    #[must_use]
    pub(super) fn trouble(&self, what: &str) -> Trouble {
        Trouble::new(Exit::Link, self.doing_there(), visible::string(what))
    }

    /// The person does not want to go on.
    #[must_use]
    pub(super) fn stopped(&self) -> Stop {
        Trouble::new(Exit::Interrupted, self.doing_there(), "stopped").into()
    }
}
