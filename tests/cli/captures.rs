//! Captures that were damaged, cut, or made by other programs: what is not read is said, with exit code 5.

use super::{Run, file, run};

/// A short session on the simulated bus, to its end.
fn session() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.pcapng");
    let capture = path.to_str().unwrap();
    let read = run(&["read", "sim:", "--model", "energomera-ce307", "serial", "--capture", capture]);
    assert_eq!(read.code, Some(0), "{read:?}");
    std::fs::read(&path).unwrap()
}

fn decode(content: &[u8]) -> Run {
    let (_folder, path) = file("capture.pcapng", content);
    run(&["decode", "--json", "--protocol", "energomera-ce", &path])
}

#[test]
fn a_bit_that_changed_in_a_capture_is_named_or_changes_nothing() {
    let session = session();
    let whole = decode(&session);
    assert_eq!((whole.code, whole.stderr.as_str()), (Some(0), ""));
    // All bits are tried where the reader is tested.
    for bit in (0..session.len() * 8).step_by(173) {
        let mut changed = session.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let found = decode(&changed);
        let is_same = found.code == Some(0) && found.stdout == whole.stdout;
        let is_said = found.code == Some(5) && found.stderr.contains(" at byte ");
        assert!(is_same || is_said, "bit {bit}: {found:?}");
    }
}

#[test]
fn a_capture_that_was_cut_says_so() {
    let session = session();
    for length in (12..session.len()).step_by(37) {
        let found = decode(&session[..length]);
        let is_torn = found.code == Some(5) && found.stderr.contains("is cut off: the file ends after");
        let is_between = found.stderr.contains("does not say that it is complete");
        assert!(is_torn || is_between, "cut to {length}: {found:?}");
    }
}

/// A block of pcapng, little endian.
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = (body.len().next_multiple_of(4) as u32 + 12).to_le_bytes();
    let mut block = [&kind.to_le_bytes()[..], &length, body].concat();
    block.resize(block.len().next_multiple_of(4), 0);
    block.extend(length);
    block
}

/// A capture of another program with packets of one link type.
fn foreign(link_type: u16, packets: &[&[u8]]) -> Vec<u8> {
    let section = [&0x1A2B_3C4D_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xFF; 8]].concat();
    let interface = [&link_type.to_le_bytes()[..], &[0; 6]].concat();
    let packet = |data: &&[u8]| {
        let length = (data.len() as u32).to_le_bytes();
        block(6, &[&[0; 12][..], &length, &length, data].concat())
    };
    let packets: Vec<u8> = packets.iter().flat_map(packet).collect();
    [block(0x0A0D_0D0A, &section), block(1, &interface), packets].concat()
}

#[test]
fn a_capture_of_another_kind_of_link_is_not_called_empty() {
    let (_folder, path) = file("network.pcapng", &foreign(1, &[&[0; 60], &[0; 60]]));
    for arguments in [&["decode", &path][..], &["export", &path], &["export", "--format", "jsonl", &path]] {
        let run = run(arguments);
        assert_eq!(run.code, Some(5), "{run:?}");
        assert!(run.stderr.contains("2 packets are not read: link type 1 (Ethernet)"), "{run:?}");
        assert!(run.stderr.contains("tshark") && !run.stderr.contains("no bytes"), "{run:?}");
    }
}

#[test]
fn a_capture_without_bytes_is_no_success_for_an_export_either() {
    let (_folder, path) = file("empty.pcapng", &foreign(147, &[]));
    for command in ["decode", "export"] {
        let run = run(&[command, &path]);
        assert_eq!(run.code, Some(5), "{run:?}");
        assert!(run.stderr.contains("there are no bytes in it"), "{run:?}");
    }
}

#[test]
fn forms_of_other_programs_are_named_with_what_to_do() {
    for (beginning, name, remedy) in [
        (&b"\xD4\xC3\xB2\xA1\x02\0\x04\0"[..], "a classic pcap capture", "editcap -F pcapng"),
        (b"\x1F\x8B\x08\0\0\0\0\0", "packed with gzip", "unpack it first"),
    ] {
        let (_folder, path) = file("foreign", beginning);
        for command in ["decode", "export"] {
            let run = run(&[command, &path]);
            assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
            assert!(run.stderr.contains(name) && run.stderr.contains(remedy), "{run:?}");
        }
    }
}

#[test]
fn a_damaged_capture_that_is_read_like_a_link_is_said_and_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pushes.pcapng");
    let capture = path.to_str().unwrap();
    let live = run(&["read", "sim:", "--model", "dsmr5-p1", "--capture", capture]);
    assert_eq!(live.code, Some(0), "{live:?}");
    let link = format!("file:{capture}");
    let whole = run(&["read", &link, "--model", "dsmr5-p1"]);
    assert_eq!((whole.code, whole.stderr.as_str()), (Some(0), ""), "{whole:?}");
    let mut content = std::fs::read(&path).unwrap();
    // The last packet says that the capture is complete.
    let last = content.len() - 30;
    content[last] ^= 1;
    std::fs::write(&path, &content).unwrap();
    let damaged = run(&["read", &link, "--model", "dsmr5-p1"]);
    assert_eq!((damaged.code, damaged.stdout), (Some(5), whole.stdout), "{}", damaged.stderr);
    assert!(damaged.stderr.contains("was changed after it was written"), "{}", damaged.stderr);
}
