//! A capture in the place of a link: played into the trace, and played again when another protocol is picked.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use jiff::tz::TimeZone;

use super::handle::Ends;
use super::{BusEvent, Counters, Decoder, Intent, JobEvent, JobId, LinkState, Speech, Status};
use crate::frame::{At, visible};
use crate::link::OpenError;
use crate::protocol::{Action, Event, Exchange, Failure, Fault, Judged};
use crate::trace::replay::{FileError, Replay};
use crate::trace::{EntryKind, Paging, SharedTrace, Trace, Way};

/// Packets played before whoever looks may look again.
const BATCH: usize = 4096;

/// Plays a capture file, then waits for what is wanted of it until nobody holds the handle any more.
pub async fn play(mut ends: Ends, path: &Path, trace: SharedTrace, decoder: Option<Decoder>) {
    let mut decoder = decoder;
    loop {
        if let Err(error) = play_once(&ends, path, &trace, decoder).await {
            return ends.fail(refused(path, &error));
        }
        match wanted(&mut ends, &trace, decoder).await {
            ControlFlow::Continue(another) => decoder = another,
            ControlFlow::Break(()) => break,
        }
    }
    let _ = ends.told.send(BusEvent::Ended(Ok(())));
}

async fn play_once(
    ends: &Ends,
    path: &Path,
    trace: &SharedTrace,
    decoder: Option<Decoder>,
) -> Result<(), FileError> {
    let mut replay = Replay::open(path, decoder.map(|d| (d.family, d.dialect)))?;
    trace.lock().restart(replay.trace(Paging::default()));
    let mut status =
        Status { link: LinkState::Open("capture".to_owned()), speech: Speech::File, ..Status::default() };
    let mut more = true;
    while more {
        more = step(&mut replay, trace, &mut status);
        ends.status.send_modify(|shown| shown.clone_from(&status));
        tokio::task::yield_now().await;
    }
    status.link = LinkState::Closed("end of the capture".to_owned());
    ends.status.send_modify(|shown| shown.clone_from(&status));
    Ok(())
}

/// Plays some packets; whether there are more.
fn step(replay: &mut Replay<File>, trace: &SharedTrace, status: &mut Status) -> bool {
    let mut trace = trace.lock();
    // What the disk does not give any more is missing from the end; the reader says how much.
    let more = replay.step(&mut trace, BATCH).unwrap_or(false);
    count(status, &trace);
    more
}

/// Counts the entries that came since the last time.
fn count(status: &mut Status, trace: &Trace) {
    let counters = &mut status.counters;
    for entry in (status.entries..trace.len()).filter_map(|number| trace.entry(number)) {
        let Counters { bytes_out, bytes_in, good, bad, noise_bytes, .. } = counters;
        let len = u64::from(entry.len);
        *(if entry.way == Way::Out { bytes_out } else { bytes_in }) += len;
        match entry.kind {
            EntryKind::Frame(Judged::Bad) => *bad += 1,
            EntryKind::Frame(_) if entry.way == Way::In => *good += 1,
            EntryKind::Noise => *noise_bytes += len,
            EntryKind::Frame(_) | EntryKind::Echo | EntryKind::Mark(_) => {}
        }
    }
    counters.line_errors = trace.line_errors();
    status.entries = trace.len();
}

/// Waits until the capture is to be cut by another protocol, or to be closed. There is nobody to send to; what
/// needs only listening hears the capture from its beginning.
async fn wanted(
    ends: &mut Ends,
    trace: &SharedTrace,
    present: Option<Decoder>,
) -> ControlFlow<(), Option<Decoder>> {
    let is_present = |wanted: &Option<Decoder>| match (wanted, &present) {
        (Some(wanted), Some(present)) => wanted.is_same(present),
        (wanted, present) => wanted.is_none() && present.is_none(),
    };
    loop {
        match ends.wanted.recv().await {
            None | Some(Intent::Close) => return ControlFlow::Break(()),
            Some(Intent::Decode(decoder)) if is_present(&decoder) => {}
            Some(Intent::Decode(decoder)) => return ControlFlow::Continue(decoder),
            Some(Intent::Run { job, errand }) if errand.only_listens() => {
                match errand.into_exchange(None, true).0 {
                    Ok(exchange) => {
                        let zone = trace.lock().zone().cloned();
                        Hearing { ends, job, exchange, reply: None, zone }.carry_out(trace);
                    }
                    Err(error) => refuse(ends, job, Fault::Unsendable(error)),
                }
            }
            Some(Intent::Run { job, .. }) => {
                refuse(ends, job, Fault::ListensOnly);
            }
            Some(
                Intent::Cancel(_)
                | Intent::SetLine(_)
                | Intent::FactoryLine(_)
                | Intent::Expect(_)
                | Intent::Speak,
            ) => {}
        }
    }
}

