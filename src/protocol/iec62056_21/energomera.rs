//! Energomera's ASCII dialects: EKT (CE102M, CE301, CE303, CE304, CE6850M) and EMR (CE207, CE208, CE307 R34,
//! CE308).

pub(super) mod errors;
pub(super) mod login;
pub(super) mod parameters;
