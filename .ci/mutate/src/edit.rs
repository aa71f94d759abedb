//! Edits of a source text that may stand in each other.

use std::cmp::Reverse;
use std::ops::Range;

/// A part of what stands in the place of a range.
pub enum Part {
    /// New text.
    Text(String),
    /// The source as it is: what a mutant does has no other mutants in it.
    Raw(Range<usize>),
    /// The source with the edits inside it.
    Edited(Range<usize>),
}

/// What stands in the place of a range of the source.
pub struct Edit {
    /// The range.
    pub range: Range<usize>,
    /// What stands there, in order.
    pub parts: Vec<Part>,
}

/// The source with all edits made.
pub fn apply(source: &str, mut edits: Vec<Edit>) -> String {
    // The outer one first; the sort is stable, so that of two of one range the first found is the outer one.
    edits.sort_by_key(|edit| (edit.range.start, Reverse(edit.range.end)));
    render(source, &edits, 0, 0..source.len())
}

fn render(source: &str, edits: &[Edit], first: usize, range: Range<usize>) -> String {
    let (mut out, mut at, mut next) = (String::new(), range.start, first);
    while let Some(edit) = edits.get(next) {
        next += 1;
        if edit.range.start < at || edit.range.end > range.end {
            continue;
        }
        out.push_str(&source[at..edit.range.start]);
        for part in &edit.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Raw(raw) => out.push_str(&source[raw.clone()]),
                Part::Edited(inner) => out.push_str(&render(source, edits, next, inner.clone())),
            }
        }
        at = edit.range.end;
    }
    out.push_str(&source[at..range.end]);
    out
}
