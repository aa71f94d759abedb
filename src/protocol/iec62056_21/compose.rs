//! Requests into bytes.

use std::time::Duration;

use super::access::has_its_own_command;
use super::bcc::{Method, Rule};
use super::chars::{ACK, CR, EOT, ETX, LF, SOH, STX, is_graphic};
use super::commands::{Ask, ask};
use super::ident::digit;
use super::neva::codes::{self, PASSWORD, RELAY};
use super::neva::days::Days;
use crate::protocol::{Address, Argument, ComposeError, Profile, Request};

/// A command inside a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// `R1`, `W1`.
    pub code: [u8; 2],
    /// The data set: `0F0880FF()`.
    pub data: Vec<u8>,
}

impl Query {
    fn new(code: [u8; 2], address: &[u8], value: &[u8]) -> Self {
        let mut data = address.to_vec();
        data.push(b'(');
        data.extend_from_slice(value);
        data.push(b')');
        Self { code, data }
    }

    /// A NEVA code to be read.
    pub(super) fn read_code(code: u32) -> Self {
        Self::new(*b"R1", format!("{code:08X}").as_bytes(), b"")
    }

    fn write_code(code: u32, value: &[u8]) -> Self {
        Self::new(*b"W1", format!("{code:08X}").as_bytes(), value)
    }

    fn read(name: &str, argument: &str) -> Self {
        Self::new(*b"R1", name.as_bytes(), argument.as_bytes())
    }

    /// Whether it changes something.
    pub(super) const fn is_write(&self) -> bool {
        !matches!(self.code, [b'R', _])
    }

    /// The address, up to the bracket.
    pub(super) fn address(&self) -> &[u8] {
        self.data.split(|byte| *byte == b'(').next().unwrap_or_default()
    }

    /// Its bytes.
    pub(super) fn frame(&self, rule: Rule) -> Vec<u8> {
        command(self.code, &self.data, rule)
    }
}

/// What a request comes down to.
#[derive(Debug)]
pub(super) enum Job {
    /// Commands in a session in programming mode.
    Queries(Vec<Query>),
    /// The half-hour archive.
    Days(Box<Days>),
    /// The data that a meter sends for an option; the speed character if not the meter's own.
    Readout {
        /// V.
        v: u8,
        /// Z.
        z: Option<u8>,
        /// Y.
        y: u8,
    },
    /// A read without a session.
    Fast(Query),
    /// A request that is no sign-on.
    Plain(Vec<u8>),
    /// Waiting for a telegram.
    Listen(Duration),
}

/// The job of a request.
///
/// # Errors
/// [`ComposeError`] for a command of another dialect and for what cannot be put into a data set.
pub(super) fn job(profile: &Profile, request: &Request) -> Result<Job, ComposeError> {
    let ask = ask(profile.dialect, request.command.id).ok_or(ComposeError::Foreign(request.command.id))?;
    neva_job(ask, request)
        .or_else(|| energomera_job(ask, request))
        .unwrap_or_else(|| generic_job(ask, profile, request))
}

fn neva_job(ask: Ask, request: &Request) -> Option<Result<Job, ComposeError>> {
    let counted = |first: u32, name: &str| {
        let index = u8::try_from(request.arguments.integer(name)).unwrap_or(0);
        codes::find(first).map_or(first, |found| found.entry.code_for(index))
    };
    let queries = |queries: Vec<Query>| Ok(Job::Queries(queries));
    Some(match ask {
        Ask::Codes(codes) => queries(codes.iter().map(|code| Query::read_code(*code)).collect()),
        Ask::Counted(first, name) => queries(vec![Query::read_code(counted(first, name))]),
        Ask::Chosen(codes) => {
            let index = usize::try_from(request.arguments.integer("which")).unwrap_or(0);
            queries(codes.get(index).map(|code| Query::read_code(*code)).into_iter().collect())
        }
        Ask::Days => {
            let day = |name| u8::try_from(request.arguments.integer(name)).unwrap_or(0);
            Ok(Job::Days(Box::new(Days::new(day("from"), day("days")))))
        }
        Ask::CodeByHand => code_by_hand(request).and_then(|code| {
            let argument = inner(request, "argument")?;
            Ok(Job::Queries(vec![Query::new(*b"R1", format!("{code:08X}").as_bytes(), &argument)]))
        }),
        Ask::WriteCodeByHand => write_by_hand(request),
        Ask::WriteCode(code) => {
            inner(request, "value").map(|value| Job::Queries(vec![Query::write_code(code, &value)]))
        }
        Ask::WriteSchedule => inner(request, "value")
            .map(|value| Job::Queries(vec![Query::write_code(counted(0x0A01_64FF, "number"), &value)])),
        Ask::WriteClock => write_clock(request),
        Ask::Relay => {
            let state: &[u8] = if request.arguments.integer("state") == 0 { b"00" } else { b"01" };
            queries(vec![Query::write_code(RELAY, state)])
        }
        Ask::Password => {
            password(request).map(|value| Job::Queries(vec![Query::write_code(PASSWORD, &value)]))
        }
        _ => return None,
    })
}

