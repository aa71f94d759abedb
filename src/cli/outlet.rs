//! Standard output while a link is used: written on a thread of its own, so that a reader that takes nothing (a pager, a
//! stopped terminal, a full pipe) holds up neither the line nor the end of the program.

use std::future::Future;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use tokio::sync::{mpsc, oneshot};

use super::exit::Stop;

/// Pieces that may wait for their reader.
const WAITING: usize = 4;

/// The way to standard output.
#[derive(Debug)]
pub(super) struct Outlet {
    pieces: Option<mpsc::Sender<Vec<u8>>>,
    unwritten: Arc<AtomicU64>,
    end: oneshot::Receiver<io::Result<()>>,
}

impl Outlet {
    /// The way to standard output.
    #[must_use]
    pub(super) fn open() -> Self {
        Self::to(io::stdout())
    }

    fn to(writer: impl Write + Send + 'static) -> Self {
        let (pieces, waiting) = mpsc::channel(WAITING);
        let unwritten = Arc::new(AtomicU64::new(0));
        let (ended, end) = oneshot::channel();
        let counted = Arc::clone(&unwritten);
        // Without a thread both ends are dropped, which the first piece finds out.
        let _ = thread::Builder::new().name("output".to_owned()).spawn(move || {
            let _ = ended.send(write(writer, waiting, &counted));
        });
        Self { pieces: Some(pieces), unwritten, end }
    }

    /// Hands over a piece of output, once there is room for it. May be dropped unfinished: then it is still in `piece`.
    ///
    /// # Errors
    /// [`Stop`] when the output cannot be written.
    pub(super) async fn put(&mut self, piece: &mut Vec<u8>) -> Result<(), Stop> {
        if piece.is_empty() {
            return Ok(());
        }
        let Some(pieces) = self.pieces.clone() else { return Err(no_thread().into()) };
        let Ok(room) = pieces.reserve_owned().await else {
            self.pieces = None;
            return Err(failure(&mut self.end).await);
        };
        self.unwritten.fetch_add(piece.len() as u64, Ordering::Relaxed);
        room.send(std::mem::take(piece));
        Ok(())
    }

    /// Waits until all is written, at most until `patience` is over; gives how many bytes were not.
    ///
    /// # Errors
    /// [`Stop`] when the output cannot be written.
    pub(super) async fn finish(&mut self, patience: impl Future<Output = ()>) -> Result<u64, Stop> {
        if self.pieces.take().is_none() {
            return Ok(0);
        }
        tokio::select! {
            biased;
            end = &mut self.end => match end {
                Ok(Ok(())) => Ok(0),
                Ok(Err(error)) => Err(error.into()),
                Err(_) => Err(no_thread().into()),
            },
            () = patience => Ok(self.unwritten.load(Ordering::Relaxed)),
        }
    }
}

/// Why nothing is written any more.
async fn failure(end: &mut oneshot::Receiver<io::Result<()>>) -> Stop {
    match end.await {
        Ok(Err(error)) => error.into(),
        _ => no_thread().into(),
    }
}

fn no_thread() -> io::Error {
    io::Error::other("there is no thread to write it")
}

fn write(
    mut writer: impl Write,
    mut waiting: mpsc::Receiver<Vec<u8>>,
    unwritten: &AtomicU64,
) -> io::Result<()> {
    while let Some(piece) = waiting.blocking_recv() {
        writer.write_all(&piece)?;
        writer.flush()?;
        unwritten.fetch_sub(piece.len() as u64, Ordering::Relaxed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::Mutex;
    use std::sync::mpsc as queue;

    use super::*;

    /// A reader that takes what it is allowed to.
    struct Pager {
        taken: Arc<Mutex<Vec<u8>>>,
        allowed: queue::Receiver<()>,
    }

    impl Write for Pager {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.allowed.recv().map_err(|_| io::ErrorKind::BrokenPipe)?;
            self.taken.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn pager() -> (Outlet, queue::Sender<()>, Arc<Mutex<Vec<u8>>>) {
        let (allow, allowed) = queue::channel();
        let taken = Arc::<Mutex<Vec<u8>>>::default();
        (Outlet::to(Pager { taken: Arc::clone(&taken), allowed }), allow, taken)
    }

    #[tokio::test]
    async fn what_is_put_is_written_in_order_before_the_end() {
        let (mut outlet, allow, taken) = pager();
        for piece in [b"first ".to_vec(), b"second".to_vec()] {
            allow.send(()).unwrap();
            outlet.put(&mut piece.clone()).await.unwrap();
        }
        assert_eq!(outlet.finish(pending()).await.unwrap(), 0);
        assert_eq!(*taken.lock().unwrap(), b"first second");
    }

    #[tokio::test]
    async fn a_reader_that_takes_nothing_does_not_hold_up_the_end_and_what_it_lacks_is_counted() {
        let (mut outlet, _allow, taken) = pager();
        outlet.put(&mut b"unread".to_vec()).await.unwrap();
        assert_eq!(outlet.finish(ready(())).await.unwrap(), 6);
        assert!(taken.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_piece_that_finds_no_room_stays_where_it_was() {
        let (mut outlet, _allow, _) = pager();
        let mut piece = b"piece".to_vec();
        let is_full = loop {
            tokio::select! {
                biased;
                put = outlet.put(&mut piece) => put.unwrap(),
                () = tokio::task::yield_now() => break true,
            }
            piece = b"piece".to_vec();
        };
        assert!(is_full);
        assert_eq!(piece, b"piece");
    }

    #[tokio::test]
    async fn a_reader_that_has_gone_is_told_of() {
        let (mut outlet, allow, _) = pager();
        drop(allow);
        outlet.put(&mut b"piece".to_vec()).await.unwrap();
        let gone = loop {
            if let Err(stop) = outlet.put(&mut b"more".to_vec()).await {
                break stop;
            }
        };
        assert!(matches!(gone, Stop::ClosedPipe));
    }
}
