//! The tests against each mutant.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::build::Built;

/// Time beyond three runs of the unmutated tests after which a mutant counts as noticed: it never ends.
const GRACE: Duration = Duration::from_secs(15);

/// What came of a mutant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// A test failed.
    Killed,
    /// The tests did not end.
    Endless,
    /// No test noticed it.
    Survived,
}

/// What came of all.
pub struct Report(Vec<(String, Fate)>);

/// Runs the tests of its module against each mutant.
pub fn all(built: &Built, tree: &Path) -> Result<Report> {
    let mut limits: BTreeMap<&[String], Duration> = BTreeMap::new();
    let mut fates = Vec::new();
    for (number, mutant) in built.mutants.iter().enumerate() {
        let filters = mutant.filters.as_slice();
        if !limits.contains_key(filters) {
            let begun = Instant::now();
            let fate = tests(built, tree, (0, filters), Duration::from_secs(3600))?;
            if fate != Fate::Survived {
                return Err(format!("{filters:?} fail without any mutant"));
            }
            eprintln!("{filters:?}: {:.1} s", begun.elapsed().as_secs_f32());
            limits.insert(filters, begun.elapsed() * 3 + GRACE);
        }
        let limit = limits.get(filters).copied().unwrap_or(GRACE);
        let fate = tests(built, tree, (mutant.id, filters), limit)?;
        eprintln!("{}/{} {} {}", number + 1, built.mutants.len(), word(fate), mutant.name);
        fates.push((mutant.name.clone(), fate));
    }
    Ok(Report(fates))
}

const fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Killed => "killed",
        Fate::Endless => "endless",
        Fate::Survived => "SURVIVED",
    }
}

fn tests(built: &Built, tree: &Path, (id, filters): (usize, &[String]), limit: Duration) -> Result<Fate> {
    let quick = one_pass(built, tree, (id, filters, false), limit)?;
    let has_slow = filters.iter().any(|filter| filter.starts_with('~'));
    if quick == Fate::Survived && has_slow {
        one_pass(built, tree, (id, filters, true), limit)
    } else {
        Ok(quick)
    }
}

/// The tests named by the filters, or only the slow ones of them.
fn chosen(filters: &[String], are_slow: bool) -> Vec<&str> {
    let mut arguments = Vec::new();
    for filter in filters {
        match (filter.strip_prefix('-'), filter.strip_prefix('~')) {
            (Some(left_out), _) => arguments.extend(["--skip", left_out]),
            (_, Some(slow)) if are_slow => arguments.push(slow),
            (_, Some(slow)) => arguments.extend(["--skip", slow]),
            _ if !are_slow => arguments.push(filter),
            _ => {}
        }
    }
    arguments
}

fn one_pass(
    built: &Built,
    tree: &Path,
    (id, filters, are_slow): (usize, &[String], bool),
    limit: Duration,
) -> Result<Fate> {
    let mut command = Command::new(&built.tests);
    command
        .args(chosen(filters, are_slow))
        .args(["-q", "-Z", "unstable-options", "--fail-fast"])
        .current_dir(tree);
    command.env("METERSCOPE_MUTANT", id.to_string()).env("RUSTC_BOOTSTRAP", "1").env("INSTA_UPDATE", "no");
    // Found inputs are for people, not for the next mutant.
    command.env("PROPTEST_FAILURE_PERSISTENCE", "off").env("RUST_BACKTRACE", "0");
    let spawned = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|error| format!("{}: {error}", built.tests.display()))?;
    let begun = Instant::now();
    loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) if status.success() => return Ok(Fate::Survived),
            Some(_) => return Ok(Fate::Killed),
            None if begun.elapsed() > limit => {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(Fate::Endless);
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

impl Report {
    /// Prints counts and survivors, and writes all to a file; the number of survivors that nothing explains.
    pub fn print(&self, explained: &[String], built: &Built, results: &Path) -> usize {
        let count = |fate| self.0.iter().filter(|(_, other)| *other == fate).count();
        let survivors: Vec<&String> =
            self.0.iter().filter(|(_, fate)| *fate == Fate::Survived).map(|(name, _)| name).collect();
        let (known, new): (Vec<&String>, Vec<&String>) =
            survivors.into_iter().partition(|name| explained.contains(name));
        println!(
            "{} mutants: {} killed, {} never ended, {} survived and are explained, {} survived; {} did not compile",
            self.0.len(),
            count(Fate::Killed),
            count(Fate::Endless),
            known.len(),
            new.len(),
            built.unfit
        );
        new.iter().for_each(|name| println!("SURVIVED {name}"));
        let text: String = self.0.iter().map(|(name, fate)| format!("{} {name}\n", word(*fate))).collect();
        let _ = std::fs::write(results, text);
        new.len()
    }
}
