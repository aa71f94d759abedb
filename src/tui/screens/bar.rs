//! The lines at the top and the bottom: where one is connected, to whom, how well; what can be pressed.

use std::time::Duration;

use super::Look;
use ratatui::layout::Rect;

use crate::app::telegram::Cipher;
use crate::bus::{LinkState, Speech, Status};
use crate::frame::visible;
use crate::link::Endpoint;
use crate::trace::CaptureState;
use crate::tui::keymap::{ACTIONS, Action, Context, Info};
use crate::tui::layout::VERY_WIDE;
use crate::tui::state::target::{name, wire_address};
use crate::tui::state::{Pane, Phase, Popup, Screen, State, Tone};
use crate::tui::theme::Role;
use crate::tui::update::{codes_are_asked, has_archive, is_typing};
use crate::tui::widgets::{Footer, Hint, Piece, StatusLine};

/// ```text
///  serial:/dev/ttyUSB0 ● 9600 8N1  Energomera CE307 #13462 (96 34)  34/18 B  ✓12 ✗0 …0  38 ms  READS ONLY
/// ```
pub(crate) fn status(look: &mut Look<'_>) {
    let state = look.state;
    let glyphs = look.theme.glyphs();
    let status = &state.status;
    let (link, link_role) = link(state);
    let is_open = matches!(status.link, LinkState::Open(_)) && state.phase == Phase::Running;
    let sign = if is_open { glyphs.connected } else { glyphs.disconnected };
    let link_long = format!("{sign} {link}");
    let link_short = format!("{sign} {}", short_name(state));
    let settings = settings(state);
    let damaged = status.counters.line_errors.to_string();
    let (meter, meter_short) = meter(state);
    let counters = status.counters;
    let bytes = format!("{} B out, {} B in", counters.bytes_out, counters.bytes_in);
    let [good, bad, missing] = counts(look);
    let latency = if state.shown.awaits_answer { String::new() } else { latency(status) };
    let permission = permission(state);
    // LISTENING says it already.
    let is_beside_us = status.other_master.is_some() && status.speech.can_send();
    let other_master = if is_beside_us { "other master" } else { "" };
    let [segments, cipher, counter] = super::standing::said(state, glyphs);
    let role_of = |count: u64| if count > 0 { Role::Bad } else { Role::Dim };
    let pieces = [
        Piece::new("meterscope", 9, Role::Dim),
        Piece::new(&link_long, 1, link_role).short(&link_short),
        Piece::new(&settings, 4, Role::Text),
        Piece::new(&damaged, 1, Role::Warn),
        Piece::new(&meter, 2, Role::Accent).short(&meter_short),
        Piece::new(&segments.long, 2, segments.role).short(&segments.short).at_right(),
        Piece::new(&cipher.long, 1, cipher.role).short(&cipher.short).at_right(),
        Piece::new(&counter.long, 2, counter.role).short(&counter.short).at_right(),
        Piece::new(&bytes, 7, Role::Dim).at_right(),
        Piece::new(&good, 0, Role::Good).at_right(),
        Piece::new(&bad, 0, role_of(counters.bad)).at_right(),
        Piece::new(&missing, 0, role_of(counters.missing)).at_right(),
        Piece::new(&latency, 3, Role::Text).at_right(),
        Piece::new(other_master, 0, Role::Warn).at_right(),
        Piece::new(&permission, 0, permission_role(state)).at_right().fixed(),
    ];
    let area = look.areas.status;
    StatusLine { pieces: &pieces }.render(area, look.buf, look.theme);
}

/// Frames that were good, that were bad, and answers that did not come.
fn counts(look: &Look<'_>) -> [String; 3] {
    let (glyphs, counters) = (look.theme.glyphs(), look.state.status.counters);
    let has_words = look.areas.status.width >= VERY_WIDE;
    let all = [
        (glyphs.good, counters.good, " good"),
        (glyphs.bad, counters.bad, " bad"),
        (glyphs.open, counters.missing, " missing"),
    ];
    all.map(|(sign, count, word)| format!("{sign}{count}{}", if has_words { word } else { "" }))
}

/// Who may speak; armed, for how many more seconds.
fn permission(state: &State) -> String {
    match (state.status.speech, state.arming.until()) {
        (Speech::ReadsOnly, Some(until)) => {
            format!("{} {} s", Speech::Armed.word(), until.since(state.now.at).as_secs())
        }
        (speech, _) => speech.word().to_owned(),
    }
}

