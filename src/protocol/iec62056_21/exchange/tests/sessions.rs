//! Sessions that go as they should.

use std::time::Duration;

use super::bench::{Oddities, plan, profile, run, setup, talk, with_password};
use crate::protocol::iec62056_21::{EKT, EMR, GENERIC, Iec, NEVA_1, NEVA_3};
use crate::protocol::{Family as _, LineSettings, Plan};

const FAST: LineSettings = LineSettings::e71(9600);
const SLOW: LineSettings = LineSettings::e71(300);

#[test]
fn requests_share_one_session_on_a_bus_of_fixed_speed() {
    let told =
        talk(&setup("neva-mt324", NEVA_3, FAST), &[("energy", &[]), ("serial", &[]), ("voltages", &[])]);
    assert_eq!(told.results, [Ok(()), Ok(()), Ok(())]);
    assert_eq!(
        told.values(),
        [
            "1.8.0 46.24",
            "1.8.1 31.14",
            "1.8.2 15.10",
            "1.8.3 0.00",
            "1.8.4 0.00",
            "96.1.0 60089784",
            "32.7.0 233.81",
            "52.7.0 233.81",
            "72.7.0 233.81"
        ]
    );
    let steps: Vec<&String> = told.log.iter().filter(|line| line.starts_with("step")).collect();
    assert_eq!(
        steps,
        [
            "step sign-on",
            "step identification",
            "step option select",
            "step password",
            "step Active energy, total and tariffs",
            "step Serial number",
            "step Voltages of the phases",
            "step sign-off"
        ]
    );
    assert_eq!(told.sent[0], b"/?00000201!\r\n");
    assert_eq!(told.sent[1], b"\x06051\r\n");
    assert_eq!(told.sent[2], b"\x01P1\x02(00000000)\x03a");
    assert_eq!(told.sent[3], b"\x01R1\x020F0880FF()\x03\x15");
    assert_eq!(told.count(b"\x01B0\x03q"), 2);
    assert!(!told.log.iter().any(|line| line.starts_with("line")), "the speed stays");
}

#[test]
fn a_session_that_starts_at_300_changes_its_speed_and_puts_it_back() {
    let told = talk(&setup("neva-mt113", NEVA_1, SLOW), &[("energy", &[])]);
    assert_eq!(told.results, [Ok(())]);
    let lines: Vec<&String> = told.log.iter().filter(|line| line.starts_with("line")).collect();
    assert_eq!(lines, ["line 9600", "line 300"]);
    assert_eq!((told.sent[1].as_slice(), told.warnings.len()), (&b"\x06051\r\n"[..], 0));
}

