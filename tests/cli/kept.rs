//! Files of an earlier version: configuration, keymap, links, keys, captures and the record of writes open unchanged.

use std::fs;
use std::path::{Path, PathBuf};

use meterscope::app::keys::KeysError;
use meterscope::app::{config, keys, write_log};
use meterscope::tui::keymap::Keymap;
use meterscope::tui::{Kept, store};

use super::program;

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept/0.1.0").join(name)
}

#[test]
fn a_configuration_of_0_1_0_is_read_with_its_keys_and_links() {
    let config = config::load(Some(&kept("config.toml"))).unwrap();
    assert_eq!(config.theme.as_deref(), Some("dark"));
    assert!(config.timezone.is_some() && !config.mouse);
    assert_eq!(config.capture.ring_megabytes, 64);
    let cellar = config.links.iter().find(|(name, _)| name.as_str() == "cellar").unwrap().1;
    assert_eq!((cellar.model.as_deref(), cellar.address.as_deref()), (Some("mercury-206"), Some("11200294")));
    assert!(Keymap::configured(&config.keys).is_ok());
}

#[test]
fn the_links_of_0_1_0_are_remembered() {
    let (saved, recent) = store::load(&kept("links.toml")).unwrap();
    let names = |links: &[Kept]| links.iter().map(|kept| kept.link.clone()).collect::<Vec<_>>();
    assert_eq!((names(&saved), names(&recent)), (vec!["tcp://192.0.2.7:8899".into()], vec!["sim:".into()]));
}

#[test]
fn a_keys_file_of_0_1_0_opens_what_it_opened() {
    let text = fs::read_to_string(kept("keys.toml")).unwrap();
    let keys: Result<_, KeysError> = keys::parse("keys.toml", &text);
    assert_eq!(keys.unwrap().ciphers("").len(), 1);
}

#[test]
fn the_record_of_writes_of_0_1_0_is_shown() {
    let records = write_log::read(&kept("writes.jsonl")).unwrap();
    assert_eq!(records.len(), 1);
    let state = tempfile::tempdir().unwrap();
    let folder = state.path().join("meterscope");
    fs::create_dir(&folder).unwrap();
    fs::copy(kept("writes.jsonl"), folder.join("writes.jsonl")).unwrap();
    let output = program().env("XDG_STATE_HOME", state.path()).arg("writes").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("set-clock") && text.contains("refused"), "{text}");
}

#[test]
fn a_capture_of_0_1_0_gives_its_values() {
    let output = program().arg("export").arg(kept("read.pcapng")).arg("--readings").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("1.8.1") && text.contains("2979.64"),
        "{text}\n{:?}",
        String::from_utf8(output.stderr)
    );
}
