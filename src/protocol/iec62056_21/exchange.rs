use crate::protocol::*;
pub fn exchange(_: Plan) -> Result<Box<dyn Exchange>, ComposeError> {
    unreachable!()
}
