//! Seven data bits over eight, by a session.

use std::time::Duration;

use meterscope::app::session::{self, Opening, Recording, Role, Session, Simulation};
use meterscope::bus::{Errand, Intent, JobId, Standing, Status};

use super::LINE;
use super::adapter::Adapter;

/// A session on a link, and what comes of raw bytes sent on it.
struct Bench(Session);

impl Bench {
    fn on(link: &str) -> Self {
        Self(session::open(Opening {
            name: link.parse().unwrap(),
            role: Role::Talk,
            line: LINE,
            decoder: None,
            recording: Recording::None,
            keys: Vec::new(),
            zone: None,
            simulation: Simulation::default(),
            standing: Standing::default(),
            before: None,
        }))
    }

    fn send(&self, bytes: &[u8]) {
        let listen = Duration::from_millis(100);
        let errand = Box::new(Errand::raw_reading(bytes.to_vec(), listen, None).unwrap());
        self.0.send(Intent::Run { job: JobId(1), errand });
    }

    /// How things stand, once something is so.
    async fn status(&mut self, is_so: impl FnMut(&Status) -> bool) -> Status {
        self.0.status.wait_for(is_so).await.unwrap().clone()
    }
}

#[tokio::test]
async fn seven_bits_go_over_a_terminal_that_has_eight() {
    let mut meter = Adapter::plugged();
    let mut bench = Bench::on(&format!("{}?line=9600-7E1", meter.name()));
    bench.send(b"/?!\r\n");
    assert_eq!(meter.read(5).await, [0xAF, 0x3F, 0x21, 0x8D, 0x0A]);
    meter.write(&[0xAF, 0xD4, 0x51]).await;
    let status = bench.status(|status| status.counters.bytes_in == 3).await;
    assert!(status.soft_parity);
    let status = bench.status(|status| status.counters.noise_bytes == 3).await;
    assert_eq!(status.counters.line_errors.parity, 1);
    assert_eq!(status.line, Some(LINE));
}

#[tokio::test]
async fn parity_in_software_can_be_forbidden() {
    let mut meter = Adapter::plugged();
    let mut bench = Bench::on(&format!("{}?line=9600-7E1&soft-parity=off", meter.name()));
    bench.send(b"/?!\r\n");
    assert_eq!(meter.read(5).await, b"/?!\r\n");
    assert!(!bench.status(|status| status.counters.bytes_out == 5).await.soft_parity);
}
