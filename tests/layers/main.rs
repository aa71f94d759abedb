//! The order of the layers, checked against every line of the source.
//!
//! A module may use the modules before it in [`rules::ORDER`] and itself, nothing after it. The two faces do
//! not know each other; only the command that opens the console may start it. The pure layers touch neither
//! network, files, threads, runtime, clock nor terminal.

#![cfg(test)]

mod circles;
mod glossary;
mod labels;
mod names;
mod paths;
mod rules;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use circles::Graph;
use meterscope::protocol::registry::FAMILIES;
use names::Named;
use rules::violations;

/// Every Rust file under a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => sources(&path),
            Some(extension) if extension == "rs" => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn every_module_imports_only_from_the_layers_before_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = sources(&root.join("src"));
    assert!(files.len() > 30, "the source was found");
    let found: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let name = file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            violations(&name, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// The name of a file below the root, and its text.
fn read(file: &Path) -> (String, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let name = file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
    (name, fs::read_to_string(file).unwrap())
}

#[test]
fn no_retired_word_comes_back() {
    let files = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let found: Vec<String> = { files.iter() }
        .map(|file| read(file))
        .flat_map(|(name, source)| glossary::violations(&name, &source))
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn a_retired_word_is_found_by_its_kind_and_place() {
    let found = |file: &str, source: &str| !glossary::violations(file, source).is_empty();
    assert!(found("src/trace/entry.rs", "pub enum Way { Tx }"));
    assert!(found("src/link/hush.rs", ""));
    assert!(found("src/meter/model.rs", "pub struct Model { everyday: u8 }"));
    assert!(!found("src/trace/entry.rs", "/// enum Way\nstruct Wayward; let way = 1;"));
    assert!(!found("src/tui/noise.rs", "fn keep() {}"));
}

#[test]
fn no_code_decides_by_a_text_that_is_for_people() {
    let files = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for (name, source) in files.iter().map(|file| read(file)).filter(|(name, _)| !names::is_test(name)) {
        assert_eq!(labels::decisions(&source), [], "{name}");
    }
}

/// The families of the registry by the modules that it takes them from.
fn families() -> Vec<Named> {
    let protocol = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/protocol");
    let registry = text::bare(&fs::read_to_string(protocol.join("registry.rs")).unwrap());
    let mut modules: Vec<String> = paths::paths(&registry)
        .into_iter()
        .filter_map(|path| path.parts.into_iter().find(|part| protocol.join(part).join("mod.rs").exists()))
        .collect();
    modules.sort();
    modules.dedup();
    let ids = |module: &String| {
        let files = sources(&protocol.join(module)).iter().map(|file| read(file)).collect::<Vec<_>>();
        let own = files.iter().filter(|(name, _)| !names::is_test(name));
        let texts: Vec<String> =
            own.flat_map(|(_, source)| text::literals(source)).map(|(_, text, _)| text).collect();
        let ids = FAMILIES.iter().map(|family| family.id());
        ids.filter(|id| texts.iter().any(|text| text == id)).collect()
    };
    modules.into_iter().map(|module| Named { ids: ids(&module), module }).collect()
}

#[test]
fn every_family_of_the_registry_is_found_in_its_module() {
    let found = families();
    let mut ids: Vec<&str> = found.iter().flat_map(|family| family.ids.iter().copied()).collect();
    let mut registered: Vec<&str> = FAMILIES.iter().map(|family| family.id()).collect();
    ids.sort_unstable();
    registered.sort_unstable();
    assert_eq!(ids, registered, "{found:?}");
}

#[test]
fn a_family_is_named_by_its_folder_the_models_and_the_registry_alone() {
    let families = families();
    let all = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let found: Vec<String> = all
        .iter()
        .flat_map(|file| {
            let (name, source) = read(file);
            names::violations(&name, &source, &families)
        })
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn files_do_not_use_each_other_in_circles_but_for_the_parts_of_one_module() {
    let mut graph = Graph::default();
    let files = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for (name, source) in files.iter().map(|file| read(file)).filter(|(name, _)| !names::is_test(name)) {
        graph.add(&name, &source);
    }
    let circles: Vec<_> = graph.circles().into_iter().filter(|circle| !circles::is_allowed(circle)).collect();
    assert!(circles.is_empty(), "\n{circles:#?}\n");
}

#[test]
fn a_circle_is_found_however_it_is_closed_and_a_re_export_is_no_use() {
    let circles = |files: [(&str, &str); 4]| {
        let mut graph = Graph::default();
        for (name, source) in files {
            graph.add(name, source);
        }
        graph.circles()
    };
    let facade = ("src/protocol/mod.rs", "mod a;\nmod b;\npub mod c;\npub use a::A;\npub use b::{B, C};");
    let a = ("src/protocol/a.rs", "use super::B;\npub struct A(B);");
    let b = ("src/protocol/b.rs", "pub struct B;\npub struct C;");
    let back = ("src/protocol/b.rs", "pub struct B;\nfn f() { super::c::g() }");
    let c = ("src/protocol/c/mod.rs", "use crate::protocol::{A};\npub fn g() {}");
    assert_eq!(circles([facade, a, b, c]), [[""; 0]; 0]);
    assert_eq!(circles([facade, a, back, c]), [["protocol/a", "protocol/b", "protocol/c"]]);
    assert!(!circles::is_allowed(&["protocol/a".into(), "protocol/b".into(), "protocol/c".into()]));
}

#[test]
fn a_family_that_is_named_elsewhere_is_found() {
    let families = families();
    for source in [
        "use crate::protocol::dsmr_p1::P1;",
        "use super::{iec62056_21, Family};\nfn f() { iec62056_21::Iec; }",
        "fn f(id: &str) -> bool { id == \"mercury230\" }",
        "const ALIKE: &[&str] = &[\"dlms-mbus\"];",
        "const HELP: &str = r\"see --protocol mbus\";",
    ] {
        assert!(!names::violations("src/app/noise.rs", source, &families).is_empty(), "{source}");
    }
    for allowed in [
        "/// As [`crate::protocol::dsmr_p1`] has it.\nconst A: &str = \"mercury230-like, dlms-mbus2\";",
        "#[cfg(test)]\nmod tests { use crate::protocol::mbus::Mbus; const A: &str = \"dsmr-p1\"; }",
    ] {
        assert_eq!(names::violations("src/app/noise.rs", allowed, &families), [""; 0], "{allowed}");
    }
}

/// Where the machine's clock may be started: the sessions and servers of a user, and tests of links without a meter.
const STARTS_THE_CLOCK: [&str; 6] =
    ["src/app/session.rs", "src/cli/simulate.rs", "src/tui/run.rs", "benches/", "tests/links/", "tests/cli/"];

#[test]
fn no_test_shows_a_simulated_meter_the_wall_time_of_the_machine() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["src", "tests", "benches"].into_iter().flat_map(|folder| sources(&root.join(folder)));
    let starts = |source: &str| text::bare(source).contains(concat!("Clock::", "start()"));
    let all: Vec<String> =
        files.map(|file| read(&file)).filter(|(_, source)| starts(source)).map(|(name, _)| name).collect();
    let is_known = |name: &String| STARTS_THE_CLOCK.iter().any(|known| name.starts_with(known));
    let (known, found): (Vec<String>, Vec<String>) = all.into_iter().partition(is_known);
    assert!(known.len() >= 3, "the law looks where the clock is started: {known:?}");
    assert!(found.is_empty(), "start the clock at a fixed time there: {found:?}");
}

#[test]
fn the_permission_to_write_is_made_in_one_place_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let makes = |file: &PathBuf| fs::read_to_string(file).unwrap().contains("Permit::of_a_person(");
    let name = |file: PathBuf| file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
    let is_test = |file: &String| file.contains("/tests/") || file.ends_with("/tests.rs");
    let found: Vec<String> = sources(&root.join("src"))
        .into_iter()
        .filter(makes)
        .map(name)
        .filter(|file| !is_test(file))
        .collect();
    assert_eq!(found, ["src/app/arming.rs"]);
}

/// What is found in a file, as line numbers.
fn lines(file: &str, source: &str) -> Vec<usize> {
    let number = |found: &String| found.split(':').nth(1).unwrap().parse().unwrap();
    violations(file, source).iter().map(number).collect()
}

#[test]
fn an_import_from_a_later_layer_is_found_where_it_stands() {
    let source = "use crate::frame::At;\nuse crate::bus::Intent;\n";
    assert_eq!(
        violations("src/link/tcp.rs", source),
        ["src/link/tcp.rs:2: link may not use bus, which comes after it"]
    );
}

#[test]
fn however_an_import_is_written_it_is_found() {
    for (file, source) in [
        ("src/link/tcp.rs", "use crate::{frame::At,\n    trace::{Entry, Mark}};"),
        ("src/link/tcp.rs", "\nfn f() -> crate::bus::Status { g() }"),
        ("src/link/tcp.rs", "\nuse super::super::bus;"),
        ("src/link/mod.rs", "\nuse super::bus::Intent;"),
        ("src/link/mod.rs", "mod tests {\n    use super::super::bus::Intent; }"),
        ("src/link/mod.rs", "\npub(crate) use crate::bus as other;"),
        ("src/link/mod.rs", "\nuse crate::*;"),
        ("src/link/mod.rs", "\nuse crate::unknown::Thing;"),
        ("src/reading/unit.rs", "fn f<'a>(x: &'a str) -> char { '\"' }\nuse crate::frame::At;"),
    ] {
        assert_eq!(lines(file, source), [2], "{source}");
    }
}

#[test]
fn imports_from_earlier_layers_and_words_in_comments_and_texts_pass() {
    let source = r##"
//! Not for [`crate::bus`].
/* use crate::tui::App; /* nested */ use crate::cli; */
use crate::{frame::{At, visible}, protocol::LineSettings};
use super::{Clock, pair};
const A: &str = "use crate::bus;";
const B: &str = r#"crate::bus::x " crate::bus::x"#;
const C: char = '"'; // crate::bus::x
pub(crate) fn f<'a>(x: &'a str) {}
mod tests { use super::*; use super::super::Clock; }
"##;
    assert_eq!(violations("src/link/tcp.rs", source), Vec::<String>::new());
}

