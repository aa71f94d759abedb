//! The listening part: reads, and has nothing it could be told to write.

use tokio::sync::mpsc;

use crate::frame::visible;
use crate::protocol::LineSettings;

use super::LinkEvent;
use super::fair::Share;
use super::reconnect::Part;
use super::stream::{End, Out, Source, Unheard};

/// Drives a stream for a [`super::ListenLink`]. It takes any [`Source`] and so has no way to write even where
/// the stream behind it would have one. All it can be asked for is other line settings.
#[derive(Debug)]
pub(super) struct Listener {
    wanted: mpsc::UnboundedReceiver<LineSettings>,
    line: Option<LineSettings>,
}

impl Listener {
    /// A listener, and where other line settings are asked for; a lost port is opened again with `line`, or what
    /// was set later.
    pub(super) fn new(line: Option<LineSettings>) -> (Self, mpsc::UnboundedSender<LineSettings>) {
        let (lines, wanted) = mpsc::unbounded_channel();
        (Self { wanted, line }, lines)
    }

    async fn set(&mut self, asked: LineSettings, stream: &impl Source, out: &Out) -> Result<(), Unheard> {
        match stream.set_line(asked).await {
            Ok(line) => {
                self.line = Some(asked);
                out.tell(|at| LinkEvent::LineSet { line, at }).await
            }
            Err(why) => out.tell(|at| LinkEvent::LineRefused { asked, why, at }).await,
        }
    }
}

impl<S: Source> Part<S> for Listener {
    async fn attend(&mut self, stream: &S, out: &Out) -> Result<End, Unheard> {
        let (mut has_heard, mut share) = (false, Share::default());
        loop {
            share.give_way().await;
            let received = tokio::select! {
                received = stream.receive() => received,
                Some(asked) = self.wanted.recv() => {
                    self.set(asked, stream, out).await?;
                    continue;
                }
                never = out.hole() => match never {},
                () = out.unheard() => return Err(Unheard),
            };
            match received {
                Ok(heard) if heard.bytes.is_empty() => {
                    return Ok(End::Lost { why: S::ENDED.to_owned(), heard: has_heard });
                }
                Ok(heard) => out.hear(heard, stream, &mut share).await?,
                Err(error) => return Ok(End::Lost { why: visible::error(&error), heard: has_heard }),
            }
            has_heard = true;
        }
    }

    async fn idle(&mut self, out: &Out) -> Result<(), Unheard> {
        loop {
            tokio::select! {
                Some(asked) = self.wanted.recv() => {
                    let why = super::AWAY.to_owned();
                    out.tell(|at| LinkEvent::LineRefused { asked, why, at }).await?;
                }
                () = out.unheard() => return Err(Unheard),
            }
        }
    }

    fn line(&self) -> Option<LineSettings> {
        self.line
    }
}
