//! What a capture promises, with good and with failing disks.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;
use crate::trace::pcapng::{FlawKind, Packet, Reader, Record, read_all};
use crate::trace::{Paging, Trace};

/// What becomes of the n-th call of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Interrupted,
    Short,
    Full,
    Broken,
    /// A short write, after which neither writing nor cutting works.
    ShortThenBroken,
}

/// Files in memory on a disk that fails at the n-th call, once or for ever.
#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    files: Vec<Vec<u8>>,
    calls: usize,
    fault: Option<(Fault, usize, bool)>,
    size: u64,
    pruned: usize,
    /// Whether no further file can be made.
    no_more: bool,
}

impl State {
    fn fault(&mut self) -> Option<Fault> {
        self.calls += 1;
        let (fault, at, for_ever) = self.fault?;
        let struck = if for_ever { self.calls >= at } else { self.calls == at };
        let struck = struck || (fault == Fault::ShortThenBroken && (at..at + 2).contains(&self.calls));
        struck.then_some(if fault == Fault::ShortThenBroken && self.calls > at {
            Fault::Broken
        } else {
            fault
        })
    }
}

#[derive(Debug)]
struct OnDisk(Disk, usize);

impl Store for OnDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.0.lock().unwrap();
        let taken = match state.fault() {
            Some(Fault::Interrupted) => return Err(io::ErrorKind::Interrupted.into()),
            Some(Fault::Full) => return Err(io::ErrorKind::StorageFull.into()),
            Some(Fault::Broken) => return Err(io::Error::other("I/O error")),
            Some(Fault::Short | Fault::ShortThenBroken) => bytes.len().div_ceil(2),
            None => bytes.len(),
        };
        state.files[self.1].extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let mut state = self.0.0.lock().unwrap();
        if matches!(state.fault(), Some(Fault::Broken)) {
            return Err(io::Error::other("I/O error"));
        }
        state.files[self.1].truncate(length as usize);
        Ok(())
    }

    fn release(&mut self) {}

    fn handle(&self) -> Option<std::fs::File> {
        None
    }
}

impl Rotation for Disk {
    fn create(&mut self, _: Timestamp) -> io::Result<(Box<dyn Store>, PathBuf)> {
        let mut state = self.0.lock().unwrap();
        if state.no_more {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        state.files.push(Vec::new());
        let number = state.files.len() - 1;
        Ok((Box::new(OnDisk(self.clone(), number)), PathBuf::from(number.to_string())))
    }

    fn discard(&mut self, path: &Path) {
        let number: usize = path.to_str().unwrap().parse().unwrap();
        self.0.lock().unwrap().files[number].clear();
    }

    fn limit(&self) -> u64 {
        self.0.lock().unwrap().size
    }

    fn prune(&mut self) {
        let mut state = self.0.lock().unwrap();
        state.pruned += 1;
        let newest = state.files.last().unwrap();
        assert!(
            packets(newest).1.iter().any(|packet| !packet.bytes.is_empty()),
            "pruned before it holds a record"
        );
    }
}

impl Disk {
    fn new(fault: Option<(Fault, usize, bool)>, size: u64) -> Self {
        let disk = Self::default();
        *disk.0.lock().unwrap() = State { fault, size, ..State::default() };
        disk
    }

