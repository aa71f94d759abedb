//! How a session comes about: sign-on, identification, option select, change of speed, password.

use std::time::Duration;

use super::answers::refused;
use super::judge::{Verdict, headless_operand};
use super::phase::{Entry, Next, Phase};
use super::session::Session;
use super::speed::Retry;
use super::{login, pace};
use crate::frame::At;
use crate::protocol::iec62056_21::compose::{self, Job};
use crate::protocol::iec62056_21::ident::{self, Identity, Mode};
use crate::protocol::iec62056_21::{EKT, EMR, GENERIC, Iec, NEVA_1, NEVA_3};
use crate::protocol::{Dialect, Family as _, Fault, LineSettings, Unfit};

impl Session {
    pub(super) fn sign_on(&mut self, at: At) {
        if self.entry == Entry::CutOff {
            self.entry = Entry::Outside;
            return self.break_off();
        }
        self.step("sign-on");
        self.speed.sign_on(at);
        self.requester.attempts.asked += 1;
        self.requester.actions.attempt(self.requester.attempts.asked, self.options.tries());
        self.send(compose::sign_on(&self.address), Phase::SignOn);
        self.entry = Entry::SignedOn;
    }

    pub(super) fn heard_identification(&mut self, verdict: Verdict, at: At) {
        match verdict {
            Verdict::Identification(text) => self.identified(&text, at),
            Verdict::Damaged(what) => self.requester.attempts.damaged = Some(what),
            _ => {}
        }
    }

