//! Output of a subcommand that uses a link: printed as it is read, given up a moment after the program is to end.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::super::exit::Stop;
use super::super::out::{self, Out};
use super::super::traffic::Printer;
use super::Live;

/// How long what was heard is still printed, once listening is over.
const LAST_PRINTS: Duration = Duration::from_millis(300);

/// How long a reader of our output is waited for, once the program is to end.
const LAST_READS: Duration = Duration::from_millis(200);

/// Bytes of text that are made at once.
const PIECE: usize = 32 * 1024;

impl Live {
    /// Puts something on standard output. The person may want the program to end before it is read.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written, or the person does not want to wait.
    pub(crate) async fn print(&mut self, out: &mut Out) -> Result<(), Stop> {
        let interrupt = self.interrupt();
        tokio::select! {
            put = self.outlet.put(out.buffer()) => put,
            () = interrupt.came() => Err(self.stopped()),
        }
    }

    /// Prints the next of what came, waiting for whoever reads it; whether there was any. May be dropped unfinished.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub(crate) async fn print_next(&mut self, printer: &mut Printer) -> Result<bool, Stop> {
        let has_more = printer.print_some(&self.session.trace, PIECE)?;
        self.session.shown.send_replace(Some(printer.shown()));
        self.outlet.put(printer.buffer()).await?;
        Ok(has_more)
    }

    /// Prints what came and is not printed yet, for a moment, and says what is not printed then.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub(crate) async fn print_rest(&mut self, printer: &mut Printer) -> Result<(), Stop> {
        let until = Instant::now() + LAST_PRINTS;
        while let Ok(has_more) = timeout_at(until, self.print_next(printer)).await {
            if !has_more? || Instant::now() >= until {
                break;
            }
        }
        self.unput += printer.buffer().len() as u64;
        if let Some(unprinted) = printer.unprinted(&self.session.trace) {
            out::remark(&format!("{}: {unprinted}", self.doing));
        }
        Ok(())
    }

    /// Waits until all that was printed has been read: a moment once the program is to end, else until then.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written.
    pub(crate) async fn finish(&mut self) -> Result<(), Stop> {
        let interrupt = self.interrupt();
        let patience = async {
            if !out::leaves_soon() {
                interrupt.came().await;
            }
            tokio::time::sleep(LAST_READS).await;
        };
        let unread = self.unput + self.outlet.finish(patience).await?;
        if unread > 0 {
            out::remark(&format!("{}: {unread} bytes of output were not read in time", self.doing));
        }
        Ok(())
    }
}
