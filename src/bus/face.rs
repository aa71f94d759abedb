//! The face of a bus, as the bus holds it: its reports, the status it watches, how far it has come.

use tokio::sync::watch;

use super::pace::{Pace, Shown};
use super::reports::Reports;
use super::{BusEvent, JobEvent, JobId, Status};
use crate::trace::CaptureState;

/// The face of a bus.
#[derive(Debug)]
pub(super) struct Face {
    reports: Reports,
    pace: Pace,
    status: watch::Sender<Status>,
}

impl Face {
    pub(super) const fn new(reports: Reports, pace: Pace, status: watch::Sender<Status>) -> Self {
        Self { reports, pace, status }
    }

    /// Reports something.
    pub(super) fn report(&mut self, event: BusEvent) {
        self.reports.tell(event);
    }

    /// Reports something of a job.
    pub(super) fn report_job(&mut self, job: JobId, event: JobEvent) {
        self.report(BusEvent::Job(job, event));
    }

    /// How many reports were not made since this was asked last.
    pub(super) fn take_lost(&mut self) -> u64 {
        self.reports.take_lost()
    }

    /// Makes all reports that wait.
    pub(super) async fn report_all(&mut self) {
        self.reports.tell_all().await;
    }

    /// Waits until it has taken a report that waits, or has shown more. May be dropped unfinished.
    pub(super) async fn moved(&mut self) {
        tokio::select! {
            biased;
            () = self.reports.tell_next() => {}
            () = self.pace.moved() => {}
        }
    }

    /// Whether it is so far behind that the line has to wait for it; a capture does not wait.
    pub(super) fn is_behind(&self, status: &Status) -> bool {
        let bytes = status.counters.bytes_in + status.counters.bytes_out;
        let recorded = Shown { entries: status.entries, bytes };
        let is_captured = matches!(status.capture, CaptureState::Running { .. });
        self.reports.is_behind() || (!is_captured && self.pace.is_behind(recorded))
    }

    /// Shows the status, where it has changed.
    pub(super) fn show(&self, status: &Status) {
        self.status.send_if_modified(|shown| {
            let has_changed = shown != status;
            if has_changed {
                shown.clone_from(status);
            }
            has_changed
        });
    }
}
