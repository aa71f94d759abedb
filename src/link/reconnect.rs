//! Keeping a link: opened, used until it goes away, opened again, until it is closed.

use std::future::Future;
use std::time::Duration;

use crate::protocol::LineSettings;

use super::LinkEvent;
use super::stream::{End, Out, Source, Unheard};

/// How a link of one kind comes to be open again.
pub(super) trait Connector: Send {
    /// What it is when it is open.
    type Stream: Source;

    /// How long to wait before the next attempt, and what to tell of that.
    fn pause(&mut self) -> Pause;

    /// One attempt, with the line settings that were asked for last; else why it failed, already made visible.
    fn reach(
        &mut self,
        line: Option<LineSettings>,
    ) -> impl Future<Output = Result<Self::Stream, String>> + Send;

    /// The stream brought bytes before it went away, so the far side is sound.
    fn proved(&mut self) {}
}

/// The wait before an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pause {
    /// The wait.
    pub(super) wait: Duration,
    /// What [`LinkEvent::Lost`] tells: zero where the attempt depends on the port or a caller to appear.
    pub(super) told: Duration,
}

/// What is done with a stream: talk ([`super::talk::Talker`]) or only listen ([`super::listen_task::Listener`]).
pub(super) trait Part<S: Source>: Send {
    /// Uses the stream until it goes away or closing is asked for.
    fn attend(&mut self, stream: &S, out: &Out) -> impl Future<Output = Result<End, Unheard>> + Send;

    /// While there is no stream: resolves when closing is asked for.
    fn idle(&mut self, out: &Out) -> impl Future<Output = Result<(), Unheard>> + Send;

    /// The line settings asked for last.
    fn line(&self) -> Option<LineSettings>;
}

/// Keeps a link until it is closed or nobody listens any more. Without a `first` stream it waits for one.
pub(super) async fn run_reconnecting<R: Connector>(
    mut reach: R,
    first: Option<R::Stream>,
    mut part: impl Part<R::Stream>,
    out: Out,
) {
    let closed = until_closed(&mut reach, first, &mut part, &out).await;
    // Who is told that it is closed may open the port again at once.
    drop(reach);
    if closed.is_ok() {
        let _ = out.tell(|at| LinkEvent::Closed { why: "closed".to_owned(), at }).await;
    }
}

async fn until_closed<R: Connector>(
    reach: &mut R,
    first: Option<R::Stream>,
    part: &mut impl Part<R::Stream>,
    out: &Out,
) -> Result<(), Unheard> {
    let mut ready = first;
    let mut why = None;
    loop {
        let stream = match ready.take() {
            Some(stream) => stream,
            None => match again(reach, part, why.take(), out).await? {
                Some(stream) => stream,
                None => return Ok(()),
            },
        };
        let (peer, line) = (stream.peer(), stream.line());
        out.tell(|at| LinkEvent::Opened { peer, line, at }).await?;
        match part.attend(&stream, out).await? {
            End::Closed => return Ok(()),
            End::Lost { why: lost, heard } => {
                if heard {
                    reach.proved();
                }
                why = Some(lost);
            }
        }
        // The handle is closed here, before the wait: a held one makes the system give a returning adapter
        // another name.
        drop(stream);
    }
}

/// Tries until it is open again; `None` when closing was asked for meanwhile. Tells why it is not open when
/// there is something new to tell.
async fn again<R: Connector>(
    reach: &mut R,
    part: &mut impl Part<R::Stream>,
    mut why: Option<String>,
    out: &Out,
) -> Result<Option<R::Stream>, Unheard> {
    let mut told = None;
    loop {
        let pause = reach.pause();
        if let Some(why) = why.take()
            && told.as_ref() != Some(&(why.clone(), pause.told))
        {
            told = Some((why.clone(), pause.told));
            out.tell(|at| LinkEvent::Lost { why, retry_in: pause.told, at }).await?;
        }
        let line = part.line();
        // What was queued for the lost stream is taken first, so that it never reaches the new one.
        tokio::select! {
            biased;
            closing = part.idle(out) => return closing.map(|()| None),
            attempt = attempt(reach, line, pause.wait) => match attempt {
                Ok(stream) => return Ok(Some(stream)),
                Err(failed) => why = Some(failed),
            },
        }
    }
}

async fn attempt<R: Connector>(
    reach: &mut R,
    line: Option<LineSettings>,
    wait: Duration,
) -> Result<R::Stream, String> {
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    reach.reach(line).await
}
