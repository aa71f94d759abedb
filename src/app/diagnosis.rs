//! When a request fails: what was heard, what that rules out, and what to look at next.

use std::borrow::Cow;

use super::signal_hints;
use super::target::Target;
use crate::bus::Counters;
use crate::frame::Direction;
use crate::link::Endpoint;
use crate::meter::{AddressRule, Model};
use crate::protocol::{Address, Failure, Fault, Integrity, LineSettings, MissingKey, Unfit};
use crate::trace::{Dir, Entry, EntryKind, Trace};

/// What is known when a request has failed.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The meter that was asked.
    pub model: &'static Model,
    /// Under which address.
    pub address: &'a Address,
    /// The kind of link.
    pub place: &'a Endpoint,
    /// The line settings in force, where they are known.
    pub line: Option<LineSettings>,
    /// The counts of the link.
    pub counters: Counters,
    /// Bytes of the request.
    pub request_bytes: usize,
    /// The last bytes that came in.
    pub received: &'a [u8],
    /// Whether the conversation that failed had brought good frames before.
    pub has_answered: bool,
}

/// Whether a conversation with a meter that began at entry `from` of the trace was answered: good frames came in since,
/// which are neither of another meter nor what another master asks or is answered.
#[must_use]
pub fn has_answered(trace: &Trace, target: &Target, from: u32) -> bool {
    let (family, meter) = (target.family(), target.meter_id());
    let is_of_another =
        |number| trace.dissect(number).is_some_and(|frame| meter.is_another(&family.meter_of(&frame)));
    (from..trace.len()).any(|number| {
        trace.entry(number).is_some_and(|entry| {
            let is_good = matches!(entry.kind, EntryKind::Frame(judged) if judged != Integrity::Bad);
            entry.way == Dir::Rx && is_good && !is_foreign(trace, &entry) && !is_of_another(number)
        })
    })
}

/// Whether a frame that came in is a request, or answers one that is not ours.
fn is_foreign(trace: &Trace, entry: &Entry) -> bool {
    let asked = entry.relation.answers.and_then(|number| trace.entry(number));
    entry.relation.direction == Direction::Request || asked.is_some_and(|asked| asked.way == Dir::Rx)
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
        Fault::NoAnswer { .. } if case.has_answered => {
            format!("No answer from {name}, which had answered before")
        }
        Fault::NoAnswer { .. } => format!("No answer from {name}"),
        Fault::Damaged { what } => format!("The answer of {name} is damaged: {what}"),
        Fault::Sealed { what, .. } => format!("{name}: {what}"),
        Fault::Unexpected(unfit) => format!("{name}: {}", unexpected(unfit)),
        Fault::Refused { code, meaning } => format!("{name} refuses: {}", refusal(*code, meaning)),
        Fault::Unsendable(error) => error.to_string(),
        Fault::NotPermitted => "It would have changed the meter; nothing was sent".to_owned(),
        Fault::Overrun(excess) => format!("Sending to {name} was stopped: {excess}"),
        Fault::NotRecorded(why) => format!("The write log refuses the write: {why}; it was not sent"),
        Fault::LineRefused => "The port does not take the line settings".to_owned(),
        Fault::ListensOnly => format!("{name} cannot be asked: this link is only listened to"),
        Fault::OtherMaster => format!("{name} was not asked: another master asks on this line"),
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
        Fault::Overrun(excess) => format!("sending was stopped: {excess}"),
        Fault::NotRecorded(why) => format!("the write log refuses the write: {why}; it was not sent"),
        Fault::LineRefused => "the port does not take the line settings".to_owned(),
        Fault::ListensOnly => "this link is only listened to".to_owned(),
        Fault::OtherMaster => "another master asks on this line".to_owned(),
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
        Fault::Sealed { lock: MissingKey::NoKey, .. } => "no-key",
        Fault::Sealed { lock: MissingKey::WrongKey, .. } => "wrong-key",
        Fault::Unexpected(_) => "unexpected",
        Fault::Refused { .. } => "refused",
        Fault::Unsendable(_) => "unsendable",
        Fault::NotPermitted => "not-permitted",
        Fault::Overrun(_) => "overrun",
        Fault::NotRecorded(_) => "not-recorded",
        Fault::LineRefused => "line-refused",
        Fault::ListensOnly => "listens-only",
        Fault::OtherMaster => "other-master",
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
    code.map_or_else(|| meaning.to_owned(), |code| format!("error {code:02}, {meaning}"))
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
    if matches!(fault, Fault::Sealed { .. } | Fault::ListensOnly | Fault::OtherMaster) {
        return Vec::new();
    }
    let mut out = vec![match case.place {
        Endpoint::Serial(_) => "port missing or busy",
        Endpoint::Tcp(..) | Endpoint::Rfc2217(..) => "converter refusing the connection",
        Endpoint::Listen(..) => "converter not dialling in",
        Endpoint::Mqtt(_) => "broker refusing the connection",
        Endpoint::File(_) | Endpoint::Sim => "link closed",
    }];
    if case.has_answered && matches!(fault, Fault::NoAnswer { .. }) {
        out.extend(["supply of the interface", "A and B swapped", "address"]);
        return out;
    }
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
    let told = signal_hints::looks_like(case.received, line, Some(case.model.protocol));
    told.map(Cow::into_owned).into_iter().chain(list).collect()
}

