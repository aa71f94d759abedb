//! The listening part: reads, and has nothing it could be told to write.

use crate::protocol::LineSettings;

use super::LinkEvent;
use super::damage::Heard;
use super::keep::Part;
use super::stream::{End, Out, Source, Unheard};
use crate::frame::visible;

/// Drives a stream for a [`super::ListenLink`]. It takes any [`Source`] and so has no way to write even where
/// the stream behind it would have one.
#[derive(Debug)]
pub(super) struct Listener;

impl<S: Source> Part<S> for Listener {
    async fn attend(&mut self, stream: &S, out: &Out) -> Result<End, Unheard> {
        let mut has_heard = false;
        loop {
            let received = tokio::select! {
                received = stream.receive() => received,
                () = out.unheard() => return Err(Unheard),
            };
            match received {
                Ok(heard) if heard.bytes.is_empty() => {
                    return Ok(End::Lost { why: S::ENDED.to_owned(), heard: has_heard });
                }
                Ok(Heard { bytes, damage }) => {
                    out.tell(|at| LinkEvent::Received { bytes, damage, at }).await?;
                }
                Err(error) => return Ok(End::Lost { why: visible::error(&error), heard: has_heard }),
            }
            has_heard = true;
        }
    }

    async fn idle(&mut self, out: &Out) -> Result<(), Unheard> {
        out.unheard().await;
        Err(Unheard)
    }

    fn line(&self) -> Option<LineSettings> {
        None
    }
}