fn code_by_hand(request: &Request) -> Result<u32, ComposeError> {
    let expected = "an OBIS code such as 60.01.04*FF or 600104FF";
    codes::parse(text(request, "code").as_bytes()).ok_or(ComposeError::Argument { name: "code", expected })
}

fn write_by_hand(request: &Request) -> Result<Job, ComposeError> {
    let code = code_by_hand(request)?;
    if has_its_own_command(format!("{code:08X}").as_bytes()) {
        let expected = "another code: the password and the relay have commands of their own";
        return Err(ComposeError::Argument { name: "code", expected });
    }
    Ok(Job::Queries(vec![Query::write_code(code, &inner(request, "value")?)]))
}

fn write_clock(request: &Request) -> Result<Job, ComposeError> {
    let time = date_time(request)?;
    let date = time.strftime("%y%m%d").to_string();
    let clock = time.strftime("%H%M%S").to_string();
    let queries = vec![
        Query::write_code(codes::DATE, date.as_bytes()),
        Query::write_code(codes::TIME, clock.as_bytes()),
    ];
    Ok(Job::Queries(queries))
}

fn date_time(request: &Request) -> Result<jiff::civil::DateTime, ComposeError> {
    let expected = "a date and time of 2000 to 2099";
    match request.arguments.get("time") {
        Some(Argument::DateTime(time)) if (2000..2100).contains(&time.year()) => Ok(*time),
        _ => Err(ComposeError::Argument { name: "time", expected }),
    }
}

fn energomera_job(ask: Ask, request: &Request) -> Option<Result<Job, ComposeError>> {
    let number = |name: &str| request.arguments.integer(name);
    let one = |query: Query| Ok(Job::Queries(vec![query]));
    Some(match ask {
        Ask::Parameters(names) => Ok(Job::Queries(names.iter().map(|name| Query::read(name, "")).collect())),
        Ask::ByMonth(name) => {
            one(Query::read(name, &format!("{:02}.{:02}", number("month"), number("year").rem_euclid(100))))
        }
        Ask::ByDate(name) => date(request)
            .map(|date| Job::Queries(vec![Query::read(name, &date.strftime("%d.%m.%y").to_string())])),
        Ask::Numbered(name) => one(Query::read(&format!("{name}{:02}", number("number")), "")),
        Ask::Archive(name) => archive(name, request),
        Ask::Profile => one(Query::read(
            &format!("VPR{:02}", number("energy")),
            &format!("{},{},{}", number("day"), number("from"), number("count")),
        )),
        Ask::ParameterByHand => name_by_hand(request)
            .and_then(|name| Ok(Job::Queries(vec![Query::new(*b"R1", &name, &inner(request, "argument")?)]))),
        Ask::WriteParameterByHand => write_parameter(request),
        Ask::MoveClock => one(Query::new(*b"W1", b"CTIME", number("seconds").to_string().as_bytes())),
        Ask::SetClock => set_clock(request),
        Ask::SetPassword => password(request).map(|value| {
            let name = format!("PSW{:02}", number("number"));
            Job::Queries(vec![Query::new(*b"W1", name.as_bytes(), &value)])
        }),
        Ask::Quick => Ok(Job::Readout { v: b'0', z: None, y: b'6' }),
        Ask::Fast(name) => group(name, request).map(Job::Fast),
        Ask::Group(name) => group(name, request).map(|query| Job::Queries(vec![query])),
        _ => return None,
    })
}

fn date(request: &Request) -> Result<jiff::civil::Date, ComposeError> {
    match request.arguments.get("date") {
        Some(Argument::Date(date)) if (2000..2100).contains(&date.year()) => Ok(*date),
        _ => Err(ComposeError::Argument { name: "date", expected: "a date of 2000 to 2099" }),
    }
}

