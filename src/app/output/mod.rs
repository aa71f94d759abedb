//! How results are put into words: JSON of the contract, tables, explained frames.

pub mod catalogue;
pub mod dissection;
pub mod entry;
pub mod explain;
pub mod paint;
pub mod ports;
pub mod reading;
pub mod table;
pub mod wrap;
pub mod writes;
