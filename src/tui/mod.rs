//! The console: state, update, view.
pub mod glyphs;
pub mod keymap;
mod layout;
mod message;
mod screens;
mod snapshot;
mod state;
pub mod theme;
mod update;
mod view;
pub mod widgets;
