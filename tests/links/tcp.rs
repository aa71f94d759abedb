//! Converters that are called.

use meterscope::link::{Clock, Link, LinkCommand, LinkEvent, ListenLink, OpenError, tcp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{LINE, all_bytes, lost, next, opened, received, send};

/// A converter that waits to be called, and its port.
async fn converter() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A converter and the link that calls it.
pub(super) async fn called() -> (TcpListener, Link) {
    let (listener, port) = converter().await;
    let link = tcp::open("127.0.0.1", port, Clock::start()).await.unwrap();
    (listener, link)
}

#[tokio::test]
async fn a_converter_passes_every_byte_both_ways() {
    let (listener, mut link) = called().await;
    let address = listener.local_addr().unwrap();
    let (mut converter, _) = listener.accept().await.unwrap();
    assert_eq!(opened(&mut link.events).await, (address.to_string(), None));

    converter.write_all(&all_bytes()).await.unwrap();
    assert_eq!(received(&mut link.events, 256).await, all_bytes());

    send(&link, &all_bytes());
    let mut taken = vec![0; 256];
    converter.read_exact(&mut taken).await.unwrap();
    assert_eq!(taken, all_bytes());
    assert!(matches!(next(&mut link.events).await, LinkEvent::Sent { .. }));
}

#[tokio::test]
async fn a_converter_keeps_its_own_line_and_says_so() {
    let (_listener, mut link) = called().await;
    opened(&mut link.events).await;
    link.commands.send(LinkCommand::SetLine(LINE)).unwrap();
    match next(&mut link.events).await {
        LinkEvent::LineRefused { asked, why, .. } => {
            assert_eq!(asked, LINE);
            assert!(why.contains("set in the converter itself"), "{why}");
        }
        other => panic!("a refusal was expected: {other:?}"),
    }
}

#[tokio::test]
async fn a_refused_call_is_final_at_first() {
    let (listener, port) = converter().await;
    drop(listener);
    let refused = tcp::open("127.0.0.1", port, Clock::start()).await;
    match refused {
        Err(OpenError::Refused { link, hint, .. }) => {
            assert_eq!(link, format!("127.0.0.1:{port}"));
            assert!(hint.contains("takes no call on this port"), "{hint}");
        }
        other => panic!("a refusal was expected: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_converter_that_hangs_up_is_called_again() {
    let (listener, mut link) = called().await;
    let (converter, _) = listener.accept().await.unwrap();
    opened(&mut link.events).await;

    drop(converter);
    match next(&mut link.events).await {
        LinkEvent::Lost { why, retry_in, .. } => {
            assert_eq!(why, "the far end closed the connection");
            assert_eq!(retry_in.as_secs(), 1);
        }
        other => panic!("lost was expected: {other:?}"),
    }
    opened(&mut link.events).await;
    let (mut converter, _) = listener.accept().await.unwrap();
    send(&link, b"again");
    let mut taken = [0; 5];
    converter.read_exact(&mut taken).await.unwrap();
    assert_eq!(&taken, b"again");
}

#[tokio::test]
async fn a_connection_that_is_given_up_for_dead_is_called_again() {
    let (converter, mut link) = called().await;
    let (_dead, _) = converter.accept().await.unwrap();
    opened(&mut link.events).await;
    link.commands.send(LinkCommand::Renew).unwrap();
    assert!(lost(&mut link.events).await.contains("may be dead"));
    let (mut alive, _) = converter.accept().await.unwrap();
    opened(&mut link.events).await;
    send(&link, b"?");
    let mut asked = [0];
    alive.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"?");
}

#[tokio::test(start_paused = true)]
async fn a_converter_that_takes_calls_but_hangs_up_on_each_is_called_ever_more_rarely() {
    let (listener, mut link) = called().await;
    let mut waits = Vec::new();
    let mut next_wait = async |speaks: bool| {
        let (mut converter, _) = listener.accept().await.unwrap();
        if speaks {
            converter.write_all(b"C").await.unwrap();
        }
        drop(converter);
        loop {
            if let LinkEvent::Lost { retry_in, .. } = next(&mut link.events).await {
                break retry_in.as_secs();
            }
        }
    };
    for speaks in [false, false, false, true, false] {
        waits.push(next_wait(speaks).await);
    }
    assert_eq!(waits, [1, 2, 4, 1, 2], "one that brought bytes is sound: then it begins anew");
}

#[tokio::test]
async fn the_line_of_a_converter_that_is_listened_to_is_its_own() {
    let (_listener, port) = converter().await;
    let mut link = tcp::open_listening("127.0.0.1", port, Clock::start()).await.unwrap();
    opened(&mut link.events).await;
    link.lines.send(LINE).unwrap();
    assert!(matches!(next(&mut link.events).await, LinkEvent::LineRefused { asked: LINE, .. }));
}

#[tokio::test]
async fn listening_to_a_converter_sends_nothing() {
    let (listener, port) = converter().await;
    let ListenLink { mut events, .. } = tcp::open_listening("127.0.0.1", port, Clock::start()).await.unwrap();
    let (mut converter, _) = listener.accept().await.unwrap();
    opened(&mut events).await;
    converter.write_all(b"\x1B[6n").await.unwrap();
    assert_eq!(received(&mut events, 4).await, b"\x1B[6n");
    drop(events);
    let mut sent = Vec::new();
    converter.read_to_end(&mut sent).await.unwrap();
    assert_eq!(sent, b"");
}
