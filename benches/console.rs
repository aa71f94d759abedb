//! The console measured from outside: in a real pseudo-terminal, on a real pseudo-serial port, beside `tio` and
//! `heh` (another ratatui program) in the same run where they are installed.
//!
//! `cargo build --release && cargo bench --bench console`. Prints a table for `benches/README.md`; asserts nothing.

#![cfg(test)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "figures for people"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use support::{Start, Terminal};

const SIZE: (u16, u16) = (120, 40);
const IDLE: Duration = Duration::from_secs(8);
const SAMPLES: usize = 150;

/// The far end of a pseudo-serial port. The slave is held open, so that clients may come and go.
struct Serial {
    master: fs::File,
    path: String,
    _slave: rustix::fd::OwnedFd,
}

impl Serial {
    fn new() -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let slave = open(path.as_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let mut settings = tcgetattr(&slave).unwrap();
        settings.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &settings).unwrap();
        // A program that reads too slowly must not hang the harness.
        fcntl_setfl(&master, fcntl_getfl(&master).unwrap() | OFlags::NONBLOCK).unwrap();
        Self { master: fs::File::from(master), path, _slave: slave }
    }

    /// Waits for a byte from the program and says when it came.
    fn first_byte(&mut self) -> Option<Instant> {
        let deadline = Instant::now() + Duration::from_secs(2);
        let mut buffer = [0; 256];
        while Instant::now() < deadline {
            if self.master.read(&mut buffer).is_ok_and(|count| count > 0) {
                return Some(Instant::now());
            }
            std::thread::yield_now();
        }
        None
    }

    fn drain(&mut self) {
        let mut buffer = [0; 4096];
        while self.master.read(&mut buffer).is_ok_and(|count| count > 0) {}
    }
}

/// A program under measurement.
struct Subject {
    name: &'static str,
    program: PathBuf,
    args: Vec<String>,
    /// Keys that bring it to where bytes are shown.
    to_bytes: &'static [&'static str],
    /// A key that makes it send.
    send: Option<&'static str>,
    /// Keys that bring it to where that key sends.
    to_send: &'static [&'static str],
    /// What the serial side writes for sample `n`, and what must then be on the screen.
    sample: fn(u32) -> (Vec<u8>, String),
    talks_serial: bool,
}

impl Subject {
    fn start(&self, home: &str) -> Terminal {
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        let env = [("HOME", home), ("XDG_CONFIG_HOME", home), ("XDG_STATE_HOME", home)];
        Terminal::start(&Start { program: self.program.clone(), args: &args, size: SIZE, env: &env })
    }
}

/// A CE307 reply with register `n`.
fn ce_reply(n: u32) -> (Vec<u8>, String) {
    let family = meterscope::protocol::registry::family("energomera-ce").unwrap();
    let mut body = vec![0x48, 0xFD, 0x00, 0x96, 0x34, 0x57, 0x01, 0x30, 0x00, 0x09, 0x22];
    let register = 100_000 + n;
    body.extend_from_slice(&register.to_le_bytes());
    let shown = format!("{}.{:02}", register / 100, register % 100);
    (family.with_checksum(&body), shown)
}

fn text_line(n: u32) -> (Vec<u8>, String) {
    let shown = format!("L{n:06}");
    (format!("{shown}\r\n").into_bytes(), shown)
}

fn subjects(serial: &Serial) -> Vec<Subject> {
    let own = std::env::current_exe().unwrap();
    let release = own.ancestors().nth(2).unwrap().join("meterscope");
    let link = format!("serial:{}", serial.path);
    let file = std::env::temp_dir().join("meterscope-bench.bin");
    fs::write(&file, [0x55; 4096]).unwrap();
    vec![
        Subject {
            name: "meterscope",
            program: release,
            args: [&link, "--model", "energomera-ce307", "--address", "13462"].map(str::to_owned).to_vec(),
            to_bytes: &["4"],
            send: Some("\r"),
            // Asked once: with retries the next key would come while the last request is still being waited for.
            to_send: &["3", ":retries 0\r"],
            sample: ce_reply,
            talks_serial: true,
        },
        Subject {
            name: "tio",
            program: "tio".into(),
            args: vec!["--no-autoconnect".to_owned(), serial.path.clone()],
            to_bytes: &[],
            send: Some("x"),
            to_send: &[],
            sample: text_line,
            talks_serial: true,
        },
        Subject {
            name: "heh",
            program: "heh".into(),
            args: vec![file.display().to_string()],
            to_bytes: &[],
            send: None,
            to_send: &[],
            sample: text_line,
            talks_serial: false,
        },
    ]
}

fn is_installed(program: &PathBuf) -> bool {
    program.is_absolute() && program.exists()
        || std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).exists()))
}

