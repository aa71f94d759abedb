//! The keys in use: of the trace that is open and of the meter that is talked to.

use super::super::state::key_entry::{KeyEntry, KeyField};
use super::super::state::{Inspector, Popup, State, Telegrams};
use crate::app::keys::{MeterKeys, typed};
use crate::frame::Secret;
use crate::protocol::{Lock, sealed};
use crate::trace::Trace;

/// Frames that are looked through for one that the keys open or do not.
const LOOKED_BACK: usize = 64;

/// Has the trace and the meter use the keys that are known by now. What was received before is deciphered, too,
/// when it is looked at again.
pub fn renew(state: &mut State) {
    let keys = state.keys_here();
    state.trace.lock().set_keys(keys.ciphers(""));
    if let Some(target) = &mut state.target {
        target.keys = keys.ciphers(target.address.text());
    }
}

/// Opens the box in which keys are typed.
pub fn ask(state: &mut State) {
    state.popup = Some(Popup::Key(Box::default()));
}

/// Takes the keys that were typed; what is wrong with them is said in the box, which stays.
pub fn take(state: &mut State, mut entry: Box<KeyEntry>) {
    match keys_of(&entry) {
        Ok(keys) => {
            state.keys.meters.insert(0, keys);
            renew(state);
            look_again(state);
            tell(state);
        }
        Err((at, complaint)) => {
            (entry.at, entry.complaint) = (at, complaint);
            state.popup = Some(Popup::Key(entry));
        }
    }
}

/// Keys that serve every meter they open, or which one is wrong and what would be right.
fn keys_of(entry: &KeyEntry) -> Result<MeterKeys, (KeyField, String)> {
    let key = |at: KeyField, text: &str| -> Result<Secret, (KeyField, String)> {
        typed(text).map_err(|error| (at, error.to_string()))
    };
    let encryption = key(KeyField::Encryption, entry.encryption.text())?;
    let authentication = match entry.authentication.text().trim() {
        "" => None,
        text => Some(key(KeyField::Authentication, text)?),
    };
    Ok(MeterKeys {
        encryption_key: Some(encryption),
        authentication_key: authentication,
        ..MeterKeys::default()
    })
}

/// Everything that is explained on screen is explained anew, and the telegrams that came are read.
fn look_again(state: &mut State) {
    let Telegrams { cut, wanted, choice, .. } = state.telegrams;
    state.telegrams = Telegrams { cut, choice, wanted, ..Telegrams::default() };
    if let Some(number) = state.bench.reply.entry {
        let chunks = std::mem::take(&mut state.bench.reply.chunks);
        let explained = super::trace::explanation(&state.trace.lock(), number);
        state.bench.reply.show(Some(number), explained);
        state.bench.reply.chunks = chunks;
    }
    state.view.detail = Inspector::default();
}

/// Says whether the newest encrypted telegram opens now.
fn tell(state: &mut State) {
    let newest = newest_lock(&state.trace.lock());
    match newest {
        Some(Lock::WrongKey) => state.warn("the key does not open the last telegram: it is another meter's"),
        Some(Lock::NoKey) => state.warn("the last telegram is still shut: it is of another meter"),
        None => state.say("key taken; it is kept until meterscope ends and written nowhere"),
    }
}

/// What keeps the newest message shut; `None` when it is open or nothing has come.
fn newest_lock(trace: &Trace) -> Option<Lock> {
    let frames = (0..trace.len()).rev().take(LOOKED_BACK).filter_map(|number| trace.dissect(number));
    let mut told = frames.filter(|frame| !frame.is_part());
    told.next()?.problems.iter().find_map(|problem| sealed::lock(problem.code))
}
