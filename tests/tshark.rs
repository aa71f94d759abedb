//! Captures are read by tshark as they were meant. Run by `.ci/peers/tshark.sh` where tshark is installed.
#![cfg(test)]

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use meterscope::frame::At;
use meterscope::link::LineError;
use meterscope::protocol::{LineSettings, Relation};
use meterscope::trace::{Capture, Claim, Dir, EntryKind, Mark, Trace};

/// A request that is answered at 300 baud, a change to 9600, a second request that loses the link.
fn write_capture(path: &Path) {
    let origin = Timestamp::new(1_763_700_000, 123_456_789).unwrap();
    let mut trace = Trace::new(origin);
    let line = LineSettings::e71(300);
    trace.capture_to(Capture::to_file(path, "serial:/dev/ttyUSB0", Some(line)).unwrap());
    trace.mark(Mark::Opened(String::new()), At::ZERO);
    trace.record(Dir::Tx, b"/?!\r\n", At::from_millis(1));
    let (way, first, last) = (Dir::Tx, At::from_millis(1), At::from_millis(1));
    let kind = EntryKind::Frame(meterscope::protocol::Integrity::Good);
    let request =
        trace.claim(Claim { way, len: 5, kind, first, last, family: None, relation: Relation::default() });
    trace.left_the_wire(request, At::from_millis(168));
    trace.record(Dir::Rx, b"/TPC", At::from_millis(400));
    trace.record_damaged(LineError::Parity, b"5", At::from_millis(400));
    trace.record_damaged(LineError::Framing, b"N", At::from_millis(400));
    trace.record_damaged(LineError::Break, b"\0", At::from_millis(450));
    trace.mark(Mark::Line(LineSettings::e71(9600)), At::from_millis(500));
    trace.record(Dir::Tx, &[6, 0x30, 0x35, 0x31, 0x0D, 0x0A], At::from_millis(501));
    trace.mark(Mark::Lost("the adapter is gone".to_owned()), At::from_millis(600));
}

fn tshark(file: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("tshark").arg("-r").arg(file).args(arguments).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn tshark_shows_direction_time_bytes_line_and_remarks() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture.pcapng");
    write_capture(&file);
    let fields = [
        "frame.time_epoch",
        "frame.interface_name",
        "frame.interface_description",
        "rtacser.eventtype",
        "frame.packet_flags_direction",
        "data.data",
        "frame.comment",
    ];
    let mut arguments = vec!["-T", "fields", "-E", "separator=|"];
    arguments.extend(fields.iter().flat_map(|field| ["-e", field]));
    let shown = tshark(&file, &arguments).expect("tshark is installed");
    let expected = [
        "1763700000.123456789|serial:/dev/ttyUSB0|300 7E1|0x00|||link open",
        "1763700000.124456789|serial:/dev/ttyUSB0|300 7E1|0x01|0x00000002|2f3f210d0a|",
        "1763700000.291456789|serial:/dev/ttyUSB0|300 7E1|0x03|0x00000002||",
        "1763700000.523456789|serial:/dev/ttyUSB0|300 7E1|0x02|0x00000001|2f545043|",
        "1763700000.523456789|serial:/dev/ttyUSB0|300 7E1|0x08|0x00000001|35|",
        "1763700000.523456789|serial:/dev/ttyUSB0|300 7E1|0x07|0x00000001|4e|",
        "1763700000.573456789|serial:/dev/ttyUSB0|300 7E1|0x09|0x00000001|00|",
        "1763700000.623456789|serial:/dev/ttyUSB0|9600 7E1|0x00|||line set to 9600 7E1",
        "1763700000.624456789|serial:/dev/ttyUSB0|9600 7E1|0x01|0x00000002|063035310d0a|",
        "1763700000.723456789|serial:/dev/ttyUSB0|9600 7E1|0x00|||link lost: the adapter is gone",
        // The recording ended as it should.
        "1763700000.723456789|serial:/dev/ttyUSB0|9600 7E1|0x06|||",
    ];
    let shown: Vec<&str> = shown.lines().collect();
    assert_eq!(shown, expected);
}
