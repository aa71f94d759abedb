//! Words that were retired for a term of the field: identifiers that may not come back.

use super::text::bare;

/// What a retired word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A struct, enum, trait or type alias.
    Type,
    /// A function or method.
    Function,
    /// A module, by its file.
    Module,
    /// A field, parameter or variable.
    Value,
}

use Kind::{Function, Module, Type, Value};

/// The retired identifier, what it named, below which folder it is retired, and what to use.
const RETIRED: &[(&str, Kind, &str, &str)] = &[
    ("Way", Type, "src", "Dir of the trace, Flow of energy"),
    ("Judged", Type, "src", "Integrity"),
    ("Lock", Type, "src", "MissingKey"),
    ("Told", Type, "src", "Output, Explained"),
    ("Place", Type, "src/link", "Endpoint"),
    ("Place", Type, "src/trace/capture", "Rotation"),
    ("Sheet", Type, "src/app", "TermStyle"),
    ("Sheet", Type, "src/protocol/dsmr_p1/responder", "Telegram"),
    ("everyday", Function, "src", "default_reads"),
    ("everyday", Value, "src/meter", "default_reads"),
    ("Telegrams", Type, "src/protocol", "P1Framer"),
    ("Pushes", Type, "src/protocol", "P1Tracker"),
    ("Pairs", Type, "src/protocol", "Mercury200Tracker, Mercury230Tracker"),
    ("Exchanges", Type, "src/protocol", "MbusTracker"),
    ("Gaps", Type, "src/protocol", "a framer named after its family"),
    ("Turns", Type, "src/protocol", "request_reply::Driver"),
    ("Tally", Type, "src/protocol", "request_reply::Attempts"),
    ("Manner", Type, "src/protocol", "PushTiming"),
    ("Listen", Type, "src/protocol", "PushExchange"),
    ("Ends", Type, "src/bus", "BusSide"),
    ("Wanted", Type, "src/bus", "InitialLine"),
    ("SevenBits", Type, "src/bus", "SoftParityDetector"),
    ("Reach", Type, "src/link", "Connector"),
    ("keep", Function, "src/link/reconnect.rs", "run_reconnecting"),
    ("hush", Module, "src/link", "listen_task"),
    ("keep", Module, "src/link", "reconnect"),
    ("misheard", Module, "src/sim", "uart"),
    ("noise", Module, "src/app", "signal_hints"),
    ("broker", Module, "src/app", "mqtt_login"),
    ("modbus", Module, "src/protocol", "incotex"),
    ("turn", Module, "src/protocol", "request_reply"),
    ("listen", Module, "src/protocol", "push_exchange"),
    ("seven", Module, "src/bus", "soft_parity"),
    ("quiet", Module, "src/bus", "line_idle"),
    ("written", Module, "src/bus", "pending_write"),
    ("talk", Module, "src/bus", "conversation"),
    ("errand", Module, "src/bus", "job"),
    ("hearing", Module, "src/bus", "link_events"),
    ("carrying", Module, "src/bus", "jobs"),
    ("sending", Module, "src/bus", "transmit"),
    ("tuning", Module, "src/bus", "line_control"),
    ("unheard", Module, "src/bus", "backlog"),
];

/// The retired identifiers that a file brings back.
pub fn violations(file: &str, source: &str) -> Vec<String> {
    let bare = bare(source);
    let is_here =
        |folder: &str| file.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let rows = RETIRED.iter().filter(|(_, _, folder, _)| is_here(folder));
    rows.filter(|(word, kind, ..)| comes_back(file, &bare, word, *kind))
        .map(|(word, kind, _, instead)| format!("{file}: {kind:?} {word} is retired; use {instead}"))
        .collect()
}

fn comes_back(file: &str, bare: &str, word: &str, kind: Kind) -> bool {
    match kind {
        Module => {
            file.ends_with(&format!("/{word}.rs"))
                || file.contains(&format!("/{word}/"))
                || defines(bare, &["mod"], word)
        }
        Type => defines(bare, &["struct", "enum", "trait", "type"], word),
        Function => defines(bare, &["fn"], word),
        Value => {
            words(bare).any(|(found, next)| found == word && next.starts_with(':') && !next.starts_with("::"))
        }
    }
}

/// Whether one of the keywords is followed by the word.
fn defines(bare: &str, keywords: &[&str], word: &str) -> bool {
    let mut before = "";
    for (found, _) in words(bare) {
        if found == word && keywords.contains(&before) {
            return true;
        }
        before = found;
    }
    false
}

/// The words of a source, each with what follows it.
fn words(bare: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_';
    bare.split(move |c: char| !is_of_word(c)).filter(|word| !word.is_empty()).map(move |word| {
        let end = word.as_ptr() as usize - bare.as_ptr() as usize + word.len();
        (word, bare.get(end..).unwrap_or_default())
    })
}
