//! What may go out, what is kept of it, and how a bus takes its leave.

use std::sync::{Arc, Mutex};

use super::*;
use crate::frame::{Secret, hex};
use crate::meter::{self, MODELS, Model};
use crate::protocol::iec62056_21::Iec;
use crate::protocol::{
    Access, Address, Argument, Arguments, Command, Dialect, Family as _, Kind, Options, Plan, Profile,
    Request, registry,
};

pub(super) fn decoder(model: &Model) -> Decoder {
    model.decoder()
}

fn profile(model: &'static Model) -> Profile {
    Profile {
        model: model.id,
        dialect: model.dialect,
        address: Address::numeric("1", 1),
        password: Some(Secret::new(b"000000".to_vec())),
        line: model.line,
        is_line_chosen: false,
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        keys: Vec::new(),
    }
}

pub(super) fn plan(model: &'static Model, command: &'static Command, arguments: Arguments) -> Plan {
    let requests = vec![Request { command, arguments }];
    Plan { profile: profile(model), requests, options: Options::default() }
}

/// Every command of every model.
pub(super) fn commands() -> impl Iterator<Item = (&'static Model, &'static Command)> {
    let of = |model: &&'static Model| {
        let model = *model;
        let commands = decoder(model).family.profile().dialect(model.dialect).commands;
        commands.iter().map(move |command| (model, command))
    };
    MODELS.iter().flat_map(of)
}

/// Arguments that fit a command.
pub(super) fn arguments(command: &'static Command) -> Option<Arguments> {
    let value = |kind: Kind| match kind {
        Kind::Integer { min, .. } => min.to_string(),
        Kind::Choice(choices) => choices.first().map(|choice| choice.word.to_owned()).unwrap_or_default(),
        Kind::DateTime => "2026-03-01T12:00:00".to_owned(),
        Kind::Date => "2026-03-01".to_owned(),
        Kind::Code { .. } => "60.01.04*FF".to_owned(),
        Kind::Text { max } | Kind::Password { max } => "1".repeat(max.min(6)),
        Kind::Bytes { min, .. } => "00".repeat(min),
    };
    let pairs: Vec<(&str, String)> =
        command.parameters.iter().map(|parameter| (parameter.name, value(parameter.kind))).collect();
    command.arguments(pairs.iter().map(|(name, value)| (*name, value.as_str()))).ok()
}

#[test]
fn whatever_reads_may_be_asked_of_every_model_and_nothing_else_without_permission() {
    for (model, command) in commands() {
        let Some(arguments) = arguments(command) else { continue };
        let errand = Errand::reading(decoder(model), plan(model, command, arguments));
        assert_eq!(errand.is_ok(), command.access == Access::Read, "{} {}", model.id, command.id);
        if let Err(Forbidden(access)) = errand {
            assert_eq!(access, Some(command.access));
        }
    }
}

#[test]
fn no_read_of_any_model_is_taken_for_an_overstep_and_no_write_passes_as_bytes_that_read() {
    let mut seen = (0, 0);
    for (model, command) in commands() {
        let decoder = decoder(model);
        let Some(arguments) = arguments(command) else { continue };
        let request = Request { command, arguments };
        let Ok(frames) = decoder.family.compose(&profile(model), &request) else { continue };
        let access = |frame: &Vec<u8>| decoder.family.access(frame, decoder.dialect);
        if command.access == Access::Read {
            let over = frames.iter().find(|frame| access(frame) != Some(Access::Read));
            assert_eq!(over, None, "{} {}", model.id, command.id);
            seen.0 += 1;
        } else {
            let raw = |frame: &Vec<u8>| Errand::raw_reading(frame.clone(), Duration::ZERO, Some(decoder));
            assert!(frames.iter().any(|frame| raw(frame).is_err()), "{} {}", model.id, command.id);
            seen.1 += 1;
        }
    }
    assert!(seen.0 > 500 && seen.1 > 200, "{seen:?}");
}

proptest::proptest! {
    #[test]
    fn bytes_that_nobody_recognises_as_a_read_need_permission(bytes in proptest::collection::vec(0u8.., 1..40)) {
        let known = registry::FAMILIES.iter().any(|f| f.access(&bytes, Dialect::default()) == Some(Access::Read));
        let errand = Errand::raw_reading(bytes, Duration::ZERO, None);
        proptest::prop_assert!(known || errand.is_err());
    }
}

