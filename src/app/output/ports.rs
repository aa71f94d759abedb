//! Serial ports as a table and as JSON.

use serde::Serialize;

use super::table::{Align, Table};
use crate::link::ports::{PortInfo, PortKind, UsbAdapter};

/// A serial port as JSON.
#[derive(Debug, Serialize)]
pub struct PortJson<'a> {
    path: &'a str,
    link: String,
    by_id: Option<&'a str>,
    kind: &'static str,
    vid: Option<String>,
    pid: Option<String>,
    manufacturer: Option<&'a str>,
    product: Option<&'a str>,
    serial: Option<&'a str>,
}

impl<'a> PortJson<'a> {
    /// The JSON form of a port.
    #[must_use]
    pub fn of(port: &'a PortInfo) -> Self {
        let usb = adapter(port);
        Self {
            path: &port.path,
            link: format!("serial:{}", port.path),
            by_id: port.by_id.as_deref(),
            kind: kind(port),
            vid: usb.map(|usb| format!("{:04x}", usb.vid)),
            pid: usb.map(|usb| format!("{:04x}", usb.pid)),
            manufacturer: usb.and_then(|usb| usb.manufacturer.as_deref()),
            product: usb.and_then(|usb| usb.product.as_deref()),
            serial: usb.and_then(|usb| usb.serial.as_deref()),
        }
    }
}

const fn adapter(port: &PortInfo) -> Option<&UsbAdapter> {
    match &port.kind {
        PortKind::Usb(adapter) => Some(adapter),
        _ => None,
    }
}

const fn kind(port: &PortInfo) -> &'static str {
    match port.kind {
        PortKind::Usb(_) => "usb",
        PortKind::Bluetooth => "bluetooth",
        PortKind::Pci => "pci",
        PortKind::Other => "other",
    }
}

/// The ports as a table.
#[must_use]
pub fn table(ports: &[PortInfo]) -> Table {
    let mut table = Table::new(&[
        ("port", Align::Key),
        ("kind", Align::Left),
        ("VID:PID", Align::Left),
        ("adapter", Align::Left),
        ("stays with the adapter", Align::Left),
    ]);
    for port in ports {
        let usb = adapter(port);
        table.row([
            port.path.clone(),
            kind(port).to_owned(),
            usb.map_or_else(String::new, |usb| format!("{:04x}:{:04x}", usb.vid, usb.pid)),
            usb.map_or_else(String::new, ToString::to_string),
            port.by_id.clone().unwrap_or_default(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::output::paint::TermStyle;

    fn port() -> PortInfo {
        PortInfo {
            path: "/dev/ttyUSB0".to_owned(),
            by_id: None,
            kind: PortKind::Usb(UsbAdapter {
                vid: 0x0403,
                pid: 0x6001,
                manufacturer: Some("FTDI".to_owned()),
                product: Some("FT232R".to_owned()),
                serial: None,
            }),
        }
    }

    #[test]
    fn a_port_is_told_with_its_usb_names_and_numbers() {
        assert_eq!(
            serde_json::to_string(&PortJson::of(&port())).unwrap(),
            r#"{"path":"/dev/ttyUSB0","link":"serial:/dev/ttyUSB0","by_id":null,"kind":"usb","vid":"0403","pid":"6001","manufacturer":"FTDI","product":"FT232R","serial":null}"#
        );
        let text = table(&[port()]).render(TermStyle::default());
        assert!(text.contains("/dev/ttyUSB0  usb   0403:6001  FTDI FT232R"), "{text}");
    }
}
