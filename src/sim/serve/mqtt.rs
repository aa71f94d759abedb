//! What simulated meters push, published on a topic of an MQTT broker.

use std::time::Duration;

use tokio::time::timeout;

use crate::frame::hex;
use crate::link::LinkEvent;
use crate::link::mqtt::Publisher;
use crate::sim::SharedBus;

/// How frames are written into messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Payload {
    /// The bytes.
    #[default]
    Raw,
    /// Text: two digits a byte, as a reader on a microcontroller does.
    Hex,
}

/// A push is whole when nothing has come for this long: three characters at 300 baud.
const SILENCE: Duration = Duration::from_millis(100);

/// Publishes every push as one message until the link is closed. What meters are asked does not go over a topic.
pub async fn publish(publisher: Publisher, payload: Payload, bus: SharedBus) {
    let mut events = bus.link.events;
    let mut push = Vec::new();
    loop {
        let wait = if push.is_empty() { Duration::MAX } else { SILENCE };
        match timeout(wait, events.recv()).await {
            Ok(Some(LinkEvent::Received { bytes, .. })) => push.extend(bytes),
            Ok(Some(LinkEvent::Closed { .. }) | None) => return,
            Ok(Some(_)) => {}
            Err(_) => publisher.publish(payload.of(std::mem::take(&mut push))),
        }
    }
}

impl Payload {
    fn of(self, bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Raw => bytes,
            Self::Hex => hex::compact(&bytes).into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_two_digits_a_byte_without_anything_between() {
        assert_eq!(Payload::Hex.of(vec![0x68, 0xFA, 0x0A]), b"68FA0A");
        assert_eq!(Payload::Raw.of(vec![0x68, 0xFA, 0x0A]), [0x68, 0xFA, 0x0A]);
    }
}
