//! Damaged bytes as the system marks them, and bytes that look like such marks.

use meterscope::link::{Clock, LinkCommand, LinkEvent, ListenLink, serial};
use meterscope::protocol::LineSettings;
use rstest::rstest;
use rustix::termios::InputModes;
use tokio::sync::mpsc::Receiver;

use super::adapter::Adapter;
use super::{LINE, next, opened, send};

/// What looks like the marks the system makes of damaged bytes, and like a doubled FF.
const LIKE_MARKS: &[u8] = &[0xFF, 0xFF, 0x00, 0xFF, 0x00, 0x00, 0xFF, 0x00, 0x41, 0xFF];

/// Takes so many bytes, of which none is damaged.
async fn received_undamaged(events: &mut Receiver<LinkEvent>, count: usize) -> Vec<u8> {
    let mut taken = Vec::new();
    while taken.len() < count {
        match next(events).await {
            LinkEvent::Received { bytes, damage, .. } => {
                assert_eq!(damage, []);
                taken.extend(bytes);
            }
            LinkEvent::Sent { .. } => {}
            other => panic!("bytes were expected: {other:?}"),
        }
    }
    taken
}

#[rstest]
#[case::at_once(10)]
#[case::in_threes(3)]
#[case::in_pairs(2)]
#[case::one_by_one(1)]
#[tokio::test]
async fn bytes_that_look_like_marks_of_damage_pass_a_serial_port_both_ways(#[case] chunk: usize) {
    let mut adapter = Adapter::plugged();
    let mut link = serial::open(adapter.name(), LINE, Clock::start()).unwrap();
    opened(&mut link.events).await;
    for chunk in LIKE_MARKS.chunks(chunk) {
        adapter.write(chunk).await;
        assert_eq!(received_undamaged(&mut link.events, chunk.len()).await, chunk);
        send(&link, chunk);
        assert_eq!(adapter.read(chunk.len()).await, chunk);
    }
}

#[rstest]
#[case::at_once(10)]
#[case::in_threes(3)]
#[case::one_by_one(1)]
#[tokio::test]
async fn bytes_that_look_like_marks_of_damage_are_heard_as_they_are(#[case] chunk: usize) {
    let mut adapter = Adapter::plugged();
    let ListenLink { mut events, .. } = serial::open_listening(adapter.name(), LINE, Clock::start()).unwrap();
    opened(&mut events).await;
    for chunk in LIKE_MARKS.chunks(chunk) {
        adapter.write(chunk).await;
        assert_eq!(received_undamaged(&mut events, chunk.len()).await, chunk);
    }
}

#[tokio::test]
async fn a_serial_port_is_asked_to_mark_damaged_bytes_and_goes_on_when_the_line_changes() {
    let adapter = Adapter::plugged();
    let mut link = serial::open(adapter.name(), LINE, Clock::start()).unwrap();
    opened(&mut link.events).await;
    let marks = InputModes::PARMRK | InputModes::INPCK;
    assert!(adapter.input_modes().contains(marks));
    link.commands.send(LinkCommand::SetLine(LineSettings::n81(300))).unwrap();
    assert!(matches!(next(&mut link.events).await, LinkEvent::LineSet { .. }));
    let modes = adapter.input_modes();
    assert!(modes.contains(marks) && !modes.contains(InputModes::IGNPAR));
}
