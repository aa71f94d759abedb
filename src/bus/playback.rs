//! A capture in the place of a link: played into the trace, and played again when another protocol is picked.

mod wishes;

use std::fs::File;
use std::path::Path;

use jiff::tz::TimeZone;

use super::handle::BusSide;
use super::{BusEvent, Counters, Errand, JobEvent, JobId, LinkState, Speech, Status};
use crate::frame::{At, visible};
use crate::link::{OpenError, Share};
use crate::protocol::{Action, Decoder, Event, Exchange, Failure, Fault, Integrity};
use crate::trace::replay::{FileError, Replay};
use crate::trace::{Dir, EntryKind, Mark, Paging, SharedTrace, Trace};
use wishes::{Wish, Wishes};

/// Packets played before whoever looks may look again.
const BATCH: usize = 256;

/// Plays a capture file, then waits for what is wanted of it until nobody holds the handle any more. There is nobody to
/// send to; what needs only listening hears the capture from its beginning.
pub async fn play(side: BusSide, path: &Path, trace: SharedTrace, decoder: Option<Decoder>) {
    let mut player = Player { wishes: Wishes::new(decoder), side, trace };
    while let Some(wish) = player.wishes.next(&mut player.side.intents).await {
        match wish {
            Wish::Cut(decoder) => {
                if let Err(error) = player.play_once(path, decoder).await {
                    return player.side.fail(refused(path, &error));
                }
            }
            Wish::Run(job, errand) => player.carry_out(job, *errand).await,
        }
    }
    player.side.reports.tell(BusEvent::Ended(Ok(())));
    player.side.reports.tell_all().await;
}

/// What plays a capture.
struct Player {
    wishes: Wishes,
    side: BusSide,
    trace: SharedTrace,
}

impl Player {
    /// Plays it from its beginning, until something else is wanted.
    async fn play_once(&mut self, path: &Path, decoder: Option<Decoder>) -> Result<(), FileError> {
        let mut replay = Replay::open(path, decoder)?;
        self.trace.lock().restart(replay.trace(Paging::default()));
        let link = LinkState::Open("capture".to_owned());
        let mut status = Status { link, speech: Speech::File, ..Status::default() };
        while step(&mut replay, &self.trace, &mut status) {
            self.side.status.send_modify(|shown| shown.clone_from(&status));
            tokio::task::yield_now().await;
            self.wishes.look(&mut self.side.intents);
            if self.wishes.end_playing() {
                return Ok(());
            }
        }
        status.flaws = replay.flaws().lines().collect();
        status.link = LinkState::Closed("end of the capture".to_owned());
        self.side.status.send_modify(|shown| shown.clone_from(&status));
        Ok(())
    }

    async fn carry_out(&mut self, job: JobId, errand: Errand) {
        if !errand.only_listens() {
            return self.refuse(job, Fault::ListensOnly).await;
        }
        match errand.into_exchange(None, true).0 {
            Ok(exchange) => {
                let zone = self.trace.lock().zone().cloned();
                Hearing { player: self, job, exchange, reply: None, zone }.carry_out().await;
            }
            Err(error) => self.refuse(job, Fault::Unsendable(error)).await,
        }
    }

    async fn refuse(&mut self, job: JobId, fault: Fault) {
        let failure = Failure { step: "before sending", fault };
        let answered = JobEvent::Answered { index: 0, result: Err(failure), request: None, reply: None };
        for event in [answered, JobEvent::Finished] {
            self.side.reports.tell(BusEvent::Job(job, event));
        }
        self.side.reports.tell_all().await;
    }
}

/// Plays some packets; whether there are more.
fn step(replay: &mut Replay<File>, trace: &SharedTrace, status: &mut Status) -> bool {
    let mut trace = trace.lock();
    let more = replay.step(&mut trace, BATCH).unwrap_or_else(|error| {
        let at = trace
            .len()
            .checked_sub(1)
            .and_then(|last| trace.entry(last))
            .map_or(At::ZERO, |entry| entry.last);
        trace.mark(
            Mark::Note(format!("the capture cannot be read any further: {}", visible::error(&error))),
            at,
        );
        false
    });
    count(status, &trace);
    more
}

