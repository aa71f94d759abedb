use super::bcc::Rule;
use crate::protocol::*;
pub fn frames(_: &Profile, _: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
    Ok(Vec::new())
}
pub fn seal(body: Vec<u8>, _: Rule) -> Vec<u8> {
    body
}
pub fn access_of(_: &[u8], _: Dialect) -> Option<Access> {
    None
}
