//! The one place that knows the MQTT library.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, MqttOptions, Packet, QoS,
    SubscribeReasonCode, Transport,
};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::{SignOn, payload};
use crate::frame::visible;
use crate::link::OpenError;
use crate::link::dial::{CONNECT_TIMEOUT, Dial};
use crate::link::keep::{Pause, Reach};
use crate::link::stream::Source;
use crate::link::topic::Topic;
use crate::protocol::LineSettings;

/// A broker that says nothing for one and a half times this is taken for gone; after this it is asked.
const KEEP_ALIVE_SECONDS: u16 = 10;
/// Longest message that is taken; a longer one ends the connection.
const LONGEST_MESSAGE: usize = 256 * 1024;

/// Messages taken from the connection at once. With more than one, those in front of a lost connection's end
/// would be lost with it.
const BATCH: usize = 1;

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

/// Why there is no subscription.
enum Trouble {
    /// The broker does not let us.
    Forbidden(&'static str),
    /// The certificate, or what else TLS needs.
    Tls(String),
    /// The network.
    Io(io::Error),
    /// Anything else.
    Other(String),
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
        confirmed.await.unwrap_or_else(|_| {
            let what = format!("the broker did not answer within {} s", CONNECT_TIMEOUT.as_secs());
            Err(Trouble::Io(io::Error::new(io::ErrorKind::TimedOut, what)))
        })?;
        Ok(Self { broker: Mutex::new(broker), peer: topic.to_string() })
    }
}

impl Broker {
    /// Waits until the subscription is confirmed.
    async fn confirm(&mut self) -> Result<(), Trouble> {
        loop {
            match self.events.poll().await.map_err(Trouble::from)? {
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
        loop {
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

/// A name that no other listener has: a broker ends the older of two connections with the same one.
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
            ConnectionError::Io(error) => Self::Io(error),
            ConnectionError::Tls(error) => Self::Tls(error.to_string()),
            other => Self::Other(other.to_string()),
        }
    }
}

impl Trouble {
    fn refusal(self, topic: &Topic, dial: &Dial) -> OpenError {
        let link = topic.to_string();
        let (what, hint) = match self {
            Self::Io(error) => match dial.refusal(&error) {
                missing @ OpenError::Missing { .. } => return missing,
                _ => (error.to_string(), "is the broker running there, and is this its port?"),
            },
            Self::Forbidden(what) => {
                let hint = "name the user as mqtt://USER@HOST/TOPIC and put the password into \
                            METERSCOPE_MQTT_PASSWORD, or the name of a file that holds it into \
                            METERSCOPE_MQTT_PASSWORD_FILE";
                (format!("the broker refuses {what}"), hint)
            }
            Self::Tls(what) => (
                format!("no TLS: {what}"),
                "name a file with the broker's certificate authority in SSL_CERT_FILE, or use mqtt://",
            ),
            Self::Other(what) => (what, "does an MQTT 3.1.1 broker listen there?"),
        };
        OpenError::Refused { link, what: visible::string(&what), hint: hint.to_owned() }
    }

    fn text(&self) -> String {
        visible::string(&match self {
            Self::Forbidden(what) => format!("the broker refuses {what}"),
            Self::Tls(what) | Self::Other(what) => what.clone(),
            Self::Io(error) => error.to_string(),
        })
    }
}

impl Source for Subscription {
    const ENDED: &'static str = "the broker ended the connection";

    async fn receive(&self) -> io::Result<Vec<u8>> {
        let mut broker = self.broker.lock().await;
        broker.next().await.map_err(|error| io::Error::other(Trouble::from(error).text()))
    }

    fn peer(&self) -> String {
        self.peer.clone()
    }

    fn line(&self) -> Option<LineSettings> {
        None
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
