//! Link names: one string names any link, on the command line, in profiles and in the console.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::frame::{near, visible};
use crate::protocol::{BadLine, LineSettings};

use super::parity::{BadSoftParity, SoftParity};
use super::topic::Topic;

/// The name of a link, such as `serial:/dev/ttyUSB0?line=9600-8N1` or `tcp://192.0.2.7:4001`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkName {
    /// What kind, and where.
    pub place: Endpoint,
    /// Line settings that were written after `?line=`; else the model's are used.
    pub line: Option<LineSettings>,
    /// Whether parity is computed here, written after `soft-parity=`.
    pub soft_parity: SoftParity,
}

impl LinkName {
    /// Without any option.
    #[must_use]
    pub const fn of(place: Endpoint) -> Self {
        Self { place, line: None, soft_parity: SoftParity::Auto }
    }
}

/// The kinds of links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A serial port by its path or name.
    Serial(String),
    /// A TCP converter that is called: host and port.
    Tcp(String, u16),
    /// A converter whose port is controlled by RFC 2217: host and port.
    Rfc2217(String, u16),
    /// A TCP converter that calls: address and port to listen on.
    Listen(String, u16),
    /// A topic of an MQTT broker, to listen to.
    Mqtt(Topic),
    /// A capture file.
    File(PathBuf),
    /// The simulated bus.
    Sim,
}

/// Round trip and packing time that is granted to a converter on the network.
const NETWORK_DELAY: Duration = Duration::from_millis(500);

impl Endpoint {
    /// The time that is added to every deadline on such a link; zero on a local port.
    #[must_use]
    pub const fn network_delay(&self) -> Duration {
        match self {
            Self::Tcp(..) | Self::Rfc2217(..) | Self::Listen(..) => NETWORK_DELAY,
            Self::Serial(_) | Self::Mqtt(_) | Self::File(_) | Self::Sim => Duration::ZERO,
        }
    }
}

/// What is wrong with a link name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No such kind of link.
    #[error("\"{}\" is no link: expected serial:PORT, tcp://HOST:PORT, listen://ADDRESS:PORT, rfc2217://HOST:PORT, mqtt://HOST/TOPIC, file:CAPTURE or sim:{}", visible::string(.0), meant(.0))]
    Unknown(String),
    /// A network link without a port number, or with one that is none.
    #[error("\"{}\" has no port number of 0 to 65535: expected {expected}", visible::string(.name))]
    NoPort {
        /// What was typed.
        name: String,
        /// The form.
        expected: &'static str,
    },
    /// A kind without its place.
    #[error("\"{}\" names no port or file", visible::string(.0))]
    Empty(String),
    /// A broker without a topic.
    #[error("\"{}\" names no topic: expected mqtt://[USER@]HOST[:PORT]/TOPIC", visible::string(.0))]
    NoTopic(String),
    /// A password in a name, which is shown and kept in histories. It is not repeated.
    #[error(
        "a password does not belong into a link's name: put it into METERSCOPE_MQTT_PASSWORD, or the name of a file that holds it into METERSCOPE_MQTT_PASSWORD_FILE"
    )]
    Password,
    /// The part after `?` is not understood.
    #[error("\"{}\": after ? only line=SPEED-FORMAT and soft-parity=on, off or auto are understood, such as ?line=9600-7E1&soft-parity=on", visible::string(.0))]
    BadOption(String),
    /// The line settings are not understood.
    #[error(transparent)]
    BadLine(#[from] BadLine),
    /// The choice of parity in software is not understood.
    #[error(transparent)]
    BadSoftParity(#[from] BadSoftParity),
}

impl FromStr for LinkName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (place, options) =
            text.split_once('?').map_or((text, None), |(place, options)| (place, Some(options)));
        let mut name = Self::of(parse_place(place, text)?);
        for option in options.into_iter().flat_map(|options| options.split('&')) {
            match option.split_once('=') {
                Some(("line", line)) => name.line = Some(line.parse()?),
                Some(("soft-parity", choice)) => name.soft_parity = choice.parse()?,
                _ => return Err(NameError::BadOption(text.to_owned())),
            }
        }
        Ok(name)
    }
}

