//! Sessions that do not go as they should.

use super::bench::{
    Bench, Damage, Oddities, Outcome, Typed, WALL, plan, profile, run, setup, talk, with_password,
};
use crate::frame::At;
use crate::protocol::iec62056_21::bcc::Rule;
use crate::protocol::iec62056_21::{EKT, EMR, GENERIC, Iec, NEVA_1, NEVA_3, compose};
use crate::protocol::{Family as _, Fault, LineSettings, Now, Output, Responder, Setup, Unfit};

const FAST: LineSettings = LineSettings::e71(9600);
const SLOW: LineSettings = LineSettings::e71(300);

fn with(setup: &Setup, commands: &[Typed<'_>], odd: Oddities) -> Outcome {
    run(plan(profile(setup), commands), Iec.responder(setup).unwrap(), odd)
}

#[test]
fn a_wrong_password_ends_everything_and_is_sent_once() {
    for (model, dialect) in [("neva-mt324", NEVA_3), ("energomera-ce301", EKT), ("energomera-ce308", EMR)] {
        let setup = setup(model, dialect, FAST);
        let plan = plan(with_password(profile(&setup), "123456"), &[("serial", &[]), ("frequency", &[])]);
        let told = run(plan, Iec.responder(&setup).unwrap(), Oddities::default());
        assert_eq!(told.results.len(), 2);
        for result in &told.results {
            assert!(matches!(result, Err(("password", Fault::Refused { .. }))), "{model}: {result:?}");
        }
        assert_eq!((told.count(b"\x01P"), told.count(b"\x01R"), told.count(b"\x01B0")), (1, 0, 2), "{model}");
    }
}

#[test]
fn a_code_the_model_does_not_have_is_believed_when_refused_twice_and_not_asked_for_by_the_next() {
    let commands: &[Typed<'_>] =
        &[("obis", &[("code", "7B0700FF")]), ("obis", &[("code", "7B0700FF")]), ("serial", &[])];
    let told = talk(&setup("neva-mt324", NEVA_3, FAST), commands);
    assert_eq!(
        told.results[0],
        Err(("Any code", Fault::Refused { code: Some(1), meaning: "not in this model" }))
    );
    assert!(matches!(told.results[1], Err((_, Fault::Refused { .. }))));
    assert_eq!((&told.results[2], told.count(b"\x01R1\x027B0700FF")), (&Ok(()), 2));
}

#[test]
fn a_meter_that_ignores_the_change_of_speed_is_heard_all_the_same() {
    let setup = setup("neva-mt113", NEVA_1, SLOW);
    let told = with(&setup, &[("serial", &[])], Oddities { keeps_speed: true, ..Oddities::default() });
    assert_eq!(told.results, [Ok(())], "{:#?}", told.log);
    assert!(told.warnings.contains(&"speed"));
}

#[test]
fn a_line_that_cannot_change_is_asked_to_stay() {
    let setup = setup("neva-mt113", NEVA_1, SLOW);
    let told = with(&setup, &[("serial", &[])], Oddities { fixed_line: true, ..Oddities::default() });
    assert_eq!(told.results, [Ok(())], "{:#?}", told.log);
    assert!(told.warnings.contains(&"line"));
    assert!(told.sent.contains(&b"\x06001\r\n".to_vec()), "{:#?}", told.log);
}

/// A readout over a converter of a speed, by a meter that begins at that speed.
fn over_a_converter(baud: u32) -> Outcome {
    let asked = setup("iec62056-21", GENERIC, SLOW);
    let meter = Iec.responder(&setup("iec62056-21", GENERIC, LineSettings::e71(baud))).unwrap();
    run(
        plan(profile(&asked), &[("readout", &[])]),
        meter,
        Oddities { converter: Some(baud), ..Oddities::default() },
    )
}

#[test]
fn over_a_converter_of_fixed_speed_the_first_readout_is_taken() {
    let told = over_a_converter(9600);
    assert_eq!((told.results.clone(), told.count(b"/?")), (vec![Ok(())], 1), "{:#?}", told.log);
    assert!(told.sent.contains(&b"\x06050\r\n".to_vec()) && told.warnings.is_empty(), "{:#?}", told.log);
}

#[test]
fn over_a_converter_at_the_speed_of_the_start_the_meter_is_asked_to_stay_at_it() {
    let told = over_a_converter(300);
    assert_eq!((told.results.clone(), told.count(b"/?")), (vec![Ok(())], 1), "{:#?}", told.log);
    assert!(told.sent.contains(&b"\x06000\r\n".to_vec()), "{:#?}", told.log);
}

#[test]
fn a_silent_meter_gets_no_more_because_the_line_cannot_be_set() {
    let fixed = || Oddities { fixed_line: true, ..Oddities::default() };
    let converter = || Oddities { converter: Some(9600), ..Oddities::default() };
    let odds: [fn() -> Oddities; 3] = [Oddities::default, fixed, converter];
    for (odd, breaks) in odds.into_iter().zip([4, 3, 2]) {
        let setup = setup("iec62056-21", GENERIC, SLOW);
        let silent = |_: usize, _: Vec<u8>| Vec::new();
        let odd = Oddities { damage: Some(silent), ..odd() };
        let told = run(plan(profile(&setup), &[("readout", &[])]), Iec.responder(&setup).unwrap(), odd);
        let silence = Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };
        assert_eq!(told.results, [Err(("sign-on", silence))]);
        assert_eq!((told.count(b"/?"), told.count(b"\x01B0")), (3, breaks), "{:#?}", told.log);
        assert!(told.elapsed < std::time::Duration::from_secs(12), "{:?}", told.elapsed);
    }
}

#[test]
fn nobody_there_is_told_with_the_step_after_breaks_between_the_tries() {
    let mut setup = setup("neva-mt324", NEVA_3, FAST);
    let plan = plan(profile(&setup), &[("serial", &[]), ("energy", &[])]);
    setup.address = crate::protocol::Address::textual("7");
    let told = run(plan, Iec.responder(&setup).unwrap(), Oddities::default());
    let silence = Err(("sign-on", Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 }));
    assert_eq!(told.results, [silence.clone(), silence]);
    assert_eq!((told.count(b"/?"), told.count(b"\x01B0")), (3, 2));
}

