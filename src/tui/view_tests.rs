//! What stands on the screen.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::fixture::{
    Held, Pushed, choose_write, connected, fresh, in_archive, in_session, job_of, key, keys, listening, send,
    type_text, with_readings,
};
use super::glyphs::Glyphs;
use super::message::Message;
use super::state::{Screen, State};
use super::theme::{Depth, Theme, shipped};
use super::view::view;
use crate::app::write_log::Record;
use crate::bus::{JobEvent, OtherMaster, Speech};
use crate::frame::At;
use crate::link::LineErrors;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];

fn drawn(state: &State) -> Buffer {
    drawn_with(state, &Theme::default())
}

fn drawn_with(state: &State, theme: &Theme) -> Buffer {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let mut buffer = Buffer::empty(area);
    view(state, theme, area, &mut buffer);
    buffer
}

fn text(state: &State) -> String {
    text_of(&drawn(state))
}

fn text_of(buffer: &Buffer) -> String {
    let row = |y| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..buffer.area.height).map(|y| row(y).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn name(screen: &str, (width, height): (u16, u16)) -> String {
    format!("{screen}-{width}x{height}")
}

fn replied(size: (u16, u16)) -> State {
    let mut state = connected(size, Screen::Bench);
    let job = job_of(&send(&mut state, key("enter"))).unwrap();
    let answered = JobEvent::Answered { index: 0, result: Ok(()), request: Some(1), reply: Some(2) };
    send(&mut state, Message::Job(job, answered));
    send(&mut state, Message::Job(job, JobEvent::Finished));
    state
}

fn silent(size: (u16, u16)) -> State {
    let mut state = connected(size, Screen::Bench);
    let job = job_of(&send(&mut state, key("enter"))).unwrap();
    let fault = crate::protocol::Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };
    let result = Err(crate::protocol::Failure { step: "Energy", fault });
    send(
        &mut state,
        Message::Job(job, JobEvent::Answered { index: 0, result, request: Some(1), reply: None }),
    );
    send(&mut state, Message::Job(job, JobEvent::Finished));
    state
}

fn asking(size: (u16, u16)) -> State {
    let mut state = connected(size, Screen::Bench);
    choose_write(&mut state);
    keys(&mut state, &["enter"]);
    state
}

fn opened(size: (u16, u16)) -> State {
    let mut state = in_session(size, Held::Whole);
    keys(&mut state, &["s", "home", "down", "down", "down", "enter", "down", "down"]);
    state
}

fn archived(size: (u16, u16)) -> State {
    let (mut state, job) = in_archive(size);
    send(&mut state, Message::Job(job, JobEvent::Finished));
    keys(&mut state, &["down", "tab", "down", "down", "down"]);
    state
}

/// Armed, and asked about a write in a session.
fn armed(size: (u16, u16)) -> State {
    let mut state = connected(size, Screen::Bench);
    super::update::start(&mut state, None, Some(("neva-mt324".into(), "00000201".into())));
    keys(&mut state, &["w", ":"]);
    type_text(&mut state, "ask set-clock time=2026-03-01T14:02:11");
    keys(&mut state, &["enter", "enter"]);
    state
}

/// Choosing a code; the meter does not have one of them.
fn coded(size: (u16, u16)) -> State {
    let mut state = connected(size, Screen::Bench);
    super::update::start(&mut state, None, Some(("neva-mt324".into(), "00000201".into())));
    let meter = super::update::meter_on_link(&state);
    state.absent.note(&meter, "2307FFFF", true);
    state.absent.note(&meter, "3507FFFF", true);
    keys(&mut state, &["o"]);
    type_text(&mut state, "power");
    keys(&mut state, &["down"]);
    state
}

fn written(size: (u16, u16)) -> State {
    let mut state = connected(size, Screen::Bench);
    let record = |command: &str, bytes: &str, answer: &str, verdict: &str, reason: &str| Record {
        id: String::new(),
        time: super::fixture::later(0),
        link: "tcp://192.0.2.7:4001".into(),
        model: "neva-mt324".into(),
        address: "00000201".into(),
        command: command.into(),
        access: "write".into(),
        bytes: bytes.into(),
        answer: answer.into(),
        verdict: verdict.into(),
        reason: reason.into(),
    };
    let password = "01 57 31 02 36 30 30 31 30 32 46 46 28 ** ** ** ** ** ** ** ** 29 03 **";
    let name = "01 57 31 02 36 30 30 31 30 41 46 46 28 43 45 4C 4C 41 52 29 03 05";
    let records = vec![
        record("set-name", name, "06", "accepted", ""),
        record("set-password", password, "02 28 30 31 29 03 03", "refused", "Set the password: error 01"),
        record("set-name", name, "", "silence", "Set the name of the metering point: no answer"),
    ];
    send(&mut state, Message::Writes(records));
    state
}