fn parse_place(place: &str, whole: &str) -> Result<Endpoint, NameError> {
    let filled = |rest: &str| {
        if rest.is_empty() { Err(NameError::Empty(whole.to_owned())) } else { Ok(rest.to_owned()) }
    };
    if let Some(rest) = place.strip_prefix("serial:") {
        Ok(Endpoint::Serial(filled(rest)?))
    } else if let Some(rest) = place.strip_prefix("tcp://") {
        let (host, port) = host_port(rest, whole, "tcp://HOST:PORT")?;
        Ok(Endpoint::Tcp(host, port))
    } else if let Some(rest) = place.strip_prefix("rfc2217://") {
        let (host, port) = host_port(rest, whole, "rfc2217://HOST:PORT")?;
        Ok(Endpoint::Rfc2217(host, port))
    } else if let Some(rest) = place.strip_prefix("listen://") {
        let (host, port) = host_port(rest, whole, "listen://ADDRESS:PORT")?;
        Ok(Endpoint::Listen(host, port))
    } else if let Some(rest) = place.strip_prefix("mqtt://") {
        Topic::parse(rest, false, whole).map(Endpoint::Mqtt)
    } else if let Some(rest) = place.strip_prefix("mqtts://") {
        Topic::parse(rest, true, whole).map(Endpoint::Mqtt)
    } else if let Some(rest) = place.strip_prefix("file:") {
        Ok(Endpoint::File(filled(rest)?.into()))
    } else if place == "sim:" || place == "sim" {
        Ok(Endpoint::Sim)
    } else if is_port_name(place) {
        Ok(Endpoint::Serial(place.to_owned()))
    } else {
        Err(if has_password(whole) { NameError::Password } else { NameError::Unknown(whole.to_owned()) })
    }
}

/// What the kinds of links begin with, and other words that people write for it.
const KINDS: [(&str, &[&str]); 8] = [
    ("serial:", &["uart"]),
    ("tcp://", &["socket"]),
    ("listen://", &["server"]),
    ("rfc2217://", &["telnet"]),
    ("mqtt://", &[]),
    ("mqtts://", &["mqtt+ssl"]),
    ("file:", &[]),
    ("sim:", &["demo"]),
];

/// The link that may be meant by a text that names none: `; near it: tcp://127.0.0.1:4001`, or nothing.
fn meant(text: &str) -> String {
    let (typed, place) = text.split_once(':').unwrap_or((text, ""));
    let word = |beginning: &'static str| beginning.trim_end_matches([':', '/']);
    let near = near::nearest(typed, KINDS.iter().map(|(beginning, _)| word(beginning)));
    let is_meant = |beginning: &'static str, words: &[&str]| {
        near.contains(&word(beginning)) || words.iter().any(|word| word.eq_ignore_ascii_case(typed))
    };
    let kinds = KINDS.iter().filter(|(beginning, words)| is_meant(beginning, words));
    let mut names: Vec<String> = kinds
        .map(|(beginning, _)| match beginning.strip_suffix("//") {
            Some(kind) => format!("{kind}//{}", place.trim_start_matches('/')),
            None => format!("{beginning}{place}"),
        })
        .collect();
    names.push(format!("tcp://{text}"));
    if text.ends_with(".pcapng") {
        names.push(format!("file:{text}"));
    }
    let found = names.into_iter().find(|name| name.parse::<LinkName>().is_ok());
    found.map_or(String::new(), |name| format!("; near it: {}", visible::string(&name)))
}

/// Whether a text that names no link has a password in it all the same.
fn has_password(text: &str) -> bool {
    let user = text.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
    user.is_some_and(|(user, _)| user.contains(':'))
}

/// A bare port name: a path of a device, or `COM3`.
fn is_port_name(place: &str) -> bool {
    let is_com = place.len() > 3
        && place.get(..3).is_some_and(|com| com.eq_ignore_ascii_case("com"))
        && place.bytes().skip(3).all(|b| b.is_ascii_digit());
    place.starts_with('/') || is_com || (place.starts_with("tty") && !place.contains(':'))
}

fn host_port(rest: &str, whole: &str, expected: &'static str) -> Result<(String, u16), NameError> {
    let no_port = || NameError::NoPort { name: whole.to_owned(), expected };
    let (host, port) = rest.trim_end_matches('/').rsplit_once(':').ok_or_else(no_port)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err(NameError::Empty(whole.to_owned()));
    }
    Ok((host.to_owned(), port.parse().map_err(|_| no_port())?))
}

impl LinkName {
    /// The name within a sentence: `the simulated bus`, else as it is written.
    #[must_use]
    pub fn in_words(&self) -> String {
        if self.place == Endpoint::Sim { "the simulated bus".to_owned() } else { self.to_string() }
    }
}

