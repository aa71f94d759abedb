//! Several meters on one wire, pure: commands and time in, link events with their exact times out.
//!
//! Every meter hears every request, in the pieces and at the times in which the line carries it. Meters whose
//! line settings differ from the near end's hear garbage, which is to say nothing; what they push by themselves comes
//! as the garbage that the near end makes of it. Transmissions of several meters at once merge: a 0 wins over a 1. While meters transmit, none of
//! them hears. Meters do not hear each other's replies.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::fault::{Cut, Faults, Injector, Opening};
use super::line::{Pace, Piece, Speed};
use super::meter::{SimMeter, readdress};
use super::uart::misheard;
use crate::frame::At;
use crate::link::{Clock, LinkCommand, LinkEvent};
use crate::protocol::{LineSettings, Now, Output};
use crate::reading::Zone;

/// What lies ahead.
#[derive(Debug)]
enum Ahead {
    /// Bytes of a request arrive at the meters.
    Heard(Vec<u8>, LineSettings),
    /// Something happens at the near end.
    Near(LinkEvent),
    /// The near end's line settings change.
    NearLine(LineSettings),
    /// A meter's line settings change.
    MeterLine(usize, LineSettings),
    /// The link goes away.
    Cut(Cut),
    /// It is there again.
    Open,
}

/// A reply that has not begun.
#[derive(Debug)]
struct Transmission {
    start: At,
    bytes: Vec<u8>,
    line: LineSettings,
    /// Whether nobody has asked for it: whoever listens on other settings then hears what comes of it.
    is_push: bool,
}

/// A meter is asked at most so often in a row, so that one that never ends cannot hold the simulation up.
const MOST_TOLD: usize = 64;

/// A meter whose deadline does not move when it is asked is left alone for this long.
const REST: Duration = Duration::from_millis(1);

/// With [`Speed::Max`], deadlines this soon after the last byte heard are silences and reaction times, and are not
/// waited for. Longer ones are intervals at which a meter pushes.
const SILENCE: Duration = Duration::from_millis(500);

/// A command that comes this soon after something was handed over answers it at once: the runtime's timers
/// are this coarse, and what they are late by is not the near end's.
const TICK: Duration = Duration::from_millis(1);

/// The wire and everything on it.
#[derive(Debug)]
pub(super) struct Wire {
    meters: Vec<SimMeter>,
    injector: Injector,
    speed: Speed,
    line: LineSettings,
    near: NearEnd,
    clock: Clock,
    zone: Option<TimeZone>,
    now: At,
    ahead: BTreeMap<(At, u64), Ahead>,
    number: u64,
    told: Vec<Transmission>,
    /// When everything the near end has sent has left.
    near_free: At,
    /// When the meters' transmission that is on the wire ends.
    busy_until: At,
    is_open: bool,
    handed_over: At,
    out: Vec<LinkEvent>,
}

/// Who sets the line at the near end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NearEnd {
    /// Whoever uses it.
    Commanded,
    /// Nobody can: it goes along with the meters, as programs behind a socket expect.
    Follows,
}

/// How a wire begins.
#[derive(Debug)]
pub(super) struct Beginning {
    pub(super) meters: Vec<SimMeter>,
    pub(super) faults: Faults,
    pub(super) speed: Speed,
    pub(super) line: LineSettings,
    pub(super) near: NearEnd,
    pub(super) clock: Clock,
    pub(super) zone: Option<TimeZone>,
}

impl Wire {
    /// A wire whose link opens at a moment.
    pub(super) fn new(beginning: Beginning, at: At) -> Self {
        let Beginning { meters, faults, speed, line, near, clock, zone } = beginning;
        let mut wire = Self {
            meters,
            injector: Injector::new(faults),
            speed,
            line,
            near,
            clock,
            zone,
            now: at,
            ahead: BTreeMap::new(),
            number: 0,
            told: Vec::new(),
            near_free: at,
            busy_until: At::ZERO,
            is_open: false,
            handed_over: At::ZERO,
            out: Vec::new(),
        };
        wire.plan(at, Ahead::Open);
        wire
    }

    /// What the near end asks for, at a moment up to which [`Wire::advance`] has been called.
    pub(super) fn command(&mut self, command: LinkCommand, at: At) {
        let at = self.answered_at(at);
        match command {
            LinkCommand::Send(bytes) if self.is_open => self.send(&bytes, at.max(self.near_free)),
            LinkCommand::Send(_) | LinkCommand::Renew => {}
            LinkCommand::SetLine(line) => {
                self.plan(at.max(self.near_free), Ahead::NearLine(line));
            }
            LinkCommand::Close => {
                let why = "closed".to_owned();
                self.ahead.clear();
                self.emit(LinkEvent::Closed { why, at });
            }
        }
    }

