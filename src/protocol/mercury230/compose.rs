//! Requests made into bytes.

use super::form::{Form, Item, Origin};
use super::rows::{self, Row};
use super::{encode, password};
use crate::protocol::{Address, Argument, Arguments, Command, ComposeError, Dialect, Request};

/// The row of a command.
///
/// # Errors
/// [`ComposeError::Foreign`] when it is none of this family's.
pub fn row(command: &Command) -> Result<&'static Row, ComposeError> {
    rows::by_command(command).ok_or(ComposeError::Foreign(command.id))
}

/// The byte an address is on the wire.
///
/// # Errors
/// [`ComposeError::Address`] when it is none.
pub fn address(address: &Address) -> Result<u8, ComposeError> {
    address.number().and_then(|number| u8::try_from(number).ok()).ok_or_else(|| ComposeError::Address {
        text: address.text().to_owned(),
        expected: "a number of 0 to 255",
    })
}

/// What stands between address and CRC.
///
/// # Errors
/// [`ComposeError`] names the argument that cannot be sent.
pub fn body(request: &Request, dialect: Dialect) -> Result<Vec<u8>, ComposeError> {
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
    let unfit =
        |name| ComposeError::Argument { name, expected: "a value that the field of the command holds" };
    match item.origin {
        Origin::Nowhere => Err(unfit(item.name)),
        Origin::Halves(high, low) => {
            halves(arguments.integer(high), arguments.integer(low)).ok_or(unfit(high))
        }
        Origin::Argument(name) => match arguments.get(name) {
            Some(Argument::Password(secret)) => {
                password::encode(secret.reveal(), dialect).map(|password| password.bytes().to_vec())
            }
            Some(value) => argument(item.form, value).ok_or(unfit(name)),
            None => Err(unfit(name)),
        },
    }
}

fn argument(form: Form, argument: &Argument) -> Option<Vec<u8>> {
    let bytes = match argument {
        Argument::Integer(number) => encode::integer(form, *number),
        Argument::DateTime(time) => encode::moment(*time),
        Argument::Date(date) => encode::date(*date),
        Argument::Bytes(bytes) => Some(bytes.clone()),
        Argument::Text(text) => encode::padded(text, form.size()),
        Argument::Password(_) => None,
    }?;
    let fits = if let Form::Rest(least, most) = form {
        (usize::from(least)..=usize::from(most)).contains(&bytes.len())
    } else {
        bytes.len() == form.size()
    };
    fits.then_some(bytes)
}

fn halves(high: i64, low: i64) -> Option<Vec<u8>> {
    let half = |number: i64| u8::try_from(number).ok().filter(|half| *half < 0x10);
    Some(vec![half(high)? << 4 | half(low)?])
}
