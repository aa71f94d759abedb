//! `compose`: the frames a command would send.

use std::time::Duration;

use super::args::{Compose, Global};
use super::exit::{Exit, Outcome, Stop, Trouble};
use super::out::Out;
use super::{keys, meter};
use crate::app::output::dissection::{Frame, Place};
use crate::app::output::explain::{self, Look};
use crate::app::output::paint::TermStyle;
use crate::app::target::Target;
use crate::frame::{Direction, Dissection, Mask, Span};
use crate::protocol::{Context, Request};

/// Prints the frames that a command would send.
pub(super) fn run(global: &Global, given: &Compose) -> Outcome {
    let target = meter::target(&keys::load(global)?, &given.meter)?;
    let request = meter::request(&target, &given.ask)?;
    let frames = compose(&target, &request)?;
    let look = Look { sheet: TermStyle::of_stdout(!global.no_color), reveal: given.reveal };
    let mut out = Out::new();
    let mut offset = 0;
    for (index, dissection) in frames.iter().enumerate() {
        if global.json {
            let place = Place { offset, at: None, reveal: given.reveal };
            out.json(&Frame::of(dissection, place))?;
        } else {
            if index > 0 && !given.plain {
                out.line("")?;
            }
            out.line(&wire_hex(dissection, given.reveal))?;
            if !given.plain {
                out.text(&explain::frame(dissection, "", look))?;
            }
        }
        offset += dissection.wire().map_or(0, |wire| wire.bytes.len() as u64);
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn compose(target: &Target, request: &Request) -> Result<Vec<Dissection>, Stop> {
    let family = target.family();
    let profile = target.profile(target.model.line, Duration::ZERO);
    let frames = family.compose(&profile, request).map_err(|error| {
        let doing = format!("composing {} for {}", request.command.id, target.meter());
        Trouble::usage(doing, error.to_string())
    })?;
    let context =
        Context { direction: Direction::Request, dialect: target.model.dialect, ..Context::default() };
    Ok(frames.iter().map(|frame| family.dissect(frame, &context)).collect())
}

/// The whole frame on one line, to be copied.
fn wire_hex(dissection: &Dissection, reveal: bool) -> String {
    let Some(wire) = dissection.wire() else { return String::new() };
    Mask::unless(reveal, dissection.told(reveal), 0).spaced(&wire.bytes, Span::new(0, wire.bytes.len()))
}
