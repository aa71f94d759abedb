//! Files that a person names: whatever bears the name, the program ends and says what is wrong.

use std::fs::File;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Run, program, run_fed, run_with, terminal};

/// What is no file that can be read, by name.
const KINDS: [&str; 9] = [
    "pipe.toml",
    "link to a pipe.toml",
    "/dev/zero",
    "link to a device.toml",
    "folder.toml",
    "missing.toml",
    "link to nothing.toml",
    "socket.toml",
    "endless.toml",
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let fifo = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, at("pipe.toml"), fifo, 0o600.into(), 0).unwrap();
    symlink(at("pipe.toml"), at("link to a pipe.toml")).unwrap();
    symlink("/dev/zero", at("link to a device.toml")).unwrap();
    symlink(at("nothing"), at("link to nothing.toml")).unwrap();
    std::fs::create_dir(at("folder.toml")).unwrap();
    drop(std::os::unix::net::UnixListener::bind(at("socket.toml")).unwrap());
    let endless = File::create(at("endless.toml")).unwrap();
    endless.set_len(1 << 40).unwrap();
    endless.set_permissions(std::fs::Permissions::from_mode(0o600)).unwrap();
    folder
}

/// Runs, and fails when it does not end by itself: the time is a bound for a hang, far beyond what is needed.
fn ended(command: &mut Command) -> Run {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
            panic!("it hangs: {command:?}");
        }
        std::thread::yield_now();
    }
    child.wait_with_output().unwrap().into()
}

#[test]
fn whatever_an_option_names_the_program_ends_with_a_sentence_and_its_code() {
    let folder = folder();
    for kind in KINDS {
        let path = folder.path().join(kind).to_str().unwrap().to_owned();
        let link = format!("file:{path}");
        let uses: [(&[&str], i32); 8] = [
            (&["decode", "--hex", "C0", "--keys", &path], 2),
            (&["decode", "--hex", "C0", "--config", &path], 2),
            (&["decode", &path], 2),
            (&["export", &path], 2),
            (&["sniff", &link], 3),
            (&["read", &link, "--model", "dsmr-p1"], 3),
            (&["sniff", "sim:", "--for", "1ms", "--keys", &path], 2),
            (&["read", "sim:", "--model", "mercury-200", "--capture", &path], 3),
        ];
        for (arguments, code) in uses {
            let may_be_made = arguments.contains(&"--capture") && kind == "missing.toml";
            if may_be_made {
                continue;
            }
            let run = ended(program().args(arguments));
            assert_eq!(run.code, Some(code), "{arguments:?}: {run:?}");
            assert!(run.stderr.starts_with("meterscope: "), "{arguments:?}: {run:?}");
            assert!(!run.stderr.contains("os error"), "{arguments:?}: {run:?}");
            assert!(run.stdout.is_empty(), "{arguments:?}: {run:?}");
        }
        let by_variable = ended(program().args(["decode", "--hex", "C0"]).env("METERSCOPE_KEYS", &path));
        assert_eq!(by_variable.code, Some(2), "{kind}: {by_variable:?}");
    }
}

#[test]
fn the_console_says_of_a_theme_and_a_configuration_that_are_no_files_what_they_are() {
    let folder = folder();
    for kind in KINDS {
        let path = folder.path().join(kind).to_str().unwrap().to_owned();
        for option in ["--theme", "--config", "--keys"] {
            let (printed, code) = terminal::run(&[option, &path], &[], &[]);
            assert_eq!(code, 2, "{option} {kind}: {printed}");
            assert!(printed.contains("meterscope: "), "{option} {kind}: {printed}");
        }
    }
}

#[test]
fn the_kind_of_what_is_no_file_is_named_with_what_to_do() {
    let folder = folder();
    let said = |path: &Path| run_with(program().args(["decode", "--hex", "C0", "--keys"]).arg(path)).stderr;
    for (path, expected) in [
        (folder.path().to_owned(), "it is a folder: name a file in it"),
        (folder.path().join("pipe.toml"), "it is a named pipe: name a regular file"),
        ("/dev/null".into(), "it is a device: name a regular file"),
        (folder.path().join("endless.toml"), "it is longer than the 1048576 bytes that are read"),
    ] {
        let text = said(&path);
        assert!(text.contains(expected) && !text.contains("chmod"), "{path:?}: {text}");
    }
}

#[test]
fn standard_input_and_a_shells_own_pipes_are_read() {
    let frame = b"c048fd009634570130000331c471070045c0";
    let from_standard_input = run_fed(&["decode", "-"], frame);
    assert_eq!(from_standard_input.code, Some(0), "{from_standard_input:?}");
    for name in ["/dev/stdin", "/dev/fd/0"] {
        let run = run_fed(&["decode", name], frame);
        assert_eq!((run.code, &run.stdout), (Some(0), &from_standard_input.stdout), "{run:?}");
    }
    let keys = run_fed(&["decode", "--hex", "C0", "--keys", "/dev/stdin"], b"[[meter]]\npassword = 5\n");
    assert!(keys.stderr.contains("line 2, column"), "{keys:?}");
}
