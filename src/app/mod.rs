//! What both faces share: configuration, keys, raw input, decoding of captured bytes, outputs.

pub mod config;
pub mod decode;
pub mod keys;
pub mod output;
pub mod raw;
