//! What an exchange of questions and answers does when answers fail to come.

use std::time::Duration;

use super::*;
use crate::protocol::request_reply::Timing;
use crate::protocol::{IfSilent, Patience};

/// Questions are one byte, the command's index; an answer is `[index, value]`; FF is damage, E0 a refusal.
struct Quiz {
    count: usize,
    access: Access,
    /// Whether FF behind the question is sound.
    opens_with_question: bool,
}

impl RequestReply for Quiz {
    fn count(&self) -> usize {
        self.count
    }
    fn title(&self, _: usize) -> &'static str {
        "quiz"
    }
    fn access(&self, _: usize) -> Access {
        self.access
    }
    fn is_answered(&self, _: usize) -> bool {
        true
    }
    fn rounds(&self, _: usize) -> u32 {
        1
    }
    fn longest(&self) -> usize {
        1
    }
    fn question(&mut self, index: usize, _: usize) -> Vec<u8> {
        vec![index as u8]
    }
    fn judge(&mut self, _: usize, _: usize, frame: &[u8]) -> Judgement {
        match frame {
            [0, 0xFF, ..] if !self.opens_with_question => Judgement::Damaged("broken".into()),
            [0xFF, ..] => Judgement::Damaged("broken".into()),
            [0xE0, code] => {
                Judgement::Refused { code: Some((*code).into()), meaning: "no", is_final: *code == 2 }
            }
            [0xEE, ..] => Judgement::Unfit(Unfit::Address { expected: 1, found: 2 }),
            bytes => Judgement::Answer { readings: vec![reading(bytes)], more: false },
        }
    }
    fn timing(&self) -> Timing {
        let millis = Duration::from_millis;
        let reply = Patience { begin: millis(500), gap: millis(200), length: Duration::ZERO };
        Timing { reply, gap: millis(10) }
    }
}

fn reading(raw: &[u8]) -> Reading {
    use crate::reading::{Measured, Quantity, Unit};
    Reading::unnamed(Quantity::POWER, Measured::Text(raw.into()), Unit::None, raw)
}

struct Table {
    exchange: Driver<Quiz>,
    now: At,
    wait: Option<Wait>,
    log: Vec<String>,
    /// What was left to whoever comes next: so many milliseconds of silence, and answers owed.
    rest: Option<(u128, u32)>,
}

impl Table {
    fn new(count: usize, options: Options) -> Self {
        let exchange = Driver::new(Quiz { count, access: Access::Read, opens_with_question: false }, options);
        Self { exchange, now: At::ZERO, wait: None, log: Vec::new(), rest: None }
    }

    fn tell(&mut self, event: Event<'_>) -> &mut Self {
        self.exchange.handle(event, self.now);
        while let Some(action) = self.exchange.next_action() {
            match action {
                Action::Send(bytes) => {
                    self.log.push(format!("ask {}", bytes[0]));
                    self.exchange.handle(Event::Sent, self.now);
                }
                Action::Wait(wait) => self.wait = Some(wait),
                Action::Reading(_) => self.log.push("reading".into()),
                Action::Warning(warning) => self.log.push(warning.code.into()),
                Action::Answered { index, result: Ok(()) } => self.log.push(format!("done {index}")),
                Action::Answered { index, result: Err(failure) } => {
                    self.log.push(format!("failed {index} {:?}", failure.fault));
                }
                Action::Rest { until, owed } => {
                    self.rest = Some((until.since(self.now).as_millis(), owed));
                }
                Action::Finished => self.log.push("finished".into()),
                _ => {}
            }
        }
        self
    }

    fn pass(&mut self, millis: u64) -> &mut Self {
        let end = self.now + Duration::from_millis(millis);
        while let Some(due) = self.wait.map(|wait| wait.until).filter(|due| *due <= end) {
            self.now = due;
            self.wait = None;
            self.tell(Event::Deadline);
        }
        self.now = end;
        self
    }
}

#[test]
fn asks_the_next_question_after_the_demanded_silence_only() {
    let mut table = Table::new(2, Options::default());
    table.tell(Event::Start).pass(50).tell(Event::Frame(&[0, 1])).pass(9);
    assert_eq!(table.log, ["ask 0", "reading", "done 0"]);
    table.pass(1);
    assert_eq!(table.log.last().map(String::as_str), Some("ask 1"));
}

