//! The copy of the tree with all mutants in it, and its unit tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Result;
use crate::edit;
use crate::find::{self, Mutant, Unfit};
use crate::targets::{File, text, tracked};

/// Rounds in which what does not compile is taken out.
const ROUNDS: usize = 20;

/// Switches a mutant on by its number.
const SWITCH: &str = "
pub mod mutant {
    pub fn on(id: u32) -> bool {
        static ACTIVE: std::sync::LazyLock<u32> =
            std::sync::LazyLock::new(|| std::env::var(\"METERSCOPE_MUTANT\").ok().and_then(|id| id.parse().ok()).unwrap_or(0));
        *ACTIVE == id
    }
}
";

/// What was built.
pub struct Built {
    /// The program with the unit tests.
    pub tests: PathBuf,
    /// The mutants in it.
    pub mutants: Vec<Mutant>,
    /// How many did not compile.
    pub unfit: usize,
}

/// Copies the tree, puts the mutants in, takes out those that do not compile, and builds the unit tests.
pub fn build(root: &Path, tree: &Path, files: &[File]) -> Result<Built> {
    copy(root, tree)?;
    let lib = text(&root.join("src/lib.rs"))?;
    let mut unfit = Unfit::default();
    for _ in 0..ROUNDS {
        let mutants = write(tree, &lib, files, &unfit)?;
        let errors = cargo(tree, &["check", "--profile", "test", "--lib"])?.errors;
        if errors.is_empty() {
            let built = cargo(tree, &["test", "--no-run", "--lib"])?;
            let tests = built.executable.ok_or("the unit tests do not link")?;
            return Ok(Built { tests, mutants, unfit: unfit.mutants.len() });
        }
        eprintln!("{} mutants, {} errors: taking out what does not compile", mutants.len(), errors.len());
        let before = (unfit.mutants.len(), unfit.constant.len());
        errors.iter().for_each(|error| learn(error, tree, &mut unfit));
        if before == (unfit.mutants.len(), unfit.constant.len()) {
            return Err(errors
                .iter()
                .map(|e| e["rendered"].as_str().unwrap_or(""))
                .collect::<Vec<_>>()
                .join("\n"));
        }
    }
    Err("the mutants do not compile".to_owned())
}

fn copy(root: &Path, tree: &Path) -> Result<()> {
    let _ = std::fs::remove_dir_all(tree.join("src"));
    for path in tracked(root)? {
        let (from, to) = (root.join(&path), tree.join(&path));
        let folder = to.parent().unwrap_or(tree);
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        if from.is_file() {
            put(&to, &std::fs::read(&from).map_err(|error| format!("{path}: {error}"))?)?;
        }
    }
    Ok(())
}

/// Writes a file, unless that is what stands in it: what is not touched is not compiled again.
fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(tree: &Path, lib: &str, files: &[File], unfit: &Unfit) -> Result<Vec<Mutant>> {
    let mut mutants = Vec::new();
    let mut first = 1;
    for file in files {
        let found = find::mutants((&file.path, &file.source), &file.filters, first, unfit)?;
        put(&tree.join(&file.path), edit::apply(&file.source, found.edits).as_bytes())?;
        mutants.extend(found.mutants);
        // A number stays a mutant's whatever is taken out before it.
        first += 1000;
    }
    put(&tree.join("src/lib.rs"), format!("{lib}{SWITCH}").as_bytes())?;
    Ok(mutants)
}

struct Output {
    errors: Vec<Value>,
    executable: Option<PathBuf>,
}

fn cargo(tree: &Path, arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new("cargo");
    command.current_dir(tree).args(arguments).args(["--locked", "--message-format=json"]);
    command.env("CARGO_TARGET_DIR", tree.join("target")).env("CARGO_PROFILE_DEV_DEBUG", "0");
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| format!("cargo: {error}"))?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<Value> = messages.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let errors = messages.iter().map(|message| message["message"].clone()).filter(is_error).collect();
    let executable =
        messages.iter().rev().find_map(|message| message["executable"].as_str()).map(PathBuf::from);
    Ok(Output { errors, executable })
}

fn is_error(message: &Value) -> bool {
    message["level"] == "error" && message["spans"].as_array().is_some_and(|spans| !spans.is_empty())
}

/// Learns from an error what must be taken out.
fn learn(error: &Value, tree: &Path, unfit: &mut Unfit) {
    let message = error["message"].as_str().unwrap_or_default();
    if error["code"]["code"] == "E0015"
        && let Some(name) = message.split('`').nth(1)
    {
        let name = name.rsplit("::").next().unwrap_or(name);
        unfit.constant.insert(name.to_owned());
        return;
    }
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for span in error["spans"].as_array().into_iter().flatten() {
        let file = span["file_name"].as_str().unwrap_or_default().to_owned();
        let source =
            sources.entry(file.clone()).or_insert_with(|| text(&tree.join(&file)).unwrap_or_default());
        let line = |name: &str| span[name].as_u64().unwrap_or_default() as usize;
        let lines = source.lines().skip(line("line_start").saturating_sub(1));
        for line in lines.take(line("line_end") + 1 - line("line_start")) {
            unfit.mutants.extend(ids(line));
        }
    }
}

/// The numbers of the mutants in a line.
fn ids(line: &str) -> impl Iterator<Item = usize> {
    line.split("mutant::on(").skip(1).filter_map(|rest| rest.split(')').next()?.parse().ok())
}
