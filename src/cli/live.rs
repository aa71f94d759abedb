//! A link while a subcommand uses it: opened, listened to, closed, and left at once on Ctrl-C.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::evidence::Evidence;
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::interrupt::Interrupt;
use super::out::{self, Out};
use super::outlet::Outlet;
use super::traffic::Printer;
use crate::app::session::{self, Opening, Session};
use crate::app::target::Target;
use crate::bus::{
    BUS_ENDS_WITHIN, BusEvent, Errand, Intent, JobEvent, JobId, LinkState, OtherMaster, Standing, Status,
};
use crate::frame::visible;
use crate::link::{OpenError, Place, SHARE, Share, Turn};
use crate::protocol::Profile;

/// How long a converter may take to dial in.
const DIAL_IN: Duration = Duration::from_secs(30);

/// Bytes of the trace that are kept: entries are looked at once, soon after they came.
const TRACE: usize = 16 << 20;

/// How long what was heard is still printed, once listening is over.
const LAST_PRINTS: Duration = Duration::from_millis(300);

/// How long a reader of our output is waited for, once the program is to end.
const LAST_READS: Duration = Duration::from_millis(200);

/// What an event of a job counts of a share.
const AN_EVENT: usize = SHARE / 16;

/// Bytes of text that are made at once.
const PIECE: usize = 32 * 1024;

/// Runs a subcommand that waits for things.
pub fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    out::detach_remarks();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => Err(Trouble::new(Exit::System, "starting", error.to_string()).into()),
    }
}

/// What came next.
#[derive(Debug)]
pub enum Next {
    /// Something of a job.
    Job(JobEvent),
    /// The person wants the program to end: told once, and the job goes on until it is asked to stop.
    Stopping,
    /// The link is gone, or the program is to stop: nothing more comes.
    Over(Stop),
}

/// An open link.
#[derive(Debug)]
pub struct Live {
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
    told: Told,
    share: Share,
}

/// What the caller was told already.
#[derive(Debug, Default)]
struct Told {
    /// The link is lost, and waited for.
    away: bool,
    /// The person wants the program to end.
    stopping: bool,
    /// Another master asks on the link.
    other_master: bool,
}

/// What the events of a job must not delay.
enum Urgent {
    /// The person wants the program to end.
    Interrupted,
    /// The status tells something.
    News(News),
}

/// Waits for what is urgent: for an interrupt unless it was told, and for what the status tells.
async fn urgent(interrupt: &Interrupt, is_told: bool, news: impl Future<Output = News>) -> Urgent {
    tokio::select! {
        biased;
        () = interrupt.came(), if !is_told => Urgent::Interrupted,
        news = news => Urgent::News(news),
    }
}

/// What the status tells that is not the business of a job.
enum News {
    /// The link is lost, and why.
    Gone(String),
    /// The link that was lost is back.
    Back,
    /// Another master asks on it.
    OtherMaster(Arc<OtherMaster>),
}

/// Waits until the link is lost, or is back where it was away, or another master is heard that was not `told` of.
async fn news(status: &mut watch::Receiver<Status>, is_away: bool, told: bool) -> News {
    let has_moved = |status: &Status| match status.link {
        LinkState::Lost(_) => !is_away,
        LinkState::Open(_) => is_away,
        LinkState::Opening | LinkState::Closed(_) => false,
    };
    let heard = |status: &Status| !told && status.other_master.is_some();
    let found = status.wait_for(|status| has_moved(status) || heard(status)).await;
    match found.map(|status| (status.link.clone(), status.other_master.clone())) {
        Ok((_, Some(other))) if !told => News::OtherMaster(other),
        Ok((LinkState::Lost(why), _)) => News::Gone(why),
        Ok((LinkState::Open(_), _)) => News::Back,
        // The bus has ended, and tells so by its events.
        _ => std::future::pending().await,
    }
}

/// Who may speak: whoever sends a request from the command line wants that, unless he is to listen first.
#[must_use]
pub fn standing(listen: Option<Duration>) -> Standing {
    Standing { is_wanted: listen.is_none(), ..Standing::default() }
}

