//! The search for the line, on the simulated bus in paused time: what a meter on other settings sends is misheard.

mod going_first;

use std::time::Duration;

use tokio::time::timeout;

use super::*;
use crate::meter;
use crate::protocol::dsmr_p1::{FAST, SLOW};
use crate::protocol::{Dialect, Finding, registry};

const E81: LineSettings = LineSettings::e81(2400);
const N81: LineSettings = LineSettings::n81(9600);

fn decoder(protocol: &str) -> Option<Decoder> {
    Some(Decoder { family: registry::family(protocol)?, dialect: Dialect::default() })
}

/// Opens the simulated bus with this meter on it.
fn open(name: &str, role: Role, line: LineSettings, meter: &str, protocol: &str) -> Session {
    open_here(Opening {
        name: name.parse().unwrap(),
        role,
        line,
        decoder: decoder(protocol),
        recording: Recording::None,
        keys: Vec::new(),
        zone: None,
        simulation: Simulation { model: meter::model(meter).ok(), ..Simulation::default() },
        standing: Standing::default(),
        before: None,
    })
}

/// What is found within some minutes, up to the end of the search.
async fn findings(session: &mut Session) -> Vec<Finding> {
    let mut found = Vec::new();
    let _ = timeout(Duration::from_secs(300), async {
        while !matches!(found.last(), Some(Finding::Found(_) | Finding::GivenUp(_))) {
            match session.events.recv().await {
                Some(BusEvent::Line(finding)) => found.push(finding),
                Some(_) => {}
                None => break,
            }
        }
    })
    .await;
    found
}

/// The settings that were tried, in order.
fn tried(found: &[Finding]) -> Vec<LineSettings> {
    found.iter().filter_map(|finding| finding.line()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_p1_meter_is_found_at_the_other_speed_from_what_its_bytes_look_like() {
    for (meter, from, to) in [("dsmr2-p1", FAST, SLOW), ("dsmr5-p1", SLOW, FAST)] {
        for role in [Role::Listen, Role::Talk] {
            let mut session = open("sim:", role, from, meter, "dsmr-p1");
            let found = findings(&mut session).await;
            assert_eq!((tried(&found), found.last()), (vec![to], Some(&Finding::Found(to))), "{meter}");
            let status = session.status.borrow().clone();
            assert_eq!((status.line, status.is_searching), (Some(to), false));
            assert_eq!(status.counters.bytes_out, 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_meter_of_which_nothing_is_known_is_found_by_turns() {
    let mut session = open("sim:", Role::Listen, N81, "kaifa-ma309", "");
    let found = findings(&mut session).await;
    assert_eq!((tried(&found), found.last()), (vec![FAST, SLOW, E81], Some(&Finding::Found(E81))));
    let mut session = open("sim:", Role::Listen, FAST, "dsmr2-p1", "");
    let found = findings(&mut session).await;
    // Zeros first, then even parity.
    assert_eq!((tried(&found), found.last()), (vec![N81, SLOW], Some(&Finding::Found(SLOW))));
}

#[tokio::test(start_paused = true)]
async fn what_was_found_stands_in_the_trace() {
    let mut session = open("sim:", Role::Listen, FAST, "dsmr2-p1", "dsmr-p1");
    findings(&mut session).await;
    let trace = session.trace.lock();
    let mark = |number| trace.mark_of(&trace.entry(number)?).map(ToString::to_string);
    let marks: Vec<String> = (0..trace.len()).filter_map(mark).collect();
    let said = "looks like 9600 7E1 read at 115200 8N1 (only zeros); set to 9600 7E1";
    assert!(marks.iter().any(|mark| mark == said), "{marks:?}");
    assert!(marks.iter().any(|mark| mark == "the bytes make sense at 9600 7E1"), "{marks:?}");
}

#[tokio::test(start_paused = true)]
async fn a_line_that_somebody_has_chosen_is_kept() {
    for role in [Role::Listen, Role::Talk] {
        let mut session = open("sim:?line=115200-8N1", role, FAST, "dsmr2-p1", "dsmr-p1");
        assert_eq!(findings(&mut session).await, []);
        let status = session.status.borrow().clone();
        assert_eq!((status.line, status.is_searching), (Some(FAST), false));
        assert!(status.counters.noise_bytes > 0);
    }
    let mut session = open("sim:", Role::Talk, FAST, "dsmr2-p1", "dsmr-p1");
    session.send(Intent::SetLine(FAST));
    assert_eq!(findings(&mut session).await, []);
}

#[tokio::test(start_paused = true)]
async fn the_right_line_is_never_left() {
    for (meter, line) in [("dsmr2-p1", SLOW), ("dsmr5-p1", FAST), ("kaifa-ma309", E81)] {
        let protocol = meter::model(meter).unwrap().protocol.id();
        for protocol in [protocol, ""] {
            let mut session = open("sim:", Role::Listen, line, meter, protocol);
            assert_eq!(findings(&mut session).await, [], "{meter} as {protocol}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_line_of_a_meter_that_has_to_be_asked_is_not_searched_for() {
    let session = open("sim:", Role::Listen, N81, "dsmr2-p1", "mercury200");
    let mut status = session.status.clone();
    let heard = status.wait_for(|status| status.counters.noise_bytes > 0).await.unwrap().clone();
    assert!(!heard.is_searching);
}
