//! A whole MQTT broker inside the tests (`rumqttd`), a client that publishes on it, and a relay in front of it that
//! breaks off in mid-stream: a broker of this kind cannot be stopped in the process that has started it
//! (bytebeamio/rumqtt issue 771).

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use rumqttd::{Broker, Config, ConnectionSettings, RouterConfig, ServerSettings};

/// How long anything may take before a test gives up: generous, because nothing is measured here.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The user that the closed door is open to, and its password.
pub const USER: &str = "anna";
pub const PASSWORD: &str = "geheim";

/// A broker that lets everybody in.
pub static OPEN: LazyLock<SocketAddr> = LazyLock::new(|| start(None));

/// A broker that lets one user in.
pub static CLOSED: LazyLock<SocketAddr> =
    LazyLock::new(|| start(Some(&HashMap::from([(USER.to_owned(), PASSWORD.to_owned())]))));

/// Starts a broker on a free port. It says nowhere which port it got, so that one is looked for before.
fn start(users: Option<&HashMap<String, String>>) -> SocketAddr {
    loop {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let mut broker = Broker::new(config(free, users.cloned()));
        let running = thread::spawn(move || drop(broker.start()));
        while !running.is_finished() {
            if TcpStream::connect(free).is_ok() {
                return free;
            }
            thread::yield_now();
        }
    }
}

fn config(listen: SocketAddr, auth: Option<HashMap<String, String>>) -> Config {
    let connections = ConnectionSettings {
        connection_timeout_ms: u16::MAX,
        max_payload_size: 256 * 1024,
        max_inflight_count: 100,
        auth,
        external_auth: None,
        dynamic_filters: true,
    };
    let server = ServerSettings {
        name: "tests".to_owned(),
        listen,
        tls: None,
        next_connection_delay_ms: 0,
        connections,
    };
    let router = RouterConfig {
        max_connections: 100,
        max_outgoing_packet_count: 200,
        max_segment_size: 1024 * 1024,
        max_segment_count: 10,
        ..RouterConfig::default()
    };
    Config { router, v4: Some(HashMap::from([("tests".to_owned(), server)])), ..Config::default() }
}

/// A text or other bytes with their length in front (MQTT 3.1.1, 1.5.3).
fn counted(text: &[u8]) -> Vec<u8> {
    [&u16::try_from(text.len()).unwrap().to_be_bytes(), text].concat()
}

/// A message: its first byte, its length in groups of seven bits (2.2.3), what follows.
fn message(head: u8, body: &[u8]) -> Vec<u8> {
    let (mut out, mut left) = (vec![head], body.len());
    while left > 127 {
        out.push((left % 128) as u8 | 0x80);
        left /= 128;
    }
    out.push(left as u8);
    [out, body.to_vec()].concat()
}

/// The next message: its first byte, all of it, and where what follows the length begins.
fn take(from: &mut TcpStream) -> std::io::Result<(u8, Vec<u8>, usize)> {
    let (mut whole, mut byte, mut length, mut shift) = (Vec::new(), [0], 0, 0);
    from.read_exact(&mut byte)?;
    whole.push(byte[0]);
    loop {
        from.read_exact(&mut byte)?;
        whole.push(byte[0]);
        length |= usize::from(byte[0] & 0x7F) << shift;
        shift += 7;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let begin = whole.len();
    whole.resize(begin + length, 0);
    from.read_exact(&mut whole[begin..])?;
    Ok((whole[0], whole, begin))
}

/// Somebody who publishes, and waits after each message until the broker has it.
pub struct Client(TcpStream);

impl Client {
    /// Signs on with the user's password, which the open door does not mind.
    pub fn sign_on(broker: SocketAddr, name: &str) -> Self {
        let mut stream = TcpStream::connect(broker).unwrap();
        let who = [counted(name.as_bytes()), counted(USER.as_bytes()), counted(PASSWORD.as_bytes())].concat();
        let connect = [&counted(b"MQTT"), &[4, 0xC2, 0, 60][..], &who].concat();
        stream.write_all(&message(0x10, &connect)).unwrap();
        assert_eq!(take(&mut stream).unwrap().1, [0x20, 2, 0, 0], "the broker lets it in");
        Self(stream)
    }

    /// Publishes; a message that is `kept` is delivered to whoever subscribes later.
    pub fn publish(&mut self, topic: &str, payload: &[u8], kept: bool) {
        let body = [&counted(topic.as_bytes()), &[0, 1][..], payload].concat();
        self.0.write_all(&message(0x32 | u8::from(kept), &body)).unwrap();
        assert_eq!(take(&mut self.0).unwrap().0, 0x40, "the broker has it");
    }
}

/// What a relay has let through to the listener.
#[derive(Debug, PartialEq, Eq)]
pub enum Passed {
    /// The confirmation of a subscription.
    Subscribed,
    /// A whole message with this payload.
    Published(Vec<u8>),
}

/// Stands between listeners and the open broker.
pub struct Relay {
    pub place: SocketAddr,
    passed: Receiver<Passed>,
}

impl Relay {
    /// Lets so many messages pass to the first caller and breaks off in the middle of the next one; whoever calls
    /// then is let through.
    pub fn breaking_off_after(messages: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let place = listener.local_addr().unwrap();
        let (told, passed) = channel();
        thread::spawn(move || {
            let mut left = Some(messages);
            while let Ok((caller, _)) = listener.accept() {
                carry(caller, &told, left.take());
            }
        });
        Self { place, passed }
    }

    /// The next thing that passes.
    pub fn next(&self) -> Passed {
        self.passed.recv_timeout(PATIENCE).expect("something passes")
    }
}

/// Carries a connection both ways until it ends or is broken off.
fn carry(mut caller: TcpStream, told: &Sender<Passed>, mut left: Option<usize>) {
    let mut broker = TcpStream::connect(*OPEN).unwrap();
    let (mut from, mut to) = (caller.try_clone().unwrap(), broker.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    while let Ok((head, whole, begin)) = take(&mut broker) {
        let is_published = head & 0xF0 == 0x30;
        if is_published && left == Some(0) {
            caller.write_all(&whole[..whole.len() / 2]).unwrap();
            break;
        }
        if caller.write_all(&whole).is_err() {
            break;
        }
        if is_published {
            left = left.map(|left| left - 1);
            let _ = told.send(Passed::Published(payload(&whole[begin..]).to_vec()));
        } else if head == 0x90 {
            let _ = told.send(Passed::Subscribed);
        }
    }
    let _ = broker.shutdown(Shutdown::Both);
    // Only this way: to close what the other end still writes to would take away what it has not read yet.
    let _ = caller.shutdown(Shutdown::Write);
}

/// What is behind the topic of a message that needs no answer.
fn payload(body: &[u8]) -> &[u8] {
    &body[2 + usize::from(u16::from_be_bytes([body[0], body[1]]))..]
}