#[test]
fn the_faces_do_not_know_each_other_but_for_the_console_command() {
    let start = "use crate::tui::run;";
    assert_eq!(lines("src/cli/read.rs", start), [1]);
    assert_eq!(lines("src/cli/console.rs", start), [0; 0]);
    assert_eq!(lines("src/tui/mod.rs", "use crate::cli::Arguments;"), [1]);
    assert_eq!(lines("src/app/mod.rs", start), [1]);
}

#[test]
fn what_a_key_does_does_not_hang_on_how_a_screen_is_drawn() {
    for (file, source) in [
        ("src/tui/update/go.rs", "\nuse super::super::screens::bench;"),
        ("src/tui/update/mod.rs", "\nuse super::view::view;"),
        ("src/tui/update/keys.rs", "\nfn f() { crate::tui::snapshot::Snapshot::take() }"),
        ("src/tui/layout.rs", "\nuse super::screens::bench::compose_rows;"),
        ("src/tui/measure.rs", "\nuse super::layout::areas;"),
        ("src/tui/state/mod.rs", "\nuse super::update::update;"),
        ("src/tui/snapshot.rs", "\nuse super::screens::Look;"),
    ] {
        assert_eq!(lines(file, source), [2], "{file}: {source}");
    }
    for (file, source) in [
        ("src/tui/update/go.rs", "use super::super::layout::areas;\nuse super::screens::x;"),
        ("src/tui/screens/bench.rs", "use crate::tui::update::FILE;"),
        ("src/tui/update/keys.rs", "#[cfg(test)]\nmod tests { use crate::tui::screens::waiting; }"),
        ("src/tui/update/tests/looking.rs", "use crate::tui::view::view;"),
    ] {
        assert_eq!(lines(file, source), [0; 0], "{file}: {source}");
    }
    assert_eq!(lines("src/tui/fresh.rs", "use super::state::State;"), [1]);
}

