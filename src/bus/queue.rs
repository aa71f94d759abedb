//! Queue of the jobs that wait.

use std::collections::VecDeque;

use super::JobId;
use super::job::Errand;

/// What waits: the most urgent first, else in the order in which it was asked for.
#[derive(Debug, Default)]
pub(super) struct Queue(VecDeque<(JobId, Box<Errand>)>);

impl Queue {
    pub(super) fn push(&mut self, job: JobId, errand: Box<Errand>) {
        let behind = self.0.iter().position(|(_, waiting)| waiting.urgency() < errand.urgency());
        self.0.insert(behind.unwrap_or(self.0.len()), (job, errand));
    }

    pub(super) fn next(&mut self) -> Option<(JobId, Box<Errand>)> {
        self.0.pop_front()
    }

    /// Takes a waiting job out; whether it was there.
    pub(super) fn remove(&mut self, job: JobId) -> bool {
        let before = self.0.len();
        self.0.retain(|(waiting, _)| *waiting != job);
        self.0.len() < before
    }

    /// Whether one of them may change a meter.
    pub(super) fn is_armed(&self) -> bool {
        self.0.iter().any(|(_, errand)| errand.is_permitted())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::bus::tests::permit;

    fn reading() -> Errand {
        Errand::raw_reading(b"/?!\r\n".to_vec(), Duration::ZERO, None).unwrap()
    }

    fn writing() -> Errand {
        Errand::raw_permitted(vec![1], Duration::ZERO, permit())
    }

    #[test]
    fn a_queue_is_armed_as_long_as_something_in_it_may_change_a_meter() {
        let mut queue = Queue::default();
        queue.push(JobId(1), Box::new(reading()));
        assert!(!queue.is_armed());
        queue.push(JobId(2), Box::new(writing()));
        assert!(queue.is_armed());
        assert!(queue.remove(JobId(2)));
        assert_eq!((queue.is_armed(), queue.len()), (false, 1));
    }

    #[test]
    fn what_is_not_there_is_not_taken_out() {
        let mut queue = Queue::default();
        queue.push(JobId(1), Box::new(reading()));
        assert!(!queue.remove(JobId(2)));
        assert_eq!(queue.len(), 1);
        assert!(queue.remove(JobId(1)));
        assert!(!queue.remove(JobId(1)));
        assert!(queue.next().is_none());
    }

    #[test]
    fn a_job_says_what_it_is() {
        let (reading, writing) = (Box::new(reading()), Box::new(writing()));
        assert_eq!((reading.is_permitted(), writing.is_permitted()), (false, true));
        assert_eq!((reading.bytes(), writing.bytes()), (Some(&b"/?!\r\n"[..]), Some(&[1][..])));
        assert!(reading.asked().is_none() && !reading.only_listens());
    }
}
