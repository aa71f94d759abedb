//! Messages on their way to a topic.

use rumqttc::{AsyncClient, Event, EventLoop, Packet, PublishOptions};
use tokio::time::{sleep, timeout};

use super::SignOn;
use super::signing::{Trouble, options};
use crate::link::OpenError;
use crate::link::dial::{CONNECT_TIMEOUT, Dial};
use crate::link::topic::Topic;

/// Messages that wait for a broker that is away; beyond, they are lost.
const MOST_WAITING: usize = 256;

/// A topic that is published on.
#[derive(Debug)]
pub struct Publisher {
    client: AsyncClient,
    topic: String,
}

impl Publisher {
    pub(super) async fn open(topic: &Topic, sign_on: &SignOn) -> Result<Self, OpenError> {
        let dial = Dial::new(&topic.host, topic.port);
        let opened = Self::signed_on(topic, sign_on).await;
        let (client, events) = opened.map_err(|trouble| trouble.refusal(topic, &dial))?;
        tokio::spawn(deliver(events, dial));
        Ok(Self { client, topic: topic.filter.clone() })
    }

    async fn signed_on(topic: &Topic, sign_on: &SignOn) -> Result<(AsyncClient, EventLoop), Trouble> {
        let (client, mut events) =
            AsyncClient::builder(options(topic, sign_on)?).capacity(MOST_WAITING).build();
        timeout(CONNECT_TIMEOUT, welcome(&mut events)).await.unwrap_or_else(|_| Err(Trouble::silence()))?;
        Ok((client, events))
    }

    /// Publishes a message at least once. Lost when too many wait already.
    pub fn publish(&self, payload: Vec<u8>) {
        let options = PublishOptions::at_least_once();
        // Fails when the queue is full; the broker has been away for long then.
        let _ = self.client.try_publish(self.topic.as_str(), payload, options);
    }
}

async fn welcome(events: &mut EventLoop) -> Result<(), Trouble> {
    loop {
        if let Event::Incoming(Packet::ConnAck(_)) = events.poll().await.map_err(Trouble::from)? {
            return Ok(());
        }
    }
}

/// Keeps the connection going, with growing waits while the broker is away, until the publisher is gone.
async fn deliver(mut events: EventLoop, mut dial: Dial) {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(_)) => dial.proved(),
            Ok(Event::Outgoing(_)) => {}
            Err(rumqttc::ConnectionError::RequestsDone) => return,
            Err(_) => sleep(dial.pause()).await,
        }
    }
}
