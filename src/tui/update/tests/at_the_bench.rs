use super::*;

#[test]
fn a_request_that_reads_is_sent_at_once_and_its_reply_is_shown() {
    let mut state = connected(SIZE, Screen::Bench);
    let effects = keys(&mut state, &["enter"]);
    let job = job_of(&effects).expect("sent");
    assert_eq!(state.bench.outcome, Outcome::Waiting);
    let answered = JobEvent::Answered { index: 0, result: Ok(()), request: Some(1), reply: Some(2) };
    send(&mut state, Message::Job(job, answered));
    send(&mut state, Message::Job(job, JobEvent::Finished));
    assert_eq!(state.bench.outcome, Outcome::Answered { latency: Some(Duration::from_millis(56)) });
    let shown = state.bench.reply.shown.as_ref().unwrap();
    assert_eq!(shown.verdict, Verdict::Good);
    keys(&mut state, &["t"]);
    assert_eq!((state.screen, state.view.at), (Screen::Trace, 2));
}

#[test]
fn without_a_link_or_a_meter_it_says_what_is_missing() {
    let mut state = fresh(SIZE);
    assert!(!sends(&keys(&mut state, &["3", "enter"])));
    assert!(notice(&state).contains("choose a meter first"));
    start(&mut state, None, Some(("mercury-200".into(), "1".into())));
    assert!(!sends(&keys(&mut state, &["enter"])));
    assert!(notice(&state).contains("no link is open"));
}

#[test]
fn where_the_search_finds_no_command_it_says_so_and_sends_nothing() {
    let mut state = fresh(SIZE);
    start(&mut state, None, Some(("mercury-200".into(), "1".into())));
    assert!(!sends(&keys(&mut state, &["3", "/", "q", "q", "enter", "enter"])));
    assert!(notice(&state).contains("no command is chosen"), "{}", notice(&state));
}

#[test]
fn a_command_that_writes_is_sent_only_when_armed_and_after_the_end_of_the_address_was_typed() {
    let mut state = connected(SIZE, Screen::Bench);
    choose_write(&mut state);
    assert!(!sends(&keys(&mut state, &["enter"])));
    assert!(!sends(&keys(&mut state, &["enter", "1", "4", "8", "6", "enter"])), "reads only");
    assert!(notice(&state).contains("arm it first"));
    keys(&mut state, &["w"]);
    assert!(!sends(&keys(&mut state, &["enter", "enter"])), "Enter by accident");
    type_text(&mut state, "1485");
    assert!(!sends(&keys(&mut state, &["enter"])), "another meter");
    assert!(notice(&state).contains("not sent"));
    type_text(&mut state, "1486");
    let effects = keys(&mut state, &["enter"]);
    let job = job_of(&effects).expect("sent");
    assert!(errand_of(&effects).unwrap().is_permitted());
    assert!(state.jobs.is_armed() && state.popup.is_none() && !state.arming.is_armed());
    send(&mut state, Message::Job(job, JobEvent::Finished));
    assert!(!state.jobs.is_armed(), "armed for one request only");
    assert!(!sends(&keys(&mut state, &["enter"])), "asked again");
}

#[test]
fn the_question_shows_the_exact_bytes_and_escape_sends_nothing() {
    let mut state = connected(SIZE, Screen::Bench);
    choose_write(&mut state);
    keys(&mut state, &["enter"]);
    let drafted = crate::frame::hex::spaced(state.bench.draft.bytes());
    let Some(Popup::Arm(question)) = &state.popup else { panic!("no question") };
    let shown: Vec<&str> = question.frames.iter().map(|frame| frame.hex.as_str()).collect();
    assert_eq!(shown, [drafted]);
    keys(&mut state, &["w"]);
    type_text(&mut state, "1486");
    assert!(!sends(&keys(&mut state, &["esc"])));
    assert!(state.popup.is_none() && !state.jobs.is_armed());
}

#[test]
fn only_reading_requests_are_repeated_and_the_next_one_waits_for_the_last() {
    let mut state = connected(SIZE, Screen::Bench);
    let job = job_of(&keys(&mut state, &["r"])).expect("sent");
    assert_eq!(state.due(), None, "the first is still under way");
    send(&mut state, Message::Job(job, JobEvent::Finished));
    let due = state.due().expect("the next one");
    let tick = Message::Tick(Moment { at: due, wall: later(40) });
    assert!(sends(&send(&mut state, tick)));
    keys(&mut state, &["r"]);
    assert_eq!(state.bench.repeat, None);
    choose_write(&mut state);
    assert!(!sends(&keys(&mut state, &["r"])));
}

