//! The configuration file: `meterscope/config.toml` in the config folder of the system.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use jiff::tz::TimeZone;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::de::DeTable;

use crate::frame::{near, visible};
use crate::trace::regular::{self, FileFault};

/// Largest file that is read; a configuration is a page, not a book.
pub(super) const LARGEST: u64 = 1 << 20;

/// What a person has set. Everything has a default, so that there need not be a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The theme, by the name of its file.
    pub theme: Option<String>,
    /// Whether the console takes the mouse.
    pub mouse: bool,
    /// The zone of the meters' clocks, `timezone = "Europe/Amsterdam"`; else that of each model's country.
    #[serde(deserialize_with = "time_zone")]
    pub timezone: Option<TimeZone>,
    /// Keys by context and action, as written: `[keys.trace] follow = "f"`. The console reads them.
    #[serde(deserialize_with = "keys_by_context")]
    pub keys: BTreeMap<String, BTreeMap<String, KeyNames>>,
    /// Links kept by name: `[links.kitchen] link = "tcp://192.0.2.7:4001"`.
    pub links: BTreeMap<String, SavedLink>,
    /// How the console keeps captures.
    pub capture: Capture,
}

/// The time zone of a name.
///
/// # Errors
/// What was expected.
pub fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| {
        let known: Vec<_> = jiff::tz::db().available().collect();
        let near = near::hint(name, known.iter().map(jiff::tz::TimeZoneName::as_str));
        let name = visible::string(name);
        format!(
            "no time zone \"{name}\": expected a name of the IANA database such as Europe/Amsterdam{near}"
        )
    })
}

fn time_zone<'de, D: Deserializer<'de>>(source: D) -> Result<Option<TimeZone>, D::Error> {
    let name = String::deserialize(source)?;
    zone(&name).map(Some).map_err(serde::de::Error::custom)
}

/// The keys of one context; an error says how a table of keys is headed.
struct Context(BTreeMap<String, KeyNames>);

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = Context;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("keys under the screen they work on: [keys.global], [keys.bench], [keys.trace]")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Context, A::Error> {
                Deserialize::deserialize(MapAccessDeserializer::new(map)).map(Context)
            }
        }
        source.deserialize_map(Table)
    }
}

fn keys_by_context<'de, D: Deserializer<'de>>(
    source: D,
) -> Result<BTreeMap<String, BTreeMap<String, KeyNames>>, D::Error> {
    let contexts = BTreeMap::<String, Context>::deserialize(source)?;
    Ok(contexts.into_iter().map(|(name, Context(keys))| (name, keys)).collect())
}

/// One key or several for an action.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a key in quotes, \"f\", or several in brackets")]
pub enum KeyNames {
    /// `"f"`.
    One(String),
    /// `["f", "ctrl-f"]`.
    Several(Vec<String>),
}

impl KeyNames {
    /// The keys as written.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(key) => std::slice::from_ref(key).iter(),
            Self::Several(keys) => keys.iter(),
        }
        .map(String::as_str)
    }
}

/// A link with the meter on it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedLink {
    /// The link's name, as on the command line.
    pub link: String,
    /// Model id.
    pub model: Option<String>,
    /// The meter's address.
    pub address: Option<String>,
}

/// How the console keeps captures.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Capture {
    /// Whether it keeps any.
    pub enabled: bool,
    /// Where; else the state folder.
    pub folder: Option<PathBuf>,
    /// How much of disk all of them together may take, in megabytes, before the oldest goes.
    pub ring_megabytes: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: None,
            mouse: true,
            timezone: None,
            keys: BTreeMap::new(),
            links: BTreeMap::new(),
            capture: Capture::default(),
        }
    }
}

