//! Composing, sending, repeating and pinning requests.

use std::time::Duration;

use tui_input::Input;

use super::super::keymap::Action;
use super::super::message::Effect;
use super::super::state::bench::{Draft, Mode, Outcome, Repeat};
use super::super::state::jobs::{Order, Purpose};
use super::super::state::popup::{Armed, Attempt};
use super::super::state::{Dialogue, Lower, Pane, Screen, State};
use super::{Effects, codes, go, listening, popup, steps, telegram};
use crate::app::target::Target;
use crate::app::{arming, raw};
use crate::bus::{self, Errand, Forbidden, Intent, JobId, Permit};
use crate::frame::{Direction, near};
use crate::protocol::{Access, Command, Context, Decoder, Plan, Request};

/// Silence between two of a repeated request.
const PAUSE: Duration = Duration::from_secs(1);

/// What is said where a recording would be asked something.
pub(crate) const FILE: &str = "a recording cannot be asked";

/// How long is listened after raw bytes.
const LISTEN: Duration = Duration::from_secs(1);

/// What the keys of this screen do.
pub(super) fn perform(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::Left => turn(state, -1),
        Action::Right => turn(state, 1),
        Action::Repeat => repeat(state, effects),
        Action::Pin => pin(state),
        Action::Raw => raw_mode(state),
        Action::Codes => codes::open(state),
        Action::Twice => twice(state),
        Action::ToTrace => to_trace(state),
        Action::Watch => telegram::watch(state, effects),
        Action::NextLayer => state.bench.reply.next_layer(),
        Action::Steps => steps::look_at(state),
        _ => {}
    }
}

/// To the side: over the bytes of the reply, or to another choice of a parameter.
fn turn(state: &mut State, by: isize) {
    match (state.pane(), state.command()) {
        (Pane::Reply, _) => state.bench.reply.step_byte(by),
        (Pane::Steps, _) => steps::turn(state, by),
        (Pane::Compose, Some(command)) => state.bench.form_mut(command).turn(by),
        _ => {}
    }
}

/// Over so many parameters.
pub(super) fn step_field(state: &mut State, by: isize) {
    if let (Mode::Command, Some(command)) = (state.bench.mode, state.command()) {
        state.bench.form_mut(command).step(by);
    }
}

/// Every value is asked twice and taken only when both answers agree, or once again.
fn twice(state: &mut State) {
    let options = &mut state.bench.options;
    options.read_twice = !options.read_twice;
    state.say(if state.bench.options.read_twice {
        "every value is now read twice and taken only when both answers agree, on Readings too"
    } else {
        "every value is now read once"
    });
}

fn raw_mode(state: &mut State) {
    state.bench.mode = Mode::Raw;
    state.focus_on(Pane::Compose);
}

fn to_trace(state: &mut State) {
    let Some(number) = state.bench.reply.entry else {
        state.say("there is no reply yet");
        return;
    };
    state.view.choose(number);
    go::to(state, Screen::Trace);
    state.focus_on(Pane::Entries);
}

/// Works out anew what would be sent.
pub(super) fn redraft(state: &mut State) {
    state.bench.draft = match state.bench.mode {
        Mode::Command => command_draft(state),
        Mode::Raw => raw_draft(state),
    };
}

fn command_draft(state: &State) -> Draft {
    let (Some(target), Some(profile), Some(command)) = (&state.target, state.profile(), state.command())
    else {
        return Draft::Nothing;
    };
    let family = target.family();
    let arguments = match state.bench.form(command).arguments(command) {
        Ok(arguments) => arguments,
        Err(error) => return Draft::Unfit(error.to_string()),
    };
    let request = Request { command, arguments };
    match family.compose(&profile, &request) {
        Ok(frames) => {
            let access = arming::access_of(target, &request);
            let main = main_frame(&frames, access, target.decoder());
            let meaning = frames.get(main).map(|frame| {
                let context = Context {
                    direction: Direction::Request,
                    dialect: target.model.dialect,
                    ..Context::default()
                };
                Box::new(family.dissect(frame, &context))
            });
            Draft::Ready { frames, main, meaning, access: Some(access) }
        }
        Err(error) => Draft::Unfit(error.to_string()),
    }
}

/// The frame that is explained: of a session that writes the first that does.
fn main_frame(frames: &[Vec<u8>], access: Access, Decoder { family, dialect }: Decoder) -> usize {
    let changes = |frame: &Vec<u8>| family.access(frame, dialect) != Some(Access::Read);
    let found = (access != Access::Read).then(|| frames.iter().position(changes)).flatten();
    found.unwrap_or(0)
}

fn raw_draft(state: &State) -> Draft {
    let text = state.bench.raw.value();
    if text.trim().is_empty() {
        return Draft::Nothing;
    }
    let decoder = state.target.as_ref().map(Target::decoder);
    match raw_bytes(text, decoder) {
        Err(why) => Draft::Unfit(why),
        Ok(bytes) => {
            let access = bus::access(&bytes, decoder);
            let meaning = decoder.map(|d| {
                let direction = Direction::Request;
                let context = Context { direction, dialect: d.dialect, ..Context::default() };
                Box::new(d.family.dissect(&bytes, &context))
            });
            Draft::Ready { frames: vec![bytes], main: 0, meaning, access }
        }
    }
}