#[test]
fn pinning_adds_and_removes_a_request_but_never_one_that_writes() {
    let mut state = connected(SIZE, Screen::Bench);
    let before = state.bench.pinned.clone();
    choose_write(&mut state);
    keys(&mut state, &["p"]);
    assert_eq!(state.bench.pinned, before);
    choose_command(&mut state, Access::Read);
    keys(&mut state, &["p"]);
    assert_ne!(state.bench.pinned, before);
    keys(&mut state, &["p"]);
    assert_eq!(state.bench.pinned.len(), before.len());
}

#[test]
fn raw_mode_mixes_text_and_bytes_and_unknown_bytes_are_asked_about() {
    let mut state = connected(SIZE, Screen::Bench);
    keys(&mut state, &["x"]);
    type_text(&mut state, "\"hi!\" 0D 0A");
    assert_eq!(state.bench.draft.bytes(), b"hi!\r\n");
    assert!(!sends(&keys(&mut state, &["enter"])));
    assert!(matches!(state.popup, Some(Popup::Arm(_))));
    keys(&mut state, &["esc", "esc"]);
    assert_eq!(state.bench.mode, Mode::Command);
}

#[test]
fn raw_bytes_that_read_are_sent_with_the_meters_checksum_behind_them() {
    let mut state = connected(SIZE, Screen::Bench);
    keys(&mut state, &["x"]);
    type_text(&mut state, "00 06 47 5E 27 +crc");
    let effects = keys(&mut state, &["enter"]);
    let errand = errand_of(&effects).unwrap();
    assert!(!errand.is_permitted());
    assert_eq!(crate::frame::hex::spaced(errand.bytes().unwrap()), "00 06 47 5E 27 EC E7");
    keys(&mut state, &["esc", "x"]);
    state.bench.raw = "00 0G".into();
    bench::redraft(&mut state);
    assert!(matches!(&state.bench.draft, Draft::Unfit(why) if why.contains("character")));
}

#[test]
fn silence_is_explained_with_what_to_look_at() {
    let mut state = connected(SIZE, Screen::Bench);
    let job = job_of(&keys(&mut state, &["enter"])).unwrap();
    let fault = Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };
    let result = Err(Failure { step: "Energy", fault });
    send(
        &mut state,
        Message::Job(job, JobEvent::Answered { index: 0, result, request: Some(1), reply: None }),
    );
    let Outcome::Failed { headline, advice } = &state.bench.outcome else { panic!() };
    assert!(headline.starts_with("No answer from Mercury 200"), "{headline}");
    assert!(advice[0].starts_with("Sent 3 × 7 bytes at 9600 8N1"), "{advice:?}");
    assert!(advice.iter().any(|line| line.starts_with(" 1  ")));
}

#[test]
fn what_is_waited_for_can_be_stopped() {
    let mut state = connected(SIZE, Screen::Bench);
    let job = job_of(&keys(&mut state, &["enter"])).unwrap();
    let effects = keys(&mut state, &["c"]);
    assert!(matches!(effects.as_slice(), [Effect::Bus(Intent::Cancel(stopped))] if *stopped == job));
}

#[test]
fn traffic_moves_neither_the_choice_nor_the_reply() {
    let mut state = connected(SIZE, Screen::Bench);
    let job = job_of(&keys(&mut state, &["enter"])).unwrap();
    let answered = JobEvent::Answered { index: 0, result: Ok(()), request: Some(1), reply: Some(2) };
    send(&mut state, Message::Job(job, answered));
    keys(&mut state, &["tab", "tab", "right", "right"]);
    let before = (state.bench.reply.byte, state.bench.picker.at, state.pane());
    send(&mut state, Message::Traffic(Status::default()));
    assert_eq!((state.bench.reply.byte, state.bench.picker.at, state.pane()), before);
}

#[test]
fn one_begins_on_the_first_everyday_command_never_on_one_that_writes() {
    for model in crate::meter::MODELS {
        let mut state = fresh(SIZE);
        let address = if model.address.has_address() { "5" } else { "" };
        start(&mut state, None, Some((model.id.into(), address.into())));
        let command = state.command().unwrap();
        assert_eq!(command.access, Access::Read, "{}", model.id);
        assert_eq!(
            Some(command.id),
            model.default_reads.first().map(|preset| preset.command),
            "{}",
            model.id
        );
    }
}

#[test]
fn a_key_makes_everything_be_read_twice_and_compared() {
    let mut state = connected(SIZE, Screen::Bench);
    let twice = |effects: Vec<Effect>| {
        errand_of(&effects).and_then(Errand::asked).is_some_and(|plan| plan.options.read_twice)
    };
    assert!(!twice(keys(&mut state, &["enter"])));
    assert!(twice(keys(&mut state, &["d", "enter"])));
    assert!(!twice(keys(&mut state, &["d", "enter"])));
}

