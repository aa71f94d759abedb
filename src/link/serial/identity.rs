//! Knowing an adapter again after it was unplugged, whatever its new name.

use std::path::Path;

use crate::link::ports::{PortInfo, PortKind, UsbAdapter, ports};

/// The path of a port as it may be typed: a bare name such as `ttyUSB0` is in `/dev` on Unix.
pub(super) fn path(name: &str) -> String {
    if cfg!(unix) && !name.contains('/') { format!("/dev/{name}") } else { name.to_owned() }
}

/// What stays the same when an adapter is unplugged and comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identity {
    /// The name that the system makes from the adapter's own description and channel.
    ById(String),
    /// The adapter's numbers and its serial number.
    Usb(UsbAdapter),
    /// Nothing is known; its name has to do.
    Unknown,
}

impl Identity {
    /// The identity of the port at a path, links followed.
    pub(super) fn of(path: &str) -> Self {
        let real = Path::new(path).canonicalize().ok();
        let real = real.as_deref().and_then(Path::to_str).unwrap_or(path);
        Self::among(real, &ports())
    }

    fn among(path: &str, ports: &[PortInfo]) -> Self {
        let Some(port) = ports.iter().find(|port| port.path == path) else { return Self::Unknown };
        match (&port.by_id, &port.kind) {
            (Some(link), _) => Self::ById(link.clone()),
            (None, PortKind::Usb(adapter)) if adapter.serial.as_deref().is_some_and(|s| !s.is_empty()) => {
                Self::Usb(adapter.clone())
            }
            _ => Self::Unknown,
        }
    }

    /// Where the adapter is now, if it is there and known from others.
    pub(super) fn path_now(&self) -> Option<String> {
        match self {
            Self::Unknown => None,
            known => known.path_among(&ports()),
        }
    }

    fn path_among(&self, ports: &[PortInfo]) -> Option<String> {
        let mut same = ports.iter().filter(|port| match (self, &port.kind) {
            (Self::ById(link), _) => port.by_id.as_ref() == Some(link),
            (Self::Usb(adapter), PortKind::Usb(other)) => other == adapter,
            _ => false,
        });
        // Two channels of one adapter are alike without a name by id: then the port's own name decides.
        match (same.next(), same.next()) {
            (Some(port), None) => Some(port.path.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(serial: &str) -> UsbAdapter {
        UsbAdapter {
            vid: 0x0403,
            pid: 0x6001,
            manufacturer: None,
            product: None,
            serial: Some(serial.to_owned()),
        }
    }

    fn port(path: &str, by_id: Option<&str>, serial: &str) -> PortInfo {
        PortInfo {
            path: path.to_owned(),
            by_id: by_id.map(str::to_owned),
            kind: PortKind::Usb(adapter(serial)),
        }
    }

    #[test]
    fn an_adapter_is_found_under_its_new_name() {
        let was = Identity::among("/dev/ttyUSB0", &[port("/dev/ttyUSB0", None, "A1")]);
        let now = [port("/dev/ttyUSB0", None, "B2"), port("/dev/ttyUSB1", None, "A1")];
        assert_eq!(was.path_among(&now).as_deref(), Some("/dev/ttyUSB1"));
    }

    #[test]
    fn channels_of_one_adapter_are_told_apart_by_the_name_by_id() {
        let channels =
            |first: &str, second: &str| [port(first, Some("if00"), "A1"), port(second, Some("if01"), "A1")];
        let was = Identity::among("/dev/ttyUSB1", &channels("/dev/ttyUSB0", "/dev/ttyUSB1"));
        let now = was.path_among(&channels("/dev/ttyUSB3", "/dev/ttyUSB2"));
        assert_eq!(now.as_deref(), Some("/dev/ttyUSB2"));
    }

    #[test]
    fn two_ports_that_look_the_same_are_not_guessed_between() {
        let was = Identity::among("/dev/ttyUSB0", &[port("/dev/ttyUSB0", None, "A1")]);
        let now = [port("/dev/ttyUSB1", None, "A1"), port("/dev/ttyUSB2", None, "A1")];
        assert_eq!(was.path_among(&now), None);
    }

    #[test]
    fn an_adapter_without_serial_number_is_known_by_its_path_only() {
        assert_eq!(Identity::among("/dev/ttyUSB0", &[port("/dev/ttyUSB0", None, "")]), Identity::Unknown);
    }

    #[test]
    #[cfg(unix)]
    fn a_bare_name_is_a_device() {
        assert_eq!(path("ttyUSB0"), "/dev/ttyUSB0");
        assert_eq!(path("/tmp/meter"), "/tmp/meter");
    }
}
