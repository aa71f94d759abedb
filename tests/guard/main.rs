//! The write guard over the whole registry: whatever is put before, behind, around or into a message that reads, no
//! message that writes goes out without permission; and what a catalogue reads by, it lets out.

#![cfg(test)]

mod messages;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use messages::{Composed, composed, recorded, speakers};
use meterscope::frame::hex;
use meterscope::protocol::guard;
use meterscope::protocol::{Access, Decoder, registry};

/// Everything that is known of what can be sent.
struct Known {
    speakers: Vec<Decoder>,
    composed: Vec<Composed>,
    /// Messages that pass for somebody.
    reads: Vec<Vec<u8>>,
    /// Messages that write, by the word of the family that they are of.
    writes: Vec<Vec<u8>>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let (speakers, composed) = (speakers(), composed());
    let mut all: Vec<Vec<u8>> = recorded();
    all.extend(composed.iter().flat_map(|one| one.frames.clone()));
    all.sort_unstable();
    all.dedup();
    let is_write =
        |bytes: &[u8]| speakers.iter().any(|one| one.family.access(bytes, one.dialect) > Some(Access::Read));
    let (writes, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|bytes| is_write(bytes));
    let reads = others.into_iter().filter(|bytes| is_read_by(&speakers, bytes)).collect();
    Known { speakers, composed, reads, writes }
});

fn is_read_by(speakers: &[Decoder], bytes: &[u8]) -> bool {
    speakers.iter().any(|one| one.family.access(bytes, one.dialect) == Some(Access::Read))
}

/// Whether bytes go out without permission, whichever model is chosen or none.
fn passes(bytes: &[u8]) -> bool {
    let by = |one: Option<&Decoder>| guard::access(bytes, one.copied()) == Some(Access::Read);
    // Nobody says read but a family of its own messages.
    is_read_by(&KNOWN.speakers, bytes) && (by(None) || KNOWN.speakers.iter().any(|one| by(Some(one))))
}

/// Says of everything that passes what it is.
fn none_passes<'a>(tries: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> usize {
    let mut count = 0;
    let mut passed = Vec::new();
    for (name, bytes) in tries {
        count += 1;
        if passes(&bytes) {
            passed.push(format!("{name}: {}", hex::spaced(&bytes)));
        }
    }
    let shown = passed.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(passed.is_empty(), "{} of {count} pass without permission:\n{shown}", passed.len());
    count
}

/// One write of each kind: the first of those with one length, one beginning and one end.
fn kinds_of_writes() -> Vec<&'static [u8]> {
    let mut kinds: Vec<&[u8]> = KNOWN.writes.iter().map(Vec::as_slice).collect();
    kinds.sort_by_key(|bytes| (bytes.len(), bytes[0], bytes.last().copied()));
    kinds.dedup_by_key(|bytes| {
        (bytes.len() / 4, bytes[0] >> 4, bytes.last().copied().unwrap_or_default() & 3)
    });
    kinds
}

#[test]
fn there_is_something_to_try() {
    assert!(KNOWN.reads.len() > 300, "{}", KNOWN.reads.len());
    assert!(KNOWN.writes.len() > 150, "{}", KNOWN.writes.len());
    assert!((40..400).contains(&kinds_of_writes().len()), "{}", kinds_of_writes().len());
    for family in registry::FAMILIES {
        let is_asked =
            KNOWN.composed.iter().any(|one| one.speaker.family.id() == family.id() && !one.frames.is_empty());
        let is_heard = KNOWN.reads.iter().any(|bytes| {
            KNOWN.speakers.iter().any(|one| {
                one.family.id() == family.id() && one.family.access(bytes, one.dialect) == Some(Access::Read)
            })
        });
        assert_eq!(is_asked && family.id() != "mbus", is_heard && family.id() != "mbus", "{}", family.id());
    }
}