    fn files(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().files.clone()
    }
}

/// Whether anything was not read as it was written, holes that the file itself names aside, and the packets.
fn packets(file: &[u8]) -> (bool, Vec<Packet>) {
    let Some((packets, flaws)) = read_all(file) else {
        return (!file.is_empty(), Vec::new());
    };
    (flaws.iter().any(|flaw| !matches!(flaw.kind, FlawKind::Hole(_))), packets)
}

fn chunks_of(packets: &[Packet]) -> Vec<(Dir, Vec<u8>)> {
    packets.iter().filter(|p| !p.bytes.is_empty()).map(|p| (p.way, p.bytes.clone())).collect()
}

fn comments(packets: &[Packet]) -> Vec<String> {
    let comments = packets.iter().map(|p| String::from_utf8(p.comment.clone()).unwrap());
    comments.filter(|comment| !comment.is_empty()).collect()
}

fn trace_to(disk: &Disk) -> Trace {
    let mut trace = Trace::with_paging(Timestamp::from_second(1_763_700_000).unwrap(), Paging::default());
    trace.capture_to(Capture::to_place(Box::new(disk.clone()), "sim:", Some(LineSettings::n81(9600))));
    trace
}

/// Twelve chunks, 100 ms apart.
fn record_twelve(trace: &mut Trace) -> Vec<(Dir, Vec<u8>)> {
    let chunks: Vec<_> = (0..12_u8)
        .map(|n| (if n % 2 == 0 { Dir::Tx } else { Dir::Rx }, vec![n; 20 + usize::from(n)]))
        .collect();
    for (n, (way, bytes)) in chunks.iter().enumerate() {
        trace.record(*way, bytes, At::from_millis(n as u64 * 100));
    }
    chunks
}

/// The file being written.
fn running(trace: &Trace) -> Option<PathBuf> {
    match trace.capture_state() {
        CaptureState::Running { path, .. } => Some(path),
        _ => None,
    }
}

#[test]
fn interruptions_and_short_writes_lose_nothing() {
    for fault in [Fault::Interrupted, Fault::Short] {
        for at in 1..30 {
            let disk = Disk::new(Some((fault, at, false)), u64::MAX);
            let mut trace = trace_to(&disk);
            let chunks = record_twelve(&mut trace);
            let (torn, found) = packets(&disk.files()[0]);
            assert_eq!((torn, chunks_of(&found)), (false, chunks), "{fault:?} at call {at}");
            assert!(matches!(trace.capture_state(), CaptureState::Running { .. }));
        }
    }
}

#[test]
fn a_disk_that_fails_once_costs_one_record_and_the_file_says_so() {
    for fault in [Fault::Full, Fault::Broken] {
        for at in 1..=12 {
            let disk = Disk::new(Some((fault, at, false)), u64::MAX);
            let mut trace = trace_to(&disk);
            let chunks = record_twelve(&mut trace);
            let file = disk.files().into_iter().find(|file| !file.is_empty()).unwrap();
            let (torn, found) = packets(&file);
            let found_chunks = chunks_of(&found);
            assert_eq!((torn, found_chunks.len()), (false, 11), "{fault:?} at call {at}");
            assert!(found_chunks.iter().all(|chunk| chunks.contains(chunk)));
            assert!(comments(&found).iter().any(|comment| comment.contains("bytes are missing here")));
            assert!(matches!(trace.capture_state(), CaptureState::Running { .. }), "it goes on");
            let lost =
                chunks.iter().find(|chunk| !found_chunks.contains(chunk)).map_or(0, |(_, bytes)| bytes.len());
            assert_eq!(trace.capture_state().holes(), Holes { count: 1, bytes: lost as u64 });
            assert!(!trace.capture_state().is_whole());
        }
    }
}

#[test]
fn a_disk_that_fails_for_ever_leaves_a_clean_beginning_and_the_trace_goes_on() {
    for fault in [Fault::Full, Fault::Broken] {
        for at in 1..=12 {
            let disk = Disk::new(Some((fault, at, true)), u64::MAX);
            let mut trace = trace_to(&disk);
            let chunks = record_twelve(&mut trace);
            let (torn, found) = packets(&disk.files()[0]);
            let whole = at.saturating_sub(2);
            assert_eq!(
                (torn, chunks_of(&found)),
                (false, chunks[..whole].to_vec()),
                "{fault:?} at call {at}"
            );
            let lost: usize = chunks[whole..].iter().map(|(_, bytes)| bytes.len()).sum();
            let CaptureState::Failed { holes, at: since, kept, .. } = trace.capture_state() else {
                panic!("{:?}", trace.capture_state());
            };
            assert_eq!(
                (holes, since),
                (Holes { count: 1, bytes: lost as u64 }, At::from_millis(whole as u64 * 100))
            );
            assert_eq!(kept + holes.bytes, 12 * 20 + 66, "kept and lost are all there was");
            assert_eq!(
                trace.pending(Dir::Rx) + trace.pending(Dir::Tx),
                12 * 20 + 66,
                "in memory is everything"
            );
        }
    }
}

#[test]
fn a_record_that_stayed_torn_is_cut_before_the_next_one() {
    for at in 1..=12 {
        let disk = Disk::new(Some((Fault::ShortThenBroken, at, false)), u64::MAX);
        let mut trace = trace_to(&disk);
        record_twelve(&mut trace);
        let files = disk.files();
        let (torn, found) = packets(files.iter().rev().find(|file| !file.is_empty()).unwrap());
        assert_eq!((torn, chunks_of(&found).len()), (false, 11), "at call {at}");
    }
}

#[test]
fn a_full_file_is_followed_by_another_that_stands_alone() {
    let disk = Disk::new(None, 400);
    let mut trace = trace_to(&disk);
    trace.mark(Mark::Line(LineSettings::e71(300)), At::ZERO);
    let chunks = record_twelve(&mut trace);
    let files = disk.files();
    assert!(files.len() > 2);
    let mut found = Vec::new();
    for file in &files {
        let mut reader = Reader::new(file.as_slice()).unwrap();
        while let Some(record) = reader.next_record().unwrap() {
            let Record::Packet(packet) = record else { panic!("{record:?}") };
            assert_eq!(reader.interfaces()[packet.interface].line, Some(LineSettings::e71(300)));
            found.push(packet);
        }
    }
    assert_eq!(chunks_of(&found), chunks);
    assert_eq!(disk.0.lock().unwrap().pruned, files.len());
}

#[test]
fn where_no_next_file_can_be_made_the_present_one_grows_and_the_state_says_so() {
    let disk = Disk::new(None, 400);
    let mut trace = trace_to(&disk);
    trace.record(Dir::Rx, &[1; 500], At::ZERO);
    disk.0.lock().unwrap().no_more = true;
    trace.record(Dir::Rx, &[2; 500], At::from_millis(1));
    trace.record(Dir::Rx, &[3; 500], At::from_millis(2));
    let (torn, found) = packets(&disk.files()[0]);
    assert_eq!((torn, chunks_of(&found).len()), (false, 3));
    assert!(matches!(trace.capture_state(), CaptureState::Failed { holes: Holes::NONE, .. }));
    disk.0.lock().unwrap().no_more = false;
    trace.record(Dir::Rx, &vec![4; OVERLENGTH as usize], At::from_millis(3));
    trace.record(Dir::Rx, &[5; 500], At::from_millis(4));
    assert_eq!(running(&trace), Some("1".into()));
}

#[test]
fn a_session_without_traffic_leaves_no_file() {
    let disk = Disk::new(None, u64::MAX);
    let mut trace = trace_to(&disk);
    trace.mark(Mark::Opened("converter".to_owned()), At::ZERO);
    assert_eq!((disk.files().len(), trace.capture_state()), (0, CaptureState::Waiting));
    trace.record(Dir::Rx, b"x", At::from_millis(5));
    let (_, found) = packets(&disk.files()[0]);
    assert_eq!(comments(&found), ["link open: converter"]);
}

#[test]
fn marks_and_line_settings_are_in_the_file() {
    let disk = Disk::new(None, u64::MAX);
    let mut trace = trace_to(&disk);
    trace.record(Dir::Tx, b"a", At::ZERO);
    trace.mark(Mark::Line(LineSettings::e71(300)), At::ZERO);
    trace.record(Dir::Tx, b"b", At::ZERO);
    trace.mark(Mark::Line(LineSettings::n81(9600)), At::ZERO);
    trace.mark(Mark::Lost("gone\u{1b}[2J".to_owned()), At::ZERO);
    trace.record(Dir::Rx, b"c", At::ZERO);
    let file = disk.files().remove(0);
    let (_, found) = packets(&file);
    assert_eq!(
        comments(&found),
        ["line set to 300 7E1", "line set to 9600 8N1", "link lost: gone\\u{1B}[2J"]
    );
    let data: Vec<_> =
        found.iter().filter(|p| !p.bytes.is_empty()).map(|p| (p.interface, &*p.bytes)).collect();
    assert_eq!(data, [(0, &b"a"[..]), (1, b"b"), (0, b"c")]);
}

#[test]
fn a_ring_on_a_real_disk_keeps_its_count() {
    let folder = tempfile::tempdir().unwrap();
    let ring = Ring { folder: folder.path().join("captures"), size: 2000, count: 3 };
    let mut trace = Trace::new(Timestamp::from_second(1_763_700_000).unwrap());
    trace.capture_to(Capture::to_ring(ring.clone(), "sim:", None).unwrap());
    for n in 0..200_u64 {
        trace.record(Dir::Rx, &[n as u8; 100], At::from_millis(n * 50));
    }
    let files = ring.files().unwrap();
    assert_eq!(files.len(), 3);
    assert_eq!(running(&trace), Some(files[2].clone()));
    let CaptureState::Running { bytes, .. } = trace.capture_state() else { panic!("it runs") };
    assert_eq!(bytes, std::fs::metadata(&files[2]).unwrap().len(), "the length is the file's");
    let last = chunks_of(&packets(&std::fs::read(&files[2]).unwrap()).1);
    assert_eq!(last.last(), Some(&(Dir::Rx, vec![199; 100])), "without closing it");
}

#[test]
fn a_capture_never_replaces_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("night.pcapng");
    drop(Capture::to_file(&path, "sim:", None).unwrap());
    assert!(Reader::new(&*std::fs::read(&path).unwrap()).is_ok(), "a capture though nothing came");
    let error = Capture::to_file(&path, "sim:", None).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
}

