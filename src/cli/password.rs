//! Where a password comes from: a prompt, the keys file or the environment; never an argument.

use std::io::{IsTerminal as _, Write as _};

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal;
use zeroize::Zeroizing;

use super::args::Meter;
use super::exit::{Exit, Stop, Trouble};
use crate::app::keys::Keys;
use crate::frame::{Secret, visible};

/// Longest password that is taken from the prompt.
const LONGEST: usize = 64;

/// The password for a meter, if one was given: asked for, or of the keys file, or in `METERSCOPE_PASSWORD`.
///
/// # Errors
/// [`Stop`] when there is no terminal to ask on.
pub(super) fn find(keys: &Keys, given: &Meter) -> Result<Option<Secret>, Stop> {
    if given.who.ask_password {
        let meter = format!("{} {}", given.model.id, visible::string(&given.who.address));
        return prompt(&format!("Password of {}: ", meter.trim_end())).map(Some);
    }
    Ok(known(keys, &given.who.address))
}

/// The password for the meter at an address, of the keys file, or in `METERSCOPE_PASSWORD`.
#[must_use]
pub(super) fn known(keys: &Keys, address: &str) -> Option<Secret> {
    keys.password(address).cloned().or_else(from_environment)
}

fn from_environment() -> Option<Secret> {
    let password = std::env::var_os("METERSCOPE_PASSWORD").filter(|password| !password.is_empty())?;
    Some(Secret::new(password.into_encoded_bytes()))
}

/// A password to be set: in `METERSCOPE_NEW_PASSWORD`, or typed twice alike.
///
/// # Errors
/// [`Stop`] when there is no terminal to ask on, and when the two differ.
pub(super) fn new(title: &str) -> Result<Zeroizing<String>, Stop> {
    let text = |secret: &Secret| Zeroizing::new(String::from_utf8_lossy(secret.reveal()).into_owned());
    if let Some(given) = std::env::var_os("METERSCOPE_NEW_PASSWORD").filter(|given| !given.is_empty()) {
        return Ok(text(&Secret::new(given.into_encoded_bytes())));
    }
    let first = prompt(&format!("{title}: "))?;
    if prompt(&format!("{title}, once more: "))? != first {
        return Err(Trouble::usage("asking for the password", "the two differ; nothing was sent").into());
    }
    Ok(text(&first))
}

/// Asks on the terminal, showing a star a character.
fn prompt(question: &str) -> Result<Secret, Stop> {
    let trouble = |what: &str| {
        Trouble::usage("asking for the password", what)
            .hint("a meter's own goes into METERSCOPE_PASSWORD or the keys file, one to be set into METERSCOPE_NEW_PASSWORD")
    };
    if !std::io::stderr().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(trouble("there is no terminal to ask on").into());
    }
    // The question comes last, so that nothing is typed while the terminal still shows it.
    let _raw = RawMode::enter().map_err(|error| trouble(&error.to_string()))?;
    let mut stderr = std::io::stderr();
    let _ = write!(stderr, "{question}").and_then(|()| stderr.flush());
    let mut typed = Zeroizing::new(Vec::with_capacity(LONGEST * 4));
    loop {
        let event = event::read().map_err(|error| trouble(&error.to_string()))?;
        match key(&event) {
            Key::Character(character) if typed.len() < LONGEST => {
                typed.extend(character.encode_utf8(&mut [0; 4]).bytes());
                let _ = write!(stderr, "*").and_then(|()| stderr.flush());
            }
            Key::Back if typed.pop().is_some() => {
                let _ = write!(stderr, "\x08 \x08").and_then(|()| stderr.flush());
            }
            Key::Done => return Ok(Secret::new(typed.to_vec())),
            Key::Stop => {
                return Err(Trouble::new(Exit::Interrupted, "asking for the password", "stopped").into());
            }
            _ => {}
        }
    }
}

enum Key {
    Character(char),
    Back,
    Done,
    Stop,
    Other,
}

fn key(event: &Event) -> Key {
    let Event::Key(key) = event else { return Key::Other };
    if key.kind == KeyEventKind::Release {
        return Key::Other;
    }
    match key.code {
        KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => Key::Stop,
        KeyCode::Char(character) if character.is_ascii() && !character.is_control() => {
            Key::Character(character)
        }
        KeyCode::Backspace => Key::Back,
        KeyCode::Enter => Key::Done,
        KeyCode::Esc => Key::Stop,
        _ => Key::Other,
    }
}

/// The terminal without echo, as it was before once this is dropped.
struct RawMode;

impl RawMode {
    fn enter() -> std::io::Result<Self> {
        terminal::enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        let _ = terminal::disable_raw_mode();
        super::out::complain("\n");
    }
}
