//! Where an MQTT link listens: `mqtt://[user@]host[:port]/topic`, or `mqtts://` with TLS.

use std::fmt;

use super::name::{NameError, bracketed};
use crate::frame::visible;

/// The registered ports (IANA: `mqtt` and `secure-mqtt`).
const PORT: u16 = 1883;
const SECURE_PORT: u16 = 8883;

const FORM: &str = "mqtt://[USER@]HOST[:PORT]/TOPIC";

/// A topic of a broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Whether TLS is spoken.
    pub tls: bool,
    /// As whom to sign on; the password is never part of a name.
    pub user: Option<String>,
    /// The broker's host.
    pub host: String,
    /// The broker's port.
    pub port: u16,
    /// The topic, or a filter with `+` and `#` (MQTT 3.1.1, section 4.7).
    pub filter: String,
}

impl Topic {
    /// Reads what stands behind `mqtt://` or `mqtts://`.
    ///
    /// # Errors
    /// When host or topic are missing, the port is no number, or a password stands in it.
    pub(super) fn parse(rest: &str, tls: bool, whole: &str) -> Result<Self, NameError> {
        let (broker, filter) = rest.split_once('/').unwrap_or((rest, ""));
        if filter.is_empty() {
            return Err(NameError::NoTopic(whole.to_owned()));
        }
        let (user, address) = match broker.rsplit_once('@') {
            Some((user, _)) if user.contains(':') => return Err(NameError::Password),
            Some((user, address)) => (Some(user.to_owned()), address),
            None => (None, broker),
        };
        let (host, port) = split(address);
        let port = match port {
            None if tls => SECURE_PORT,
            None => PORT,
            Some(port) => {
                port.parse().map_err(|_| NameError::NoPort { name: whole.to_owned(), expected: FORM })?
            }
        };
        if host.is_empty() {
            return Err(NameError::Empty(whole.to_owned()));
        }
        Ok(Self { tls, user, host: host.to_owned(), port, filter: filter.to_owned() })
    }
}

/// Host and port; an IPv6 address with a port stands in brackets.
fn split(address: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    address.split_once(':').map_or((address, None), |(host, port)| (host, Some(port)))
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.tls { "mqtts://" } else { "mqtt://" })?;
        if let Some(user) = &self.user {
            write!(f, "{}@", visible::string(user))?;
        }
        f.write_str(&bracketed(&self.host))?;
        if self.port != if self.tls { SECURE_PORT } else { PORT } {
            write!(f, ":{}", self.port)?;
        }
        write!(f, "/{}", visible::string(&self.filter))
    }
}
