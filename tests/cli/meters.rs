//! Simulated meters by the clauses of what they can do, each through the program.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use meterscope::meter::{MODELS, Model, Order};
use meterscope::sim::fault::KINDS;
use rstest::rstest;

use super::simulator::{Simulator, simulate, simulate_tcp};
use super::{Run, file, run};

const NEVA: &[&str] = &["--model", "neva-mt324", "--address", "201"];

fn neva(set: &[&str]) -> Simulator {
    simulate_tcp(&[NEVA, set].concat())
}

/// Asks the simulated NEVA; the words after the address.
fn ask(simulator: &Simulator, what: &[&str]) -> Run {
    run(&[&["send", &simulator.place, "--allow-write"], NEVA, what].concat())
}

fn code(simulator: &Simulator, code: &str) -> Run {
    run(&[&["read", &simulator.place, "--plain"], NEVA, &["obis", &format!("code={code}")]].concat())
}

fn energy(place: &str, more: &[&str]) -> Run {
    run(&[&["read", place, "--plain"], NEVA, more, &["energy"]].concat())
}

/// The meter of a model, as arguments.
fn meter(model: &'static Model) -> Vec<&'static str> {
    let address: &[&str] = match model.address.order {
        _ if !model.address.has_address() => &[],
        Order::Text => &["--address", "00000001"],
        _ => &["--address", "17"],
    };
    [&["--model", model.id][..], address].concat()
}

#[test]
fn every_model_is_read_from_its_simulation() {
    let read = |model: &'static Model| {
        let meter = meter(model);
        let often: &[&str] = if model.address.has_address() { &[] } else { &["--set", "interval=1"] };
        let simulator = simulate_tcp(&[&meter[..], often].concat());
        run(&[&["read", &simulator.place, "--json"], &meter[..]].concat())
    };
    // AMIS wants to be answered.
    let models: Vec<&'static Model> =
        MODELS.iter().copied().filter(|model| model.id != "siemens-td3511").collect();
    // A push waits for its interval; they wait together.
    for models in models.chunks(12) {
        let threads: Vec<_> =
            models.iter().copied().map(|model| (model.id, std::thread::spawn(move || read(model)))).collect();
        for (id, thread) in threads {
            let run = thread.join().unwrap();
            assert_eq!(run.code, Some(0), "{id}: {run:?}");
            assert!(run.stdout.contains("kWh") || run.stdout.contains("Wh"), "{id}: {run:?}");
        }
    }
}

#[test]
fn a_range_of_codes_has_one_value() {
    let simulator = neva(&["--set", "0F.80.80*[00..02]=000001.00,000001.00,000000.00,000000.00,000000.00"]);
    for (wanted, value) in [("0F.80.80*01", "1.00"), ("0F.80.80*02", "1.00"), ("0f808003", "400.84")] {
        let run = code(&simulator, wanted);
        assert!(run.stdout.starts_with(value), "{wanted}: {run:?}");
    }
}

#[test]
fn a_code_that_a_meter_does_not_have_is_answered_with_its_error() {
    let run = code(&neva(&[]), "77.77.77*77");
    assert_eq!(run.code, Some(6), "{run:?}");
    assert!(run.stderr.contains("01"), "{run:?}");
}

#[test]
fn the_clock_stands_where_it_was_set_to_and_else_goes_with_the_computers() {
    let set = neva(&["--set", "00.09.02*FF=020528", "--set", "00.09.01*FF=141414"]);
    let run = ask(&set, &["clock"]);
    assert!(run.stdout.contains("2002-05-28") && run.stdout.contains("14:14:14"), "{run:?}");
    let year = jiff::Zoned::now().strftime("%Y").to_string();
    assert!(ask(&neva(&[]), &["clock"]).stdout.contains(&year));
}

