//! What a meter has said before the first job begins.

use super::*;
use crate::meter;
use crate::protocol::{Address, Dialect, Options, Plan, Profile, Request, registry};
use crate::reading::Measured;

/// A telegram without a CRC, as of version 3.
fn telegram(energy: &str) -> Vec<u8> {
    format!("/ISk5\\2MT382-1003\r\n\r\n1-0:1.8.1({energy}*kWh)\r\n!\r\n").into_bytes()
}

/// A link to a meter that speaks by itself.
struct Socket {
    handle: Handle,
    far: FarEnd,
    clock: Clock,
}

impl Socket {
    async fn open() -> Self {
        let clock = Clock::of_tests();
        let trace = SharedTrace::new(Trace::new(clock.origin()));
        let (near, far) = with_far_end();
        let (handle, ends) = channel();
        tokio::spawn(run(ends, Port::Full(near), trace, clock, Some(decoder()), InitialLine::default()));
        let port = Self { handle, far, clock };
        port.tell(LinkEvent::Opened { peer: String::new(), line: None, at: clock.now() }).await;
        port
    }

    async fn tell(&self, event: LinkEvent) {
        self.far.events.send(event).await.unwrap();
    }

    async fn arrives(&self, bytes: &[u8]) {
        self.tell(LinkEvent::received(bytes.to_vec(), self.clock.now())).await;
    }

    /// Waits for so many telegrams; gives what was read, and when it had come.
    async fn wait_for(&mut self, telegrams: usize) -> Vec<(String, u64)> {
        let errand = Errand::reading(decoder(), plan(telegrams)).unwrap();
        self.handle.intents.send(Intent::Run { job: JobId(1), errand: Box::new(errand) }).unwrap();
        let mut read = Vec::new();
        loop {
            match self.handle.events.recv().await.unwrap() {
                BusEvent::Job(_, JobEvent::Reading(reading, at)) => {
                    let Measured::Number(number) = reading.value else { continue };
                    read.push((number.to_string(), at.since(At::ZERO).as_secs()));
                }
                BusEvent::Job(_, JobEvent::Finished) => return read,
                _ => {}
            }
        }
    }
}

fn decoder() -> Decoder {
    Decoder::of(registry::family("dsmr-p1").unwrap())
}

fn plan(telegrams: usize) -> Plan {
    let model = meter::model("dsmr-p1").unwrap();
    let command = &decoder().family.profile().dialect(Dialect::default()).commands[0];
    let profile = Profile {
        model: model.id,
        dialect: model.dialect,
        address: Address::none(),
        password: None,
        line: model.line,
        is_line_chosen: false,
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        keys: Vec::new(),
    };
    let request = Request { command, arguments: command.arguments([]).unwrap() };
    Plan { profile, requests: vec![request; telegrams], options: Options::default() }
}

fn seconds(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[tokio::test(start_paused = true)]
async fn a_telegram_between_the_opening_and_the_job_is_read_as_of_when_it_came() {
    let mut port = Socket::open().await;
    port.arrives(&telegram("000001.000")).await;
    tokio::time::sleep(seconds(3)).await;
    assert_eq!(port.wait_for(1).await, [("1.000".to_owned(), 0)]);
}

#[tokio::test(start_paused = true)]
async fn one_of_which_the_job_hears_only_the_end_is_whole() {
    let mut port = Socket::open().await;
    let text = telegram("000002.000");
    let (first, rest) = text.split_at(30);
    port.arrives(first).await;
    tokio::time::sleep(Duration::from_millis(900)).await;
    let (events, clock, rest) = (port.far.events.clone(), port.clock, rest.to_vec());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        events.send(LinkEvent::received(rest, clock.now())).await.unwrap();
    });
    assert_eq!(port.wait_for(1).await, [("2.000".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn each_of_several_answers_a_request_of_its_own() {
    let mut port = Socket::open().await;
    for energy in ["000001.000", "000002.000", "000003.000"] {
        port.arrives(&telegram(energy)).await;
        tokio::time::sleep(seconds(1)).await;
    }
    let read = port.wait_for(2).await;
    assert_eq!(read, [("1.000".to_owned(), 0), ("2.000".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn what_came_long_ago_or_was_there_for_the_job_before_is_not_read_again() {
    let mut port = Socket::open().await;
    port.arrives(&telegram("000001.000")).await;
    tokio::time::sleep(seconds(11)).await;
    port.arrives(&telegram("000002.000")).await;
    assert_eq!(port.wait_for(1).await, [("2.000".to_owned(), 11)]);
    assert_eq!(port.wait_for(1).await, [], "nothing more comes");
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_connection_had_brought_is_heard_no_more() {
    let mut port = Socket::open().await;
    port.arrives(&telegram("000001.000")).await;
    let why = "gone".to_owned();
    port.tell(LinkEvent::Lost { why, retry_in: Duration::ZERO, at: port.clock.now() }).await;
    port.tell(LinkEvent::Opened { peer: String::new(), line: None, at: port.clock.now() }).await;
    port.arrives(&telegram("000002.000")).await;
    assert_eq!(port.wait_for(1).await, [("2.000".to_owned(), 0)]);
}