#[test]
fn silence_is_asked_again_and_then_named_with_what_was_heard() {
    let mut table = Table::new(1, Options::default());
    table.tell(Event::Start).tell(Event::Echo).tell(Event::Noise(&[0xFF, 0])).pass(5000);
    let fault = Fault::NoAnswer { sent: 3, echo: true, noise_bytes: 2 };
    assert_eq!(table.log, ["ask 0", "ask 0", "ask 0", &format!("failed 0 {fault:?}"), "finished"]);
}

#[test]
fn an_answer_that_comes_after_its_time_is_not_taken_for_the_next() {
    let mut table = Table::new(2, Options { retries: 0, read_twice: false, ..Options::default() });
    table.tell(Event::Start).pass(600).tell(Event::Frame(&[0, 1])).pass(10);
    assert_eq!(table.log[2..], ["late-answer".to_owned(), "ask 1".into()], "{:?}", table.log);
}

#[test]
fn after_a_repeated_question_the_second_answer_is_waited_for() {
    let mut table = Table::new(2, Options { retries: 1, read_twice: false, ..Options::default() });
    table.tell(Event::Start).pass(515).tell(Event::Frame(&[0, 1])).pass(100);
    assert_eq!(table.log, ["ask 0", "ask 0", "reading", "done 0"]);
    table.tell(Event::Frame(&[0, 1])).pass(10);
    assert_eq!(table.log[4..], ["late-answer".to_owned(), "ask 1".into()]);
}

#[test]
fn read_twice_takes_only_two_equal_answers() {
    let mut table = Table::new(1, Options { retries: 1, read_twice: true, ..Options::default() });
    table.tell(Event::Start).tell(Event::Frame(&[0, 1])).pass(10).tell(Event::Frame(&[0, 2])).pass(10);
    assert_eq!(table.log, ["ask 0", "ask 0", "ask 0"]);
    table.tell(Event::Frame(&[0, 2]));
    assert_eq!(table.log[3..], ["reading".to_owned(), "done 0".into(), "finished".into()]);
}

#[test]
fn a_refused_read_is_believed_when_it_is_refused_again() {
    let refused = |code| Fault::Refused { code: Some(code), meaning: "no" };
    let mut table = Table::new(1, Options::default());
    table.tell(Event::Start).tell(Event::Frame(&[0xE0, 1])).pass(10).tell(Event::Frame(&[0, 7]));
    assert_eq!(table.log, ["ask 0", "ask 0", "reading", "done 0", "finished"]);
    let mut table = Table::new(1, Options::default());
    table.tell(Event::Start).tell(Event::Frame(&[0xE0, 1])).pass(10).tell(Event::Frame(&[0xE0, 1]));
    assert_eq!(table.log[2..], [format!("failed 0 {:?}", refused(1)), "finished".into()]);
    let mut table = Table::new(1, Options::default());
    table.tell(Event::Start).tell(Event::Frame(&[0xE0, 1])).pass(5000);
    assert_eq!(table.log[3..], [format!("failed 0 {:?}", refused(1)), "finished".into()], "no more came");
}

#[test]
fn a_refused_password_or_write_is_asked_once() {
    let mut table = Table::new(1, Options::default());
    table.tell(Event::Start).tell(Event::Frame(&[0xE0, 2])).pass(5000);
    assert_eq!(table.log.iter().filter(|l| l.starts_with("ask")).count(), 1);
    let mut table = Table::new(1, Options::default());
    table.exchange.family.access = Access::Write;
    table.tell(Event::Start).tell(Event::Frame(&[0xE0, 1])).pass(5000);
    assert_eq!(table.log.iter().filter(|l| l.starts_with("ask")).count(), 1);
}

#[test]
fn a_write_is_never_repeated() {
    let mut table = Table::new(1, Options::default());
    table.exchange.family.access = Access::Write;
    table.tell(Event::Start).pass(5000);
    assert_eq!(table.log.iter().filter(|l| l.starts_with("ask")).count(), 1);
}

#[test]
fn another_meters_answer_is_named_and_the_right_one_still_awaited() {
    let mut table = Table::new(1, Options::default());
    table.tell(Event::Start).tell(Event::Frame(&[0xEE])).tell(Event::Frame(&[0, 7]));
    assert_eq!(table.log, ["ask 0", "other-meter", "reading", "done 0", "finished"]);
}

