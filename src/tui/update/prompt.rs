//! The command prompt: every action by its name, and a few verbs that take something.

use tui_input::Input;

use super::super::keymap::{ACTIONS, Context};
use super::super::message::Effect;
use super::super::state::{Lower, Pane, Popup, Screen, State};
use super::{Effects, bench, connect, go, keys, meter, paste};
use crate::bus::Intent;
use crate::frame::{hex, near, visible};
use crate::link::Endpoint;
use crate::meter::MODELS;
use crate::protocol::LineSettings;
use crate::sim::fault::{KINDS, Kind, Spec, SpecError};

/// A verb that takes something.
struct Verb {
    name: &'static str,
    form: &'static str,
    about: &'static str,
    run: fn(&mut State, &str, &mut Effects) -> Done,
}

/// What came of a verb: nothing more to say, or what is wrong.
type Done = Result<(), String>;

const VERBS: &[Verb] = &[
    Verb { name: "open", form: "open LINK", about: "open a link by its name", run: open },
    Verb { name: "line", form: "line 9600-8N1", about: "change the line settings", run: line },
    Verb { name: "model", form: "model ID [ADDRESS]", about: "talk to this meter", run: model },
    Verb {
        name: "ask",
        form: "ask COMMAND [NAME=VALUE]...",
        about: "fill in a command on the bench",
        run: ask,
    },
    Verb { name: "decode", form: "decode HEX", about: "explain bytes", run: decode },
    Verb { name: "goto", form: "goto NUMBER", about: "show an entry of the trace", run: goto },
    Verb { name: "period", form: "period SECONDS", about: "poll this often", run: period },
    Verb { name: "retries", form: "retries COUNT", about: "ask again so often", run: retries },
    Verb {
        name: "fault",
        form: "fault KIND=RATE[:ARG]...",
        about: "make the simulated bus fail; fault none ends it",
        run: fault,
    },
    Verb { name: "theme", form: "theme NAME", about: "use a theme", run: theme },
];

/// A line that completes what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Completion {
    /// What would stand in the prompt.
    pub text: String,
    /// How it is written, with its keys.
    pub form: String,
    /// What it does.
    pub about: &'static str,
}

/// What could be meant by what was typed so far.
#[must_use]
pub(crate) fn completions(state: &State, typed: &str) -> Vec<Completion> {
    let typed = typed.trim_start();
    if let Some(("fault", rest)) = typed.split_once(' ') {
        return kinds(rest);
    }
    if let Some((verb, rest)) = typed.split_once(' ') {
        return values(state, verb, rest.trim_start());
    }
    let verbs = VERBS.iter().map(|verb| Completion {
        text: format!("{} ", verb.name),
        form: verb.form.to_owned(),
        about: verb.about,
    });
    let here = |context: Context| context == Context::Global || context == state.context();
    let actions = ACTIONS.iter().filter(|info| here(info.context)).map(|info| Completion {
        text: info.id.to_owned(),
        form: match state.keymap.key(info.action) {
            Some(key) => format!("{}  ({key})", info.id),
            None => info.id.to_owned(),
        },
        about: info.about,
    });
    let mut found: Vec<Completion> = verbs.chain(actions).filter(|c| c.text.contains(typed)).collect();
    found.sort_by_key(|completion| !completion.text.starts_with(typed));
    found
}

/// What a verb could take.
fn values(state: &State, verb: &str, typed: &str) -> Vec<Completion> {
    let words: Vec<String> = match verb {
        "theme" => state.themes.clone(),
        "model" => MODELS.iter().map(|model| model.id.to_owned()).collect(),
        "ask" => state.commands().iter().map(|command| command.id.to_owned()).collect(),
        "open" => state.connect.choices().into_iter().map(|choice| choice.kept.link).collect(),
        _ => Vec::new(),
    };
    words
        .into_iter()
        .filter(|word| word.contains(typed))
        .map(|word| Completion { text: format!("{verb} {word}"), form: visible::string(&word), about: "" })
        .collect()
}

/// The faults that the last word may mean; those before it are kept.
fn kinds(typed: &str) -> Vec<Completion> {
    let (before, word) = typed.rsplit_once(' ').unwrap_or(("", typed));
    let gap = if before.is_empty() { "" } else { " " };
    let none = Completion {
        text: "fault none".to_owned(),
        form: "none".to_owned(),
        about: "the line works as it should",
    };
    let kind = |kind: &Kind| {
        let rate = if kind.is_lasting() { "once" } else { "1" };
        let argument = kind.argument.split(" (").next().unwrap_or_default();
        let colon = if argument.is_empty() { "" } else { ":" };
        Completion {
            text: format!("fault {before}{gap}{}={rate}", kind.name),
            form: format!("{}={rate}{colon}{argument}", kind.name),
            about: kind.what,
        }
    };
    let name = word.split('=').next().unwrap_or_default();
    let shown = |completion: &Completion| completion.form.starts_with(name);
    let all = std::iter::once(none).filter(|_| before.is_empty());
    all.chain(KINDS.iter().map(kind)).filter(shown).collect()
}

/// Puts the chosen completion into the prompt.
pub(super) fn complete(state: &mut State) {
    let Some(Popup::Prompt { input, at }) = &state.popup else { return };
    let Some(chosen) = completions(state, input.value()).into_iter().nth(*at) else { return };
    state.popup = Some(Popup::Prompt { input: Input::from(chosen.text), at: 0 });
}

