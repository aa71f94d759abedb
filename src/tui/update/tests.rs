//! What the console does, as (state, messages) -> (state, effects).

use std::time::Duration;

use super::*;
use crate::bus::{Intent, JobEvent, LinkState, Status};
use crate::frame::{At, Verdict};
use crate::link::Place;
use crate::protocol::{Access, Failure, Fault};
use crate::tui::fixture::{
    choose_write, connected, fresh, job_of, key, keys, later, send, trace, type_text, with_readings,
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

mod going_about {
    use super::*;

    #[test]
    fn digits_show_the_screens_and_tab_goes_round_the_panes() {
        let mut state = fresh(SIZE);
        for (digit, screen) in ["2", "3", "4", "5", "1"].iter().zip([
            Screen::Meter,
            Screen::Bench,
            Screen::Trace,
            Screen::Readings,
            Screen::Connect,
        ]) {
            keys(&mut state, &[digit]);
            assert_eq!(state.screen, screen);
        }
        keys(&mut state, &["tab"]);
        assert_eq!(state.pane(), Pane::LinkEntry);
        keys(&mut state, &["tab", "tab"]);
        assert_eq!(state.pane(), Pane::Links);
        keys(&mut state, &["shift-tab"]);
        assert_eq!(state.pane(), Pane::LineEntry);
    }

    #[test]
    fn letters_are_text_while_typing_and_commands_elsewhere_on_any_layout() {
        let mut state = fresh(SIZE);
        keys(&mut state, &["tab"]);
        type_text(&mut state, "q2й");
        assert_eq!(state.connect.entry.value(), "q2й");
        keys(&mut state, &["esc"]);
        assert_eq!(state.pane(), Pane::Links);
        assert!(quits(&keys(&mut state, &["й"])));
    }

    #[test]
    fn escape_steps_back_and_never_quits() {
        for screen in Screen::ALL {
            let mut state = connected(SIZE, screen);
            assert!(!quits(&keys(&mut state, &["z", "esc", "esc", "esc", "esc"])), "{screen:?}");
            assert!(!state.maximised);
        }
    }

    #[test]
    fn escape_and_a_letter_in_one_lump_are_both() {
        let mut state = fresh(SIZE);
        keys(&mut state, &["?", "alt-4"]);
        assert!(state.popup.is_none());
        assert_eq!(state.screen, Screen::Trace);
    }

    #[test]
    fn ctrl_c_quits_from_everywhere() {
        for names in [&["tab"][..], &[":"], &["?"], &["3"]] {
            let mut state = fresh(SIZE);
            keys(&mut state, names);
            assert!(quits(&keys(&mut state, &["ctrl-c"])), "{names:?}");
        }
    }

    #[test]
    fn quitting_asks_only_when_something_would_be_lost() {
        assert!(quits(&keys(&mut fresh(SIZE), &["q"])));
        let mut state = connected(SIZE, Screen::Trace);
        assert!(!quits(&keys(&mut state, &["q"])));
        assert!(matches!(state.popup, Some(Popup::Quit { .. })));
        assert!(!quits(&keys(&mut state, &["esc"])));
        assert!(quits(&keys(&mut state, &["q", "enter"])));
    }

    #[test]
    fn a_released_key_and_a_key_without_meaning_change_nothing() {
        let mut state = fresh(SIZE);
        let before = state.generation;
        let mut released = crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char('q'));
        released.kind = crossterm::event::KeyEventKind::Release;
        assert!(update(&mut state, Message::Key(released)).is_empty());
        keys(&mut state, &["f9"]);
        assert_eq!(state.generation, before);
    }

    #[test]
    fn configured_keys_are_the_ones_that_work() {
        let mut state = fresh(SIZE);
        state.keymap = Keymap::with([("trace", "f4")]).unwrap();
        keys(&mut state, &["4"]);
        assert_eq!(state.screen, Screen::Connect);
        keys(&mut state, &["f4"]);
        assert_eq!(state.screen, Screen::Trace);
    }

    #[test]
    fn a_second_that_nobody_sees_pass_is_not_drawn() {
        let mut state = connected(SIZE, Screen::Trace);
        let before = state.generation;
        let tick = |seconds| Message::Tick(Moment { at: At::from_millis(30_000), wall: later(seconds) });
        send(&mut state, tick(30));
        assert_eq!((state.generation, state.shows_time(), state.due()), (before, false, None));
        let mut state = with_readings(SIZE);
        let before = state.generation;
        send(&mut state, tick(31));
        assert!(state.shows_time() && state.generation > before);
    }
}

