//! `read`: values of a meter.

use std::cell::RefCell;
use std::time::Duration;

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::args::{Global, Read, ReadFormat};
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::live::{Live, Next};
use super::out::{self, Out};
use super::{failure, keys, live, meter, zone};
use crate::app::archive::Archive;
use crate::app::output::paint::TermStyle;
use crate::app::output::reading::{self, Item};
use crate::app::poller::{Ask, Ending, Poller, Tries};
use crate::app::session::{Opening, Recording, Role, Simulation};
use crate::app::target::Target;
use crate::app::trust;
use crate::bus::{Errand, JobEvent};
use crate::frame::{At, visible};
use crate::protocol::{Access, Failure, Fault, IfSilent, Options, Request};
use crate::reading::{Absent, Measured, Reading};
use crate::trace::export;

/// Reads and prints, once or again and again.
pub(super) fn run(global: &Global, given: &Read) -> Outcome {
    let keys = keys::load(global)?.on(&given.link.place);
    let target = meter::target_on(&keys, &given.meter, &given.link.place)?;
    let requests = requests(&target, given)?;
    meter::answers_on(&given.link.place, &target, &requests)?;
    let doing = format!("reading {}", target.meter());
    let reader = Reader {
        global,
        given,
        target,
        requests,
        zone: zone::load(global)?,
        doing,
        complained: RefCell::default(),
    };
    live::block_on(reader.run())
}

/// What is to be asked; commands that change something are not.
fn requests(target: &Target, given: &Read) -> Result<Vec<Request>, Stop> {
    let Some(ask) = &given.ask.named() else { return Ok(target.default_reads()) };
    let request = meter::request(target, ask)?;
    if request.command.access == Access::Read {
        return Ok(vec![request]);
    }
    let what = format!("{} is a {} command", request.command.id, request.command.access.word());
    let hint = "read never changes a meter; use: meterscope send ... --allow-write";
    Err(Trouble::new(Exit::Forbidden, format!("reading {}", target.model.id), what).hint(hint).into())
}

struct Reader<'a> {
    global: &'a Global,
    given: &'a Read,
    target: Target,
    requests: Vec<Request>,
    zone: Option<TimeZone>,
    doing: String,
    /// What was complained of last.
    complained: RefCell<String>,
}

/// What a poll came to so far.
#[derive(Default)]
struct Poll {
    got: Vec<Got>,
    /// What was asked last, in order.
    asked: Vec<Request>,
    /// How many requests have ended.
    ended: usize,
    first_trouble: Option<Trouble>,
    /// What has been remarked on, each once: a line can do the same thing at every request.
    warned: Vec<String>,
    /// The first command stayed silent: nothing else was asked.
    silent: Option<Absent>,
    has_energy: bool,
    /// The load profile among the readings.
    archive: Archive,
    /// The link went away.
    lost: bool,
    /// The person wants no more; what was read before is kept.
    stopped: bool,
}

impl Poll {
    /// Whether nothing more is to be asked: the meter is silent, the link went away, or the person wants no more.
    const fn is_over(&self) -> bool {
        self.silent.is_some() || self.lost || self.stopped
    }

    /// The place of a request among all, by its place among those that were asked last.
    fn place(&self, all: &[Request], index: usize) -> usize {
        let asked = self.asked.get(index);
        all.iter().position(|request| Some(request) == asked).unwrap_or(index)
    }
}

enum Got {
    Reading(Reading, At),
    Missing { request: usize, why: Absent },
}

