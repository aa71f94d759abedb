//! Who may name a protocol family: its own folder, the models and the registry.

use crate::paths::paths;
use crate::text::{bare, literals};

/// A family's module, and the ids of the families in it.
#[derive(Debug)]
pub struct Named {
    /// The folder below `src/protocol`.
    pub module: String,
    /// Ids of the command line and JSON.
    pub ids: Vec<&'static str>,
}

/// Files that name families because that is what they are for.
const MODELS: &str = "src/meter/models/";
const ALL_ALLOWED: [&str; 2] = ["src/protocol/registry.rs", "src/protocol/mod.rs"];

/// Other files that may name one family, and why.
const ALLOWED: [(&str, &str, &str); 3] = [
    ("src/protocol/dlms/", "mbus", "segments travel in the frames of M-Bus"),
    ("src/protocol/mercury230/", "mercury200", "both write numbers in the same binary coded decimals"),
    ("src/cli/args.rs", "energomera_ce", "the example of a help text"),
];

/// Every place outside of tests in which a file names a family that it may not name, as `file:line: what`.
pub fn violations(file: &str, source: &str, families: &[Named]) -> Vec<String> {
    if ALL_ALLOWED.contains(&file) || file.starts_with(MODELS) || is_test(file) {
        return Vec::new();
    }
    let code = bare(source);
    let named = families.iter().filter(|family| !may_name(file, &family.module));
    let named = named.flat_map(|family| {
        let paths = paths(&code).into_iter().filter(|path| !path.in_tests && path.parts.len() > 1);
        let by_path = paths.filter(|path| path.parts.contains(&family.module));
        let texts =
            literals(source).into_iter().filter(|(_, text, _)| family.ids.iter().any(|id| has(text, id)));
        let by_text = texts.filter(|(_, _, in_tests)| !in_tests).map(|(line, ..)| line);
        let lines: Vec<usize> = by_path.map(|path| path.line).chain(by_text).collect();
        lines
            .into_iter()
            .map(|line| format!("{file}:{line}: names the family {}: ask the registry", family.module))
    });
    named.collect()
}

fn may_name(file: &str, module: &str) -> bool {
    let is_own = file.starts_with(&format!("src/protocol/{module}/"));
    is_own || ALLOWED.iter().any(|(place, family, _)| file.starts_with(place) && *family == module)
}

/// Whether a file is there for tests alone.
pub fn is_test(file: &str) -> bool {
    let fixtures = ["fixture", "samples.rs", "families.rs", "toy.rs", "_tests.rs"];
    file.ends_with("tests.rs") || file.contains("/tests/") || fixtures.iter().any(|part| file.contains(part))
}

/// Whether an id stands in a text as a word of its own.
fn has(text: &str, id: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.split(|c| !is_word(c)).any(|word| word == id)
}
