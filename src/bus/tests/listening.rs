//! Who may speak: another master heard before our first byte or after it, a link that only pushes, and the person who
//! wants to send all the same.

use super::*;
use crate::meter;
use crate::protocol::{Address, Options, Plan, Profile, Request};

/// A question of a master to the Mercury 200 no. 411486, and one to the CE307 no. 13462.
const ENERGY: &[u8] = &[0x00, 0x06, 0x47, 0x5E, 0x27, 0xEC, 0xE7];
const CE: &[u8] =
    &[0xC0, 0x48, 0x96, 0x34, 0xFD, 0x00, 0x00, 0x00, 0x00, 0x00, 0xD2, 0x01, 0x30, 0x00, 0x00, 0x40, 0xC0];

fn shared() -> InitialLine {
    InitialLine { is_shared: true, ..InitialLine::default() }
}

impl Bench {
    async fn shared() -> Self {
        let bench = Self::wanting(shared(), Some(LineSettings::default())).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        bench
    }

    /// Something arrives, and nothing for a second.
    async fn hears(&self, bytes: &[u8]) {
        self.arrives(bytes).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    fn speech(&self) -> Speech {
        self.handle.status.borrow().speech
    }

    fn other(&self) -> Option<String> {
        self.handle.status.borrow().other_master.as_ref().map(ToString::to_string)
    }

    fn wants(&self, intent: Intent) {
        self.handle.intents.send(intent).unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn one_question_of_another_master_before_our_first_byte_puts_the_write_half_away() {
    let mut bench = Bench::shared().await;
    assert_eq!((bench.speech(), bench.other()), (Speech::ReadsOnly, None));
    bench.hears(CE).await;
    bench.hears(ENERGY).await;
    assert_eq!(bench.speech(), Speech::Listening);
    assert_eq!(bench.other().unwrap(), "Another master asks on this line (13462, 411486)");
    assert!(matches!(bench.told().await, BusEvent::OtherMaster(_)));
    bench.send_raw(b"\x01\x02");
    assert_eq!(bench.ending().await, Err(Fault::OtherMaster));
    assert!(bench.far.commands.try_recv().is_err(), "nothing was sent");
    assert_eq!(bench.handle.status.borrow().counters.bytes_out, 0);
}

#[tokio::test(start_paused = true)]
async fn a_person_gives_the_write_half_back_on_the_same_port() {
    let mut bench = Bench::shared().await;
    bench.hears(CE).await;
    bench.wants(Intent::Speak);
    bench.send_raw(b"\x01\x02");
    assert_eq!(bench.sent().await, b"\x01\x02");
    assert_eq!(bench.speech(), Speech::Armed, "as long as what was permitted runs");
    let _ = bench.ending().await;
    bench.hears(ENERGY).await;
    assert_eq!(bench.speech(), Speech::ReadsOnly, "it was said once");
}

#[tokio::test(start_paused = true)]
async fn a_master_heard_after_our_first_byte_is_said_once_and_takes_nothing_away() {
    let mut bench = Bench::shared().await;
    bench.send_raw(b"\x01\x02");
    bench.sent().await;
    let _ = bench.ending().await;
    bench.hears(CE).await;
    bench.hears(CE).await;
    assert_eq!(bench.speech(), Speech::ReadsOnly);
    assert_eq!(bench.other().unwrap(), "Another master asks on this line (13462)");
    bench.wants(Intent::Close);
    let mut said = 0;
    loop {
        match bench.told().await {
            BusEvent::OtherMaster(_) => said += 1,
            BusEvent::Ended(_) => break,
            _ => {}
        }
    }
    assert_eq!(said, 1);
}

#[tokio::test(start_paused = true)]
async fn noise_single_bytes_greetings_answers_and_damage_are_no_master() {
    let mut bench = Bench::shared().await;
    let damaged: Vec<u8> = CE.iter().map(|byte| if *byte == 0x30 { 0x31 } else { *byte }).collect();
    let answer = [
        0xC0, 0x48, 0xFD, 0x00, 0x96, 0x34, 0x57, 0x01, 0x30, 0x00, 0x09, 0x22, 0xEC, 0x8B, 0x04, 0x00, 0x1B,
        0xC0,
    ];
    for bytes in [&[0x06][..], &[0xE5], b"/EKT5CE303v1\r\n", &damaged, &answer, &[0x55; 40]] {
        bench.hears(bytes).await;
    }
    assert_eq!((bench.speech(), bench.other()), (Speech::ReadsOnly, None));
    bench.send_raw(b"\x01");
    assert_eq!(bench.sent().await, b"\x01");
}

#[tokio::test(start_paused = true)]
async fn a_simulated_bus_has_no_other_master() {
    let bench = Bench::open().await;
    bench.hears(CE).await;
    assert_eq!((bench.speech(), bench.other()), (Speech::ReadsOnly, None));
}

#[tokio::test(start_paused = true)]
async fn our_own_echo_and_the_answer_to_our_question_are_no_other_master() {
    let mut bench = Bench::shared().await;
    bench.send_raw(CE);
    bench.sent().await;
    bench.arrives(CE).await;
    bench.hears(CE).await;
    assert_eq!(bench.other(), None);
    tokio::time::sleep(Duration::from_secs(5)).await;
    bench.hears(CE).await;
    assert!(bench.other().is_some(), "long after our question somebody else asks the same");
}

#[tokio::test(start_paused = true)]
async fn who_may_speak_survives_a_lost_link() {
    let mut bench = Bench::shared().await;
    bench.hears(CE).await;
    let at = bench.clock.now();
    bench.tell(LinkEvent::Lost { why: "unplugged".into(), retry_in: Duration::ZERO, at }).await;
    bench.tell(LinkEvent::Opened { peer: String::new(), line: None, at }).await;
    bench.send_raw(b"\x01");
    assert_eq!(bench.ending().await, Err(Fault::OtherMaster));
    let standing = Standing::default().after(&bench.handle.status.borrow());
    assert!(standing.was_first && !standing.is_wanted && !standing.has_spoken);
    let again = InitialLine { standing, ..shared() };
    let mut bench = Bench::wanting(again, None).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bench.speech(), Speech::Listening);
    bench.send_raw(b"\x01");
    assert_eq!(bench.ending().await, Err(Fault::OtherMaster));
}

#[tokio::test(start_paused = true)]
async fn a_link_of_a_meter_that_only_pushes_is_listened_to_from_the_start() {
    for model in meter::MODELS {
        let family = model.protocol;
        let mut bench = Bench::shared().await;
        bench.wants(Intent::Decode(Some(Decoder { family, dialect: model.dialect })));
        tokio::time::sleep(Duration::from_secs(1)).await;
        let only_pushes = !model.default_reads.is_empty()
            && family
                .profile()
                .dialect(model.dialect)
                .commands
                .iter()
                .all(|one| matches!(one.id, "telegram" | "acknowledge"));
        let expected = if only_pushes { Speech::Listening } else { Speech::ReadsOnly };
        assert_eq!(bench.speech(), expected, "{}", model.id);
        if only_pushes {
            bench.send_raw(b"\x01");
            assert_eq!(bench.ending().await, Err(Fault::ListensOnly), "{}", model.id);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_all_the_same_waits_for_a_pause() {
    let mut bench = Bench::wanting(
        InitialLine { standing: Standing { is_wanted: true, ..Standing::default() }, ..shared() },
        Some(LineSettings::default()),
    )
    .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.arrives(CE).await;
    bench.send_raw(b"\x01");
    tokio::time::sleep(Duration::from_millis(60)).await;
    bench.arrives(&[0x55; 18]).await;
    let answered = bench.clock.now();
    assert_eq!(bench.sent().await, b"\x01");
    let waited = bench.clock.now().since(answered);
    assert!((200..=220).contains(&waited.as_millis()), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_master_that_leaves_no_pause_is_not_waited_for_without_end() {
    let mut bench = Bench::wanting(
        InitialLine { standing: Standing { is_wanted: true, ..Standing::default() }, ..shared() },
        Some(LineSettings::default()),
    )
    .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.arrives(CE).await;
    bench.send_raw(b"\x01");
    let since = bench.clock.now();
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        bench.arrives(CE).await;
        if bench.far.commands.try_recv().is_ok() {
            break;
        }
    }
    let waited = bench.clock.now().since(since);
    assert!((2900..=3200).contains(&waited.as_millis()), "{waited:?}");
}

/// A meter of the AMIS interface calls: `SND_NKE` to address 240.
const CALL: &[u8] = &[0x10, 0x40, 0xF0, 0x30, 0x16];

fn amis() -> Decoder {
    let model = meter::model("siemens-td3511").unwrap();
    model.decoder()
}

/// The plan to acknowledge the next push, waited for so many seconds.
fn acknowledging(wait: &str) -> Plan {
    let Decoder { family, dialect } = amis();
    let command = family
        .profile()
        .dialect(dialect)
        .commands
        .iter()
        .find(|command| command.id == "acknowledge")
        .unwrap();
    let profile = Profile {
        model: "siemens-td3511",
        dialect,
        address: Address::none(),
        password: None,
        line: LineSettings::e81(9600),
        is_line_chosen: false,
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        keys: Vec::new(),
    };
    let requests = vec![Request { command, arguments: command.arguments([("wait", wait)]).unwrap() }];
    Plan { profile, requests, options: Options::default() }
}

#[tokio::test(start_paused = true)]
async fn who_was_acknowledged_and_falls_silent_is_waited_for_no_longer_than_was_said() {
    let mut bench = Bench::shared().await;
    let errand = Errand::permitted(amis(), acknowledging("20"), Permit::of_a_person(Box::new(Nobody)));
    bench.wants(Intent::Speak);
    bench.wants(Intent::Run { job: JobId(1), errand: Box::new(errand) });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let began = bench.clock.now();
    bench.arrives(CALL).await;
    assert_eq!(bench.sent().await, [0xE5]);
    let ended = tokio::time::timeout(Duration::from_secs(60), bench.ending()).await;
    assert!(matches!(ended, Ok(Err(Fault::NoAnswer { .. }))), "{ended:?}");
    assert!(bench.clock.now().since(began) < Duration::from_secs(21));
}
