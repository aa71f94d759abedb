//! Completeness of the capture of a link: gaps are said when they arise, and once more at the end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::exit::{Exit, Outcome};
use super::out;
use crate::bus::Status;
use crate::frame::visible;
use crate::trace::CaptureState;

/// Gaps already reported of a link's capture and of the file for old entries.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    said: Arc<Mutex<Said>>,
    doing: String,
}

/// Each kind of news is said once: a disk can fail a thousand times a second.
#[derive(Debug, Default)]
struct Said {
    capture: CaptureNews,
    paging: bool,
    flaws: bool,
}

/// What was said of the capture, the last thing last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum CaptureNews {
    #[default]
    None,
    Failed,
    WorksAgain,
}

impl Evidence {
    /// Says from now on what happens to the evidence. Must be called within a runtime.
    #[must_use]
    pub(super) fn watch(mut status: watch::Receiver<Status>, doing: &str) -> Self {
        let evidence = Self { said: Arc::default(), doing: doing.to_owned() };
        let watching = evidence.clone();
        tokio::spawn(async move {
            loop {
                watching.look(&status.borrow_and_update().clone());
                if status.changed().await.is_err() {
                    break;
                }
            }
        });
        evidence
    }

    /// Says what is new.
    fn look(&self, status: &Status) {
        let news = self.said().news(status);
        for text in news {
            out::remark(&format!("{}: {text}", self.doing));
        }
    }

    /// Says what is new at the end, and how much is missing.
    pub(super) fn end(&self, status: &Status) {
        self.look(status);
        let holes = status.capture.holes();
        if holes.count > 0 {
            let places = if holes.count == 1 { "place" } else { "places" };
            let (bytes, count) = (holes.bytes, holes.count);
            out::remark(&format!("{}: the capture lacks {bytes} bytes in {count} {places}", self.doing));
        }
    }

