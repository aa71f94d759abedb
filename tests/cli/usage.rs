//! Help, completions, manual pages, and what happens when something is typed wrong.

use std::io::Read as _;
use std::process::Stdio;

use super::{file, program, run, run_with};

const SUBCOMMANDS: &[&str] = &[
    "demo",
    "ports",
    "models",
    "commands",
    "read",
    "send",
    "sniff",
    "compose",
    "decode",
    "simulate",
    "export",
    "completions",
    "man",
];

#[test]
fn every_subcommand_has_help_with_an_example() {
    let all = run(&["--help"]);
    assert_eq!(all.code, Some(0));
    for name in SUBCOMMANDS {
        assert!(all.stdout.contains(&format!("\n  {name} ")), "{name} in {}", all.stdout);
        let help = run(&[name, "--help"]);
        assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""), "{name}");
        assert!(help.stdout.contains("Example:\n  meterscope "), "{name}: {}", help.stdout);
    }
    for later in ["record", "publish", "serve", "scan"] {
        assert!(!all.stdout.contains(&format!("\n  {later} ")), "{later}");
    }
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]);
        assert_eq!(script.code, Some(0));
        assert!(script.stdout.contains("meterscope") && script.stdout.contains("decode"), "{shell}");
    }
    assert_eq!(run(&["completions", "sh64"]).code, Some(2));
}

#[test]
fn there_is_a_manual_page_for_the_program_and_each_subcommand() {
    assert!(run(&["man"]).stdout.contains(".TH meterscope 1"));
    for name in SUBCOMMANDS {
        let page = run(&["man", name]);
        assert_eq!(page.code, Some(0), "{name}");
        assert!(page.stdout.contains(".SH SYNOPSIS"), "{name}: {}", page.stdout);
    }
    let unknown = run(&["man", "fly"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("there is no subcommand \"fly\"") && unknown.stderr.contains("decode"));
}

#[test]
fn wrong_usage_ends_with_2_and_names_what_was_expected() {
    let cases: &[(&[&str], &str)] = &[
        (&["foo"], "\"foo\" is no link: expected serial:PORT"),
        (&["tcp://host"], "has no port number"),
        (&["commands", "energomera-ce30"], "unknown model \"energomera-ce30\"; near it: energomera-ce30"),
        (&["decode", "--hex", "C04"], "odd number of hex digits (3)"),
        (&["decode", "--hex", "C0 4G"], "character 5 is 'G', not a hex digit"),
        (&["decode", "--hex", ""], "there are no bytes in it"),
        (
            &["decode", "--hex", "00", "--protocol", "modbus"],
            "unknown protocol; near it: mbus, dlms-mbus; known: auto, energomera-ce",
        ),
        (&["decode", "/nonexistent/file"], "decoding /nonexistent/file: no such file"),
        (&["decode"], "required"),
        (&["demo"], "opening the console: standard input and output are not a terminal"),
        (&[], "meterscope read LINK"),
        (&["sim:", "models"], "stand behind the subcommand"),
        (
            &["read", "sim:", "--model", "mercury-200", "--address", "12x"],
            "address \"12x\": expected a decimal",
        ),
        (
            &["compose", "--model", "mercury-200", "--address", "abc", "energy"],
            "hex is written with 0x in front: 0xabc",
        ),
        (&["read", "sim:", "--model", "mercury-200", "--every", "5 days"], "expected a time such as"),
        (&["read", "sim:", "--model", "mercury-200", "--every", "1s", "--count", "0"], "0 is not in 1.."),
        (&["simulate"], "--listen"),
        (&["simulate", "--listen", "tcp://127.0.0.1"], "expected tcp://ADDRESS:PORT"),
        (&["simulate", "--listen", "tcp://127.0.0.1:0", "--fault", "gremlin=1"], "unknown fault \"gremlin\""),
    ];
    for (arguments, expected) in cases {
        let run = run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_link_that_cannot_be_opened_ends_with_3_and_says_for_whom() {
    let run = run(&["read", "tcp://127.0.0.1:1", "--model", "mercury-200", "--address", "411486"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.stderr.contains("reading mercury-200 411486: 127.0.0.1:1: Connection refused;"),
        "{}",
        run.stderr
    );
    let run = super::run(&["sniff", "serial:/dev/nonexistent0"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("/dev/nonexistent0"), "{}", run.stderr);
}

#[test]
fn what_may_change_a_meter_is_refused_with_7_before_anything_is_opened() {
    let link = "tcp://127.0.0.1:1";
    let meter = ["--model", "mercury-200", "--address", "411486"];
    for words in [vec!["set-clock", "time=2024-05-31T12:00:00"], vec!["switch-relay"]] {
        let commands = run(&["commands", "mercury-200", "--json"]).stdout;
        if !commands.contains(&format!("\"id\":\"{}\"", words[0])) {
            continue;
        }
        let run = run(&[&["send", link], &meter[..], &words[..]].concat());
        assert_eq!(run.code, Some(7), "{run:?}");
        assert!(run.stderr.contains("--allow-write"), "{}", run.stderr);
    }
    let raw = run(&["send", link, "--raw", "01 02 03"]);
    assert_eq!(raw.code, Some(7), "{raw:?}");
    assert!(raw.stderr.contains("01 02 03 is not recognised as a read command"), "{}", raw.stderr);
    // The clock of a Mercury 200: a read, so that only the link is in the way.
    let read = run(&["send", link, "--raw", "00 06 47 5E 21", "--append-crc", "modbus"]);
    assert_eq!(read.code, Some(3), "{read:?}");
}

#[test]
fn bytes_typed_wrong_are_named_with_their_place() {
    let cases = [
        ("06 4", "odd number of hex digits at character 4"),
        ("\"/?!", "the text that begins at character 1 lacks its closing quote"),
        ("hello", "character 1 is 'h'"),
    ];
    for (text, expected) in cases {
        let run = run(&["send", "sim:", "--raw", text]);
        assert_eq!(run.code, Some(2), "{text}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
    let run = run(&["send", "sim:", "--raw", "06", "--append-crc", "crc99"]);
    assert!(
        run.code == Some(2) && run.stderr.contains("unknown checksum \"crc99\"; known: modbus"),
        "{run:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_keys_file_that_others_can_read_is_refused_and_never_quoted() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path) = file("keys.toml", b"[[meter]]\npassword = \"hunter2\"\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let meter = ["--model", "mercury-200", "--address", "411486", "energy"];
    let refused = run(&[&["compose", "--keys", &path], &meter[..]].concat());
    assert_eq!(refused.code, Some(7), "{refused:?}");
    assert!(
        refused.stderr.contains("chmod 600") && !refused.stderr.contains("hunter2"),
        "{}",
        refused.stderr
    );
    std::fs::write(&path, "[[meter]]\npassword = hunter2\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let wrong = run_with(program().env("METERSCOPE_KEYS", &path).arg("compose").args(meter));
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(
        wrong.stderr.contains("line 2, column 12") && !wrong.stderr.contains("hunter2"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let frame = "C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 01 F5 C0\n".repeat(5000);
    let (_folder, path) = file("long.hex", frame.as_bytes());
    let mut child = program()
        .args(["decode", &path, "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 100];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(0), ""));
}
