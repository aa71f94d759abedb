//! Circles between files: which file uses which, and which use each other in the end.
//!
//! A re-export is no use: who asks a facade for a name uses the file that the name comes from.

use std::collections::{BTreeMap, BTreeSet};

use crate::paths::paths;
use crate::text::bare;

/// The path of a module from the root of the crate.
type Module = Vec<String>;

/// A module with a circle may have so many parts that it counts as one thing in several files.
const PARTS: usize = 4;

/// Circles that are more than one module's, by the modules that they lie within, and why.
pub const ALLOWED: [(&[&str], &str); 9] = [
    (&["frame/hex", "frame/visible"], "hex digits are shown by the one way to text"),
    (&["protocol/argument", "protocol/command"], "arguments fit a command, and a command takes them"),
    (&["link/name", "link/topic"], "a topic is a name of a link"),
    (&["cli/exit", "cli/out"], "a failed output is an exit, and an exit is put out"),
    (&["protocol/dlms"], "a carrier has its responder, and the responder its carrier"),
    (&["protocol/energomera_ce"], "the module holds the dialects that its parts speak, and joins the parts"),
    (&["protocol/iec62056_21"], "the module holds the dialects that its parts speak, and joins the parts"),
    (&["protocol/mercury230"], "the module holds the dialects that its parts speak, and joins the parts"),
    (&["tui"], "screens open each other and are drawn into one layout"),
];

/// What the files of the crate use of each other.
#[derive(Debug, Default)]
pub struct Graph {
    /// Names that a module brings into itself, with the paths they stand for.
    brought: BTreeMap<Module, BTreeMap<String, Vec<String>>>,
    /// Paths that a module uses.
    used: BTreeMap<Module, Vec<Vec<String>>>,
}

impl Graph {
    /// Takes in a file.
    pub fn add(&mut self, file: &str, source: &str) {
        let module = module_of(file);
        let code = bare(source);
        let brought = self.brought.entry(module.clone()).or_default();
        for (_, path) in imports(&code) {
            brought.extend(path.last().cloned().map(|name| (name, path)));
        }
        let exported: Vec<Vec<String>> =
            imports(&code).into_iter().filter(|(is_pub, _)| *is_pub).map(|(_, path)| path).collect();
        let of_code = paths(&code)
            .into_iter()
            .filter(|path| !path.in_tests && path.inline == 0 && path.parts.len() > 1);
        let used = of_code.map(|path| path.parts).filter(|path| !exported.contains(path));
        self.used.entry(module).or_default().extend(used);
    }

    /// The modules that a module uses.
    fn uses(&self, module: &Module) -> BTreeSet<Module> {
        let paths = self.used.get(module).into_iter().flatten();
        paths.filter_map(|path| self.resolve(module, path, 8)).filter(|other| other != module).collect()
    }

    /// The module that a path leads to, through whatever re-exports it.
    fn resolve(&self, module: &Module, path: &[String], depth: usize) -> Option<Module> {
        let whole = self.rooted(module, path)?;
        let length = (1..=whole.len()).rev().find(|length| self.used.contains_key(&whole[..*length]))?;
        let (found, rest) = whole.split_at(length);
        let found = found.to_vec();
        let brought = rest.first().and_then(|name| self.brought.get(&found)?.get(name));
        let further = brought.filter(|_| depth > 0).and_then(|path| self.resolve(&found, path, depth - 1));
        Some(further.unwrap_or(found))
    }

    fn rooted(&self, module: &Module, path: &[String]) -> Option<Module> {
        let ups = path.iter().take_while(|part| *part == "super").count();
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([module, &path[1..]].concat()),
            "super" => Some([module.get(..module.len().checked_sub(ups)?)?, &path[ups..]].concat()),
            child => {
                let below = [module.as_slice(), &[child.to_owned()]].concat();
                self.used.contains_key(&below).then(|| [module, path].concat())
            }
        }
    }

    /// Every set of files that use each other in the end, as paths of modules.
    pub fn circles(&self) -> Vec<Vec<String>> {
        let edges: BTreeMap<&Module, BTreeSet<Module>> =
            self.used.keys().map(|one| (one, self.uses(one))).collect();
        let reached = |from: &Module| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(one) = next.pop() {
                let new =
                    edges[&one].iter().filter(|other| !seen.contains(*other)).cloned().collect::<Vec<_>>();
                seen.extend(new.iter().cloned());
                next.extend(new);
            }
            seen
        };
        let reached: BTreeMap<&Module, BTreeSet<Module>> =
            self.used.keys().map(|one| (one, reached(one))).collect();
        let circle = |one: &Module| -> Vec<String> {
            let back = reached[one].iter().filter(|other| reached[other].contains(one));
            back.map(|other| other.join("/")).collect()
        };
        let all: BTreeSet<Vec<String>> =
            self.used.keys().map(circle).filter(|circle| circle.len() > 1).collect();
        all.into_iter().collect()
    }
}

/// Whether a circle is one module in a few files, or is allowed.
pub fn is_allowed(circle: &[String]) -> bool {
    let first: Vec<&str> = circle[0].split('/').take(2).collect();
    let first = first.join("/");
    let is_one =
        first.contains('/') && circle.len() <= PARTS && circle.iter().all(|one| is_within(one, &first));
    let is_listed =
        |places: &[&str]| circle.iter().all(|one| places.iter().any(|place| is_within(one, place)));
    is_one || ALLOWED.iter().any(|(places, _)| is_listed(places))
}

fn is_within(module: &str, place: &str) -> bool {
    module == place || module.starts_with(&format!("{place}/"))
}

fn module_of(file: &str) -> Module {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(str::to_owned).collect()
}

/// What a file imports: whether for others as well, and the path.
fn imports(code: &str) -> Vec<(bool, Vec<String>)> {
    let statements = code.split([';', '}']).filter_map(|statement| {
        let at = statement.rfind("use ").filter(|at| statement[..*at].ends_with([' ', '\n']) || *at == 0)?;
        let is_pub = statement[..at].trim_end().rsplit('\n').next()?.trim_start().starts_with("pub");
        Some((is_pub, format!("{};", &statement[at..])))
    });
    statements
        .flat_map(|(is_pub, text)| paths(&text).into_iter().map(move |path| (is_pub, path.parts)))
        .collect()
}
