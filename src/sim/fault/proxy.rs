//! The faults between any two links.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::burst::Burst;
use super::faults::Faults;
use super::inject::{Cut, Injector, Opening, Passed, REFUSED};
use crate::frame::At;
use crate::link::pair::{FarEnd, with_far_end};
use crate::link::{Clock, Link, LinkCommand, LinkEvent};
use crate::sim::line::{Pace, Piece};

/// Stands between a near end and a far link and does faults to what passes.
///
/// Where a fault is done to a message as a whole, bytes are gathered until there was silence for four
/// characters, 20 ms at least; otherwise they pass as they come.
#[derive(Debug)]
pub struct FaultProxy {
    injector: Injector,
    clock: Clock,
    pace: Pace,
    ahead: BTreeMap<(At, u64), Ahead>,
    number: u64,
    gathered: Vec<Piece>,
    /// For every request of the near end, how many parts of it the far link has still to send.
    unsent: VecDeque<usize>,
    /// How the far link was opened last; `None` while it is lost.
    seen: Option<LinkEvent>,
    /// Whether a fault holds the near end off.
    is_cut: bool,
}

#[derive(Debug)]
enum Ahead {
    Near(LinkEvent),
    Far(LinkCommand),
    Sent,
    Cut(Cut),
    Open,
}

/// The least silence that ends a message.
const SILENCE: Duration = Duration::from_millis(20);

impl FaultProxy {
    /// Puts faults in front of a link. Must be called within a runtime.
    #[must_use]
    pub fn before(far: Link, faults: Faults, clock: Clock) -> Link {
        let (link, near) = with_far_end();
        tokio::spawn(Self::between(near, far, faults, clock));
        link
    }

    /// Carries commands and events between a near end and a far link until one of them ends.
    pub async fn between(mut near: FarEnd, mut far: Link, faults: Faults, clock: Clock) {
        let mut proxy = Self::new(faults, clock);
        let mut is_commanded = true;
        loop {
            let deadline = proxy.deadline();
            tokio::select! {
                biased;
                event = far.events.recv() => match event {
                    Some(event) => proxy.event(event),
                    None => return,
                },
                command = near.commands.recv(), if is_commanded => match command {
                    Some(command) => proxy.command(command),
                    None => is_commanded = false,
                },
                () = clock.until(deadline) => {}
                () = near.events.closed() => return,
            }
            for ahead in proxy.due() {
                let is_alive = match ahead {
                    Ahead::Near(event) => near.events.send(event).await.is_ok(),
                    Ahead::Far(command) => far.commands.send(command).is_ok(),
                    _ => true,
                };
                if !is_alive {
                    return;
                }
            }
        }
    }

    fn new(faults: Faults, clock: Clock) -> Self {
        Self {
            injector: Injector::new(faults),
            clock,
            pace: Pace::Instant,
            ahead: BTreeMap::new(),
            number: 0,
            gathered: Vec::new(),
            unsent: VecDeque::new(),
            seen: None,
            is_cut: false,
        }
    }

    fn deadline(&self) -> Option<At> {
        let ahead = self.ahead.first_key_value().map(|((at, _), _)| *at);
        let gathered = self.gathered.last().map(|piece| piece.at + self.silence());
        [ahead, gathered, self.injector.deadline()].into_iter().flatten().min()
    }

    fn silence(&self) -> Duration {
        self.pace.time(4).max(SILENCE)
    }

