//! What is kept, and what refuses a write.

use super::*;
use crate::protocol::{Failure, Fault};

fn time() -> jiff::Timestamp {
    "2026-03-01T14:02:11Z".parse().unwrap()
}

fn outgoing() -> Outgoing {
    Outgoing { time: time(), request: 0, access: Some(Access::Write), bytes: "01 57 31".into() }
}

fn ended(result: Result<(), Failure>) -> Ended {
    Ended { time: time(), answer: "06".into(), result }
}

fn keeper(folder: &Path) -> Keeper {
    Keeper {
        place: Some(folder.join("deep/writes.jsonl")),
        link: "sim:".into(),
        model: "neva-mt324".into(),
        commands: vec!["set-clock"],
        ..Keeper::default()
    }
}

fn shown(place: &Path) -> Vec<(String, String, String)> {
    let records = read(place).unwrap();
    records.into_iter().map(|record| (record.command, record.verdict, record.reason)).collect()
}

fn one(command: &str, verdict: &str, reason: &str) -> (String, String, String) {
    (command.to_owned(), verdict.to_owned(), reason.to_owned())
}

#[test]
fn a_write_is_kept_before_it_goes_out_and_its_end_is_joined_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut first, mut second) = (keeper(folder.path()), keeper(folder.path()));
    let place = first.place.clone().unwrap();
    assert_eq!(read(&place).unwrap(), Vec::new());
    first.check().unwrap();
    assert_eq!(std::fs::metadata(&place).unwrap().len(), 0, "nothing is written yet");
    first.begins(&outgoing()).unwrap();
    let open = one("set-clock", "unknown", "sent, end not recorded");
    assert_eq!(shown(&place), std::slice::from_ref(&open));
    second.begins(&outgoing()).unwrap();
    let fault = Fault::Refused { code: Some(1), meaning: "no such code" };
    first.ends(&ended(Err(Failure { step: "Set date and time", fault }))).unwrap();
    let refused = one("set-clock", "refused", "Set date and time: error 01, no such code");
    assert_eq!(shown(&place), [refused.clone(), open]);
    second.ends(&ended(Ok(()))).unwrap();
    second.ends(&ended(Ok(()))).unwrap();
    assert_eq!(shown(&place), [refused, one("set-clock", "accepted", "")]);
    let records = read(&place).unwrap();
    assert!(records.iter().all(|record| record.answer == "06" && record.bytes == "01 57 31"), "{records:?}");
}

#[test]
fn lines_of_older_logs_are_read_and_broken_ones_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("writes.jsonl");
    let older = r#"{"time":"2026-03-01T14:02:11Z","link":"sim:","model":"neva-mt324","address":"","command":"set-clock","access":"write","bytes":"01 57","answer":"06","verdict":"accepted","reason":""}"#;
    let lines = [
        "{\"time\": 5}",
        older,
        "\u{1b}[2J",
        r#"{"id":"nobody","ended":"2026-03-01T14:02:11Z","answer":"","verdict":"","reason":""}"#,
    ];
    std::fs::write(&place, lines.join("\n")).unwrap();
    assert_eq!(shown(&place), [one("set-clock", "accepted", "")]);
}

#[test]
fn bytes_typed_by_hand_are_kept_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let mut keeper = Keeper { commands: Vec::new(), ..keeper(folder.path()) };
    keeper.begins(&Outgoing { access: None, ..outgoing() }).unwrap();
    keeper.ends(&ended(Ok(()))).unwrap();
    let records = read(keeper.place.as_deref().unwrap()).unwrap();
    let [record] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!([&record.command, &record.access, &record.verdict], ["raw", "unknown", "answered"]);
}

#[test]
fn without_a_place_nothing_may_be_written() {
    let mut keeper = Keeper::default();
    assert!(keeper.check().unwrap_err().contains("XDG_STATE_HOME"));
    assert!(keeper.begins(&outgoing()).unwrap_err().contains("XDG_STATE_HOME"));
}

#[cfg(unix)]
#[test]
fn the_file_is_the_users_alone_and_what_is_none_of_theirs_in_its_place_refuses_the_write() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mut keeper = keeper(folder.path());
    keeper.begins(&outgoing()).unwrap();
    let place = keeper.place.clone().unwrap();
    assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
    let (link, dangling, pipe) =
        (folder.path().join("link"), folder.path().join("dangling"), folder.path().join("pipe"));
    std::os::unix::fs::symlink(&place, &link).unwrap();
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), &dangling).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    for (place, why) in [
        (link, "a link stands in its place"),
        (dangling, "a link stands in its place"),
        (pipe, "no regular file"),
        (folder.path().join("deep"), "no regular file"),
        (place.join("below"), "File exists"),
    ] {
        keeper.place = Some(place.clone());
        for refused in [keeper.check(), keeper.begins(&outgoing())] {
            let said = refused.unwrap_err();
            assert!(said.contains(why) && !said.contains("os error"), "{}: {said}", place.display());
        }
    }
    assert!(!folder.path().join("elsewhere").exists());
}
