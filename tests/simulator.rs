//! Simulated meters served to other programs: real sockets and pseudo-terminals, without a look at the clock.

#![cfg(test)]

#[path = "support/clock.rs"]
mod clock;

use std::net::SocketAddr;
use std::time::Duration;

use clock::start_clock;
use meterscope::frame::At;
use meterscope::protocol::{LineSettings, Now, Output, Responder};
use meterscope::sim::fault::Faults;
use meterscope::sim::serve::{Reach, ServeError, dial, listen};
use meterscope::sim::{SharedBus, SimBus, SimMeter, Speed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// A meter that counts the lines it is asked with and answers each with the line and its number.
#[derive(Default)]
struct Counter {
    heard: Vec<u8>,
    count: u32,
    told: Option<Output>,
}

impl Responder for Counter {
    fn receive(&mut self, bytes: &[u8], now: Now) {
        self.heard.extend_from_slice(bytes);
        if self.heard.ends_with(b"\n") {
            self.count += 1;
            let line = String::from_utf8(std::mem::take(&mut self.heard)).unwrap();
            let bytes = format!("{} {}\n", line.trim(), self.count).into_bytes();
            self.told = Some(Output::Send { bytes, due: now.at + Duration::from_millis(5) });
        }
    }

    fn poll(&mut self, _: Now) -> Option<Output> {
        self.told.take()
    }

    fn deadline(&self) -> Option<At> {
        None
    }
}

fn counter() -> Vec<SimMeter> {
    let line = LineSettings::n81(115_200);
    vec![SimMeter::with_responder("counter", "1", line, Box::<Counter>::default())]
}

fn bus(faults: &[&str], speed: Speed) -> SharedBus {
    let bus = SimBus::new(counter()).with_faults(Faults::parse(faults, 1).unwrap()).with_speed(speed);
    bus.open_shared(start_clock())
}

async fn served(faults: &[&str], speed: Speed) -> SocketAddr {
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let (bound, serving) = listen(loopback, Reach::ThisComputer, bus(faults, speed)).await.unwrap();
    tokio::spawn(serving);
    bound
}

/// Asks a question of one line and gives the line that is answered. Fails when nothing comes for ten seconds.
async fn ask<S: AsyncReadExt + AsyncWriteExt + Unpin>(stream: &mut S, question: &str) -> String {
    stream.write_all(format!("{question}\n").as_bytes()).await.unwrap();
    read_line(stream).await
}

async fn read_line<S: AsyncReadExt + Unpin>(stream: &mut S) -> String {
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        let byte = timeout(Duration::from_secs(10), stream.read_u8()).await.expect("an answer").unwrap();
        line.push(byte);
    }
    String::from_utf8(line).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_client_is_answered_and_the_next_one_finds_the_same_meter() {
    let bound = served(&[], Speed::Real).await;
    for expected in ["hello 1", "hello 2"] {
        let mut client = TcpStream::connect(bound).await.unwrap();
        assert_eq!(ask(&mut client, "hello").await, expected);
    }
}

#[tokio::test]
async fn a_client_that_has_said_its_last_word_still_gets_the_answer() {
    let bound = served(&[], Speed::Real).await;
    let mut client = TcpStream::connect(bound).await.unwrap();
    client.write_all(b"hello\n").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(read_line(&mut client).await, "hello 1");
    let end = timeout(Duration::from_secs(10), client.read(&mut [0; 8])).await.expect("an end");
    assert_eq!(end.unwrap(), 0);
}

#[tokio::test]
async fn clients_that_ask_at_once_each_get_their_own_answer() {
    let bound = served(&[], Speed::Real).await;
    let mut asking = tokio::task::JoinSet::new();
    for name in ["anna", "boris", "clara"] {
        asking.spawn(async move {
            let mut client = TcpStream::connect(bound).await.unwrap();
            for _ in 0..5 {
                let answer = ask(&mut client, name).await;
                assert_eq!(answer.split(' ').next(), Some(name), "{answer}");
            }
        });
    }
    while let Some(result) = asking.join_next().await {
        result.unwrap();
    }
}

#[tokio::test]
async fn at_full_speed_many_questions_are_answered_in_order() {
    let bound = served(&[], Speed::Max).await;
    let mut client = TcpStream::connect(bound).await.unwrap();
    for number in 1..=500 {
        assert_eq!(ask(&mut client, "q").await, format!("q {number}"));
    }
}

#[tokio::test]
async fn faults_reach_the_client() {
    let bound = served(&["prefix=1:2A"], Speed::Max).await;
    let mut client = TcpStream::connect(bound).await.unwrap();
    assert_eq!(ask(&mut client, "hello").await, "*hello 1");
}

#[tokio::test]
async fn an_address_that_others_reach_must_be_allowed() {
    let everywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let refused = listen(everywhere, Reach::ThisComputer, bus(&[], Speed::Max)).await.err().unwrap();
    assert_eq!(refused, ServeError::Exposed(everywhere));
    assert!(refused.to_string().contains("127.0.0.1"));
    let (bound, _) = listen(everywhere, Reach::Network, bus(&[], Speed::Max)).await.unwrap();
    assert_ne!(bound.port(), 0);
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let bound = served(&[], Speed::Max).await;
    let error = listen(bound, Reach::ThisComputer, bus(&[], Speed::Max)).await.err().unwrap();
    assert!(error.to_string().starts_with(&format!("cannot listen on {bound}: ")), "{error}");
}

#[tokio::test]
async fn a_reset_connection_is_reset_and_callers_are_refused_until_it_is_back() {
    let bound = served(&["rst=once:1s"], Speed::Max).await;
    let mut client = TcpStream::connect(bound).await.unwrap();
    client.write_all(b"hello\n").await.unwrap();
    let end = timeout(Duration::from_secs(10), client.read_u8()).await.expect("an end").unwrap_err();
    assert_eq!(end.kind(), std::io::ErrorKind::ConnectionReset);
    let mut again = loop {
        match TcpStream::connect(bound).await {
            Ok(stream) => break stream,
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(ask(&mut again, "hello").await.starts_with("hello"));
}

#[tokio::test]
async fn a_closed_connection_is_closed_in_order() {
    let bound = served(&["fin=once"], Speed::Max).await;
    let mut client = TcpStream::connect(bound).await.unwrap();
    client.write_all(b"hello\n").await.unwrap();
    let end = timeout(Duration::from_secs(10), client.read(&mut [0; 8])).await.expect("an end");
    assert_eq!(end.unwrap(), 0);
}

#[tokio::test]
async fn dialling_out_serves_whoever_is_called_and_calls_again() {
    let host = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = host.local_addr().unwrap().to_string();
    tokio::spawn(async move { dial(&target, bus(&[], Speed::Max)).await });
    for expected in ["hello 1", "hello 2"] {
        let accepted = timeout(Duration::from_secs(10), host.accept()).await.expect("a call");
        let (mut stream, _) = accepted.unwrap();
        assert_eq!(ask(&mut stream, "hello").await, expected);
    }
}

#[cfg(unix)]
mod terminal {
    use std::fs;
    use std::io::{Read, Write};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    use meterscope::sim::serve::pty;

    use super::*;

    /// A directory for the symbolic link, and its path.
    fn place() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("meter");
        (directory, path)
    }

    /// Opens the terminal as a program without any care for terminals would, asks, reads and closes.
    async fn ask_once(path: &Path, question: &str) -> String {
        let (path, question) = (path.to_owned(), format!("{question}\n"));
        let asked = tokio::task::spawn_blocking(move || {
            let mut port = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
            port.write_all(question.as_bytes()).unwrap();
            let mut line = Vec::new();
            while line.last() != Some(&b'\n') {
                let mut byte = [0];
                port.read_exact(&mut byte).unwrap();
                line.extend(byte);
            }
            String::from_utf8(line).unwrap().trim().to_owned()
        });
        timeout(Duration::from_secs(10), asked).await.expect("an answer").unwrap()
    }

    #[tokio::test]
    async fn it_may_be_opened_and_closed_again_and_again() {
        let (_directory, path) = place();
        tokio::spawn(pty(&path, bus(&[], Speed::Real)).unwrap());
        for number in 1..=3 {
            assert_eq!(ask_once(&path, "hello").await, format!("hello {number}"));
        }
    }

    #[tokio::test]
    async fn bytes_pass_through_it_unchanged() {
        let (_directory, path) = place();
        tokio::spawn(pty(&path, bus(&["prefix=1:0D1103"], Speed::Max)).unwrap());
        assert_eq!(ask_once(&path, "\u{4}\u{1a}x").await, "\u{11}\u{3}\u{4}\u{1a}x 1");
    }

    #[tokio::test]
    async fn the_symbolic_link_goes_with_it() {
        let (_directory, path) = place();
        let serving = pty(&path, bus(&[], Speed::Max)).unwrap();
        assert!(fs::read_link(&path).unwrap().starts_with("/dev/"));
        drop(serving);
        assert!(fs::symlink_metadata(&path).is_err());
    }

    #[tokio::test]
    async fn what_an_earlier_run_left_is_replaced_and_a_file_is_not() {
        let (_directory, path) = place();
        std::os::unix::fs::symlink("/dev/pts/99999", &path).unwrap();
        let serving = pty(&path, bus(&[], Speed::Max)).unwrap();
        drop(serving);
        fs::write(&path, "mine").unwrap();
        let error = pty(&path, bus(&[], Speed::Max)).err().unwrap();
        assert_eq!(error, ServeError::Taken(path.clone()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }

    #[tokio::test]
    async fn an_unplugged_terminal_is_gone_and_another_one_takes_its_place() {
        let (_directory, path) = place();
        tokio::spawn(pty(&path, bus(&["unplug=once:200ms"], Speed::Max)).unwrap());
        let first = path.clone();
        let gone = tokio::task::spawn_blocking(move || {
            let mut port = fs::OpenOptions::new().read(true).write(true).open(first).unwrap();
            port.write_all(b"hello\n").unwrap();
            // The end of a terminal is an error or the end of the file, according to when it is met.
            port.read(&mut [0]).unwrap_or(0)
        });
        assert_eq!(timeout(Duration::from_secs(10), gone).await.expect("an end").unwrap(), 0);
        while fs::symlink_metadata(&path).is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(ask_once(&path, "hello").await.starts_with("hello"));
    }

    #[cfg(target_os = "linux")]
    /// Whether another user's program can open a terminal. Another user's, since root may open what is claimed.
    async fn others_can_open(path: &Path) -> bool {
        let terminal = fs::canonicalize(path).unwrap();
        fs::set_permissions(&terminal, fs::Permissions::from_mode(0o666)).unwrap();
        let mut open = opening(&terminal);
        if rustix::process::geteuid().is_root() {
            open.uid(65534);
        }
        tokio::task::spawn_blocking(move || open.status().unwrap().success()).await.unwrap()
    }

    #[cfg(target_os = "linux")]
    fn opening(terminal: &Path) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(": 3<>\"$0\"").arg(terminal).stderr(Stdio::null()).current_dir("/");
        command
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_client_that_claims_it_for_itself_does_not_keep_it_for_ever() {
        let (_directory, path) = place();
        tokio::spawn(pty(&path, bus(&[], Speed::Max)).unwrap());
        let port = fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
        rustix::termios::ioctl_tiocexcl(&port).unwrap();
        assert!(!others_can_open(&path).await);
        (&port).write_all(b"hello\n").unwrap();
        let read = tokio::task::spawn_blocking(move || (&port).read_exact(&mut [0; 8]));
        timeout(Duration::from_secs(10), read).await.expect("an answer").unwrap().unwrap();
        assert!(others_can_open(&path).await);
    }
}