    /// What is to be done by now, the internal part of it done.
    fn due(&mut self) -> Vec<Ahead> {
        let now = self.clock.now();
        if self.gathered.last().is_some_and(|piece| piece.at + self.silence() <= now) {
            let whole = std::mem::take(&mut self.gathered);
            self.reply(whole);
        }
        let idle = self.injector.expire(now);
        self.deliver(idle, Duration::ZERO);
        let mut due = Vec::new();
        while let Some(entry) = self.ahead.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((at, _), ahead) = entry.remove_entry();
            match ahead {
                Ahead::Cut(cut) => due.push(Ahead::Near(self.cut(cut))),
                Ahead::Open => due.extend(self.reopen(at).into_iter().map(Ahead::Near)),
                Ahead::Sent => due.extend(self.sent(at).map(Ahead::Near)),
                Ahead::Near(event) if self.is_cut && is_traffic(&event) => {}
                other => due.push(other),
            }
        }
        due
    }

    fn command(&mut self, command: LinkCommand) {
        let now = self.clock.now();
        match command {
            LinkCommand::Send(_) if self.is_cut => {}
            LinkCommand::Send(bytes) => self.request(bytes, now),
            other => self.plan(now, Ahead::Far(other)),
        }
    }

    fn request(&mut self, bytes: Vec<u8>, now: At) {
        let wire_time = self.pace.time(bytes.len());
        let Passed { through, back, cut } = self.injector.request(vec![Piece { at: now, bytes }], self.pace);
        self.unsent.push_back(through.len().max(1));
        if through.is_empty() {
            self.plan(now + wire_time, Ahead::Sent);
        }
        let mut before = 0;
        for Piece { at, bytes } in through {
            // What the far link was given is on the wire for a while; a pause begins when it has left.
            let at = at + self.pace.time(before);
            before += bytes.len();
            self.plan(at, Ahead::Far(LinkCommand::Send(bytes)));
        }
        self.deliver(back, wire_time);
        if let Some(cut) = cut {
            self.plan(cut.at + wire_time, Ahead::Cut(cut));
        }
    }

    fn event(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Received { bytes, at, .. } => {
                self.gathered.push(Piece { at, bytes });
                if !self.injector.needs_whole_replies() {
                    let pieces = std::mem::take(&mut self.gathered);
                    self.reply(pieces);
                }
            }
            LinkEvent::Sent { at } => self.plan(at, Ahead::Sent),
            LinkEvent::Opened { at, line, .. } => {
                self.pace = line.map_or(Pace::Instant, Pace::Wire);
                self.unsent.clear();
                self.seen = Some(event);
                if !self.is_cut {
                    self.plan(at, Ahead::Open);
                }
            }
            LinkEvent::LineSet { line, at } => {
                self.pace = Pace::Wire(line);
                self.plan(at, Ahead::Near(event));
            }
            LinkEvent::LineRefused { at, .. } | LinkEvent::Dropped { at, .. } => {
                self.plan(at, Ahead::Near(event));
            }
            LinkEvent::Lost { at, .. } | LinkEvent::Closed { at, .. } => {
                self.seen = None;
                self.plan(at, Ahead::Near(event));
            }
        }
    }

    fn reply(&mut self, pieces: Vec<Piece>) {
        let passed = self.injector.reply(Burst::new(pieces).into_pieces(), self.pace);
        self.deliver(passed.through, Duration::ZERO);
        if let Some(cut) = passed.cut {
            self.plan(cut.at, Ahead::Cut(cut));
        }
    }

    fn deliver(&mut self, pieces: Vec<Piece>, later: Duration) {
        for Piece { at, bytes } in pieces {
            let at = at + later;
            self.plan(at, Ahead::Near(LinkEvent::received(bytes, at)));
        }
    }

    /// A part of a request has left; the near end is told when it was the last one.
    fn sent(&mut self, at: At) -> Option<LinkEvent> {
        let parts = self.unsent.front_mut()?;
        *parts = parts.saturating_sub(1);
        if *parts > 0 {
            return None;
        }
        self.unsent.pop_front();
        (!self.is_cut).then_some(LinkEvent::Sent { at })
    }

    fn cut(&mut self, cut: Cut) -> LinkEvent {
        self.is_cut = true;
        self.gathered.clear();
        self.unsent.clear();
        self.ahead.retain(|_, ahead| !matches!(ahead, Ahead::Near(event) if is_traffic(event)));
        if let Some(time) = cut.back_in {
            self.plan(cut.at + time, Ahead::Open);
        }
        LinkEvent::Lost { why: cut.why.to_owned(), retry_in: cut.back_in.unwrap_or_default(), at: cut.at }
    }

    /// Opens towards the near end what the far link has opened, unless a fault refuses.
    fn reopen(&mut self, now: At) -> Vec<LinkEvent> {
        self.is_cut = false;
        let Some(LinkEvent::Opened { peer, line, .. }) = self.seen.clone() else { return Vec::new() };
        match self.injector.open(now) {
            Opening::Refused(time) => {
                vec![self.cut(Cut { at: now, why: REFUSED, back_in: Some(time) })]
            }
            Opening::Opens(waiting) => {
                let opened = LinkEvent::Opened { peer, line, at: now };
                let waiting = (!waiting.is_empty()).then_some(LinkEvent::received(waiting, now));
                [Some(opened), waiting].into_iter().flatten().collect()
            }
        }
    }

    fn plan(&mut self, at: At, ahead: Ahead) {
        self.number += 1;
        self.ahead.insert((at, self.number), ahead);
    }
}