/// The bytes of a line typed by hand; `+crc` at its end puts the meter's checksum behind them, `+NAME` that
/// of another rule.
fn raw_bytes(text: &str, decoder: Option<Decoder>) -> Result<Vec<u8>, String> {
    let (body, rule) = match text.rsplit_once('+') {
        Some((body, rule)) if !rule.contains('"') => (body, rule.trim()),
        _ => (text, ""),
    };
    let bytes = raw::parse(body).map_err(|error| error.to_string())?;
    match (rule, decoder) {
        ("", _) => Ok(bytes),
        ("crc", Some(decoder)) => Ok(decoder.family.with_checksum(&bytes)),
        ("crc", None) => Err("+crc needs a meter: its protocol has the rule".to_owned()),
        (name, _) => raw::append(name, &bytes).map_err(|error| error.to_string()),
    }
}

/// The request that is composed.
pub(crate) fn request(state: &State) -> Option<Request> {
    let command = state.command()?;
    let arguments = state.bench.form(command).arguments(command).ok()?;
    Some(Request { command, arguments })
}

/// Whether a link is open; says it where none is.
pub(super) fn is_ready(state: &mut State) -> bool {
    if !state.is_connected() {
        state.warn("no link is open: choose one on screen 1, Connect");
    }
    state.is_connected()
}

/// Whether it is carried out without sending anything, as waiting for a telegram is.
fn only_listens(state: &State, armed: &Armed) -> bool {
    let Armed::Command(request) = armed else { return false };
    state.target.as_ref().is_some_and(|target| target.only_listens(vec![request.clone()]))
}

/// Reason why nothing is composed.
fn nothing_to_send(state: &State) -> &'static str {
    match (state.bench.mode == Mode::Raw, &state.target) {
        (true, _) => "nothing is typed",
        (false, Some(_)) => "no command is chosen: change the search with /",
        (false, None) => "choose a meter first, on screen 2",
    }
}

/// Sends what is composed, or asks first where it may change the meter.
pub(super) fn send(state: &mut State, effects: &mut Effects) {
    redraft(state);
    let access = match &state.bench.draft {
        Draft::Nothing => {
            state.warn(nothing_to_send(state));
            return;
        }
        Draft::Unfit(why) => {
            let why = why.clone();
            state.warn(why);
            state.focus_on(Pane::Compose);
            return;
        }
        Draft::Ready { access, .. } => *access,
    };
    let Some(armed) = composed(state) else { return };
    let may_go =
        if only_listens(state, &armed) { is_ready(state) } else { listening::may_send(state, Attempt::Send) };
    if !may_go {
        return;
    }
    if access == Some(Access::Read) {
        launch(state, armed, None, effects);
    } else {
        popup::ask(state, access, armed);
    }
}

fn composed(state: &State) -> Option<Armed> {
    match state.bench.mode {
        Mode::Command => request(state).map(Armed::Command),
        Mode::Raw => Some(Armed::Raw(state.bench.draft.bytes().to_vec())),
    }
}

/// Hands a request to the bus, with the permission that what may change the meter needs.
pub(super) fn launch(state: &mut State, what: Armed, permit: Option<Permit>, effects: &mut Effects) {
    state.bench.outcome = Outcome::Waiting;
    let armed = permit.is_some();
    let done = match what {
        Armed::Command(request) => {
            let options = state.bench.options;
            let order = Order { purpose: Purpose::Bench, requests: vec![request], options, armed };
            run(state, order, permit, effects).map(|_| ())
        }
        Armed::Raw(bytes) => run_raw(state, bytes, permit, effects),
    };
    if let Err(forbidden) = done {
        state.bench.outcome = Outcome::Nothing;
        state.warn(forbidden.to_string());
    } else if state.pane() == Pane::Commands {
        state.bench.lower = if state.bench.dialogue.is_some() { Lower::Steps } else { Lower::Reply };
    }
}

fn run_raw(
    state: &mut State,
    bytes: Vec<u8>,
    permit: Option<Permit>,
    effects: &mut Effects,
) -> Result<(), Forbidden> {
    let armed = permit.is_some();
    let errand = match permit {
        Some(permit) => Errand::raw_permitted(bytes, LISTEN, permit),
        None => Errand::raw_reading(bytes, LISTEN, state.target.as_ref().map(Target::decoder))?,
    };
    let options = state.bench.options;
    let order = Order { purpose: Purpose::Raw, requests: Vec::new(), options, armed };
    let job = state.jobs.begin(order, state.now.at, state.view.len);
    state.bench.dialogue = None;
    hand_over(job, errand, effects);
    Ok(())
}

