//! What is published on a topic, as it comes.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use rumqttc::{AsyncClient, ConnectionError, Event, EventLoop, Packet, QoS, SubscribeReasonCode};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::signing::{Trouble, options};
use super::{SignOn, payload};
use crate::link::OpenError;
use crate::link::damage::Heard;
use crate::link::dial::{CONNECT_TIMEOUT, Dial};
use crate::link::fair::Share;
use crate::link::keep::{Pause, Reach};
use crate::link::stream::Source;
use crate::link::topic::Topic;
use crate::protocol::LineSettings;

/// Messages that are kept from before the subscription was confirmed.
const MOST_EARLY: usize = 64;

/// A topic that is subscribed to.
///
/// With the quality of service "at most once" nothing has to be answered: an answer to a broker that is just
/// ending would fail, and take with it what was still to be read. "At least once" would add nothing here, as it
/// is the broker that sends again, and only to a session that it keeps.
pub(super) struct Subscription {
    broker: Mutex<Broker>,
    peer: String,
}

/// The connection. The client is held only because the library ends without one.
struct Broker {
    _client: AsyncClient,
    events: EventLoop,
    /// Messages that came before the subscription was confirmed.
    early: VecDeque<Vec<u8>>,
}

impl Subscription {
    async fn open(topic: &Topic, sign_on: &SignOn) -> Result<Self, Trouble> {
        let options = options(topic, sign_on)?;
        let (client, events) = AsyncClient::builder(options).capacity(4).build();
        client
            .try_subscribe(topic.filter.as_str(), QoS::AtMostOnce)
            .map_err(|error| Trouble::Other(error.to_string()))?;
        let mut broker = Broker { _client: client, events, early: VecDeque::new() };
        let confirmed = timeout(CONNECT_TIMEOUT, broker.confirm());
        confirmed.await.unwrap_or_else(|_| Err(Trouble::silence()))?;
        Ok(Self { broker: Mutex::new(broker), peer: topic.to_string() })
    }
}

impl Broker {
    /// Waits until the subscription is confirmed.
    async fn confirm(&mut self) -> Result<(), Trouble> {
        let mut share = Share::default();
        loop {
            share.give_way().await;
            share.took(0);
            match self.events.poll().await.map_err(Trouble::from)? {
                // Kept messages, one for each topic; what comes in a flood comes again.
                Event::Incoming(Packet::Publish(_)) if self.early.len() >= MOST_EARLY => {}
                Event::Incoming(Packet::Publish(message)) => {
                    self.early.push_back(payload::bytes(&message.payload));
                }
                Event::Incoming(Packet::SubAck(answer)) => {
                    let refused = answer.return_codes.contains(&SubscribeReasonCode::Failure);
                    return if refused { Err(Trouble::Forbidden("the topic")) } else { Ok(()) };
                }
                _ => {}
            }
        }
    }

    async fn next(&mut self) -> Result<Vec<u8>, ConnectionError> {
        let mut share = Share::default();
        loop {
            share.give_way().await;
            share.took(0);
            let bytes = match self.early.pop_front() {
                Some(bytes) => bytes,
                None => match self.events.poll().await? {
                    Event::Incoming(Packet::Publish(message)) => payload::bytes(&message.payload),
                    _ => continue,
                },
            };
            // An empty message is how a kept one is deleted, and no frame.
            if !bytes.is_empty() {
                return Ok(bytes);
            }
        }
    }
}

impl Source for Subscription {
    const ENDED: &'static str = "the broker ended the connection";

    async fn receive(&self) -> io::Result<Heard> {
        let mut broker = self.broker.lock().await;
        let next = broker.next().await.map(Heard::from);
        next.map_err(|error| io::Error::other(Trouble::from(error).text()))
    }

    /// A broker drops what a subscriber does not read.
    fn waits(&self) -> bool {
        false
    }

    fn peer(&self) -> String {
        self.peer.clone()
    }

    fn line(&self) -> Option<LineSettings> {
        None
    }

    async fn set_line(&self, _: LineSettings) -> Result<LineSettings, String> {
        Err("a topic has no line settings: they are those of whoever publishes on it".to_owned())
    }
}

/// Subscribes again.
pub(super) struct Subscribe {
    topic: Topic,
    sign_on: SignOn,
    dial: Dial,
}

impl Subscribe {
    pub(super) async fn first(topic: &Topic, sign_on: SignOn) -> Result<(Self, Subscription), OpenError> {
        let again = Self { topic: topic.clone(), sign_on, dial: Dial::new(&topic.host, topic.port) };
        let first = Subscription::open(&again.topic, &again.sign_on).await;
        match first {
            Ok(first) => Ok((again, first)),
            Err(trouble) => Err(trouble.refusal(topic, &again.dial)),
        }
    }
}

impl Reach for Subscribe {
    type Stream = Subscription;

    fn pause(&mut self) -> Pause {
        let wait: Duration = self.dial.pause();
        Pause { wait, told: wait }
    }

    async fn reach(&mut self, _: Option<LineSettings>) -> Result<Subscription, String> {
        Subscription::open(&self.topic, &self.sign_on).await.map_err(|trouble| trouble.text())
    }

    fn proved(&mut self) {
        self.dial.proved();
    }
}
