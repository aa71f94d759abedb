//! What both faces share: links opened by name, plans made from models, diagnosis of silence and damage.

pub mod diagnosis;
pub mod target;
