//! Keys and passwords stay out of messages, and memory out of core files and of other processes.

use super::{program, run_with};

/// A key with one digit less, whole, with one more, grouped, and in base64.
const KEYS: [&str; 5] = [
    "36C66639E48A8CA4D6BC8B282A793BB",
    "36C66639E48A8CA4D6BC8B282A793BBB",
    "36c66639e48a8ca4d6bc8b282a793bbb0",
    "36:C6:66:39:E4:8A:8C:A4:D6:BC:8B:28:2A:79:3B:BB",
    "NsZmOeSKjKTWvIsoKnk7uw==",
];

/// Where one may be typed by mistake.
const PLACES: [&[&str]; 8] = [
    &["read", "tcp://127.0.0.1:9", "--model", "kaifa-ma309", "--keys", "KEY"],
    &["read", "tcp://127.0.0.1:9", "--model", "kaifa-ma309", "--keys", "folder/KEY"],
    &["decode", "--keys", "KEY", "--hex", "00"],
    &["decode", "KEY"],
    &["export", "KEY"],
    &["read", "sim:", "--model", "kaifa-ma309", "--capture", "KEY/KEY"],
    &["sniff", "file:KEY"],
    &["read", "tcp://127.0.0.1:9", "--model", "KEY"],
];

#[test]
fn a_key_typed_where_a_name_belongs_is_not_shown() {
    for key in KEYS {
        for place in PLACES {
            let arguments: Vec<String> = place.iter().map(|word| word.replace("KEY", key)).collect();
            let run = run_with(program().args(&arguments));
            let said = run.stdout + &run.stderr;
            assert_ne!(run.code, Some(0), "{arguments:?}");
            assert!(!said.contains(&key[..12]) && !said.contains(&key[8..24]), "{arguments:?}: {said}");
        }
        let run = run_with(program().env("METERSCOPE_KEYS", key).args(["decode", "--hex", "00"]));
        assert!(!run.stderr.contains(&key[..12]), "{}", run.stderr);
    }
}

#[test]
fn raw_bytes_that_are_refused_do_not_show_the_password_in_them() {
    let open = "56 01 01 04 08 02 09 01 03 7C 31";
    let run = run_with(program().args(["send", "tcp://127.0.0.1:9", "--raw", open]));
    let other = "56 03 1F 01 04 08 02 09 01 03 07 03 09 05 02 06";
    let more = run_with(program().args(["send", "tcp://127.0.0.1:9", "--raw", other]));
    for said in [run.stderr, more.stderr] {
        assert!(!said.contains("04 08 02 09"), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_core_is_written_and_nobody_else_reads_the_memory() {
    use std::os::unix::fs::MetadataExt as _;

    let simulated = super::simulator::simulate_tcp(super::simulator::CE);
    let process = format!("/proc/{}", simulated.process.0.id());
    let limits = std::fs::read_to_string(format!("{process}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
    // Of a process that may not be dumped the system's user owns the memory, whoever started it.
    assert_eq!(std::fs::metadata(format!("{process}/mem")).unwrap().uid(), 0);
}
