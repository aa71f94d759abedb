//! `decode`: captured bytes explained.

use std::io::Read as _;
use std::path::Path;

use super::args::{Decode, Global, Protocol};
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::out::{self, Out};
use crate::app::decode::{self, Input};
use crate::app::output::entry::{self, Show};
use crate::app::output::explain::{self, Look};
use crate::app::output::paint::Sheet;
use crate::app::target::family_of;
use crate::bus::Decoder;
use crate::frame::visible;
use crate::protocol::{Dialect, Judged};
use crate::trace::{EntryKind, Trace};

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
    let tally = print(&trace, Show { look, timed: false }, global.json)?;
    Ok(tally.exit(&name))
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
        let mut content = Vec::new();
        std::io::stdin().lock().read_to_end(&mut content)?;
        return Ok(content);
    }
    std::fs::read(path)
}

/// By what to cut and explain it; `None` when it was to be found out and nothing fits.
fn decoder(given: &Decode, bytes: &[u8]) -> Option<Decoder> {
    match (given.model, given.protocol) {
        (Some(model), _) => Some(Decoder { family: family_of(model), dialect: model.dialect }),
        (None, Protocol::Known(family)) => Some(Decoder { family, dialect: Dialect::default() }),
        (None, Protocol::Auto) => decode::detect(bytes),
    }
}

/// How many of what were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    frames: u64,
    bad: u64,
    noise_bytes: u64,
}

impl Tally {
    /// Counts an entry.
    pub fn count(&mut self, kind: EntryKind, len: u32) {
        match kind {
            EntryKind::Frame(judged) => {
                self.frames += 1;
                self.bad += u64::from(judged == Judged::Bad);
            }
            EntryKind::Noise => self.noise_bytes += u64::from(len),
            EntryKind::Echo | EntryKind::Mark(_) => {}
        }
    }

    /// The exit code, with a remark where it is not plain from the output why.
    #[must_use]
    pub fn exit(self, doing: &str) -> Exit {
        if self.frames == 0 {
            out::remark(&format!("{doing}: no frame, {} bytes of noise", self.noise_bytes));
            return Exit::BadAnswer;
        }
        if self.bad > 0 {
            out::remark(&format!("{doing}: {} of {} frames are bad", self.bad, self.frames));
            return Exit::BadAnswer;
        }
        Exit::Done
    }
}

/// Prints every entry of a trace in order.
pub fn print(trace: &Trace, show: Show, json: bool) -> Result<Tally, Stop> {
    let mut out = Out::new();
    let mut tally = Tally::default();
    let mut offset = 0;
    for number in 0..trace.len() {
        let Some(found) = trace.entry(number) else { break };
        tally.count(found.kind, found.len);
        if json {
            if let Some(line) = entry::json(trace, number, offset, show) {
                out.line(&line)?;
            }
        } else if let Some(text) = entry::text(trace, number, offset, show) {
            if number > 0 {
                out.line("")?;
            }
            out.text(&text)?;
        }
        offset += u64::from(found.len);
    }
    out.flush()?;
    Ok(tally)
}
