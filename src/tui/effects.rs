//! The one place where the console touches anything but its own state: links, files, clipboard, terminal.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use tokio::sync::mpsc::UnboundedSender;

use super::message::{Effect, Message};
use super::state::connect::{Kept, Port};
use super::terminal::Screen;
use super::theme::{Depth, Theme, shipped};
use crate::app::session::{self, Opening, Recording, Role, Session, Simulation};
use crate::app::write_log;
use crate::bus::{Intent, Standing};
use crate::frame::visible;
use crate::link::{LinkName, ports};
use crate::trace::private;

/// What the console may touch.
pub(super) struct Outside {
    /// The terminal.
    pub screen: Screen,
    /// The theme in force.
    pub theme: Theme,
    /// Who may speak on the links that were open, by their places.
    pub standings: HashMap<String, Standing>,
    /// The link, while one is open or being opened.
    pub session: Option<Session>,
    /// Where messages to the console go.
    pub inbox: UnboundedSender<Message>,
    /// The folder of the person's own themes.
    pub themes: Option<PathBuf>,
    /// Where traffic is written.
    pub recording: Recording,
    /// The zone of the meters' clocks, where it is set.
    pub zone: Option<TimeZone>,
    /// Where links are remembered.
    pub store: Option<PathBuf>,
    /// Whether ports are being listed just now.
    pub listing: bool,
}

/// What follows for the console itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It goes on.
    GoOn,
    /// It gives the terminal back and stops until continued.
    Suspend,
    /// It ends.
    Quit,
}

