//! NEVA `MT1xx` and `MT3xx` (Taipit): codes, formats, schedules, the half-hour archive.

pub(super) mod codes;
pub(super) mod days;
pub(super) mod schedule;
pub(super) mod split;