/// The line, and whether its parity is dealt with in software: `9600 8N1 (soft parity)`.
fn settings(state: &State) -> String {
    match (&state.phase, state.status.soft_parity) {
        (Phase::None, _) => String::new(),
        (_, false) => state.line().to_string(),
        (_, true) => format!("{} (soft parity)", state.line()),
    }
}

const fn permission_role(state: &State) -> Role {
    match state.status.speech {
        Speech::Armed => Role::Write,
        Speech::ReadsOnly if state.arming.is_armed() => Role::Write,
        Speech::ReadsOnly | Speech::File => Role::Dim,
        Speech::Listening => Role::Good,
    }
}

/// The link's name and whether it is open.
pub(crate) fn link(state: &State) -> (String, Role) {
    let Some(name) = &state.link else { return ("no link".to_owned(), Role::Dim) };
    let mut bare = name.clone();
    bare.line = None;
    let what = match (&state.phase, &state.status.link) {
        (Phase::None, _) => return ("no link".to_owned(), Role::Dim),
        (Phase::Ended, _) | (_, LinkState::Closed(_)) => " closed",
        (Phase::Opening { .. }, _) | (_, LinkState::Opening) => " opening",
        (_, LinkState::Lost(_)) => " lost, being opened again",
        (_, LinkState::Open(_)) => return (bare.to_string(), Role::Good),
    };
    (format!("{bare}{what}"), Role::Warn)
}

/// The part of the link's name that tells it from others: `ttyUSB0`, `192.0.2.7:4001`.
fn short_name(state: &State) -> String {
    match state.link.as_ref().map(|link| &link.place) {
        None => String::new(),
        Some(Endpoint::Serial(port)) => visible::string(port.rsplit('/').next().unwrap_or(port)),
        Some(Endpoint::Tcp(host, port) | Endpoint::Rfc2217(host, port) | Endpoint::Listen(host, port)) => {
            format!("{}:{port}", visible::string(host))
        }
        Some(Endpoint::Mqtt(topic)) => {
            format!("{}/{}", visible::string(&topic.host), visible::string(&topic.filter))
        }
        Some(Endpoint::File(path)) => {
            visible::string(&path.file_name().unwrap_or_default().to_string_lossy())
        }
        Some(Endpoint::Sim) => "sim:".to_owned(),
    }
}

fn meter(state: &State) -> (String, String) {
    let Some(target) = &state.target else { return (String::new(), String::new()) };
    let short = name(target);
    let bytes = wire_address(target);
    let bytes = if bytes.is_empty() { String::new() } else { format!(" ({bytes})") };
    (format!("{} {short}{bytes}", target.model.maker), short)
}

fn latency(status: &Status) -> String {
    status.latency.map(|latency: Duration| format!("{} ms", latency.as_millis())).unwrap_or_default()
}

/// Whether and how much of the traffic is kept, in full and, of trouble, short: the file is named on the screen of links.
fn capture(state: &State) -> (String, &'static str, Role) {
    match &state.capture {
        _ if state.paging_failure.is_some() => {
            ("old entries IN MEMORY ONLY".to_owned(), "IN MEMORY ONLY", Role::Bad)
        }
        CaptureState::Off => (String::new(), "", Role::Dim),
        CaptureState::Waiting => ("rec waits for bytes".to_owned(), "", Role::Dim),
        CaptureState::Running { bytes, holes, .. } if holes.count > 0 => {
            (format!("rec {}, {} MISSING", size(*bytes), size(holes.bytes)), "rec HAS HOLES", Role::Bad)
        }
        CaptureState::Running { bytes, .. } => (format!("rec {}", size(*bytes)), "", Role::Dim),
        CaptureState::Failed { why, holes, .. } => {
            (format!("NOT RECORDED ({why}), {} lost", size(holes.bytes)), "NOT RECORDED", Role::Bad)
        }
    }
}

