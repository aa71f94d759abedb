//! The keys file, as the command line names it.

use super::args::Global;
use super::exit::{Exit, Stop, Trouble};
use super::out;
use crate::app::keys::{self, Keys, KeysError};

/// The keys that were given; none when no file is there. Read once a run: it may be a pipe.
///
/// # Errors
/// [`Stop`] for a keys file that cannot be used.
pub(super) fn load(global: &Global) -> Result<Keys, Stop> {
    let keys = keys::load(global.keys.as_deref()).map_err(|error| -> Stop {
        let is_shared = matches!(error, KeysError::Open { .. } | KeysError::Foreign { .. });
        let exit = if is_shared { Exit::Forbidden } else { Exit::Usage };
        Trouble::new(exit, "reading passwords and keys", error.to_string()).into()
    })?;
    keys.remarks().into_iter().for_each(out::remark);
    Ok(keys)
}
