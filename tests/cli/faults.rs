//! Reading against every fault of a line: the right diagnosis and exit code, and never a wrong value.

use std::collections::BTreeMap;

use super::simulator::{CE, MERCURY, simulate_tcp};
use super::{Run, json_lines, run};

/// What a faulty line must come to: the fault, the exit codes that may be, and what standard error says.
const CASES: &[(&str, &[i32], &str)] = &[
    ("echo=1", &[0], ""),
    ("late=once:800ms", &[0], ""),
    ("misaddress=once", &[0], "while asking"),
    ("misaddress=1", &[5], "another meter on this bus answers"),
    ("swallow=once", &[0], ""),
    ("swallow=1", &[4], "received no answer, no echo, no noise"),
    ("drop=1", &[4], "No answer from"),
    ("flip=0.02", &[0, 4, 5], ""),
    ("drop=0.02", &[0, 4, 5], ""),
    ("insert=0.02", &[0, 4, 5], ""),
    ("dup=1", &[0], ""),
    ("truncate=1:5", &[4, 5], "look at:"),
    ("prefix=1:00", &[0, 5], ""),
    ("suffix=1:00", &[0, 5], ""),
];

/// Energy registers by code, as they were printed.
fn energies(run: &Run) -> BTreeMap<String, String> {
    let polls = json_lines(&run.stdout);
    let readings = polls.iter().flat_map(|poll| poll["readings"].as_array().unwrap());
    let energies = readings.filter(|reading| reading["unit"] == "kWh" && !reading["value"].is_null());
    energies
        .map(|reading| (reading["code"].as_str().unwrap().to_owned(), reading["value"].to_string()))
        .collect()
}

/// Reads the energy registers of a meter on a line with a fault.
fn energy(meter: &[&str], fault: &[&str]) -> Run {
    let simulator = simulate_tcp(&[meter, fault].concat());
    run(&[&["read", &simulator.place, "--json"], meter, &["energy"]].concat())
}

/// One reading of every case; each waits for its own deadlines, so that they wait together.
fn each_case(meter: &'static [&'static str]) -> Vec<(&'static str, Run)> {
    let threads = CASES
        .iter()
        .map(|(fault, ..)| (*fault, std::thread::spawn(move || energy(meter, &["--fault", fault]))));
    let threads: Vec<_> = threads.collect();
    threads.into_iter().map(|(fault, thread)| (fault, thread.join().unwrap())).collect()
}

#[test]
fn no_fault_of_the_line_makes_a_wrong_value() {
    for meter in [CE, MERCURY] {
        let truth = energies(&energy(meter, &[]));
        assert!(!truth.is_empty());
        for ((fault, run), (_, codes, says)) in each_case(meter).iter().zip(CASES) {
            assert!(run.code.is_some_and(|code| codes.contains(&code)), "{fault} {meter:?}: {run:?}");
            assert!(run.stderr.contains(says), "{fault} {meter:?}: {says:?} in {}", run.stderr);
            for (code, value) in energies(run) {
                assert_eq!(Some(&value), truth.get(&code), "{fault} {meter:?}: {code} in {run:?}");
            }
        }
    }
}

#[test]
fn an_echo_without_an_answer_is_named() {
    for meter in [CE, MERCURY] {
        let simulator = simulate_tcp(&[meter, &["--fault", "echo=1", "--fault", "swallow=1"]].concat());
        let run = run(&[&["read", &simulator.place, "--retries", "0"], meter].concat());
        assert_eq!(run.code, Some(4), "{run:?}");
        assert!(run.stderr.contains("only our own echo"), "{}", run.stderr);
    }
}

#[test]
fn what_happens_at_every_request_is_remarked_on_once() {
    let run = energy(MERCURY, &["--fault", "misaddress=1"]);
    assert_eq!(run.stderr.matches("meterscope: reading mercury-200").count(), 1, "{}", run.stderr);
}

#[test]
fn silence_under_one_of_two_addresses_names_the_other() {
    let simulator = simulate_tcp(MERCURY);
    let meter = ["--model", "mercury-200", "--address", "10925595", "--retries", "0"];
    let run = run(&[&["read", &simulator.place], &meter[..]].concat());
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(
        run.stderr.contains("only address 925595 (last six digits of the serial number) was tried")
            && run.stderr.contains("not tried: --address 10925595 (whole serial number)"),
        "{}",
        run.stderr
    );
}