const fn is_traffic(event: &LinkEvent) -> bool {
    matches!(event, LinkEvent::Received { .. } | LinkEvent::Sent { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::LineSettings;
    use crate::sim::SimBus;
    use crate::sim::toy::{Toy, after_sending, all_events, arrivals, meter, received, request, sent};

    const LINE: LineSettings = LineSettings::n81(10_000);

    /// A proxy in front of a bus with one meter that answers ten bytes after 40 ms, opened.
    async fn proxied(specs: &[&str]) -> (Link, Faults) {
        let clock = Clock::of_tests();
        let toy = Toy::new(1, 40, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let faults = Faults::parse(specs, 3).unwrap();
        let far = SimBus::new(vec![meter(toy, LINE)]).open(clock);
        let mut link = FaultProxy::before(far, faults.clone(), clock);
        assert!(matches!(link.events.recv().await, Some(LinkEvent::Opened { line: Some(LINE), .. })));
        (link, faults)
    }

    #[tokio::test(start_paused = true)]
    async fn without_faults_it_is_not_noticed() {
        let (mut link, _) = proxied(&[]).await;
        let events = after_sending(&mut link, &request(1, 1, 4)).await;
        assert_eq!(sent(&events), Some(At::from_millis(4)));
        let expected: Vec<(At, usize)> = (45..55).map(|ms| (At::from_millis(ms), 1)).collect();
        assert_eq!(arrivals(&events), expected);
    }

    #[tokio::test(start_paused = true)]
    async fn faults_of_bytes_pass_them_on_at_once() {
        let (mut link, faults) = proxied(&["flip=1:8"]).await;
        let events = after_sending(&mut link, &request(1, 1, 4)).await;
        assert_eq!(received(&events), (0..10).map(|b: u8| !b).collect::<Vec<_>>());
        assert_eq!(arrivals(&events)[0].0, At::from_millis(45));
        assert_eq!(faults.log().len(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn faults_of_messages_see_the_whole_message() {
        let (mut link, faults) = proxied(&["truncate=1:3", "suffix=1:AA"]).await;
        let events = after_sending(&mut link, &request(1, 1, 4)).await;
        assert_eq!(received(&events), [0, 1, 2, 0xAA]);
        assert_eq!(faults.log().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_in_pieces_is_sent_once_its_last_piece_has_left() {
        let (mut link, _) = proxied(&["tx-split=1:2/3ms"]).await;
        let events = after_sending(&mut link, &request(1, 1, 4)).await;
        let sent: Vec<&LinkEvent> = events.iter().filter(|e| matches!(e, LinkEvent::Sent { .. })).collect();
        assert_eq!(sent, [&LinkEvent::Sent { at: At::from_millis(7) }]);
        assert_eq!(received(&events).len(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_swallowed_request_has_left_all_the_same() {
        let (mut link, _) = proxied(&["tx-swallow"]).await;
        let events = after_sending(&mut link, &request(1, 1, 4)).await;
        assert_eq!(events, [LinkEvent::Sent { at: At::from_millis(4) }]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cut_link_is_lost_and_opens_again() {
        let (mut link, _) = proxied(&["rst=once:2s"]).await;
        let events = after_sending(&mut link, &request(1, 1, 4)).await;
        assert!(
            matches!(events.last(), Some(LinkEvent::Lost { why, .. }) if why == "connection reset by peer")
        );
        assert!(received(&events).is_empty());
        tokio::time::sleep(Duration::from_secs(3)).await;
        let events = after_sending(&mut link, &request(1, 1, 4)).await;
        assert!(matches!(events[0], LinkEvent::Opened { line: Some(LINE), .. }));
        assert_eq!(received(&events).len(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn commands_pass_and_the_end_is_told() {
        let (mut link, _) = proxied(&[]).await;
        link.commands.send(LinkCommand::SetLine(LineSettings::n81(2400))).unwrap();
        link.commands.send(LinkCommand::Close).unwrap();
        let events = all_events(&mut link).await;
        assert!(matches!(events[0], LinkEvent::LineSet { .. }));
        assert!(matches!(events[1], LinkEvent::Closed { .. }));
    }
}