/// Counts the entries that came since the last time.
fn count(status: &mut Status, trace: &Trace) {
    let counters = &mut status.counters;
    for entry in (status.entries..trace.len()).filter_map(|number| trace.entry(number)) {
        let Counters { bytes_out, bytes_in, good, bad, noise_bytes, .. } = counters;
        let len = u64::from(entry.len);
        *(if entry.way == Dir::Tx { bytes_out } else { bytes_in }) += len;
        match entry.kind {
            EntryKind::Frame(Integrity::Bad) => *bad += 1,
            EntryKind::Frame(_) if entry.way == Dir::Rx => *good += 1,
            EntryKind::Noise => *noise_bytes += len,
            EntryKind::Frame(_) | EntryKind::Echo | EntryKind::Mark(_) => {}
        }
    }
    counters.line_errors = trace.line_errors();
    status.entries = trace.len();
}

/// Requests of one plan that may fail for want of a telegram.
const MOST_REQUESTS: usize = 64;

/// A listening exchange over what a capture holds.
struct Hearing<'a> {
    player: &'a mut Player,
    job: JobId,
    exchange: Box<dyn Exchange>,
    /// The frame that it hears.
    reply: Option<u32>,
    /// The zone of the meter's clock, where it is set.
    zone: Option<TimeZone>,
}

impl Hearing<'_> {
    /// Lets it hear the capture until it has what it waits for, or is to stop; at the end its time is over.
    async fn carry_out(mut self) {
        self.tell(JobEvent::Started);
        let (mut at, mut share) = (At::ZERO, Share::default());
        let mut goes_on = self.hear(Event::Start, at);
        for number in 0.. {
            let Some((last, kind, bytes)) = self.entry(number).filter(|_| goes_on) else { break };
            share.took(bytes.len());
            if share.is_used_up() {
                self.give_way(&mut share).await;
            }
            if self.player.wishes.ends_job(self.job) {
                goes_on = self.hear(Event::Cancelled, at);
                break;
            }
            let event = match kind {
                EntryKind::Frame(_) => Event::Frame(&bytes),
                EntryKind::Noise => Event::Noise(&bytes),
                EntryKind::Echo | EntryKind::Mark(_) => continue,
            };
            (at, self.reply) = (last, Some(number));
            goes_on = self.hear(event, at);
        }
        self.reply = None;
        for _ in 0..MOST_REQUESTS {
            goes_on = goes_on && self.hear(Event::Deadline, at);
        }
        self.player.side.reports.tell_all().await;
    }

    /// Lets others run, tells what is to be told, and looks at what is wanted meanwhile.
    async fn give_way(&mut self, share: &mut Share) {
        share.give_way().await;
        let Player { wishes, side, .. } = &mut *self.player;
        while side.reports.is_behind() && !wishes.ends_job(self.job) {
            tokio::select! {
                () = side.reports.tell_next() => {}
                () = wishes.wait(&mut side.intents) => {}
            }
        }
        wishes.look(&mut side.intents);
    }

    /// A received entry: when it came, what it is, its bytes.
    fn entry(&self, number: u32) -> Option<(At, EntryKind, Vec<u8>)> {
        let trace = self.player.trace.lock();
        let entry = trace.entry(number)?;
        let kind = if entry.way == Dir::Rx { entry.kind } else { EntryKind::Echo };
        Some((entry.last, kind, trace.bytes_of(&entry).into_owned()))
    }

    /// Whether it goes on after an event.
    fn hear(&mut self, event: Event<'_>, at: At) -> bool {
        self.exchange.handle(event, at);
        while let Some(action) = self.exchange.next_action() {
            match action {
                Action::Reading(mut reading) => {
                    reading.in_zone(self.zone.as_ref());
                    self.tell(JobEvent::Reading(reading, at));
                }
                Action::Warning(warning) => self.tell(JobEvent::Warning(warning)),
                Action::Step(step) => self.tell(JobEvent::Step(step)),
                Action::Answered { index, result } => {
                    let reply = self.reply;
                    self.tell(JobEvent::Answered { index, result, request: None, reply });
                }
                Action::Finished => {
                    self.tell(JobEvent::Finished);
                    return false;
                }
                // Nothing is sent, set or waited for in a capture.
                Action::Send(_)
                | Action::SetLine(_)
                | Action::Wait(_)
                | Action::Rest { .. }
                | Action::Try { .. }
                | Action::Progress { .. } => {}
            }
        }
        true
    }

    fn tell(&mut self, event: JobEvent) {
        self.player.side.reports.tell(BusEvent::Job(self.job, event));
    }
}

