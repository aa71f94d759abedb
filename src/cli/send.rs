//! `send`: any command, or bytes as typed; shows what goes out and what comes back, explained.

mod permission;

use jiff::tz::TimeZone;

use super::args::{Global, Send};
use super::decode::chosen;
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::live::{Live, Next};
use super::out;
use super::traffic::Printer;
use super::{failure, keys, live, meter, zone};
use crate::app::decode;
use crate::app::diagnosis;
use crate::app::keys::Keys;
use crate::app::output::entry::Show;
use crate::app::output::explain::{self, Look};
use crate::app::output::paint::Sheet;
use crate::app::raw;
use crate::app::session::{Opening, Recording, Role, Simulation};
use crate::app::target::Target;
use crate::bus::{Errand, JobEvent, Permit};
use crate::link::Place;
use crate::protocol::{Decoder, Failure, Fault, LineSettings, Options, Request};
use crate::trace::Way;

/// Sends a command or bytes and shows the answer.
pub fn run(global: &Global, given: &Send) -> Outcome {
    match &given.raw {
        Some(text) => raw(global, given, text),
        None => command(global, given),
    }
}

fn show(global: &Global, given: &Send) -> Show {
    let look = Look { sheet: Sheet::of_stdout(!global.no_color), reveal: given.reveal };
    Show { look, timed: true }
}

/// By what the traffic is explained.
type Explained<'a> = (Option<Decoder>, &'a Keys, Option<TimeZone>);

fn opening(given: &Send, line: LineSettings, (decoder, keys, zone): Explained<'_>) -> Opening {
    Opening {
        name: given.link.clone(),
        role: Role::Talk,
        line,
        decoder,
        recording: given.capture.clone().map_or(Recording::None, Recording::File),
        keys: keys.ciphers(""),
        zone,
        simulation: Simulation { model: given.model, ..Simulation::default() },
        standing: live::standing(given.listen),
        before: None,
    }
}

fn command(global: &Global, given: &Send) -> Outcome {
    let (Some(named), Some(ask)) = (given.meter(), given.ask.named()) else {
        let what = "expected --model and a command, or --raw and bytes";
        let hint = "meterscope send LINK --model mercury-200 --address 411486 energy";
        return Err(Trouble::usage("sending", what).hint(hint).into());
    };
    let keys = keys::load(global)?.on(&given.link.place);
    let target = meter::target_on(&keys, &named, &given.link.place)?;
    let request = meter::request(&target, &ask)?;
    meter::answers_on(&given.link.place, &target, std::slice::from_ref(&request))?;
    let doing = format!("sending {} to {}", request.command.id, target.meter());
    let zone = zone::load(global)?;
    let permit = permission::of_command(given, &target, &request, &doing)?;
    live::block_on(async {
        let opening = opening(given, target.model.line, (Some(target.decoder()), &keys, zone));
        let mut live = Live::open(opening, &doing).await?;
        let mut printer = Printer::held(show(global, given), global.json);
        let outcome = match live.listen_first(given.listen).await {
            Ok(()) => carry_out(&mut live, &target, &named.who.address, (request, permit)).await,
            Err(stop) => Err(stop),
        };
        live.close().await;
        live.print_rest(&mut printer).await?;
        live.finish().await?;
        live.verdict(outcome)
    })
}

async fn carry_out(
    live: &mut Live,
    target: &Target,
    written: &str,
    (request, permit): (Request, Option<Permit>),
) -> Outcome {
    let profile = live.profile(target);
    let plan = target.plan(vec![request], Options::default(), profile);
    let errand = match permit {
        Some(permit) => Errand::permitted(target.decoder(), plan, permit),
        None => Errand::reading(target.decoder(), plan)
            .map_err(|forbidden| live.trouble(&forbidden.to_string()).with(Exit::Forbidden))?,
    };
    let told =
        |live: &Live, failure: &Failure, request| failure::trouble(live, target, written, failure, request);
    follow(live, errand, told).await
}

