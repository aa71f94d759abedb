//! Incotex Mercury.
