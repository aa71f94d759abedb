//! The serial ports there are.

#[cfg(feature = "serial")]
mod system;

use std::fmt;

#[cfg(feature = "serial")]
pub use system::ports;

/// None: this program was built without serial ports.
#[cfg(not(feature = "serial"))]
#[must_use]
pub const fn ports() -> Vec<PortInfo> {
    Vec::new()
}

/// A serial port of this computer. Every text in it is already made visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortInfo {
    /// What to open: `/dev/ttyUSB0`, `COM3`.
    pub path: String,
    /// A second name that stays with the adapter wherever it is plugged in (`/dev/serial/by-id/...`), where the
    /// system makes one.
    pub by_id: Option<String>,
    /// What kind of port.
    pub kind: PortKind,
}

/// Kinds of serial ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortKind {
    /// A USB adapter.
    Usb(UsbAdapter),
    /// A Bluetooth serial port.
    Bluetooth,
    /// On a card.
    Pci,
    /// Anything else, such as a port of the board.
    Other,
}

/// How a USB adapter describes itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbAdapter {
    /// Vendor number.
    pub vid: u16,
    /// Product number.
    pub pid: u16,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// What it is called.
    pub product: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
}

impl fmt::Display for PortInfo {
    /// `/dev/ttyUSB0 (FTDI FT232R USB UART A50285BI)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        match &self.kind {
            PortKind::Usb(adapter) => write!(f, " ({adapter})"),
            PortKind::Bluetooth => f.write_str(" (Bluetooth)"),
            PortKind::Pci | PortKind::Other => Ok(()),
        }
    }
}

impl fmt::Display for UsbAdapter {
    /// `FTDI FT232R USB UART A50285BI`, or `0403:6001` when it does not name itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = [&self.manufacturer, &self.product, &self.serial]
            .into_iter()
            .filter_map(|name| name.as_deref())
            .filter(|name| !name.is_empty())
            .collect();
        if names.is_empty() {
            write!(f, "{:04X}:{:04X}", self.vid, self.pid)
        } else {
            f.write_str(&names.join(" "))
        }
    }
}