#[test]
fn only_its_own_address_and_none_at_all_are_heard() {
    let simulator = neva(&[]);
    let asked = |address: &str| {
        let meter = ["--model", "neva-mt324", "--address", address, "--retries", "0"];
        run(&[&["read", &simulator.place], &meter[..], &["energy"]].concat()).code
    };
    assert_eq!(asked("00000201"), Some(0));
    assert_eq!(asked(""), Some(0));
    assert_eq!(asked("00000202"), Some(4));
}

#[test]
fn a_greeting_comes_before_the_dialogue() {
    let simulator = neva(&["--greeting", "imei:080255635", "--greeting", "version:1.0"]);
    let run = energy(&simulator.place, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let sniffed = super::run(&["sniff", &simulator.place, "--for", "1s", "--json"]);
    assert!(sniffed.stdout.contains("696D65693A3038303235353633350A76657273696F6E3A312E300A"), "{sniffed:?}");
}

#[rstest]
#[case("xor7")]
#[case("add7")]
fn both_checksums_are_understood(#[case] method: &str) {
    let set = format!("bcc={method}");
    let meter = ["--model", "iec62056-21"];
    let simulator = simulate_tcp(&[&meter[..], &["--set", &set]].concat());
    let run = run(&[&["read", &simulator.place], &meter[..]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn a_wrong_password_is_refused() {
    let (_folder, keys) = file("keys.toml", b"[[meter]]\npassword = \"12345678\"\n");
    #[cfg(unix)]
    std::fs::set_permissions(&keys, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let run = energy(&neva(&[]).place, &["--keys", &keys]);
    assert_eq!(run.code, Some(6), "{run:?}");
    assert!(run.stderr.contains("wrong password") && !run.stderr.contains("12345678"), "{run:?}");
}

#[test]
fn what_is_written_is_kept_where_writing_is_permitted() {
    let simulator = neva(&[]);
    assert_eq!(ask(&simulator, &["set-name", "value=KITCHEN"]).code, Some(0));
    assert!(ask(&simulator, &["name"]).stdout.contains("KITCHEN"));
    let sealed = neva(&["--set", "permission=off"]);
    assert_eq!(ask(&sealed, &["set-name", "value=KITCHEN"]).code, Some(6));
    assert!(!ask(&sealed, &["name"]).stdout.contains("KITCHEN"));
}

#[test]
fn a_meter_that_changes_its_speed_is_followed() {
    let meter = ["--model", "neva-mt324", "--address", "201"];
    let simulator = simulate_tcp(&meter);
    let optical = format!("{}?line=300-7E1", simulator.place);
    assert_eq!(run(&[&["read", &optical], &meter[..], &["energy"]].concat()).code, Some(0));
}

#[test]
fn a_7e1_meter_behind_an_8n1_converter_is_read_unless_parity_in_software_is_off() {
    let simulator = neva(&["--set", "parity=even"]);
    for (option, expected) in [("", 0), ("?soft-parity=auto", 0), ("?soft-parity=on", 0)] {
        let run = energy(&format!("{}{option}", simulator.place), &[]);
        assert_eq!(run.code, Some(expected), "{option}: {run:?}");
        assert!(run.stdout.starts_with("46.24\n31.14\n"), "{option}: {run:?}");
        assert!(!run.stderr.contains("parity"), "{option}: {run:?}");
    }
    let run = energy(&format!("{}?soft-parity=off", simulator.place), &["--retries", "0"]);
    assert_eq!(run.code, Some(4), "{run:?}");
}

#[test]
fn wrong_parity_bits_are_counted_and_told() {
    let simulator = neva(&["--set", "parity=even", "--fault", "flip=once@7"]);
    let run = energy(&simulator.place, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("received damaged: 1 parity error\n"), "{run:?}");
}

/// The answers of a session are the identification, the operand, the ACK to the password, and what was asked.
#[rstest]
#[case::wrong_password("replace=#3:15", 6, "password of neva-mt324")]
#[case::sign_off_after_the_password("replace=#3:0142300371", 6, "wrong password")]
#[case::sign_off_in_mid_session("replace=#4:0142300371", 6, "the meter ended the session")]
#[case::silent_in_mid_session("swallow=#4..", 4, "Active energy, total and tariffs of neva-mt324")]
#[case::a_nak_once("replace=#4:15", 0, "")]
#[case::an_old_answer_once("stale=#4", 0, "")]
fn faults_of_a_session_are_named_with_the_step_they_happen_in(
    #[case] fault: &str,
    #[case] exit: i32,
    #[case] says: &str,
) {
    let run = energy(&neva(&["--fault", fault]).place, &["--retries", "1"]);
    assert_eq!(run.code, Some(exit), "{run:?}");
    assert!(run.stderr.contains(says), "{run:?}");
    assert_eq!(run.stdout.starts_with("46.24\n"), exit == 0, "{run:?}");
}

#[test]
fn the_help_lists_every_fault() {
    let help = run(&["simulate", "--help"]).stdout;
    for kind in KINDS {
        assert!(help.contains(&format!("\n  {:13} ", kind.name)), "{}", kind.name);
    }
}

/// A broker that takes one caller and what it publishes.
struct Broker {
    listener: TcpListener,
}

impl Broker {
    fn new() -> (Self, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        (Self { listener }, port)
    }

    /// The first message: its topic and its payload.
    fn first_message(&self) -> (String, Vec<u8>) {
        let (mut stream, _) = self.listener.accept().unwrap();
        assert_eq!(packet(&mut stream).0, 0x10, "CONNECT");
        stream.write_all(&[0x20, 2, 0, 0]).unwrap();
        let (kind, body) = packet(&mut stream);
        assert_eq!(kind, 0x32, "PUBLISH, at least once");
        let length = usize::from(u16::from_be_bytes([body[0], body[1]]));
        stream.write_all(&[0x40, 2, body[2 + length], body[3 + length]]).unwrap();
        (String::from_utf8(body[2..2 + length].to_vec()).unwrap(), body[4 + length..].to_vec())
    }
}

/// The next packet: its first byte, and what follows the length (MQTT 3.1.1, section 2.2.3).
fn packet(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut byte = [0];
    stream.read_exact(&mut byte).unwrap();
    let (kind, mut length, mut shift) = (byte[0], 0, 0);
    loop {
        stream.read_exact(&mut byte).unwrap();
        length |= usize::from(byte[0] & 0x7F) << shift;
        shift += 7;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (kind, body)
}

#[rstest]
#[case::bytes("raw")]
#[case::hex("hex")]
fn what_a_meter_pushes_is_published_one_push_a_message(#[case] payload: &str) {
    let (broker, port) = Broker::new();
    let link = format!("mqtt://127.0.0.1:{port}/sensors/smartmeter");
    let serving = std::thread::spawn(move || broker.first_message());
    let simulator = simulate(&[
        "--publish",
        &link,
        "--payload",
        payload,
        "--model",
        "kaifa-ma309",
        "--set",
        "interval=1",
        "--set",
        "1.8.0=2979641",
    ]);
    assert_eq!(simulator.place, link);
    let (topic, message) = serving.join().unwrap();
    assert_eq!(topic, "sensors/smartmeter");
    let text = if payload == "hex" {
        String::from_utf8(message).unwrap()
    } else {
        message.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"))
    };
    let decoded = run(&["decode", "--hex", &text, "--protocol", "dlms-mbus", "--json"]);
    assert_eq!(decoded.code, Some(0), "{decoded:?}");
    assert!(decoded.stdout.contains("2979641"), "{decoded:?}");
}

#[test]
fn a_topic_is_for_meters_that_speak_by_themselves() {
    let run = run(&[&["simulate", "--publish", "mqtt://127.0.0.1:1/topic"], NEVA].concat());
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("speak by themselves"), "{run:?}");
}
