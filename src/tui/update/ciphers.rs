//! The keys in use: of the trace that is open and of the meter that is talked to.

use super::super::state::State;

/// Has the trace and the meter use the keys that are known by now. What was received before is deciphered, too,
/// when it is looked at again.
pub fn renew(state: &mut State) {
    let keys = state.keys_here();
    state.trace.lock().set_keys(keys.ciphers(""));
    if let Some(target) = &mut state.target {
        target.keys = keys.ciphers(target.address.text());
    }
}
