//! Which frame answers which.

use super::*;

fn track(tracker: &mut dyn Tracker, number: u32, wire: &[u8], source: Source) -> crate::protocol::Relation {
    tracker.track(crate::protocol::Seen { number, bytes: wire, source, first: At::ZERO, last: At::ZERO })
}

#[test]
fn a_reply_answers_the_last_request_that_it_mirrors() {
    let mut tracker = Ce.tracker(Dialect(0));
    let request = bytes("C0 48 96 34 FD 00 00 00 00 00 D2 01 30 00 00 40 C0");
    let reply = bytes("C0 48 FD 00 96 34 57 01 30 00 09 22 EC 8B 04 00 1B C0");
    let other = bytes("C0 48 FD 00 66 B7 57 01 20 19 21 23 02 19 07 22 1A C0");
    assert_eq!(track(tracker.as_mut(), 4, &request, Source::Requests).direction, Direction::Request);
    let echo = track(tracker.as_mut(), 5, &request, Source::Replies);
    assert_eq!((echo.direction, echo.answers), (Direction::Request, None), "an echo answers nothing");
    assert_eq!(track(tracker.as_mut(), 6, &other, Source::Replies).answers, None);
    let answer = track(tracker.as_mut(), 7, &reply, Source::Replies);
    assert_eq!((answer.answers, answer.dialect), (Some(4), KERNEL10));
    assert_eq!(track(tracker.as_mut(), 8, &reply, Source::Replies).answers, None, "a request has one answer");
}

#[test]
fn the_tracker_keeps_what_the_configuration_and_the_version_tell() {
    let mut tracker = Ce.tracker(Dialect(0));
    let reply = |command, data: &[u8]| {
        Packet { kind: Kind::Reply, to: 253, from: 1, command, data: Data::new(data).unwrap() }.to_wire()
    };
    let version = bytes("C0 48 FD 00 01 00 56 01 00 02 01 06 05 02 10 67 C0");
    assert_eq!(track(tracker.as_mut(), 0, &version, Source::Both).dialect, CLASSIC);
    track(tracker.as_mut(), 1, &reply(0x0101, &[0x02, 0, 0, 0, 0]), Source::Both);
    let energy = reply(0x0130, &[0xEC, 0x8B, 0x04, 0x00]);
    let relation = track(tracker.as_mut(), 2, &energy, Source::Both);
    let context = Context { dialect: relation.dialect, step: relation.step, ..Context::default() };
    assert_eq!(shown(&(&Ce as &dyn Family).dissect(&energy, &context).readings), ["2979.64 kWh"]);
    let picked = Ce.tracker(KERNEL10).track(crate::protocol::Seen {
        number: 0,
        bytes: &version,
        source: Source::Both,
        first: At::ZERO,
        last: At::ZERO,
    });
    assert_eq!(picked.dialect, KERNEL10, "a picked dialect stays");
}
