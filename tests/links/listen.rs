//! Converters that call.

use std::io;

use meterscope::link::{Clock, LinkCommand, LinkEvent, ListenLink, listen};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{lost, next, opened, received, send};

#[tokio::test]
async fn callers_are_served_one_after_the_other() {
    let (mut link, bound) = listen::open("127.0.0.1", 0, Clock::start()).await.unwrap();
    let mut first = TcpStream::connect(bound).await.unwrap();
    assert_eq!(opened(&mut link.events).await, (first.local_addr().unwrap().to_string(), None));

    let mut second = TcpStream::connect(bound).await.unwrap();
    second.write_all(b"second").await.unwrap();
    first.write_all(b"first").await.unwrap();
    assert_eq!(received(&mut link.events, 5).await, b"first", "the second waits");

    drop(first);
    assert_eq!(lost(&mut link.events).await, "the far end closed the connection");
    assert_eq!(opened(&mut link.events).await.0, second.local_addr().unwrap().to_string());
    assert_eq!(received(&mut link.events, 6).await, b"second");
    send(&link, b"hello");
    let mut taken = [0; 5];
    second.read_exact(&mut taken).await.unwrap();
    assert_eq!(&taken, b"hello");
}

#[tokio::test]
async fn a_listening_link_takes_callers_and_sends_them_nothing() {
    let (ListenLink { mut events, .. }, bound) =
        listen::open_listening("127.0.0.1", 0, Clock::start()).await.unwrap();
    let mut caller = TcpStream::connect(bound).await.unwrap();
    opened(&mut events).await;
    caller.write_all(b"push").await.unwrap();
    assert_eq!(received(&mut events, 4).await, b"push");
    drop(events);
    let mut sent = Vec::new();
    let ended = caller.read_to_end(&mut sent).await;
    assert!(ended.is_ok() || ended.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset));
    assert_eq!(sent, b"");
}

#[tokio::test]
async fn a_closed_link_takes_no_more_callers() {
    let (mut link, bound) = listen::open("127.0.0.1", 0, Clock::start()).await.unwrap();
    link.commands.send(LinkCommand::Close).unwrap();
    assert!(matches!(next(&mut link.events).await, LinkEvent::Closed { .. }));
    assert_eq!(link.events.recv().await, None);
    assert!(TcpStream::connect(bound).await.is_err());
}
