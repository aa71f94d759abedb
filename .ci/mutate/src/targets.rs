//! What is mutated, by which tests, and which survivors are explained.

use std::path::Path;
use std::process::Command;

use crate::Result;

/// A line of `targets.txt`: a file or folder and the filters of the tests that hold it.
pub struct Target {
    path: String,
    filters: Vec<String>,
}

/// A file to be mutated.
pub struct File {
    /// From the root of the tree.
    pub path: String,
    /// What stood in it when the run began.
    pub source: String,
    /// Filters of the tests that hold it.
    pub filters: Vec<String>,
}

/// Reads `targets.txt`.
pub fn read(root: &Path) -> Result<Vec<Target>> {
    let text = text(&root.join(".ci/mutate/targets.txt"))?;
    let target = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some(Target { path: words.next()?, filters: words.collect() })
    };
    Ok(lines(&text).filter_map(target).collect())
}

/// The files of the tree under the targets, without tests.
pub fn files(root: &Path, targets: &[Target]) -> Result<Vec<File>> {
    let all = tracked(root)?;
    let is_test = |path: &str| path.contains("/tests/") || path.ends_with("tests.rs");
    let mut files = Vec::new();
    for target in targets {
        let before = files.len();
        let own = all.iter().filter(|path| path.starts_with(&target.path) && path.ends_with(".rs"));
        for path in own.filter(|path| !is_test(path)) {
            let source = text(&root.join(path))?;
            files.push(File { path: path.clone(), source, filters: target.filters.clone() });
        }
        if files.len() == before {
            return Err(format!("targets.txt: no file under {}", target.path));
        }
    }
    Ok(files)
}

/// The files that git knows.
pub fn tracked(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git").arg("-C").arg(root).arg("ls-files").output();
    let output = output.map_err(|error| format!("git ls-files: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

/// The lines of `explained.txt`: a mutant as it is printed, ` :: ` and why nothing can notice it.
pub fn explained(root: &Path) -> Result<Vec<String>> {
    let text = text(&root.join(".ci/mutate/explained.txt"))?;
    Ok(lines(&text).filter_map(|line| Some(line.split_once(" :: ")?.0.trim().to_owned())).collect())
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The text of a file.
pub fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
