//! What the repository says of itself: commands of the README that exist, and no path of a machine.

use std::path::{Path, PathBuf};

use super::run;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What stands in fenced blocks, line by line.
fn fenced(markdown: &str) -> Vec<&str> {
    let parts = markdown.split("\n```").enumerate();
    parts.filter(|(index, _)| index % 2 == 1).flat_map(|(_, block)| block.lines().skip(1)).collect()
}

/// The words of a command line; quotes of the shell hold words together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for character in line.chars() {
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, ' ') => words.push(std::mem::take(&mut word)),
            _ => word.push(character),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    // What follows is the shell's: where the output goes.
    words.truncate(words.iter().position(|word| word == ">").unwrap_or(words.len()));
    // What the reader is to put in there himself.
    words.iter().map(|word| if word == "MODEL" { "mercury-200".to_owned() } else { word.clone() }).collect()
}

#[test]
fn every_command_of_the_readme_is_understood() {
    let readme = std::fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let in_blocks = fenced(&readme).into_iter().map(|line| line.trim_start_matches("$ "));
    let in_text = readme.split('`').skip(1).step_by(2);
    let commands: Vec<&str> =
        in_blocks.chain(in_text).filter(|line| line.starts_with("meterscope ")).collect();
    assert!(commands.len() >= 12, "{commands:?}");
    for command in commands {
        let words = words(command);
        // With --help nothing is done, but all before it must be understood.
        let told = run(&words.iter().skip(1).map(String::as_str).chain(["--help"]).collect::<Vec<_>>());
        assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""), "{command}");
    }
}

#[test]
fn commands_of_the_readme_that_need_no_link_do_what_it_says() {
    let readme = std::fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    for command in fenced(&readme) {
        let words = words(command.trim_start_matches("$ "));
        let [_, subcommand, ..] = words.as_slice() else { continue };
        if matches!(subcommand.as_str(), "decode" | "compose") && words.iter().all(|word| word != "FILE") {
            if words.iter().any(|word| std::path::Path::new(word).extension().is_some_and(|e| e == "pcapng"))
            {
                continue;
            }
            let told = run(&words.iter().skip(1).map(String::as_str).collect::<Vec<_>>());
            assert_eq!(told.code, Some(0), "{command}: {told:?}");
        }
    }
}

/// Everything that is kept, without what is built.
fn kept(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !matches!(name, "target" | ".git" | "corpus" | "artifacts") {
                kept(&path, found);
            }
        } else {
            found.push(path);
        }
    }
}

#[test]
fn no_file_names_a_path_of_a_machine() {
    // Put together here, so that this file does not name one itself.
    let homes = ["work", "root", "Users"].map(|name| format!("/{name}/"));
    let trees = ["/tmp/", "wt/"].concat();
    let mut files = Vec::new();
    kept(Path::new(ROOT), &mut files);
    assert!(files.len() > 100, "{}", files.len());
    for file in files.iter().filter(|file| !file.ends_with(".git")) {
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        for foreign in homes.iter().chain([&trees]) {
            let line = text.lines().position(|line| line.contains(foreign.as_str()));
            assert_eq!(line.map(|line| line + 1), None, "{} names {foreign}", file.display());
        }
    }
}
