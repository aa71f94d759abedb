//! `sniff`: listens to a bus and never writes a byte to its line.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::args::{Global, Sniff};
use super::exit::{Exit, Outcome, Stop};
use super::live::{self, Live};
use super::traffic::Printer;
use super::values::Protocol;
use super::{decode, keys, out, zone};
use crate::app::keys::Keys;
use crate::app::output::entry::Show;
use crate::app::output::explain::Look;
use crate::app::output::paint::TermStyle;
use crate::app::session::{Opening, Recording, Role, Simulation};
use crate::app::signal_hints;
use crate::bus::{BusEvent, Intent, LinkState, Standing};
use crate::decode::recognise_good;
use crate::link::{Endpoint, SHARE, Share, Turn, rfc2217};
use crate::protocol::{Decoder, LineSettings, MeterKey};
use crate::trace::EntryKind;

/// Prints what goes over a link until it is told to stop.
pub(super) fn run(global: &Global, given: &Sniff) -> Outcome {
    let decoder = decode::chosen(given.model, given.protocol);
    let look = Look { sheet: TermStyle::of_stdout(!global.no_color), reveal: given.reveal };
    let keys = keys::load(global)?.on(&given.link.place);
    let zone = zone::load(global)?;
    let show = Show { look, timed: true };
    if let Endpoint::File(path) = &given.link.place {
        return replay(path, decoder, (&keys, zone), Printer::new(show, global.json));
    }
    let keys = keys.ciphers("");
    let opening = Opening {
        name: given.link.clone(),
        role: Role::Listen,
        line: given.model.map_or_else(LineSettings::default, |model| model.line),
        decoder,
        recording: given.capture.clone().map_or(Recording::None, Recording::File),
        keys: keys.clone(),
        zone,
        simulation: Simulation { model: given.model, ..Simulation::default() },
        standing: Standing::default(),
        before: None,
    };
    live::block_on(async {
        if matches!(given.link.place, Endpoint::Rfc2217(..)) {
            out::remark(&negotiates());
        }
        let live = Live::open(opening, "listening").await?;
        let listener = Listener {
            live,
            printer: Printer::held(show, global.json),
            undecided: decoder.is_none(),
            keys,
            looked_at: 0,
            said: None,
            searched: false,
        };
        listener.run(given).await
    })
}

/// Prints what a capture holds, as if it went by now.
fn replay(
    path: &Path,
    decoder: Option<Decoder>,
    (keys, zone): (&Keys, Option<TimeZone>),
    mut printer: Printer,
) -> Outcome {
    let (input, doing) = decode::file(path, "listening to").map_err(Stop::about_the_link)?;
    let mut explained = decode::explain(input, decoder, keys, &doing)?;
    explained.set_zone(zone);
    decode::each_step(&mut explained, &doing, |trace| printer.print_all(trace))
}

/// What listening through a converter that is controlled does send.
fn negotiates() -> String {
    format!(
        "listening: negotiates with the converter (telnet, RFC 2217), at most {} bytes a connection; nothing goes to \
         the line behind it",
        rfc2217::MOST_FROM_LISTENER
    )
}

/// Entries that are looked at for their protocol before the next are printed.
const MOST_LOOKS: usize = 16;

struct Listener {
    live: Live,
    printer: Printer,
    /// No protocol was named, and none has been recognised yet.
    undecided: bool,
    /// What it may be recognised by.
    keys: Vec<MeterKey>,
    /// Entries looked at while undecided.
    looked_at: u32,
    /// What was said of bytes that nothing could be made of, once, and how many there were then.
    said: Option<(Cow<'static, str>, u64)>,
    /// Other line settings have been tried.
    searched: bool,
}

/// Why listening ends.
enum End {
    Announced,
    Ended,
    Lost(String),
}

impl Listener {
    async fn run(mut self, given: &Sniff) -> Outcome {
        let limit = given.duration.unwrap_or(Duration::from_secs(u64::from(u32::MAX)));
        let interrupt = self.live.interrupt();
        let told = async {
            tokio::select! {
                () = interrupt.came() => {}
                () = tokio::time::sleep(limit) => {}
            }
        };
        tokio::pin!(told);
        let mut share = Share::default();
        let end = loop {
            match share.turn(&mut told, self.step(given)).await {
                Turn::Urgent(()) => break End::Announced,
                Turn::Input(step) => {
                    if let Some(end) = step? {
                        break end;
                    }
                }
            }
            share.took(SHARE);
        };
        out::leave_soon();
        self.live.close().await;
        self.live.print_rest(&mut self.printer).await?;
        self.live.finish().await?;
        match end {
            End::Announced => self.live.verdict(Ok(Exit::Done)),
            End::Ended => Err(self.live.trouble("the link was closed").into()),
            End::Lost(why) => {
                Err(self.live.trouble(&why).hint("to wait until it is back: --reconnect").into())
            }
        }
    }

