//! Fairness of a loop that reads: what arrives never keeps it from its timers, signals and intents.
//!
//! Every loop that takes input takes its turns by a [`Share`], whatever the input is: bytes of a link, events of a bus,
//! entries to be printed. What has come is taken first, so that a busy computer does not take an answer that is there for
//! silence; but after a share of input the runtime gets a turn, as only then it can see that a timer has run out, that a
//! signal has come, that a socket is ready, and then what is urgent goes before the next input.

use std::future::Future;

/// Bytes of input after which the runtime gets a turn. A debug build cuts so many into frames in some 20 ms.
pub const SHARE: usize = 16 * 1024;

/// What a piece of input counts at least: an event without bytes is work too.
const LEAST: usize = 64;

/// What comes next in a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn<U, I> {
    /// Something that input must not delay.
    Urgent(U),
    /// A piece of input.
    Input(I),
}

/// A loop's account of the input that it has taken since the runtime had its last turn.
#[derive(Debug, Default)]
pub struct Share {
    taken: usize,
}

impl Share {
    /// Waits for what comes next: of what is ready, input first, and the urgent first once a share of input was taken.
    /// Both futures may be dropped unfinished.
    pub async fn turn<U, I>(
        &mut self,
        urgent: impl Future<Output = U>,
        input: impl Future<Output = I>,
    ) -> Turn<U, I> {
        let turn = if self.give_way().await {
            tokio::select! {
                biased;
                urgent = urgent => Turn::Urgent(urgent),
                input = input => Turn::Input(input),
            }
        } else {
            tokio::select! {
                biased;
                input = input => Turn::Input(input),
                urgent = urgent => Turn::Urgent(urgent),
            }
        };
        if matches!(turn, Turn::Urgent(_)) {
            self.taken = 0;
        }
        turn
    }

    /// Gives the runtime its turn, once a share of input was taken; whether it was.
    pub async fn give_way(&mut self) -> bool {
        let is_due = self.is_used_up();
        if is_due {
            self.taken = 0;
            tokio::task::yield_now().await;
        }
        is_due
    }

    /// Notes that a piece of input was taken that cost as much work as so many bytes.
    pub fn took(&mut self, bytes: usize) {
        self.taken = self.taken.saturating_add(bytes.max(LEAST));
    }

    /// Whether a share of input was taken since the runtime had its last turn.
    #[must_use]
    pub const fn is_used_up(&self) -> bool {
        self.taken >= SHARE
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_has_come_is_taken_first_and_what_is_urgent_after_a_share_of_it() {
        let mut share = Share::default();
        let mut taken = 0;
        while share.turn(ready("urgent"), ready("input")).await == Turn::Input("input") {
            share.took(4096);
            taken += 4096;
        }
        assert_eq!(taken, SHARE);
        assert_eq!(share.turn(ready("urgent"), ready("input")).await, Turn::Input("input"), "another share");
        assert_eq!(share.turn(ready("urgent"), pending::<()>()).await, Turn::Urgent("urgent"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_waits_beside_endless_input_runs_after_one_share_of_it() {
        let (told, mut heard) = tokio::sync::mpsc::channel(1);
        tokio::spawn(async move { told.send(()).await });
        let (mut share, mut taken) = (Share::default(), 0);
        while let Turn::Input(bytes) = share.turn(heard.recv(), ready(4096)).await {
            share.took(bytes);
            taken += bytes;
            assert!(taken <= SHARE + 4096, "still not run");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_timer_that_runs_out_beside_endless_input_is_seen_after_one_share_of_it() {
        let timer = tokio::time::sleep(Duration::from_secs(1));
        tokio::pin!(timer);
        let (mut share, mut since) = (Share::default(), None);
        while let Turn::Input(bytes) = share.turn(&mut timer, ready(4096)).await {
            share.took(bytes);
            let taken: &mut usize = since.get_or_insert(0);
            *taken += bytes;
            if *taken == 10 * SHARE {
                tokio::time::advance(Duration::from_secs(2)).await;
            }
            assert!(*taken <= 11 * SHARE + 4096, "not seen");
        }
        assert!(since >= Some(10 * SHARE));
    }

    #[tokio::test(start_paused = true)]
    async fn input_without_bytes_uses_the_share_up_as_well() {
        let mut share = Share::default();
        (0..SHARE / LEAST).for_each(|_| share.took(0));
        assert!(share.is_used_up());
    }
}
