//! What may use what.

use crate::paths::{Named, paths};
use crate::text::bare;

/// The layers; each may use those before it. The two faces at the end stand beside each other.
pub const ORDER: [&str; 12] =
    ["reading", "frame", "protocol", "meter", "decode", "link", "trace", "bus", "sim", "app", "cli", "tui"];

/// The faces, and the only file of one that may know the other: `meterscope` with no command, or with
/// `console`, starts the terminal interface.
const FACES: [&str; 2] = ["cli", "tui"];
const CONSOLE: &str = "src/cli/console.rs";

/// Layers without any access to the world.
const PURE: [&str; 5] = ["reading", "frame", "protocol", "meter", "decode"];

/// What the pure layers may not name: beginnings of paths, runs of parts anywhere, macros.
const BANNED_BEGINNINGS: [&[&str]; 7] = [
    &["std", "net"],
    &["std", "fs"],
    &["std", "thread"],
    &["std", "env"],
    &["std", "process"],
    &["tokio"],
    &["rustix"],
];
const BANNED_ANYWHERE: [&[&str]; 2] = [&["Instant", "now"], &["SystemTime"]];
const BANNED_MACROS: [&str; 5] = ["print!", "println!", "eprint!", "eprintln!", "dbg!"];

/// The parts of the console; each may use those before it. What a key does must not hang on how a screen is drawn.
const CONSOLE_ORDER: [&str; 18] = [
    "glyphs", "theme", "keymap", "widgets", "state", "message", "measure", "layout", "update", "snapshot",
    "screens", "view", "terminal", "store", "effects", "signals", "still", "run",
];
/// Parts of the console that only tests have.
const CONSOLE_TESTS: [&str; 2] = ["fixture", "view_tests"];

/// Every violation in a file, as `file:line: what`.
pub fn violations(file: &str, source: &str) -> Vec<String> {
    let parts: Vec<&str> = file.split('/').collect();
    let [_, layer, ..] = parts.as_slice() else { return Vec::new() };
    if ["lib.rs", "main.rs"].contains(layer) {
        return Vec::new();
    }
    let layer = layer.trim_end_matches(".rs");
    let Some(rank) = ORDER.iter().position(|other| *other == layer) else {
        return vec![format!("{file}:1: {layer} is no layer: give it a place in the order")];
    };
    let depth = module_depth(&parts);
    let tests = parts.last() == Some(&"tests.rs") || parts.contains(&"tests");
    let named = paths(&bare(source));
    let mut found: Vec<String> = named
        .iter()
        .filter_map(|path| {
            let what =
                upward(file, layer, rank, depth, path).or_else(|| impure(layer, path).filter(|_| !tests));
            let what = what.or_else(|| backward(&parts, depth, path).filter(|_| !tests))?;
            Some(format!("{file}:{}: {what}", path.line))
        })
        .collect();
    found.dedup();
    found
}

/// How many modules a file stands in, its own included: `src/link/mod.rs` 1, `src/link/tcp.rs` 2.
fn module_depth(parts: &[&str]) -> usize {
    let folders = parts.len() - 2;
    if parts.last() == Some(&"mod.rs") { folders } else { folders + 1 }
}

fn upward(file: &str, layer: &str, rank: usize, depth: usize, path: &Named) -> Option<String> {
    let target = from_root(depth + path.inline, &path.parts)?;
    let Some(other) = ORDER.iter().position(|known| *known == target) else {
        return Some(format!("crate::{target} is no layer"));
    };
    let both_faces = FACES.contains(&layer) && FACES.contains(&target) && layer != target;
    if both_faces {
        return (file != CONSOLE)
            .then(|| format!("{layer} may not use {target}: the faces stand beside each other"));
    }
    (other > rank).then(|| format!("{layer} may not use {target}, which comes after it"))
}

/// A path from a part of the console to one that comes after it.
fn backward(parts: &[&str], depth: usize, path: &Named) -> Option<String> {
    let [_, "tui", part, ..] = parts else { return None };
    let rank_of = |part: &str| CONSOLE_ORDER.iter().position(|other| *other == part);
    let part = part.trim_end_matches(".rs");
    if part == "mod" || CONSOLE_TESTS.contains(&part) || path.in_tests {
        return None;
    }
    let Some(rank) = rank_of(part) else {
        return Some(format!("tui::{part} has no place in the order of the console"));
    };
    let ups = path.parts.iter().take_while(|part| *part == "super").count();
    let below = match path.parts.as_slice() {
        [first, second, ..] if first == "crate" && second == "tui" => 2,
        _ if ups > 0 && ups + 1 == depth + path.inline => ups,
        _ => return None,
    };
    let target = path.parts.get(below)?;
    (rank_of(target)? > rank).then(|| format!("tui::{part} may not use tui::{target}, which comes after it"))
}

/// The first part of a path below the root of the crate, if it leads there.
fn from_root(depth: usize, parts: &[String]) -> Option<&str> {
    let ups = parts.iter().take_while(|part| *part == "super").count();
    let below = match parts.first()?.as_str() {
        "crate" => 1,
        "super" if ups == depth => ups,
        _ => return None,
    };
    parts.get(below).map(String::as_str)
}

fn impure(layer: &str, path: &Named) -> Option<String> {
    if !PURE.contains(&layer) || path.in_tests {
        return None;
    }
    let parts: Vec<&str> = path.parts.iter().map(String::as_str).collect();
    let banned = BANNED_BEGINNINGS.iter().any(|beginning| parts.starts_with(beginning))
        || BANNED_ANYWHERE.iter().any(|run| parts.windows(run.len()).any(|window| window == *run))
        || parts.last().is_some_and(|last| BANNED_MACROS.contains(last));
    banned.then(|| format!("{layer} is pure and may not use {}", parts.join("::")))
}
