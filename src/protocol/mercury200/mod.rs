//! stub
mod bcd;
mod choices;
mod commands;
mod dissect;
mod form;
mod framer;
mod layout;
mod lengths;
mod sheet;
mod values;
mod wire;
use super::*;
use crate::frame::Dissection;
/// stub
#[derive(Debug)]
pub struct Mercury200;
impl Family for Mercury200 {
    fn id(&self) -> &'static str {
        "mercury200"
    }
    fn title(&self) -> &'static str {
        "mercury200"
    }
    fn framer(&self, source: Source, line: LineSettings) -> Box<dyn Framer> {
        Box::new(framer::Gaps::new(source, line))
    }
    fn tracker(&self, _: Dialect) -> Box<dyn Tracker> {
        unreachable!()
    }
    fn dissect(&self, frame: &[u8], context: &Context<'_>) -> Dissection {
        dissect::dissect(frame, context)
    }
    fn commands(&self, _: Dialect) -> &'static [Command] {
        commands::COMMANDS
    }
    fn dialect_name(&self, _: Dialect) -> &'static str {
        ""
    }
    fn compose(&self, _: &Profile, _: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
        unreachable!()
    }
    fn with_checksum(&self, body: &[u8]) -> Vec<u8> {
        body.into()
    }
    fn access_of(&self, _: &[u8], _: Dialect) -> Option<Access> {
        None
    }
    fn exchange(&self, _: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
        unreachable!()
    }
    fn responder(&self, _: &Setup) -> Result<Box<dyn Responder>, SetupError> {
        unreachable!()
    }
}
