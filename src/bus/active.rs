//! The running job: its exchange, what it may send and has sent, and what it waits for.

use std::time::Duration;

use jiff::Timestamp;

use super::JobId;
use super::job::{Permission, Urgency};
use super::pending_write::{Composer, PendingWrite, outgoing};
use super::permit::Outgoing;
use crate::frame::At;
use crate::protocol::{Access, Action, Decoder, Event, Excess, Exchange, Failure, Spent, Wait};
use crate::trace::Trace;

/// Pieces that are kept of what was heard before the request had left: an answer is among the first.
const MOST_EARLY: usize = 256;
/// Warnings that are told of a job.
const MOST_WARNINGS: u32 = 64;

/// Something heard before the request had left the wire: on a pseudo-terminal the answer can overtake the
/// computed end of the request.
enum Early {
    Frame(Vec<u8>),
    Noise(Vec<u8>),
}

/// What a running job is made of.
pub(super) struct Begun {
    /// To know its events by.
    pub(super) job: JobId,
    /// What it gives way to.
    pub(super) urgency: Urgency,
    /// What it does.
    pub(super) exchange: Box<dyn Exchange>,
    /// Silence between what it sends when nothing answers.
    pub(super) silence: Duration,
    /// The protocol of its plan; `None` for bytes as typed.
    pub(super) decoder: Option<Decoder>,
    /// How far it may go.
    pub(super) permission: Permission,
}

/// The running job.
pub(super) struct Active {
    begun: Begun,
    /// Whether it was told that something more urgent waits.
    gives_way: bool,
    /// Messages it has sent, against what its plan allows.
    spent: Spent,
    /// What it wrote last, as long as it is not known what came of it.
    pending_write: Option<PendingWrite>,
    warnings: u32,
    /// How many of its requests have ended.
    answered: usize,
    /// When the exchange wants to be woken.
    wait: Option<Wait>,
    /// The entry of the last request, and of the last frame that came after it.
    request: Option<u32>,
    reply: Option<u32>,
    /// While the last request is still on its way out: what was heard meanwhile.
    sending: Option<Vec<Early>>,
    /// Whether what is heard is none of its business: its request waits for a pause in the traffic of others.
    is_deaf: bool,
}

impl Active {
    pub(super) fn new(begun: Begun) -> Self {
        Self {
            gives_way: false,
            spent: Spent::new(begun.exchange.bound()),
            begun,
            pending_write: None,
            warnings: 0,
            answered: 0,
            wait: None,
            request: None,
            reply: None,
            sending: None,
            is_deaf: false,
        }
    }

    pub(super) const fn job(&self) -> JobId {
        self.begun.job
    }

    pub(super) const fn urgency(&self) -> Urgency {
        self.begun.urgency
    }

    /// Whether it may change a meter.
    pub(super) const fn is_permitted(&self) -> bool {
        matches!(self.begun.permission, Permission::Permitted(_))
    }

    /// Whether what it sends are requests, which what is heard answers.
    pub(super) const fn is_asking(&self) -> bool {
        !self.spent.bound().is_of_replies()
    }

    /// The index of the request that is not answered yet.
    pub(super) const fn answered(&self) -> usize {
        self.answered
    }

    /// The next thing that its exchange wants done.
    pub(super) fn next_action(&mut self) -> Option<Action> {
        self.begun.exchange.next_action()
    }

    /// Something that happened, put before its exchange.
    pub(super) fn handle(&mut self, event: Event<'_>, at: At) {
        self.begun.exchange.handle(event, at);
    }

    /// Whether it is to be told that something more urgent waits: only once.
    pub(super) const fn begin_to_give_way(&mut self) -> bool {
        !std::mem::replace(&mut self.gives_way, true)
    }

    /// Its exchange wants to be woken then.
    pub(super) const fn wait_for(&mut self, wait: Wait) {
        self.wait = Some(wait);
    }

    /// It has been woken.
    pub(super) const fn woken(&mut self) {
        self.wait = None;
    }

    /// When it is to be woken.
    pub(super) fn due(&self, heard: At, is_receiving: bool) -> Option<At> {
        Some(self.wait?.due(heard, is_receiving))
    }

    /// Whether a warning is told. A line without silence can give one for every frame on it.
    pub(super) const fn may_warn(&mut self) -> bool {
        self.warnings = self.warnings.saturating_add(1);
        self.warnings <= MOST_WARNINGS
    }

    /// How many of its warnings were not told.
    pub(super) const fn untold_warnings(&self) -> u32 {
        self.warnings.saturating_sub(MOST_WARNINGS)
    }

    /// One of its requests has ended: the entries of the request and of its reply.
    pub(super) const fn end_request(&mut self, index: usize) -> (Option<u32>, Option<u32>) {
        self.answered = index + 1;
        (self.request.take(), self.reply.take())
    }
}

