//! The talking part: carries the commands of a [`super::Link`] out on a stream and tells what happens.

use std::io;

use tokio::sync::mpsc;

use crate::frame::visible;
use crate::protocol::LineSettings;

use super::damage::Heard;
use super::fair::Share;
use super::outbox::{Held, Outbox};
use super::reconnect::Part;
use super::stream::{End, Out, Sink, Source, Unheard};
use super::{LinkCommand, LinkEvent};

/// Drives a stream for a [`super::Link`].
#[derive(Debug)]
pub(super) struct Talker {
    commands: mpsc::UnboundedReceiver<LinkCommand>,
    line: Option<LineSettings>,
}

/// Why a connection is opened again that nobody has closed.
const UNANSWERED: &str = "no byte in answer to three questions: the connection may be dead";

/// What happened next on an open stream.
enum Step {
    Received(io::Result<Heard>),
    Asked(Option<LinkCommand>),
    Wrote(io::Result<usize>),
    Left,
}

impl Talker {
    /// Takes its orders from `commands`; a lost port is opened again with `line`, or what was set later.
    pub(super) const fn new(
        commands: mpsc::UnboundedReceiver<LinkCommand>,
        line: Option<LineSettings>,
    ) -> Self {
        Self { commands, line }
    }

    async fn next_step(&mut self, stream: &impl Sink, outbox: &Outbox, out: &Out) -> Step {
        let unwritten = outbox.unwritten();
        let due = outbox.next_due();
        tokio::select! {
            received = stream.receive() => Step::Received(received),
            never = out.hole() => match never {},
            command = self.commands.recv(), if outbox.is_open() => Step::Asked(command),
            wrote = stream.transmit(unwritten.unwrap_or_default()), if unwritten.is_some() => Step::Wrote(wrote),
            () = tokio::time::sleep_until(out.clock().instant(due.unwrap_or_default())), if due.is_some() => Step::Left,
        }
    }

    /// Does what was held until everything had left; true when that was closing.
    async fn settle(&mut self, stream: &impl Sink, outbox: &mut Outbox, out: &Out) -> Result<bool, Unheard> {
        while let Some(at) = outbox.take_left(out.clock().now()) {
            out.tell(|_| LinkEvent::Sent { at }).await?;
        }
        match outbox.take_held() {
            None => Ok(false),
            Some(Held::Close) => Ok(true),
            Some(Held::Line(asked)) => {
                match stream.set_line(asked).await {
                    Ok(line) => {
                        self.line = Some(asked);
                        outbox.set_line(line);
                        out.tell(|at| LinkEvent::LineSet { line, at }).await?;
                    }
                    Err(why) => out.tell(|at| LinkEvent::LineRefused { asked, why, at }).await?,
                }
                Ok(false)
            }
        }
    }
}

fn take(command: Option<LinkCommand>, outbox: &mut Outbox, out: &Out) {
    match command {
        Some(LinkCommand::Send(bytes)) => outbox.send(bytes, out.clock().now()),
        Some(LinkCommand::SetLine(line)) => outbox.hold(Held::Line(line)),
        Some(LinkCommand::Renew) => {}
        Some(LinkCommand::Close) | None => outbox.hold(Held::Close),
    }
}

impl<S: Sink> Part<S> for Talker {
    async fn attend(&mut self, stream: &S, out: &Out) -> Result<End, Unheard> {
        let mut outbox = Outbox::new(stream.line());
        let (mut has_heard, mut share) = (false, Share::default());
        loop {
            share.give_way().await;
            match self.next_step(stream, &outbox, out).await {
                Step::Received(Ok(heard)) if heard.bytes.is_empty() => {
                    return Ok(End::Lost { why: <S as Source>::ENDED.to_owned(), heard: has_heard });
                }
                Step::Received(Ok(heard)) => {
                    has_heard = true;
                    out.hear(heard, stream, &mut share).await?;
                }
                Step::Received(Err(error)) | Step::Wrote(Err(error)) => {
                    return Ok(End::Lost { why: visible::error(&error), heard: has_heard });
                }
                Step::Wrote(Ok(0)) => {
                    return Ok(End::Lost { why: "it takes no bytes any more".to_owned(), heard: has_heard });
                }
                Step::Wrote(Ok(count)) => outbox.wrote(count, out.clock().now()),
                Step::Asked(Some(LinkCommand::Renew)) => {
                    return Ok(End::Lost { why: UNANSWERED.to_owned(), heard: has_heard });
                }
                Step::Asked(command) => take(command, &mut outbox, out),
                Step::Left => {}
            }
            if self.settle(stream, &mut outbox, out).await? {
                return Ok(End::Closed);
            }
        }
    }

