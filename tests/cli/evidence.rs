//! A capture that the disk does not take: said when it happens, with exit code 8.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use super::{Ended, run};

/// A disk that is full after so many blocks of 1024 bytes: no file may grow beyond, and the signal for that is ignored,
/// so that writing fails as it does on a full disk.
fn on_a_small_disk(blocks: u32, arguments: &[&str]) -> Command {
    let mut command = super::program_as("sh");
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", blocks * 2);
    command.args(["-c", &script, env!("CARGO_BIN_EXE_meterscope")]).args(arguments);
    command
}

/// A telegram without a checksum, of 200 bytes and more.
fn telegram(number: usize) -> String {
    let line = |code| format!("1-0:1.8.{code}({number:06}.{code:03}*kWh)\r\n");
    let lines = (1..9).map(line).collect::<Vec<_>>().concat();
    format!("/ISk5\\2MT382-1000\r\n\r\n{lines}!\r\n")
}

#[test]
fn a_capture_that_the_disk_does_not_take_is_said_when_it_happens_and_ends_with_its_code() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let link = format!("tcp://{}", listener.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let capture = folder.path().join("night.pcapng");
    let path = capture.to_str().unwrap();
    let arguments = ["sniff", &link, "--protocol", "dsmr-p1", "--capture", path];
    let mut sniff =
        Ended(on_a_small_disk(2, &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let (mut peer, _) = listener.accept().unwrap();
    let mut shown = BufReader::new(sniff.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    for number in 1..10 {
        peer.write_all(telegram(number).as_bytes()).unwrap();
        let last = format!("{number}.008");
        assert!(shown.any(|line| line.contains(&last)), "the view goes on to the last telegram");
    }
    let mut said = BufReader::new(sniff.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    // The peer has not hung up: it is said while the link is open.
    let first = said.next().unwrap();
    assert!(
        first.starts_with("meterscope: listening: the capture cannot be written: File too large; "),
        "{first}"
    );
    assert!(first.ends_with(" bytes are kept, what comes now is shown only"), "{first}");
    let process = rustix::process::Pid::from_child(&sniff.0);
    rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    assert_eq!(sniff.0.wait().unwrap().code(), Some(8));
    let rest: Vec<String> = said.collect();
    assert!(
        rest.iter().any(|line| line.contains("the capture lacks ") && line.contains(" bytes in 1 place")),
        "{rest:?}"
    );
    let kept = run(&["decode", path]);
    assert!(
        kept.stderr.contains("stands for a hole: ") && kept.code == Some(5),
        "the file says so itself: {kept:?}"
    );
}

#[test]
fn a_read_whose_capture_has_holes_prints_its_values_and_ends_with_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("read.pcapng");
    let arguments =
        ["read", "sim:", "--model", "energomera-ce307", "--json", "--capture", path.to_str().unwrap()];
    let run: super::Run = on_a_small_disk(1, &arguments).output().unwrap().into();
    assert_eq!(run.code, Some(8), "{run:?}");
    assert!(run.stdout.contains("\"1.8.0\""), "{run:?}");
    assert_eq!(run.stderr.matches("the capture cannot be written").count(), 1, "{run:?}");
}

#[test]
fn a_disk_that_is_full_from_the_start_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("read.pcapng");
    let arguments = ["read", "sim:", "--model", "energomera-ce307", "--capture", path.to_str().unwrap()];
    let run: super::Run = on_a_small_disk(0, &arguments).output().unwrap().into();
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:?}");
    assert!(run.stderr.contains("File too large"), "{run:?}");
    assert!(!path.exists(), "nothing is left behind");
}
