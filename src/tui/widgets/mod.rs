//! Parts of screens. Each borrows what it shows and only draws; none keeps state, none panics at any size.

mod annotated;
mod bar;
mod canvas;
mod chart;
mod entry_row;
mod field_tree;
pub mod figure;
mod footer;
mod hex_columns;
mod hex_view;
mod pane;
mod pen;
#[cfg(test)]
mod samples;
mod scrollbar;
mod spark;
mod status;
mod tariffs;
#[cfg(test)]
mod testing;
mod view;

pub use annotated::Annotated;
pub use chart::{Chart, Series};
pub use entry_row::EntryRow;
pub use field_tree::{TreeView, open_fields};
pub use footer::{Footer, Hint};
pub use hex_view::HexView;
pub use pane::Pane;
pub use pen::{Pen, shorten, width};
pub use scrollbar::ScrollBar;
pub use spark::Spark;
pub use status::{Piece, StatusLine};
pub use tariffs::{TariffRow, Tariffs};
pub use view::keep_in_view;
