//! The console's loop: waits for something to happen, updates the state, draws what changed.
//!
//! The first picture is drawn before anything else is opened or listed. All messages that wait are taken
//! before a draw; nothing is drawn unless the state says that something visible changed. Without an age or a
//! clock in view there is no timer at all.

use std::io;
use std::path::PathBuf;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use futures_util::{FutureExt as _, StreamExt as _};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep_until};

use super::effects::{Next, Outside};
use super::keymap::Keymap;
use super::message::Message;
use super::signals::{Signal, Signals};
use super::state::connect::Kept;
use super::state::{Moment, Screen, State};
use super::terminal::{self, Screen as Terminal};
use super::theme::{Theme, apply_no_color, shipped};
use super::update::{self, update};
use crate::app::keys::Keys;
use crate::app::session::{Recording, Session};
use crate::bus::BusEvent;
use crate::link::{Clock, LinkName, SHARE, Share, Turn};

/// Two pictures are at least this far apart.
const BETWEEN_DRAWS: Duration = Duration::from_millis(16);

/// What a message of the bus counts of a share: so many are taken before the next picture.
const A_MESSAGE: usize = SHARE / 8;

/// How often tenths of a second are counted while they are in view.
const TENTH: Duration = Duration::from_millis(100);

/// How often ports are looked for while their list is in view.
const LOOK_FOR_PORTS: Duration = Duration::from_secs(1);

/// What the console starts with.
pub struct Start {
    /// The link to open at once.
    pub link: Option<LinkName>,
    /// The meter to talk to at once: model id and address.
    pub meter: Option<(String, String)>,
    /// The theme.
    pub theme: Theme,
    /// The folder of the person's own themes.
    pub themes: Option<PathBuf>,
    /// The keys.
    pub keymap: Keymap,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// Where traffic is written.
    pub recording: Recording,
    /// The keys of meters that encrypt.
    pub keys: Keys,
    /// The zone of the meters' clocks, where it is set.
    pub zone: Option<TimeZone>,
    /// Links named in the configuration.
    pub links: Vec<Kept>,
    /// Where links are remembered from one start to the next; `None` to remember none.
    pub store: Option<PathBuf>,
    /// Where what is written to meters is kept.
    pub write_log: Option<PathBuf>,
}

/// Runs the console until the person leaves it.
///
/// # Errors
/// When standard output is no terminal, or the terminal goes away.
pub fn run(start: Start) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        // Before the terminal is taken over: from then on an early end must give it back.
        let signals = Signals::listen()?;
        Console::open(start)?.run(signals).await
    });
    // A port driver that hangs while ports are listed must not keep the console from ending.
    runtime.shutdown_background();
    result
}

struct Console {
    state: State,
    outside: Outside,
    clock: Clock,
    inbox: UnboundedReceiver<Message>,
    drawn: u64,
    last_draw: Instant,
    next_ports: Instant,
    asked: Option<Asked>,
}

impl Console {
    /// Takes the terminal over and draws the first picture.
    fn open(start: Start) -> io::Result<Self> {
        apply_no_color();
        let screen = Terminal::enter(start.mouse)?;
        let mut state = State::new(terminal::size(), start.keymap);
        state.mouse = start.mouse;
        state.connect.configured = start.links;
        state.write_log = start.write_log;
        state.keys = start.keys;
        state.captures = match &start.recording {
            Recording::None => None,
            Recording::File(path) => Some(path.clone()),
            Recording::Ring(ring) => Some(ring.folder.clone()),
        };
        state.themes = shipped::SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect();
        let clock = Clock::start();
        let (sender, inbox) = unbounded_channel();
        let outside = Outside {
            screen,
            theme: start.theme,
            standings: std::collections::HashMap::new(),
            session: None,
            inbox: sender,
            themes: start.themes,
            recording: start.recording,
            zone: start.zone,
            store: start.store,
            listing: false,
        };
        let now = Instant::now();
        let asked = Some(Asked { link: start.link, meter: start.meter });
        let mut console =
            Self { state, outside, clock, inbox, drawn: 0, last_draw: now, next_ports: now, asked };
        console.draw()?;
        Ok(console)
    }

