//! Who may speak, headless: a line on which another master asks, and meters that only push.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use meterscope::meter::MODELS;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::run;
use super::simulator::simulate;

/// A master's question to the CE307 no. 13462.
const QUESTION: &[u8] =
    &[0xC0, 0x48, 0x96, 0x34, 0xFD, 0x00, 0x00, 0x00, 0x00, 0x00, 0xD2, 0x01, 0x30, 0x00, 0x00, 0x40, 0xC0];
/// The answer of the CE307, without its question.
const ANSWER: &[u8] = &[
    0xC0, 0x48, 0xFD, 0x00, 0x96, 0x34, 0x57, 0x01, 0x30, 0x00, 0x09, 0x22, 0xEC, 0x8B, 0x04, 0x00, 0x1B,
    0xC0,
];
const METER: &[&str] = &["--model", "mercury-206", "--address", "11200294"];

/// A converter on whose line `said` is heard as soon as it is called; how many bytes it was given.
fn line(said: &'static [u8]) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("tcp://{}", listener.local_addr().unwrap());
    let given = Arc::new(AtomicU64::new(0));
    let count = given.clone();
    std::thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        peer.write_all(said).unwrap();
        tally(peer, &count);
    });
    (place, given)
}

/// Counts what is read until the far side has gone.
fn tally(mut from: impl Read, count: &AtomicU64) {
    let mut chunk = [0; 1024];
    loop {
        match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(bytes) => count.fetch_add(bytes as u64, Ordering::SeqCst),
            Err(error) if error.kind() == ErrorKind::Interrupted => 0,
            Err(_) => break,
        };
    }
}

fn given(count: &AtomicU64) -> u64 {
    count.load(Ordering::SeqCst)
}

#[test]
fn with_listen_nothing_is_sent_where_another_master_asks_and_the_code_is_7() {
    for command in [&["read"][..], &["send"]] {
        let (place, count) = line(QUESTION);
        let ran = run(&[command, &[place.as_str(), "--listen"], METER, &["energy"]].concat());
        assert_eq!(ran.code, Some(7), "{ran:?}");
        assert!(ran.stderr.contains("Another master asks on this line (13462): nothing was sent"), "{ran:?}");
        assert_eq!(given(&count), 0);
    }
    let (place, count) = line(QUESTION);
    let ran = run(&["send", &place, "--listen", "--raw", "00 06 47 5E 27 EC E7"]);
    assert_eq!((ran.code, given(&count)), (Some(7), 0), "{ran:?}");
}

#[test]
fn with_listen_the_request_goes_out_where_no_master_was_heard() {
    let (place, count) = line(ANSWER);
    let ran = run(&[&["read", &place, "--listen=300ms", "--retries", "0"], METER, &["energy"]].concat());
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert_eq!(given(&count), 7, "one request: {ran:?}");
}

#[test]
fn without_it_a_person_is_told_once_and_the_request_goes_out_in_a_pause() {
    let (place, count) = line(QUESTION);
    let ran = run(&[&["read", &place, "--retries", "1"], METER, &["energy"]].concat());
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert_eq!(ran.stderr.matches("Another master asks on this line (13462)").count(), 1, "{ran:?}");
    assert_eq!(given(&count), 14, "two requests");
}

/// The ids of the models that only push.
fn push_models() -> Vec<&'static str> {
    let pushes = |model: &&&meterscope::meter::Model| {
        !model.default_reads.is_empty()
            && model.default_reads.iter().all(|preset| preset.command == "telegram")
    };
    MODELS.iter().filter(pushes).map(|model| model.id).collect()
}

