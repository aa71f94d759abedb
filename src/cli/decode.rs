//! `decode`: captured bytes explained.

use std::path::Path;

use super::args::{Decode, Global};
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::traffic::{Printer, Tally};
use super::values::Protocol;
use super::{keys, out, zone};
use crate::app::decode::{Explained, Input, InputError, Origin};
use crate::app::keys::Keys;
use crate::app::output::entry::Show;
use crate::app::output::explain::{self, Look};
use crate::app::output::paint::Sheet;
use crate::app::target::family_of;
use crate::bus::Decoder;
use crate::frame::visible;
use crate::meter::Model;
use crate::protocol::Dialect;
use crate::trace::{Trace, Way};

/// Prints what captured bytes mean.
pub fn run(global: &Global, given: &Decode) -> Outcome {
    let (input, doing) = input(given)?;
    let decoder = chosen(given.model, given.protocol);
    let mut explained = explain(input, decoder, &keys::load(global)?, &doing)?;
    explained.set_zone(zone::load(global)?);
    let look = Look { sheet: Sheet::of_stdout(!global.no_color), reveal: given.reveal };
    let mut printer = Printer::new(Show { look, timed: explained.is_timed() }, global.json);
    each_step(&mut explained, &doing, |trace| printer.print_all(trace))?;
    let (sent, received) = (printer.tally(Way::Out), printer.tally(Way::In));
    Ok(judge(sent.and(received), decoder, &doing))
}

/// What was named to explain traffic by; `None` when it is to be found out.
#[must_use]
pub fn chosen(model: Option<&'static Model>, protocol: Protocol) -> Option<Decoder> {
    match (model, protocol) {
        (Some(model), _) => Some(Decoder { family: family_of(model), dialect: model.dialect }),
        (None, Protocol::Known(family)) => Some(Decoder { family, dialect: Dialect::default() }),
        (None, Protocol::Auto) => None,
    }
}

/// The input to be cut into frames and explained with any of the keys, with a remark where other protocols than the
/// one it is taken for fit as well.
///
/// # Errors
/// [`Stop`] when a capture cannot be read.
pub fn explain(input: Input, decoder: Option<Decoder>, keys: &Keys, doing: &str) -> Result<Explained, Stop> {
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

/// Hands on the trace after every piece of the input, with a remark on an end that cannot be read. Each entry must be
/// used at once: it may be gone from the trace the next time.
///
/// # Errors
/// [`Stop`] of the use, and when the input cannot be read any further.
pub fn each_step(
    explained: &mut Explained,
    doing: &str,
    mut used: impl FnMut(&Trace) -> Result<(), Stop>,
) -> Result<(), Stop> {
    while explained.step().map_err(|error| Trouble::usage(doing, error.to_string()))? {
        used(explained.trace())?;
    }
    if let Some(torn) = explained.torn() {
        let bytes = explain::count(usize::try_from(torn.bytes).unwrap_or(usize::MAX));
        out::remark(&format!("{doing}: {bytes} at its end could not be read: {}", torn.why));
    }
    Ok(())
}

/// The exit code, with a remark where the output does not make plain why.
fn judge(tally: Tally, decoder: Option<Decoder>, doing: &str) -> Exit {
    if tally.frames == 0 {
        let noise = explain::count(usize::try_from(tally.noise_bytes).unwrap_or(usize::MAX));
        let what = match decoder {
            Some(decoder) => format!("no frame of {} in {noise}", decoder.family.id()),
            None => format!("no protocol finds a frame in {noise}"),
        };
        let hint = "is it part of a frame, does it lack its checksum, is it of another protocol?";
        Trouble::new(Exit::BadAnswer, doing, what).hint(hint).print();
        return Exit::BadAnswer;
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
pub fn file(path: &Path, doing: &str) -> Result<(Input, String), Stop> {
    let doing = match path.to_str() {
        Some("-") => format!("{doing} standard input"),
        _ => format!("{doing} {}", visible::string(&path.to_string_lossy())),
    };
    match Origin::open(path).map_err(InputError::from).and_then(Input::open) {
        Ok(input) => Ok((input, doing)),
        Err(error) => Err(Trouble::usage(doing, error.to_string()).into()),
    }
}