/// Waits until it is carried out; `told` makes the error of what failed.
async fn follow(
    live: &mut Live,
    errand: Errand,
    told: impl Fn(&Live, &Failure, Option<u32>) -> Trouble,
) -> Outcome {
    let job = live.start(errand);
    let mut exit = Ok(Exit::Done);
    loop {
        match live.next(job).await {
            Next::Over(stop) => return Err(stop),
            Next::Job(JobEvent::Finished) => return exit,
            Next::Job(JobEvent::Warning(warning)) => out::remark(&warning.text),
            Next::Job(JobEvent::Answered { result: Err(failure), request, .. }) => {
                exit = Err(told(live, &failure, request).into());
            }
            Next::Job(_) | Next::Stopping => {}
        }
    }
}

fn raw(global: &Global, given: &Send, text: &str) -> Outcome {
    if let Place::File(path) = &given.link.place {
        return Err(meter::capture_is_silent(path));
    }
    let bytes = bytes(given, text)?;
    let doing = format!("sending {} as typed", explain::count(bytes.len()));
    let decoder = decoder(given, &bytes);
    let zone = zone::load(global)?;
    let permit = permission::of_bytes(given, &bytes, spoken(given), &doing)?;
    let keys = keys::load(global)?.on(&given.link.place);
    let settings = given.model.map_or_else(LineSettings::default, |model| model.line);
    live::block_on(async {
        let mut live = Live::open(opening(given, settings, (decoder, &keys, zone)), &doing).await?;
        let mut printer = Printer::held(show(global, given), global.json);
        let outcome = match live.listen_first(given.listen).await {
            Ok(()) => send_raw(&mut live, given, (bytes, permit)).await,
            Err(stop) => Err(stop),
        };
        live.close().await;
        live.print_rest(&mut printer).await?;
        live.finish().await?;
        live.verdict(outcome.map(|exit| if exit == Exit::Done { printer.judge(Way::In) } else { exit }))
    })
}

fn bytes(given: &Send, text: &str) -> Result<Vec<u8>, Stop> {
    let typed = raw::parse(text);
    let whole = typed.and_then(|bytes| match &given.append_crc {
        Some(name) => raw::append(name, &bytes),
        None => Ok(bytes),
    });
    whole.map_err(|error| Trouble::usage("reading the bytes of --raw", error.to_string()).into())
}

/// What the meter speaks, as told. What the bytes look like is no word of anybody's: it gives no permission.
fn spoken(given: &Send) -> Option<Decoder> {
    chosen(given.model, given.protocol)
}

/// By what the traffic is to be explained: as told, else by what was typed.
fn decoder(given: &Send, bytes: &[u8]) -> Option<Decoder> {
    spoken(given).or_else(|| decode::detect(bytes, &[]))
}

async fn send_raw(live: &mut Live, given: &Send, (bytes, permit): (Vec<u8>, Option<Permit>)) -> Outcome {
    let silence = given.silence + live.session.name.place.network_delay();
    let errand = match permit {
        Some(permit) => Errand::raw_permitted(bytes, silence, permit),
        None => Errand::raw_reading(bytes, silence, spoken(given))
            .map_err(|forbidden| live.trouble(&forbidden.to_string()).with(Exit::Forbidden))?,
    };
    follow(live, errand, |live, failure, _| unanswered(live, &failure.fault)).await
}

fn unanswered(live: &Live, fault: &Fault) -> Trouble {
    if let Fault::NotRecorded(_) = fault {
        return live.trouble(&diagnosis::reason(fault)).with(Exit::of(fault));
    }
    let what = match fault {
        Fault::NoAnswer { echo: true, .. } => "no answer, only our own echo",
        Fault::NoAnswer { .. } => "no answer",
        Fault::LinkLost => "the link went away",
        Fault::Cancelled => "stopped",
        _ => "it could not be sent",
    };
    let trouble = live.trouble(what).with(Exit::of(fault));
    trouble.hint("look at: supply, A and B, speed and parity, address, checksum (--append-crc)")
}
