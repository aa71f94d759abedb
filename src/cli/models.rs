//! `models`: what can be picked.

use super::args::{Global, Models};
use super::exit::{Exit, Outcome};
use super::out::Out;
use crate::app::output::catalogue::{self, ModelJson};
use crate::app::output::paint::TermStyle;
use crate::meter::MODELS;

/// Prints the models, or all that is known of one.
pub(super) fn run(global: &Global, given: &Models) -> Outcome {
    let mut out = Out::new();
    let picked = given.model.as_ref().map_or(MODELS, std::slice::from_ref);
    if global.json {
        let models: Vec<ModelJson> = picked.iter().map(|model| ModelJson::of(model)).collect();
        out.json(&models)?;
    } else {
        let table = match given.model {
            Some(model) => catalogue::model(model),
            None => catalogue::models(MODELS),
        };
        out.text(&table.render(TermStyle::of_stdout(!global.no_color)))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