fn archive(name: &str, request: &Request) -> Result<Job, ComposeError> {
    let number = |name: &str| request.arguments.integer(name);
    let mask = text(request, "mask");
    if !mask.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ComposeError::Argument { name: "mask", expected: "hex digits" });
    }
    let mut argument = format!("{}.{}", number("back"), number("value"));
    if !mask.is_empty() {
        argument.push(',');
        argument.push_str(&mask.to_ascii_uppercase());
    }
    Ok(Job::Queries(vec![Query::read(&format!("{name}{:02}", number("energy")), &argument)]))
}

fn name_by_hand(request: &Request) -> Result<Vec<u8>, ComposeError> {
    let name = text(request, "code");
    let fits = matches!(name.len(), 4 | 5) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let expected = "a name of four or five letters, digits and underscores";
    if fits { Ok(name.into_bytes()) } else { Err(ComposeError::Argument { name: "code", expected }) }
}

fn write_parameter(request: &Request) -> Result<Job, ComposeError> {
    let name = name_by_hand(request)?;
    if has_its_own_command(&name) {
        let expected = "another name: passwords and relays are not written by hand";
        return Err(ComposeError::Argument { name: "code", expected });
    }
    Ok(Job::Queries(vec![Query::new(*b"W1", &name, &inner(request, "value")?)]))
}

/// Sunday is 0.
fn set_clock(request: &Request) -> Result<Job, ComposeError> {
    let time = date_time(request)?;
    let day = time.date().weekday().to_sunday_zero_offset();
    let date = format!("{day:02}.{}", time.strftime("%d.%m.%y"));
    let clock = time.strftime("%H:%M:%S").to_string();
    let queries =
        vec![Query::new(*b"W1", b"DATE_", date.as_bytes()), Query::new(*b"W1", b"TIME_", clock.as_bytes())];
    Ok(Job::Queries(queries))
}

fn group(name: &str, request: &Request) -> Result<Query, ComposeError> {
    let names = text(request, "names");
    let fits =
        names.ends_with(')') && names.bytes().all(|byte| is_graphic(byte) && !matches!(byte, b'/' | b'!'));
    let expected = "names or numbers, each with its brackets";
    if fits { Ok(Query::read(name, &names)) } else { Err(ComposeError::Argument { name: "names", expected }) }
}

fn generic_job(ask: Ask, profile: &Profile, request: &Request) -> Result<Job, ComposeError> {
    let number = |name: &str| request.arguments.integer(name);
    let figure = |name: &str| b'0' + u8::try_from(number(name).clamp(0, 9)).unwrap_or(0);
    match ask {
        Ask::Readout => {
            let z = Some(figure("z")).filter(|z| *z <= b'6');
            Ok(Job::Readout { v: figure("v"), z, y: figure("y") })
        }
        Ask::Register => {
            let query = Query::new([b'R', figure("command")], &code(request)?, &inner(request, "argument")?);
            Ok(Job::Queries(vec![query]))
        }
        Ask::WriteRegister => {
            let code = code(request)?;
            if has_its_own_command(&code) {
                let expected = "another code: passwords and relays are not written by hand";
                return Err(ComposeError::Argument { name: "code", expected });
            }
            let query = Query::new([b'W', figure("command")], &code, &inner(request, "value")?);
            Ok(Job::Queries(vec![query]))
        }
        Ask::Table => {
            let mut bytes = vec![b'/', figure("number")];
            bytes.extend(address(&profile.address)?);
            bytes.extend(b"!\r\n");
            Ok(Job::Plain(bytes))
        }
        Ask::Listen => Ok(Job::Listen(Duration::from_secs(number("seconds").unsigned_abs()))),
        _ => Err(ComposeError::Foreign(request.command.id)),
    }
}

fn code(request: &Request) -> Result<Vec<u8>, ComposeError> {
    let code = text(request, "code").into_bytes();
    let fits =
        !code.is_empty() && code.iter().all(|b| is_graphic(*b) && !matches!(b, b'(' | b')' | b'/' | b'!'));
    let expected = "printable characters without brackets";
    if fits { Ok(code) } else { Err(ComposeError::Argument { name: "code", expected }) }
}

