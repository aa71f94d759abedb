//! The client against a server of its own, over a real connection.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::telnet::{Decoder, Negotiation, Verb, escape, sub};
use super::*;
use crate::link::{LinkCommand, LinkEvent};

const LINE: LineSettings = LineSettings::e71(9600);

/// A converter with one caller.
struct Server {
    stream: TcpStream,
    decoder: Decoder,
    /// What has come for the line.
    data: Vec<u8>,
    /// Bytes that have come in all.
    heard: usize,
}

impl Server {
    async fn taking_a_call(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().await.unwrap();
        Self { stream, decoder: Decoder::default(), data: Vec::new(), heard: 0 }
    }

    /// Takes a call and does all that the caller asks for.
    async fn agreeing(listener: &TcpListener) -> Self {
        let mut server = Self::taking_a_call(listener).await;
        server.agree(Verb::Do).await;
        server.settle(|speed| speed).await;
        server
    }

    /// Serves until the caller has asked for a stop size, the last of four settings; acknowledges all, and the
    /// speed as `speed` makes it.
    async fn settle(&mut self, speed: impl Fn([u8; 4]) -> [u8; 4]) {
        loop {
            for told in self.hear().await {
                let Negotiation::Sub(content) = told else { continue };
                let answer = match content.as_slice() {
                    &[44, 1, a, b, c, d] => [[44, 101].as_slice(), &speed([a, b, c, d])].concat(),
                    &[44, command @ (2..=5 | 12), value] => vec![44, command + 100, value],
                    other => panic!("what is {other:?}?"),
                };
                self.say(|out| sub(&answer, out)).await;
                if answer[1] == 104 {
                    return;
                }
            }
        }
    }

    async fn agree(&mut self, verb: Verb) {
        self.say(|out| out.extend(verb.say(44))).await;
    }

    async fn say(&mut self, put: impl FnOnce(&mut Vec<u8>)) {
        let mut out = Vec::new();
        put(&mut out);
        self.stream.write_all(&out).await.unwrap();
    }

    async fn hear(&mut self) -> Vec<Negotiation> {
        let (mut buffer, mut told) = ([0; 512], Vec::new());
        let count = self.stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the caller has gone");
        self.heard += count;
        self.decoder.decode(&buffer[..count], &mut self.data, &mut told);
        told
    }

    async fn takes(&mut self, count: usize) -> Vec<u8> {
        while self.data.len() < count {
            self.hear().await;
        }
        std::mem::take(&mut self.data)
    }
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A link to a converter that does as it is told.
async fn opened() -> (Link, Server, TcpListener) {
    let (listener, address) = listener().await;
    let serving = Server::agreeing(&listener);
    let (link, server) = tokio::join!(open("127.0.0.1", address.port(), LINE, Clock::of_tests()), serving);
    let mut link = link.unwrap();
    let event = link.events.recv().await;
    assert!(matches!(event, Some(LinkEvent::Opened { line: Some(LINE), .. })), "{event:?}");
    (link, server, listener)
}

fn all_bytes() -> Vec<u8> {
    (0..=u8::MAX).chain([0xFF, 0xFF, 0x0D, 0x0A]).collect()
}

async fn received(link: &mut Link, count: usize) -> Vec<u8> {
    let mut taken = Vec::new();
    while taken.len() < count {
        match link.events.recv().await.unwrap() {
            LinkEvent::Received { bytes, .. } => taken.extend(bytes),
            LinkEvent::Sent { .. } => {}
            other => panic!("bytes were expected: {other:?}"),
        }
    }
    taken
}

#[tokio::test]
async fn every_byte_passes_both_ways() {
    let (mut link, mut server, _listener) = opened().await;
    link.commands.send(LinkCommand::Send(all_bytes())).unwrap();
    assert_eq!(server.takes(all_bytes().len()).await, all_bytes());
    server.say(|out| escape(&all_bytes(), out)).await;
    assert_eq!(received(&mut link, all_bytes().len()).await, all_bytes());
}

#[tokio::test]
async fn the_line_follows_and_what_the_converter_acknowledges_is_in_force() {
    let (mut link, mut server, _listener) = opened().await;
    link.commands.send(LinkCommand::SetLine(LineSettings::e71(300))).unwrap();
    server.settle(|_| 1200_u32.to_be_bytes()).await;
    let event = link.events.recv().await.unwrap();
    assert!(matches!(event, LinkEvent::LineSet { line, .. } if line == LineSettings::e71(1200)), "{event:?}");
}

#[tokio::test]
async fn bytes_that_come_while_the_line_changes_are_not_lost() {
    let (mut link, mut server, _listener) = opened().await;
    link.commands.send(LinkCommand::SetLine(LineSettings::e71(300))).unwrap();
    server.say(|out| escape(b"late \xFF", out)).await;
    server.settle(|speed| speed).await;
    let (mut taken, mut is_set) = (Vec::new(), false);
    while taken.len() < 6 || !is_set {
        match link.events.recv().await.unwrap() {
            LinkEvent::Received { bytes, .. } => taken.extend(bytes),
            LinkEvent::LineSet { .. } => is_set = true,
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert_eq!(taken, b"late \xFF");
}

#[tokio::test]
async fn a_converter_that_does_not_acknowledge_refuses_the_line() {
    let (mut link, _server, _listener) = opened().await;
    tokio::time::pause();
    link.commands.send(LinkCommand::SetLine(LineSettings::e71(300))).unwrap();
    let event = link.events.recv().await.unwrap();
    assert!(
        matches!(&event, LinkEvent::LineRefused { why, .. } if why.contains("did not acknowledge")),
        "{event:?}"
    );
}

#[tokio::test]
async fn a_server_without_a_port_is_refused_with_the_way_out() {
    let (listener, address) = listener().await;
    let serving = async {
        let mut server = Server::taking_a_call(&listener).await;
        server.agree(Verb::Dont).await;
        server
    };
    let (link, _server) = tokio::join!(open("127.0.0.1", address.port(), LINE, Clock::of_tests()), serving);
    let said = link.unwrap_err().to_string();
    assert!(said.contains("speaks no RFC 2217") && said.contains("tcp://"), "{said}");
}

#[tokio::test]
async fn a_lost_connection_comes_back_with_the_line_of_last() {
    let (mut link, mut server, listener) = opened().await;
    link.commands.send(LinkCommand::SetLine(LineSettings::e71(300))).unwrap();
    server.settle(|speed| speed).await;
    assert!(matches!(link.events.recv().await, Some(LinkEvent::LineSet { .. })));
    drop(server);
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Lost { .. })));
    let _server = Server::agreeing(&listener).await;
    let event = link.events.recv().await;
    let expected = Some(LineSettings::e71(300));
    assert!(matches!(event, Some(LinkEvent::Opened { line, .. }) if line == expected), "{event:?}");
}