    async fn run(mut self, mut signals: Signals) -> io::Result<()> {
        self.begin()?;
        let mut events = EventStream::new();
        let mut share = Share::default();
        loop {
            let at = self.next_timer();
            let happened = self.happens(&mut share, &mut signals, &mut events, at).await;
            self.tick()?;
            let mut next = self.take(happened)?;
            // A bus that has always something to tell must not keep it from the next picture, nor from a signal.
            while next == Next::GoOn
                && !share.is_used_up()
                && let Some(more) = self.waiting(&mut events).await
            {
                share.took(A_MESSAGE);
                next = self.take(more)?;
            }
            match next {
                Next::Quit => break,
                Next::Suspend => self.suspend()?,
                Next::GoOn => {}
            }
            if self.state.generation != self.drawn && self.last_draw.elapsed() >= BETWEEN_DRAWS {
                self.draw()?;
            }
        }
        // The person has the terminal back while a session still signs off.
        terminal::restore();
        self.outside.end().await;
        Ok(())
    }

    /// What happens next.
    async fn happens(
        &mut self,
        share: &mut Share,
        signals: &mut Signals,
        events: &mut EventStream,
        at: Option<Instant>,
    ) -> Happened {
        let urgent = async {
            tokio::select! {
                biased;
                signal = signals.next() => Happened::Signal(signal),
                event = events.next() => Happened::Terminal(event),
                () = timer(at) => Happened::Timer,
            }
        };
        let (inbox, session) = (&mut self.inbox, &mut self.outside.session);
        let told = async {
            tokio::select! {
                biased;
                // Before the session: that a link is being opened must not be heard after that it is open.
                Some(message) = inbox.recv() => message,
                message = from_session(session) => message,
            }
        };
        let turn = share.turn(urgent, told).await;
        match turn {
            Turn::Urgent(happened) => happened,
            Turn::Input(message) => {
                share.took(A_MESSAGE);
                Happened::Message(Box::new(message))
            }
        }
    }

    /// What is done once the first picture stands.
    fn begin(&mut self) -> io::Result<()> {
        self.state.zone = TimeZone::system();
        self.tick()?;
        self.outside.recall();
        let Some(asked) = self.asked.take() else { return Ok(()) };
        let effects = update::start(&mut self.state, asked.link, asked.meter);
        for effect in effects {
            self.outside.perform(effect)?;
        }
        Ok(())
    }

    /// One more thing that has happened already, if there is one.
    async fn waiting(&mut self, events: &mut EventStream) -> Option<Happened> {
        // The stream keeps the waker of one look until it has fired, so that each look must be with the
        // loop's own and not with one that wakes nobody.
        let look = std::future::poll_fn(|context| Poll::Ready(events.poll_next_unpin(context)));
        if let Poll::Ready(event) = look.await {
            return Some(Happened::Terminal(event));
        }
        let told = self.inbox.try_recv().ok();
        told.or_else(|| from_session(&mut self.outside.session).now_or_never())
            .map(|message| Happened::Message(Box::new(message)))
    }

    fn take(&mut self, happened: Happened) -> io::Result<Next> {
        match happened {
            Happened::Signal(Signal::End) | Happened::Terminal(None) => Ok(Next::Quit),
            Happened::Signal(Signal::Stop) => Ok(Next::Suspend),
            Happened::Signal(Signal::Continue) => {
                self.resume()?;
                Ok(Next::GoOn)
            }
            Happened::Signal(Signal::Resized) => self.resized(),
            Happened::Terminal(Some(Err(error))) => Err(error),
            Happened::Terminal(Some(Ok(event))) => self.event(event),
            Happened::Message(message) => self.message(*message),
            Happened::Timer => {
                self.look_for_ports();
                Ok(Next::GoOn)
            }
        }
    }