    fn identified(&mut self, text: &[u8], at: At) {
        let Some(identity) = Identity::parse(text) else { return };
        self.step("identification");
        self.requester.next_question();
        self.login.identified(ident::is_mt124_7109(text.get(identity.kind.clone()).unwrap_or_default()));
        self.pace.identified(self.profile.dialect, identity.is_quick());
        self.compare(identity.dialect(text));
        self.speed.propose(identity.speed, compose::sign_on(&self.address).len() + text.len(), at);
        match (identity.mode(), self.works.wants_readout()) {
            (Mode::C(_), _) => self.pause(Next::Select, self.pace.reaction(), at),
            (Mode::A, true) => self.await_data(Phase::Readout, at),
            (Mode::B(baud), true) => {
                if let Some(line) = self.speed.at_baud(baud) {
                    self.set_line(line);
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
            let (found, picked) = (Iec.profile().dialect(found).name, Iec.profile().dialect(picked).name);
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

    fn await_data(&mut self, phase: Phase, at: At) {
        self.phase = phase;
        self.await_answer(at);
    }

    /// The characters of the option select. Where the speed is to stay, the digit of the line is sent.
    fn choice(&self) -> (u8, u8, u8) {
        let selected = self.speed.selected();
        match self.works.job() {
            Some(Job::Readout { v, z, y }) => (*v, z.unwrap_or(selected), *y),
            _ => (b'0', selected, b'1'),
        }
    }

    pub(super) fn select(&mut self) {
        self.step("option select");
        self.gathered.ask_anew();
        let (v, z, y) = self.choice();
        self.send(compose::select(v, z, y), Phase::Selecting);
    }

    /// The option select has left the wire.
    pub(super) fn selected(&mut self, at: At) {
        let settling = if self.line_after_select().is_some() { pace::SETTLE } else { Duration::ZERO };
        self.pause_in(Phase::Settling, settling, at);
    }

    /// An answer has come before the end of the option select was told. With a speed that stays it is one.
    pub(super) fn overtaken(&mut self, at: At) -> bool {
        if self.line_after_select().is_some() {
            return false;
        }
        self.change_speed(at);
        true
    }

    /// The line that the option select leads to; `None` where the speed stays.
    fn line_after_select(&self) -> Option<LineSettings> {
        let (_, z, _) = self.choice();
        self.speed.after_select(z)
    }

    pub(super) fn change_speed(&mut self, at: At) {
        if let Some(line) = self.line_after_select() {
            self.step("speed change");
            self.set_line(line);
        }
        self.requester.attempts.asked += 1;
        self.await_data(if self.works.wants_readout() { Phase::Readout } else { Phase::Operand }, at);
    }

    /// The line cannot be set as the session wants it, now or later: once more, at the speed it has.
    pub(super) fn line_refused(&mut self, at: At) {
        let could_change = self.speed.refuse();
        if could_change && matches!(self.phase, Phase::Operand | Phase::Readout) {
            self.warn(
                "line",
                "the line cannot change its speed; the meter is asked to stay at the present one",
            );
            self.requester.next_question();
            self.pause(Next::Break, pace::BETWEEN_SIGN_OFFS, at);
        }
    }

    pub(super) fn heard_operand(&mut self, verdict: Verdict, wire: &[u8], at: At) {
        match verdict {
            Verdict::Operand(operand) => self.admitted_to_login(operand, at),
            Verdict::Damaged(what) => match headless_operand(wire) {
                Some(operand) => self.admitted_to_login(operand, at),
                None => self.requester.attempts.damaged = Some(what),
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
        self.login.invited(operand);
        self.requester.next_question();
        if self.login.password(&self.profile).is_some() {
            self.pause(Next::Login, self.pace.reaction(), at);
        } else {
            self.admitted(at);
        }
    }

    fn admitted(&mut self, at: At) {
        self.entry = Entry::Admitted;
        self.pause(Next::Ask, self.pace.reaction(), at);
    }

    pub(super) fn send_password(&mut self) {
        let Some((code, password)) = self.login.password(&self.profile) else { return };
        if self.login.sent() == 0 {
            self.step("password");
        }
        self.login.send();
        self.requester.attempts.asked += 1;
        self.requester.actions.attempt(self.login.sent(), login::MOST);
        self.send(compose::login(code, &password, self.send_rule()), Phase::Login);
    }

    pub(super) fn heard_admission(&mut self, verdict: Verdict, at: At) {
        let step = "password";
        match verdict {
            // The MT124's firmware 7109 answers with data instead of ACK.
            Verdict::Accepted | Verdict::Data { .. } => {
                self.requester.next_question();
                self.admitted(at);
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
            Verdict::Damaged(what) => self.requester.attempts.damaged = Some(what),
            _ => {}
        }
    }

    /// A password that got no answer at all is sent once more; one that got a damaged answer may have been
    /// refused, and is not.
    pub(super) fn no_admission(&mut self, at: At) {
        let may_repeat = self.login.sent() < login::MOST && !self.requester.gives_way();
        if may_repeat && self.requester.attempts.damaged.is_none() {
            return self.send_password();
        }
        let fault = self.requester.fault();
        self.fail_all("password", &fault, at);
    }

    /// No identification: a session may still be open, so a sign-off comes before the next try.
    pub(super) fn no_identification(&mut self, at: At) {
        if !self.requester.may_repeat(self.options.tries()) {
            let fault = self.requester.fault();
            self.entry.leave();
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
        self.set_line(self.speed.working());
        self.sign_off(Next::SignOn);
    }

    /// A break has left the wire: the next at the working speed, if the line started slower; then the sign-on.
    pub(super) fn after_break(&mut self, at: At) {
        if self.speed.may_be_open_at_working() {
            return self.pause(Next::WorkingBreak, pace::BETWEEN_SIGN_OFFS, at);
        }
        self.set_line(self.speed.start());
        self.pause(Next::SignOn, pace::AFTER_BREAK, at);
    }

    /// No operand at the new speed: the meter may have stayed at the old one.
    pub(super) fn no_operand(&mut self, at: At) {
        let fault = self.requester.fault();
        self.no_data_after_select(&fault, at);
    }

    /// Nothing came after the option select: listens at the old speed, then signs on again and leaves the
    /// speed as it is, then gives up.
    pub(super) fn no_data_after_select(&mut self, fault: &Fault, at: At) {
        if self.requester.gives_way() {
            return self.fail_all("option select", fault, at);
        }
        match self.speed.after_silence(self.options.retries) {
            Retry::HearStart => {
                self.warn("speed", "nothing came at the new speed; the old one is listened to");
                self.set_line(self.speed.start());
                self.await_answer(at);
            }
            Retry::SignOn { is_line_doubtful } => {
                if is_line_doubtful {
                    let text = "the speed of this line is set at its far end; if the meter stays silent, name it: \
                                ?line=9600-7E1";
                    self.warn("line", text);
                }
                self.sign_off(Next::SignOn);
            }
            Retry::GiveUp => self.fail_all("option select", fault, at),
        }
    }
}
