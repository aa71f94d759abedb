//! Links over real pseudo-terminals and real sockets of this computer.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use meterscope::app::arming::Challenge;
use meterscope::app::session::{self, Opening, Recording, Role, Session, Simulation};
use meterscope::app::write_log::Keeper;
use meterscope::bus::{Errand, Intent, JobId, Status};
use meterscope::link::{Clock, Link, LinkCommand, LinkEvent, ListenLink, OpenError, listen, serial, tcp};
use meterscope::protocol::LineSettings;
use rstest::rstest;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{InputModes, tcgetattr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Receiver;

const LINE: LineSettings = LineSettings::n81(9600);

/// Every byte value, so that nothing the terminal layer could eat is left out.
fn all_bytes() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

/// The far side of a serial port: what would be the adapter and the meter.
struct Adapter {
    from_port: pipe::Receiver,
    to_port: pipe::Sender,
    path: PathBuf,
}

impl Adapter {
    fn plugged() -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        rustix::io::ioctl_fionbio(&master, true).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap().into();
        let master = File::from(master);
        let to_port = pipe::Sender::from_file_unchecked(master.try_clone().unwrap()).unwrap();
        Self { from_port: pipe::Receiver::from_file_unchecked(master).unwrap(), to_port, path }
    }

    fn name(&self) -> &str {
        self.path.to_str().unwrap()
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.to_port.write_all(bytes).await.unwrap();
    }

    async fn read(&mut self, count: usize) -> Vec<u8> {
        let mut taken = vec![0; count];
        self.from_port.read_exact(&mut taken).await.unwrap();
        taken
    }

    /// The speed the near side has set.
    fn baud(&self) -> u32 {
        tcgetattr(&self.to_port).unwrap().output_speed()
    }
}

async fn next(events: &mut Receiver<LinkEvent>) -> LinkEvent {
    events.recv().await.expect("the link goes on")
}

async fn opened(events: &mut Receiver<LinkEvent>) -> (String, Option<LineSettings>) {
    match next(events).await {
        LinkEvent::Opened { peer, line, .. } => (peer, line),
        other => panic!("opened was expected: {other:?}"),
    }
}

async fn lost(events: &mut Receiver<LinkEvent>) -> String {
    match next(events).await {
        LinkEvent::Lost { why, .. } => why,
        other => panic!("lost was expected: {other:?}"),
    }
}

/// Bytes as they come, in as many pieces as they come in.
async fn received(events: &mut Receiver<LinkEvent>, count: usize) -> Vec<u8> {
    let mut taken = Vec::new();
    while taken.len() < count {
        match next(events).await {
            LinkEvent::Received { bytes, .. } => taken.extend(bytes),
            LinkEvent::Sent { .. } => {}
            other => panic!("bytes were expected: {other:?}"),
        }
    }
    taken
}

fn send(link: &Link, bytes: &[u8]) {
    link.commands.send(LinkCommand::Send(bytes.to_vec())).unwrap();
}

/// A session on a link, and what comes of raw bytes sent on it.
struct Bench(Session);

impl Bench {
    fn on(link: &str) -> Self {
        Self(session::open(Opening {
            name: link.parse().unwrap(),
            role: Role::Talk,
            line: LINE,
            decoder: None,
            recording: Recording::None,
            keys: Vec::new(),
            zone: None,
            simulation: Simulation::default(),
            before: None,
        }))
    }

    fn send(&self, bytes: &[u8]) {
        let listen = Duration::from_millis(100);
        let permit = Challenge::Yes.answer("yes").unwrap().permit(Keeper::default());
        let errand = Box::new(Errand::raw_permitted(bytes.to_vec(), listen, permit));
        self.0.send(Intent::Run { job: JobId(1), errand });
    }

    /// How things stand, once something is so.
    async fn status(&mut self, is_so: impl FnMut(&Status) -> bool) -> Status {
        self.0.status.wait_for(is_so).await.unwrap().clone()
    }
}

// Serial ports.

