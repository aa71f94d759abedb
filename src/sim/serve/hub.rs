//! The hub: shares one link among the clients of a door.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::link::{Link, LinkCommand, LinkEvent};
use crate::sim::fault::RESET;

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

/// A client with an answer has the wire this long after the last byte of it.
const QUIET: Duration = Duration::from_millis(30);

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
    /// Who has the wire, and until when.
    holder: Option<(u64, Instant)>,
}

impl Hub {
    /// A hub for a link, and its door.
    pub(super) fn new(link: Link) -> (Self, Door) {
        let (sender, inbox) = mpsc::channel(QUEUE);
        let (is_open, watched) = watch::channel(true);
        let (clients, waiting) = (BTreeMap::new(), VecDeque::new());
        let hub = Self { link, inbox, is_open, clients, waiting, holder: None };
        (hub, Door { hub: sender, is_open: watched, next_id: Arc::default() })
    }

    /// Runs until the link is closed.
    pub(super) async fn run(mut self) {
        loop {
            let until = self.holder.map(|(_, until)| until);
            tokio::select! {
                biased;
                event = self.link.events.recv() => match event {
                    None | Some(LinkEvent::Closed { .. }) => return,
                    Some(event) => self.event(event),
                },
                Some(message) = self.inbox.recv() => self.message(message),
                () = passed(until) => self.holder = None,
            }
            self.next_turn();
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
            Some((id, _)) => self.clients.get(&id).into_iter().for_each(give),
            None => self.clients.values().for_each(give),
        }
        self.hold(QUIET);
    }

    fn message(&mut self, message: FromClient) {
        match message {
            FromClient::Joined(id, outbox) => {
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
            }
        }
    }

    /// Puts on the wire what the one who has it sent, or the first in the queue when nobody has.
    fn next_turn(&mut self) {
        while let Some(index) = self.waiting.iter().position(|(id, _)| self.may_send(*id)) {
            let Some((id, bytes)) = self.waiting.remove(index) else { return };
            self.holder = Some((id, Instant::now() + PATIENCE));
            // A link that has ended is noticed by its events.
            let _ = self.link.commands.send(LinkCommand::Send(bytes));
        }
    }

    fn may_send(&self, id: u64) -> bool {
        self.holder.is_none_or(|(holder, _)| holder == id)
    }

    fn hold(&mut self, time: Duration) {
        if let Some((_, until)) = &mut self.holder {
            *until = Instant::now() + time;
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
    use crate::link::pair::{FarEnd, with_far_end};

    /// A running hub with two clients, and the far end of its link.
    async fn shared() -> (FarEnd, Door, [(u64, mpsc::Receiver<ToClient>); 2]) {
        let (link, far) = with_far_end();
        let (hub, door) = Hub::new(link);
        tokio::spawn(hub.run());
        let clients = [door.join().await.unwrap(), door.join().await.unwrap()];
        (far, door, clients)
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
        let received = LinkEvent::Received { bytes: bytes.to_vec(), at: At::ZERO };
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
}