#[test]
fn whatever_a_catalogue_reads_by_passes_as_typed_with_its_model_and_where_nobody_else_hears_a_write() {
    let mut shared = BTreeSet::new();
    for Composed { speaker, name, access, frames } in &KNOWN.composed {
        if *access != Access::Read {
            let needs = |frame: &Vec<u8>| {
                let spoken = Some(*speaker);
                [None, spoken].iter().all(|spoken| guard::access(frame, *spoken) != Some(Access::Read))
            };
            assert!(frames.iter().any(needs) || frames.is_empty(), "{name}");
            continue;
        }
        for frame in frames {
            let shown = || format!("{name}: {}", hex::spaced(frame));
            assert_eq!(speaker.family.access(frame, speaker.dialect), Some(Access::Read), "{}", shown());
            let with = guard::access(frame, Some(*speaker));
            // The very bytes of a write of another family, or of Modbus, which both have this checksum.
            let others = KNOWN.speakers.iter().filter(|one| one.family.id() != speaker.family.id());
            let is_graver =
                others.map(|one| one.family.access(frame, one.dialect)).max() > Some(Some(Access::Read));
            let is_register_write = frame.len() == 8 && matches!(frame[1], 5 | 6);
            if is_graver || is_register_write {
                assert!(with > Some(Access::Read), "{}", shown());
                shared.insert(name.clone());
                continue;
            }
            assert_eq!(with, Some(Access::Read), "{}", shown());
            let is_graver =
                KNOWN.speakers.iter().any(|one| one.family.access(frame, one.dialect) > Some(Access::Read));
            assert!(is_graver || guard::access(frame, None) == Some(Access::Read), "{}", shown());
        }
    }
    // Memory of a Mercury 230 is asked for by the register write of Modbus; its energy on 1 March by a power limit of a
    // Mercury 200.
    let commands: BTreeSet<&str> = shared.iter().filter_map(|name| name.split(' ').nth(1)).collect();
    assert_eq!(commands.into_iter().collect::<Vec<_>>(), ["energy-at", "memory"], "{shared:?}");
}

#[test]
fn opening_a_channel_with_a_password_that_makes_it_a_write_of_another_family_needs_permission() {
    // A Mercury 230 opened with 111111 is a Mercury 200, number 83 951 873, given the group address 01 01 01 01.
    let open = hex::parse("05 01 01 01 01 01 01 01 01").unwrap();
    let open = sealed("mercury230", &open);
    for speaker in KNOWN.speakers.iter().map(Some).chain([None]) {
        let spoken = speaker.copied();
        assert_ne!(guard::access(&open, spoken), Some(Access::Read), "{speaker:?}");
    }
}

#[test]
fn a_write_behind_or_before_a_read_does_not_pass_with_whatever_between() {
    let writes = kinds_of_writes();
    let fillers: [&[u8]; 10] = [
        b"",
        b"\0",
        b"\r\n",
        b"\xFF\xFF",
        b"\xC0\xC0",
        b"\x06",
        b"!\r\n",
        b"\x7E\x7E\x7E",
        b"\xE5\x16",
        b"\0\0\0\0\0\0\0\0",
    ];
    let mut turn = 0;
    let pairs = KNOWN.reads.iter().flat_map(|read| writes.iter().map(move |write| (read, *write)));
    let tries = pairs.flat_map(|(read, write)| {
        turn += 1;
        let between = fillers[turn % fillers.len()];
        let mut spoilt = read.clone();
        *spoilt.last_mut().unwrap() ^= 1 << (turn % 8);
        [
            ("behind", [read, write].concat()),
            ("before", [write, read].concat()),
            ("behind, something between", [read, between, write].concat()),
            ("before, something between", [write, between, read].concat()),
            ("behind a spoilt one", [&spoilt, write].concat()),
        ]
    });
    assert!(none_passes(tries) > 50_000);
}

