//! The vocabulary of explained bytes: spans, fields, layers, verdicts, dissections.
//!
//! Nothing here knows a protocol. A dissection is spans, codes and exact values; text is made when it is
//! shown, so that explaining a frame costs little and not looking at it costs nothing.

mod at;
pub mod checksum;
mod dissection;
mod field;
pub mod hex;
mod label;
mod layer_kind;
mod mask;
pub mod near;
mod part;
mod problem;
mod role;
mod seal;
mod secret;
mod value;
mod verdict;
pub mod visible;

pub use at::At;
pub use dissection::{Checksum, Direction, Dissection, Layer, Origin, Values, doubt_all, doubt_doubles};
pub use field::{Field, FieldTree, Span};
pub use label::Label;
pub use layer_kind::LayerKind;
pub use mask::Mask;
#[cfg(all(test, feature = "engine"))]
pub(crate) use mask::tests::stuffed;
pub use part::Part;
pub use problem::{Problem, ProblemCode};
pub use role::Role;
pub use secret::Secret;
pub use value::Value;
pub use verdict::{Mismatch, Reason, Verdict};