/// A session with everything that a capture can hold, to its end, with its offsets after each record.
fn session() -> (Vec<u8>, Vec<usize>) {
    let disk = Disk::new(None, u64::MAX);
    let mut trace = trace_to(&disk);
    let mut ends = Vec::new();
    let mut then = |n: u64, act: &mut dyn FnMut(&mut Trace, At)| {
        act(&mut trace, At::from_nanos(n * 1_234_567));
        ends.push(disk.files()[0].len());
    };
    then(0, &mut |trace, at| trace.record(Dir::Tx, b"/?!\r\n", at));
    then(1, &mut |trace, at| {
        trace.mark(Mark::Line(LineSettings::e71(300)), at);
    });
    for n in 2..12 {
        then(n, &mut |trace, at| trace.record(Dir::Rx, &vec![n as u8; n as usize * 3 % 17 + 1], at));
    }
    then(12, &mut |trace, at| trace.record_damaged(LineError::Parity, &[1, 2], at));
    then(13, &mut |trace, at| {
        trace.mark(Mark::Note("an adapter that echoes".to_owned()), at);
    });
    then(14, &mut |trace, at| trace.record(Dir::Tx, b"last", at));
    then(15, &mut |trace, _| trace.end_capture());
    (disk.files().remove(0), ends)
}