impl Default for Capture {
    fn default() -> Self {
        Self { enabled: true, folder: None, ring_megabytes: 256 }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {what}", visible::string(file))]
    Unreadable {
        /// Which file.
        file: String,
        /// What the system said.
        what: String,
    },
    /// The file is not understood.
    #[error("{}, line {line}, column {column}: {what}{snippet}", visible::string(file))]
    Bad {
        /// Which file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong and what was expected.
        what: String,
        /// The line with a caret under the place, on lines of its own.
        snippet: String,
    },
    /// The system does not say where configurations belong.
    #[error("no home folder: set XDG_CONFIG_HOME, or name the file with --config")]
    NoFolder,
}

/// The folder of our files below the config folder: `$XDG_CONFIG_HOME/meterscope`.
///
/// # Errors
/// [`ConfigError::NoFolder`] when there is no home.
pub fn folder() -> Result<PathBuf, ConfigError> {
    let strategy = etcetera::choose_base_strategy().map_err(|_| ConfigError::NoFolder)?;
    Ok(strategy.config_dir().join("meterscope"))
}

/// The folder of what is kept from one start to the next: `$XDG_STATE_HOME/meterscope`; `None` on a system
/// without a home.
#[must_use]
pub fn state_folder() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    let folder = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Some(folder.join("meterscope"))
}

/// The configuration in `chosen`, which must exist, or else in the config folder, where it may be missing.
///
/// # Errors
/// [`ConfigError`] with file, line and column.
pub fn load(chosen: Option<&Path>) -> Result<Config, ConfigError> {
    let Some(path) = file_of(chosen) else { return Ok(Config::default()) };
    let file = visible::file(&path);
    let is_ours = chosen.is_some() || !folder().is_ok_and(|folder| regular::is_untrusted_folder(&folder));
    if !is_ours {
        let what =
            "other users may have written to its folder: take it over with chown, or close it with chmod 700";
        return Err(ConfigError::Unreadable { file, what: what.to_owned() });
    }
    let text = regular::text(&path, LARGEST).map_err(|fault| unreadable(&file, &fault))?;
    parse(&file, &text)
}

/// The file that is read: the chosen one, or the one of the config folder if it is there.
fn file_of(chosen: Option<&Path>) -> Option<PathBuf> {
    let in_folder = || folder().ok().map(|folder| folder.join("config.toml")).filter(|path| path.exists());
    chosen.map(Path::to_path_buf).or_else(in_folder)
}

/// An error about an entry of the configuration that only its user can judge, such as the name of a theme:
/// with file, line and column of the entry. `None` when no file has such an entry. In `entry` a `*` stands for
/// any table.
#[must_use]
pub fn blame(chosen: Option<&Path>, entry: &[&str], what: &str) -> Option<ConfigError> {
    let path = file_of(chosen)?;
    let text = regular::text(&path, LARGEST).ok()?;
    blame_in(&visible::file(&path), &text, entry, what)
}

fn blame_in(file: &str, text: &str, entry: &[&str], what: &str) -> Option<ConfigError> {
    let table = DeTable::parse(text).ok()?;
    Some(bad(file, text, offset_of(table.get_ref(), entry)?, what))
}

/// Where the key of an entry stands.
fn offset_of(table: &DeTable<'_>, entry: &[&str]) -> Option<usize> {
    let (name, rest) = entry.split_first()?;
    let mut named = table.iter().filter(|(key, _)| *name == "*" || key.get_ref() == name);
    if rest.is_empty() {
        return named.next().map(|(key, _)| key.span().start);
    }
    named.find_map(|(_, value)| offset_of(value.get_ref().as_table()?, rest))
}

fn unreadable(file: &str, fault: &FileFault) -> ConfigError {
    ConfigError::Unreadable { file: file.to_owned(), what: fault.to_string() }
}

/// A configuration from the text of `file`.
///
/// # Errors
/// [`ConfigError::Bad`] with the place of what is not understood.
pub fn parse(file: &str, text: &str) -> Result<Config, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let what = visible::string(&error.message().replace('\n', ", "));
        bad(file, text, error.span().map_or(0, |span| span.start), &what)
    })
}

fn bad(file: &str, text: &str, offset: usize, what: &str) -> ConfigError {
    let (line, column) = place(text, offset);
    let (file, what) = (file.to_owned(), what.to_owned());
    ConfigError::Bad { file, line, column, what, snippet: snippet(text, line, column) }
}

