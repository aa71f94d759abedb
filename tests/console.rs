//! The whole program in a real pseudo-terminal: started, driven with keys, looked at, ended.

#![cfg(test)]
#![cfg(unix)]

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use support::{Picture, Start, Terminal};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_meterscope");

/// The console with a home of its own.
struct Console {
    terminal: Terminal,
    home: TempDir,
}

fn console(args: &[&str], size: (u16, u16)) -> Console {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().to_str().unwrap();
    let env = [("HOME", folder), ("XDG_CONFIG_HOME", folder), ("XDG_STATE_HOME", folder), ("NO_COLOR", "")];
    let terminal = Terminal::start(&Start { program: PROGRAM.into(), args, size, env: &env });
    Console { terminal, home }
}

/// Everything the console switched on is off again.
fn is_restored(picture: &Picture) -> bool {
    let screen = picture.screen();
    !screen.alternate_screen()
        && !screen.hide_cursor()
        && !screen.bracketed_paste()
        && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
}

fn ends_restored(console: Console, code: u32) {
    let (status, shared) = console.terminal.end();
    let picture = shared.0.lock().unwrap();
    assert_eq!(status.exit_code(), code, "{}", picture.text());
    assert!(is_restored(&picture), "the terminal is left as it was found:\n{}", picture.text());
    assert_eq!(picture.noticed().stray_controls, Vec::<u8>::new());
    assert_eq!(picture.noticed().titles, 0);
}

/// A simulated meter served by the program itself, for as long as this lives.
struct Served {
    child: Child,
    place: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(args: &[&str]) -> Served {
    let mut child =
        Command::new(PROGRAM).arg("simulate").args(args).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut place = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut place).unwrap();
    Served { child, place: place.trim().to_owned() }
}

#[test]
fn the_demo_shows_every_screen_and_leaves_the_terminal_as_it_was() {
    let mut console = console(&["demo"], (120, 36));
    console.terminal.see("sim:");
    for (key, text) in [("2", "Models"), ("3", "Commands"), ("4", "Trace"), ("5", "Energy"), ("1", "Links")] {
        console.terminal.keys(key);
        console.terminal.see(text);
    }
    console.terminal.keys("?");
    console.terminal.see("Keys");
    console.terminal.keys("\x1b");
    console.terminal.keys("q");
    ends_restored(console, 0);
}

#[test]
fn a_meter_on_a_converter_is_read_and_its_bytes_are_shown() {
    let meter = ["--model", "mercury-200", "--address", "411486"];
    let served =
        serve(&[&["--listen", "tcp://127.0.0.1:0", "--set", "1.8.1=621.42"], meter.as_slice()].concat());
    let mut console = console(&[&[served.place.as_str()], meter.as_slice()].concat(), (120, 36));
    console.terminal.keys("5");
    console.terminal.see("Enter reads the pinned requests once");
    console.terminal.keys("p");
    console.terminal.see("621.42");
    console.terminal.keys("4");
    console.terminal.see("T1 621.42 kWh");
    console.terminal.keys("q");
    ends_restored(console, 0);
}

#[test]
fn a_meter_on_a_serial_port_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let port = folder.path().join("meter");
    let port = port.to_str().unwrap();
    let meter = ["--model", "energomera-ce307", "--address", "13462"];
    let _served = serve(&[&["--pty", port, "--set", "1.8.1=2979.64"], meter.as_slice()].concat());
    let link = format!("serial:{port}");
    let mut console = console(&[&[link.as_str()], meter.as_slice()].concat(), (120, 36));
    console.terminal.keys("5");
    console.terminal.see("Enter reads the pinned requests once");
    console.terminal.see("READS ONLY");
    console.terminal.keys("p");
    console.terminal.see("2 979.64");
    console.terminal.keys("q");
    ends_restored(console, 0);
}

#[test]
fn no_size_of_terminal_ends_it() {
    let mut console = console(&["demo"], (80, 24));
    console.terminal.see("sim:");
    for screen in ["1", "2", "3", "4", "5"] {
        console.terminal.keys(screen);
        for (columns, rows) in [(1, 1), (20, 5), (79, 23), (200, 60), (80, 24)] {
            console.terminal.resize(columns, rows);
        }
        console.terminal.see("sim:");
    }
    console.terminal.keys("q");
    ends_restored(console, 0);
}