#[test]
fn a_write_inside_a_field_that_takes_bytes_does_not_pass() {
    let tries = KNOWN.writes.iter().flat_map(|write| {
        let text = |head: &[u8], tail: &[u8]| [head, write, tail].concat();
        let iec = |head: &[u8], tail: &[u8]| sealed("iec62056-21", &text(head, tail));
        let count = (write.len() + 3) as u8;
        let select = [&[0x68, count, count, 0x68, 0x53, 0xFD, 0x52], &write[..]].concat();
        let sum = select[4..].iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        [
            ("address of a sign-on", text(b"/?", b"!\r\n")),
            ("address of a sign-on, digits before", text(b"/?0", b"!\r\n")),
            (
                "address of a fast read",
                [text(b"/?", b"!").as_slice(), &sealed("iec62056-21", b"\x01R1\x02VOLTA()")].concat(),
            ),
            ("address of a table", text(b"/4", b"!\r\n")),
            ("code of a read", iec(b"\x01R1\x02", b"()")),
            ("argument of a read", iec(b"\x01R1\x02VOLTA(", b")")),
            ("names of a group", iec(b"\x01R1\x02GROUP(", b"())")),
            ("password", iec(b"\x01P1\x02(", b")")),
            ("sign-off", iec(b"\x01B0", b"")),
            ("select", [select.as_slice(), &[sum, 0x16]].concat()),
            ("select without its length", [&[0x68, 0, 0, 0x68, 0x53, 0xFD, 0x52], write.as_slice()].concat()),
            ("long frame", sealed("mbus", &[&[0x08, 0, 0x72], write.as_slice()].concat())),
            ("HDLC", sealed("dlms-hdlc", write)),
            ("content between two marks", sealed("energomera-ce", write)),
            (
                "content with a head",
                sealed(
                    "energomera-ce",
                    &[b"\x48\x96\x34\xFD\0\0\0\0\0\xD0\x01\x30", write.as_slice()].concat(),
                ),
            ),
        ]
    });
    assert!(none_passes(tries) > 2_000);
}

#[test]
fn a_write_that_fits_into_the_password_of_a_channel_does_not_pass() {
    let short = KNOWN.writes.iter().filter(|write| (5..=6).contains(&write.len()));
    let tries = short.flat_map(|write| {
        let room = 6 - write.len();
        (0..=room).map(move |before| {
            let password = [vec![0x31; before], write.clone(), vec![0x31; room - before]].concat();
            ("password of a channel", sealed("mercury230", &[&[5, 1, 2], password.as_slice()].concat()))
        })
    });
    assert!(none_passes(tries) > 10);
}

/// A body made into a message of a family.
fn sealed(family: &str, body: &[u8]) -> Vec<u8> {
    registry::family(family).map_or_else(|| body.to_vec(), |family| family.with_checksum(body))
}

#[test]
fn a_write_with_any_bit_flipped_does_not_pass() {
    let tries = KNOWN.writes.iter().flat_map(|write| {
        (0..write.len() * 8).map(move |bit| {
            let mut flipped = write.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            ("flipped", flipped)
        })
    });
    assert!(none_passes(tries) > 10_000);
}

#[test]
fn messages_that_were_once_taken_for_reads_do_not_pass() {
    let tries = messages::KNOWN_TRICKS.iter().map(|(name, text)| (*name, hex::parse(text).unwrap()));
    assert_eq!(none_passes(tries), messages::KNOWN_TRICKS.len());
    for spelling in [
        "CTIME",
        "ctime",
        " CTIME",
        "0CTIME",
        "cTiMe",
        "00 ctime ",
        "C TIME",
        "C.T.I.M.E",
        "CTIME1",
        "1CTIME",
    ] {
        let bytes = format!("/?{spelling}!\r\n").into_bytes();
        assert!(!passes(&bytes), "{spelling}");
        assert_eq!(guard::access(&bytes, None), Some(Access::Control), "{spelling}");
    }
    for control in 0..0x20u8 {
        assert!(!passes(&[b"/?12", [control].as_slice(), b"34!\r\n"].concat()), "{control:02X}");
    }
}

proptest::proptest! {
    #[test]
    fn two_understood_messages_in_a_row_are_never_weaker_than_the_stronger(
        first in proptest::sample::select(&KNOWN.reads[..]),
        second in proptest::sample::select(&KNOWN.writes[..]),
        speaker in proptest::sample::select(&KNOWN.speakers[..]),
        is_swapped in proptest::bool::ANY,
        is_chosen in proptest::bool::ANY,
    ) {
        let spoken = is_chosen.then_some(speaker);
        let both = if is_swapped { [&second[..], &first].concat() } else { [&first[..], &second].concat() };
        // What is not understood needs permission like a write.
        let grave = |bytes: &[u8]| guard::access(bytes, spoken).unwrap_or(Access::Write);
        proptest::prop_assert!(grave(&both) >= grave(&first).max(grave(&second)), "{}", hex::spaced(&both));
    }

    #[test]
    fn noise_does_not_pass(bytes in proptest::collection::vec(0u8.., 2..60)) {
        proptest::prop_assert!(!passes(&bytes));
    }
}