mod connecting {
    use super::*;

    #[test]
    fn a_typed_link_is_opened_with_the_typed_line() {
        let mut state = fresh(SIZE);
        keys(&mut state, &["tab"]);
        type_text(&mut state, "tcp://192.0.2.7:4001");
        keys(&mut state, &["tab"]);
        type_text(&mut state, "2400-8E1");
        let effects = keys(&mut state, &["enter"]);
        let [Effect::Open { name, .. }] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(name.to_string(), "tcp://192.0.2.7:4001?line=2400-8E1");
    }

    #[test]
    fn a_text_that_is_no_link_is_named_and_nothing_is_opened() {
        let mut state = fresh(SIZE);
        keys(&mut state, &["tab"]);
        type_text(&mut state, "nonsense");
        assert!(keys(&mut state, &["enter"]).is_empty());
        assert!(state.connect.complaint.contains("is no link"), "{}", state.connect.complaint);
        type_text(&mut state, "x");
        assert_eq!(state.connect.complaint, "");
    }

    #[test]
    fn once_open_the_bus_is_told_how_to_read_and_the_link_is_remembered() {
        let mut state = fresh(SIZE);
        start(
            &mut state,
            "serial:/dev/ttyUSB0".parse().ok(),
            Some(("mercury-200".into(), "1".into())),
            false,
        );
        assert!(!state.is_connected());
        let open = Status { link: LinkState::Open(String::new()), ..Status::default() };
        let effects = send(&mut state, Message::Traffic(open));
        assert!(matches!(effects[0], Effect::Bus(Intent::Decode(Some(_)))));
        assert!(matches!(effects[1], Effect::Bus(Intent::SetLine(_))));
        let Effect::Remember(_, recent) = &effects[2] else { panic!("{effects:?}") };
        assert_eq!(
            (recent[0].link.as_str(), recent[0].model.as_str()),
            ("serial:/dev/ttyUSB0", "mercury-200")
        );
        assert_eq!(state.screen, Screen::Bench);
    }

    #[test]
    fn a_link_that_cannot_be_opened_leads_back_with_the_reason() {
        let mut state = fresh(SIZE);
        start(&mut state, "serial:/dev/ttyUSB0".parse().ok(), None, false);
        send(&mut state, Message::Opened(crate::trace::SharedTrace::new(trace())));
        send(&mut state, Message::Ended(Some("serial:/dev/ttyUSB0 is busy".into())));
        assert_eq!((state.screen, state.phase.clone()), (Screen::Connect, Phase::None));
        assert!(notice(&state).contains("busy") && state.connect.complaint.contains("busy"));
    }

    #[test]
    fn a_link_is_kept_and_forgotten_by_a_key() {
        let mut state = connected(SIZE, Screen::Connect);
        keys(&mut state, &["s"]);
        assert_eq!(state.connect.saved.len(), 1);
        keys(&mut state, &["down", "down", "delete"]);
        assert!(state.connect.saved.is_empty());
    }
}

mod choosing_a_meter {
    use super::*;

    #[test]
    fn a_serial_number_gives_both_addresses_and_a_key_takes_the_other() {
        let mut state = fresh(SIZE);
        keys(&mut state, &["2", "/"]);
        type_text(&mut state, "mercury 200");
        keys(&mut state, &["enter", "enter"]);
        type_text(&mut state, "11411486");
        let both = state.meter.candidates().unwrap().unwrap();
        assert_eq!(both.len(), 2, "{both:?}");
        let first = state.meter.chosen().unwrap().address;
        keys(&mut state, &["esc", "a"]);
        assert_ne!(state.meter.chosen().unwrap().address, first);
    }

