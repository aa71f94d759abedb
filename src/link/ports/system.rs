//! Asking the system for its serial ports.

use std::path::Path;

use serialport::{SerialPortInfo, SerialPortType, UsbPortInfo};

use super::{PortInfo, PortKind, UsbAdapter};
use crate::frame::visible;

/// The ports there are now, USB adapters first, then by name. Reads a few small files of the system and opens
/// no port; well under a millisecond, so it may be called every second. Empty when the system cannot tell.
#[must_use]
pub fn ports() -> Vec<PortInfo> {
    let links = links_by_id(Path::new("/dev/serial/by-id"));
    let mut ports: Vec<PortInfo> =
        listed().into_iter().filter(is_there).map(|port| describe(port, &links)).collect();
    ports.sort_by_cached_key(|port| (!matches!(port.kind, PortKind::Usb(_)), natural(&port.path)));
    ports
}

#[cfg(target_os = "linux")]
fn listed() -> Vec<SerialPortInfo> {
    // The library takes the folder for granted and panics in a container that has none.
    if Path::new("/sys/class/tty").is_dir() {
        serialport::available_ports().unwrap_or_default()
    } else {
        Vec::new()
    }
}

#[cfg(not(target_os = "linux"))]
fn listed() -> Vec<SerialPortInfo> {
    serialport::available_ports().unwrap_or_default()
}

/// The kernel keeps names for 8250 chips that are not there; their type reads 0 (`PORT_UNKNOWN`).
fn is_there(port: &SerialPortInfo) -> bool {
    let name = port.port_name.trim_start_matches("/dev/");
    !name.starts_with("ttyS")
        || std::fs::read_to_string(format!("/sys/class/tty/{name}/type"))
            .map_or(true, |kind| kind.trim() != "0")
}

fn describe(port: SerialPortInfo, links: &[(String, String)]) -> PortInfo {
    let by_id = links.iter().find(|(_, target)| *target == port.port_name);
    PortInfo {
        by_id: by_id.map(|(link, _)| visible::string(link)),
        kind: match port.port_type {
            SerialPortType::UsbPort(usb) => PortKind::Usb(adapter(&usb)),
            SerialPortType::BluetoothPort => PortKind::Bluetooth,
            SerialPortType::PciPort => PortKind::Pci,
            SerialPortType::Unknown => PortKind::Other,
        },
        path: visible::string(&port.port_name),
    }
}

fn adapter(usb: &UsbPortInfo) -> UsbAdapter {
    let shown = |text: &Option<String>| text.as_deref().map(visible::string);
    UsbAdapter {
        vid: usb.vid,
        pid: usb.pid,
        manufacturer: shown(&usb.manufacturer),
        product: shown(&usb.product),
        serial: shown(&usb.serial_number),
    }
}

/// The links in a folder with what they point to.
fn links_by_id(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let target = entry.path().canonicalize().ok()?;
            Some((entry.path().to_str()?.to_owned(), target.to_str()?.to_owned()))
        })
        .collect()
}

/// Sorts `ttyUSB2` before `ttyUSB10`.
fn natural(path: &str) -> (String, u64) {
    let stem = path.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = path.get(stem.len()..).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    (stem.to_owned(), number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usb(serial: &str, product: Option<&str>) -> SerialPortInfo {
        SerialPortInfo {
            port_name: "/dev/ttyUSB0".to_owned(),
            port_type: SerialPortType::UsbPort(UsbPortInfo {
                vid: 0x0403,
                pid: 0x6001,
                serial_number: Some(serial.to_owned()),
                manufacturer: product.map(|_| "FTDI".to_owned()),
                product: product.map(str::to_owned),
            }),
        }
    }

    #[test]
    fn a_usb_adapter_is_named_as_it_names_itself() {
        let port = describe(usb("A50285BI", Some("FT232R USB UART")), &[]);
        assert_eq!(port.to_string(), "/dev/ttyUSB0 (FTDI FT232R USB UART A50285BI)");
    }

    #[test]
    fn an_adapter_without_names_is_known_by_its_numbers() {
        assert_eq!(describe(usb("", None), &[]).to_string(), "/dev/ttyUSB0 (0403:6001)");
    }

    #[test]
    fn an_adapter_cannot_send_control_characters_to_the_screen() {
        let port = describe(usb("\u{1B}[2J", Some("x\u{202E}y")), &[]);
        assert_eq!(port.to_string(), "/dev/ttyUSB0 (FTDI x\\u{202E}y \\u{1B}[2J)");
    }

    #[test]
    fn the_name_that_stays_with_the_adapter_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let device = folder.path().join("device").canonicalize().unwrap_or(folder.path().join("device"));
        std::fs::write(&device, "").unwrap();
        let device = device.canonicalize().unwrap();
        let by_id = folder.path().join("by-id");
        std::fs::create_dir(&by_id).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&device, by_id.join("usb-FTDI-if00-port0")).unwrap();
        let mut port = usb("A", None);
        port.port_name = device.to_str().unwrap().to_owned();
        let described = describe(port, &links_by_id(&by_id));
        #[cfg(unix)]
        assert!(described.by_id.unwrap().ends_with("by-id/usb-FTDI-if00-port0"));
    }

    #[test]
    fn ports_sort_by_number_not_by_digit() {
        let mut names = vec!["/dev/ttyUSB10", "/dev/ttyUSB2", "/dev/ttyACM3"];
        names.sort_by_cached_key(|name| natural(name));
        assert_eq!(names, ["/dev/ttyACM3", "/dev/ttyUSB2", "/dev/ttyUSB10"]);
    }

    #[test]
    fn listing_the_ports_of_this_computer_names_only_paths() {
        assert!(ports().iter().all(|port| !port.path.is_empty()));
    }
}
