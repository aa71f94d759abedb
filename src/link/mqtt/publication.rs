//! Messages on their way to a topic.

use tokio::time::{sleep, timeout};

use super::SignOn;
use super::client::{Client, Connection, Event, connect};
use super::signing::Trouble;
use crate::link::OpenError;
use crate::link::dial::{CONNECT_TIMEOUT, Dial};
use crate::link::topic::Topic;

/// Messages that wait for a broker that is away; beyond, they are lost.
const MOST_WAITING: usize = 256;

/// A topic that is published on.
#[derive(Debug)]
pub struct Publisher(Client);

impl Publisher {
    pub(super) async fn open(topic: &Topic, sign_on: &SignOn) -> Result<Self, OpenError> {
        let dial = Dial::new(&topic.host, topic.port);
        let opened = Self::signed_on(topic, sign_on).await;
        let (client, connection) = opened.map_err(|trouble| trouble.refusal(topic, &dial))?;
        tokio::spawn(deliver(connection, dial));
        Ok(Self(client))
    }

    async fn signed_on(topic: &Topic, sign_on: &SignOn) -> Result<(Client, Connection), Trouble> {
        let (client, mut connection) = connect(topic, sign_on, MOST_WAITING)?;
        let welcomed = timeout(CONNECT_TIMEOUT, welcome(&mut connection));
        welcomed.await.unwrap_or_else(|_| Err(Trouble::silence()))?;
        Ok((client, connection))
    }

    /// Publishes a message at least once. Lost when too many wait already.
    pub fn publish(&self, payload: Vec<u8>) {
        self.0.publish(payload);
    }
}

async fn welcome(connection: &mut Connection) -> Result<(), Trouble> {
    while !matches!(connection.next().await?, Event::Welcome) {}
    Ok(())
}

/// Keeps the connection going, with growing waits while the broker is away, until the publisher is gone.
async fn deliver(mut connection: Connection, mut dial: Dial) {
    loop {
        match connection.next().await {
            Ok(Event::Ended) => return,
            Ok(Event::Sent) => {}
            Ok(_) => dial.proved(),
            Err(_) => sleep(dial.pause()).await,
        }
    }
}
