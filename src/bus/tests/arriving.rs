//! How long an answer is waited for: not long for one that does not begin, to its end for one that has, and never
//! for ever. Over a line of 300 Bd, where the longest readout would take more than two minutes.

use std::time::Duration;

use super::{Bench, Errand, Fault, InitialLine, Intent, JobEvent, JobId, LinkCommand, LinkEvent};
use crate::bus::BusEvent;
use crate::protocol::{Address, Decoder, Dialect, LineSettings, Options, Plan, Profile, Request, registry};

/// A meter that stays at 300 Bd.
const IDENTIFICATION: &[u8] = b"/XYZ0slow\r\n";

/// A bench on which a readout has been asked for, as far as the end of the option select.
async fn asked_for_readout() -> Bench {
    let line = LineSettings::e71(300);
    let mut bench = Bench::wanting(InitialLine::default(), Some(line)).await;
    let family = registry::family("iec62056-21").unwrap();
    let command =
        family.profile().dialect(Dialect(0)).commands.iter().find(|command| command.id == "readout").unwrap();
    let profile = Profile {
        model: "iec62056-21",
        dialect: Dialect(0),
        address: Address::none(),
        password: None,
        line,
        is_line_chosen: true,
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        keys: Vec::new(),
    };
    let request = Request { command, arguments: command.arguments([]).unwrap() };
    let options = Options { retries: 0, ..Options::default() };
    let plan = Plan { profile, requests: vec![request], options };
    let decoder = Decoder { family, dialect: Dialect(0) };
    let errand = Box::new(Errand::reading(decoder, plan).unwrap());
    bench.handle.intents.send(Intent::Run { job: JobId(1), errand }).unwrap();
    assert!(bench.sent().await.starts_with(b"/?"));
    bench.arrives(IDENTIFICATION).await;
    assert_eq!(bench.sent().await, b"\x06000\r\n");
    bench
}

/// How the readout ends, how many values it gave and after how long; what is sent meanwhile leaves at once.
async fn outcome(bench: &mut Bench) -> (Result<(), Fault>, usize, Duration) {
    let start = bench.clock.now();
    let mut readings = 0;
    loop {
        tokio::select! {
            event = bench.handle.events.recv() => match event.unwrap() {
                BusEvent::Job(_, JobEvent::Reading(..)) => readings += 1,
                BusEvent::Job(_, JobEvent::Answered { result, .. }) => {
                    let result = result.map_err(|failure| failure.fault);
                    return (result, readings, bench.clock.now().since(start));
                }
                _ => {}
            },
            Some(LinkCommand::Send(_)) = bench.far.commands.recv() => {
                bench.far.events.send(LinkEvent::Sent { at: bench.clock.now() }).await.unwrap();
            }
        }
    }
}

/// Lets pieces arrive, each so long after the one before.
fn trickle(bench: &Bench, pieces: Vec<Vec<u8>>, pause: Duration) {
    let (events, clock) = (bench.far.events.clone(), bench.clock);
    tokio::spawn(async move {
        for piece in pieces {
            tokio::time::sleep(pause).await;
            if events.send(LinkEvent::received(piece, clock.now())).await.is_err() {
                break;
            }
        }
    });
}

#[tokio::test(start_paused = true)]
async fn a_readout_that_does_not_begin_is_given_up_after_the_reaction_time() {
    let mut bench = asked_for_readout().await;
    let (result, _, taken) = outcome(&mut bench).await;
    assert!(matches!(result, Err(Fault::NoAnswer { noise_bytes: 0, .. })), "{result:?}");
    assert!(taken <= Duration::from_millis(2100), "{taken:?}");
}

#[tokio::test(start_paused = true)]
async fn a_readout_of_one_line_a_second_is_read_to_its_end() {
    let mut bench = asked_for_readout().await;
    let mut block = vec![vec![2u8]];
    block.extend((0..60).map(|line| format!("1.8.0*{line}(00{line:04}.5*kWh)\r\n").into_bytes()));
    block.push(b"!\r\n\x03".to_vec());
    let bcc = block.concat().iter().skip(1).fold(0, |sum, byte| sum ^ byte);
    block.push(vec![bcc]);
    trickle(&bench, block, Duration::from_secs(1));
    let (result, readings, taken) = outcome(&mut bench).await;
    assert_eq!((result, readings), (Ok(()), 60));
    assert!(taken >= Duration::from_secs(62), "{taken:?}");
}

#[tokio::test(start_paused = true)]
async fn a_readout_that_breaks_off_is_given_up_when_the_line_has_been_silent() {
    let mut bench = asked_for_readout().await;
    trickle(&bench, vec![b"\x021.8.0(0001.5*kWh)\r\n".to_vec(); 5], Duration::from_secs(1));
    let (result, readings, taken) = outcome(&mut bench).await;
    assert!(result.is_err() && readings == 0, "{result:?}");
    assert!(taken <= Duration::from_millis(5000 + 1500 + 100), "{taken:?}");
}

#[tokio::test(start_paused = true)]
async fn an_endless_babble_is_not_listened_to_for_ever() {
    let mut bench = asked_for_readout().await;
    let babble = std::iter::once(b"\x02".to_vec()).chain(std::iter::repeat_n(b"x".to_vec(), 20_000));
    trickle(&bench, babble.collect(), Duration::from_millis(100));
    let (result, readings, taken) = outcome(&mut bench).await;
    assert!(result.is_err() && readings == 0, "{result:?}");
    let bound = 2 * LineSettings::e71(300).wire_time(4096) + Duration::from_secs(3);
    assert!(taken <= bound, "{taken:?} of {bound:?}");
}