fn damaged(size: (u16, u16)) -> State {
    let mut state = connected(size, Screen::Trace);
    state.view.choose(4);
    send(&mut state, Message::Resize(size.0, size.1));
    state
}

fn helped(size: (u16, u16)) -> State {
    let mut state = connected(size, Screen::Trace);
    keys(&mut state, &["?"]);
    state
}

fn prompted(size: (u16, u16)) -> State {
    let mut state = connected(size, Screen::Trace);
    keys(&mut state, &[":", "t"]);
    state
}

fn unread(size: (u16, u16)) -> State {
    let mut state = with_readings(size);
    let job = job_of(&keys(&mut state, &["enter"])).unwrap();
    let fault = crate::protocol::Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };
    let result = Err(crate::protocol::Failure { step: "Energy", fault });
    let silent = JobEvent::Answered { index: 0, result, request: Some(1), reply: None };
    send(&mut state, Message::Job(job, silent));
    state
}

const WHOLE: usize = usize::MAX;

fn dsmr5(size: (u16, u16)) -> State {
    let telegrams = &["v50-iskra-stream-1", "v50-iskra-stream-2"];
    listening(size, Screen::Bench, &Pushed { model: "dsmr5-p1", telegrams, has_keys: false, cut: WHOLE })
}

fn emucs(size: (u16, u16)) -> State {
    let telegrams = &["be-fluvius-171-real"];
    listening(size, Screen::Bench, &Pushed { model: "emucs-p1", telegrams, has_keys: false, cut: WHOLE })
}

fn kaifa(size: (u16, u16)) -> State {
    let telegrams = &["evn-kaifa-ma309-doc"];
    let mut state = listening(
        size,
        Screen::Bench,
        &Pushed { model: "kaifa-ma309", telegrams, has_keys: true, cut: WHOLE },
    );
    keys(&mut state, &["down", "down", "down"]);
    state
}

fn kaifa_without_key(size: (u16, u16)) -> State {
    let telegrams = &["vkw-kaifa-ma309-nokey", "vkw-kaifa-ma309-nokey"];
    listening(size, Screen::Bench, &Pushed { model: "kaifa-ma309", telegrams, has_keys: false, cut: 256 })
}

fn amis(size: (u16, u16)) -> State {
    let telegrams = &["amis-td3511-mode5-doc"];
    listening(size, Screen::Bench, &Pushed { model: "siemens-td3511", telegrams, has_keys: true, cut: WHOLE })
}

fn mbus(size: (u16, u16)) -> State {
    let mut state = amis(size);
    keys(&mut state, &["u", "down"]);
    state
}

fn pushed_readings(size: (u16, u16)) -> State {
    let telegrams = &["v50-iskra-stream-1", "v50-iskra-stream-2"];
    listening(size, Screen::Readings, &Pushed { model: "dsmr5-p1", telegrams, has_keys: false, cut: WHOLE })
}

