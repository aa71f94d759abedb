//! How a session comes about: sign-on, identification, option select, change of speed, password.

use super::judge::{Verdict, headless_operand};
use super::session::{Asked, Before, Next, Phase, Session, Speed};
use super::tally::{Tally, refused};
use super::{Work, pace};
use crate::frame::At;
use crate::protocol::iec62056_21::compose::{self, Job};
use crate::protocol::iec62056_21::energomera::login;
use crate::protocol::iec62056_21::ident::{self, Identity, Mode, digit, speed};
use crate::protocol::iec62056_21::{EKT, EMR, GENERIC, Iec, NEVA_1, NEVA_3};
use crate::protocol::{Dialect, Family as _, Fault, LineSettings, Unfit};

/// The speed at which a session of a meter that starts slowly usually goes on.
const WORKING: u32 = 9600;
/// The speed at which the standard has every session start.
const START: u32 = 300;
/// How often a password is sent at most.
const LOGINS: u32 = 2;

impl Session {
    pub(super) fn sign_on(&mut self, at: At) {
        if std::mem::replace(&mut self.before, Before::SignedOff) == Before::CutOff {
            return self.break_off();
        }
        self.step("sign-on");
        self.signed_on = at;
        self.tally.sent += 1;
        self.count_try(self.tally.sent, self.options.tries());
        self.send(compose::sign_on(&self.address), Phase::SignOn);
        self.owes_sign_off = true;
    }

    pub(super) fn heard_identification(&mut self, verdict: Verdict, at: At) {
        match verdict {
            Verdict::Identification(text) => self.identified(&text, at),
            Verdict::Damaged(what) => self.tally.damage(what),
            _ => {}
        }
    }

    fn identified(&mut self, text: &[u8], at: At) {
        let Some(identity) = Identity::parse(text) else { return };
        self.step("identification");
        self.tally = Tally::default();
        self.proposed = identity.speed;
        self.is_7109 = ident::is_mt124_7109(text.get(identity.kind.clone()).unwrap_or_default());
        self.reaction = pace::reaction(self.profile.dialect, identity.is_quick());
        self.compare(identity.dialect(text));
        self.choose_speed(text.len(), at);
        let wants_readout = matches!(self.works.front(), Some(Work { job: Job::Readout { .. }, .. }));
        match (identity.mode(), wants_readout) {
            (Mode::C(_), _) => self.pause(Next::Select, self.reaction, at),
            (Mode::A, true) => self.await_data(Phase::Readout, at),
            (Mode::B(baud), true) => {
                if self.may_change_speed() {
                    self.set_line(self.with_baud(baud));
                }
                self.await_data(Phase::Readout, at);
            }
            (Mode::A | Mode::B(_), false) => {
                let what = Unfit::Content("a meter of mode A or B has no commands: ask for its readout");
                self.fail_all("identification", &Fault::Unexpected(what), at);
            }
        }
    }

    /// Another maker than the picked model has is a warning, not a change of mind.
    fn compare(&mut self, found: Option<Dialect>) {
        let picked = self.profile.dialect;
        let is_open = matches!(picked, GENERIC | Dialect(0));
        if let Some(found) = found.filter(|found| *found != picked && !is_open) {
            let (found, picked) = (Iec.dialect_name(found), Iec.dialect_name(picked));
            self.warn(
                "dialect",
                format!("the meter identifies itself as {found}, the picked model is {picked}"),
            );
        }
        let is_foreign = found.is_none() && matches!(picked, NEVA_1 | NEVA_3 | EKT | EMR);
        if is_foreign {
            self.warn("dialect", "the meter identifies itself as none of the picked model's family");
        }
    }

    const fn with_baud(&self, baud: u32) -> LineSettings {
        LineSettings { baud, ..self.line }
    }

    fn await_data(&mut self, phase: Phase, at: At) {
        self.phase = phase;
        self.await_answer(at);
    }

    /// The characters of the option select. Where the speed is to stay, the digit of the line is sent.
    fn choice(&self) -> (u8, u8, u8) {
        let own = digit(self.line.baud).unwrap_or(self.proposed);
        let stays = matches!(self.speed, Speed::Kept | Speed::Untouched(Asked::Start));
        let proposed = if stays { own } else { self.proposed };
        match self.works.front().map(|work| &work.job) {
            Some(Job::Readout { v, z, y }) => (*v, z.unwrap_or(proposed), *y),
            _ => (b'0', proposed, b'1'),
        }
    }

    pub(super) fn select(&mut self, _: At) {
        self.step("option select");
        self.blocks = 0;
        let (v, z, y) = self.choice();
        self.send(compose::select(v, z, y), Phase::Selecting);
    }

