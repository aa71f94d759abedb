//! Core files and foreign reads of the memory, in which keys and passwords stand: both are forbidden.

/// Forbids core files, and other processes of the user to read the memory. Where a system refuses, or has no such
/// request, the program runs on: see SECURITY.md.
pub(super) fn forbid() {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}