#[test]
fn a_reply_to_an_earlier_request_does_not_stand_under_a_failure() {
    let mut state = connected(SIZE, Screen::Bench);
    let job = job_of(&keys(&mut state, &["enter"])).unwrap();
    let answered = JobEvent::Answered { index: 0, result: Ok(()), request: Some(1), reply: Some(2) };
    send(&mut state, Message::Job(job, answered));
    assert!(state.bench.reply.shown.is_some());
    let fault = Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };
    let result = Err(Failure { step: "Energy", fault });
    let silent = JobEvent::Answered { index: 0, result, request: Some(6), reply: None };
    send(&mut state, Message::Job(job, silent));
    assert!(state.bench.reply.shown.is_none());
}

#[test]
fn a_session_is_armed_for_one_command_for_a_minute_and_not_for_another_meter() {
    let mut state = connected(SIZE, Screen::Bench);
    keys(&mut state, &["w"]);
    assert!(state.arming.is_armed() && state.shows_time());
    keys(&mut state, &["w"]);
    assert!(!state.arming.is_armed());
    keys(&mut state, &["w"]);
    let until = state.due().expect("the end of it");
    send(&mut state, Message::Tick(Moment { at: until, wall: later(80) }));
    assert!(!state.arming.is_armed() && notice(&state).contains("reads only again"));
    keys(&mut state, &["w"]);
    start(&mut state, None, Some(("mercury-200".into(), "7".into())));
    assert!(!state.arming.is_armed());
}

/// At a NEVA with an address, on its bench.
fn at_a_neva() -> State {
    let mut state = connected(SIZE, Screen::Bench);
    start(&mut state, None, Some(("neva-mt324".into(), "00000201".into())));
    send(&mut state, Message::Resize(SIZE.0, SIZE.1));
    state
}

fn ask(state: &mut State, what: &str) {
    keys(state, &[":"]);
    type_text(state, &format!("ask {what}"));
    keys(state, &["enter", "enter"]);
}

#[test]
fn a_session_that_writes_shows_all_its_frames_and_explains_the_one_that_writes() {
    let mut state = at_a_neva();
    ask(&mut state, "set-name value=CELLAR");
    let Some(Popup::Arm(question)) = &state.popup else { panic!("no question") };
    let changing: Vec<&str> =
        question.frames.iter().filter(|frame| frame.changes).map(|frame| frame.hex.as_str()).collect();
    let name = "01 57 31 02 36 30 30 31 30 41 46 46 28 43 45 4C 4C 41 52 29 03 05";
    assert_eq!(changing, [name]);
    assert_eq!(question.frames.len(), 5, "sign-on, select, password, write, sign-off");
    assert!(question.frames[2].hex.contains("28 30 30 30 30 30 30 30 30 29"), "no secret: all zeros");
    assert_eq!(crate::frame::hex::spaced(state.bench.draft.bytes()), name);
}

#[test]
fn a_relay_wants_its_name_or_the_whole_address() {
    let mut state = at_a_neva();
    ask(&mut state, "relay state=off");
    keys(&mut state, &["w"]);
    for wrong in ["0201", "yes", ""] {
        type_text(&mut state, wrong);
        assert!(!sends(&keys(&mut state, &["enter"])), "{wrong}");
    }
    assert!(notice(&state).contains("relay, or the whole address 00000201"));
    type_text(&mut state, "relay");
    assert!(sends(&keys(&mut state, &["enter"])));
}

#[test]
fn a_new_password_is_masked_in_the_question_that_shows_the_exact_bytes() {
    let mut state = at_a_neva();
    ask(&mut state, "set-password password=31415926");
    let Some(Popup::Arm(question)) = &state.popup else { panic!("no question") };
    let all: String = question.frames.iter().map(|frame| frame.hex.clone() + &frame.meaning).collect();
    assert!(!all.contains("33 31 34") && !all.contains("31415926"), "{all}");
    assert!(all.contains("28 ** ** ** ** ** ** ** ** 29"), "{all}");
}

#[test]
fn what_was_written_is_read_and_shown() {
    let mut state = connected(SIZE, Screen::Bench);
    let effects = keys(&mut state, &["W"]);
    assert!(matches!(effects.as_slice(), [Effect::ReadWrites(None)]));
    send(&mut state, Message::Writes(Vec::new()));
    assert!(matches!(state.popup, Some(Popup::Writes(..))));
    keys(&mut state, &["down", "esc"]);
    assert!(state.popup.is_none());
}
