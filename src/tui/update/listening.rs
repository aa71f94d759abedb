//! A link that is listened to: whatever would send asks first, and the answer gives the write half back.

use super::super::layout;
use super::super::message::Effect;
use super::super::state::attention::Attention;
use super::super::state::popup::Attempt;
use super::super::state::{Popup, State};
use super::{Effects, archive, bench, readings};
use crate::bus::{Intent, Speech};

/// Whether something may be sent; on a link that is listened to the question is asked instead.
pub(super) fn may_send(state: &mut State, attempt: Attempt) -> bool {
    if !bench::is_ready(state) {
        return false;
    }
    match state.status.speech {
        Speech::ReadsOnly | Speech::Armed => true,
        Speech::Listening if state.is_one_way() => {
            state.warn("nothing is sent: a broker's topic can only be listened to");
            false
        }
        // A question that cannot be seen must not be answered.
        Speech::Listening if layout::too_small(state.size) => {
            state.warn("nothing is sent: enlarge the terminal first");
            false
        }
        Speech::Listening => {
            state.popup = Some(Popup::Listening { attempt, attention: Attention::default() });
            false
        }
        Speech::File => {
            state.warn("nothing is sent: this is a recording");
            false
        }
    }
}

/// Gives the write half back and does what was wanted.
pub(super) fn send_all_the_same(state: &mut State, effects: &mut Effects) {
    let Some(Popup::Listening { attempt, .. }) = state.popup else { return };
    state.popup = None;
    effects.push(Effect::Bus(Intent::Speak));
    // The bus does it before whatever is asked of it next.
    state.status.speech = Speech::ReadsOnly;
    match attempt {
        Attempt::Send => bench::send(state, effects),
        Attempt::Repeat => bench::repeat(state, effects),
        Attempt::Poll => readings::switch(state, effects),
        Attempt::Read => readings::read_once(state, effects),
        Attempt::Archive => archive::read(state, effects),
    }
}
