//! `decode`: captured bytes explained.

use std::borrow::Cow;
use std::path::Path;

use super::args::{Decode, Global};
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::traffic::{Printer, Tally};
use super::values::Protocol;
use super::{keys, out, zone};
use crate::app::decode::{Explained, Input, InputError, Origin, Soundness};
use crate::app::keys::Keys;
use crate::app::output::entry::Show;
use crate::app::output::explain::{self, Look};
use crate::app::output::paint::TermStyle;
use crate::app::signal_hints;
use crate::frame::visible;
use crate::meter::Model;
use crate::protocol::Decoder;
use crate::trace::{Dir, Trace};

/// Prints what captured bytes mean.
pub(super) fn run(global: &Global, given: &Decode) -> Outcome {
    let (input, doing) = input(given)?;
    let decoder = chosen(given.model, given.protocol);
    let mut explained = explain(input, decoder, &keys::load(global)?, &doing)?;
    explained.set_zone(zone::load(global)?);
    let look = Look { sheet: TermStyle::of_stdout(!global.no_color), reveal: given.reveal };
    let mut printer = Printer::new(Show { look, timed: explained.is_timed() }, global.json);
    let soundness = each_step(&mut explained, &doing, |trace| printer.print_all(trace))?;
    let tally = printer.tally(Dir::Tx).and(printer.tally(Dir::Rx));
    let looks_like =
        if tally.noise_bytes == 0 { None } else { suspicion(explained.trace(), (given.model, decoder)) };
    if soundness != Exit::Done && tally.frames == 0 && tally.noise_bytes == 0 {
        return Ok(soundness);
    }
    let exit = judge(tally, decoder, &doing, looks_like);
    Ok(if exit == Exit::Done { soundness } else { exit })
}

/// What is wrong where the last bytes make no sense: an inverted line, other line settings, another protocol.
fn suspicion(
    trace: &Trace,
    (model, decoder): (Option<&'static Model>, Option<Decoder>),
) -> Option<Cow<'static, str>> {
    let line = model.map_or(signal_hints::UNKNOWN_LINE, |model| model.line);
    let wanted = decoder.map(|decoder| decoder.family);
    signal_hints::looks_like(&signal_hints::newest(trace, 0), line, wanted)
}

/// What was named to explain traffic by; `None` when it is to be found out.
#[must_use]
pub(super) fn chosen(model: Option<&'static Model>, protocol: Protocol) -> Option<Decoder> {
    match (model, protocol) {
        (Some(model), _) => Some(model.decoder()),
        (None, Protocol::Known(family)) => Some(Decoder::of(family)),
        (None, Protocol::Auto) => None,
    }
}

/// The input to be cut into frames and explained with any of the keys, with a remark where other protocols than the
/// one it is taken for fit as well.
///
/// # Errors
/// [`Stop`] when a capture cannot be read.
pub(super) fn explain(
    input: Input,
    decoder: Option<Decoder>,
    keys: &Keys,
    doing: &str,
) -> Result<Explained, Stop> {
    let explained = Explained::new(input, decoder, keys.ciphers(""))
        .map_err(|error| Trouble::usage(doing, error.to_string()))?;
    if let Some(found) = explained.found().filter(|found| !found.rivals.is_empty()) {
        let (taken, others) = (found.taken.family.id(), found.rivals.join(", "));
        out::remark(&format!(
            "{doing}: taken for {taken}; it may as well be {others}: choose with --protocol"
        ));
    }
    Ok(explained)
}

/// Hands on the trace after every piece of the input, then says what of it was not read as it was recorded; the exit
/// code for that. Each entry must be used at once: it may be gone from the trace the next time.
///
/// # Errors
/// [`Stop`] of the use, and when the input cannot be read any further.
pub(super) fn each_step(
    explained: &mut Explained,
    doing: &str,
    mut used: impl FnMut(&Trace) -> Result<(), Stop>,
) -> Outcome {
    while explained.step().map_err(|error| Trouble::usage(doing, error.to_string()))? {
        used(explained.trace())?;
    }
    Ok(explained.soundness().map_or(Exit::Done, |soundness| say_flaws(soundness, doing)))
}

fn say_flaws(soundness: &Soundness, doing: &str) -> Exit {
    let Soundness { flaws, lacks_its_end } = soundness;
    for line in flaws.lines() {
        out::remark(&format!("{doing}: {line}"));
    }
    if !flaws.link_types().is_empty() {
        out::complain(
            "  of TCP packets decode takes the bytes: tshark -r FILE -T fields -e tcp.payload | meterscope decode -\n",
        );
    }
    if !flaws.is_empty() {
        return Exit::BadAnswer;
    }
    if *lacks_its_end {
        out::remark(&format!(
            "{doing}: it does not say that it is complete: it was cut off, or is still being written"
        ));
    }
    Exit::Done
}

/// The exit code, with a remark where the output does not make plain why.
fn judge(tally: Tally, decoder: Option<Decoder>, doing: &str, looks_like: Option<Cow<'static, str>>) -> Exit {
    if tally.frames == 0 && tally.noise_bytes == 0 {
        return nothing_in_it(doing);
    }
    if tally.frames == 0 {
        let noise = explain::count(usize::try_from(tally.noise_bytes).unwrap_or(usize::MAX));
        let what = match decoder {
            Some(decoder) => format!("no frame of {} in {noise}", decoder.family.id()),
            None => format!("no protocol finds a frame in {noise}"),
        };
        let unknown = "is it part of a frame, does it lack its checksum, is it of another protocol?";
        let hint = looks_like.unwrap_or(unknown.into());
        Trouble::new(Exit::BadAnswer, doing, what).hint(hint).print();
        return Exit::BadAnswer;
    }
    if let Some(what) = looks_like {
        out::remark(&format!("{doing}: {what}"));
    }
    if tally.bad > 0 {
        out::remark(&format!("{doing}: {} of {} frames bad", tally.bad, tally.frames));
        return Exit::BadAnswer;
    }
    if tally.locked > 0 {
        let what = format!("no key that was given opens {} of {} frames", tally.locked, tally.frames);
        let hint = "the system title says whose key is wanted; without --keys all else is explained";
        Trouble::new(Exit::Forbidden, doing, what).hint(hint).print();
        return Exit::Forbidden;
    }
    Exit::Done
}

/// Says that there was nothing to be read.
pub(super) fn nothing_in_it(doing: &str) -> Exit {
    let trouble = Trouble::new(Exit::BadAnswer, doing, "there are no bytes in it");
    trouble.hint("was it saved before anything came?").print();
    Exit::BadAnswer
}

/// What was given, and how to name it in an error.
fn input(given: &Decode) -> Result<(Input, String), Stop> {
    let Some(text) = &given.hex else {
        return file(given.file.as_deref().unwrap_or(Path::new("-")), "decoding");
    };
    let doing = "decoding --hex".to_owned();
    match Input::of_hex(text) {
        Ok(input) => Ok((input, doing)),
        Err(error) => Err(Trouble::usage(doing, error.to_string()).into()),
    }
}

/// What a file holds, `-` being standard input, and how to name that in an error.
///
/// # Errors
/// [`Stop`] when it cannot be read or is not understood.
pub(super) fn file(path: &Path, doing: &str) -> Result<(Input, String), Stop> {
    let doing = match path.to_str() {
        Some("-") => format!("{doing} standard input"),
        _ => format!("{doing} {}", visible::file(path)),
    };
    match Origin::open(path).map_err(InputError::from).and_then(Input::open) {
        Ok(input) => Ok((input, doing)),
        Err(error) => Err(Trouble::usage(doing, error.to_string()).into()),
    }
}
