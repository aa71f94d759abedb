//! meterscope, the bench instrument for electricity meters.

use std::process::ExitCode;

fn main() -> ExitCode {
    meterscope::cli::main()
}