#[tokio::test]
async fn seven_bits_go_over_a_terminal_that_has_eight() {
    let mut meter = Adapter::plugged();
    let mut bench = Bench::on(&format!("{}?line=9600-7E1", meter.name()));
    bench.send(b"/?!\r\n");
    assert_eq!(meter.read(5).await, [0xAF, 0x3F, 0x21, 0x8D, 0x0A]);
    meter.write(&[0xAF, 0xD4, 0x51]).await;
    let status = bench.status(|status| status.counters.bytes_in == 3).await;
    assert!(status.soft_parity);
    let status = bench.status(|status| status.counters.noise_bytes == 3).await;
    assert_eq!(status.counters.line_errors.parity, 1);
    assert_eq!(status.line, Some(LINE));
}

#[tokio::test]
async fn parity_in_software_can_be_forbidden() {
    let mut meter = Adapter::plugged();
    let mut bench = Bench::on(&format!("{}?line=9600-7E1&soft-parity=off", meter.name()));
    bench.send(b"/?!\r\n");
    assert_eq!(meter.read(5).await, b"/?!\r\n");
    assert!(!bench.status(|status| status.counters.bytes_out == 5).await.soft_parity);
}

#[tokio::test]
async fn a_serial_port_passes_every_byte_both_ways() {
    let mut adapter = Adapter::plugged();
    let mut link = serial::open(adapter.name(), LINE, Clock::start()).unwrap();
    assert_eq!(opened(&mut link.events).await, (adapter.name().to_owned(), Some(LINE)));

    adapter.write(&all_bytes()).await;
    assert_eq!(received(&mut link.events, 256).await, all_bytes());

    send(&link, &all_bytes());
    assert_eq!(adapter.read(256).await, all_bytes());
}

/// What looks like the marks the system makes of damaged bytes, and like a doubled FF.
const LIKE_MARKS: &[u8] = &[0xFF, 0xFF, 0x00, 0xFF, 0x00, 0x00, 0xFF, 0x00, 0x41, 0xFF];

/// Takes so many bytes, of which none is damaged.
async fn received_undamaged(events: &mut Receiver<LinkEvent>, count: usize) -> Vec<u8> {
    let mut taken = Vec::new();
    while taken.len() < count {
        match next(events).await {
            LinkEvent::Received { bytes, damage, .. } => {
                assert_eq!(damage, []);
                taken.extend(bytes);
            }
            LinkEvent::Sent { .. } => {}
            other => panic!("bytes were expected: {other:?}"),
        }
    }
    taken
}

#[tokio::test]
async fn a_port_opened_for_listening_takes_line_settings_and_nothing_else() {
    let adapter = Adapter::plugged();
    let mut link = serial::open_listening(adapter.name(), LINE, Clock::start()).unwrap();
    opened(&mut link.events).await;
    link.lines.send(LineSettings::n81(115_200)).unwrap();
    let event = next(&mut link.events).await;
    assert!(
        matches!(event, LinkEvent::LineSet { line, .. } if line == LineSettings::n81(115_200)),
        "{event:?}"
    );
    assert_eq!(adapter.baud(), 115_200);
}

#[rstest]
#[case::at_once(10)]
#[case::in_threes(3)]
#[case::in_pairs(2)]
#[case::one_by_one(1)]
#[tokio::test]
async fn bytes_that_look_like_marks_of_damage_pass_a_serial_port_both_ways(#[case] chunk: usize) {
    let mut adapter = Adapter::plugged();
    let mut link = serial::open(adapter.name(), LINE, Clock::start()).unwrap();
    opened(&mut link.events).await;
    for chunk in LIKE_MARKS.chunks(chunk) {
        adapter.write(chunk).await;
        assert_eq!(received_undamaged(&mut link.events, chunk.len()).await, chunk);
        send(&link, chunk);
        assert_eq!(adapter.read(chunk.len()).await, chunk);
    }
}

#[rstest]
#[case::at_once(10)]
#[case::in_threes(3)]
#[case::one_by_one(1)]
#[tokio::test]
async fn bytes_that_look_like_marks_of_damage_are_heard_as_they_are(#[case] chunk: usize) {
    let mut adapter = Adapter::plugged();
    let ListenLink { mut events, .. } = serial::open_listening(adapter.name(), LINE, Clock::start()).unwrap();
    opened(&mut events).await;
    for chunk in LIKE_MARKS.chunks(chunk) {
        adapter.write(chunk).await;
        assert_eq!(received_undamaged(&mut events, chunk.len()).await, chunk);
    }
}

