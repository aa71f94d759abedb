//! `decode`: captured bytes explained.

use std::io::Read;
use std::path::Path;

use super::args::{Decode, Global};
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::traffic::{Printer, Tally};
use super::values::Protocol;
use super::{keys, out, zone};
use crate::app::decode::{self, Input};
use crate::app::keys::Keys;
use crate::app::output::entry::Show;
use crate::app::output::explain::{self, Look};
use crate::app::output::paint::Sheet;
use crate::app::target::family_of;
use crate::bus::Decoder;
use crate::frame::visible;
use crate::meter::Model;
use crate::protocol::{Dialect, MeterKey};
use crate::trace::{Trace, Way};

/// Largest input that is taken.
const LARGEST: u64 = 1 << 30;

/// Prints what captured bytes mean.
pub fn run(global: &Global, given: &Decode) -> Outcome {
    let (input, doing) = input(given)?;
    let decoder = chosen(given.model, given.protocol);
    let mut explained = explain(&input, decoder, &keys::load(global)?, &doing)?;
    explained.set_zone(zone::load(global)?);
    let look = Look { sheet: Sheet::of_stdout(!global.no_color), reveal: given.reveal };
    let timed = matches!(input, Input::Capture(_));
    let mut printer = Printer::new(Show { look, timed }, global.json);
    printer.print_all(&explained)?;
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

/// The input cut into frames, to be explained with any of the keys; all of it is noise when no protocol was
/// named and none finds a frame.
///
/// # Errors
/// [`Stop`] when a capture cannot be read.
pub fn explain(input: &Input, decoder: Option<Decoder>, keys: &Keys, doing: &str) -> Result<Trace, Stop> {
    let keys = keys.ciphers("");
    let mut trace = cut(input, decoder, &keys, doing)?;
    trace.set_keys(keys);
    Ok(trace)
}

fn cut(input: &Input, decoder: Option<Decoder>, keys: &[MeterKey], doing: &str) -> Result<Trace, Stop> {
    match input {
        Input::Bytes(bytes) => {
            let found = decoder.or_else(|| recognised(bytes, keys, doing));
            Ok(decode::digest(bytes, found))
        }
        Input::Capture(content) => {
            let played = decode::play(content, decoder, keys)
                .map_err(|error| Trouble::usage(doing, visible::error(&error)))?;
            if let Some(torn) = played.torn {
                let bytes = explain::count(usize::try_from(torn.bytes).unwrap_or(usize::MAX));
                out::remark(&format!("{doing}: {bytes} at its end could not be read: {}", torn.why));
            }
            Ok(played.trace)
        }
    }
}

/// The protocol that fits best, with a remark where others fit as well.
fn recognised(bytes: &[u8], keys: &[MeterKey], doing: &str) -> Option<Decoder> {
    let found = decode::detect(bytes, keys)?;
    let rivals: Vec<&str> = decode::rivals(bytes, found).iter().map(|family| family.id()).collect();
    if !rivals.is_empty() {
        let (taken, others) = (found.family.id(), rivals.join(", "));
        out::remark(&format!(
            "{doing}: taken for {taken}; it may as well be {others}: choose with --protocol"
        ));
    }
    Some(found)
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
    match decode::hex_text(text) {
        Ok(bytes) => Ok((Input::Bytes(bytes), doing)),
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
    let content = read(path).map_err(|error| Trouble::usage(&doing, visible::error(&error)))?;
    match decode::recognise(content) {
        Ok(input) => Ok((input, doing)),
        Err(error) => Err(Trouble::usage(doing, error.to_string()).into()),
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if path == Path::new("-") {
        return bounded(std::io::stdin().lock());
    }
    bounded(std::fs::File::open(path)?)
}

/// Everything there is to read, but not without end.
fn bounded(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut content)?;
    if content.len() as u64 > LARGEST {
        return Err(std::io::Error::other(format!("more than {LARGEST} bytes")));
    }
    Ok(content)
}