#[test]
fn cut_anywhere_the_file_gives_exactly_its_whole_records_and_says_that_it_was_cut() {
    let (file, ends) = session();
    let (all, flaws) = read_all(&file).unwrap();
    assert_eq!(flaws, []);
    for length in 12..file.len() {
        let (found, flaws) = read_all(&file[..length]).unwrap();
        assert_eq!(found, all[..found.len()], "cut to {length}");
        assert!(found.len() >= ends.partition_point(|end| *end <= length), "cut to {length}");
        let mut reader = Reader::new(&file[..length]).unwrap();
        while reader.next_record().unwrap().is_some() {}
        assert!(reader.lacks_its_end() || !flaws.is_empty(), "cut to {length}");
        let is_torn = flaws.iter().any(|flaw| matches!(flaw.kind, FlawKind::CutOff { .. }));
        assert!(is_torn || is_between_blocks(&file, length), "cut to {length}: {flaws:?}");
    }
    let mut reader = Reader::new(&*file).unwrap();
    while reader.next_record().unwrap().is_some() {}
    assert!(!reader.lacks_its_end());
}

fn is_between_blocks(file: &[u8], at: usize) -> bool {
    let mut start = 0;
    while start < at {
        start += u32::from_le_bytes(file[start + 4..start + 8].try_into().unwrap()) as usize;
    }
    start == at
}

#[test]
fn no_bit_of_a_capture_changes_unnoticed_and_none_costs_more_than_its_own_packet() {
    let (file, _) = session();
    let all = read_all(&file).unwrap().0;
    for bit in 0..file.len() * 8 {
        let mut changed = file.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let (found, flaws) = read_all(&changed).expect("it is still known as a capture");
        assert!(found == all || !flaws.is_empty(), "bit {bit} changed something in silence");
        let kept = all.iter().filter(|packet| found.iter().any(|other| other == *packet)).count();
        // Packets of a line whose description was changed are kept without it.
        assert!(kept + 1 >= all.len(), "bit {bit} costs {}: {flaws:?}", all.len() - kept);
        assert!(found.len() <= all.len(), "bit {bit} invents packets");
    }
}

proptest! {
    #[test]
    fn what_was_recorded_is_read_back_with_its_times(
        chunks in proptest::collection::vec(
            (any::<bool>(), proptest::collection::vec(any::<u8>(), 1..80), 0..10_000_000_000_u64), 1..20),
    ) {
        let disk = Disk::new(None, u64::MAX);
        let mut trace = trace_to(&disk);
        let mut at = At::ZERO;
        let mut expected = Vec::new();
        for (out, bytes, gap) in chunks {
            at = at + Duration::from_nanos(gap);
            let way = if out { Dir::Tx } else { Dir::Rx };
            trace.record(way, &bytes, at);
            expected.push((way, bytes, trace.wall(at)));
        }
        let (torn, found) = packets(&disk.files()[0]);
        let found: Vec<_> = found.into_iter().map(|p| (p.way, p.bytes, p.wall)).collect();
        prop_assert_eq!((torn, found), (false, expected));
    }

    #[test]
    fn no_bytes_make_the_reader_panic_or_loop(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut file = session().0;
        let before = packets(&file).1.len();
        file.extend_from_slice(&bytes);
        let (_, found) = packets(&file);
        prop_assert!(found.len() <= before + bytes.len() / 12);
    }
}
