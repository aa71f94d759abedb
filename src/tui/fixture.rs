//! A console with a meter and traffic that never change, for tests.

mod archive;
mod dialogue;

pub(super) use archive::in_archive;
pub(super) use dialogue::{Held, in_session};

use jiff::{Timestamp, tz::TimeZone};

use super::keymap::Keymap;
use super::message::{Effect, Message};
use super::state::connect::Port;
use super::state::{Moment, Screen, State};
use super::update::{start, update};
use crate::app::keys::MeterKeys;
use crate::bus::{Counters, Errand, Intent, JobEvent, JobId, LinkState, Status};
use crate::frame::{At, Direction, Secret, hex};
use crate::protocol::{Integrity, LineSettings, MeterKey, Relation, registry};
use crate::reading::{Code, Decimal, Measured, MeterTime, Phase, Quantity, Reading, Unit};
use crate::trace::{Claim, Digest, Dir, EntryKind, Mark, SharedTrace, Split, Trace};

/// 14:02:11 UTC on a day.
pub(super) const BEGIN: &str = "2026-03-01T14:02:11Z";

/// Model and address of the meter.
pub(super) const METER: (&str, &str) = ("mercury-200", "411486");

type Run = (Dir, Option<Integrity>, u64, &'static str, Option<u32>);

/// What the fixture's traffic is: way, kind, milliseconds, bytes, the entry it answers.
const TRAFFIC: &[Run] = &[
    (Dir::Tx, Some(Integrity::Good), 318, "00 06 47 5E 27 EC E7", None),
    (
        Dir::Rx,
        Some(Integrity::Good),
        374,
        "00 06 47 5E 27 00 06 21 42 00 02 08 34 00 00 00 00 00 00 00 00 59 F5",
        Some(1),
    ),
    (Dir::Tx, Some(Integrity::Good), 394, "00 06 47 5E 63 EC D4", None),
    (Dir::Rx, Some(Integrity::Bad), 453, "00 06 47 5E 63 23 58 02 64 00 05 88 45 C7", Some(3)),
    (Dir::Rx, None, 940, "00 FF 1B 5B 32 4A 07", None),
    (Dir::Tx, Some(Integrity::Good), 1040, "00 06 47 5E 63 EC D4", None),
    (Dir::Rx, Some(Integrity::Good), 1081, "00 06 47 5E 63 23 58 02 64 00 05 88 45 C6", Some(6)),
];

fn begin() -> Timestamp {
    BEGIN.parse().unwrap()
}

/// The traffic: an opened link, two requests with their replies, one of them damaged, and noise.
pub(super) fn trace() -> Trace {
    let mut trace = Trace::new(begin());
    trace.mark(Mark::Opened("test\u{1b}[2J".into()), At::ZERO);
    let family = registry::FAMILIES.iter().position(|family| family.id() == "mercury200").unwrap();
    for (way, judged, millis, bytes, answers) in TRAFFIC {
        let bytes = hex::parse(bytes).unwrap();
        let at = At::from_millis(*millis);
        trace.record(*way, &bytes, at);
        let direction = match way {
            Dir::Tx => Direction::Request,
            Dir::Rx => Direction::Reply,
        };
        trace.claim(Claim {
            way: *way,
            len: bytes.len() as u32,
            kind: judged.map_or(EntryKind::Noise, EntryKind::Frame),
            first: at,
            last: at,
            family: judged.map(|_| family as u8),
            relation: Relation { direction, answers: *answers, ..Relation::default() },
        });
    }
    trace
}

/// Counts of that traffic.
pub(super) fn status() -> Status {
    let counters =
        Counters { bytes_out: 21, bytes_in: 58, good: 2, bad: 1, noise_bytes: 7, ..Counters::default() };
    Status {
        link: LinkState::Open(String::new()),
        line: Some(LineSettings::n81(9600)),
        counters,
        latency: Some(std::time::Duration::from_millis(41)),
        ..Status::default()
    }
}

/// A console of that size before anything was done.
pub(super) fn fresh(size: (u16, u16)) -> State {
    let mut state = State::new(size, Keymap::default());
    state.zone = TimeZone::UTC;
    send(&mut state, Message::Tick(Moment { at: At::from_millis(20_000), wall: later(20) }));
    state
}

/// Seconds after the beginning.
pub(super) fn later(seconds: i64) -> Timestamp {
    begin() + jiff::SignedDuration::from_secs(seconds)
}

/// A console of that size, connected, with a meter and traffic.
pub(super) fn connected(size: (u16, u16), screen: Screen) -> State {
    let mut state = fresh(size);
    let ports = vec![
        Port { link: "serial:/dev/ttyUSB0".into(), about: "FTDI FT232R USB UART A50285BI".into() },
        Port { link: "serial:/dev/ttyUSB1".into(), about: String::new() },
    ];
    send(&mut state, Message::Ports(ports));
    let meter = Some((METER.0.to_owned(), METER.1.to_owned()));
    start(&mut state, "serial:/dev/ttyUSB0".parse().ok(), meter);
    send(&mut state, Message::Opened(SharedTrace::new(trace())));
    send(&mut state, Message::Traffic(status()));
    state.screen = screen;
    send(&mut state, Message::Resize(size.0, size.1));
    state
}

/// Sends messages and gives all effects.
pub(super) fn send(state: &mut State, message: Message) -> Vec<Effect> {
    update(state, message)
}

/// The errand that the first effect hands to the bus.
pub(super) fn errand_of(effects: &[Effect]) -> Option<&Errand> {
    effects.iter().find_map(|effect| match effect {
        Effect::Bus(Intent::Run { errand, .. }) => Some(&**errand),
        _ => None,
    })
}

/// Chooses a command that writes and fills it in.
pub(super) fn choose_write(state: &mut State) {
    keys(state, &[":"]);
    type_text(state, "ask set-tariff-count tariffs=4");
    keys(state, &["enter"]);
}

/// Readings of a poll.
pub(super) fn readings() -> Vec<Reading> {
    let number = |units, decimals| Measured::Number(Decimal::new(units, decimals));
    let energy = |tariff, units| Reading::of(Code::import(tariff), number(units, 2), Unit::KilowattHour, &[]);
    let clock = MeterTime::date(2026, 3, 1).at(14, 1, 37);
    vec![
        energy(1, 297_964),
        energy(2, 170_211),
        energy(3, 18_502),
        energy(4, 0),
        energy(0, 486_677),
        Reading::of(Code::new(32, 7, 0), number(2301, 1), Unit::Volt, &[]),
        Reading {
            phase: Some(Phase::L1),
            ..Reading::of(Code::new(31, 7, 0), number(512, 2), Unit::Ampere, &[])
        },
        Reading::of(Code::new(1, 7, 0), number(1180, 0), Unit::Watt, &[]),
        Reading::unnamed(Quantity::CLOCK, Measured::Time(clock), Unit::None, &[]),
        Reading::unnamed(
            Quantity::SERIAL,
            Measured::Text(b"1104\x1b[31m".as_slice().into()),
            Unit::None,
            &[],
        ),
    ]
}

/// The number of the job that an effect starts.
pub(super) fn job_of(effects: &[Effect]) -> Option<JobId> {
    effects.iter().find_map(|effect| match effect {
        Effect::Bus(Intent::Run { job, .. }) => Some(*job),
        _ => None,
    })
}

/// A console on its screen of values, with three polls done.
pub(super) fn with_readings(size: (u16, u16)) -> State {
    let mut state = connected(size, Screen::Readings);
    let job = job_of(&send(&mut state, key("enter"))).unwrap();
    for round in 0..3u64 {
        for mut reading in readings() {
            if reading.quantity == Quantity::POWER {
                reading.value = Measured::Number(Decimal::new(1180 + round * 40, 0));
            }
            let at = At::from_millis(1000 + round * 5000);
            send(&mut state, Message::Job(job, JobEvent::Reading(reading, at)));
        }
    }
    send(&mut state, Message::Job(job, JobEvent::Finished));
    state
}

/// A key by its name.
pub(super) fn key(name: &str) -> Message {
    let chord: super::keymap::Chord = name.parse().unwrap();
    Message::Key(crossterm::event::KeyEvent::new(chord.code, chord.modifiers))
}

/// Sends a key as a hand presses it: a question is on the screen and has been read.
fn at_leisure(state: &mut State, key: Message) -> Vec<Effect> {
    if state.popup.as_mut().is_some_and(|popup| popup.attention().is_some()) {
        send(state, Message::Drawn);
        state.now.at = state.now.at + std::time::Duration::from_millis(500);
    }
    send(state, key)
}

/// Presses keys one after the other and gives the effects of all.
pub(super) fn keys(state: &mut State, names: &[&str]) -> Vec<Effect> {
    names.iter().flat_map(|name| at_leisure(state, key(name))).collect()
}

/// Types a text.
pub(super) fn type_text(state: &mut State, text: &str) {
    for character in text.chars() {
        let code = crossterm::event::KeyCode::Char(character);
        at_leisure(state, Message::Key(crossterm::event::KeyEvent::from(code)));
    }
}

/// A published telegram from the test vectors: its bytes, and its key where one is public.
fn published(id: &str) -> (Vec<u8>, Vec<MeterKey>) {
    const FILES: [&str; 2] = [
        include_str!("../../tests/vectors/dsmr_p1.jsonl"),
        include_str!("../../tests/vectors/dlms_mbus.jsonl"),
    ];
    let lines = FILES.iter().flat_map(|file| file.lines());
    let mut parsed = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let json = parsed.find(|json| json["id"] == id).unwrap();
    let bytes = match (json["hex"].as_str(), json["text"].as_str()) {
        (Some(text), _) => hex::parse(text).unwrap(),
        (None, text) => text.unwrap().as_bytes().to_vec(),
    };
    let key = json["key"].as_str().map(|key| MeterKey {
        system_title: None,
        encryption: Secret::new(hex::parse(key).unwrap()),
        authentication: None,
    });
    (bytes, key.into_iter().collect())
}

/// A meter that speaks by itself: its model, the telegrams that came a second apart, whether their keys are known.
pub(super) struct Pushed {
    /// The model.
    pub model: &'static str,
    /// The ids of the telegrams.
    pub telegrams: &'static [&'static str],
    /// Whether the keys are known.
    pub has_keys: bool,
    /// How many bytes of the last one have come.
    pub cut: usize,
}

