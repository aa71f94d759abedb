//! When a request fails: what was heard, what that rules out, and what to look at next.

use std::borrow::Cow;

use super::noise;
use crate::bus::Counters;
use crate::link::Place;
use crate::meter::{AddressRule, Model};
use crate::protocol::{Address, Failure, Fault, LineSettings, Lock, Unfit};

/// What is known when a request has failed.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The meter that was asked.
    pub model: &'static Model,
    /// Under which address.
    pub address: &'a Address,
    /// The kind of link.
    pub place: &'a Place,
    /// The line settings in force, where they are known.
    pub line: Option<LineSettings>,
    /// The counts of the link.
    pub counters: Counters,
    /// Bytes of the request.
    pub request_bytes: usize,
    /// The last bytes that came in.
    pub received: &'a [u8],
}

/// A failure explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// A stable word for scripts: `silence`, `echo-only`, `noise-only`, `damaged`, `other-meter`...
    pub code: &'static str,
    /// One line: what happened.
    pub headline: String,
    /// One line: what was sent and heard.
    pub heard: String,
    /// What it cannot be.
    pub ruled_out: Vec<&'static str>,
    /// What to look at, in this order.
    pub look_at: Vec<String>,
}

/// Explains why a request failed.
#[must_use]
pub fn diagnose(case: &Case<'_>, fault: &Fault) -> Diagnosis {
    let name = if case.model.address.has_address() {
        format!("{} {}", case.model.title, case.address)
    } else {
        case.model.title.to_owned()
    };
    let headline = match fault {
        Fault::NoAnswer { noise_bytes: 1.., .. } => format!("No answer from {name}, only noise"),
        Fault::NoAnswer { echo: true, .. } => format!("No answer from {name}, only our own echo"),
        Fault::NoAnswer { .. } => format!("No answer from {name}"),
        Fault::Damaged { what } => format!("The answer of {name} is damaged: {what}"),
        Fault::Sealed { what, .. } => format!("{name}: {what}"),
        Fault::Unexpected(unfit) => format!("{name}: {}", unexpected(unfit)),
        Fault::Refused { code, meaning } => format!("{name} refuses: {}", refusal(*code, meaning)),
        Fault::Unsendable(error) => error.to_string(),
        Fault::NotPermitted => "It would have changed the meter; nothing was sent".to_owned(),
        Fault::LineRefused => "The port does not take the line settings".to_owned(),
        Fault::ListensOnly => format!("{name} cannot be asked: this link is only listened to"),
        Fault::Cancelled => "Stopped".to_owned(),
        Fault::LinkLost => "The link went away".to_owned(),
    };
    Diagnosis {
        code: word(fault),
        headline,
        heard: heard(case, fault),
        ruled_out: ruled_out(case, fault),
        look_at: look_at(case, fault),
    }
}

/// What went wrong, in a few words, where it is known who was asked and for what.
#[must_use]
pub fn reason(fault: &Fault) -> String {
    match fault {
        Fault::NoAnswer { noise_bytes: 1.., .. } => "no answer, only noise".to_owned(),
        Fault::NoAnswer { echo: true, .. } => "no answer, only our own echo".to_owned(),
        Fault::NoAnswer { sent: 2.., .. } => "no answer, nor when asked again".to_owned(),
        Fault::NoAnswer { .. } => "no answer".to_owned(),
        Fault::Damaged { what } => format!("damaged answer: {what}"),
        Fault::Sealed { what, .. } => what.clone(),
        Fault::Unexpected(unfit) => unexpected(unfit),
        Fault::Refused { code, meaning } => refusal(*code, meaning),
        Fault::Unsendable(error) => error.to_string(),
        Fault::NotPermitted => "not allowed to change the meter".to_owned(),
        Fault::LineRefused => "the port does not take the line settings".to_owned(),
        Fault::ListensOnly => "this link is only listened to".to_owned(),
        Fault::Cancelled => "stopped".to_owned(),
        Fault::LinkLost => "the link went away".to_owned(),
    }
}

