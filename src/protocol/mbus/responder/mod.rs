//! Simulated meters: one that answers requests for data, and the customer interface that calls itself master.

mod amis;
mod counters;
mod slave;

pub(super) use amis::{Amis, CALL};
pub(super) use slave::Slave;
