//! Parts of screens. Each borrows what it shows and only draws; none keeps state, none panics at any size.

mod footer;
mod pane;
mod pen;
mod scrollbar;
mod status;
#[cfg(test)]
mod testing;

pub use footer::{Footer, Hint};
pub use pane::Pane;
pub use pen::{Pen, shorten, width};
pub use scrollbar::ScrollBar;
pub use status::{Piece, StatusLine};