#[test]
fn one_module_names_the_library_behind_mqtt() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let naming = sources(&root.join("src")).into_iter().filter(|file| {
        let text = fs::read_to_string(file).unwrap();
        text::bare(&text).contains("rumqttc")
    });
    assert_eq!(naming.collect::<Vec<_>>(), [root.join("src/link/mqtt/client.rs")]);
}

#[test]
fn a_folder_that_is_no_layer_is_found() {
    assert_eq!(lines("src/helpers/mod.rs", "fn f() {}"), [1]);
}

#[test]
fn the_pure_layers_touch_nothing_outside() {
    for banned in [
        "use std::net::TcpStream;",
        "use std::{fmt, fs::File};",
        "use std::{fmt, thread};",
        "fn f() { tokio::spawn(g()); }",
        "fn f() { let t = Instant::now(); }",
        "fn f() { let t = std::time::Instant::now(); }",
        "use std::time::{Duration, SystemTime};",
        "fn f() { println!(\"x\"); }",
        "fn f() { std::eprintln!(\"x\"); }",
        "fn f() { dbg!(1); }",
        "use std::{io, env};",
    ] {
        for layer in ["reading", "frame", "protocol", "meter"] {
            assert_eq!(lines(&format!("src/{layer}/mod.rs"), banned), [1], "{layer}: {banned}");
        }
        assert_eq!(lines("src/link/mod.rs", banned), [0; 0], "{banned}");
    }
    for allowed in [
        "use std::time::{Duration, Instant};",
        "fn f() { write!(f, \"println!\"); }",
        "#[cfg(test)]\nmod tests { fn f() { println!(\"{}\", std::fs::read(\"x\")); } }",
    ] {
        assert_eq!(lines("src/protocol/mod.rs", allowed), [0; 0], "{allowed}");
    }
    let test_file = "fn f() { std::fs::read(\"vectors\"); }";
    assert_eq!(lines("src/protocol/mercury200/tests.rs", test_file), [0; 0]);
    let after = "#[cfg(all(test, unix))]\nmod tests { fn f() {} }\nfn f() { println!(); }";
    assert_eq!(lines("src/protocol/mod.rs", after), [3]);
}