impl fmt::Display for LinkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Endpoint::Serial(port) => write!(f, "serial:{}", visible::string(port))?,
            Endpoint::Tcp(host, port) => write!(f, "tcp://{}:{port}", bracketed(host))?,
            Endpoint::Rfc2217(host, port) => write!(f, "rfc2217://{}:{port}", bracketed(host))?,
            Endpoint::Listen(host, port) => write!(f, "listen://{}:{port}", bracketed(host))?,
            Endpoint::Mqtt(topic) => write!(f, "{topic}")?,
            Endpoint::File(path) => write!(f, "file:{}", visible::string(&path.to_string_lossy()))?,
            Endpoint::Sim => f.write_str("sim:")?,
        }
        let line = self.line.map(|line| format!("line={}", line.to_string().replace(' ', "-")));
        let parity = Some(self.soft_parity).filter(|choice| *choice != SoftParity::default());
        let parity = parity.map(|choice| format!("soft-parity={choice}"));
        for (mark, option) in ['?', '&'].into_iter().zip([line, parity].into_iter().flatten()) {
            write!(f, "{mark}{option}")?;
        }
        Ok(())
    }
}

pub(super) fn bracketed(host: &str) -> String {
    let host = visible::string(host);
    if host.contains(':') { format!("[{host}]") } else { host }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_as_it_prints() {
        for name in [
            "serial:/dev/ttyUSB0",
            "serial:/dev/ttyUSB0?line=9600-8N1",
            "serial:/dev/ttyUSB0?line=300-7E1&soft-parity=off",
            "tcp://192.0.2.7:4001?soft-parity=on",
            "tcp://192.0.2.7:4001",
            "tcp://[::1]:4001?line=300-7E1",
            "listen://0.0.0.0:5000",
            "rfc2217://192.0.2.7:4001",
            "rfc2217://[::1]:2217?line=300-7E1",
            "mqtt://broker.local/sensors/smartmeter",
            "mqtt://anna@192.0.2.7:1884/sensors/+/raw",
            "mqtts://[::1]:8884/meters/#",
            "file:night shift.pcapng",
            "sim:",
        ] {
            assert_eq!(name.parse::<LinkName>().map(|n| n.to_string()), Ok(name.to_owned()));
        }
    }

    #[test]
    fn a_bare_port_name_is_a_serial_port() {
        for name in ["/dev/ttyUSB0", "ttyUSB0", "COM3"] {
            assert_eq!(name.parse::<LinkName>().map(|n| n.place), Ok(Endpoint::Serial(name.into())));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |name: &str| name.parse::<LinkName>().map_or_else(|e| e.to_string(), |n| n.to_string());
        assert!(message("tcp://host").contains("has no port number of 0 to 65535: expected tcp://HOST:PORT"));
        assert!(message("foo").starts_with("\"foo\" is no link"));
        assert!(!message("foo").contains("near it"));
        assert!(message("serial:").contains("names no port"));
        assert!(message("mqtt://host").contains("names no topic"));
        assert!(message("mqtt://host:x/topic").contains("has no port number"));
        let said = message("mqtt://anna:geheim@host/topic");
        assert!(said.contains("METERSCOPE_MQTT_PASSWORD") && !said.contains("geheim"), "{said}");
        assert!(message("sim:?speed=1").contains("only line="));
        assert!(message("sim:?line=fast").contains("9600-8N1"));
    }

    #[test]
    fn a_misspelt_or_foreign_kind_leads_to_the_link_that_is_meant() {
        let message = |name: &str| name.parse::<LinkName>().map_or_else(|e| e.to_string(), |n| n.to_string());
        for (typed, meant) in [
            ("seral:/dev/ttyUSB0", "serial:/dev/ttyUSB0"),
            ("tpc://192.0.2.7:4001", "tcp://192.0.2.7:4001"),
            ("tcp:192.0.2.7:4001", "tcp://192.0.2.7:4001"),
            ("socket://192.0.2.7:4001", "tcp://192.0.2.7:4001"),
            ("192.0.2.7:4001", "tcp://192.0.2.7:4001"),
            ("rfc-2217://192.0.2.7:4001", "rfc2217://192.0.2.7:4001"),
            ("mqt://broker/meters", "mqtt://broker/meters"),
            ("night.pcapng", "file:night.pcapng"),
            ("SIM:", "sim:"),
        ] {
            let said = message(typed);
            assert!(said.ends_with(&format!("or sim:; near it: {meant}")), "{said}");
        }
        let said = message("mqt://anna:geheim@host/topic");
        assert!(said.contains("METERSCOPE_MQTT_PASSWORD") && !said.contains("geheim"), "{said}");
    }
}
