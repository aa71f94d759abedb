//! What the console does, as (state, messages) -> (state, effects).

mod another_meter;
mod asking_by_code;
mod at_the_bench;
mod attending;
mod choosing_a_meter;
mod connecting;
mod going_about;
mod going_first;
mod in_a_session;
mod in_the_archive;
mod in_the_trace;
mod keying;
mod listening;
mod looking;
mod on_a_line;
mod on_the_simulated_bus;
mod pasting;
mod pointing;
mod prompting;
mod reading_values;
mod watching_telegrams;
mod whose_values;

use std::time::Duration;

use super::*;
use crate::bus::{Errand, Intent, JobEvent, LinkState, Status};
use crate::frame::{At, Verdict};
use crate::link::Endpoint;
use crate::protocol::{Access, Failure, Fault};
use crate::tui::fixture::{
    choose_write, connected, errand_of, fresh, job_of, key, keys, later, send, trace, type_text,
    with_readings,
};
use crate::tui::keymap::Keymap;
use crate::tui::state::bench::{Draft, Mode, Outcome};
use crate::tui::state::{Moment, Pane, Popup, Screen};

const SIZE: (u16, u16) = (120, 36);

fn notice(state: &State) -> &str {
    state.notice.as_ref().map_or("", |notice| notice.text.as_str())
}

fn quits(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Quit))
}

fn sends(effects: &[Effect]) -> bool {
    job_of(effects).is_some()
}

fn choose_command(state: &mut State, access: Access) {
    let commands = state.commands();
    let at = commands.iter().position(|command| {
        command.access == access && command.parameters.iter().all(|parameter| parameter.default.is_some())
    });
    state.bench.picker.at = at.unwrap();
}