/// What it sends and hears.
impl Active {
    /// Whether it would send something else than a message that reads, though it said that it reads. This holds it to
    /// that message by message, whatever its protocol makes of it.
    pub(super) fn oversteps(&self, bytes: &[u8]) -> bool {
        let Begun { permission: Permission::Reading, decoder: Some(decoder), .. } = &self.begun else {
            return false;
        };
        decoder.family.access(bytes, decoder.dialect) != Some(Access::Read)
    }

    /// It sends a message of so many bytes.
    ///
    /// # Errors
    /// [`Excess`] when that is more than its plan allows.
    pub(super) fn send(&mut self, len: usize) -> Result<(), Excess> {
        self.spent.send(len)?;
        self.wait = None;
        if self.is_asking() {
            self.reply = None;
        }
        self.sending.get_or_insert_default();
        Ok(())
    }

    /// The silence that it owes the line. A reply waits for none.
    pub(super) const fn silence(&self) -> Duration {
        if self.is_asking() { self.begun.silence } else { Duration::ZERO }
    }

    /// Its request is this entry.
    pub(super) fn note_request(&mut self, number: u32) {
        if self.is_asking() {
            self.request = Some(number);
        }
    }

    /// The entry of its last request.
    pub(super) const fn request(&self) -> Option<u32> {
        self.request
    }

    /// Has it hear what comes, or not while its request waits for others.
    pub(super) const fn listen(&mut self, hears: bool) {
        self.is_deaf = !hears;
    }

    /// A frame came in.
    pub(super) fn hear_frame(&mut self, number: u32, bytes: &[u8], is_sound: bool, at: At) {
        if self.is_deaf {
            return;
        }
        if is_sound {
            self.spent.hear();
        }
        self.reply = Some(number);
        match &mut self.sending {
            Some(early) if early.len() < MOST_EARLY => early.push(Early::Frame(bytes.to_vec())),
            Some(_) => {}
            None => self.handle(Event::Frame(bytes), at),
        }
    }

    /// Noise came in.
    pub(super) fn hear_noise(&mut self, bytes: &[u8], at: At) {
        match &mut self.sending {
            _ if self.is_deaf => {}
            Some(early) if early.len() < MOST_EARLY => early.push(Early::Noise(bytes.to_vec())),
            Some(_) => {}
            None => self.handle(Event::Noise(bytes), at),
        }
    }

    /// What it sent came back.
    pub(super) fn hear_echo(&mut self, at: At) {
        if !self.is_deaf {
            self.handle(Event::Echo, at);
        }
    }

    /// Its request has left the wire.
    pub(super) fn sent(&mut self, at: At) {
        let early = self.sending.take().unwrap_or_default();
        self.handle(Event::Sent, at);
        for early in early {
            match early {
                Early::Frame(bytes) => self.handle(Event::Frame(&bytes), at),
                Early::Noise(bytes) => self.handle(Event::Noise(&bytes), at),
            }
        }
    }
}

/// The record of what it writes.
impl Active {
    /// The record of a frame that goes out now, where one is kept. `decoder` is that of the traffic: it explains bytes
    /// as typed.
    pub(super) fn record(&self, bytes: &[u8], decoder: Option<Decoder>, time: Timestamp) -> Option<Outgoing> {
        let composer = self.begun.decoder.map_or(Composer::Person(decoder), Composer::Plan);
        self.is_permitted().then(|| outgoing(bytes, composer, self.answered, time)).flatten()
    }

    /// Keeps the record of a frame before it goes out.
    ///
    /// # Errors
    /// Why it could not be kept: the frame must not go out then.
    pub(super) fn begin_write(&mut self, outgoing: &Outgoing, trace: &Trace) -> Result<(), String> {
        if let Permission::Permitted(permit) = &mut self.begun.permission {
            permit.begins(outgoing)?;
            self.pending_write = Some(PendingWrite::since(trace));
        }
        Ok(())
    }