fn main() {
    let serial = Serial::new();
    println!(
        "| program | first paint ms | RSS / PSS kB | threads | idle CPU % | idle wake-ups/s | idle B/s | byte to screen p50 / p95 / max ms | key to wire p50 / p95 ms | CPU % at 115200 | shown of sent |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    drop(serial);
    let mut serial = Serial::new();
    for subject in subjects(&serial) {
        if !is_installed(&subject.program) {
            println!("| {} | SKIPPED: not installed |", subject.name);
            continue;
        }
        measure(&subject, &mut serial);
    }
}

fn measure(subject: &Subject, serial: &mut Serial) {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().to_str().unwrap();
    let paint = median(&mut (0..9).map(|_| first_paint(subject, home)).collect::<Vec<f64>>());
    let mut terminal = subject.start(home);
    terminal.settle(Duration::from_millis(700));
    go(&mut terminal, subject.to_bytes);
    let idle = idle(&terminal);
    let latency =
        if subject.talks_serial { byte_to_screen(subject, &mut terminal, serial) } else { Vec::new() };
    let (load, shown) =
        if subject.talks_serial { load(subject, &terminal, serial) } else { (f64::NAN, String::new()) };
    go(&mut terminal, subject.to_send);
    let keys = subject.send.map_or_else(Vec::new, |key| key_to_wire(key, &mut terminal, serial));
    println!(
        "| {} | {paint:.1} | {} | {} | {load:.1} | {shown} |",
        subject.name,
        idle,
        [spread(latency, true), spread(keys, false)].join(" | "),
    );
}

fn go(terminal: &mut Terminal, keys: &[&str]) {
    for key in keys {
        terminal.keys(key);
        terminal.settle(Duration::from_millis(300));
    }
}

fn first_paint(subject: &Subject, home: &str) -> f64 {
    let terminal = subject.start(home);
    terminal.wait("anything", |picture| picture.first_paint.is_some());
    let painted = terminal.picture().first_paint.unwrap();
    millis(painted.duration_since(terminal.started))
}

/// RSS and PSS, threads, CPU, wake-ups and bytes to the terminal while nothing happens.
fn idle(terminal: &Terminal) -> String {
    let pid = terminal.pid();
    let before = (cpu_nanos(pid), wakeups(pid), terminal.picture().bytes);
    std::thread::sleep(IDLE);
    let after = (cpu_nanos(pid), wakeups(pid), terminal.picture().bytes);
    let seconds = IDLE.as_secs_f64();
    let cpu = (after.0 - before.0) as f64 / 1e9 / seconds * 100.0;
    let wakes = (after.1 - before.1) as f64 / seconds;
    let bytes = (after.2 - before.2) as f64 / seconds;
    let (rss, pss) = memory(pid);
    format!("{rss} / {pss} | {} | {cpu:.3} | {wakes:.1} | {bytes:.0}", tasks(pid).len())
}

fn byte_to_screen(subject: &Subject, terminal: &mut Terminal, serial: &mut Serial) -> Vec<f64> {
    (0..SAMPLES)
        .map(|n| {
            let (bytes, shown) = (subject.sample)(n as u32);
            let written = Instant::now();
            serial.master.write_all(&bytes).unwrap();
            terminal.see(&shown);
            let took = millis(written.elapsed());
            std::thread::sleep(Duration::from_millis(20));
            took
        })
        .collect()
}

fn key_to_wire(key: &str, terminal: &mut Terminal, serial: &mut Serial) -> Vec<f64> {
    (0..15)
        .filter_map(|_| {
            serial.drain();
            let pressed = Instant::now();
            terminal.keys(key);
            let arrived = serial.first_byte()?;
            // Silence afterwards, so that the next key finds the program at rest.
            std::thread::sleep(Duration::from_secs(5));
            Some(millis(arrived.duration_since(pressed)))
        })
        .collect()
}

/// Four seconds of frames at the rate of 115200 baud.
fn load(subject: &Subject, terminal: &Terminal, serial: &mut Serial) -> (f64, String) {
    let pid = terminal.pid();
    let (begin, cpu) = (Instant::now(), cpu_nanos(pid));
    let (mut sent, mut number) = (0u64, 1_000u32);
    let mut last = String::new();
    while begin.elapsed() < Duration::from_secs(4) {
        let due = (begin.elapsed().as_secs_f64() * 11_520.0) as u64;
        while sent < due {
            let (bytes, shown) = (subject.sample)(number);
            if serial.master.write_all(&bytes).is_err() {
                break;
            }
            sent += bytes.len() as u64;
            number += 1;
            last = shown;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let percent = (cpu_nanos(pid) - cpu) as f64 / begin.elapsed().as_nanos() as f64 * 100.0;
    terminal.see(&last);
    (percent, format!("{} frames, the last one seen", number - 1_000))
}

fn tasks(pid: u32) -> Vec<PathBuf> {
    fs::read_dir(format!("/proc/{pid}/task"))
        .map_or_else(|_| Vec::new(), |dir| dir.flatten().map(|e| e.path()).collect())
}

fn cpu_nanos(pid: u32) -> u64 {
    let of = |task: &PathBuf| {
        fs::read_to_string(task.join("schedstat")).ok()?.split(' ').next()?.parse::<u64>().ok()
    };
    tasks(pid).iter().filter_map(of).sum()
}

fn wakeups(pid: u32) -> u64 {
    tasks(pid).iter().filter_map(|task| number_of(task.join("status"), "voluntary_ctxt_switches:")).sum()
}

fn memory(pid: u32) -> (u64, u64) {
    let rollup = PathBuf::from(format!("/proc/{pid}/smaps_rollup"));
    (number_of(rollup.clone(), "Rss:").unwrap_or(0), number_of(rollup, "Pss:").unwrap_or(0))
}

fn number_of(file: PathBuf, key: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| line.strip_prefix(key))?.split_whitespace().next()?.parse().ok()
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn spread(mut values: Vec<f64>, with_max: bool) -> String {
    if values.is_empty() {
        return "-".to_owned();
    }
    let middle = median(&mut values);
    let at = |share: f64| values[((values.len() - 1) as f64 * share) as usize];
    let max = if with_max { format!(" / {:.2}", at(1.0)) } else { String::new() };
    format!("{middle:.2} / {:.2}{max}", at(0.95))
}
