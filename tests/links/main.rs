//! Links over real pseudo-terminals and real sockets of this computer.
//!
//! | file | what |
//! | --- | --- |
//! | `serial.rs` | serial ports: bytes, line settings, ports that are busy, missing or unplugged |
//! | `marks.rs` | damaged bytes as the system marks them, and bytes that look like such marks |
//! | `seven.rs` | seven data bits over eight, by a session |
//! | `tcp.rs` | converters that are called |
//! | `listen.rs` | converters that call |
//! | `idle.rs` | links that wait |

#![cfg(test)]
#![cfg(unix)]

mod adapter;
mod idle;
mod listen;
mod marks;
mod serial;
mod seven;
mod tcp;

use meterscope::link::{Link, LinkCommand, LinkEvent};
use meterscope::protocol::LineSettings;
use tokio::sync::mpsc::Receiver;

const LINE: LineSettings = LineSettings::n81(9600);

/// Every byte value, so that nothing the terminal layer could eat is left out.
fn all_bytes() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

async fn next(events: &mut Receiver<LinkEvent>) -> LinkEvent {
    events.recv().await.expect("the link goes on")
}

async fn opened(events: &mut Receiver<LinkEvent>) -> (String, Option<LineSettings>) {
    match next(events).await {
        LinkEvent::Opened { peer, line, .. } => (peer, line),
        other => panic!("opened was expected: {other:?}"),
    }
}

async fn lost(events: &mut Receiver<LinkEvent>) -> String {
    match next(events).await {
        LinkEvent::Lost { why, .. } => why,
        other => panic!("lost was expected: {other:?}"),
    }
}

/// Bytes as they come, in as many pieces as they come in.
async fn received(events: &mut Receiver<LinkEvent>, count: usize) -> Vec<u8> {
    let mut taken = Vec::new();
    while taken.len() < count {
        match next(events).await {
            LinkEvent::Received { bytes, .. } => taken.extend(bytes),
            LinkEvent::Sent { .. } => {}
            other => panic!("bytes were expected: {other:?}"),
        }
    }
    taken
}

fn send(link: &Link, bytes: &[u8]) {
    link.commands.send(LinkCommand::Send(bytes.to_vec())).unwrap();
}
