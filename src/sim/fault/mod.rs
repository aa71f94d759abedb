//! What goes wrong on a line, done on purpose: seeded, placed, and written down.
//!
//! | file | what it does |
//! | --- | --- |
//! | `rng.rs` | the random numbers, the same for the same seed everywhere |
//! | `kind.rs` | the table of kinds: name, argument, what it does |
//! | `spec.rs` | `KIND=RATE[:ARG][@POSITION]`, read and printed |
//! | `faults.rs` | a set of faults with its seed, and the log of what they did |
//! | `burst.rs` | bytes that belong together with their times, and what can be done to them |
//! | `bytes.rs` | what a wrong setting makes of a byte |
//! | `inject.rs` | the faults applied to requests and replies, pure |
//! | `transform.rs` | what each of them makes of a message |
//! | `proxy.rs` | the same between any two links |

mod burst;
mod bytes;
mod faults;
mod inject;
mod kind;
mod proxy;
mod rng;
mod spec;
mod transform;

pub use burst::Burst;
pub use bytes::{collide, double_ff, inverted, seven_even};
pub use faults::{Deed, Faults, Readdress};
pub use inject::{Cut, Injector, Opening, Passed};
pub(crate) use inject::{REFUSED, RESET};
pub use kind::{EchoPart, Fault, KINDS, Kind};
pub use proxy::FaultProxy;
pub use rng::Rng;
pub use spec::{Rate, Spec, SpecError, Toward};
