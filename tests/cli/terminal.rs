//! What is different on a terminal: colours, width, the masked prompt; and what must never reach it.

use std::io::{Read as _, Write as _};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::HOME;

/// Runs in a terminal of 60 columns, answers what is asked, and gives everything that was printed with the
/// exit code.
pub fn run(arguments: &[&str], environment: &[(&str, &str)], typed: &[(&str, &str)]) -> (String, u32) {
    let size = PtySize { rows: 24, cols: 60, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_meterscope"));
    command.args(arguments);
    for name in ["METERSCOPE_KEYS", "METERSCOPE_PASSWORD", "NO_COLOR", "CI", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", HOME.path());
    command.env("TERM", "xterm-256color");
    for (name, value) in environment {
        command.env(name, value);
    }
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut writer = pair.master.take_writer().unwrap();
    let (mut printed, mut typed) = (Vec::new(), typed.iter());
    let mut next = typed.next();
    let mut chunk = [0; 4096];
    // A terminal whose program has ended reports an error instead of an end.
    while let Ok(count @ 1..) = reader.read(&mut chunk) {
        printed.extend_from_slice(&chunk[..count]);
        if let Some((question, answer)) = next
            && String::from_utf8_lossy(&printed).contains(question)
        {
            writer.write_all(answer.as_bytes()).unwrap();
            next = typed.next();
        }
    }
    (String::from_utf8_lossy(&printed).into_owned(), child.wait().unwrap().exit_code())
}

#[test]
fn a_table_is_as_wide_as_the_terminal_and_coloured() {
    let (printed, code) = run(&["models"], &[], &[]);
    assert_eq!(code, 0);
    assert!(printed.contains("\u{1b}[1m"), "{printed}");
    for line in printed.lines() {
        let bare = line.trim_end().replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
        assert!(bare.chars().count() <= 60, "{bare:?}");
    }
}

#[test]
fn no_color_and_its_switch_are_honoured() {
    for (arguments, environment) in [
        (&["models"][..], &[("NO_COLOR", "1")][..]),
        (&["models", "--no-color"], &[]),
        (&["models"], &[("TERM", "dumb")]),
        (&["models"], &[("TERM", "dumb"), ("CI", "true")]),
    ] {
        let (printed, _) = run(arguments, environment, &[]);
        assert!(printed.contains("mercury-200") && !printed.contains('\u{1b}'), "{arguments:?}: {printed}");
    }
}

#[test]
fn a_dumb_terminal_is_given_plain_help() {
    for arguments in [["models", "--help"], ["read", "--help"]] {
        let (coloured, _) = run(&arguments, &[], &[]);
        assert!(coloured.contains('\u{1b}'), "{arguments:?}: {coloured}");
        for forced in ["0", "1"] {
            let surroundings = [("TERM", "dumb"), ("CI", "true"), ("CLICOLOR_FORCE", forced)];
            let (printed, _) = run(&arguments, &surroundings, &[]);
            assert_eq!(printed.contains('\u{1b}'), forced == "1", "{arguments:?}: {printed}");
        }
    }
}

#[test]
fn a_password_is_asked_for_without_showing_it() {
    let arguments =
        ["compose", "--model", "energomera-ce307", "--address", "13462", "0130", "--ask-password", "--json"];
    let (printed, code) =
        run(&arguments, &[], &[("Password of energomera-ce307 13462: ", "235684\u{7f}43\r")]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("******") && !printed.contains("235684"), "{printed}");
    let (revealed, _) = run(
        &[&arguments[..], &["--reveal"]].concat(),
        &[],
        &[("Password of energomera-ce307 13462: ", "235684\u{7f}43\r")],
    );
    let (known, _) = run(
        &["compose", "--model", "energomera-ce307", "--address", "13462", "0130", "--json", "--reveal"],
        &[("METERSCOPE_PASSWORD", "2356843")],
        &[],
    );
    assert_eq!(revealed.lines().last(), known.lines().last());
}

#[test]
fn a_prompt_can_be_left() {
    let arguments = ["compose", "--model", "mercury-200", "--address", "1", "21", "--ask-password"];
    let (printed, code) = run(&arguments, &[], &[("Password of", "ab\u{3}")]);
    assert_eq!(code, 130, "{printed}");
    assert!(printed.contains("stopped"), "{printed}");
}

#[test]
fn no_control_character_of_foreign_bytes_reaches_the_terminal() {
    let all = (0..=255).map(|byte: u8| format!("{byte:02X}")).collect::<Vec<_>>().concat();
    let hostile = "1B5D303B6576696C07 1B5B324A 1B5D35323B633B41414141 07 9B324A 1B5B366E".replace(' ', "");
    let frame = "C0489634FD0000000000D201300001F5C0";
    let input = format!("{all}{frame}{hostile}{frame}{all}");
    for arguments in [
        vec!["decode", "--hex", &input],
        vec!["decode", "--hex", &input, "--json"],
        vec!["decode", "--hex", &input, "--protocol", "mercury200"],
        vec!["commands", "\u{1b}[2Jx\u{7}"],
        vec!["decode", "/tmp/\u{1b}[2J\u{202e}"],
        vec!["\u{1b}]0;evil\u{7}"],
        vec!["compose", "--model", "mercury-200", "--address", "\u{1b}[2J", "21"],
        vec!["compose", "--model", "mercury-200", "--address", "1", "\u{1b}[2J"],
        vec!["send", "sim:", "--raw", "\u{1b}[2J"],
    ] {
        let (printed, _) = run(&arguments, &[("NO_COLOR", "1")], &[]);
        let control =
            printed.chars().find(|c| c.is_control() && !matches!(c, '\r' | '\n') || *c == '\u{202e}');
        assert_eq!(control, None, "{arguments:?}: {printed:?}");
    }
}

#[test]
fn a_wrong_theme_or_key_of_the_configuration_is_named_with_its_place() {
    let cases = [
        ("theme = \"dusk\"", "line 1, column 1: dusk: unknown theme"),
        ("[keys.trace]\nfly = \"f\"", "line 2, column 1: unknown action \"fly\""),
        ("mouse = true\nthemes = \"dark\"", "line 2, column 1: unknown field `themes`"),
    ];
    for (text, expected) in cases {
        let (_folder, path) = super::file("config.toml", text.as_bytes());
        let (printed, code) = run(&["--config", &path], &[], &[]);
        assert_eq!(code, 2, "{printed}");
        assert!(printed.contains(&format!("{path}, {expected}")), "{printed}");
    }
    let (_folder, path) = super::file("mine.toml", b"name = \"mine\"\n[colours]\n");
    let (printed, code) = run(&["--theme", &path], &[], &[]);
    assert!(code == 2 && printed.contains("unknown key \"colours\""), "{printed}");
}