type Scene = (&'static str, fn((u16, u16)) -> State);

const SCENES: &[Scene] = &[
    ("fresh", fresh),
    ("connect", |size| connected(size, Screen::Connect)),
    ("meter", |size| connected(size, Screen::Meter)),
    ("bench", |size| connected(size, Screen::Bench)),
    ("bench-reply", replied),
    ("bench-silence", silent),
    ("bench-question", asking),
    ("session", |size| in_session(size, Held::Whole)),
    ("session-running", |size| in_session(size, Held::HalfWay)),
    ("session-refused", |size| in_session(size, Held::Refused)),
    ("session-opened", opened),
    ("archive", |size| in_archive(size).0),
    ("archive-read", archived),
    ("bench-question-session", armed),
    ("bench-codes", coded),
    ("writes", written),
    ("telegram-dsmr5", dsmr5),
    ("telegram-emucs", emucs),
    ("telegram-kaifa", kaifa),
    ("telegram-kaifa-no-key", kaifa_without_key),
    ("telegram-key", keyed),
    ("bench-amis", amis),
    ("telegram-mbus", mbus),
    ("readings-pushed", pushed_readings),
    ("trace", damaged),
    ("readings", with_readings),
    ("readings-failed", unread),
    ("help", helped),
    ("prompt", prompted),
];

#[test]
fn every_screen_at_three_sizes() {
    for (scene, make) in SCENES {
        for size in SIZES {
            insta::assert_snapshot!(name(scene, size), text(&make(size)));
        }
    }
}

#[test]
fn damaged_bytes_stand_beside_the_line_and_in_the_state_of_the_link() {
    for size in SIZES {
        for (screen, said) in [(Screen::Trace, "3 parity errors, 1 break"), (Screen::Connect, "damaged   3")]
        {
            let mut state = connected(size, screen);
            let mut status = state.status.clone();
            status.counters.line_errors = LineErrors { parity: 3, framing: 0, breaks: 1 };
            send(&mut state, Message::Traffic(status));
            let shown = text(&state);
            assert!(shown.contains(said), "{size:?}: {shown}");
        }
    }
}

#[test]
fn what_could_not_be_kept_up_with_stands_in_the_header_of_every_screen() {
    for size in SIZES {
        for screen in [Screen::Trace, Screen::Bench, Screen::Connect] {
            let mut state = connected(size, screen);
            let mut status = state.status.clone();
            (status.counters.dropped, status.given_up) = (12_345, 49_152);
            send(&mut state, Message::Traffic(status));
            let shown = text(&state);
            let header: Vec<&str> = shown.lines().take(2).collect();
            assert!(header.join(" ").contains("12 kB dropped"), "{size:?}: {shown}");
        }
    }
}

#[test]
fn a_terminal_that_is_too_small_says_what_is_needed() {
    let shown = text(&connected((59, 15), Screen::Trace));
    assert!(shown.contains("needs 60x16") && shown.contains("is 59x15"), "{shown}");
    text(&connected((1, 1), Screen::Bench));
    text(&connected((0, 0), Screen::Readings));
}

#[test]
fn the_same_in_ascii_has_nothing_but_ascii() {
    let theme = Theme::new(shipped::fallback(), Depth::None, &Glyphs::ASCII);
    for (scene, make) in SCENES {
        let shown = text_of(&drawn_with(&make((120, 36)), &theme));
        let foreign: Vec<char> = shown.chars().filter(|c| !matches!(c, '\n' | ' '..='~')).collect();
        assert!(foreign.is_empty(), "{scene}: {foreign:?}");
    }
}

#[test]
fn the_focused_pane_is_marked_without_colour() {
    for screen in Screen::ALL {
        let shown = text(&connected((120, 36), screen));
        assert!(shown.contains("┏ ▶ "), "{screen:?}");
    }
}

#[test]
fn no_control_or_direction_character_of_a_meter_or_a_port_gets_into_any_cell() {
    for (scene, make) in SCENES {
        let mut state = make((120, 36));
        state.connect.ports[..].iter_mut().for_each(|port| port.about = "\u{1b}]0;x\u{7}\u{202E}".into());
        state.notice = None;
        for entry in 0..8 {
            state.view.choose(entry);
            send(&mut state, Message::Resize(120, 36));
            let buffer = drawn(&state);
            for cell in buffer.content() {
                let bad = |c: char| {
                    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{200B}'..='\u{200F}')
                };
                assert!(!cell.symbol().chars().any(bad), "{scene}: {:?}", cell.symbol());
            }
        }
    }
}

#[test]
fn a_typed_password_is_never_drawn() {
    let mut state = connected((120, 36), Screen::Meter);
    keys(&mut state, &["tab", "tab"]);
    super::fixture::type_text(&mut state, "sesame77");
    assert!(!text(&state).contains("sesame77"));
    assert!(text(&state).contains("********"));
}

fn keyed(size: (u16, u16)) -> State {
    let mut state = kaifa_without_key(size);
    keys(&mut state, &["K"]);
    super::fixture::type_text(&mut state, "00 01 02 zz");
    keys(&mut state, &["enter"]);
    state
}

/// A console on a link where this one may speak and another master asks.
fn shared(speech: Speech, width: u16) -> State {
    let mut state = replied((width, 24));
    state.status.speech = speech;
    let asks = vec!["13462".to_owned(), "411486".to_owned()];
    state.status.other_master = Some(std::sync::Arc::new(OtherMaster { asks, last: At::ZERO }));
    state
}

fn first_row(state: &State) -> String {
    text(state).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn who_may_speak_is_the_last_word_of_the_header_and_whole_at_every_width() {
    for width in 20..=240 {
        for speech in [Speech::File, Speech::Listening, Speech::ReadsOnly, Speech::Armed] {
            let row = first_row(&shared(speech, width));
            assert!(row.ends_with(&format!(" {}", speech.word())), "{width}: {row}");
        }
        let mut armed = shared(Speech::ReadsOnly, width);
        keys(&mut armed, &["w"]);
        let row = first_row(&armed);
        assert!(row.ends_with(" ARMED 60 s"), "{width}: {row}");
    }
}

#[test]
fn another_master_stands_before_it_where_there_is_room() {
    for width in [40, 80, 120, 200] {
        let row = first_row(&shared(Speech::ReadsOnly, width));
        assert!(row.ends_with("other master  READS ONLY"), "{width}: {row}");
    }
}

#[test]
fn the_question_on_a_line_with_another_master_says_who_is_asked_and_both_keys() {
    let mut state = shared(Speech::Listening, 120);
    keys(&mut state, &["enter"]);
    let question = "Another master asks on this line (13462, 411486). Requests can collide. \
                    y: send all the same  Esc: listen";
    assert!(text(&state).contains(question), "{}", text(&state));
    for width in [80, 60] {
        let mut state = shared(Speech::Listening, width);
        keys(&mut state, &["enter"]);
        assert!(text(&state).contains("y: send all the same  Esc: listen"), "{}", text(&state));
    }
}

#[test]
fn drawing_changes_nothing_and_is_the_same_twice() {
    let state = replied((120, 36));
    assert_eq!(drawn(&state), drawn(&state));
}

#[test]
fn a_terminal_without_room_is_drawn_in_every_scene() {
    for scene in SCENES {
        let mut state = (scene.1)((120, 36));
        send(&mut state, Message::Resize(0, 0));
        drawn(&state);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_size_and_no_keys_make_it_panic(
        width in 0u16..220,
        height in 0u16..70,
        scene in 0..SCENES.len(),
        pressed in proptest::collection::vec(0usize..26, 0..12),
    ) {
        const KEYS: [&str; 26] = [
            "up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift-tab", "enter",
            "esc", "z", "/", "?", ":", "1", "2", "3", "4", "5", "x", "space", "y", "L", "backspace",
        ];
        let mut state = (SCENES[scene].1)((120, 36));
        send(&mut state, Message::Resize(width, height));
        for index in pressed {
            send(&mut state, key(KEYS[index]));
            drawn(&state);
        }
        drawn(&state);
    }
}

#[test]
fn a_password_inside_a_frame_is_masked_wherever_the_frame_is_shown_until_it_is_revealed() {
    let mut state = connected((120, 36), Screen::Meter);
    super::update::start(&mut state, None, Some(("energomera-ce102".into(), "123".into())));
    *state.meter.password.input_mut() = "1145324612".into();
    state.screen = Screen::Bench;
    super::update::start(&mut state, None, Some(("energomera-ce102".into(), "124".into())));
    send(&mut state, Message::Resize(120, 36));
    let password = state.profile().and_then(|profile| profile.password).expect("given");
    let drafted = state.bench.draft.bytes().to_vec();
    let at = drafted.windows(4).position(|run| run == [0x44, 0x44, 0x44, 0x44]);
    assert!(
        at.is_some(),
        "{:02X?} of {} characters is in {drafted:02X?}",
        password.reveal(),
        password.reveal().len()
    );
    assert!(!text(&state).contains("44 44 44 44"));
    keys(&mut state, &["v"]);
    assert!(text(&state).contains("44 44 44 44"));
    keys(&mut state, &["down", "up"]);
    assert!(!text(&state).contains("44 44 44 44"), "for the moment only");
}