/// A length in bytes, in thousands from 10 000 on.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// ```text
///  1 Connect  2 Meter [3 Bench] 4 Trace  5 Readings      Energy by tariff, 1 s   read twice   rec 4210 B
/// ```
pub(crate) fn tabs(look: &mut Look<'_>) {
    let (state, area) = (look.state, look.areas.tabs);
    let current = look.theme.glyphs().current;
    let wait = waiting(state);
    let (capture, capture_short, capture_role) = capture(state);
    let capture_rank = if capture_short.is_empty() { 2 } else { 0 };
    let mut pen = look.pen(area);
    let mut x = 0;
    let is_of_use = |screen: &Screen| *screen != Screen::Archive || has_archive(state);
    for (number, screen) in (1..).zip(Screen::ALL.into_iter().filter(is_of_use)) {
        let here = screen == state.screen;
        pen.put(x, 0, if here { current } else { " " }, Role::Accent);
        let role = if here { Role::Title } else { Role::Dim };
        let width = u16::try_from(screen.title().len()).unwrap_or(0) + 4;
        pen.put(x + 1, 0, &format!("{number} {}", screen.title()), role);
        x += width;
    }
    let faults = faults(state);
    let (lost, lost_short) = lost(&state.status);
    let (wait, wait_short) = wait;
    let pieces = [
        Piece::new(&wait, 0, Role::Accent).short(&wait_short).at_right(),
        Piece::new(&lost, 0, Role::Bad).short(&lost_short).at_right(),
        Piece::new(&faults, 1, Role::Warn).at_right(),
        Piece::new(&capture, capture_rank, capture_role).short(capture_short).at_right(),
    ];
    let rest = Rect { x: area.x + x, width: area.width.saturating_sub(x), ..area };
    StatusLine { pieces: &pieces }.render(rest, look.buf, look.theme);
}

/// What could not be kept up with: received bytes that were dropped, old entries that were given up; in full and short.
fn lost(status: &Status) -> (String, String) {
    let (dropped, given_up) = (status.counters.dropped, status.given_up);
    let dropped = (dropped > 0).then(|| format!("{} dropped", size(dropped)));
    let given_up = (given_up > 0).then(|| format!("oldest {} given up", size(given_up)));
    let all: Vec<String> = dropped.into_iter().chain(given_up).collect();
    (all.join(", "), all.into_iter().next().unwrap_or_default())
}

/// What goes wrong on purpose.
fn faults(state: &State) -> String {
    if state.faults.is_empty() {
        return String::new();
    }
    let specs: Vec<String> = state.faults.iter().map(ToString::to_string).collect();
    format!("faults: {}", specs.join(" "))
}

/// What is being waited for, and since when; in full and short.
fn waiting(state: &State) -> (String, String) {
    if let Some(repeat) = &state.bench.repeat {
        return (format!("repeating, {} sent", repeat.count), format!("{} sent", repeat.count));
    }
    let (what, since) = match (&state.phase, state.jobs.on_the_line()) {
        (Phase::Opening { since }, _) => ("opening".to_owned(), *since),
        (_, Some(job)) => {
            let step = if job.step.is_empty() { "waiting for the answer" } else { job.step };
            let progress = job.progress.map(|(done, total)| format!(" {done}/{total}"));
            (format!("{step}{}", progress.unwrap_or_default()), job.since)
        }
        _ => return (String::new(), String::new()),
    };
    let seconds = state.now.at.since(since).as_secs();
    (format!("{what}, {seconds} s"), format!("{seconds} s"))
}

/// Remarks, else the keys of this place.
pub(crate) fn footer(look: &mut Look<'_>) {
    let (state, area) = (look.state, look.areas.footer);
    if let Some(notice) = &state.notice {
        let role = if notice.tone == Tone::Warning { Role::Warn } else { Role::Text };
        let sign = if notice.tone == Tone::Warning { look.theme.glyphs().warn } else { " " };
        let text = format!(" {sign} {}", notice.text);
        look.pen(area).fit(0, 0, area.width, &text, role);
        return;
    }
    let keys: Vec<(String, &str)> = hints(state);
    let hints: Vec<Hint<'_>> = keys.iter().map(|(key, label)| Hint { key, label }).collect();
    Footer { hints: &hints }.render(area, look.buf, look.theme);
}