    #[test]
    fn taking_a_meter_pins_its_everyday_set_and_shows_energy_first() {
        let state = connected(SIZE, Screen::Bench);
        assert!(!state.bench.pinned.is_empty());
        assert_eq!(state.command().unwrap().group.title(), "Energy");
    }

    #[test]
    fn an_address_that_cannot_be_sent_is_named() {
        let mut state = fresh(SIZE);
        keys(&mut state, &["2", "tab"]);
        type_text(&mut state, "many");
        keys(&mut state, &["enter"]);
        assert!(state.target.is_none());
        assert!(notice(&state).contains("expected a decimal number"), "{}", notice(&state));
    }
}

mod at_the_bench {
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
        start(&mut state, None, Some(("mercury-200".into(), "1".into())), false);
        assert!(!sends(&keys(&mut state, &["enter"])));
        assert!(notice(&state).contains("no link is open"));
    }

    #[test]
    fn a_command_that_writes_is_sent_only_after_the_end_of_the_address_was_typed() {
        let mut state = connected(SIZE, Screen::Bench);
        choose_command(&mut state, Access::Control);
        assert!(!sends(&keys(&mut state, &["enter"])));
        assert!(!sends(&keys(&mut state, &["enter", "enter"])), "Enter by accident");
        type_text(&mut state, "1485");
        assert!(!sends(&keys(&mut state, &["enter"])), "another meter");
        assert!(notice(&state).contains("not sent"));
        type_text(&mut state, "1486");
        let effects = keys(&mut state, &["enter"]);
        let job = job_of(&effects).expect("sent");
        assert!(state.jobs.is_armed() && state.popup.is_none());
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
        assert_eq!(question.hex, [drafted]);
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
        type_text(&mut state, "\"/?!\" 0D 0A");
        assert_eq!(state.bench.draft.bytes(), b"/?!\r\n");
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
        let Some(Effect::Bus(Intent::SendRaw { bytes, .. })) = effects.first() else { panic!("{effects:?}") };
        assert_eq!(crate::frame::hex::spaced(bytes), "00 06 47 5E 27 EC E7");
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
}

mod in_the_trace {
    use super::*;

    #[test]
    fn a_key_jumps_from_request_to_reply_and_back() {
        let mut state = connected(SIZE, Screen::Trace);
        state.view.choose(1);
        keys(&mut state, &["r"]);
        assert_eq!(state.view.at, 2);
        keys(&mut state, &["r"]);
        assert_eq!(state.view.at, 1);
        state.view.choose(5);
        keys(&mut state, &["r"]);
        assert!(notice(&state).contains("answers nothing"));
    }

    #[test]
    fn search_finds_text_and_bytes_forwards_and_backwards_and_says_when_there_is_none() {
        let mut state = connected(SIZE, Screen::Trace);
        keys(&mut state, &["home", "/"]);
        type_text(&mut state, "1b 5b");
        keys(&mut state, &["enter"]);
        assert_eq!(state.view.at, 5, "the noise holds these bytes");
        keys(&mut state, &["esc", "/"]);
        type_text(&mut state, "expected");
        keys(&mut state, &["enter"]);
        assert_eq!(state.view.at, 4, "the damaged reply, found past the end");
        keys(&mut state, &["esc", "/"]);
        type_text(&mut state, "zebra");
        keys(&mut state, &["enter"]);
        assert_eq!((state.view.at, state.view.found.as_str()), (4, "not found"));
    }

    #[test]
    fn fields_and_bytes_light_each_other() {
        let mut state = connected(SIZE, Screen::Trace);
        state.view.choose(2);
        keys(&mut state, &["enter", "right", "right", "right", "right"]);
        assert_eq!((state.view.detail.byte, state.view.detail.lit().len()), (4, 1));
        keys(&mut state, &["up"]);
        assert_eq!(state.view.detail.lit(), crate::frame::Span::new(0, 4));
    }

