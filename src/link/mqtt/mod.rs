//! A topic of an MQTT broker, on which somebody publishes a meter's frames, one a message.
//!
//! What is opened as a link is always a [`ListenLink`]: it cannot publish. Simulated meters do, by a [`Publisher`].

#[cfg(feature = "mqtt")]
mod client;
#[cfg(feature = "mqtt")]
mod payload;
#[cfg(feature = "mqtt")]
mod publication;
#[cfg(feature = "mqtt")]
mod signing;
#[cfg(feature = "mqtt")]
mod subscription;
#[cfg(test)]
#[cfg(feature = "mqtt")]
mod tests;

use super::topic::Topic;
use super::{Clock, ListenLink, OpenError};
use crate::frame::Secret;

#[cfg(feature = "mqtt")]
pub use publication::Publisher;

/// How to sign on to a broker.
#[derive(Debug, Clone, Default)]
pub struct SignOn {
    /// The password, where one is needed.
    pub password: Option<Secret>,
}

/// Subscribes to a topic. The first attempt must succeed; later a lost broker is called again as in
/// [`super::tcp::open`]. Frames may be published as raw bytes or as hex. Everything that the broker
/// sends is taken; nothing is kept at the broker for a listener that is away.
///
/// TLS trusts the certificates of the system, or those in the file that `SSL_CERT_FILE` names.
///
/// # Errors
/// When the broker is not there, refuses the user or the topic, or its certificate is not trusted.
#[cfg(feature = "mqtt")]
pub async fn open_listening(topic: &Topic, sign_on: SignOn, clock: Clock) -> Result<ListenLink, OpenError> {
    use super::listen_task::Listener;
    use super::reconnect::run_reconnecting;
    use super::stream::outlet;

    let (reach, first) = subscription::Subscribe::first(topic, sign_on).await?;
    let (listener, lines) = Listener::new(None);
    let (out, events) = outlet(clock);
    tokio::spawn(run_reconnecting(reach, Some(first), listener, out));
    Ok(ListenLink { lines, events })
}

/// Signs on to publish on a topic. The first attempt must succeed; later a lost broker is called again, and
/// messages wait for it.
///
/// # Errors
/// When the topic is a filter, or as for [`open_listening`].
#[cfg(feature = "mqtt")]
pub async fn open_publishing(topic: &Topic, sign_on: SignOn) -> Result<Publisher, OpenError> {
    if topic.filter.contains(['+', '#']) {
        return Err(OpenError::Refused {
            link: topic.to_string(),
            what: "+ and # stand for many topics".to_owned(),
            hint: "name one topic to publish on".to_owned(),
        });
    }
    Publisher::open(topic, &sign_on).await
}

/// This program was built without MQTT.
///
/// # Errors
/// Always.
#[cfg(not(feature = "mqtt"))]
#[expect(clippy::unused_async, reason = "the same call with and without the feature")]
pub async fn open_listening(topic: &Topic, _: SignOn, _: Clock) -> Result<ListenLink, OpenError> {
    Err(OpenError::not_built_in(&topic.to_string(), "MQTT", "mqtt"))
}

/// Nobody has one: this program was built without MQTT.
#[cfg(not(feature = "mqtt"))]
#[derive(Debug)]
pub struct Publisher(std::convert::Infallible);

#[cfg(not(feature = "mqtt"))]
impl Publisher {
    /// Publishes nothing.
    pub fn publish(&self, _: Vec<u8>) {
        match self.0 {}
    }
}

/// This program was built without MQTT.
///
/// # Errors
/// Always.
#[cfg(not(feature = "mqtt"))]
#[expect(clippy::unused_async, reason = "the same call with and without the feature")]
pub async fn open_publishing(topic: &Topic, _: SignOn) -> Result<Publisher, OpenError> {
    Err(OpenError::not_built_in(&topic.to_string(), "MQTT", "mqtt"))
}
