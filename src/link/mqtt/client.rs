//! The client of a broker, for subscribing and publishing. No other module names the library behind it.

use std::io;

use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, EventLoop, MqttOptions, Packet, PublishOptions, QoS,
    StateError, SubscribeReasonCode, Transport,
};

use super::signing::Trouble;
use super::{SignOn, payload};
use crate::link::topic::Topic;

/// A broker that says nothing for one and a half times this is taken for gone; after this it is asked.
const KEEP_ALIVE_SECONDS: u16 = 10;
/// Longest message that is taken; a longer one ends the connection.
const LONGEST_MESSAGE: usize = 256 * 1024;

/// Messages taken from the connection at once. With more than one, those in front of a lost connection's end
/// would be lost with it.
const BATCH: usize = 1;

/// What is sent to a broker. The connection ends when it is dropped.
#[derive(Debug)]
pub(super) struct Client {
    client: AsyncClient,
    topic: String,
}

/// The connection to a broker.
pub(super) struct Connection(EventLoop);

/// What happens on a connection.
pub(super) enum Event {
    /// The broker takes the sign-on.
    Welcome,
    /// The broker answers a subscription.
    Subscribed {
        /// Whether it does not let us.
        is_refused: bool,
    },
    /// The bytes that a message holds; none when a kept message was deleted.
    Message(Vec<u8>),
    /// The broker says anything else.
    Other,
    /// Something was sent.
    Sent,
    /// Nothing will be sent any more: the client is gone.
    Ended,
}

/// A client and its connection, which is made when it is first waited for; so many messages may wait to be sent.
///
/// # Errors
/// When TLS lacks what it needs.
pub(super) fn connect(
    topic: &Topic,
    sign_on: &SignOn,
    waiting: usize,
) -> Result<(Client, Connection), Trouble> {
    let (client, events) = AsyncClient::builder(options(topic, sign_on)?).capacity(waiting).build();
    Ok((Client { client, topic: topic.filter.clone() }, Connection(events)))
}

impl Client {
    /// Asks for what is published on the topic.
    ///
    /// With the quality of service "at most once" nothing has to be answered: an answer to a broker that is just
    /// ending would fail, and take with it what was still to be read. "At least once" would add nothing here, as it
    /// is the broker that sends again, and only to a session that it keeps.
    pub(super) fn subscribe(&self) -> Result<(), Trouble> {
        let asked = self.client.try_subscribe(self.topic.as_str(), QoS::AtMostOnce);
        asked.map_err(|error| Trouble::Other(error.to_string()))
    }

    /// Publishes a message at least once. Lost when too many wait already.
    pub(super) fn publish(&self, payload: Vec<u8>) {
        // Fails when the queue is full; the broker has been away for long then.
        let _ = self.client.try_publish(self.topic.as_str(), payload, PublishOptions::at_least_once());
    }
}

impl Connection {
    /// Waits for what happens next; a lost connection is made again by waiting once more.
    pub(super) async fn next(&mut self) -> Result<Event, Trouble> {
        Ok(match self.0.poll().await {
            Ok(rumqttc::Event::Outgoing(_)) => Event::Sent,
            Ok(rumqttc::Event::Incoming(Packet::ConnAck(_))) => Event::Welcome,
            Ok(rumqttc::Event::Incoming(Packet::Publish(message))) => {
                Event::Message(payload::bytes(&message.payload))
            }
            Ok(rumqttc::Event::Incoming(Packet::SubAck(answer))) => {
                Event::Subscribed { is_refused: answer.return_codes.contains(&SubscribeReasonCode::Failure) }
            }
            Ok(rumqttc::Event::Incoming(_)) => Event::Other,
            Err(ConnectionError::RequestsDone) => Event::Ended,
            Err(error) => return Err(error.into()),
        })
    }
}

fn options(topic: &Topic, sign_on: &SignOn) -> Result<MqttOptions, Trouble> {
    let mut options = MqttOptions::new(client_id(), (topic.host.as_str(), topic.port));
    options.set_keep_alive(KEEP_ALIVE_SECONDS).set_clean_session(true);
    options.set_read_batch_size(BATCH);
    options.set_max_packet_size(LONGEST_MESSAGE, LONGEST_MESSAGE);
    match (&topic.user, &sign_on.password) {
        (Some(user), Some(password)) => {
            options.set_credentials(user, password.reveal().to_vec());
        }
        (Some(user), None) => {
            options.set_username(user);
        }
        (None, _) => {}
    }
    if topic.tls {
        let tls =
            Transport::try_tls_with_default_config().map_err(|error| Trouble::Tls(error.to_string()))?;
        options.set_transport(tls);
    }
    Ok(options)
}

/// A name that nobody else has: a broker ends the older of two connections with the same one.
fn client_id() -> String {
    let moment = jiff::Timestamp::now().as_nanosecond().unsigned_abs() % 1_000_000_000_000;
    format!("meterscope-{:x}-{moment:x}", std::process::id())
}

impl From<ConnectionError> for Trouble {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::ConnectionRefused(
                ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
            ) => Self::Forbidden("the user or the password"),
            ConnectionError::MqttState(StateError::ConnectionAborted) => Self::Ended,
            ConnectionError::Io(error) if is_end(&error) => Self::Ended,
            ConnectionError::Io(error) => Self::Io(error),
            ConnectionError::Tls(error) => Self::Tls(error.to_string()),
            other => Self::Other(other.to_string()),
        }
    }
}

/// Whether the far end is gone, which says nothing but that.
fn is_end(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}
