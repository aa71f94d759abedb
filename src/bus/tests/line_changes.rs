//! Line settings that change, that are refused, that stay; and what is said of the first bytes, of noise and of late
//! answers.

use super::permits::{arguments, commands, decoder, plan};
use super::*;
use crate::meter;
use crate::trace::Mark;

const SIGN_ON: &[u8] = b"/?!\r\n";
/// The answer of a Mercury 200 to the request for its energy.
const ENERGY_REPLY: [u8; 23] = [
    0x00, 0x00, 0x00, 0x01, 0x27, 0x00, 0x06, 0x21, 0x42, 0x00, 0x02, 0x08, 0x34, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x53, 0x2E,
];
const TELNET: &[u8] = &[0xFF, 0xFB, 0x2C, 0xFF, 0xFD, 0x03];
const TELNET_NOTE: &str = "the far end speaks telnet, which doubles every FF: set its port to raw TCP";
const LATE_NOTE: &str = "an answer came after its time and was not taken for the next one";
const N9600: LineSettings = LineSettings::n81(9600);

impl Bench {
    /// The marks of the trace, in order.
    fn marks(&self) -> Vec<Mark> {
        let trace = self.trace.lock();
        (0..trace.len()).filter_map(|number| trace.mark_of(&trace.entry(number)?).cloned()).collect()
    }

    fn notes(&self, text: &str) -> usize {
        self.marks().iter().filter(|mark| **mark == Mark::Note(text.to_owned())).count()
    }

    fn frames(&self) -> Vec<usize> {
        let trace = self.trace.lock();
        (0..trace.len())
            .filter_map(|number| trace.entry(number))
            .filter(|entry| entry.way == Dir::Rx && matches!(entry.kind, EntryKind::Frame(_)))
            .map(|entry| entry.len as usize)
            .collect()
    }

    async fn asks(&mut self, intent: Intent) -> LineSettings {
        self.handle.intents.send(intent).unwrap();
        match self.far.commands.recv().await {
            Some(LinkCommand::SetLine(line)) => line,
            other => panic!("{other:?}"),
        }
    }

    async fn refuses(&self, asked: LineSettings) {
        let why = "the port cannot".to_owned();
        self.tell(LinkEvent::LineRefused { asked, why, at: self.clock.now() }).await;
        pass().await;
    }

    async fn sets(&self, line: LineSettings) {
        self.tell(LinkEvent::LineSet { line, at: self.clock.now() }).await;
        pass().await;
    }

    fn status(&self) -> Status {
        self.handle.status.borrow().clone()
    }
}

/// Lets the bus take what was put before it.
async fn pass() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// A read of the energy of a Mercury 200, sent once.
fn energy() -> Intent {
    let model = meter::model("mercury-200").unwrap();
    let (_, command) = commands().find(|(m, command)| m.id == model.id && command.code == "27").unwrap();
    let mut plan = plan(model, command, arguments(command).unwrap());
    plan.options.retries = 0;
    let errand = Errand::reading(decoder(model), plan).unwrap();
    Intent::Run { job: JobId(1), errand: Box::new(errand) }
}

#[tokio::test(start_paused = true)]
async fn a_refused_line_is_marked_and_what_waited_for_it_goes_out_by_the_settings_before() {
    let mut bench = Bench::wanting(InitialLine::default(), Some(N9600)).await;
    let asked = bench.asks(Intent::SetLine(LineSettings::e71(300))).await;
    bench.send_raw(SIGN_ON);
    pass().await;
    assert!(bench.far.commands.is_empty(), "it waits for the line");
    bench.refuses(asked).await;
    assert!(bench.marks().contains(&Mark::LineRefused("the port cannot".into())), "{:?}", bench.marks());
    assert_eq!(bench.sent().await, SIGN_ON, "without parity: seven bits are not in force");
    assert_eq!(bench.status().line, Some(N9600));
}

#[tokio::test(start_paused = true)]
async fn a_refused_line_ends_the_search_for_others() {
    let mut bench = Bench::wanting(InitialLine::default(), Some(LineSettings::n81(115_200))).await;
    pass().await;
    assert!(bench.status().is_searching);
    let asked = bench.asks(Intent::FactoryLine(N9600)).await;
    assert!(bench.status().is_searching);
    bench.refuses(asked).await;
    assert!(!bench.status().is_searching, "a port that refuses one is not tried with others");
}

