//! Parts of screens.
//!
//! Each is a value that borrows what it shows and draws it with `render(area, buf, theme)`: it keeps no state,
//! draws only the rows in view, does not panic at any size and touches no cell outside its area. What can be
//! pointed at is asked back with `byte_at`, `row_at`, `item_at` or `field_at` for the same area. All of them
//! write through a [`Pen`], so that nothing from outside reaches the terminal as a control character.

mod annotated;
mod bar;
mod canvas;
mod chart;
mod entry_row;
mod field_tree;
pub mod figure;
mod footer;
mod form;
mod help;
mod hex_columns;
mod hex_view;
mod input;
mod pane;
mod pen;
mod picker;
mod popup;
#[cfg(test)]
mod samples;
mod scrollbar;
mod spark;
mod stack;
mod status;
mod tariffs;
#[cfg(test)]
mod testing;
mod view;

pub use crate::app::output::wrap::wrap;
pub use annotated::Annotated;
pub use chart::{Chart, Series};
pub use entry_row::EntryRow;
pub use field_tree::{TreeView, open_fields};
pub use footer::{Footer, Hint};
pub use form::{Form, FormField, FormValue};
pub use help::{Help, HelpRow};
pub use hex_view::HexView;
pub use input::TextInput;
pub use pane::Pane;
pub use pen::{Pen, shorten, width};
pub use picker::{Picker, PickerItem};
pub use popup::Popup;
pub use scrollbar::ScrollBar;
pub use spark::Spark;
pub use stack::Stack;
pub use status::{Piece, StatusLine};
pub use tariffs::{TariffRow, Tariffs};
pub use view::keep_in_view;