impl Reader<'_> {
    async fn run(self) -> Outcome {
        let mut live = Live::open(self.opening(), &self.doing).await?;
        live.wait_when_lost(self.given.reconnect);
        let outcome = match live.listen_first(self.given.listen.filter(|_| self.sends())).await {
            Ok(()) => self.polls(&mut live).await,
            Err(stop) => Err(stop),
        };
        live.close().await;
        live.finish().await?;
        live.verdict(outcome)
    }

    fn opening(&self) -> Opening {
        Opening {
            name: self.given.link.clone(),
            role: Role::Talk,
            line: self.target.model.line,
            decoder: Some(self.target.decoder()),
            recording: self.given.capture.clone().map_or(Recording::None, Recording::File),
            keys: self.target.keys.clone(),
            zone: self.zone.clone(),
            simulation: Simulation { model: Some(self.target.model), ..Simulation::default() },
            standing: live::standing(self.given.listen),
            before: None,
        }
    }

    /// Whether anything is sent for what is asked; a meter that speaks by itself is only heard.
    fn sends(&self) -> bool {
        let profile = self.target.profile(self.target.model.line, Duration::ZERO);
        !self
            .target
            .plan(self.requests.clone(), self.options(Tries::Usual), profile)
            .only_listens(self.target.family())
    }

    async fn polls(&self, live: &mut Live) -> Outcome {
        let clock = live.session.clock;
        let mut poller = Poller::new(self.given.every.unwrap_or_default());
        poller.set_meters([((), self.requests.clone())]);
        if self.given.every.is_none() {
            poller.ask_once(clock.now());
            return self.once(live, &mut poller).await;
        }
        poller.start(clock.now());
        let interrupt = live.interrupt();
        let mut best = None;
        for _ in 0..self.given.count.unwrap_or(u64::MAX) {
            let due = clock.instant(poller.due().unwrap_or_else(|| clock.now()));
            tokio::select! {
                () = tokio::time::sleep_until(due) => {}
                () = interrupt.came() => break,
            }
            match self.once(live, &mut poller).await {
                Ok(exit) if best != Some(Exit::Done) => best = Some(exit),
                Ok(_) => {}
                Err(Stop::Trouble(trouble)) if trouble.exit == Exit::Interrupted => break,
                Err(Stop::Trouble(trouble)) if trouble.exit == Exit::Link && !self.given.reconnect => {
                    return Err(trouble.into());
                }
                Err(Stop::Trouble(trouble)) => {
                    trouble.print();
                    best = best.or(Some(trouble.exit));
                }
                Err(closed) => return Err(closed),
            }
        }
        Ok(best.unwrap_or(Exit::Interrupted))
    }

    async fn once(&self, live: &mut Live, poller: &mut Poller<(), Request>) -> Outcome {
        let begun = Zoned::now();
        let damaged = live.damaged_frames();
        let came = self.poll(live, poller).await;
        // What is left of a round that ended early is not asked.
        poller.skip(live.session.clock.now());
        let poll = match came {
            Ok(poll) => poll,
            Err(stop) => {
                self.print_failed(live, Absent::NoAnswer, &begun).await?;
                return Err(stop);
            }
        };
        match poll.silent {
            Some(why) => self.print_failed(live, why, &begun).await?,
            None => self.print(live, &poll, &begun).await?,
        }
        self.advise(&poll, live.damaged_frames().saturating_sub(damaged));
        self.judge(poll)
    }

    /// Who reads objects, one a poll, gets one of a failed poll too: everything is missing, and why.
    async fn print_failed(&self, live: &mut Live, why: Absent, begun: &Zoned) -> Result<(), Stop> {
        if !self.global.json || self.given.every.is_none() || out::leaves_soon() {
            return Ok(());
        }
        let got = (0..self.requests.len()).map(|request| Got::Missing { request, why }).collect();
        self.print(live, &Poll { got, ..Poll::default() }, begun).await
    }

    /// Asks everything once, as far as the poller has it asked.
    async fn poll(&self, live: &mut Live, poller: &mut Poller<(), Request>) -> Result<Poll, Stop> {
        let mut poll = Poll::default();
        while let Some(ask) = poller.next(live.session.clock.now()) {
            self.carry_out(live, &mut poll, poller, ask).await?;
            if poll.is_over() || !poller.is_asking() {
                break;
            }
        }
        if self.is_archive() {
            out::end_progress();
        }
        Ok(poll)
    }

    /// Asks what the poller has asked, up to its end.
    async fn carry_out(
        &self,
        live: &mut Live,
        poll: &mut Poll,
        poller: &mut Poller<(), Request>,
        ask: Ask<(), Request>,
    ) -> Result<(), Stop> {
        poll.asked.clone_from(&ask.commands);
        let plan = self.target.plan(ask.commands, self.options(ask.tries), live.profile(&self.target));
        let errand = Errand::reading(self.target.decoder(), plan)
            .map_err(|forbidden| live.trouble(&forbidden.to_string()).with(Exit::Forbidden))?;
        let job = live.start(errand);
        loop {
            match live.next_or_stop(job).await {
                Next::Stopping if poll.got.is_empty() && !self.is_archive() => {
                    live.cancel(job).await;
                    return Err(live.stopped());
                }
                // It signs off and tells that it has finished.
                Next::Stopping => {
                    poll.stopped = true;
                    live.ask_to_stop(job);
                }
                Next::Over(stop) => return Err(stop),
                Next::Job(JobEvent::Finished) => {
                    poller.finished(live.session.clock.now());
                    return Ok(());
                }
                Next::Job(event) => {
                    let ended = match &event {
                        JobEvent::Answered { index, result, .. } => {
                            poller.answered(*index, Ending::of(result.as_ref().err().map(|why| &why.fault)));
                            1
                        }
                        _ => 0,
                    };
                    self.take(live, poll, event);
                    poll.ended += ended;
                }
            }
        }
    }

    fn options(&self, tries: Tries) -> Options {
        let retries = if tries == Tries::One { 0 } else { self.given.retries };
        Options { retries, read_twice: self.given.twice, if_silent: IfSilent::LeaveOut }
    }

    fn take(&self, live: &Live, poll: &mut Poll, event: JobEvent) {
        match event {
            JobEvent::Progress { done, total } if self.is_archive() => {
                out::progress(&format!("{}: {done} of {total} codes", self.doing));
            }
            JobEvent::Answered { result: Err(failure), .. }
                if poll.stopped && failure.fault == Fault::Cancelled => {}
            JobEvent::Reading(reading, at) => {
                poll.archive.take(&reading);
                poll.has_energy |= reading.is_energy_register();
                poll.got.extend(reading.coded().into_iter().map(|reading| Got::Reading(reading, at)));
            }
            JobEvent::Warning(warning) => {
                let text = warning.text.to_string();
                if !poll.warned.contains(&text) {
                    out::remark(&format!("{}: {text}", self.doing));
                    poll.warned.push(text);
                }
            }
            JobEvent::Answered { index, result: Err(failure), request, .. } => {
                poll.lost |= failure.fault == Fault::LinkLost;
                let is_silence = poll.lost || matches!(failure.fault, Fault::NoAnswer { .. });
                if poll.ended == 0 && is_silence {
                    poll.silent = Some(absent(&failure));
                }
                let request_at = poll.place(&self.requests, index);
                poll.got.push(Got::Missing { request: request_at, why: absent(&failure) });
                let trouble =
                    failure::trouble(live, &self.target, &self.given.meter.who.address, &failure, request);
                poll.first_trouble.get_or_insert(trouble);
            }
            _ => {}
        }
    }

    /// Says that values may be wrong which a weak check has let pass, and how to be sure.
    fn advise(&self, poll: &Poll, damaged: u64) {
        let readings = poll.got.iter().filter_map(|got| match got {
            Got::Reading(reading, _) => Some(reading),
            Got::Missing { .. } => None,
        });
        if let Some(advice) = trust::advice(readings, damaged).filter(|_| !self.given.twice) {
            out::remark(&format!("{}: {advice}; read twice to be sure: --twice", self.doing));
        }
    }

    /// The end of a poll: what was named must have come; of the everyday set an energy register will do.
    fn judge(&self, poll: Poll) -> Outcome {
        if poll.stopped {
            let what = if poll.got.is_empty() {
                "stopped before anything was read"
            } else {
                "stopped; what was read is kept"
            };
            return Err(Trouble::new(Exit::Interrupted, &self.doing, what).into());
        }
        let named = self.given.ask.command.is_some();
        match poll.first_trouble {
            Some(trouble) if named || !poll.has_energy => Err(trouble.into()),
            Some(trouble) => {
                self.complain_once(&trouble.text());
                Ok(Exit::Done)
            }
            None if named || poll.has_energy => Ok(Exit::Done),
            None => {
                let what = "the answers hold no energy total and no tariff register";
                let hint = format!("all commands: meterscope commands {}", self.target.model.id);
                Err(Trouble::new(Exit::BadAnswer, &self.doing, what).hint(hint).into())
            }
        }
    }

    /// What a meter refuses it refuses at every poll: that is said once.
    fn complain_once(&self, text: &str) {
        if self.complained.replace(text.to_owned()) != text {
            out::complain(text);
        }
    }

    async fn print(&self, live: &mut Live, poll: &Poll, begun: &Zoned) -> Result<(), Stop> {
        let mut out = Out::held();
        if self.global.json {
            out.json(&self.json(live, poll, begun))?;
        } else if self.given.plain {
            for got in &poll.got {
                out.line(&plain(got))?;
            }
        } else if self.given.format == ReadFormat::Csv {
            self.csv(poll, &mut out)?;
        } else if self.is_archive() && !poll.archive.days().is_empty() {
            for day in poll.archive.days() {
                out.text(&poll.archive.table(day).render(TermStyle::of_stdout(!self.global.no_color)))?;
            }
        } else {
            out.text(&self.table(poll).render(TermStyle::of_stdout(!self.global.no_color)))?;
        }
        live.print(&mut out).await
    }

    /// Whether what was asked for is a load profile.
    fn is_archive(&self) -> bool {
        let profile = self.target.dialect().load_profile;
        self.requests.iter().all(|request| profile.is_some_and(|known| known.command == request.command.id))
    }

    /// A line an interval of a load profile, else a line a reading.
    fn csv(&self, poll: &Poll, out: &mut Out) -> Result<(), Stop> {
        let written = if poll.archive.days().is_empty() {
            let readings = poll.got.iter().filter_map(|got| match got {
                Got::Reading(reading, _) => Some(reading),
                Got::Missing { .. } => None,
            });
            export::readings_csv(readings, out.writer())
        } else {
            poll.archive.csv(out.writer())
        };
        written.map_err(|error| Trouble::new(Exit::System, &self.doing, error.to_string()).into())
    }

    fn json(&self, live: &Live, poll: &Poll, begun: &Zoned) -> reading::Poll<'_> {
        let item = |got: &Got| match got {
            Got::Reading(reading, at) => {
                let at = live.session.clock.wall(*at).to_zoned(TimeZone::system());
                Item::of(reading, Some(&at))
            }
            Got::Missing { request, why } => {
                let (id, title) = self.named(*request);
                Item::missing(id, title, *why, Some(begun))
            }
        };
        reading::Poll {
            model: self.target.model.id,
            address: self.address(),
            protocol: self.target.model.protocol.id(),
            time: reading::time(begun),
            readings: poll.got.iter().map(item).collect(),
        }
    }

    /// The address as the person wrote it; on the simulated bus it may have been left out.
    fn address(&self) -> &str {
        match self.given.meter.who.address.trim() {
            "" => self.target.address.text(),
            written => written,
        }
    }

    fn table(&self, poll: &Poll) -> crate::app::output::table::Table {
        let mut table = reading::table();
        for got in &poll.got {
            match got {
                Got::Reading(reading, _) => table.row(reading::row(reading)),
                Got::Missing { request, why } => {
                    let (id, title) = self.named(*request);
                    let remark = format!("{} ({id})", why.reason());
                    table.row(["-".to_owned(), title.to_owned(), "-".to_owned(), String::new(), remark]);
                }
            }
        }
        table
    }

    /// Id and title of a request's command.
    fn named(&self, request: usize) -> (&'static str, &'static str) {
        self.requests.get(request).map_or(("", ""), |request| (request.command.id, request.command.title))
    }
}

/// The bare value, `-` for none.
fn plain(got: &Got) -> String {
    match got {
        Got::Reading(Reading { value: Measured::Absent(_), .. }, _) | Got::Missing { .. } => "-".to_owned(),
        Got::Reading(reading, _) => visible::measured(&reading.value),
    }
}

const fn absent(failure: &Failure) -> Absent {
    match failure.fault {
        Fault::Refused { .. } => Absent::Refused,
        Fault::Damaged { .. } | Fault::Unexpected(_) => Absent::Damaged,
        Fault::Sealed { .. } => Absent::Sealed,
        _ => Absent::NoAnswer,
    }
}
