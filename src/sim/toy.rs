//! A meter of no maker, for the tests of this folder: requests `address, length, command, ..., sum`.

use std::time::Duration;

use super::meter::SimMeter;
use crate::frame::At;
use crate::link::{Link, LinkCommand, LinkEvent};
use crate::protocol::{LineSettings, Now, Output, Responder};

/// Answers with so many bytes after a fixed time. Command 1 reads, 2 changes the line to 2400 8N1, 3 tells the time.
pub(super) struct Toy {
    pub(super) address: u8,
    pub(super) latency: Duration,
    pub(super) reply: Vec<u8>,
    heard: Vec<u8>,
    last_heard: At,
    told: Vec<Output>,
}

/// Silence after which a request begins anew.
pub(super) const TOY_SILENCE: Duration = Duration::from_millis(5);

impl Toy {
    pub(super) fn new(address: u8, latency_ms: u64, reply: &[u8]) -> Self {
        Self {
            address,
            latency: Duration::from_millis(latency_ms),
            reply: reply.to_vec(),
            heard: Vec::new(),
            last_heard: At::ZERO,
            told: Vec::new(),
        }
    }

    fn answer(&mut self, command: u8, now: Now) {
        let due = now.at + self.latency;
        let time = [now.wall.hour(), now.wall.minute(), now.wall.second()];
        let bytes = if command == 3 { time.map(i8::cast_unsigned).to_vec() } else { self.reply.clone() };
        self.told.push(Output::Send { bytes, due });
        if command == 2 {
            self.told.push(Output::SetLine(LineSettings::n81(2400)));
        }
        self.told.reverse();
    }
}

impl Responder for Toy {
    fn receive(&mut self, bytes: &[u8], now: Now) {
        if now.at.since(self.last_heard) > TOY_SILENCE {
            self.heard.clear();
        }
        self.last_heard = now.at;
        self.heard.extend_from_slice(bytes);
        let length = usize::from(self.heard.get(1).copied().unwrap_or(u8::MAX));
        if self.heard.len() >= length {
            let request = std::mem::take(&mut self.heard);
            let is_sound = request[length - 1] == sum(&request[..length - 1]);
            if request[0] == self.address && is_sound {
                self.answer(request[2], now);
            }
        }
    }

    fn poll(&mut self, _: Now) -> Option<Output> {
        self.told.pop()
    }

    fn deadline(&self) -> Option<At> {
        None
    }
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// A request of so many bytes, 4 at least.
pub(super) fn request(address: u8, command: u8, length: u8) -> Vec<u8> {
    let mut bytes = vec![0x11; usize::from(length) - 1];
    bytes[..3].copy_from_slice(&[address, length, command]);
    bytes.push(sum(&bytes));
    bytes
}

/// A toy on a line.
pub(super) fn meter(toy: Toy, line: LineSettings) -> SimMeter {
    SimMeter::with_responder("toy", toy.address.to_string(), line, Box::new(toy))
}

/// Everything that happens on a link until it is quiet for a second.
pub(super) async fn all_events(link: &mut Link) -> Vec<LinkEvent> {
    let mut events = Vec::new();
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(1), link.events.recv()).await {
        events.push(event);
    }
    events
}

/// Sends, and gives everything that happens until it is quiet.
pub(super) async fn after_sending(link: &mut Link, bytes: &[u8]) -> Vec<LinkEvent> {
    link.commands.send(LinkCommand::Send(bytes.to_vec())).unwrap();
    all_events(link).await
}

/// All received bytes.
pub(super) fn received(events: &[LinkEvent]) -> Vec<u8> {
    let bytes = |event: &LinkEvent| match event {
        LinkEvent::Received { bytes, .. } => bytes.clone(),
        _ => Vec::new(),
    };
    events.iter().flat_map(bytes).collect()
}

/// When bytes were received, and how many at each time.
pub(super) fn arrivals(events: &[LinkEvent]) -> Vec<(At, usize)> {
    let arrival = |event: &LinkEvent| match event {
        LinkEvent::Received { bytes, at, .. } => Some((*at, bytes.len())),
        _ => None,
    };
    events.iter().filter_map(arrival).collect()
}

/// When the first request had left.
pub(super) fn sent(events: &[LinkEvent]) -> Option<At> {
    events.iter().find_map(|event| match event {
        LinkEvent::Sent { at } => Some(*at),
        _ => None,
    })
}
