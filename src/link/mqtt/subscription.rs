//! What is published on a topic, as it comes.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::timeout;

use super::SignOn;
use super::client::{Client, Connection, Event, connect};
use super::signing::Trouble;
use crate::link::OpenError;
use crate::link::damage::Heard;
use crate::link::dial::{CONNECT_TIMEOUT, Dial};
use crate::link::fair::Share;
use crate::link::reconnect::{Connector, Pause};
use crate::link::stream::Source;
use crate::link::topic::Topic;
use crate::protocol::LineSettings;

/// Messages that are kept from before the subscription was confirmed.
const MOST_EARLY: usize = 64;

/// A topic that is subscribed to.
pub(super) struct Subscription {
    broker: Mutex<Broker>,
    peer: String,
}

/// The connection. The client is held only because the connection ends without one.
struct Broker {
    _client: Client,
    connection: Connection,
    /// Messages that came before the subscription was confirmed.
    early: VecDeque<Vec<u8>>,
}

impl Subscription {
    async fn open(topic: &Topic, sign_on: &SignOn) -> Result<Self, Trouble> {
        let (client, connection) = connect(topic, sign_on, 4)?;
        client.subscribe()?;
        let mut broker = Broker { _client: client, connection, early: VecDeque::new() };
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
            match self.connection.next().await? {
                // Kept messages, one for each topic; what comes in a flood comes again.
                Event::Message(_) if self.early.len() >= MOST_EARLY => {}
                Event::Message(bytes) => self.early.push_back(bytes),
                Event::Subscribed { is_refused: true } => return Err(Trouble::Forbidden("the topic")),
                Event::Subscribed { is_refused: false } => return Ok(()),
                Event::Ended => return Err(Trouble::Ended),
                Event::Welcome | Event::Other | Event::Sent => {}
            }
        }
    }

    async fn next(&mut self) -> Result<Vec<u8>, Trouble> {
        let mut share = Share::default();
        loop {
            share.give_way().await;
            share.took(0);
            let bytes = match self.early.pop_front() {
                Some(bytes) => bytes,
                None => match self.connection.next().await? {
                    Event::Message(bytes) => bytes,
                    Event::Ended => return Err(Trouble::Ended),
                    Event::Welcome | Event::Subscribed { .. } | Event::Other | Event::Sent => continue,
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
        next.map_err(|trouble| io::Error::other(trouble.text()))
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

impl Connector for Subscribe {
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