#[test]
fn a_session_left_open_is_ended_before_the_second_try() {
    let setup = setup("neva-mt324", NEVA_3, FAST);
    let mut values = setup.clone();
    values.values.push(("timeout".into(), "600000".into()));
    let meter = Iec.responder(&values).unwrap();
    let mut bench = Bench::new(plan(profile(&setup), &[("serial", &[])]), meter, Oddities::default(), WALL);
    bench.meter_hears(b"/?!\r\n");
    bench.meter_hears(b"\x06051\r\n");
    let told = bench.run();
    assert_eq!((told.results, told.log.contains(&"step break".to_owned())), (vec![Ok(())], true));
}

#[test]
fn a_cancelled_read_keeps_what_it_has_and_signs_off() {
    let setup = setup("neva-mt324", NEVA_3, FAST);
    let odd = Oddities { cancel_after: Some(1), ..Oddities::default() };
    let told = with(&setup, &[("voltages", &[]), ("energy", &[])], odd);
    assert_eq!(told.readings.len(), 1);
    assert_eq!(told.results, [Err(("Voltages of the phases", Fault::Cancelled))]);
    assert_eq!(told.count(b"\x01B0"), 2);
}

#[test]
fn a_lost_link_ends_it_at_once() {
    let setup = setup("neva-mt324", NEVA_3, FAST);
    let told = with(&setup, &[("energy", &[])], Oddities { lost_after: Some(4), ..Oddities::default() });
    assert_eq!(told.results, [Err(("Active energy, total and tariffs", Fault::LinkLost))]);
}