/// Carries out what was typed; a text that is no command stands for the completion that is chosen.
pub(super) fn run(state: &mut State, typed: &str, at: usize, effects: &mut Effects) {
    let typed = typed.trim();
    if typed.is_empty() {
        return;
    }
    let (word, rest) = typed.split_once(' ').unwrap_or((typed, ""));
    let outcome = if let Some(verb) = VERBS.iter().find(|verb| verb.name == word) {
        if rest.trim().is_empty() {
            Err(format!("expected {}", verb.form))
        } else {
            (verb.run)(state, rest.trim(), effects)
        }
    } else if act(state, typed, effects) {
        Ok(())
    } else {
        chosen(state, typed, at, effects)
    };
    if let Err(why) = outcome {
        state.warn(why);
    }
}

fn act(state: &mut State, id: &str, effects: &mut Effects) -> bool {
    let here = |context: Context| context == Context::Global || context == state.context();
    let Some(info) = ACTIONS.iter().find(|info| info.id == id && here(info.context)) else { return false };
    keys::perform(state, info.action, effects);
    true
}

fn chosen(state: &mut State, typed: &str, at: usize, effects: &mut Effects) -> Done {
    let unknown = || {
        let here = |context: Context| context == Context::Global || context == state.context();
        let actions = ACTIONS.iter().filter(|info| here(info.context)).map(|info| info.id);
        let near = near::hint(typed, VERBS.iter().map(|verb| verb.name).chain(actions));
        format!("unknown command \"{}\" on this screen{near}", visible::string(typed))
    };
    let completion = completions(state, typed).into_iter().nth(at).ok_or_else(unknown)?;
    if act(state, &completion.text, effects) {
        return Ok(());
    }
    state.popup = Some(Popup::Prompt { input: Input::from(completion.text), at: 0 });
    Ok(())
}

fn open(state: &mut State, link: &str, effects: &mut Effects) -> Done {
    connect::try_open(state, link, effects)
}

fn line(state: &mut State, text: &str, effects: &mut Effects) -> Done {
    let line: LineSettings = text.parse().map_err(|error: crate::protocol::BadLine| error.to_string())?;
    if !bench::is_ready(state) {
        return Ok(());
    }
    if let Some(link) = &mut state.link {
        link.line = Some(line);
    }
    effects.push(Effect::Bus(Intent::SetLine(line)));
    Ok(())
}

fn model(state: &mut State, text: &str, effects: &mut Effects) -> Done {
    let (id, address) = text.split_once(' ').unwrap_or((text, ""));
    meter::choose_by_name(state, id, address.trim(), effects)
}

fn ask(state: &mut State, text: &str, _effects: &mut Effects) -> Done {
    let mut words = text.split_whitespace();
    let id = words.next().unwrap_or_default();
    let pairs: Option<Vec<(&str, &str)>> = words.map(|word| word.split_once('=')).collect();
    let pairs = pairs.ok_or("parameters are written NAME=VALUE")?;
    bench::fill_in(state, id, &pairs)?;
    go::to(state, Screen::Bench);
    // Not where the focus was: Enter is to send what was filled in.
    state.focus_on(Pane::Commands);
    state.bench.lower = Lower::Compose;
    Ok(())
}

fn decode(state: &mut State, text: &str, _effects: &mut Effects) -> Done {
    let bytes = hex::parse(text).map_err(|error| error.to_string())?;
    state.popup = Some(Popup::Decoded(Box::new(paste::explain(state, &bytes))));
    Ok(())
}

fn goto(state: &mut State, text: &str, _effects: &mut Effects) -> Done {
    let number: u32 = text.parse().map_err(|_| "expected the number of an entry")?;
    if number >= state.view.shown() {
        return Err(format!("the trace has {} entries, numbered from 0", state.view.shown()));
    }
    state.view.choose(number);
    go::to(state, Screen::Trace);
    Ok(())
}

fn period(state: &mut State, text: &str, _effects: &mut Effects) -> Done {
    let seconds: u64 =
        text.trim_end_matches('s').trim().parse().map_err(|_| "expected seconds, 1 to 86400")?;
    if !(1..=86_400).contains(&seconds) {
        return Err("expected seconds, 1 to 86400".to_owned());
    }
    state.polling.poller.set_period(std::time::Duration::from_secs(seconds), state.now.at);
    Ok(())
}

fn retries(state: &mut State, text: &str, _effects: &mut Effects) -> Done {
    let count: u8 = text.parse().ok().filter(|count| *count <= MOST_RETRIES).ok_or("expected 0 to 9")?;
    state.bench.options.retries = count;
    state.say(format!("a request that fails is sent {count} times more"));
    Ok(())
}

/// Retries that can be chosen.
const MOST_RETRIES: u8 = 9;

fn fault(state: &mut State, text: &str, effects: &mut Effects) -> Done {
    let is_simulated = state.link.as_ref().is_some_and(|link| link.place == Endpoint::Sim);
    if !is_simulated || !state.is_connected() {
        return Err("faults are made on the simulated bus only: open sim:".to_owned());
    }
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "none").collect();
    let specs: Result<Vec<Spec>, SpecError> = words.iter().map(|word| word.parse()).collect();
    let specs = specs.map_err(|error| error.to_string())?;
    state.say(if specs.is_empty() {
        "the simulated bus works as it should again".to_owned()
    } else {
        format!("the simulated bus fails from now on: {}; :fault none ends it", words.join(" "))
    });
    state.faults.clone_from(&specs);
    effects.push(Effect::Faults(specs));
    Ok(())
}

fn theme(state: &mut State, name: &str, effects: &mut Effects) -> Done {
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    if !plain {
        return Err(format!("expected the name of a theme: {}", state.themes.join(", ")));
    }
    effects.push(Effect::Theme(Some(name.to_owned())));
    Ok(())
}
