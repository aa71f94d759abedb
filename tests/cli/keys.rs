//! Meters that encrypt: read, listened to and decoded with their key, with a wrong one and without.

#[cfg(unix)]
use super::simulator::simulate;
use super::simulator::simulate_tcp;
use super::{json_lines, program, run};

/// The key of the leaflet of a grid operator, as any person could have it in a file.
pub const KEY: &str = "36C66639E48A8CA4D6BC8B282A793BBB";
const WRONG: &str = "46C66639E48A8CA4D6BC8B282A793BBB";
const KAIFA: [&str; 2] = ["--model", "kaifa-ma309"];

/// A keys file with entries that only its owner can read.
pub struct KeysFile(tempfile::TempDir);

impl KeysFile {
    pub fn of(entries: &[&str]) -> Self {
        let file = Self(tempfile::tempdir().unwrap());
        let text = [&[""], entries].concat().join("\n[[meter]]\n") + "\n";
        std::fs::write(file.path(), text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        file
    }

    /// With one nameless key.
    pub fn with(key: &str) -> Self {
        Self::of(&[&format!("encryption_key = \"{key}\"")])
    }

    pub fn path(&self) -> String {
        self.0.path().join("keys.toml").to_str().unwrap().to_owned()
    }
}

/// A vector of the fixture, by its id.
pub fn vector(id: &str) -> serde_json::Value {
    let text = include_str!("../vectors/dlms_mbus.jsonl");
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.into_iter().find(|vector| vector["id"] == id).unwrap()
}

fn problems(stdout: &str) -> Vec<String> {
    let lines = json_lines(stdout);
    let of = |line: &serde_json::Value| line["problems"].as_array().cloned().unwrap_or_default();
    let codes = lines.iter().flat_map(of).map(|problem| problem["code"].as_str().unwrap().to_owned());
    codes.collect()
}

#[test]
fn a_pushing_meter_is_read_by_its_first_whole_telegram_with_its_key() {
    let keys = KeysFile::with(KEY);
    let served = simulate_tcp(&[&KAIFA[..], &["--set", "interval=1", "--keys", &keys.path()]].concat());
    let run = run(&[&["read", &served.place, "--json", "--keys", &keys.path()], &KAIFA[..]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    let poll = json_lines(&run.stdout).remove(0);
    let energy = poll["readings"].as_array().unwrap().iter().find(|r| r["code"] == "1.8.0").unwrap();
    assert_eq!((&energy["value"], &energy["unit"]), (&12_345_678.into(), &"Wh".into()));
}

#[test]
fn a_missing_and_a_wrong_key_are_two_failures_with_codes_of_their_own() {
    let simulated = KeysFile::with(KEY);
    let served = simulate_tcp(&[&KAIFA[..], &["--set", "interval=1", "--keys", &simulated.path()]].concat());
    let read = |more: &[&str]| run(&[&["read", &served.place], &KAIFA[..], more].concat());
    let missing = read(&[]);
    assert_eq!(missing.code, Some(5), "{missing:?}");
    assert!(
        missing.stderr.contains("no key for this system title is given (system title 4B464D"),
        "{missing:?}"
    );
    let file = KeysFile::with(WRONG);
    let wrong = read(&["--keys", &file.path()]);
    assert_eq!(wrong.code, Some(7), "{wrong:?}");
    assert!(wrong.stderr.contains("the key is another meter's"), "{wrong:?}");
    let other = KeysFile::of(&[&format!("system_title = \"4B464D1020016FE5\"\nencryption_key = \"{KEY}\"")]);
    assert_eq!(
        read(&["--keys", &other.path()]).code,
        Some(5),
        "the key of another meter is no key of this one"
    );
}

#[cfg(unix)]
#[test]
fn a_pushing_meter_is_read_on_a_pseudo_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let pty = folder.path().join("meter");
    let keys = KeysFile::with(KEY);
    let options = ["--set", "interval=1", "--pty", pty.to_str().unwrap(), "--keys"];
    let served = simulate(&[&KAIFA[..], &options, &[&keys.path()]].concat());
    let run = run(&[&["read", &served.place, "--plain", "--keys", &keys.path()], &KAIFA[..]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.lines().any(|line| line == "12345678"), "{}", run.stdout);
}

#[test]
fn a_capture_is_read_like_the_link_it_was_taken_from() {
    let keys = KeysFile::with(KEY);
    let folder = tempfile::tempdir().unwrap();
    let capture = folder.path().join("heard.pcapng").to_str().unwrap().to_owned();
    let served = simulate_tcp(&[&KAIFA[..], &["--set", "interval=1", "--keys", &keys.path()]].concat());
    assert_eq!(run(&[&["read", &served.place, "--capture", &capture], &KAIFA[..]].concat()).code, Some(5));
    let link = format!("file:{capture}");
    let again = |more: &[&str]| run(&[&["read", &link, "--plain"], &KAIFA[..], more].concat());
    assert!(again(&["--keys", &keys.path()]).stdout.contains("\n12345678\n"));
    assert_eq!(again(&[]).code, Some(5), "the key is missing here, too");
}

#[test]
fn a_meter_of_the_simulated_bus_is_read_with_the_published_key() {
    let run = run(&[&["read", "sim:", "--plain"], &KAIFA[..]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn amis_is_acknowledged_only_when_that_is_allowed() {
    let served = simulate_tcp(&["--model", "siemens-td3511"]);
    for command in ["send", "read"] {
        let refused = run(&[command, &served.place, "--model", "siemens-td3511", "acknowledge"]);
        assert_eq!(refused.code, Some(7), "{refused:?}");
        assert!(refused.stderr.contains("--allow-write"), "{refused:?}");
    }
}

#[test]
fn every_published_telegram_is_decoded_with_its_key_found_out_by_itself() {
    let text = include_str!("../vectors/dlms_mbus.jsonl");
    let vectors = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let is_carried = |vector: &serde_json::Value| {
        let carrier = vector["protocol"].as_str().unwrap_or_default();
        ["mbus-dlms", "hdlc-dlms"].contains(&carrier) && vector["key"].is_string()
    };
    let mut count = 0;
    for vector in vectors.filter(is_carried).filter(|v| !v["id"].as_str().unwrap().starts_with("neg-")) {
        let Ok(bytes) = meterscope::frame::hex::parse(vector["hex"].as_str().unwrap()) else { continue };
        let hex = meterscope::frame::hex::compact(&bytes);
        let encryption = format!("encryption_key = \"{}\"", vector["key"].as_str().unwrap());
        let authentication = vector["auth_key"].as_str().map(|key| format!("authentication_key = \"{key}\""));
        let entry = [encryption, authentication.unwrap_or_default()].join("\n");
        let decode = |keys: &KeysFile| run(&["decode", "--json", "--hex", &hex, "--keys", &keys.path()]);
        let right = decode(&KeysFile::of(&[&entry]));
        assert_eq!(right.code, Some(0), "{}: {right:?}", vector["id"]);
        let lines = json_lines(&right.stdout);
        let readings = lines.iter().filter_map(|line| line["readings"].as_array()).flatten().count();
        assert!(readings > 0, "{}: {right:?}", vector["id"]);
        let wrong = decode(&KeysFile::with("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
        assert_eq!(wrong.code, Some(7), "{}: {wrong:?}", vector["id"]);
        let without = run(&["decode", "--json", "--hex", &hex]);
        assert_eq!(without.code, Some(0), "{}: {without:?}", vector["id"]);
        assert!(problems(&without.stdout).contains(&"no-key".to_owned()), "{}", vector["id"]);
        count += 1;
    }
    assert!(count > 15, "{count}");
}

#[test]
fn missing_wrong_damaged_and_replayed_are_four_different_findings() {
    let doc = vector("evn-kaifa-ma309-doc");
    let hex = doc["hex"].as_str().unwrap().to_owned();
    let key = KeysFile::with(doc["key"].as_str().unwrap());
    let decode = |hex: &str, keys: Option<&KeysFile>| {
        let path = keys.map(KeysFile::path).unwrap_or_default();
        let keys = ["--keys", path.as_str()];
        run(&[&["decode", "--json", "--hex", hex], &keys[..if path.is_empty() { 0 } else { 2 }]].concat())
    };
    let found = |run: &super::Run| (run.code.unwrap(), problems(&run.stdout));
    assert_eq!(found(&decode(&hex, None)), (0, vec!["no-key".into()]));
    assert_eq!(found(&decode(&hex, Some(&KeysFile::with(WRONG)))), (7, vec!["plaintext-check".into()]));
    let damaged = hex.replacen("AB4F97", "AB4F98", 1);
    assert_ne!(damaged, hex);
    assert_eq!(decode(&damaged, Some(&key)).code, Some(5));
    assert!(problems(&decode(&damaged, Some(&key)).stdout).contains(&"checksum".to_owned()));
    let twice = decode(&format!("{hex}{hex}"), Some(&key));
    assert!(problems(&twice.stdout).contains(&"replay".to_owned()), "{twice:?}");
}

#[test]
fn what_an_encrypted_telegram_shows_in_clear_is_shown_without_a_key() {
    let hex = vector("evn-kaifa-ma309-doc")["hex"].as_str().unwrap().to_owned();
    let shown = run(&["decode", "--hex", &hex]).stdout;
    for part in
        ["system title", "Kaifa", "security control", "encrypted, not authenticated", "invocation counter"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn a_key_is_in_no_output_no_capture_and_no_error() {
    let keys = KeysFile::with(KEY);
    let folder = tempfile::tempdir().unwrap();
    let capture = folder.path().join("heard.pcapng").to_str().unwrap().to_owned();
    let served = simulate_tcp(&[&KAIFA[..], &["--set", "interval=1", "--keys", &keys.path()]].concat());
    let path = keys.path();
    let read = [&["read", &served.place, "--capture", &capture, "--keys", &path], &KAIFA[..]].concat();
    let exported = |format: &str| run(&["export", &capture, "--format", format, "--keys", &keys.path()]);
    let mut runs = vec![run(&read)];
    runs.extend(["csv", "jsonl", "hex", "md"].map(exported));
    runs.push(run(&["decode", &capture, "--keys", &keys.path()]));
    runs.push(run(&[&["compose", "--keys", &keys.path()], &KAIFA[..], &["telegram"]].concat()));
    let mut seen: Vec<Vec<u8>> = vec![std::fs::read(&capture).unwrap()];
    for run in runs {
        assert_eq!(run.code, Some(0), "{run:?}");
        seen.extend([run.stdout.into_bytes(), run.stderr.into_bytes()]);
    }
    let raw = meterscope::frame::hex::parse(KEY).unwrap();
    for bytes in seen {
        let text = String::from_utf8_lossy(&bytes).to_lowercase().replace([' ', ':', ','], "");
        assert!(!text.contains(&KEY.to_lowercase()), "{text}");
        assert!(!bytes.windows(raw.len()).any(|window| window == raw));
    }
}

#[test]
fn a_key_of_the_wrong_length_is_named_by_its_place_and_never_quoted() {
    for (bad, what) in [
        ("36C6", "4 hex digits, 28 missing at character 5"),
        ("36C66639E48A8CA4D6BC8B282A793BB", "31 hex digits, 1 missing at character 32"),
        ("36C66639E48A8CA4D6BC8B282A793BBBZZ", "character 33 is no hex digit"),
    ] {
        let keys = KeysFile::with(bad);
        let refused = run(&["decode", "--hex", "68", "--keys", &keys.path()]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(&format!("line 3, column 18: {what}")), "{refused:?}");
        assert!(refused.stderr.contains("a key is 32 hex digits, 64 for suite 2, or 16 characters"));
        assert!(!refused.stderr.contains("36C6"), "{refused:?}");
    }
}

#[test]
fn the_environment_names_a_keys_file_too() {
    let doc = vector("evn-kaifa-ma309-doc");
    let keys = KeysFile::with(doc["key"].as_str().unwrap());
    let mut command = program();
    command.env("METERSCOPE_KEYS", keys.path());
    let run = super::run_with(command.args(["decode", "--json", "--hex", doc["hex"].as_str().unwrap()]));
    assert!(run.stdout.contains("\"code\":\"1.8.0\""), "{run:?}");
}

/// A server that says something to whoever calls, and stays.
fn speaker(bytes: Vec<u8>) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("tcp://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&bytes).unwrap();
        while stream.read(&mut [0; 64]).is_ok_and(|count| count > 0) {}
    });
    place
}

#[test]
fn a_listener_names_an_inverted_line() {
    let text = b"1-0:1.8.1(003808.351*kWh)\r\n1-0:1.8.2(002948.827*kWh)\r\n1-0:2.8.1(001285.951*kWh)\r\n";
    let inverted: Vec<u8> = text.iter().map(|byte| (!byte & 0x7F) * 2 + 1).collect();
    let heard = run(&["sniff", &speaker(inverted), "--model", "dsmr5-p1", "--for", "3s"]);
    assert!(heard.stderr.contains("listening: the line looks inverted: the data pin"), "{heard:?}");
    assert_eq!(heard.stderr.matches("inverted: ").count(), 1, "{heard:?}");
}

#[test]
fn a_key_of_another_meter_is_a_missing_key_for_the_one_that_is_named() {
    let served =
        simulate_tcp(&[&KAIFA[..], &["--set", "interval=1", "--keys", &KeysFile::with(KEY).path()]].concat());
    let keys = KeysFile::of(&[&format!("serial = \"201\"\nencryption_key = \"{KEY}\"")]);
    let path = keys.path();
    let read =
        |serial| run(&[&["read", &served.place, "--address", serial, "--keys", &path], &KAIFA[..]].concat());
    let other = read("202");
    assert_eq!(other.code, Some(5), "{other:?}");
    assert!(other.stderr.contains("no key for this system title"), "{other:?}");
    assert_eq!(read("201").code, Some(0));
}

#[test]
fn the_time_zone_is_a_setting_and_an_unknown_one_is_refused_with_its_place() {
    let served = simulate_tcp(&["--model", "dsmr5-p1"]);
    let read = |more: &[&str]| {
        let args = [&["read", &served.place, "--model", "dsmr5-p1", "--json"], more].concat();
        run(&args)
    };
    let is_summer_in_brussels = |run: &super::Run| run.stdout.contains(" summer\"");
    let own = read(&[]);
    let offset = if is_summer_in_brussels(&own) { "+02:00 summer" } else { "+01:00 winter" };
    assert!(own.stdout.contains(offset), "{own:?}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "mouse = true\ntimezone = \"Mars/Olympus\"\n").unwrap();
    let refused = read(&["--config", path]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("line 2, column 12: no time zone \"Mars/Olympus\""), "{refused:?}");
    let refused = read(&["--timezone", "Mars/Olympus"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("no time zone \"Mars/Olympus\""), "{refused:?}");
}