#[test]
fn a_damaged_answer_is_asked_for_again_and_told_when_it_stays_so() {
    fn once(answer: usize, mut bytes: Vec<u8>) -> Vec<u8> {
        if answer == 3 {
            bytes[12] ^= 1;
        }
        bytes
    }
    fn always(answer: usize, mut bytes: Vec<u8>) -> Vec<u8> {
        if answer >= 3 {
            bytes[12] ^= 1;
        }
        bytes
    }
    let setup = setup("neva-mt324", NEVA_3, FAST);
    let told = with(&setup, &[("serial", &[])], Oddities { damage: Some(once), ..Oddities::default() });
    assert_eq!((told.results.clone(), told.count(b"\x01R1")), (vec![Ok(())], 2));
    let told = with(&setup, &[("serial", &[])], Oddities { damage: Some(always), ..Oddities::default() });
    assert!(matches!(&told.results[0], Err(("Serial number", Fault::Damaged { .. }))), "{:?}", told.results);
    assert_eq!((told.count(b"\x01R1"), told.readings.len()), (3, 0));
}

#[test]
fn a_nak_has_the_command_repeated() {
    fn nak_once(answer: usize, bytes: Vec<u8>) -> Vec<u8> {
        if answer == 3 { vec![0x15] } else { bytes }
    }
    let setup = setup("neva-mt324", NEVA_3, FAST);
    let told = with(&setup, &[("serial", &[])], Oddities { damage: Some(nak_once), ..Oddities::default() });
    assert_eq!((told.results.clone(), told.count(b"\x01R1")), (vec![Ok(())], 2));
}

#[test]
fn a_meter_that_falls_silent_is_told_with_the_command_and_signed_on_anew_for_the_next() {
    fn silent(answer: usize, bytes: Vec<u8>) -> Vec<u8> {
        if (3..6).contains(&answer) { Vec::new() } else { bytes }
    }
    let setup = setup("neva-mt324", NEVA_3, FAST);
    let odd = Oddities { damage: Some(silent), ..Oddities::default() };
    let told = with(&setup, &[("serial", &[]), ("firmware", &[])], odd);
    let silence = Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };
    assert_eq!(told.results, [Err(("Serial number", silence)), Ok(())]);
    assert_eq!(told.count(b"/?"), 2);
}

#[test]
fn a_sign_off_in_mid_session_is_told_and_the_next_request_signs_on_anew() {
    fn ended(answer: usize, bytes: Vec<u8>) -> Vec<u8> {
        if answer == 3 { b"\x01B0\x03q".to_vec() } else { bytes }
    }
    let setup = setup("neva-mt324", NEVA_3, FAST);
    let odd = Oddities { damage: Some(ended), ..Oddities::default() };
    let told = with(&setup, &[("serial", &[]), ("firmware", &[])], odd);
    assert!(matches!(told.results[0], Err(("Serial number", Fault::Refused { code: None, .. }))));
    assert_eq!((&told.results[1], told.count(b"/?")), (&Ok(()), 2));
}

#[test]
fn an_old_answer_is_not_taken_for_the_one_that_was_asked_for() {
    fn old(answer: usize, bytes: Vec<u8>) -> Vec<u8> {
        if answer >= 3 { compose::seal(b"\x02600104FF(000V0201)".to_vec(), Rule::Xor7) } else { bytes }
    }
    let setup = setup("neva-mt324", NEVA_3, FAST);
    let told = with(&setup, &[("serial", &[])], Oddities { damage: Some(old), ..Oddities::default() });
    let unfit = Fault::Unexpected(Unfit::Content("the answer names another code than was asked for"));
    assert_eq!((told.results, told.readings.len()), (vec![Err(("Serial number", unfit))], 0));
}

#[test]
fn a_lost_start_of_the_operand_is_survived() {
    fn headless(answer: usize, mut bytes: Vec<u8>) -> Vec<u8> {
        if answer == 1 {
            bytes.remove(0);
        }
        bytes
    }
    let setup = setup("neva-mt324", NEVA_3, FAST);
    let told = with(&setup, &[("serial", &[])], Oddities { damage: Some(headless), ..Oddities::default() });
    assert_eq!((told.results.clone(), told.count(b"/?")), (vec![Ok(())], 1));
}

#[test]
fn another_makers_meter_is_a_warning() {
    let meter = setup("energomera-ce301", EKT, FAST);
    let asked = setup("neva-mt324", NEVA_3, FAST);
    let told =
        run(plan(profile(&asked), &[("serial", &[])]), Iec.responder(&meter).unwrap(), Oddities::default());
    assert!(told.warnings.contains(&"dialect"), "{:?}", told.warnings);
    assert!(told.results[0].is_err());
}

