//! What is in the way of signing on to a broker.

use std::io;

use crate::frame::visible;
use crate::link::OpenError;
use crate::link::dial::{CONNECT_TIMEOUT, Dial};
use crate::link::topic::Topic;

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
