//! `simulate`, `read`, `send` and `sniff` against each other over TCP and pseudo-terminals.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use meterscope::frame::At;
use meterscope::link::LineError;
use meterscope::protocol::LineSettings;
use meterscope::trace::{Capture, Dir, Trace};

use super::simulator::{CE, MERCURY, Simulator, simulate, simulate_tcp};
use super::{Ended, exists, json_lines, program, run, run_with};

#[test]
fn the_everyday_set_of_both_families_is_read_over_tcp() {
    for meter in [CE, MERCURY] {
        let simulator = simulate_tcp(meter);
        assert!(simulator.place.starts_with("tcp://127.0.0.1:"), "{}", simulator.place);
        let run = run(&[&["read", &simulator.place, "--json"], meter].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        let poll = json_lines(&run.stdout).remove(0);
        assert_eq!((poll["model"].as_str(), poll["address"].as_str()), (Some(meter[1]), Some(meter[3])));
        let codes: Vec<&str> =
            poll["readings"].as_array().unwrap().iter().filter_map(|r| r["code"].as_str()).collect();
        assert!(codes.contains(&"1.8.1"), "{codes:?}");
        assert!(run.stdout.contains(",\"time\":\"20"), "{}", run.stdout);
    }
}

#[test]
fn a_clock_has_the_codes_of_time_and_date_in_both_families() {
    for meter in [CE, MERCURY] {
        let simulator = simulate_tcp(meter);
        let run = run(&[&["read", &simulator.place, "--json"], meter, &["clock"]].concat());
        let poll = json_lines(&run.stdout).remove(0);
        let [time, date] = poll["readings"].as_array().unwrap().as_slice() else { panic!("{run:?}") };
        assert_eq!((&time["code"], &date["code"]), (&"0.9.1".into(), &"0.9.2".into()));
        assert_eq!(time["value"].as_str().map(str::len), Some("23:59:59".len()), "{time}");
        assert_eq!(date["value"].as_str().map(str::len), Some("2024-05-31".len()), "{date}");
        assert_eq!((&time["quantity"], &time["raw"]), (&date["quantity"], &date["raw"]));
    }
}

#[test]
fn the_address_in_json_is_as_it_was_written() {
    for (meter, written) in [(CE, "0013462"), (CE, "0x3496"), (CE, "011791165813462"), (MERCURY, "0411486")] {
        let simulator = simulate_tcp(meter);
        let named = ["--model", meter[1], "--address", written, "clock"];
        let run = run(&[&["read", &simulator.place, "--json"], &named[..]].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(json_lines(&run.stdout)[0]["address"], written);
    }
}

#[test]
fn a_load_profile_is_a_line_an_interval_and_its_tariffs_come_to_its_energy() {
    let simulator = simulate_tcp(&["--model", "neva-mt324", "--address", "44"]);
    let asked =
        ["--model", "neva-mt324", "--address", "44", "profile", "from=1", "days=1", "--format", "csv"];
    let run = run(&[&["read", &simulator.place], &asked[..]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines: Vec<Vec<&str>> = run.stdout.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!((lines.len(), lines[0][..3].join(",").as_str()), (49, "begin,end,power"));
    let tenths = |cell: &str| cell.replace('.', "").parse::<u64>().unwrap();
    for line in &lines[1..] {
        assert_eq!(tenths(line[4]), line[5..9].iter().map(|cell| tenths(cell)).sum::<u64>(), "{line:?}");
        assert_eq!(tenths(line[4]), tenths(line[2]) * 5, "half an hour of {line:?}");
    }
}

#[test]
fn nothing_is_asked_of_a_capture() {
    for arguments in [
        vec!["read", "file:x.pcapng", "--model", "mercury-200", "--address", "1"],
        vec!["send", "file:x.pcapng", "--raw", "00"],
    ] {
        let run = run(&arguments);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains("meterscope decode x.pcapng"), "{}", run.stderr);
    }
}

#[test]
fn a_value_that_was_set_is_read_back_exactly() {
    let simulator = simulate_tcp(&[MERCURY, &["--set", "1.8.1=2979.64", "--set", "1.8.2=0.00"]].concat());
    let run = run(&[&["read", &simulator.place, "--json"], MERCURY].concat());
    assert!(run.stdout.contains("\"code\":\"1.8.1\""), "{run:?}");
    assert!(
        run.stdout.contains("\"value\":2979.64,") && run.stdout.contains("\"value\":0.00,"),
        "{}",
        run.stdout
    );
    let table = super::run(&[&["read", &simulator.place], MERCURY].concat());
    assert!(table.stdout.contains("2979.64  kWh"), "{table:?}");
    let plain = super::run(&[&["read", &simulator.place, "--plain"], MERCURY].concat());
    assert!(plain.stdout.lines().any(|line| line == "2979.64"), "{plain:?}");
}

#[cfg(unix)]
#[test]
fn a_meter_is_read_over_a_pseudo_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("meter");
    let simulator = simulate(&[&["--pty", path.to_str().unwrap()], MERCURY].concat());
    assert_eq!(simulator.place, path.to_str().unwrap());
    let run = run(&[&["read", &simulator.place, "--json"], MERCURY].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn polls_repeat_until_their_count_is_reached() {
    let simulator = simulate_tcp(MERCURY);
    let often = ["--json", "--every", "10ms", "--count", "3"];
    let run = run(&[&["read", &simulator.place], MERCURY, &often[..]].concat());
    assert_eq!((run.code, json_lines(&run.stdout).len()), (Some(0), 3), "{run:?}");
}

#[test]
fn a_poll_that_fails_leaves_an_object_without_values_that_says_why() {
    let simulator = simulate_tcp(&[MERCURY, &["--fault", "swallow=#2"]].concat());
    let often = ["--json", "--every", "10ms", "--count", "3", "--retries", "0", "clock"];
    let run = run(&[&["read", &simulator.place], MERCURY, &often[..]].concat());
    let polls = json_lines(&run.stdout);
    assert_eq!((run.code, polls.len()), (Some(0), 3), "{run:?}");
    let has_values = |poll: &serde_json::Value| {
        poll["readings"].as_array().unwrap().iter().all(|reading| !reading["value"].is_null())
    };
    assert_eq!(polls.iter().map(has_values).collect::<Vec<_>>(), [true, false, true], "{polls:?}");
    let failed = &polls[1]["readings"][0];
    assert_eq!((failed["reason"].as_str(), failed["command"].as_str()), (Some("no answer"), Some("clock")));
}

#[test]
fn listening_through_a_controlled_converter_says_what_it_sends() {
    let run = run(&["sniff", "rfc2217://127.0.0.1:1"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("negotiates with the converter"), "{}", run.stderr);
    assert!(run.stderr.contains("at most 64 bytes"), "{}", run.stderr);
}

#[test]
fn silence_ends_with_4_and_says_what_to_look_at() {
    let simulator = simulate_tcp(&[MERCURY, &["--fault", "swallow=1"]].concat());
    let run = run(&[&["read", &simulator.place, "--json", "--retries", "0"], MERCURY].concat());
    assert_eq!((run.code, run.stdout.as_str()), (Some(4), ""), "{run:?}");
    for expected in ["No answer from", "ruled out:", "look at:", &simulator.place] {
        assert!(run.stderr.contains(expected), "{expected} in {}", run.stderr);
    }
}

#[test]
fn one_unanswered_item_of_the_everyday_set_is_null_with_a_reason() {
    let simulator = simulate_tcp(&[MERCURY, &["--fault", "swallow=#2"]].concat());
    let run = run(&[&["read", &simulator.place, "--json", "--retries", "0"], MERCURY].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    let poll = json_lines(&run.stdout).remove(0);
    let missing: Vec<&serde_json::Value> =
        poll["readings"].as_array().unwrap().iter().filter(|reading| reading["value"].is_null()).collect();
    assert_eq!(missing.len(), 1, "{poll}");
    assert_eq!((missing[0]["reason"].as_str(), missing[0]["command"].is_string()), (Some("no answer"), true));
    assert!(run.stderr.contains("No answer from"), "{}", run.stderr);
}

#[test]
fn a_named_command_fails_with_its_own_code() {
    let simulator = simulate_tcp(&[MERCURY, &["--fault", "swallow=1"]].concat());
    let run = run(&[&["read", &simulator.place, "--retries", "0"], MERCURY, &["clock"]].concat());
    assert_eq!((run.code, run.stdout.as_str()), (Some(4), ""), "{run:?}");
}

#[test]
fn a_refusal_of_the_meter_ends_with_6_and_names_its_error() {
    let ce102 = ["--model", "energomera-ce102", "--address", "123"];
    let simulator = simulate_tcp(&ce102);
    let run = run(&[&["read", &simulator.place], &ce102[..], &["skop"]].concat());
    assert_eq!(run.code, Some(6), "{run:?}");
    assert!(run.stderr.contains("refuses: error "), "{}", run.stderr);
}

#[test]
fn an_adapter_that_hears_itself_is_no_trouble() {
    let simulator = simulate_tcp(&[MERCURY, &["--fault", "echo=1"]].concat());
    let run = run(&[&["read", &simulator.place, "--json"], MERCURY].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    let sent = super::run(&[&["send", &simulator.place, "--json"], MERCURY, &["clock"]].concat());
    let echoes = json_lines(&sent.stdout).iter().filter(|line| line["echo"] == true).count();
    assert_eq!((sent.code, echoes), (Some(0), 1), "{sent:?}");
}

#[test]
fn the_simulated_bus_is_read_without_knowing_an_address() {
    let run = run(&["read", "sim:", "--model", "mercury-206", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("\"code\":\"1.8.1\""), "{run:?}");
}

#[test]
fn a_converter_that_dials_in_is_waited_for() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let _simulator = simulate(&[&["--connect", &format!("tcp://127.0.0.1:{port}")], MERCURY].concat());
    let run = run(&[&["read", &format!("listen://127.0.0.1:{port}"), "--json"], MERCURY].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_read_ends_at_once_and_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("tcp://{}", listener.local_addr().unwrap());
    let child = program()
        .args([&["read", &place, "--retries", "200"], MERCURY].concat())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_exact(&mut [0; 7]).unwrap();
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let begun = Instant::now();
    let ended = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("stopped") && begun.elapsed() < Duration::from_secs(3), "{stderr}");
}

#[test]
fn a_link_lost_in_the_middle_ends_with_3() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("tcp://{}", listener.local_addr().unwrap());
    let child = program().args([&["read", &place], MERCURY].concat()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_exact(&mut [0; 7]).unwrap();
    drop((stream, listener));
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(3), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn a_silent_iec_meter_behind_a_converter_gets_a_few_bytes_and_a_diagnosis() {
    for noise in [b"".as_slice(), b"\xAE\x11\xF3\xC0\x00\xFF\xFE"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let place = format!("tcp://{}", listener.local_addr().unwrap());
        let child = program()
            .args(["read", &place, "--model", "iec62056-21"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        let (mut sent, mut piece) = (Vec::new(), [0; 256]);
        while let Ok(count @ 1..) = stream.read(&mut piece) {
            // Every other sign-on has parity bits, for a converter of 8N1.
            sent.extend(piece[..count].iter().map(|byte| byte & 0x7F));
            assert!(sent.len() < 400, "{sent:02X?}");
            let _ = stream.write_all(noise);
        }
        let ended = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(4), "{stderr}");
        assert!(stderr.contains("No answer"), "{stderr}");
        let count = |what: &[u8]| sent.windows(what.len()).filter(|part| *part == what).count();
        assert_eq!((count(b"/?!"), count(b"\x01B0")), (3, 2), "{sent:02X?}");
    }
}

/// A capture of a request with a framing error in it, and of a break.
fn damaged_capture(folder: &Path) -> PathBuf {
    let path = folder.join("damaged.pcapng");
    let line = LineSettings::n81(9600);
    let mut trace = Trace::new(Timestamp::UNIX_EPOCH);
    trace.capture_to(Capture::to_file(&path, "serial:/dev/ttyUSB0", Some(line)).unwrap());
    trace.record(Dir::Rx, b"\x00\x06", At::ZERO);
    trace.record_damaged(LineError::Framing, b"\x47", At::ZERO);
    trace.record(Dir::Rx, b"\x5E\x63\x23\x58\x02\x64\x00\x05\x88\x45\xC6", At::ZERO);
    trace.record_damaged(LineError::Break, b"\0", At::from_millis(900));
    drop(trace);
    path
}

#[test]
fn damage_in_a_capture_is_shown_with_the_frames() {
    let folder = tempfile::tempdir().unwrap();
    let path = damaged_capture(folder.path());
    let path = path.to_str().unwrap();
    let commands = [
        (vec!["decode", path], "00 06 47 5E"),
        (vec!["export", path, "--format", "csv"], "00 06 47 5E"),
        (vec!["export", path, "--format", "hex"], "00 06 47 5E"),
        (vec!["export", path, "--format", "md"], "00 06 47 5E"),
        (vec!["export", path, "--format", "jsonl"], "0006475E"),
    ];
    for (command, bytes) in commands {
        let shown = run(&command);
        assert_eq!(shown.code, Some(0), "{shown:?}");
        for said in ["framing error, byte 3 from here", "break, byte 1 from here", bytes] {
            assert!(shown.stdout.contains(said), "{command:?}: {said} in {}", shown.stdout);
        }
    }
    for format in ["csv", "jsonl", "md"] {
        let readings = run(&["export", path, "--format", format, "--readings"]);
        assert!(readings.code == Some(0) && !readings.stdout.contains("error"), "{format}: {readings:?}");
    }
}

#[test]
fn the_lines_of_a_damaged_capture_have_all_its_bytes_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = damaged_capture(folder.path());
    let path = path.to_str().unwrap();
    let hex = |command: &[&str]| -> String {
        let shown = run(command);
        assert_eq!(shown.code, Some(0), "{shown:?}");
        json_lines(&shown.stdout).iter().map(|line| line["hex"].as_str().unwrap().to_owned()).collect()
    };
    let whole = "0006475E632358026400058845C600";
    assert_eq!(hex(&["export", path, "--format", "jsonl"]), whole);
    assert_eq!(hex(&["decode", path, "--json"]), whole);
    let exported = run(&["export", path, "--format", "jsonl"]);
    let marks: Vec<serde_json::Value> =
        json_lines(&exported.stdout).into_iter().filter(|line| line["mark"] == true).collect();
    assert_eq!(marks.len(), 2, "{exported:?}");
    assert!(marks.iter().all(|mark| mark["length"] == 0 && mark["at"].is_string()), "{marks:?}");
}

#[test]
fn a_capture_is_exported_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("read.pcapng");
    let path = path.to_str().unwrap();
    let simulator = simulate_tcp(MERCURY);
    assert_eq!(run(&[&["read", &simulator.place, "--capture", path], MERCURY].concat()).code, Some(0));
    for (format, expected) in
        [("csv", ","), ("jsonl", "\"protocol\":\"mercury200\""), ("hex", "00 06 47 5E"), ("md", "|")]
    {
        let frames = run(&["export", path, "--format", format]);
        assert_eq!(frames.code, Some(0), "{frames:?}");
        assert!(frames.stdout.contains(expected), "{format}: {}", frames.stdout);
    }
    for format in ["csv", "jsonl", "md"] {
        let readings = run(&["export", path, "--format", format, "--readings"]);
        assert!(readings.code == Some(0) && readings.stdout.contains("1.8.1"), "{format}: {readings:?}");
    }
    let replayed = run(&["sniff", &format!("file:{path}"), "--json"]);
    assert_eq!(replayed.stdout, run(&["decode", path, "--json"]).stdout);
    assert_eq!(run(&["sniff", "file:/nonexistent.pcapng"]).code, Some(3));
}

#[test]
fn damage_ends_with_5() {
    let simulator = simulate_tcp(&[MERCURY, &["--fault", "flip=1@5"]].concat());
    let run = run(&[&["read", &simulator.place, "--retries", "0"], MERCURY, &["21"]].concat());
    assert_eq!(run.code, Some(5), "{run:?}");
}

#[test]
fn what_was_sent_and_came_back_is_shown_explained() {
    let simulator = simulate_tcp(MERCURY);
    let sent = run(&[&["send", &simulator.place, "--json"], MERCURY, &["21"]].concat());
    assert_eq!(sent.code, Some(0), "{sent:?}");
    let lines = json_lines(&sent.stdout);
    let directions: Vec<&str> = lines.iter().filter_map(|line| line["direction"].as_str()).collect();
    assert_eq!(directions, ["request", "reply"], "{}", sent.stdout);
    let raw = run(&[
        "send",
        &simulator.place,
        "--raw",
        "00 06 47 5E 21",
        "--append-crc",
        "modbus",
        "--silence",
        "200ms",
    ]);
    assert_eq!(raw.code, Some(0), "{raw:?}");
    assert!(raw.stdout.contains("00 06 47 5E 21 6C E5") && raw.stdout.contains("reply"), "{}", raw.stdout);
}

#[test]
fn a_write_is_sent_only_when_it_is_allowed() {
    let simulator = simulate_tcp(MERCURY);
    let command = ["set-clock", "time=2024-05-31T12:00:00"];
    let send = [&["send", &simulator.place, "--json"], MERCURY, &command[..]].concat();
    let refused = run(&send);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(7), ""), "{refused:?}");
    let allowed = run(&[&send[..], &["--allow-write"]].concat());
    assert_eq!((allowed.code, json_lines(&allowed.stdout).len()), (Some(0), 2), "{allowed:?}");
    let clock = run(&[&["read", &simulator.place, "--plain"], MERCURY, &["clock"]].concat());
    assert!(clock.stdout.starts_with("12:00:0") && clock.stdout.ends_with("2024-05-31\n"), "{clock:?}");
    let read = run(&[&["read", &simulator.place], MERCURY, &command[..]].concat());
    assert!(read.code == Some(7) && read.stderr.contains("read never changes a meter"), "{read:?}");
}

#[test]
fn a_password_is_masked_where_a_frame_carries_it_and_refused_when_wrong() {
    let simulator = simulate_tcp(CE);
    let sent = run_with(
        program().env("METERSCOPE_PASSWORD", "77777").args(["send", &simulator.place]).args(CE).arg("clock"),
    );
    assert_eq!(sent.code, Some(6), "{sent:?}");
    assert!(sent.stdout.contains("** ** ** **") && !sent.stdout.contains("77777"), "{}", sent.stdout);
}

#[test]
fn bytes_that_nobody_answers_end_with_4() {
    let simulator = simulate_tcp(MERCURY);
    let raw =
        ["send", &simulator.place, "--raw", "00 00 00 63 21", "--append-crc", "modbus", "--silence", "100ms"];
    let run = run(&raw);
    assert_eq!(run.code, Some(4), "{run:?}");
}

#[test]
fn a_listener_prints_what_goes_by_and_never_writes_a_byte() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("tcp://{}", listener.local_addr().unwrap());
    let mut child = Ended(
        program()
            .args(["sniff", &place, "--protocol", "mercury200", "--json", "--for", "2s"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let (mut stream, _) = listener.accept().unwrap();
    stream.write_all(&[0x00, 0x06, 0x47, 0x5E, 0x63, 0xEC, 0xD4]).unwrap();
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("\"hex\":\"0006475E63ECD4\""), "{line}");
    let mut written = Vec::new();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let _ = stream.read_to_end(&mut written);
    assert_eq!(written, [0u8; 0]);
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
}

#[test]
fn a_listener_whose_link_is_lost_ends_with_3() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let link = format!("tcp://{}", listener.local_addr().unwrap());
    let child =
        program().args(["sniff", &link, "--protocol", "mercury200"]).stderr(Stdio::piped()).spawn().unwrap();
    let (stream, _) = listener.accept().unwrap();
    drop(stream);
    let ended = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("listening on tcp://127.0.0.1:") && stderr.contains("--reconnect"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_simulator_ends_quietly_and_removes_its_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("meter");
    let simulator = simulate(&[&["--pty", path.to_str().unwrap()], MERCURY].concat());
    let Simulator { mut process, place } = simulator;
    assert!(exists(&place));
    let id = rustix::process::Pid::from_child(&process.0);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert_eq!(process.0.wait().unwrap().code(), Some(0));
    let begun = Instant::now();
    while exists(&place) && begun.elapsed() < Duration::from_secs(5) {
        std::thread::yield_now();
    }
    assert!(!exists(&place));
}

#[test]
fn an_address_that_others_can_reach_must_be_allowed() {
    let run = run(&["simulate", "--listen", "tcp://0.0.0.0:0"]);
    assert_eq!(run.code, Some(7), "{run:?}");
    assert!(run.stderr.contains("--allow-remote"), "{}", run.stderr);
}

#[test]
fn a_value_that_a_meter_does_not_have_is_refused() {
    let run = run(&[&["simulate", "--listen", "tcp://127.0.0.1:0"], MERCURY, &["--set", "9.9.9=1"]].concat());
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
    assert!(run.stderr.contains("9.9.9=1"), "{}", run.stderr);
}

#[test]
fn a_capture_holds_what_went_over_the_link_and_decodes_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("read.pcapng");
    let path = path.to_str().unwrap();
    let simulator = simulate_tcp(MERCURY);
    let read = run(&[&["read", &simulator.place, "--capture", path], MERCURY].concat());
    assert_eq!(read.code, Some(0), "{read:?}");
    let decoded = run_with(program().args(["decode", path, "--json"]));
    assert_eq!(decoded.code, Some(0), "{decoded:?}");
    let lines = json_lines(&decoded.stdout);
    assert!(lines.iter().any(|line| line["direction"] == "request"), "{}", decoded.stdout);
    assert!(lines.iter().any(|line| line["direction"] == "reply"), "{}", decoded.stdout);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