#[tokio::test]
async fn a_serial_port_is_asked_to_mark_damaged_bytes_and_goes_on_when_the_line_changes() {
    let adapter = Adapter::plugged();
    let mut link = serial::open(adapter.name(), LINE, Clock::start()).unwrap();
    opened(&mut link.events).await;
    let marks = InputModes::PARMRK | InputModes::INPCK;
    assert!(tcgetattr(&adapter.to_port).unwrap().input_modes.contains(marks));
    link.commands.send(LinkCommand::SetLine(LineSettings::n81(300))).unwrap();
    assert!(matches!(next(&mut link.events).await, LinkEvent::LineSet { .. }));
    let modes = tcgetattr(&adapter.to_port).unwrap().input_modes;
    assert!(modes.contains(marks) && !modes.contains(InputModes::IGNPAR));
}

#[tokio::test(start_paused = true)]
async fn a_request_on_a_serial_port_is_told_when_its_last_bit_has_left() {
    let mut adapter = Adapter::plugged();
    let clock = Clock::start();
    let mut link = serial::open(adapter.name(), LINE, clock).unwrap();
    opened(&mut link.events).await;
    let written_after = clock.now();
    send(&link, &[0x55; 96]);
    let LinkEvent::Sent { at } = next(&mut link.events).await else { panic!("sent was expected") };
    assert!(at.since(written_after) >= LINE.wire_time(96));
    assert_eq!(adapter.read(96).await, [0x55; 96]);
}

#[tokio::test]
async fn the_line_changes_without_opening_the_port_again() {
    let mut adapter = Adapter::plugged();
    let mut link = serial::open(adapter.name(), LineSettings::n81(300), Clock::start()).unwrap();
    opened(&mut link.events).await;
    assert_eq!(adapter.baud(), 300);
    adapter.write(b"before").await;
    let mut heard = Vec::new();
    for baud in [9600, 10400] {
        let asked = LineSettings::n81(baud);
        link.commands.send(LinkCommand::SetLine(asked)).unwrap();
        loop {
            match next(&mut link.events).await {
                LinkEvent::LineSet { line: in_force, .. } => {
                    assert_eq!(in_force, asked);
                    break;
                }
                LinkEvent::Received { bytes, .. } => heard.extend_from_slice(&bytes),
                other => panic!("the line was to change: {other:?}"),
            }
        }
        assert_eq!(adapter.baud(), baud);
    }
    adapter.write(b"after").await;
    heard.extend(received(&mut link.events, 11 - heard.len()).await);
    assert_eq!(heard, b"beforeafter", "nothing is lost while the line changes");
}

#[tokio::test]
async fn what_is_really_in_force_is_told_of_a_port_that_cannot_have_seven_bits() {
    let adapter = Adapter::plugged();
    let mut link = serial::open(adapter.name(), LineSettings::e71(300), Clock::start()).unwrap();
    assert_eq!(opened(&mut link.events).await.1, Some(LineSettings::n81(300)));
    link.commands.send(LinkCommand::SetLine(LineSettings::e71(9600))).unwrap();
    let told = next(&mut link.events).await;
    assert!(matches!(told, LinkEvent::LineSet { line: LINE, .. }), "{told:?}");
}

#[tokio::test]
async fn a_port_in_use_is_busy_and_names_its_holder() {
    let adapter = Adapter::plugged();
    let mut link = serial::open(adapter.name(), LINE, Clock::start()).unwrap();
    opened(&mut link.events).await;
    let second = serial::open(adapter.name(), LINE, Clock::start());
    match second {
        Err(OpenError::Busy { what, .. }) if cfg!(target_os = "linux") => {
            assert!(what.contains(&std::process::id().to_string()), "{what}");
        }
        other => assert!(matches!(other, Err(OpenError::Busy { .. })), "{other:?}"),
    }
    link.commands.send(LinkCommand::Close).unwrap();
    assert!(matches!(next(&mut link.events).await, LinkEvent::Closed { .. }));
    assert!(serial::open(adapter.name(), LINE, Clock::start()).is_ok(), "a closed port is free again");
}

