//! NEVA `MT1xx` and `MT3xx` (Taipit): codes, formats, schedules, the half-hour archive.

pub mod codes;
pub mod days;
pub mod schedule;
pub mod split;
