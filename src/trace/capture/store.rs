//! Where a capture's bytes go.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};

/// A file being appended to. Tests put failing ones in its place.
pub trait Store: Send + std::fmt::Debug {
    /// Appends bytes by one call of the system; gives how many were taken.
    ///
    /// # Errors
    /// What the system says; nothing was taken then.
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Shortens the file to `length` bytes; the next bytes are appended there.
    ///
    /// # Errors
    /// What the system says.
    fn cut(&mut self, length: u64) -> io::Result<()>;

    /// Nothing more will be written: whatever keeps others from deleting the file ends here.
    fn release(&mut self);

    /// A second handle, by which another thread brings the bytes to the disk.
    fn handle(&self) -> Option<File>;
}

impl Store for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write(bytes)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::Start(length)).map(drop)
    }

    fn release(&mut self) {
        let _ = self.unlock();
    }

    fn handle(&self) -> Option<File> {
        self.try_clone().ok()
    }
}

/// A file that only ever holds whole records, as far as the system allows.
#[derive(Debug)]
pub(super) struct Records {
    store: Box<dyn Store>,
    length: u64,
    /// Part of a record stands at the end and could not be cut off yet.
    torn: bool,
}

impl Records {
    pub(super) const fn new(store: Box<dyn Store>) -> Self {
        Self { store, length: 0, torn: false }
    }

    /// Bytes of whole records.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn release(&mut self) {
        self.store.release();
    }

    pub(super) fn handle(&self) -> Option<File> {
        self.store.handle()
    }

    /// Appends all of a record: goes on after interruptions and short writes. After an error nothing of it is
    /// left in the file; where it cannot be cut off, that is done before the next record.
    pub(super) fn append(&mut self, record: &[u8]) -> io::Result<()> {
        self.mend()?;
        let mut rest = record;
        while !rest.is_empty() {
            match self.store.append(rest) {
                Ok(0) => return self.give_up(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.torn = true;
                    rest = rest.get(written..).unwrap_or_default();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.give_up(error),
            }
        }
        self.torn = false;
        self.length += record.len() as u64;
        Ok(())
    }

    fn give_up(&mut self, error: io::Error) -> io::Result<()> {
        let _ = self.mend();
        Err(error)
    }

    fn mend(&mut self) -> io::Result<()> {
        if self.torn {
            self.store.cut(self.length)?;
            self.torn = false;
        }
        Ok(())
    }
}