    /// Other meters are on the wire from a moment on; what those before were saying breaks off.
    pub(super) fn swap(&mut self, meters: Vec<SimMeter>, at: At) {
        self.catch_up(at);
        self.injector.readdress_by(readdress(&meters));
        self.meters = meters;
        self.told.clear();
        let is_theirs =
            |ahead: &Ahead| matches!(ahead, Ahead::MeterLine(..) | Ahead::Near(LinkEvent::Received { .. }));
        self.ahead.retain(|_, ahead| !is_theirs(ahead));
    }

    /// Everything that happens up to a moment, in order.
    pub(super) fn advance(&mut self, to: At) -> Vec<LinkEvent> {
        self.catch_up(to);
        std::mem::take(&mut self.out)
    }

    /// Lets everything up to a moment happen; what is to be told of it waits for [`Wire::advance`].
    pub(super) fn catch_up(&mut self, to: At) {
        while let Some(at) = self.deadline().filter(|at| *at <= to) {
            self.step(at.max(self.now));
        }
    }

    /// Whether a meter is in a session.
    pub(super) fn is_in_session(&self) -> bool {
        self.meters.iter().any(SimMeter::is_in_session)
    }

    /// When the next thing happens.
    pub(super) fn deadline(&self) -> Option<At> {
        let ahead = self.ahead.first_key_value().map(|((at, _), _)| *at);
        let told = self.told.iter().map(|transmission| transmission.start).min();
        let meters = self.meters.iter().filter_map(|meter| self.meter_deadline(meter)).min();
        [ahead, told, meters, self.injector.deadline()].into_iter().flatten().min()
    }

    /// The moment a command counts for: with real times, an answer that follows at once is not charged with
    /// the coarseness of timers.
    fn answered_at(&self, at: At) -> At {
        let is_answer = self.speed == Speed::Real && at.since(self.handed_over) < TICK;
        if is_answer { self.handed_over.max(self.now) } else { at }
    }

    fn meter_deadline(&self, meter: &SimMeter) -> Option<At> {
        let deadline = meter.deadline()?;
        let skipped = self.speed == Speed::Max && deadline.since(meter.last_heard()) <= SILENCE;
        let wanted = if skipped { meter.last_heard().max(self.now) } else { deadline };
        Some(wanted.max(meter.rests_until()))
    }

    fn step(&mut self, at: At) {
        self.now = at;
        while let Some(entry) = self.ahead.first_entry().filter(|entry| entry.key().0 <= at) {
            let next = entry.remove();
            self.happen(next);
        }
        self.begin_transmissions();
        let idle = self.injector.expire(at);
        self.deliver(idle);
        for index in 0..self.meters.len() {
            let deadline = self.meters.get(index).and_then(|meter| self.meter_deadline(meter));
            if deadline.is_some_and(|deadline| deadline <= at) {
                self.ask(index);
                self.rest(index);
            }
        }
    }

    fn happen(&mut self, next: Ahead) {
        match next {
            Ahead::Heard(bytes, line) => self.hear(&bytes, line),
            Ahead::Near(event) => self.emit(event),
            Ahead::NearLine(line) => {
                self.line = line;
                self.emit(LinkEvent::LineSet { line, at: self.now });
            }
            Ahead::MeterLine(index, line) => {
                if let Some(meter) = self.meters.get_mut(index) {
                    meter.set_line(line);
                    meter.speak(line);
                }
                if self.near == NearEnd::Follows {
                    self.line = line;
                }
            }
            Ahead::Cut(cut) => self.lose(cut.why, cut.back_in),
            Ahead::Open => self.open(),
        }
    }

    fn open(&mut self) {
        let at = self.now;
        match self.injector.open(at) {
            Opening::Opens(waiting) => {
                self.is_open = true;
                self.near_free = self.near_free.max(at);
                let peer = "simulated bus".to_owned();
                self.emit(LinkEvent::Opened { peer, line: Some(self.line), at });
                if !waiting.is_empty() {
                    self.emit(LinkEvent::received(waiting, at));
                }
            }
            Opening::Refused(time) => self.lose(super::fault::REFUSED, Some(time)),
        }
    }

    fn lose(&mut self, why: &str, back_in: Option<Duration>) {
        self.is_open = false;
        self.near_free = self.now;
        self.ahead.retain(|_, ahead| matches!(ahead, Ahead::MeterLine(..) | Ahead::NearLine(_)));
        let retry_in = back_in.unwrap_or_default();
        self.emit(LinkEvent::Lost { why: why.to_owned(), retry_in, at: self.now });
        if let Some(time) = back_in {
            self.plan(self.now + time, Ahead::Open);
        }
    }

    fn send(&mut self, bytes: &[u8], start: At) {
        let pace = Pace::of(self.line, self.speed);
        let end = start + pace.time(bytes.len());
        self.near_free = end;
        let passed = self.injector.request(pace.pieces(bytes, start), pace);
        self.deliver(passed.back);
        self.plan(end, Ahead::Near(LinkEvent::Sent { at: end }));
        for Piece { at, bytes } in passed.through {
            self.plan(at, Ahead::Heard(bytes, self.line));
        }
        if let Some(cut) = passed.cut {
            self.plan(cut.at, Ahead::Cut(cut));
        }
    }