impl Outside {
    /// Does what is wanted.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn perform(&mut self, effect: Effect) -> io::Result<Next> {
        match effect {
            Effect::Open { name, line, decoder, keys, model } => {
                let simulation = Simulation { model, ..Simulation::default() };
                self.remember_standing();
                let (recording, before) = (self.recording.clone(), self.session.take());
                let role = Role::Talk;
                let zone = self.zone.clone();
                let standing = self.standings.get(&place(&name)).cloned().unwrap_or_default();
                self.open(Opening {
                    name,
                    role,
                    line,
                    decoder,
                    recording,
                    keys,
                    zone,
                    simulation,
                    standing,
                    before,
                });
            }
            Effect::Close => self.close(),
            Effect::Bus(intent) => {
                if let Some(session) = &self.session {
                    session.send(intent);
                }
            }
            Effect::Faults(specs) => {
                if let Some(faults) = self.session.as_ref().and_then(|session| session.faults()) {
                    faults.set(specs);
                }
            }
            Effect::Simulate(model) => {
                if let Some(session) = &mut self.session {
                    session.ask_for(model);
                }
            }
            Effect::Remember(saved, recent) => self.remember(saved, recent),
            Effect::Write(path, text) => self.write(&path, &text),
            Effect::ReadWrites(place) => self.read_writes(place.as_deref()),
            Effect::Copy(text) => self.screen.copy(&text)?,
            Effect::Mouse(on) => self.screen.set_mouse(on)?,
            Effect::Theme(name) => self.choose_theme(name),
            Effect::Redraw => {
                self.screen.resume()?;
            }
            Effect::SearchOn => self.tell(Message::SearchOn),
            Effect::Suspend => return Ok(Next::Suspend),
            Effect::Quit => return Ok(Next::Quit),
        }
        Ok(Next::GoOn)
    }

    fn open(&mut self, opening: Opening) {
        let session = session::open(opening);
        self.tell(Message::Opened(session.trace.clone()));
        self.session = Some(session);
    }

    /// Keeps who may speak on the link, for the case that it is opened again.
    fn remember_standing(&mut self) {
        let Some(session) = &self.session else { return };
        let known = self.standings.entry(place(&session.name)).or_default();
        *known = std::mem::take(known).after(&session.status.borrow());
    }

    /// The bus has ended by itself.
    pub(super) fn ended(&mut self) {
        self.remember_standing();
        self.session = None;
    }

    /// Closes the link, if one is open, without waiting for it.
    pub(super) fn close(&mut self) {
        self.remember_standing();
        if let Some(session) = self.session.take() {
            session.send(Intent::Close);
        }
    }

    /// Closes the link, if one is open, and waits until what ran has signed off and everything is written.
    pub(super) async fn end(&mut self) {
        if let Some(session) = self.session.take() {
            session.end().await;
        }
    }

    /// Lists the serial ports on a thread of their own: some drivers take their time.
    pub(super) fn list_ports(&mut self) {
        if std::mem::replace(&mut self.listing, true) {
            return;
        }
        let inbox = self.inbox.clone();
        drop(tokio::task::spawn_blocking(move || {
            let found = ports::ports().iter().map(port).collect();
            let _ = inbox.send(Message::Ports(found));
        }));
    }

    /// Reads which links are remembered.
    pub(super) fn recall(&self) {
        let links = self.store.as_deref().map_or_else(|| Ok((Vec::new(), Vec::new())), super::store::load);
        let (saved, recent) = links.unwrap_or_else(|fault| {
            self.tell(Message::Warned(format!("saved links are not read: {fault}")));
            (Vec::new(), Vec::new())
        });
        self.tell(Message::Links(saved, recent));
    }

    fn remember(&self, saved: Vec<Kept>, recent: Vec<Kept>) {
        let Some(place) = &self.store else { return };
        if let Err(error) = super::store::save(place, saved, recent) {
            self.tell(Message::Warned(format!("links are not saved: {}", visible::error(&error))));
        }
    }

    /// Writes a new file; one that is there is left alone.
    fn write(&self, path: &Path, text: &[u8]) {
        let written = private::create_file(path).and_then(|mut file| file.write_all(text));
        let name = visible::file(path);
        self.tell(match written {
            Ok(()) => Message::Said(format!("written: {name}")),
            Err(error) => Message::Warned(format!("{name} was not written: {}", visible::error(&error))),
        });
    }

    fn read_writes(&self, place: Option<&Path>) {
        let records = place.map_or_else(|| Ok(Vec::new()), write_log::read);
        self.tell(match records {
            Ok(records) => Message::Writes(records),
            Err(error) => {
                Message::Warned(format!("the write log cannot be read: {}", visible::error(&error)))
            }
        });
    }

    fn choose_theme(&mut self, name: Option<String>) {
        let name = name.unwrap_or_else(|| after(&self.theme.palette().name));
        match shipped::load(&name, self.themes.as_deref()) {
            Ok(palette) => {
                let depth = Depth::of_environment();
                self.theme = Theme::new(palette, depth, self.theme.glyphs());
                self.tell(Message::Said(format!("theme {}", visible::string(&name))));
            }
            Err(error) => self.tell(Message::Warned(error.to_string())),
        }
    }

    fn tell(&self, message: Message) {
        // The console holds the other end as long as it runs.
        let _ = self.inbox.send(message);
    }
}

/// A link's name without what can be set about it.
fn place(name: &LinkName) -> String {
    LinkName::of(name.place.clone()).to_string()
}

/// The theme after this one, round and round.
fn after(name: &str) -> String {
    let at = shipped::SHIPPED.iter().position(|(known, _)| *known == name).map_or(0, |at| at + 1);
    let (next, _) = shipped::SHIPPED.iter().cycle().nth(at).unwrap_or(&("dark", ""));
    (*next).to_owned()
}

fn port(info: &ports::PortInfo) -> Port {
    let about = match &info.kind {
        ports::PortKind::Usb(adapter) => adapter.to_string(),
        ports::PortKind::Bluetooth => "Bluetooth".to_owned(),
        ports::PortKind::Pci => "on a card".to_owned(),
        ports::PortKind::Other => String::new(),
    };
    Port { link: format!("serial:{}", info.path), about }
}
