//! The command line as users and scripts see it: subcommands, exit codes, JSON.
#![cfg(test)]

#[cfg(all(unix, feature = "mqtt"))]
mod broker;
mod captures;
mod catalogue;
mod clocks;
mod decode;
#[cfg(unix)]
mod evidence;
mod faults;
#[cfg(unix)]
mod files;
mod kept;
mod keys;
mod live;
mod meters;
#[cfg(all(unix, feature = "mqtt"))]
mod mqtt;
#[cfg(unix)]
mod other_master;
mod repository;
mod secrets;
mod simulator;
#[cfg(unix)]
mod sniff;
#[cfg(unix)]
mod terminal;
mod usage;
mod writes;

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;

/// An empty home, so that no configuration of the computer has a part in a test.
static HOME: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

/// The program, as if freshly installed.
fn program() -> Command {
    program_as(env!("CARGO_BIN_EXE_meterscope"))
}

/// Another program with the same environment, such as a shell that starts ours.
fn program_as(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("HOME", HOME.path()).env("XDG_CONFIG_HOME", HOME.path()).env("XDG_STATE_HOME", HOME.path());
    for name in [
        "METERSCOPE_KEYS",
        "METERSCOPE_PASSWORD",
        "METERSCOPE_MQTT_PASSWORD",
        "METERSCOPE_MQTT_PASSWORD_FILE",
        "NO_COLOR",
        "CI",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "COLUMNS",
    ] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// What a run came to.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn run(arguments: &[&str]) -> Run {
    program().args(arguments).output().unwrap().into()
}

fn run_with(command: &mut Command) -> Run {
    command.output().unwrap().into()
}

/// Runs with text on standard input.
fn run_fed(arguments: &[&str], fed: &[u8]) -> Run {
    use std::io::Write as _;
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(fed).unwrap();
    child.wait_with_output().unwrap().into()
}

fn json_lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A file in a folder of its own.
fn file(name: &str, content: &[u8]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

/// A process that is ended with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a file is there, for tests of what is left behind.
fn exists(path: &str) -> bool {
    Path::new(path).exists()
}
