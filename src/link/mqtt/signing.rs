//! Signing on to a broker, and what is in the way of it.

use std::io;

use rumqttc::{ConnectReturnCode, ConnectionError, MqttOptions, StateError, Transport};

use super::SignOn;
use crate::frame::visible;
use crate::link::OpenError;
use crate::link::dial::{CONNECT_TIMEOUT, Dial};
use crate::link::topic::Topic;

/// A broker that says nothing for one and a half times this is taken for gone; after this it is asked.
const KEEP_ALIVE_SECONDS: u16 = 10;
/// Longest message that is taken; a longer one ends the connection.
const LONGEST_MESSAGE: usize = 256 * 1024;

/// Messages taken from the connection at once. With more than one, those in front of a lost connection's end
/// would be lost with it.
const BATCH: usize = 1;

/// Why a broker is of no use.
pub(super) enum Trouble {
    /// The broker does not let us.
    Forbidden(&'static str),
    /// The broker ended the connection.
    Ended,
    /// The certificate, or what else TLS needs.
    Tls(String),
    /// The network.
    Io(io::Error),
    /// Anything else.
    Other(String),
}

pub(super) fn options(topic: &Topic, sign_on: &SignOn) -> Result<MqttOptions, Trouble> {
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

/// Where user and password of a broker belong.
const SIGN_ON: &str = "name the user as mqtt://USER@HOST/TOPIC and put the password into METERSCOPE_MQTT_PASSWORD, or \
                       the name of a file that holds it into METERSCOPE_MQTT_PASSWORD_FILE";

/// What a broker says when it is ending.
const ENDED: &str = "the broker ended the connection";

impl Trouble {
    /// A broker that takes the call and then says nothing.
    pub(super) fn silence() -> Self {
        let what = format!("the broker did not answer within {} s", CONNECT_TIMEOUT.as_secs());
        Self::Io(io::Error::new(io::ErrorKind::TimedOut, what))
    }

    pub(super) fn refusal(self, topic: &Topic, dial: &Dial) -> OpenError {
        let link = topic.to_string();
        let (what, hint) = match self {
            Self::Io(error) => match dial.refusal(&error) {
                missing @ OpenError::Missing { .. } => return missing,
                _ => (error.to_string(), "is the broker running there, and is this its port?"),
            },
            Self::Forbidden(what) => (format!("the broker refuses {what}"), SIGN_ON),
            // Some brokers refuse a user or a password by this alone.
            Self::Ended => (format!("{ENDED} instead of answering the sign-on"), SIGN_ON),
            Self::Tls(what) => (
                format!("no TLS: {what}"),
                "name a file with the broker's certificate authority in SSL_CERT_FILE, or use mqtt://",
            ),
            Self::Other(what) => (what, "does an MQTT 3.1.1 broker listen there?"),
        };
        OpenError::Refused { link, what: visible::error(&what), hint: hint.to_owned() }
    }

    pub(super) fn text(&self) -> String {
        visible::error(&match self {
            Self::Forbidden(what) => format!("the broker refuses {what}"),
            Self::Tls(what) | Self::Other(what) => what.clone(),
            Self::Ended => ENDED.to_owned(),
            Self::Io(error) => error.to_string(),
        })
    }
}
