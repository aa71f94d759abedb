//! The far side of a serial port.

use std::fs::File;
use std::path::PathBuf;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{InputModes, tcgetattr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;

/// The far side of a serial port: what would be the adapter and the meter.
pub struct Adapter {
    from_port: pipe::Receiver,
    to_port: pipe::Sender,
    pub path: PathBuf,
}

impl Adapter {
    pub fn plugged() -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        rustix::io::ioctl_fionbio(&master, true).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap().into();
        let master = File::from(master);
        let to_port = pipe::Sender::from_file_unchecked(master.try_clone().unwrap()).unwrap();
        Self { from_port: pipe::Receiver::from_file_unchecked(master).unwrap(), to_port, path }
    }

    pub fn name(&self) -> &str {
        self.path.to_str().unwrap()
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        self.to_port.write_all(bytes).await.unwrap();
    }

    pub async fn read(&mut self, count: usize) -> Vec<u8> {
        let mut taken = vec![0; count];
        self.from_port.read_exact(&mut taken).await.unwrap();
        taken
    }

    /// How the system treats what it receives for the near side.
    pub fn input_modes(&self) -> InputModes {
        tcgetattr(&self.to_port).unwrap().input_modes
    }

    /// The speed the near side has set.
    pub fn baud(&self) -> u32 {
        tcgetattr(&self.to_port).unwrap().output_speed()
    }
}