    fn hear(&mut self, bytes: &[u8], line: LineSettings) {
        if self.now < self.busy_until {
            return;
        }
        for index in 0..self.meters.len() {
            if self.meters.get(index).is_none_or(|meter| meter.line() != line) {
                continue;
            }
            let now = self.moment(index, self.now);
            if let Some(meter) = self.meters.get_mut(index) {
                meter.hear(bytes, now);
                self.ask(index);
            }
        }
    }

    /// Asks a meter what it does, until it does nothing more.
    fn ask(&mut self, index: usize) {
        for _ in 0..MOST_TOLD {
            let Some(meter) = self.meters.get(index) else { return };
            let skipped_to = meter.deadline().filter(|_| self.meter_deadline(meter) <= Some(self.now));
            let now = self.moment(index, skipped_to.map_or(self.now, |at| at.max(self.now)));
            let Some(told) = self.meters.get_mut(index).and_then(|meter| meter.poll(now)) else { return };
            self.obey(index, told);
        }
    }

    fn obey(&mut self, index: usize, told: Output) {
        let (now, speed) = (self.now, self.speed);
        let Some(meter) = self.meters.get_mut(index) else { return };
        match told {
            Output::Send { bytes, due } => {
                let due = if speed == Speed::Max { now } else { due };
                let start = due.max(now).max(meter.free());
                let line = meter.speaks();
                let is_push = meter.last_heard() == At::ZERO;
                meter.busy_until(start + Pace::of(line, speed).time(bytes.len()));
                self.told.push(Transmission { start, bytes, line, is_push });
            }
            Output::SetLine(line) => {
                let at = meter.free().max(now);
                let late = self.injector.line_delay(at);
                if late.is_zero() {
                    meter.speak(line);
                }
                self.plan(at + late, Ahead::MeterLine(index, line));
            }
        }
    }

    /// Leaves a meter alone for a moment that wants to be asked again at once.
    fn rest(&mut self, index: usize) {
        let now = self.now;
        let wanted = self.meters.get(index).and_then(|meter| self.meter_deadline(meter));
        if let Some(meter) = self.meters.get_mut(index)
            && wanted.is_some_and(|wanted| wanted <= now)
        {
            meter.rest_until(now + REST);
        }
    }

    /// Puts the transmissions that are due on the wire, with all that will run into them.
    fn begin_transmissions(&mut self) {
        while let Some(index) = self.told.iter().position(|transmission| transmission.start <= self.now) {
            let first = self.told.swap_remove(index);
            let pace = Pace::of(first.line, self.speed);
            let mut bytes = self.collided(&first, pace);
            self.busy_until = self.busy_until.max(first.start + pace.time(bytes.len()));
            if first.line != self.line && self.near == NearEnd::Commanded {
                if !first.is_push {
                    continue;
                }
                bytes = misheard(&bytes, first.line, self.line);
            }
            let passed = self.injector.reply(pace.pieces(&bytes, first.start), pace);
            self.deliver(passed.through);
            if let Some(cut) = passed.cut {
                self.plan(cut.at, Ahead::Cut(cut));
            }
        }
    }

    fn collided(&mut self, first: &Transmission, pace: Pace) -> Vec<u8> {
        let mut bytes = first.bytes.clone();
        loop {
            let end = first.start + pace.time(bytes.len());
            let runs_into = |other: &Transmission| {
                other.line == first.line && (other.start < end || other.start == first.start)
            };
            let Some(index) = self.told.iter().position(runs_into) else { return bytes };
            let other = self.told.swap_remove(index);
            let skew = pace.characters(other.start.since(first.start));
            bytes = super::fault::collide(&bytes, &other.bytes, skew);
        }
    }

    fn deliver(&mut self, pieces: Vec<Piece>) {
        for Piece { at, bytes } in pieces {
            let at = at.max(self.now);
            self.plan(at, Ahead::Near(LinkEvent::received(bytes, at)));
        }
    }

    fn emit(&mut self, event: LinkEvent) {
        let dropped = matches!(event, LinkEvent::Received { .. } | LinkEvent::Sent { .. }) && !self.is_open;
        if !dropped {
            self.handed_over = self.now;
            self.out.push(event);
        }
    }

    fn plan(&mut self, at: At, ahead: Ahead) {
        self.number += 1;
        self.ahead.insert((at, self.number), ahead);
    }

    /// A moment on the clock of a meter: in the zone of the bus where one is set, else in the meter's own, else in
    /// this computer's.
    fn moment(&self, index: usize, at: At) -> Now {
        let own = || self.meters.get(index).and_then(SimMeter::zone).cloned();
        let zone = self.zone.clone().or_else(own).unwrap_or_else(TimeZone::system);
        let wall = self.clock.wall(at);
        let (is_summer, ahead_minutes) = match Zone::at(&zone, wall) {
            Zone::Local { is_summer, offset_minutes } => (is_summer, offset_minutes),
            _ => (false, 0),
        };
        Now { at, wall: wall.to_zoned(zone).datetime(), ahead_minutes, is_summer }
    }
}
