//! What a simulated meter can be told, and what it does not do by itself.

use crate::frame::At;
use crate::protocol::iec62056_21::{EKT, Iec, NEVA_3};
use crate::protocol::{Address, Dialect, Family as _, LineSettings, Now, Output, Responder, Setup, Weight};

fn setup(dialect: Dialect, values: &[(&str, &str)]) -> Setup {
    Setup {
        model: "",
        dialect,
        address: Address::textual("00000201"),
        serial: "60089784".into(),
        password: None,
        line: LineSettings::e71(9600),
        keys: Vec::new(),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

fn now(millis: u64) -> Now {
    Now {
        at: At::from_millis(millis),
        wall: jiff::civil::date(2024, 5, 15).at(12, 0, 0, 0),
        ahead_minutes: 0,
        is_summer: false,
    }
}

/// What the meter says to bytes.
fn say(meter: &mut dyn Responder, bytes: &[u8]) -> Vec<u8> {
    meter.receive(bytes, now(0));
    let mut said = Vec::new();
    while let Some(told) = meter.poll(now(0)) {
        if let Output::Send { bytes, .. } = told {
            said.extend(bytes);
        }
    }
    said
}

fn open(meter: &mut dyn Responder) {
    say(meter, b"/?!\r\n");
    say(meter, b"\x06051\r\n");
    assert_eq!(say(meter, b"\x01P1\x02(00000000)\x03a"), [6]);
}

#[test]
fn it_answers_its_own_address_and_the_form_without_one() {
    let mut meter = Iec.responder(&setup(NEVA_3, &[])).unwrap();
    assert_eq!(say(&mut *meter, b"/?00000202!\r\n"), b"");
    assert_eq!(say(&mut *meter, b"/?201!\r\n"), b"/TPC5NEVAMT324.2303\r\n");
    assert_eq!(say(&mut *meter, b"\x01B0\x03q/?!\r\n"), b"/TPC5NEVAMT324.2303\r\n");
}

#[test]
fn values_are_set_by_code_by_range_and_by_item() {
    let values = [
        ("63.01.00*[00..7F]", "00001"),
        ("1.8.2", "000099.99"),
        ("600104FF", "X"),
        ("00.09.02*FF", "020528"),
    ];
    let mut meter = Iec.responder(&setup(NEVA_3, &values)).unwrap();
    open(&mut *meter);
    let mut read = |code: &str| {
        let frame = super::super::compose::seal(
            format!("\x01R1\x02{code}()").into_bytes(),
            super::super::bcc::Rule::Xor7,
        );
        let said = say(&mut *meter, &frame);
        String::from_utf8_lossy(&said[1..said.len() - 2]).into_owned()
    };
    assert_eq!(read("6301007F"), "6301007F(00001)");
    assert_eq!(read("0F0880FF"), "0F0880FF(000046.24,000031.14,000099.99,000000.00,000000.00)");
    assert_eq!(read("600104FF"), "600104FF(X)");
    assert_eq!(read("000902FF"), "000902FF(020528)", "a date that was set stands still");
    assert_eq!(read("000901FF"), "000901FF(120000)", "the time runs on");
    assert_eq!(read("12345678"), "(01)");
}

#[test]
fn what_it_cannot_have_is_named() {
    for (name, value) in [
        ("nonsense", "1"),
        ("63.01.00*[7F..00]", "1"),
        ("bcc", "crc"),
        ("600104FF", "a)b"),
        ("99.99.99", "1"),
    ] {
        let error = Iec.responder(&setup(NEVA_3, &[(name, value)])).err().expect("refused");
        assert_eq!(error.name, name);
    }
}

#[test]
fn a_damaged_command_gets_a_nak_and_wrong_parity_nothing() {
    let mut meter = Iec.responder(&setup(NEVA_3, &[])).unwrap();
    open(&mut *meter);
    assert_eq!(say(&mut *meter, b"\x01R1\x02600104FF()\x03a"), [0x15]);
    let mut meter = Iec.responder(&setup(NEVA_3, &[])).unwrap();
    let mut request = *b"/?!\r\n";
    Weight::Even.apply(&mut request);
    let mut answer = b"/TPC5NEVAMT324.2303\r\n".to_vec();
    Weight::Even.apply(&mut answer);
    assert_eq!(say(&mut *meter, &request), answer, "parity in software is answered so");
    request[1] ^= 0x80;
    assert_eq!(say(&mut *meter, &request), b"");
}

#[test]
fn a_session_ends_by_itself() {
    let mut meter = Iec.responder(&setup(EKT, &[("timeout", "1000")])).unwrap();
    say(&mut *meter, b"/?!\r\n");
    say(&mut *meter, b"\x06051\r\n");
    assert_eq!(say(&mut *meter, b"/?!\r\n"), b"", "in a session no sign-on is heard");
    let due = meter.deadline().expect("it counts the time");
    let later = Now { at: due, ..now(0) };
    assert_eq!((meter.poll(later), meter.deadline()), (None, None));
    assert_eq!(say(&mut *meter, b"/?!\r\n"), b"/EKT5CE301v12\r\n");
}

#[test]
fn three_wrong_passwords_lock_it() {
    let mut meter = Iec.responder(&setup(NEVA_3, &[])).unwrap();
    say(&mut *meter, b"/?!\r\n");
    say(&mut *meter, b"\x06051\r\n");
    let wrong = super::super::compose::login(*b"P1", b"11111111", super::super::bcc::Rule::Xor7);
    for _ in 0..3 {
        assert_eq!(say(&mut *meter, &wrong), [0x15]);
    }
    assert_eq!(say(&mut *meter, b"\x01P1\x02(00000000)\x03a"), [0x15], "the right one too");
}