/// A command that says of itself that it reads, and does not.
static SLY: Command = Command {
    id: "clear-battery-flag",
    code: "0C",
    title: "Looks harmless",
    group: crate::protocol::Group::Limits,
    access: Access::Read,
    parameters: &[],
    note: "",
};

#[tokio::test(start_paused = true)]
async fn an_errand_that_reads_is_stopped_before_it_sends_what_does_not() {
    let mut bench = Bench::open().await;
    let model = meter::model("mercury-200").unwrap();
    let errand = Errand::reading(decoder(model), plan(model, &SLY, Arguments::default())).unwrap();
    bench.handle.intents.send(Intent::Run { job: JobId(1), errand: Box::new(errand) }).unwrap();
    assert_eq!(bench.ending().await, Err(Fault::NotPermitted));
    assert_eq!(bench.told().await, BusEvent::Job(JobId(1), JobEvent::Finished));
    assert!(bench.far.commands.is_empty());
}

/// Keeps what it is told.
#[derive(Debug, Clone, Default)]
struct Book(Arc<Mutex<Vec<Page>>>);

/// A write, and its end once that was told.
type Page = (Outgoing, Option<Ended>);

impl Witness for Book {
    fn check(&mut self) -> Result<(), String> {
        Ok(())
    }

    fn begins(&mut self, outgoing: &Outgoing) -> Result<(), String> {
        self.0.lock().unwrap().push((outgoing.clone(), None));
        Ok(())
    }

    fn ends(&mut self, ended: &Ended) -> Result<(), String> {
        self.0.lock().unwrap().last_mut().unwrap().1 = Some(ended.clone());
        Ok(())
    }
}

impl Book {
    fn permit(&self) -> Permit {
        Permit::of_a_person(Box::new(self.clone()))
    }

    fn kept(&self) -> Vec<(usize, String, String, bool)> {
        let kept = self.0.lock().unwrap();
        let one = |(begun, ended): &(Outgoing, Option<Ended>)| {
            let ended = ended.as_ref().unwrap();
            (begun.request, begun.bytes.clone(), ended.answer.clone(), ended.result.is_ok())
        };
        kept.iter().map(one).collect()
    }

