//! What may change a meter: confirmed by a word where it acts, kept before it goes out, refused where it cannot be kept.

use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Run, json_lines, program, run, run_with};

/// A state folder of its own, so that its log holds nothing else.
fn with_state(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = program();
    command.env("XDG_STATE_HOME", folder).args(arguments);
    command
}

fn in_state(folder: &Path, arguments: &[&str]) -> Run {
    run_with(&mut with_state(folder, arguments))
}

/// A place that takes connections and says nothing.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("tcp://{}", listener.local_addr().unwrap());
    (listener, place)
}

/// Whether anybody has called and said something.
fn has_heard(listener: &TcpListener) -> bool {
    listener.set_nonblocking(true).unwrap();
    let mut heard = Vec::new();
    while let Ok((mut caller, _)) = listener.accept() {
        caller.set_nonblocking(false).unwrap();
        caller.read_to_end(&mut heard).unwrap();
    }
    !heard.is_empty()
}

const MERCURY: &[&str] = &["--model", "mercury-200", "--address", "411486"];
const CLOCK: &[&str] = &["set-clock", "time=2026-03-01T14:02:00", "--allow-write"];
const ADDRESS: &[&str] = &["set-address", "to=5", "--allow-write"];

#[test]
fn a_wrong_confirmation_ends_with_7_whether_or_not_one_was_wanted() {
    let (listener, place) = silent();
    let send = |what: &[&str], word: &[&str]| run(&[&["send", &place], MERCURY, what, word].concat());
    for (what, words) in [
        (CLOCK, [&["--confirm", "nope"][..], &["--confirm", ""]]),
        (ADDRESS, [&[], &["--confirm", "1486"]]),
        (&["energy", "--allow-write"], [&["--confirm", "nope"], &["--confirm", "yes"]]),
    ] {
        for word in words {
            let refused = send(what, word);
            assert_eq!(refused.code, Some(7), "{what:?} {word:?}: {refused:?}");
            assert!(refused.stderr.contains("not confirmed: expected"), "{refused:?}");
        }
    }
    let raw = ["send", &place, "--raw", "FF 01 02", "--allow-write", "--confirm", "nope"];
    assert_eq!(run(&raw).code, Some(7));
    assert!(!has_heard(&listener));
}

#[test]
fn a_profile_is_not_erased_by_the_flag_alone() {
    let meter = ["--model", "mercury-230", "--address", "5", "init-profile", "data=00", "--allow-write"];
    let refused = run(&[&["send", "tcp://127.0.0.1:1"], &meter[..]].concat());
    assert_eq!(refused.code, Some(7), "{refused:?}");
    assert!(refused.stderr.contains("expected init-profile, or the whole address 5"), "{refused:?}");
    // Confirmed, so that only the link is in the way.
    let allowed = run(&[&["send", "tcp://127.0.0.1:1"], &meter[..], &["--confirm", "init-profile"]].concat());
    assert_eq!(allowed.code, Some(3), "{allowed:?}");
}

#[test]
fn a_write_is_in_the_log_before_its_answer_and_stays_open_when_the_program_is_killed() {
    let (state, (listener, place)) = (tempfile::tempdir().unwrap(), silent());
    let send = [&["send", &place], MERCURY, CLOCK].concat();
    let mut child =
        with_state(state.path(), &send).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (mut caller, _) = listener.accept().unwrap();
    let mut written = [0; 14];
    caller.read_exact(&mut written).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let log = in_state(state.path(), &["writes", "--json"]);
    let lines = json_lines(&log.stdout);
    let [line] = lines.as_slice() else { panic!("{log:?}") };
    assert_eq!([&line["command"], &line["verdict"]], ["set-clock", "unknown"]);
    assert!(line["bytes"].as_str().unwrap().starts_with("00 06 47 5E 02"), "{line}");
    let table = in_state(state.path(), &["writes"]);
    assert!(table.stdout.contains("unknown: sent, end not"), "{table:?}");
}

#[test]
fn bytes_that_nobody_recognises_are_kept_too() {
    let (state, (listener, place)) = (tempfile::tempdir().unwrap(), silent());
    let send = ["send", &place, "--raw", "FF 01 02", "--allow-write", "--silence", "100ms"];
    assert_eq!(in_state(state.path(), &send).code, Some(4));
    assert!(has_heard(&listener));
    let lines = json_lines(&in_state(state.path(), &["writes", "--json"]).stdout);
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!([&line["command"], &line["access"], &line["bytes"]], ["raw", "unknown", "FF 01 02"]);
    assert_eq!(line["verdict"], "silence");
}

/// Puts something in the place of the log.
#[cfg(unix)]
type InItsPlace<'a> = &'a dyn Fn(&Path);

#[cfg(unix)]
#[test]
fn a_log_that_cannot_be_written_refuses_the_write_with_the_reason_and_nothing_is_sent() {
    use std::os::unix::fs::symlink;
    let (listener, place) = silent();
    let elsewhere = tempfile::tempdir().unwrap();
    let link = |log: &Path| symlink(elsewhere.path().join("other"), log).unwrap();
    let folder = |log: &Path| std::fs::create_dir(log).unwrap();
    let cases: [(InItsPlace<'_>, &str); 2] =
        [(&link, "a link stands in its place"), (&folder, "no regular file")];
    for (put, why) in cases {
        let state = tempfile::tempdir().unwrap();
        std::fs::create_dir(state.path().join("meterscope")).unwrap();
        put(&state.path().join("meterscope/writes.jsonl"));
        let neva = ["--model", "neva-mt324", "--address", "00000201"];
        for what in
            [[&["send", &place], MERCURY, CLOCK].concat(), [&["send", &place], &neva[..], CLOCK].concat()]
        {
            let refused = in_state(state.path(), &what);
            assert_eq!(refused.code, Some(7), "{refused:?}");
            assert!(refused.stderr.contains(why) && !refused.stderr.contains("os error"), "{refused:?}");
        }
        let raw = ["send", &place, "--raw", "FF 01 02", "--allow-write"];
        let refused = in_state(state.path(), &raw);
        assert!(refused.code == Some(7) && refused.stderr.contains(why), "{refused:?}");
    }
    assert!(!has_heard(&listener));
    assert!(!elsewhere.path().join("other").exists());
}

#[test]
fn a_write_behind_what_looks_like_a_read_is_not_sent() {
    let (listener, place) = silent();
    for raw in [
        "015231025828290300 c0489634fd0031de0b00d701210002140601033172c0",
        "56 07 40 00 27 2C B6",
        "FF FF FF FF 27 FF FF",
        r#""/?ctime!" 0D 0A"#,
        r#""/? CTIME!" 0D 0A"#,
        r#""/?0CTIME!""#,
    ] {
        for model in [
            &[][..],
            &["--model", "mercury-230"],
            &["--model", "mercury-200"],
            &["--protocol", "iec62056-21"],
        ] {
            let refused = run(&[&["send", &place, "--raw", raw], model].concat());
            assert_eq!(refused.code, Some(7), "{raw} {model:?}: {refused:?}");
        }
    }
    assert!(!has_heard(&listener));
}
