use crate::protocol::*;
pub fn responder(_: &Setup) -> Result<Box<dyn Responder>, SetupError> {
    unreachable!()
}