    /// Whether what went out last has no end yet.
    fn is_open(&self) -> bool {
        self.0.lock().unwrap().last().is_some_and(|(_, ended)| ended.is_none())
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_written_is_kept_with_its_answer_and_without_its_secret() {
    let mut bench = Bench::open().await;
    let neva = meter::model("neva-mt324").unwrap();
    bench.handle.intents.send(Intent::Decode(Some(decoder(neva)))).unwrap();
    let book = Book::default();
    let password =
        hex::parse("01 57 31 02 36 30 30 31 30 32 46 46 28 33 31 34 31 35 39 32 36 29 03").unwrap();
    let password = Iec.with_checksum(password.get(..password.len() - 1).unwrap());
    let errand = Errand::raw_permitted(password, Duration::from_secs(1), book.permit());
    bench.handle.intents.send(Intent::Run { job: JobId(1), errand: Box::new(errand) }).unwrap();
    bench.sent().await;
    bench.arrives(&[0x06]).await;
    assert_eq!(bench.ending().await, Ok(()));
    let kept = book.kept();
    let [(0, bytes, answer, true)] = kept.as_slice() else { panic!("{kept:?}") };
    assert!(bytes.contains("28 ** ** ** ** ** ** ** ** 29"), "{bytes}");
    assert_eq!(answer, "06");
}

#[tokio::test(start_paused = true)]
async fn a_write_without_an_answer_is_kept_too() {
    let mut bench = Bench::open().await;
    let book = Book::default();
    let errand = Errand::raw_permitted(vec![1, 2], Duration::from_secs(1), book.permit());
    bench.handle.intents.send(Intent::Run { job: JobId(1), errand: Box::new(errand) }).unwrap();
    bench.sent().await;
    assert!(bench.ending().await.is_err());
    assert_eq!(book.kept(), [(0, "01 02".to_owned(), String::new(), false)]);
}

#[tokio::test(start_paused = true)]
async fn a_write_is_kept_before_it_goes_out() {
    let mut bench = Bench::open().await;
    let book = Book::default();
    let errand = Errand::raw_permitted(vec![1, 2], Duration::from_secs(1), book.permit());
    bench.handle.intents.send(Intent::Run { job: JobId(1), errand: Box::new(errand) }).unwrap();
    bench.sent().await;
    assert!(book.is_open());
    assert!(bench.ending().await.is_err());
    assert!(!book.is_open());
}

#[tokio::test(start_paused = true)]
async fn bytes_that_a_person_permitted_are_kept_though_the_protocol_takes_them_for_a_read() {
    let mut bench = Bench::open().await;
    let mercury = meter::model("mercury-230").unwrap();
    bench.handle.intents.send(Intent::Decode(Some(decoder(mercury)))).unwrap();
    let book = Book::default();
    // Reads memory of a Mercury 230; writes a register of a Modbus slave.
    let shared = hex::parse("01 06 02 00 10 01 44 72").unwrap();
    let errand = Errand::raw_permitted(shared, Duration::from_secs(1), book.permit());
    bench.handle.intents.send(Intent::Run { job: JobId(1), errand: Box::new(errand) }).unwrap();
    bench.sent().await;
    assert!(bench.ending().await.is_err());
    assert_eq!(book.kept().len(), 1);
}

/// A log that is full: from the beginning, or when a frame is about to go out.
#[derive(Debug)]
struct Full {
    from_the_beginning: bool,
}

impl Witness for Full {
    fn check(&mut self) -> Result<(), String> {
        if self.from_the_beginning { Err("no space left".to_owned()) } else { Ok(()) }
    }

    fn begins(&mut self, _: &Outgoing) -> Result<(), String> {
        Err("no space left".to_owned())
    }

    fn ends(&mut self, _: &Ended) -> Result<(), String> {
        panic!("nothing began")
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_cannot_be_kept_is_not_sent() {
    for from_the_beginning in [true, false] {
        let mut bench = Bench::open().await;
        let permit = Permit::of_a_person(Box::new(Full { from_the_beginning }));
        let errand = Errand::raw_permitted(vec![1], Duration::from_secs(1), permit);
        bench.handle.intents.send(Intent::Run { job: JobId(1), errand: Box::new(errand) }).unwrap();
        assert_eq!(bench.ending().await, Err(Fault::NotRecorded("no space left".to_owned())));
        assert!(bench.far.commands.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_for_a_write_that_cannot_be_kept_is_not_begun() {
    let mut bench = Bench::open().await;
    let neva = meter::model("neva-mt324").unwrap();
    let command = decoder(neva)
        .family
        .profile()
        .dialect(neva.dialect)
        .commands
        .iter()
        .find(|one| one.id == "set-name")
        .unwrap();
    let plan = plan(neva, command, arguments(command).unwrap());
    let permit = Permit::of_a_person(Box::new(Full { from_the_beginning: true }));
    let errand = Box::new(Errand::permitted(decoder(neva), plan, permit));
    bench.handle.intents.send(Intent::Run { job: JobId(1), errand }).unwrap();
    assert!(matches!(bench.ending().await, Err(Fault::NotRecorded(_))));
    assert!(bench.far.commands.is_empty());
}

const SIGN_OFF: &[u8] = b"\x01B0\x03q";

#[tokio::test(start_paused = true)]
async fn closing_a_link_in_mid_session_signs_off_first_and_drops_what_waits() {
    let mut bench = Bench::open().await;
    let neva = meter::model("neva-mt324").unwrap();
    let reads = || {
        let command = decoder(neva).family.profile().dialect(neva.dialect).commands.first().unwrap();
        let arguments = arguments(command).unwrap();
        Box::new(Errand::reading(decoder(neva), plan(neva, command, arguments)).unwrap())
    };
    for job in 1..=2 {
        bench.handle.intents.send(Intent::Run { job: JobId(job), errand: reads() }).unwrap();
    }
    assert_eq!(bench.sent().await, b"/?1!\r\n");
    bench.handle.intents.send(Intent::Close).unwrap();
    assert_eq!(bench.sent().await, SIGN_OFF);
    assert_eq!(bench.sent().await, SIGN_OFF);
    assert_eq!(bench.far.commands.recv().await, Some(LinkCommand::Close));
    while bench.told().await != BusEvent::Ended(Ok(())) {}
}

#[tokio::test(start_paused = true)]
async fn after_a_link_was_lost_in_mid_session_the_next_one_begins_with_a_break() {
    let mut bench = Bench::open().await;
    let neva = meter::model("neva-mt324").unwrap();
    let command = decoder(neva).family.profile().dialect(neva.dialect).commands.first().unwrap();
    for job in 1..=2 {
        let plan = plan(neva, command, arguments(command).unwrap());
        let errand = Box::new(Errand::reading(decoder(neva), plan).unwrap());
        bench.handle.intents.send(Intent::Run { job: JobId(job), errand }).unwrap();
    }
    assert_eq!(bench.sent().await, b"/?1!\r\n");
    let lost = LinkEvent::Lost { why: "unplugged".into(), retry_in: Duration::ZERO, at: bench.clock.now() };
    bench.tell(lost).await;
    bench.tell(LinkEvent::Opened { peer: String::new(), line: None, at: bench.clock.now() }).await;
    assert_eq!(bench.sent().await, SIGN_OFF);
    assert_eq!(bench.sent().await, b"/?1!\r\n");
}

#[tokio::test(start_paused = true)]
async fn a_face_that_goes_away_is_as_good_as_one_that_closes() {
    let Bench { handle, mut far, clock, .. } = Bench::open().await;
    let neva = meter::model("neva-mt324").unwrap();
    let command = decoder(neva).family.profile().dialect(neva.dialect).commands.first().unwrap();
    let errand = Errand::reading(decoder(neva), plan(neva, command, arguments(command).unwrap())).unwrap();
    handle.intents.send(Intent::Run { job: JobId(1), errand: Box::new(errand) }).unwrap();
    let mut sent = Vec::new();
    let mut handle = Some(handle);
    while let Some(command) = far.commands.recv().await {
        let LinkCommand::Send(bytes) = command else { break };
        sent.push(bytes);
        drop(handle.take());
        far.events.send(LinkEvent::Sent { at: clock.now() }).await.unwrap();
    }
    assert_eq!(sent, [b"/?1!\r\n".as_slice(), SIGN_OFF, SIGN_OFF]);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_takes_no_more_bytes_does_not_keep_a_link_from_closing() {
    let mut bench = Bench::open().await;
    bench.send_raw(b"\x01");
    let Some(LinkCommand::Send(_)) = bench.far.commands.recv().await else { panic!("nothing sent") };
    let neva = meter::model("neva-mt324").unwrap();
    let command = decoder(neva).family.profile().dialect(neva.dialect).commands.first().unwrap();
    let errand = Errand::reading(decoder(neva), plan(neva, command, arguments(command).unwrap())).unwrap();
    bench.handle.intents.send(Intent::Run { job: JobId(2), errand: Box::new(errand) }).unwrap();
    bench.handle.intents.send(Intent::Close).unwrap();
    assert_eq!(bench.far.commands.recv().await, Some(LinkCommand::Close));
}

#[test]
fn secrets_in_arguments_are_never_printed() {
    let argument = Argument::Password(Secret::new(b"31415926".to_vec()));
    assert!(!format!("{argument:?}").contains("314"));
}

/// A push of a Siemens TD-3511 that is not ours to open (`amis-td3511-mode5-doc` of the reference, its first bytes
/// made a frame of their own).
fn push() -> Vec<u8> {
    let body =
        hex::parse("53 F0 5B 00 00 00 00 2D 4C 01 0E 0D 00 50 05 3F D0 FE B7 26 76 0C C7 AA F0 B5").unwrap();
    let amis = meter::model("siemens-td3511").unwrap();
    decoder(amis).family.with_checksum(&body)
}

#[tokio::test(start_paused = true)]
async fn what_a_meter_said_is_the_answer_though_it_was_acknowledged() {
    let mut bench = Bench::open().await;
    let amis = meter::model("siemens-td3511").unwrap();
    let commands = decoder(amis).family.profile().dialect(amis.dialect).commands;
    let command = commands.iter().find(|command| command.id == "acknowledge").unwrap();
    let plan = plan(amis, command, Arguments::default());
    let errand = Errand::permitted(decoder(amis), plan, Book::default().permit());
    bench.handle.intents.send(Intent::Speak).unwrap();
    bench.handle.intents.send(Intent::Run { job: JobId(1), errand: Box::new(errand) }).unwrap();
    while bench.told().await != BusEvent::Job(JobId(1), JobEvent::Started) {}
    bench.arrives(&push()).await;
    assert_eq!(bench.sent().await, [0xE5]);
    loop {
        if let BusEvent::Job(_, JobEvent::Answered { reply, .. }) = bench.told().await {
            let trace = bench.trace.lock();
            assert_eq!(trace.bytes_of(&trace.entry(reply.unwrap()).unwrap()).as_ref(), push());
            break;
        }
    }
}