    #[test]
    fn the_bytes_are_copied_as_hex() {
        let mut state = connected(SIZE, Screen::Trace);
        state.view.choose(1);
        keys(&mut state, &["enter"]);
        let effects = keys(&mut state, &["y"]);
        assert!(matches!(effects.as_slice(), [Effect::Copy(text)] if text == "00 06 47 5E 27 EC E7"));
    }

    #[test]
    fn freezing_keeps_the_list_and_counts_what_came_since() {
        let mut state = connected(SIZE, Screen::Trace);
        keys(&mut state, &["space"]);
        let (at, shown) = (state.view.at, state.view.shown());
        state.trace.lock().mark(crate::trace::Mark::Step("later"), At::from_millis(2000));
        send(&mut state, Message::Traffic(Status::default()));
        assert_eq!((state.view.at, state.view.shown(), state.view.len), (at, shown, shown + 1));
        keys(&mut state, &["space"]);
        assert_eq!(state.view.at, shown);
    }
}

mod reading_values {
    use super::*;

    #[test]
    fn polling_begins_when_the_values_are_shown_and_waits_the_period_after_each_poll() {
        let mut state = connected(SIZE, Screen::Bench);
        assert_eq!(state.due(), None, "nothing is asked before that");
        keys(&mut state, &["5"]);
        let at = state.due().expect("at once");
        let effects = send(&mut state, Message::Tick(Moment { at, wall: later(21) }));
        let Some(Effect::Bus(Intent::Run { plan, job, .. })) = effects.first() else { panic!("{effects:?}") };
        assert_eq!(plan.requests, state.bench.pinned);
        send(&mut state, Message::Job(*job, JobEvent::Finished));
        assert_eq!(state.due(), Some(state.now.at + state.readings.period));
        keys(&mut state, &["p"]);
        assert_eq!(state.due(), None);
        keys(&mut state, &["4", "5"]);
        assert_eq!(state.due(), None, "what the person has stopped stays stopped");
    }

    #[test]
    fn a_failed_request_is_told_and_the_last_values_stay() {
        let mut state = with_readings(SIZE);
        let known = state.readings.known.len();
        let job = job_of(&keys(&mut state, &["enter"])).unwrap();
        let fault = Fault::NoAnswer { sent: 3, echo: false, noise_bytes: 0 };
        let result = Err(Failure { step: "Energy", fault });
        send(
            &mut state,
            Message::Job(job, JobEvent::Answered { index: 0, result, request: None, reply: None }),
        );
        assert_eq!((state.readings.failed.len(), state.readings.known.len()), (1, known));
        let answered = JobEvent::Answered { index: 0, result: Ok(()), request: None, reply: None };
        send(&mut state, Message::Job(job, answered));
        assert!(state.readings.failed.is_empty());
    }

    #[test]
    fn another_meter_begins_with_an_empty_table() {
        let mut state = with_readings(SIZE);
        start(&mut state, None, Some(("mercury-200".into(), "5".into())), false);
        assert!(state.readings.known.is_empty());
    }
}

mod pasting {
    use super::*;

    #[test]
    fn pasted_text_goes_into_the_field_without_control_characters_and_presses_nothing() {
        let mut state = fresh(SIZE);
        keys(&mut state, &["tab"]);
        let effects = send(&mut state, Message::Paste("tcp://a:1\r\n\u{1b}q".into()));
        assert!(effects.is_empty());
        assert_eq!(state.connect.entry.value(), "tcp://a:1 q");
    }

    #[test]
    fn elsewhere_hex_is_offered_for_decoding_and_nothing_is_sent() {
        let mut state = connected(SIZE, Screen::Bench);
        assert!(send(&mut state, Message::Paste("00 06 47 5E 27 EC E7\n".into())).is_empty());
        assert!(matches!(&state.popup, Some(Popup::Paste(bytes)) if bytes.len() == 7));
        assert!(!sends(&keys(&mut state, &["enter"])));
        let Some(Popup::Decoded(inspector)) = &state.popup else { panic!("not decoded") };
        assert_eq!(inspector.shown.as_ref().unwrap().verdict, Verdict::Good);
        keys(&mut state, &["esc"]);
        send(&mut state, Message::Paste("excellent".into()));
        assert!(state.popup.is_none() && notice(&state).contains("character 2"), "{}", notice(&state));
    }
}