    /// Requests for a link that is away are dropped: a request must never go out later, on its own, when the
    /// link is back.
    async fn idle(&mut self, out: &Out) -> Result<(), Unheard> {
        loop {
            let command = tokio::select! {
                command = self.commands.recv() => command,
                () = out.unheard() => return Err(Unheard),
            };
            match command {
                Some(LinkCommand::Send(_) | LinkCommand::Renew) => {}
                Some(LinkCommand::SetLine(asked)) => {
                    let why = super::AWAY.to_owned();
                    out.tell(|at| LinkEvent::LineRefused { asked, why, at }).await?;
                }
                Some(LinkCommand::Close) | None => return Ok(()),
            }
        }
    }

    fn line(&self) -> Option<LineSettings> {
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::At;
    use crate::link::stream::outlet;
    use crate::link::{
        Clock, LinkEvent, reconnect::Connector, reconnect::Pause, reconnect::run_reconnecting,
    };
    use std::sync::Arc;
    use std::sync::Mutex;
    use std::time::Duration;

    /// A wire that takes so many bytes a call and notes every call.
    #[derive(Clone)]
    struct Wire {
        takes: usize,
        calls: Arc<Mutex<Vec<String>>>,
        ends: Arc<tokio::sync::Notify>,
    }

    impl Wire {
        fn taking(takes: usize) -> Self {
            Self { takes, calls: Arc::default(), ends: Arc::default() }
        }

        fn note(&self, call: String) {
            self.calls.lock().unwrap().push(call);
        }

        fn calls(&self) -> Vec<String> {
            self.calls.lock().unwrap().clone()
        }
    }

    impl Source for Wire {
        const ENDED: &'static str = "pulled";

        async fn receive(&self) -> io::Result<Heard> {
            self.ends.notified().await;
            Ok(Heard::default())
        }

        fn waits(&self) -> bool {
            true
        }

        fn peer(&self) -> String {
            String::new()
        }

        fn line(&self) -> Option<LineSettings> {
            Some(LineSettings::n81(9600))
        }

        async fn set_line(&self, line: LineSettings) -> Result<LineSettings, String> {
            self.note(format!("set {line}"));
            if line.baud == 12345 { Err("no such speed".to_owned()) } else { Ok(line) }
        }
    }

    impl Sink for Wire {
        async fn transmit(&self, bytes: &[u8]) -> io::Result<usize> {
            let count = bytes.len().min(self.takes);
            self.note(format!("write {count} of {}", bytes.len()));
            Ok(count)
        }
    }

    /// Gives the same wire again, a second after it was lost.
    struct Again(Wire);

    impl Connector for Again {
        type Stream = Wire;

        fn pause(&mut self) -> Pause {
            Pause { wait: Duration::from_secs(1), told: Duration::ZERO }
        }

        async fn reach(&mut self, line: Option<LineSettings>) -> Result<Wire, String> {
            self.0.note(format!("open {}", line.unwrap()));
            Ok(self.0.clone())
        }
    }

    struct Held {
        commands: mpsc::UnboundedSender<LinkCommand>,
        events: mpsc::Receiver<LinkEvent>,
    }

    impl Held {
        fn over(wire: &Wire) -> Self {
            let (commands, orders) = mpsc::unbounded_channel();
            let (out, events) = outlet(Clock::of_tests());
            let talker = Talker::new(orders, Some(LineSettings::n81(9600)));
            tokio::spawn(run_reconnecting(Again(wire.clone()), Some(wire.clone()), talker, out));
            Self { commands, events }
        }

        fn ask(&self, command: LinkCommand) {
            self.commands.send(command).unwrap();
        }

        async fn told(&mut self) -> LinkEvent {
            self.events.recv().await.unwrap()
        }
    }

    fn request() -> LinkCommand {
        LinkCommand::Send(vec![0xC0; 24])
    }

    #[tokio::test(start_paused = true)]
    async fn each_request_is_one_write_and_is_told_when_it_has_left() {
        let wire = Wire::taking(usize::MAX);
        let mut link = Held::over(&wire);
        link.ask(request());
        link.ask(request());
        assert!(matches!(link.told().await, LinkEvent::Opened { .. }));
        assert_eq!(link.told().await, LinkEvent::Sent { at: At::from_millis(25) });
        assert_eq!(link.told().await, LinkEvent::Sent { at: At::from_millis(50) });
        assert_eq!(wire.calls(), ["write 24 of 24", "write 24 of 24"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_taken_in_parts_is_told_once() {
        let wire = Wire::taking(20);
        let mut link = Held::over(&wire);
        link.ask(request());
        link.ask(LinkCommand::Close);
        assert!(matches!(link.told().await, LinkEvent::Opened { .. }));
        assert_eq!(link.told().await, LinkEvent::Sent { at: At::from_millis(25) });
        assert!(matches!(link.told().await, LinkEvent::Closed { .. }));
        assert_eq!(wire.calls(), ["write 20 of 24", "write 4 of 4"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_line_changes_only_after_everything_has_left() {
        let wire = Wire::taking(usize::MAX);
        let mut link = Held::over(&wire);
        link.ask(request());
        link.ask(LinkCommand::SetLine(LineSettings::e71(300)));
        link.ask(request());
        assert!(matches!(link.told().await, LinkEvent::Opened { .. }));
        assert_eq!(link.told().await, LinkEvent::Sent { at: At::from_millis(25) });
        assert!(
            matches!(link.told().await, LinkEvent::LineSet { line, .. } if line == LineSettings::e71(300))
        );
        assert_eq!(link.told().await, LinkEvent::Sent { at: At::from_millis(25 + 800) });
        assert_eq!(wire.calls(), ["write 24 of 24", "set 300 7E1", "write 24 of 24"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_line_change_leaves_the_line_as_it_was() {
        let wire = Wire::taking(usize::MAX);
        let mut link = Held::over(&wire);
        let asked = LineSettings::n81(12345);
        link.ask(LinkCommand::SetLine(asked));
        link.ask(request());
        assert!(matches!(link.told().await, LinkEvent::Opened { .. }));
        let refused = LinkEvent::LineRefused { asked, why: "no such speed".to_owned(), at: At::ZERO };
        assert_eq!(link.told().await, refused);
        assert_eq!(link.told().await, LinkEvent::Sent { at: At::from_millis(25) });
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_for_a_link_that_is_away_never_goes_out() {
        let wire = Wire::taking(usize::MAX);
        let mut link = Held::over(&wire);
        assert!(matches!(link.told().await, LinkEvent::Opened { .. }));
        wire.ends.notify_one();
        assert!(matches!(link.told().await, LinkEvent::Lost { why, .. } if why == "pulled"));
        link.ask(request());
        link.ask(LinkCommand::SetLine(LineSettings::n81(300)));
        assert!(matches!(link.told().await, LinkEvent::LineRefused { .. }));
        assert!(matches!(link.told().await, LinkEvent::Opened { .. }));
        assert_eq!(wire.calls(), ["open 9600 8N1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_port_opens_again_with_the_settings_of_last() {
        let wire = Wire::taking(usize::MAX);
        let mut link = Held::over(&wire);
        link.ask(LinkCommand::SetLine(LineSettings::n81(300)));
        assert!(matches!(link.told().await, LinkEvent::Opened { .. }));
        assert!(matches!(link.told().await, LinkEvent::LineSet { .. }));
        wire.ends.notify_one();
        assert!(matches!(link.told().await, LinkEvent::Lost { .. }));
        assert!(matches!(link.told().await, LinkEvent::Opened { .. }));
        assert_eq!(wire.calls(), ["set 300 8N1", "open 300 8N1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_link_that_is_away_can_be_closed() {
        let wire = Wire::taking(usize::MAX);
        let mut link = Held::over(&wire);
        assert!(matches!(link.told().await, LinkEvent::Opened { .. }));
        wire.ends.notify_one();
        assert!(matches!(link.told().await, LinkEvent::Lost { .. }));
        link.ask(LinkCommand::Close);
        assert!(matches!(link.told().await, LinkEvent::Closed { .. }));
        assert_eq!(link.events.recv().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_link_that_is_let_go_closes() {
        let wire = Wire::taking(usize::MAX);
        let Held { commands, mut events } = Held::over(&wire);
        drop(commands);
        assert!(matches!(events.recv().await, Some(LinkEvent::Opened { .. })));
        assert!(matches!(events.recv().await, Some(LinkEvent::Closed { .. })));
    }
}
