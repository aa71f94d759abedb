//! The console: state, update, view.
pub mod keymap;
mod layout;
mod message;
mod raw;
mod state;
mod update;
