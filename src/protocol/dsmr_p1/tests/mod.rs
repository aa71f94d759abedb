//! The family held against published telegrams and the laws.

mod damage;
mod damage_uncovered;
mod published;
mod sealed;
mod streams;
mod talk;
mod tolerances;
mod variants;
