//! The family held against published telegrams and the laws.

mod damage;
mod published;
mod sealed;
mod streams;
mod talk;
