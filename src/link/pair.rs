//! Two links back to back in memory: what one sends, the other receives.

use tokio::sync::mpsc;

use super::{Clock, EVENT_QUEUE, Link, LinkCommand, LinkEvent};
use crate::protocol::LineSettings;

/// The far end of an in-memory link: what it is told, and where it puts what happens.
#[derive(Debug)]
pub struct FarEnd {
    /// What the near end asks for.
    pub commands: mpsc::UnboundedReceiver<LinkCommand>,
    /// What the near end is told.
    pub events: mpsc::Sender<LinkEvent>,
}

/// A link whose far end is in the caller's hand.
#[must_use]
pub fn with_far_end() -> (Link, FarEnd) {
    let (commands, near_commands) = mpsc::unbounded_channel();
    let (events, near_events) = mpsc::channel(EVENT_QUEUE);
    (Link { commands, events: near_events }, FarEnd { commands: near_commands, events })
}

/// Two links joined without delay. Must be called within a runtime.
#[must_use]
pub fn pair(clock: Clock, line: LineSettings) -> (Link, Link) {
    let (left, left_end) = with_far_end();
    let (right, right_end) = with_far_end();
    tokio::spawn(carry(left_end.commands, left_end.events.clone(), right_end.events.clone(), clock, line));
    tokio::spawn(carry(right_end.commands, right_end.events, left_end.events, clock, line));
    (left, right)
}

async fn carry(
    mut commands: mpsc::UnboundedReceiver<LinkCommand>,
    own: mpsc::Sender<LinkEvent>,
    other: mpsc::Sender<LinkEvent>,
    clock: Clock,
    line: LineSettings,
) {
    let opened = LinkEvent::Opened { peer: String::new(), line: Some(line), at: clock.now() };
    let mut open = own.send(opened).await.is_ok();
    while let (true, Some(command)) = (open, commands.recv().await) {
        let at = clock.now();
        open = match command {
            LinkCommand::Send(bytes) => {
                let _ = other.send(LinkEvent::received(bytes, at)).await;
                own.send(LinkEvent::Sent { at }).await.is_ok()
            }
            LinkCommand::SetLine(line) => own.send(LinkEvent::LineSet { line, at }).await.is_ok(),
            LinkCommand::Renew => true,
            LinkCommand::Close => false,
        };
    }
    let closed = |why: &str| LinkEvent::Closed { why: why.to_owned(), at: clock.now() };
    let _ = own.send(closed("closed")).await;
    let _ = other.send(closed("the other end closed")).await;
}