#[test]
fn a_full_read_takes_little_more_than_wire_and_reactions() {
    let commands: &[super::bench::Typed<'_>] =
        &[("energy", &[]), ("voltages", &[]), ("currents", &[]), ("powers", &[]), ("power-factors", &[])];
    let told = talk(&setup("neva-mt324", NEVA_3, FAST), commands);
    assert_eq!(told.results.len(), 5);
    // Sign-on, selection, password, 13 commands, two sign-offs; answers of 40 ms reaction, at most 68 bytes.
    assert!(told.elapsed < Duration::from_millis(3600), "{:?}", told.elapsed);
}

#[test]
fn both_generations_of_energomera_are_read_without_a_password() {
    let told =
        talk(&setup("energomera-ce301", EKT, FAST), &[("energy", &[]), ("voltages", &[]), ("clock", &[])]);
    assert_eq!(told.results, [Ok(()), Ok(()), Ok(())]);
    assert_eq!(told.values()[..2], ["1.8.0 16907.9477764", "1.8.1 11504.3875082"]);
    assert_eq!((told.values()[9].as_str(), told.count(b"\x01P")), ("0.9.2 2024-05-15", 0));
    let told = talk(
        &setup("energomera-ce307-r34", EMR, FAST),
        &[("energy", &[("mask", "3")]), ("power-factor", &[])],
    );
    assert_eq!(
        told.values(),
        [
            "1.8.0 42392.6818",
            "1.8.1 15279.30968",
            "1.8.2 16542.03378",
            "33.7.0 0.97",
            "53.7.0 0.99",
            "73.7.0 0.98",
            "13.7.0 0.98"
        ]
    );
}

#[test]
fn a_ce208_gets_its_password_hashed() {
    let setup = setup("energomera-ce208", EMR, FAST);
    let plan = plan(with_password(profile(&setup), "777777"), &[("serial", &[])]);
    let told = run(plan, Iec.responder(&setup).unwrap(), Oddities::default());
    assert_eq!(told.results, [Ok(())]);
    assert_eq!(told.count(b"\x01P2\x02(FCA7ABB2)"), 1);
}

#[test]
fn a_group_is_read_without_a_session() {
    let told =
        talk(&setup("energomera-ce301", EKT, FAST), &[("fast", &[("names", "400B(6)400D(1)5003(1)")])]);
    assert_eq!(told.results, [Ok(())]);
    assert!(told.values().contains(&"14.7.0 50.01".to_owned()), "{:?}", told.values());
    assert_eq!((told.sent.len(), &told.sent[0][..12]), (1, &b"/?00000201!\x01"[..]));
    let told = talk(&setup("energomera-ce308", EMR, FAST), &[("fast", &[("names", "VOLTA()FREQU()")])]);
    assert_eq!(told.values(), ["32.7.0 231.5", "52.7.0 232.1", "72.7.0 230.9", "14.7.0 49.98"]);
}

#[test]
fn a_readout_comes_whole_and_needs_no_sign_off() {
    for line in [FAST, SLOW] {
        let told = talk(&setup("iec62056-21", GENERIC, line), &[("readout", &[])]);
        assert_eq!(told.results, [Ok(())]);
        assert!(told.values().contains(&"1.8.2 33402.264".to_owned()), "{:?}", told.values());
        assert_eq!(
            (told.sent[1].as_slice(), told.count(b"\x01B0")),
            (&b"\x06050\r\n"[..], 0),
            "{:#?}",
            told.log
        );
    }
}

#[test]
fn the_characters_of_the_selection_are_free() {
    let told = talk(&setup("iec62056-21", GENERIC, SLOW), &[("readout", &[("z", "2400"), ("y", "0")])]);
    assert_eq!((told.results, told.sent[1].as_slice()), (vec![Ok(())], &b"\x06030\r\n"[..]));
    assert!(told.log.contains(&"line 2400".to_owned()));
}

#[test]
fn a_readout_and_commands_of_one_plan_get_a_session_each() {
    let commands: &[super::bench::Typed<'_>] = &[("register", &[("code", "1.8.0")]), ("readout", &[])];
    let told = talk(&setup("iec62056-21", GENERIC, FAST), commands);
    assert_eq!(told.results, [Ok(()), Ok(())]);
    assert_eq!((told.count(b"/?"), told.count(b"\x01B0")), (2, 2));
}

#[test]
fn either_check_character_is_found_out() {
    for (rule, sum) in [("xor7", b'q'), ("add7", b'u')] {
        let mut setup = setup("energomera-ce308", EMR, FAST);
        setup.values.push(("bcc".into(), rule.into()));
        let told = talk(&setup, &[("frequency", &[]), ("voltages", &[])]);
        assert_eq!(told.results, [Ok(()), Ok(())], "{rule}");
        let sign_offs = told.sent.iter().filter(|sent| **sent == [1, b'B', b'0', 3, sum]).count();
        assert_eq!(sign_offs, 2, "{rule}: the master takes to the meter's rule");
    }
}

#[test]
fn writes_are_taken_with_permission_and_change_what_is_read() {
    let commands: &[super::bench::Typed<'_>] = &[
        ("set-clock", &[("time", "2025-01-02T03:04:05")]),
        ("clock", &[]),
        ("set-name", &[("value", "PUMP 3")]),
        ("name", &[]),
    ];
    let told = talk(&setup("neva-mt324", NEVA_3, FAST), commands);
    assert_eq!(told.results, [Ok(()), Ok(()), Ok(()), Ok(())]);
    let values = told.values();
    assert_eq!(values[0], "0.9.2 2025-01-02");
    assert!(values[1].starts_with("0.9.1 03:04:0"), "{values:?}");
    assert_eq!(values[2], "96.1.10 PUMP 3");
    let mut setup = setup("neva-mt324", NEVA_3, FAST);
    setup.values.push(("permission".into(), "off".into()));
    let told = talk(&setup, &[("set-name", &[("value", "X")])]);
    assert_eq!((told.results[0].is_err(), told.count(b"\x01W1")), (true, 1), "a write is sent once");
}

#[test]
fn a_code_typed_by_hand_goes_out_in_capitals() {
    for code in ["60.01.04*FF", "600104ff"] {
        let told = talk(&setup("neva-mt324", NEVA_3, FAST), &[("obis", &[("code", code)])]);
        assert_eq!(told.values(), ["96.1.4 000V0201"], "{code}");
    }
}

#[test]
fn a_mt124_of_firmware_7109_gets_an_empty_password() {
    let mut setup = setup("neva-mt124", NEVA_1, FAST);
    setup.values.push(("identification".into(), "/TPC5NEVAMT124.7109".into()));
    let told = talk(&setup, &[("serial", &[])]);
    assert_eq!(told.count(b"\x01P1\x02()\x03a"), 1);
}

/// The first answer with data, with the same bit of two of its digits turned over: the check character fits.
fn one_hidden_damage(number: usize, mut answer: Vec<u8>) -> Vec<u8> {
    let digits: Vec<usize> = (0..answer.len()).filter(|at| answer[*at].is_ascii_digit()).collect();
    if number == 3
        && let [.., one, other] = digits.as_slice()
    {
        answer[*one] ^= 2;
        answer[*other] ^= 2;
    }
    answer
}

#[test]
fn damage_that_the_check_character_misses_does_not_pass_two_answers() {
    let setup = setup("neva-mt324", NEVA_3, FAST);
    let asked: &[super::bench::Typed<'_>] = &[("energy", &[])];
    let mut asked = plan(profile(&setup), asked);
    let read = |asked: &Plan, damage| {
        run(asked.clone(), Iec.responder(&setup).unwrap(), Oddities { damage, ..Oddities::default() })
    };
    let right = read(&asked, None).values();
    assert_ne!(read(&asked, Some(one_hidden_damage)).values(), right, "the damage is one that passes");
    asked.options.read_twice = true;
    let twice = read(&asked, Some(one_hidden_damage));
    assert_eq!((twice.values(), &twice.results[..]), (right.clone(), &[Ok(())][..]));
    let clean = read(&asked, None);
    assert_eq!(clean.values(), right);
    assert_eq!(clean.count(b"\x01R1\x020F0880FF()"), 2);
}
