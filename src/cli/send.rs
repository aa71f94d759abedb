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
use crate::app::diagnosis;
use crate::app::keys::Keys;
use crate::app::output::entry::Show;
use crate::app::output::explain::{self, Look};
use crate::app::output::paint::TermStyle;
use crate::app::raw;
use crate::app::session::{Opening, Recording, Role, Simulation};
use crate::app::target::Target;
use crate::bus::{Errand, Forbidden, JobEvent, Permission};
use crate::link::Endpoint;
use crate::protocol::{Decoder, Failure, Fault, LineSettings, Options, Request};
use crate::trace::Dir;

/// Sends a command or bytes and shows the answer.
pub(super) fn run(global: &Global, given: &Send) -> Outcome {
    let sending = match &given.raw {
        Some(text) => Sending::of_bytes(global, given, text)?,
        None => Sending::of_command(global, given)?,
    };
    live::block_on(sending.carry_out(global, given))
}

/// What is to be sent, and how far it may go: known before the link is opened.
struct Sending {
    what: What,
    permission: Permission,
    /// What is being done, in an error.
    doing: String,
    /// By which protocol the traffic is explained.
    decoder: Option<Decoder>,
    line: LineSettings,
    keys: Keys,
    zone: Option<TimeZone>,
}

/// A command of a meter, or bytes as typed.
enum What {
    Command { target: Box<Target>, request: Request, address: String },
    Bytes(Vec<u8>),
}

impl Sending {
    fn of_command(global: &Global, given: &Send) -> Result<Self, Stop> {
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
        let permission = permission::of_command(given, &target, &request, &doing)?;
        let (decoder, line, address) = (Some(target.decoder()), target.model.line, named.who.address.clone());
        let what = What::Command { target: Box::new(target), request, address };
        Ok(Self { what, permission, doing, decoder, line, keys, zone })
    }

    fn of_bytes(global: &Global, given: &Send, text: &str) -> Result<Self, Stop> {
        if let Endpoint::File(path) = &given.link.place {
            return Err(meter::capture_is_silent(path));
        }
        let bytes = bytes(given, text)?;
        let doing = format!("sending {} as typed", explain::count(bytes.len()));
        let decoder = decoder(given, &bytes);
        let zone = zone::load(global)?;
        let permission = permission::of_bytes(given, &bytes, spoken(given), &doing)?;
        let keys = keys::load(global)?.on(&given.link.place);
        let line = given.model.map_or_else(LineSettings::default, |model| model.line);
        Ok(Self { what: What::Bytes(bytes), permission, doing, decoder, line, keys, zone })
    }

    /// Opens the link, sends, and shows what went over the link.
    async fn carry_out(self, global: &Global, given: &Send) -> Outcome {
        let is_typed = matches!(self.what, What::Bytes(_));
        let mut live = Live::open(self.opening(given), &self.doing).await?;
        let mut printer = Printer::held(show(global, given), global.json);
        let outcome = match live.listen_first(given.listen).await {
            Ok(()) => self.send(&mut live, given).await,
            Err(stop) => Err(stop),
        };
        live.close().await;
        live.print_rest(&mut printer).await?;
        live.finish().await?;
        live.verdict(match outcome {
            Ok(Exit::Done) if is_typed => Ok(printer.judge(Dir::Rx)),
            outcome => outcome,
        })
    }

    fn opening(&self, given: &Send) -> Opening {
        Opening {
            name: given.link.clone(),
            role: Role::Talk,
            line: self.line,
            decoder: self.decoder,
            recording: given.capture.clone().map_or(Recording::None, Recording::File),
            keys: self.keys.ciphers(""),
            zone: self.zone.clone(),
            simulation: Simulation { model: given.model, ..Simulation::default() },
            standing: live::standing(given.listen),
            before: None,
        }
    }

    async fn send(self, live: &mut Live, given: &Send) -> Outcome {
        let forbidden =
            |live: &Live, why: Forbidden| Stop::from(live.trouble(&why.to_string()).with(Exit::Forbidden));
        match self.what {
            What::Command { target, request, address } => {
                let plan = target.plan(vec![request], Options::default(), live.profile(&target));
                let errand = Errand::of_plan(target.decoder(), plan, self.permission)
                    .map_err(|why| forbidden(live, why))?;
                let told = |live: &Live, failure: &Failure, request| {
                    failure::trouble(live, &target, &address, failure, request)
                };
                follow(live, errand, told).await
            }
            What::Bytes(bytes) => {
                let silence = given.silence + live.session.name.place.network_delay();
                let errand = Errand::of_bytes(bytes, silence, spoken(given), self.permission)
                    .map_err(|why| forbidden(live, why))?;
                follow(live, errand, |live, failure, _| unanswered(live, &failure.fault)).await
            }
        }
    }
}

fn show(global: &Global, given: &Send) -> Show {
    let look = Look { sheet: TermStyle::of_stdout(!global.no_color), reveal: given.reveal };
    Show { look, timed: true }
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
    spoken(given).or_else(|| crate::decode::detect(bytes, &[]))
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