    /// Some of what came, printed; else waits for more. Whether that is the end. May be dropped unfinished.
    async fn step(&mut self, given: &Sniff) -> Result<Option<End>, Stop> {
        let link = self.live.session.status.borrow_and_update().link.clone();
        self.decide();
        let has_printed = self.live.print_next(&mut self.printer).await?;
        if let Ok(event) = self.live.session.events.try_recv() {
            return self.told(Some(event));
        }
        if has_printed {
            return Ok(None);
        }
        self.name_noise(given);
        match link {
            LinkState::Lost(why) if !given.reconnect => return Ok(Some(End::Lost(why))),
            _ if self.live.has_ended() => return Ok(Some(End::Ended)),
            _ => {}
        }
        let event = tokio::select! {
            event = self.live.session.events.recv() => event,
            changed = self.live.session.status.changed() => {
                return Ok(changed.is_err().then_some(End::Ended));
            }
        };
        self.told(event)
    }

    fn told(&mut self, event: Option<BusEvent>) -> Result<Option<End>, Stop> {
        match event {
            Some(BusEvent::Job(..) | BusEvent::OtherMaster(_)) => Ok(None),
            Some(BusEvent::Line(finding)) => {
                self.searched = true;
                out::remark(&format!("listening: {finding}"));
                Ok(None)
            }
            Some(BusEvent::Ended(Err(error))) => Err(self.live.unopened(&error).into()),
            Some(BusEvent::Ended(Ok(()))) | None => Ok(Some(End::Ended)),
        }
    }

    /// Says once what the bytes look like, when none of them made a good frame.
    fn name_noise(&mut self, given: &Sniff) {
        let status = self.live.session.status.borrow().clone();
        let heard = status.counters.noise_bytes + status.counters.bad;
        if status.counters.good > 0
            || self.said.as_ref().is_some_and(|(_, then)| *then == heard)
            || heard == 0
        {
            return;
        }
        let line = status.line.or(self.live.session.name.line);
        let line = line.unwrap_or(given.model.map_or(signal_hints::UNKNOWN_LINE, |model| model.line));
        let wanted = match (given.model, given.protocol) {
            (Some(model), _) => Some(model.protocol),
            (None, Protocol::Known(family)) => Some(family),
            (None, Protocol::Auto) => None,
        };
        let bytes = signal_hints::newest(&self.live.session.trace.lock(), 0);
        if (status.is_searching || self.searched) && signal_hints::is_of_the_line(&bytes, line, wanted) {
            return;
        }
        let told = signal_hints::looks_like(&bytes, line, wanted);
        if let Some(told) =
            told.as_ref().filter(|told| self.said.as_ref().is_none_or(|(said, _)| said != *told))
        {
            out::remark(&format!("listening: {told}"));
        }
        let before = self.said.take().map(|(said, _)| said);
        self.said = Some((told.or(before).unwrap_or_default(), heard));
    }

    /// As long as no protocol is known everything is noise; the first run of it in which one finds a good
    /// frame decides.
    fn decide(&mut self) {
        for _ in 0..MOST_LOOKS {
            if !self.undecided {
                return;
            }
            let bytes = {
                let trace = self.live.session.trace.lock();
                if self.looked_at >= trace.len() {
                    return;
                }
                self.looked_at += 1;
                let Some(entry) = trace.entry(self.looked_at - 1) else { continue };
                if entry.kind != EntryKind::Noise {
                    continue;
                }
                trace.bytes_of(&entry).into_owned()
            };
            if let Some(decoder) = recognise_good(&bytes, &self.keys) {
                self.undecided = false;
                self.live.session.send(Intent::Decode(Some(decoder)));
                out::remark(&format!("listening: {} recognised", decoder.family.profile().title));
            }
        }
    }
}