/// The stable word of a fault, as in [`Diagnosis::code`].
#[must_use]
pub const fn word(fault: &Fault) -> &'static str {
    match fault {
        Fault::NoAnswer { noise_bytes: 1.., .. } => "noise-only",
        Fault::NoAnswer { echo: true, .. } => "echo-only",
        Fault::NoAnswer { .. } => "silence",
        Fault::Damaged { .. } => "damaged",
        Fault::Sealed { lock: Lock::NoKey, .. } => "no-key",
        Fault::Sealed { lock: Lock::WrongKey, .. } => "wrong-key",
        Fault::Unexpected(_) => "unexpected",
        Fault::Refused { .. } => "refused",
        Fault::Unsendable(_) => "unsendable",
        Fault::NotPermitted => "not-permitted",
        Fault::LineRefused => "line-refused",
        Fault::ListensOnly => "listens-only",
        Fault::Cancelled => "cancelled",
        Fault::LinkLost => "link-lost",
    }
}

/// A failure without the meter it happened with: its word, and one line with the step it happened in.
#[must_use]
pub fn verdict(failure: &Failure) -> (&'static str, String) {
    (word(&failure.fault), format!("{}: {}", failure.step, reason(&failure.fault)))
}

/// Why a sound frame was not the answer, in words.
#[must_use]
pub fn unexpected(unfit: &Unfit) -> String {
    match unfit {
        Unfit::Address { expected, found } => format!("answer from address {found} while asking {expected}"),
        Unfit::Command { expected, found } => {
            format!("answer to command {found:02X}, expected {expected:02X}")
        }
        Unfit::Length { expected, found } => format!("answer with {found} data bytes, expected {expected}"),
        Unfit::Content(what) => format!("answer not understood: {what}"),
        Unfit::Different => "two answers to the same question differ".to_owned(),
    }
}

fn refusal(code: Option<u16>, meaning: &str) -> String {
    code.map_or_else(|| meaning.to_owned(), |code| format!("error {code:02X}, {meaning}"))
}

fn heard(case: &Case<'_>, fault: &Fault) -> String {
    let line = case.line.map_or_else(String::new, |line| format!(" at {line}"));
    match fault {
        Fault::NoAnswer { sent, echo, noise_bytes } => {
            let echo = if *echo { "the echo of the request" } else { "no echo" };
            let noise = if *noise_bytes == 0 {
                "no noise".to_owned()
            } else {
                format!("{noise_bytes} bytes of noise")
            };
            format!("Sent {sent} × {} bytes{line}; received no answer, {echo}, {noise}.", case.request_bytes)
        }
        _ => format!(
            "{} bytes sent and {} received{line} so far.",
            case.counters.bytes_out, case.counters.bytes_in
        ),
    }
}

