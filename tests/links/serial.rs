//! Serial ports.

use std::path::Path;

use meterscope::link::{Clock, LinkCommand, LinkEvent, ListenLink, OpenError, serial};
use meterscope::protocol::LineSettings;

use super::adapter::Adapter;
use super::{LINE, all_bytes, lost, next, opened, received, send};

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