/// Hands a plan to the bus; gives its job, unless no meter is chosen.
///
/// # Errors
/// [`Forbidden`] for one that may change the meter, without the permission.
pub(super) fn run(
    state: &mut State,
    order: Order,
    permit: Option<Permit>,
    effects: &mut Effects,
) -> Result<Option<JobId>, Forbidden> {
    let (Some(target), Some(profile)) = (&state.target, state.profile()) else { return Ok(None) };
    let decoder = target.decoder();
    let plan = Plan { profile, requests: order.requests.clone(), options: order.options };
    let errand = match permit {
        Some(permit) => Errand::permitted(decoder, plan, permit),
        None => Errand::reading(decoder, plan)?.with_urgency(order.purpose.urgency()),
    };
    let is_of_bench = matches!(order.purpose, Purpose::Bench | Purpose::Repeat);
    let has_sessions = decoder.family.profile().has_sessions;
    let job = state.jobs.begin(order, state.now.at, state.view.len);
    if is_of_bench {
        state.bench.dialogue = has_sessions.then(|| Dialogue::new(job, state.view.len, state.status.line));
    }
    hand_over(job, errand, effects);
    Ok(Some(job))
}

fn hand_over(job: JobId, errand: Errand, effects: &mut Effects) {
    effects.push(Effect::Bus(Intent::Run { job, errand: Box::new(errand) }));
}

/// Hands requests that read to the bus; says why when they do not.
pub(super) fn read(state: &mut State, purpose: Purpose, requests: Vec<Request>, effects: &mut Effects) {
    let options = state.bench.options;
    if let Err(forbidden) = run(state, Order { purpose, requests, options, armed: false }, None, effects) {
        state.warn(forbidden.to_string());
    }
}

/// Sends what is composed again and again, or no longer.
pub(super) fn repeat(state: &mut State, effects: &mut Effects) {
    if state.bench.repeat.take().is_some() {
        state.say("no longer repeated");
        return;
    }
    redraft(state);
    let is_read = matches!(state.bench.draft, Draft::Ready { access: Some(Access::Read), .. });
    if state.bench.mode == Mode::Raw || !is_read {
        state.warn("only requests that read can be repeated");
        return;
    }
    if let Some(request) = request(state).filter(|_| listening::may_send(state, Attempt::Repeat)) {
        state.bench.repeat = Some(Repeat { request, next: Some(state.now.at), count: 0 });
        repeat_if_due(state, effects);
    }
}

/// Sends the repeated request if its time has come; whether it did.
pub(super) fn repeat_if_due(state: &mut State, effects: &mut Effects) -> bool {
    let now = state.now.at;
    let Some(repeat) = state.bench.repeat.as_mut().filter(|r| r.next.is_some_and(|next| next <= now)) else {
        return false;
    };
    repeat.next = None;
    repeat.count += 1;
    let requests = vec![repeat.request.clone()];
    state.bench.outcome = Outcome::Waiting;
    read(state, Purpose::Repeat, requests, effects);
    true
}

/// A repeated request is done: the next one follows after a pause.
pub(super) fn schedule_repeat(state: &mut State) {
    let next = state.now.at + PAUSE;
    if let Some(repeat) = &mut state.bench.repeat {
        repeat.next = Some(next);
    }
}

fn pin(state: &mut State) {
    let Some(request) = request(state) else {
        state.warn("this request is not complete");
        return;
    };
    if request.command.access != Access::Read {
        state.warn("only requests that read can be pinned");
        return;
    }
    let pinned = &mut state.bench.pinned;
    if let Some(at) = pinned.iter().position(|known| *known == request) {
        pinned.remove(at);
        state.say(format!("{} is no longer polled", request.command.title));
    } else {
        state.say(format!("{} is polled on Readings", request.command.title));
        state.bench.pinned.push(request);
    }
}

/// Chooses a command by its id and fills in parameters, as the prompt gives them.
///
/// # Errors
/// What is wrong with the command or a parameter.
pub(super) fn fill_in(state: &mut State, id: &str, pairs: &[(&str, &str)]) -> Result<(), String> {
    let commands = state.commands();
    let at = commands.iter().position(|command| command.id == id || command.code == id);
    let unknown = || {
        format!("no such command of this meter{}", near::hint(id, commands.iter().map(|command| command.id)))
    };
    let command: &'static Command = at.and_then(|at| commands.get(at)).ok_or_else(unknown)?;
    for (name, value) in pairs {
        let parameter = command.parameters.iter().find(|parameter| parameter.name == *name);
        let unknown = || {
            let near = near::hint(name, command.parameters.iter().map(|parameter| parameter.name));
            format!("{} has no parameter of that name{near}", command.id)
        };
        let parameter = parameter.ok_or_else(unknown)?;
        parameter.parse(value).map_err(|error| error.to_string())?;
    }
    state.bench.picker.query.reset();
    state.bench.refresh(commands);
    state.bench.picker.at = at.unwrap_or(0);
    state.bench.mode = Mode::Command;
    let form = state.bench.form_mut(command);
    for (name, value) in pairs {
        if let Some(field) = form.fields.iter_mut().find(|field| field.parameter.name == *name) {
            field.input = Input::from(*value);
        }
    }
    Ok(())
}
