//! `decode`: any form of input, exact JSON, nothing lost.

use super::{file, json_lines, run, run_fed};

/// A request for the energy of T1 and its answer, as recorded on a CE307 R33 (`Bagunda/energomera_ce307`).
const REQUEST: &str = "C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 01 F5 C0";
const REPLY: &str = "C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B C0";

fn hex_of(stdout: &str) -> String {
    json_lines(stdout).iter().map(|line| line["hex"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn hex_text_binary_and_standard_input_come_to_the_same() {
    let bytes: Vec<u8> = [REQUEST, REPLY]
        .concat()
        .replace(' ', "")
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let text = format!("# a question and its answer\n{REQUEST}\n{REPLY} # T1\n");
    let (_one, hex_file) = file("frames.hex", text.as_bytes());
    let (_two, binary) = file("frames.bin", &bytes);
    let expected = run(&["decode", "--json", "--hex", &format!("{REQUEST} {REPLY}")]);
    assert_eq!((expected.code, json_lines(&expected.stdout).len()), (Some(0), 2), "{expected:?}");
    assert_eq!(run(&["decode", "--json", &hex_file]).stdout, expected.stdout);
    assert_eq!(run(&["decode", "--json", &binary]).stdout, expected.stdout);
    assert_eq!(run_fed(&["decode", "--json", "-"], &bytes).stdout, expected.stdout);
    assert_eq!(run_fed(&["decode", "--json", "-"], text.as_bytes()).stdout, expected.stdout);
}

#[test]
fn a_reply_gets_its_code_from_the_request_before_it() {
    let both =
        run(&["decode", "--json", "--model", "energomera-ce307", "--hex", &format!("{REQUEST}{REPLY}")]);
    let reading = &json_lines(&both.stdout)[1]["readings"][0];
    assert_eq!((reading["code"].as_str(), reading["tariff"].as_u64()), (Some("1.8.1"), Some(1)), "{both:?}");
    assert!(
        both.stdout.contains("\"value\":2979.64,\"unit\":\"kWh\",\"raw\":\"EC8B0400\""),
        "{}",
        both.stdout
    );
    let alone = run(&["decode", "--json", "--hex", REPLY]);
    let reading = &json_lines(&alone.stdout)[0]["readings"][0];
    assert!(reading["code"].is_null() && reading["tariff"].is_null(), "{alone:?}");
}

#[test]
fn every_byte_is_in_the_output_once_and_in_order() {
    let input = format!("FF 00 {REQUEST} 12 34 {REPLY} C0 99");
    let run = run(&["decode", "--json", "--protocol", "energomera-ce", "--hex", &input]);
    assert_eq!(hex_of(&run.stdout), input.replace(' ', ""), "{run:?}");
    let mut offset = 0;
    for line in json_lines(&run.stdout) {
        assert_eq!(line["offset"].as_u64(), Some(offset));
        offset += line["length"].as_u64().unwrap();
        assert_eq!(line["hex"].as_str().unwrap().len() as u64, 2 * line["length"].as_u64().unwrap());
    }
    assert!(run.stdout.starts_with("{\"noise\":true,\"offset\":0,\"length\":2,\"hex\":\"FF00\"}\n"));
}

#[test]
fn a_bad_checksum_ends_with_5_and_shows_found_and_expected() {
    let broken = REPLY.replace("1B C0", "1C C0");
    let run = run(&["decode", "--json", "--hex", &broken]);
    assert_eq!(run.code, Some(5), "{run:?}");
    assert!(
        run.stdout.contains(
            "\"verdict\":\"bad\",\"checksum\":{\"kind\":\"CRC-8/0xB5\",\"found\":\"1C\",\"expected\":\"1B\"}"
        ),
        "{}",
        run.stdout
    );
    assert_eq!(json_lines(&run.stdout)[0]["readings"].as_array().map(Vec::len), Some(0));
    let told = super::run(&["decode", "--hex", &broken]);
    assert!(told.stdout.contains("1C") && told.stdout.contains("expected 1B"), "{}", told.stdout);
    assert!(told.stderr.contains("1 of 1 frames bad"), "{}", told.stderr);
}

#[test]
fn noise_beside_a_good_frame_is_no_failure_but_noise_alone_is() {
    assert_eq!(run(&["decode", "--hex", &format!("00 {REPLY}")]).code, Some(0));
    let noise = run(&["decode", "--hex", "01 02 03"]);
    assert_eq!(noise.code, Some(5), "{noise:?}");
    assert!(noise.stderr.contains("finds a frame in 3 bytes"), "{}", noise.stderr);
    let shown = run(&["decode", "--json", "--hex", "01 02 03"]);
    assert_eq!(shown.stdout, "{\"noise\":true,\"offset\":0,\"length\":3,\"hex\":\"010203\"}\n");
}

#[test]
fn the_protocol_is_recognised() {
    for (hex, protocol) in [(REPLY, "energomera-ce"), ("00 06 47 5E 63 EC D4", "mercury200")] {
        let run = run(&["decode", "--json", "--hex", hex]);
        assert_eq!(json_lines(&run.stdout)[0]["protocol"], protocol, "{run:?}");
    }
}

#[test]
fn a_password_in_a_frame_shows_only_when_it_is_to_be_revealed() {
    let compose = ["compose", "--json", "--model", "energomera-ce307", "--address", "13462", "0130"];
    let with_password = |reveal: &[&str]| {
        let mut command = super::program();
        command.env("METERSCOPE_PASSWORD", "2356843").args(compose).args(reveal);
        super::run_with(&mut command)
    };
    let masked = with_password(&[]);
    assert_eq!(masked.code, Some(0), "{masked:?}");
    let hex = hex_of(&masked.stdout);
    assert!(hex.contains("********"), "{hex}");
    let revealed = hex_of(&with_password(&["--reveal"]).stdout);
    assert_eq!(revealed.len(), hex.len());
    let secret: String =
        revealed.chars().zip(hex.chars()).filter(|(_, m)| *m == '*').map(|(c, _)| c).collect();
    assert!(!masked.stdout.contains(&secret), "{masked:?}");
}

#[test]
fn people_see_bytes_beside_their_meaning() {
    let run = run(&["decode", "--model", "energomera-ce307", "--hex", &format!("{REQUEST} {REPLY}")]);
    for expected in
        ["@0 energomera-ce request 17 bytes", "@17 energomera-ce reply 18 bytes", "2979.64 kWh", "good"]
    {
        assert!(run.stdout.contains(expected), "{expected} in {}", run.stdout);
    }
    assert!(!run.stdout.contains('\u{1b}'));
}

#[test]
fn every_recorded_frame_is_found_and_given_back_whole() {
    for (name, protocol) in [("energomera_ce", "energomera-ce"), ("mercury200", "mercury200")] {
        let path = format!("{}/tests/vectors/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
        let vectors = json_lines(&std::fs::read_to_string(path).unwrap());
        let hex: Vec<&str> = vectors.iter().map(|vector| vector["hex"].as_str().unwrap()).collect();
        let run = run_fed(
            &["decode", "--json", "--reveal", "--protocol", protocol, "-"],
            hex.join("\n").as_bytes(),
        );
        assert_eq!(hex_of(&run.stdout), hex.concat().replace(' ', "").to_uppercase(), "{name}");
        let sound = vectors.iter().filter(|vector| vector["checksum_verified"] == true).count();
        let good = json_lines(&run.stdout).iter().filter(|line| line["verdict"] == "good").count();
        assert!(good >= sound, "{name}: {good} good of {sound}");
    }
}

#[test]
fn bytes_of_a_line_that_is_inverted_or_set_wrongly_are_named() {
    let text = b"/KAM5\r\n\r\n0-0:1.0.0(211115100940W)\r\n1-0:1.8.0(00000003.997*kWh)\r\n!1D66\r\n";
    let inverted: Vec<u8> = text.iter().map(|byte| (!byte & 0x7F) * 2 + 1).collect();
    for (bytes, told) in
        [(inverted.clone(), "the line looks inverted"), (vec![0; 60], "the meter sends at 9600 baud")]
    {
        let (_folder, path) = file("heard.bin", &bytes);
        let run = run(&["decode", &path, "--protocol", "dsmr-p1"]);
        assert_eq!(run.code, Some(5), "{run:?}");
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
    let (_folder, path) = file("heard.bin", &inverted);
    let found = run(&["decode", &path]);
    assert!(found.stderr.contains("the line looks inverted"), "found out: {}", found.stderr);
}

#[test]
fn frames_of_another_protocol_than_the_one_that_was_named_are_told() {
    let other = run(&["decode", "--protocol", "mercury200", "--hex", &[REQUEST, REPLY, REPLY].concat()]);
    assert_eq!(other.code, Some(5));
    assert!(other.stderr.contains("good frames of Energomera"), "{}", other.stderr);
}

#[test]
fn a_capture_without_bytes_is_said_to_have_none() {
    let section = "0A0D0D0A 1C000000 4D3C2B1A 01000000 FFFFFFFF FFFFFFFF 1C000000";
    let interface = "01000000 14000000 93000000 00000000 14000000";
    let blocks = [section, interface].concat();
    let (_folder, path) = file("empty.pcapng", &meterscope::frame::hex::parse(&blocks).unwrap());
    let run = run(&["decode", &path]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(5), ""), "{run:?}");
    assert!(run.stderr.contains("there are no bytes in it"), "{}", run.stderr);
}
