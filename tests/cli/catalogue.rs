//! `ports`, `models`, `commands`, `compose`.

use super::{json_lines, run};

#[test]
fn ports_are_one_array() {
    let found = run(&["ports", "--json"]);
    assert_eq!(found.code, Some(0));
    assert!(json_lines(&found.stdout)[0].is_array(), "{}", found.stdout);
    assert_eq!(run(&["ports"]).code, Some(0));
}

#[test]
fn every_model_lists_commands_and_its_everyday_set_is_among_them() {
    let models = json_lines(&run(&["models", "--json"]).stdout).remove(0);
    let table = run(&["models"]).stdout;
    for model in models.as_array().unwrap() {
        let id = model["id"].as_str().unwrap();
        assert!(table.contains(id), "{id}");
        let commands = json_lines(&run(&["commands", id, "--json"]).stdout).remove(0);
        let ids: Vec<&str> = commands.as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
        for preset in model["everyday"].as_array().unwrap() {
            let name = preset.as_str().unwrap().split(' ').next().unwrap();
            assert!(ids.contains(&name), "{id}: {name}");
        }
        assert_eq!(run(&["commands", id]).code, Some(0));
    }
    for id in ["energomera-ce102", "energomera-ce307", "mercury-200", "mercury-206"] {
        assert!(table.contains(id), "{id}");
    }
}

#[test]
fn one_model_is_told_in_full_and_stands_alone_in_json() {
    let card = run(&["models", "mercury-234"]).stdout;
    for told in ["9600 8N1, can be set to 19200", "last three digits of the serial number", "ascii:111111"] {
        assert!(card.contains(told), "{told}: {card}");
    }
    let json = json_lines(&run(&["models", "mercury-234", "--json"]).stdout).remove(0);
    assert_eq!((json[0]["id"].as_str(), json.as_array().map(Vec::len)), (Some("mercury-234"), Some(1)));
    let unknown = run(&["models", "mercury-999"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("mercury-2"), "{}", unknown.stderr);
}

#[test]
fn a_command_composes_to_the_published_frame() {
    // The clock of the Mercury 200 at address 411486, as published in mrkrasser/MercuryStats.
    let commands = json_lines(&run(&["commands", "mercury-200", "--json"]).stdout).remove(0);
    let clock = commands.as_array().unwrap().iter().find(|c| c["code"] == "21").unwrap();
    let id = clock["id"].as_str().unwrap();
    let meter = ["compose", "--model", "mercury-200", "--address", "411486", id];
    let composed = run(&meter);
    assert_eq!((composed.code, composed.stderr.as_str()), (Some(0), ""));
    assert_eq!(composed.stdout.lines().next(), Some("00 06 47 5E 21 6C E5"));
    assert!(composed.stdout.contains("CRC-16/MODBUS"), "{}", composed.stdout);
    let plain = run(&[&meter[..], &["--plain"]].concat());
    assert_eq!(plain.stdout, "00 06 47 5E 21 6C E5\n");
    let json = json_lines(&run(&[&meter[..], &["--json"]].concat()).stdout).remove(0);
    assert_eq!((json["hex"].as_str(), json["verdict"].as_str()), (Some("0006475E216CE5"), Some("good")));
}

#[test]
fn a_command_or_argument_that_does_not_exist_is_named_with_those_that_do() {
    let meter = ["compose", "--model", "energomera-ce307", "--address", "13462"];
    let unknown = run(&[&meter[..], &["energie"]].concat());
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("has no command \"energie\"; near it:"), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("meterscope commands energomera-ce307"), "{}", unknown.stderr);
    let commands = json_lines(&run(&["commands", "energomera-ce307", "--json"]).stdout).remove(0);
    let energy = commands.as_array().unwrap().iter().find(|c| c["code"] == "0130").unwrap();
    let wrong = run(&[&meter[..], &[energy["id"].as_str().unwrap(), "flavour=1"]].concat());
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("has no parameter \"flavour\"; it takes:"), "{}", wrong.stderr);
}

#[test]
fn a_table_is_as_wide_as_columns_says() {
    let told = super::run_with(super::program().env("COLUMNS", "70").args(["commands", "neva-mt324"]));
    assert!(told.stdout.lines().all(|line| line.chars().count() <= 70), "{}", told.stdout);
    let wide = run(&["commands", "neva-mt324"]);
    assert!(wide.stdout.lines().any(|line| line.chars().count() > 70));
}

#[test]
fn an_address_that_does_not_fit_the_wire_is_refused() {
    let run = run(&["compose", "--model", "energomera-ce307", "--address", "0x12345678", "0130"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("a number of at most 65535"), "{}", run.stderr);
}
