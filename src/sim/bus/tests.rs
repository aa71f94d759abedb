//! The simulated bus in its own time.

use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::sim::toy::{Toy, after_sending, all_events, arrivals, meter, received, request, sent};

const L9600: LineSettings = LineSettings::n81(9600);
const REPLY: [u8; 18] = [0xC0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0xC0];

fn bus_of(toys: Vec<Toy>) -> SimBus {
    SimBus::new(toys.into_iter().map(|toy| meter(toy, L9600)).collect())
}

fn faults(specs: &[&str]) -> Faults {
    Faults::parse(specs, 1).unwrap()
}

/// Opens and lets the opening go by.
async fn opened(bus: SimBus) -> Link {
    let mut link = bus.open(Clock::of_tests());
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Opened { .. })));
    link
}

#[tokio::test(start_paused = true)]
async fn four_exchanges_cost_wire_time_and_latency_to_the_nanosecond() {
    let mut link = opened(bus_of(vec![Toy::new(1, 40, &REPLY)])).await;
    let mut last = At::ZERO;
    for _ in 0..4 {
        link.commands.send(LinkCommand::Send(request(1, 1, 17))).unwrap();
        let mut count = 0;
        while count < REPLY.len() {
            if let Some(LinkEvent::Received { bytes, at, .. }) = link.events.recv().await {
                count += bytes.len();
                last = at;
            }
        }
    }
    // 4 x (17 + 18) characters of 10 bits at 9600: 145.833 ms, the CE307's limit for total and three tariffs.
    let one = L9600.wire_time(17) + Duration::from_millis(40) + L9600.wire_time(18);
    assert_eq!(last.since(At::ZERO), one * 4);
    assert_eq!(last.since(At::ZERO).as_micros(), 145_833 + 160_000);
}

#[tokio::test(start_paused = true)]
async fn sent_is_told_at_the_end_of_the_last_stop_bit_and_the_reply_begins_after_the_latency() {
    let mut link = opened(bus_of(vec![Toy::new(1, 40, &REPLY)])).await;
    let events = after_sending(&mut link, &request(1, 1, 17)).await;
    let end = At::ZERO + L9600.wire_time(17);
    assert_eq!(sent(&events), Some(end));
    assert_eq!(arrivals(&events)[0], (end + Duration::from_millis(40) + L9600.wire_time(1), 1));
    assert_eq!(received(&events), REPLY);
}

#[tokio::test(start_paused = true)]
async fn a_fast_line_does_not_wake_the_reader_for_every_byte() {
    let fast = LineSettings::n81(115_200);
    let bus = SimBus::new(vec![meter(Toy::new(1, 5, &[7; 240]), fast)]);
    let mut link = opened(bus).await;
    let events = after_sending(&mut link, &request(1, 1, 4)).await;
    assert_eq!(arrivals(&events).len(), 20);
    let end = At::ZERO + fast.wire_time(4) + Duration::from_millis(5) + fast.wire_time(240);
    assert_eq!(arrivals(&events).last().map(|(at, _)| *at), Some(end));
}

#[tokio::test(start_paused = true)]
async fn at_full_speed_the_whole_reply_is_there_at_once() {
    let bus = bus_of(vec![Toy::new(1, 400, &REPLY)]).with_speed(Speed::Max);
    let mut link = opened(bus).await;
    let events = after_sending(&mut link, &request(1, 1, 17)).await;
    assert_eq!(sent(&events), Some(At::ZERO));
    assert_eq!(arrivals(&events), [(At::ZERO, 18)]);
}

#[tokio::test(start_paused = true)]
async fn on_other_line_settings_a_meter_neither_hears_nor_answers() {
    let bus = bus_of(vec![Toy::new(1, 40, &REPLY)]).with_line(LineSettings::n81(19_200));
    let mut link = opened(bus).await;
    let events = after_sending(&mut link, &request(1, 1, 17)).await;
    assert!(received(&events).is_empty());
    link.commands.send(LinkCommand::SetLine(L9600)).unwrap();
    let events = after_sending(&mut link, &request(1, 1, 17)).await;
    assert!(matches!(events[0], LinkEvent::LineSet { line: L9600, .. }), "{events:?}");
    assert_eq!(received(&events), REPLY);
}

#[tokio::test(start_paused = true)]
async fn line_settings_change_once_everything_sent_has_left() {
    let mut link = opened(bus_of(vec![Toy::new(1, 40, &REPLY)])).await;
    link.commands.send(LinkCommand::Send(request(9, 1, 17))).unwrap();
    link.commands.send(LinkCommand::SetLine(LineSettings::e71(300))).unwrap();
    let end = At::ZERO + L9600.wire_time(17);
    let set = LinkEvent::LineSet { line: LineSettings::e71(300), at: end };
    assert_eq!(all_events(&mut link).await, [LinkEvent::Sent { at: end }, set]);
}