impl Live {
    /// Opens a link and waits until it is open. `doing` says what for, in an error.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be opened, nobody dials in, or the person does not want to wait.
    pub async fn open(opening: Opening, doing: &str) -> Result<Self, Stop> {
        let patience = match opening.name.place {
            Place::Listen(..) => DIAL_IN,
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
            told: Told::default(),
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
                LinkState::Closed(_) if matches!(self.session.name.place, Place::File(_)) => return Ok(()),
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
        matches!(self.session.name.place, Place::Listen(..))
    }

    /// A meter on this link as its protocol needs to know it.
    #[must_use]
    pub fn profile(&self, target: &Target) -> Profile {
        let settings = self.session.status.borrow().line.or(self.session.name.line);
        let delay = self.session.name.place.network_delay();
        target.profile(settings.unwrap_or(target.model.line), delay)
    }

    /// Tells when the program is to end.
    #[must_use]
    pub fn interrupt(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// Whether a lost link is waited for until it is back.
    pub const fn wait_when_lost(&mut self, waits: bool) {
        self.waits = waits;
    }

    /// Listens for so long before anything is sent, where that is wanted; the simulated bus has no other master.
    ///
    /// # Errors
    /// [`Stop`] when another master asks on the link, or the person does not want to wait.
    pub async fn listen_first(&mut self, time: Option<Duration>) -> Result<(), Stop> {
        let Some(time) = time.filter(|_| !matches!(self.session.name.place, Place::Sim | Place::File(_)))
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

    /// Another master asks, and nothing is to be sent then.
    fn yielded(&self, other: &OtherMaster) -> Stop {
        let has_sent = self.session.status.borrow().counters.bytes_out > 0;
        let what = format!("{other}: nothing {}was sent", if has_sent { "more " } else { "" });
        let hint = "without --listen requests are sent in a pause of its traffic";
        self.trouble(&what).with(Exit::Forbidden).hint(hint).into()
    }

    /// Starts carrying something out.
    pub fn start(&mut self, errand: Errand) -> JobId {
        self.jobs += 1;
        let job = JobId(self.jobs);
        self.session.send(Intent::Run { job, errand: Box::new(errand) });
        job
    }

    /// The next thing of a job. After Ctrl-C the job is cancelled and [`Next::Over`] given.
    pub async fn next(&mut self, job: JobId) -> Next {
        match self.next_or_stop(job).await {
            Next::Stopping => {
                self.cancel(job).await;
                Next::Over(self.stopped())
            }
            next => next,
        }
    }

    /// The next thing of a job. After Ctrl-C [`Next::Stopping`] is given, once; the job goes on.
    pub async fn next_or_stop(&mut self, job: JobId) -> Next {
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

    /// Says what the status tells; why the job ends by it, if it does.
    async fn heed(&mut self, job: JobId, news: News) -> Option<Stop> {
        match news {
            News::Gone(why) if self.waits => {
                self.told.away = true;
                out::remark(&format!("{}: the link was lost: {why}; waiting until it is back", self.doing));
                None
            }
            News::Back => {
                self.told.away = false;
                out::remark(&format!("{}: the link is back", self.doing));
                None
            }
            News::Gone(why) => Some(self.trouble(&format!("the link was lost: {why}")).into()),
            News::OtherMaster(other) if self.yields => {
                self.cancel(job).await;
                Some(self.yielded(&other))
            }
            News::OtherMaster(other) => {
                self.told.other_master = true;
                out::remark(&format!("{}: {other}; sent in a pause", self.doing));
                None
            }
        }
    }

    fn over(&mut self, why: &str) -> Next {
        self.ended = true;
        Next::Over(self.trouble(why).into())
    }

    /// Asks a job to stop; that it has, its events tell.
    pub fn ask_to_stop(&self, job: JobId) {
        self.session.send(Intent::Cancel(job));
    }

    /// Stops a job and waits until it has signed off.
    pub async fn cancel(&mut self, job: JobId) {
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
    pub fn damaged_frames(&self) -> u64 {
        self.session.status.borrow().counters.bad
    }

    /// Whether the bus has ended.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.ended
    }

    /// Closes the link and waits until everything is written.
    pub async fn close(&mut self) {
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

    /// Puts something on standard output. The person may want the program to end before it is read.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written, or the person does not want to wait.
    pub async fn print(&mut self, out: &mut Out) -> Result<(), Stop> {
        let interrupt = self.interrupt();
        tokio::select! {
            put = self.outlet.put(out.buffer()) => put,
            () = interrupt.came() => Err(self.stopped()),
        }
    }

    /// Prints the next of what came, waiting for whoever reads it; whether there was any. May be dropped unfinished.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub async fn print_next(&mut self, printer: &mut Printer) -> Result<bool, Stop> {
        let has_more = printer.print_some(&self.session.trace, PIECE)?;
        self.session.shown.send_replace(Some(printer.shown()));
        self.outlet.put(printer.buffer()).await?;
        Ok(has_more)
    }

    /// Prints what came and is not printed yet, for a moment, and says what is not printed then.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub async fn print_rest(&mut self, printer: &mut Printer) -> Result<(), Stop> {
        let until = Instant::now() + LAST_PRINTS;
        while let Ok(has_more) = timeout_at(until, self.print_next(printer)).await {
            if !has_more? || Instant::now() >= until {
                break;
            }
        }
        self.unput += printer.buffer().len() as u64;
        if let Some(unprinted) = printer.unprinted(&self.session.trace) {
            out::remark(&format!("{}: {unprinted}", self.doing));
        }
        Ok(())
    }

    /// Waits until all that was printed has been read: a moment once the program is to end, else until then.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub async fn finish(&mut self) -> Result<(), Stop> {
        let interrupt = self.interrupt();
        let patience = async {
            if !out::leaves_soon() {
                interrupt.came().await;
            }
            tokio::time::sleep(LAST_READS).await;
        };
        let unread = self.unput + self.outlet.finish(patience).await?;
        if unread > 0 {
            out::remark(&format!("{}: {unread} bytes of output were not read in time", self.doing));
        }
        Ok(())
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
    pub fn verdict(&self, outcome: Outcome) -> Outcome {
        self.evidence.verdict(&self.session.status.borrow(), outcome)
    }

    /// What is being done, and on which link.
    fn doing_there(&self) -> String {
        format!("{} on {}", self.doing, self.session.name.in_words())
    }

    /// The link could not be opened; the error names it.
    #[must_use]
    pub fn unopened(&self, error: &OpenError) -> Trouble {
        Trouble::new(Exit::Link, self.doing.clone(), error.to_string())
    }

    /// Something about the link went wrong.
    #[must_use]
    pub fn trouble(&self, what: &str) -> Trouble {
        Trouble::new(Exit::Link, self.doing_there(), visible::string(what))
    }

    /// The person does not want to go on.
    #[must_use]
    pub fn stopped(&self) -> Stop {
        Trouble::new(Exit::Interrupted, self.doing_there(), "stopped").into()
    }
}