/// Line and column, both from 1, of the byte at `offset`.
pub(super) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count();
    (before.matches('\n').count() + 1, column + 1)
}

fn snippet(text: &str, line: usize, column: usize) -> String {
    let shown = visible::string(&text.lines().nth(line - 1).unwrap_or_default().replace('\t', " "));
    format!("\n  {shown}\n  {}^", " ".repeat(column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(parse("c", ""), Ok(Config::default()));
    }

    #[test]
    fn everything_can_be_set() {
        let text = r#"
theme = "light"
mouse = false
[keys.trace]
follow = "f"
search = ["/", "ctrl-f"]
[links.kitchen]
link = "tcp://192.0.2.7:4001"
model = "mercury-200"
[capture]
folder = "/tmp/captures"
ring_megabytes = 10
"#;
        let config = parse("c", text).unwrap();
        assert_eq!((config.theme.as_deref(), config.mouse), (Some("light"), false));
        assert_eq!(config.keys["trace"]["search"].iter().collect::<Vec<_>>(), ["/", "ctrl-f"]);
        assert_eq!(config.links["kitchen"].model.as_deref(), Some("mercury-200"));
        assert!(config.capture.enabled && config.capture.ring_megabytes == 10);
    }

    #[test]
    fn a_mistake_is_named_with_line_column_and_what_was_expected() {
        let message = parse("c.toml", "mouse = true\n  themes = \"dark\"\n").unwrap_err().to_string();
        assert!(
            message.starts_with("c.toml, line 2, column 3: unknown field `themes`, expected"),
            "{message}"
        );
        assert!(
            message.contains("`theme`") && message.ends_with("\n    themes = \"dark\"\n    ^"),
            "{message}"
        );
        let message = parse("c.toml", "mouse = \"yes\"").unwrap_err().to_string();
        assert!(message.contains("line 1, column 9") && message.contains("expected a boolean"), "{message}");
        let message = parse("c.toml", "mouse = ").unwrap_err().to_string();
        assert!(message.contains("line 1, column"), "{message}");
    }

    #[test]
    fn an_entry_that_its_user_refuses_is_named_with_its_place() {
        let text = "theme = \"nosuch\"\n[keys.trace]\nfly = \"f\"\n";
        let told = |entry: &[&str]| blame_in("c", text, entry, "unknown").map(|error| error.to_string());
        assert!(told(&["theme"]).unwrap().starts_with("c, line 1, column 1: unknown\n"));
        assert!(told(&["keys", "*", "fly"]).unwrap().starts_with("c, line 3, column 1: unknown\n  fly = "));
        assert_eq!(told(&["keys", "*", "walk"]), None);
    }

    #[test]
    fn a_time_zone_that_is_not_known_is_named_with_its_place() {
        assert_eq!(parse("c", "timezone = \"UTC\"").unwrap().timezone, Some(TimeZone::UTC));
        let message = parse("c", "mouse = true\ntimezone = \"Mars/Olympus\"").unwrap_err().to_string();
        assert!(message.starts_with("c, line 2, column 12: no time zone \"Mars/Olympus\": "), "{message}");
        assert!(message.contains("such as Europe/Amsterdam"), "{message}");
    }

    #[test]
    fn control_characters_of_a_file_do_not_reach_the_message() {
        let message = parse("c", "theme = \u{1b}[2J").unwrap_err().to_string();
        assert!(!message.contains('\u{1b}'), "{message:?}");
    }

    #[test]
    fn keys_in_the_wrong_place_or_form_are_told_the_right_one() {
        let told = |text: &str| parse("c", text).unwrap_err().to_string();
        let stray = told("[keys]\nquit = \"z\"\n");
        assert!(stray.contains("line 2") && stray.contains("[keys.global]"), "{stray}");
        assert!(told("[keys.global]\nquit = 4\n").contains("expected a key in quotes"));
    }

    #[test]
    fn a_chosen_file_must_exist() {
        let missing = load(Some(Path::new("/nonexistent/config.toml"))).unwrap_err();
        assert!(missing.to_string().starts_with("cannot read /nonexistent/config.toml: "), "{missing}");
    }
}