fn refused(path: &Path, error: &FileError) -> OpenError {
    OpenError::Refused {
        link: format!("file:{}", visible::file(path)),
        what: error.to_string(),
        hint: "give a pcapng capture".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::bus::{Intent, channel};
    use crate::trace::{Capture, CaptureState};

    fn capture(folder: &Path) -> std::path::PathBuf {
        let path = folder.join("kept.pcapng");
        let mut trace = Trace::new(jiff::Timestamp::UNIX_EPOCH);
        trace.capture_to(Capture::to_file(&path, "sim:", None).unwrap());
        trace.record(Dir::Tx, b"\x01\x02", At::from_millis(1));
        trace.record(Dir::Rx, b"\x03", At::from_millis(2));
        assert!(matches!(trace.capture_state(), CaptureState::Running { .. }));
        path
    }

    #[tokio::test]
    async fn a_capture_is_played_counted_and_answers_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = capture(folder.path());
        let trace = SharedTrace::new(Trace::new(jiff::Timestamp::UNIX_EPOCH));
        let (mut handle, side) = channel();
        let playing = trace.clone();
        tokio::spawn(async move { play(side, &path, playing, None).await });
        let closed = |status: &Status| matches!(status.link, LinkState::Closed(_));
        let counters = handle.status.wait_for(closed).await.unwrap().counters;
        assert_eq!((counters.bytes_out, counters.bytes_in), (2, 1));
        let errand = Box::new(Errand::raw_reading(b"/?!\r\n".to_vec(), Duration::ZERO, None).unwrap());
        handle.intents.send(Intent::Run { job: JobId(7), errand }).unwrap();
        let answer = handle.events.recv().await.unwrap();
        assert!(matches!(answer, BusEvent::Job(JobId(7), JobEvent::Answered { result: Err(_), .. })));
    }

    #[tokio::test]
    async fn a_long_capture_is_left_when_it_is_to_be_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.pcapng");
        let mut trace = Trace::new(jiff::Timestamp::UNIX_EPOCH);
        trace.capture_to(Capture::to_file(&path, "sim:", None).unwrap());
        (0..3 * BATCH as u64).for_each(|at| trace.record(Dir::Rx, b"\x03", At::from_millis(at)));
        drop(trace);
        let trace = SharedTrace::new(Trace::new(jiff::Timestamp::UNIX_EPOCH));
        let (mut handle, side) = channel();
        handle.intents.send(Intent::Close).unwrap();
        play(side, &path, trace, None).await;
        assert_eq!(handle.events.recv().await, Some(BusEvent::Ended(Ok(()))));
        assert!(handle.status.borrow().counters.bytes_in <= BATCH as u64);
    }

    #[tokio::test]
    async fn what_is_no_capture_is_refused_by_name() {
        let (mut handle, side) = channel();
        let trace = SharedTrace::new(Trace::new(jiff::Timestamp::UNIX_EPOCH));
        play(side, Path::new("/nowhere/at-all.pcapng"), trace, None).await;
        let Some(BusEvent::Ended(Err(error))) = handle.events.recv().await else { panic!("it must fail") };
        assert!(error.to_string().contains("no such file"), "{error}");
    }
}
