//! Requests as bytes.

use super::frame::{self, BROADCAST, Data, Kind, Packet};
use super::layout::{Spec, Steps};
use super::{arguments, commands};
use crate::protocol::{ComposeError, Dialect, Profile, Request};

/// The address that masters send from: the one of the maker's own software.
const MASTER: u16 = 253;
/// The one they send from when the meter itself has 253.
const OTHER_MASTER: u16 = 254;

/// One question: which command, with which data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    /// The command.
    pub spec: &'static Spec,
    /// Its data.
    pub data: Data,
}

/// A request as the questions it takes, without the one for the decimals.
#[derive(Debug, Clone)]
pub(super) struct Inquiry {
    /// The command as it was asked for.
    pub spec: &'static Spec,
    /// Its questions, in order.
    pub questions: Vec<Question>,
}

impl Inquiry {
    /// # Errors
    /// [`ComposeError`] for a command of another dialect or an argument that does not fit.
    pub(super) fn new(dialect: Dialect, request: &Request) -> Result<Self, ComposeError> {
        let id = request.command.id;
        let spec = commands::by_id(dialect, id)
            .filter(|spec| spec.command() == *request.command)
            .ok_or(ComposeError::Foreign(id))?;
        let questions = match spec.steps {
            Steps::One | Steps::WithDecimals => {
                let data = arguments::encode(spec, &request.arguments)?;
                vec![question(dialect, id, &data)?]
            }
            Steps::Serial => serial(dialect)?.to_vec(),
            Steps::Identify => {
                let [first, second] = serial(dialect)?;
                vec![question(dialect, "version", &[])?, question(dialect, "skop", &[])?, first, second]
            }
        };
        Ok(Self { spec, questions })
    }
}

fn serial(dialect: Dialect) -> Result<[Question; 2], ComposeError> {
    Ok([question(dialect, "serial-part", &[0])?, question(dialect, "serial-part", &[1])?])
}

/// A question by the id of its command.
pub(super) fn question(dialect: Dialect, id: &'static str, data: &[u8]) -> Result<Question, ComposeError> {
    let spec = commands::by_id(dialect, id).ok_or(ComposeError::Foreign(id))?;
    let data = Data::new(data).ok_or(ComposeError::Argument { name: id, expected: "at most 15 bytes" })?;
    Ok(Question { spec, data })
}

/// Where requests go, and with what password.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope {
    /// The meter's address.
    pub to: u16,
    /// The master's address.
    pub from: u16,
    password: u32,
}

impl Envelope {
    /// Whether its packets carry a password that is not to be shown.
    pub(super) const fn keeps_secret(self) -> bool {
        self.password != 0
    }

    /// # Errors
    /// [`ComposeError`] for an address beyond 65535 or a password that is no number of 32 bits.
    pub(super) fn new(profile: &Profile) -> Result<Self, ComposeError> {
        let to = match profile.address.number() {
            Some(number) => u16::try_from(number).map_err(|_| ComposeError::Address {
                text: profile.address.text().to_owned(),
                expected: "a number of 0 to 65535",
            })?,
            None => BROADCAST,
        };
        let password = match &profile.password {
            Some(secret) => arguments::password(secret).ok_or(ComposeError::Password(arguments::PASSWORD))?,
            None => 0,
        };
        Ok(Self { to, from: if to == MASTER { OTHER_MASTER } else { MASTER }, password })
    }

    /// The packet of a question.
    pub(super) const fn packet(self, question: &Question) -> Packet {
        Packet {
            kind: Kind::Request { password: self.password },
            to: if question.spec.is_broadcast { BROADCAST } else { self.to },
            from: self.from,
            command: question.spec.code,
            data: question.data,
        }
    }
}

/// The frames of a request, one a question.
///
/// Energies of classic meters need their decimals, which an exchange asks for once (0101) if it does not
/// know them; that question is not among these.
///
/// # Errors
/// [`ComposeError`] names what cannot be put into bytes.
pub(super) fn compose(profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
    let envelope = Envelope::new(profile)?;
    let inquiry = Inquiry::new(profile.dialect, request)?;
    Ok(inquiry.questions.iter().map(|question| envelope.packet(question).to_wire()).collect())
}

/// The command and arguments that a request frame carries; `None` for what is no request of that dialect.
#[must_use]
pub fn request_of(wire: &[u8], dialect: Dialect) -> Option<Request> {
    let packet = frame::parse(wire, crate::frame::Direction::Request).ok()?;
    let is_request = matches!(packet.kind, Kind::Request { .. });
    let spec = commands::asked(dialect, packet.command, packet.data.as_slice()).filter(|_| is_request)?;
    let command = super::PROFILE.dialect(dialect).commands.iter().find(|command| command.id == spec.id)?;
    let arguments = arguments::decode(spec, packet.data.as_slice()).ok()?;
    Some(Request { command, arguments })
}