    /// Keeps what came of the last write, once.
    ///
    /// # Errors
    /// Why it could not be kept.
    pub(super) fn end_write(
        &mut self,
        result: &Result<(), Failure>,
        trace: &Trace,
        at: At,
    ) -> Result<(), String> {
        let Permission::Permitted(permit) = &mut self.begun.permission else { return Ok(()) };
        let Some(pending) = self.pending_write.take() else { return Ok(()) };
        permit.ends(&pending.ended(result.clone(), trace, trace.wall(at)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::protocol::{Allowance, Bound, Limit};

    /// Writes down what it is told.
    struct Log(Arc<Mutex<Vec<String>>>, Bound);

    impl Exchange for Log {
        fn bound(&self) -> Bound {
            self.1
        }

        fn handle(&mut self, event: Event<'_>, _: At) {
            let text = match event {
                Event::Frame(bytes) => format!("frame {}", bytes[0]),
                Event::Noise(bytes) => format!("noise {}", bytes[0]),
                other => format!("{other:?}"),
            };
            self.0.lock().unwrap().push(text);
        }

        fn next_action(&mut self) -> Option<Action> {
            None
        }
    }

    const REQUESTS: Bound = Bound::Requests(Allowance { unanswered: 2, total: 3, longest: 8 });

    fn active(bound: Bound) -> (Active, Arc<Mutex<Vec<String>>>) {
        let told = Arc::default();
        let begun = Begun {
            job: JobId(1),
            urgency: Urgency::Person,
            exchange: Box::new(Log(Arc::clone(&told), bound)),
            silence: Duration::from_millis(200),
            decoder: None,
            permission: Permission::Reading,
        };
        (Active::new(begun), told)
    }

    fn take(told: &Mutex<Vec<String>>) -> Vec<String> {
        std::mem::take(&mut told.lock().unwrap())
    }

    #[test]
    fn what_is_heard_before_a_request_has_left_is_told_after_it_in_order() {
        let (mut active, told) = active(REQUESTS);
        active.send(4).unwrap();
        active.hear_noise(&[1], At::ZERO);
        active.hear_frame(7, &[2], true, At::ZERO);
        assert_eq!(take(&told), [""; 0]);
        active.hear_echo(At::ZERO);
        assert_eq!(take(&told), ["Echo"], "an echo is of what is being sent");
        active.sent(At::ZERO);
        assert_eq!(take(&told), ["Sent", "noise 1", "frame 2"]);
        active.hear_noise(&[3], At::ZERO);
        active.hear_frame(8, &[4], true, At::ZERO);
        assert_eq!(take(&told), ["noise 3", "frame 4"]);
    }

    #[test]
    fn no_more_of_it_is_kept_than_an_answer_can_be_among() {
        let (mut active, told) = active(REQUESTS);
        active.send(4).unwrap();
        for _ in 0..MOST_EARLY {
            active.hear_noise(&[1], At::ZERO);
            active.hear_frame(7, &[2], true, At::ZERO);
        }
        active.sent(At::ZERO);
        let heard = take(&told);
        assert_eq!(heard.len(), 1 + MOST_EARLY);
        assert!(heard[1..].iter().any(|text| text == "frame 2") && heard.contains(&"noise 1".to_owned()));
    }

    #[test]
    fn a_job_whose_request_waits_for_others_hears_nothing() {
        let (mut active, told) = active(REQUESTS);
        active.listen(false);
        active.hear_noise(&[1], At::ZERO);
        active.hear_frame(7, &[2], true, At::ZERO);
        active.hear_echo(At::ZERO);
        assert_eq!((take(&told).len(), active.end_request(0)), (0, (None, None)));
        active.listen(true);
        active.hear_frame(7, &[2], true, At::ZERO);
        assert_eq!((take(&told).len(), active.end_request(0)), (1, (None, Some(7))));
    }

    #[test]
    fn a_request_is_answered_by_the_last_frame_after_it_and_counted_once() {
        let (mut active, _) = active(REQUESTS);
        active.hear_frame(3, &[2], true, At::ZERO);
        active.send(4).unwrap();
        active.note_request(4);
        assert_eq!(active.request(), Some(4));
        assert_eq!((active.answered(), active.end_request(0)), (0, (Some(4), None)));
        assert_eq!((active.answered(), active.end_request(1)), (1, (None, None)));
    }

    #[test]
    fn only_sound_frames_earn_another_message() {
        let excess = |is_sound: bool| {
            let (mut active, _) = active(REQUESTS);
            active.send(4).unwrap();
            active.send(4).unwrap();
            active.hear_frame(1, &[0], is_sound, At::ZERO);
            active.send(4).err().map(|excess| excess.limit)
        };
        assert_eq!((excess(true), excess(false)), (None, Some(Limit::Unanswered(2))));
    }

    #[test]
    fn a_reply_owes_no_silence_and_is_no_request() {
        let (mut reply, _) = active(Bound::Replies);
        reply.note_request(4);
        assert_eq!((reply.is_asking(), reply.silence(), reply.request()), (false, Duration::ZERO, None));
        let (asking, _) = active(REQUESTS);
        assert_eq!((asking.is_asking(), asking.silence()), (true, Duration::from_millis(200)));
    }

    #[test]
    fn giving_way_is_told_once_and_64_warnings_are_told() {
        let (mut active, _) = active(REQUESTS);
        assert_eq!([active.begin_to_give_way(), active.begin_to_give_way()], [true, false]);
        assert_eq!((0..70).filter(|_| active.may_warn()).count(), 64);
        assert_eq!(active.untold_warnings(), 6);
    }
}
