//! `models`: what can be picked.

use super::args::Global;
use super::exit::{Exit, Outcome};
use super::out::Out;
use crate::app::output::catalogue::{self, ModelJson};
use crate::app::output::paint::Sheet;
use crate::meter::MODELS;
use crate::protocol::registry;

/// Prints the models.
pub fn run(global: &Global) -> Outcome {
    let mut out = Out::new();
    if global.json {
        let models: Vec<ModelJson> =
            MODELS.iter().map(|model| ModelJson::of(model, registry::family(model.protocol))).collect();
        out.json(&models)?;
    } else {
        out.text(&catalogue::models(MODELS).render(Sheet::of_stdout(!global.no_color)))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
