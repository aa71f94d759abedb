//! Meters on a topic of a broker: published, listened to, read, also across a lost connection.

use std::net::SocketAddr;
use std::process::Stdio;

use meterscope::frame::{Secret, hex};
use meterscope::link::mqtt::{SignOn, open_listening};
use meterscope::link::{Clock, Endpoint, LinkName, OpenError};

use super::broker::{CLOSED, Client, OPEN, PASSWORD, Passed, Relay, USER};
use super::keys::{KEY, KeysFile, vector};
use super::simulator::simulate;
use super::sniff::told_of;
use super::{Ended, Run, json_lines, program, run, run_with};

const P1: [&str; 2] = ["--model", "dsmr5-p1"];
const KAIFA: [&str; 2] = ["--model", "kaifa-ma309"];

/// A telegram without a CRC, as of version 3.
const TELEGRAM: &[u8] = b"/ISk5\\2MT382-1003\r\n\r\n1-0:1.8.1(000002.641*kWh)\r\n!\r\n";

fn link(broker: SocketAddr, topic: &str) -> String {
    format!("mqtt://{broker}/{topic}")
}

/// The value of a register in what `read --json` printed.
fn value(run: &Run, code: &str) -> serde_json::Value {
    assert_eq!(run.code, Some(0), "{run:?}");
    let poll = json_lines(&run.stdout).remove(0);
    let readings = poll["readings"].as_array().unwrap();
    readings.iter().find(|reading| reading["code"] == code).unwrap()["value"].clone()
}

#[test]
fn what_simulated_meters_publish_is_read_as_bytes_and_as_hex() {
    let keys = KeysFile::with(KEY);
    let keys = ["--keys", &keys.path()];
    for payload in ["raw", "hex"] {
        let how = ["--payload", payload, "--set", "interval=1"];
        let topic = |meter: &str| link(*OPEN, &format!("meters/{payload}/{meter}"));
        let (p1, kaifa) = (topic("p1"), topic("kaifa"));
        let publish = |place: &str, meter: &[&str]| simulate(&[&["--publish", place], meter, &how].concat());
        let _p1 = publish(&p1, &[&P1[..], &["--set", "1.8.1=2979.641"]].concat());
        let _kaifa = publish(&kaifa, &[&KAIFA[..], &keys, &["--set", "1.8.0=2979641"]].concat());
        let read = run(&[&["read", &p1, "--json"], &P1[..]].concat());
        assert_eq!(value(&read, "1.8.1"), 2979.641);
        let read = run(&[&["read", &kaifa, "--json"], &KAIFA[..], &keys].concat());
        assert_eq!(value(&read, "1.8.0"), 2_979_641);
    }
}

#[test]
fn a_message_that_the_broker_has_kept_is_read_though_it_comes_before_anything_is_asked() {
    let mut client = Client::sign_on(*OPEN, "keeper");
    for (topic, payload) in
        [("kept/raw", TELEGRAM.to_vec()), ("kept/hex", hex::compact(TELEGRAM).into_bytes())]
    {
        client.publish(topic, &payload, true);
        let read = run(&["read", &link(*OPEN, topic), "--model", "dsmr-p1", "--json"]);
        assert_eq!(value(&read, "1.8.1"), 2.641);
    }
}

#[test]
fn a_real_push_is_read_from_a_topic() {
    let doc = vector("evn-kaifa-ma309-doc");
    let frames = hex::parse(doc["hex"].as_str().unwrap()).unwrap();
    let keys = KeysFile::with(doc["key"].as_str().unwrap());
    Client::sign_on(*OPEN, "real").publish("sensors/smartmeter", &frames, true);
    let place = link(*OPEN, "sensors/smartmeter");
    let read = run(&[&["read", &place, "--json", "--keys", &keys.path()], &KAIFA[..]].concat());
    assert_eq!(value(&read, "1.8.0"), 12_937);
}

#[test]
fn a_password_comes_from_the_environment_or_a_file_and_a_wrong_one_is_refused() {
    Client::sign_on(*CLOSED, "keeper").publish("closed", TELEGRAM, true);
    let place = format!("mqtt://{USER}@{}/closed", *CLOSED);
    let read = |variable: &str, value: &str| {
        let arguments = ["read", &place, "--model", "dsmr-p1", "--json"];
        run_with(program().args(arguments).env(variable, value))
    };
    assert_eq!(value(&read("METERSCOPE_MQTT_PASSWORD", PASSWORD), "1.8.1"), 2.641);
    let file = KeysFile::of(&[]);
    std::fs::write(file.path(), format!("{PASSWORD}\n")).unwrap();
    assert_eq!(value(&read("METERSCOPE_MQTT_PASSWORD_FILE", &file.path()), "1.8.1"), 2.641);
    for refused in [read("METERSCOPE_MQTT_PASSWORD", "erraten"), read("NOTHING", "")] {
        assert_eq!(refused.code, Some(3), "{refused:?}");
        assert!(refused.stderr.contains("METERSCOPE_MQTT_PASSWORD_FILE"), "{refused:?}");
        assert!(!refused.stderr.contains("erraten"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_an_error_of_its_own_type_and_a_right_one_is_none() {
    let name: LinkName = format!("mqtt://{USER}@{}/closed", *CLOSED).parse().unwrap();
    let Endpoint::Mqtt(topic) = name.place else { panic!("no topic") };
    let open = async |password: &[u8]| {
        let sign_on = SignOn { password: Some(Secret::new(password.to_vec())) };
        open_listening(&topic, sign_on, Clock::start()).await
    };
    let refused = open(b"erraten").await;
    assert!(
        matches!(&refused, Err(OpenError::Refused { what, .. }) if what.contains("sign-on")),
        "{refused:?}"
    );
    assert!(open(PASSWORD.as_bytes()).await.is_ok());
}

#[test]
fn nothing_can_be_asked_of_a_topic() {
    let place = link(*OPEN, "nobody");
    let asked = run(&["read", &place, "--model", "mercury-200", "--address", "411486"]);
    assert_eq!(asked.code, Some(3), "{asked:?}");
    assert!(asked.stderr.contains("this link is only listened to"), "{asked:?}");
}

#[test]
fn a_connection_lost_in_mid_stream_costs_nothing_that_was_delivered() {
    let relay = Relay::breaking_off_after(40);
    let place = link(relay.place, "stream");
    let listener = Ended(
        program()
            .args(["sniff", &place, "--reconnect", "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let mut client = Client::sign_on(*OPEN, "streamer");
    let mut publish = |numbers: std::ops::Range<u32>| {
        for number in numbers {
            let payload = [b"\xA5", number.to_be_bytes().as_slice()].concat();
            let is_text = number % 2 == 1;
            client.publish(
                "stream",
                &if is_text { hex::spaced(&payload).into_bytes() } else { payload },
                false,
            );
        }
    };
    assert_eq!(relay.next(), Passed::Subscribed);
    publish(0..100);
    let mut delivered = Vec::new();
    while let Passed::Published(payload) = relay.next() {
        delivered.push(payload);
    }
    assert_eq!(delivered.len(), 40, "then it broke off, and was called again");
    publish(100..130);
    while delivered.len() < 70 {
        let Passed::Published(payload) = relay.next() else { panic!("it was not to be lost again") };
        delivered.push(payload);
    }
    let numbers = (0..40).chain(100..130).map(|number: u32| format!("A5{number:08X}"));
    let told = told_of(70 * 5, listener);
    let heard: String = told.iter().map(|line| line["hex"].as_str().unwrap()).collect();
    assert_eq!(heard, numbers.collect::<String>());
}