#[tokio::test]
async fn a_missing_port_and_a_file_are_told_apart() {
    let missing = serial::open("/dev/ttyMETERSCOPE9", LINE, Clock::start());
    assert!(matches!(missing, Err(OpenError::Missing { .. })), "{missing:?}");
    let file = tempfile::NamedTempFile::new().unwrap();
    for not_a_port in [file.path(), Path::new("/dev/null")] {
        let refused = serial::open(not_a_port.to_str().unwrap(), LINE, Clock::start());
        let Err(OpenError::Refused { what, .. }) = refused else { panic!("{not_a_port:?} is no port") };
        assert_eq!(what, "this is not a serial port");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unplugged_adapter_is_told_and_opened_again_under_its_link() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("meter");
    let plug = || {
        let adapter = Adapter::plugged();
        std::os::unix::fs::symlink(&adapter.path, &name).unwrap();
        adapter
    };
    let adapter = plug();
    let mut link = serial::open(name.to_str().unwrap(), LINE, Clock::start()).unwrap();
    opened(&mut link.events).await;

    std::fs::remove_file(&name).unwrap();
    drop(adapter);
    assert_eq!(lost(&mut link.events).await, "the port is gone: unplugged?");
    send(&link, b"for nobody");
    assert!(lost(&mut link.events).await.starts_with("waiting for "), "told once, not every second");

    let mut adapter = plug();
    assert_eq!(opened(&mut link.events).await.1, Some(LINE));
    send(&link, b"again");
    assert_eq!(adapter.read(5).await, b"again", "what was asked while it was away is not sent");
}

#[tokio::test]
async fn a_port_opened_for_listening_reads_and_cannot_be_written() {
    let mut adapter = Adapter::plugged();
    let ListenLink { mut events, .. } = serial::open_listening(adapter.name(), LINE, Clock::start()).unwrap();
    assert_eq!(opened(&mut events).await.1, Some(LINE));
    adapter.write(b"\x1B[6n").await;
    assert_eq!(received(&mut events, 4).await, b"\x1B[6n");
    #[cfg(target_os = "linux")]
    assert_eq!(access_modes(&adapter.path), [0], "O_RDONLY, so the system refuses every write");
}

/// The access modes (`O_ACCMODE`) by which this process has a file open.
#[cfg(target_os = "linux")]
fn access_modes(path: &Path) -> Vec<u32> {
    let files = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let ours = files.filter(|file| std::fs::read_link(file.path()).is_ok_and(|target| target == path));
    ours.map(|file| {
        let info = Path::new("/proc/self/fdinfo").join(file.file_name());
        let info = std::fs::read_to_string(info).unwrap();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap();
        u32::from_str_radix(flags.trim(), 8).unwrap() & 0b11
    })
    .collect()
}

/// With the clock paused an idle runtime leaps from timer to timer: a link that polled would park it over and
/// over in that hour.
#[tokio::test(start_paused = true)]
async fn idle_links_never_wake_the_runtime() {
    let adapter = Adapter::plugged();
    let mut link = serial::open(adapter.name(), LINE, Clock::start()).unwrap();
    opened(&mut link.events).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut call = tcp::open("127.0.0.1", port, Clock::start()).await.unwrap();
    let _converter = listener.accept().await.unwrap();
    opened(&mut call.events).await;
    let (_callers, _) = listen::open("127.0.0.1", 0, Clock::start()).await.unwrap();

    let parks = || tokio::runtime::Handle::current().metrics().worker_park_count(0);
    let before = parks();
    tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    let woken = parks() - before;
    assert!(woken < 20, "{woken} times in an hour");
}

// Converters that are called.

#[tokio::test]
async fn a_converter_passes_every_byte_both_ways() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut link = tcp::open("127.0.0.1", address.port(), Clock::start()).await.unwrap();
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
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut link = tcp::open("127.0.0.1", port, Clock::start()).await.unwrap();
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
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
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
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut link = tcp::open("127.0.0.1", port, Clock::start()).await.unwrap();
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
    let converter = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = converter.local_addr().unwrap().port();
    let mut link = tcp::open("127.0.0.1", port, Clock::start()).await.unwrap();
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
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut link = tcp::open("127.0.0.1", port, Clock::start()).await.unwrap();
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
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut link = tcp::open_listening("127.0.0.1", port, Clock::start()).await.unwrap();
    opened(&mut link.events).await;
    link.lines.send(LINE).unwrap();
    assert!(matches!(next(&mut link.events).await, LinkEvent::LineRefused { asked: LINE, .. }));
}

#[tokio::test]
async fn listening_to_a_converter_sends_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
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

// Converters that call.

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