/// A meter that answers R3 in three blocks.
struct Blocks {
    sent: Vec<Output>,
    block: usize,
}

impl Responder for Blocks {
    fn receive(&mut self, bytes: &[u8], now: Now) {
        let answer: Vec<u8> = match bytes {
            [b'/', ..] => b"/ELS5LIS200\r\n".to_vec(),
            [6, b'0', ..] => compose::seal(b"\x01P0\x02()".to_vec(), Rule::Xor7),
            [1, b'R', b'3', ..] | [6] => {
                let blocks: [&[u8]; 3] =
                    [b"\x021.8.0(1.0*kWh)\r\n\x04", b"\x022.8.0(2.0*kWh)\r\n\x04", b"\x0232.7(3*V)\r\n\x03"];
                self.block += 1;
                compose::seal(blocks[self.block - 1].to_vec(), Rule::Xor7)
            }
            _ => return,
        };
        self.sent
            .insert(0, Output::Send { bytes: answer, due: now.at + std::time::Duration::from_millis(200) });
    }
    fn poll(&mut self, _: Now) -> Option<Output> {
        self.sent.pop()
    }
    fn deadline(&self) -> Option<At> {
        None
    }
}

#[test]
fn an_answer_in_blocks_is_asked_for_block_by_block() {
    let asked = setup("iec62056-21", GENERIC, FAST);
    let plan = plan(profile(&asked), &[("register", &[("code", "1.8.0"), ("command", "R3")])]);
    let told = run(plan, Box::new(Blocks { sent: Vec::new(), block: 0 }), Oddities::default());
    assert_eq!(told.count(b"\x06"), 3, "the selection and two blocks");
    assert_eq!(told.results, [Ok(())]);
    assert_eq!(told.values(), ["1.8.0 1.0", "2.8.0 2.0", "32.7.0 3"]);
}

/// What a meter does in mid-session that it should not, the step it is told with, and the count of passwords.
type Trouble = (&'static str, Damage, &'static str, usize);

const TROUBLES: [Trouble; 7] = [
    ("silent", |answer, bytes| if answer >= 3 { Vec::new() } else { bytes }, "Serial number", 1),
    ("NAK", |answer, bytes| if answer >= 3 { vec![0x15] } else { bytes }, "Serial number", 1),
    ("B0", |answer, bytes| if answer == 3 { b"\x01B0\x03q".to_vec() } else { bytes }, "Serial number", 1),
    (
        "an old answer",
        |answer, bytes| {
            let old = || compose::seal(b"\x02600104FF(000V0201)".to_vec(), Rule::Xor7);
            if answer >= 3 { old() } else { bytes }
        },
        "Serial number",
        1,
    ),
    (
        "B0 for the password",
        |answer, bytes| if answer == 2 { b"\x01B0\x03q".to_vec() } else { bytes },
        "password",
        1,
    ),
    ("NAK for the password", |answer, bytes| if answer == 2 { vec![0x15] } else { bytes }, "password", 1),
    (
        "silent after the selection",
        |_, bytes| if bytes.starts_with(b"/") { bytes } else { Vec::new() },
        "option select",
        0,
    ),
];

#[test]
fn whatever_goes_wrong_in_mid_session_is_told_with_its_step_signed_off_and_the_line_put_back() {
    let setup = setup("neva-mt113", NEVA_1, SLOW);
    for (trouble, damage, step, passwords) in TROUBLES {
        let told = with(&setup, &[("serial", &[])], Oddities { damage: Some(damage), ..Oddities::default() });
        assert!(
            matches!(&told.results[0], Err((found, _)) if *found == step),
            "{trouble}: {:?}",
            told.results
        );
        assert_eq!(told.count(b"\x01P1"), passwords, "{trouble}");
        assert!(told.count(b"\x01B0") >= 2, "{trouble}");
        let lines: Vec<&String> = told.log.iter().filter(|line| line.starts_with("line ")).collect();
        assert_eq!(lines.last().map(|line| line.as_str()), Some("line 300"), "{trouble}: {:#?}", told.log);
        assert!(told.readings.is_empty(), "{trouble}");
    }
}