    fn event(&mut self, event: Event) -> io::Result<Next> {
        match event {
            Event::Key(key) => self.message(Message::Key(key)),
            Event::Paste(text) => self.message(Message::Paste(text)),
            Event::Mouse(mouse) => self.message(Message::Mouse(mouse)),
            // The stream loses a change of size that comes together with a key: where there are signals, theirs
            // is taken.
            Event::Resize(..) if cfg!(unix) => Ok(Next::GoOn),
            Event::Resize(..) => self.resized(),
            Event::FocusGained | Event::FocusLost => Ok(Next::GoOn),
        }
    }

    fn resized(&mut self) -> io::Result<Next> {
        let size = terminal::size();
        self.outside.screen.resize(size)?;
        self.message(Message::Resize(size.0, size.1))
    }

    fn message(&mut self, message: Message) -> io::Result<Next> {
        match &message {
            Message::Ports(_) => self.outside.listing = false,
            Message::Ended(_) => self.outside.ended(),
            _ => {}
        }
        for effect in update(&mut self.state, message) {
            match self.outside.perform(effect)? {
                Next::GoOn => {}
                next => return Ok(next),
            }
        }
        Ok(Next::GoOn)
    }

    fn tick(&mut self) -> io::Result<()> {
        let now = Moment { at: self.clock.now(), wall: Timestamp::now() };
        self.message(Message::Tick(now)).map(|_| ())
    }

    fn draw(&mut self) -> io::Result<()> {
        self.drawn = self.state.generation;
        self.last_draw = Instant::now();
        self.outside.screen.draw(&self.state, &self.outside.theme)?;
        self.message(Message::Drawn).map(|_| ())
    }

    /// When something has to be done though nothing happens.
    fn next_timer(&self) -> Option<Instant> {
        let drawing = (self.state.generation != self.drawn).then(|| self.last_draw + BETWEEN_DRAWS);
        let second = self.state.shows_time().then(|| Instant::now() + to_next_second(Timestamp::now()));
        let tenth = self.state.shows_tenths().then(|| Instant::now() + TENTH);
        let ports = (self.state.screen == Screen::Connect).then_some(self.next_ports);
        let due = self.state.due().map(|at| self.clock.instant(at));
        [drawing, second, tenth, ports, due].into_iter().flatten().min()
    }

    fn look_for_ports(&mut self) {
        if self.state.screen == Screen::Connect && Instant::now() >= self.next_ports {
            self.next_ports = Instant::now() + LOOK_FOR_PORTS;
            self.outside.list_ports();
        }
    }

    /// Gives the terminal back and stops; the shell continues the program.
    fn suspend(&mut self) -> io::Result<()> {
        terminal::restore();
        super::signals::stop();
        self.resume()
    }

    fn resume(&mut self) -> io::Result<()> {
        let (width, height) = self.outside.screen.resume()?;
        self.message(Message::Resize(width, height)).map(|_| ())
    }
}

/// What the command line asks to be done at once.
struct Asked {
    link: Option<LinkName>,
    meter: Option<(String, String)>,
}

/// Something that happened.
enum Happened {
    Signal(Signal),
    Terminal(Option<io::Result<Event>>),
    Message(Box<Message>),
    Timer,
}

/// What the bus tells next; never, while there is no link.
async fn from_session(session: &mut Option<Session>) -> Message {
    let Some(session) = session else { return std::future::pending().await };
    tokio::select! {
        biased;
        event = session.events.recv() => match event {
            Some(BusEvent::Job(id, event)) => Message::Job(id, event),
            Some(BusEvent::Line(finding)) => Message::Said(finding.to_string()),
            Some(BusEvent::OtherMaster(other)) => Message::OtherMaster(other),
            Some(BusEvent::Ended(result)) => Message::Ended(result.err().map(|error| error.to_string())),
            None => Message::Ended(None),
        },
        Ok(()) = session.status.changed() => Message::Traffic(session.status.borrow_and_update().clone()),
    }
}

async fn timer(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// The time to the next full second of the wall clock, so that clocks on screen step in time.
fn to_next_second(now: Timestamp) -> Duration {
    let passed = u32::try_from(now.subsec_nanosecond().max(0)).unwrap_or(0);
    Duration::from_nanos(u64::from(1_000_000_000u32.saturating_sub(passed)))
}