#[tokio::test(start_paused = true)]
async fn a_meter_changes_its_line_after_it_has_answered() {
    let mut link = opened(bus_of(vec![Toy::new(1, 40, &REPLY)])).await;
    assert_eq!(received(&after_sending(&mut link, &request(1, 2, 4)).await), REPLY);
    assert!(received(&after_sending(&mut link, &request(1, 1, 4)).await).is_empty());
    link.commands.send(LinkCommand::SetLine(LineSettings::n81(2400))).unwrap();
    assert_eq!(received(&after_sending(&mut link, &request(1, 1, 4)).await), REPLY);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_nobody_can_set_goes_along_with_the_meter() {
    let bus = bus_of(vec![Toy::new(1, 40, &REPLY)]);
    let mut shared = bus.open_shared(Clock::of_tests());
    assert!(matches!(shared.link.events.recv().await, Some(LinkEvent::Opened { .. })));
    for command in [2, 1] {
        let events = after_sending(&mut shared.link, &request(1, command, 4)).await;
        assert_eq!(received(&events), REPLY);
    }
}

#[tokio::test(start_paused = true)]
async fn every_meter_answers_to_its_own_address() {
    let mut link = opened(bus_of(vec![Toy::new(1, 40, &[1; 3]), Toy::new(2, 40, &[2; 3])])).await;
    assert_eq!(received(&after_sending(&mut link, &request(2, 1, 4)).await), [2; 3]);
    assert_eq!(received(&after_sending(&mut link, &request(1, 1, 4)).await), [1; 3]);
    assert!(received(&after_sending(&mut link, &request(3, 1, 4)).await).is_empty());
}

#[tokio::test(start_paused = true)]
async fn meters_with_one_address_collide_and_zeros_win() {
    let mut link = opened(bus_of(vec![Toy::new(1, 40, &[0xF0, 0x3C]), Toy::new(1, 41, &[0xCC, 0x55])])).await;
    let events = after_sending(&mut link, &request(1, 1, 4)).await;
    assert_eq!(received(&events), [0xF0, 0x3C & 0xCC, 0x55]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_runs_into_a_reply_is_not_heard() {
    let mut link = opened(bus_of(vec![Toy::new(1, 10, &[1; 200]), Toy::new(2, 10, &[2; 3])])).await;
    link.commands.send(LinkCommand::Send(request(1, 1, 4))).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(received(&after_sending(&mut link, &request(2, 1, 4)).await), [1; 200]);
}

#[tokio::test(start_paused = true)]
async fn meters_tell_the_time_of_their_zone() {
    let origin: Timestamp = "2026-03-01T12:59:58Z".parse().unwrap();
    let zone = TimeZone::fixed(jiff::tz::offset(3));
    let bus = bus_of(vec![Toy::new(1, 40, &REPLY)]).with_zone(zone);
    let mut link = bus.open(Clock::starting_at(origin));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(received(&after_sending(&mut link, &request(1, 3, 4)).await), [16, 0, 1]);
}

#[tokio::test(start_paused = true)]
async fn other_meters_take_the_place_of_those_on_the_wire() {
    let (other, swaps) = tokio::sync::mpsc::unbounded_channel();
    let mut link = opened(bus_of(vec![Toy::new(1, 40, &REPLY)]).with_swaps(swaps)).await;
    other.send(vec![meter(Toy::new(2, 40, &[2; 3]), L9600)]).unwrap();
    assert_eq!(received(&after_sending(&mut link, &request(2, 1, 4)).await), [2; 3]);
    assert!(received(&after_sending(&mut link, &request(1, 1, 4)).await).is_empty());
    drop(other);
    assert_eq!(received(&after_sending(&mut link, &request(2, 1, 4)).await), [2; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_link_says_so_and_ends() {
    let mut link = opened(bus_of(Vec::new())).await;
    link.commands.send(LinkCommand::Close).unwrap();
    assert!(matches!(link.events.recv().await, Some(LinkEvent::Closed { .. })));
    assert_eq!(link.events.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_cannot_command_is_still_told() {
    let link = opened(bus_of(Vec::new()).with_faults(faults(&["idle=1:00/100ms"]))).await;
    let Link { commands, mut events } = link;
    drop(commands);
    assert!(matches!(events.recv().await, Some(LinkEvent::Received { .. })));
}

#[tokio::test(start_paused = true)]
async fn an_unplugged_adapter_comes_back_with_a_meter_that_still_answers() {
    let faults = faults(&["unplug=once:2s@5"]);
    let mut link = opened(bus_of(vec![Toy::new(1, 40, &REPLY)]).with_faults(faults.clone())).await;
    let events = after_sending(&mut link, &request(1, 1, 17)).await;
    let at = At::ZERO + L9600.wire_time(17) + Duration::from_millis(40) + L9600.wire_time(6);
    assert_eq!(received(&events), REPLY[..5]);
    let lost =
        LinkEvent::Lost { why: "the adapter was unplugged".into(), retry_in: Duration::from_secs(2), at };
    assert_eq!(events.last(), Some(&lost));
    let back = link.events.recv().await;
    assert!(matches!(back, Some(LinkEvent::Opened { at: back, .. }) if back == at + Duration::from_secs(2)));
    assert_eq!(received(&after_sending(&mut link, &request(1, 1, 17)).await), REPLY);
    assert_eq!(
        faults.log().iter().map(|deed| (deed.kind, deed.position)).collect::<Vec<_>>(),
        [("unplug", 5)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_link_opens_when_its_time_has_come_with_old_bytes_waiting() {
    let bus = bus_of(Vec::new()).with_faults(faults(&["refuse=once:5s", "preload=1:4"]));
    let mut link = bus.open(Clock::of_tests());
    assert!(
        matches!(link.events.recv().await, Some(LinkEvent::Lost { why, .. }) if why == "connection refused")
    );
    let opened = link.events.recv().await;
    assert!(matches!(opened, Some(LinkEvent::Opened { at, .. }) if at == At::from_millis(5000)));
    assert_eq!(received(&all_events(&mut link).await).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_late_reply_comes_after_the_next_one() {
    let bus = bus_of(vec![Toy::new(1, 10, &[1, 1]), Toy::new(2, 10, &[2, 2])]);
    let mut link = opened(bus.with_faults(faults(&["late=once:500ms"]))).await;
    link.commands.send(LinkCommand::Send(request(1, 1, 4))).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(received(&after_sending(&mut link, &request(2, 1, 4)).await), [2, 2, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn an_echo_is_heard_while_the_request_is_on_the_wire() {
    let bus = bus_of(vec![Toy::new(1, 40, &REPLY)]).with_faults(faults(&["echo=1"]));
    let mut link = opened(bus).await;
    let asked = request(1, 1, 17);
    let events = after_sending(&mut link, &asked).await;
    assert_eq!(received(&events), [asked, REPLY.to_vec()].concat());
    assert_eq!(arrivals(&events)[16], (At::ZERO + L9600.wire_time(17), 1));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_split_for_too_long_is_not_understood() {
    for (spec, reply) in [("tx-split=1:4/3ms", &REPLY[..]), ("tx-split=1:4/6ms", &[])] {
        let bus = bus_of(vec![Toy::new(1, 40, &REPLY)]).with_faults(faults(&[spec]));
        let mut link = opened(bus).await;
        assert_eq!(received(&after_sending(&mut link, &request(1, 1, 8)).await), reply, "{spec}");
    }
}

#[tokio::test(start_paused = true)]
async fn faults_can_be_changed_while_it_runs() {
    let faults = Faults::none();
    let mut link = opened(bus_of(vec![Toy::new(1, 40, &REPLY)]).with_faults(faults.clone())).await;
    assert_eq!(received(&after_sending(&mut link, &request(1, 1, 4)).await), REPLY);
    faults.set(vec!["swallow".parse().unwrap()]);
    assert!(received(&after_sending(&mut link, &request(1, 1, 4)).await).is_empty());
    faults.set(Vec::new());
    assert_eq!(received(&after_sending(&mut link, &request(1, 1, 4)).await), REPLY);
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_makes_the_same_faults_and_another_one_others() {
    let specs = ["drop=0.1", "flip=0.2:2", "noise=0.1", "latency=1:1ms..90ms", "truncate=0.3"];
    let mut outcomes = Vec::new();
    for seed in [1, 1, 2] {
        let faults = Faults::parse(&specs, seed).unwrap();
        let bus = bus_of(vec![Toy::new(1, 40, &REPLY)]).with_faults(faults.clone());
        let mut link = opened(bus).await;
        let mut seen = Vec::new();
        for _ in 0..5 {
            seen.push(received(&after_sending(&mut link, &request(1, 1, 4)).await));
        }
        outcomes.push((seen, faults.log()));
    }
    assert!(outcomes[0].1.len() > 10);
    assert_eq!(outcomes[0], outcomes[1]);
    assert_ne!(outcomes[0], outcomes[2]);
}

/// Never content: it wants to be asked again at once, and has nothing to tell.
struct Restless;

impl crate::protocol::Responder for Restless {
    fn receive(&mut self, _: &[u8], _: crate::protocol::Now) {}

    fn poll(&mut self, _: crate::protocol::Now) -> Option<crate::protocol::Output> {
        None
    }

    fn deadline(&self) -> Option<At> {
        Some(At::ZERO)
    }
}

#[tokio::test(start_paused = true)]
async fn a_meter_that_never_rests_does_not_stop_the_bus() {
    for speed in [Speed::Real, Speed::Max] {
        let restless = SimMeter::with_responder("restless", "", L9600, Box::new(Restless));
        let mut bus = bus_of(vec![Toy::new(1, 40, &REPLY)]).with_speed(speed);
        bus.meters.push(restless);
        let mut link = opened(bus).await;
        assert_eq!(received(&after_sending(&mut link, &request(1, 1, 4)).await), REPLY);
    }
}
