//! The console: state, update, view.
//!
//! [`run()`] is all that the command line needs; [`keymap`] and [`theme`] read what a person has configured.

mod effects;
#[cfg(test)]
mod fixture;
pub mod glyphs;
pub mod keymap;
mod layout;
mod measure;
mod message;
mod run;
mod screens;
mod signals;
mod snapshot;
mod state;
pub mod still;
pub mod store;
mod terminal;
pub mod theme;
mod update;
mod view;
#[cfg(test)]
mod view_tests;
pub mod widgets;

pub use run::{Start, run};
pub use state::connect::Kept;