fn ruled_out(case: &Case<'_>, fault: &Fault) -> Vec<&'static str> {
    if matches!(fault, Fault::Sealed { .. } | Fault::ListensOnly) {
        return Vec::new();
    }
    let mut out = vec![match case.place {
        Place::Serial(_) => "port missing or busy",
        Place::Tcp(..) | Place::Rfc2217(..) => "converter refusing the connection",
        Place::Listen(..) => "converter not dialling in",
        Place::Mqtt(_) => "broker refusing the connection",
        Place::File(_) | Place::Sim => "link closed",
    }];
    match fault {
        Fault::NoAnswer { echo: true, .. } => out.push("adapter dead: it hears itself"),
        Fault::NoAnswer { noise_bytes: 0, .. } => out.push("echo taken for an answer"),
        Fault::Damaged { .. } | Fault::Unexpected(_) | Fault::Refused { .. } => {
            out.extend(["supply of the interface", "A and B swapped", "speed"]);
        }
        _ => {}
    }
    if case.counters.good > 0 {
        out.push("line settings: good frames were heard on this link");
    }
    out
}

fn look_at(case: &Case<'_>, fault: &Fault) -> Vec<String> {
    let list = places(case, fault);
    if !matches!(fault, Fault::NoAnswer { noise_bytes: 1.., .. } | Fault::Damaged { .. }) {
        return list;
    }
    let line = case.line.unwrap_or(case.model.line);
    let told = noise::looks_like(case.received, line, case.model.protocol);
    told.map(Cow::into_owned).into_iter().chain(list).collect()
}

fn places(case: &Case<'_>, fault: &Fault) -> Vec<String> {
    match fault {
        Fault::NoAnswer { .. } => silence(case),
        Fault::Damaged { .. } => damage(),
        Fault::Sealed { lock: Lock::NoKey, .. } => vec![
            "key: the grid operator hands it out, 32 hex digits; put it into the keys file, or type it in \
             the console (:key)"
                .into(),
        ],
        Fault::Sealed { lock: Lock::WrongKey, .. } => vec![
            "key: the system title must be the one the key was handed out for".into(),
            "meter: one that was exchanged has a key of its own".into(),
        ],
        Fault::Unexpected(Unfit::Address { .. }) => {
            vec![
                "address: another meter on this bus answers".into(),
                "converter: answers of an earlier client".into(),
            ]
        }
        Fault::Unexpected(_) => vec![
            "model: another dialect may be in this housing".into(),
            "late answers: ask again, or ask twice and compare".into(),
        ],
        Fault::Refused { .. } => vec!["model and firmware: not every one has every command".into()],
        Fault::LineRefused => vec!["adapter: not every one has every speed and parity".into()],
        Fault::LinkLost => vec!["plug, cable, converter".into()],
        Fault::ListensOnly => vec!["a meter that speaks by itself can be read here: command telegram".into()],
        Fault::Unsendable(_) | Fault::NotPermitted | Fault::Cancelled => Vec::new(),
    }
}

/// The check list of silence, the likeliest first.
fn silence(case: &Case<'_>) -> Vec<String> {
    let model = case.model;
    let mut list = Vec::new();
    if !model.wiring.supply.is_empty() {
        list.push(format!("supply of the interface: {}", model.wiring.supply));
    }
    list.push(match model.wiring.terminals {
        "" => "A and B swapped".to_owned(),
        terminals => format!("A and B swapped ({terminals})"),
    });
    list.push(address_hint(&model.address));
    list.push(speed_hint(model, case));
    if matches!(case.place, Place::Tcp(..) | Place::Listen(..)) {
        list.push(format!("converter: its serial side must be set to {}", model.line));
    }
    if matches!(case.place, Place::Tcp(..) | Place::Rfc2217(..) | Place::Listen(..)) {
        list.push("converter: its packing time must not tear a request apart".to_owned());
    }
    if !model.lookalike.is_empty() {
        list.push(format!("another protocol in this housing: {}", model.lookalike));
    }
    list
}

fn address_hint(rule: &AddressRule) -> String {
    let ways: Vec<&str> = rule.serial.iter().map(|way| way.because).collect();
    match ways.as_slice() {
        [] => "address".to_owned(),
        ways => format!("address: {}", ways.join(", or ")),
    }
}

fn speed_hint(model: &Model, case: &Case<'_>) -> String {
    let present = case.line.map_or(model.line.baud, |line| line.baud);
    let others: Vec<String> =
        model.other_speeds.iter().filter(|speed| **speed != present).map(u32::to_string).collect();
    match (present == model.line.baud, others.is_empty()) {
        (false, _) => format!("speed: this meter leaves the factory with {}", model.line),
        (true, true) => format!("speed: {} is the only one of this meter", model.line),
        (true, false) => format!("speed: the meter may have been set to {}", others.join(", ")),
    }
}

fn damage() -> Vec<String> {
    vec![
        "wiring: bias and 120 ohm at both ends, length of the pair, ground".into(),
        "two meters with one address answering at once".into(),
        "adapter: direction switched too early or too late".into(),
    ]
}
