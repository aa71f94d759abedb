//! What both faces share: configuration, keys, plans made from models, raw input, decoding of captured bytes,
//! diagnosis of silence and damage, outputs, the permission to write and the record of what was written.

pub mod archive;
pub mod arming;
pub mod config;
pub mod decode;
pub mod diagnosis;
pub mod keys;
pub mod mqtt_login;
pub mod output;
pub mod poller;
pub mod raw;
pub mod read;
pub mod session;
pub mod signal_hints;
pub mod target;
pub mod telegram;
pub mod trust;
pub mod write_log;
