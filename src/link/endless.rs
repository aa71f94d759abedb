//! The loops of links against a source that never falls silent.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::damage::Heard;
use super::listen_task::Listener;
use super::reconnect::{Connector, Pause, run_reconnecting};
use super::stream::{READ_SIZE, Sink, Source, outlet};
use super::talk::Talker;
use super::{Clock, EVENT_QUEUE, LinkCommand, LinkEvent};
use crate::protocol::LineSettings;

/// A source that has always something to read, and a wire that takes everything.
#[derive(Debug, Clone)]
struct Endless {
    waits: bool,
    /// Bytes after which it falls silent.
    most: u64,
    read: Arc<AtomicU64>,
}

impl Endless {
    fn new(waits: bool, most: u64) -> Self {
        Self { waits, most, read: Arc::default() }
    }

    fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

impl Source for Endless {
    const ENDED: &'static str = "never";

    async fn receive(&self) -> io::Result<Heard> {
        if self.read() >= self.most {
            std::future::pending::<()>().await;
        }
        self.read.fetch_add(READ_SIZE as u64, Ordering::Relaxed);
        Ok(vec![0x55; READ_SIZE].into())
    }

    fn waits(&self) -> bool {
        self.waits
    }

    fn peer(&self) -> String {
        String::new()
    }

    fn line(&self) -> Option<LineSettings> {
        None
    }

    async fn set_line(&self, line: LineSettings) -> Result<LineSettings, String> {
        Ok(line)
    }
}

impl Sink for Endless {
    async fn transmit(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }
}

impl Connector for Endless {
    type Stream = Self;

    fn pause(&mut self) -> Pause {
        Pause { wait: Duration::ZERO, told: Duration::ZERO }
    }

    async fn reach(&mut self, _: Option<LineSettings>) -> Result<Self, String> {
        Ok(self.clone())
    }
}

fn talking(source: &Endless) -> (mpsc::UnboundedSender<LinkCommand>, mpsc::Receiver<LinkEvent>) {
    let (commands, orders) = mpsc::unbounded_channel();
    let (out, events) = outlet(Clock::of_tests());
    tokio::spawn(run_reconnecting(source.clone(), Some(source.clone()), Talker::new(orders, None), out));
    (commands, events)
}

#[tokio::test(start_paused = true)]
async fn commands_are_carried_out_while_bytes_come_without_end() {
    for waits in [true, false] {
        let source = Endless::new(waits, u64::MAX);
        let (commands, mut events) = talking(&source);
        commands.send(LinkCommand::Send(b"request".to_vec())).unwrap();
        let (mut taken, mut is_sent) = (0, false);
        while let Some(event) = events.recv().await {
            taken += event.len();
            if matches!(event, LinkEvent::Sent { .. }) {
                is_sent = true;
                commands.send(LinkCommand::Close).unwrap();
            }
            // By chance the next read is before the command, so often in a row only once in 2^256.
            assert!(taken <= 4 * EVENT_QUEUE * READ_SIZE, "waits: {waits}");
        }
        assert!(is_sent);
    }
}

#[tokio::test(start_paused = true)]
async fn a_far_side_that_waits_is_read_no_further_than_the_events_that_may_wait() {
    let source = Endless::new(true, u64::MAX);
    let (_commands, _events) = talking(&source);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(source.read() <= ((EVENT_QUEUE + 1) * READ_SIZE) as u64);
}

#[tokio::test(start_paused = true)]
async fn of_a_far_side_that_does_not_wait_every_byte_is_told_or_counted() {
    let most = (3 * EVENT_QUEUE * READ_SIZE) as u64;
    for is_listening in [true, false] {
        let source = Endless::new(false, most);
        let (commands, orders) = mpsc::unbounded_channel();
        let (listener, _lines) = Listener::new(None);
        let (out, mut events) = outlet(Clock::of_tests());
        if is_listening {
            tokio::spawn(run_reconnecting(source.clone(), Some(source.clone()), listener, out));
        } else {
            tokio::spawn(run_reconnecting(
                source.clone(),
                Some(source.clone()),
                Talker::new(orders, None),
                out,
            ));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(source.read(), most, "it is read to its end though nobody takes the events");
        let (mut told, mut lost) = (0, 0);
        while told + lost < most {
            match events.recv().await.unwrap() {
                LinkEvent::Received { bytes, .. } => told += bytes.len() as u64,
                LinkEvent::Dropped { bytes, .. } => lost += bytes,
                _ => {}
            }
        }
        assert_eq!(told + lost, most);
        assert!(lost >= most / 2, "{lost} of {most}");
        drop(commands);
    }
}