mod prompting {
    use super::*;

    fn command(state: &mut State, text: &str) -> Vec<Effect> {
        keys(state, &[":"]);
        type_text(state, text);
        keys(state, &["enter"])
    }

    #[test]
    fn every_action_and_verb_can_be_typed() {
        let mut state = connected(SIZE, Screen::Bench);
        command(&mut state, "trace");
        assert_eq!(state.screen, Screen::Trace);
        assert!(
            matches!(command(&mut state, "theme light").as_slice(), [Effect::Theme(Some(name))] if name == "light")
        );
        assert!(matches!(command(&mut state, "line 300-7E1").as_slice(), [Effect::Bus(Intent::SetLine(_))]));
        command(&mut state, "goto 2");
        assert_eq!(state.view.at, 2);
        command(&mut state, "goto 99");
        assert!(notice(&state).contains("has 8 entries"), "{}", notice(&state));
        assert!(
            matches!(command(&mut state, "open sim:").as_slice(), [Effect::Open { name, .. }] if name.place == Place::Sim)
        );
    }

    #[test]
    fn tab_completes_and_an_unknown_command_is_named() {
        let mut state = fresh(SIZE);
        keys(&mut state, &[":"]);
        type_text(&mut state, "read");
        keys(&mut state, &["tab", "enter"]);
        assert_eq!(state.screen, Screen::Readings);
        command(&mut state, "frobnicate");
        assert!(notice(&state).contains("unknown command \"frobnicate\""));
    }

    #[test]
    fn a_command_of_the_meter_is_filled_in_but_not_sent() {
        let mut state = connected(SIZE, Screen::Readings);
        let id = state.commands()[0].id;
        assert!(!sends(&command(&mut state, &format!("ask {id}"))));
        assert_eq!((state.screen, state.command().map(|c| c.id)), (Screen::Bench, Some(id)));
        command(&mut state, "ask nothing");
        assert!(notice(&state).contains("no such command"));
    }
}

mod pointing {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

    use super::*;
    use crate::tui::layout::areas;

    fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Message {
        Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
    }

    #[test]
    fn a_click_chooses_and_gives_the_focus_and_never_sends() {
        let mut state = connected(SIZE, Screen::Trace);
        let list = areas(&state).of(Pane::Entries);
        let click = mouse(MouseEventKind::Down(MouseButton::Left), list.x + 5, list.y + 3);
        assert!(send(&mut state, click).is_empty());
        assert_eq!((state.view.at, state.pane()), (2, Pane::Entries));
        let tab = mouse(MouseEventKind::Down(MouseButton::Left), 22, 1);
        send(&mut state, tab);
        assert_eq!(state.screen, Screen::Bench);
        let commands = areas(&state).of(Pane::Commands);
        let click = mouse(MouseEventKind::Down(MouseButton::Left), commands.x + 5, commands.y + 3);
        assert!(send(&mut state, click).is_empty());
    }

    #[test]
    fn the_wheel_moves_what_is_under_it_and_moving_changes_nothing() {
        let mut state = connected(SIZE, Screen::Trace);
        let list = areas(&state).of(Pane::Entries);
        send(&mut state, mouse(MouseEventKind::ScrollUp, list.x + 5, list.y + 3));
        assert_eq!(state.view.at, 4);
        let before = state.generation;
        send(&mut state, mouse(MouseEventKind::Moved, 10, 10));
        assert_eq!(state.generation, before);
    }

    #[test]
    fn a_key_leaves_the_mouse_to_the_terminal() {
        let mut state = fresh(SIZE);
        assert!(matches!(send(&mut state, key("M")).as_slice(), [Effect::Mouse(false)]));
    }
}