#[tokio::test]
async fn listening_puts_nothing_on_the_line() {
    let (listener, address) = listener().await;
    let serving = Server::agreeing(&listener);
    let opening = open_listening("127.0.0.1", address.port(), LINE, Clock::of_tests());
    let (link, mut server) = tokio::join!(opening, serving);
    let mut link = link.unwrap();
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Opened { .. })));
    server.say(|out| escape(b"push", out)).await;
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Received { bytes, .. }) if bytes == b"push"));
    drop(link);
    let mut rest = Vec::new();
    server.stream.read_to_end(&mut rest).await.unwrap();
    server.decoder.decode(&rest, &mut server.data, &mut Vec::new());
    assert_eq!(server.data, b"");
}

#[tokio::test]
async fn a_listener_sends_at_most_64_bytes_whatever_the_converter_says() {
    let (listener, address) = listener().await;
    let serving = async {
        let mut server = Server::taking_a_call(&listener).await;
        // Every option asked for and offered, again and again, before the port is agreed on and behind it.
        let verbs = [Verb::Do, Verb::Will, Verb::Dont, Verb::Wont];
        let all = || (0..=u8::MAX).flat_map(move |option| verbs.map(|verb| verb.say(option)));
        let others = all().filter(|said| said[2] != 44);
        server.say(|out| out.extend(others.cycle().take(10_000).flatten())).await;
        server.agree(Verb::Do).await;
        server.settle(|speed| speed).await;
        server.say(|out| out.extend(all().cycle().take(10_000).flatten())).await;
        server.say(|out| escape(b"end", out)).await;
        server
    };
    let opening = open_listening("127.0.0.1", address.port(), LINE, Clock::of_tests());
    let (link, mut server) = tokio::join!(opening, serving);
    let mut link = link.unwrap();
    link.lines.send(LineSettings::e71(300)).unwrap();
    let (mut taken, mut is_refused) = (Vec::new(), false);
    while taken.len() < 3 || !is_refused {
        match link.events.recv().await.unwrap() {
            LinkEvent::Received { bytes, .. } => taken.extend(bytes),
            LinkEvent::LineRefused { why, .. } => is_refused = why.contains("once"),
            LinkEvent::Opened { .. } => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    drop(link);
    let mut sent = Vec::new();
    server.stream.read_to_end(&mut sent).await.unwrap();
    let sent = sent.len() + server.heard;
    assert!(sent <= MOST_FROM_LISTENER, "{sent} bytes");
}

#[tokio::test]
async fn a_talker_answers_each_option_once() {
    let (link, mut server, _listener) = opened().await;
    let said = (0..=u8::MAX).flat_map(|option| [Verb::Do.say(option), Verb::Will.say(option)]);
    server.say(|out| out.extend(said.cycle().take(20_000).flatten())).await;
    drop(link);
    let mut sent = Vec::new();
    let _ = server.stream.read_to_end(&mut sent).await;
    assert!(sent.len() <= 2 * 256 * 3, "{} bytes", sent.len());
}