#[test]
fn an_answer_right_behind_a_damaged_frame_is_taken() {
    let mut table = Table::new(1, Options { retries: 0, read_twice: false, ..Options::default() });
    table.tell(Event::Start).tell(Event::Frame(&[0xFF])).pass(5).tell(Event::Frame(&[0, 7]));
    assert_eq!(table.log, ["ask 0", "reading", "done 0", "finished"]);
}

#[test]
fn the_end_leaves_the_silence_of_the_protocol_and_time_for_answers_that_may_still_come() {
    let mut answered = Table::new(1, Options::default());
    answered.tell(Event::Start).tell(Event::Frame(&[0, 7]));
    assert_eq!(answered.rest, Some((10, 0)));
    let mut silent = Table::new(1, Options::default());
    silent.tell(Event::Start).pass(5000);
    assert_eq!(silent.rest, Some((500, 3)));
    let mut cancelled = Table::new(1, Options::default());
    cancelled.tell(Event::Start).tell(Event::Cancelled);
    assert_eq!(cancelled.rest, Some((500, 1)));
    let mut damaged = Table::new(1, Options { retries: 0, read_twice: false, ..Options::default() });
    damaged.tell(Event::Start).tell(Event::Frame(&[0xFF])).pass(10);
    assert_eq!(damaged.rest, Some((10, 0)));
}

#[test]
fn an_answer_that_begins_like_its_question_is_put_together_again() {
    let mut table = Table::new(1, Options::default());
    table.exchange.family.opens_with_question = true;
    table.tell(Event::Start).tell(Event::Echo).tell(Event::Frame(&[0xFF, 7]));
    assert_eq!(table.log, ["ask 0", "echo-or-answer", "reading", "done 0", "finished"]);
    let mut table = Table::new(1, Options { retries: 0, read_twice: false, ..Options::default() });
    table.exchange.family.opens_with_question = true;
    table.tell(Event::Start).tell(Event::Frame(&[0xFF, 7])).pass(600);
    assert!(table.log[1].contains("Damaged"), "no echo, nothing to put it behind: {:?}", table.log);
}

#[test]
fn damage_is_asked_again_and_a_cancel_ends_it_at_once() {
    let mut table = Table::new(1, Options::default());
    table.tell(Event::Start).tell(Event::Frame(&[0xFF])).pass(10).tell(Event::Cancelled);
    assert_eq!(table.log, ["ask 0", "ask 0", "failed 0 Cancelled", "finished"]);
}

#[test]
fn what_gives_way_hears_the_running_try_to_its_end_and_asks_nothing_more() {
    let mut answered = Table::new(3, Options::default());
    answered.tell(Event::Start).pass(50).tell(Event::GiveWay).pass(20).tell(Event::Frame(&[0, 1])).pass(5000);
    assert_eq!(answered.log, ["ask 0", "reading", "done 0", "failed 1 Cancelled", "finished"]);
    let mut silent = Table::new(3, Options::default());
    silent.tell(Event::Start).pass(50).tell(Event::GiveWay).pass(5000);
    let ended = "failed 0 NoAnswer { sent: 1, echo: false, noise_bytes: 0 }";
    assert_eq!(silent.log, ["ask 0", ended, "failed 1 Cancelled", "finished"]);
}

#[test]
fn what_gives_way_between_two_requests_ends_at_once() {
    let mut table = Table::new(2, Options::default());
    table.tell(Event::Start).pass(50).tell(Event::Frame(&[0, 1])).pass(5).tell(Event::GiveWay);
    assert_eq!(table.log, ["ask 0", "reading", "done 0", "failed 1 Cancelled", "finished"]);
}

#[test]
fn a_meter_that_does_not_answer_first_is_left_out_where_that_is_wanted() {
    let options = Options { retries: 1, if_silent: IfSilent::LeaveOut, ..Options::default() };
    let mut first = Table::new(3, options);
    first.tell(Event::Start).pass(5000);
    let ended = |index| format!("failed {index} NoAnswer {{ sent: 2, echo: false, noise_bytes: 0 }}");
    assert_eq!(first.log, ["ask 0", "ask 0", ended(0).as_str(), "finished"]);
    let mut later = Table::new(3, options);
    later.tell(Event::Start).pass(50).tell(Event::Frame(&[0, 1])).pass(5000);
    assert_eq!(later.log[3..], ["ask 1", "ask 1", &ended(1), "ask 2", "ask 2", &ended(2), "finished"]);
}
