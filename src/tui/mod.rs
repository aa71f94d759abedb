//! The console: state, update, view.
pub mod glyphs;
pub mod keymap;
mod layout;
mod message;
mod raw;
mod state;
pub mod theme;
mod update;
pub mod widgets;