/// What came of it, recorded and cut into frames.
pub(super) fn heard(pushed: &Pushed) -> Trace {
    let model = crate::meter::model(pushed.model).unwrap();
    let mut trace = Trace::new(begin());
    let mut digest = Digest::new(Some(model.decoder()), Split::Listening, model.line);
    let last = pushed.telegrams.len() - 1;
    for (index, id) in pushed.telegrams.iter().enumerate() {
        let (bytes, keys) = published(id);
        if pushed.has_keys {
            trace.set_keys(keys);
        }
        let end = if index == last { bytes.len().min(pushed.cut) } else { bytes.len() };
        let at = At::from_millis(1000 * (index as u64 + 1));
        trace.record(Dir::Rx, &bytes[..end], at);
        digest.push(Dir::Rx, &bytes[..end], at, &mut trace, &mut |_| {});
    }
    trace
}

/// A key as the keys file has it.
fn kept(key: MeterKey) -> MeterKeys {
    MeterKeys {
        system_title: key.system_title,
        encryption_key: Some(key.encryption),
        authentication_key: key.authentication,
        ..MeterKeys::default()
    }
}

/// A console that listens to it.
pub(super) fn listening(size: (u16, u16), screen: Screen, pushed: &Pushed) -> State {
    let mut state = fresh(size);
    if pushed.has_keys {
        let keys = pushed.telegrams.iter().flat_map(|id| published(id).1);
        state.keys.meters = keys.map(kept).collect();
    }
    let meter = Some((pushed.model.to_owned(), String::new()));
    start(&mut state, "tcp://192.0.2.7:4001".parse().ok(), meter);
    let trace = heard(pushed);
    let counters = Counters { bytes_in: 1000, good: 2, ..Counters::default() };
    send(&mut state, Message::Opened(SharedTrace::new(trace)));
    let line = Some(state.line());
    let opened = LinkState::Open(String::new());
    send(&mut state, Message::Traffic(Status { link: opened, line, counters, ..Status::default() }));
    state.screen = screen;
    send(&mut state, Message::Resize(size.0, size.1));
    state
}
