//! The hub: shares one link among the clients of a door.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::link::{Link, LinkCommand, LinkEvent};
use crate::sim::fault::RESET;
use crate::sim::{Sessions, SharedBus};

/// What a client tells the hub.
#[derive(Debug)]
pub(super) enum FromClient {
    /// It is here, and this is how it is reached.
    Joined(u64, mpsc::Sender<ToClient>),
    /// It sends.
    Bytes(u64, Vec<u8>),
    /// It is gone.
    Left(u64),
}

/// What the hub tells a client; the end of the queue means that it is to go.
#[derive(Debug)]
pub(super) enum ToClient {
    /// Bytes for it.
    Bytes(Vec<u8>),
    /// It is to be cut off.
    Reset,
}

/// What clients wait for at most of the hub, in messages each way.
const QUEUE: usize = 256;

/// Pieces of requests that wait for the wire at most; beyond, they are lost, as in a full converter.
const MOST_WAITING: usize = 1024;

/// A client without an answer has the wire this long after its request.
const PATIENCE: Duration = Duration::from_millis(1500);

/// A client with an answer has the wire this long after the last byte of it, unless a meter is in a session with it.
const QUIET: Duration = Duration::from_millis(30);

/// A client in a session has the wire until the session ends, or until it has sent nothing for this long: longer than
/// a client may pause, and than most meters wait.
const SESSION: Duration = Duration::from_secs(5);

/// Where clients come in.
#[derive(Debug, Clone)]
pub(super) struct Door {
    hub: mpsc::Sender<FromClient>,
    is_open: watch::Receiver<bool>,
    next_id: Arc<AtomicU64>,
}

