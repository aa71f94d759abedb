//! The console.

use std::path::{Path, PathBuf};

use crate::app::config::{self, Config};
use crate::app::session::Recording;
use crate::app::write_log;
use crate::frame::visible;
use crate::link::{Endpoint, LinkName};
use crate::meter::MODELS;
use crate::trace::{Ring, private};
use crate::tui::glyphs::Glyphs;
use crate::tui::keymap::{Keymap, KeymapError};
use crate::tui::theme::{Depth, Palette, Theme, shipped};
use crate::tui::{self, Kept, Start, store};

use super::args::{Console, Global};
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::keys;

const DOING: &str = "opening the console";

/// Opens the console, connected if a link was named.
pub(super) fn run(global: &Global, given: &Console) -> Outcome {
    let meter = given.model.map(|model| (model.id.to_owned(), given.address.clone().unwrap_or_default()));
    let start = start(global)?;
    open(Start { link: given.link.clone(), meter, ..start })
}

/// Opens the console on the simulated bus, talking to its first meter.
pub(super) fn demo(global: &Global) -> Outcome {
    let start = start(global)?;
    let meter = crate::sim::demo_meters(None).into_iter().next();
    let meter = meter.map(|setup| (setup.name().to_owned(), setup.address().to_owned()));
    let known = meter.filter(|(model, _)| MODELS.iter().any(|m| m.id == model));
    open(Start { link: Some(LinkName::of(Endpoint::Sim)), meter: known, ..start })
}

fn open(start: Start) -> Outcome {
    match tui::run(start) {
        Ok(()) => Ok(Exit::Done),
        Err(error) => Err(Trouble::new(Exit::System, DOING, error.to_string()).into()),
    }
}

/// Refuses a state folder in the place of which somebody put a link or a folder of another user; the system's own
/// reasons are told by what is to be written there.
fn refuse_foreign_state() -> Result<(), Stop> {
    let Some(folder) = config::state_folder() else { return Ok(()) };
    match private::own_folder(&folder) {
        Err(error) if error.raw_os_error().is_none() => {
            let shown = visible::string(&folder.to_string_lossy());
            Err(Trouble::new(Exit::Forbidden, DOING, format!("the state folder {shown}: {error}")).into())
        }
        _ => Ok(()),
    }
}

/// What the configuration and the environment say.
fn start(global: &Global) -> Result<Start, Stop> {
    refuse_foreign_state()?;
    let chosen = global.config.as_deref();
    let config = config::load(chosen).map_err(|error| wrong(error.to_string()))?;
    let themes = config::folder().ok().map(|folder| folder.join("themes"));
    let keymap = Keymap::configured(&config.keys).map_err(|error| blame_keys(chosen, &error))?;
    let palette = palette(global, &config, themes.as_deref())?;
    let depth = if global.no_color { Depth::None } else { Depth::of_environment() };
    let recording = recording(&config);
    Ok(Start {
        link: None,
        meter: None,
        theme: Theme::new(palette, depth, glyphs()),
        themes,
        keymap,
        mouse: config.mouse,
        recording,
        keys: keys::load(global)?,
        zone: global.timezone.clone().or_else(|| config.timezone.clone()),
        links: kept(&config),
        store: store::place(),
        write_log: write_log::place(),
    })
}

fn wrong(error: impl Into<String>) -> Trouble {
    Trouble::new(Exit::Usage, DOING, error)
}

/// The colours: of the theme that was named, by name or as a file, or else of the configured one.
fn palette(global: &Global, config: &Config, folder: Option<&Path>) -> Result<Palette, Trouble> {
    if let Some(name) = &global.theme {
        let file = Path::new(name);
        if file.extension().is_some_and(|extension| extension == "toml") {
            return theme_of_file(file);
        }
        return shipped::load(name, folder).map_err(|error| wrong(error.to_string()));
    }
    let name = config.theme.as_deref().unwrap_or("dark");
    shipped::load(name, folder).map_err(|error| {
        // A theme's own file is blamed by its own error; a name that means nothing by the configuration's.
        let error = error.to_string();
        let known = folder.is_some_and(|folder| folder.join(format!("{name}.toml")).exists());
        let blamed = config::blame(global.config.as_deref(), &["theme"], &error).filter(|_| !known);
        wrong(blamed.map_or(error, |blamed| blamed.to_string()))
    })
}

fn theme_of_file(file: &Path) -> Result<Palette, Trouble> {
    shipped::load_file(file)
        .map_err(|error| wrong(error.to_string()).hint("a theme is a file, or a name such as dark"))
}

/// What is wrong with the keys, with its place in the configuration.
fn blame_keys(chosen: Option<&Path>, error: &KeymapError) -> Trouble {
    let actions: &[&str] = match error {
        KeymapError::UnknownAction(action) => &[action],
        KeymapError::BadKey { action, .. } | KeymapError::Elsewhere { action, .. } => &[action],
        KeymapError::Taken { first, second, .. } => &[second, first],
    };
    let what = error.to_string();
    let blamed = actions.iter().find_map(|action| config::blame(chosen, &["keys", "*", action], &what));
    wrong(blamed.map_or(what, |blamed| blamed.to_string()))
}

/// The signs that the terminal can draw: the kernel's own console and "dumb" terminals have few.
fn glyphs() -> &'static Glyphs {
    let term = std::env::var("TERM").unwrap_or_default();
    if matches!(term.as_str(), "linux" | "dumb") { &Glyphs::ASCII } else { &Glyphs::UNICODE }
}

fn recording(config: &Config) -> Recording {
    let state = || store::place().and_then(|place| Some(place.parent()?.join("captures")));
    match config.capture.folder.clone().or_else(state) {
        Some(folder) if config.capture.enabled => {
            Recording::Ring(ring(folder, config.capture.ring_megabytes))
        }
        _ => Recording::None,
    }
}

/// Files of equal size that together take no more than is allowed.
fn ring(folder: PathBuf, megabytes: u32) -> Ring {
    let ring = Ring::new(folder);
    let files = u64::try_from(ring.count).unwrap_or(1).max(1);
    Ring { size: (u64::from(megabytes) << 20).max(files) / files, ..ring }
}

fn kept(config: &Config) -> Vec<Kept> {
    let one = |(name, saved): (&String, &config::SavedLink)| Kept {
        name: name.clone(),
        link: saved.link.clone(),
        model: saved.model.clone().unwrap_or_default(),
        address: saved.address.clone().unwrap_or_default(),
    };
    config.links.iter().map(one).collect()
}
