//! A line that never falls silent: intents, deadlines and the end are seen all the same, whatever is asked.

use tokio::sync::watch;

use super::permits::{arguments, commands, decoder, plan};
use super::*;
use crate::link::SHARE;
use crate::protocol::{Access, registry};

/// Bytes of a chunk.
const CHUNK: usize = 1024;

/// What comes without end, by name.
fn kinds() -> Vec<(&'static str, Vec<u8>)> {
    let noise = (0..CHUNK as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let again = |bytes: &[u8]| bytes.iter().copied().cycle().take(CHUNK).collect::<Vec<u8>>();
    let frame = b"\xC0\x48\xFD\x00\x96\x34\x57\x01\x30\x00\x03\x31\xC4\x71\x07\x00\x45\xC0";
    let line = b"1-0:1.8.1(000001.234*kWh)\r\n";
    vec![
        ("noise", noise),
        ("zeros", vec![0; CHUNK]),
        ("frames", again(frame)),
        ("telegrams", again(&[b"/ISK5\\2M550T-1012\r\n\r\n".as_slice(), line, b"!\r\n"].concat())),
        ("lines", again(line)),
        ("sign-ons", again(b"/?!\r\n")),
        ("acknowledgements", vec![0xE5; CHUNK]),
        ("frame marks", vec![0xC0; CHUNK]),
        ("a text", again(b"\x02AAAAAAA")),
    ]
}

/// A bus on a line that never falls silent.
struct Endless {
    handle: Handle,
    clock: Clock,
}

impl Endless {
    /// With a chunk that is always waiting, so much time after the one before.
    fn of(block: Vec<u8>, between: Duration, decoder: Option<Decoder>) -> Self {
        let clock = Clock::of_tests();
        let trace = SharedTrace::new(Trace::new(clock.origin()));
        let (near, far) = with_far_end();
        let (handle, ends) = channel();
        tokio::spawn(run(ends, Port::Full(near), trace, clock, decoder, InitialLine::default()));
        tokio::spawn(speak_for_ever(far, block, between, clock));
        Self { handle, clock }
    }

    fn heard(&self) -> u64 {
        self.handle.status.borrow().counters.bytes_in
    }

    async fn has_heard(&mut self, bytes: u64) {
        self.handle.status.wait_for(|status| status.counters.bytes_in >= bytes).await.unwrap();
    }

    fn wants(&self, intent: Intent) {
        self.handle.intents.send(intent).unwrap();
    }

    /// Waits for an event; gives how many bytes were heard and how much time has passed until then.
    async fn until(&mut self, is_it: impl Fn(&BusEvent) -> bool) -> (u64, Duration) {
        let (heard, begun) = (self.heard(), self.clock.now());
        while !is_it(&self.handle.events.recv().await.unwrap()) {}
        (self.heard() - heard, self.clock.now().since(begun))
    }
}

async fn speak_for_ever(mut far: FarEnd, block: Vec<u8>, between: Duration, clock: Clock) {
    let opened = LinkEvent::Opened { peer: String::new(), line: None, at: clock.now() };
    let _ = far.events.send(opened).await;
    loop {
        let event = tokio::select! {
            biased;
            command = far.commands.recv() => match command {
                Some(LinkCommand::Send(_)) => LinkEvent::Sent { at: clock.now() },
                Some(LinkCommand::SetLine(asked)) => {
                    LinkEvent::LineRefused { asked, why: String::new(), at: clock.now() }
                }
                Some(LinkCommand::Renew) => continue,
                Some(LinkCommand::Close) | None => return,
            },
            () = std::future::ready(()) => LinkEvent::received(block.clone(), clock.now()),
        };
        if far.events.send(event).await.is_err() {
            return;
        }
        tokio::time::advance(between).await;
    }
}

const fn is_finished(event: &BusEvent) -> bool {
    matches!(event, BusEvent::Job(_, JobEvent::Finished))
}

#[tokio::test(start_paused = true)]
async fn an_intent_is_seen_after_a_share_of_what_comes_whatever_comes_and_whoever_cuts_it() {
    let families = registry::FAMILIES.iter().map(|family| Some(Decoder::of(*family)));
    for decoder in families.chain([None]) {
        for (kind, block) in kinds() {
            let mut line = Endless::of(block, Duration::from_micros(100), decoder);
            line.has_heard(2 * SHARE as u64).await;
            line.wants(raw(JobId(1), b"\x01"));
            line.wants(Intent::Cancel(JobId(1)));
            line.wants(Intent::Close);
            let (heard, _) = line.until(|event| matches!(event, BusEvent::Ended(_))).await;
            // Three intents, and what each may wait for.
            assert!(heard <= 3 * (SHARE + CHUNK) as u64, "{kind}, {decoder:?}: {heard} bytes");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_read_of_every_model_can_be_stopped_and_its_link_closed() {
    let kinds = kinds();
    let mut kinds = kinds.iter().cycle();
    for (model, command) in commands().filter(|(_, command)| command.access == Access::Read) {
        let (kind, block) = kinds.next().unwrap();
        let Some(arguments) = arguments(command) else { continue };
        let plan = plan(model, command, arguments);
        let errand = Box::new(Errand::reading(decoder(model), plan).unwrap());
        let mut line = Endless::of(block.clone(), Duration::from_millis(50), Some(decoder(model)));
        line.wants(Intent::Run { job: JobId(1), errand });
        line.has_heard(4 * CHUNK as u64).await;
        line.wants(Intent::Cancel(JobId(1)));
        line.wants(Intent::Close);
        let (_, took) = line.until(|event| matches!(event, BusEvent::Ended(_))).await;
        let what = format!("{} {}: {kind}: {took:?}", model.id, command.id);
        assert!(took <= Duration::from_secs(4), "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_seen_beside_what_comes_without_end() {
    for (kind, block) in kinds() {
        let block = block.into_iter().take(64).collect();
        let mut line = Endless::of(block, Duration::from_millis(250), None);
        let (model, command) = commands().find(|(model, _)| model.id == "energomera-ce307").unwrap();
        let plan = plan(model, command, arguments(command).unwrap());
        let errand = Box::new(Errand::reading(decoder(model), plan).unwrap());
        line.wants(Intent::Run { job: JobId(1), errand });
        let (_, took) = line.until(is_finished).await;
        assert!(took <= Duration::from_secs(120), "{kind}: {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_line_waits_for_a_face_that_shows_every_entry_and_is_far_behind() {
    let mut line = Endless::of(vec![0x55; 4096], Duration::from_micros(1), None);
    line.handle.shown.send_replace(Some(Shown::default()));
    line.has_heard(4 << 20).await;
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
    assert!(line.heard() <= (4 << 20) + 2 * 4096, "{}", line.heard());
    line.handle.shown.send_replace(Some(Shown { entries: u32::MAX, bytes: 4 << 20 }));
    line.has_heard(5 << 20).await;
    line.wants(Intent::Close);
    line.until(|event| matches!(event, BusEvent::Ended(_))).await;
}

#[tokio::test(start_paused = true)]
async fn a_face_that_takes_no_reports_makes_the_line_wait_and_is_told_the_end() {
    let mut line = Endless::of(kinds()[2].1.clone(), Duration::from_micros(100), None);
    for job in 0..20_000 {
        let errand = Box::new(Errand::raw_reading(b"/?!\r\n".to_vec(), Duration::ZERO, None).unwrap());
        line.wants(Intent::Run { job: JobId(job), errand });
    }
    line.wants(Intent::Close);
    line.handle.status.wait_for(|status| matches!(status.link, LinkState::Closed(_))).await.unwrap();
    let (mut ended, mut finished) = (false, 0);
    while let Some(event) = line.handle.events.recv().await {
        ended |= matches!(event, BusEvent::Ended(_));
        finished += u32::from(is_finished(&event));
    }
    assert!(ended);
    assert_eq!(finished, 20_000);
}

#[tokio::test(start_paused = true)]
async fn what_was_dropped_is_counted_and_stands_in_the_trace_where_it_is_missing() {
    let bench = Bench::open().await;
    bench.arrives(b"before").await;
    bench.tell(LinkEvent::Dropped { bytes: 4711, at: bench.clock.now() }).await;
    bench.arrives(b"behind").await;
    let mut status: watch::Receiver<Status> = bench.handle.status.clone();
    status.wait_for(|status| status.counters.bytes_in == 12).await.unwrap();
    assert_eq!(status.borrow().counters.dropped, 4711);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let trace = bench.trace.lock();
    let said: Vec<String> = (0..trace.len())
        .filter_map(|number| {
            let entry = trace.entry(number)?;
            let mark = trace.mark_of(&entry).map(ToString::to_string);
            Some(mark.unwrap_or_else(|| String::from_utf8_lossy(&trace.bytes_of(&entry)).into_owned()))
        })
        .collect();
    let hole = said.iter().position(|said| said.contains("4711 bytes dropped here")).unwrap();
    assert_eq!((said[hole - 1].as_str(), said[hole + 1].as_str()), ("before", "behind"));
}