fn text(request: &Request, name: &str) -> String {
    match request.arguments.get(name) {
        Some(Argument::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// A text that can stand in brackets.
fn inner(request: &Request, name: &'static str) -> Result<Vec<u8>, ComposeError> {
    let bytes = text(request, name).into_bytes();
    let fits = bytes.iter().all(|byte| is_graphic(*byte) && !matches!(byte, b'(' | b')' | b'!'));
    let expected = "printable characters without brackets and exclamation mark";
    if fits { Ok(bytes) } else { Err(ComposeError::Argument { name, expected }) }
}

fn password(request: &Request) -> Result<Vec<u8>, ComposeError> {
    match request.arguments.get("password") {
        Some(Argument::Password(secret)) if fits_password(secret.reveal()) => Ok(secret.reveal().to_vec()),
        _ => Err(ComposeError::Argument {
            name: "password",
            expected: "printable characters without brackets",
        }),
    }
}

/// Whether a password can stand in brackets.
pub(super) fn fits_password(password: &[u8]) -> bool {
    password.len() <= 32 && password.iter().all(|byte| is_graphic(*byte) && !matches!(byte, b'(' | b')'))
}

/// The characters of an address; none for the form that every meter answers.
///
/// # Errors
/// [`ComposeError::Address`] for more than 32 characters, and others than letters, digits and blanks.
pub(super) fn address(address: &Address) -> Result<Vec<u8>, ComposeError> {
    let text = address.text();
    if fits_address(text.as_bytes()) {
        return Ok(text.as_bytes().to_vec());
    }
    let expected = "at most 32 letters, digits and blanks";
    Err(ComposeError::Address { text: text.to_owned(), expected })
}

/// Whether characters can be an address.
pub(super) fn fits_address(address: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.' | b'-' | b'_');
    address.len() <= 32 && address.iter().all(fits)
}

/// `/?address!`.
pub(super) fn sign_on(address: &[u8]) -> Vec<u8> {
    [b"/?", address, b"!\r\n"].concat()
}

/// ACK V Z Y.
pub(super) fn select(v: u8, z: u8, y: u8) -> Vec<u8> {
    vec![ACK, v, z, y, CR, LF]
}

/// A command with a data set.
pub(super) fn command(code: [u8; 2], data: &[u8], rule: Rule) -> Vec<u8> {
    let mut frame = vec![SOH];
    frame.extend(code);
    frame.push(STX);
    frame.extend_from_slice(data);
    seal(frame, rule)
}

/// The sign-off.
pub(super) fn sign_off(rule: Rule) -> Vec<u8> {
    seal(b"\x01B0".to_vec(), rule)
}

/// A read without a session: request and command in one.
pub(super) fn fast(address: &[u8], query: &Query, rule: Rule) -> Vec<u8> {
    [b"/?", address, b"!", &query.frame(rule)].concat()
}

/// A password in brackets.
pub(super) fn login(code: [u8; 2], password: &[u8], rule: Rule) -> Vec<u8> {
    command(code, &[b"(", password, b")"].concat(), rule)
}

/// A body with its ETX and check character, if it begins with SOH or STX, or has a command behind a request.
pub(super) fn seal(mut body: Vec<u8>, rule: Rule) -> Vec<u8> {
    let Some(start) = body.iter().position(|byte| matches!(*byte, SOH | STX)) else { return body };
    if !matches!(body.last(), Some(&(ETX | EOT))) {
        body.push(ETX);
    }
    let sum = rule.of(body.get(start + 1..).unwrap_or_default());
    body.push(sum);
    body
}

/// The frames of a request, as far as they do not depend on what the meter answers: the speed is that of the
/// line, the password is sent plain.
pub(super) fn frames(profile: &Profile, request: &Request) -> Result<Vec<Vec<u8>>, ComposeError> {
    let rule = Method::of(profile.dialect).rule();
    let address = address(&profile.address)?;
    let speed = digit(profile.line.baud).unwrap_or(b'5');
    let session = |commands: Vec<Vec<u8>>| {
        let mut frames = vec![sign_on(&address), select(b'0', speed, b'1')];
        frames.extend(profile.password.iter().map(|secret| login(*b"P1", secret.reveal(), rule)));
        frames.extend(commands);
        frames.push(sign_off(rule));
        frames
    };
    Ok(match job(profile, request)? {
        Job::Queries(queries) => session(queries.iter().map(|query| query.frame(rule)).collect()),
        Job::Days(days) => {
            session(days.code().map(|code| Query::read_code(code).frame(rule)).into_iter().collect())
        }
        Job::Readout { v, z, y } => vec![sign_on(&address), select(v, z.unwrap_or(speed), y)],
        Job::Fast(query) => vec![fast(&address, &query, rule)],
        Job::Plain(bytes) => vec![bytes],
        Job::Listen(_) => Vec::new(),
    })
}
