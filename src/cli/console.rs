//! The console.

use std::path::PathBuf;

use crate::app::config::{self, Config};
use crate::app::session::Recording;
use crate::link::{LinkName, Place};
use crate::meter::MODELS;
use crate::trace::Ring;
use crate::tui::glyphs::Glyphs;
use crate::tui::keymap::Keymap;
use crate::tui::theme::{Depth, Theme, shipped};
use crate::tui::{self, Kept, Start, store};

use super::args::{Console, Global};
use super::exit::{Exit, Outcome, Trouble};

const DOING: &str = "opening the console";

/// Opens the console, connected if a link was named.
pub fn run(global: &Global, given: &Console) -> Outcome {
    let meter = given.model.map(|model| (model.id.to_owned(), given.address.clone().unwrap_or_default()));
    let start = start(global)?;
    open(Start { link: given.link.clone(), meter, ..start })
}

/// Opens the console on the simulated bus, talking to its first meter.
pub fn demo(global: &Global) -> Outcome {
    let start = start(global)?;
    let meter = crate::sim::demo_meters().into_iter().next();
    let meter = meter.map(|setup| (setup.name().to_owned(), setup.address().to_owned()));
    let known = meter.filter(|(model, _)| MODELS.iter().any(|m| m.id == model));
    open(Start { link: Some(LinkName::of(Place::Sim)), meter: known, poll: true, ..start })
}

fn open(start: Start) -> Outcome {
    match tui::run(start) {
        Ok(()) => Ok(Exit::Done),
        Err(error) => Err(Trouble::new(Exit::System, DOING, error.to_string()).into()),
    }
}

/// What the configuration and the environment say.
fn start(global: &Global) -> Result<Start, Trouble> {
    let wrong = |error: String| Trouble::new(Exit::Usage, DOING, &error);
    let config = config::load(global.config.as_deref()).map_err(|error| wrong(error.to_string()))?;
    let themes = config::folder().ok().map(|folder| folder.join("themes"));
    let keymap = Keymap::configured(&config.keys).map_err(|error| wrong(error.to_string()))?;
    let name = global.theme.as_deref().or(config.theme.as_deref()).unwrap_or("dark");
    let palette = shipped::load(name, themes.as_deref()).map_err(|error| wrong(error.to_string()))?;
    let depth = if global.no_color { Depth::None } else { Depth::of_environment() };
    let recording = recording(&config);
    Ok(Start {
        link: None,
        meter: None,
        poll: false,
        theme: Theme::new(palette, depth, glyphs()),
        themes,
        keymap,
        mouse: config.mouse,
        recording,
        links: kept(&config),
        store: store::place(),
    })
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
