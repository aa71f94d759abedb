//! Reports of a bus to its face, bounded: a face that is slow, or stopped, never makes them grow.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use super::{BusEvent, JobEvent};

/// Reports that may wait in the channel. The longest load profile of a meter is some 10 000 readings.
const CHANNEL: usize = 16 * 1024;

/// Reports that may wait before the channel: those of one piece of input, or of one intent.
const MOST_WAITING: usize = 4096;

/// The bus's end of the channel of its reports, and what the channel does not take yet.
#[derive(Debug)]
pub(super) struct Reports {
    channel: mpsc::Sender<BusEvent>,
    waiting: VecDeque<BusEvent>,
    lost: u64,
}

impl Reports {
    /// The two ends of a channel of reports.
    pub(super) fn channel() -> (Self, mpsc::Receiver<BusEvent>) {
        Self::with_room_for(CHANNEL)
    }

    fn with_room_for(reports: usize) -> (Self, mpsc::Receiver<BusEvent>) {
        let (channel, events) = mpsc::channel(reports);
        (Self { channel, waiting: VecDeque::new(), lost: 0 }, events)
    }

    /// Reports an event now, or as soon as the face has taken what it was told before. Of too many that wait, only what
    /// ends a request or a job is kept; the rest is counted.
    pub(super) fn tell(&mut self, event: BusEvent) {
        let Some(late) = self.send_now(event) else { return };
        if self.waiting.len() < MOST_WAITING || is_an_end(&late) {
            self.waiting.push_back(late);
        } else {
            self.lost += 1;
        }
    }

    /// Sends an event, unless others wait before it or there is no room: then it is given back.
    fn send_now(&self, event: BusEvent) -> Option<BusEvent> {
        if self.is_behind() {
            return Some(event);
        }
        match self.channel.try_send(event) {
            Err(mpsc::error::TrySendError::Full(event)) => Some(event),
            // A face that has gone hears nothing.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => None,
        }
    }

    /// Whether the face has not taken what it was told: it is told no more than what has begun.
    pub(super) fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// How many reports were not made since this was asked last.
    pub(super) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    /// Waits until the channel takes a report that waits, and reports it; for ever where none waits. May be dropped
    /// unfinished.
    pub(super) async fn tell_next(&mut self) {
        if !self.is_behind() {
            return std::future::pending().await;
        }
        match self.channel.reserve().await {
            Ok(place) => {
                if let Some(event) = self.waiting.pop_front() {
                    place.send(event);
                }
            }
            Err(_) => self.waiting.clear(),
        }
    }

    /// Reports all that waits.
    pub(super) async fn tell_all(&mut self) {
        while self.is_behind() {
            self.tell_next().await;
        }
    }
}

/// Whether a face waits for it: nothing else tells that something is over.
const fn is_an_end(event: &BusEvent) -> bool {
    matches!(event, BusEvent::Ended(_) | BusEvent::Job(_, JobEvent::Finished | JobEvent::Answered { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::JobId;

    const fn step(job: u64) -> BusEvent {
        BusEvent::Job(JobId(job), JobEvent::Step("a step"))
    }

    #[tokio::test(start_paused = true)]
    async fn reports_that_found_no_room_are_made_later_in_order() {
        let (mut reports, mut events) = Reports::with_room_for(2);
        (0..5).for_each(|job| reports.tell(step(job)));
        assert!(reports.is_behind());
        for job in 0..5 {
            if reports.is_behind() {
                events.recv().await.map(|event| assert_eq!(event, step(job))).unwrap();
                reports.tell_next().await;
            } else {
                assert_eq!(events.recv().await, Some(step(job)));
            }
        }
        assert_eq!(reports.take_lost(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_face_that_takes_nothing_makes_them_no_longer_and_still_hears_the_end() {
        let (mut reports, mut events) = Reports::with_room_for(1);
        (0..100_000).for_each(|job| reports.tell(step(job)));
        reports.tell(BusEvent::Job(JobId(1), JobEvent::Finished));
        assert_eq!(reports.waiting.len(), MOST_WAITING + 1);
        assert_eq!(reports.take_lost(), 100_000 - 1 - MOST_WAITING as u64);
        tokio::spawn(async move { reports.tell_all().await });
        let mut last = None;
        while let Some(event) = events.recv().await {
            last = Some(event);
        }
        assert_eq!(last, Some(BusEvent::Job(JobId(1), JobEvent::Finished)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_face_that_has_gone_holds_nothing_up() {
        let (mut reports, events) = Reports::with_room_for(1);
        (0..3).for_each(|job| reports.tell(step(job)));
        drop(events);
        reports.tell_all().await;
        assert!(!reports.is_behind());
    }
}
