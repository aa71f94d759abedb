//! How long an adapter sits on received bytes before it hands them over.

use std::path::Path;
use std::time::Duration;

/// The time an FTDI adapter waits for more bytes before it passes on what it has, where the driver tells
/// (`latency_timer`, 16 ms unless somebody lowered it). `None` for every other port.
#[must_use]
pub fn adapter_latency(port: &str) -> Option<Duration> {
    latency_under(Path::new("/sys/class/tty"), port)
}

fn latency_under(ttys: &Path, port: &str) -> Option<Duration> {
    let path = super::identity::path(port);
    let real = Path::new(&path).canonicalize().unwrap_or_else(|_| path.into());
    let file = ttys.join(real.file_name()?).join("device/latency_timer");
    std::fs::read_to_string(file).ok()?.trim().parse().ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timer_of_the_driver_is_read_as_milliseconds() {
        let ttys = tempfile::tempdir().unwrap();
        let device = ttys.path().join("ttyUSB7/device");
        std::fs::create_dir_all(&device).unwrap();
        std::fs::write(device.join("latency_timer"), "16\n").unwrap();
        assert_eq!(latency_under(ttys.path(), "/dev/ttyUSB7"), Some(Duration::from_millis(16)));
        assert_eq!(latency_under(ttys.path(), "/dev/ttyACM7"), None);
    }
}
