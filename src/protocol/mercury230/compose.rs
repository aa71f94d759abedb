//! Requests made into bytes.

use super::form::Item;
use super::password;
use super::rows::{self, Row};
use crate::protocol::incotex::items::Origin;
use crate::protocol::{Address, Argument, Arguments, Command, ComposeError, Dialect, Request};

/// The row of a command.
///
/// # Errors
/// [`ComposeError::Foreign`] when it is none of this family's.
pub(super) fn row(command: &Command) -> Result<&'static Row, ComposeError> {
    rows::by_command(command).ok_or(ComposeError::Foreign(command.id))
}

/// The byte an address is on the wire.
///
/// # Errors
/// [`ComposeError::Address`] when it is none.
pub(super) fn address(address: &Address) -> Result<u8, ComposeError> {
    address.number().and_then(|number| u8::try_from(number).ok()).ok_or_else(|| ComposeError::Address {
        text: address.text().to_owned(),
        expected: "a number of 0 to 255",
    })
}

/// What stands between address and CRC.
///
/// # Errors
/// [`ComposeError`] names the argument that cannot be sent.
pub(super) fn body(request: &Request, dialect: Dialect) -> Result<Vec<u8>, ComposeError> {
    let row = row(request.command)?;
    let mut body = row.code.to_vec();
    for item in row.arguments {
        body.extend(bytes(item, &request.arguments, dialect)?);
    }
    if let [0x05 | 0x15 | 0x17, 0x30 | 0xB0, _] = *body {
        let expected = "a month, for an array that has one for each";
        return Err(ComposeError::Argument { name: "month", expected });
    }
    Ok(body)
}

fn bytes(item: &Item, arguments: &Arguments, dialect: Dialect) -> Result<Vec<u8>, ComposeError> {
    let given = if let Origin::Argument(name) = item.origin { arguments.get(name) } else { None };
    if let Some(Argument::Password(secret)) = given {
        return password::encode(secret.reveal(), dialect).map(|password| password.bytes().to_vec());
    }
    item.compose(arguments)
}