    /// The option select has left the wire.
    pub(super) fn selected(&mut self, at: At) {
        self.phase = Phase::Settling;
        self.wait(at + if self.changes_speed() { pace::SETTLE } else { std::time::Duration::ZERO });
    }

    /// An answer has come before the end of the option select was told. With a speed that stays it is one.
    pub(super) fn overtaken(&mut self, at: At) -> bool {
        if self.changes_speed() {
            return false;
        }
        self.change_speed(at);
        true
    }

    /// Whether the line is the standard's, which starts at 300 Bd; any other keeps its speed throughout.
    pub(super) const fn starts_slowly(&self) -> bool {
        self.profile.line.baud == START
    }

    /// Whether the line is to follow the meter, and can.
    const fn may_change_speed(&self) -> bool {
        self.starts_slowly() && matches!(self.speed, Speed::Proposed | Speed::HeardBack)
    }

    fn changes_speed(&self) -> bool {
        let (_, z, _) = self.choice();
        self.may_change_speed() && speed(z).is_some_and(|baud| baud != self.line.baud)
    }

    /// An identification that came sooner than the speed of the start can carry it and its request speaks for a line
    /// whose speed never changes: the proposal is that speed. A later one is taken for the speed of the start.
    fn choose_speed(&mut self, length: usize, at: At) {
        let carried = self.profile.line.wire_time(compose::sign_on(&self.address).len() + length);
        if self.speed == Speed::Untouched(Asked::Proposal)
            && self.restarts == 0
            && at.since(self.signed_on) >= carried
        {
            self.speed = Speed::Untouched(Asked::Start);
        }
    }

    pub(super) fn change_speed(&mut self, at: At) {
        let (_, z, _) = self.choice();
        if let Some(baud) = speed(z).filter(|_| self.changes_speed()) {
            self.step("speed change");
            self.set_line(self.with_baud(baud));
        }
        let is_readout = matches!(self.works.front(), Some(Work { job: Job::Readout { .. }, .. }));
        self.tally.sent += 1;
        self.await_data(if is_readout { Phase::Readout } else { Phase::Operand }, at);
    }

    /// The line cannot be set as the session wants it, now or later: once more, at the speed it has.
    pub(super) fn line_refused(&mut self, at: At) {
        self.line = self.profile.line;
        let could_change = self.may_change_speed();
        self.speed = Speed::Kept;
        if could_change && matches!(self.phase, Phase::Operand | Phase::Readout) {
            self.warn(
                "line",
                "the line cannot change its speed; the meter is asked to stay at the present one",
            );
            self.tally = Tally::default();
            self.pause(Next::Break, pace::BETWEEN_SIGN_OFFS, at);
        }
    }

    pub(super) fn heard_operand(&mut self, verdict: Verdict, wire: &[u8], at: At) {
        match verdict {
            Verdict::Operand(operand) => self.admitted_to_login(operand, at),
            Verdict::Damaged(what) => match headless_operand(wire) {
                Some(operand) => self.admitted_to_login(operand, at),
                None => self.tally.damage(what),
            },
            Verdict::Ended => self.fail_all("option select", &refused("the meter ended the session"), at),
            Verdict::Denied => self.fail_all("option select", &refused("the meter answers NAK"), at),
            Verdict::Refused { code, meaning } => {
                self.fail_all("option select", &Fault::Refused { code, meaning }, at);
            }
            _ => {}
        }
    }

    fn admitted_to_login(&mut self, operand: Vec<u8>, at: At) {
        self.operand = operand;
        self.tally = Tally::default();
        let next = if self.password().is_some() { Next::Login } else { Next::Ask };
        if next == Next::Ask {
            self.is_open = true;
        }
        self.logins = 0;
        self.pause(next, self.reaction, at);
    }

    /// The command and the operand of the password; `None` where none is needed or given.
    fn password(&self) -> Option<([u8; 2], Vec<u8>)> {
        let given = self.profile.password.as_ref().map(|secret| secret.reveal().to_vec());
        match self.profile.dialect {
            NEVA_1 | NEVA_3 => {
                let password = given.unwrap_or_else(|| b"00000000".to_vec());
                let is_none = password.iter().all(|byte| *byte == b'0');
                Some((*b"P1", if self.is_7109 && is_none { Vec::new() } else { password }))
            }
            EMR if matches!(self.profile.model, "energomera-ce208" | "energomera-ce308") => {
                let password = given?;
                let hash = login::hash(&password, &self.operand);
                Some(hash.map_or((*b"P1", password), |hash| (*b"P2", format!("{hash:08X}").into_bytes())))
            }
            _ => Some((*b"P1", given?)),
        }
    }

