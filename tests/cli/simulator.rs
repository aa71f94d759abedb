//! A simulated meter as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use super::{Ended, program};

/// A simulator and where it is found.
pub struct Simulator {
    pub place: String,
    pub process: Ended,
}

pub fn simulate(arguments: &[&str]) -> Simulator {
    let mut child = program()
        .arg("simulate")
        .args(arguments)
        .args(["--speed", "max"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut place = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut place).unwrap();
    Simulator { place: place.trim_end().to_owned(), process: Ended(child) }
}

pub const CE: &[&str] = &["--model", "energomera-ce307", "--address", "13462"];
pub const MERCURY: &[&str] = &["--model", "mercury-200", "--address", "411486"];

pub fn simulate_tcp(meter: &[&str]) -> Simulator {
    simulate(&[&["--listen", "tcp://127.0.0.1:0"], meter].concat())
}