/// The keys of this place with their labels, the most important first.
fn hints(state: &State) -> Vec<(String, &'static str)> {
    let contexts: &[Context] = if matches!(state.popup, Some(Popup::Listening { .. })) {
        &[Context::Question, Context::Popup]
    } else if state.popup.is_some() {
        &[Context::Popup]
    } else if is_typing(state) {
        &[Context::Input]
    } else {
        &[state.context(), Context::Global]
    };
    let mut hints = Vec::new();
    if state.popup.is_none() {
        hints.extend(main_key(state));
    }
    // A telegram that is shut is good for nothing else.
    if state.popup.is_none() && !is_typing(state) && wants_key(state) {
        hints.extend(state.keymap.key(Action::EnterKey).map(|key| (key, "key")));
    }
    let told =
        |info: &&Info| !info.label.is_empty() && info.action != Action::Help && is_of_use(state, info.action);
    for context in contexts {
        let infos = ACTIONS.iter().filter(|info| info.context == *context).filter(told);
        hints.extend(infos.filter_map(|info| Some((state.keymap.key(info.action)?, info.label))));
    }
    if is_typing(state) && state.popup.is_none() {
        hints.extend(state.keymap.key(Action::NextPane).map(|key| (key, "pane")));
    } else if state.popup.is_none() {
        hints.extend(state.keymap.key(Action::Help).map(|key| (key, "keys")));
    }
    hints
}

/// Whether an action can do anything just now, so that the footer should tell of it.
fn is_of_use(state: &State, action: Action) -> bool {
    let (screen, pane) = (state.screen, state.pane());
    match action {
        Action::Search => {
            matches!(screen, Screen::Meter | Screen::Bench | Screen::Trace) && !state.shows_telegrams()
        }
        Action::Watch => state.listens() || state.telegrams.offer.is_some(),
        Action::Poll | Action::Faster | Action::Slower => !state.listens(),
        Action::Newest => state.telegrams.is_held(),
        Action::Copy => matches!(screen, Screen::Bench | Screen::Trace),
        // It has been told before.
        Action::EnterKey => false,
        Action::Save | Action::Forget => pane == Pane::Links,
        Action::OtherAddress => matches!(state.meter.candidates(), Some(Ok(found)) if found.len() > 1),
        Action::Codes => codes_are_asked(state),
        Action::ToTrace => state.bench.reply.entry.is_some(),
        Action::Steps => state.bench.dialogue.is_some() && pane != Pane::Steps,
        Action::Export => !state.archive.read.days().is_empty(),
        Action::NextMatch => !state.view.needle.is_empty(),
        Action::Accept => state.popup.is_some(),
        Action::Confirm => !matches!(
            state.popup,
            Some(Popup::Help(_) | Popup::Writes(..) | Popup::Decoded(_) | Popup::Listening { .. })
        ),
        _ => true,
    }
}

/// Whether a telegram is shut, or the model that is picked encrypts.
fn wants_key(state: &State) -> bool {
    let is_shut = matches!(state.telegrams.standing.cipher, Cipher::NoKey | Cipher::WrongKey);
    let encrypts = state.meter.model().is_some_and(|model| model.encrypts);
    is_shut || (state.screen == Screen::Meter && encrypts)
}

/// Whether a search is being typed.
fn is_searching(state: &State) -> bool {
    match state.screen {
        Screen::Meter => state.meter.picker.searching,
        Screen::Bench => state.bench.picker.searching,
        Screen::Trace => state.view.searching,
        Screen::Connect | Screen::Readings | Screen::Archive => false,
    }
}

/// What Enter does here.
fn main_key(state: &State) -> Option<(String, &'static str)> {
    use Pane as P;
    if is_searching(state) {
        return Some((state.keymap.key(Action::Accept)?, "find"));
    }
    let label = match state.pane() {
        P::Links | P::LinkEntry | P::LineEntry | P::Steps => "open",
        P::Models => "choose",
        P::Commands if state.target.is_none() && state.telegrams.offer.is_some() => "watch",
        P::Commands | P::Compose => "send",
        P::Reply | P::Detail => "fold",
        P::Lines => "bytes",
        P::TelegramBytes => "lines",
        P::Entries => "look inside",
        P::Tariffs | P::Values | P::Chart if state.listens() => "",
        P::Tariffs | P::Values | P::Chart => "read once",
        P::Days | P::Intervals => "read",
        P::Address | P::Password if state.reads_when_accepted() => "read it once",
        P::Address | P::Password => "take it",
    };
    (!label.is_empty()).then_some(())?;
    Some((state.keymap.key(Action::Activate)?, label))
}