#[test]
fn a_pasted_text_triggers_no_key() {
    let mut console = console(&["demo"], (120, 36));
    console.terminal.see("sim:");
    console.terminal.paste("qqqq");
    console.terminal.keys("4");
    console.terminal.see("Trace");
    console.terminal.keys("\x1bq");
    console.terminal.keys("q");
    ends_restored(console, 0);
}

#[test]
fn the_systems_wish_to_end_is_granted_with_the_terminal_restored() {
    for signal in [Signal::TERM, Signal::HUP] {
        let console = console(&["demo"], (80, 24));
        console.terminal.see("sim:");
        let pid = Pid::from_raw(i32::try_from(console.terminal.pid()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
        ends_restored(console, 0);
    }
}

#[test]
fn a_link_without_traffic_is_shown_as_open() {
    let mut console = console(&["sim:"], (80, 24));
    console.terminal.see("● sim:");
    console.terminal.keys("q");
    ends_restored(console, 0);
}

/// The bench on the simulated bus with faults, without retries, and the first everyday request sent.
fn failing(fault: &str, size: (u16, u16)) -> Console {
    let args = ["sim:", "--model", "energomera-ce307", "--address", "107"];
    let mut console = console(&args, size);
    console.terminal.see("● sim:");
    console.terminal.keys("3");
    console.terminal.see("Compose");
    console.terminal.keys(":retries 0\r");
    console.terminal.see("0 times more");
    console.terminal.keys(&format!(":fault {fault}\r"));
    console.terminal.see("fails from now on");
    console.terminal.keys("\r");
    console
}

#[test]
fn the_adapters_echo_is_named_and_the_value_is_read_all_the_same() {
    let mut console = failing("echo=1", (120, 36));
    console.terminal.see("kWh");
    console.terminal.keys("4");
    console.terminal.see("echo");
    console.terminal.keys("q");
    ends_restored(console, 0);
}

#[test]
fn silence_says_what_is_ruled_out_and_what_to_look_at() {
    for size in [(80, 24), (120, 36)] {
        let mut console = failing("swallow=1", size);
        let shown = console.terminal.see("No answer from CE307 R33 107");
        for word in ["no echo, no noise", "Ruled out:", "Look at, in this order", "supply", "A and B swapped"]
        {
            assert!(shown.contains(word), "{word}:\n{shown}");
        }
        console.terminal.keys("q");
        ends_restored(console, 0);
    }
}

#[test]
fn a_wrong_checksum_says_what_was_found_what_was_expected_and_what_would_explain_it() {
    for size in [(80, 24), (120, 36)] {
        let mut console = failing("flip=1@5", size);
        let shown = console.terminal.see("is damaged");
        assert!(shown.contains(", expected ") && shown.contains("one flipped bit would"), "{shown}");
        console.terminal.keys("4");
        let shown = console.terminal.see("Entry");
        assert!(shown.contains(", expected ") && shown.contains("one flipped bit would"), "{shown}");
        console.terminal.keys("q");
        ends_restored(console, 0);
    }
}

#[test]
fn a_fault_that_does_not_exist_is_refused_with_those_that_do() {
    let mut console = failing("echo=1", (120, 36));
    console.terminal.keys(":fault blurr=1\r");
    console.terminal.see("unknown fault \"blurr\"; known: pace");
    console.terminal.keys(":fault none\r");
    console.terminal.see("works as it should again");
    console.terminal.keys("q");
    ends_restored(console, 0);
}

#[test]
fn a_killed_console_leaves_a_capture_that_holds_what_was_shown() {
    let mut console = console(&["demo"], (120, 36));
    console.terminal.keys("5");
    console.terminal.see("Enter reads the pinned requests once");
    console.terminal.keys("p");
    console.terminal.see("2 979.64");
    console.terminal.keys("4");
    console.terminal.see("kWh");
    let pid = Pid::from_raw(i32::try_from(console.terminal.pid()).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    let Console { terminal, home } = console;
    let _ = terminal.end();
    let captures = find(home.path(), "pcapng");
    let [capture] = captures.as_slice() else { panic!("one capture: {captures:?}") };
    let decoded = Command::new(PROGRAM).arg("decode").arg(capture).output().unwrap();
    assert!(String::from_utf8_lossy(&decoded.stdout).contains("kWh"), "{decoded:?}");
}

fn find(folder: &std::path::Path, ending: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(find(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found
}