#[tokio::test(start_paused = true)]
async fn a_session_is_told_that_its_line_was_refused_and_asks_the_meter_to_stay() {
    let line = LineSettings::e71(300);
    let mut bench = Bench::wanting(InitialLine::default(), Some(line)).await;
    let (model, command) =
        commands().find(|(m, command)| m.id == "iec62056-21" && command.id == "readout").unwrap();
    let mut plan = plan(model, command, arguments(command).unwrap());
    plan.profile.line = line;
    let errand = Box::new(Errand::reading(decoder(model), plan).unwrap());
    bench.handle.intents.send(Intent::Run { job: JobId(1), errand }).unwrap();
    assert!(bench.sent().await.starts_with(b"/?"));
    bench.arrives(b"/XYZ5quick\r\n").await;
    assert_eq!(bench.sent().await, b"\x06050\r\n");
    let Some(LinkCommand::SetLine(asked)) = bench.far.commands.recv().await else { panic!("no other speed") };
    bench.refuses(asked).await;
    assert!(bench.sent().await.starts_with(b"\x01B0"), "the session is left");
    assert!(bench.sent().await.starts_with(b"/?"), "and begun again");
    bench.arrives(b"/XYZ5quick\r\n").await;
    assert_eq!(bench.sent().await, b"\x06000\r\n", "at the speed of the start");
}

#[tokio::test(start_paused = true)]
async fn telnet_is_remarked_on_once_by_the_first_bytes_of_a_line_that_the_far_end_sets() {
    let bench = Bench::wanting(InitialLine::default(), None).await;
    bench.arrives(TELNET).await;
    bench.arrives(TELNET).await;
    pass().await;
    assert_eq!(bench.notes(TELNET_NOTE), 1);
}

#[tokio::test(start_paused = true)]
async fn telnet_is_not_remarked_on_elsewhere() {
    for (line, chunks) in [
        (None, [b"/XYZ5".as_slice(), TELNET]),
        (None, [b"\xFF\xFF", b"\xFF\xFB\x2C"]),
        (Some(N9600), [TELNET, TELNET]),
    ] {
        let bench = Bench::wanting(InitialLine::default(), line).await;
        for chunk in chunks {
            bench.arrives(chunk).await;
        }
        pass().await;
        assert_eq!(bench.notes(TELNET_NOTE), 0, "{line:?} {chunks:02X?}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_frame_is_a_late_answer_and_only_while_one_is_owed() {
    let mut bench = Bench::wanting(InitialLine::default(), Some(N9600)).await;
    bench.handle.intents.send(energy()).unwrap();
    bench.sent().await;
    assert!(matches!(bench.ending().await, Err(Fault::NoAnswer { .. })));
    bench.arrives(b"\x5A\x5A\x5A").await;
    tokio::time::sleep(Duration::from_millis(110)).await;
    assert_eq!(bench.status().counters.noise_bytes, 3, "the noise is over");
    assert_eq!(bench.notes(LATE_NOTE), 0, "noise is no answer");
    bench.arrives(&ENERGY_REPLY).await;
    pass().await;
    assert_eq!(bench.notes(LATE_NOTE), 1, "{:?}", bench.frames());
    bench.arrives(&ENERGY_REPLY).await;
    pass().await;
    assert_eq!((bench.frames().len(), bench.notes(LATE_NOTE)), (2, 1), "nothing is owed any more");
}

#[tokio::test(start_paused = true)]
async fn a_frame_across_a_line_set_to_the_value_it_has_stays_whole() {
    for (line, frames) in [(N9600, vec![23]), (LineSettings::n81(2400), vec![12, 11])] {
        let bench = Bench::wanting(InitialLine::default(), Some(N9600)).await;
        let model = meter::model("mercury-200").unwrap();
        bench.handle.intents.send(Intent::Decode(Some(decoder(model)))).unwrap();
        pass().await;
        let (first, rest) = ENERGY_REPLY.split_at(12);
        bench.arrives(first).await;
        bench.sets(line).await;
        bench.arrives(rest).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let trace = bench.trace.lock();
        let lengths: Vec<usize> = (0..trace.len())
            .filter_map(|number| trace.entry(number))
            .filter(|entry| !matches!(entry.kind, EntryKind::Mark(_)))
            .map(|entry| entry.len as usize)
            .collect();
        assert_eq!(lengths, frames, "{line}");
    }
}