fn refuse(ends: &Ends, job: JobId, fault: Fault) {
    let failure = Failure { step: "before sending", fault };
    let answered = JobEvent::Answered { index: 0, result: Err(failure), request: None, reply: None };
    for event in [answered, JobEvent::Finished] {
        let _ = ends.told.send(BusEvent::Job(job, event));
    }
}

/// Requests of one plan that may fail for want of a telegram.
const MOST_REQUESTS: usize = 64;

/// A listening exchange over what a capture holds.
struct Hearing<'a> {
    ends: &'a Ends,
    job: JobId,
    exchange: Box<dyn Exchange>,
    /// The frame that it hears.
    reply: Option<u32>,
    /// The zone of the meter's clock, where it is set.
    zone: Option<TimeZone>,
}

impl Hearing<'_> {
    /// Lets it hear the capture until it has what it waits for; at the end its time is over.
    fn carry_out(mut self, trace: &SharedTrace) {
        self.tell(JobEvent::Started);
        let mut at = At::ZERO;
        let mut goes_on = self.hear(Event::Start, at);
        for number in 0.. {
            let trace = trace.lock();
            let Some(entry) = trace.entry(number).filter(|_| goes_on) else { break };
            let bytes = trace.bytes_of(&entry);
            let event = match entry.kind {
                EntryKind::Frame(_) if entry.way == Way::In => Event::Frame(&bytes),
                EntryKind::Noise => Event::Noise(&bytes),
                _ => continue,
            };
            (at, self.reply) = (entry.last, Some(number));
            goes_on = self.hear(event, at);
        }
        self.reply = None;
        for _ in 0..MOST_REQUESTS {
            goes_on = goes_on && self.hear(Event::Deadline, at);
        }
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
                | Action::Progress { .. } => {}
            }
        }
        true
    }

    fn tell(&self, event: JobEvent) {
        let _ = self.ends.told.send(BusEvent::Job(self.job, event));
    }
}

fn refused(path: &Path, error: &FileError) -> OpenError {
    OpenError::Refused {
        link: format!("file:{}", visible::string(&path.to_string_lossy())),
        what: error.to_string(),
        hint: "give a pcapng capture".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::bus::{Errand, channel};
    use crate::trace::{Capture, CaptureState};

    fn capture(folder: &Path) -> std::path::PathBuf {
        let path = folder.join("kept.pcapng");
        let mut trace = Trace::new(jiff::Timestamp::UNIX_EPOCH);
        trace.capture_to(Capture::to_file(&path, "sim:", None).unwrap());
        trace.record(Way::Out, b"\x01\x02", At::from_millis(1));
        trace.record(Way::In, b"\x03", At::from_millis(2));
        assert!(matches!(trace.capture_state(), CaptureState::Running { .. }));
        path
    }

    #[tokio::test]
    async fn a_capture_is_played_counted_and_answers_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = capture(folder.path());
        let trace = SharedTrace::new(Trace::new(jiff::Timestamp::UNIX_EPOCH));
        let (mut handle, ends) = channel();
        let playing = trace.clone();
        tokio::spawn(async move { play(ends, &path, playing, None).await });
        let closed = |status: &Status| matches!(status.link, LinkState::Closed(_));
        let counters = handle.status.wait_for(closed).await.unwrap().counters;
        assert_eq!((counters.bytes_out, counters.bytes_in), (2, 1));
        let errand = Box::new(Errand::raw_reading(b"/?!\r\n".to_vec(), Duration::ZERO, None).unwrap());
        handle.intents.send(Intent::Run { job: JobId(7), errand }).unwrap();
        let answer = handle.events.recv().await.unwrap();
        assert!(matches!(answer, BusEvent::Job(JobId(7), JobEvent::Answered { result: Err(_), .. })));
    }

    #[tokio::test]
    async fn what_is_no_capture_is_refused_by_name() {
        let (mut handle, ends) = channel();
        let trace = SharedTrace::new(Trace::new(jiff::Timestamp::UNIX_EPOCH));
        play(ends, Path::new("/nowhere/at-all.pcapng"), trace, None).await;
        let Some(BusEvent::Ended(Err(error))) = handle.events.recv().await else { panic!("it must fail") };
        assert!(error.to_string().contains("no such file"), "{error}");
    }
}