    pub(super) fn login(&mut self) {
        let Some((code, password)) = self.password() else { return };
        if self.logins == 0 {
            self.step("password");
        }
        self.logins += 1;
        self.tally.sent += 1;
        self.count_try(self.logins, LOGINS);
        self.send(compose::login(code, &password, self.send_rule()), Phase::Login);
    }

    pub(super) fn heard_admission(&mut self, verdict: Verdict, at: At) {
        let step = "password";
        match verdict {
            // The MT124's firmware 7109 answers with data instead of ACK.
            Verdict::Accepted | Verdict::Data { .. } => {
                self.tally = Tally::default();
                self.is_open = true;
                self.pause(Next::Ask, self.reaction, at);
            }
            Verdict::Ended => {
                self.fail_all(step, &refused("the meter ended the session: wrong password"), at);
            }
            Verdict::Denied => self.fail_all(step, &refused("the meter answers NAK: wrong password"), at),
            Verdict::Refused { code, .. } => {
                self.fail_all(
                    step,
                    &Fault::Refused { code, meaning: "wrong password, or it is not taken" },
                    at,
                );
            }
            Verdict::Damaged(what) => self.tally.damage(what),
            _ => {}
        }
    }

    /// A password that got no answer at all is sent once more; one that got a damaged answer may have been
    /// refused, and is not.
    pub(super) fn no_admission(&mut self, at: At) {
        if self.logins < LOGINS && !self.gives_way && !self.tally.is_damaged() {
            return self.login();
        }
        let fault = std::mem::take(&mut self.tally).fault();
        self.fail_all("password", &fault, at);
    }

    /// No identification: a session may still be open, so a sign-off comes before the next try.
    pub(super) fn no_identification(&mut self, at: At) {
        if self.gives_way || self.tally.sent >= self.options.tries() {
            let fault = std::mem::take(&mut self.tally).fault();
            self.owes_sign_off = false;
            return self.fail_all("sign-on", &fault, at);
        }
        self.break_off();
    }

    /// A sign-off, for a session may be open.
    pub(super) fn break_off(&mut self) {
        self.step("break");
        self.sign_off(Next::SignOn);
    }

    /// The same at the speed that a session which started slower has gone on at.
    pub(super) fn break_at_working_speed(&mut self) {
        self.set_line(self.with_baud(WORKING));
        self.sign_off(Next::SignOn);
    }

    /// A break has left the wire: the next at the working speed, if the line started slower; then the sign-on.
    pub(super) fn after_break(&mut self, at: At) {
        if self.may_change_speed() && self.line == self.profile.line {
            return self.pause(Next::WorkingBreak, pace::BETWEEN_SIGN_OFFS, at);
        }
        self.set_line(self.profile.line);
        self.pause(Next::SignOn, pace::AFTER_BREAK, at);
    }

    /// No operand at the new speed: the meter may have stayed at the old one.
    pub(super) fn no_operand(&mut self, at: At) {
        let fault = std::mem::take(&mut self.tally).fault();
        self.no_data_after_select(&fault, at);
    }

    /// Nothing came after the option select: listens at the old speed, then signs on again and leaves the
    /// speed as it is, then gives up.
    pub(super) fn no_data_after_select(&mut self, fault: &Fault, at: At) {
        if self.gives_way {
            return self.fail_all("option select", fault, at);
        }
        if self.line != self.profile.line && self.speed == Speed::Proposed {
            self.speed = Speed::HeardBack;
            self.warn("speed", "nothing came at the new speed; the old one is listened to");
            self.set_line(self.profile.line);
            let phase = self.phase;
            return self.await_data(phase, at);
        }
        if self.speed == Speed::HeardBack {
            self.speed = Speed::Kept;
        } else if self.restarts >= self.options.retries {
            return self.fail_all("option select", fault, at);
        } else if let Speed::Untouched(asked) = self.speed {
            self.ask_for_the_other_speed(asked);
        }
        self.restarts += 1;
        self.sign_off(Next::SignOn);
    }

    /// The speed of the line is not known: if the meter has taken another, this one may be right.
    fn ask_for_the_other_speed(&mut self, asked: Asked) {
        self.speed = Speed::Untouched(asked.other());
        if self.restarts == 0 {
            let text = "the speed of this line is set at its far end; if the meter stays silent, name it: \
                        ?line=9600-7E1";
            self.warn("line", text);
        }
    }
}