fn places(case: &Case<'_>, fault: &Fault) -> Vec<String> {
    match fault {
        Fault::NoAnswer { .. } if case.has_answered => fell_silent(case),
        Fault::NoAnswer { .. } => silence(case),
        Fault::Damaged { .. } => damage(),
        Fault::Sealed { lock: MissingKey::NoKey, .. } => vec![
            "key: the grid operator hands it out (32 hex digits, or 16 characters); put it into the keys file, or type it in \
             the console (:key)"
                .into(),
        ],
        Fault::Sealed { lock: MissingKey::WrongKey, .. } => vec![
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
        Fault::Overrun(_) => vec![
            "this is a defect of meterscope, not of the meter: report it with the command and the capture".into(),
            "model: another one that fits may be read".into(),
        ],
        Fault::LineRefused => vec!["adapter: not every one has every speed and parity".into()],
        Fault::LinkLost => vec!["plug, cable, converter".into()],
        Fault::OtherMaster => vec!["send again: the console asks first; headless, leave out --listen".into()],
        Fault::ListensOnly => vec!["a meter that speaks by itself can be read here: command telegram".into()],
        Fault::NotRecorded(_) => vec!["the state folder: its disk, its owner, what stands in the log's place".into()],
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
    if matches!(case.place, Endpoint::Tcp(..) | Endpoint::Listen(..)) {
        list.push(format!("converter: its serial side must be set to {}", model.line));
    }
    if matches!(case.place, Endpoint::Tcp(..) | Endpoint::Rfc2217(..) | Endpoint::Listen(..)) {
        list.push("converter: its packing time must not tear a request apart".to_owned());
    }
    if !model.lookalike.is_empty() {
        list.push(format!("another protocol in this housing: {}", model.lookalike));
    }
    list
}

/// The check list of a meter that has fallen silent in the middle of a conversation.
fn fell_silent(case: &Case<'_>) -> Vec<String> {
    let family = case.model.protocol.profile();
    let mut list = Vec::new();
    if family.has_sessions {
        list.push("session: a meter ends one by itself when nothing comes for a while: ask again".to_owned());
    }
    if family.changes_speed {
        list.push("speed: the meter may change it late, or not at all, after its identification".to_owned());
    }
    list.push("line: what comes and goes, such as a loose terminal, a weak supply, noise".to_owned());
    if matches!(case.place, Endpoint::Tcp(..) | Endpoint::Rfc2217(..) | Endpoint::Listen(..)) {
        list.push("converter: it may hold an answer back, or have been taken by another client".to_owned());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::At;
    use crate::meter;
    use crate::trace::{Digest, Split};

    const SILENCE: Fault = Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };

    fn explained(has_answered: bool) -> Diagnosis {
        let model = meter::model("neva-mt324").expect("a model");
        let case = Case {
            model,
            address: &Address::textual("00000201"),
            place: &Endpoint::Sim,
            line: Some(model.line),
            counters: Counters { good: u64::from(has_answered), ..Counters::default() },
            request_bytes: 17,
            received: &[],
            has_answered,
        };
        diagnose(&case, &SILENCE)
    }

    #[test]
    fn a_meter_that_never_answered_may_be_wired_wrongly() {
        let told = explained(false);
        assert!(told.look_at.iter().any(|what| what.contains("A and B swapped")), "{told:?}");
        assert!(told.look_at.iter().any(|what| what.starts_with("address")), "{told:?}");
    }

    #[test]
    fn a_meter_that_answered_and_fell_silent_is_wired_right() {
        let told = explained(true);
        let places: Vec<&str> = told.look_at.iter().filter_map(|what| what.split(':').next()).collect();
        assert_eq!(places, ["session", "speed", "line"]);
        assert!(told.ruled_out.contains(&"A and B swapped"), "{told:?}");
        assert!(!told.look_at.iter().any(|what| what.contains("swapped")), "{told:?}");
        assert!(told.headline.ends_with("which had answered before"), "{}", told.headline);
    }

    /// The question to the CE307 no. 13462 and its answer.
    const QUESTION: &[u8] = &[
        0xC0, 0x48, 0x96, 0x34, 0xFD, 0x00, 0x00, 0x00, 0x00, 0x00, 0xD2, 0x01, 0x30, 0x00, 0x00, 0x40, 0xC0,
    ];
    const ANSWER: &[u8] = &[
        0xC0, 0x48, 0xFD, 0x00, 0x96, 0x34, 0x57, 0x01, 0x30, 0x00, 0x09, 0x22, 0xEC, 0x8B, 0x04, 0x00, 0x1B,
        0xC0,
    ];

    /// Whether the CE307 of this address has answered, where this went over the line.
    fn answered(address: &str, traffic: &[(Dir, &[u8])], split: Split) -> bool {
        let model = meter::model("energomera-ce307").expect("a model");
        let address = model.resolve(address).expect("an address").remove(0).address;
        let target = Target { model, address, password: None, keys: Vec::new() };
        let decoder = Some(model.decoder());
        let (mut trace, mut digest) =
            (Trace::new(jiff::Timestamp::UNIX_EPOCH), Digest::new(decoder, split, model.line));
        for (second, (way, bytes)) in (1..).zip(traffic) {
            let at = At::from_millis(1000 * second);
            trace.record(*way, bytes, at);
            digest.push(*way, bytes, at, &mut trace, &mut |_| {});
        }
        assert_eq!(trace.len() as usize, traffic.len(), "each is an entry");
        has_answered(&trace, &target, 0)
    }

    #[test]
    fn only_a_good_frame_of_the_meter_that_was_asked_counts_as_its_answer() {
        use Dir::{Rx, Tx};
        assert!(answered("13462", &[(Tx, QUESTION), (Rx, ANSWER)], Split::TwoWay));
        assert!(!answered("13462", &[(Tx, QUESTION)], Split::TwoWay));
        for split in [Split::TwoWay, Split::Listening] {
            assert!(!answered("4711", &[(Rx, QUESTION), (Rx, ANSWER)], split), "another meter, {split:?}");
            assert!(!answered("13462", &[(Rx, QUESTION)], split), "a question, {split:?}");
        }
    }
}
