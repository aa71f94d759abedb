//! The link against a small broker of its own, over a real connection (MQTT 3.1.1).
//!
//! It says what a whole broker cannot be brought to say: a refused topic, a message before the subscription is
//! confirmed, an end right behind the last message. Whole brokers are in `tests/cli/mqtt.rs` and in
//! `.ci/peers/mosquitto.sh`.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::link::{Endpoint, LinkEvent, LinkName};

const CONNECT: u8 = 0x10;
const SUBSCRIBE: u8 = 0x82;

/// A broker with one listener.
struct Broker {
    stream: TcpStream,
    /// Everything that a listener has said.
    heard: Vec<(u8, Vec<u8>)>,
}

impl Broker {
    async fn called(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().await.unwrap();
        Self { stream, heard: Vec::new() }
    }

    /// Takes the next message: its first byte, and what follows the length. Lengths stay below 128 here.
    async fn take(&mut self) -> (u8, Vec<u8>) {
        let mut head = [0; 2];
        self.stream.read_exact(&mut head).await.unwrap();
        let mut rest = vec![0; head[1].into()];
        self.stream.read_exact(&mut rest).await.unwrap();
        self.heard.push((head[0], rest.clone()));
        (head[0], rest)
    }

    async fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Takes the listener in and confirms what it subscribes to.
    async fn serve(listener: &TcpListener, confirmation: u8) -> Self {
        let mut broker = Self::called(listener).await;
        assert_eq!(broker.take().await.0, CONNECT);
        broker.say(&[0x20, 2, 0, 0]).await;
        let (kind, rest) = broker.take().await;
        assert_eq!(kind, SUBSCRIBE);
        broker.say(&[0x90, 3, rest[0], rest[1], confirmation]).await;
        broker
    }

    async fn publish(&mut self, payload: &[u8]) {
        let topic = b"sensors/smartmeter";
        let length = u8::try_from(2 + topic.len() + payload.len()).unwrap();
        let message = [&[0x30, length, 0, 18], topic.as_slice(), payload].concat();
        self.say(&message).await;
    }
}

async fn listener() -> (TcpListener, Topic) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let name: LinkName = format!("mqtt://anna@127.0.0.1:{port}/sensors/smartmeter").parse().unwrap();
    let Endpoint::Mqtt(topic) = name.place else { panic!("no topic: {name}") };
    (listener, topic)
}

fn signed() -> SignOn {
    SignOn { password: Some(Secret::new(b"geheim".to_vec())) }
}

async fn opened() -> (ListenLink, Broker, TcpListener) {
    let (listener, topic) = listener().await;
    let opening = open_listening(&topic, signed(), Clock::of_tests());
    let (link, broker) = tokio::join!(opening, Broker::serve(&listener, 0));
    let mut link = link.unwrap();
    let event = link.events.recv().await;
    assert!(matches!(&event, Some(LinkEvent::Opened { line: None, peer, .. }) if *peer == topic.to_string()));
    (link, broker, listener)
}

async fn received(link: &mut ListenLink) -> Vec<u8> {
    match link.events.recv().await {
        Some(LinkEvent::Received { bytes, .. }) => bytes,
        other => panic!("bytes were expected: {other:?}"),
    }
}

#[tokio::test]
async fn frames_come_as_raw_bytes_and_as_hex() {
    let (mut link, mut broker, _listener) = opened().await;
    broker.publish(&[0x68, 0xFA, 0xFA, 0x68]).await;
    assert_eq!(received(&mut link).await, [0x68, 0xFA, 0xFA, 0x68]);
    broker.publish(b"").await;
    broker.publish(b"68fafa68").await;
    assert_eq!(received(&mut link).await, [0x68, 0xFA, 0xFA, 0x68]);
}

#[tokio::test]
async fn the_user_and_the_password_are_told_to_the_broker_and_to_nobody_else() {
    let (link, broker, _listener) = opened().await;
    let connect = &broker.heard[0].1;
    assert!(connect.ends_with(b"\x00\x04anna\x00\x06geheim"), "{connect:02X?}");
    assert!(!format!("{link:?}").contains("geheim"));
    assert!(broker.heard[1].1.ends_with(b"\x00\x12sensors/smartmeter\x00"));
}

#[tokio::test]
async fn a_broker_that_was_restarted_is_subscribed_to_again() {
    let (mut link, broker, listener) = opened().await;
    drop(broker);
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Lost { .. })));
    let mut broker = Broker::serve(&listener, 0).await;
    broker.publish(b"\x01\x02").await;
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Opened { .. })));
    assert_eq!(received(&mut link).await, [1, 2]);
}

#[tokio::test]
async fn what_was_sent_before_a_broker_ended_is_not_lost() {
    let (mut link, mut broker, _listener) = opened().await;
    for number in 0..100 {
        broker.publish(&[number]).await;
    }
    drop(broker);
    for number in 0..100 {
        assert_eq!(received(&mut link).await, [number]);
    }
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Lost { .. })));
}

#[tokio::test]
async fn what_comes_before_the_subscription_is_confirmed_is_kept() {
    let (listener, topic) = listener().await;
    let serving = async {
        let mut broker = Broker::called(&listener).await;
        broker.take().await;
        broker.say(&[0x20, 2, 0, 0]).await;
        let (_, rest) = broker.take().await;
        broker.publish(b"\x01").await;
        broker.say(&[0x90, 3, rest[0], rest[1], 0]).await;
        broker.publish(b"\x02").await;
        broker
    };
    let (link, _broker) = tokio::join!(open_listening(&topic, signed(), Clock::of_tests()), serving);
    let mut link = link.unwrap();
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Opened { .. })));
    assert_eq!([received(&mut link).await, received(&mut link).await], [[1], [2]]);
}

#[tokio::test]
async fn a_refused_password_says_where_it_belongs() {
    let (listener, topic) = listener().await;
    let serving = async {
        let mut broker = Broker::called(&listener).await;
        broker.take().await;
        broker.say(&[0x20, 2, 0, 5]).await;
        broker
    };
    let (link, _broker) = tokio::join!(open_listening(&topic, signed(), Clock::of_tests()), serving);
    let said = link.unwrap_err().to_string();
    assert!(said.contains("METERSCOPE_MQTT_PASSWORD") && !said.contains("geheim"), "{said}");
}

#[tokio::test]
async fn a_refused_topic_is_an_error() {
    let (listener, topic) = listener().await;
    let opening = open_listening(&topic, signed(), Clock::of_tests());
    let (link, _broker) = tokio::join!(opening, Broker::serve(&listener, 0x80));
    assert!(link.unwrap_err().to_string().contains("refuses the topic"));
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_told() {
    let (listener, topic) = listener().await;
    drop(listener);
    let said = open_listening(&topic, signed(), Clock::of_tests()).await.unwrap_err().to_string();
    assert!(said.contains("is the broker running there"), "{said}");
}
