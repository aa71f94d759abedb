//! The loop against a hand at the far end, on paused time.

mod arriving;
mod bounds;
mod early;
mod endless;
mod line_changes;
mod listening;
mod permits;
mod turns;

use std::time::Duration;

use super::*;
use crate::link::pair::{FarEnd, with_far_end};
use crate::link::{Clock, Damage, LineError, LineErrors, LinkCommand, LinkEvent, OpenError};
use crate::protocol::Fault;
use crate::trace::{Dir, EntryKind, SharedTrace, Trace};

/// Keeps nothing.
#[derive(Debug)]
struct Nobody;

impl Witness for Nobody {
    fn check(&mut self) -> Result<(), String> {
        Ok(())
    }

    fn begins(&mut self, _: &Outgoing) -> Result<(), String> {
        Ok(())
    }

    fn ends(&mut self, _: &Ended) -> Result<(), String> {
        Ok(())
    }
}

/// A permission of which nothing is kept.
pub(super) fn permit() -> Permit {
    Permit::of_a_person(Box::new(Nobody))
}

/// Any bytes, allowed.
fn raw(job: JobId, bytes: &[u8]) -> Intent {
    let errand = Errand::raw_permitted(bytes.to_vec(), Duration::from_secs(1), permit());
    Intent::Run { job, errand: Box::new(errand) }
}

struct Bench {
    handle: Handle,
    far: FarEnd,
    trace: SharedTrace,
    clock: Clock,
}

impl Bench {
    async fn open() -> Self {
        Self::wanting(InitialLine::default(), Some(LineSettings::default())).await
    }

    /// On a link with these settings in force.
    async fn wanting(wanted: InitialLine, line: Option<LineSettings>) -> Self {
        let clock = Clock::of_tests();
        let trace = SharedTrace::new(Trace::new(clock.origin()));
        let (near, far) = with_far_end();
        let (handle, ends) = channel();
        tokio::spawn(run(ends, Port::Full(near), trace.clone(), clock, None, wanted));
        let laid = Self { handle, far, trace, clock };
        laid.tell(LinkEvent::Opened { peer: String::new(), line, at: laid.clock.now() }).await;
        laid
    }

    async fn tell(&self, event: LinkEvent) {
        self.far.events.send(event).await.unwrap();
    }

    async fn arrives(&self, bytes: &[u8]) {
        self.tell(LinkEvent::received(bytes.to_vec(), self.clock.now())).await;
    }

    fn send_raw(&self, bytes: &[u8]) {
        self.handle.intents.send(raw(JobId(1), bytes)).unwrap();
    }

    async fn sent(&mut self) -> Vec<u8> {
        let Some(LinkCommand::Send(bytes)) = self.far.commands.recv().await else { panic!("nothing sent") };
        tokio::time::sleep(Duration::from_millis(10)).await;
        self.tell(LinkEvent::Sent { at: self.clock.now() }).await;
        bytes
    }

    async fn told(&mut self) -> BusEvent {
        self.handle.events.recv().await.unwrap()
    }

