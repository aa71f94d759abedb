//! News of the link while a job runs: an interrupt, the loss of the link and its return, another master.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::watch;

use super::super::exit::{Exit, Stop};
use super::super::interrupt::Interrupt;
use super::super::out;
use super::Live;
use crate::bus::{JobId, LinkState, OtherMaster, Status};

/// What the events of a job must not delay.
pub(super) enum Urgent {
    /// The person wants the program to end.
    Interrupted,
    /// The status tells something.
    News(News),
}

/// Waits for what is urgent: for an interrupt unless it was told, and for what the status tells.
pub(super) async fn urgent(interrupt: &Interrupt, is_told: bool, news: impl Future<Output = News>) -> Urgent {
    tokio::select! {
        biased;
        () = interrupt.came(), if !is_told => Urgent::Interrupted,
        news = news => Urgent::News(news),
    }
}

/// What the status tells that is not the business of a job.
pub(super) enum News {
    /// The link is lost, and why.
    Gone(String),
    /// The link that was lost is back.
    Back,
    /// Another master asks on it.
    OtherMaster(Arc<OtherMaster>),
}

/// Waits until the link is lost, or is back where it was away, or another master is heard that was not `told` of.
pub(super) async fn news(status: &mut watch::Receiver<Status>, is_away: bool, told: bool) -> News {
    let has_moved = |status: &Status| match status.link {
        LinkState::Lost(_) => !is_away,
        LinkState::Open(_) => is_away,
        LinkState::Opening | LinkState::Closed(_) => false,
    };
    let heard = |status: &Status| !told && status.other_master.is_some();
    let found = status.wait_for(|status| has_moved(status) || heard(status)).await;
    match found.map(|status| (status.link.clone(), status.other_master.clone())) {
        Ok((_, Some(other))) if !told => News::OtherMaster(other),
        Ok((LinkState::Lost(why), _)) => News::Gone(why),
        Ok((LinkState::Open(_), _)) => News::Back,
        // The bus has ended, and tells so by its events.
        _ => std::future::pending().await,
    }
}

impl Live {
    /// Another master asks, and nothing is to be sent then.
    pub(super) fn yielded(&self, other: &OtherMaster) -> Stop {
        let has_sent = self.session.status.borrow().counters.bytes_out > 0;
        let what = format!("{other}: nothing {}was sent", if has_sent { "more " } else { "" });
        let hint = "without --listen requests are sent in a pause of its traffic";
        self.trouble(&what).with(Exit::Forbidden).hint(hint).into()
    }

    /// Says what the status tells; why the job ends by it, if it does.
    pub(super) async fn heed(&mut self, job: JobId, news: News) -> Option<Stop> {
        match news {
            News::Gone(why) if self.waits => {
                self.told.away = true;
                out::remark(&format!("{}: the link was lost: {why}; waiting until it is back", self.doing));
                None
            }
            News::Back => {
                self.told.away = false;
                out::remark(&format!("{}: the link is back", self.doing));
                None
            }
            News::Gone(why) => Some(self.trouble(&format!("the link was lost: {why}")).into()),
            News::OtherMaster(other) if self.yields => {
                self.cancel(job).await;
                Some(self.yielded(&other))
            }
            News::OtherMaster(other) => {
                self.told.other_master = true;
                out::remark(&format!("{}: {other}; sent in a pause", self.doing));
                None
            }
        }
    }
}