impl Door {
    /// Lets a client in; `None` when the hub has ended.
    pub(super) async fn join(&self) -> Option<(u64, mpsc::Receiver<ToClient>)> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (outbox, inbox) = mpsc::channel(QUEUE);
        self.hub.send(FromClient::Joined(id, outbox)).await.ok()?;
        Some((id, inbox))
    }

    pub(super) async fn tell(&self, message: FromClient) {
        // Without a hub there is nobody to tell; the inbox ends then, and with it the client.
        let _ = self.hub.send(message).await;
    }

    /// Waits until the link is there.
    pub(super) async fn opened(&mut self) {
        if self.is_open.wait_for(|is_open| *is_open).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until the link is lost.
    pub(super) async fn shut(&mut self) {
        if self.is_open.wait_for(|is_open| !*is_open).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Shares one link among clients.
#[derive(Debug)]
pub(super) struct Hub {
    link: Link,
    inbox: mpsc::Receiver<FromClient>,
    is_open: watch::Sender<bool>,
    clients: BTreeMap<u64, mpsc::Sender<ToClient>>,
    waiting: VecDeque<(u64, Vec<u8>)>,
    sessions: Sessions,
    greeting: Vec<u8>,
    holder: Option<Holder>,
}

/// Who has the wire.
#[derive(Debug, Clone, Copy)]
struct Holder {
    id: u64,
    /// Until when, if no meter is in a session.
    until: Instant,
    /// Until when, if one is.
    session_until: Instant,
}

impl Hub {
    /// A hub for a bus, and its door.
    pub(super) fn new(bus: SharedBus) -> (Self, Door) {
        let SharedBus { link, sessions, greeting } = bus;
        let (sender, inbox) = mpsc::channel(QUEUE);
        let (is_open, watched) = watch::channel(true);
        let (clients, waiting) = (BTreeMap::new(), VecDeque::new());
        let hub = Self { link, inbox, is_open, clients, waiting, sessions, greeting, holder: None };
        (hub, Door { hub: sender, is_open: watched, next_id: Arc::default() })
    }

    /// Runs until the link is closed.
    pub(super) async fn run(mut self) {
        loop {
            let until = self.free_at();
            tokio::select! {
                biased;
                event = self.link.events.recv() => match event {
                    None | Some(LinkEvent::Closed { .. }) => return,
                    Some(event) => self.event(event),
                },
                Some(message) = self.inbox.recv() => self.message(message),
                () = self.sessions.changed() => self.session_changed(),
                () = passed(until) => self.holder = None,
            }
            self.next_turn();
        }
    }

    /// When the one who has the wire has it no more.
    fn free_at(&self) -> Option<Instant> {
        let holder = self.holder?;
        let is_session = self.sessions.is_open();
        Some(if is_session { holder.until.max(holder.session_until) } else { holder.until })
    }

    /// Nothing is answered to what closes a session.
    fn session_changed(&mut self) {
        if !self.sessions.is_open() {
            self.hold(QUIET);
        }
    }

    fn event(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Received { bytes, .. } => self.received(&bytes),
            LinkEvent::Sent { .. } => self.hold(PATIENCE),
            LinkEvent::Opened { .. } => {
                self.is_open.send_replace(true);
            }
            LinkEvent::Lost { why, .. } => {
                self.is_open.send_replace(false);
                self.send_everybody_away(why == RESET);
            }
            _ => {}
        }
    }

    fn received(&mut self, bytes: &[u8]) {
        // A client whose queue is full loses bytes, as with a converter; nobody else waits for it.
        let give = |client: &mpsc::Sender<ToClient>| {
            let _ = client.try_send(ToClient::Bytes(bytes.to_vec()));
        };
        match self.holder {
            Some(holder) => self.clients.get(&holder.id).into_iter().for_each(give),
            None => self.clients.values().for_each(give),
        }
        self.hold(QUIET);
    }

    fn message(&mut self, message: FromClient) {
        match message {
            FromClient::Joined(id, outbox) => {
                if !self.greeting.is_empty() {
                    // The first message for a client: its queue has room.
                    let _ = outbox.try_send(ToClient::Bytes(self.greeting.clone()));
                }
                self.clients.insert(id, outbox);
            }
            FromClient::Bytes(id, bytes) if self.clients.contains_key(&id) => {
                if self.waiting.len() < MOST_WAITING {
                    self.waiting.push_back((id, bytes));
                }
            }
            FromClient::Bytes(..) => {}
            FromClient::Left(id) => {
                self.clients.remove(&id);
                self.waiting.retain(|(waiting, _)| *waiting != id);
                if let Some(holder) = self.holder.as_mut().filter(|holder| holder.id == id) {
                    holder.session_until = Instant::now();
                }
            }
        }
    }

    /// Puts on the wire what the one who has it sent, or the first in the queue when nobody has.
    fn next_turn(&mut self) {
        while let Some(index) = self.waiting.iter().position(|(id, _)| self.may_send(*id)) {
            let Some((id, bytes)) = self.waiting.remove(index) else { return };
            let now = Instant::now();
            self.holder = Some(Holder { id, until: now + PATIENCE, session_until: now + SESSION });
            // A link that has ended is noticed by its events.
            let _ = self.link.commands.send(LinkCommand::Send(bytes));
        }
    }

    fn may_send(&self, id: u64) -> bool {
        self.holder.is_none_or(|holder| holder.id == id)
    }

    fn hold(&mut self, time: Duration) {
        if let Some(holder) = &mut self.holder {
            holder.until = Instant::now() + time;
        }
    }

    fn send_everybody_away(&mut self, is_reset: bool) {
        if is_reset {
            for client in self.clients.values() {
                let _ = client.try_send(ToClient::Reset);
            }
        }
        self.clients.clear();
        self.waiting.clear();
        self.holder = None;
    }
}

async fn passed(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::At;
    use crate::link::Clock;
    use crate::link::pair::{FarEnd, with_far_end};
    use crate::sim::{Secrets, SimBus, SimMeter};

    /// A running hub with two clients, and the far end of its link.
    async fn shared() -> (FarEnd, Door, [(u64, mpsc::Receiver<ToClient>); 2]) {
        let (far, door, clients, _) = shared_with_sessions().await;
        (far, door, clients)
    }

    /// The same, with what tells it of sessions.
    async fn shared_with_sessions()
    -> (FarEnd, Door, [(u64, mpsc::Receiver<ToClient>); 2], watch::Sender<bool>) {
        let (link, far) = with_far_end();
        let (told, sessions) = watch::channel(false);
        let (hub, door) =
            Hub::new(SharedBus { link, sessions: Sessions::told_by(sessions), greeting: Vec::new() });
        tokio::spawn(hub.run());
        let clients = [door.join().await.unwrap(), door.join().await.unwrap()];
        (far, door, clients, told)
    }

    async fn ask(door: &Door, client: u64, bytes: &[u8]) {
        door.tell(FromClient::Bytes(client, bytes.to_vec())).await;
    }

    /// What the far end is asked to send within a time.
    async fn put_on_the_wire(far: &mut FarEnd, within_ms: u64) -> Option<Vec<u8>> {
        let within = Duration::from_millis(within_ms);
        match tokio::time::timeout(within, far.commands.recv()).await {
            Ok(Some(LinkCommand::Send(bytes))) => Some(bytes),
            _ => None,
        }
    }

    async fn arrives(far: &FarEnd, bytes: &[u8]) {
        let received = LinkEvent::received(bytes.to_vec(), At::ZERO);
        far.events.send(received).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    fn heard(inbox: &mut mpsc::Receiver<ToClient>) -> Option<Vec<u8>> {
        match inbox.try_recv() {
            Ok(ToClient::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_goes_to_who_asked_and_frees_the_wire_for_the_next() {
        let (mut far, door, [(first, mut first_inbox), (second, mut second_inbox)]) = shared().await;
        ask(&door, first, b"1").await;
        ask(&door, second, b"2").await;
        assert_eq!(put_on_the_wire(&mut far, 100).await.as_deref(), Some(&b"1"[..]));
        assert_eq!(put_on_the_wire(&mut far, 100).await, None);
        arrives(&far, b"one").await;
        assert_eq!(heard(&mut first_inbox).as_deref(), Some(&b"one"[..]));
        assert_eq!(heard(&mut second_inbox), None);
        assert_eq!(put_on_the_wire(&mut far, 35).await.as_deref(), Some(&b"2"[..]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_without_an_answer_holds_the_others_up_for_a_second_and_a_half() {
        let (mut far, door, [(first, _inbox), (second, _other_inbox)]) = shared().await;
        ask(&door, first, b"1").await;
        ask(&door, second, b"2").await;
        assert!(put_on_the_wire(&mut far, 100).await.is_some());
        assert_eq!(put_on_the_wire(&mut far, 1490).await, None);
        assert_eq!(put_on_the_wire(&mut far, 20).await.as_deref(), Some(&b"2"[..]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_keeps_others_off_the_wire_until_it_ends() {
        let (mut far, door, [(first, _inbox), (second, _other_inbox)], sessions) =
            shared_with_sessions().await;
        ask(&door, first, b"1").await;
        ask(&door, second, b"2").await;
        assert_eq!(put_on_the_wire(&mut far, 100).await.as_deref(), Some(&b"1"[..]));
        sessions.send_replace(true);
        arrives(&far, b"identification").await;
        assert_eq!(put_on_the_wire(&mut far, 3000).await, None);
        ask(&door, first, b"3").await;
        assert_eq!(put_on_the_wire(&mut far, 100).await.as_deref(), Some(&b"3"[..]));
        assert_eq!(put_on_the_wire(&mut far, 3000).await, None, "a session counts from the last request");
        arrives(&far, b"answer").await;
        sessions.send_replace(false);
        assert_eq!(put_on_the_wire(&mut far, 35).await.as_deref(), Some(&b"2"[..]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_that_somebody_left_open_or_sleeps_in_does_not_keep_the_wire() {
        for leaves in [true, false] {
            let (mut far, door, [(first, _inbox), (second, _other_inbox)], sessions) =
                shared_with_sessions().await;
            ask(&door, first, b"1").await;
            assert!(put_on_the_wire(&mut far, 100).await.is_some());
            sessions.send_replace(true);
            arrives(&far, b"identification").await;
            ask(&door, second, b"2").await;
            if leaves {
                door.tell(FromClient::Left(first)).await;
                assert!(put_on_the_wire(&mut far, 100).await.is_some());
            } else {
                assert_eq!(put_on_the_wire(&mut far, 4900).await, None);
                assert!(put_on_the_wire(&mut far, 200).await.is_some());
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_asked_for_goes_to_everybody() {
        let (far, _door, [(_, mut first_inbox), (_, mut second_inbox)]) = shared().await;
        arrives(&far, b"push").await;
        assert_eq!(heard(&mut first_inbox), heard(&mut second_inbox));
        arrives(&far, b"push").await;
        assert_eq!(heard(&mut first_inbox).as_deref(), Some(&b"push"[..]));
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_client_left_behind_is_not_sent() {
        let (mut far, door, [(first, _inbox), (second, _other_inbox)]) = shared().await;
        ask(&door, first, b"1").await;
        ask(&door, second, b"2").await;
        assert!(put_on_the_wire(&mut far, 100).await.is_some());
        door.tell(FromClient::Left(second)).await;
        assert_eq!(put_on_the_wire(&mut far, 5000).await, None);
    }

    /// What a client hears until nothing has come for 400 ms.
    async fn all_heard(inbox: &mut mpsc::Receiver<ToClient>) -> Vec<u8> {
        let mut all = Vec::new();
        while let Ok(Some(ToClient::Bytes(bytes))) =
            tokio::time::timeout(Duration::from_millis(400), inbox.recv()).await
        {
            all.extend(bytes);
        }
        all
    }

    #[tokio::test(start_paused = true)]
    async fn two_who_sign_on_to_one_meter_are_served_one_after_the_other() {
        let model = crate::meter::model("neva-mt324").unwrap();
        let meter = SimMeter::of_model(model, "201", Secrets::default(), Vec::new()).unwrap();
        let (hub, door) = Hub::new(SimBus::new(vec![meter]).open_shared(Clock::of_tests()));
        tokio::spawn(hub.run());
        let (first, mut first_inbox) = door.join().await.unwrap();
        let (second, mut second_inbox) = door.join().await.unwrap();
        let session: [(&[u8], &[u8]); 4] = [
            (b"/?00000201!\r\n", b"/TPC5NEVAMT324.2303\r\n"),
            (b"\x06051\r\n", b"\x01P0\x02(00000000)\x03\x60"),
            (b"\x01P1\x02(00000000)\x03\x61", b"\x06"),
            (b"\x01R1\x02200700FF()\x03\x66", b"\x02200700FF(0233.81)\x03\x22"),
        ];
        for (asked, answer) in session {
            ask(&door, first, asked).await;
            ask(&door, second, b"/?00000201!\r\n").await;
            assert_eq!(all_heard(&mut first_inbox).await, answer, "{}", asked.escape_ascii());
            assert_eq!(heard(&mut second_inbox), None);
        }
        ask(&door, first, b"\x01B0\x03\x71").await;
        assert!(all_heard(&mut second_inbox).await.starts_with(b"/TPC5NEVAMT324.2303\r\n"));
    }
}