    /// What a run comes to that came to `outcome` but for its evidence.
    ///
    /// # Errors
    /// Those of `outcome`.
    pub(super) fn verdict(&self, status: &Status, outcome: Outcome) -> Outcome {
        let is_whole = status.capture.is_whole() && !self.said().paging;
        match outcome? {
            Exit::Done if !status.flaws.is_empty() => Ok(Exit::BadAnswer),
            Exit::Done if !is_whole => Ok(Exit::Incomplete),
            exit => Ok(exit),
        }
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Said {
    fn news(&mut self, status: &Status) -> Vec<String> {
        let news = [self.of_failure(&status.capture), self.of_paging(status)];
        news.into_iter().flatten().chain(self.of_flaws(status)).collect()
    }

    fn of_failure(&mut self, capture: &CaptureState) -> Option<String> {
        match capture {
            CaptureState::Failed { why, kept, .. } if self.capture == CaptureNews::None => {
                self.capture = CaptureNews::Failed;
                Some(format!(
                    "the capture cannot be written: {why}; {kept} bytes are kept, what comes now is shown only"
                ))
            }
            CaptureState::Running { holes, .. }
                if holes.count > 0 && self.capture != CaptureNews::WorksAgain =>
            {
                // Both happened since the last look.
                let before = std::mem::replace(&mut self.capture, CaptureNews::WorksAgain);
                let failed = if before == CaptureNews::Failed {
                    ""
                } else {
                    "the capture could not be written for a while; "
                };
                Some(format!(
                    "{failed}the capture is written again; {} bytes are missing from it",
                    holes.bytes
                ))
            }
            _ => None,
        }
    }

    /// What of a capture that is read like a link was not read as it was written.
    fn of_flaws(&mut self, status: &Status) -> Vec<String> {
        let is_said = std::mem::replace(&mut self.flaws, !status.flaws.is_empty());
        if is_said { Vec::new() } else { status.flaws.to_vec() }
    }

    fn of_paging(&mut self, status: &Status) -> Option<String> {
        let why = status.paging_failure.as_deref().filter(|_| !self.paging)?;
        self.paging = true;
        let why = visible::string(why);
        Some(format!("old entries cannot be put into a file: {why}; the memory grows instead"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::At;
    use crate::trace::Holes;

    fn failed(holes: Holes) -> Status {
        let why = "No space left on device".to_owned();
        Status { capture: CaptureState::Failed { why, at: At::ZERO, kept: 87, holes }, ..Status::default() }
    }

    fn running(holes: Holes) -> Status {
        let path = "a.pcapng".into();
        Status { capture: CaptureState::Running { path, bytes: 300, holes }, ..Status::default() }
    }

    #[test]
    fn a_failing_capture_is_said_when_it_happens_and_once() {
        let mut said = Said::default();
        assert_eq!(said.news(&running(Holes::default())), Vec::<String>::new());
        let news = said.news(&failed(Holes { count: 1, bytes: 20 }));
        assert_eq!(
            news,
            [
                "the capture cannot be written: No space left on device; 87 bytes are kept, what comes now is shown only"
            ]
        );
        assert_eq!(said.news(&failed(Holes { count: 1, bytes: 40 })), Vec::<String>::new());
        let again = said.news(&running(Holes { count: 1, bytes: 40 }));
        assert_eq!(again, ["the capture is written again; 40 bytes are missing from it"]);
        for status in [failed(Holes { count: 2, bytes: 50 }), running(Holes { count: 2, bytes: 50 })] {
            assert_eq!(
                said.news(&status),
                Vec::<String>::new(),
                "a disk that fails all the time is no flood"
            );
        }
    }

    #[test]
    fn a_hole_that_opened_and_closed_between_two_looks_is_said() {
        let news = Said::default().news(&running(Holes { count: 1, bytes: 40 }));
        assert!(news[0].starts_with("the capture could not be written for a while; "), "{news:?}");
    }

    #[test]
    fn a_file_for_old_entries_that_cannot_be_written_is_said_once() {
        let status = Status { paging_failure: Some("no such\u{1b} folder".to_owned()), ..Status::default() };
        let mut said = Said::default();
        let news = said.news(&status);
        assert!(news[0].contains("no such\\u{1B} folder; the memory grows instead"), "{news:?}");
        assert_eq!(said.news(&status), Vec::<String>::new());
    }

    #[test]
    fn flaws_of_a_capture_that_is_read_like_a_link_are_said_once_and_are_no_success() {
        let flaw = "packet 2 at byte 84 was changed after it was written: its check does not fit".to_owned();
        let status = Status { flaws: [flaw.clone()].into(), ..Status::default() };
        let mut said = Said::default();
        assert_eq!((said.news(&status), said.news(&status)), (vec![flaw], Vec::new()));
        let evidence = Evidence { said: Arc::default(), doing: String::new() };
        assert_eq!(evidence.verdict(&status, Ok(Exit::Done)).unwrap(), Exit::BadAnswer);
    }

    #[test]
    fn a_run_with_holes_ends_with_the_code_for_it_unless_a_graver_one_is_there() {
        let evidence = Evidence { said: Arc::default(), doing: String::new() };
        let code = |status: &Status, exit| evidence.verdict(status, Ok(exit)).unwrap();
        let (whole, holes) = (running(Holes::default()), Holes { count: 1, bytes: 0 });
        assert_eq!(code(&whole, Exit::Done), Exit::Done);
        for status in [running(holes), failed(holes), failed(Holes::default())] {
            assert_eq!(code(&status, Exit::Done), Exit::Incomplete);
            assert_eq!(code(&status, Exit::BadAnswer), Exit::BadAnswer);
        }
        evidence.look(&Status { paging_failure: Some("full".to_owned()), ..whole.clone() });
        assert_eq!(code(&whole, Exit::Done), Exit::Incomplete, "though the file works again");
    }
}
