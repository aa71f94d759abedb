//! `decode`: captured bytes explained.

use std::io::Read;
use std::path::Path;

use super::args::{Decode, Global, Protocol};
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::out;
use super::traffic::{Printer, Tally};
use crate::app::decode::{self, Input};
use crate::app::output::entry::Show;
use crate::app::output::explain::{self, Look};
use crate::app::output::paint::Sheet;
use crate::app::target::family_of;
use crate::bus::Decoder;
use crate::frame::visible;
use crate::protocol::Dialect;
use crate::trace::Way;

/// Largest input that is taken.
const LARGEST: u64 = 1 << 30;

/// Prints what captured bytes mean.
pub fn run(global: &Global, given: &Decode) -> Outcome {
    let (input, name) = input(given)?;
    let bytes = match input {
        Input::Bytes(bytes) => bytes,
        Input::Capture(_) => return Err(Trouble::usage(name, "captures cannot be read yet").into()),
    };
    let Some(decoder) = decoder(given, &bytes) else {
        let what = format!("no protocol finds a frame in {}", explain::count(bytes.len()));
        return Err(Trouble::new(Exit::BadAnswer, name, what).hint("name one with --protocol").into());
    };
    let trace = decode::digest(&bytes, decoder);
    let look = Look { sheet: Sheet::of_stdout(!global.no_color), reveal: given.reveal };
    let mut printer = Printer::new(Show { look, timed: false }, global.json);
    printer.print_all(&trace)?;
    Ok(judge(printer.tally(Way::In), &name))
}

/// The exit code, with a remark where the output does not make plain why.
fn judge(tally: Tally, doing: &str) -> Exit {
    if tally.frames == 0 {
        out::remark(&format!("{doing}: no frame, {} bytes of noise", tally.noise_bytes));
        return Exit::BadAnswer;
    }
    if tally.bad > 0 {
        out::remark(&format!("{doing}: {} of {} frames bad", tally.bad, tally.frames));
        return Exit::BadAnswer;
    }
    Exit::Done
}

/// What was given, and how to name it in an error.
fn input(given: &Decode) -> Result<(Input, String), Stop> {
    if let Some(text) = &given.hex {
        let name = "decoding --hex".to_owned();
        return match decode::hex_text(text) {
            Ok(bytes) => Ok((Input::Bytes(bytes), name)),
            Err(error) => Err(Trouble::usage(name, error.to_string()).into()),
        };
    }
    let path = given.file.as_deref().unwrap_or(Path::new("-"));
    let name = match path.to_str() {
        Some("-") => "decoding standard input".to_owned(),
        _ => format!("decoding {}", visible::string(&path.to_string_lossy())),
    };
    let content = read(path).map_err(|error| Trouble::usage(&name, error.to_string()))?;
    match decode::recognise(content) {
        Ok(input) => Ok((input, name)),
        Err(error) => Err(Trouble::usage(name, error.to_string()).into()),
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

/// By what to cut and explain it; `None` when it was to be found out and nothing fits.
fn decoder(given: &Decode, bytes: &[u8]) -> Option<Decoder> {
    match (given.model, given.protocol) {
        (Some(model), _) => Some(Decoder { family: family_of(model), dialect: model.dialect }),
        (None, Protocol::Known(family)) => Some(Decoder { family, dialect: Dialect::default() }),
        (None, Protocol::Auto) => decode::detect(bytes),
    }
}
