//! The keys in use: of the trace that is open and of the meter that is talked to.

use super::super::state::key_entry::{KeyEntry, KeyField};
use super::super::state::{Inspector, Popup, State, Telegrams};
use crate::app::keys::{Keys, MeterKeys, title_of, typed};
use crate::frame::{Secret, visible};
use crate::protocol::{MissingKey, sealed};
use crate::trace::Trace;

/// Frames that are looked through for one that the keys open or do not.
const LOOKED_BACK: usize = 64;

/// Has the trace and the meter use the keys that are known by now. What was received before is deciphered, too,
/// when it is looked at again.
pub(super) fn renew(state: &mut State) {
    let keys = state.keys_here();
    state.trace.lock().set_keys(keys.ciphers(""));
    if let Some(target) = &mut state.target {
        target.keys = keys.ciphers(target.address.text());
    }
}

/// Opens the box in which keys are typed.
pub(super) fn ask(state: &mut State) {
    let seen = newest_title(&state.trace.lock());
    state.popup = Some(Popup::Key(Box::new(KeyEntry::of(seen))));
}

/// Takes the keys that were typed; what is wrong with them is said in the box, which stays.
pub(super) fn take(state: &mut State, mut entry: Box<KeyEntry>) {
    match keys_of(&entry) {
        Ok(keys) => {
            let whose = keys.whose();
            let is_zero = Keys { meters: vec![keys.clone()] }.remarks();
            state.keys.take(keys);
            renew(state);
            look_again(state);
            tell(state, &whose, is_zero);
        }
        Err((at, complaint)) => {
            (entry.at, entry.complaint) = (at, complaint);
            state.popup = Some(Popup::Key(entry));
        }
    }
}

/// The keys and whose they are, or which one is wrong and what would be right.
fn keys_of(entry: &KeyEntry) -> Result<MeterKeys, (KeyField, String)> {
    let key = |at: KeyField, text: &str| -> Result<Secret, (KeyField, String)> {
        typed(text).map_err(|error| (at, error.to_string()))
    };
    let encryption = key(KeyField::Encryption, entry.encryption.text())?;
    let authentication = match entry.authentication.text().trim() {
        "" => None,
        text => Some(key(KeyField::Authentication, text)?),
    };
    let name = entry.meter.value().trim();
    let system_title = title_of(name);
    let serial = (!name.is_empty() && system_title.is_none()).then(|| name.to_owned());
    Ok(MeterKeys {
        serial,
        system_title,
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
fn tell(state: &mut State, whose: &str, remark: Option<&'static str>) {
    let newest = newest_lock(&state.trace.lock());
    let of = if whose.is_empty() { String::new() } else { format!(" for {}", visible::string(whose)) };
    match (newest, remark) {
        (Some(MissingKey::WrongKey), None) => {
            state.warn("the key does not open the last telegram: it is another meter's");
        }
        (Some(MissingKey::NoKey), None) => {
            state.warn(format!("key taken{of}; the last telegram is still shut: it is of another meter"));
        }
        (_, Some(remark)) => state.warn(format!("key taken{of}, but {remark}")),
        (None, None) => {
            state.say(format!("key taken{of}; kept until meterscope ends, written nowhere"));
        }
    }
}

/// The system title that the newest encrypted telegram shows.
fn newest_title(trace: &Trace) -> Option<[u8; 8]> {
    let frames = (0..trace.len()).rev().take(LOOKED_BACK).filter_map(|number| trace.dissect(number));
    frames.into_iter().find_map(|frame| sealed::system_title(&frame))
}

/// What keeps the newest message shut; `None` when it is open or nothing has come.
fn newest_lock(trace: &Trace) -> Option<MissingKey> {
    let frames = (0..trace.len()).rev().take(LOOKED_BACK).filter_map(|number| trace.dissect(number));
    let mut told = frames.filter(|frame| !frame.is_part());
    told.next()?.problems.iter().find_map(|problem| sealed::lock(problem.code))
}
