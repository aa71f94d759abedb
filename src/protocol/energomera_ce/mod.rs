//! stub
use super::*;
use crate::frame::Dissection;
/// stub
#[derive(Debug)]
pub struct Ce;
impl Family for Ce {
    fn id(&self) -> &'static str {
        "energomera-ce"
    }
    fn title(&self) -> &'static str {
        "energomera-ce"
    }
    fn framer(&self, _: Source, _: LineSettings) -> Box<dyn Framer> {
        unreachable!()
    }
    fn tracker(&self, _: Dialect) -> Box<dyn Tracker> {
        unreachable!()
    }
    fn dissect(&self, frame: &[u8], _: &Context<'_>) -> Dissection {
        Dissection::unexplained(self.id(), frame, "")
    }
    fn commands(&self, _: Dialect) -> &'static [Command] {
        &[]
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