    async fn ending(&mut self) -> Result<(), Fault> {
        loop {
            if let BusEvent::Job(_, JobEvent::Answered { result, .. }) = self.told().await {
                return result.map_err(|failure| failure.fault);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn raw_bytes_go_out_in_one_piece_and_what_comes_back_is_listened_for() {
    let mut bench = Bench::open().await;
    bench.send_raw(b"\x01\x02");
    assert_eq!(bench.sent().await, b"\x01\x02");
    bench.arrives(b"\x55").await;
    assert_eq!(bench.ending().await, Ok(()));
    assert_eq!(bench.told().await, BusEvent::Job(JobId(1), JobEvent::Finished));
    let counters = bench.handle.status.borrow().counters;
    assert_eq!((counters.bytes_out, counters.bytes_in, counters.noise_bytes), (2, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_overtakes_the_end_of_its_request_is_heard() {
    let mut bench = Bench::open().await;
    bench.send_raw(b"\x01\x02");
    let Some(LinkCommand::Send(_)) = bench.far.commands.recv().await else { panic!("nothing sent") };
    bench.arrives(b"\x55").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    bench.tell(LinkEvent::Sent { at: bench.clock.now() }).await;
    assert_eq!(bench.ending().await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn what_we_hear_of_ourselves_is_an_echo_and_no_answer() {
    let mut bench = Bench::open().await;
    bench.send_raw(b"\x01\x02\x03");
    bench.sent().await;
    bench.arrives(b"\x01\x02\x03").await;
    let ending = bench.ending().await;
    assert_eq!(ending, Err(Fault::NoAnswer { sent: 1, echo: true, noise_bytes: 0 }));
    assert_eq!(bench.handle.status.borrow().echo, EchoState::Present);
    let trace = bench.trace.lock();
    let kinds: Vec<EntryKind> = (0..trace.len()).filter_map(|n| trace.entry(n)).map(|e| e.kind).collect();
    assert!(kinds.contains(&EntryKind::Echo), "{kinds:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_is_stamped_with_the_moment_it_left_the_wire() {
    let mut bench = Bench::open().await;
    bench.send_raw(b"\x01\x02");
    bench.sent().await;
    let _ = bench.ending().await;
    let trace = bench.trace.lock();
    let request = (0..trace.len()).filter_map(|n| trace.entry(n)).find(|e| e.way == Dir::Tx).unwrap();
    assert_eq!(request.last.since(request.first), Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn a_lost_link_ends_what_runs_and_what_waits_goes_on_when_it_is_back() {
    let mut bench = Bench::open().await;
    bench.send_raw(b"\x01");
    bench.send_raw(b"\x02");
    bench.sent().await;
    let lost = LinkEvent::Lost { why: "unplugged".into(), retry_in: Duration::ZERO, at: bench.clock.now() };
    bench.tell(lost).await;
    assert_eq!(bench.ending().await, Err(Fault::LinkLost));
    assert_eq!(bench.handle.status.borrow().link, LinkState::Lost("unplugged".into()));
    bench.tell(LinkEvent::Opened { peer: String::new(), line: None, at: bench.clock.now() }).await;
    assert_eq!(bench.sent().await, b"\x02");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_waits_can_be_cancelled_without_being_sent() {
    let mut bench = Bench::open().await;
    bench.send_raw(b"\x01");
    bench.sent().await;
    bench.handle.intents.send(raw(JobId(2), &[9])).unwrap();
    bench.handle.intents.send(Intent::Cancel(JobId(2))).unwrap();
    bench.handle.intents.send(Intent::Cancel(JobId(1))).unwrap();
    assert_eq!(bench.ending().await, Err(Fault::Cancelled));
    bench.handle.intents.send(Intent::Close).unwrap();
    while bench.told().await != BusEvent::Ended(Ok(())) {}
    let mut rest = Vec::new();
    while let Ok(command) = bench.far.commands.try_recv() {
        rest.push(command);
    }
    assert_eq!(rest, [LinkCommand::Close]);
}

#[tokio::test(start_paused = true)]
async fn a_bus_that_only_listens_refuses_to_send_and_has_nothing_to_send_with() {
    let clock = Clock::of_tests();
    let trace = SharedTrace::new(Trace::new(clock.origin()));
    let (link, mut far) = with_far_end();
    let (lines, mut asked) = tokio::sync::mpsc::unbounded_channel();
    let port = Port::Listening(crate::link::ListenLink { lines, events: link.events });
    drop(link.commands);
    let (mut handle, ends) = channel();
    tokio::spawn(run(ends, port, trace, clock, None, InitialLine::default()));
    far.events.send(LinkEvent::Opened { peer: String::new(), line: None, at: clock.now() }).await.unwrap();
    handle.intents.send(raw(JobId(1), &[1])).unwrap();
    let Some(BusEvent::Job(_, JobEvent::Answered { result: Err(_), .. })) = handle.events.recv().await else {
        panic!("it must be refused")
    };
    assert_eq!(far.commands.recv().await, None);
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn a_link_that_cannot_be_opened_is_told_as_the_end() {
    let (mut handle, ends) = channel();
    let error = OpenError::Forbidden { link: "serial:x".into(), hint: "join a group".into() };
    ends.fail(error.clone());
    assert_eq!(handle.events.recv().await, Some(BusEvent::Ended(Err(error))));
    assert!(matches!(handle.status.borrow().link, LinkState::Closed(_)));
}

const SIGN_ON: &[u8] = b"/?!\r\n";
const SIGN_ON_CARRIED: &[u8] = &[0xAF, 0x3F, 0x21, 0x8D, 0x0A];

fn seven_bits() -> InitialLine {
    InitialLine { line: Some(LineSettings::e71(9600)), ..InitialLine::default() }
}

#[tokio::test(start_paused = true)]
async fn damage_that_a_port_tells_of_is_counted_and_named_while_the_bytes_stay() {
    let mut bench = Bench::open().await;
    let damage = [(1, LineError::Parity), (2, LineError::Parity), (4, LineError::Break)];
    let damage = damage.map(|(place, error)| Damage { place, error }).to_vec();
    let at = bench.clock.now();
    bench.tell(LinkEvent::Received { bytes: b"/TPC\0".to_vec(), damage, at }).await;
    let status = bench.handle.status.wait_for(|status| status.counters.bytes_in == 5).await.unwrap().clone();
    assert_eq!(status.counters.line_errors, LineErrors { parity: 2, framing: 0, breaks: 1 });
    let trace = bench.trace.lock();
    assert_eq!(&*trace.pending_bytes(Dir::Rx, 10), b"/TPC\0");
    let entries = (0..trace.len()).filter_map(|number| trace.entry(number));
    let marks: Vec<String> =
        entries.filter_map(|entry| trace.mark_of(&entry).map(ToString::to_string)).collect();
    let named = ["parity errors, bytes 2 to 3 from here", "break, byte 5 from here"];
    assert_eq!(marks[1..], named);
}

#[tokio::test(start_paused = true)]
async fn seven_bits_over_an_8n1_port_are_carried_counted_and_shown_while_the_trace_keeps_the_wire() {
    let mut bench = Bench::wanting(seven_bits(), Some(LineSettings::n81(9600))).await;
    bench.send_raw(SIGN_ON);
    assert_eq!(bench.sent().await, SIGN_ON_CARRIED);
    bench.arrives(&[0xAF, 0xD4, 0x51]).await;
    assert_eq!(bench.ending().await, Ok(()));
    let status = bench.handle.status.borrow().clone();
    assert!(status.soft_parity);
    assert_eq!(status.counters.line_errors.parity, 1);
    let trace = bench.trace.lock();
    let entries = (0..trace.len()).filter_map(|number| trace.entry(number));
    let kept: Vec<Vec<u8>> = entries
        .filter(|entry| !matches!(entry.kind, EntryKind::Mark(_)))
        .map(|entry| trace.bytes_of(&entry).into_owned())
        .collect();
    assert_eq!(kept, [SIGN_ON_CARRIED.to_vec(), vec![0xAF, 0xD4, 0x51]]);
}

#[tokio::test(start_paused = true)]
async fn what_follows_a_change_of_the_line_waits_until_it_is_known_what_is_in_force() {
    let mut bench = Bench::open().await;
    bench.handle.intents.send(Intent::SetLine(LineSettings::e71(300))).unwrap();
    bench.send_raw(SIGN_ON);
    let asked = bench.far.commands.recv().await;
    assert_eq!(asked, Some(LinkCommand::SetLine(LineSettings::e71(300))));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(bench.far.commands.is_empty());
    bench.tell(LinkEvent::LineSet { line: LineSettings::n81(300), at: bench.clock.now() }).await;
    assert_eq!(bench.sent().await, SIGN_ON_CARRIED);
}

#[tokio::test(start_paused = true)]
async fn a_converter_that_keeps_its_own_line_is_asked_both_ways() {
    let mut bench = Bench::wanting(InitialLine::default(), None).await;
    bench.handle.intents.send(Intent::Expect(LineSettings::e71(9600))).unwrap();
    for expected in [SIGN_ON, SIGN_ON_CARRIED, SIGN_ON] {
        bench.send_raw(SIGN_ON);
        assert_eq!(bench.sent().await, expected);
        assert!(matches!(bench.ending().await, Err(Fault::NoAnswer { .. })));
        assert_eq!(bench.told().await, BusEvent::Job(JobId(1), JobEvent::Finished));
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_may_be_dead_is_opened_anew_before_anything_else_is_asked() {
    let mut bench = Bench::wanting(InitialLine::default(), None).await;
    bench.send_raw(b"\x01");
    bench.sent().await;
    bench.arrives(b"\x55").await;
    assert_eq!(bench.ending().await, Ok(()));
    for _ in 0..4 {
        bench.send_raw(b"\x02");
    }
    for _ in 0..3 {
        assert_eq!(bench.sent().await, b"\x02");
        assert!(bench.ending().await.is_err());
    }
    assert_eq!(bench.far.commands.recv().await, Some(LinkCommand::Renew));
    let why = "may be dead".to_owned();
    bench.tell(LinkEvent::Lost { why, retry_in: Duration::ZERO, at: bench.clock.now() }).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(bench.far.commands.is_empty(), "what waits waits on");
    bench.tell(LinkEvent::Opened { peer: String::new(), line: None, at: bench.clock.now() }).await;
    assert_eq!(bench.sent().await, b"\x02");
    assert!(bench.ending().await.is_err());
    bench.send_raw(b"\x03");
    assert_eq!(bench.sent().await, b"\x03", "a silent meter is no reason to do that again");
}

#[tokio::test(start_paused = true)]
async fn a_serial_port_with_a_silent_meter_is_left_open() {
    let mut bench = Bench::open().await;
    bench.arrives(b"\x55").await;
    for _ in 0..5 {
        bench.send_raw(b"\x02");
        assert_eq!(bench.sent().await, b"\x02");
        assert!(bench.ending().await.is_err());
    }
}