/// Carries what a simulated meter says to a listener, and counts what comes back.
fn relayed(model: &str, is_port: bool) -> (String, Arc<AtomicU64>, super::simulator::Simulator) {
    let simulator = simulate(&["--listen", "tcp://127.0.0.1:0", "--model", model]);
    let target = simulator.place.trim_start_matches("tcp://").to_owned();
    let count = Arc::new(AtomicU64::new(0));
    let tallied = count.clone();
    if is_port {
        let master: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let master = std::fs::File::from(master);
        let far = master.try_clone().unwrap();
        std::thread::spawn(move || tally(far, &tallied));
        std::thread::spawn(move || carry(TcpStream::connect(target).unwrap(), master));
        return (name, count, simulator);
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("tcp://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (near, _) = listener.accept().unwrap();
        let far = near.try_clone().unwrap();
        std::thread::spawn(move || tally(far, &tallied));
        carry(TcpStream::connect(target).unwrap(), near);
    });
    (place, count, simulator)
}

fn carry(mut from: impl Read, mut to: impl Write) {
    let mut chunk = [0; 1024];
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        if to.write_all(&chunk[..count]).is_err() {
            break;
        }
    }
}

#[test]
fn a_meter_that_only_pushes_is_given_no_byte_by_whoever_reads_or_sniffs() {
    let models = push_models();
    assert!(models.len() > 5, "{models:?}");
    for model in models {
        for is_port in [false, true] {
            let (place, count, _simulator) = relayed(model, is_port);
            let ran = run(&["read", &place, "--model", model, "telegram", "wait=1"]);
            assert!(ran.code.is_some(), "{model}: {ran:?}");
            assert_eq!(given(&count), 0, "read {place} of {model}: {ran:?}");
            let (place, count, _simulator) = relayed(model, is_port);
            let ran = run(&["sniff", &place, "--model", model, "--for", "200ms"]);
            assert_eq!((ran.code, given(&count)), (Some(0), 0), "sniff {place} of {model}: {ran:?}");
        }
    }
}

/// The call of a meter that wants every frame acknowledged: `SND_NKE` to address 240.
const CALL: &[u8] = &[0x10, 0x40, 0xF0, 0x30, 0x16];
/// What it pushes once it was acknowledged, in clear: 684571 Wh.
const PUSH: &[u8] = &[
    0x68, 0x17, 0x17, 0x68, 0x53, 0xF0, 0x5B, 0x00, 0x00, 0x00, 0x00, 0x2D, 0x4C, 0x01, 0x0E, 0x01, 0x00,
    0x00, 0x00, 0x2F, 0x2F, 0x04, 0x03, 0x1B, 0x72, 0x0A, 0x00, 0x23, 0x16,
];

/// A meter that calls until it is acknowledged, and then pushes; what it was given.
fn calling() -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("tcp://{}", listener.local_addr().unwrap());
    let given = Arc::new(Mutex::new(Vec::new()));
    let kept = given.clone();
    std::thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        peer.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut chunk = [0; 64];
        while peer.write_all(if kept.lock().unwrap().is_empty() { CALL } else { PUSH }).is_ok() {
            match peer.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => kept.lock().unwrap().extend_from_slice(&chunk[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => break,
            }
        }
    });
    (place, given)
}

const AMIS: &[&str] = &["--model", "siemens-td3511"];

#[test]
fn an_allowed_acknowledgement_reaches_a_meter_that_only_pushes() {
    let (place, given) = calling();
    let ran = run(&[&["send", &place], AMIS, &["acknowledge", "wait=60", "--allow-write"]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("684571 Wh"), "{ran:?}");
    let given = given.lock().unwrap();
    assert!(!given.is_empty() && given.iter().all(|byte| *byte == 0xE5), "{given:02X?}");
}

#[test]
fn a_meter_that_wants_to_be_acknowledged_is_given_no_byte_unless_that_is_allowed() {
    for what in
        [&["read", "telegram", "wait=1"][..], &["send", "telegram", "wait=1"], &["sniff", "--for", "1s"]]
    {
        let (place, given) = calling();
        let ran = run(&[&[what[0], place.as_str()], AMIS, &what[1..]].concat());
        assert!(ran.code.is_some(), "{ran:?}");
        assert!(given.lock().unwrap().is_empty(), "{what:?}: {ran:?}");
    }
}
