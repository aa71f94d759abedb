//! Mutants of meterscope, compiled in once: each is switched on by an environment variable and must be noticed by the
//! unit tests of its module.
//!
//! `mutate [PATH...]` runs those in the files of `targets.txt` whose paths begin so, all of them without. It copies the tree to
//! `target/mutants/tree`, rewrites the files there, builds the unit tests once and runs them for every mutant. A mutant
//! that no test notices and that `explained.txt` does not explain is an error.

mod build;
mod edit;
mod find;
mod run;
mod targets;

use std::path::Path;
use std::process::ExitCode;

/// Text of an error, for the person at the terminal.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    match mutate() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(survivors) => {
            eprintln!("{survivors} mutants survived unexplained");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("mutate: {error}");
            ExitCode::from(2)
        }
    }
}

/// The number of survivors that nothing explains.
fn mutate() -> Result<usize> {
    let prefixes: Vec<String> = std::env::args().skip(1).collect();
    let root = std::env::current_dir().map_err(|error| error.to_string())?;
    let tree = root.join("target/mutants/tree");
    let targets = targets::read(&root)?;
    let files = targets::files(&root, &targets)?;
    let mut built = build::build(&root, &tree, &files)?;
    // All are compiled in whatever is asked for, so that the next run finds them built.
    let is_asked = |name: &str| prefixes.is_empty() || prefixes.iter().any(|prefix| name.starts_with(prefix));
    built.mutants.retain(|mutant| is_asked(&mutant.name));
    let explained = targets::explained(&root)?;
    let report = run::all(&built, &tree)?;
    Ok(report.print(&explained, &built, Path::new("target/mutants/results.txt")))
}
