//! Intents for a capture that is being played.

use crate::protocol::Decoder;
use std::collections::VecDeque;

use tokio::sync::mpsc::UnboundedReceiver;

use super::super::{Errand, Intent, JobId};

/// The next thing to do.
pub(super) enum Wish {
    /// Cut the capture by a protocol, at first or anew.
    Cut(Option<Decoder>),
    /// Carry something out on it.
    Run(JobId, Box<Errand>),
}

/// What is wanted, in order.
pub(super) struct Wishes {
    decoder: Option<Decoder>,
    is_to_be_cut: bool,
    is_to_close: bool,
    jobs: VecDeque<(JobId, Box<Errand>)>,
    /// The last job that was to be stopped.
    cancelled: Option<JobId>,
}

impl Wishes {
    /// At first it is to be cut by this decoder.
    pub(super) const fn new(decoder: Option<Decoder>) -> Self {
        Self { decoder, is_to_be_cut: true, is_to_close: false, jobs: VecDeque::new(), cancelled: None }
    }

    /// Waits for the next thing to do; nothing when it is to be closed.
    pub(super) async fn next(&mut self, wanted: &mut UnboundedReceiver<Intent>) -> Option<Wish> {
        loop {
            if self.is_to_close {
                return None;
            }
            if std::mem::take(&mut self.is_to_be_cut) {
                return Some(Wish::Cut(self.decoder));
            }
            if let Some((job, errand)) = self.jobs.pop_front() {
                return Some(Wish::Run(job, errand));
            }
            self.wait(wanted).await;
        }
    }

    /// Waits for one more wish. May be dropped unfinished.
    pub(super) async fn wait(&mut self, wanted: &mut UnboundedReceiver<Intent>) {
        let intent = wanted.recv().await.unwrap_or(Intent::Close);
        self.hear(intent);
    }

    /// Looks what has been wished.
    pub(super) fn look(&mut self, wanted: &mut UnboundedReceiver<Intent>) {
        while let Ok(intent) = wanted.try_recv() {
            self.hear(intent);
        }
    }

    /// Whether the capture need not be played any further.
    pub(super) const fn end_playing(&self) -> bool {
        self.is_to_close || self.is_to_be_cut
    }

    /// Whether a job is to stop.
    pub(super) fn ends_job(&self, job: JobId) -> bool {
        self.end_playing() || self.cancelled == Some(job)
    }

    fn hear(&mut self, intent: Intent) {
        match intent {
            Intent::Close => self.is_to_close = true,
            Intent::Decode(decoder) if decoder == self.decoder => {}
            Intent::Decode(decoder) => (self.decoder, self.is_to_be_cut) = (decoder, true),
            Intent::Run { job, errand } => self.jobs.push_back((job, errand)),
            Intent::Cancel(job) | Intent::GiveWay(job) => {
                self.jobs.retain(|(waiting, _)| *waiting != job);
                self.cancelled = Some(job);
            }
            Intent::SetLine(_) | Intent::FactoryLine(_) | Intent::Expect(_) | Intent::Speak => {}
        }
    }
}
