//! Listening on a bus where a master and a meter talk.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::simulator::{CE, MERCURY, simulate_tcp};
use super::{Ended, json_lines, program, run};

/// The far end of a serial port that a listener has open: what is written to it, the listener hears.
fn bus() -> (std::fs::File, String) {
    let master: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    (master.into(), name)
}

/// What goes over the wire: to the listener's port, and counted.
struct Ear {
    port: std::fs::File,
    bytes: u64,
}

/// Carries bytes one way until the end, and lets the bus hear them.
fn carry(mut from: TcpStream, mut to: TcpStream, heard: Arc<Mutex<Ear>>) {
    std::thread::spawn(move || {
        let mut chunk = [0; 1024];
        while let Ok(count @ 1..) = from.read(&mut chunk) {
            let mut ear = heard.lock().unwrap();
            ear.port.write_all(&chunk[..count]).unwrap();
            ear.bytes += count as u64;
            drop(ear);
            if to.write_all(&chunk[..count]).is_err() {
                break;
            }
        }
    });
}

/// Lets a master read a meter, and gives what a listener on the same wire printed meanwhile.
fn overheard(meter: &[&str], protocol: &str) -> Vec<serde_json::Value> {
    let simulator = simulate_tcp(meter);
    let (master, port) = bus();
    let folder = tempfile::tempdir().unwrap();
    let capture = folder.path().join("heard.pcapng");
    let listener = Ended(
        program()
            .args(["sniff", &port, "--json", "--protocol", protocol, "--capture", capture.to_str().unwrap()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    while !capture.exists() || std::fs::metadata(&capture).unwrap().len() == 0 {
        std::thread::yield_now();
    }
    let relay = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("tcp://{}", relay.local_addr().unwrap());
    let target = simulator.place.trim_start_matches("tcp://").to_owned();
    let heard = Arc::new(Mutex::new(Ear { port: master, bytes: 0 }));
    let ear = heard.clone();
    std::thread::spawn(move || {
        let (near, _) = relay.accept().unwrap();
        let far = TcpStream::connect(target).unwrap();
        carry(near.try_clone().unwrap(), far.try_clone().unwrap(), ear.clone());
        carry(far, near, ear);
    });
    let read = run(&[&["read", &place, "--json"], meter].concat());
    assert_eq!(read.code, Some(0), "{read:?}");
    let bytes = heard.lock().unwrap().bytes;
    told_of(bytes, listener)
}

/// What a listener prints until it has told of so many bytes; then it is told to end.
pub fn told_of(bytes: u64, mut listener: Ended) -> Vec<serde_json::Value> {
    let printed = BufReader::new(listener.0.stdout.take().unwrap());
    let (mut lines, mut told) = (Vec::new(), 0);
    for line in printed.lines() {
        lines.extend(json_lines(&line.unwrap()));
        told += lines.last().unwrap()["length"].as_u64().unwrap();
        if told >= bytes {
            break;
        }
    }
    let id = rustix::process::Pid::from_child(&listener.0);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    assert_eq!((told, listener.0.wait().unwrap().code()), (bytes, Some(0)));
    lines
}

/// A telegram without a CRC, as of version 3.
const TELEGRAM: &[u8] = b"/ISk5\\2MT382-1003\r\n\r\n1-0:1.8.1(000001.718*kWh)\r\n!\r\n";

/// A listener on a serial port for P1, once it has the port open and set.
fn listens_for_p1(far: &std::fs::File, port: &str, folder: &std::path::Path) -> Ended {
    let capture = folder.join("heard.pcapng");
    let arguments = ["sniff", port, "--model", "dsmr-p1", "--json", "--capture", capture.to_str().unwrap()];
    let child = program().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while baud(far) != 115_200 {
        std::thread::yield_now();
    }
    Ended(child)
}

/// The speed that the near side of a pseudo-terminal has set.
fn baud(far: &std::fs::File) -> u32 {
    rustix::termios::tcgetattr(far).unwrap().output_speed()
}

#[test]
fn a_listener_goes_on_with_the_line_settings_that_the_bytes_speak_for() {
    let folder = tempfile::tempdir().unwrap();
    let (mut far, port) = bus();
    let mut listener = listens_for_p1(&far, &port, folder.path());
    let mut remarks = BufReader::new(listener.0.stderr.take().unwrap()).lines();
    let mut printed = BufReader::new(listener.0.stdout.take().unwrap()).lines();
    let mut until = |said: &str| while !remarks.next().unwrap().unwrap().contains(said) {};
    far.write_all(&[0; 60]).unwrap();
    until("listening: looks like 9600 7E1 read at 115200 8N1");
    while baud(&far) != 9600 {
        std::thread::yield_now();
    }
    far.write_all(TELEGRAM).unwrap();
    until("the bytes make sense at 9600 7E1");
    let is_read = |line: &str| json_lines(line)[0]["readings"][0]["value"] == 1.718;
    while !is_read(&printed.next().unwrap().unwrap()) {}
}

#[test]
fn a_line_that_is_named_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (mut far, port) = bus();
    let mut listener = listens_for_p1(&far, &format!("{port}?line=115200-8N1"), folder.path());
    far.write_all(&[0; 60]).unwrap();
    let mut remarks = BufReader::new(listener.0.stderr.take().unwrap()).lines();
    let said = remarks.next().unwrap().unwrap();
    assert!(said.contains("the line is faster"), "{said}");
    assert_eq!(baud(&far), 115_200);
}

#[test]
fn a_listener_pairs_requests_with_replies_and_knows_their_tariff() {
    for (meter, protocol) in [(CE, "energomera-ce"), (MERCURY, "mercury200")] {
        let lines = overheard(meter, protocol);
        assert!(lines.iter().all(|line| line["noise"].is_null() && line["verdict"] == "good"), "{lines:?}");
        let directions: Vec<&str> = lines.iter().map(|line| line["direction"].as_str().unwrap()).collect();
        assert!(directions.len() >= 6 && directions.len().is_multiple_of(2), "{directions:?}");
        assert!(directions.chunks(2).all(|pair| pair == ["request", "reply"]), "{directions:?}");
        let readings = lines.iter().flat_map(|line| line["readings"].as_array().unwrap());
        let tariffs: Vec<(&str, u64)> = readings
            .filter(|reading| reading["unit"] == "kWh")
            .filter_map(|reading| Some((reading["code"].as_str()?, reading["tariff"].as_u64()?)))
            .collect();
        assert!(tariffs.contains(&("1.8.1", 1)) && tariffs.contains(&("1.8.2", 2)), "{tariffs:?}");
    }
}
