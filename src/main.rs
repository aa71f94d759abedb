//! meterscope
fn main() {}
